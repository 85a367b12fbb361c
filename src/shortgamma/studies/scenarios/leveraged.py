"""Scenarios with a perpetual and a leveraged crowd: a liquidation cascade, and everything at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from shortgamma.basics.errors import InputError
from shortgamma.feedback.agent import Agent
from shortgamma.feedback.agents.basis import BasisArbitrageur
from shortgamma.feedback.agents.cohort import LeveragedCohort, Positions
from shortgamma.feedback.agents.dealer import Dealer
from shortgamma.feedback.depth import WithdrawingDepth
from shortgamma.feedback.gas import GasPayer
from shortgamma.feedback.market import Market
from shortgamma.feedback.perp import PerpMarket
from shortgamma.hedging.policies import Continuous, DeltaBand
from shortgamma.hedging.policy import Policy
from shortgamma.studies.scenarios.books import HeldBook
from shortgamma.studies.scenarios.scenario import Scenario
from shortgamma.venues.funding import FUNDING_RULES, FundingRule
from shortgamma.venues.liquidation import LIQUIDATION_RULES, LiquidationRules

Rules = TypeVar("Rules", FundingRule, LiquidationRules)

MOST_ACCOUNTS = 100_000


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
        depth_floor: Least part of the depth of spot that remains as the market gets wilder (A).
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
    depth_floor: float = 0.3

    @property
    def depth(self) -> WithdrawingDepth:
        """Of spot."""
        return self.withdrawing(self.depth_floor)

    @property
    def markets(self) -> tuple[Market, ...]:
        """The perpetual."""
        return (self.perp,)

    def crowd(self, spot: float) -> LeveragedCohort:
        """Longs and shorts with margin.

        Raises:
            InputError: A figure of the crowd is out of range.
        """
        if not (2 <= self.accounts <= MOST_ACCOUNTS and self.crowd_seed >= 0):
            raise InputError(
                f"{self.accounts} accounts with seed {self.crowd_seed}",
                place="--set accounts",
                remedy=f"give 2 to {MOST_ACCOUNTS:,} accounts and a seed of 0 or more",
            )
        if not self.median_leverage > 0.0:
            raise InputError(
                f"median leverage {self.median_leverage:g}",
                place="--set median_leverage",
                remedy="give a positive number",
            )
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
            rules=self.liquidation_rules,
            insurance_usd=self.insurance_share * self.open_interest_usd,
            costs=self.costs,
        )

    @property
    def liquidation_rules(self) -> LiquidationRules:
        """Of the venue."""
        return chosen(LIQUIDATION_RULES, self.liquidation, "liquidation")

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

    def dealer(
        self, label: str, book: HeldBook, *, policy: Policy, perp: bool = True, gas: bool = False
    ) -> Dealer:
        """Who holds a book and hedges it; his result is split.

        Args:
            label: Of his account.
            book: What he holds.
            policy: When he trades.
            perp: In the perpetual instead of spot.
            gas: By transactions on a chain.
        """
        return Dealer(
            label=label,
            options=book.options,
            quantity=book.quantity,
            policy=policy,
            perp=perp,
            gas=GasPayer() if gas else None,
            costs=self.costs,
            attributes=True,
        )


def chosen(known: Mapping[str, Rules], name: str, what: str) -> Rules:
    """The rules of that name."""
    if name not in known:
        raise InputError(
            f"no {what} rules called {name!r}",
            place=f"--set {what}",
            remedy=f"use {', '.join(known)}",
        )
    return known[name]


def keeper_policy(band: float, book: HeldBook) -> Policy:
    """Of a protocol that hedges when its gap reaches a part of its gross holding, and then all of it.

    Raises:
        InputError: The part is negative.
    """
    if band < 0.0:
        raise InputError(
            f"keeper band {band:g}", place="--set keeper_band", remedy="give 0 or more"
        )
    width = band * book.gross
    return DeltaBand(width=width, landing="centre") if width > 0.0 else Continuous()


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

    def agents(self, book: HeldBook) -> tuple[Agent, ...]:
        """One dealer who hedges in the perpetual, the arbitrageur and the crowd."""
        dealer = self.dealer("dealer", book, policy=self.hedging)
        return (dealer, self.arbitrage, self.crowd(book.spot))
