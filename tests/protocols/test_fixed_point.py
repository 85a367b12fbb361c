"""Integer arithmetic with 18 decimals against exact fractions."""

from fractions import Fraction
from math import ceil, floor, trunc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortgamma.protocols import fixed_point as fp

NUMBERS = st.integers(0, 10**36)
DIVISORS = st.integers(1, 10**36)
SIGNED = st.integers(-(10**36), 10**36)


@given(SIGNED, SIGNED, st.integers(-(10**36), 10**36).filter(bool))
def test_a_quotient_is_cut_towards_zero(a: int, b: int, c: int) -> None:
    assert fp.mul_div(a, b, c) == trunc(Fraction(a * b, c))


@given(NUMBERS, NUMBERS, DIVISORS)
def test_a_quotient_rounded_up_is_the_ceiling(a: int, b: int, c: int) -> None:
    assert fp.mul_div_up(a, b, c) == ceil(Fraction(a * b, c))


@given(NUMBERS, NUMBERS)
def test_a_rounded_product_is_the_nearest_one_and_half_goes_up(a: int, b: int) -> None:
    assert fp.multiply_rounded(a, b) == floor(Fraction(a * b, fp.WAD) + Fraction(1, 2))


@given(NUMBERS, DIVISORS)
def test_a_rounded_quotient_is_the_nearest_one_and_half_goes_up(a: int, b: int) -> None:
    assert fp.divide_rounded(a, b) == floor(Fraction(a * fp.WAD, b) + Fraction(1, 2))


@pytest.mark.parametrize(("value", "wad"), [(1.5, 15 * 10**17), (-0.25, -25 * 10**16), (0.0, 0)])
def test_floats_become_integers_of_the_same_value(value: float, wad: int) -> None:
    assert fp.from_float(value) == wad
    assert fp.to_float(wad) == value
