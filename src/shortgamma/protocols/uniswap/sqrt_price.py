"""Amounts between two square roots of prices, rounded for the pool, in exact integers.

With liquidity L and √prices a < b, a range holds::

    amount0 = L·(1/a − 1/b)        amount1 = L·(b − a)

What a user pays is rounded up and what he gets is rounded down, so that the pool never runs dry.

Source: Uniswap/v3-core, contracts/libraries/SqrtPriceMath.sol and SwapMath.sol.
"""

from dataclasses import dataclass
from typing import Final

from shortgamma.basics.errors import RefusedError
from shortgamma.protocols.fixed_point import mul_div, mul_div_up
from shortgamma.protocols.uniswap.ticks import Q96

_MOST_256: Final = (1 << 256) - 1
_MOST_160: Final = (1 << 160) - 1
_MILLION: Final = 1_000_000


def amount0_down(first: int, second: int, liquidity: int) -> int:
    """token0 between two √prices (Q64.96, either order), rounded down."""
    low, high = sorted((first, second))
    return mul_div(liquidity << 96, high - low, high) // low


def amount0_up(first: int, second: int, liquidity: int) -> int:
    """token0 between two √prices (Q64.96, either order), rounded up."""
    low, high = sorted((first, second))
    return -(-mul_div_up(liquidity << 96, high - low, high) // low)


def amount1_down(first: int, second: int, liquidity: int) -> int:
    """token1 between two √prices (Q64.96, either order), rounded down."""
    return liquidity * abs(second - first) // Q96


def amount1_up(first: int, second: int, liquidity: int) -> int:
    """token1 between two √prices (Q64.96, either order), rounded up."""
    return mul_div_up(liquidity, abs(second - first), Q96)


def after_input0(sqrt_price: int, liquidity: int, amount: int) -> int:
    """√price after token0 came in: L·√p/(L + amount·√p), rounded up.

    Raises:
        RefusedError: No price or no liquidity.
    """
    _check(sqrt_price, liquidity)
    if amount == 0:
        return sqrt_price
    shifted = liquidity << 96
    product = amount * sqrt_price
    if product <= _MOST_256 and shifted + product <= _MOST_256:
        return mul_div_up(shifted, sqrt_price, shifted + product)
    # The contract's way round an overflow; it rounds a little less tightly.
    return -(-shifted // (shifted // sqrt_price + amount))


def after_input1(sqrt_price: int, liquidity: int, amount: int) -> int:
    """√price after token1 came in: √p + amount/L, rounded down.

    Raises:
        RefusedError: No price, no liquidity, or a price beyond 160 bits.
    """
    _check(sqrt_price, liquidity)
    found = sqrt_price + (amount << 96) // liquidity
    if found > _MOST_160:
        raise RefusedError("price overflows")
    return found


def after_output0(sqrt_price: int, liquidity: int, amount: int) -> int:
    """√price after token0 went out: L·√p/(L − amount·√p), rounded up.

    Raises:
        RefusedError: No price, no liquidity, or more than there is.
    """
    _check(sqrt_price, liquidity)
    if amount == 0:
        return sqrt_price
    shifted = liquidity << 96
    product = amount * sqrt_price
    if product > _MOST_256 or product >= shifted:
        raise RefusedError("not enough token0 in reach")
    found = mul_div_up(shifted, sqrt_price, shifted - product)
    if found > _MOST_160:
        raise RefusedError("price overflows")
    return found


def after_output1(sqrt_price: int, liquidity: int, amount: int) -> int:
    """√price after token1 went out: √p − amount/L, rounded down.

    Raises:
        RefusedError: No price, no liquidity, or more than there is.
    """
    _check(sqrt_price, liquidity)
    quotient = -(-(amount << 96) // liquidity)
    if sqrt_price < quotient:
        raise RefusedError("not enough token1 in reach")
    return sqrt_price - quotient


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapStep:
    """A swap at one liquidity.

    Args:
        sqrt_price: Afterwards, Q64.96.
        amount_in: Paid, without the fee.
        amount_out: Received.
        fee: On top, in the token that is paid.
    """

    sqrt_price: int
    amount_in: int
    amount_out: int
    fee: int


def swap_step(sqrt_price: int, target: int, *, liquidity: int, amount: int, fee: int) -> SwapStep:
    """How far a swap comes towards a price at one liquidity, and what changes hands.

    Args:
        sqrt_price, target: Q64.96; token0 comes in where the target is not above the price.
        liquidity: In reach.
        amount: Positive = exactly this is paid, fee included; negative = exactly this is received.
        fee: Millionths of what is paid.

    Raises:
        RefusedError: The arithmetic of the contract overflows.
    """
    down = sqrt_price >= target
    cost, yield_ = (amount0_up, amount1_down) if down else (amount1_up, amount0_down)
    if amount >= 0:
        reach = cost(target, sqrt_price, liquidity)
        rest = amount * (_MILLION - fee) // _MILLION
        move = after_input0 if down else after_input1
    else:
        reach = yield_(target, sqrt_price, liquidity)
        rest = -amount
        move = after_output1 if down else after_output0
    found = target if rest >= reach else move(sqrt_price, liquidity, rest)
    paid = cost(found, sqrt_price, liquidity)
    received = yield_(found, sqrt_price, liquidity)
    if amount < 0:
        received = min(received, -amount)
    # What is too little to move the price on is the fee's.
    spent = amount >= 0 and found != target
    charge = amount - paid if spent else mul_div_up(paid, fee, _MILLION - fee)
    return SwapStep(sqrt_price=found, amount_in=paid, amount_out=received, fee=charge)


def _check(sqrt_price: int, liquidity: int) -> None:
    """What the contract requires before it moves a price."""
    if sqrt_price <= 0:
        raise RefusedError("P: no price")
    if liquidity <= 0:
        raise RefusedError("L: no liquidity")
