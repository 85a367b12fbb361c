"""Who buys the vaults' options and hedges them: short gamma before the auction, long gamma after it.

Before. Market makers know what they will be offered on Friday. In the hours before the roll they sell a part
of it to clients: listed calls and puts with next week's expiry and the strikes that the vaults would choose
at that moment. Until the auction delivers they are short these options, and hedge them: they buy rises and
sell falls.

After. The auction delivers what was sold. Their book is long gamma by the rest, and its hedge sells rises
and buys falls: it dampens, the more the nearer the price comes to a strike and the expiry. The hedge of
options that end in the money is worked off in equal parts after the expiry.

The strikes differ from path to path, so the hedge is no table. In each step it is solved for where the
hedger's own orders take the price, and its tangent there goes to the clearing: exact where it trades alone,
of first order in what others trade in the same step.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import PERCENT
from shortgamma.feedback.agent import Agent
from shortgamma.feedback.agents.vault_auction import Series
from shortgamma.feedback.agents.vault_calendar import HOUR, ROUNDING, WEEK, Calendar, Roll
from shortgamma.feedback.agents.vault_meters import FlowMeter
from shortgamma.feedback.agents.vault_sellers import LEAST_STEPS, VaultSellers, VaultState
from shortgamma.feedback.exchange import FlowOrder, TradingCosts
from shortgamma.feedback.setup import Setup
from shortgamma.feedback.world import World
from shortgamma.kernels.orders import IMPACT, PRE
from shortgamma.kernels.vault_books import (
    ANCHOR,
    COINS,
    HELD,
    LARGEST,
    OFFSET,
    ORDER_ROWS,
    SHOCK,
    SLOPE,
    STATE_ROWS,
    VOL,
    vault_orders,
    vault_targets,
)
from shortgamma.kernels.vault_books import IMPACT as OWN_IMPACT
from shortgamma.protocols.ribbon.strike import black_strike

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

HALF_STEP = 0.5
"""Of a step: time that the last delta before an expiry has left."""
ALIKE = 1e-9  # years: two expiries that differ by less are the same


@dataclass(frozen=True, slots=True, kw_only=True)
class Presale:
    """What market makers sell before the auction.

    Args:
        share: Part of what they expect to buy, 0 to 1.
        hours: Before the roll, over which they sell it evenly.
        half_spread_vol: What their clients pay above the market's vol, decimal.
    """

    share: float = 0.5
    hours: float = 12.0
    half_spread_vol: float = 0.01

    def __post_init__(self) -> None:
        fair = 0.0 <= self.share <= 1.0 and 0.0 < self.hours < WEEK / HOUR
        if not (fair and 0.0 <= self.half_spread_vol < np.inf):
            raise InputError(
                f"{self.share:g} sold over {self.hours:g} h at {self.half_spread_vol:g} above the market",
                place="presale",
                remedy="give a share from 0 to 1, hours below a week and a spread of 0 or more",
            )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class VaultHedgers(Agent):
    """They hold a part of what vaults sell and hedge it at every clearing; list them after the vaults.

    Args:
        label: Of their account.
        share: Of the options that are sold, + = they are long; −1 = the vaults themselves hedge all.
        presale: What they sell before the auction.
        unwind_hours: In which the hedge of options that ended in the money is worked off.
        daily_volume_usd: Of the market, that flows are compared with.
        costs: What they pay.
    """

    label: str = "market makers"
    share: float = 1.0
    presale: Presale = field(default_factory=Presale)
    unwind_hours: float = 6.0
    daily_volume_usd: float = 2e9
    costs: TradingCosts = field(default_factory=TradingCosts)

    def __post_init__(self) -> None:
        fair = -1.0 <= self.share <= 1.0 and 0.0 < self.unwind_hours < WEEK / HOUR
        if not (fair and 0.0 < self.daily_volume_usd < np.inf):
            raise InputError(
                f"a share of {self.share:g}, unwound in {self.unwind_hours:g} h, in a market of "
                f"{self.daily_volume_usd:g} USD a day",
                place=self.label,
                remedy="give a share from -1 to 1, hours below a week and a positive volume",
            )

    @property
    def name(self) -> str:
        """Of their account."""
        return self.label

    @property
    def is_hedger(self) -> bool:
        """They are what the counterfactual leaves out."""
        return True

    def prepare(self, setup: Setup, others: Sequence[tuple[Agent, Any]]) -> Calendar:  # noqa: ARG002
        """When the vaults roll.

        Raises:
            InputError: There are no vaults before them.
        """
        for agent, shared in reversed(others):
            if isinstance(agent, VaultSellers):
                return shared
        raise InputError(
            "there are no vaults to buy from", place=self.label, remedy="list vaults before them"
        )

    def enter(self, world: World, shared: Calendar) -> "HedgerState":
        """Buys the hedge of the first moment at the initial price, without impact or cost."""
        return HedgerState(self, world, shared)

    def act(self, state: "HedgerState", world: World) -> None:
        """Submits the tangent of the hedge."""
        state.act(world)

    def settle(self, state: "HedgerState", world: World) -> None:
        """Expiries, sales to clients, deliveries."""
        state.settle(world)

    def shows(self, state: "HedgerState", world: World) -> dict[str, Any]:
        """Gamma of the book, USD per 1 %, + = long."""
        return {"vault_gamma_usd_per_pct": state.gamma(world)}

    def answer(self, state: "HedgerState", world: World) -> dict[str, Any]:
        """See :meth:`HedgerState.answer`."""
        return state.answer(world)


class HedgerState:
    """Who hedges on one block of paths.

    The rows of the book are the vaults' groups, and after them the options sold to clients, twice: those
    of the last presale may still be alive when the next one begins.

    Attributes:
        account, clients: Theirs, and that of who buys before the auction.
        strike, quantity: USD, and units of the underlying, + = long, shape (rows, n).
        expiry: Years since the start, shape (rows,).
        stock: Coins that they own beside the hedge, so that they can sell without borrowing; its own
            gain is no part of their result.
        offset: Coins of hedges whose options have expired, shape (n,).
        rate: By which it is worked off, coins per year, shape (n,).
    """

    def __init__(self, hedgers: VaultHedgers, world: World, calendar: Calendar) -> None:
        self.hedgers, self.calendar = hedgers, calendar
        self.sellers: VaultState = world.state_of(VaultSellers)
        self.account = world.accounts.open(hedgers.name)
        self.clients = world.accounts.open(f"{hedgers.name}'s clients")
        groups, size = self.sellers.quantity.shape
        self.groups = np.arange(groups)
        self.sign = np.tile(self.sellers.sign, 3)
        self.is_put = np.where(self.sign > 0.0, 0.0, 1.0)
        self.strike, self.quantity = np.ones((3 * groups, size)), np.zeros((3 * groups, size))
        self.log_strike = np.zeros((3 * groups, size))
        self.expiry = np.full(3 * groups, -1.0)
        self.offset, self.rate = np.zeros(size), np.zeros(size)
        self.orders, self.targets = np.empty((ORDER_ROWS, size)), np.empty((2, size))
        self.stock = float(np.abs(hedgers.share) * self.sellers.offered[:, 0].sum())
        self.presales = self._presales()
        self.flow = FlowMeter(
            calendar,
            presale_hours=hedgers.presale.hours,
            unwind_hours=hedgers.unwind_hours,
            daily_volume_usd=hedgers.daily_volume_usd,
            size=size,
        )
        self._receive(world)
        self._presell(0, world)
        self._start(world)

    def _presales(self) -> dict[int, list[tuple[Roll, range]]]:
        """Which rolls are sold forward at which index; the steps of the sale begin with its first index."""
        found: dict[int, list[tuple[Roll, range]]] = {}
        if not self.hedgers.presale.share:
            return found
        for roll in self.calendar.rolls():
            begin = self.calendar.index_of(roll.years - HOUR * self.hedgers.presale.hours)
            steps = range(max(begin, 0), roll.index)
            for index in steps or (roll.index,):
                found.setdefault(index, []).append((roll, steps))
        return found

    def _start(self, world: World) -> None:
        """Stock and hedge of the first moment, bought at the initial price."""
        price = np.full(world.size, world.spot)
        start = self.stock + self._look(world, np.zeros(world.size), 0.0)[0]
        world.accounts.trade(self.account, start, price=price, costs=(0.0, 0.0), perp=False)
        world.accounts.turnover[self.account] = 0.0
        world.accounts.peak[self.account] = 0.0
        self.start_value = self.value(world, 0.0)

    def held(self, world: World) -> Vector:
        """Coins in the hedge."""
        return world.accounts.coins[self.account] - self.stock

    def roots(self, world: World, years: float) -> Vector:
        """√(time left) of every row, half a step at least, shape (rows,)."""
        return np.sqrt(np.maximum(self.expiry - years, HALF_STEP * world.step_years))

    def state(self, world: World) -> Matrix:
        """What the kernel needs beside the book."""
        state = np.empty((STATE_ROWS, world.size))
        state[HELD] = self.held(world)
        state[OFFSET], state[VOL] = self.offset, self.sellers.vol
        state[SHOCK] = world.paths[PRE]
        state[OWN_IMPACT] = np.where(world.stopped, np.inf, world.paths[IMPACT])
        return state

    def _look(self, world: World, log_price: Vector, years: float) -> Matrix:
        """Coins that hedge the book at given prices, and their derivative by the log price."""
        return self._hedge_of(self.quantity, world, log_price, years=years)

    def _hedge_of(
        self, quantity: Matrix, world: World, log_price: Vector, *, years: float
    ) -> Matrix:
        state, root = self.state(world), self.roots(world, years)
        vault_targets(log_price, state, quantity, self.log_strike, root, self.is_put, self.targets)
        return self.targets

    def gamma(self, world: World) -> Vector:
        """Of the book at the end of the step, USD per 1 %, + = long."""
        years = float(world.times[world.index + 1])
        return -PERCENT * self._look(world, world.log_price, years)[1] * world.price

    def act(self, world: World) -> None:
        """Submits the tangent of the hedge where all who hedge vaults' options take the price together."""
        peers = [state for _agent, state in world.agents if isinstance(state, HedgerState)]
        self._solve(world, peers)
        if len(peers) > 1:
            self._take_part(world)
        order = FlowOrder(
            account=self.account,
            coins=self.orders[COINS].copy(),
            slope=self.orders[SLOPE].copy(),
            anchor=self.orders[ANCHOR].copy(),
            costs=self.hedgers.costs,
        )
        self.flow.before = world.accounts.coins[self.account].copy()
        world.exchange.submit(order)

    def _solve(self, world: World, peers: "Sequence[HedgerState]") -> None:
        """What they buy together, in ``orders``."""
        years = float(world.times[world.index + 1])
        state = self.state(world)
        state[HELD] = np.sum([peer.held(world) for peer in peers], axis=0)
        state[OFFSET] = np.sum([peer.offset for peer in peers], axis=0)
        rows = [(p.quantity, p.log_strike, p.roots(world, years), p.is_put) for p in peers]
        book = (
            rows[0]
            if len(rows) == 1
            else [np.concatenate(part) for part in zip(*rows, strict=True)]
        )
        quantity, log_strike, root, is_put = book
        vault_orders(state, quantity, log_strike, root, is_put, self.orders)

    def _take_part(self, world: World) -> None:
        """Its own part of what all buy together: its tangent at the same price."""
        trades = self.state(world)[OWN_IMPACT] < np.inf
        goes_on = np.abs(self.orders[ANCHOR] - world.paths[PRE]) < LARGEST * (1.0 - ROUNDING)
        years = float(world.times[world.index + 1])
        target, slope = self._look(world, self.orders[ANCHOR], years)
        self.orders[COINS] = np.where(trades, target - self.held(world), 0.0)
        self.orders[SLOPE] = np.where(trades & goes_on, slope, 0.0)

    def settle(self, world: World) -> None:
        """Expiries, deliveries, sales to clients."""
        index = world.index + 1
        self.flow.look(world, world.accounts.coins[self.account])
        self._expire(world, float(world.times[index]))
        if index in self.sellers.opens or index in self.sellers.sales:
            self._receive(world)
        self._presell(index, world)
        if index < len(world.times) - 1:
            self._work_off(float(world.times[index + 1] - world.times[index]))

    def _work_off(self, years: float) -> None:
        """Brings hedges whose options are gone nearer to nothing."""
        part = np.minimum(self.rate * years, np.abs(self.offset))
        self.offset -= np.copysign(part, self.offset)

    def _expire(self, world: World, years: float) -> None:
        """Settles what expires; its hedge is worked off from now on."""
        rows = np.flatnonzero((self.expiry > 0.0) & (self.expiry <= years + ALIKE))
        if not rows.size:
            return
        ended = np.zeros_like(self.quantity)
        ended[rows] = self.quantity[rows]
        # The hedge of what has ended adds to what is being worked off already.
        self.offset = self._hedge_of(ended, world, world.log_price, years=years)[0].copy()
        self.rate = np.abs(self.offset) / (HOUR * self.hedgers.unwind_hours)
        sold = rows[rows >= len(self.groups)]
        worth = np.maximum(self.sign[sold, None] * (world.price - self.strike[sold]), 0.0)
        paid = np.sum(self.quantity[sold] * worth, axis=0)
        world.accounts.pay(self.clients, self.account, paid)
        self.quantity[rows] = 0.0
        self.expiry[rows] = -1.0

    def _receive(self, world: World) -> None:
        """Their part of what vaults have sold."""
        own = slice(0, len(self.groups))
        self.quantity[own] = self.hedgers.share * self.sellers.quantity
        self._strike(own, self.sellers.strike, self.sellers.expiry, world)

    def _strike(
        self, rows: slice | int, strike: Matrix | Vector, expiry: Vector | float, world: World
    ) -> None:
        self.strike[rows], self.expiry[rows] = strike, expiry
        self.log_strike[rows] = np.log(strike / world.spot)

    def _presell(self, index: int, world: World) -> None:
        """Sells a part of the next auction to clients, in equal parts per step."""
        for roll, steps in self.presales.get(index, ()):
            row = (1 + roll.number % 2) * len(self.groups) + roll.group
            if index == (steps.start if len(steps) else roll.index):
                self._list(row, roll, float(world.times[index]), world)
            presale = self.hedgers.presale
            part = self.hedgers.share * presale.share / max(len(steps), 1)
            coins = part * self._expected(roll.group, row)
            self.quantity[row] -= coins
            left = np.array([roll.years + WEEK - float(world.times[index])])
            series = Series(sign=self.sign[[row]], strike=self.strike[[row]], years=left)
            asked = series.prices(world.price, self.sellers.vol + presale.half_spread_vol)[0]
            world.accounts.pay(self.clients, self.account, coins * asked)

    def _list(self, row: int, roll: Roll, years: float, world: World) -> None:
        """The contract that a group would sell if the roll were now."""
        who = self.sellers.sellers
        rule = who.vaults.rule(roll.group)
        near = np.maximum(world.price, LEAST_STEPS * rule.step)
        expiry = roll.years + WEEK
        strike = black_strike(near, years=expiry - years, vol=who.implied_vol, rule=rule)
        self._strike(row, strike, expiry, world)
        self.quantity[row] = 0.0

    def _expected(self, group: int, row: int) -> Vector:
        """Options that a group will sell, units of the underlying."""
        collateral = np.maximum(self.sellers.collateral[group], 0.0)
        return collateral if self.sign[row] > 0.0 else collateral / self.strike[row]

    def value(self, world: World, years: float) -> Vector:
        """What the book is worth at the market's vol, USD."""
        left = np.maximum(self.expiry - years, 1e-9)
        prices = Series(sign=self.sign, strike=self.strike, years=left).prices(
            world.price, self.sellers.vol
        )
        return np.sum(self.quantity * prices, axis=0)

    def answer(self, world: World) -> dict[str, Any]:
        """USD per path: result with the options, what hedging cost and turned over, and the flows.

        ``roll_flow_usd``: net purchase in the hour after the first auction, without its sign;
        ``roll_flow_of_volume`` over an average hour's volume; ``presale_flow_usd`` and ``unwind_flow_usd``
        the same over the presale and the working-off.
        """
        accounts = world.accounts
        value = self.value(world, float(world.times[-1]))
        bought = self.hedgers.share * accounts.cash[self.sellers.buyers]
        wealth = accounts.wealth(self.account, world.price, world.mark)
        wealth -= self.stock * (world.price - world.spot)
        turnover = accounts.turnover[self.account]
        return {
            "pnl_usd": wealth + bought + value - self.start_value,
            "spread_usd": -turnover * self.hedgers.costs.half_spread,
            "fees_usd": -turnover * self.hedgers.costs.fee,
            "turnover_usd": turnover.copy(),
            "peak_usd": accounts.peak[self.account].copy(),
            **self.flow.answer(),
        }
