"""Coin-settled options: what holds at 40 digits, and that the kernel's rows give it.

A coin-settled option pays its value divided by the price at expiry, so its price in coin is V/F. Its
delta for a hedger who counts coin is the premium-adjusted one, NTD = Δ − V/F.
"""

import pytest
from hypothesis import given
from mpmath import mp, mpf

from shortgamma.kernels.black import Greek
from tests.kernels.exact import DIGITS, Option, closed_greeks, exact_price, normal
from tests.kernels.samples import any_option, greeks_of, random_options, unhurried

EQUAL = mpf("1e-40")
SAMPLE = list(random_options(41, 25).rows())


@pytest.fixture(autouse=True)
def many_digits():
    with mp.workdps(DIGITS):
        yield


def coin_price(option: Option):
    """V/F as a function of F, without discount: what a venue at r = 0 quotes."""
    _f, strike, years, vol, _rate, sign = (mpf(x) for x in option)
    return lambda f: exact_price(f, strike, years, vol, mpf(0), sign) / f


@pytest.mark.parametrize("option", SAMPLE)
def test_coin_price_is_a_put_like_payoff_on_strike_over_forward(option):
    f, k, t, v, _r, sign = (mpf(x) for x in option)
    w = v * mp.sqrt(t)
    d1 = mp.log(f / k) / w + w / 2
    textbook = sign * (normal(sign * d1) - k / f * normal(sign * (d1 - w)))
    assert abs(coin_price(option)(f) - textbook) <= EQUAL * textbook


@pytest.mark.parametrize("option", SAMPLE)
def test_premium_adjusted_delta_is_strike_over_forward_times_probability(option):
    f, k, t, v, r, sign = (mpf(x) for x in option)
    w = v * mp.sqrt(t)
    d2 = mp.log(f / k) / w - w / 2
    exact = closed_greeks(option)
    expected = mp.exp(-r * t) * sign * (k / f) * normal(sign * d2)
    adjusted = exact[Greek.DELTA] - exact[Greek.PRICE] / f
    assert abs(adjusted - expected) <= EQUAL * abs(exact[Greek.DELTA])
    found = greeks_of(option)[Greek.DELTA_COIN]
    assert abs(mpf(found) - expected) <= mpf("1e-12") * abs(expected)


@pytest.mark.parametrize("option", SAMPLE)
def test_premium_adjusted_delta_is_the_forward_times_the_slope_of_the_coin_price(option):
    undiscounted = option._replace(rate=0.0)
    f = mpf(option.forward)
    exact = closed_greeks(undiscounted)
    slope = mp.diff(coin_price(undiscounted), f) * f
    assert abs(slope - (exact[Greek.DELTA] - exact[Greek.PRICE] / f)) <= EQUAL
    found = greeks_of(undiscounted)[Greek.DELTA_COIN]
    assert abs(mpf(found) - slope) <= mpf("1e-12") * abs(slope)


@pytest.mark.parametrize("option", SAMPLE)
def test_slope_of_premium_adjusted_delta_is_gamma_less_delta_over_forward(option):
    f, k, t, v, r, sign = (mpf(x) for x in option)

    def adjusted(x):
        w = v * mp.sqrt(t)
        d2 = mp.log(x / k) / w - w / 2
        return mp.exp(-r * t) * sign * (k / x) * normal(sign * d2)

    slope = mp.diff(adjusted, f)
    exact = closed_greeks(option)
    expected = exact[Greek.GAMMA] - exact[Greek.DELTA_COIN] / f
    size = exact[Greek.GAMMA] + abs(exact[Greek.DELTA_COIN]) / f
    assert abs(slope - expected) <= EQUAL * size
    found = greeks_of(option)
    assert abs(found[Greek.GAMMA] - found[Greek.DELTA_COIN] / option.forward - slope) <= (
        mpf("1e-12") * size
    )


@pytest.mark.parametrize("option", SAMPLE)
def test_coin_gamma_is_the_second_derivative_of_the_coin_price(option):
    undiscounted = option._replace(rate=0.0)
    f = mpf(option.forward)
    second = mp.diff(coin_price(undiscounted), f, 2)
    exact = closed_greeks(undiscounted)
    expected = exact[Greek.GAMMA] / f - 2 * exact[Greek.DELTA_COIN] / f**2
    size = exact[Greek.GAMMA] / f + 2 * abs(exact[Greek.DELTA_COIN]) / f**2
    assert abs(second - expected) <= EQUAL * size
    found = greeks_of(undiscounted)
    ours = found[Greek.GAMMA] / option.forward - (2.0 * found[Greek.DELTA_COIN] / option.forward**2)
    assert abs(ours - second) <= mpf("1e-12") * size


@unhurried
@given(any_option())
def test_premium_adjusted_delta_is_below_delta_and_has_the_sign_of_the_option(option):
    found = greeks_of(option)
    assert option.sign * found[Greek.DELTA_COIN] >= 0.0
    assert found[Greek.DELTA_COIN] <= found[Greek.DELTA] * (1.0 + 1e-15) + 1e-15


@unhurried
@given(any_option(rates=False))
def test_coin_call_is_worth_less_than_a_coin_and_coin_put_less_than_its_payoff(option):
    coin = greeks_of(option)[Greek.PRICE] / option.forward
    most = 1.0 if option.sign > 0.0 else option.strike / option.forward
    assert 0.0 < coin <= most * (1.0 + 1e-15)


def test_deep_in_the_money_coin_call_has_the_delta_of_a_fixed_usd_debt():
    """A coin call far in the money is one coin less K dollars: NTD → K/F, Δ → 1."""
    option = Option(100_000.0, 20_000.0, 7.0 / 365.0, 0.6, 0.0, 1.0)
    found = greeks_of(option)
    assert found[Greek.DELTA] == pytest.approx(1.0, rel=1e-12)
    assert found[Greek.DELTA_COIN] == pytest.approx(0.2, rel=1e-12)
