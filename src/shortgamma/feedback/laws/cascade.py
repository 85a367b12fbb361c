"""Liquidations that trigger liquidations: a branching process."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from shortgamma.feedback.clock import Clock
from shortgamma.feedback.depth import CoinDepth, Impact
from shortgamma.feedback.engine import Run, simulate
from shortgamma.feedback.ladder import Ladder
from shortgamma.feedback.laws.law import (
    Estimate,
    Law,
    Tolerance,
    check_parameters,
    mean_of,
)
from shortgamma.feedback.laws.shocks import Shock
from shortgamma.feedback.laws.stops import StopOrders
from shortgamma.feedback.setup import Setup

Vector = NDArray[np.float64]

LOG_MOVE_PER_RUNG = 1e-6
TINY = 1e-14
"""Log move of the shock: it reaches the first rung and no other."""
LARGEST_BRANCHING = 0.95
BATCHES = 250
"""Groups of neighbours on the ladder, whose cascades may share rungs; their means are independent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cascade(Law):
    """Liquidation levels at random, b of them on average within the move that one makes: Borel sizes.

    P(n) = e^{−bn}(bn)^{n−1}/n! for the number of liquidations that the first one ends in.

    Args:
        branching: b = (levels per log move)·(log move per liquidation), positive and at most 0.95.
    """

    branching: float = 0.6

    name: ClassVar[str] = "cascade"
    default_paths: ClassVar[int] = 120_000
    tolerances: ClassVar[Mapping[str, Tolerance]] = {
        "mean": Tolerance(size=0.03),
        "variance": Tolerance(size=0.12),
        "p_one": Tolerance(size=0.03),
    }
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {"branching": 0.6},
        {"branching": 0.3},
        {"branching": 0.75},
    )
    source: ClassVar[str] = (
        "E. Borel (1942); T. E. Harris (1963), The Theory of Branching Processes"
    )

    def __post_init__(self) -> None:
        check_parameters(
            self,
            holds=0.0 < self.branching <= LARGEST_BRANCHING,
            remedy=f"give a branching above 0 and at most {LARGEST_BRANCHING:g}",
        )

    def expected(self) -> dict[str, float]:
        """1/(1 − b), b/(1 − b)³ and e^{−b}."""
        b = self.branching
        return {
            "mean": 1.0 / (1.0 - b),
            "variance": b / (1.0 - b) ** 3,
            "p_one": float(np.exp(-b)),
        }

    def setup(self, paths: int, *, seed: int) -> Setup:
        """One long ladder; every path starts further down on it, so that cascades hardly ever meet."""
        skip = 8 + int(2.0 / (1.0 - self.branching))
        spare = 200 + int(100.0 / (1.0 - self.branching) ** 2)
        generator = np.random.Generator(np.random.Philox(seed))
        gaps = generator.exponential(LOG_MOVE_PER_RUNG / self.branching, skip * paths + spare)
        ladder = Ladder.of(1.0, -np.cumsum(gaps), sizes=np.ones(gaps.size))
        return Setup(
            spot=100.0,
            process=Shock(low=-TINY, high=-TINY),
            clock=Clock.even(1, 60.0),
            depth=CoinDepth(log_move_per_coin=LOG_MOVE_PER_RUNG),
            impact=Impact(permanent_share=1.0),
            agents=(StopOrders(ladder=ladder, skip=skip, gap=0.5 * TINY),),
        )

    def simulated(self, *, paths: int, seed: int, threads: int) -> dict[str, Estimate]:
        """Mean, variance and share of ones among the numbers of liquidations."""
        setup = self.setup(paths, seed=seed)
        outcome = simulate(setup, Run(paths=paths, seed=seed, threads=threads))
        closed = outcome.market["stop orders: closed"].astype(np.float64)
        return {
            "mean": batched(closed),
            "variance": batched((closed - closed.mean()) ** 2),
            "p_one": batched((closed == 1.0).astype(np.float64)),
        }


def batched(values: Vector) -> Estimate:
    """Mean, its error from the means of groups of neighbours."""
    groups = np.array_split(values, min(BATCHES, values.size))
    spread = mean_of(np.array([group.mean() for group in groups]))
    return Estimate(value=float(values.mean()), standard_error=spread.standard_error)
