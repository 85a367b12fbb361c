"""What is compared: designs, markets, paths and seeds."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from shortgamma.basics.errors import InputError
from shortgamma.feedback.engine import MOST_PATHS
from shortgamma.feedback.setup import Setup
from shortgamma.protocols.pool.design import PoolDesign
from shortgamma.protocols.pool.registry import DESIGNS, NAIVE
from shortgamma.studies.design.shocks import SHOCK_SETS, ShockSet
from shortgamma.studies.scenarios.pools import PoolMarket
from shortgamma.studies.scenarios.scenario import Inputs

FEWEST_PATHS = 40
"""The worst 5 % of them are two."""
SEEDS = 2**33
"""How many a caller may choose from: markets and training paths have those beyond."""
TRAINING_SEED = 2**40
"""Is added to the seed for the paths on which spreads are adjusted; the compared paths are others."""
TRAINING_SHARE = 0.25
FEWEST_TRAINING = 60
COARSE_STEPS, COARSE_SECONDS = 2_880, 900.0
"""30 days of 15 minutes, where the caller asks for no other steps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignQuestion:
    """Designs beside each other.

    Args:
        market: The scenario, with what the caller set.
        chosen: Names of the figures that the caller set; a shock set leaves those alone.
        designs: The first is what the others are compared with.
        sets: Markets.
        inputs: A measured book that the pool starts with, and prices.
        paths: Per set and design.
        seed: Of the compared paths.
        threads: How many work.
        equal_volume: False compares every design at the spread that it comes with.
    """

    market: PoolMarket
    chosen: frozenset[str] = frozenset()
    designs: tuple[PoolDesign, ...] = tuple(DESIGNS.values())
    sets: tuple[ShockSet, ...] = tuple(SHOCK_SETS.values())
    inputs: Inputs = field(default_factory=Inputs)
    paths: int = 1_000
    seed: int = 0
    threads: int = 2
    equal_volume: bool = True

    def __post_init__(self) -> None:
        names = [design.name for design in self.designs]
        if len(set(names)) != len(names) or len(names) < 2:
            raise InputError(
                f"{', '.join(names) or 'nothing'} cannot be compared",
                place="--design",
                remedy=f"give two or more different ones; {NAIVE} first is usual",
            )
        if not FEWEST_PATHS <= self.paths <= MOST_PATHS:
            raise InputError(
                f"{self.paths} paths",
                place="--paths",
                remedy=f"give {FEWEST_PATHS} or more: the worst 5 % of them are looked at",
            )
        if not 0 <= self.seed < SEEDS:
            raise InputError(f"seed {self.seed}", place="--seed", remedy=f"give 0 to {SEEDS - 1}")

    @property
    def training_paths(self) -> int:
        """On which spreads are adjusted."""
        return max(round(TRAINING_SHARE * self.paths), FEWEST_TRAINING)

    @property
    def work(self) -> int:
        """Steps of paths of pools, the training counted in."""
        steps = sum(self.market_of(shocks).steps for shocks in self.sets)
        training = 2 * self.training_paths if self.equal_volume else 0
        return len(self.designs) * steps * (self.paths + training)

    def market_of(self, shocks: ShockSet) -> PoolMarket:
        """The scenario in one of the markets."""
        figures: dict[str, Any] = {"steps": COARSE_STEPS, "step_seconds": COARSE_SECONDS}
        figures |= dict(shocks.figures)
        if self.inputs.history is not None:
            figures.pop("process", None)
        return replace(self.market, **{k: v for k, v in figures.items() if k not in self.chosen})

    def setups(self, shocks: ShockSet, spreads: Mapping[str, float]) -> dict[str, Setup]:
        """One market per design, all with the same shocks.

        Args:
            shocks: Which market.
            spreads: Half-spread by the name of each design that is wanted, vol points.
        """
        market = self.market_of(shocks)
        first = market.build(self.inputs)
        book = market.held(self.inputs)
        found: dict[str, Setup] = {}
        for design in self.designs:
            if design.name in spreads:
                pool = market.pool(design.at_spread(spreads[design.name]), book)
                found[design.name] = replace(first, agents=(pool, *market.others))
        return found
