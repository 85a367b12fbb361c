"""Options bought against gamma: how many, at which price, and what they do in a gap."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from shortgamma.basics.errors import InputError
from shortgamma.hedging.gamma import (
    STRATEGIES,
    DeltaOnly,
    RollingGamma,
    StaticGamma,
    Wings,
    strategy_from,
)
from shortgamma.hedging.purchases import (
    cheapest_cover,
    gap_pnl,
    hedged_gains,
    nearest_vol,
    purchase,
)
from tests.feedback.markets import SPOT, series

BOOK = series([90.0, 100.0, 115.0], [10.0, 20.0, 40.0], is_call=[False, True, True])
SHORT = np.array([-300.0, -500.0, -200.0])


def price(spot, strike, years, vol, *, is_call):
    """Black-76 at zero rates, written down again."""
    width = vol * np.sqrt(years)
    d1 = np.log(spot / strike) / width + 0.5 * width
    call = spot * norm.cdf(d1) - strike * norm.cdf(d1 - width)
    return np.where(is_call, call, call - spot + strike)


def value(options, quantity, spot, vol=None):
    vols = options.vol if vol is None else vol
    prices = price(spot, options.strike, options.years, vols, is_call=options.is_call)
    return float(quantity @ prices)


def gamma(options, quantity, step=1e-2):
    up, mid, down = (value(options, quantity, SPOT + h) for h in (step, 0.0, -step))
    return (up - 2.0 * mid + down) / step**2


@pytest.mark.parametrize("kind", [StaticGamma, RollingGamma])
@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_a_straddle_takes_its_share_of_the_gamma_away(kind, share):
    bought = kind(share=share).opening(BOOK, SHORT, spot=SPOT)
    both = gamma(BOOK, SHORT) + gamma(bought.options, bought.quantity)
    assert both == pytest.approx((1.0 - share) * gamma(BOOK, SHORT), rel=1e-5, abs=1e-5)
    assert np.all(bought.quantity >= 0.0)


@pytest.mark.parametrize("strategy", [make() for make in STRATEGIES.values()])
def test_nobody_sells_options_where_the_book_is_long(strategy):
    bought = strategy.opening(BOOK, -SHORT, spot=SPOT)
    assert not np.any(bought.quantity)
    assert bought.spread_usd == 0.0


def test_delta_only_buys_nothing():
    bought = DeltaOnly().opening(BOOK, SHORT, spot=SPOT)
    assert len(bought.options) == len(bought.quantity) == 0


def test_the_spread_is_the_price_at_the_asked_vol_less_the_price_at_the_mark():
    bought = StaticGamma(half_spread_vol=0.02).opening(BOOK, SHORT, spot=SPOT)
    options, held = bought.options, bought.quantity
    asked = value(options, held, SPOT, options.vol + 0.02)
    assert bought.spread_usd == pytest.approx(asked - value(options, held, SPOT), rel=1e-9)
    assert bought.spread_usd > 0.0


def test_a_straddle_is_struck_at_the_price_and_lives_as_long_as_asked():
    bought = StaticGamma(tenor_days=30.0).opening(BOOK, SHORT, spot=SPOT).options
    np.testing.assert_array_equal(bought.strike, SPOT)
    np.testing.assert_allclose(bought.years, 30.0 / 365.0, rtol=1e-12)
    assert bought.is_call.tolist() == [True, False]


@pytest.mark.parametrize("share", [0.25, 0.8, 1.0])
def test_wings_take_their_share_of_the_loss_in_both_gaps_away(share):
    wings = Wings(share=share, width=0.12, gap=0.25)
    bought = wings.opening(BOOK, SHORT, spot=SPOT)
    for gap in (0.25, -0.25):
        before = hedged_gap(BOOK, SHORT, gap)
        after = before + hedged_gap(bought.options, bought.quantity, gap)
        assert before < 0.0
        assert after >= (1.0 - share) * before - 1e-6 * abs(before)


def hedged_gap(options, quantity, gap, step=1e-3):
    """Revaluation after a gap, with the delta of finite differences as the hedge."""
    delta = (value(options, quantity, SPOT + step) - value(options, quantity, SPOT - step)) / (
        2.0 * step
    )
    moved = value(options, quantity, SPOT * (1.0 + gap)) - value(options, quantity, SPOT)
    return moved - delta * SPOT * gap


@pytest.mark.parametrize("gap", [-0.4, -0.1, 0.1, 0.4])
def test_a_gap_is_revalued_with_the_delta_hedge_in_place(gap):
    found = gap_pnl(BOOK, SHORT, gaps=np.array([gap]))
    assert found[0] == pytest.approx(hedged_gap(BOOK, SHORT, gap), rel=1e-6)
    assert found[0] < 0.0


@settings(deadline=None, max_examples=60)
@given(
    st.floats(0.3, 3.0),
    st.floats(1.0, 300.0),
    st.floats(-0.9, 3.0),
    st.booleans(),
    st.floats(0.1, 2.0),
)
def test_a_hedged_long_option_never_loses_in_a_gap(moneyness, days, gap, is_call, vol):
    option = series(SPOT * moneyness, days, is_call=is_call, vol=vol)
    assert hedged_gains(option, np.array([gap]))[0, 0] >= -1e-9 * SPOT


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.floats(0.05, 5.0), min_size=4, max_size=4),
    st.lists(st.floats(0.0, 9.0), min_size=2, max_size=2),
    st.lists(st.floats(0.1, 3.0), min_size=2, max_size=2),
)
def test_the_cover_is_the_cheapest_corner_that_reaches_both(gains, wanted, costs):
    gains, wanted, costs = np.reshape(gains, (2, 2)), np.array(wanted), np.array(costs)
    found = cheapest_cover(gains, wanted, price=costs)
    assert np.all(gains @ found >= wanted - 1e-6 * (1.0 + wanted.max()))
    assert np.all(found >= 0.0)
    corners = [np.zeros(2)]
    corners += [np.eye(2)[i] * max(wanted / gains[:, i]) for i in range(2)]
    if abs(np.linalg.det(gains)) > 1e-6:
        corners.append(np.linalg.solve(gains, wanted))
    reached = [c for c in corners if np.all(c >= -1e-9) and np.all(gains @ c >= wanted - 1e-9)]
    assert costs @ found == pytest.approx(min(costs @ c for c in reached), rel=1e-5, abs=1e-6)


def test_wings_that_gain_nothing_in_the_gap_are_refused():
    with pytest.raises(InputError, match="gain nothing"):
        cheapest_cover(np.array([[1.0], [0.0]]), np.array([1.0, 1.0]), price=np.ones(1))


@pytest.mark.parametrize(
    ("gains", "price", "words"),
    [
        (np.ones((2, 2)), np.zeros(2), "worth nothing"),
        (np.zeros((2, 2)), np.ones(2), "gain nothing"),
    ],
)
def test_wings_without_a_price_or_a_gain_are_refused(gains, price, words):
    with pytest.raises(InputError, match=words):
        cheapest_cover(gains, np.ones(2), price=price)


def test_wings_that_expire_before_their_price_is_anything_are_refused():
    with pytest.raises(InputError, match="worth nothing"):
        Wings(tenor_days=0.001).opening(BOOK, SHORT, spot=SPOT)


def test_bought_options_have_the_vol_of_the_nearest_option_of_the_book():
    book = replace(BOOK, vol=np.array([0.9, 0.5, 0.7]))
    moneyness = np.log(book.strike / book.forward)
    for row in range(3):
        found = nearest_vol(
            book, moneyness=moneyness[row : row + 1], years=book.years[row : row + 1]
        )
        assert found[0] == book.vol[row]
    with pytest.raises(InputError, match="empty"):
        nearest_vol(book.select(np.zeros(0, dtype=int)), moneyness=np.zeros(1), years=np.ones(1))


def test_expiries_count_from_the_time_of_the_book():
    later = replace(BOOK, expiry=BOOK.expiry + 10**15)
    first, second = (
        StaticGamma().opening(b, SHORT, spot=SPOT).options.expiry for b in (BOOK, later)
    )
    np.testing.assert_array_equal(second - first, 10**15)


def test_twice_the_quantity_costs_twice_the_spread():
    option = series(SPOT, 30.0)
    one, two = (
        purchase(option, np.array([n]), half_spread_vol=0.01).spread_usd for n in (1.0, 2.0)
    )
    assert two == pytest.approx(2.0 * one, rel=1e-12)


@pytest.mark.parametrize(
    ("name", "parameters", "words"),
    [
        ("static-gamma", {"share": 1.5}, "share is 1.5"),
        ("static-gamma", {"share": "much"}, "not a number"),
        ("rolling-gamma", {"every_days": 14.0}, "rolled every"),
        ("rolling-gamma", {"half_spread_vol": -0.1}, "half_spread_vol"),
        ("wings", {"width": 0.3}, "strikes 30 %"),
        ("wings", {"gap": 1.0}, "gaps of 100 %"),
        ("wings", {"tenor_days": 0.0}, "tenor_days"),
        ("delta-only", {"share": 0.5}, "no parameters"),
        ("static-gamma", {"tenor": 5.0}, "'tenor'"),
        ("collar", {}, "'collar' is not a strategy"),
    ],
)
def test_what_makes_no_sense_is_refused(name, parameters, words):
    with pytest.raises(InputError, match=words.replace("'", ".")) as problem:
        strategy_from(name, **parameters)
    assert problem.value.remedy


def test_names_are_those_of_the_registry():
    assert [make().name for make in STRATEGIES.values()] == list(STRATEGIES)
