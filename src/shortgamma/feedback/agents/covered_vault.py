"""A vault that has sold calls against its coins and waits: short gamma that nobody hedges on its side."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.feedback.agent import Agent
from shortgamma.feedback.curves import BookCurve
from shortgamma.feedback.setup import Setup
from shortgamma.feedback.world import World
from shortgamma.kernels.curves import look_up_paths
from shortgamma.kernels.orders import LEVEL
from shortgamma.market.options import OptionSeries

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CoveredVault(Agent):
    """Holds coins and owes calls on them; whoever bought the calls is an account of its own.

    It never trades the underlying: its gamma reaches the price only through buyers who hedge.

    Args:
        label: Of its account.
        options: The calls, listed at the start of the run.
        quantity: Coins that they are on, negative = sold, shape (n,).

    Raises:
        InputError: It holds an option, or owes more than calls.
    """

    label: str = "vault"
    options: OptionSeries
    quantity: Vector

    def __post_init__(self) -> None:
        if np.any(self.quantity > 0.0) or not np.all(self.options.is_call):
            raise InputError(
                "a covered vault owes calls and nothing else",
                place=self.label,
                remedy="give calls with quantities of 0 or less",
            )

    @property
    def name(self) -> str:
        """Of its account."""
        return self.label

    @property
    def first_expiry(self) -> float:
        """Years to the expiry of its shortest-lived call."""
        return float(self.options.years.min(initial=np.inf))

    def prepare(self, setup: Setup, others: Sequence[tuple[Agent, Any]]) -> BookCurve:  # noqa: ARG002
        """What the calls are worth at every step."""
        return BookCurve(
            self.options,
            self.quantity,
            times=setup.clock.times,
            span=setup.grid,
            levels=setup.levels,
        )

    def enter(self, world: World, shared: BookCurve) -> "VaultState":
        """Deposits its coins."""
        return VaultState(self, world, shared)

    def rests(self, state: "VaultState", world: World, *, until: int) -> bool:
        """True where no call expires."""
        return not state.curve.expires(world.index, until)

    def settle(self, state: "VaultState", world: World) -> None:
        """Pays for calls that expire in the money."""
        table = state.curve.settlement(world.index + 1)
        if table is not None:
            world.accounts.pay(state.buyers, state.account, state.read(table, world))

    def answer(self, state: "VaultState", world: World) -> dict[str, Vector]:
        """``pnl_usd``: of coins, calls and premium together, USD per path."""
        wealth = world.accounts.wealth(state.account, world.price, world.mark)
        value = state.read(state.curve.values.at(len(world.setup.clock)), world)
        return {"pnl_usd": wealth + value - state.start_value}


class VaultState:
    """A vault on one block of paths.

    Attributes:
        account, buyers: Its account, and that of whoever holds its calls.
        start_value: Of the calls at the start, USD.
    """

    def __init__(self, vault: CoveredVault, world: World, curve: BookCurve) -> None:
        self.curve = curve
        self.account = world.accounts.open(vault.name)
        self.buyers = world.accounts.open(f"{vault.name}'s buyers")
        coins = np.full(world.size, -float(vault.quantity.sum()))
        price = np.full(world.size, world.spot)
        world.accounts.trade(self.account, coins, price=price, costs=(0.0, 0.0), perp=False)
        world.accounts.turnover[self.account] = 0.0
        world.accounts.peak[self.account] = 0.0
        self.start_value = self.read(curve.values.at(0), world)

    def read(self, table: Matrix, world: World) -> Vector:
        """A value table at the price of each path, USD."""
        grid = world.exchange.span
        value, slope = np.empty(world.size), np.empty(world.size)
        look_up_paths(
            table,
            world.log_price,
            world.paths[LEVEL],
            grid.lowest,
            1.0 / grid.step,
            value,
            slope,
        )
        return value
