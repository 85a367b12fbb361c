"""When vaults roll, in steps of a run."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import DAYS_PER_YEAR

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
Groups = NDArray[np.int64]

WEEK = 7.0 / DAYS_PER_YEAR
HOUR = 1.0 / (24.0 * DAYS_PER_YEAR)
ROUNDING = 1e-10  # of the horizon: times are sums of steps


@dataclass(frozen=True, slots=True, kw_only=True)
class Roll:
    """One roll of one group of vaults.

    Args:
        group: Number of the group.
        number: Of the roll in this run, from 0.
        index: The old option expires, and the new strike is chosen, at ``times[index]``.
        sale: The auction ends at ``times[sale]``; beyond the run where it does not end in it.
        years: Of the roll, since the start.
    """

    group: int
    number: int
    index: int
    sale: int
    years: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Calendar:
    """All rolls of a run.

    Args:
        times: Since the start, shape (steps + 1,).
        first: Of the groups without offset: the Friday 08:00 UTC within the first week, years.
        auction_years: From the choice of a strike to the sale.
        starts: First roll of each group in the run, years, above 0 up to a week, shape (groups,).
    """

    times: Vector
    first: float
    auction_years: float
    starts: Vector

    @classmethod
    def made(
        cls, times: Vector, *, first_hours: float, auction_hours: float, offset_hours: Vector
    ) -> "Calendar":
        """The calendar of groups that roll every week, each so many hours after the Friday.

        Raises:
            InputError: The first roll is not in the first week.
        """
        if not 0.0 < first_hours <= WEEK / HOUR:
            raise InputError(
                f"the first roll is after {first_hours:g} h",
                place="vaults",
                remedy="give more than 0 and 168 h at most",
            )
        due = HOUR * (first_hours + offset_hours)
        weeks = np.ceil(due / WEEK - ROUNDING) - 1.0
        return cls(
            times=times,
            first=HOUR * first_hours,
            auction_years=HOUR * auction_hours,
            starts=due - WEEK * weeks,
        )

    def index_of(self, years: float) -> int:
        """Number of the first time that is not before a moment; beyond the last one where there is none."""
        earliest = years - ROUNDING * float(self.times[-1])
        return int(np.searchsorted(self.times, earliest))

    def rolls(self) -> tuple[Roll, ...]:
        """Every roll within the run, group by group."""
        found: list[Roll] = []
        for group, start in enumerate(self.starts.tolist()):
            number, index = 0, self.index_of(start)
            while index < len(self.times):
                years = start + number * WEEK
                sale = max(self.index_of(years + self.auction_years), index)
                found.append(Roll(group=group, number=number, index=index, sale=sale, years=years))
                number += 1
                index = self.index_of(start + number * WEEK)
        return tuple(found)


def by_index(pairs: Iterable[tuple[int, int]]) -> Mapping[int, Groups]:
    """Groups by the index at which something happens to them."""
    found: dict[int, list[int]] = {}
    for index, group in pairs:
        found.setdefault(index, []).append(group)
    return {index: np.array(groups, dtype=np.int64) for index, groups in found.items()}
