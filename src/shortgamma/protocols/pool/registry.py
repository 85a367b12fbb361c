"""The designs that are compared, each with its parameters.

The parameters of a design are what it comes with; a comparison adjusts nothing but the half-spread, to bring
all designs to the same traded volume.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from shortgamma.basics.errors import InputError
from shortgamma.hedging.policies import DelayOrThreshold, FixedInterval, NoHedge
from shortgamma.protocols.pool.design import PoolDesign
from shortgamma.protocols.pool.hedges import FixedHedge, PacedHedge
from shortgamma.protocols.pool.limits import CollateralLimit, GammaLimit
from shortgamma.protocols.pool.pricing import GammaSpread, InventorySpread

DAY_SECONDS: Final = 86_400.0
GAMMA_LIMIT: Final = GammaLimit(collateral=CollateralLimit())

NAIVE: Final = "naive"
GAMMA_AWARE: Final = "gamma-aware"

DESIGNS: Final[Mapping[str, PoolDesign]] = MappingProxyType(
    {
        design.name: design
        for design in (
            PoolDesign(name=NAIVE, summary="flat spread, hedges its whole delta in every step"),
            PoolDesign(
                name=GAMMA_AWARE,
                summary="prices, limits and hedges by the pool's own gamma and θ",
                pricing=GammaSpread(),
                limit=GAMMA_LIMIT,
                hedge=PacedHedge(),
            ),
            PoolDesign(
                name="price-only",
                summary="naive, but the spread charges gamma",
                pricing=GammaSpread(),
            ),
            PoolDesign(
                name="limits-only",
                summary="naive, but sizes shrink as θ nears −1",
                limit=GAMMA_LIMIT,
            ),
            PoolDesign(
                name="hedge-only",
                summary="naive, but hedged in a band that follows gamma, at a pace",
                hedge=PacedHedge(),
            ),
            PoolDesign(
                name="unhedged", summary="naive, and never hedges", hedge=FixedHedge(rule=NoHedge())
            ),
            PoolDesign(
                name="daily-hedge",
                summary="vol moves with inventory, hedged once a day, as Lyra Avalon",
                pricing=InventorySpread(),
                hedge=FixedHedge(rule=FixedInterval(seconds=DAY_SECONDS)),
            ),
            PoolDesign(
                name="threshold-hedge",
                summary="vol moves with inventory, hedged daily or beyond a gap, as Lyra Newport",
                pricing=InventorySpread(),
                hedge=FixedHedge(
                    rule=DelayOrThreshold(max_delay_seconds=DAY_SECONDS, threshold=1_000.0)
                ),
            ),
            PoolDesign(
                name="twap-settled",
                summary="naive, with options that settle at the average of the last day",
                average_days=1.0,
            ),
        )
    }
)


def design_named(name: str) -> PoolDesign:
    """The design of that name.

    Raises:
        InputError: There is none.
    """
    found = DESIGNS.get(name)
    if found is None:
        raise InputError(
            f"no design is called {name!r}", place="design", remedy=f"use {', '.join(DESIGNS)}"
        )
    return found
