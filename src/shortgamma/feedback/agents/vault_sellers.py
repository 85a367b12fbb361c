"""Vaults that sell weekly options and do not hedge: strikes, auctions, settlement, on every path.

At the roll the old options expire and are settled at the price of that step, and each vault chooses its next
strike by the price *of its path*. The auction ends some hours later. Nothing of this trades in the market:
a vault's gamma moves no price unless the other side hedges, see :mod:`vault_hedgers`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.units import SECONDS_PER_YEAR
from shortgamma.feedback.agent import Agent
from shortgamma.feedback.agents.vault_auction import LEAST_VOL, Auction, Clearing, Series, cleared
from shortgamma.feedback.agents.vault_calendar import WEEK, Calendar, Groups, by_index
from shortgamma.feedback.agents.vault_meters import RollMeter
from shortgamma.feedback.depth import check_positive
from shortgamma.feedback.setup import Setup
from shortgamma.feedback.world import World
from shortgamma.protocols.ribbon.aggregate import Vaults
from shortgamma.protocols.ribbon.strike import black_strike

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

LEAST_STEPS = 4.0
"""Price over the distance of listed strikes below which a vault sits a week out."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class VaultSellers(Agent):
    """All vaults together, group by group.

    Args:
        label: Of their account.
        vaults: Groups of vaults that sell the same contract, or single vaults.
        implied_vol: At which options are reckoned fair, decimal.
        first_roll_hours: From the start to the first Friday 08:00 UTC.
        auction: How they sell.
        watch_hours: Before the roll, from which the market is measured.
    """

    label: str = "vaults"
    vaults: Vaults
    implied_vol: float
    first_roll_hours: float = 24.0
    auction: Auction = field(default_factory=Auction)
    watch_hours: float = 12.0

    def __post_init__(self) -> None:
        check_positive(self.implied_vol, "implied vol", "vaults")

    @property
    def name(self) -> str:
        """Of its account."""
        return self.label

    def prepare(self, setup: Setup, others: Sequence[tuple[Agent, Any]]) -> Calendar:  # noqa: ARG002
        """When they roll."""
        return Calendar.made(
            setup.clock.times,
            first_hours=self.first_roll_hours,
            auction_hours=self.auction.hours,
            offset_hours=self.vaults.offset_hours,
        )

    def enter(self, world: World, shared: Calendar) -> "VaultState":
        """The options of the week before, struck at the initial price."""
        return VaultState(self, world, shared)

    def settle(self, state: "VaultState", world: World) -> None:
        """Expiries, new strikes, sales."""
        state.settle(world)

    def answer(self, state: "VaultState", world: World) -> dict[str, Any]:
        """See :meth:`VaultState.answer`."""
        return state.answer(world)


class VaultState:
    """The vaults on one block of paths; arrays have shape (groups, n) or (n,).

    Attributes:
        account, buyers: Theirs, and that of whoever buys their options.
        collateral: Coins of calls, USD of puts.
        strike: USD, of what was sold or is being sold.
        offered, quantity: Options of this week, and those that were sold, units of the underlying.
        floor: Least premium of an option, coins of calls, USD of puts.
        expiry: Of what was sold, years since the start, shape (groups,).
        dip: By how much sales have lowered the market's vol, decimal.
    """

    def __init__(self, sellers: VaultSellers, world: World, calendar: Calendar) -> None:
        vaults, size = sellers.vaults, world.size
        self.sellers, self.calendar = sellers, calendar
        self.account = world.accounts.open(sellers.name)
        self.buyers = world.accounts.open("option buyers")
        rolls = calendar.rolls()
        self.opens = by_index((roll.index, roll.group) for roll in rolls)
        self.sales = by_index((roll.sale, roll.group) for roll in rolls)
        self.sign = np.where(vaults.is_call, 1.0, -1.0)
        coins = np.where(vaults.is_call, vaults.usd / world.spot, vaults.usd)
        self.collateral = np.repeat(coins[:, None], size, axis=1)
        shape = (len(vaults), size)
        self.strike, self.offered, self.quantity = np.ones(shape), np.zeros(shape), np.zeros(shape)
        self.floor = np.zeros(shape)
        self.expiry = calendar.starts.copy()
        self.dip = np.zeros(size)
        self.premium, self.fair, self.payoff = np.zeros(size), np.zeros(size), np.zeros(size)
        self.offered_usd, self.sold_usd = np.zeros(size), np.zeros(size)
        self.meter = RollMeter(calendar, sellers.watch_hours, size)
        self._choose(np.arange(len(vaults)), np.full(size, world.spot))
        self.quantity = self.offered.copy()
        self.start_value = self.value(world, 0.0)

    @property
    def vol(self) -> Vector:
        """The market's vol of these options, decimal."""
        return np.maximum(self.sellers.implied_vol - self.dip, LEAST_VOL)

    def series(self, groups: Groups, years: float) -> Series:
        """What some groups sell, seen at a time since the start."""
        left = np.maximum(self.expiry[groups] - years, 1e-9)
        return Series(sign=self.sign[groups], strike=self.strike[groups], years=left)

    def value(self, world: World, years: float) -> Vector:
        """What the options that were sold are worth at the market's vol, USD, shape (n,)."""
        everyone = np.arange(len(self.sign))
        prices = self.series(everyone, years).prices(world.price, self.vol)
        return np.sum(self.quantity * prices, axis=0)

    def _choose(self, groups: Groups, price: Vector) -> None:
        """Strikes, sizes and least premiums of another week, by the price of the path."""
        sellers = self.sellers
        for group in groups.tolist():
            rule = sellers.vaults.rule(group)
            near = np.maximum(price, LEAST_STEPS * rule.step)
            strike = black_strike(near, years=WEEK, vol=sellers.implied_vol, rule=rule)
            size = self.collateral[group] / (1.0 if rule.is_call else strike)
            self.strike[group] = strike
            self.offered[group] = np.where(price == near, np.maximum(size, 0.0), 0.0)
            self.quantity[group] = 0.0
        week = Series(
            sign=self.sign[groups],
            strike=self.strike[groups],
            years=np.full(len(groups), WEEK),
        )
        fair = week.prices(price, np.full_like(price, sellers.implied_vol))
        self.floor[groups] = sellers.auction.floor * fair / self._asset(groups, price)

    def _asset(self, groups: Groups, price: Vector) -> Matrix:
        """USD of what a vault's collateral and premium are counted in."""
        return np.where(self.sign[groups, None] > 0.0, price, 1.0)

    def settle(self, world: World) -> None:
        """Expiries, new strikes, sales."""
        seconds = world.step_years * SECONDS_PER_YEAR
        self.dip *= 0.5 ** (seconds / (3_600.0 * self.sellers.auction.recovery_hours))
        index = world.index + 1
        self.meter.look(world, self.strike, self.quantity)
        groups = self.opens.get(index)
        if groups is not None:
            self._expire(groups, world)
            self._choose(groups, world.price)
        groups = self.sales.get(index)
        if groups is not None:
            self._sell(groups, world)

    def _expire(self, groups: Groups, world: World) -> None:
        """Settles what was sold, at the price of the path."""
        price = world.price
        worth = np.maximum(self.sign[groups, None] * (price - self.strike[groups]), 0.0)
        paid = self.quantity[groups] * worth
        self.collateral[groups] -= paid / self._asset(groups, price)
        self.payoff += paid.sum(axis=0)
        world.accounts.pay(self.account, self.buyers, paid.sum(axis=0))
        self.expiry[groups] += WEEK

    def _sell(self, groups: Groups, world: World) -> None:
        """Ends the auction of some groups, all of them together."""
        price, auction = world.price, self.sellers.auction
        series = self.series(groups, float(world.times[world.index + 1]))
        offered, mid = self.offered[groups], self.vol
        found = cleared(
            series.implied(self.floor[groups] * self._asset(groups, price), price),
            offered * series.vegas(price, mid),
            best=mid - auction.half_spread_vol,
            fall=auction.vol_per_vega,
        )
        self.quantity[groups] = found.sold * offered
        self._book(groups, found, series, world)
        self.dip += auction.vol_per_vega * found.vega

    def _book(self, groups: Groups, found: Clearing, series: Series, world: World) -> None:
        """Delivery against premium."""
        price, sold = world.price, self.quantity[groups]
        paid = sold * series.prices(price, np.maximum(found.vol, 0.1 * LEAST_VOL))
        self.collateral[groups] += paid / self._asset(groups, price)
        world.accounts.pay(self.buyers, self.account, paid.sum(axis=0))
        self.premium += paid.sum(axis=0)
        self.fair += np.sum(sold * series.prices(price, self.vol), axis=0)
        self.offered_usd += np.sum(self.offered[groups], axis=0) * price
        self.sold_usd += np.sum(sold, axis=0) * price

    def answer(self, world: World) -> dict[str, Any]:
        """USD per path of result, premiums and settlements; what stayed unsold; the market around the roll.

        ``pnl_usd`` is of the options alone, ``premium_discount`` the part of the fair premium that bidders
        kept, ``unsold_share`` the part of what was offered, by notional.
        """
        horizon = float(world.times[-1])
        earned = world.accounts.cash[self.account]
        fair = np.where(self.fair > 0.0, self.fair, 1.0)
        offered = np.where(self.offered_usd > 0.0, self.offered_usd, 1.0)
        return {
            "pnl_usd": earned - self.value(world, horizon) + self.start_value,
            "premium_usd": self.premium.copy(),
            "payoff_usd": self.payoff.copy(),
            "premium_discount": np.where(self.fair > 0.0, 1.0 - self.premium / fair, 0.0),
            "unsold_share": np.where(self.offered_usd > 0.0, 1.0 - self.sold_usd / offered, 0.0),
            **self.meter.answer(),
        }
