"""The auction of many vaults: its uniform price against a scan, its limits, its signs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from shortgamma.basics.errors import InputError
from shortgamma.feedback.agents.vault_auction import Auction, Series, cleared
from shortgamma.feedback.agents.vault_calendar import HOUR, WEEK, Calendar
from shortgamma.feedback.agents.vault_meters import nearest

unhurried = settings(deadline=None, max_examples=60, derandomize=True)
offers = st.lists(st.tuples(st.floats(0.0, 1.2), st.floats(1.0, 1e6)), min_size=1, max_size=6)


def column(values):
    return np.array(values, dtype=np.float64)[:, None]


def sold_at(bid, least, vega):
    """What is sold in all when bids stand at ``bid``."""
    return vega[least <= bid].sum()


@given(rows=offers, best=st.floats(0.2, 1.2), fall=st.floats(1e-8, 1e-5))
@unhurried
def test_everyone_above_his_floor_sells_and_bids_fall_with_what_is_sold(rows, best, fall):
    least, vega = (np.array(column) for column in zip(*rows, strict=True))
    found = cleared(column(least), column(vega), best=np.array([best]), fall=fall)
    vol, part = found.vol[0], found.sold[:, 0]
    assert vol == pytest.approx(best - fall * (part * vega).sum(), abs=1e-9)
    assert found.vega[0] == pytest.approx((part * vega).sum())
    assert np.all((part >= 0.0) & (part <= 1.0))
    assert np.all(part[least < vol - 1e-9] == pytest.approx(1.0))
    assert np.all(part[least > vol + 1e-9] == pytest.approx(0.0, abs=1e-9))
    # The crossing of supply and bids, by bisection over the bid.
    low, high = best - fall * vega.sum(), best
    for _ in range(100):
        middle = 0.5 * (low + high)
        if best - fall * sold_at(middle, least, vega) > middle:
            low = middle
        else:
            high = middle
    assert vol == pytest.approx(high, abs=1e-9)


def test_selling_more_at_once_pays_less():
    one = cleared(column([0.0]), column([1e5]), best=np.array([0.8]), fall=1e-7)
    two = cleared(column([0.0, 0.0]), column([1e5, 1e5]), best=np.array([0.8]), fall=1e-7)
    assert two.vol[0] == pytest.approx(one.vol[0] - 0.01)


def test_a_floor_above_the_best_bid_sells_nothing():
    found = cleared(column([0.7, np.inf]), column([1.0, 1.0]), best=np.array([0.6]), fall=0.0)
    assert found.sold.tolist() == [[0.0], [0.0]]
    assert found.vol[0] == 0.6
    found = cleared(column([0.5, np.inf]), column([1.0, 1.0]), best=np.array([0.6]), fall=0.0)
    assert found.sold.tolist() == [[1.0], [0.0]]


def test_prices_and_vegas_are_those_of_black():
    price, vol = np.array([1_900.0, 2_100.0]), np.array([0.6, 0.9])
    series = Series(
        sign=np.array([1.0, -1.0]),
        strike=np.array([[2_200.0, 2_300.0], [1_700.0, 1_800.0]]),
        years=np.array([WEEK, 0.5 * WEEK]),
    )
    width = vol * np.sqrt(series.years)[:, None]
    d1 = np.log(price / series.strike) / width + 0.5 * width
    sign = series.sign[:, None]
    value = sign * (price * norm.cdf(sign * d1) - series.strike * norm.cdf(sign * (d1 - width)))
    np.testing.assert_allclose(series.prices(price, vol), value, rtol=1e-9)
    vega = 0.01 * price * norm.pdf(d1) * np.sqrt(series.years)[:, None]
    np.testing.assert_allclose(series.vegas(price, vol), vega, rtol=1e-9)
    vols = series.implied(value, price)
    np.testing.assert_allclose(vols, np.broadcast_to(vol, (2, 2)), rtol=1e-8)


def test_a_premium_below_the_payoff_is_no_floor_and_one_above_the_price_no_bid():
    series = Series(sign=np.ones(1), strike=np.full((1, 1), 90.0), years=np.array([WEEK]))
    assert series.implied(np.array([[5.0]]), np.array([100.0])).tolist() == [[0.0]]
    assert series.implied(np.array([[200.0]]), np.array([100.0])).tolist() == [[np.inf]]


@pytest.mark.parametrize(
    "changes",
    [
        {"hours": -1.0},
        {"hours": 200.0},
        {"floor": 1.5},
        {"half_spread_vol": -0.1},
        {"vol_per_million_vega": np.inf},
        {"recovery_hours": 0.0},
    ],
)
def test_absurd_auctions_are_one_line(changes):
    with pytest.raises(InputError, match="auction") as caught:
        Auction(**changes)
    assert caught.value.remedy


def calendar(first=24.0, auction=6.0, offsets=(0.0,), steps=864, seconds=900.0):
    times = seconds / 3_600.0 * HOUR * np.arange(steps + 1)
    return Calendar.made(
        times, first_hours=first, auction_hours=auction, offset_hours=np.array(offsets)
    )


def test_every_group_rolls_once_a_week_and_sells_some_hours_later():
    rolls = calendar(offsets=(0.0, 100.0, 150.0)).rolls()
    assert [(r.group, r.number, r.index, r.sale) for r in rolls] == [
        (0, 0, 96, 120),
        (0, 1, 768, 792),
        (1, 0, 496, 520),
        (2, 0, 24, 48),
        (2, 1, 696, 720),
    ]
    assert all(r.years == pytest.approx(r.index / 4 * HOUR) for r in rolls)


def test_a_roll_between_two_steps_belongs_to_the_step_in_which_it_lies():
    rolls = calendar(first=24.1, seconds=3_600.0, steps=216).rolls()
    assert [roll.index for roll in rolls] == [25, 193]


def test_no_roll_in_the_first_week_is_one_line():
    with pytest.raises(InputError, match="first roll"):
        calendar(first=169.0)


def test_strikes_that_were_not_sold_are_not_near():
    price = np.array([100.0, 100.0])
    strike, sold = np.array([[101.0, 101.0], [120.0, 120.0]]), np.array([[0.0, 1.0], [1.0, 0.0]])
    found = nearest(price, strike, sold)
    np.testing.assert_allclose(found, [np.log(1.2), np.log(1.01)])
