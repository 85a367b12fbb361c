"""Hedging one step late turns returns into an autoregression."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.units import SECONDS_PER_YEAR
from shortgamma.feedback.agents.linear import LinearHedger
from shortgamma.feedback.clock import Clock
from shortgamma.feedback.depth import CoinDepth, Impact
from shortgamma.feedback.engine import Run, simulate
from shortgamma.feedback.laws.law import (
    Estimate,
    Law,
    Tolerance,
    check_parameters,
    mean_of,
    ratio_of,
    root_of,
    scaled,
)
from shortgamma.feedback.processes.gbm import Gbm
from shortgamma.feedback.setup import Setup
from shortgamma.feedback.world import World

Vector = NDArray[np.float64]

STEPS = 600
STEP_SECONDS = 60.0
FORGOTTEN = 1e-4
"""Part of the stationary variance that may be missing when measuring begins."""
LOG_MOVE_PER_COIN = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class LaggedHedger(Law):
    """r_t = ε_t − θ·r_{t−1}: a hedger who acts on the price of the step before.

    Args:
        theta: Strictly between −1 and 1; negative = short gamma. Beyond, no stationary market exists.
        vol: Exogenous, decimal.
    """

    theta: float = -0.3
    vol: float = 0.6

    name: ClassVar[str] = "lagged-hedger"
    default_paths: ClassVar[int] = 4_000
    tolerances: ClassVar[Mapping[str, Tolerance]] = {
        "autocorrelation": Tolerance(size=0.03, floor=0.003),
        "one_step_vol": Tolerance(size=0.012),
    }
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {"theta": -0.3, "vol": 0.6},
        {"theta": 0.4, "vol": 0.6},
        {"theta": -0.7, "vol": 0.9},
    )
    source: ClassVar[str] = "the autoregression r = ε − θ·(return of the step before)"

    def __post_init__(self) -> None:
        check_parameters(
            self,
            holds=-1.0 < self.theta < 1.0 and self.vol > 0.0,
            remedy="give a theta between −1 and 1 and a positive vol",
        )

    def expected(self) -> dict[str, float]:
        """−θ, and σ/√(1 − θ²)."""
        return {
            "autocorrelation": -self.theta,
            "one_step_vol": self.vol / (1.0 - self.theta**2) ** 0.5,
        }

    @property
    def burn_in(self) -> int:
        """Steps until the market is stationary."""
        if self.theta == 0.0:
            return 1
        return 1 + int(np.ceil(0.5 * np.log(FORGOTTEN) / np.log(abs(self.theta))))

    def setup(self, *, lag_steps: int = 1) -> Setup:
        """The market of the law; another lag breaks it."""
        hedger = LinearHedger(coins_per_log=-self.theta / LOG_MOVE_PER_COIN, lag_steps=lag_steps)
        return Setup(
            spot=100.0,
            process=Gbm(vol=self.vol),
            clock=Clock.even(self.burn_in + STEPS, STEP_SECONDS),
            depth=CoinDepth(log_move_per_coin=LOG_MOVE_PER_COIN),
            impact=Impact(permanent_share=1.0),
            agents=(hedger,),
        )

    def simulated(self, *, paths: int, seed: int, threads: int) -> dict[str, Estimate]:
        """Σ r_t·r_{t−1}/Σ r_{t−1}², and the root of the mean squared return."""
        return self.measured(self.setup(), Run(paths=paths, seed=seed, threads=threads))

    def measured(self, setup: Setup, run: Run) -> dict[str, Estimate]:
        """The figures of a market."""
        products, squares = self._sums(setup, run)
        variance = scaled(mean_of(squares), SECONDS_PER_YEAR / ((STEPS - 1) * STEP_SECONDS))
        return {
            "autocorrelation": ratio_of(products, squares),
            "one_step_vol": root_of(variance),
        }

    def _sums(self, setup: Setup, run: Run) -> NDArray[np.float64]:
        """Σ r_t·r_{t−1} and Σ r_{t−1}² of every path, shape (2, paths)."""
        parts: dict[int, NDArray[np.float64]] = {}
        burn_in = self.burn_in

        def watch() -> Callable[[World, World], None]:
            last: list[Vector] = []

            def see(world: World, twin: World) -> None:  # noqa: ARG001
                if world.index + 1 < burn_in:
                    return
                sums = parts.setdefault(world.draws.first_path, np.zeros((2, world.size)))
                price = world.log_price.copy()
                if len(last) == 2:
                    before, now = last[1] - last[0], price - last[1]
                    sums[0] += before * now
                    sums[1] += before * before
                last[:] = [*last[-1:], price]

            return see

        simulate(setup, run, watch=watch)
        return np.concatenate([parts[first] for first in sorted(parts)], axis=1)
