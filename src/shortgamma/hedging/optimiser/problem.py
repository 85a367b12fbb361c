"""What is to be minimised under what, in arrays: instruments, and limits that are linear in the trades.

Trades x (units, + = buy) cost Σ (buy cost)·x⁺ + (sell cost)·x⁻. A limit is one of three shapes::

    Band      low ≤ start + slope·x ≤ high                     delta, gamma, vega, vanna
    Ceiling   max over rows of (start + slope·x) ≤ most        worst cell, margin, one cell
    TailMean  mean of the worst share of (start + slope·x) ≤ most   conditional value at risk
"""

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.arrays import freeze

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

ROUNDING = 1e-9
"""Relative slack: limits are aimed at this much inside, and a breach below it is rounding."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Instruments:
    """What can be traded; every array has shape (n,).

    Args:
        names: As the venue writes them.
        buy_cost, sell_cost: USD per unit against mid, not negative.
        most_bought, most_sold: Units, not negative; ∞ where nothing limits them.
        lot: Units; 0 where any quantity can be traded.
    """

    names: tuple[str, ...]
    buy_cost: Vector
    sell_cost: Vector
    most_bought: Vector
    most_sold: Vector
    lot: Vector

    def __post_init__(self) -> None:
        for field in fields(self)[1:]:
            value = freeze(field.name, getattr(self, field.name), len(self.names))
            object.__setattr__(self, field.name, value)

    def __len__(self) -> int:
        return len(self.names)

    def cost_usd(self, trades: Vector) -> float:
        """Σ |quantity|·cost of its side, USD."""
        bought, sold = np.maximum(trades, 0.0), np.maximum(-trades, 0.0)
        return float(bought @ self.buy_cost + sold @ self.sell_cost)

    def only(self, chosen: NDArray[np.bool_]) -> "Instruments":
        """The same instruments, those not chosen without any quantity to trade."""
        return replace(
            self,
            most_bought=np.where(chosen, self.most_bought, 0.0),
            most_sold=np.where(chosen, self.most_sold, 0.0),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Band:
    """A figure between two bounds.

    Args:
        name: Of the limit.
        start: The book's figure without trades.
        slope: Of one unit of each instrument, shape (n,).
        low, high: Bounds in the figure's unit; ∓∞ where open.
    """

    name: str
    start: float
    slope: Vector
    low: float
    high: float

    def rows(self) -> tuple[Matrix, Vector]:
        """The limit as slope·x ≤ room."""
        slack = min(ROUNDING * largest(self.low, self.high), 0.25 * (self.high - self.low))
        sides = [(1.0, self.high - self.start), (-1.0, self.start - self.low)]
        kept = [(sign, room) for sign, room in sides if np.isfinite(room)]
        matrix = np.array([sign * self.slope for sign, _room in kept])
        return matrix.reshape(-1, self.slope.size), np.array([room - slack for _s, room in kept])

    def value(self, trades: Vector) -> float:
        """The figure after the trades."""
        return self.start + float(self.slope @ trades)

    def breach(self, value: float) -> float:
        """By how much a value is outside, not negative."""
        return max(value - self.high, self.low - value, 0.0)

    def rounding(self, trades: Vector) -> float:
        """Below it a breach is rounding."""
        gross = abs(self.start) + float(np.abs(self.slope) @ np.abs(trades))
        return ROUNDING * (gross + largest(self.low, self.high))

    def after(self, trades: Vector) -> "Band":
        """The same for a book that has done these trades."""
        return replace(self, start=self.value(trades))

    def widened(self, by: float) -> "Band":
        """The same with both bounds moved outwards."""
        return replace(self, low=self.low - by, high=self.high + by)

    @property
    def size(self) -> float:
        """What a relaxation is measured against: the bound, or the start where the bound is 0."""
        return largest(self.low, self.high) or abs(self.start) or 1.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ceiling:
    """The largest of several losses below a bound.

    Args:
        name: Of the limit.
        start: The book's loss in each row without trades, USD, + = loss, shape (k,).
        slope: Loss of one unit long of each instrument, shape (k, n).
        most: Bound, USD.
    """

    name: str
    start: Vector
    slope: Matrix
    most: float

    def rows(self) -> tuple[Matrix, Vector]:
        """The limit as slope·x ≤ room."""
        return self.slope, self.most - self.start - ROUNDING * abs(self.most)

    def value(self, trades: Vector) -> float:
        """The largest loss after the trades, USD."""
        return float(np.max(self.start + self.slope @ trades))

    def breach(self, value: float) -> float:
        """By how much a value is outside, not negative."""
        return max(value - self.most, 0.0)

    def rounding(self, trades: Vector) -> float:
        """Below it a breach is rounding."""
        gross = float(np.max(np.abs(self.start) + np.abs(self.slope) @ np.abs(trades)))
        return ROUNDING * (gross + abs(self.most))

    def after(self, trades: Vector) -> "Ceiling":
        """The same for a book that has done these trades."""
        return replace(self, start=self.start + self.slope @ trades)

    def widened(self, by: float) -> "Ceiling":
        """The same with the bound raised."""
        return replace(self, most=self.most + by)

    @property
    def size(self) -> float:
        """What a relaxation is measured against."""
        return abs(self.most) or float(np.max(np.abs(self.start))) or 1.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TailMean:
    """The mean of the worst share of weighted losses below a bound (conditional value at risk).

    CVaR = min over α of α + Σ w·(loss − α)⁺/(1 − level), linear in the trades and one further variable
    per scenario.

    Args:
        name: Of the limit.
        start: The book's loss in each scenario without trades, USD, + = loss, shape (k,).
        slope: Loss of one unit long of each instrument, shape (k, n).
        weight: Probabilities, sum 1, shape (k,).
        level: 0.95 averages the worst 5 %.
        most: Bound, USD.

    Source: R. Rockafellar, S. Uryasev (2000), doi:10.21314/JOR.2000.038.
    """

    name: str
    start: Vector
    slope: Matrix
    weight: Vector
    level: float
    most: float

    def value(self, trades: Vector) -> float:
        """The mean of the worst share after the trades, USD, by sorting."""
        return tail_mean(self.start + self.slope @ trades, self.weight, level=self.level)

    def breach(self, value: float) -> float:
        """By how much a value is outside, not negative."""
        return max(value - self.most, 0.0)

    def rounding(self, trades: Vector) -> float:
        """Below it a breach is rounding."""
        gross = float(np.max(np.abs(self.start) + np.abs(self.slope) @ np.abs(trades)))
        return ROUNDING * (gross + abs(self.most))

    def after(self, trades: Vector) -> "TailMean":
        """The same for a book that has done these trades."""
        return replace(self, start=self.start + self.slope @ trades)

    def widened(self, by: float) -> "TailMean":
        """The same with the bound raised."""
        return replace(self, most=self.most + by)

    @property
    def size(self) -> float:
        """What a relaxation is measured against."""
        return abs(self.most) or float(np.max(np.abs(self.start))) or 1.0


Limit = Band | Ceiling | TailMean


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Problem:
    """The cheapest trades are looked for that keep every limit.

    Args:
        instruments: What can be traded.
        limits: What has to hold afterwards.
        unit: Units of the underlying that a trade typically has; it scales the equations.
        most_legs: How many instruments may be traded; None = any number.
    """

    instruments: Instruments
    limits: tuple[Limit, ...]
    unit: float
    most_legs: int | None = None

    @property
    def is_in_lots(self) -> bool:
        """True where some instrument trades in whole lots only."""
        return bool(np.any(self.instruments.lot > 0.0))

    @property
    def is_whole(self) -> bool:
        """True where lots or a cap on legs make it an integer problem."""
        return self.most_legs is not None or self.is_in_lots

    def after(self, trades: Vector) -> "Problem":
        """The problem that is left once these trades are done; what they used of sizes is not counted."""
        return replace(self, limits=tuple(limit.after(trades) for limit in self.limits))

    def breaches(self, trades: Vector) -> dict[str, float]:
        """Every limit that the trades leave broken, with the breach in the limit's unit."""
        found: dict[str, float] = {}
        for limit in self.limits:
            breach = limit.breach(limit.value(trades))
            if breach > limit.rounding(trades):
                found[limit.name] = breach
        return found


def largest(low: float, high: float) -> float:
    """The larger absolute value of two bounds, of those that are finite; 0 where none is."""
    return max((abs(bound) for bound in (low, high) if np.isfinite(bound)), default=0.0)


def tail_mean(losses: Vector, weight: Vector, *, level: float) -> float:
    """The mean of the worst 1 − level of weighted losses, in their unit.

    The scenario in which the share is reached counts in part.

    >>> tail_mean(np.array([4.0, 1.0, 2.0, 3.0]), np.full(4, 0.25), level=0.5)
    3.5
    """
    share = 1.0 - level
    order = np.argsort(-losses, kind="stable")
    before = np.cumsum(weight[order]) - weight[order]
    counted = np.clip(share - before, 0.0, weight[order])
    return float(losses[order] @ counted / counted.sum())
