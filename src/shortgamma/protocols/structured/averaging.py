"""A call that settles on the average price of its last hours: no single minute decides.

With A the averaging window, τ the time left, q = min(τ/A, 1) the part of the window still to come and m the
fixed part of ln G (G the geometric mean), ln G is normal under Black's assumptions::

    before the window   E ln G = ln S − σ²(τ − A)/2 − σ²A/4,   Var = σ²(τ − A + A/3)
    inside              E ln G = m + q·(ln S − σ²τ/4),         Var = q²σ²τ/3

so the call is Black's on F = e^{E + Var/2} with F ∝ S^q. Before the window, and inside it while F ≤ S, its
gamma is bounded by √3·φ(0)/(S·σ·√A): a vanilla's grows without bound.

Source: A. Kemna, A. Vorst (1990), doi:10.1016/0378-4266(90)90039-5; Greeks by differentiation.
"""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.units import SECONDS_PER_YEAR
from shortgamma.protocols.mechanism import PoolGreeks
from shortgamma.protocols.structured.legs import ROOT_2PI, black_calls
from shortgamma.protocols.structured.product import (
    Memory,
    Product,
    check_terms,
    greeks_without_rates,
)

Vector = NDArray[np.float64]
SECONDS_PER_HOUR = 3_600.0


def twap_gamma_bound(spot: Vector | float, *, vol: float, window: float) -> Vector | float:
    """Γ_max = √3·φ(0)/(S·σ·√A), coins per USD.

    Args:
        spot: USD.
        vol: Decimal.
        window: Averaging window A, years.

    >>> bound = twap_gamma_bound(2000.0, vol=0.8, window=1 / 365)
    >>> round(bound * 2000.0**2 / 100)
    330
    """
    return math.sqrt(3.0) / (ROOT_2PI * spot * vol * math.sqrt(window))


@dataclass(frozen=True, slots=True, kw_only=True)
class TwapCall(Product):
    """A call on the geometric mean of the last hours before expiry: max(G − K, 0).

    Args:
        strike: K, USD.
        hours: Averaging window.
    """

    strike: float
    hours: float = 24.0

    name: ClassVar[str] = "twap-call"
    title: ClassVar[str] = "TWAP-settled call"

    def __post_init__(self) -> None:
        check_terms(self.name, strike=self.strike, hours=self.hours)

    @property
    def window(self) -> float:
        """A, years."""
        return self.hours * SECONDS_PER_HOUR / SECONDS_PER_YEAR

    @property
    def levels(self) -> tuple[float, ...]:
        """The strike."""
        return (self.strike,)

    def fixed(self, size: int, years: float) -> Vector:
        """Fixed part of ln G where the average so far is the strike: (1 − q)·ln K."""
        return np.full(size, max(1.0 - years / self.window, 0.0) * math.log(self.strike))

    def greeks(
        self, spot: Vector, years: float, *, vol: float, memory: Memory | None = None
    ) -> PoolGreeks:
        """Value and Greeks of one unit held long; pinned, the average so far is the strike."""
        window, variance = self.window, vol * vol
        fixed = self.fixed(np.size(spot), years) if memory is None else memory[0]
        if years >= window:
            share, drag = 1.0, window / 6.0
            width = vol * math.sqrt(years - window * 2.0 / 3.0)
        else:
            share = years / window
            drag = share * years * (0.5 - share / 3.0)
            width = vol * share * math.sqrt(years / 3.0)
        mean = np.exp(fixed + share * np.log(spot) - 0.5 * variance * drag)
        call, by_width = black_calls(mean, self.strike, width=width)
        slope = share * mean / spot
        return greeks_without_rates(
            spot,
            call.value,
            call.delta * slope,
            gamma=call.gamma * slope * slope + call.delta * slope * (share - 1.0) / spot,
            vega=by_width * width / vol - call.delta * mean * vol * drag,
            vol=vol,
        )

    def settlement(self, spot: Vector, memory: Memory, *, vol: float) -> Vector:
        """max(G − K, 0), USD; the last price is no part of it by itself."""
        del spot, vol
        return np.maximum(np.exp(memory[0]) - self.strike, 0.0)

    def start(self, spot: Vector) -> Memory:
        """One row: fixed part of ln G, ∫ ln S dt/A over the window so far."""
        return np.zeros((1, np.size(spot)))

    def remember(
        self, memory: Memory, moved: tuple[Vector, Vector], *, years: tuple[float, float]
    ) -> Memory:
        """Adds the step's mean log price, by the trapezoid rule, for the part that lies in the window."""
        inside = max(min(years[0], self.window) - max(years[1], 0.0), 0.0)
        if inside == 0.0:
            return memory
        middle = 0.5 * (np.log(moved[0]) + np.log(moved[1]))
        return memory + inside / self.window * middle
