"""A real price series as it was, the same on every path."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.arrays import freeze
from shortgamma.basics.errors import InputError
from shortgamma.feedback.draws import Draws
from shortgamma.feedback.processes.bootstrap import whole_steps
from shortgamma.market.history import PriceHistory, describe_bar

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Replay:
    """The log differences of a history's closes, bar by bar, to the last bit; no martingale.

    Step k makes the move of bar ``first_bar`` + k. A bar without a price moves by 0, and the move of the gap
    comes with the next price.

    Args:
        history: What to replay.
        first_bar: Where to begin: 0 starts from the first close.
        moves: Log moves, made from ``history``.
    """

    history: PriceHistory
    first_bar: int = 0
    moves: Vector = field(init=False, repr=False)

    def __post_init__(self) -> None:
        moves = self.history.moves
        if not 0 <= self.first_bar < moves.size:
            raise InputError(
                f"first_bar {self.first_bar} of a history with {moves.size} moves",
                place=self.name,
                remedy=f"give 0 to {moves.size - 1}",
            )
        object.__setattr__(self, "moves", freeze("moves", moves[self.first_bar :]))

    @property
    def name(self) -> str:
        """As ``--json`` shows it."""
        return "replay"

    @property
    def annual_vol(self) -> float:
        """√(mean squared move of the series per year), decimal."""
        return float(np.sqrt(np.mean(self.moves**2) / self.history.bar_years))

    def start(self, draws: Draws, years: Vector) -> None:  # noqa: ARG002
        """Nothing to remember.

        Raises:
            InputError: Steps are not the history's bars, or there are more of them.
        """
        bar = describe_bar(self.history.bar)
        parts = whole_steps(self.history, years, self.name)
        if parts != 1:
            raise InputError(
                f"{parts} steps per bar of {bar}",
                place=self.name,
                remedy=f"use steps of {bar}: how the price moved within a bar is not known",
            )
        if years.size > self.moves.size:
            raise InputError(
                f"{years.size} steps of {bar}, but the history has {self.moves.size} moves",
                place=self.name,
                remedy="shorten the run, start earlier or give a longer history",
            )

    def advance(self, state: None, draws: Draws, *, years: float, out: Vector) -> None:  # noqa: ARG002
        """Writes this step's log move into ``out``, the same for every path."""
        out[:] = self.moves[draws.step]
