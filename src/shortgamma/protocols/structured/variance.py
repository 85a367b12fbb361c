"""A variance swap: squared log moves between fixings; its cash gamma is the same at every price."""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.units import DAYS_PER_YEAR
from shortgamma.protocols.mechanism import PoolGreeks
from shortgamma.protocols.structured.product import (
    Memory,
    Product,
    check_terms,
    greeks_without_rates,
)

Vector = NDArray[np.float64]
NEARLY = 1e-9
"""Part of a fixing interval that rounding may leave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VarianceSwap(Product):
    """Floating leg of a variance swap: notional·Σ ln²(S_i/S_{i−1}) over regular fixings up to expiry.

    With x = ln(S/last fixing) and τ to the next one, the interval under way is worth (x − σ²τ/2)² + σ²τ, each
    later one σ²δ + σ⁴δ²/4. So S²Γ = 2·notional·(1 − x + σ²τ/2): it does not depend on the strike and does not
    grow towards expiry. The hedge is flat after every fixing.

    Source: K. Demeterfi, E. Derman, M. Kamal, J. Zou (1999), "More than you ever wanted to know about
    volatility swaps", for the equal gamma of the log contract; expectations of the squared normal move.

    Args:
        notional: USD per unit of total variance; the page's table takes one coin.
        fixing_hours: Between fixings.
    """

    notional: float
    fixing_hours: float = 24.0

    name: ClassVar[str] = "variance-swap"
    title: ClassVar[str] = "Variance swap"

    def __post_init__(self) -> None:
        check_terms(self.name, notional=self.notional, fixing_hours=self.fixing_hours)

    @property
    def interval(self) -> float:
        """δ, years."""
        return self.fixing_hours / (24.0 * DAYS_PER_YEAR)

    @property
    def levels(self) -> tuple[float, ...]:
        """None."""
        return ()

    def intervals(self, years: float) -> tuple[float, int]:
        """Years to the next fixing, above 0, and the whole intervals after it."""
        later = max(math.ceil(years / self.interval - NEARLY) - 1, 0)
        return years - later * self.interval, later

    def greeks(
        self, spot: Vector, years: float, *, vol: float, memory: Memory | None = None
    ) -> PoolGreeks:
        """Value and Greeks of one unit held long; pinned, the last fixing was at the spot."""
        left, later = self.intervals(years)
        paid, last = (0.0, spot) if memory is None else (memory[0], memory[1])
        variance, step = vol * vol, self.interval
        ahead = np.log(spot / last) - 0.5 * variance * left
        rest = variance * left + later * variance * step * (1.0 + 0.25 * variance * step)
        by_variance = left * (1.0 - ahead) + later * step * (1.0 + 0.5 * variance * step)
        return greeks_without_rates(
            spot,
            self.notional * (paid + ahead * ahead + rest),
            2.0 * self.notional * ahead / spot,
            gamma=2.0 * self.notional * (1.0 - ahead) / np.square(spot),
            vega=2.0 * vol * self.notional * by_variance,
            vol=vol,
        )

    def settlement(self, spot: Vector, memory: Memory, *, vol: float) -> Vector:
        """What it pays at expiry, USD; the last fixing is at expiry."""
        del spot, vol
        return self.notional * memory[0]

    def start(self, spot: Vector) -> Memory:
        """Two rows: variance fixed so far, and the price of the last fixing, USD."""
        return np.stack([np.zeros(np.size(spot)), np.asarray(spot, dtype=np.float64)])

    def remember(
        self, memory: Memory, moved: tuple[Vector, Vector], *, years: tuple[float, float]
    ) -> Memory:
        """Fixes where the step ends at a fixing or passes one; the price of the step's end counts."""
        left, _ = self.intervals(years[0])
        if years[0] - years[1] < left * (1.0 - NEARLY):
            return memory
        move = np.log(moved[1] / memory[1])
        return np.stack([memory[0] + move * move, moved[1]])
