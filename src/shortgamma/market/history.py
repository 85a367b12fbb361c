"""The price of one underlying at the end of every bar."""

from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.arrays import freeze
from shortgamma.basics.errors import Failure, InputError
from shortgamma.basics.time import format_stamp
from shortgamma.basics.units import NANOSECONDS_PER_SECOND, NANOSECONDS_PER_YEAR
from shortgamma.market.options import rebuild

Vector = NDArray[np.float64]

PLACE = "price history"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PriceHistory:
    """Prices in the order of time; every array has shape (n,), n ≥ 2.

    The bar is the commonest distance of two neighbours. Where they are further apart, bars are missing.

    Args:
        underlying: ``BTC``, …; empty where unknown.
        stamp: UTC nanoseconds, ascending.
        close: USD, positive.
        opening, high, low: USD; None where unknown.
        venue: Empty where unknown.
        quarantined: Rows that were put aside, and why.

    Raises:
        InputError: Too few prices, not ascending, not positive, or two within half a bar.
    """

    underlying: str
    stamp: NDArray[np.int64]
    close: Vector
    opening: Vector | None = None
    high: Vector | None = None
    low: Vector | None = None
    venue: str = ""
    quarantined: tuple[Failure, ...] = ()

    def __post_init__(self) -> None:
        size = len(self.stamp)
        object.__setattr__(self, "stamp", freeze("stamp", self.stamp, size, np.int64))
        for name in ("close", "opening", "high", "low"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, freeze(name, getattr(self, name), size))
                check_positive(name, getattr(self, name))
        check_ascending(self.stamp)
        crowded = np.flatnonzero(np.diff(self.bars) <= 0)
        if crowded.size:
            at = format_stamp(int(self.stamp[crowded[0]]))
            raise InputError(
                f"two prices within a bar of {describe_bar(self.bar)} at {at}",
                place=PLACE,
                remedy="give one price per bar",
            )

    def __len__(self) -> int:
        return len(self.stamp)

    def __reduce__(self) -> tuple[Any, ...]:
        return rebuild, (type(self), {f.name: getattr(self, f.name) for f in fields(self)})

    @property
    def bar(self) -> int:
        """Length of a bar, nanoseconds."""
        lengths, counts = np.unique(np.diff(self.stamp), return_counts=True)
        return int(lengths[np.argmax(counts)])

    @property
    def bar_years(self) -> float:
        """Length of a bar, ACT/365 years."""
        return self.bar / NANOSECONDS_PER_YEAR

    @property
    def bars(self) -> NDArray[np.int64]:
        """Which bar each price closes; the first one is 0."""
        return np.rint((self.stamp - self.stamp[0]) / self.bar).astype(np.int64)

    @property
    def missing(self) -> int:
        """Bars between the first price and the last that have none."""
        return int(self.bars[-1]) + 1 - len(self)

    @property
    def gaps(self) -> NDArray[np.int64]:
        """Where bars are missing: stamps of the prices before and after, shape (gaps, 2)."""
        before = np.flatnonzero(np.diff(self.bars) > 1)
        return np.column_stack((self.stamp[before], self.stamp[before + 1]))

    @property
    def log_returns(self) -> Vector:
        """Log moves over exactly one bar; a move across a gap is none. Shape (m,), m < n."""
        one = np.diff(self.bars) == 1
        return np.diff(np.log(self.close))[one]

    @property
    def moves(self) -> Vector:
        """Log move of every bar from the first price to the last.

        0 in a bar without a price; the whole move of a gap falls into the bar that ends it, as it did for
        whoever watched this series.
        """
        moves = np.zeros(int(self.bars[-1]))
        moves[self.bars[1:] - 1] = np.diff(np.log(self.close))
        return moves

    def between(self, start: int, end: int) -> Self:
        """The prices with start ≤ stamp < end, UTC nanoseconds.

        Raises:
            InputError: There are fewer than two.
        """
        return self.select(np.flatnonzero((self.stamp >= start) & (self.stamp < end)))

    def coarser(self, bars: int) -> Self:
        """Every ``bars``-th close, counted from the first; without open, high and low.

        Raises:
            InputError: Fewer than two are left.
        """
        chosen = self.select(np.flatnonzero(self.bars % bars == 0))
        return type(self)(
            underlying=self.underlying,
            venue=self.venue,
            stamp=chosen.stamp,
            close=chosen.close,
            quarantined=self.quarantined,
        )

    def select(self, chosen: NDArray[np.int64]) -> Self:
        """The prices at these indices, ascending."""
        values: dict[str, Any] = {f.name: getattr(self, f.name) for f in fields(self)}
        for name in ("stamp", "close", "opening", "high", "low"):
            values[name] = None if values[name] is None else values[name][chosen]
        return type(self)(**values)


def check_ascending(stamp: NDArray[np.int64]) -> None:
    """Refuses stamps that cannot be a history.

    Raises:
        InputError: Fewer than two, or not ascending.
    """
    if stamp.size < 2:
        raise InputError(f"has {stamp.size} prices", place=PLACE, remedy="give two or more")
    late = np.flatnonzero(np.diff(stamp) <= 0)
    if late.size:
        at = int(late[0]) + 1
        raise InputError(
            f"{format_stamp(int(stamp[at]))} does not come after {format_stamp(int(stamp[at - 1]))}",
            place=PLACE,
            row=at + 1,
            remedy="sort by time and drop repeats",
        )


def check_positive(name: str, values: Vector) -> None:
    """Refuses prices that are not positive and finite.

    Raises:
        InputError: One is not.
    """
    bad = np.flatnonzero(~((values > 0.0) & np.isfinite(values)))
    if bad.size:
        raise InputError(
            f"{values[bad[0]]:g} is not a price",
            place=PLACE,
            row=int(bad[0]) + 1,
            column=name,
            remedy="drop or correct it",
        )


def describe_bar(bar: int) -> str:
    """A length of time in words.

    >>> describe_bar(3_600_000_000_000)
    '1 h'
    """
    seconds = bar / NANOSECONDS_PER_SECOND
    for length, unit in ((86_400.0, "d"), (3_600.0, "h"), (60.0, "min")):
        if seconds >= length:
            return f"{seconds / length:g} {unit}"
    return f"{seconds:g} s"
