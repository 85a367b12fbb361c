"""A desk that bought options beside its book: the size of every hedge is fixed before the market clears."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import PERCENT
from shortgamma.feedback.agent import Agent
from shortgamma.feedback.agents.desk import Desk, DeskState
from shortgamma.feedback.curves import CurveShare
from shortgamma.feedback.joined_curve import JoinedCurve
from shortgamma.feedback.setup import Setup
from shortgamma.feedback.world import World
from shortgamma.hedging.purchases import Purchase

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GammaDesk(Desk):
    """A desk some of whose options were bought at the start, above their mark value.

    It decides after the news of a step and before the market clears, as a desk does that rolls options: two
    desks that differ in their options alone are then compared at the same moments.

    Args:
        bought: Options that it bought at the start beside its book; None = none.
    """

    bought: Purchase | None = None

    def __post_init__(self) -> None:
        # super() without arguments does not find its class in a dataclass with slots.
        Desk.__post_init__(self)
        if not 0.0 <= self.option_spread_usd < np.inf:
            raise InputError(
                f"{self.option_spread_usd:g} USD of option spread",
                place=self.label,
                remedy="give 0 or more",
            )

    @property
    def option_spread_usd(self) -> float:
        """Paid at the start above the mark value of what it bought, USD, 0 or more."""
        return 0.0 if self.bought is None else self.bought.spread_usd

    @property
    def sends_orders(self) -> bool:
        """True."""
        return True

    @property
    def first_expiry(self) -> float:
        """Years to the expiry of the shortest-lived option of its book or of what it bought."""
        book = float(self.options.years.min(initial=np.inf))
        return book if self.bought is None else float(self.bought.options.years.min(initial=book))

    def prepare(self, setup: Setup, others: Sequence[tuple[Agent, Any]]) -> CurveShare:
        """Tables of the book, shared with other desks, and of book and purchase together."""
        book = Desk.prepare(self, setup, others)
        if self.bought is None or not len(self.bought.options):
            return book
        options, quantity = self.bought.options, self.bought.quantity
        alone = replace(self, options=options, quantity=quantity, bought=None)
        whole = JoinedCurve(book, alone.curve(setup))
        return PurchaseShare(curve=book.curve, factor=book.factor, whole=whole)

    def enter(self, world: World, shared: CurveShare) -> "GammaDeskState":
        """As any desk, and pays the spread of the options that it bought.

        Raises:
            InputError: It hedges with what the market lacks, or where its orders cannot rest.
        """
        self.check(world)
        return GammaDeskState(self, world, held_tables(shared))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PurchaseShare(CurveShare):
    """The tables of a book, for others who hold it too, and those of what one desk holds in all.

    Args:
        whole: Of book and purchase.
    """

    whole: JoinedCurve


def held_tables(shared: CurveShare) -> CurveShare:
    """The tables of what a desk holds in all."""
    return CurveShare(curve=shared.whole) if isinstance(shared, PurchaseShare) else shared


class GammaDeskState(DeskState):
    """A desk with options that it bought, on one block of paths.

    Attributes:
        option_spread: USD paid so far above or below the mark of options, shape (n,).
        gamma_years: ∫ net gamma dt so far, USD per 1 % times years, + = long, shape (n,).
    """

    def __init__(self, desk: GammaDesk, world: World, share: CurveShare) -> None:
        paid = np.full(world.size, desk.option_spread_usd)
        self.option_spread = paid.copy()
        self.gamma_years = np.zeros(world.size)
        super().__init__(desk, world, share)
        world.accounts.pay(self.account, self.clients, paid)

    def act(self, world: World) -> None:
        """Hedges as any desk, and adds up the gamma that it hedges."""
        super().act(world)
        price = world.spot * np.exp(self.seen_log)
        self.gamma_years -= (PERCENT * world.step_years) * price * self.slope

    def answer(self, world: World) -> dict[str, Any]:
        """As of a desk, and USD of option spread (negative = paid), and mean net gamma, USD per 1 %."""
        figures = super().answer(world)
        figures["option_spread_usd"] = -self.option_spread
        figures["mean_gamma_usd_per_pct"] = self.gamma_years / world.setup.clock.horizon
        return figures
