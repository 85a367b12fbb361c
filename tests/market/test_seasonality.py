"""Hours of the week: a built-in pattern comes back, each hour in its place."""

from datetime import UTC, datetime

import numpy as np
import pytest

from shortgamma.basics.errors import InputError, ShapeError
from shortgamma.market.history import PriceHistory
from shortgamma.market.realised import realised_vol
from shortgamma.market.seasonality import by_hour_of_week

MINUTE = 60_000_000_000
HOUR = 60 * MINUTE
MONDAY = int(datetime(2025, 10, 6, tzinfo=UTC).timestamp()) * 1_000_000_000


def history(moves, bar, start=MONDAY):
    """Its first bar begins at ``start``; stamps are the ends of bars."""
    close = 100.0 * np.exp(np.concatenate(([0.0], np.cumsum(moves))))
    return PriceHistory(underlying="BTC", stamp=start + bar * np.arange(close.size), close=close)


def test_an_hour_that_moves_is_the_hour_that_is_shown():
    moves = np.full(2 * 168, 1e-4)
    friday = 4 * 24 + 8
    moves[[friday, 168 + friday]] = [0.01, -0.01]
    found = by_hour_of_week(history(moves, HOUR))
    assert int(np.argmax(found.vol)) == friday
    assert (
        datetime.fromtimestamp((MONDAY + friday * HOUR) / 1e9, UTC).strftime("%A %H") == "Friday 08"
    )
    np.testing.assert_allclose(found.vol[friday], 0.01 * 8_760.0**0.5)
    assert np.all(found.moves == 2)
    assert np.all(found.weeks == 2)


@pytest.mark.parametrize(("bar", "weeks"), [(MINUTE, 12), (15 * MINUTE, 20), (HOUR, 80)])
def test_the_pattern_comes_back_within_its_errors(bar, weeks):
    per_hour = HOUR // bar
    rng = np.random.default_rng(1)
    vol = 0.5 + 0.3 * np.sin(2.0 * np.pi * np.arange(168) / 24.0)
    pattern = np.repeat(np.tile(vol, weeks), per_hour) * (bar / HOUR / 8_760.0) ** 0.5
    moves = pattern * rng.standard_normal(pattern.size)
    prices = history(moves, bar)
    found = by_hour_of_week(prices)
    scores = (found.vol**2 - vol**2) / (2.0 * found.vol * found.vol_error)
    assert 0.7 < np.std(scores) < 1.4
    assert np.all(found.moves == weeks * per_hour)
    np.testing.assert_allclose(np.mean(found.vol**2) ** 0.5, realised_vol(prices))


def test_depth_is_assumed_the_larger_the_calmer_the_hour():
    moves = np.tile(np.where(np.arange(168) < 84, 0.01, 0.02), 3)
    found = by_hour_of_week(history(moves, HOUR))
    np.testing.assert_allclose(found.depth_multiplier[:84], 4.0 / 3.0)
    np.testing.assert_allclose(found.depth_multiplier[84:], 2.0 / 3.0)
    np.testing.assert_allclose(found.vol_error, 0.0, atol=1e-9)


def test_hours_without_data_are_nan():
    found = by_hour_of_week(history(np.full(60, 0.01), HOUR))
    assert np.all(np.isnan(found.vol[60:]))
    assert np.all(np.isnan(found.depth_multiplier[60:]))
    assert np.all(np.isnan(found.vol_error))
    np.testing.assert_allclose(found.depth_multiplier[:60], 1.0)
    assert np.all(np.isnan(found.volume))


def test_a_price_that_stands_still_says_nothing_about_depth():
    found = by_hour_of_week(history(np.zeros(168), HOUR))
    assert np.all(found.vol == 0.0)
    assert np.all(np.isnan(found.depth_multiplier))


def test_volume_is_averaged_in_the_hour_of_its_bar():
    volume = np.concatenate(([5.0], np.arange(2.0 * 168)))
    volume[3] = np.nan
    found = by_hour_of_week(history(np.full(2 * 168, 0.01), HOUR), volume=volume)
    expected = np.arange(168.0) + 84.0
    expected[2] = 170.0
    expected[-1] = (5.0 + 167.0 + 335.0) / 3.0
    np.testing.assert_allclose(found.volume, expected)
    np.testing.assert_allclose(found.volume_error[10], 84.0)  # two values 168 apart: 168/√2/√2


def test_moves_across_a_gap_belong_to_no_hour():
    whole = history(np.full(168, 0.01), HOUR)
    found = by_hour_of_week(whole.select(np.r_[0:50, 60:169]))
    assert np.flatnonzero(found.moves == 0).tolist() == list(range(49, 60))


def test_bars_beyond_an_hour_and_volumes_of_another_length_are_refused():
    with pytest.raises(InputError, match="bars of 4 h — give bars of an hour or less"):
        by_hour_of_week(history(np.zeros(20), 4 * HOUR))
    with pytest.raises(ShapeError, match="volume"):
        by_hour_of_week(history(np.zeros(20), HOUR), volume=np.ones(20))
