"""Ticks against the figures of Uniswap/v3-core, test/TickMath.spec.ts, and against exact roots."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp

from shortgamma.basics.errors import RefusedError
from shortgamma.protocols.uniswap import ticks as t

TICKS = st.integers(t.MIN_TICK, t.MAX_TICK)


@pytest.mark.parametrize(
    ("tick", "sqrt_price"),
    [
        (t.MIN_TICK, 4295128739),
        (t.MIN_TICK + 1, 4295343490),
        (t.MAX_TICK - 1, 1461373636630004318706518188784493106690254656249),
        (t.MAX_TICK, 1461446703485210103287273052203988822378723970342),
        (0, 1 << 96),
    ],
)
def test_published_prices_of_ticks(tick: int, sqrt_price: int) -> None:
    assert t.sqrt_price_at_tick(tick) == sqrt_price


def test_factors_are_the_constants_of_the_contract() -> None:
    # TickMath.sol: the first, one in the middle and the last.
    assert t._FACTORS[0] == 0xFFFCB933BD6FAD37AA2D162D1A594001
    assert t._FACTORS[10] == 0xF3392B0822B70005940C7A398E4B70F3
    assert t._FACTORS[19] == 0x48A170391F7DC42444E8FA2


@given(TICKS)
def test_a_tick_is_the_rounded_root_of_its_price(tick: int) -> None:
    with mp.workprec(400):
        size = mp.sqrt(mp.mpf("1.0001")) ** abs(tick)
        root = (size if tick >= 0 else 1 / size) * t.Q96
        # One unit of rounding up, and 20 cuts to 128 places of a ratio that has shrunk by the size.
        assert abs(t.sqrt_price_at_tick(tick) - root) <= 1 + root * 20 * size / mp.mpf(2) ** 128


@given(TICKS.filter(lambda tick: tick < t.MAX_TICK))
def test_a_price_finds_its_tick_from_both_sides(tick: int) -> None:
    sqrt_price = t.sqrt_price_at_tick(tick)
    assert t.tick_at_sqrt_price(sqrt_price) == tick
    if tick > t.MIN_TICK:
        assert t.tick_at_sqrt_price(sqrt_price - 1) == tick - 1


@pytest.mark.parametrize("sqrt_price", [t.MIN_SQRT_PRICE - 1, t.MAX_SQRT_PRICE])
def test_prices_out_of_bounds_are_refused(sqrt_price: int) -> None:
    with pytest.raises(RefusedError, match="R:"):
        t.tick_at_sqrt_price(sqrt_price)


@pytest.mark.parametrize("tick", [t.MIN_TICK - 1, t.MAX_TICK + 1])
def test_ticks_out_of_bounds_are_refused(tick: int) -> None:
    with pytest.raises(RefusedError, match="T:"):
        t.sqrt_price_at_tick(tick)


@given(TICKS)
def test_float_prices_agree_with_the_contract(tick: int) -> None:
    exact = (t.sqrt_price_at_tick(tick) / t.Q96) ** 2
    assert t.price_at_tick(tick) == pytest.approx(exact, rel=1e-9)
    assert t.tick_at_price(t.price_at_tick(tick)) == pytest.approx(tick, abs=1e-6)
