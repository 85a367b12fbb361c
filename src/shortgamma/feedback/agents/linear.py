"""A hedger whose gamma is the same at every price: the textbook case."""

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.feedback.agent import Agent
from shortgamma.feedback.exchange import NO_COSTS, FlowOrder, TradingCosts
from shortgamma.feedback.world import World

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearHedger(Agent):
    """Wants ``coins_per_log`` coins more per unit of log price, from none at the initial price.

    With Λ log moves per coin its θ is −Λ·coins_per_log: positive coins_per_log buys rises, as the hedger
    of a short-gamma book does.

    Args:
        label: Of its account.
        coins_per_log: Derivative of its target by the log price.
        lag_steps: It acts on the price of so many steps ago; 0 = at the clearing.
        one_pass: It acts on the price after the shock and before any order: what a simulation without a
            fixed point does.
        costs: Spread and fee that it pays.
    """

    label: str = "hedger"
    coins_per_log: float
    lag_steps: int = 0
    one_pass: bool = False
    costs: TradingCosts = NO_COSTS

    def __post_init__(self) -> None:
        if not np.isfinite(self.coins_per_log) or self.lag_steps < 0:
            raise InputError(
                f"{self.coins_per_log:g} coins per unit of log price, lag {self.lag_steps}",
                place=self.label,
                remedy="give a finite number and a lag of 0 or more",
            )

    @property
    def name(self) -> str:
        """Of its account."""
        return self.label

    @property
    def is_hedger(self) -> bool:
        """It is what the counterfactual leaves out."""
        return True

    def enter(self, world: World, shared: None) -> "LinearState":  # noqa: ARG002
        """Opens the account with no coins."""
        return LinearState(world, self)

    def act(self, state: "LinearState", world: World) -> None:
        """A schedule around the price at which it holds its target, or a market order by an old price."""
        if self.lag_steps:
            state.prices.append(world.log_price.copy())
            seen = state.prices[0]
        elif self.one_pass:
            seen = world.opening_log
        else:
            self._quote(state, world)
            return
        held = world.accounts.coins[state.account]
        coins = np.where(world.stopped, 0.0, self.coins_per_log * seen - held)
        order = FlowOrder(account=state.account, coins=coins, costs=self.costs)
        world.exchange.submit(order)

    def _quote(self, state: "LinearState", world: World) -> None:
        held = world.accounts.coins[state.account]
        order = FlowOrder(
            account=state.account,
            coins=np.where(world.stopped, 0.0, -held),
            slope=np.where(world.stopped, 0.0, self.coins_per_log),
            costs=self.costs,
        )
        world.exchange.submit(order)


class LinearState:
    """Its account, and the prices that it has seen."""

    def __init__(self, world: World, hedger: LinearHedger) -> None:
        self.account = world.accounts.open(hedger.name)
        unseen = [np.zeros(world.size)] * hedger.lag_steps
        self.prices = deque[Vector](unseen, maxlen=max(hedger.lag_steps, 1))
