"""Bands that follow gamma: the ones that minimise risk plus cost; see :mod:`shortgamma.hedging.bands`."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.hedging.bands import fixed_band, mixed_band, proportional_band
from shortgamma.hedging.parameters import check_finite, check_not_negative, check_positive
from shortgamma.hedging.policy import HedgeRule, HedgeView

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhalleyWilmott:
    """Band H = (1.5·e^(−rτ)·c·S·Γ²/a)^⅓, traded to its edge; for costs in proportion to size.

    S is the price and Γ the whole book's gamma in each step. τ runs down from ``expiry_years`` and stops
    at 0; at the zero rates of coin options it does not matter.

    Args:
        risk_aversion: a, per USD, positive.
        cost: c, one way, fraction of what is traded, positive.
        rate: r, continuously compounded, per year.
        expiry_years: From the start to the expiry of the book.

    Raises:
        InputError: One is outside its range.

    Limits: the leading term for a small cost; one expiry; Γ = 0 gives a band of 0.
    Source: A. Whalley, P. Wilmott (1997), doi:10.1111/1467-9965.00034.
    """

    name = "whalley-wilmott"
    is_continuous = False
    risk_aversion: float
    cost: float
    rate: float = 0.0
    expiry_years: float = 0.0

    def __post_init__(self) -> None:
        check_positive(self.name, risk_aversion=self.risk_aversion, cost=self.cost)
        check_finite(self.name, rate=self.rate)
        check_not_negative(self.name, expiry_years=self.expiry_years)

    def rule(self, view: HedgeView) -> HedgeRule:
        """The band of each path, shape (n,)."""
        left = max(self.expiry_years - view.years, 0.0)
        band = proportional_band(
            view.gamma,
            view.price,
            cost=self.cost,
            risk_aversion=self.risk_aversion,
            discount=float(np.exp(-self.rate * left)),
        )
        return HedgeRule(band=band, landing=1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedCostBand:
    """Band H = (12·g·Γ²/a)^¼, traded to its centre; for a cost per trade, as gas.

    Args:
        risk_aversion: a, per USD, positive.
        fixed_usd: g, USD per trade, positive.

    Raises:
        InputError: One is not positive.

    Source: A. Whalley, P. Wilmott (1999), European Journal of Applied Mathematics 10.
    """

    name = "fixed-cost-band"
    is_continuous = False
    risk_aversion: float
    fixed_usd: float

    def __post_init__(self) -> None:
        check_positive(self.name, risk_aversion=self.risk_aversion, fixed_usd=self.fixed_usd)

    def rule(self, view: HedgeView) -> HedgeRule:
        """The band of each path, shape (n,)."""
        band = fixed_band(view.gamma, fixed_usd=self.fixed_usd, risk_aversion=self.risk_aversion)
        return HedgeRule(band=band)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixed:
    """Outer band H triggers, the trade stops at L < H; for a cost per trade and one per size.

    A rule has one landing fraction for all paths, and L/H differs between them. So the largest trade says
    where to stop: the gap less L, as the gap stands when the hedger decides.

    Args:
        risk_aversion: a, per USD, positive.
        cost: c, one way, fraction of what is traded.
        fixed_usd: g, USD per trade.

    Raises:
        InputError: One is negative, or both costs are 0.

    Source: :mod:`shortgamma.hedging.bands`.
    """

    name = "mixed"
    is_continuous = False
    risk_aversion: float
    cost: float
    fixed_usd: float

    def __post_init__(self) -> None:
        check_positive(self.name, risk_aversion=self.risk_aversion)
        check_not_negative(self.name, cost=self.cost, fixed_usd=self.fixed_usd)
        if self.cost == self.fixed_usd == 0.0:
            raise InputError(
                "both costs are 0", place=self.name, remedy="give one, or use continuous"
            )

    def rule(self, view: HedgeView) -> HedgeRule:
        """Outer band and largest trade of each path, shape (n,)."""
        outer, landing = mixed_band(
            view.gamma,
            view.price,
            cost=self.cost,
            fixed_usd=self.fixed_usd,
            risk_aversion=self.risk_aversion,
        )
        # A gap inside the band now may leave it while the market clears.
        gap = np.maximum(np.abs(view.target - view.held), outer)
        return HedgeRule(band=outer, most=gap - landing)
