"""Interleaved timing, and when a target counts as missed.

A machine changes speed while one watches: clocks, caches, neighbours. A comparison therefore times ours
and theirs in turns, forms one ratio per pair and judges the median of the ratios. It is *missed* where
even the cautious end, two median absolute deviations (MAD) towards the worse, is on the wrong side.
"""

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

Call = Callable[[], object]

MADS = 2.0


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to measure.

    Args:
        pairs: Interleaved pairs per comparison.
        seconds: Least length of one timing.
        calls: Least number of calls in one timing.
    """

    pairs: int = 7
    seconds: float = 0.03
    calls: int = 3


@dataclass(frozen=True, slots=True)
class Spread:
    """A median with its median absolute deviation."""

    median: float
    mad: float


class Target(Protocol):
    """What a ratio has to satisfy."""

    @property
    def text(self) -> str:
        """As the table shows it."""
        ...

    def met(self, ratio: Spread) -> bool:
        """Whether the cautious end of ``ratio`` satisfies the target."""
        ...


@dataclass(frozen=True, slots=True)
class AtMost:
    """median + 2·MAD ≤ limit."""

    limit: float

    @property
    def text(self) -> str:
        """As the table shows it."""
        return f"≤ {self.limit:g}"

    def met(self, ratio: Spread) -> bool:
        """Whether the ratio is low enough; never with NaN."""
        return ratio.median + MADS * ratio.mad <= self.limit


@dataclass(frozen=True, slots=True)
class AtLeast:
    """median − 2·MAD ≥ limit."""

    limit: float

    @property
    def text(self) -> str:
        """As the table shows it."""
        return f"≥ {self.limit:g}"

    def met(self, ratio: Spread) -> bool:
        """Whether the ratio is high enough; never with NaN."""
        return ratio.median - MADS * ratio.mad >= self.limit


def spread(values: Sequence[float]) -> Spread:
    """Median and MAD of ``values``."""
    middle = statistics.median(values)
    return Spread(middle, statistics.median(abs(value - middle) for value in values))


def seconds_per_call(call: Call, effort: Effort) -> float:
    """Median time of one call over at least ``effort.seconds`` and ``effort.calls`` calls.

    The median, not the mean: a call that the scheduler interrupts says nothing about the code.
    """
    least = int(effort.seconds * 1e9)
    durations: list[int] = []
    begin = time.perf_counter_ns()
    while len(durations) < effort.calls or time.perf_counter_ns() - begin < least:
        start = time.perf_counter_ns()
        call()
        durations.append(time.perf_counter_ns() - start)
    return statistics.median(durations) * 1e-9


def interleaved(ours: Call, theirs: Call, effort: Effort) -> list[tuple[float, float]]:
    """Seconds per call of ours and theirs, pair by pair; who goes first alternates.

    Both are called once beforehand, so compilation and first page faults do not count.
    """
    ours()
    theirs()
    gc.collect()
    gc.disable()
    try:
        return [
            timed_pair(ours, theirs, effort, ours_first=i % 2 == 0) for i in range(effort.pairs)
        ]
    finally:
        gc.enable()


def timed_pair(
    ours: Call, theirs: Call, effort: Effort, *, ours_first: bool
) -> tuple[float, float]:
    """One pair."""
    if ours_first:
        first = seconds_per_call(ours, effort)
        return first, seconds_per_call(theirs, effort)
    first = seconds_per_call(theirs, effort)
    return seconds_per_call(ours, effort), first
