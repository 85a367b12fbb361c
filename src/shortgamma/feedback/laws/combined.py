"""A shock with hedging and liquidations at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from shortgamma.feedback.agents.linear import LinearHedger
from shortgamma.feedback.clock import Clock
from shortgamma.feedback.depth import CoinDepth, Impact
from shortgamma.feedback.engine import Run, simulate
from shortgamma.feedback.exchange import LARGEST_MOVE
from shortgamma.feedback.ladder import Ladder
from shortgamma.feedback.laws.law import Estimate, Law, Tolerance, check_parameters, mean_of
from shortgamma.feedback.laws.shocks import Shock
from shortgamma.feedback.laws.stops import StopOrders
from shortgamma.feedback.setup import Setup

RUNGS = 4_000
"""Liquidation levels within the expected move."""
STEPS = 400
"""In which the shock comes: in one step it would reach levels before hedging holds it back."""
LOG_MOVE_PER_COIN = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Combined(Law):
    """shock/(1 + θ − b): hedging of constant θ and evenly dense liquidation levels.

    Args:
        shock: Exogenous log move, either sign.
        branching: b, 0 or more: part of a move that liquidations on its way add to it.
        theta: Above −1 and above b − 1; negative = short gamma.
    """

    shock: float = -0.02
    branching: float = 0.3
    theta: float = -0.3

    name: ClassVar[str] = "combined"
    default_paths: ClassVar[int] = 1_000
    tolerances: ClassVar[Mapping[str, Tolerance]] = {"move": Tolerance(size=0.03)}
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {"shock": -0.02, "branching": 0.3, "theta": -0.3},
        {"shock": 0.03, "branching": 0.5, "theta": 0.2},
        {"shock": -0.01, "branching": 0.2, "theta": 0.5},
    )
    source: ClassVar[str] = "the fixed point x = ε − θx + bx"

    def __post_init__(self) -> None:
        rest = 1.0 + self.theta - self.branching
        check_parameters(
            self,
            holds=self.branching >= 0.0
            and self.theta > -1.0
            and rest > 0.0
            and 0.0 < abs(self.shock) < LARGEST_MOVE * rest,
            remedy="give a theta above −1, a branching from 0 to below 1 + theta, and a shock other "
            f"than 0 that ends below a log move of {LARGEST_MOVE:g}, where trading halts",
        )

    def expected(self) -> dict[str, float]:
        """shock/(1 + θ − b)."""
        return {"move": self.shock / (1.0 + self.theta - self.branching)}

    def setup(self) -> Setup:
        """Levels at even distances on the side of the shock, moved at random on each path."""
        side = -float(np.sign(self.shock))
        spacing = abs(self.expected()["move"]) / RUNGS
        size = self.branching * spacing / LOG_MOVE_PER_COIN
        levels = -side * spacing * np.arange(2 * RUNGS, dtype=np.float64)
        ladder = Ladder.of(side, levels, sizes=np.full(levels.size, size))
        return Setup(
            spot=100.0,
            process=Shock(low=0.999 * self.shock, high=1.001 * self.shock),
            clock=Clock.even(STEPS, 1.0),
            depth=CoinDepth(log_move_per_coin=LOG_MOVE_PER_COIN),
            impact=Impact(permanent_share=1.0),
            agents=(
                LinearHedger(coins_per_log=-self.theta / LOG_MOVE_PER_COIN),
                StopOrders(ladder=ladder, jitter=spacing),
            ),
        )

    def simulated(self, *, paths: int, seed: int, threads: int) -> dict[str, Estimate]:
        """Mean log move of the price."""
        outcome = simulate(self.setup(), Run(paths=paths, seed=seed, threads=threads))
        return {"move": mean_of(outcome.market["final"])}
