"""Scenarios of portfolio margins: moves of spot with vol up, same or down, by time to expiry."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shortgamma.risk.margin.account import Account

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
Scenario = tuple[float, float, float]
"""Relative move of spot; vol: +1 up, 0 same, −1 down; weight of the result."""

UP, SAME, DOWN = 1.0, 0.0, -1.0
REFERENCE_DAYS: Final = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class VolShock:
    """Shocked vols by time to expiry, d days.

    ::

        up    max(σ·(1 + up·(30/max(d, floor))^p), least)
        down  σ·max(1 − down·(30/max(d, floor))^p, 0)

    p is ``short_power`` up to 30 days and ``long_power`` beyond.

    Args:
        up, down: Relative shifts at 30 days, not negative.
        short_power, long_power: How they change with time to expiry.
        days_floor: Shorter times count as this many days.
        least_up: Decimal; vol up is at least this.

    Source: Deribit, Portfolio Margin; derivexyz/v2-core, PMRMLib.sol (_addVolShocks) and PMRMLib_2.sol.
    """

    up: float = 0.50
    down: float = 0.25
    short_power: float = 0.30
    long_power: float = 0.13
    days_floor: float = 1.0
    least_up: float = 0.0

    def factors(self, days: Vector) -> tuple[Vector, Vector]:
        """Factors of vol up and down, shape (n,)."""
        power = np.where(days <= REFERENCE_DAYS, self.short_power, self.long_power)
        size = (REFERENCE_DAYS / np.maximum(days, self.days_floor)) ** power
        return 1.0 + self.up * size, np.maximum(1.0 - self.down * size, 0.0)

    def vols(self, account: Account, direction: float) -> Matrix:
        """Vols after a shock, shape (m, n).

        Args:
            account: Vols before it.
            direction: +1 up, 0 same, −1 down.
        """
        if direction == SAME:
            return account.vol
        up, down = self.factors(account.holdings.days)
        if direction > SAME:
            return np.maximum(account.vol * up, self.least_up)
        return account.vol * down


def grid(moves: Sequence[float], directions: Sequence[float]) -> tuple[Scenario, ...]:
    """Every move with every direction of vol, at full weight."""
    return tuple((move, way, 1.0) for move in moves for way in directions)


def steps(widest: float, count: int) -> tuple[float, ...]:
    """Moves from −widest to +widest in 2·count equal steps."""
    return tuple(widest * place / count for place in range(-count, count + 1))
