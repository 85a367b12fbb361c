"""Where orders of one step meet: what agents submit, the clearing, and the bookings that follow."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from shortgamma.feedback.accounts import Accounts
from shortgamma.feedback.curves import BookCurve, Span
from shortgamma.feedback.ladder import Ladder
from shortgamma.hedging.policy import HedgeRule
from shortgamma.kernels.clearing import clear
from shortgamma.kernels.orders import (
    ALWAYS,
    BACKSTOP,
    BAND,
    COUNT,
    EDGE,
    FACTOR,
    FILL,
    FIRST,
    FLOW,
    HEDGE_ROWS,
    HELD,
    LADDER_COLUMNS,
    LIMIT,
    MOST,
    NEXT,
    ON_PERP,
    PASS,
    REACHED,
    RUNG_ROWS,
    SCALE,
    SIDE,
    SLOPE,
    STEEPEST,
    TABLE,
    TAKEN,
    TERM_COLUMNS,
)

Vector = NDArray[np.float64]
LARGEST_MOVE = 0.7
"""Log move of one step beyond which a venue halts trading for good: half or double."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TradingCosts:
    """What a taker pays beside the price.

    Args:
        half_spread: Half the bid-ask spread, part of the notional (½ bp is an assumption).
        fee: Taker fee, part of the notional (5 bp is an assumption).
    """

    half_spread: float = 0.5e-4
    fee: float = 5e-4

    @property
    def pair(self) -> tuple[float, float]:
        """Both."""
        return self.half_spread, self.fee


NO_COSTS = TradingCosts(half_spread=0.0, fee=0.0)


@dataclass(slots=True, kw_only=True)
class HedgeOrder:
    """A standing order to be hedged: who, with which multiple of which curve, where and at which costs."""

    account: int
    curve: BookCurve
    factor: float = 1.0
    perp: bool
    costs: TradingCosts


@dataclass(slots=True, kw_only=True)
class LadderOrder:
    """A standing set of stop or liquidation levels."""

    account: int
    ladder: Ladder
    costs: TradingCosts


@dataclass(slots=True, kw_only=True)
class FlowOrder:
    """Coins bought in this step whatever the price, and more per unit of log price beyond an anchor."""

    account: int
    coins: Vector
    slope: Vector | float = 0.0
    anchor: Vector | float = 0.0
    perp: bool = False
    costs: TradingCosts = field(default_factory=TradingCosts)

    @property
    def is_flat(self) -> bool:
        """True where it buys the same at every price."""
        return isinstance(self.slope, float) and self.slope == 0.0

    def bought(self, log_price: Vector) -> Vector:
        """Coins, where the step ends at ``log_price``."""
        if self.is_flat:
            return self.coins
        return self.coins + self.slope * (log_price - self.anchor)


class Exchange:
    """The orders of one market on every path of a block.

    Args:
        size: Paths.
        span: Log prices on which hedge curves are given.
    """

    def __init__(self, size: int, span: Span) -> None:
        self.size = size
        self.span = span
        self.hedges: list[HedgeOrder] = []
        self.curves: list[BookCurve] = []
        self.ladders: list[LadderOrder] = []
        self.flows: list[FlowOrder] = []
        self.grid = np.array([span.lowest, 1.0 / span.step, LARGEST_MOVE])
        self.book = np.zeros((HEDGE_ROWS, 0, size))
        self.terms = np.zeros((0, TERM_COLUMNS))
        self.rungs = np.zeros((RUNG_ROWS, 0, size))
        self.steps = np.zeros((0, LADDER_COLUMNS))
        self.keys = np.zeros(0)
        self.sizes = np.zeros(0)
        self.missed = np.zeros(size)

    @property
    def is_idle(self) -> bool:
        """True where nobody submits anything."""
        return not (self.hedges or self.ladders or self.flows)

    def add_hedge(self, order: HedgeOrder, *, always: bool) -> int:
        """Registers a hedge for the whole run and returns its number; it starts at its target."""
        self.hedges.append(order)
        if order.curve not in self.curves:
            self.curves.append(order.curve)
        row = np.zeros((1, TERM_COLUMNS))
        row[0, ALWAYS], row[0, ON_PERP] = float(always), float(order.perp)
        row[0, TABLE], row[0, FACTOR] = self.curves.index(order.curve), order.factor
        self.terms = np.concatenate([self.terms, row])
        block = np.zeros((HEDGE_ROWS, 1, self.size))
        block[MOST] = np.inf
        self.book = np.ascontiguousarray(np.concatenate([self.book, block], axis=1))
        return len(self.hedges) - 1

    def add_ladder(self, order: LadderOrder) -> int:
        """Registers stop or liquidation levels for the whole run and returns their number."""
        ladder = order.ladder
        row = np.zeros((1, LADDER_COLUMNS))
        row[0, FIRST] = len(self.keys)
        row[0, COUNT] = len(ladder.keys)
        row[0, SIDE] = ladder.side
        row[0, BACKSTOP] = ladder.backstop
        self.ladders.append(order)
        self.steps = np.vstack([self.steps, row])
        self.keys = np.concatenate([self.keys, ladder.keys])
        self.sizes = np.concatenate([self.sizes, ladder.running_sizes])
        block = np.zeros((RUNG_ROWS, 1, self.size))
        block[LIMIT] = len(ladder.keys)
        block[SCALE] = 1.0
        block[NEXT] = ladder.keys[0] if len(ladder.keys) else -np.inf
        self.rungs = np.ascontiguousarray(np.concatenate([self.rungs, block], axis=1))
        return len(self.ladders) - 1

    def set_rule(self, hedge: int, rule: HedgeRule) -> None:
        """The rule of one hedge for this step."""
        self.book[BAND, hedge] = rule.band
        self.book[EDGE, hedge] = rule.edge
        self.book[MOST, hedge] = rule.most

    def submit(self, order: FlowOrder) -> None:
        """An order for this step alone."""
        self.flows.append(order)

    def collect(self, paths: NDArray[np.float64]) -> None:
        """Adds this step's flow orders up into the demand of every path."""
        paths[FLOW] = 0.0
        paths[SLOPE] = 0.0
        for order in self.flows:
            coins = order.coins if order.is_flat else order.coins - order.slope * order.anchor
            paths[FLOW] += coins * paths[PASS] if order.perp else coins
            if not order.is_flat:
                paths[SLOPE] += order.slope * paths[PASS] if order.perp else order.slope

    def clear(self, paths: NDArray[np.float64], index: int) -> None:
        """Clears the step that ends at ``times[index]``."""
        tables = self.tables(index)
        self.terms = self.terms_at(index)
        clear(
            paths,
            self.book,
            self.terms,
            tables,
            self.grid,
            self.rungs,
            self.steps,
            self.keys,
            self.sizes,
            self.missed,
        )

    def terms_at(self, index: int) -> NDArray[np.float64]:
        """How every hedge is written at ``times[index]``, shape (hedges, TERM_COLUMNS)."""
        return self.terms_over(range(index, index + 1))[0]

    def terms_over(self, indices: range) -> NDArray[np.float64]:
        """The same at several times, shape (times, hedges, TERM_COLUMNS)."""
        terms = np.repeat(self.terms[np.newaxis], len(indices), axis=0)
        for number, order in enumerate(self.hedges):
            steepest = [order.curve.steepest(index) for index in indices]
            terms[:, number, STEEPEST] = np.multiply(order.factor, steepest)
        return terms

    def tables(self, index: int) -> NDArray[np.float64]:
        """Targets on every curve at ``times[index]``, shape (curves, levels, 2·nodes)."""
        tables = [curve.targets.at(index) for curve in self.curves]
        if len(tables) == 1:
            return tables[0][np.newaxis]
        return np.stack(tables) if tables else np.zeros((0, 1, 2 * self.span.nodes))

    def perp_volume(self, log_price: Vector) -> Vector:
        """Coins bought in the perpetual in the step that was just cleared, net, shape (n,)."""
        total = np.zeros(self.size)
        for number, order in enumerate(self.hedges):
            if order.perp:
                total += self.book[FILL, number]
        for order in self.flows:
            if order.perp:
                total += order.bought(log_price)
        for number in range(len(self.ladders)):
            total += self.rungs[TAKEN, number]
        return total

    def settle(self, accounts: Accounts, *, log_price: Vector, spot: Vector, perp: Vector) -> None:
        """Books what this step's clearing filled, and forgets its flow orders.

        Args:
            accounts: Updated.
            log_price: After clearing.
            spot, perp: What trades pay, USD.
        """
        for number, order in enumerate(self.hedges):
            fill = self.book[FILL, number]
            price = perp if order.perp else spot
            accounts.trade(
                order.account, fill, price=price, costs=order.costs.pair, perp=order.perp
            )
            self.book[HELD, number] += fill
        for order in self.flows:
            price = perp if order.perp else spot
            accounts.trade(
                order.account,
                order.bought(log_price),
                price=price,
                costs=order.costs.pair,
                perp=order.perp,
            )
        self.flows.clear()

    def begin_at(self, ladder: int, rungs: NDArray[np.int64]) -> None:
        """Counts the first rungs of a ladder as closed already, shape (n,)."""
        keys = np.append(self.ladders[ladder].ladder.keys, -np.inf)
        self.rungs[REACHED, ladder] = rungs
        self.rungs[NEXT, ladder] = keys[rungs]

    def reached(self, ladder: int) -> Vector:
        """Rungs of a ladder closed so far."""
        return self.rungs[REACHED, ladder]
