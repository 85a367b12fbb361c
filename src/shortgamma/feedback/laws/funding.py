"""Funding of perpetuals: each venue's rate, and that nobody but traders pays or receives it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.units import PERCENT
from shortgamma.feedback.agent import Agent
from shortgamma.feedback.clock import Clock
from shortgamma.feedback.depth import UsdDepth
from shortgamma.feedback.draws import Stream
from shortgamma.feedback.engine import Run, simulate
from shortgamma.feedback.exchange import NO_COSTS, FlowOrder
from shortgamma.feedback.laws.law import (
    Estimate,
    Law,
    Tolerance,
    Watched,
    check_parameters,
    mean_of,
)
from shortgamma.feedback.perp import PerpMarket
from shortgamma.feedback.processes.gbm import Gbm
from shortgamma.feedback.setup import Setup
from shortgamma.feedback.world import World
from shortgamma.venues.funding import FUNDING_RULES

SPOT, VOL, STEPS = 100.0, 0.6, 60
DEPTH = 1e6


def clamp(value: float, limit: float) -> float:
    """The value, at most ±limit."""
    return max(-limit, min(limit, value))


def around_interest(premium: float) -> float:
    """P + clamp(0.01 % − P, ±0.05 %)."""
    return premium + clamp(0.0001 - premium, 0.0005)


RATES: Mapping[str, Callable[[float], float]] = {
    "deribit": lambda p: max(0.00025, p) + min(-0.00025, p),
    "binance": around_interest,
    "bybit": around_interest,
    "bitmex": around_interest,
    "hyperliquid": lambda p: clamp(around_interest(p) / 8.0, 0.04),
    "dydx": lambda p: clamp(p, 6.0 * (0.05 - 0.03)) / 8.0,
    "synthetix": lambda p: 9.0 * clamp(p, 1.0),
}
"""Rate of each venue by the premium, decimal per its own period; longs pay what is positive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd(Agent):
    """Longs and shorts in the perpetual, of random size on each path, who hold a basis up from the start.

    Args:
        basis: ln(perp/spot) that they leave.
    """

    basis: float

    @property
    def name(self) -> str:
        """Of its accounts, followed by the side."""
        return "crowd"

    def enter(self, world: World, shared: None) -> tuple[int, int]:  # noqa: ARG002
        """Opens an account for longs and one for shorts."""
        return world.accounts.open("crowd long"), world.accounts.open("crowd short")

    def act(self, state: tuple[int, int], world: World) -> None:
        """All trade in the first step."""
        if world.index:
            return
        impact = PERCENT * SPOT / DEPTH
        long = (1.0 + 9.0 * world.draws.uniforms(Stream.AGENTS)) * DEPTH / SPOT
        for account, coins in zip(state, (long, self.basis / impact - long), strict=True):
            order = FlowOrder(account=account, coins=coins, perp=True, costs=NO_COSTS)
            world.exchange.submit(order)


@dataclass(frozen=True, slots=True, kw_only=True)
class Funding(Law):
    """The funding rate of a venue for a premium; what longs pay is what shorts receive.

    Args:
        venue: deribit, binance, bybit, bitmex, hyperliquid, dydx or synthetix.
        premium: (perpetual − index)/index, decimal, above −1; on synthetix skew over skew scale.
    """

    venue: str = "deribit"
    premium: float = 0.0008

    name: ClassVar[str] = "funding"
    default_paths: ClassVar[int] = 500
    tolerances: ClassVar[Mapping[str, Tolerance]] = {
        "rate": Tolerance(size=1e-9, floor=1e-15),
        "net_paid": Tolerance(size=1e-9, is_absolute=True),
    }
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {"venue": "deribit", "premium": 0.0008},
        {"venue": "hyperliquid", "premium": -0.002},
        {"venue": "binance", "premium": 0.0003},
    )
    source: ClassVar[str] = "the venues' published rules; see shortgamma.venues.funding"

    def __post_init__(self) -> None:
        check_parameters(
            self,
            holds=self.venue in RATES and self.premium > -1.0,
            remedy=f"give a premium above −1 and one of {', '.join(RATES)}",
        )

    def expected(self) -> dict[str, float]:
        """The venue's formula, and 0."""
        return {"rate": RATES[self.venue](self.premium), "net_paid": 0.0}

    def setup(self) -> Setup:
        """An hour of a perpetual at that premium."""
        perp = PerpMarket(depth_usd_per_pct=DEPTH, funding=FUNDING_RULES[self.venue])
        return Setup(
            spot=SPOT,
            process=Gbm(vol=VOL),
            clock=Clock.even(STEPS, 60.0),
            depth=UsdDepth(usd_per_pct=DEPTH),
            agents=(Crowd(basis=float(np.log1p(self.premium))),),
            markets=(perp,),
        )

    def simulated(self, *, paths: int, seed: int, threads: int) -> dict[str, Estimate]:
        """The rule that the simulator uses, and net over gross funding of all accounts of a run."""

        def take(world: World, twin: World) -> NDArray[np.float64]:  # noqa: ARG001
            received = world.accounts.funding
            paid = np.maximum(-received, 0.0).sum(axis=0)
            return (received.sum(axis=0) / np.where(paid > 0.0, paid, 1.0))[np.newaxis]

        watched = Watched(take)
        run = Run(paths=paths, seed=seed, threads=threads)
        simulate(self.setup(), run, watch=watched.observer)
        rate = float(FUNDING_RULES[self.venue].rate(self.premium))
        return {
            "rate": Estimate(value=rate, standard_error=0.0),
            "net_paid": mean_of(watched.figures[0]),
        }
