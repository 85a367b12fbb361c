"""Long gamma near expiry pins the price to the strike."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.units import DAYS_PER_YEAR
from shortgamma.feedback.agent import Agent
from shortgamma.feedback.clock import Clock
from shortgamma.feedback.depth import CoinDepth, Impact
from shortgamma.feedback.engine import Run, simulate
from shortgamma.feedback.exchange import NO_COSTS, FlowOrder
from shortgamma.feedback.laws.law import Estimate, Law, Tolerance, check_parameters, mean_of
from shortgamma.feedback.laws.options import normal
from shortgamma.feedback.processes.gbm import Gbm
from shortgamma.feedback.setup import Setup
from shortgamma.feedback.world import World

Vector = NDArray[np.float64]

VOL, YEARS = 0.6, 1.0 / DAYS_PER_YEAR
WIDTH = VOL * YEARS**0.5
STEPS = 1_500
LAST = 1e-9
"""Time left at the end, as a part of the option's life."""
NEAR = 20.0
"""Pinned: nearer to the strike than so many standard deviations of the time left."""
LOG_MOVE_PER_COIN = 1e-6
STRONGEST = 30.0
"""Largest k; e^−30 is on the strike already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecayHedger(Agent):
    """Trades what the passing of time does to its delta, and leaves price moves unhedged.

    From τ to τ′ before expiry it sells n·[δ(y, τ′) − δ(y, τ)], δ = N(y/(σ√τ)), y = ln(S/K). With Λ the log
    move per coin that pulls y to the strike at the rate k = Λn·[δ(y, τ′) − δ(y, τ)]/y per step. The order
    is as large as if it were traded all through the step, y·(1 − e^{−k})/Λ, and is filled in proportion to
    the y at which the step ends: a market order would overshoot in the last moments, where k is large.

    Args:
        coins: n, options held.
        log_strike: ln(K/initial spot).
    """

    coins: float
    log_strike: float

    @property
    def name(self) -> str:
        """Of its account."""
        return "decay hedger"

    @property
    def is_hedger(self) -> bool:
        """It is what the counterfactual leaves out."""
        return True

    def enter(self, world: World, shared: None) -> int:  # noqa: ARG002
        """Opens the account."""
        return world.accounts.open(self.name)

    def act(self, state: int, world: World) -> None:
        """The order of this step."""
        left = YEARS * LAST + world.times[-1] - world.times[world.index : world.index + 2]
        now, then = VOL * np.sqrt(left)
        distance = world.opening_log - self.log_strike
        safe = np.where(distance == 0.0, 1e-300, distance)
        change: Vector = normal(safe / then) - normal(safe / now)
        pull = np.minimum(LOG_MOVE_PER_COIN * self.coins * change / safe, STRONGEST)
        order = FlowOrder(
            account=state,
            coins=np.zeros(world.size),
            slope=-np.expm1(pull) / LOG_MOVE_PER_COIN,
            anchor=self.log_strike,
            costs=NO_COSTS,
        )
        world.exchange.submit(order)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinning(Law):
    """P = 1 − exp(−2α·e^{−z0²/2}) for dy = −α√T·y·τ^{−3/2}·e^{−y²/2σ²τ}dt + σdW.

    exp(−2α√T·e^{−y²/2σ²τ}/√τ) solves the backward equation, is 0 at expiry on the strike and 1 beside it.

    Args:
        alpha: Pull to the strike: Λ·n/(2σ√(2π))/√T for n options held long, all delta-hedged.
        z0: Distance at the start in standard deviations, ln(S/K)/(σ√T).
    """

    alpha: float = 0.25
    z0: float = 0.0

    name: ClassVar[str] = "pinning"
    default_paths: ClassVar[int] = 20_000
    tolerances: ClassVar[Mapping[str, Tolerance]] = {
        "probability": Tolerance(size=0.015, is_absolute=True)
    }
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {"alpha": 0.25, "z0": 0.0},
        {"alpha": 0.6, "z0": 0.8},
        {"alpha": 0.1, "z0": -0.5},
    )
    source: ClassVar[str] = "Avellaneda and Lipkin (2003), doi:10.1088/1469-7688/3/6/301"

    def __post_init__(self) -> None:
        check_parameters(self, holds=self.alpha > 0.0, remedy="give a positive alpha and any z0")

    def expected(self) -> dict[str, float]:
        """1 − exp(−2α·e^{−z0²/2})."""
        return {"probability": float(-np.expm1(-2.0 * self.alpha * np.exp(-0.5 * self.z0**2)))}

    def setup(self, *, steps: int = STEPS) -> Setup:
        """Steps that shrink with the time left; the drift of the log price is 0."""
        pull = self.alpha * YEARS**0.5 * 2.0 * VOL * (2.0 * np.pi) ** 0.5
        left = YEARS * LAST ** np.linspace(0.0, 1.0, steps + 1)
        hedger = DecayHedger(coins=pull / LOG_MOVE_PER_COIN, log_strike=-self.z0 * WIDTH)
        return Setup(
            spot=100.0,
            process=Gbm(vol=VOL, drift=0.5 * VOL**2),
            clock=Clock(years=-np.diff(left)),
            depth=CoinDepth(log_move_per_coin=LOG_MOVE_PER_COIN),
            impact=Impact(permanent_share=1.0),
            agents=(hedger,),
        )

    def simulated(self, *, paths: int, seed: int, threads: int) -> dict[str, Estimate]:
        """Share of the paths that end on the strike."""
        outcome = simulate(self.setup(), Run(paths=paths, seed=seed, threads=threads))
        distance = np.abs(outcome.market["final"] + self.z0 * WIDTH)
        pinned = distance < NEAR * WIDTH * LAST**0.5
        return {"probability": mean_of(pinned.astype(np.float64))}
