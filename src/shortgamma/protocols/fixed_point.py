"""Integers with 18 decimals, as Ethereum contracts calculate.

Contracts have no fractions: 1.5 is 1.5·10¹⁸, and every product is rounded at once. Python's integers have
no largest value; where a contract would overflow the caller has to refuse.

Source: Solidity reference, section Integers (division truncates); the rounding variants are those of
Synthetix' SafeDecimalMath (round half up) and of Uniswap's FullMath (down and up).
"""

from fractions import Fraction
from typing import Final

WAD: Final = 10**18
"""One, with 18 decimals."""


def mul_div(first: int, second: int, divisor: int) -> int:
    """first·second/divisor towards zero, without an intermediate rounding."""
    product = first * second
    quotient = abs(product) // abs(divisor)
    return quotient if (product < 0) == (divisor < 0) else -quotient


def mul_div_up(first: int, second: int, divisor: int) -> int:
    """The same rounded up, for numbers that are not negative."""
    return -(-first * second // divisor)


def multiply(first: int, second: int) -> int:
    """Product of two numbers with 18 decimals, towards zero."""
    return mul_div(first, second, WAD)


def divide(first: int, second: int) -> int:
    """Quotient of two numbers with 18 decimals, towards zero."""
    return mul_div(first, WAD, second)


def multiply_rounded(first: int, second: int) -> int:
    """Product of two numbers with 18 decimals that are not negative, half rounded up."""
    return (first * second * 10 // WAD + 5) // 10


def divide_rounded(first: int, second: int) -> int:
    """Quotient of two numbers with 18 decimals that are not negative, half rounded up."""
    return (first * WAD * 10 // second + 5) // 10


def from_float(value: float) -> int:
    """The nearest number with 18 decimals to a float, exactly rounded."""
    return round(Fraction(value) * WAD)


def to_float(value: int) -> float:
    """The nearest float to a number with 18 decimals."""
    return value / WAD
