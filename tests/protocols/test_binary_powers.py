"""Powers in integers against published digits and against mpmath.

Published: gmx-io/gmx-synthetics, test/pricing/PricingUtils.ts, where a power of a difference is multiplied
by a factor and, at that commit, halved.
"""

from fractions import Fraction

import mpmath as mp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortgamma.basics.errors import RefusedError
from shortgamma.protocols import binary_powers as bp
from shortgamma.protocols.fixed_point import WAD

PUBLISHED = [
    (10_000, "3", "0.000000000002", 999999999999999971996569854874),
    (100_000, "3", "0.000000000002", 999999999999999972158527355760923),
    (1_000_000, "3", "0.000000000002", 999999999999999974481076694795741150),
    (10_000_000, "3", "0.000000000002", 999999999999999977004203243086721668335),
    (10**9, "3", "0.000000000002", 999999999999999964992485098699963454527292263),
    (10_000, "2", "0.00000002", 999999999999999981235216490000),
    (100_000, "2", "0.00000002", 99999999999999998147004678330000),
    (1_000_000, "2", "0.00000002", 9999999999999999830554320142260000),
    (10_000_000, "2", "0.00000002", 999999999999999984577907497082540000),
    (10_000, "1.75", "0.0000002", 999999999999999983993282600000),
    (100_000, "1.75", "0.0000002", 56234132519034907150467965500000),
    (1_000_000, "1.75", "0.0000002", 3162277660168379284617577705300000),
    (10_000_000, "1.75", "0.0000002", 177827941003892277732818564790100000),
    (1, "1.5", "0.000002", 1000000000000000000000000),
    (1000, "1.5", "0.000002", 31622776601683792872691000000),
    (10_000, "1.5", "0.000002", 999999999999999985875227000000),
    (100_000, "1.5", "0.000002", 31622776601683792881032921000000),
    (1_000_000, "1.5", "0.000002", 999999999999999987642846054000000),
    (10_000_000, "1.5", "0.000002", 31622776601683792957603597100000000),
    (10_000, "1", "0.0002", 999999999999999990595300000000),
    (10_000_000, "1", "0.0002", 999999999999999992287429300000000),
]


@pytest.mark.parametrize(("base", "exponent", "factor", "published"), PUBLISHED)
def test_powers_have_the_published_digits(base, exponent, factor, published) -> None:
    raised = bp.power(base * WAD, int(Fraction(exponent) * WAD)) * 10**12
    assert raised * int(Fraction(factor) * 10**30) // 10**30 // 2 == published


@given(st.integers(WAD, 10**30), st.integers(0, 3 * WAD))
def test_powers_are_powers(base: int, exponent: int) -> None:
    with mp.workdps(40):
        true = mp.power(mp.mpf(base) / WAD, mp.mpf(exponent) / WAD)
        assert abs(bp.power(base, exponent) / (true * WAD) - 1) < 1e-15


@given(st.integers(0, 100 * WAD))
def test_exponentials_are_exponentials(value: int) -> None:
    with mp.workdps(40):
        true = mp.exp(mp.mpf(value) / WAD)
        assert abs(bp.exponential(value) / (true * WAD) - 1) < 2e-16 * (1 + value / WAD) + 2e-18


@given(st.integers(WAD, 10**40))
def test_logarithms_are_below_the_true_ones_by_less_than_their_digits(value: int) -> None:
    with mp.workdps(50):
        true = mp.log(mp.mpf(value) / WAD, 2) * WAD
        assert -200 < bp.binary_logarithm(value) - true <= 0


def test_roots_are_cut() -> None:
    assert bp.square_root(2 * WAD) == 1414213562373095048
    assert bp.power(0, 0) == WAD
    assert bp.power(0, WAD) == 0


def test_what_the_library_refuses_is_refused() -> None:
    with pytest.raises(RefusedError, match="less than 1"):
        bp.power(WAD - 1, WAD)
    with pytest.raises(RefusedError, match="too large"):
        bp.exponential(140 * WAD)
