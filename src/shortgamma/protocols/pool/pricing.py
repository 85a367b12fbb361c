"""What a client pays over the fair value of an option."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import DAYS_PER_YEAR
from shortgamma.protocols.pool.quote import TradeView, amplification

Vector = NDArray[np.float64]


class PricingRule(Protocol):
    """How a pool quotes. A rule is a frozen value without state."""

    @property
    def spread_points(self) -> float:
        """Half-spread in vol points that every trade pays: what a comparison at equal volume adjusts."""
        ...

    def cost(self, view: TradeView) -> Vector:
        """What the client pays over the fair value, USD per coin, shape (n,); for either side of a trade."""
        ...


def check_charge(place: str, **figures: float) -> None:
    """Refuses what is negative or no number.

    Raises:
        InputError: A figure is.
    """
    for name, value in figures.items():
        if not 0.0 <= value < np.inf:
            raise InputError(f"{name} {value:g}", place=place, remedy="give 0 or more")


@dataclass(frozen=True, slots=True, kw_only=True)
class FlatSpread:
    """The same half-spread in vol points for every trade: what a pool asks that looks at vega alone.

    Args:
        spread_points: Vol points of 0.01.

    Raises:
        InputError: It is negative.
    """

    spread_points: float = 2.0

    def __post_init__(self) -> None:
        check_charge("flat spread", spread_points=self.spread_points)

    def cost(self, view: TradeView) -> Vector:
        """Half-spread times vega."""
        return self.spread_points * view.vega_usd_per_point


@dataclass(frozen=True, slots=True, kw_only=True)
class GammaSpread:
    """A half-spread, and a charge for what the trade adds to the gamma of the pool.

    With the expected cost of a net gamma over a horizon h::

        L(Γ) = ½·|Γ|·S²·σ²·h·[charge + impact_charge·(1/(1 + θ)² − 1)],  θ = Λ·S·Γ where Γ < 0

    a trade pays L after it less L before it, where that is positive: nothing where it reduces the pool's
    gamma. The bracket's first part is a price for carrying gamma at all. The second one is what the pool's
    own hedging costs it: it hedges a price that its hedging makes wilder, with variance σ²/(1 + θ)².

    Args:
        spread_points: Vol points of 0.01.
        charge: Price of gamma, part of the variance that it loses by in h.
        impact_charge: Part of the expected cost of its own impact that is charged.
        horizon_days: h.

    Raises:
        InputError: A figure is negative.
    """

    spread_points: float = 1.5
    charge: float = 0.1
    impact_charge: float = 0.5
    horizon_days: float = 1.0

    def __post_init__(self) -> None:
        check_charge(
            "gamma spread",
            spread_points=self.spread_points,
            charge=self.charge,
            impact_charge=self.impact_charge,
            horizon_days=self.horizon_days,
        )

    def expected_cost(self, view: TradeView, gamma: Vector) -> Vector:
        """L(Γ), USD, shape (n,)."""
        variance = np.square(view.price * view.vol) * self.horizon_days / DAYS_PER_YEAR
        hedging = self.impact_charge * (amplification(view.theta(gamma)) - 1.0)
        return 0.5 * np.abs(gamma) * variance * (self.charge + hedging)

    def cost(self, view: TradeView) -> Vector:
        """Half-spread times vega, and the rise of L per coin."""
        rise = self.expected_cost(view, view.gamma_after) - self.expected_cost(view, view.gamma)
        charge = np.where(view.reduces, 0.0, np.maximum(rise, 0.0))
        return self.spread_points * view.vega_usd_per_point + charge / np.abs(view.quantity)


@dataclass(frozen=True, slots=True, kw_only=True)
class InventorySpread:
    """A half-spread around a vol that moves with what the pool has sold: what Lyra's impact on base vol does.

    The vol is quoted higher by ``points_per_share`` times the pool's net short gamma over the gamma whose θ
    is −1, so that clients who sell to a short pool are paid for it.

    Args:
        spread_points: Vol points of 0.01.
        points_per_share: Vol points per unit of θ.

    Raises:
        InputError: A figure is negative.
    """

    spread_points: float = 2.0
    points_per_share: float = 5.0

    def __post_init__(self) -> None:
        check_charge(
            "inventory spread",
            spread_points=self.spread_points,
            points_per_share=self.points_per_share,
        )

    def cost(self, view: TradeView) -> Vector:
        """Half-spread, and the distance of the quoted vol from the fair one, times vega."""
        middle = 0.5 * (view.theta(view.gamma) + view.theta(view.gamma_after))
        points = self.spread_points - np.sign(view.quantity) * self.points_per_share * middle
        return points * view.vega_usd_per_point
