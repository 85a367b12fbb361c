"""What an exposure answer assumes beyond the chain and the positioning."""

from dataclasses import dataclass, field

import numpy as np

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import LARGEST_QUANTITY
from shortgamma.exposure.confidence import DRAWS, SEED
from shortgamma.exposure.feedback import DEFAULT_DEPTH
from shortgamma.exposure.profile import Grid

DYNAMICS = ("sticky-strike", "sticky-delta", "surface")


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """Everything the answer assumes beyond the chain and the positioning.

    Args:
        depth_usd_per_pct: One-sided USD that move the price 1 %.
        grid: Spot levels of the profile.
        dynamics: ``sticky-strike``, ``sticky-delta`` or ``surface``.
        days_ahead: Calendar days the book is rolled forward, on today's forwards and vols.
        draws, seed: Of the Monte Carlo over signs.
    """

    depth_usd_per_pct: float = DEFAULT_DEPTH
    grid: Grid = field(default_factory=Grid)
    dynamics: str = "sticky-strike"
    days_ahead: float = 0.0
    draws: int = DRAWS
    seed: int = SEED

    def __post_init__(self) -> None:
        if not 0.0 < self.depth_usd_per_pct <= LARGEST_QUANTITY:
            raise InputError(
                f"depth is {self.depth_usd_per_pct:g}",
                place="--depth",
                remedy="give the USD that move the price 1 %, for example 300e6",
            )
        if not 0.0 <= self.days_ahead < np.inf:
            raise InputError(
                f"{self.days_ahead:g} days ahead", place="--ahead", remedy="give 0 or more days"
            )
        if not (0.0 < self.grid.lowest < 1.0 < self.grid.highest < np.inf):
            raise InputError(
                f"range {self.grid.lowest:g} to {self.grid.highest:g} does not hold spot",
                place="--range",
                remedy="give multiples of spot around 1, for example 0.5 2",
            )
        if self.dynamics not in DYNAMICS:
            raise InputError(
                f"unknown {self.dynamics!r}",
                place="--dynamics",
                remedy=f"use {', '.join(DYNAMICS)}",
            )
        if self.draws < 1:
            raise InputError(f"{self.draws} draws", place="--draws", remedy="give 1 or more")
        if self.seed < 0:
            raise InputError(f"seed {self.seed}", place="--seed", remedy="give 0 or more")
