"""Price histories: what is refused, gaps, and figures of known series."""

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kurtosis

from shortgamma.basics.errors import InputError
from shortgamma.market.history import PriceHistory, describe_bar
from shortgamma.market.realised import (
    clustering,
    excess_kurtosis,
    garman_klass_vol,
    parkinson_vol,
    realised_vol,
)

HOUR = 3_600_000_000_000
START = 1_700_000_000 * 1_000_000_000


def history(close, bars=None, **more):
    close = np.asarray(close, dtype=float)
    bars = np.arange(close.size) if bars is None else np.asarray(bars)
    return PriceHistory(underlying="BTC", stamp=START + HOUR * bars, close=close, **more)


def walk(size, deviation, seed=0):
    return 100.0 * np.exp(np.cumsum(deviation * np.random.default_rng(seed).standard_normal(size)))


@pytest.mark.parametrize(
    ("stamp", "close", "told"),
    [
        ([START], [1.0], "has 1 prices"),
        (
            [START, START],
            [1.0, 2.0],
            "2023-11-14T22:13:20Z does not come after 2023-11-14T22:13:20Z",
        ),
        ([START, START - 5], [1.0, 2.0], "row 2: .* does not come after"),
        ([START, START + 5], [1.0, 0.0], "row 2, column 'close': 0 is not a price"),
        ([START, START + 5], [1.0, -2.0], "-2 is not a price"),
        ([START, START + 5], [float("nan"), 2.0], "row 1, column 'close': nan is not a price"),
        (
            START + HOUR * np.array([0, 10, 20, 21, 30]),
            [1.0] * 5,
            "two prices within a bar of 10 h",
        ),
    ],
)
def test_what_is_no_history_is_refused(stamp, close, told):
    with pytest.raises(InputError, match=told) as refused:
        PriceHistory(underlying="BTC", stamp=np.array(stamp), close=np.array(close))
    assert refused.value.remedy


def test_arrays_cannot_be_changed_not_even_after_pickling():
    one = history([1.0, 2.0, 4.0], high=[2.0, 3.0, 5.0])
    for copy in (one, pickle.loads(pickle.dumps(one))):  # noqa: S301 (our own bytes)
        for name in ("stamp", "close", "high"):
            with pytest.raises(ValueError, match="read-only"):
                getattr(copy, name)[0] = 1
        assert copy.opening is None


def test_gaps_are_known_and_moves_across_them_are_no_returns():
    one = history([1.0, 2.0, 4.0, 3.0, 6.0], bars=[0, 1, 2, 5, 6])
    assert (one.bar, one.missing) == (HOUR, 2)
    np.testing.assert_array_equal(one.gaps, START + HOUR * np.array([[2, 5]]))
    np.testing.assert_allclose(one.log_returns, np.log([2.0, 2.0, 2.0]))
    np.testing.assert_allclose(one.moves, np.log([2.0, 2.0, 1.0, 1.0, 0.75, 2.0]))


@given(st.lists(st.floats(0.01, 1e6), min_size=3, max_size=30), st.data())
def test_moves_always_add_up_to_the_whole_way(close, data):
    jumps = st.lists(st.integers(1, 4), min_size=len(close) - 1, max_size=len(close) - 1)
    bars = np.concatenate(([0, 1], 1 + np.cumsum(data.draw(jumps))))[: len(close)]
    # the bar must be the commonest distance, and 1 is the smallest: make it so
    one = history([1.0] * 40 + close, bars=np.concatenate((np.arange(-40, 0), bars)))
    np.testing.assert_allclose(one.moves.sum(), np.log(close[-1]), atol=1e-12)
    assert one.moves.size == one.bars[-1]
    assert one.missing == one.bars[-1] + 1 - len(one)


def test_stamps_that_wobble_belong_to_the_nearest_bar():
    stamp = START + HOUR * np.arange(6) + np.array([0, 0, 0, 1, -1, 0]) * 60_000_000_000
    one = PriceHistory(underlying="BTC", stamp=stamp, close=np.arange(1.0, 7.0))
    assert (one.bar, one.missing) == (HOUR, 0)


def test_a_part_and_a_coarser_grid():
    one = history(np.arange(1.0, 11.0))
    part = one.between(START + 2 * HOUR, START + 5 * HOUR)
    np.testing.assert_array_equal(part.close, [3.0, 4.0, 5.0])
    coarse = one.coarser(3)
    np.testing.assert_array_equal(coarse.close, [1.0, 4.0, 7.0, 10.0])
    assert coarse.bar == 3 * HOUR
    with pytest.raises(InputError, match="has 1 prices"):
        one.between(START, START + HOUR)


def test_realised_vol_is_that_of_the_walk():
    deviation = 0.5 / np.sqrt(8760.0)
    one = history(walk(40_000, deviation))
    np.testing.assert_allclose(realised_vol(one), 0.5, rtol=4.0 / np.sqrt(2.0 * 40_000))
    assert abs(excess_kurtosis(one)) < 4.0 * np.sqrt(24.0 / 40_000)
    assert np.abs(clustering(one, 5)).max() < 4.0 / np.sqrt(40_000)


def test_figures_agree_with_their_definitions_on_three_bars():
    one = history([1.0, 1.1, 1.2, 1.0])
    returns = np.log([1.1, 1.2 / 1.1, 1.0 / 1.2])
    np.testing.assert_allclose(realised_vol(one) ** 2, (returns @ returns) / 3.0 * 365.0 * 24.0)
    np.testing.assert_allclose(excess_kurtosis(one), kurtosis(returns))
    size = np.abs(returns) - np.abs(returns).mean()
    expected = (size[0] * size[1] + size[1] * size[2]) / 2.0 / (size @ size / 3.0)
    np.testing.assert_allclose(clustering(one, 1), [expected])


def test_ranges_of_finely_watched_bars_give_the_same_vol():
    steps, bars = 1_000, 3_000
    deviation = 0.5 / np.sqrt(8760.0 * steps)
    level = np.cumsum(deviation * np.random.default_rng(5).standard_normal(bars * steps))
    price = np.exp(level.reshape(bars, steps))
    opening = np.concatenate(([1.0], price[:-1, -1]))
    one = history(
        price[:, -1],
        opening=opening,
        high=np.maximum(price.max(axis=1), opening),
        low=np.minimum(price.min(axis=1), opening),
    )
    # seen at 1,000 moments a range falls short of the continuous one by about 1.17/√1000 = 3.5 %
    np.testing.assert_allclose(parkinson_vol(one), 0.5, rtol=0.055)
    np.testing.assert_allclose(garman_klass_vol(one), 0.5, rtol=0.07)
    with pytest.raises(InputError, match="has closes only"):
        parkinson_vol(history([1.0, 2.0]))


def test_clusters_show_and_gaps_join_no_pairs():
    rng = np.random.default_rng(2)
    deviation = np.repeat(rng.choice([0.001, 0.02], 400), 50)
    one = history(100.0 * np.exp(np.cumsum(deviation * rng.standard_normal(deviation.size))))
    found = clustering(one, 60)
    assert found[0] > 0.25
    assert abs(found[59]) < 0.05
    with pytest.raises(InputError, match="lag 3 in 3 bars"):
        clustering(history([1.0, 2.0, 1.0, 3.0]), 3)


@pytest.mark.parametrize(
    ("bar", "text"),
    [(60_000_000_000, "1 min"), (HOUR, "1 h"), (36 * HOUR, "1.5 d"), (10_000_000_000, "10 s")],
)
def test_bars_are_said_in_words(bar, text):
    assert describe_bar(bar) == text
