"""Moves of the price over a horizon, made from moves over one bar: as they were, rescaled, or simulated.

Every source of scenarios is a frozen value with two questions: what it learns from past moves
(:meth:`fitted`), and which moves over the horizon it holds for equally likely after them (:meth:`moves`). A
rolling backtest asks both of the same object again and again, so that nothing sees its own future.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Protocol, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from shortgamma.feedback.draws import Draws
from shortgamma.feedback.processes.process import Process
from shortgamma.risk.tails.filters import VolRecursion

Vector = NDArray[np.float64]

BLOCK: Final = 2_000
"""Paths that are simulated together."""


class Scenarios(Protocol):
    """Where moves over a horizon come from."""

    @property
    def name(self) -> str:
        """As ``--json`` shows it."""
        ...

    def fitted(self, past: Vector) -> Self:
        """The same with parameters learnt from past moves over one bar, shape (n,)."""
        ...

    def moves(self, past: Vector) -> Vector:
        """Log moves over the horizon after these moves over one bar, equally likely, shape (scenarios,)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Historical:
    """The moves that were: every stretch of ``steps`` bars, overlapping where steps > 1.

    Args:
        steps: Bars of the horizon.
    """

    steps: int = 1

    @property
    def name(self) -> str:
        """``historical``."""
        return "historical"

    def fitted(self, past: Vector) -> Self:  # noqa: ARG002
        """Nothing to learn."""
        return self

    def moves(self, past: Vector) -> Vector:
        """Sums over ``steps`` neighbouring moves, shape (n − steps + 1,)."""
        return summed(past, self.steps)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filtered:
    """Past moves over the vol of their own time, times the vol of now.

    Over one bar every past residual is used once. Over several bars residuals are drawn with replacement and
    the vol follows each path.

    Args:
        fit: Makes the filter from moves.
        recursion: The filter; None until :meth:`fitted`.
        steps: Bars of the horizon.
        paths, seed: How many, and of the draws; for more than one bar.

    Source: G. Barone-Adesi, K. Giannopoulos, L. Vosper (1999), "VaR without correlations for portfolios of
    derivative securities", doi:10.1002/(SICI)1096-9934(199908)19:5<583::AID-FUT5>3.0.CO;2-S.
    """

    fit: Callable[[Vector], VolRecursion]
    recursion: VolRecursion | None = None
    steps: int = 1
    paths: int = 10_000
    seed: int = 7

    @property
    def name(self) -> str:
        """``filtered-historical``."""
        return "filtered-historical"

    def fitted(self, past: Vector) -> Self:
        """With the filter of these moves."""
        return replace(self, recursion=self.fit(past))

    def moves(self, past: Vector) -> Vector:
        """Rescaled moves, shape (n,) over one bar, else (paths,)."""
        recursion = self.recursion or self.fit(past)
        variances = recursion.variances(past)
        residuals = past / np.sqrt(variances[:-1])
        if self.steps == 1:
            return residuals * float(variances[-1]) ** 0.5
        rng = np.random.default_rng(self.seed)
        variance = np.full(self.paths, variances[-1])
        total = np.zeros(self.paths)
        for _step in range(self.steps):
            move = np.sqrt(variance) * rng.choice(residuals, self.paths)
            total += move
            variance = (
                recursion.constant + recursion.reaction * move**2 + recursion.memory * variance
            )
        return total


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """Paths of a price process that is fitted to the moves.

    Args:
        fit: Makes the process from moves.
        process: None until :meth:`fitted`.
        years: Length of a bar, ACT/365 years.
        steps: Bars of the horizon.
        paths, seed: How many, and of all draws.
    """

    fit: Callable[[Vector], Process]
    years: float
    process: Process | None = None
    steps: int = 1
    paths: int = 10_000
    seed: int = 7

    @property
    def name(self) -> str:
        """``monte-carlo``."""
        return "monte-carlo"

    def fitted(self, past: Vector) -> Self:
        """With the process of these moves."""
        return replace(self, process=self.fit(past))

    def moves(self, past: Vector) -> Vector:
        """Simulated moves, shape (paths,)."""
        process = self.process or self.fit(past)
        blocks = [
            self.block(process, first=first, size=min(BLOCK, self.paths - first))
            for first in range(0, self.paths, BLOCK)
        ]
        return np.concatenate(blocks)

    def block(self, process: Process, *, first: int, size: int) -> Vector:
        """Moves of some paths."""
        draws = Draws(seed=self.seed, first_path=first, size=size)
        state = process.start(draws, np.full(self.steps, self.years))
        total, move = np.zeros(size), np.empty(size)
        for step in range(self.steps):
            draws.step = step
            process.advance(state, draws, years=self.years, out=move)
            total += move
        return total


def summed(moves: Vector, steps: int) -> Vector:
    """Sums over every ``steps`` neighbours, shape (n − steps + 1,)."""
    total = np.concatenate([[0.0], np.cumsum(moves)])
    return total[steps:] - total[:-steps]


@dataclass(frozen=True, slots=True, kw_only=True)
class Normal:
    """Normal moves with the mean square of the past ones, as evenly spaced quantiles.

    Args:
        steps: Bars of the horizon; the deviation grows with their root.
        points: How many quantiles.
    """

    steps: int = 1
    points: int = 999

    @property
    def name(self) -> str:
        """``normal``."""
        return "normal"

    def fitted(self, past: Vector) -> Self:  # noqa: ARG002
        """Nothing to learn."""
        return self

    def moves(self, past: Vector) -> Vector:
        """Quantiles at (k − ½)/points, shape (points,)."""
        chance = (np.arange(self.points) + 0.5) / self.points
        return deviation_of(past, self.steps) * np.asarray(ndtri(chance), dtype=np.float64)


def deviation_of(past: Vector, steps: int) -> float:
    """√(steps · mean square of moves over one bar): no mean is taken off."""
    return float(steps * np.mean(past**2)) ** 0.5
