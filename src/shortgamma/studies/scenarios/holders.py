"""The same gamma with two kinds of holder: a bank of many desks in a deep market, one vault in a thin one."""

from dataclasses import dataclass, fields
from typing import ClassVar

import numpy as np

from shortgamma.basics.errors import InputError
from shortgamma.feedback.agent import Agent
from shortgamma.feedback.agents.dealer import Dealer
from shortgamma.feedback.agents.margin_caller import MarginCaller, ShockedLoss
from shortgamma.feedback.gas import GasMarket
from shortgamma.feedback.market import Market
from shortgamma.hedging.policies import DeltaBand
from shortgamma.hedging.policy import Policy
from shortgamma.studies.scenarios.books import HeldBook, wall_book
from shortgamma.studies.scenarios.leveraged import Leveraged, keeper_policy

MOST_DESKS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class OneBank(Leveraged):
    """Eight desks with different strikes, expiries, bands and places to trade, in a deep market.

    The first desk trades by ``policy``, the others when their gap leaves a band, each wider than the one
    before. Desks trade in the perpetual and in spot in turns. The bank hedges from its own capital: no margin
    call closes its hedges.

    Args:
        desks: How many share the book, by expiry.
        desk_band: Width of the widest band, part of a desk's gross holding (A).
    """

    name: ClassVar[str] = "one-bank"
    summary: ClassVar[str] = "many desks with different books hedge in a deep market"

    process: str = "hawkes"
    depth_usd_per_pct: float = 400e6
    perp_depth_usd_per_pct: float = 400e6
    theta: float = -0.15
    depth_floor: float = 0.8
    open_interest_usd: float = 1e9
    median_leverage: float = 4.0
    basis_half_life_seconds: float = 10.0
    desks: int = 8
    desk_band: float = 0.002

    def agents(self, book: HeldBook) -> tuple[Agent, ...]:
        """The desks, the arbitrageur and the crowd.

        Raises:
            InputError: No desks, more than a bank has, or a negative band.
        """
        if not (1 <= self.desks <= MOST_DESKS and self.desk_band >= 0.0):
            raise InputError(
                f"{self.desks} desks with a band of {self.desk_band:g}",
                place="--set desks",
                remedy=f"give 1 to {MOST_DESKS} desks and a band of 0 or more",
            )
        order = np.argsort(book.options.years, kind="stable")
        parts = (book.part(rows) for rows in np.array_split(order, self.desks))
        desks = tuple(self.desk(number, part) for number, part in enumerate(parts))
        return (*desks, self.arbitrage, self.crowd(book.spot))

    def desk(self, number: int, book: HeldBook) -> Dealer:
        """One desk; odd ones trade in spot."""
        policy: Policy = self.hedging
        width = self.desk_band * book.gross * number / self.desks
        if width > 0.0:
            policy = DeltaBand(width=width)
        return self.dealer(f"desk {number + 1}", book, policy=policy, perp=number % 2 == 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class OneVault(Leveraged):
    """One protocol holds the gamma of ``one-bank`` at one strike and expiry, in a shallower market.

    It hedges in spot by transactions on a chain once its gap leaves a band. Depth withdraws, and the crowd
    is leveraged.

    Args:
        wall: Log distance of the strike from spot (A).
        days: To its expiry (A).
        keeper_band: Gap at which it hedges, part of its gross holding (A).
        own_funds_usd: That its margin is held against; 0 = nobody calls. Margin is the loss of options and
            hedge in the worse of ±15 % (A); a call forces the part of the hedge gap that meets it.
    """

    name: ClassVar[str] = "one-vault"
    summary: ClassVar[str] = "one on-chain holder at one strike hedges in a shallow market"

    process: str = "hawkes"
    depth_usd_per_pct: float = 150e6
    perp_depth_usd_per_pct: float = 60e6
    theta: float = -0.4
    depth_floor: float = 0.45
    open_interest_usd: float = 200e6
    long_share: float = 0.6
    median_leverage: float = 12.0
    wall: float = 0.0
    days: float = 3.0
    keeper_band: float = 0.02
    own_funds_usd: float = 0.0

    def bundled_book(self) -> HeldBook:
        """One call (or put below spot), sold in the quantity whose θ is ``theta`` at the strike."""
        return wall_book(
            spot=self.spot,
            vol=self.vol,
            wall=self.wall,
            days=self.days,
            gamma_usd_per_pct=self.theta * self.depth_usd_per_pct,
            strikes=1,
        )

    @property
    def markets(self) -> tuple[Market, ...]:
        """Perpetual and gas."""
        return (self.perp, GasMarket())

    def agents(self, book: HeldBook) -> tuple[Agent, ...]:
        """The vault, the arbitrageur and the crowd."""
        policy = keeper_policy(self.keeper_band, book)
        vault = self.dealer("vault", book, policy=policy, perp=False, gas=True)
        return (self.on_margin(vault), self.arbitrage, self.crowd(book.spot))

    def on_margin(self, vault: Dealer) -> Dealer:
        """The vault with its funds, where somebody calls for margin."""
        if not self.own_funds_usd:
            return vault
        own = {item.name: getattr(vault, item.name) for item in fields(vault)}
        return MarginCaller(**own, funds_usd=self.own_funds_usd, margin=ShockedLoss())
