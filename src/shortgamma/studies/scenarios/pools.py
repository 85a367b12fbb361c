"""Scenarios around one option pool: what its design does to its providers and to the market."""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import DAYS_PER_YEAR, SECONDS_PER_DAY, SECONDS_PER_YEAR
from shortgamma.feedback.agent import Agent
from shortgamma.feedback.agents.clients import Clients
from shortgamma.feedback.agents.noise import ForcedFlow
from shortgamma.feedback.agents.pool import OptionPool
from shortgamma.feedback.depth import WithdrawingDepth
from shortgamma.protocols.pool.design import PoolDesign
from shortgamma.protocols.pool.registry import GAMMA_AWARE, NAIVE, design_named
from shortgamma.studies.scenarios.books import HeldBook, option_series, scaled
from shortgamma.studies.scenarios.scenario import Inputs, Scenario

LISTED_DAYS = (7.0, 14.0, 21.0, 28.0, 35.0, 42.0)
WIDEST = 0.4
"""Log distance of the outermost strikes from spot."""
STRIKES = 17


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolMarket(Scenario):
    """One option pool with its clients in a market of its size; (A) = an assumption.

    Args:
        design: Of the pool.
        spread_points: Half-spread of the design in vol points; 0 = what it comes with.
        capital_usd: Of the providers (A).
        implied_vol: That the pool marks and sells at; 0 = the vol of the price (A).
        orders_per_day: That look at the pool's quote (A).
        order_coins: Mean size (A).
        buy_share: Part of the orders that buys (A).
        elasticity: −dln(volume)/dln(cost) of the clients at 2 vol points (A).
        moneyness: Mean place of their strikes, standard deviations above spot (A).
        gas_usd: Of each hedge (A).
        daily_volume_usd: Of the spot market, which the pool's flow is compared with (A).
        depth_floor: Least part of the depth that remains as the market gets wilder (A).
        event_start_days: Day on which somebody trades whatever the price, and depth is withdrawn (A).
        event_length_hours: How long the trading takes (A).
        event_bought_usd: Bought in it at the initial price; negative = sold, 0 = no event (A).
        event_depth: Part of the depth that remains on the day of an event (A).
    """

    least_chunk: ClassVar[int] = 256
    step_cost: ClassVar[float] = 10.0

    spot: float = 2_000.0
    vol: float = 0.8
    process: str = "kou"
    steps: int = 8_640
    step_seconds: float = 300.0
    depth_usd_per_pct: float = 5e6
    theta: float = -0.1
    design: str = NAIVE
    spread_points: float = 0.0
    capital_usd: float = 8e6
    implied_vol: float = 0.0
    orders_per_day: float = 48.0
    order_coins: float = 250.0
    buy_share: float = 0.65
    elasticity: float = 1.0
    moneyness: float = 0.0
    gas_usd: float = 5.0
    daily_volume_usd: float = 300e6
    depth_floor: float = 0.5
    event_start_days: float = 10.0
    event_length_hours: float = 6.0
    event_bought_usd: float = 0.0
    event_depth: float = 1.0

    @property
    def depth(self) -> WithdrawingDepth:
        """Of spot: it falls as the market gets wilder, and for a day after an event.

        Raises:
            InputError: The day of the event is negative.
        """
        if not (self.event_start_days >= 0.0 and self.event_length_hours > 0.0):
            raise InputError(
                f"an event of {self.event_length_hours:g} hours on day {self.event_start_days:g}",
                place="--set event_start_days",
                remedy="give a day of 0 or more and positive hours",
            )
        begin = self.event_start_days / DAYS_PER_YEAR
        end = begin + 1.0 / DAYS_PER_YEAR
        schedule = ((begin, self.event_depth), (end, 1.0)) if self.event_bought_usd else ()
        return self.withdrawing(self.depth_floor, schedule)

    def held(self, inputs: Inputs) -> HeldBook:
        """The given book, or the board at the vol of the price."""
        return inputs.book or self.board(self.implied_vol or self.exogenous(inputs).annual_vol)

    def board(self, vol: float) -> HeldBook:
        """What the pool lists: weekly expiries over a fixed ladder of strikes.

        What it holds at the start is in the two nearest expiries, short by θ.

        Args:
            vol: At which it marks and sells, decimal.
        """
        ladder = self.spot * np.exp(np.linspace(-WIDEST, WIDEST, STRIKES))
        days = np.repeat(LISTED_DAYS, STRIKES)
        strike = np.tile(ladder, len(LISTED_DAYS))
        series = option_series(
            spot=self.spot, strike=strike, days=days, is_call=strike > self.spot, vol=vol
        )
        near = (days <= LISTED_DAYS[1]) & (np.abs(np.log(strike / self.spot)) < 0.5 * WIDEST)
        start = scaled(
            "pool",
            series.select(near),
            spot=self.spot,
            gamma_usd_per_pct=self.theta * self.depth_usd_per_pct,
        )
        quantity = np.zeros(len(series))
        quantity[near] = start.quantity
        return replace(start, options=series, quantity=quantity)

    @property
    def pool_design(self) -> PoolDesign:
        """With the given half-spread."""
        design = design_named(self.design)
        return design.at_spread(self.spread_points) if self.spread_points else design

    @property
    def traders(self) -> Clients:
        """Who trades with the pool."""
        return Clients(
            per_day=self.orders_per_day,
            coins=self.order_coins,
            buy_share=self.buy_share,
            elasticity=self.elasticity,
            moneyness=self.moneyness,
        )

    def agents(self, book: HeldBook) -> tuple[Agent, ...]:
        """The pool, and who trades whatever the price."""
        return (self.pool(self.pool_design, book), *self.others)

    @property
    def others(self) -> tuple[Agent, ...]:
        """Who trades whatever the price; none where there is no event."""
        if not self.event_bought_usd:
            return ()
        event = ForcedFlow(
            label="event",
            start_years=self.event_start_days / DAYS_PER_YEAR,
            years=self.event_length_hours * 3_600.0 / SECONDS_PER_YEAR,
            usd=self.event_bought_usd,
        )
        return (event,)

    def pool(self, design: PoolDesign, book: HeldBook) -> OptionPool:
        """The pool with a design."""
        return OptionPool(
            design=design,
            options=book.options,
            quantity=book.quantity,
            vol=book.vol,
            policy=design.hedge.policy(
                depth_usd_per_pct=self.depth_usd_per_pct, capital_usd=self.capital_usd
            ),
            clients=self.traders,
            capital_usd=self.capital_usd,
            costs=self.costs,
            gas_usd=self.gas_usd,
        )

    @property
    def volume_per_step(self) -> float:
        """USD of the spot market's volume in one step."""
        return self.daily_volume_usd * self.step_seconds / SECONDS_PER_DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class NaivePool(PoolMarket):
    """An option pool that looks at vega and delta alone."""

    name: ClassVar[str] = "amm-naive"
    summary: ClassVar[str] = (
        "an option AMM with a flat spread that hedges its whole delta in every step"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class GammaAwarePool(PoolMarket):
    """The same market around a pool that prices, limits and hedges by its gamma."""

    name: ClassVar[str] = "amm-gamma-aware"
    summary: ClassVar[str] = "the same market around an option AMM that looks at its own gamma"

    design: str = GAMMA_AWARE
