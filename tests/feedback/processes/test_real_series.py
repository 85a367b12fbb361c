"""Bootstrap and replay of a history."""

import numpy as np
import pytest

from shortgamma.basics.errors import InputError
from shortgamma.feedback.processes.bootstrap import Bootstrap, martingale_shift, vol_around
from shortgamma.feedback.processes.replay import Replay
from shortgamma.market.history import PriceHistory
from tests.feedback.processes.builders import HOUR, HOUR_YEARS, START, history_of, moves_of, within

RNG = np.random.default_rng(8)
RETURNS = 0.01 * RNG.standard_normal(300)
MINUTE_YEARS = HOUR_YEARS / 60


def test_replay_is_the_series_to_the_last_bit():
    history = history_of(RETURNS)
    moves = moves_of(Replay(history=history), years=HOUR_YEARS, steps=300, paths=5)
    np.testing.assert_array_equal(moves, np.diff(np.log(history.close))[:, None].repeat(5, axis=1))


def test_replay_waits_through_a_gap_and_then_moves_at_once():
    stamp = START + HOUR * np.array([0, 1, 2, 5, 6])
    close = np.array([100.0, 101.0, 99.0, 90.0, 91.0])
    history = PriceHistory(underlying="BTC", stamp=stamp, close=close)
    moves = moves_of(Replay(history=history, first_bar=1), years=HOUR_YEARS, steps=5, paths=1)
    steps = np.diff(np.log(close))
    np.testing.assert_array_equal(moves[:, 0], [steps[1], 0.0, 0.0, steps[2], steps[3]])


@pytest.mark.parametrize(
    ("years", "steps", "told"),
    [
        (HOUR_YEARS, 301, "301 steps of 1 h, but the history has 300 moves"),
        (MINUTE_YEARS, 5, "60 steps per bar of 1 h"),
        (2 * HOUR_YEARS, 5, "steps of 2 h do not divide the history's bars of 1 h"),
    ],
)
def test_replay_refuses_another_grid(years, steps, told):
    with pytest.raises(InputError, match=told):
        moves_of(Replay(history=history_of(RETURNS)), years=years, steps=steps, paths=1)


def test_replay_refuses_to_begin_after_the_end():
    with pytest.raises(InputError, match="first_bar 300 of a history with 300 moves"):
        Replay(history=history_of(RETURNS), first_bar=300)


def test_blocks_are_runs_of_the_history_and_its_ends_are_joined():
    process = Bootstrap(history=history_of(RETURNS), block=10)
    moves = moves_of(process, years=HOUR_YEARS, steps=40, paths=3_000)
    plain = moves - np.tile(process.shift, 4)[:, None]
    place = {round(value, 12): k for k, value in enumerate(process.returns.tolist())}
    index = np.vectorize(lambda value: place[round(value, 12)])(plain)
    for block in range(4):
        rows = index[10 * block : 10 * block + 10]
        np.testing.assert_array_equal(rows, (rows[0] + np.arange(10)[:, None]) % 300)
        assert within(rows[0].astype(float), 149.5)
        assert (rows.max(axis=0) - rows.min(axis=0) == 299).any()
    assert abs(np.corrcoef(index[0], index[10])[0, 1]) < 0.08


def test_the_shift_of_single_bars_is_the_log_of_their_mean_growth():
    expected = -np.log(np.exp(RETURNS).mean())
    np.testing.assert_allclose(martingale_shift(RETURNS, 1), [expected], rtol=1e-10)


def test_an_hour_spread_over_minutes_is_still_that_hour():
    hourly = Bootstrap(history=history_of(RETURNS), block=4)
    spread = moves_of(hourly, years=MINUTE_YEARS, steps=60 * 8, paths=500)
    whole = moves_of(hourly, years=HOUR_YEARS, steps=8, paths=500)
    sums = spread.reshape(8, 60, 500).sum(axis=1)
    # block beginnings come from another step of the same stream, so only the first block is the same
    np.testing.assert_allclose(sums[:4], whole[:4], atol=1e-14)
    assert set(np.round(sums[4], 12)) <= set(np.round(hourly.returns + hourly.shift[0], 12))


def test_minutes_within_an_hour_have_its_variance():
    process = Bootstrap(history=history_of(RETURNS), block=5)
    moves = moves_of(process, years=MINUTE_YEARS, steps=300, paths=20_000)
    assert within((moves**2).sum(axis=0) / (300 * MINUTE_YEARS), process.annual_vol**2)
    per_minute = (moves**2).mean(axis=1)
    assert per_minute.max() / per_minute.min() < 1.2
    assert within(np.exp(moves[:90].sum(axis=0)), 1.0)


def test_the_variance_around_a_bar_is_the_mean_over_25_on_a_ring():
    local = vol_around(RETURNS)
    for k in (0, 150, 299):
        chosen = RETURNS[(k + np.arange(-12, 13)) % 300]
        np.testing.assert_allclose(local[k], np.sqrt((chosen**2).mean()))
    np.testing.assert_allclose(vol_around(RETURNS[:2]), np.abs(RETURNS[:2]))


@pytest.mark.parametrize(
    ("years", "told"),
    [
        (2 * HOUR_YEARS, "steps of 2 h do not divide the history's bars of 1 h"),
        (7 * MINUTE_YEARS, "steps of 7 min do not divide the history's bars of 1 h"),
    ],
)
def test_bootstrap_refuses_steps_that_do_not_divide_a_bar(years, told):
    with pytest.raises(InputError, match=told):
        moves_of(Bootstrap(history=history_of(RETURNS)), years=years, steps=3, paths=1)


def test_steps_of_unequal_length_are_refused():
    process = Bootstrap(history=history_of(RETURNS))
    with pytest.raises(InputError, match="unequal length"):
        process.start(None, np.array([HOUR_YEARS, HOUR_YEARS / 2]))
