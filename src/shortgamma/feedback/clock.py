"""The steps of a run."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.arrays import freeze
from shortgamma.basics.errors import InputError
from shortgamma.basics.units import SECONDS_PER_YEAR

Vector = NDArray[np.float64]
MOST_STEPS = 10_000_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Clock:
    """Step lengths of a run, ACT/365 years.

    Args:
        years: Length of every step, positive, shape (steps,).
    """

    years: Vector

    def __post_init__(self) -> None:
        object.__setattr__(self, "years", freeze("years", self.years))
        if len(self.years) == 0 or not np.all((self.years > 0.0) & np.isfinite(self.years)):
            raise InputError(
                "a run needs steps of positive length", place="clock", remedy="give some"
            )

    @classmethod
    def even(cls, steps: int, seconds: float) -> Self:
        """``steps`` steps of ``seconds`` each."""
        if not 1 <= steps <= MOST_STEPS:
            raise InputError(
                f"{steps} steps", place="steps", remedy=f"give 1 to {MOST_STEPS:,} steps"
            )
        return cls(years=np.full(steps, seconds / SECONDS_PER_YEAR))

    def __len__(self) -> int:
        return len(self.years)

    @property
    def times(self) -> Vector:
        """Time since the start at every step's beginning and at the end, shape (steps + 1,)."""
        return np.concatenate([[0.0], np.cumsum(self.years)])

    @property
    def horizon(self) -> float:
        """Years from start to end."""
        return float(self.years.sum())
