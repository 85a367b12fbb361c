"""Prices that no vol explains: NaN with the right status, and never a number."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shortgamma.basics.errors import Status
from tests.kernels.exact import Option
from tests.kernels.samples import columns, prices, solve, solve_one, unhurried

NAN, INF = math.nan, math.inf
CALL = Option(100.0, 110.0, 0.5, NAN, 0.0, 1.0)
PUT = CALL._replace(sign=-1.0)
DISCOUNT = math.exp(-0.1 * 0.5)
EPSILON = float(np.finfo(np.float64).eps)

REFUSED = [
    ("negative", -1e-9, CALL, Status.BELOW_INTRINSIC),
    (
        "negative zero time value of a call",
        9.999,
        CALL._replace(strike=90.0),
        Status.BELOW_INTRINSIC,
    ),
    ("below intrinsic put", 9.999, PUT, Status.BELOW_INTRINSIC),
    (
        "below discounted intrinsic put",
        10.0 * DISCOUNT - 1e-9,
        PUT._replace(rate=0.1),
        Status.BELOW_INTRINSIC,
    ),
    ("call at the forward", 100.0, CALL, Status.ABOVE_MAXIMUM),
    ("call above the forward", 101.0, CALL, Status.ABOVE_MAXIMUM),
    ("in-the-money call at the forward", 100.0, CALL._replace(strike=90.0), Status.ABOVE_MAXIMUM),
    ("put at the strike", 110.0, PUT, Status.ABOVE_MAXIMUM),
    ("out-of-the-money put at the strike", 90.0, PUT._replace(strike=90.0), Status.ABOVE_MAXIMUM),
    (
        "discounted call above",
        100.0 * DISCOUNT + 1e-9,
        CALL._replace(rate=0.1),
        Status.ABOVE_MAXIMUM,
    ),
    ("price nan", NAN, CALL, Status.NOT_FINITE),
    ("price inf", INF, CALL, Status.NOT_FINITE),
    ("in-the-money price inf", INF, PUT, Status.NOT_FINITE),
    ("price -inf", -INF, CALL, Status.NOT_FINITE),
    ("forward nan", 1.0, CALL._replace(forward=NAN), Status.NOT_FINITE),
    ("forward inf", 1.0, CALL._replace(forward=INF), Status.NOT_FINITE),
    ("strike nan", 1.0, CALL._replace(strike=NAN), Status.NOT_FINITE),
    ("strike inf", 1.0, CALL._replace(strike=INF), Status.NOT_FINITE),
    ("years nan", 1.0, CALL._replace(years=NAN), Status.NOT_FINITE),
    ("years inf", 1.0, CALL._replace(years=INF), Status.NOT_FINITE),
    ("rate nan", 1.0, CALL._replace(rate=NAN), Status.NOT_FINITE),
    ("rate inf", 1.0, CALL._replace(rate=INF), Status.NOT_FINITE),
    ("rate -inf", 1.0, CALL._replace(rate=-INF), Status.NOT_FINITE),
    ("discount overflows", 1.0, CALL._replace(rate=2_000.0), Status.NOT_FINITE),
    ("discount underflows", 1.0, CALL._replace(rate=-2_000.0), Status.NOT_FINITE),
    ("forward 0", 1.0, CALL._replace(forward=0.0), Status.NOT_POSITIVE),
    ("forward negative", 1.0, CALL._replace(forward=-100.0), Status.NOT_POSITIVE),
    ("strike 0", 1.0, CALL._replace(strike=0.0), Status.NOT_POSITIVE),
    ("strike negative", 1.0, CALL._replace(strike=-110.0), Status.NOT_POSITIVE),
    ("years 0", 1.0, CALL._replace(years=0.0), Status.NOT_POSITIVE),
    ("years negative", 1.0, CALL._replace(years=-0.5), Status.NOT_POSITIVE),
]


@pytest.mark.parametrize(
    ("price", "option", "reason"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_impossible_price_is_refused_with_its_status(price, option, reason):
    vol, status = solve_one(price, option)
    assert math.isnan(vol)
    assert status == reason


def test_a_refusal_leaves_its_neighbours_alone():
    good = 3.0
    alone, _status = solve_one(good, CALL)
    rows = [CALL, *(option for _name, _price, option, _reason in REFUSED), CALL]
    price = np.array([good, *(price for _name, price, _option, _reason in REFUSED), good])
    vol, status = solve(price, columns(*rows))
    assert list(status) == [Status.OK, *(row[3] for row in REFUSED), Status.OK]
    assert vol[0] == pytest.approx(alone, rel=1e-13)
    assert vol[-1] == pytest.approx(alone, rel=1e-13)


@pytest.mark.parametrize(
    ("price", "option"),
    [
        (0.0, CALL),
        (-0.0, CALL),
        (0.0, PUT._replace(strike=90.0)),
        (10.0, PUT),
        (10.0, CALL._replace(strike=90.0)),
        (10.0 * DISCOUNT, PUT._replace(rate=0.1)),
        (10.0 * (1.0 - EPSILON), PUT),
        (10.0 * (1.0 + EPSILON), PUT),
    ],
)
def test_no_time_value_is_no_vol(price, option):
    assert solve_one(price, option) == (0.0, Status.OK)


def test_time_value_below_intrinsic_beyond_rounding_is_refused():
    assert solve_one(10.0 * (1.0 - 8.0 * EPSILON), PUT)[1] == Status.BELOW_INTRINSIC


def test_the_last_price_below_the_maximum_has_a_vol():
    below = float(np.nextafter(100.0, 0.0))
    vol, status = solve_one(below, CALL)
    assert status == Status.OK
    assert float(prices(columns(CALL._replace(vol=vol)))[0]) == pytest.approx(below, rel=1e-15)


anything = st.one_of(
    st.floats(),
    st.floats(1e-3, 1e6),
    st.sampled_from((0.0, -0.0, NAN, INF, -INF, 5e-324, 1e-308, 1e308, 1.0, 100.0)),
)


@settings(unhurried, max_examples=300)
@given(anything, anything, anything, anything, anything, st.sampled_from((1.0, -1.0)))
def test_every_answer_is_a_vol_or_a_refusal(price, forward, strike, years, rate, sign):
    vol, status = solve_one(price, Option(forward, strike, years, NAN, rate, sign))
    if status == Status.OK:
        assert math.isfinite(vol)
        assert vol >= 0.0
    else:
        assert math.isnan(vol)
        assert Status(status).text
    if not all(map(math.isfinite, (price, forward, strike, years, rate))):
        assert status == Status.NOT_FINITE
    elif min(forward, strike, years) <= 0.0:
        assert status in {Status.NOT_POSITIVE, Status.NOT_FINITE}


@settings(unhurried, max_examples=300)
@given(
    st.floats(-2.0, 0.0) | st.floats(1e-140, 2.0),
    st.floats(-40.0, 40.0),
    st.floats(-9.0, 9.0),
    st.floats(-13.0, 5.0),
    st.sampled_from((1.0, -1.0)),
)
def test_a_vol_that_is_given_explains_its_price(share, log_forward, log_ratio, log_years, sign):
    """From far below zero to far above the maximum, with F/K from e^−9 to e^9 at any level."""
    forward, strike = math.exp(log_forward), math.exp(log_forward + log_ratio)
    option = Option(forward, strike, math.exp(log_years), NAN, 0.0, sign)
    most = forward if sign > 0.0 else strike
    intrinsic = max(sign * (forward - strike), 0.0)
    price = share * most
    vol, status = solve_one(price, option)
    if status == Status.OK and vol == 0.0:
        assert price == pytest.approx(intrinsic, rel=4.0 * EPSILON, abs=0.0)
    elif status == Status.OK:
        again = float(prices(columns(option._replace(vol=vol)))[0])
        blur = 1e-14 * most if intrinsic > 0.0 else 0.0
        assert again == pytest.approx(price, rel=2e-12, abs=blur)
    elif status == Status.BELOW_INTRINSIC:
        assert price < intrinsic
    else:
        # an in-the-money price at its maximum may lose the last digit that would say so
        assert status in {Status.ABOVE_MAXIMUM, Status.NOT_CONVERGED}
        assert price >= most * (1.0 - 2.0 * EPSILON)
