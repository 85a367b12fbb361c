"""Agents whose trades do not depend on options: noise, value, forced sellers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import DAYS_PER_YEAR
from shortgamma.feedback.agent import Agent
from shortgamma.feedback.draws import Stream
from shortgamma.feedback.exchange import NO_COSTS, FlowOrder
from shortgamma.feedback.world import World
from shortgamma.kernels.flows import noise_orders, value_slopes
from shortgamma.kernels.settlement import FUNDAMENTAL

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoiseTraders(Agent):
    """Buy and sell at random: normal, independent from step to step.

    Args:
        usd_per_day: Standard deviation of a day's net flow, USD.
    """

    usd_per_day: float

    def __post_init__(self) -> None:
        if not 0.0 <= self.usd_per_day < np.inf:
            raise InputError(f"flow {self.usd_per_day:g}", place="noise", remedy="give 0 or more")

    @property
    def name(self) -> str:
        """Of its account."""
        return "noise traders"

    def enter(self, world: World, shared: None) -> int:  # noqa: ARG002
        """Opens the account."""
        return world.accounts.open(self.name)

    def usd(self, step_years: float) -> float:
        """Standard deviation of the order of one step, USD."""
        return self.usd_per_day * (step_years * DAYS_PER_YEAR) ** 0.5

    def act(self, state: int, world: World) -> None:
        """A market order of random size."""
        coins = np.empty(world.size)
        normals = world.draws.normals(Stream.NOISE)
        noise_orders(world.paths, world.price, normals, self.usd(world.step_years), coins)
        world.exchange.submit(FlowOrder(account=state, coins=coins, costs=NO_COSTS))


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueTraders(Agent):
    """Fundamental arbitrage: buy below the exogenous price and sell above it, in proportion to the gap.

    They take back a part s/(1 + s) of any move that orders make, s = strength, within the step.

    Args:
        strength: Log move that their trades would make per unit of log gap, 0 or more.
    """

    strength: float

    def __post_init__(self) -> None:
        if not 0.0 <= self.strength < np.inf:
            raise InputError(f"strength {self.strength:g}", place="value", remedy="give 0 or more")

    @property
    def name(self) -> str:
        """Of its account."""
        return "value traders"

    def enter(self, world: World, shared: None) -> int:  # noqa: ARG002
        """Opens the account."""
        return world.accounts.open(self.name)

    def act(self, state: int, world: World) -> None:
        """Limit orders on both sides of the exogenous price."""
        slope = np.empty(world.size)
        value_slopes(world.paths, self.strength, slope)
        order = FlowOrder(
            account=state,
            coins=np.zeros(world.size),
            slope=slope,
            anchor=world.logs[FUNDAMENTAL].copy(),
            costs=NO_COSTS,
        )
        world.exchange.submit(order)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForcedFlow(Agent):
    """Trades fixed in advance: a liquidation of a fund, an unwinding, a margin call.

    Args:
        label: Of its account.
        start_years, years: When it begins and how long it takes, in equal parts per unit of time.
        usd: Bought at the initial price in all; negative = sold.
        perp: In the perpetual instead of spot.
    """

    label: str = "forced flow"
    start_years: float
    years: float
    usd: float
    perp: bool = False

    @property
    def name(self) -> str:
        """Of its account."""
        return self.label

    def enter(self, world: World, shared: None) -> int:  # noqa: ARG002
        """Opens the account."""
        return world.accounts.open(self.name)

    def act(self, state: int, world: World) -> None:
        """This step's part."""
        begins = max(self.start_years, world.years)
        ends = min(self.start_years + self.years, world.years + world.step_years)
        if ends <= begins:
            return
        part = self.usd / world.spot * (ends - begins) / self.years
        coins = np.where(world.stopped, 0.0, part)
        world.exchange.submit(FlowOrder(account=state, coins=coins, perp=self.perp))
