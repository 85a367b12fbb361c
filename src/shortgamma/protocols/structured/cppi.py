"""Constant-proportion portfolio insurance: a product that hedges inside itself.

The fund holds m times its cushion (wealth above the floor) in coins. Re-balanced continuously its cushion is
a power of the price, C = C₀·(S/S₀)^m·e^{−m(m−1)σ²t/2}, so its holdings m·C/S rise with the price: for m > 1
the fund *buys rises and sells falls*, m(m − 1)·C/100 USD per 1 % move, as a hedger of short gamma does.
Nobody else is needed for that: the gamma is the fund's own rule.

Source: F. Black, A. Perold (1992), doi:10.1016/0165-1889(92)90043-E.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import DAYS_PER_YEAR
from shortgamma.protocols.mechanism import PoolGreeks
from shortgamma.protocols.structured.product import (
    Memory,
    Product,
    check_terms,
    greeks_without_rates,
)

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cppi(Product):
    """A fund that holds m times its cushion in coins, re-balanced continuously at a known vol.

    Args:
        entry: Price and wealth per unit at the start, USD.
        floor: Part of the wealth at the start that is protected, 0 to 1.
        multiplier: m.
        days: From start to end.
    """

    entry: float
    floor: float = 0.8
    multiplier: float = 3.0
    days: float = 7.0

    name: ClassVar[str] = "cppi"
    title: ClassVar[str] = "CPPI"

    def __post_init__(self) -> None:
        check_terms(self.name, entry=self.entry, multiplier=self.multiplier, days=self.days)
        if not 0.0 <= self.floor < 1.0:
            raise InputError(
                f"floor is {self.floor:g}", place=self.name, remedy="give a part from 0 to below 1"
            )

    @property
    def levels(self) -> tuple[float, ...]:
        """None: nothing happens at any price."""
        return ()

    @property
    def protected(self) -> float:
        """The floor, USD."""
        return self.entry * self.floor

    def greeks(
        self, spot: Vector, years: float, *, vol: float, memory: Memory | None = None
    ) -> PoolGreeks:
        """Value and Greeks of one unit held long."""
        del memory
        m, gone = self.multiplier, self.days / DAYS_PER_YEAR - years
        convexity = m * (m - 1.0)
        power = m * np.log(spot / self.entry) - 0.5 * convexity * vol * vol * gone
        cushion = (self.entry - self.protected) * np.exp(power)
        return greeks_without_rates(
            spot,
            self.protected + cushion,
            m * cushion / spot,
            gamma=convexity * cushion / np.square(spot),
            vega=-convexity * vol * gone * cushion,
            vol=vol,
        )

    def settlement(self, spot: Vector, memory: Memory, *, vol: float) -> Vector:
        """Floor and cushion at the end, USD; never less than the floor."""
        return np.asarray(self.greeks(spot, 0.0, vol=vol, memory=memory).value_usd)
