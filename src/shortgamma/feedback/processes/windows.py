"""Windows of a real price series as they were: path j lives through the j-th of them."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.arrays import freeze
from shortgamma.basics.errors import InputError
from shortgamma.basics.units import DAYS_PER_YEAR
from shortgamma.feedback.draws import Draws
from shortgamma.feedback.processes.bootstrap import whole_steps
from shortgamma.feedback.processes.parameters import check_parameters
from shortgamma.market.history import PriceHistory, describe_bar

Vector = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Windows:
    """The log moves of a history from the beginning of each path's window on; no martingale.

    Windows begin every ``stride_days``; where there are more paths than windows, they start over. A bar
    without a price moves by 0, and the move of the gap comes with the next price.

    Args:
        history: What to replay; its bars are the steps of the run.
        stride_days: Between beginnings; 0 = the length of the run, so that no two windows overlap.
        moves: Log moves, made from ``history``.
    """

    history: PriceHistory
    stride_days: float = 0.0
    moves: Vector = field(init=False, repr=False)

    def __post_init__(self) -> None:
        check_parameters(self.name, finite={}, not_negative={"stride_days": self.stride_days})
        object.__setattr__(self, "moves", freeze("moves", self.history.moves))

    @property
    def name(self) -> str:
        """As ``--json`` shows it."""
        return "windows"

    @property
    def annual_vol(self) -> float:
        """√(mean squared move of the series per year), decimal."""
        return float(np.sqrt(np.mean(self.moves**2) / self.history.bar_years))

    def stride(self, steps: int) -> int:
        """Bars between the beginnings of two windows of a run with that many steps, 1 at least."""
        bars = round(self.stride_days / (self.history.bar_years * DAYS_PER_YEAR))
        return max(bars, 1) if self.stride_days > 0.0 else steps

    def count(self, steps: int) -> int:
        """Windows that fit into the history."""
        return max((self.moves.size - steps) // self.stride(steps) + 1, 0)

    def start(self, draws: Draws, years: Vector) -> Indices:
        """First bar of each path's window, shape (paths,).

        Raises:
            InputError: Steps are not the history's bars, or no window fits.
        """
        bar = describe_bar(self.history.bar)
        if whole_steps(self.history, years, self.name) != 1:
            raise InputError(
                f"the history has bars of {bar}, the run has shorter steps",
                place=self.name,
                remedy=f"use steps of {bar}: how the price moved within a bar is not known",
            )
        if not self.count(years.size):
            raise InputError(
                f"{years.size} steps of {bar}, but the history has {self.moves.size} moves",
                place=self.name,
                remedy="shorten the run or give a longer history",
            )
        numbers = draws.first_path + np.arange(draws.size, dtype=np.int64)
        return numbers % self.count(years.size) * self.stride(years.size)

    def advance(self, state: Indices, draws: Draws, *, years: float, out: Vector) -> None:  # noqa: ARG002
        """Writes this step's log moves into ``out``."""
        np.take(self.moves, state + draws.step, out=out)
