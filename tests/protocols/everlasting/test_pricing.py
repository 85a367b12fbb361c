"""Prices against Deri's own numerical examples, Greeks against differences, integers against floats."""

import math

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortgamma.protocols.everlasting import exact
from shortgamma.protocols.everlasting.pricing import (
    everlasting_delta,
    everlasting_price,
    steepness,
    time_value,
)
from shortgamma.protocols.fixed_point import WAD, from_float

WEEK = 7.0 / 365.0
PUBLISHED = {40_000.0: 223.3667, 50_000.0: 2445.1621}
"""Deri, "Numerical Examples of Everlasting Option Pricing": BTCUSD-50000-CALL, T = 7 days, vol 100 %."""


def test_the_published_exponent_and_prices():
    assert round(float(steepness(vol=1.0, period=WEEK)), 4) == 20.4485
    for spot, price in PUBLISHED.items():
        found = everlasting_price(spot, 50_000.0, vol=1.0, period=WEEK, sign=1.0)
        assert round(float(found), 4) == price


def test_the_published_funding_of_a_day():
    """(C − I)/7 = 31.9095."""
    found = time_value(40_000.0, 50_000.0, vol=1.0, period=WEEK).usd
    assert round(float(found) / 7.0, 4) == 31.9095


@given(
    spot=st.floats(500.0, 8_000.0),
    vol=st.floats(0.2, 2.0),
    days=st.floats(0.5, 60.0),
    sign=st.sampled_from([1.0, -1.0]),
)
def test_the_formula_in_thirty_digits(spot, vol, days, sign):
    with mp.workdps(30):
        u = mp.sqrt(1 + 8 / (mp.mpf(vol) ** 2 * mp.mpf(days) / 365))
        x = mp.mpf(spot) / 2000
        value = 2000 / u * x ** ((1 - u) / 2 if spot > 2000 else (1 + u) / 2)
        value += max(sign * (mp.mpf(spot) - 2000), 0)
    found = everlasting_price(spot, 2_000.0, vol=vol, period=days / 365.0, sign=sign)
    assert float(found) == pytest.approx(float(value), rel=1e-9)


@pytest.mark.parametrize("spot", [1_500.0, 1_990.0, 2_010.0, 2_700.0])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_delta_gamma_and_vega_are_derivatives(spot, sign):
    step = 1e-3

    def value(at, vol=0.8):
        return float(everlasting_price(at, 2_000.0, vol=vol, period=WEEK, sign=sign))

    delta = float(everlasting_delta(spot, 2_000.0, vol=0.8, period=WEEK, sign=sign))
    assert (value(spot + step) - value(spot - step)) / (2 * step) == pytest.approx(delta, rel=1e-6)
    up, down = (
        float(everlasting_delta(spot + s, 2_000.0, vol=0.8, period=WEEK, sign=sign))
        for s in (step, -step)
    )
    extra = time_value(spot, 2_000.0, vol=0.8, period=WEEK)
    assert (up - down) / (2 * step) == pytest.approx(float(extra.curvature), rel=1e-6)
    bump = 1e-5
    by_vol = (value(spot, 0.8 + bump) - value(spot, 0.8 - bump)) / (2 * bump)
    assert by_vol == pytest.approx(float(extra.vega), rel=1e-6)


def test_delta_has_no_jump_and_gamma_at_the_strike_is_its_formula():
    below, above = (
        float(everlasting_delta(2_000.0 + s, 2_000.0, vol=0.8, period=WEEK, sign=1.0))
        for s in (-1e-9, 1e-9)
    )
    u = float(steepness(vol=0.8, period=WEEK))
    assert below == pytest.approx(above, abs=1e-9)
    assert below == pytest.approx(0.5 * (1.0 + 1.0 / u), abs=1e-9)
    gamma = float(time_value(2_000.0, 2_000.0, vol=0.8, period=WEEK).curvature)
    assert gamma == pytest.approx(2.0 / (0.64 * WEEK * u * 2_000.0), rel=1e-9)


def test_the_published_prices_in_integers():
    for spot, price in PUBLISHED.items():
        period = 604_800 * WAD // exact.YEAR
        value, _, u = exact.time_value(from_float(spot), 50_000 * WAD, vol=WAD, period=period)
        assert round(value / WAD, 4) == price
        assert round(u / WAD, 4) == 20.4485


@given(
    spot=st.floats(1_000.0, 4_000.0),
    vol=st.floats(0.3, 1.5),
    days=st.sampled_from([1, 7, 30]),
    call=st.booleans(),
)
def test_integers_and_floats_agree(spot, vol, days, call):
    market = exact.Market(
        terms=exact.Terms(call=int(call), funding_seconds=days * 86_400),
        spot=from_float(spot),
        vol=from_float(vol),
    )
    found = exact.prices(market)
    wanted = everlasting_price(
        spot, 2_000.0, vol=vol, period=days / 365.0, sign=1.0 if call else -1.0
    )
    assert found.price / WAD == pytest.approx(float(wanted), rel=1e-9, abs=1e-9)
    if spot != 2_000.0:
        delta = everlasting_delta(
            spot, 2_000.0, vol=vol, period=days / 365.0, sign=1.0 if call else -1.0
        )
        assert found.delta / WAD == pytest.approx(float(delta), rel=1e-9, abs=1e-9)


@given(base=st.floats(0.05, 20.0), exponent=st.floats(-8.0, 8.0))
def test_signed_powers(base, exponent):
    found = exact.signed_power(from_float(base), from_float(exponent)) / WAD
    assert found == pytest.approx(
        base**exponent, rel=1e-12, abs=1e-16 * max(base**exponent, 1.0) + 3e-18
    )


def test_arrays_and_numbers_are_the_same():
    spots = np.array([1_500.0, 2_000.0, 2_500.0])
    rows = everlasting_price(spots, 2_000.0, vol=0.8, period=WEEK, sign=1.0)
    for spot, row in zip(spots, rows, strict=True):
        alone = everlasting_price(float(spot), 2_000.0, vol=0.8, period=WEEK, sign=1.0)
        assert math.isclose(float(alone), row, rel_tol=1e-15)
