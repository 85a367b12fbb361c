"""Laws that hold for every option: parity, scaling, signs, identities, bounds, derivatives."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mpf

from shortgamma.kernels.black import BLOCK, Greek
from tests.kernels.exact import Option, closed_greeks, natural_scales
from tests.kernels.samples import (
    Options,
    any_option,
    columns,
    greeks,
    greeks_of,
    prices,
    random_options,
    unhurried,
)

EXACT_IN_KIND = (  # the same figure for the call and the put of one strike
    Greek.GAMMA,
    Greek.VEGA,
    Greek.VANNA,
    Greek.VOLGA,
    Greek.SPEED,
    Greek.ZOMMA,
)
DEGREE_IN_MONEY = {  # of homogeneity in (F, K)
    Greek.PRICE: 1,
    Greek.DELTA: 0,
    Greek.GAMMA: -1,
    Greek.VEGA: 1,
    Greek.THETA: 1,
    Greek.VANNA: 0,
    Greek.VOLGA: 1,
    Greek.CHARM: 0,
    Greek.SPEED: -2,
    Greek.ZOMMA: -1,
    Greek.COLOR: -1,
    Greek.DELTA_COIN: 0,
}
DEGREE_IN_VOL = {  # of the scaling σ → cσ, T → T/c² without a rate
    Greek.PRICE: 0,
    Greek.DELTA: 0,
    Greek.GAMMA: 0,
    Greek.VEGA: -1,
    Greek.THETA: 2,
    Greek.VANNA: -1,
    Greek.VOLGA: -2,
    Greek.CHARM: 2,
    Greek.SPEED: 0,
    Greek.ZOMMA: -1,
    Greek.COLOR: 2,
    Greek.DELTA_COIN: 0,
}
FROM_LOWER_GREEK = [  # Greek, the one it is the derivative of, by what, and the sign
    (Greek.DELTA, Greek.PRICE, "forward", 1),
    (Greek.GAMMA, Greek.DELTA, "forward", 1),
    (Greek.VEGA, Greek.PRICE, "vol", 1),
    (Greek.THETA, Greek.PRICE, "years", -1),
    (Greek.VANNA, Greek.DELTA, "vol", 1),
    (Greek.VANNA, Greek.VEGA, "forward", 1),
    (Greek.VOLGA, Greek.VEGA, "vol", 1),
    (Greek.CHARM, Greek.DELTA, "years", -1),
    (Greek.CHARM, Greek.THETA, "forward", 1),
    (Greek.SPEED, Greek.GAMMA, "forward", 1),
    (Greek.ZOMMA, Greek.GAMMA, "vol", 1),
    (Greek.ZOMMA, Greek.VANNA, "forward", 1),
    (Greek.COLOR, Greek.GAMMA, "years", -1),
    (Greek.COLOR, Greek.CHARM, "forward", 1),
]
near = pytest.approx


def d_pair(option):
    """d1 and d2, straight from the definition."""
    width = option.vol * math.sqrt(option.years)
    d1 = math.log(option.forward / option.strike) / width + width / 2.0
    return d1, d1 - width


@unhurried
@given(any_option())
def test_put_call_parity_of_price_and_every_greek(option):
    call = greeks_of(option._replace(sign=1.0))
    put = greeks_of(option._replace(sign=-1.0))
    discount = math.exp(-option.rate * option.years)
    pay = discount * (option.forward - option.strike)
    tiny = 4e-15 * discount * max(option.forward, option.strike)
    coin = discount * option.strike / option.forward
    assert call[Greek.PRICE] - put[Greek.PRICE] == near(pay, rel=0.0, abs=tiny)
    assert call[Greek.DELTA] - put[Greek.DELTA] == near(discount, rel=4e-15)
    assert call[Greek.DELTA_COIN] - put[Greek.DELTA_COIN] == near(coin, rel=4e-15)
    for greek in EXACT_IN_KIND:
        assert call[greek] == put[greek]
    carry = abs(option.rate) * tiny + 4e-16 * abs(call[Greek.THETA])
    assert call[Greek.THETA] - put[Greek.THETA] == near(option.rate * pay, rel=0.0, abs=4 * carry)
    assert call[Greek.CHARM] - put[Greek.CHARM] == near(
        option.rate * discount, rel=0.0, abs=4e-15 * (1.0 + abs(call[Greek.CHARM]))
    )
    assert call[Greek.COLOR] == put[Greek.COLOR]


@unhurried
@given(any_option(), st.integers(-12, 12))
def test_scaling_forward_and_strike_scales_every_greek_by_its_degree(option, power):
    factor = 2.0**power
    scaled = option._replace(forward=option.forward * factor, strike=option.strike * factor)
    before, after = greeks_of(option), greeks_of(scaled)
    assert after == {g: before[g] * factor ** DEGREE_IN_MONEY[g] for g in Greek}


@unhurried
@given(any_option(rates=False), st.sampled_from((0.25, 0.5, 2.0, 4.0)))
def test_only_the_product_of_vol_and_root_of_time_counts_without_a_rate(option, factor):
    scaled = option._replace(vol=option.vol * factor, years=option.years / factor**2)
    before, after = greeks_of(option), greeks_of(scaled)
    assert after == {g: before[g] * factor ** DEGREE_IN_VOL[g] for g in Greek}


@unhurried
@given(any_option())
def test_call_of_forward_at_strike_is_put_of_strike_at_forward(option):
    mirror = Option(
        option.strike, option.forward, option.years, option.vol, option.rate, -option.sign
    )
    width = option.vol * math.sqrt(option.years)
    rounding = 1e-15 * (1.0 + 6.0 / width)  # of ln(F/K) in units of the width
    here, there = prices(columns(option, mirror))
    assert here == near(there, rel=rounding)


@unhurried
@given(any_option())
def test_a_rate_discounts_every_figure_and_adds_carry_to_the_time_derivatives(option):
    with_rate = greeks_of(option)
    without = greeks_of(option._replace(rate=0.0))
    discount = math.exp(-option.rate * option.years)
    carried = {Greek.THETA: Greek.PRICE, Greek.CHARM: Greek.DELTA, Greek.COLOR: Greek.GAMMA}
    for greek in Greek:
        source = carried.get(greek)
        carry = option.rate * without[source] if source is not None else 0.0
        size = abs(without[greek]) + abs(carry)
        expected = discount * (without[greek] + carry)
        assert with_rate[greek] == near(expected, rel=0.0, abs=1e-14 * size)


@unhurried
@given(any_option(rates=False))
def test_signs_of_a_long_option(option):
    found = greeks_of(option)
    _d1, d2 = d_pair(option)
    assert found[Greek.PRICE] > 0.0
    assert found[Greek.GAMMA] > 0.0
    assert found[Greek.VEGA] > 0.0
    assert found[Greek.THETA] < 0.0
    assert found[Greek.DELTA] * option.sign >= 0.0
    assert found[Greek.DELTA_COIN] * option.sign >= 0.0
    if abs(d2) > 1e-9:
        assert found[Greek.VANNA] * d2 < 0.0
        assert found[Greek.CHARM] * d2 > 0.0


@unhurried
@given(any_option())
def test_identities_between_greeks(option):
    forward, strike, years, vol, rate, _sign = option
    found = greeks_of(option)
    d1, d2 = d_pair(option)
    width = vol * math.sqrt(years)
    gamma, vega = found[Greek.GAMMA], found[Greek.VEGA]
    slack = 1e-9 * (1.0 + abs(d1 * d2))  # what d1 and d2 of the plain definition lose
    assert vega == near(gamma * forward**2 * vol * years, rel=1e-14)
    assert found[Greek.THETA] == near(
        rate * found[Greek.PRICE] - 0.5 * gamma * forward**2 * vol**2,
        rel=0.0,
        abs=1e-14 * (abs(rate) * found[Greek.PRICE] + gamma * forward**2 * vol**2),
    )
    assert found[Greek.VOLGA] == near(vega / vol * d1 * d2, rel=0.0, abs=slack * vega / vol)
    assert found[Greek.VANNA] == near(
        -vega / (forward * width) * d2, rel=0.0, abs=slack * vega / (forward * width)
    )
    assert found[Greek.ZOMMA] == near(
        gamma / vol * (d1 * d2 - 1.0), rel=0.0, abs=slack * gamma / vol
    )
    assert found[Greek.SPEED] == near(
        -gamma / forward * (1.0 + d1 / width),
        rel=0.0,
        abs=slack * gamma / forward * (1.0 + 1.0 / width),
    )
    intrinsic = max(option.sign * (forward - strike), 0.0) * math.exp(-rate * years)
    assert found[Greek.DELTA_COIN] == near(
        found[Greek.DELTA] - found[Greek.PRICE] / forward,
        rel=0.0,
        abs=4e-15 * (1.0 + (intrinsic + found[Greek.PRICE]) / forward),
    )


@unhurried
@given(any_option())
def test_price_lies_between_intrinsic_value_and_its_maximum(option):
    discount = math.exp(-option.rate * option.years)
    price = float(prices(columns(option))[0])
    intrinsic = max(option.sign * (option.forward - option.strike), 0.0)
    most = option.forward if option.sign > 0.0 else option.strike
    assert discount * intrinsic * (1.0 - 1e-15) <= price <= discount * most * (1.0 + 1e-15)


@unhurried
@given(any_option(rates=False), st.floats(1.0001, 2.0))
def test_price_rises_with_vol_and_with_time(option, factor):
    low, vol, time = prices(
        columns(
            option,
            option._replace(vol=option.vol * factor),
            option._replace(years=option.years * factor),
        )
    )
    assert low <= vol
    assert low <= time


@unhurried
@given(any_option(), st.floats(0.01, 3.0), st.floats(0.01, 3.0))
def test_price_is_monotone_and_convex_in_strike(option, left, right):
    width = option.vol * math.sqrt(option.years)
    strikes = option.strike * np.exp(width * np.array([-left, 0.0, right]))
    low, mid, high = prices(columns(*(option._replace(strike=float(k)) for k in strikes)))
    blur = 1e-15 * max(low, high)
    assert option.sign * (low - mid) >= -blur
    assert option.sign * (mid - high) >= -blur
    weight = (strikes[2] - strikes[1]) / (strikes[2] - strikes[0])
    assert mid <= weight * low + (1.0 - weight) * high + blur


@unhurried
@given(any_option(shortest=1.0 / 365.0))
@pytest.mark.parametrize(
    ("greek", "lower", "by", "sign"),
    FROM_LOWER_GREEK,
    ids=lambda value: value.name if isinstance(value, Greek) else str(value),
)
def test_greek_is_the_finite_difference_of_the_lower_one(greek, lower, by, sign, option):
    at = getattr(option, by)
    width = option.vol * math.sqrt(option.years)
    step = at * 2e-3 * (min(width, 1.0) if by == "forward" else 1.0 / (1.0 + 4.5**2))
    points = [option._replace(**{by: at + i * step}) for i in (-2, -1, 1, 2)]
    a, b, c, d = greeks(columns(*points))[lower]
    difference = sign * (a - 8.0 * b + 8.0 * c - d) / (12.0 * step)
    exact = closed_greeks(option)
    scale = natural_scales(option, exact)[greek]
    rounding = 2e-14 * float(np.max(np.abs([a, b, c, d]))) / step
    found = greeks_of(option)[greek]
    assert abs(found - difference) <= 2e-7 * max(abs(found), scale) + rounding


@pytest.mark.parametrize("size", [0, 1, 2, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 5])
def test_an_option_does_not_depend_on_its_neighbours(size):
    options = random_options(21, size)
    together = greeks(options)
    assert np.array_equal(prices(options), together[Greek.PRICE])
    for i, option in enumerate(options.rows()):
        alone = greeks_of(option)
        scales = natural_scales(option, closed_greeks(option))
        for greek in Greek:
            # SIMD lanes and the scalar remainder of a loop may contract differently
            assert together[greek, i] == near(alone[greek], rel=0.0, abs=1e-12 * scales[greek])


def test_without_vol_or_time_the_price_is_the_intrinsic_value():
    rows = [
        Option(100.0, strike, years, vol, 0.0, sign)
        for strike in (90.0, 110.0)
        for years, vol in ((0.0, 0.5), (1.0, 0.0), (1e-300, 0.5))
        for sign in (1.0, -1.0)
    ]
    for option, price in zip(rows, prices(columns(*rows)), strict=True):
        assert price == max(option.sign * (option.forward - option.strike), 0.0)


@pytest.mark.parametrize("field", Option._fields[:5])
def test_not_a_number_in_gives_not_a_number_out(field):
    option = Option(100.0, 110.0, 0.5, 0.6, 0.01, 1.0)._replace(**{field: math.nan})
    assert np.isnan(prices(columns(option))).all()
    assert np.isnan(greeks(columns(option))).all()


def test_prices_keep_their_digits_seven_widths_out_of_the_money():
    options = random_options(22, 300, reach=7.0)
    signs = np.where(options.strike >= options.forward, 1.0, -1.0)
    outside = Options(*options[:5], signs)
    for price, option in zip(prices(outside).tolist(), outside.rows(), strict=True):
        exact = closed_greeks(option)[Greek.PRICE]
        assert abs(mpf(price) / exact - 1) <= 1e-13, option
