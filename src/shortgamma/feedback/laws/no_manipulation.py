"""Nobody earns by pushing the price up and down again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from shortgamma.feedback.agent import Agent
from shortgamma.feedback.clock import Clock
from shortgamma.feedback.depth import Impact, UsdDepth
from shortgamma.feedback.engine import Run, simulate
from shortgamma.feedback.exchange import NO_COSTS, FlowOrder
from shortgamma.feedback.laws.law import Estimate, Law, Tolerance, check_parameters, mean_of
from shortgamma.feedback.processes.gbm import Gbm
from shortgamma.feedback.setup import Setup
from shortgamma.feedback.world import World

Vector = NDArray[np.float64]

TRIPS, STEPS = 40, 60
SPOT, VOL, DEPTH = 100.0, 0.6, 300e6
TURNOVER_PCT = 2.0
"""Of each round trip, in multiples of the depth."""


def round_trips(seed: int) -> NDArray[np.float64]:
    """Coins bought in each step, shape (trips, steps); every row sums to 0.

    The first rows are the classics: a quick purchase sold slowly, a slow one sold at once, half and half,
    and their opposites; the others are random.
    """
    generator = np.random.Generator(np.random.Philox(seed))
    trips = generator.standard_normal((TRIPS, STEPS))
    trips *= generator.random((TRIPS, STEPS)) < generator.random((TRIPS, 1))
    trips[:, 0] += 1e-3
    slow = np.full(STEPS - 1, 1.0 / (STEPS - 1))
    half = np.repeat([1.0, -1.0], STEPS // 2)
    classics = np.array([np.append(1.0, -slow), np.append(slow, -1.0), half])
    trips[:6] = np.concatenate([classics, -classics])
    trips[:, -1] -= trips.sum(axis=1)
    size = TURNOVER_PCT * DEPTH / SPOT
    return size * trips / np.abs(trips).sum(axis=1, keepdims=True)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RoundTripper(Agent):
    """Trades a fixed schedule at no cost, path j the one of number j modulo their count.

    Args:
        trips: Coins bought in each step, shape (trips, steps).
    """

    trips: NDArray[np.float64]

    @property
    def name(self) -> str:
        """Of its account."""
        return "round trip"

    @property
    def is_hedger(self) -> bool:
        """The counterfactual leaves it out: there, the price is what it would have been."""
        return True

    def enter(self, world: World, shared: None) -> tuple[int, NDArray[np.float64]]:  # noqa: ARG002
        """Opens the account and copies each path's schedule, shape (steps, n)."""
        first = world.draws.first_path
        numbers = np.arange(first, first + world.size) % len(self.trips)
        schedule = np.ascontiguousarray(self.trips[numbers].T)
        return world.accounts.open(self.name), schedule

    def act(self, state: tuple[int, NDArray[np.float64]], world: World) -> None:
        """This step's part."""
        account, schedule = state
        order = FlowOrder(account=account, coins=schedule[world.index], costs=NO_COSTS)
        world.exchange.submit(order)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoManipulation(Law):
    """No round trip has a positive expected profit where impact is linear and decays exponentially.

    The profit is a part of the turnover. What the same trades would have earned without impact is taken off:
    its mean is 0 and it is most of the noise.

    Args:
        seed: Of the round trips that are tried.
    """

    seed: int = 0

    name: ClassVar[str] = "no-manipulation"
    default_paths: ClassVar[int] = 8_000
    tolerances: ClassVar[Mapping[str, Tolerance]] = {
        "max_round_trip_profit": Tolerance(size=0.0, is_absolute=True, is_ceiling=True)
    }
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = ({"seed": 0}, {"seed": 1}, {"seed": 12345})
    source: ClassVar[str] = "Gatheral (2010), doi:10.1080/14697680903373692"

    def __post_init__(self) -> None:
        check_parameters(
            self,
            holds=self.seed >= 0 and int(self.seed) == self.seed,
            remedy="give a whole number of 0 or more",
        )

    def expected(self) -> dict[str, float]:
        """An upper bound, 0."""
        return {"max_round_trip_profit": 0.0}

    def setup(self, impact: Impact | None = None) -> Setup:
        """The market with the default kernel; another one may break the law."""
        return Setup(
            spot=SPOT,
            process=Gbm(vol=VOL),
            clock=Clock.even(STEPS, 60.0),
            depth=UsdDepth(usd_per_pct=DEPTH),
            impact=impact or Impact(),
            agents=(RoundTripper(trips=round_trips(int(self.seed))),),
        )

    def simulated(self, *, paths: int, seed: int, threads: int) -> dict[str, Estimate]:
        """Mean profit of the best round trip."""
        run = Run(paths=max(paths, 2 * TRIPS), seed=seed, threads=threads)
        return {"max_round_trip_profit": self.best(self.setup(), run)}

    def best(self, setup: Setup, run: Run) -> Estimate:
        """Mean profit of the best round trip in a market, part of the turnover."""
        profits = profit_of(setup, run)
        means = [mean_of(profits[number::TRIPS]) for number in range(TRIPS)]
        return max(means, key=lambda mean: mean.value)


def profit_of(setup: Setup, run: Run) -> Vector:
    """Profit over turnover less what the same trades earn without impact, shape (paths,)."""
    parts: dict[int, Vector] = {}

    def watch() -> Callable[[World, World], None]:
        def see(world: World, twin: World) -> None:
            _agent, (account, schedule) = world.agents[0]
            # Nobody trades in the counterfactual: its price is the same all through a step.
            bought = schedule[world.index] * SPOT * np.exp(twin.log_price)
            total = parts.setdefault(world.draws.first_path, np.zeros(world.size))
            total += bought
            if world.index + 1 == len(world.setup.clock):
                total += world.accounts.cash[account]
                total /= world.accounts.turnover[account]

        return see

    simulate(setup, run, watch=watch)
    return np.concatenate([parts[first] for first in sorted(parts)])
