"""Re-hedging policies by clock, by distance and by price move.

Every policy is a frozen value and a function of the view alone. A clock policy is due in the step whose
interval (years, years + step] holds one of its moments; the start belongs to the first step.
"""

from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import (
    DAYS_PER_YEAR,
    NANOSECONDS_PER_DAY,
    NANOSECONDS_PER_YEAR,
    SECONDS_PER_YEAR,
)
from shortgamma.hedging.parameters import check_number, check_positive, check_word
from shortgamma.hedging.policy import HedgeRule, HedgeView

Vector = NDArray[np.float64]
Landing = Literal["edge", "centre"]
LANDINGS = {"edge": 1.0, "centre": 0.0}

ALWAYS = HedgeRule(band=0.0)
NEVER = HedgeRule(band=float("inf"))

# Times are sums of steps: this covers the rounding of millions of them and is shorter than any step.
CLOCK_TOLERANCE = 0.01 / SECONDS_PER_YEAR

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
EPOCH_WEEKDAY = WEEKDAYS.index("thursday")  # of 1970-01-01
WEEK_YEARS = 7.0 / DAYS_PER_YEAR
NANOSECONDS_PER_WEEK = 7 * NANOSECONDS_PER_DAY
NANOSECONDS_PER_HOUR = NANOSECONDS_PER_DAY // 24


def is_due(years: float, step_years: float, *, interval: float, offset: float = 0.0) -> bool:
    """True where a multiple of the interval lies in (years, years + step], or at the start itself.

    Args:
        years, step_years: Beginning and length of the step.
        interval: Years.
        offset: Years from the last moment to the start of the run, 0 ≤ offset < interval.
    """
    begin = years + offset + CLOCK_TOLERANCE
    passed = np.floor((begin + step_years) / interval) > np.floor(begin / interval)
    return bool(passed) or begin <= 2.0 * CLOCK_TOLERANCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Continuous:
    """Trades to the target in every step."""

    name = "continuous"
    is_continuous = True

    @property
    def constant_rule(self) -> HedgeRule:
        """Band 0 without limit."""
        return ALWAYS

    def rule(self, view: HedgeView) -> HedgeRule:  # noqa: ARG002
        """Band 0 without limit."""
        return ALWAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class NoHedge:
    """Never trades."""

    name = "none"
    is_continuous = False

    @property
    def constant_rule(self) -> HedgeRule:
        """An infinite band."""
        return NEVER

    def rule(self, view: HedgeView) -> HedgeRule:  # noqa: ARG002
        """An infinite band."""
        return NEVER


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedInterval:
    """Trades to the target at the start and at every multiple of an interval.

    Args:
        seconds: Interval, positive; not longer than a step = in every step.

    Raises:
        InputError: The interval is not positive.
    """

    name = "interval"
    is_continuous = False
    seconds: float

    def __post_init__(self) -> None:
        check_positive(self.name, seconds=self.seconds)

    @classmethod
    def of_years(cls, years: float) -> Self:
        """The interval in ACT/365 years."""
        return cls(seconds=years * SECONDS_PER_YEAR)

    def is_due(self, years: float, step_years: float) -> bool:
        """True where it trades in the step."""
        return is_due(years, step_years, interval=self.seconds / SECONDS_PER_YEAR)

    def rule(self, view: HedgeView) -> HedgeRule:
        """Band 0 when due, else ∞."""
        return ALWAYS if self.is_due(view.years, view.step_years) else NEVER


@dataclass(frozen=True, slots=True, kw_only=True)
class DeltaBand:
    """Trades when the hedge is further than a width from its target.

    Args:
        width: Units of the underlying, positive.
        landing: ``edge``: just back into the band; ``centre``: to the target.

    Raises:
        InputError: The width is not positive, or the landing is another word.
    """

    name = "band"
    is_continuous = False
    width: float
    landing: Landing = "edge"

    def __post_init__(self) -> None:
        check_positive(self.name, width=self.width)
        check_word(self.name, "landing", value=self.landing, words=tuple(LANDINGS))

    @property
    def constant_rule(self) -> HedgeRule:
        """The width, and where a trade stops."""
        return HedgeRule(band=self.width, landing=LANDINGS[self.landing])

    def rule(self, view: HedgeView) -> HedgeRule:  # noqa: ARG002
        """The width, and where a trade stops."""
        return self.constant_rule


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceMove:
    """Trades to the target when the price has moved since the last trade.

    Args:
        trigger: |ln(price / price of the last trade)| that triggers, positive.

    Raises:
        InputError: The trigger is not positive.
    """

    name = "price-move"
    is_continuous = False
    trigger: float

    def __post_init__(self) -> None:
        check_positive(self.name, trigger=self.trigger)

    def rule(self, view: HedgeView) -> HedgeRule:
        """Band 0 where the move reaches the trigger, else ∞; shape (n,)."""
        move = np.abs(np.log(view.price / view.last_price))
        return HedgeRule(band=np.where(move >= self.trigger, 0.0, np.inf))


@dataclass(frozen=True, slots=True, kw_only=True)
class DelayOrThreshold:
    """Trades to the target when the gap is wide, or when the last trade is long ago.

    Args:
        max_delay_seconds: Longest time between trades, positive.
        threshold: Gap that does not wait, units of the underlying, positive.

    Raises:
        InputError: One is not positive.
    """

    name = "delay-or-threshold"
    is_continuous = False
    max_delay_seconds: float
    threshold: float

    def __post_init__(self) -> None:
        check_positive(
            self.name, max_delay_seconds=self.max_delay_seconds, threshold=self.threshold
        )

    def rule(self, view: HedgeView) -> HedgeRule:
        """Band 0 where this step ends with the delay or later, else the threshold; shape (n,)."""
        waited = view.years + view.step_years - view.last_years + CLOCK_TOLERANCE
        late = waited >= self.max_delay_seconds / SECONDS_PER_YEAR
        return HedgeRule(band=np.where(late, 0.0, self.threshold))


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyRoll:
    """Trades to the target once a week, as vaults do when they roll.

    Args:
        offset_years: From the last roll before the start to the start; 0 = the start is a roll.

    Raises:
        InputError: The offset is not in [0, 1 week).
    """

    name = "weekly-roll"
    is_continuous = False
    offset_years: float = 0.0

    def __post_init__(self) -> None:
        number = check_number(self.offset_years, name="offset_years", place=self.name)
        if not 0.0 <= number < WEEK_YEARS:
            raise InputError(
                f"offset_years is {number:g}",
                place=self.name,
                remedy=f"give years since the last roll, 0 to below {WEEK_YEARS:.6f}",
            )

    @classmethod
    def starting(cls, stamp: int, *, weekday: str = "friday", hour: float = 8.0) -> Self:
        """The policy of a run that starts at a stamp.

        Args:
            stamp: UTC nanoseconds.
            weekday: English, lower case.
            hour: UTC, 0 to below 24.

        Raises:
            InputError: The weekday or the hour does not exist.
        """
        check_word(cls.name, "weekday", value=weekday, words=WEEKDAYS)
        if not 0.0 <= check_number(hour, name="hour", place=cls.name) < 24.0:
            raise InputError(f"hour {hour:g}", place=cls.name, remedy="give 0 to below 24")
        days = (WEEKDAYS.index(weekday) - EPOCH_WEEKDAY) % 7
        first = days * NANOSECONDS_PER_DAY + round(hour * NANOSECONDS_PER_HOUR)
        since = (stamp - first) % NANOSECONDS_PER_WEEK
        return cls(offset_years=since / NANOSECONDS_PER_YEAR)

    def is_due(self, years: float, step_years: float) -> bool:
        """True where it trades in the step."""
        return is_due(years, step_years, interval=WEEK_YEARS, offset=self.offset_years)

    def rule(self, view: HedgeView) -> HedgeRule:
        """Band 0 in the step that holds the roll, else ∞."""
        return ALWAYS if self.is_due(view.years, view.step_years) else NEVER
