"""The error of hedging N times, against the formula and against a replay path by path."""

import numpy as np
import pytest
from scipy.special import ndtr

from shortgamma.basics.errors import InputError
from shortgamma.feedback.engine import Run, simulate
from shortgamma.feedback.laws.discrete_hedging import DiscreteHedging
from shortgamma.hedging.policies import FixedInterval, NoHedge
from tests.feedback.laws.examples import obeys


@pytest.mark.parametrize("given", DiscreteHedging.examples)
def test_the_law_holds_at_its_examples(given):
    obeys(DiscreteHedging, given, seed=3)


def test_the_expected_error_is_that_of_the_page():
    """g² = (T/2)∫E[(σ²S²Γ)²]dt by brute force: S·φ(d1) under the law of S."""
    law = DiscreteHedging(vol=0.3, days=73.0, hedges=50)
    years = 0.2
    nodes = np.linspace(-8.0, 8.0, 80_001)
    weights = np.exp(-0.5 * nodes**2)
    weights /= weights.sum()
    u, du = np.polynomial.legendre.leggauss(60)
    u, du = 0.5 * (u + 1.0), 0.5 * du
    times = years * (1.0 - (1.0 - u) ** 2)  # the integrand is singular at expiry
    mean = np.empty(times.size)
    for i, t in enumerate(times):
        spot = 100.0 * np.exp(0.3 * np.sqrt(t) * nodes - 0.045 * t)
        width = 0.3 * np.sqrt(years - t)
        d1 = np.log(spot / 100.0) / width + 0.5 * width
        gamma_usd = spot * np.exp(-0.5 * d1**2) / np.sqrt(2.0 * np.pi) / width
        mean[i] = weights @ (0.09 * gamma_usd) ** 2
    g = np.sqrt(0.5 * years * np.sum(mean * 2.0 * (1.0 - u) * du) * years)
    assert law.expected()["rmse"] == pytest.approx(g / np.sqrt(50), rel=1e-4)


def test_each_result_is_the_replay_of_its_path():
    """Premium, hedge gains and payoff in SciPy, so that nothing is left over at expiry."""
    law = DiscreteHedging(vol=0.5, days=20.0, hedges=60)
    outcome = simulate(law.setup(), Run(paths=300, seed=1, keep_every=1))
    spot = 100.0 * np.exp(np.vstack([np.zeros(300), outcome.log_prices[:, 0]]))
    left = law.years * (1.0 - np.arange(60) / 60)[:, np.newaxis]
    width = 0.5 * np.sqrt(left)
    delta = ndtr(np.log(spot[:-1] / 100.0) / width + 0.5 * width)
    premium = 100.0 * (2.0 * ndtr(0.25 * np.sqrt(law.years)) - 1.0)
    replay = premium + np.sum(delta * np.diff(spot, axis=0), axis=0)
    replay -= np.maximum(spot[-1] - 100.0, 0.0)
    # The payoff is a table too: within a cell of 2.4 cents its corner is rounded off.
    np.testing.assert_allclose(outcome.market["dealer: pnl_usd"], replay, atol=4e-3)


@pytest.mark.parametrize("policy", [NoHedge(), FixedInterval.of_years(30.0 / 365.0 / 125)])
def test_hedging_less_often_breaks_it(policy):
    law = DiscreteHedging(vol=0.6, days=30.0, hedges=250)
    pnl = simulate(law.setup(policy=policy), Run(paths=4_000)).market["dealer: pnl_usd"]
    rmse = float(np.sqrt(np.mean(pnl**2)))
    assert rmse > 1.3 * law.expected()["rmse"]
    assert not law.tolerances["rmse"].admits(rmse, law.expected()["rmse"])


def test_the_error_falls_with_the_root_of_the_number_of_hedges():
    few, many = (
        DiscreteHedging(hedges=n).simulated(paths=20_000, seed=2, threads=2)["rmse"]
        for n in (64, 576)
    )
    assert few.value / many.value == pytest.approx(3.0, rel=0.04)


@pytest.mark.parametrize(
    "given", [{"vol": 0.0}, {"days": -1.0}, {"hedges": 10}, {"hedges": 50.5}, {"vol": float("nan")}]
)
def test_parameters_outside_the_law_are_refused(given):
    with pytest.raises(InputError, match="discrete-hedging") as refused:
        DiscreteHedging(**given)
    assert refused.value.remedy
