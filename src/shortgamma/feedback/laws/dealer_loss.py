"""What a hedger of negative gamma loses by its own impact."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from shortgamma.feedback.agents.linear import LinearHedger
from shortgamma.feedback.clock import Clock
from shortgamma.feedback.depth import CoinDepth, Impact
from shortgamma.feedback.engine import Run, simulate
from shortgamma.feedback.laws.law import (
    Estimate,
    Law,
    Tolerance,
    Watched,
    check_parameters,
    ratio_of,
)
from shortgamma.feedback.processes.gbm import Gbm
from shortgamma.feedback.setup import FillPrice, Setup
from shortgamma.feedback.world import World

Vector = NDArray[np.float64]

COINS_PER_LOG = 1e6
VOL, STEPS, STEP_SECONDS = 0.6, 20, 1.0
METRICS = {"after_move": FillPrice.AFTER, "average_fill": FillPrice.AVERAGE}


@dataclass(frozen=True, slots=True, kw_only=True)
class DealerLoss(Law):
    """Loss over the loss without impact: 1/(1 + θ)² or 1/(1 + θ), by what the hedge pays.

    A shock ε ends as x = ε/(1 + θ). The options lose ½|Γ|x²; the hedge, bought on the way, earns nothing
    if it pays the last price and ½|Γ|x(x − ε) if it pays the average. Long gamma gains in the same ratio.

    Args:
        theta: Above −1; negative = short gamma.
    """

    theta: float = -0.3

    name: ClassVar[str] = "dealer-loss"
    default_paths: ClassVar[int] = 4_000
    tolerances: ClassVar[Mapping[str, Tolerance]] = {
        "after_move": Tolerance(size=0.03),
        "average_fill": Tolerance(size=0.03),
    }
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {"theta": -0.3},
        {"theta": 0.4},
        {"theta": -0.6},
    )
    source: ClassVar[str] = "the fixed point x = ε − θx and the profit of a hedge bought on the way"

    def __post_init__(self) -> None:
        check_parameters(self, holds=self.theta > -1.0, remedy="give a theta above −1")

    def expected(self) -> dict[str, float]:
        """1/(1 + θ)² and 1/(1 + θ)."""
        return {
            "after_move": (1.0 + self.theta) ** -2.0,
            "average_fill": 1.0 / (1.0 + self.theta),
        }

    @property
    def way(self) -> float:
        """+1 where the hedger buys rises."""
        return 1.0 if self.theta <= 0.0 else -1.0

    def setup(self, fill_price: FillPrice, *, has_impact: bool) -> Setup:
        """A market with the hedger's impact, or without any."""
        size = abs(self.theta) / COINS_PER_LOG if has_impact else 0.0
        return Setup(
            spot=100.0,
            process=Gbm(vol=VOL),
            clock=Clock.even(STEPS, STEP_SECONDS),
            depth=CoinDepth(log_move_per_coin=size),
            impact=Impact(permanent_share=1.0),
            agents=(LinearHedger(coins_per_log=self.way * COINS_PER_LOG),),
            fill_price=fill_price,
        )

    def loss(self, setup: Setup, run: Run) -> Vector:
        """What hedger and options together lose, USD, shape (paths,)."""

        def take(world: World, twin: World) -> NDArray[np.float64]:  # noqa: ARG001
            account = world.accounts.names.index("hedger")
            price = world.price
            hedge = world.accounts.cash[account] + world.accounts.coins[account] * price
            # The book whose delta is −c·ln(S/S0): V = −c·[S·ln(S/S0) − S + S0].
            growth = price * world.log_price - (price - setup.spot)
            return (self.way * COINS_PER_LOG * growth - hedge)[np.newaxis]

        watched = Watched(take)
        simulate(setup, run, watch=watched.observer)
        return watched.figures[0]

    def simulated(self, *, paths: int, seed: int, threads: int) -> dict[str, Estimate]:
        """Mean loss with impact over the mean loss without."""
        run = Run(paths=paths, seed=seed, threads=threads)
        found: dict[str, Estimate] = {}
        for name, fill_price in METRICS.items():
            with_impact = self.loss(self.setup(fill_price, has_impact=True), run)
            without = self.loss(self.setup(fill_price, has_impact=False), run)
            found[name] = ratio_of(with_impact, without)
        return found
