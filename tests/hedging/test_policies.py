"""Each policy's rule against what its name promises, step by step."""

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortgamma.basics.errors import InputError
from shortgamma.basics.time import nanoseconds, parse_stamp
from shortgamma.basics.units import NANOSECONDS_PER_YEAR, SECONDS_PER_YEAR
from shortgamma.hedging.policies import (
    WEEKDAYS,
    Continuous,
    DelayOrThreshold,
    DeltaBand,
    FixedInterval,
    NoHedge,
    PriceMove,
    WeeklyRoll,
)
from tests.hedging.builders import MINUTE, follow, trade, view


def due_steps(policy, steps, step_years):
    """Steps in which a policy of the clock trades a gap, however small."""
    rules = (policy.rule(view(years=k * step_years, step_years=step_years)) for k in range(steps))
    return [k for k, rule in enumerate(rules) if rule.band == 0.0]


def test_continuous_is_a_plain_float_zero_without_limit():
    rule = Continuous().rule(view())
    assert type(rule.band) is float
    assert (rule.band, rule.landing, rule.most) == (0.0, 0.0, np.inf)
    assert Continuous().is_continuous


@pytest.mark.parametrize(
    "policy",
    [
        NoHedge(),
        FixedInterval(seconds=1),
        DeltaBand(width=1),
        PriceMove(trigger=1),
        WeeklyRoll(),
        DelayOrThreshold(max_delay_seconds=1, threshold=1),
    ],
)
def test_only_continuous_is_continuous(policy):
    assert not policy.is_continuous


@given(st.floats(-1e9, 1e9))
def test_no_hedge_never_trades(gap):
    assert trade(NoHedge().rule(view()), [gap])[0] == 0.0


def test_an_hour_in_minutes_is_due_at_the_start_and_in_the_step_that_ends_the_hour():
    assert due_steps(FixedInterval(seconds=3600), 200, MINUTE) == [0, 59, 119, 179]


@given(st.integers(1, 50), st.integers(1, 400), st.floats(1.0, 1e5))
def test_an_interval_of_whole_steps_is_due_every_so_many_steps(every, steps, seconds):
    """Whatever rounding does to the times: they are sums of steps, as the engine's are."""
    step = seconds / SECONDS_PER_YEAR
    policy = FixedInterval(seconds=every * seconds)
    times = np.concatenate([[0.0], np.cumsum(np.full(steps, step))])
    due = [
        k
        for k in range(steps)
        if policy.rule(view(years=float(times[k]), step_years=step)).band == 0.0
    ]
    assert due == sorted({0} | set(range(every - 1, steps, every)))


def test_an_interval_that_no_step_divides_is_due_where_its_multiples_lie():
    # multiples of 150 s among steps of 60 s: 150, 300, 450, 600 lie in steps 2, 4, 7, 9
    assert due_steps(FixedInterval(seconds=150), 10, MINUTE) == [0, 2, 4, 7, 9]


def test_years_and_seconds_are_the_same_interval():
    assert FixedInterval.of_years(1 / 365).seconds == pytest.approx(86_400)


@given(st.floats(0.01, 100.0), st.floats(-500.0, 500.0))
def test_band_lands_at_its_edge_or_at_its_centre(width, gap):
    edge = trade(DeltaBand(width=width).rule(view()), [gap])[0]
    centre = trade(DeltaBand(width=width, landing="centre").rule(view()), [gap])[0]
    if abs(gap) <= width:
        assert edge == centre == 0.0
    else:
        assert gap - edge == pytest.approx(np.copysign(width, gap))
        assert centre == gap


def test_price_move_counts_from_the_last_trade_in_both_directions():
    last = np.array([100.0, 100.0, 100.0, 200.0])
    price = 100.0 * np.exp([0.0201, -0.0201, 0.0199, 0.0])
    rule = PriceMove(trigger=0.02).rule(view(price=price, last_price=last))
    assert rule.band.tolist() == [0.0, 0.0, np.inf, 0.0]


def test_delay_or_threshold_waits_for_the_delay_unless_the_gap_is_wide():
    policy = DelayOrThreshold(max_delay_seconds=600, threshold=5.0)
    assert np.flatnonzero(follow(policy, np.arange(1.0, 31.0) * 0.1)).tolist() == [9, 19, 29]
    jump = np.where(np.arange(30) < 12, 0.1, 7.0)
    # A trade by the gap starts the delay again; after it there is no gap left.
    assert np.flatnonzero(follow(policy, jump)).tolist() == [9, 12]


@pytest.mark.parametrize("weekday", WEEKDAYS)
@pytest.mark.parametrize("start", ["2026-01-30T08:00Z", "2026-02-03T15:30Z", "1969-12-30T01:00Z"])
def test_weekly_roll_falls_on_its_weekday_and_hour(weekday, start):
    stamp = parse_stamp(start)
    step = 1800.0 / SECONDS_PER_YEAR
    policy = WeeklyRoll.starting(stamp, weekday=weekday, hour=9.5)
    due = due_steps(policy, 700, step)
    assert len(due) >= 2
    for k in due[1:]:
        end = datetime.fromtimestamp(
            (stamp + round((k + 1) * step * NANOSECONDS_PER_YEAR)) / 1e9, UTC
        )
        assert (WEEKDAYS[end.weekday()], end.hour, end.minute) == (weekday, 9, 30)


def test_a_run_that_starts_at_the_roll_rolls_at_once():
    friday = nanoseconds(datetime(2026, 1, 30, 8, tzinfo=UTC))
    assert WeeklyRoll.starting(friday) == WeeklyRoll(offset_years=0.0)
    assert due_steps(WeeklyRoll(), 3, MINUTE) == [0]
    assert due_steps(WeeklyRoll(offset_years=3 * MINUTE), 3, MINUTE) == []


@pytest.mark.parametrize(
    ("make", "values"),
    [
        (FixedInterval, {"seconds": 0.0}),
        (FixedInterval, {"seconds": np.nan}),
        (FixedInterval, {"seconds": "60"}),
        (FixedInterval, {"seconds": True}),
        (DeltaBand, {"width": -1.0}),
        (DeltaBand, {"width": 1.0, "landing": "center"}),
        (PriceMove, {"trigger": np.inf}),
        (DelayOrThreshold, {"max_delay_seconds": 1.0, "threshold": 0.0}),
        (WeeklyRoll, {"offset_years": 7.1 / 365}),
        (WeeklyRoll, {"offset_years": -1e-9}),
    ],
)
def test_parameters_outside_their_range_are_refused_in_one_line(make, values):
    with pytest.raises(InputError) as caught:
        make(**values)
    assert caught.value.place == make.name
    assert caught.value.remedy
    assert "\n" not in str(caught.value)


def test_a_weekday_or_an_hour_that_does_not_exist_is_refused():
    with pytest.raises(InputError, match="fryday"):
        WeeklyRoll.starting(0, weekday="fryday")
    with pytest.raises(InputError, match="24"):
        WeeklyRoll.starting(0, hour=24.0)
