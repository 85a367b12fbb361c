"""Scenarios of one dealer against spot alone: any book, a gamma wall, a replayed series."""

from dataclasses import dataclass
from typing import ClassVar

from shortgamma.feedback.agent import Agent
from shortgamma.feedback.agents.dealer import Dealer
from shortgamma.feedback.depth import WithdrawingDepth
from shortgamma.studies.scenarios.books import HeldBook, spread_book, wall_book
from shortgamma.studies.scenarios.scenario import Scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class HedgedBook(Scenario):
    """One dealer hedges a book in every step against linear impact."""

    name: ClassVar[str] = "hedged-book"
    summary: ClassVar[str] = "one dealer hedges a book of options in every step"

    splits_result: ClassVar[bool] = False

    options: int = 200

    def bundled_book(self) -> HeldBook:
        """``options`` of them, spread over strikes and expiries."""
        return spread_book(
            spot=self.spot,
            vol=self.vol,
            options=self.options,
            gamma_usd_per_pct=self.theta * self.depth_usd_per_pct,
        )

    def agents(self, book: HeldBook) -> tuple[Agent, ...]:
        """One dealer."""
        return (
            Dealer(
                options=book.options,
                quantity=book.quantity,
                policy=self.hedging,
                costs=self.costs,
                attributes=self.splits_result,
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class GammaSqueeze(HedgedBook):
    """Dealers are short a wall of short-dated options, and depth withdraws as the market gets wilder."""

    name: ClassVar[str] = "gamma-squeeze"
    summary: ClassVar[str] = "dealers short a wall of short-dated options; depth withdraws"

    splits_result: ClassVar[bool] = True

    process: str = "hawkes"
    theta: float = -0.45
    wall: float = 0.03
    days: float = 3.0
    depth_floor: float = 0.7

    def bundled_book(self) -> HeldBook:
        """A wall whose θ is ``theta`` once the price has reached it."""
        return wall_book(
            spot=self.spot,
            vol=self.vol,
            wall=self.wall,
            days=self.days,
            gamma_usd_per_pct=self.theta * self.depth_usd_per_pct,
        )

    @property
    def depth(self) -> WithdrawingDepth:
        """Of spot."""
        return self.withdrawing(self.depth_floor)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayedPrices(HedgedBook):
    """A recorded price series, step by step, and what the hedging of a book would have added to it."""

    name: ClassVar[str] = "replay"
    summary: ClassVar[str] = "a given price series with the hedging of a book on top"

    splits_result: ClassVar[bool] = True

    process: str = "replay"
    steps: int = 0
    step_seconds: float = 0.0
