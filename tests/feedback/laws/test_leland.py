"""Re-hedging at the Leland vol and what it costs."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import ndtr

from shortgamma.basics.errors import InputError
from shortgamma.feedback.engine import Run, simulate
from shortgamma.feedback.laws.leland import Leland
from tests.feedback.laws.examples import obeys


@pytest.mark.parametrize("given", Leland.examples)
def test_the_law_holds_at_its_examples(given):
    obeys(Leland, given, seed=3)


def test_figures_of_the_page():
    expected = Leland(vol=0.2, years=0.25, hedges=63, cost=0.01).expected()
    assert expected["leland_vol"] == pytest.approx(0.2556, abs=5e-5)
    assert expected["expected_cost"] == pytest.approx(1.1073, abs=5e-5)


def test_each_cost_is_the_replay_of_its_path():
    law = Leland()
    outcome = simulate(law.setup(), Run(paths=300, seed=1, keep_every=1))
    spot = 100.0 * np.exp(np.vstack([np.zeros(300), outcome.log_prices[:, 0]]))
    left = 0.25 * (1.0 - np.arange(63) / 63)[:, np.newaxis]
    vol = 0.2 * np.sqrt(1.0 + np.sqrt(2.0 / np.pi) * 0.01 / (0.2 * np.sqrt(0.25 / 63)))
    width = vol * np.sqrt(left)
    delta = ndtr(np.log(spot / 100.0) / width + 0.5 * width)
    replay = 0.005 * np.sum(np.abs(np.diff(delta, axis=0)) * spot[1:], axis=0)
    np.testing.assert_allclose(-outcome.market["dealer: fees_usd"], replay, rtol=1e-4)


def cost_of(law, **changes):
    """Mean fees of a dealer who is changed."""
    setup = law.setup()
    dealer = replace(setup.agents[0], **changes)
    outcome = simulate(replace(setup, agents=(dealer,)), Run(paths=10_000))
    return -outcome.market["dealer: fees_usd"].mean()


def test_hedging_by_the_black_delta_breaks_it():
    law = Leland()
    wrong = cost_of(law, ratio=None)
    assert wrong > 1.05 * law.expected()["expected_cost"]
    assert not law.tolerances["expected_cost"].admits(wrong, law.expected()["expected_cost"])


def test_paying_the_round_trip_on_each_trade_breaks_it():
    law = Leland()
    doubled = -simulate(law.setup(fee=law.cost), Run(paths=5_000)).market["dealer: fees_usd"].mean()
    assert doubled == pytest.approx(2.0 * law.expected()["expected_cost"], rel=0.05)


@pytest.mark.parametrize(
    "given", [{"vol": 0.0}, {"cost": -0.01}, {"hedges": 5}, {"hedges": 63.5}, {"cost": 0.05}]
)
def test_parameters_outside_the_law_are_refused(given):
    with pytest.raises(InputError, match="leland") as refused:
        Leland(**given)
    assert refused.value.remedy
