"""Conservation through the insurance fund and auto-deleveraging."""

from math import fsum

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from shortgamma.basics.errors import InputError
from shortgamma.venues.waterfall import adl_allocation, adl_score, settle

AMOUNTS = st.floats(-1e9, 1e9)
EQUITY = arrays(np.float64, st.tuples(st.integers(1, 6), st.integers(1, 6)), elements=AMOUNTS)
WINNERS = arrays(np.float64, st.integers(1, 30), elements=st.floats(0.0, 1e8))


@given(EQUITY, st.floats(0.0, 1e9), st.floats(0.0, 1.0))
def test_nothing_appears_or_vanishes(equity, fund, share):
    done = settle(equity, fund, surplus_to_fund=share, accounts_axis=0)
    before = equity.sum(axis=0) + fund
    after = done.returned_usd + done.fund_after_usd - done.left_for_adl_usd
    np.testing.assert_allclose(after, before, rtol=0.0, atol=1e-5)
    for part in (
        done.returned_usd,
        done.shortfall_usd,
        done.credited_usd,
        done.paid_by_fund_usd,
        done.left_for_adl_usd,
        done.fund_after_usd,
    ):
        assert np.all(part >= 0.0)


@given(EQUITY, st.floats(0.0, 1e9))
def test_winners_pay_only_once_the_fund_is_empty(equity, fund):
    done = settle(equity, fund, accounts_axis=0)
    assert np.all((done.left_for_adl_usd == 0.0) | (done.fund_after_usd == 0.0))
    np.testing.assert_allclose(
        done.paid_by_fund_usd + done.left_for_adl_usd, done.shortfall_usd, rtol=1e-15
    )


def test_one_account_does_not_pay_for_another():
    """+100 and −80: netted there would be no shortfall, account by account the fund pays 50 of 80."""
    equity = np.array([[100.0], [-80.0]])
    done = settle(equity, 50.0, accounts_axis=0)
    assert done.returned_usd.tolist() == [100.0]
    assert done.paid_by_fund_usd.tolist() == [50.0]
    assert done.left_for_adl_usd.tolist() == [30.0]
    kept = settle(equity, 50.0, surplus_to_fund=1.0, accounts_axis=0)
    assert kept.fund_after_usd.tolist() == [70.0]
    assert kept.left_for_adl_usd.tolist() == [0.0]


def test_every_path_has_its_own_fund():
    done = settle(np.array([-10.0, -10.0, 5.0]), np.array([4.0, 40.0, 0.0]))
    assert done.paid_by_fund_usd.tolist() == [4.0, 10.0, 0.0]
    assert done.left_for_adl_usd.tolist() == [6.0, 0.0, 0.0]
    assert done.returned_usd.tolist() == [0.0, 0.0, 5.0]


def test_a_fund_below_zero_pays_nothing():
    done = settle(-10.0, -3.0)
    assert (done.paid_by_fund_usd, done.left_for_adl_usd, done.fund_after_usd) == (0.0, 10.0, -3.0)


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_an_impossible_share_is_refused(share):
    with pytest.raises(InputError) as caught:
        settle(1.0, 1.0, surplus_to_fund=share)
    assert caught.value.remedy


@given(WINNERS, st.floats(0.0, 1e9), st.data())
def test_winners_give_what_is_needed_or_all_they_have(profit, deficit, data):
    score = data.draw(arrays(np.float64, profit.size, elements=st.floats(-5.0, 50.0)))
    given_up = adl_allocation(profit, deficit, score=score)
    assert np.all((given_up >= 0.0) & (given_up <= profit))
    expected = min(deficit, fsum(profit))
    assert fsum(given_up) == pytest.approx(expected, rel=1e-12, abs=1e-12)
    # Whoever gives less than all stands behind everyone who gives anything.
    kept = np.flatnonzero(given_up < profit)
    gave = np.flatnonzero(given_up > 0.0)
    if kept.size and gave.size:
        assert score[kept].max() <= score[gave].min()


def test_the_highest_score_goes_first_and_equals_by_order():
    profit = np.array([10.0, 20.0, 30.0, 40.0])
    score = np.array([1.0, 3.0, 3.0, np.nan])
    assert adl_allocation(profit, 35.0, score=score).tolist() == [0.0, 20.0, 15.0, 0.0]
    assert adl_allocation(profit, 70.0, score=score).tolist() == [10.0, 20.0, 30.0, 10.0]
    assert adl_allocation(profit, 1e9, score=score).tolist() == profit.tolist()


def test_losers_and_unknowns_give_nothing():
    profit = np.array([-5.0, np.nan, 7.0])
    assert adl_allocation(profit, 9.0, score=np.array([9.0, 8.0, 1.0])).tolist() == [0.0, 0.0, 7.0]


@given(arrays(np.float64, (4, 7), elements=st.floats(0.0, 1e6)), st.data())
def test_paths_are_independent(profit, data):
    score = data.draw(arrays(np.float64, (4, 7), elements=st.floats(0.0, 50.0)))
    deficit = data.draw(arrays(np.float64, 4, elements=st.floats(0.0, 1e7)))
    together = adl_allocation(profit, deficit, score=score)
    for path in range(4):
        alone = adl_allocation(profit[path], deficit[path], score=score[path])
        np.testing.assert_array_equal(together[path], alone)


def test_published_order_of_the_ranking():
    """Winners rank by profit × leverage, losers by profit / leverage (BitMEX)."""
    score = adl_score(np.array([0.1, 0.1, 0.3, -0.2, -0.2]), np.array([5.0, 20.0, 2.0, 2.0, 10.0]))
    np.testing.assert_allclose(score, [0.5, 2.0, 0.6, -0.1, -0.02])
    assert np.isnan(adl_score(0.1, 0.0))
