"""Curvature against its definition at 50 digits, and its laws."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import PERCENT
from shortgamma.exposure.unit import unit_exposure
from shortgamma.risk.curvature import curvature
from tests.exposure.builders import series
from tests.risk.books import book_of, exact_slope, exact_value, mixed, perpetual, straddle


@pytest.mark.parametrize("weight", [0.05, 0.3, 0.9])
@pytest.mark.parametrize("book", [straddle(), mixed(), straddle(2.0, rate=0.05)])
def test_curvature_is_its_definition_with_an_exact_derivative(book, weight):
    found = curvature(book, weight)
    vols, slope = book.options.vol.tolist(), exact_slope(book)
    now = exact_value(book, 0.0, vols)
    up = -(exact_value(book, weight, vols) - now - weight * slope)
    down = -(exact_value(book, -weight, vols) - now + weight * slope)
    assert found.sensitivity_usd == pytest.approx(float(slope), rel=1e-12)
    assert found.up == pytest.approx(float(up), rel=1e-10, abs=1e-9)
    assert found.down == pytest.approx(float(down), rel=1e-10, abs=1e-9)
    assert found.charge_usd == max(found.up, found.down, 0.0)


def test_short_gamma_is_charged_and_long_gamma_is_not():
    short, long = curvature(straddle(-1.0), 0.3), curvature(straddle(1.0), 0.3)
    assert min(short.up, short.down) > 0.0
    assert long.charge_usd == 0.0
    assert (long.up, long.down) == pytest.approx((-short.up, -short.down))


@given(weight=st.floats(0.01, 1.0), strike=st.floats(50.0, 200.0))
def test_a_call_and_a_put_of_one_strike_have_the_same_curvature(weight, strike):
    call, put = (
        curvature(book_of(series([strike], days=30.0, vols=0.6, is_call=kind), [-1.0]), weight)
        for kind in (True, False)
    )
    assert call.up == pytest.approx(put.up, abs=1e-9)
    assert call.down == pytest.approx(put.down, abs=1e-9)


def test_what_has_no_optionality_has_no_curvature():
    options = series([], days=1.0, vols=1.0, is_call=True)
    found = curvature(book_of(options, [], perpetual(-7.0)), 0.4)
    assert found.sensitivity_usd == -700.0
    assert (found.up, found.down) == pytest.approx((0.0, 0.0), abs=1e-12)


def test_for_a_small_weight_it_is_half_gamma_times_the_square():
    book, weight = straddle(), 1e-3
    gamma = float(book.quantity @ unit_exposure(book.options).gamma_usd_per_pct) / PERCENT
    found = curvature(book, weight)
    assert found.up == pytest.approx(-0.5 * gamma * weight**2, rel=1e-2)
    assert found.down == pytest.approx(-0.5 * gamma * weight**2, rel=1e-2)


def test_a_weight_of_one_takes_spot_to_zero():
    book = straddle(-1.0, strike=110.0)
    found = curvature(book, 1.0)
    now = float(exact_value(book, 0.0, book.options.vol.tolist()))
    assert found.down == pytest.approx(-(-110.0 - now + found.sensitivity_usd), rel=1e-12)


@pytest.mark.parametrize("weight", [0.0, -0.3, 1.01, np.nan, np.inf])
def test_a_weight_that_is_none_is_refused(weight):
    with pytest.raises(InputError, match="a risk weight of"):
        curvature(straddle(), weight)
