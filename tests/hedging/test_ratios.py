"""Hedge ratios against finite differences of prices that this file computes itself."""

import numpy as np
import pytest
from scipy.special import ndtr

from shortgamma.basics.errors import InputError
from shortgamma.exposure.dynamics import FittedSurface, StickyDelta, StickyStrike
from shortgamma.hedging.ratios import (
    RATIOS,
    BlackDelta,
    LelandVol,
    PremiumAdjusted,
    SmileDelta,
    sticky_delta,
    sticky_strike,
)
from shortgamma.hedging.theory import leland_vol
from shortgamma.market.surface import fit_surface
from tests.exposure.builders import series

K = np.linspace(-0.3, 0.3, 13)
OPTIONS = series(
    100.0 * np.exp(np.tile(K, 2)),
    days=np.repeat([20.0, 90.0], K.size),
    vols=np.tile(0.6 - 0.25 * K + 0.7 * K**2, 2),
    is_call=np.tile(K > 0.0, 2),
    forward=np.repeat([100.0, 101.5], K.size),
    rate=0.03,
)
SURFACE = FittedSurface(fit_surface(OPTIONS))
MOVES = (-0.08, 0.0, 0.031)
STEP = 1e-4


def price(options, move, vol):
    """Black-76 in SciPy's normal distribution, USD."""
    forward = options.forward * np.exp(move)
    width = vol * np.sqrt(options.years)
    d1 = np.log(forward / options.strike) / width + 0.5 * width
    sign = np.where(options.is_call, 1.0, -1.0)
    value = forward * ndtr(sign * d1) - options.strike * ndtr(sign * (d1 - width))
    return np.exp(-options.rate * options.years) * sign * value


def slope_of(function, move, step=STEP):
    """Fourth-order central difference."""
    near = function(move + step) - function(move - step)
    far = function(move + 2 * step) - function(move - 2 * step)
    return (8.0 * near - far) / (12.0 * step)


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize(
    ("ratio", "vols"),
    [
        (BlackDelta(), StickyStrike().vols),
        (sticky_strike(), StickyStrike().vols),
        (SmileDelta(dynamics=SURFACE, width=STEP), SURFACE.vols),
        (
            LelandVol(cost=1e-3, interval_years=1 / 365),
            lambda options, _move: leland_vol(options.vol, cost=1e-3, interval=1 / 365),
        ),
    ],
)
def test_delta_is_the_derivative_of_the_price_under_its_dynamics(ratio, vols, move):
    by_log = slope_of(lambda x: price(OPTIONS, x, vols(OPTIONS, x)), move)
    there = OPTIONS.forward * np.exp(move)
    np.testing.assert_allclose(ratio.deltas(OPTIONS, move), by_log / there, atol=2e-8)


@pytest.mark.parametrize("move", MOVES)
def test_premium_adjusted_is_the_derivative_of_the_coin_price_by_log_price(move):
    """∂(V/F)/∂ln F = Δ − V/F."""
    forward = OPTIONS.forward
    by_log = slope_of(lambda x: price(OPTIONS, x, OPTIONS.vol) / (forward * np.exp(x)), move)
    np.testing.assert_allclose(PremiumAdjusted().deltas(OPTIONS, move), by_log, atol=1e-10)


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize(
    "ratio",
    [BlackDelta(), PremiumAdjusted(), sticky_strike(), LelandVol(cost=1e-3, interval_years=0.01)],
)
def test_slope_is_the_derivative_of_the_delta(ratio, move):
    by_log = slope_of(lambda x: ratio.deltas(OPTIONS, x), move)
    np.testing.assert_allclose(ratio.slopes(OPTIONS, move), by_log, atol=1e-9)


@pytest.mark.parametrize("move", MOVES)
def test_slope_on_a_fitted_surface_is_the_derivative_of_the_delta(move):
    ratio = SmileDelta(dynamics=SURFACE, width=1e-3)
    by_log = slope_of(lambda x: ratio.deltas(OPTIONS, x), move, 1e-3)
    np.testing.assert_allclose(ratio.slopes(OPTIONS, move), by_log, atol=2e-5)


@pytest.mark.parametrize("move", MOVES)
def test_sticky_delta_is_the_secant_of_the_price_over_its_width(move):
    """On a broken line of vols: the mean derivative over ± width, to second order in the width."""
    width = sticky_delta().width
    vols = StickyDelta().vols
    by_log = (
        price(OPTIONS, move + width, vols(OPTIONS, move + width))
        - price(OPTIONS, move - width, vols(OPTIONS, move - width))
    ) / (2.0 * width)
    there = OPTIONS.forward * np.exp(move)
    np.testing.assert_allclose(sticky_delta().deltas(OPTIONS, move), by_log / there, atol=4e-3)


def test_a_falling_smile_raises_every_delta_under_sticky_delta():
    falling = series(
        100.0 * np.exp(K), days=30.0, vols=0.6 - 0.3 * K, is_call=K > 0.0, forward=100.0
    )
    inside = slice(1, -1)
    gap = sticky_delta().deltas(falling, 0.0) - sticky_strike().deltas(falling, 0.0)
    assert (gap[inside] > 0.0).all()
    # −∂σ/∂ln K = 0.3 at every strike: the adjustment is 0.3·vega/F.
    width = falling.vol * np.sqrt(falling.years)
    d1 = -K / width + 0.5 * width
    vega = 100.0 * np.exp(-0.5 * d1**2) / np.sqrt(2 * np.pi) * np.sqrt(falling.years)
    np.testing.assert_allclose(gap[inside], 0.3 * vega[inside] / 100.0, rtol=1e-9)


def test_leland_raises_the_vol_of_a_short_option_and_lowers_that_of_a_long_one():
    """A higher vol lifts the delta of an out-of-the-money call."""
    call = series(130.0, days=30.0, vols=0.6, is_call=True)
    short, long = (
        LelandVol(cost=1e-3, interval_years=1 / 365, position=side).deltas(call, 0.0)[0]
        for side in ("short", "long")
    )
    assert short > BlackDelta().deltas(call, 0.0)[0] > long > 0.0


def test_a_long_option_that_costs_more_than_it_earns_is_refused():
    with pytest.raises(InputError, match="hedge less often"):
        LelandVol(cost=0.1, interval_years=1e-4, position="long").deltas(OPTIONS, 0.0)
    with pytest.raises(InputError, match="sideways"):
        LelandVol(cost=0.1, interval_years=1e-4, position="sideways")
    with pytest.raises(InputError):
        LelandVol(cost=0.1, interval_years=0.0)
    with pytest.raises(InputError):
        SmileDelta(width=0.0)


def test_names_of_the_table_are_the_names_of_the_ratios():
    for name, make in RATIOS.items():
        values = {"cost": 1e-3, "interval_years": 0.01} if name == "leland" else {}
        assert make(**values).name == name
