"""A band that follows gamma, at a pace."""

import numpy as np
import pytest

from shortgamma.basics.errors import InputError
from shortgamma.hedging.optimal_policies import WhalleyWilmott
from shortgamma.hedging.paced import PacedBand
from tests.hedging.builders import MINUTE, trade, view


def test_without_a_pace_it_is_the_band_of_whalley_and_wilmott():
    seen = view(gamma=[-0.01, 0.03], target=[5.0, -5.0])
    paced = PacedBand(risk_aversion=1e-3, cost=1e-3, usd_per_hour=np.inf).rule(seen)
    plain = WhalleyWilmott(risk_aversion=1e-3, cost=1e-3).rule(seen)
    assert paced.band == pytest.approx(plain.band, rel=1e-12)
    assert trade(paced, seen.target - seen.held) == pytest.approx(
        trade(plain, seen.target - seen.held)
    )


def test_a_step_trades_no_more_than_its_share_of_the_hour():
    policy = PacedBand(risk_aversion=1.0, cost=1e-6, usd_per_hour=60_000.0)
    seen = view(target=[1_000.0, -1_000.0], step_years=MINUTE)
    assert trade(policy.rule(seen), seen.target) == pytest.approx([10.0, -10.0])


@pytest.mark.parametrize("wrong", [{"risk_aversion": 0.0}, {"cost": -1.0}, {"usd_per_hour": 0.0}])
def test_figures_that_make_no_sense_are_refused(wrong):
    with pytest.raises(InputError, match="paced-band"):
        PacedBand(**({"risk_aversion": 1.0, "cost": 1.0, "usd_per_hour": 1.0} | wrong))
