"""Vaults that roll at one hour of the week, and the market makers on their other side."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import DAYS_PER_YEAR
from shortgamma.feedback.agent import Agent
from shortgamma.feedback.agents.dealer import Dealer
from shortgamma.feedback.agents.vault_auction import Auction
from shortgamma.feedback.agents.vault_calendar import WEEK
from shortgamma.feedback.agents.vault_hedgers import Presale, VaultHedgers
from shortgamma.feedback.agents.vault_sellers import VaultSellers
from shortgamma.feedback.curves import Span
from shortgamma.feedback.processes.process import Process
from shortgamma.hedging.policies import Continuous
from shortgamma.protocols.ribbon.aggregate import Population, Vaults
from shortgamma.protocols.ribbon.strike import black_strike
from shortgamma.studies.scenarios.books import HeldBook, option_series
from shortgamma.studies.scenarios.scenario import Scenario

BUNDLED = "bundled"


@dataclass(frozen=True, slots=True, kw_only=True)
class FridayRoll(Scenario):
    """Nine days around a Friday: a roll on the second day, the expiry and the next roll on the ninth.

    ``theta`` is the gamma of one week's options at the price of the roll over depth, positive because
    those who hedge them are long. It sets the collateral of the vaults.

    Args:
        vaults, depositors: How many (A).
        call_share: Part of the collateral in covered calls; the rest secures puts (A).
        target_delta: Of what the vaults sell, without its sign.
        vault_seed: Of the draw of the vaults.
        implied_vol: At which options are reckoned fair, decimal (A).
        roll_hours: From the start to Friday 08:00 UTC.
        roll_spread_hours: Over which the rolls of the vaults are spread; 0 = all at once.
        auction_hours: From the strike to the sale; 0 = by request for quotes.
        premium_floor: Least part of the fair premium that a vault takes (A).
        bid_half_spread: Of the best bid below the market's vol, decimal (A).
        bid_fall: Fall of the bid vol per 1 M$ of vega per point sold at once, decimal (A).
        recovery_hours: In which half of that fall is gone (A).
        hedged_share: Part of the options that market makers buy and hedge; others hold the rest (A).
        prehedge_share: Part of what they expect that they sell to clients before the roll (A).
        prehedge_hours: Over which they do (A).
        seller_hedged_share: Part of the options that the vaults hedge themselves; 0 in all vaults known.
        unwind_hours: In which the hedge of options that ended in the money is worked off (A).
        daily_volume_usd: Of the market, that the flow of the roll is compared with (A).
    """

    name: ClassVar[str] = "friday-roll"
    summary: ClassVar[str] = "vaults roll on Friday; market makers are short before and long after"

    spot: float = 2_000.0
    vol: float = 0.8
    steps: int = 864
    step_seconds: float = 900.0
    depth_usd_per_pct: float = 60e6
    theta: float = 0.15
    vaults: int = 300
    depositors: int = 10_000
    call_share: float = 0.5
    target_delta: float = 0.1
    vault_seed: int = 0
    implied_vol: float = 0.8
    roll_hours: float = 24.0
    roll_spread_hours: float = 0.0
    auction_hours: float = 6.0
    premium_floor: float = 0.5
    bid_half_spread: float = 0.01
    bid_fall: float = 0.1
    recovery_hours: float = 24.0
    hedged_share: float = 1.0
    prehedge_share: float = 0.4
    prehedge_hours: float = 12.0
    seller_hedged_share: float = 0.0
    unwind_hours: float = 6.0
    daily_volume_usd: float = 2e9

    def bundled_book(self) -> HeldBook:
        """What those who hedge hold of one week's options, at the price of the roll.

        Raises:
            InputError: θ is negative: vaults sell, so that who hedges is long.
        """
        week = self.week(self.population(self.spot), self.spot)
        return week.times(self.hedged_share - self.seller_hedged_share)

    def population(self, spot: float) -> Vaults:
        """The vaults, group by group, with the collateral that gives θ.

        Raises:
            InputError: θ is negative: vaults sell, so that who hedges is long.
        """
        if self.theta < 0.0:
            raise InputError(
                f"theta is {self.theta:g}",
                place="--set theta",
                remedy="give 0 or more: vaults sell, so that those who hedge are long",
            )
        drawn = Population(
            vaults=self.vaults,
            depositors=self.depositors,
            usd=1.0,
            call_share=self.call_share,
            delta=self.target_delta,
            spread_hours=self.roll_spread_hours,
            seed=self.vault_seed,
        )
        vaults = drawn.drawn(spot).grouped().groups
        gamma = self.week(vaults, spot).gamma_usd_per_pct
        return vaults.times(self.theta * self.depth_usd_per_pct / gamma)

    def week(self, vaults: Vaults, spot: float) -> HeldBook:
        """What vaults sell in a week at this price."""
        price, vol = np.array([spot]), self.implied_vol
        rules = (vaults.rule(number) for number in range(len(vaults)))
        strike = np.array(
            [black_strike(price, years=WEEK, vol=vol, rule=rule)[0] for rule in rules]
        )
        days = np.full(len(vaults), WEEK * DAYS_PER_YEAR)
        options = option_series(
            spot=spot, strike=strike, days=days, is_call=vaults.is_call, vol=vol
        )
        coins = vaults.usd / np.where(vaults.is_call, spot, strike)
        return HeldBook(label=BUNDLED, spot=spot, options=options, quantity=coins)

    def agents(self, book: HeldBook) -> tuple[Agent, ...]:
        """Vaults, those who hedge the other side, and a dealer where a measured book is given.

        Raises:
            InputError: A figure is out of range, or the policy is not to hedge in every step.
        """
        self.check()
        sellers = VaultSellers(
            vaults=self.population(book.spot),
            implied_vol=self.implied_vol,
            first_roll_hours=self.roll_hours,
            auction=self.auction,
            watch_hours=self.prehedge_hours,
        )
        found: list[Agent] = [sellers]
        if self.hedged_share > 0.0:
            found.append(
                self.hedgers("market makers", share=self.hedged_share, presold=self.prehedge_share)
            )
        if self.seller_hedged_share > 0.0:
            found.append(
                self.hedgers("hedging vaults", share=-self.seller_hedged_share, presold=0.0)
            )
        if book.label != BUNDLED:
            dealer = Dealer(options=book.options, quantity=book.quantity, costs=self.costs)
            found.append(dealer)
        return tuple(found)

    def check(self) -> None:
        """Refuses what this market does not know.

        Raises:
            InputError: A share is outside 0 to 1, or the policy is another one.
        """
        for name in ("hedged_share", "prehedge_share", "seller_hedged_share"):
            if not 0.0 <= (value := getattr(self, name)) <= 1.0:
                raise InputError(
                    f"{name} is {value:g}", place=f"--set {name}", remedy="give 0 to 1"
                )
        if not isinstance(self.hedging, Continuous):
            raise InputError(
                f"policy {self.policy!r}",
                place="--set policy",
                remedy="use continuous: the strikes of this market differ from path to path",
            )

    @property
    def auction(self) -> Auction:
        """How vaults sell."""
        return Auction(
            hours=self.auction_hours,
            floor=self.premium_floor,
            half_spread_vol=self.bid_half_spread,
            vol_per_million_vega=self.bid_fall,
            recovery_hours=self.recovery_hours,
        )

    def hedgers(self, label: str, *, share: float, presold: float) -> VaultHedgers:
        """Who hedges a part of what vaults sell; negative = the vaults themselves."""
        return VaultHedgers(
            label=label,
            share=share,
            presale=Presale(
                share=presold, hours=self.prehedge_hours, half_spread_vol=self.bid_half_spread
            ),
            unwind_hours=self.unwind_hours,
            daily_volume_usd=self.daily_volume_usd,
            costs=self.costs,
        )

    def span(self, process: Process, book: HeldBook) -> Span:
        """Log prices on which hedges are tabulated: those of a measured book alone."""
        deviation = process.annual_vol * self.clock.horizon**0.5
        is_measured = book.label != BUNDLED
        fine = is_measured and bool(np.any(book.options.years <= self.clock.horizon))
        return Span.around(deviation, is_fine=fine)
