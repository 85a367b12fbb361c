"""A leveraged crowd on one block of paths: closing orders, insurance fund, backstop and haircuts."""

from collections import deque
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.units import SECONDS_PER_YEAR
from shortgamma.feedback.accounts import MARKET, VENUE
from shortgamma.feedback.exchange import FlowOrder, LadderOrder
from shortgamma.feedback.perp import PerpMarket, PerpState
from shortgamma.feedback.world import World
from shortgamma.kernels.orders import LIMIT, REACHED, SCALE, SHIFT, STRUCK, TAKEN
from shortgamma.venues.liquidation import PerpContract
from shortgamma.venues.waterfall import settle as settle_margin

if TYPE_CHECKING:
    from shortgamma.feedback.agents.cohort import LeveragedCohort, Rungs

Vector = NDArray[np.float64]
BACKSTOP_HALF_LIFE = 3_600.0
"""Seconds in which the backstop sells half of what it took over (an assumption)."""


class Side:
    """One ladder of the crowd: whose account it closes, and how far it has come.

    Attributes:
        number: Of the ladder at the exchange.
        account: Of the side.
        reached: Rungs closed before this step, shape (n,).
    """

    def __init__(self, number: int, account: int, side: float, rungs: "Rungs", size: int) -> None:
        self.number = number
        self.account = account
        self.side = side
        self.rungs = rungs
        self.reached = np.zeros(size, dtype=np.intp)

    def after(self, before: NDArray[np.intp], size: Vector) -> NDArray[np.intp]:
        """The rung at which ``size`` more has been closed."""
        sums = self.rungs.ladder.running_sizes
        slack = 1e-9 * sums[-1]
        return np.maximum(np.searchsorted(sums, sums[before] + size - slack), before)

    @staticmethod
    def between(sums: Vector, before: NDArray[np.intp], after: NDArray[np.intp]) -> Vector:
        """Difference of running sums."""
        return sums[after] - sums[before]


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
        accounts.pay(MARKET, self.insurance, np.full(size, cohort.insurance_usd))
        self.sides: list[Side] = []
        for side, _stage, rungs in shared:
            order = LadderOrder(account=self.by_side[side], ladder=rungs.ladder, costs=cohort.costs)
            number = world.exchange.add_ladder(order)
            self.sides.append(Side(number, self.by_side[side], side, rungs, size))
        cooldown = cohort.rules.cooldown_seconds / (world.step_years * SECONDS_PER_YEAR)
        self.waiting = deque[list[Vector]](maxlen=max(int(np.ceil(cooldown)), 1))
        self.liquidated = np.zeros(size)
        self.haircut = np.zeros(size)
        self.paid_by_fund = np.zeros(size)
        self.struck = np.zeros(size)
        self._open_positions(world)

    def _open_positions(self, world: World) -> None:
        held = self.cohort.positions
        accounts = world.accounts
        for side, account in self.by_side.items():
            mine = held.side == side
            notional = float(held.notional_usd[mine].sum())
            coins = float((held.notional_usd[mine] / held.entry[mine]).sum())
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
        rungs = world.exchange.rungs
        firsts = [rungs[REACHED, part.number].copy() for part in self.sides]
        self.waiting.append(firsts)
        for number, part in enumerate(self.sides):
            rungs[SHIFT, part.number] = self.perp.index / world.price
            if self.inverse:
                rungs[SCALE, part.number] = 1.0 / world.opening_price
        self._unwind(world)
        if len(self.sides) == 4:
            allowed = self.waiting[0]
            for first, second in ((0, 1), (2, 3)):
                rungs[LIMIT, self.sides[second].number] = allowed[first]

    def _unwind(self, world: World) -> None:
        """The backstop sells off what it has taken over."""
        position = world.accounts.perps[self.backstop]
        if position.any():
            part = 1.0 - 0.5 ** (world.step_years * SECONDS_PER_YEAR / BACKSTOP_HALF_LIFE)
            coins = np.where(world.stopped, 0.0, -part * position)
            order = FlowOrder(
                account=self.backstop, coins=coins, perp=True, costs=self.cohort.costs
            )
            world.exchange.submit(order)

    def settle(self, world: World) -> None:
        """Books what was closed, and passes losses beyond the margin on."""
        rungs = world.exchange.rungs
        for part in self.sides:
            reached = rungs[REACHED, part.number].astype(np.intp)
            closed = np.flatnonzero(reached > part.reached)
            if closed.size:
                self._close(part, closed, reached, world)
                part.reached = reached

    def _close(
        self, part: Side, at: NDArray[np.intp], reached: NDArray[np.intp], world: World
    ) -> None:
        """Closes rungs on the paths ``at``: first what the backstop takes, then the rest in the market."""
        rungs, number = world.exchange.rungs, part.number
        struck, taken = rungs[STRUCK, number, at], rungs[TAKEN, number, at]
        before, after = part.reached[at], reached[at]
        middle = part.after(before, np.abs(struck) / rungs[SCALE, number, at])
        price, owed = world.perp_traded[at], self.perp.index[at]
        fallen = part.side * (
            part.between(part.rungs.bankrupt, before, middle)
            + owed * part.between(part.rungs.ladder.running_sizes, before, middle)
        )
        self._move(world, at, (part.account, self.backstop), struck, -fallen)
        cost = np.abs(taken) * price * sum(self.cohort.costs.pair)
        self._move(world, at, (part.account, MARKET), taken, taken * price)
        world.accounts.cash[part.account, at] -= cost
        world.accounts.cash[VENUE, at] += cost
        bankrupt = part.side * part.between(part.rungs.bankrupt, middle, after)
        if self.inverse:
            margin = self._realise(part, at, bankrupt, taken, world) - cost
        else:
            sizes = part.between(part.rungs.ladder.running_sizes, middle, after)
            margin = -taken * price - bankrupt - part.side * sizes * owed - cost
        self._pass_on(part, at, margin, world)
        self.liquidated[at] += np.abs(taken + struck) * price
        self.struck[at] += np.abs(struck) * price

    @staticmethod
    def _move(
        world: World, at: NDArray[np.intp], who: tuple[int, int], coins: Vector, usd: Vector
    ) -> None:
        """The first account buys perpetual from the second."""
        accounts, (buyer, seller) = world.accounts, who
        accounts.perps[buyer, at] += coins
        accounts.perps[seller, at] -= coins
        accounts.cash[buyer, at] -= usd
        accounts.cash[seller, at] += usd

    def _realise(
        self, part: Side, at: NDArray[np.intp], worth: Vector, taken: Vector, world: World
    ) -> Vector:
        """Sells the coins that closed inverse positions leave, margin and result together.

        Args:
            part: The ladder.
            at: Paths.
            worth: side·Σ size/(bankruptcy price): coins at entry and margin together, signed.
            taken: Coins bought to close.
            world: Updated.

        Returns:
            USD that the coins fetch: equity at what the trade paid.
        """
        accounts, price = world.accounts, world.perp_traded[at]
        reached = world.exchange.rungs[REACHED, part.number, at].astype(np.intp)
        entered = part.side * part.between(part.rungs.entered, part.reached[at], reached)
        result, margin = entered + taken, worth - entered
        accounts.perps[part.account, at] -= result
        accounts.perps[MARKET, at] += result
        accounts.coins[part.account, at] -= margin
        accounts.coins[MARKET, at] += margin
        equity = (result + margin) * price
        accounts.cash[part.account, at] += equity
        accounts.cash[MARKET, at] -= equity
        return equity

    def _pass_on(self, part: Side, at: NDArray[np.intp], margin: Vector, world: World) -> None:
        """What is left of a margin goes to the fund; what is missing is paid by it, then by the winners."""
        accounts = world.accounts
        outcome = settle_margin(margin, accounts.cash[self.insurance, at], surplus_to_fund=1.0)
        from_fund = outcome.paid_by_fund_usd - outcome.credited_usd
        accounts.cash[self.insurance, at] -= from_fund
        accounts.cash[part.account, at] += from_fund
        self.paid_by_fund[at] += outcome.paid_by_fund_usd
        missing = outcome.left_for_adl_usd
        if not np.any(missing > 0.0):
            return
        weight = np.maximum(-part.side * accounts.perps[:, at], 0.0)
        total = weight.sum(axis=0)
        weight[VENUE] += total == 0.0
        paid = weight * (missing / weight.sum(axis=0))
        accounts.cash[:, at] -= paid
        accounts.haircut[:, at] += paid
        accounts.cash[part.account, at] += missing
        self.haircut[at] += missing

    def answer(self, world: World) -> dict[str, Vector]:
        """Liquidations, what the fund lost and what winners paid, USD; what became of both sides."""
        accounts = world.accounts
        figures = {
            "liquidated_usd": self.liquidated,
            "backstop_usd": self.struck,
            "insurance_paid_usd": self.paid_by_fund,
            "haircut_usd": self.haircut,
            "insurance_left_usd": accounts.cash[self.insurance].copy(),
        }
        for side, name in ((1.0, "longs"), (-1.0, "shorts")):
            mine = [part for part in self.sides if part.side == side]
            closed = sum(part.rungs.ladder.running_sizes[part.reached] for part in mine)
            held = sum(part.rungs.ladder.running_sizes[-1] for part in mine)
            figures[f"{name}_liquidated_share"] = np.asarray(closed) / max(float(held), 1e-300)
        return figures
