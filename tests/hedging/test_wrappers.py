"""Budgets and splits around a policy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortgamma.basics.errors import InputError
from shortgamma.hedging.policies import Continuous, DeltaBand, FixedInterval, NoHedge
from shortgamma.hedging.wrappers import KeeperBudget, Twap
from tests.hedging.builders import MINUTE, follow, trade, view


def test_a_budget_stops_the_paths_that_have_outspent_it():
    policy = KeeperBudget(policy=DeltaBand(width=2.0), usd_per_day=24.0)
    rule = policy.rule(view(years=0.5 / 365, spent=[11.9, 12.0, 12.1]))
    assert rule.band.tolist() == [2.0, 2.0, np.inf]
    assert rule.landing == 1.0


def test_the_budget_grows_until_it_trades_again():
    policy = KeeperBudget(policy=Continuous(), usd_per_day=24.0)
    stops = [
        bool(np.isinf(policy.rule(view(years=hour / 24 / 365, spent=30.0)).band[0]))
        for hour in (1, 29, 31, 48)
    ]
    assert stops == [True, True, False, False]


def test_without_a_budget_the_first_trade_is_the_last():
    policy = KeeperBudget(policy=Continuous(), usd_per_day=0.0)
    assert policy.rule(view(spent=[0.0, 1e-9])).band.tolist() == [0.0, np.inf]


@given(st.integers(1, 30), st.floats(0.1, 1e4), st.sampled_from([-1.0, 1.0]))
def test_a_hedge_at_the_start_of_a_window_is_cut_into_equal_slices(slices, size, side):
    policy = Twap(policy=Continuous(), window_seconds=60.0 * slices)
    # The start is inside the first window; the second begins with the step that ends at its boundary.
    targets = np.where(np.arange(3 * slices) < slices - 1, 0.0, side * size)
    trades = follow(policy, targets)
    window = slice(slices - 1, 2 * slices - 1)
    np.testing.assert_allclose(trades[window], side * size / slices, rtol=1e-9)
    np.testing.assert_allclose(np.delete(trades, np.arange(window.start, window.stop)), 0.0)


def test_an_interval_starts_the_window_that_it_is_spread_over():
    policy = Twap(policy=FixedInterval(seconds=3600), window_seconds=600)
    targets = np.where(np.arange(120) < 20, 0.0, 6.0)
    trades = follow(policy, targets)
    assert np.flatnonzero(trades).tolist() == list(range(59, 69))
    np.testing.assert_allclose(trades[59:69], 0.6, rtol=1e-9)


def test_a_band_that_was_left_is_closed_down_to_its_landing():
    """The band alone would rest once the gap is below it again."""
    targets = np.where(np.arange(40) < 9, 0.0, 5.0)
    centre = follow(
        Twap(policy=DeltaBand(width=4.0, landing="centre"), window_seconds=600), targets
    )
    np.testing.assert_allclose(centre[9:19], 0.5, rtol=1e-9)
    assert centre.sum() == pytest.approx(5.0)
    edge = follow(Twap(policy=DeltaBand(width=4.0), window_seconds=600), targets)
    np.testing.assert_allclose(edge[9:19], 0.1, rtol=1e-9)
    assert edge.sum() == pytest.approx(1.0)


def test_before_the_first_trade_nothing_is_under_way():
    policy = Twap(policy=DeltaBand(width=4.0, landing="centre"), window_seconds=600)
    np.testing.assert_array_equal(follow(policy, np.full(30, 3.9)), 0.0)


def test_a_hedge_in_the_middle_of_a_window_is_spread_over_what_is_left():
    targets = np.where(np.arange(40) < 15, 0.0, 8.0)
    trades = follow(Twap(policy=Continuous(), window_seconds=600), targets)
    assert np.flatnonzero(trades).tolist() == [15, 16, 17, 18]
    np.testing.assert_allclose(trades[15:19], 2.0, rtol=1e-9)


@given(st.lists(st.floats(-100.0, 100.0), min_size=30, max_size=60), st.integers(2, 10))
def test_a_split_hedge_never_overshoots_and_is_done_at_the_end_of_each_window(targets, slices):
    held = 0.0
    trades = follow(Twap(policy=Continuous(), window_seconds=60.0 * slices), targets)
    for k, (bought, target) in enumerate(zip(trades, targets, strict=True)):
        gap = target - held
        assert 0.0 <= bought * np.sign(gap) <= abs(gap)
        held += bought
        if k % slices == slices - 2:
            assert held == pytest.approx(target, abs=1e-9)


def test_a_small_hedge_is_not_cut():
    policy = Twap(policy=Continuous(), window_seconds=600, smallest=1.0)
    small = follow(policy, np.where(np.arange(20) < 9, 0.0, 0.8))
    assert np.flatnonzero(small).tolist() == [9]
    large = follow(policy, np.where(np.arange(20) < 9, 0.0, 3.5))
    np.testing.assert_allclose(large[9:13], [1.0, 1.0, 1.0, 0.5])


def test_a_window_of_one_step_is_the_policy_itself():
    rng = np.random.default_rng(3)
    targets = rng.normal(0.0, 3.0, 50).cumsum()
    for inner in (Continuous(), DeltaBand(width=2.0), NoHedge()):
        split = follow(Twap(policy=inner, window_seconds=60.0), targets)
        np.testing.assert_allclose(split, follow(inner, targets), rtol=1e-12, atol=1e-12)


def test_paths_do_not_see_each_other():
    policy = Twap(policy=DeltaBand(width=1.0), window_seconds=600)
    years, gaps, last = 12 * MINUTE, [0.5, 3.0, 30.0, 0.5], [0.0, 0.0, 11 * MINUTE, 11 * MINUTE]
    together = trade(policy.rule(view(years=years, target=gaps, last_years=last)), gaps)
    apart = [
        trade(policy.rule(view(years=years, target=g, last_years=t)), [g])[0]
        for g, t in zip(gaps, last, strict=True)
    ]
    assert together.tolist() == apart


def test_names_tell_what_is_inside():
    assert KeeperBudget(policy=NoHedge(), usd_per_day=1.0).name == "keeper-budget(none)"
    assert Twap(policy=NoHedge(), window_seconds=1.0).name == "twap(none)"


def test_a_budget_inside_a_split_is_refused():
    budget = KeeperBudget(policy=Continuous(), usd_per_day=1.0)
    with pytest.raises(InputError, match="inside the keeper budget"):
        Twap(policy=budget, window_seconds=60.0)
    with pytest.raises(InputError):
        KeeperBudget(policy=Continuous(), usd_per_day=-1.0)
    with pytest.raises(InputError):
        Twap(policy=Continuous(), window_seconds=0.0)
