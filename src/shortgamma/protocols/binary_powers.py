"""Logarithm, power and exponential in integers with 18 decimals, as the PRBMath library calculates them.

A logarithm is found bit by bit: squaring y doubles log2 y, and each time y passes 2 one bit of the result is
set. A power of two is a product of the constants 2^(2^−i), i = 1…64, one per bit of the fraction, with 64
binary digits. Both cut what they cannot hold, so the last digits differ from the true value; contracts that
use the library inherit exactly these digits.

Source: PaulRBerg/prb-math, PRBMath.sol and UD60x18 (exp2, log2, pow, exp, sqrt). The digits are compared with
figures that two users of it published: see tests/protocols/test_binary_powers.py.
"""

from math import isqrt
from typing import Final

from shortgamma.basics.errors import RefusedError
from shortgamma.protocols.fixed_point import WAD, multiply, multiply_rounded

LOG2_OF_E: Final = 1_442_695_040_888_963_407
LARGEST_EXPONENT: Final = 192 * WAD
"""From here on the contract overflows."""

_BITS: Final = 64


def _constants() -> tuple[int, ...]:
    """2^(2^−i) for i = 1…64 with 64 binary digits, to the nearest."""
    digits = 256
    root = 2 << (2 * digits)
    found: list[int] = []
    for _ in range(_BITS):
        value = isqrt(root)
        found.append((value + (1 << (digits - _BITS - 1))) >> (digits - _BITS))
        root = value << digits
    return tuple(found)


_POWERS: Final = _constants()


def power_of_two(exponent: int) -> int:
    """2^x, 18 decimals.

    Args:
        exponent: x, 18 decimals, from 0 to below 192.

    Raises:
        RefusedError: The exponent is 192 or more.
    """
    if exponent >= LARGEST_EXPONENT:
        raise RefusedError("exponent of 2 is too large")
    scaled = (exponent << _BITS) // WAD
    result = 1 << 191
    for bit, constant in enumerate(_POWERS):
        if scaled & (1 << (_BITS - 1 - bit)):
            result = (result * constant) >> _BITS
    return (result * WAD) >> (191 - (scaled >> _BITS))


def binary_logarithm(value: int) -> int:
    """log2 x, 18 decimals, for x of at least 1.

    Raises:
        RefusedError: x is below 1, where the contract refuses.
    """
    if value < WAD:
        raise RefusedError("logarithm of less than 1")
    whole = (value // WAD).bit_length() - 1
    result, y = whole * WAD, value >> whole
    if y == WAD:
        return result
    delta = WAD // 2
    while delta > 0:
        y = y * y // WAD
        if y >= 2 * WAD:
            result += delta
            y >>= 1
        delta >>= 1
    return result


def power(base: int, exponent: int) -> int:
    """x^y = 2^(y·log2 x), 18 decimals, the product half rounded up as version 2 of the library does.

    Args:
        base: x of at least 1, or 0, 18 decimals.
        exponent: y, 18 decimals.

    Raises:
        RefusedError: The base lies between 0 and 1, or the result overflows.
    """
    if base == 0:
        return WAD if exponent == 0 else 0
    return power_of_two(multiply_rounded(binary_logarithm(base), exponent))


def exponential(value: int) -> int:
    """e^x = 2^(x·log2 e), 18 decimals, the product cut as version 4 of the library does.

    Args:
        value: x, 18 decimals, not negative.

    Raises:
        RefusedError: The result overflows.
    """
    return power_of_two(multiply(value, LOG2_OF_E))


def square_root(value: int) -> int:
    """√x, 18 decimals, towards zero."""
    return isqrt(value * WAD)
