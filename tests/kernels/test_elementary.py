"""exp, log ratio and Mills ratio against mpmath, in units of the last place."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp, mpf

from shortgamma.kernels.elementary import (
    EXP_FLOOR,
    MILLS_HIGH,
    MILLS_LOW,
    exp_bounded,
    log_ratio,
    mills_pair,
)
from tests.kernels.samples import logarithmic, unhurried

DIGITS = 40
EPSILON = float(np.finfo(np.float64).eps)


@pytest.fixture(autouse=True)
def many_digits():
    with mp.workdps(DIGITS):
        yield


def ulps(found, exact):
    """Error in units of the last place of the exact value."""
    return float(abs(mpf(float(found)) - exact) / mpf(math.ulp(float(exact))))


def mills(u):
    return mp.sqrt(mp.pi / 2) * mp.exp(u * u / 2) * mp.erfc(u / mp.sqrt(2))


def test_exp_is_right_to_about_one_unit_in_the_last_place():
    rng = np.random.default_rng(1)
    sample = np.concatenate(
        [rng.uniform(EXP_FLOOR, 708.0, 1_500), rng.uniform(-2.0, 2.0, 1_000)]
    ).tolist()
    for x in [*sample, EXP_FLOOR, 708.0, 1e-300, -1e-17]:
        assert ulps(exp_bounded(x), mp.exp(mpf(x))) <= 1.2, x


def test_exp_at_its_limits():
    assert exp_bounded(0.0) == 1.0
    assert exp_bounded(np.nextafter(EXP_FLOOR, -np.inf)) == 0.0
    assert exp_bounded(-1e300) == 0.0
    assert exp_bounded(-math.inf) == 0.0
    assert exp_bounded(EXP_FLOOR) > 0.0
    assert math.isnan(exp_bounded(math.nan))


@unhurried
@given(st.floats(-350.0, 350.0), st.floats(-350.0, 350.0))
def test_exp_of_a_sum_is_the_product(x, y):
    slack = EPSILON * (4.0 + abs(x) + abs(y))
    assert exp_bounded(x + y) == pytest.approx(exp_bounded(x) * exp_bounded(y), rel=slack)


def test_log_ratio_is_right_to_two_units_in_the_last_place_far_from_one():
    rng = np.random.default_rng(2)
    for _ in range(1_500):
        b = float(np.exp(rng.uniform(-200.0, 200.0)))
        a = b * float(np.exp(rng.uniform(-300.0, 300.0)))
        assert ulps(log_ratio(a, b), mp.log(mpf(a) / mpf(b))) <= 2.0, (a, b)


def test_log_ratio_is_right_to_two_units_in_the_last_place_near_one():
    rng = np.random.default_rng(3)
    for _ in range(2_000):
        b = float(np.exp(rng.uniform(-20.0, 20.0)))
        a = b * (1.0 + float(rng.normal()) * 10.0 ** float(rng.uniform(-15.5, -0.5)))
        if a > 0.0 and a != b:
            assert ulps(log_ratio(a, b), mp.log(mpf(a) / mpf(b))) <= 2.0, (a, b)


@pytest.mark.parametrize("power", [-40, -2, -1, 0, 1, 2, 40])
def test_log_ratio_is_right_around_the_switch_of_exponent(power):
    for factor in (math.sqrt(0.5), math.sqrt(2.0), 1.0):
        for a in (np.nextafter(factor, 0.0), factor, np.nextafter(factor, 9.0)):
            exact = mp.log(mpf(float(a)) * mpf(2) ** power)
            if exact != 0:
                assert ulps(log_ratio(float(a) * 2.0**power, 1.0), exact) <= 2.0


def test_log_ratio_of_equals_is_zero():
    for a in (1e-300, 0.1, 1.0, 3.0, 1e300):
        assert log_ratio(a, a) == 0.0


@unhurried
@given(logarithmic(1e-100, 1e100), logarithmic(1e-100, 1e100))
def test_log_ratio_changes_sign_when_its_arguments_swap(a, b):
    assert log_ratio(a, b) == pytest.approx(-log_ratio(b, a), rel=4.0 * EPSILON, abs=0.0)


def ordered_points(seed, size):
    """Pairs a ≤ b of the fit's range, from equal to far apart."""
    rng = np.random.default_rng(seed)
    for i in range(size):
        a = float(rng.uniform(MILLS_LOW, MILLS_HIGH if i % 2 else 2.0))
        gap = 10.0 ** float(rng.uniform(-14.0, 1.5)) if i % 5 else 0.0
        yield a, min(a + gap, MILLS_HIGH)
    yield MILLS_LOW, MILLS_LOW
    yield MILLS_LOW, MILLS_HIGH
    yield MILLS_HIGH, MILLS_HIGH


def test_mills_ratios_and_their_divided_difference_keep_fourteen_digits():
    for a, b in ordered_points(4, 1_500):
        ya, yb, slope = mills_pair(a, b)
        u, v = mpf(a), mpf(b)
        exact = (mills(u) - mills(v)) / (v - u) if a < b else 1 - u * mills(u)
        assert abs(ya / mills(u) - 1) <= 2e-15, (a, b)
        assert abs(yb / mills(v) - 1) <= 2e-15, (a, b)
        assert abs(slope / exact - 1) <= 1e-14, (a, b)


@unhurried
@given(st.floats(MILLS_LOW, MILLS_HIGH), st.floats(0.0, 45.0))
def test_mills_ratio_falls_and_its_divided_difference_is_positive(a, gap):
    ya, yb, slope = mills_pair(a, min(a + gap, MILLS_HIGH))
    assert ya >= yb > 0.0
    assert slope > 0.0
