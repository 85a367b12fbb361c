"""Every hedge ratio in the simulator: tables of targets against the ratio itself, and against Black."""

from dataclasses import replace

import numpy as np
import pytest

from shortgamma.feedback.agents.dealer import Dealer
from shortgamma.feedback.clock import Clock
from shortgamma.feedback.curves import Span, VolLevels, black_targets, ratio_targets
from shortgamma.feedback.depth import UsdDepth
from shortgamma.feedback.engine import Run, simulate
from shortgamma.feedback.processes.gbm import Gbm
from shortgamma.feedback.setup import Setup
from shortgamma.hedging.ratios import (
    BlackDelta,
    LelandVol,
    PremiumAdjusted,
    sticky_delta,
    sticky_strike,
)
from tests.exposure.builders import series

K = np.array([-0.2, -0.1, 0.0, 0.1, 0.2])
OPTIONS = series(
    100.0 * np.exp(np.tile(K, 2)),
    days=np.repeat([10.0, 90.0], K.size),
    vols=np.tile(0.6 - 0.3 * K + 0.7 * K**2, 2),
    is_call=np.tile(K > 0.0, 2),
    forward=np.repeat([100.0, 101.5], K.size),
    rate=0.03,
)
QUANTITY = np.array([3.0, -2.0, 1.0, -1.5, 2.0, -1.0, 0.5, 4.0, -3.0, 1.0])
SPAN = Span.around(0.2, is_fine=True)
FLAT = VolLevels.fixed()
RATIOS = {
    "black": BlackDelta(),
    "premium-adjusted": PremiumAdjusted(),
    "sticky-strike": sticky_strike(),
    "sticky-delta": sticky_delta(),
    "leland": LelandVol(cost=1e-3, interval_years=1.0 / 365.0),
}


@pytest.mark.parametrize("name", ["black", "sticky-strike"])
@pytest.mark.parametrize("days", [0.0, 7.0, 9.99])
def test_black_deltas_are_those_of_the_compiled_tables(name, days):
    levels = VolLevels(logs=np.linspace(-0.5, 0.5, 4))
    years = days / 365.0
    black = black_targets(OPTIONS, QUANTITY, years, span=SPAN, levels=levels)
    ours = ratio_targets(OPTIONS, QUANTITY, years, ratio=RATIOS[name], span=SPAN, levels=levels)
    np.testing.assert_allclose(ours[:, ::2], black[:, ::2], atol=3e-5)
    np.testing.assert_allclose(ours[:, 1::2], black[:, 1::2], atol=3e-5)


@pytest.mark.parametrize("name", RATIOS)
def test_tables_hold_what_the_ratio_says_between_the_nodes_it_was_asked_at(name):
    ratio, years = RATIOS[name], 5.0 / 365.0
    there = replace(OPTIONS, years=OPTIONS.years - years)
    table = ratio_targets(OPTIONS, QUANTITY, years, ratio=ratio, span=SPAN, levels=FLAT)[0]
    for node in (3_001, 3_500, 3_904, 4_000, 4_098, 4_203, 4_777, 5_001):
        move = float(SPAN.moves[node])
        # Quoted smiles have corners, which a cubic rounds off.
        near = 2e-2 if name == "sticky-delta" else 2e-5
        assert table[2 * node] == pytest.approx(-QUANTITY @ ratio.deltas(there, move), abs=near)


def fees(ratio):
    """Fees and result of a dealer who hedges with a ratio, in a market with impact."""
    dealer = Dealer(options=OPTIONS, quantity=-np.abs(QUANTITY), ratio=ratio)
    setup = Setup(
        spot=100.0,
        process=Gbm(vol=0.6),
        clock=Clock.even(48, 1_800.0),
        depth=UsdDepth(usd_per_pct=20_000.0),
        agents=(dealer,),
    )
    market = simulate(setup, Run(paths=200, seed=1)).market
    return market["dealer: fees_usd"], market["dealer: pnl_usd"]


def test_a_dealer_with_black_deltas_is_the_dealer_without_a_ratio():
    for found, plain in zip(fees(BlackDelta()), fees(None), strict=True):
        np.testing.assert_allclose(found, plain, rtol=1e-4, atol=1e-4)


def test_the_leland_delta_of_a_short_book_trades_less():
    costly = LelandVol(cost=0.01, interval_years=1.0 / 365.0)
    assert -fees(costly)[0].mean() < -0.97 * fees(None)[0].mean()


def test_the_premium_adjusted_hedge_is_another_one():
    assert np.abs(fees(PremiumAdjusted())[1] - fees(None)[1]).mean() > 0.1
