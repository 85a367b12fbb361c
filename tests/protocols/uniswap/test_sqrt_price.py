"""Amounts between prices against Uniswap/v3-core, test/SqrtPriceMath.spec.ts and SwapMath.spec.ts."""

from fractions import Fraction
from math import ceil, floor, isqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortgamma.basics.errors import RefusedError
from shortgamma.protocols.uniswap import sqrt_price as sp
from shortgamma.protocols.uniswap.ticks import MAX_SQRT_PRICE, MIN_SQRT_PRICE, Q96

ONE = 10**18
PRICES = st.integers(MIN_SQRT_PRICE, MAX_SQRT_PRICE)
LIQUIDITY = st.integers(1, 10**30)


def encoded(token1: int, token0: int) -> int:
    return isqrt((token1 << 192) // token0)


def test_published_prices_after_an_input() -> None:
    assert sp.after_input1(Q96, ONE, ONE // 10) == 87150978765690771352898345369
    assert sp.after_input0(Q96, ONE, ONE // 10) == 72025602285694852357767227579
    assert sp.after_input0(Q96, 10 * ONE, 1 << 100) == 624999999995069620
    assert sp.after_input0(Q96, 1, ((1 << 256) - 1) // 2) == 1
    assert sp.after_input0(1, 1, 1 << 255) == 1
    assert sp.after_input0(Q96, ONE, 0) == sp.after_input1(Q96, ONE, 0) == Q96


def test_published_prices_after_an_output() -> None:
    assert sp.after_output0(Q96, ONE, ONE // 10) == 88031291682515930659493278152
    assert sp.after_output1(Q96, ONE, ONE // 10) == 71305346262837903834189555302
    assert sp.after_output1(20282409603651670423947251286016, 1024, 262144) == 0
    assert sp.after_output0(Q96, ONE, 0) == Q96


def test_published_amounts() -> None:
    assert sp.amount0_up(Q96, encoded(121, 100), ONE) == 90909090909090910
    assert sp.amount0_down(Q96, encoded(121, 100), ONE) == 90909090909090909
    assert sp.amount1_up(Q96, encoded(121, 100), ONE) == 100000000000000000
    assert sp.amount1_down(Q96, encoded(121, 100), ONE) == 99999999999999999
    wide = encoded(1 << 90, 1), encoded(1 << 96, 1)
    assert sp.amount0_up(*wide, ONE) == sp.amount0_down(*wide, ONE) + 1
    assert sp.amount0_up(Q96, Q96, ONE) == sp.amount0_up(Q96, 2 * Q96, 0) == 0


def test_published_overflowing_swap() -> None:
    price = 1025574284609383690408304870162715216695788925244
    liquidity = 50015962439936049619261659728067971248
    after = sp.after_input0(price, liquidity, 406)
    assert after == 1025574284609383582644711336373707553698163132913
    assert sp.amount0_up(price, after, liquidity) == 406


@pytest.mark.parametrize(
    ("call", "arguments", "reason"),
    [
        (sp.after_input1, (0, 0, 1), "P:"),
        (sp.after_input0, (1, 0, 1), "L:"),
        (sp.after_input1, ((1 << 160) - 1, 1024, 1024), "overflows"),
        (sp.after_output0, (20282409603651670423947251286016, 1024, 4), "token0"),
        (sp.after_output0, (20282409603651670423947251286016, 1024, 5), "token0"),
        (sp.after_output1, (20282409603651670423947251286016, 1024, 262145), "token1"),
        (sp.after_output0, (Q96, 1, (1 << 256) - 1), "token0"),
    ],
)
def test_what_the_specification_reverts_is_refused(call, arguments, reason) -> None:
    with pytest.raises(RefusedError, match=reason):
        call(*arguments)


STEPS = [
    # price, target, liquidity, amount, fee → in, fee, out, price afterwards
    (
        Q96,
        encoded(101, 100),
        2 * ONE,
        ONE,
        600,
        9975124224178055,
        5988667735148,
        9925619580021728,
        encoded(101, 100),
    ),
    (
        Q96,
        encoded(101, 100),
        2 * ONE,
        -ONE,
        600,
        9975124224178055,
        5988667735148,
        9925619580021728,
        encoded(101, 100),
    ),
    (
        Q96,
        encoded(1000, 100),
        2 * ONE,
        ONE,
        600,
        999400000000000000,
        600000000000000,
        666399946655997866,
        None,
    ),
    (
        Q96,
        encoded(10000, 100),
        2 * ONE,
        -ONE,
        600,
        2000000000000000000,
        1200720432259356,
        ONE,
        None,
    ),
    (
        417332158212080721273783715441582,
        1452870262520218020823638996,
        159344665391607089467575320103,
        -1,
        1,
        1,
        1,
        1,
        417332158212080721273783715441581,
    ),
    (
        2,
        1,
        1,
        3915081100057732413702495386755767,
        1,
        39614081257132168796771975168,
        39614120871253040049813,
        0,
        1,
    ),
    (2413, 79887613182836312, 1985041575832132834610021537970, 10, 1872, 0, 10, 0, 2413),
    (
        20282409603651670423947251286016,
        20282409603651670423947251286016 * 11 // 10,
        1024,
        -4,
        3000,
        26215,
        79,
        0,
        20282409603651670423947251286016 * 11 // 10,
    ),
    (
        20282409603651670423947251286016,
        20282409603651670423947251286016 * 9 // 10,
        1024,
        -263000,
        3000,
        1,
        1,
        26214,
        20282409603651670423947251286016 * 9 // 10,
    ),
]


@pytest.mark.parametrize("case", STEPS)
def test_published_steps_of_a_swap(case) -> None:
    price, target, liquidity, amount, fee, paid, charge, received, after = case
    done = sp.swap_step(price, target, liquidity=liquidity, amount=amount, fee=fee)
    assert (done.amount_in, done.fee, done.amount_out) == (paid, charge, received)
    assert after is None or done.sqrt_price == after


@given(PRICES, PRICES, LIQUIDITY)
def test_amounts_are_the_exact_ones_rounded_for_the_pool(a: int, b: int, liquidity: int) -> None:
    low, high = sorted((a, b))
    exact1 = Fraction(liquidity * (high - low), Q96)
    assert sp.amount1_down(a, b, liquidity) == floor(exact1)
    assert sp.amount1_up(a, b, liquidity) == ceil(exact1)
    exact0 = Fraction(liquidity << 96, low) - Fraction(liquidity << 96, high)
    assert sp.amount0_down(a, b, liquidity) == floor(exact0)
    # Two roundings up in a row: at most one unit more than one.
    assert 0 <= sp.amount0_up(a, b, liquidity) - ceil(exact0) <= 1


@given(
    PRICES, PRICES, LIQUIDITY, st.integers(-(10**24), 10**24).filter(bool), st.integers(0, 10**5)
)
def test_a_step_never_gives_more_than_it_takes(
    price: int, target: int, liquidity: int, amount: int, fee: int
) -> None:
    done = sp.swap_step(price, target, liquidity=liquidity, amount=amount, fee=fee)
    down = price >= target
    assert min(price, target) <= done.sqrt_price <= max(price, target)
    if amount > 0:
        assert done.amount_in + done.fee <= amount
    else:
        assert done.amount_out <= -amount
    # At the pool's own prices: what comes in is worth at least what goes out, before the fee.
    worst = Fraction(done.sqrt_price * price, Q96 * Q96)
    value_in = done.amount_in * (worst if down else 1)
    value_out = done.amount_out * (1 if down else worst)
    assert value_in >= value_out
