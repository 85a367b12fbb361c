"""An option pool: clients trade with it along the way, and it hedges what it is left with."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.feedback.accounts import VENUE
from shortgamma.feedback.agent import Agent
from shortgamma.feedback.agents.board import Board
from shortgamma.feedback.agents.clients import Clients
from shortgamma.feedback.agents.pool_state import PoolState
from shortgamma.feedback.exchange import TradingCosts
from shortgamma.feedback.setup import Setup
from shortgamma.feedback.world import World
from shortgamma.hedging.policy import Policy
from shortgamma.market.options import OptionSeries
from shortgamma.protocols.pool.design import PoolDesign

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OptionPool(Agent):
    """Sells and buys options by its design, with the capital of its providers.

    Args:
        label: Of its account.
        design: How it quotes, limits and settles.
        options: The contracts that it lists, by the time to their expiry.
        quantity: What it holds at the start, coins, + = long, shape (contracts,).
        vol: That it marks and sells at, decimal, fixed.
        policy: When it hedges.
        clients: Who trades with it.
        capital_usd: Of the providers, at the start.
        costs: What its hedges pay.
        gas_usd: Of each hedge.

    Raises:
        InputError: The capital is not positive, or the gas negative.
    """

    label: str = "pool"
    design: PoolDesign
    options: OptionSeries
    quantity: Vector
    vol: float
    policy: Policy
    clients: Clients
    capital_usd: float
    costs: TradingCosts
    gas_usd: float = 0.0

    def __post_init__(self) -> None:
        if not (0.0 < self.capital_usd < np.inf and 0.0 <= self.gas_usd < np.inf):
            raise InputError(
                f"capital {self.capital_usd:g}, gas {self.gas_usd:g}",
                place=self.label,
                remedy="give positive capital and no negative gas",
            )

    @property
    def name(self) -> str:
        """Of its account."""
        return self.label

    @property
    def is_hedger(self) -> bool:
        """It is what the counterfactual leaves out."""
        return True

    @property
    def first_expiry(self) -> float:
        """Its own kernel resolves every expiry; no grid has to."""
        return float("inf")

    def prepare(self, setup: Setup, others: Sequence[tuple[Agent, Any]]) -> Board:  # noqa: ARG002
        """The board."""
        return Board(
            options=self.options,
            spot=setup.spot,
            vol=self.vol,
            average_days=self.design.average_days,
        )

    def enter(self, world: World, shared: Board) -> PoolState:
        """Takes the capital, is paid the fair value of what it holds, and buys the first hedge."""
        return PoolState(self, world, shared)

    def act(self, state: PoolState, world: World) -> None:
        """Trades with its clients after the shock, then sends its hedge to the clearing."""
        state.look(world)
        state.serve(world)
        state.hedge(world)

    def settle(self, state: PoolState, world: World) -> None:
        """Pays gas and what expired."""
        if self.gas_usd:
            world.accounts.pay(state.account, VENUE, np.where(state.traded, self.gas_usd, 0.0))
        state.expire(world)

    def shows(self, state: PoolState, world: World) -> dict[str, Vector]:
        """θ of the pool's options."""
        return {"pool_theta": state.theta(world).copy()}

    def answer(self, state: PoolState, world: World) -> dict[str, Vector]:
        """Result in USD, what clients paid and traded, what the hedges cost; see :class:`PoolState`."""
        return state.answer(world)
