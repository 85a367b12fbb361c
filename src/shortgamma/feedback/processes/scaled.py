"""Another process, wilder or calmer by a factor: what vol alone does."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shortgamma.feedback.draws import Draws
from shortgamma.feedback.processes.process import Process
from shortgamma.hedging.parameters import check_positive

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaled:
    """Log moves of a process times a factor f, less (f² − f)·σ²·Δt/2.

    The second part keeps the price of a Brownian motion a martingale, and that of another process up to
    the third moment of its moves.

    Args:
        process: Whose.
        factor: f, positive.

    Raises:
        InputError: The factor is not positive.
    """

    process: Process
    factor: float

    def __post_init__(self) -> None:
        check_positive("scaled", factor=self.factor)

    @property
    def name(self) -> str:
        """As ``--json`` shows it."""
        return f"{self.process.name} × {self.factor:.3g}"

    @property
    def annual_vol(self) -> float:
        """√(expected variance of the log price over the first year), decimal."""
        return self.factor * self.process.annual_vol

    def start(self, draws: Draws, years: Vector) -> Any:
        """As of the process."""
        return self.process.start(draws, years)

    def advance(self, state: Any, draws: Draws, *, years: float, out: Vector) -> None:
        """Writes this step's log moves into ``out``."""
        self.process.advance(state, draws, years=years, out=out)
        out *= self.factor
        out -= 0.5 * (self.factor**2 - self.factor) * self.process.annual_vol**2 * years
