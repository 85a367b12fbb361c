"""A leveraged crowd on one block of paths: closing orders, insurance fund, backstop and haircuts."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.units import SECONDS_PER_YEAR
from shortgamma.feedback.accounts import MARKET, VENUE
from shortgamma.feedback.exchange import FlowOrder, LadderOrder
from shortgamma.feedback.perp import PerpMarket, PerpState
from shortgamma.feedback.world import World
from shortgamma.kernels.flows import unwinding_orders
from shortgamma.kernels.liquidation import (
    BACKSTOPPED,
    CLOSED,
    FUND_PAID,
    HAIRCUT,
    TOTAL_ROWS,
    close_positions,
    ready_ladders,
)
from shortgamma.kernels.orders import BOOKED
from shortgamma.venues.liquidation import PerpContract

if TYPE_CHECKING:
    from shortgamma.feedback.agents.cohort import LeveragedCohort, Rungs

Vector = NDArray[np.float64]
BACKSTOP_HALF_LIFE = 3_600.0
"""Seconds in which the backstop sells half of what it took over (an assumption)."""


@dataclass(slots=True, kw_only=True, eq=False)
class Side:
    """One ladder of the crowd: whose account it closes.

    Args:
        number: Of the ladder at the exchange.
        side: +1 longs, −1 shorts.
        sums: Running sizes, their worth at bankruptcy and coins at entry, shape (3, rungs + 1).
        who: Accounts of the side, market, venue, insurance fund and backstop.
    """

    number: int
    side: float
    sums: NDArray[np.float64]
    who: NDArray[np.int64]


class CohortState:
    """Accounts of longs, shorts, insurance fund and backstop, and running totals per path."""

    def __init__(
        self, cohort: "LeveragedCohort", world: World, shared: list[tuple[float, int, "Rungs"]]
    ) -> None:
        size = world.size
        self.cohort = cohort
        self.inverse = cohort.rules.contract is PerpContract.INVERSE
        accounts = world.accounts
        self.perp: PerpState = world.state_of(PerpMarket)
        self.by_side = {
            1.0: accounts.open("leveraged longs"),
            -1.0: accounts.open("leveraged shorts"),
        }
        self.insurance = accounts.open("insurance fund")
        self.backstop = accounts.open("backstop")
        accounts.let_hold_perps(self.backstop)
        accounts.pay(MARKET, self.insurance, np.full(size, cohort.insurance_usd))
        self.sides = [self._ladder(world, side, rungs) for side, _stage, rungs in shared]
        cooldown = cohort.rules.cooldown_seconds / (world.step_years * SECONDS_PER_YEAR)
        self.waiting = np.zeros((max(int(np.ceil(cooldown)), 1), 2, size))
        self.totals = np.zeros((TOTAL_ROWS, size))
        self._open_positions(world)

    def _ladder(self, world: World, side: float, rungs: "Rungs") -> Side:
        order = LadderOrder(
            account=self.by_side[side], ladder=rungs.ladder, costs=self.cohort.costs
        )
        who = (self.by_side[side], MARKET, VENUE, self.insurance, self.backstop)
        return Side(
            number=world.exchange.add_ladder(order),
            side=side,
            sums=np.stack([rungs.ladder.running_sizes, rungs.bankrupt, rungs.entered]),
            who=np.array(who),
        )

    def _open_positions(self, world: World) -> None:
        held = self.cohort.positions
        accounts = world.accounts
        for side, account in self.by_side.items():
            mine = held.side == side
            notional = float(held.notional_usd[mine].sum())
            coins = float((held.notional_usd[mine] / held.entry[mine]).sum())
            accounts.let_hold_perps(account)
            accounts.perps[account] += side * coins
            accounts.perps[MARKET] -= side * coins
            accounts.pay(MARKET, account, np.full(world.size, -side * notional))
            if self.inverse:
                deposit = float((held.notional_usd / held.entry / held.leverage)[mine].sum())
                accounts.coins[account] += deposit
                accounts.coins[MARKET] -= deposit
            else:
                margin = float((held.notional_usd[mine] / held.leverage[mine]).sum())
                accounts.pay(MARKET, account, np.full(world.size, margin))

    def act(self, world: World) -> None:
        """Moves the ladders by the funding paid so far and lets second orders wait for the cooldown."""
        first, last = self.sides[0].number, self.sides[-1].number
        ready_ladders(
            world.exchange.rungs[:, first : last + 1],
            (self.perp.owed, world.price, world.opening_log),
            self.waiting,
            world.index % len(self.waiting),
            world.spot if self.inverse else 0.0,
        )
        self._unwind(world)

    def _unwind(self, world: World) -> None:
        """The backstop sells off what it has taken over."""
        position = world.accounts.perps[self.backstop]
        if position.any():
            coins = np.empty(world.size)
            unwinding_orders(world.paths, position, unwound(world.step_years), coins)
            order = FlowOrder(
                account=self.backstop, coins=coins, perp=True, costs=self.cohort.costs
            )
            world.exchange.submit(order)

    def settle(self, world: World) -> None:
        """Books what was closed, and passes losses beyond the margin on."""
        accounts, exchange = world.accounts, world.exchange
        for part in self.sides:
            close_positions(
                part.number,
                exchange.rungs,
                exchange.missed,
                part.sums,
                (world.perp_traded, self.perp.owed),
                (accounts.cash, accounts.coins, accounts.perps, accounts.haircut),
                part.who,
                self.totals,
                (part.side, sum(self.cohort.costs.pair), self.inverse),
            )

    def answer(self, world: World) -> dict[str, Vector]:
        """Liquidations, what the fund lost and what winners paid, USD; what became of both sides."""
        accounts = world.accounts
        figures = {
            "liquidated_usd": self.totals[CLOSED],
            "backstop_usd": self.totals[BACKSTOPPED],
            "insurance_paid_usd": self.totals[FUND_PAID],
            "haircut_usd": self.totals[HAIRCUT],
            "insurance_left_usd": accounts.cash[self.insurance].copy(),
        }
        for side, name in ((1.0, "longs"), (-1.0, "shorts")):
            mine = [part for part in self.sides if part.side == side]
            booked = [world.exchange.rungs[BOOKED, part.number].astype(np.intp) for part in mine]
            closed = sum(part.sums[0, rungs] for part, rungs in zip(mine, booked, strict=True))
            held = sum(part.sums[0, -1] for part in mine)
            figures[f"{name}_liquidated_share"] = np.asarray(closed) / max(float(held), 1e-300)
        return figures


def unwound(step_years: float) -> float:
    """Part of its position that the backstop sells in a step."""
    return 1.0 - 0.5 ** (step_years * SECONDS_PER_YEAR / BACKSTOP_HALF_LIFE)
