"""A news item of known size: what laws about a single shock need."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shortgamma.feedback.draws import Draws, Stream

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shock:
    """A log move that each path draws evenly from an interval and makes in equal parts, one a step.

    Args:
        low, high: Ends of the interval.
    """

    low: float
    high: float

    @property
    def name(self) -> str:
        """As ``--json`` shows it."""
        return "shock"

    @property
    def annual_vol(self) -> float:
        """The largest move: it sets the scale of grids."""
        return max(abs(self.low), abs(self.high))

    def start(self, draws: Draws, years: Vector) -> Vector:
        """The move of one step of every path."""
        total = self.low + (self.high - self.low) * draws.uniforms(Stream.AGENTS)
        return total / years.size

    def advance(self, state: Vector, draws: Draws, *, years: float, out: Vector) -> None:  # noqa: ARG002
        """Writes this step's part into ``out``."""
        out[:] = state
