"""What Rysk's vault holds, what can happen to it and what comes of it; times in seconds, money in USD."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from shortgamma.protocols.mechanism import Values
from shortgamma.protocols.paths import Mask

BANDS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One option series.

    Args:
        kind: ``call`` or ``put``.
        strike: USD.
        expiry: Seconds.
        exposure: Contracts of the vault, negative = short (``netDhvExposure``).
    """

    kind: str
    strike: float
    expiry: float
    exposure: Values = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DeltaRates:
    """Cost of borrowing delta, per year.

    Args:
        sell_long: A user sells a put: the vault's hedge is long.
        sell_short: A user sells a call: it is short.
        buy_long: A user buys a call: it is long.
        buy_short: A user buys a put: it is short.
    """

    sell_long: float = 0.0
    sell_short: float = 0.0
    buy_long: float = 0.0
    buy_short: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The vault.

    Args:
        slippage_gradient: g of the lowest delta band.
        call_multipliers, put_multipliers: Factor on g per delta band.
        band_width: Of a delta band.
        delta_rates: See there.
        collateral_rate: Cost of collateral, per year (``collateralLendingRate``).
        margin_ratio: Collateral of a short option, per spot for a call and per strike for a put.
        bid_ask_vol: Part that the vol of options bought from users is lower.
        fee_per_contract: USD.
        hedge_cost: Part of what a hedge trades, one way.
        rate: Risk-free rate per year, continuously compounded.
        time: Seconds.
        cash: USD of the vault, pending deposits included, what is set aside for leavers not.
        set_aside: USD for completed withdrawals.
        hedge_coins: Of the hedging reactors, + = long.
        shares: Of the depositors, those that wait to leave included.
        pending_deposits: USD that become shares at the next epoch.
        pending_withdrawals: Shares that become USD at the next epoch.
        budgets: Coins of delta that each keeper may still hedge (``deltaLimit``).
        series: The book.
    """

    slippage_gradient: float = 0.001
    call_multipliers: tuple[float, ...] = (1.0,) * BANDS
    put_multipliers: tuple[float, ...] = (1.0,) * BANDS
    band_width: float = 0.05
    delta_rates: DeltaRates = field(default_factory=DeltaRates)
    collateral_rate: float = 0.0
    margin_ratio: float = 0.25
    bid_ask_vol: float = 0.0
    fee_per_contract: float = 0.3
    hedge_cost: float = 0.0005
    rate: float = 0.0
    time: float = 0.0
    cash: Values = 0.0
    set_aside: Values = 0.0
    hedge_coins: Values = 0.0
    shares: Values = 0.0
    pending_deposits: Values = 0.0
    pending_withdrawals: Values = 0.0
    budgets: Mapping[str, Values] = field(default_factory=dict[str, Values])
    series: tuple[Series, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Deposit:
    """Somebody gives USD; they become shares at the next epoch.

    Args:
        time: Seconds.
        amount: USD.
    """

    time: float
    amount: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw:
    """Somebody asks for shares to become USD at the next epoch.

    Args:
        time: Seconds.
        shares: Shares.
    """

    time: float
    shares: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Epoch:
    """An epoch ends: deposits become shares, and withdrawals are set aside if there is cash.

    Args:
        time: Seconds.
        spot, vol: With which the book is valued.
    """

    time: float
    spot: Values
    vol: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Collect:
    """Leavers take what was set aside.

    Args:
        time: Seconds.
    """

    time: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Buy:
    """A user buys from the vault.

    Args:
        time: Seconds.
        kind: ``call`` or ``put``.
        strike: USD.
        expiry: Seconds.
        amount: Contracts.
        spot, vol: USD and decimal per √year.
    """

    time: float
    kind: str
    strike: float
    expiry: float
    amount: Values
    spot: Values
    vol: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Sell:
    """A user sells to the vault; the arguments are those of :class:`Buy`."""

    time: float
    kind: str
    strike: float
    expiry: float
    amount: Values
    spot: Values
    vol: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """The manager sets how much delta a keeper may hedge.

    Args:
        time: Seconds.
        keeper: Name.
        delta: Coins.
    """

    time: float
    keeper: str
    delta: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Hedge:
    """A keeper takes a delta off the vault: the reactor trades the opposite, and the budget falls.

    Args:
        time: Seconds.
        spot: USD.
        keeper: Name.
        delta: Coins, + = the vault is long and sells.
    """

    time: float
    spot: Values
    keeper: str
    delta: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Settle:
    """Everything that expired is paid.

    Args:
        time: Seconds.
        price: USD, at the expiry.
    """

    time: float
    price: Values


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Traded:
    """Outcome of a trade with a user, USD.

    Args:
        fair_premium: Black-Scholes value of the amount.
        delta: Of one long option.
        multiplier: Slippage.
        spread: Delta borrowing and collateral lending, not negative.
        fee: To the protocol, outside the vault.
        received: What the vault got, negative = paid.
        refused: Where the contract refuses.
    """

    fair_premium: Values
    delta: Values
    multiplier: Values
    spread: Values
    fee: Values
    received: Values
    refused: Mask


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Done:
    """Outcome of any other event, USD.

    Args:
        received: What the vault got, negative = sent.
        share_price: Of an epoch.
        shares: Minted less burnt.
        hedged: Coins that the reactor bought, negative = sold.
        cost: Of the hedge.
        budget: Coins that the keeper has left.
        refused: Where the contract refuses.
    """

    received: Values = 0.0
    share_price: Values = 0.0
    shares: Values = 0.0
    hedged: Values = 0.0
    cost: Values = 0.0
    budget: Values = 0.0
    refused: Mask = False
