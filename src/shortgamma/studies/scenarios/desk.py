"""A desk that re-hedges a book of options under all the frictions that it meets."""

from dataclasses import dataclass
from typing import ClassVar

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import DAYS_PER_YEAR
from shortgamma.feedback.agent import Agent
from shortgamma.feedback.agents.desk import Desk
from shortgamma.hedging.execution import MakerOrders
from shortgamma.hedging.frictions import (
    FundingCarry,
    Gas,
    Margin,
    MinimumLot,
    Slippage,
    SquareRootSlippage,
)
from shortgamma.market.history import PriceHistory
from shortgamma.market.realised import realised_vol
from shortgamma.studies.scenarios.books import HeldBook, spread_book
from shortgamma.studies.scenarios.exogenous import OF_HISTORY, ProcessChoice
from shortgamma.studies.scenarios.hedged import HedgedBook
from shortgamma.studies.scenarios.scenario import Inputs

EXECUTIONS = ("taker", "maker")
HEDGE_GAS = 250_000.0
"""Of one hedge on a chain (A)."""
WEI_PER_USD_AND_GAS = 1e18 / HEDGE_GAS


@dataclass(frozen=True, slots=True, kw_only=True)
class RehedgedBook(HedgedBook):
    """One desk with a book of options, every friction a figure of its own; 0 = it is not there.

    Args:
        slippage: Y of Y·σ_D·√(Q/V_D), paid beside the impact on the price that depth says (A).
        daily_volume_usd: V_D (A).
        gas_usd: Of one hedge on a chain.
        funding_rate: Per year, paid by longs, on the hedge (A).
        margin_share: Of the hedge's value that is tied up (A).
        margin_rate: Cost of that capital per year (A).
        latency_seconds: Age of the price that it acts on; less than half a step is none.
        lot: Units of the underlying.
        execution: ``taker`` crosses the spread, ``maker`` rests at the touch first.
        maker_fee: Part of the notional; negative = a rebate (A).
        queue: Probability, per step, that an order is filled which the price did not reach (A).
        patience_seconds: After which the rest crosses the spread (A).
    """

    name: ClassVar[str] = "desk"
    summary: ClassVar[str] = "a desk re-hedges a book of options under every friction for a month"

    splits_result: ClassVar[bool] = True

    process: str = "kou"
    steps: int = 720
    step_seconds: float = 3_600.0
    theta: float = -0.01
    options: int = 64
    slippage: float = 0.5
    daily_volume_usd: float = 20e9
    gas_usd: float = 0.0
    funding_rate: float = 0.1
    margin_share: float = 0.1
    margin_rate: float = 0.05
    latency_seconds: float = 0.0
    lot: float = 0.0
    execution: str = "taker"
    maker_fee: float = -0.5e-4
    queue: float = 0.3
    patience_seconds: float = 60.0

    def held(self, inputs: Inputs) -> HeldBook:
        """The given book, or a spread one whose implied vol is the vol of the price: fair at the start."""
        return inputs.book or spread_book(
            spot=self.spot,
            vol=self.fair_vol(inputs.history),
            options=self.options,
            gamma_usd_per_pct=self.theta * self.depth_usd_per_pct,
        )

    def fair_vol(self, history: PriceHistory | None) -> float:
        """Of the prices, or of the process; decimal."""
        return self.price_vol if history is None else realised_vol(history)

    @property
    def price_vol(self) -> float:
        """Of the process with its jumps; ``vol`` where it is made of prices. Decimal."""
        choice = ProcessChoice.parse(self.process)
        if choice.name in OF_HISTORY:
            return self.vol
        return choice.make(vol=self.vol, history=None).annual_vol

    def agents(self, book: HeldBook) -> tuple[Agent, ...]:
        """One desk.

        Raises:
            InputError: A friction is out of range.
        """
        return (
            Desk(
                label="desk",
                options=book.options,
                quantity=book.quantity,
                policy=self.hedging,
                costs=self.costs,
                latency_seconds=self.latency_seconds,
                attributes=True,
                slippage=self.market_slippage,
                ticket=self.ticket,
                funding=FundingCarry(rate=self.funding_rate) if self.funding_rate else None,
                margin=self.capital,
                lot=MinimumLot(coins=self.lot) if self.lot else None,
                maker=self.resting,
            ),
        )

    @property
    def market_slippage(self) -> Slippage | None:
        """By the square root of what is traded, at the vol of the price."""
        if not self.slippage:
            return None
        return SquareRootSlippage(
            coefficient=self.slippage,
            daily_vol=self.price_vol / DAYS_PER_YEAR**0.5,
            daily_volume_usd=self.daily_volume_usd,
        )

    @property
    def ticket(self) -> Gas | None:
        """One transaction of ``gas_usd``, for a coin at 1 USD."""
        if not self.gas_usd:
            return None
        wei = self.gas_usd * WEI_PER_USD_AND_GAS
        return Gas(gas_used=HEDGE_GAS, base_fee_wei=wei, coin_price=1.0)

    @property
    def capital(self) -> Margin | None:
        """What the hedge ties up."""
        if not self.margin_share:
            return None
        return Margin(initial=self.margin_share, rate=self.margin_rate)

    @property
    def resting(self) -> MakerOrders | None:
        """How it rests in the book; None where it crosses the spread.

        Raises:
            InputError: The execution is another word.
        """
        if self.execution not in EXECUTIONS:
            raise InputError(
                f"execution {self.execution!r}",
                place="--set execution",
                remedy=f"use {' or '.join(EXECUTIONS)}",
            )
        if self.execution == "taker":
            return None
        return MakerOrders(
            fee=self.maker_fee, queue=self.queue, patience_seconds=self.patience_seconds
        )
