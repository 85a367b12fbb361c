"""Averages of a vol against the figures of Lyra's own tests, exact integers and the definition."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortgamma.basics.errors import RefusedError
from shortgamma.protocols.fixed_point import WAD, from_float, to_float
from shortgamma.protocols.lyra import exact, gwav
from shortgamma.protocols.lyra.gwav import (
    GWAV,
    Average,
    GwavState,
    Record,
    Start,
    average,
    opened,
    recorded,
    shortened,
)
from shortgamma.protocols.mechanism import Refusal, play

HOUR = 3600.0
NOW = 1_656_000_000.0
LOW = [0.06, 0.12, 0.03, 0.04, 0.09, 0.09, 0.045, 0.047]
LOW_HOURS = [0.1, 3.5, 4.3, 7.9, 8.2, 12, 12.5, 20]

# derivexyz/v1-core, test/contracts/libraries/GWAV.ts: values, hours since the start, first value, hours of
# now, period (from, to) in hours ago, and the average that the test expects, as many digits as it gives. For
# the cases with a table in a comment the last row is used, which has more digits than the assertion.
PUBLISHED = [
    ([1.0, 1, 1, 1.04, 1.04, 1.04, 1.04], [24, 48, 72, 96, 120, 144, 168], 0.96, 192, (144, 48),
     1.01980, 5e-6),
    ([1.2, 1.3, 1.4, 1.5], [1, 2, 9, 11], 1.1, 11, (7, 1), 1.31616, 5e-6),
    ([1.04, 0.88, 0.89, 0.70, 1.11, 1.20, 0.73, 1.0], [1, 2.5, 4, 9, 11, 15, 16.5, 22], 1.0, 22, (12, 0),
     0.8901293672672743, 1e-12),
    (LOW, LOW_HOURS, 0.05, 20, (8, 0), 0.04699232020923361, 1e-12),
    (LOW, LOW_HOURS, 1.0, 20, (9, 0), 0.05051079217392179, 1e-12),
    ([220.0, 100.0, 10.0, 0.04, 30.0, 400.0, 190.0, 222.22], [0.1, 2.5, 7.3, 14.9, 18.2, 20.5, 31.5, 32],
     1.0, 32, (10, 0), 385.3848800449833, 1e-12),
]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "hours", "first", "now", "ago", "expected", "digits"), PUBLISHED
)
def test_averages_are_those_of_the_protocols_own_tests(
    values, hours, first, now, ago, expected, digits
):
    start = NOW - now * HOUR
    events = [Start(time=start, value=first)]
    events += [
        Record(time=start + hour * HOUR, value=value)
        for hour, value in zip(hours, values, strict=True)
    ]
    events += [Average(time=NOW, from_ago=ago[0] * HOUR, to_ago=ago[1] * HOUR)]
    outcome = play(GWAV, GwavState(), events).outcomes[-1]
    assert outcome.average == pytest.approx(expected, rel=max(digits, 1e-11))


def test_the_edge_cases_of_the_protocols_own_tests():
    day = 24 * HOUR
    one = opened(0.96, NOW - day)
    assert average(one, NOW, from_ago=day, to_ago=day) == 0.96
    two = recorded(opened(0.95, NOW - 2 * day), 1.2, time=NOW - day)
    assert average(two, NOW, from_ago=day) == pytest.approx(1.2, rel=1e-12)
    assert average(two, NOW, from_ago=1.0) == pytest.approx(1.2, rel=1e-12)
    assert average(two, NOW, from_ago=0.0) == 1.2
    same_time = recorded(one, 1.2, time=NOW - day)
    assert average(same_time, NOW, from_ago=day) == pytest.approx(1.2, rel=1e-12)
    done = play(GWAV, GwavState(series=one), [Record(time=NOW - day - 1, value=1.2)])
    assert done.outcomes == (Refusal(refused="an observation lies before the last one"),)


def test_a_value_overwritten_at_once_does_not_move_the_past():
    moved = recorded(opened(0.5, NOW), 5.0, time=NOW)
    assert average(moved, NOW, from_ago=HOUR) == pytest.approx(0.5, rel=1e-12)
    assert average(moved, NOW + HOUR, from_ago=2 * HOUR) == pytest.approx(math.sqrt(2.5), rel=1e-9)


def test_a_series_at_time_zero_has_a_past_too():
    begun = recorded(opened(0.5, 0.0), 2.0, time=10.0)
    assert average(begun, 10.0, from_ago=20.0) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("events", "reason"),
    [
        ([Average(time=1.0, from_ago=1.0)], "no first observation"),
        ([Record(time=1.0, value=1.0)], "no first observation"),
        ([Start(time=1.0, value=0.0)], "not positive"),
        ([Start(time=1.0, value=1.0), Start(time=2.0, value=1.0)], "begun already"),
        (
            [Start(time=1.0, value=1.0), Average(time=2.0, from_ago=0.0, to_ago=1.0)],
            "before it begins",
        ),
    ],
)
def test_what_a_series_refuses(events, reason):
    assert reason in play(GWAV, GwavState(), events).outcomes[-1].refused


STEPS = st.lists(
    st.tuples(st.integers(0, 100_000), st.floats(0.05, 5.0, allow_subnormal=False)),
    min_size=1,
    max_size=12,
)


@given(STEPS, st.integers(1, 500_000), st.integers(0, 100_000))
def test_floats_integers_and_the_definition_agree(steps, length, later):
    time, value = 1_600_000_000, 0.8
    series, whole = opened(value, time), exact.opened(from_float(value), time)
    changes = [(time, value)]
    for wait, value in steps:
        time += wait
        series = recorded(series, value, time=time)
        whole = exact.recorded(whole, from_float(value), time=time)
        changes.append((time, value))
    end = time + later
    begin = end - length
    got = average(series, end, from_ago=length)
    integral, spans = 0.0, [(0, 0.8), *changes, (end, value)]
    for (first, held), (last, _next) in pairwise(spans):
        integral += math.log(held) * max(0, min(last, end) - max(first, begin))
    assert got == pytest.approx(math.exp(integral / length), rel=1e-6)
    assert to_float(exact.average(whole, begin=begin, end=end)) == pytest.approx(got, rel=1e-6)


@given(STEPS, st.floats(1.0, 90_000.0))
def test_a_shortened_series_gives_the_same_averages(steps, period):
    time, series = 1000.0, opened(0.7, 1000.0)
    for wait, value in steps:
        time += wait
        series = recorded(series, value, time=time)
    cut = shortened(series, time - period)
    assert len(cut.observations) <= len(series.observations)
    assert average(cut, time, from_ago=period) == pytest.approx(
        average(series, time, from_ago=period), rel=1e-9
    )


def test_paths_keep_their_own_averages():
    values = np.array([0.5, 1.0, 2.0])
    series = recorded(opened(values, 100.0), np.array([0.5, 2.0, 1.0]), time=200.0)
    np.testing.assert_allclose(
        average(series, 300.0, from_ago=200.0), [0.5, math.sqrt(2.0), math.sqrt(2.0)]
    )
    assert recorded(series, np.array([0.5, 2.0, 1.0]), time=250.0) is series


def test_exact_logarithm_and_exponential_are_inverse():
    assert exact.exponential(exact.logarithm(2 * WAD)) == pytest.approx(2 * WAD, abs=4)
    assert exact.logarithm(WAD) == 0
    assert exact.exponential(0) == WAD
    with pytest.raises(RefusedError):
        exact.logarithm(0)
    assert gwav.step(GwavState(), Start(time=1.0, value=1.0))[1].observations == 1
