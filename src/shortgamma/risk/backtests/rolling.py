"""Day by day: what a method would have said, and what then happened.

The book is held constant: every day it has the same moneyness and the same maturities, so that its profit
is the same function of the move. What rolls is the past that a forecast is made of.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.risk.tails.figures import tail_columns
from shortgamma.risk.tails.scenarios import Scenarios

Vector = NDArray[np.float64]
Profit = Callable[[NDArray[np.float64]], NDArray[np.float64]]

REFIT: Final = 25
"""Forecasts after which parameters are learnt again."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RollingMoves:
    """Moves that a method held for possible on every date, and the move that came.

    Args:
        place: Of the first bar after each forecast, shape (T,).
        happened: Log move over the horizon, shape (T,).
        scenarios: Log moves held for equally likely, shape (T, scenarios).
    """

    place: NDArray[np.int64]
    happened: Vector
    scenarios: NDArray[np.float64]

    @property
    def span(self) -> Vector:
        """Lowest and highest move of all, shape (2,)."""
        low = min(float(self.scenarios.min()), float(self.happened.min()))
        return np.array([low, max(float(self.scenarios.max()), float(self.happened.max()))])

    def valued(self, forecast: Profit, happened: Profit) -> "RollingForecast":
        """The same as losses.

        Args:
            forecast: Profit of a move as the method sees it, USD.
            happened: Profit of a move as it is booked, USD.
        """
        return RollingForecast(
            place=self.place,
            losses=-happened(self.happened),
            scenarios=-forecast(self.scenarios),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RollingForecast:
    """Forecasts of one method and what happened.

    Args:
        place: Of the first bar after each forecast, shape (T,).
        losses: What happened over the horizon, USD, positive = loss, shape (T,).
        scenarios: Losses that each forecast holds for equally likely, USD, shape (T, scenarios).
    """

    place: NDArray[np.int64]
    losses: Vector
    scenarios: NDArray[np.float64]

    def tails(self, level: float) -> tuple[Vector, Vector]:
        """Value at risk and expected shortfall of every forecast, USD, shape (T,) each."""
        return tail_columns(self.scenarios.T, level)


def rolling(source: Scenarios, moves: Vector, *, window: int, steps: int) -> RollingMoves:
    """Forecasts from the ``window`` moves before each date, dates ``steps`` bars apart.

    Args:
        source: The method.
        moves: Log moves over one bar in the order of time, shape (n,).
        window: Moves that a forecast knows.
        steps: Bars of the horizon; no two horizons overlap.

    Raises:
        InputError: Fewer than two horizons fit behind the window.
    """
    place = np.arange(window, moves.size - steps + 1, steps)
    if place.size < 2:
        raise InputError(
            f"{moves.size} moves do not hold a window of {window} and two horizons",
            place="--window",
            remedy="give more prices, a shorter window or a shorter horizon",
        )
    rows: list[Vector] = []
    learnt = source
    for index, date in enumerate(place.tolist()):
        past = moves[date - window : date]
        if index % REFIT == 0:
            learnt = source.fitted(past)
        rows.append(learnt.moves(past))
    total = np.concatenate([[0.0], np.cumsum(moves)])
    return RollingMoves(
        place=place, happened=total[place + steps] - total[place], scenarios=np.array(rows)
    )
