"""Geometric time-weighted averages of a value that jumps: what Lyra marks its pool with.

The accumulator q grows by ln(value in force)·dt, so the average over [a, b] is exp((q_b − q_a)/(b − a)).
Before the first observation its value is taken to have held for ever: that keeps a new series from being
moved at once. Two observations at one time: the later value replaces the earlier one.

Source: derivexyz/v1-core (Lyra Avalon), contracts/libraries/GWAV.sol.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

import numpy as np

from shortgamma.basics.errors import RefusedError
from shortgamma.protocols.mechanism import Mechanism, Origin, Values


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Observation:
    """One entry of the accumulator.

    Args:
        time: Seconds, on any clock that all entries share.
        total: q, the accumulator at that time: ∫ ln(value) dt.
        value: In force from then on, positive.
    """

    time: float
    total: Values
    value: Values


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Series:
    """Observations in the order of time.

    Args:
        opening: ln of the value before the first observation.
        observations: Empty = nothing was recorded.
    """

    opening: Values = 0.0
    observations: tuple[Observation, ...] = ()


def opened(value: Values, time: float) -> Series:
    """A series whose first value has held for ever."""
    log = np.log(value)
    first = Observation(time=time, total=log * time, value=value)
    return Series(opening=log, observations=(first,))


def recorded(series: Series, value: Values, *, time: float) -> Series:
    """The series with a value in force from a time on.

    Raises:
        RefusedError: The time lies before the last observation, or nothing was recorded yet.
    """
    if not series.observations:
        raise RefusedError("the series has no first observation")
    last = series.observations[-1]
    if time < last.time:
        raise RefusedError("an observation lies before the last one")
    if time == last.time:
        entry = replace(last, value=value)
        return replace(series, observations=(*series.observations[:-1], entry))
    if np.all(np.equal(last.value, value)):
        return series
    total = last.total + np.log(last.value) * (time - last.time)
    entry = Observation(time=time, total=total, value=value)
    return replace(series, observations=(*series.observations, entry))


def total_at(series: Series, time: float) -> tuple[Values, Values]:
    """The accumulator at a time, and the value in force.

    Raises:
        RefusedError: Nothing was recorded.
    """
    if not series.observations:
        raise RefusedError("the series has no first observation")
    first = series.observations[0]
    if time < first.time:
        return first.total + series.opening * (time - first.time), first.value
    found = next(entry for entry in reversed(series.observations) if entry.time <= time)
    return found.total + np.log(found.value) * (time - found.time), found.value


def average(series: Series, time: float, *, from_ago: float, to_ago: float = 0.0) -> Values:
    """The geometric average between two times; the value in force where they are one.

    Args:
        series: Observations.
        time: Now, seconds.
        from_ago, to_ago: Seconds before now at which the period begins and ends.

    Raises:
        RefusedError: The period ends before it begins, or nothing was recorded.
    """
    if from_ago < to_ago:
        raise RefusedError("the period ends before it begins")
    begin, end = time - from_ago, time - to_ago
    if from_ago == to_ago:
        return total_at(series, begin)[1]
    return np.exp(integral(series, begin, end=end) / (end - begin))


def integral(series: Series, begin: float, *, end: float) -> Values:
    """∫ ln(value) dt between two times.

    The difference of the accumulator, added up piece by piece: on a clock of 10⁹ seconds the accumulator has
    too few digits left for a difference over seconds.

    Raises:
        RefusedError: Nothing was recorded.
    """
    if not series.observations:
        raise RefusedError("the series has no first observation")
    ends = [entry.time for entry in series.observations]
    pieces = [(-np.inf, ends[0], series.opening)]
    pieces += [
        (entry.time, until, np.log(entry.value))
        for entry, until in zip(series.observations, [*ends[1:], np.inf], strict=True)
    ]
    total: Values = 0.0
    for since, until, log in pieces:
        total = total + log * max(min(until, end) - max(since, begin), 0.0)
    return total


def shortened(series: Series, since: float) -> Series:
    """The series without what no average that begins at ``since`` or later can see."""
    entries = series.observations
    older = sum(entry.time <= since for entry in entries)
    return series if older < 2 else replace(series, observations=entries[older - 1 :])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GwavState:
    """A series that stands alone.

    Args:
        series: Observations; begin with a ``start`` event.
    """

    series: Series = field(default_factory=Series)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Start:
    """The first observation.

    Args:
        time: Seconds.
        value: Positive.
    """

    time: float
    value: Values


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Record:
    """A further observation.

    Args:
        time: Seconds, not before the last one.
        value: Positive, in force from then on.
    """

    time: float
    value: Values


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Average:
    """A question for the average of a period.

    Args:
        time: Now, seconds.
        from_ago, to_ago: The period begins and ends so many seconds before now.
    """

    time: float
    from_ago: float
    to_ago: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Observed:
    """After an observation.

    Args:
        total: Accumulator of the last observation.
        value: In force.
        observations: How many the series holds.
    """

    total: Values
    value: Values
    observations: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Averaged:
    """The answer to ``average``.

    Args:
        average: Geometric, of the period.
        value: In force where the period begins.
    """

    average: Values
    value: Values


def step(
    state: GwavState, event: Start | Record | Average
) -> tuple[GwavState, Observed | Averaged]:
    """One event of a series.

    Raises:
        RefusedError: A value that is not positive, a second start, an observation in the past.
    """
    if isinstance(event, Average):
        _total, value = total_at(state.series, event.time - event.from_ago)
        found = average(state.series, event.time, from_ago=event.from_ago, to_ago=event.to_ago)
        return state, Averaged(average=found, value=value)
    if np.any(np.less_equal(event.value, 0.0)):
        raise RefusedError("the logarithm of a value that is not positive")
    if isinstance(event, Start):
        if state.series.observations:
            raise RefusedError("the series has begun already")
        series = opened(event.value, event.time)
    else:
        series = recorded(state.series, event.value, time=event.time)
    last = series.observations[-1]
    outcome = Observed(total=last.total, value=last.value, observations=len(series.observations))
    return GwavState(series=series), outcome


_EVENTS: Final[Mapping[str, type[Start | Record | Average]]] = MappingProxyType(
    {"start": Start, "record": Record, "average": Average}
)

GWAV: Final = Mechanism(
    name="gwav",
    title="Lyra GWAV: geometric time-weighted average of a vol",
    state=GwavState,
    events=_EVENTS,
    step=step,
    origin=Origin(
        source="derivexyz/v1-core, contracts/libraries/GWAV.sol and test/contracts/libraries/GWAV.ts",
        effective="2022-06-28",
        verified=True,
        doubts="the contract's ln and exp are polynomials with 18 digits; here they are exact",
    ),
    gamma="None: it is the ruler with which Lyra marks its short gamma.",
    hedger="Nobody; but the hedger trades on deltas at this vol, which lags behind the market's.",
)
