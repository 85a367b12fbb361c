"""What a Premia vault holds, what can happen to it, and what comes of it.

A call vault counts in coins, a put vault in USD; "asset" is that one. Times are seconds on one clock.
"""

from dataclasses import dataclass, field

from shortgamma.basics.units import SECONDS_PER_YEAR
from shortgamma.protocols.mechanism import Values
from shortgamma.protocols.paths import Mask
from shortgamma.protocols.premia.level import LevelTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Options of one strike and expiry that the vault has written.

    Args:
        strike: USD.
        expiry: Seconds.
        size: Contracts, coins; what holders are long and the vault is short.
        spread_rate: Asset per second by which spread is released up to the expiry (``spreadUnlockingRate``).
    """

    strike: float
    expiry: float
    size: Values = 0.0
    spread_rate: Values = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The vault.

    Args:
        kind: ``call`` or ``put``: what it writes.
        level: The C-level curve.
        min_days, max_days: Bounds on the days to expiry of what it writes.
        min_delta, max_delta: Bounds on the absolute delta of what it writes.
        minting_fee: Part of the collateral that the pool charges the buyer.
        performance_fee: Part of the spread that goes to the protocol.
        management_fee: Per year, paid in new shares.
        rate: Risk-free rate, continuously compounded, per year.
        time: Seconds, now.
        last_trade: Seconds, of the last trade.
        fee_time: Seconds, when the management fee was last charged.
        assets: Asset that belongs to the vault, collateral of open options included.
        locked: Part of it that is collateral of open options.
        shares: Shares of everybody, those of the fee receiver included.
        fee_shares: Shares that the management fee has given to the fee receiver.
        protocol_fees, minting_fees: Asset collected for the protocol and for the pools.
        series: What has been written and is not settled.
    """

    kind: str = "call"
    level: LevelTerms = field(default_factory=LevelTerms)
    min_days: float = 3.0
    max_days: float = 30.0
    min_delta: float = 0.1
    max_delta: float = 0.7
    minting_fee: float = 0.003
    performance_fee: float = 0.05
    management_fee: float = 0.02
    rate: float = 0.0
    time: float = 0.0
    last_trade: Values = 0.0
    fee_time: Values = 0.0
    assets: Values = 0.0
    locked: Values = 0.0
    shares: Values = 0.0
    fee_shares: Values = 0.0
    protocol_fees: Values = 0.0
    minting_fees: Values = 0.0
    series: tuple[Series, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Deposit:
    """Somebody gives assets for shares.

    Args:
        time: Seconds.
        amount: Asset.
        spot: USD; with ``vol`` it values open options.
        vol: Decimal per √year.
    """

    time: float
    amount: Values
    spot: Values
    vol: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw:
    """Somebody gives shares for assets.

    Args:
        time: Seconds.
        shares: Shares.
        spot, vol: As in :class:`Deposit`.
    """

    time: float
    shares: Values
    spot: Values
    vol: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Buy:
    """Somebody buys options from the vault.

    Args:
        time: Seconds.
        strike: USD.
        expiry: Seconds.
        size: Coins.
        spot, vol: USD and decimal per √year, of this option.
    """

    time: float
    strike: float
    expiry: float
    size: Values
    spot: Values
    vol: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What :class:`Buy` would cost; nothing changes. The arguments are the same."""

    time: float
    strike: float
    expiry: float
    size: Values
    spot: Values
    vol: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Settle:
    """Everything that expired up to now is paid off at one price.

    Args:
        time: Seconds.
        price: USD, at the expiry.
    """

    time: float
    price: Values


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shared:
    """Outcome of a deposit or a withdrawal.

    Args:
        price_per_share: Asset per share at which it was done, after the management fee.
        shares: Minted, negative = burnt.
        received: Asset that came in, negative = went out.
        fee_shares: Minted for the fee receiver before.
        refused: Where the contract refuses.
    """

    price_per_share: Values
    shares: Values
    received: Values
    fee_shares: Values
    refused: Mask


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bought:
    """Outcome of a purchase or a quote, asset.

    Args:
        fair_premium: Black-Scholes value.
        delta: Of one option.
        utilisation_before, utilisation_after: Part of the assets that is locked.
        c_level: Factor on the fair premium.
        spread: (C − 1)·premium.
        performance_fee: Part of the spread that goes to the protocol.
        minting_fee: To the pool.
        received: What the buyer pays: premium, spread and minting fee.
        refused: Where the contract refuses.
    """

    fair_premium: Values
    delta: Values
    utilisation_before: Values
    utilisation_after: Values
    c_level: Values
    spread: Values
    performance_fee: Values
    minting_fee: Values
    received: Values
    refused: Mask


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Settled:
    """Outcome of a settlement.

    Args:
        paid: Asset to the holders.
        released: Collateral that is free again, asset.
        contracts: Coins that were settled.
    """

    paid: Values
    released: Values
    contracts: Values


def locked_spread(state: State) -> Values:
    """Spread that is not yet released, asset: Σ rate·(expiry − now)."""
    total: Values = 0.0
    for series in state.series:
        total = total + series.spread_rate * max(series.expiry - state.time, 0.0)
    return total


def years_left(state: State, expiry: float) -> float:
    """Years from now to an expiry, never negative."""
    return max(expiry - state.time, 0.0) / SECONDS_PER_YEAR
