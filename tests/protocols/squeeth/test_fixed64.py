"""Numbers with 64 binary places against squeeth-monorepo, test/unit-tests/abdk-math.ts, and mpmath."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp

from shortgamma.basics.errors import RefusedError
from shortgamma.protocols.squeeth import fixed64 as f

ONE = f.ONE_64


def test_published_quotients_and_products() -> None:
    assert f.quotient_64(2**75, 2**50) == 2**25 * ONE
    assert f.quotient_64(2**129, 2**128) == 2 * ONE
    assert f.quotient_64(2**127 - 1, 2**64) == 2**127 - 1
    assert f.quotient_64(2**255, 2**230) == 2**25 * ONE
    assert f.quotient_64(2**194, 2**135) == 2**59 * ONE
    assert f.scaled(ONE * 11 // 10, 10**18) == pytest.approx(11 * 10**17, rel=1e-15)
    assert f.scaled(1, 0) == 0
    assert f.exp_2(-(2**70) - 1) == 0


def test_published_logarithm() -> None:
    assert f.log_2(5 * 2**70) / ONE == pytest.approx(8.321928094887362, rel=1e-15)


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda: f.quotient_64(1, 0), "DIVU-INF"),
        (lambda: f.quotient_64(2**127, 2**64), "DIVU-OF"),
        (lambda: f.log_2(-1), "LOG_2-X0"),
        (lambda: f.exp_2(2**70 + 1), "EXP_2-OF"),
        (lambda: f.scaled(-2, 2), "MULU-X0"),
    ],
)
def test_published_reverts(call, reason) -> None:
    with pytest.raises(RefusedError, match=reason):
        call()


@given(st.integers(1, 2**127 - 1))
def test_a_logarithm_is_cut_in_its_last_place(number: int) -> None:
    with mp.workprec(300):
        exact = mp.log(mp.mpf(number) / ONE, 2) * ONE
        assert -64 <= f.log_2(number) - exact <= 0


@given(st.integers(-(40 << 64), (62 << 64)))
def test_a_power_is_cut_in_its_last_places(power: int) -> None:
    with mp.workprec(300):
        exact = mp.mpf(2) ** (mp.mpf(power) / ONE) * ONE
        assert abs(f.exp_2(power) - exact) <= 1 + exact * mp.mpf(2) ** -118
