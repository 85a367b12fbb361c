"""Impact that decays: short returns feel all of it, long ones only what stays."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

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
    root_of,
    scaled,
)
from shortgamma.feedback.processes.gbm import Gbm
from shortgamma.feedback.setup import Setup

HALF_LIFE_MINUTES = 15.0
DECAY = float(np.log(2.0)) / HALF_LIFE_MINUTES
SHORT_STEPS, LONG_STEPS = 400, 1_000
SHORT_BIAS, LONG_BIAS = 0.002, 0.015
"""Parts of the variance by which returns of finite length may differ from the limit."""
LOG_MOVE_PER_COIN = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class PermanentTransient(Law):
    """σ/(1 + θp + θt) over a minute or less, σ/(1 + θp) over a day or more; half-life 15 minutes.

    Args:
        theta_permanent: θ of the impact that stays.
        theta_transient: θ of the impact that decays; of the same sign, as one gamma makes both.
        vol: Exogenous, decimal.
    """

    theta_permanent: float = -0.2
    theta_transient: float = -0.4
    vol: float = 1.0

    name: ClassVar[str] = "permanent-transient"
    default_paths: ClassVar[int] = 6_000
    tolerances: ClassVar[Mapping[str, Tolerance]] = {
        "short_vol": Tolerance(size=0.012),
        "long_vol": Tolerance(size=0.05),
    }
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {"theta_permanent": -0.2, "theta_transient": -0.4, "vol": 1.0},
        {"theta_permanent": 0.3, "theta_transient": 0.5, "vol": 0.6},
        {"theta_permanent": -0.3, "theta_transient": -0.2, "vol": 0.5},
    )
    source: ClassVar[str] = "Obizhaeva and Wang (2013); the fixed point at short and long horizons"

    def __post_init__(self) -> None:
        check_parameters(
            self,
            holds=self.theta_permanent * self.theta_transient >= 0.0
            and self.theta > -1.0
            and self.vol > 0.0,
            remedy="give two thetas of one sign whose sum is above −1, and a positive vol",
        )

    @property
    def theta(self) -> float:
        """θp + θt."""
        return self.theta_permanent + self.theta_transient

    def expected(self) -> dict[str, float]:
        """σ/(1 + θp + θt) and σ/(1 + θp)."""
        return {
            "short_vol": self.vol / (1.0 + self.theta),
            "long_vol": self.vol / (1.0 + self.theta_permanent),
        }

    @property
    def short_seconds(self) -> float:
        """A minute, or less where impact decays so fast that a minute is not short.

        The decay within a step of Δ adds a part κΔ·θt²/(2(1 + θ)(1 + θp)) to the variance of its return.
        """
        rate = 0.5 * DECAY * self.theta_transient**2
        bias = rate / ((1.0 + self.theta) * (1.0 + self.theta_permanent))
        return 60.0 * min(1.0, SHORT_BIAS / max(bias, SHORT_BIAS))

    @property
    def long_seconds(self) -> float:
        """A day, or more where it takes longer until impact that decays no longer matters.

        It adds a part (2|θt| + θt²/(2(1 + θ)))/(κ(1 + θp)D) to the variance of a return over D.
        """
        size = abs(self.theta_transient)
        minutes = (2.0 * size + 0.5 * size**2 / (1.0 + self.theta)) / (
            DECAY * (1.0 + self.theta_permanent)
        )
        return max(86_400.0, 60.0 * minutes / LONG_BIAS)

    @property
    def long_steps(self) -> int:
        """So many that none is long against the decay at rate κ(1 + θp)/(1 + θ): it would overshoot."""
        rate = DECAY / 60.0 * (1.0 + self.theta_permanent) / (1.0 + self.theta)
        return max(LONG_STEPS, int(np.ceil(2.0 * rate * self.long_seconds)))

    def setup(self, clock: Clock) -> Setup:
        """The market of the law."""
        share = 1.0 if self.theta == 0.0 else self.theta_permanent / self.theta
        return Setup(
            spot=100.0,
            process=Gbm(vol=self.vol),
            clock=clock,
            depth=CoinDepth(log_move_per_coin=LOG_MOVE_PER_COIN),
            impact=Impact(permanent_share=share, half_life_seconds=60.0 * HALF_LIFE_MINUTES),
            agents=(LinearHedger(coins_per_log=-self.theta / LOG_MOVE_PER_COIN),),
        )

    def simulated(self, *, paths: int, seed: int, threads: int) -> dict[str, Estimate]:
        """Returns of single steps, and returns of whole runs of a day or more."""
        run = Run(paths=paths, seed=seed, threads=threads)
        short = simulate(self.setup(Clock.even(SHORT_STEPS, self.short_seconds)), run)
        clock = Clock.even(self.long_steps, self.long_seconds / self.long_steps)
        final = simulate(self.setup(clock), run).market["final"]
        squares = mean_of((final - final.mean()) ** 2)
        variance = scaled(squares, SECONDS_PER_YEAR / self.long_seconds)
        return {
            "short_vol": root_of(mean_of(short.market["realised_variance"])),
            "long_vol": root_of(variance),
        }
