"""Hedging with a constant θ multiplies volatility by 1/(1 + θ)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from shortgamma.basics.errors import InputError
from shortgamma.feedback.agents.linear import LinearHedger
from shortgamma.feedback.clock import Clock
from shortgamma.feedback.depth import CoinDepth, Impact
from shortgamma.feedback.engine import Run, simulate
from shortgamma.feedback.laws.law import Estimate, Law, Tolerance, mean_of, root_of
from shortgamma.feedback.processes.gbm import Gbm
from shortgamma.feedback.setup import Setup

STEPS = 200
LOG_MOVE_PER_COIN = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class ConstantGamma(Law):
    """σ/(1 + θ), θ held constant, all impact permanent.

    Args:
        theta: Above −1; negative = short gamma.
        vol: Exogenous, decimal.
    """

    theta: float = -0.3
    vol: float = 0.6

    name: ClassVar[str] = "constant-gamma"
    default_paths: ClassVar[int] = 2_000
    tolerances: ClassVar[Mapping[str, Tolerance]] = {"realised_vol": Tolerance(size=0.012)}
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {"theta": -0.3, "vol": 0.6},
        {"theta": 0.3, "vol": 0.6},
        {"theta": -0.7, "vol": 0.9},
    )
    source: ClassVar[str] = "the fixed point x = ε − θx; Sircar and Papanicolaou (1998)"

    def __post_init__(self) -> None:
        if not (self.theta > -1.0 and self.vol > 0.0):
            raise InputError(
                f"theta {self.theta:g}, vol {self.vol:g}",
                place=self.name,
                remedy="give a theta above −1 and a positive vol",
            )

    def expected(self) -> dict[str, float]:
        """σ/(1 + θ)."""
        return {"realised_vol": self.vol / (1.0 + self.theta)}

    def setup(self, *, one_pass: bool = False) -> Setup:
        """The market of the law; ``one_pass`` breaks it."""
        hedger = LinearHedger(coins_per_log=-self.theta / LOG_MOVE_PER_COIN, one_pass=one_pass)
        return Setup(
            spot=100.0,
            process=Gbm(vol=self.vol),
            clock=Clock.even(STEPS, 60.0),
            depth=CoinDepth(log_move_per_coin=LOG_MOVE_PER_COIN),
            impact=Impact(permanent_share=1.0),
            agents=(hedger,),
        )

    def simulated(self, *, paths: int, seed: int, threads: int) -> dict[str, Estimate]:
        """Root of the mean realised variance."""
        outcome = simulate(self.setup(), Run(paths=paths, seed=seed, threads=threads))
        return {"realised_vol": root_of(mean_of(outcome.market["realised_variance"]))}
