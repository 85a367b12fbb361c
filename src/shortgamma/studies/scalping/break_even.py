"""Where scalping breaks even: the realised vol of a mean result of 0, and the cost that uses the gain up."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shortgamma.studies.policies.best import LEVEL, bootstrap_weights
from shortgamma.studies.simulation import Metric, mean, ratio

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

SHARES: Final = (0.5, 0.7, 0.85, 1.0, 1.15, 1.3, 1.6, 2.0)
"""Realised vols that are tried, as multiples of the implied vol."""
HALVINGS: Final = 40
"""Of the interval that holds a root: down to rounding."""
MISSING: Final = 0.05
"""Share of the draws without a break-even from which its interval is open."""


class Status(StrEnum):
    """Whether there is a break-even."""

    FOUND = "found"
    ALWAYS_GAINS = "gains at every vol that was tried"
    ALWAYS_LOSES = "loses at every vol that was tried"
    NO_GAIN = "no gain that a cost could use up"
    NO_TRADE = "nothing was traded"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class VolPoint:
    """One side at one realised vol, path by path.

    Args:
        squared_vol: Realised variance per year of the price that nobody hedges on, shape (paths,).
        pnl: After all costs, USD.
        gross: Before costs in proportion to size (spread and fees), USD.
        turnover: USD traded.
    """

    squared_vol: Vector
    pnl: Vector
    gross: Vector
    turnover: Vector

    @property
    def vol(self) -> float:
        """Realised, √ of the mean variance; decimal."""
        return float(np.sqrt(self.squared_vol.mean()))

    @property
    def cost(self) -> "BreakEvenCost":
        """One-way cost in proportion to size at which the mean result is 0."""
        found = ratio(self.gross, self.turnover)
        if not self.turnover.any():
            return BreakEvenCost(cost=None, status=Status.NO_TRADE)
        if not found.value > 0.0:
            return BreakEvenCost(cost=None, status=Status.NO_GAIN)
        return BreakEvenCost(cost=found, status=Status.FOUND)

    def to_dict(self) -> dict[str, object]:
        """As ``--json`` prints it."""
        pnl = mean(self.pnl)
        cost = self.cost
        return {
            "realised_vol": self.vol,
            "pnl": pnl.value,
            "pnl_standard_error": pnl.standard_error,
            "break_even_cost": None if cost.cost is None else cost.cost.value,
            "break_even_cost_standard_error": None
            if cost.cost is None
            else cost.cost.standard_error,
            "status": cost.status.value,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakEvenCost:
    """A one-way cost in proportion to size, with its error; None where there is none, and why.

    Args:
        cost: Fraction of what is traded: gross gain over turnover, a ratio of means.
        status: Whether there is one.
    """

    cost: Metric | None
    status: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakEvenVol:
    """Realised vol at which the mean result after costs is 0.

    Args:
        vol: Decimal; None where no vol that was tried is on the other side of 0.
        low, high: Interval by a bootstrap over paths; None where it is open.
        level: Of the interval.
        estimate: √(σ_i²·(1 ± cost/|theta|)) from the costs at the scenario's own vol; None where that is
            negative, or where others trade as well.
        status: Whether there is one.
    """

    vol: float | None
    low: float | None
    high: float | None
    level: float
    estimate: float | None
    status: Status


def break_even_vol(
    points: Sequence[VolPoint], *, estimate: float | None, seed: int
) -> BreakEvenVol:
    """The root of the mean result in the realised variance, on the same shocks at every vol.

    The result is nearly linear in the variance: a parabola through the three points around the root.

    Args:
        points: Of one side, vols ascending.
        estimate: See :class:`BreakEvenVol`.
        seed: Of the bootstrap, which draws whole paths: all vols together.
    """
    weights = bootstrap_weights(points[0].pnl.size, block=1, seed=seed)
    squares = weights @ np.array([point.squared_vol for point in points]).T
    results = weights @ np.array([point.pnl for point in points]).T
    roots = np.sqrt([root(x, y) for x, y in zip(squares, results, strict=True)])
    low, high = interval(roots[1:])
    found = bool(np.isfinite(roots[0]))
    status = Status.FOUND
    if not found:
        status = Status.ALWAYS_GAINS if results[0, 0] > 0.0 else Status.ALWAYS_LOSES
    return BreakEvenVol(
        vol=float(roots[0]) if found else None,
        low=low if found else None,
        high=high if found else None,
        level=LEVEL,
        estimate=estimate,
        status=status,
    )


def interval(roots: Vector) -> tuple[float | None, float | None]:
    """Quantiles of the draws that have a root; None where too many have none."""
    known = roots[np.isfinite(roots)]
    if known.size < (1.0 - MISSING) * roots.size:
        return None, None
    tail = 0.5 * (1.0 - LEVEL)
    low, high = np.quantile(known, (tail, 1.0 - tail))
    return float(low), float(high)


def root(x: Vector, y: Vector) -> float:
    """Where the values change sign for the first time; NaN where they do not.

    Args:
        x: Ascending, at least 3.
        y: Values there.
    """
    sides = np.flatnonzero(np.sign(y[:-1]) * np.sign(y[1:]) <= 0.0)
    if not sides.size or not y.any():
        return np.nan
    at = int(sides[0])
    first = min(max(at if y.size - at > 2 else at - 1, 0), y.size - 3)
    curve = parabola(x[first : first + 3], y[first : first + 3])
    low, high = float(x[at]), float(x[at + 1])
    rises = y[at + 1] > y[at]
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if (curve(middle) < 0.0) == rises else (low, middle)
    return 0.5 * (low + high)


def parabola(x: Vector, y: Vector) -> Callable[[float], float]:
    """The parabola through three points, in Newton's form."""
    (x0, x1, x2), (y0, y1, y2) = x.tolist(), y.tolist()
    slope = (y1 - y0) / (x1 - x0)
    bend = ((y2 - y1) / (x2 - x1) - slope) / (x2 - x0)
    return lambda at: y0 + (at - x0) * (slope + bend * (at - x1))
