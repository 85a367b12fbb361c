"""How much of a trade a pool takes."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.protocols.pool.quote import TradeView

Vector = NDArray[np.float64]


class LimitRule(Protocol):
    """How much a pool takes. A rule is a frozen value without state."""

    def largest(self, view: TradeView) -> Vector:
        """Coins of the trade that it takes at most, shape (n,), not negative; ∞ = no limit."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CollateralLimit:
    """Short options are covered by a share of their notional, up to a share of the capital.

    Args:
        margin_share: Of the notional of every short option that is set aside (A).
        most_used: Share of the capital that may be set aside.

    Raises:
        InputError: A share is not positive.
    """

    margin_share: float = 0.15
    most_used: float = 0.9

    def __post_init__(self) -> None:
        if not (0.0 < self.margin_share < np.inf and 0.0 < self.most_used < np.inf):
            raise InputError(
                f"margin share {self.margin_share:g}, used {self.most_used:g}",
                place="collateral limit",
                remedy="give shares above 0",
            )

    def largest(self, view: TradeView) -> Vector:
        """What is left of the collateral, for clients who buy; clients who sell are not limited."""
        covered = np.maximum(view.capital_usd, 0.0) * self.most_used
        most = covered / (self.margin_share * view.price) - view.short_coins
        return np.where(view.quantity > 0.0, np.maximum(most, 0.0), np.inf)


@dataclass(frozen=True, slots=True, kw_only=True)
class GammaLimit:
    """The nearer θ comes to where the price runs away, the less of a trade that adds to it.

    A trade may take a part ``share`` of the θ that is left to ``least_theta``; one that reduces the pool's
    gamma is not limited.

    Args:
        collateral: That holds beside it.
        least_theta: θ that the pool does not go beyond, between −1 and 0.
        share: Of what is left, that one trade may take.

    Raises:
        InputError: ``least_theta`` is not between −1 and 0, or ``share`` not between 0 and 1.
    """

    collateral: CollateralLimit
    least_theta: float = -0.5
    share: float = 0.25

    def __post_init__(self) -> None:
        if not (-1.0 < self.least_theta < 0.0 < self.share <= 1.0):
            raise InputError(
                f"least theta {self.least_theta:g}, share {self.share:g}",
                place="gamma limit",
                remedy="give a theta between -1 and 0 and a share above 0 up to 1",
            )

    def largest(self, view: TradeView) -> Vector:
        """Coins whose θ fits into the share of what is left."""
        left = np.maximum(view.theta(view.gamma) - self.least_theta, 0.0)
        per_coin = view.impact * view.price * view.unit_gamma
        fits = np.divide(
            self.share * left, per_coin, out=np.full_like(per_coin, np.inf), where=per_coin > 0.0
        )
        buys = (view.quantity > 0.0) & ~view.reduces
        return np.minimum(np.where(buys, fits, np.inf), self.collateral.largest(view))
