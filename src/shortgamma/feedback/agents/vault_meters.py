"""What is measured around the first roll of the vaults: the price, and what hedgers trade."""

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shortgamma.feedback.agents.vault_calendar import HOUR, WEEK, Calendar
from shortgamma.feedback.world import World
from shortgamma.kernels.orders import LAST, POST

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

PINNED = 0.005
"""Log distance to a strike within which the price counts as pinned at the expiry."""
FARTHEST = 1.0
"""Log distance that stands for no strike at all."""


class RollMeter:
    """What the price does around the first roll and the expiry a week later; arrays have shape (n,).

    ``before``: from ``watch_hours`` before the roll until the auction ends; ``after``: from then until a day
    before the expiry; ``expiry``: the last day.

    Args:
        calendar: Of the vaults.
        watch_hours: Before the roll.
        size: Paths.
    """

    def __init__(self, calendar: Calendar, watch_hours: float, size: int) -> None:
        first = calendar.first
        marks = (first - HOUR * watch_hours, first + calendar.auction_years)
        day_before, expiry = first + WEEK - 24.0 * HOUR, first + WEEK
        starts = [max(calendar.index_of(mark), 0) for mark in (*marks, day_before, expiry)]
        steps = len(calendar.times) - 1
        names = ("before", "after", "expiry")
        spans = (range(a, b) for a, b in pairwise(starts))
        self.spans = {
            name: span
            for name, span in zip(names, spans, strict=True)
            if len(span) and span.stop <= steps
        }
        self.times = calendar.times
        self.squares = {name: np.zeros(size) for name in self.spans}
        self.looks = {"gap_day_before": starts[2], "gap_at_expiry": starts[3]}
        self.gaps: dict[str, Vector] = {}

    def look(self, world: World, strike: Matrix, quantity: Matrix) -> None:
        """Adds the step that was taken, and looks for the nearest strike where it is time to.

        Args:
            world: After the step.
            strike: USD, shape (groups, n).
            quantity: Sold, shape (groups, n).
        """
        for name, span in self.spans.items():
            if world.index in span:
                self.squares[name] += (world.paths[POST] - world.paths[LAST]) ** 2
        for name, index in self.looks.items():
            if world.index + 1 == index:
                self.gaps[name] = nearest(world.price, strike, quantity)

    def answer(self) -> dict[str, Any]:
        """Realised vol of every phase, decimal; log distances to the nearest strike; pinned or not."""
        found: dict[str, Any] = {}
        for name, span in self.spans.items():
            years = self.times[span.stop] - self.times[span.start]
            found[f"vol_{name}"] = np.sqrt(self.squares[name] / years)
        found |= self.gaps
        if "gap_at_expiry" in self.gaps:
            found["pinned"] = self.gaps["gap_at_expiry"] < PINNED
        return found


def nearest(price: Vector, strike: Matrix, quantity: Matrix) -> Vector:
    """Log distance to the nearest strike that was sold, at most FARTHEST, shape (n,)."""
    distance = np.abs(np.log(price / strike))
    return np.where(quantity > 0.0, distance, FARTHEST).min(axis=0, initial=FARTHEST)


class FlowMeter:
    """Net purchases of one hedger over some hours, USD; arrays have shape (n,).

    Args:
        calendar: Of the vaults.
        presale_hours: Before the first roll.
        unwind_hours: After the expiry.
        daily_volume_usd: That the flow of the roll is compared with.
        size: Paths.

    Attributes:
        before: Coins held before the step.
    """

    def __init__(
        self,
        calendar: Calendar,
        *,
        presale_hours: float,
        unwind_hours: float,
        daily_volume_usd: float,
        size: int,
    ) -> None:
        first, hour = calendar.first, HOUR
        delivery, expiry = first + calendar.auction_years, first + WEEK
        spans = {
            "roll": (delivery, delivery + hour),
            "presale": (first - hour * presale_hours, first),
            "unwind": (expiry, expiry + hour * unwind_hours),
        }
        self.hourly_usd = daily_volume_usd / 24.0
        self.spans = {
            name: range(max(calendar.index_of(a), 0), calendar.index_of(b))
            for name, (a, b) in spans.items()
        }
        self.net = {name: np.zeros(size) for name in spans}
        self.before = np.zeros(size)

    def look(self, world: World, held: Vector) -> None:
        """Adds a step's trade."""
        for name, span in self.spans.items():
            if world.index in span:
                self.net[name] += (held - self.before) * world.traded

    def answer(self) -> dict[str, Any]:
        """Sizes of the flows."""
        found: dict[str, Any] = {f"{name}_flow_usd": np.abs(usd) for name, usd in self.net.items()}
        found["roll_flow_of_volume"] = found["roll_flow_usd"] / self.hourly_usd
        return found
