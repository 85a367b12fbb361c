"""Implied vols from 50-digit prices, and the laws of the inversion."""

import math
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp, mpf

from shortgamma.basics.errors import Status
from shortgamma.kernels.black import BLOCK
from shortgamma.kernels.implied import start_width
from tests.kernels.exact import DIGITS, Option, exact_price
from tests.kernels.samples import (
    MINUTE,
    Options,
    any_option,
    columns,
    logarithmic,
    prices,
    random_options,
    solve,
    solve_one,
    unhurried,
)

ACCEPTED = 1e-11
TOP_VOL = 5.0
EPSILON = float(np.finfo(np.float64).eps)


def rounded_price(option: Option) -> float:
    """The price at 50 digits, rounded once to a double."""
    with mp.workdps(DIGITS):
        return float(exact_price(*(mpf(x) for x in option)))


def outside(seed: int, size: int, reach: float, *, rates: bool) -> Options:
    """Out-of-the-money options of the acceptance domain, vols 5…500 %."""
    options = random_options(seed, size, reach=reach, top_vol=TOP_VOL)
    sign = np.where(options.strike >= options.forward, 1.0, -1.0)
    rate = options.rate if rates else np.zeros(size)
    return options._replace(sign=sign, rate=rate)


@cache
def worst_error(seed: int, size: int, reach: float, *, rates: bool) -> tuple[float, Option]:
    options = outside(seed, size, reach, rates=rates)
    price = np.array([rounded_price(option) for option in options.rows()])
    vol, status = solve(price, options)
    assert not status.any()
    error = np.abs(vol / options.vol - 1.0)
    i = int(np.argmax(error))
    return float(error[i]), list(options.rows())[i]


@pytest.mark.parametrize("rates", [False, True], ids=["undiscounted", "discounted"])
@pytest.mark.parametrize("size", [800, pytest.param(10_000, marks=pytest.mark.slow)])
def test_vol_comes_back_from_out_of_the_money_prices(size, rates):
    error, option = worst_error(51, size, 7.0, rates=rates)
    assert error <= ACCEPTED, option


def test_vol_keeps_thirteen_digits_from_out_of_the_money_prices():
    error, option = worst_error(51, 800, 7.0, rates=False)
    assert error <= 1e-13, option


def test_vol_comes_back_from_prices_thirty_widths_out():
    error, option = worst_error(52, 400, 30.0, rates=False)
    assert error <= ACCEPTED, option


@pytest.mark.parametrize("vol", [0.05, 0.5, TOP_VOL])
@pytest.mark.parametrize("years", [MINUTE, 1.0 / 365.0, 1.0, 3.0])
@pytest.mark.parametrize("z", [-7.0, -1.0, -1e-3, 0.0, 1e-3, 1.0, 7.0])
def test_vol_comes_back_at_every_corner(z, years, vol):
    strike = 1e4 * float(np.exp(-z * vol * years**0.5))
    option = Option(1e4, strike, years, vol, 0.0, 1.0 if strike >= 1e4 else -1.0)
    found, status = solve_one(rounded_price(option), option)
    assert status == Status.OK
    assert found == pytest.approx(vol, rel=ACCEPTED)


def test_vol_comes_back_from_in_the_money_prices_as_far_as_their_digits_allow():
    """The time value of an in-the-money price has lost intrinsic/time value of its digits."""
    options = random_options(53, 800, reach=3.0, top_vol=TOP_VOL)
    sign = np.where(options.strike >= options.forward, -1.0, 1.0)
    inside = options._replace(sign=sign)
    price = np.array([rounded_price(option) for option in inside.rows()])
    vol, status = solve(price, inside)
    assert not status.any()
    for i, option in enumerate(inside.rows()):
        forward, strike, years, true, rate, kind = option
        step = 1e-6 * true
        low, high = prices(
            columns(option._replace(vol=true - step), option._replace(vol=true + step))
        )
        slope = (high - low) / (2.0 * step)
        blur = 8.0 * EPSILON * (price[i] + math.exp(-rate * years) * max(forward, strike))
        assert abs(vol[i] - true) <= 1.1 * blur / slope + ACCEPTED * true, (kind, option)


@unhurried
@given(any_option())
def test_the_price_of_the_vol_is_the_price(option):
    price = float(prices(columns(option))[0])
    vol, status = solve_one(price, option)
    assert status == Status.OK
    again = float(prices(columns(option._replace(vol=vol)))[0])
    width = option.vol * math.sqrt(option.years)
    assert again == pytest.approx(price, rel=1e-14 * (30.0 + 1.0 / width))


@unhurried
@given(any_option(), st.integers(-8, 8))
def test_vol_does_not_depend_on_the_unit_of_money(option, power):
    factor = 2.0**power
    scaled = option._replace(forward=option.forward * factor, strike=option.strike * factor)
    price = float(prices(columns(option))[0])
    assert solve_one(price * factor, scaled) == solve_one(price, option)


@unhurried
@given(any_option(rates=False), st.sampled_from((0.25, 4.0, 16.0)))
def test_four_times_the_time_halves_the_vol(option, factor):
    price = float(prices(columns(option))[0])
    vol, status = solve_one(price, option)
    longer, same = solve_one(price, option._replace(years=option.years * factor))
    assert (longer, same) == (vol / math.sqrt(factor), status)


@unhurried
@given(any_option(), st.floats(1e-6, 1.0))
def test_vol_rises_with_the_price(option, share):
    low = float(prices(columns(option))[0])
    discount = math.exp(-option.rate * option.years)
    most = discount * (option.forward if option.sign > 0.0 else option.strike)
    high = low + share * 0.99 * (most - low)
    below, above = solve_one(low, option)[0], solve_one(high, option)[0]
    assert below <= above


@unhurried
@given(logarithmic(1e-12, 30.0), logarithmic(1e-6, 12.0))
def test_first_guess_is_within_six_percent(z, width):
    """The premise of two fourth-order steps."""
    with mp.workdps(DIGITS):
        x = mpf(z) * mpf(width)
        c = exact_price(mpf(1), mp.exp(x), mpf(1), mpf(width), mpf(0), mpf(1))
        c, m, k = float(c), float(mp.expm1(x)), float(x)
    if 1e-290 < c < 1.0 - 1e-10 and m < 1e300:
        assert start_width(c, m, k) == pytest.approx(width, rel=0.065)


@pytest.mark.parametrize("size", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 5])
def test_a_vol_does_not_depend_on_its_neighbours(size):
    options = outside(54, size, 4.5, rates=True)
    price = prices(options)
    vol, status = solve(price, options)
    assert not status.any()
    for i, option in enumerate(options.rows()):
        alone, _status = solve_one(float(price[i]), option)
        assert vol[i] == pytest.approx(alone, rel=1e-13)
