"""A pool's design: how it quotes, how much it takes, how it hedges, how its options settle."""

from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np

from shortgamma.basics.errors import InputError
from shortgamma.protocols.pool.hedges import FixedHedge, HedgeRule
from shortgamma.protocols.pool.limits import CollateralLimit, LimitRule
from shortgamma.protocols.pool.pricing import FlatSpread, PricingRule


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolDesign:
    """The rules of an option pool.

    Args:
        name: As commands write it.
        summary: In a few words.
        pricing: What a client pays over the fair value.
        limit: How much of a trade is taken.
        hedge: When the pool trades the underlying.
        average_days: Last days whose geometric average price the options settle at; 0 = the last price.

    Raises:
        InputError: The average is negative.
    """

    name: str
    summary: str
    pricing: PricingRule = field(default_factory=FlatSpread)
    limit: LimitRule = field(default_factory=CollateralLimit)
    hedge: HedgeRule = field(default_factory=FixedHedge)
    average_days: float = 0.0

    def __post_init__(self) -> None:
        if not 0.0 <= self.average_days < np.inf:
            raise InputError(
                f"average over {self.average_days:g} days",
                place=f"design {self.name}",
                remedy="give 0 days or more",
            )

    def at_spread(self, points: float) -> Self:
        """The same design with another half-spread, vol points."""
        # A rule is a dataclass with that field, but a protocol cannot say so.
        priced: PricingRule = replace(self.pricing, spread_points=points)  # pyright: ignore[reportArgumentType, reportUnknownVariableType]
        return replace(self, pricing=priced)
