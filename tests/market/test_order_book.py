"""Order books against closed forms of an even one, and the laws of any."""

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortgamma.basics.errors import InputError, ShapeError
from shortgamma.market.order_book import OrderBook


def book(**changes):
    values = {
        "underlying": "BTC",
        "asof": 0,
        "bid_price": [99.0, 98.0],
        "bid_size": [1.0, 2.0],
        "ask_price": [101.0, 103.0],
        "ask_size": [2.0, 4.0],
    }
    return OrderBook(**{**values, **changes})


def even(density, levels=2_000, reach=0.02, mid=100_000.0):
    """``density`` coins per unit of relative distance on each side, in equal small levels."""
    distance = reach * np.arange(1, levels + 1) / levels
    size = np.full(levels, density * reach / levels)
    return OrderBook(
        underlying="BTC",
        asof=0,
        bid_price=mid * (1.0 - distance),
        bid_size=size,
        ask_price=mid * (1.0 + distance),
        ask_size=size,
    )


def test_a_small_book_by_hand():
    small = book()
    assert small.mid == 100.0
    np.testing.assert_allclose(small.half_spread, 0.01)
    np.testing.assert_allclose(small.depth_usd_per_pct("ask"), 200.0)
    np.testing.assert_allclose(small.depth_usd_per_pct("bid"), 100.0)
    # 3 coins: 2 at 101 and 1 at 103; 2 sold: 1 at 99 and 1 at 98.
    np.testing.assert_allclose(small.impact([3.0, -2.0]), [1e4 * 5.0 / 300.0, 150.0])
    np.testing.assert_allclose(
        small.impact([6.0, -3.0, 1e-9, 0.0]), [700.0 / 3.0, 500.0 / 3.0, 100.0, 100.0]
    )
    assert np.isnan(small.impact([6.1, -3.1])).all()
    np.testing.assert_allclose([small.reach_pct("bid"), small.reach_pct("ask")], [2.0, 3.0])


@pytest.mark.parametrize("side", ["bid", "ask"])
@pytest.mark.parametrize("reach", [0.02, 0.004])
def test_an_even_book_has_the_depth_and_the_impact_of_its_density(side, reach):
    density = 40_000.0
    found = even(density, reach=reach)
    depth = density * 0.01 * 100_000.0
    np.testing.assert_allclose(found.depth_usd_per_pct(side), depth, rtol=1e-3)
    np.testing.assert_allclose(found.linear_impact(side), 1.0 / density, rtol=1e-2)
    # Λ·(coins that 1 % takes) = 1 %, as the simulator defines depth.
    coins = found.depth_usd_per_pct(side) / found.mid
    np.testing.assert_allclose(found.linear_impact(side) * coins, 0.01, rtol=1e-2)
    sign = 1.0 if side == "ask" else -1.0
    order = 0.5 * density * reach
    np.testing.assert_allclose(found.impact(sign * order), 1e4 * 0.5 * order / density, rtol=2e-3)


def test_inverse_contracts_sized_in_usd_are_the_same_book():
    coins = even(40_000.0)
    values = {
        name: getattr(coins, name) for name in ("bid_price", "ask_price", "bid_size", "ask_size")
    }
    for side in ("bid", "ask"):
        values[f"{side}_size"] = values[f"{side}_size"] * values[f"{side}_price"]
    usd = OrderBook.sized_in_usd(underlying="BTC", asof=0, **values)
    np.testing.assert_allclose(usd.bid_size, coins.bid_size)
    np.testing.assert_allclose(usd.depth_usd_per_pct("ask"), coins.depth_usd_per_pct("ask"))


@given(
    st.lists(st.tuples(st.floats(0.01, 5.0), st.floats(0.1, 50.0)), min_size=1, max_size=12),
    st.floats(0.01, 3.0),
)
def test_larger_orders_never_fill_better_and_cost_at_least_half_the_spread(levels, gap):
    away = gap + np.cumsum([step for step, _size in levels])
    size = [size for _step, size in levels]
    found = OrderBook(
        underlying="BTC",
        asof=0,
        bid_price=1_000.0 - away,
        bid_size=size,
        ask_price=1_000.0 + away,
        ask_size=size,
    )
    coins = np.linspace(0.0, sum(size), 30)
    for sign in (1.0, -1.0):
        cost = found.impact(sign * coins)
        assert np.all(np.diff(cost) > -1e-9)
        assert np.all(cost >= 1e4 * found.half_spread - 1e-7)
    np.testing.assert_allclose(found.impact(coins), found.impact(-coins), rtol=1e-7)


def test_it_cannot_be_changed_and_survives_pickling():
    again = pickle.loads(pickle.dumps(book()))  # noqa: S301  # our own bytes
    for name in ("bid_price", "ask_size"):
        np.testing.assert_array_equal(getattr(again, name), getattr(book(), name))
        with pytest.raises(ValueError, match="read-only"):
            getattr(again, name)[0] = 1.0


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"bid_price": [], "bid_size": []}, "'bid_price': has no levels — give one or more"),
        ({"ask_size": [2.0, 0.0]}, "row 2, column 'ask_size': 0 is not positive — drop"),
        ({"bid_price": [np.nan, 98.0]}, "nan is not positive"),
        ({"bid_price": [98.0, 99.0]}, "'bid_price': 99 after 98 — give the best price first"),
        ({"ask_price": [101.0, 101.0]}, "'ask_price': 101 after 101"),
        ({"bid_price": [101.0, 98.0]}, "best bid 101 is not below best ask 101 — take"),
    ],
)
def test_what_is_no_book_is_refused(changes, told):
    with pytest.raises(InputError, match=told):
        book(**changes)


def test_sides_of_unequal_length_are_refused():
    with pytest.raises(ShapeError, match="bid_size"):
        book(bid_size=[1.0])
