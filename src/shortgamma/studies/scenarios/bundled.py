"""The bundled scenarios."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar, Final, TypeVar

from shortgamma.basics.errors import InputError
from shortgamma.feedback.agents.basis import BasisArbitrageur
from shortgamma.feedback.agents.cohort import LeveragedCohort, Positions
from shortgamma.feedback.agents.dealer import Dealer
from shortgamma.feedback.agents.noise import NoiseTraders, ValueTraders
from shortgamma.feedback.depth import WithdrawingDepth
from shortgamma.feedback.gas import GasMarket, GasPayer
from shortgamma.feedback.perp import PerpMarket
from shortgamma.feedback.setup import Setup
from shortgamma.feedback.vol import ReactingVol, reacting_levels
from shortgamma.hedging.policies import DeltaBand
from shortgamma.studies.scenarios.books import HeldBook, spread_book, wall_book
from shortgamma.studies.scenarios.scenario import Inputs, Scenario
from shortgamma.venues.funding import FUNDING_RULES, FundingRule
from shortgamma.venues.liquidation import LIQUIDATION_RULES, LiquidationRules

Rules = TypeVar("Rules", FundingRule, LiquidationRules)


@dataclass(frozen=True, slots=True, kw_only=True)
class HedgedBook(Scenario):
    """One dealer hedges a book in every step against linear impact."""

    name: ClassVar[str] = "hedged-book"
    summary: ClassVar[str] = "one dealer hedges a book of options in every step"

    splits_result: ClassVar[bool] = False

    options: int = 200

    def held(self, inputs: Inputs) -> HeldBook:
        """The given book, or the bundled one with its θ."""
        return inputs.book or spread_book(
            spot=self.spot,
            vol=self.vol,
            options=self.options,
            gamma_usd_per_pct=self.theta * self.depth_usd_per_pct,
        )

    def build(self, inputs: Inputs) -> Setup:
        """One dealer, one depth."""
        book, process = self.held(inputs), self.exogenous(inputs)
        dealer = Dealer(
            options=book.options,
            quantity=book.quantity,
            policy=self.hedging,
            costs=self.costs,
            attributes=self.splits_result,
        )
        return Setup(
            spot=book.spot,
            process=process,
            clock=self.clock,
            depth=self.depth,
            impact=self.impact,
            agents=(dealer,),
            span=self.span(process, book),
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

    def held(self, inputs: Inputs) -> HeldBook:
        """The given book, or a wall whose θ is ``theta`` once the price has reached it."""
        return inputs.book or wall_book(
            spot=self.spot,
            vol=self.vol,
            wall=self.wall,
            days=self.days,
            gamma_usd_per_pct=self.theta * self.depth_usd_per_pct,
        )

    @property
    def depth(self) -> WithdrawingDepth:
        """Of spot."""
        return WithdrawingDepth(
            usd_per_pct=self.depth_usd_per_pct,
            reference_vol=1.5 * self.vol,
            floor=self.depth_floor,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Leveraged(Scenario):
    """What scenarios with a perpetual and a leveraged crowd share.

    Args:
        perp_depth_usd_per_pct: One-sided USD that move the perpetual 1 % against spot (A).
        open_interest_usd: Of each side if longs and shorts balance (A).
        long_share: Of twice that (A).
        median_leverage: Of the accounts; their leverage is lognormal (A).
        accounts: How many.
        insurance_share: Insurance fund over open interest (A).
        funding: Venue whose funding rule holds.
        liquidation: Venue whose liquidation rules hold.
        basis_half_life_seconds: In which the arbitrageur closes half of the basis (A).
        crowd_seed: Of the draw of the crowd.
    """

    splits_result: ClassVar[bool] = True

    perp_depth_usd_per_pct: float = 300e6
    open_interest_usd: float = 2e9
    long_share: float = 0.5
    median_leverage: float = 10.0
    accounts: int = 400
    insurance_share: float = 0.01
    funding: str = "binance"
    liquidation: str = "hyperliquid"
    basis_half_life_seconds: float = 60.0
    crowd_seed: int = 0

    def crowd(self, spot: float) -> LeveragedCohort:
        """Longs and shorts with margin."""
        positions = Positions.drawn(
            open_interest_usd=self.open_interest_usd,
            spot=spot,
            accounts=self.accounts,
            median_leverage=self.median_leverage,
            long_share=self.long_share,
            seed=self.crowd_seed,
        )
        return LeveragedCohort(
            positions=positions,
            rules=chosen(LIQUIDATION_RULES, self.liquidation, "liquidation"),
            insurance_usd=self.insurance_share * self.open_interest_usd,
            costs=self.costs,
        )

    @property
    def perp(self) -> PerpMarket:
        """The perpetual."""
        return PerpMarket(
            depth_usd_per_pct=self.perp_depth_usd_per_pct,
            funding=chosen(FUNDING_RULES, self.funding, "funding"),
        )

    @property
    def arbitrage(self) -> BasisArbitrageur:
        """Who ties the perpetual to spot."""
        return BasisArbitrageur(half_life_seconds=self.basis_half_life_seconds)


def chosen(known: Mapping[str, Rules], name: str, what: str) -> Rules:
    """The rules of that name."""
    if name not in known:
        raise InputError(
            f"no {what} rules called {name!r}",
            place=f"--set {what}",
            remedy=f"use {', '.join(known)}",
        )
    return known[name]


@dataclass(frozen=True, slots=True, kw_only=True)
class LiquidationCascade(Leveraged):
    """A crowd of leveraged longs meets falling prices; a dealer short gamma sells along in the perpetual."""

    name: ClassVar[str] = "liquidation-cascade"
    summary: ClassVar[str] = "leveraged longs are liquidated while a short-gamma dealer sells"

    process: str = "hawkes"
    vol: float = 0.6
    theta: float = -0.25
    long_share: float = 0.7
    median_leverage: float = 15.0
    depth_floor: float = 0.3

    def held(self, inputs: Inputs) -> HeldBook:
        """The given book, or the bundled one with its θ."""
        return inputs.book or spread_book(
            spot=self.spot,
            vol=self.vol,
            options=64,
            gamma_usd_per_pct=self.theta * self.depth_usd_per_pct,
        )

    @property
    def depth(self) -> WithdrawingDepth:
        """Of spot."""
        return WithdrawingDepth(
            usd_per_pct=self.depth_usd_per_pct,
            reference_vol=1.5 * self.vol,
            floor=self.depth_floor,
        )

    def build(self, inputs: Inputs) -> Setup:
        """Perpetual, crowd, arbitrage and one dealer who hedges in the perpetual."""
        book, process = self.held(inputs), self.exogenous(inputs)
        dealer = Dealer(
            options=book.options,
            quantity=book.quantity,
            policy=self.hedging,
            perp=True,
            costs=self.costs,
            attributes=True,
        )
        return Setup(
            spot=book.spot,
            process=process,
            clock=self.clock,
            depth=self.depth,
            impact=self.impact,
            markets=(self.perp,),
            agents=(dealer, self.arbitrage, self.crowd(book.spot)),
            span=self.span(process, book),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FullMarket(LiquidationCascade):
    """Spot and perpetual, a bank and an on-chain hedger, noise, value, arbitrage, a crowd, funding, gas.

    Args:
        bank_share: Part of the book that the bank holds and hedges in the perpetual; the rest belongs to a
            protocol that hedges in spot through transactions on a chain.
        keeper_band: Band of the protocol's hedge, part of its gross holding (A).
        noise_usd_per_day: Standard deviation of a day's noise flow (A).
        value_strength: Of the fundamental arbitrage (A).
    """

    name: ClassVar[str] = "full-market"
    summary: ClassVar[str] = "spot, perp, two dealers, crowd, funding, gas, reacting vol"

    process: str = "gbm"
    theta: float = -0.3
    long_share: float = 0.5
    median_leverage: float = 10.0
    bank_share: float = 0.7
    keeper_band: float = 0.002
    noise_usd_per_day: float = 100e6
    value_strength: float = 0.05

    def build(self, inputs: Inputs) -> Setup:
        """All of it."""
        if not 0.0 <= self.bank_share <= 1.0:
            raise InputError(
                f"bank share {self.bank_share:g}", place="--set bank_share", remedy="give 0 to 1"
            )
        book, process = self.held(inputs), self.exogenous(inputs)
        agents = (
            *self.dealers(book),
            NoiseTraders(usd_per_day=self.noise_usd_per_day),
            ValueTraders(strength=self.value_strength),
            self.arbitrage,
            self.crowd(book.spot),
        )
        return Setup(
            spot=book.spot,
            process=process,
            clock=self.clock,
            depth=self.depth,
            impact=self.impact,
            markets=(self.perp, ReactingVol(reference_vol=self.vol), GasMarket()),
            agents=agents,
            levels=reacting_levels(),
            span=self.span(process, book),
        )

    def dealers(self, book: HeldBook) -> tuple[Dealer, Dealer]:
        """The bank and the protocol."""
        bank = Dealer(
            label="bank",
            options=book.options,
            quantity=self.bank_share * book.quantity,
            policy=self.hedging,
            perp=True,
            costs=self.costs,
            attributes=True,
        )
        onchain = (1.0 - self.bank_share) * book.quantity
        protocol = Dealer(
            label="protocol",
            options=book.options,
            quantity=onchain,
            policy=DeltaBand(width=self.keeper_band * float(abs(onchain).sum()), landing="centre"),
            gas=GasPayer(),
            costs=self.costs,
            attributes=True,
        )
        return bank, protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayedPrices(HedgedBook):
    """A recorded price series, step by step, and what the hedging of a book would have added to it."""

    name: ClassVar[str] = "replay"
    summary: ClassVar[str] = "a given price series with the hedging of a book on top"

    splits_result: ClassVar[bool] = True

    process: str = "replay"
    steps: int = 0
    step_seconds: float = 0.0


SCENARIOS: Final[Mapping[str, type[Scenario]]] = MappingProxyType(
    {
        kind.name: kind
        for kind in (HedgedBook, GammaSqueeze, LiquidationCascade, FullMarket, ReplayedPrices)
    }
)
"""By name."""
