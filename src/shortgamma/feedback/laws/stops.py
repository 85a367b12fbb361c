"""Stop orders of a crowd in the spot market: what laws about cascades need."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shortgamma.feedback.agent import Agent
from shortgamma.feedback.draws import Stream
from shortgamma.feedback.exchange import NO_COSTS, LadderOrder
from shortgamma.feedback.ladder import Ladder
from shortgamma.feedback.world import World
from shortgamma.kernels.orders import PASS, SHIFT, TAKEN

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StopOrders(Agent):
    """A ladder of stop orders whose whole flow reaches spot, each path at a place of its own on it.

    Args:
        ladder: Levels and sizes, shared by all paths.
        skip: Path j begins at rung j·skip, and the ladder is moved so that this rung lies ``gap`` beyond
            the initial price.
        gap: Log distance.
        jitter: Largest log distance by which the ladder of each path is moved away, evenly drawn.
    """

    ladder: Ladder
    skip: int = 0
    gap: float = 0.0
    jitter: float = 0.0

    @property
    def name(self) -> str:
        """Of its account."""
        return "stop orders"

    @property
    def is_hedger(self) -> bool:
        """It is what the counterfactual leaves out."""
        return True

    def enter(self, world: World, shared: None) -> "StopState":  # noqa: ARG002
        """Registers the ladder."""
        return StopState(self, world)

    def act(self, state: "StopState", world: World) -> None:  # noqa: ARG002
        """Lets the whole flow reach spot."""
        world.paths[PASS] = 1.0

    def settle(self, state: "StopState", world: World) -> None:
        """Books what was closed."""
        taken = world.exchange.rungs[TAKEN, state.number]
        world.accounts.trade(
            state.account, taken, price=world.traded, costs=NO_COSTS.pair, perp=False
        )

    def answer(self, state: "StopState", world: World) -> dict[str, Vector]:
        """How many rungs were closed."""
        return {"closed": world.exchange.reached(state.number) - state.start}


class StopState:
    """Its account, its ladder, and the rung at which each path began."""

    def __init__(self, orders: StopOrders, world: World) -> None:
        ladder, draws = orders.ladder, world.draws
        self.account = world.accounts.open(orders.name)
        self.number = world.exchange.add_ladder(
            LadderOrder(account=self.account, ladder=ladder, costs=NO_COSTS)
        )
        rungs = world.exchange.rungs
        if orders.skip:
            self.start = orders.skip * np.arange(draws.first_path, draws.first_path + draws.size)
            rungs[SHIFT, self.number] = -ladder.side * (orders.gap + ladder.keys[self.start])
        else:
            self.start = np.zeros(draws.size, dtype=np.int64)
            away = orders.gap + orders.jitter * draws.uniforms(Stream.AGENTS + 1)
            rungs[SHIFT, self.number] = -ladder.side * away
        world.exchange.begin_at(self.number, self.start)
