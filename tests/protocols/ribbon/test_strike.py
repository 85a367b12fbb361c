"""Strike selection: the protocol's own test, the contract's search, and what any choice obeys."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from shortgamma.basics.errors import InputError
from shortgamma.protocols.ribbon.strike import StrikeRule, black_strike, walked_strike

WEEK = 7.0 / 365.0
CALL, PUT = StrikeRule(), StrikeRule(is_call=False)
unhurried = settings(deadline=None, max_examples=60, derandomize=True)
rules = st.builds(
    StrikeRule,
    is_call=st.booleans(),
    step=st.sampled_from([5.0, 25.0, 100.0]),
    delta=st.floats(0.02, 0.4),
)


def invented_delta(strike):
    """The table of the protocol's test: 1 at 1,500, 0.05 less every 100."""
    return 1.0 - 0.05 * (strike - 1_500.0) / 100.0


def call_delta(price, strike, vol):
    width = vol * np.sqrt(WEEK)
    return norm.cdf(np.log(price / np.maximum(strike, 1e-9)) / width + 0.5 * width)


@pytest.mark.parametrize(
    ("price", "rule", "strike"),
    [(2_500.0, CALL, 3_300.0), (2_578.0, CALL, 3_300.0), (2_500.0, PUT, 1_700.0)],
)
def test_published_strikes(price, rule, strike):
    """ribbon-finance/ribbon-v2, test/StrikeSelection.ts, getStrikePrice."""
    assert walked_strike(price, invented_delta, rule=rule).tolist() == [strike]


def test_equally_near_strikes_go_to_the_later_for_calls_and_the_earlier_for_puts():
    """DeltaStrikeSelection.sol, _getBestDelta: ≤ in both branches, though deltas run the other way."""
    shifted = {True: 0.125, False: 0.125}
    for is_call, strike in ((True, 3_300.0), (False, 1_800.0)):
        rule = StrikeRule(is_call=is_call, delta=shifted[is_call])
        assert walked_strike(2_500.0, invented_delta, rule=rule).tolist() == [strike]


@given(rule=rules, price=st.floats(500.0, 5_000.0), vol=st.floats(0.3, 1.5))
@unhurried
def test_bisection_finds_what_the_walk_finds(rule, price, vol):
    prices = price * np.array([1.0, 0.97, 1.03])
    walked = walked_strike(prices, lambda k: call_delta(prices, k, vol), rule=rule)
    np.testing.assert_array_equal(black_strike(prices, years=WEEK, vol=vol, rule=rule), walked)


@given(rule=rules, price=st.floats(500.0, 5_000.0), vol=st.floats(0.3, 1.5))
@unhurried
def test_no_listed_strike_is_nearer_to_the_target(rule, price, vol):
    strike = float(black_strike(price, years=WEEK, vol=vol, rule=rule)[0])
    assert strike % rule.step == pytest.approx(0.0, abs=1e-9)
    assert (strike - price) * (1.0 if rule.is_call else -1.0) > 0.0
    searched = strike + rule.step * np.array([-1.0, 0.0, 1.0])
    searched = searched[searched > 0.0]
    gap = np.abs(call_delta(price, searched, vol) - rule.target)
    first = float(rule.first(np.array([price]))[0])
    if strike != first:
        assert gap[searched == strike][0] <= gap.min() + 1e-12


def test_higher_vol_sells_further_out():
    near, far = (black_strike(2_000.0, years=WEEK, vol=vol, rule=CALL)[0] for vol in (0.5, 1.0))
    assert far > near > 2_000.0
    near, far = (black_strike(2_000.0, years=WEEK, vol=vol, rule=PUT)[0] for vol in (0.5, 1.0))
    assert far < near < 2_000.0


@pytest.mark.parametrize(
    "changes", [{"step": 0.0}, {"delta": 0.0}, {"delta": 1.0}, {"step": np.inf}]
)
def test_absurd_rules_are_one_line(changes):
    with pytest.raises(InputError, match="strike selection"):
        StrikeRule(**changes)


def test_a_put_that_no_strike_serves_is_one_line():
    with pytest.raises(InputError, match="no strike has a delta") as caught:
        black_strike(150.0, years=WEEK, vol=3.0, rule=PUT)
    assert caught.value.remedy
