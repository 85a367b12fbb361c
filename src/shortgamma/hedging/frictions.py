"""What a hedge costs and what holds it up: one small object per friction; a missing one is None.

Costs are USD, positive = paid. Quantities are units of the underlying, + = bought or held long.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import PERCENT, SECONDS_PER_YEAR
from shortgamma.hedging.parameters import (
    check_finite,
    check_fraction,
    check_not_negative,
    check_number,
    check_positive,
)

Vector = NDArray[np.float64]
Values = Vector | float

WEI_PER_COIN = 1e18
LOT_TOLERANCE = 1e-9  # of a lot: 0.3 is three lots of 0.1, although 0.3 / 0.1 is below 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Bid–ask spread; a trade pays half of it.

    Args:
        fraction: Ask less bid over mid.

    Raises:
        InputError: It is negative.
    """

    fraction: float

    def __post_init__(self) -> None:
        check_not_negative("spread", fraction=self.fraction)

    def cost_usd(self, notional: Values) -> Vector:
        """Half the spread of what is traded, USD; ``notional`` in USD, 0 or more."""
        return np.multiply(0.5 * self.fraction, notional)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fees:
    """Trading fees in proportion to size.

    Args:
        maker, taker: Fraction of what is traded; a rebate is negative.
        is_maker: True where orders rest in the book.

    Raises:
        InputError: A fee is not between −1 and 1.
    """

    maker: float
    taker: float
    is_maker: bool = False

    def __post_init__(self) -> None:
        for name, value in (("maker", self.maker), ("taker", self.taker)):
            if not -1.0 < check_number(value, name=name, place="fees") < 1.0:
                raise InputError(
                    f"{name} is {value:g}", place="fees", remedy="give a fraction, 5 bp = 0.0005"
                )

    @property
    def fraction(self) -> float:
        """The fee that applies, one way."""
        return self.maker if self.is_maker else self.taker

    def cost_usd(self, notional: Values) -> Vector:
        """The fee on what is traded, USD; ``notional`` in USD, 0 or more."""
        return np.multiply(self.fraction, notional)


class Slippage(Protocol):
    """How much worse than the mid a trade is filled, because of its own size."""

    def fraction(self, notional: Values) -> Vector:
        """Of the price; ``notional`` in USD, 0 or more."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SquareRootSlippage:
    """Y·σ_D·√(Q/V_D) of the price, for a one-off execution.

    Y is taken as fitted to the average fill; where it was fitted to the price after the execution, the
    average fill of a square-root path is 2/3 of it.

    Args:
        coefficient: Y, about 1.
        daily_vol: σ_D, decimal per √day.
        daily_volume_usd: V_D.

    Raises:
        InputError: One is outside its range.

    Source: J. Donier, J. Bonart (2015), doi:10.1142/S2382626615500082.
    """

    coefficient: float
    daily_vol: float
    daily_volume_usd: float

    def __post_init__(self) -> None:
        check_not_negative(
            "square-root slippage", coefficient=self.coefficient, daily_vol=self.daily_vol
        )
        check_positive("square-root slippage", daily_volume_usd=self.daily_volume_usd)

    def fraction(self, notional: Values) -> Vector:
        """Of the price; ``notional`` in USD, 0 or more."""
        return self.coefficient * self.daily_vol * np.sqrt(notional / self.daily_volume_usd)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearImpact:
    """A trade moves the price in proportion to its size and is filled half-way: 0.01·Q/(2·depth).

    Args:
        depth_usd_per_pct: One-sided USD that move the price 1 %.

    Raises:
        InputError: It is not positive.
    """

    depth_usd_per_pct: float

    def __post_init__(self) -> None:
        check_positive("linear impact", depth_usd_per_pct=self.depth_usd_per_pct)

    def fraction(self, notional: Values) -> Vector:
        """Of the price; ``notional`` in USD, 0 or more."""
        return np.multiply(0.5 * PERCENT / self.depth_usd_per_pct, notional)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gas:
    """Transactions on a chain with a base fee and a tip (EIP-1559).

    Args:
        gas_used: By one hedge.
        base_fee_wei, priority_wei: Per unit of gas.
        coin_price: USD per coin that gas is paid in.
        inclusion: Probability that a sent transaction is in the next block; one that is not pays nothing.
        failure: Probability that an included transaction reverts.
        failure_gas: Part of the gas that a reverted one burns.

    Raises:
        InputError: One is outside its range.
    """

    gas_used: float
    base_fee_wei: float
    coin_price: float
    priority_wei: float = 0.0
    inclusion: float = 1.0
    failure: float = 0.0
    failure_gas: float = 1.0

    def __post_init__(self) -> None:
        check_positive("gas", gas_used=self.gas_used, coin_price=self.coin_price)
        check_positive("gas", inclusion=self.inclusion)
        check_not_negative("gas", base_fee_wei=self.base_fee_wei, priority_wei=self.priority_wei)
        check_fraction("gas", failure=self.failure)
        check_not_negative("gas", failure_gas=self.failure_gas)
        for name, value in (("inclusion", self.inclusion), ("failure_gas", self.failure_gas)):
            if value > 1.0:
                raise InputError(f"{name} is {value:g}", place="gas", remedy="give at most 1")

    @property
    def attempt_usd(self) -> float:
        """USD of one transaction that is included and succeeds."""
        per_gas = self.base_fee_wei + self.priority_wei
        return self.gas_used * per_gas / WEI_PER_COIN * self.coin_price

    @property
    def expected_usd(self) -> float:
        """Expected USD until one succeeds: p/(1 − p) of them revert before."""
        reverted = self.failure / (1.0 - self.failure)
        return self.attempt_usd * (1.0 + self.failure_gas * reverted)

    @property
    def expected_blocks(self) -> float:
        """Expected blocks until one succeeds, when it is sent again in every block."""
        return 1.0 / (self.inclusion * (1.0 - self.failure))


@dataclass(frozen=True, slots=True, kw_only=True)
class FundingCarry:
    """Funding on a hedge in the perpetual; longs pay a positive rate.

    Args:
        rate: Per year of notional.

    Raises:
        InputError: It is not finite.
    """

    rate: float

    def __post_init__(self) -> None:
        check_finite("funding", rate=self.rate)

    def cost_usd(self, held: Values, price: Values, *, years: float) -> Vector:
        """held·price·rate·years, USD; negative = received."""
        return np.multiply(held, price) * (self.rate * years)


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """Age of the price that a hedger acts on.

    Args:
        seconds: 0 or more.

    Raises:
        InputError: It is negative.
    """

    seconds: float

    def __post_init__(self) -> None:
        check_not_negative("latency", seconds=self.seconds)

    @property
    def years(self) -> float:
        """The same in ACT/365 years."""
        return self.seconds / SECONDS_PER_YEAR


@dataclass(frozen=True, slots=True, kw_only=True)
class MinimumLot:
    """Trades come in whole lots.

    Args:
        coins: Units of the underlying in one lot.

    Raises:
        InputError: It is not positive.
    """

    coins: float

    def __post_init__(self) -> None:
        check_positive("lot", coins=self.coins)

    def rounded(self, quantity: Values) -> Vector:
        """The whole lots in a quantity, rounded towards zero, units of the underlying."""
        lots = np.floor(np.abs(quantity) / self.coins + LOT_TOLERANCE)
        return np.where(lots > 0.0, np.copysign(lots * self.coins, quantity), 0.0)[()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """Capital that a hedge ties up.

    Args:
        initial: Fraction of the hedge's value.
        rate: Cost of that capital, per year.

    Raises:
        InputError: One is outside its range.
    """

    initial: float
    rate: float

    def __post_init__(self) -> None:
        check_not_negative("margin", initial=self.initial)
        check_finite("margin", rate=self.rate)

    def required_usd(self, held: Values, price: Values) -> Vector:
        """|held|·price·initial, USD."""
        return np.abs(held) * price * self.initial

    def cost_usd(self, held: Values, price: Values, *, years: float) -> Vector:
        """Interest on the margin, USD."""
        return self.required_usd(held, price) * (self.rate * years)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Costs:
    """Costs of trades by kind, USD, positive = paid; every array has the shape of the trades."""

    spread: Vector
    fees: Vector
    slippage: Vector
    gas: Vector

    @property
    def total(self) -> Vector:
        """Spread + fees + slippage + gas, added in this order."""
        return self.spread + self.fees + self.slippage + self.gas


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Carry:
    """Cost of holding a hedge by kind, USD, positive = paid."""

    funding: Vector
    margin: Vector

    @property
    def total(self) -> Vector:
        """Funding + margin."""
        return self.funding + self.margin


@dataclass(frozen=True, slots=True, kw_only=True)
class Frictions:
    """Everything between a policy and a free hedge; None = it is not there.

    Args:
        spread, fees, slippage, gas: Paid per trade.
        funding, margin: Paid for holding.
        latency, lot: Paid in time and in what cannot be traded.
    """

    spread: Spread | None = None
    fees: Fees | None = None
    slippage: Slippage | None = None
    gas: Gas | None = None
    funding: FundingCarry | None = None
    margin: Margin | None = None
    latency: Latency | None = None
    lot: MinimumLot | None = None

    def executable(self, quantity: Values) -> Vector:
        """What of a wanted trade is whole lots, units of the underlying."""
        wanted = np.asarray(quantity, dtype=np.float64)
        return wanted if self.lot is None else self.lot.rounded(wanted)

    def cost_usd(self, quantity: Values, price: Values) -> Costs:
        """Costs of trades as they are, not rounded to lots; no trade costs nothing.

        Args:
            quantity: Bought (+) or sold (−), units of the underlying, any shape.
            price: USD, mid before the trade; broadcasts with ``quantity``.
        """
        notional = np.abs(np.multiply(quantity, price, dtype=np.float64))
        nothing = np.zeros_like(notional)
        slippage, gas = nothing, nothing
        if self.slippage is not None:
            slippage = notional * self.slippage.fraction(notional)
        if self.gas is not None:
            gas = np.where(notional != 0.0, self.gas.expected_usd, 0.0)
        return Costs(
            spread=nothing if self.spread is None else self.spread.cost_usd(notional),
            fees=nothing if self.fees is None else self.fees.cost_usd(notional),
            slippage=slippage,
            gas=gas,
        )

    def carry_usd(self, held: Values, price: Values, *, years: float) -> Carry:
        """Cost of holding a hedge for a time.

        Args:
            held: + = long, units of the underlying, any shape.
            price: USD; broadcasts with ``held``.
            years: How long.
        """
        nothing = np.zeros_like(np.multiply(held, price, dtype=np.float64))
        return Carry(
            funding=nothing
            if self.funding is None
            else self.funding.cost_usd(held, price, years=years),
            margin=nothing
            if self.margin is None
            else self.margin.cost_usd(held, price, years=years),
        )
