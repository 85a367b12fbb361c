"""Ticks and square roots of prices, as the contract rounds them.

Tick i is the price 1.0001^i of token0 in token1. The contract keeps √price as an integer with 96 binary
places (Q64.96)::

    sqrt_price(i) = ⌈1.0001^(i/2)·2⁹⁶⌉        (through factors of 128 binary places, cut after each)
    tick(√p)      = the greatest i with sqrt_price(i) ≤ √p

Source: Uniswap/v3-core, contracts/libraries/TickMath.sol (its 20 factors are 2¹²⁸/1.0001^(2^k/2), rounded
to the nearest, which is how they are computed here); Whitepaper of March 2021, equations 6.1 and 6.2.
"""

from functools import lru_cache
from math import isqrt, log
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import RefusedError

Vector = NDArray[np.float64]
Values = Vector | float

Q96: Final = 1 << 96
"""One, with 96 binary places."""
Q128: Final = 1 << 128
"""One, with 128 binary places."""
MIN_TICK: Final = -887272
MAX_TICK: Final = 887272
MIN_SQRT_PRICE: Final = 4295128739
"""√price at the lowest tick."""
MAX_SQRT_PRICE: Final = 1461446703485210103287273052203988822378723970342
"""√price at the highest tick, which a pool never reaches."""

_BASE: Final = 1.0001
_LOG_BASE: Final = log(_BASE)
_GUARD: Final = 512


def _factors() -> tuple[int, ...]:
    """2¹²⁸/1.0001^(2^k/2) for k = 0…19, nearest integers."""
    power = isqrt((10_000 << (2 * _GUARD)) // 10_001)
    found: list[int] = []
    for _ in range(20):
        found.append(((power >> (_GUARD - 129)) + 1) >> 1)
        power = (power * power) >> _GUARD
    return tuple(found)


_FACTORS: Final = _factors()


@lru_cache(maxsize=65_536)
def sqrt_price_at_tick(tick: int) -> int:
    """√price at a tick, Q64.96, rounded up.

    Args:
        tick: −887,272…887,272.

    Raises:
        RefusedError: The tick lies outside (T).
    """
    size = abs(tick)
    if size > MAX_TICK:
        raise RefusedError("T: tick out of bounds")
    ratio = Q128
    for bit, factor in enumerate(_FACTORS):
        if size >> bit & 1:
            ratio = ratio * factor >> 128
    if tick > 0:
        ratio = ((1 << 256) - 1) // ratio
    return -(-ratio >> 32)


def tick_at_sqrt_price(sqrt_price: int) -> int:
    """The greatest tick whose √price does not exceed a √price, Q64.96.

    Raises:
        RefusedError: It lies outside [lowest, highest) (R).
    """
    if not MIN_SQRT_PRICE <= sqrt_price < MAX_SQRT_PRICE:
        raise RefusedError("R: price out of bounds")
    # A float knows the logarithm to about 1e-9 of a tick; the comparison that follows is exact.
    tick = round(2.0 * (log(sqrt_price) - log(Q96)) / _LOG_BASE)
    while sqrt_price_at_tick(tick) > sqrt_price:
        tick -= 1
    while sqrt_price_at_tick(tick + 1) <= sqrt_price:
        tick += 1
    return tick


def price_at_tick(tick: Values) -> Vector:
    """1.0001^tick: token1 per token0, both in their smallest units."""
    return np.exp(np.asarray(tick, dtype=np.float64) * _LOG_BASE)


def tick_at_price(price: Values) -> Vector:
    """The tick of a price, ln price/ln 1.0001, not rounded."""
    return np.log(np.asarray(price, dtype=np.float64)) / _LOG_BASE
