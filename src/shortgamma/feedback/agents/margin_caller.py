"""A hedger on margin: when its funds fall short of what its venue requires, it has to trade at once.

What is forced is the part of its hedge gap that brings the requirement down to its funds. A book short gamma
that has waited while the price rose holds too few coins and is made to buy; after a fall it is made to sell.
"""

from dataclasses import dataclass
from typing import Any, Final, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.feedback.agents.dealer import Dealer, DealerState
from shortgamma.feedback.curves import CurveShare
from shortgamma.feedback.world import World
from shortgamma.kernels.orders import BAND, EDGE, MOST

Vector = NDArray[np.float64]
HALVINGS: Final = 40
"""Of the interval in which the forced part lies: it is found to 1e-12 of the gap."""
CLOSE: Final = 1e-9
"""Part of a requirement by which funds may fall short before it counts as a call."""


@runtime_checkable
class MarginPosition(Protocol):
    """What a margin rule sees of a book; arrays of shape (n,), one element per path."""

    @property
    def price(self) -> Vector:
        """USD per coin."""
        ...

    @property
    def notional(self) -> Vector:
        """USD of the underlying in the options, long and short added up."""
        ...

    def change(self, move: float) -> Vector:
        """USD that the options gain when the price makes a relative move at once."""
        ...


@runtime_checkable
class MarginRule(Protocol):
    """What a venue requires."""

    def required(self, position: MarginPosition, hedge: Vector) -> Vector:
        """USD of funds for the options of a position with a hedge of so many coins, 0 or more, shape (n,)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ShockedLoss:
    """Part of the notional, and what the book loses in the worst of some moves.

    Args:
        share: Of the options' notional, 0 or more.
        moves: Relative moves of the price, each above −1. ±15 % is an assumption of the size of portfolio
            margins on bitcoin.
    """

    share: float = 0.0
    moves: tuple[float, ...] = (-0.15, 0.15)

    def __post_init__(self) -> None:
        if not 0.0 <= self.share < np.inf:
            raise InputError(f"share {self.share:g}", place="margin", remedy="give 0 or more")
        if not self.moves or not all(-1.0 < move < np.inf for move in self.moves):
            raise InputError(
                f"moves {self.moves}", place="margin", remedy="give relative moves above -1"
            )

    def required(self, position: MarginPosition, hedge: Vector) -> Vector:
        """share·notional + max(0, −(change of options + hedge·price·move)) over the moves."""
        worst = np.zeros_like(hedge)
        for move in self.moves:
            gained = position.change(move) + hedge * position.price * move
            worst = np.maximum(worst, -gained)
        return self.share * position.notional + worst


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MarginCaller(Dealer):
    """A dealer or vault on margin: forced to trade when its funds fall short.

    Args:
        funds_usd: Of its own at the start, beside the book; its result is added.
        margin: What its venue requires; None = nobody calls, and it is a dealer.
    """

    funds_usd: float = 0.0
    margin: MarginRule | None = None

    def __post_init__(self) -> None:
        # super() without arguments does not find its class in a dataclass with slots.
        Dealer.__post_init__(self)
        if not 0.0 <= self.funds_usd < np.inf:
            raise InputError(
                f"{self.funds_usd:g} USD of funds", place=self.label, remedy="give 0 or more"
            )

    def enter(self, world: World, shared: CurveShare) -> "MarginCallerState":
        """As a dealer.

        Raises:
            InputError: As of a dealer.
        """
        self.check(world)
        return MarginCallerState(self, world, shared)

    def rests(self, state: "DealerState", world: World, *, until: int) -> bool:
        """True where nobody calls and the dealer would rest."""
        return self.margin is None and Dealer.rests(self, state, world, until=until)


class ShockedBook:
    """The options of one holder at a moment, for a margin rule.

    Args:
        state: Whose.
        world: Now, after the shock of the step and before any order.
    """

    def __init__(self, state: "MarginCallerState", world: World) -> None:
        self._state, self._world = state, world
        self._now = state.value(world.index, world, world.opening_log)
        self.price = world.opening_price
        self.notional = state.coins * self.price

    @property
    def worth(self) -> Vector:
        """USD of the options."""
        return self._now

    def change(self, move: float) -> Vector:
        """USD that the options gain in a relative move at once."""
        moved = self._world.opening_log + np.log1p(move)
        return self._state.value(self._world.index, self._world, moved) - self._now


class MarginCallerState(DealerState):
    """A dealer on margin on one block of paths; arrays have shape (n,).

    Attributes:
        coins: Units of the underlying in the options, long and short added up.
        gap: Coins that its hedge lacks after the shock of the step, + = to buy.
        forced: Part of it that it has to trade in this step, 0 to 1.
        calls: Steps with a call so far.
        forced_usd: USD of forced trades so far, at the price after the shock, before the policy's own.
        shortfall: USD, largest amount by which funds fell short, before anything was forced.
        unmet: USD, the same after all of the gap was forced.
    """

    def __init__(self, caller: MarginCaller, world: World, share: CurveShare) -> None:
        super().__init__(caller, world, share)
        size = world.size
        self.caller = caller
        self.coins = float(np.abs(caller.quantity).sum())
        self.gap, self.forced = np.zeros(size), np.zeros(size)
        self.calls, self.forced_usd = np.zeros(size), np.zeros(size)
        self.shortfall, self.unmet = np.zeros(size), np.zeros(size)

    def act(self, world: World) -> None:
        """Decides as a dealer; where funds fall short, what the venue forces is traded at least."""
        if self.caller.margin is None:
            super().act(world)
            return
        book = ShockedBook(self, world)
        self.look(self.curve.targets.at(world.index + 1), world, world.opening_log)
        self.gap = self.target - self.held(world)
        self.forced = self._forced_part(self.caller.margin, book, world)
        self.forced[world.stopped] = 0.0
        self.calls += self.forced > 0.0
        self.forced_usd += self.forced * np.abs(self.gap) * book.price
        super().act(world)
        if not (self.sends or self.always):
            self._force(world)

    def funds(self, book: ShockedBook, world: World) -> Vector:
        """USD of its own with everything marked after the shock."""
        wealth = world.accounts.wealth(self.account, book.price, book.price)
        return self.caller.funds_usd + wealth + book.worth - self.start_value

    def _forced_part(self, rule: MarginRule, book: ShockedBook, world: World) -> Vector:
        """The smallest part of the gap after whose trade funds suffice; all of it where none does."""
        funds, held, gap = self.funds(book, world), self.held(world), self.gap
        required = rule.required(book, held)
        short = required - funds > CLOSE * required
        np.maximum(self.shortfall, np.where(short, required - funds, 0.0), out=self.shortfall)
        if not short.any():
            return np.zeros_like(gap)
        left = np.where(short, np.maximum(rule.required(book, held + gap) - funds, 0.0), 0.0)
        np.maximum(self.unmet, left, out=self.unmet)
        low, high = np.zeros_like(gap), np.ones_like(gap)
        for _halving in range(HALVINGS):
            middle = 0.5 * (low + high)
            enough = rule.required(book, held + middle * gap) <= funds
            low, high = np.where(enough, low, middle), np.where(enough, middle, high)
        return np.where(short & (gap != 0.0), high, 0.0)

    def _force(self, world: World) -> None:
        """Narrows the standing order to what is forced, where its policy would leave more of the gap."""
        row, size = world.exchange.book[:, self.hedge], np.abs(self.gap)
        own = np.where(size > row[BAND], np.maximum(row[EDGE], size - row[MOST]), size)
        left = np.minimum((1.0 - self.forced) * size, own)
        called = self.forced > 0.0
        for number, value in ((BAND, left), (EDGE, left), (MOST, np.inf)):
            np.copyto(row[number], value, where=called)

    def wanted(self, world: World) -> Vector:
        """Coins that an order buys: its rule's by the price it saw, or what is forced if that is more."""
        own, forced = super().wanted(world), self.forced * self.gap
        return np.where(np.sign(self.gap) * own < np.abs(forced), forced, own)

    def answer(self, world: World) -> dict[str, Any]:
        """As of a dealer; with a margin also its calls.

        ``margin_calls`` counts steps, ``forced_usd`` is what was forced in all, ``shortfall_usd`` and
        ``unmet_usd`` are the largest amounts by which funds fell short before and after forced trades.
        """
        figures = super().answer(world)
        if self.caller.margin is None:
            return figures
        return figures | {
            "margin_calls": self.calls.copy(),
            "forced_usd": self.forced_usd.copy(),
            "shortfall_usd": self.shortfall.copy(),
            "unmet_usd": self.unmet.copy(),
        }
