"""A dealer who sold structured products and hedges them in spot.

The target of a step depends on what the product remembers of its path, so it stands in no table. The agent
finds the log price y at which its own demand alone would clear the market::

    y = u + Λ·(T(y) − held)

with u the log price before any order, Λ the log move per coin and T the delta of what it sold, and orders
T(y) − held coins there and T′(y) more per unit of log price. Alone in its market that is the clearing; beside
others it is right to first order in their demand. Of several y it takes one on the way from u that its demand
points to; where T jumps (a barrier), the y of the jump and what is bought on the way there.
"""

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import DAYS_PER_YEAR, PERCENT
from shortgamma.feedback.agent import Agent
from shortgamma.feedback.exchange import FlowOrder, TradingCosts
from shortgamma.feedback.world import World
from shortgamma.kernels.orders import IMPACT
from shortgamma.protocols.structured.product import Memory, Product

Vector = NDArray[np.float64]

ROUNDS: Final = 60
CLOSE: Final = 1e-11
"""Log move that counts as none."""
STEEPEST: Final = 0.9
"""Λ·T′ up to which a Newton step is believed and a slope is shown to the market."""
INSTANT: Final = 1e-9
"""Years: less than a thirtieth of a second before expiry is expiry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductHedger(Agent):
    """Short a number of products, hedged to their delta in every step of their life.

    Products settle in cash by the price at the end of the step in which they expire. The hedge stays as it is
    in that step, because the delta before expiry is not that after it, and is undone in the next one.

    Args:
        label: Of its account.
        product: What its clients hold.
        quantity: Units that they hold, + = the hedger is short.
        vol: At which it prices and hedges, decimal.
        years: Life of the product; a perpetual one lives on.
        costs: Spread and fee that it pays.
    """

    label: str = "dealer"
    product: Product
    quantity: float
    vol: float
    years: float
    costs: TradingCosts = field(default_factory=TradingCosts)

    def __post_init__(self) -> None:
        if not (np.isfinite(self.quantity) and 0.0 < self.vol < np.inf and self.years > 0.0):
            raise InputError(
                f"{self.quantity:g} units at vol {self.vol:g} for {self.years:g} years",
                place=self.label,
                remedy="give a finite number, a positive vol and a positive life",
            )

    @property
    def name(self) -> str:
        """Of its account."""
        return self.label

    @property
    def is_hedger(self) -> bool:
        """It is what the counterfactual leaves out."""
        return True

    def enter(self, world: World, shared: None) -> "ProductState":  # noqa: ARG002
        """Sells the products at their value, and buys the first hedge at the initial price without cost."""
        return ProductState(self, world)

    def act(self, state: "ProductState", world: World) -> None:
        """Orders what brings the hedge to its target at the price where that clears."""
        state.act(world)

    def settle(self, state: "ProductState", world: World) -> None:
        """Remembers the price, passes on funding, pays what expires."""
        state.settle(world)

    def answer(self, state: "ProductState", world: World) -> dict[str, Vector]:
        """USD per path: result, costs, turnover, largest trade; mean net gamma, USD per 1 %."""
        return state.answer(world)


class ProductState:
    """A hedger of products on one block of paths.

    Attributes:
        account, clients: Its account and that of whom it sold to.
        memory: Of the product.
        price: At the end of the last step, USD.
        gamma_years: ∫ net gamma dt so far, USD per 1 % times years, + = long.
    """

    def __init__(self, hedger: ProductHedger, world: World) -> None:
        self.hedger = hedger
        self.account = world.accounts.open(hedger.name)
        self.clients = world.accounts.open(f"{hedger.name}'s clients")
        self.price = np.full(world.size, world.spot)
        self.memory: Memory = hedger.product.start(self.price)
        self.gamma_years = np.zeros(world.size)
        found = hedger.product.greeks(self.price, hedger.years, vol=hedger.vol, memory=self.memory)
        premium = hedger.quantity * np.broadcast_to(found.value_usd, world.size)
        world.accounts.pay(self.clients, self.account, premium)
        first = hedger.quantity * np.broadcast_to(found.delta, world.size)
        accounts = world.accounts
        accounts.trade(self.account, first.copy(), price=self.price, costs=(0.0, 0.0), perp=False)
        accounts.turnover[self.account] = 0.0
        accounts.peak[self.account] = 0.0

    def left(self, world: World) -> tuple[float, float]:
        """Years to expiry at the beginning and at the end of the step; a perpetual product keeps its life."""
        if self.hedger.product.perpetual:
            return self.hedger.years, self.hedger.years
        begin = self.hedger.years - world.years
        return begin, begin - world.step_years

    def act(self, world: World) -> None:
        """Orders what brings the hedge to its target at the price where that clears."""
        before, after = self.left(world)
        held = world.accounts.coins[self.account]
        if before <= INSTANT:
            order = FlowOrder(
                account=self.account,
                coins=np.where(world.stopped, 0.0, -held),
                costs=self.hedger.costs,
            )
        elif after <= INSTANT:
            return
        else:
            order = self.order(world, held, (before, after))
        world.exchange.submit(order)

    def order(self, world: World, held: Vector, years: tuple[float, float]) -> FlowOrder:
        """The order of a step in which the product lives."""
        news, impact = world.opening_log, np.where(world.stopped, 0.0, world.paths[IMPACT])
        seen = self.hedger.product.remember(
            self.memory, (self.price, world.opening_price), years=years
        )
        found = Clearing(self, seen, years[1], spot=world.spot)
        anchor, coins, slope = found.solved(news, impact, held)
        shown = np.where(world.stopped | (impact * slope > STEEPEST), 0.0, slope)
        return FlowOrder(
            account=self.account,
            coins=np.where(world.stopped, 0.0, coins),
            slope=shown,
            anchor=anchor,
            costs=self.hedger.costs,
        )

    def settle(self, world: World) -> None:
        """Remembers the price, passes on funding, pays what expires."""
        hedger, product = self.hedger, self.hedger.product
        before, after = self.left(world)
        if before <= INSTANT:
            return
        price = world.price.copy()
        found = product.greeks(self.price, before, vol=hedger.vol, memory=self.memory)
        net = -hedger.quantity * np.asarray(found.gamma) * np.square(self.price) * PERCENT
        self.gamma_years += net * world.step_years
        if product.perpetual:
            funding = -np.asarray(found.theta_usd_per_day) * DAYS_PER_YEAR * world.step_years
            world.accounts.pay(self.clients, self.account, hedger.quantity * funding)
        self.memory = product.remember(self.memory, (self.price, price), years=(before, after))
        self.price = price
        if after <= INSTANT and not product.perpetual:
            due = hedger.quantity * product.settlement(price, self.memory, vol=hedger.vol)
            world.accounts.pay(self.account, self.clients, due)

    def owed(self, world: World) -> Vector:
        """Value of what the clients hold at the end of the run, USD; 0 after expiry."""
        hedger = self.hedger
        left = hedger.years - float(world.setup.clock.horizon)
        if hedger.product.perpetual:
            left = hedger.years
        elif left <= INSTANT:
            return np.zeros(world.size)
        found = hedger.product.greeks(self.price, left, vol=hedger.vol, memory=self.memory)
        return hedger.quantity * np.asarray(found.value_usd)

    def answer(self, world: World) -> dict[str, Any]:
        """USD per path: result, costs, turnover, largest trade; mean net gamma, USD per 1 %."""
        wealth = world.accounts.wealth(self.account, world.price, world.mark)
        turnover = world.accounts.turnover[self.account]
        return {
            "pnl_usd": wealth - self.owed(world),
            "spread_usd": -turnover * self.hedger.costs.half_spread,
            "fees_usd": -turnover * self.hedger.costs.fee,
            "turnover_usd": turnover.copy(),
            "peak_flow_usd": world.accounts.peak[self.account].copy(),
            "mean_gamma_usd_per_pct": self.gamma_years / world.setup.clock.horizon,
        }


@dataclass(frozen=True, slots=True, eq=False)
class Clearing:
    """The hedger's target at the end of a step, and the price at which it clears alone.

    Args:
        state: Of the hedger.
        memory: Of the product, with the step's news and before the step's orders.
        years: Left to expiry at the end of the step.
        spot: Initial price, USD.
    """

    state: ProductState
    memory: Memory
    years: float
    spot: float

    def target(self, log_price: Vector) -> tuple[Vector, Vector]:
        """Coins, and coins per unit of log price."""
        hedger = self.state.hedger
        price = self.spot * np.exp(log_price)
        delta, gamma = hedger.product.hedge(price, self.years, vol=hedger.vol, memory=self.memory)
        return hedger.quantity * delta, hedger.quantity * gamma * price

    def solved(self, news: Vector, impact: Vector, held: Vector) -> tuple[Vector, Vector, Vector]:
        """Log price, coins to buy there, and coins per unit of log price.

        Args:
            news: u, shape (n,).
            impact: Λ, shape (n,); 0 = the price does not feel the order.
            held: Coins.
        """
        y, near, far = news.copy(), news.copy(), np.full(news.size, np.nan)
        wanted, slope = self.target(y)
        way = np.sign(wanted - held)
        excess = impact * (wanted - held)
        for _ in range(ROUNDS):
            onward = excess * way > 0.0
            near, far = np.where(onward, y, near), np.where(onward, far, y)
            trial = y + excess / (1.0 - np.minimum(impact * slope, STEEPEST))
            inside = (trial - near) * (trial - far) < 0.0
            trial = np.where(inside | np.isnan(far), trial, 0.5 * (near + far))
            moved = np.abs(excess) > CLOSE
            y = np.where(moved, trial, y)
            wanted, slope = self.target(y)
            excess = news + impact * (wanted - held) - y
            if not np.any(moved):
                break
        # Where the target jumps over the price that it makes, it buys what takes the price to the jump.
        jumps = np.abs(excess) > 1e3 * CLOSE
        share = np.divide(y - news, impact, out=np.zeros(y.size), where=impact > 0.0)
        return y, np.where(jumps, share, wanted - held), np.where(jumps, 0.0, slope)
