"""Products that never expire, the everlasting option and the power perpetual: no peak of gamma in time."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import DAYS_PER_YEAR, POINT
from shortgamma.protocols.everlasting.pricing import (
    everlasting_delta,
    everlasting_price,
    time_value,
)
from shortgamma.protocols.mechanism import PoolGreeks
from shortgamma.protocols.structured.product import (
    Memory,
    Product,
    check_terms,
    greeks_without_rates,
)

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Everlasting(Product):
    """A call that never expires; its holder pays (value − payoff) per funding period, continuously.

    Its theta is that funding: time value/T per year, which is ½σ²S²Γ.

    Args:
        strike: K, USD.
        funding_days: Funding period T.
    """

    strike: float
    funding_days: float = 7.0

    name: ClassVar[str] = "everlasting"
    title: ClassVar[str] = "Everlasting call"
    perpetual: ClassVar[bool] = True

    def __post_init__(self) -> None:
        check_terms(self.name, strike=self.strike, funding_days=self.funding_days)

    @property
    def period(self) -> float:
        """T, years."""
        return self.funding_days / DAYS_PER_YEAR

    @property
    def levels(self) -> tuple[float, ...]:
        """The strike."""
        return (self.strike,)

    def greeks(
        self, spot: Vector, years: float, *, vol: float, memory: Memory | None = None
    ) -> PoolGreeks:
        """Value and Greeks of one unit held long, the same at any time."""
        del years, memory
        extra = time_value(spot, self.strike, vol=vol, period=self.period)
        value = everlasting_price(spot, self.strike, vol=vol, period=self.period, sign=1.0)
        delta = everlasting_delta(spot, self.strike, vol=vol, period=self.period, sign=1.0)
        return greeks_without_rates(
            spot, value, delta, gamma=extra.curvature, vega=extra.vega, vol=vol
        )

    def settlement(self, spot: Vector, memory: Memory, *, vol: float) -> Vector:
        """Its value: it goes on."""
        del memory
        return everlasting_price(spot, self.strike, vol=vol, period=self.period, sign=1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerPerpetual(Product):
    """A perpetual on S^p that pays its funding once per funding period f.

    It is the basket of claims on S^p at f, 2f, 3f, … with weights ½, ¼, ⅛, …, each worth S^p·e^{ihf}, so::

        h = (p − 1)·(r + pσ²/2),   value = S^p/(2e^{−fh} − 1)

    which is finite for fh < ln 2 only. Amounts are per strike^{p−1}, so that at the strike one unit is worth
    about one coin.

    Args:
        strike: Price at which one unit has the size of one coin, USD.
        power: p, other than 0 and 1.
        funding_hours: f.
        rate: r, continuously compounded per year.

    Source: D. White, D. Robinson, Z. Koticha, A. Leone, A. Bachi, "Power Perpetuals", Paradigm (August 2021).
    """

    strike: float
    power: float = 2.0
    funding_hours: float = 24.0
    rate: float = 0.0

    name: ClassVar[str] = "power"
    title: ClassVar[str] = "Power perpetual"
    perpetual: ClassVar[bool] = True

    def __post_init__(self) -> None:
        check_terms(self.name, strike=self.strike, funding_hours=self.funding_hours)
        if not (np.isfinite(self.power) and np.isfinite(self.rate)):
            raise InputError(
                f"power {self.power:g}, rate {self.rate:g}",
                place=self.name,
                remedy="give finite numbers",
            )

    @property
    def period(self) -> float:
        """f, years."""
        return self.funding_hours / (24.0 * DAYS_PER_YEAR)

    @property
    def levels(self) -> tuple[float, ...]:
        """None: nothing happens at any price."""
        return ()

    def growth(self, vol: float) -> float:
        """The growth h = (p − 1)(r + pσ²/2) per year.

        Raises:
            InputError: fh is ln 2 or more: the basket has no finite value.
        """
        growth = (self.power - 1.0) * (self.rate + 0.5 * self.power * vol * vol)
        if not self.period * growth < np.log(2.0):
            raise InputError(
                f"funding every {self.funding_hours:g} h at vol {vol:g} gives no finite value",
                place=self.name,
                remedy="shorten the funding period: f·(p − 1)(r + pσ²/2) must stay below ln 2",
            )
        return growth

    def greeks(
        self, spot: Vector, years: float, *, vol: float, memory: Memory | None = None
    ) -> PoolGreeks:
        """Value and Greeks of one unit held long; theta is −h times the value.

        Raises:
            InputError: It has no finite value.
        """
        del years, memory
        p, growth = self.power, self.growth(vol)
        left = np.exp(-self.period * growth)
        value = np.exp(p * np.log(spot) - (p - 1.0) * np.log(self.strike)) / (2.0 * left - 1.0)
        by_growth = value * 2.0 * self.period * left / (2.0 * left - 1.0)
        return PoolGreeks(
            value_usd=value,
            delta=p * value / spot,
            gamma=p * (p - 1.0) * value / np.square(spot),
            vega_usd_per_point=by_growth * p * (p - 1.0) * vol * POINT,
            theta_usd_per_day=-growth * value / DAYS_PER_YEAR,
        )

    def settlement(self, spot: Vector, memory: Memory, *, vol: float) -> Vector:
        """Its value: it goes on."""
        return np.asarray(self.greeks(spot, 0.0, vol=vol, memory=memory).value_usd)
