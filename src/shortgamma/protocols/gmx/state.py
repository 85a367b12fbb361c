"""What a GMX v2 market holds, what can happen to it and what comes of it; times in seconds."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from shortgamma.basics.units import SECONDS_PER_YEAR
from shortgamma.protocols.mechanism import Values
from shortgamma.protocols.paths import Mask

MOST_FUNDING = 0.9 / SECONDS_PER_YEAR
"""90 % a year, per second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FundingTerms:
    """How the funding factor, per second, follows the skew part f = |long − short|^e/(long + short).

    Args:
        exponent: e.
        increase: Rise of the factor per second and part of skew; 0 = the factor is f·``fixed`` at once.
        decrease: Fall per second while f is below ``decrease_below``.
        stable_below: No rise while f is at or below it and funding already flows the right way.
        decrease_below: See ``decrease``.
        lowest, highest: Bounds on the size of the factor, per second.
        fixed: Factor per part of skew where nothing adapts.
    """

    exponent: float = 1.0
    increase: float = MOST_FUNDING / 10_800.0
    decrease: float = 0.0
    stable_below: float = 0.05
    decrease_below: float = 0.0
    lowest: float = 0.0
    highest: float = MOST_FUNDING
    fixed: float = 2e-8


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """One position.

    Args:
        side: ``long`` or ``short``.
        size: USD at entry (``sizeInUsd``).
        coins: Coins bought or sold, price impact included (``sizeInTokens``).
        collateral: USD.
        funding_paid, funding_got: Indices of its side when it was last touched, USD per USD of size.
        borrowing: The same of borrowing.
    """

    side: str = "long"
    size: Values = 0.0
    coins: Values = 0.0
    collateral: Values = 0.0
    funding_paid: Values = 0.0
    funding_got: Values = 0.0
    borrowing: Values = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """Indices of one side since the start, USD per USD of size.

    Args:
        funding_paid, funding_got: Funding.
        borrowing: Borrowing fees.
    """

    funding_paid: Values = 0.0
    funding_got: Values = 0.0
    borrowing: Values = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The market.

    Args:
        impact_exponent: e of the price impact.
        impact_improves, impact_worsens: Factor where the imbalance falls, where it rises.
        highest_impact: Most that an improving trade gains, part of its size.
        fee_improves, fee_worsens: Part of the size.
        funding_terms: See there.
        borrowing_factor, borrowing_exponent: Fee per second: factor·reserved^exponent/pool.
        reserve: Part of the pool that may back open interest.
        trader_cap: Most profit of a side, part of its pool, that is paid.
        adl_start, adl_end: Profit of a side over its pool above which winners may be closed, and below which
            closing them must not bring it.
        least_collateral: Part of the size below which a position is liquidated.
        time: Seconds.
        pool_coins, pool_usd: What backs longs and shorts.
        impact_coins: Coins of the pool that are reserved to pay price impact.
        shares: Of the providers.
        funding_factor: Per second, positive = longs pay.
        funding_held: USD charged to payers and not yet given to receivers, negative = the reverse.
        long, short: Indices.
        positions: By name.
    """

    impact_exponent: float = 2.0
    impact_improves: float = 6e-11
    impact_worsens: float = 12e-11
    highest_impact: float = 0.005
    fee_improves: float = 0.0005
    fee_worsens: float = 0.0007
    funding_terms: FundingTerms = field(default_factory=FundingTerms)
    borrowing_factor: float = 6.25e-9
    borrowing_exponent: float = 1.0
    reserve: float = 0.95
    trader_cap: float = 0.9
    adl_start: float = 0.85
    adl_end: float = 0.77
    least_collateral: float = 0.01
    time: float = 0.0
    pool_coins: Values = 0.0
    pool_usd: Values = 0.0
    impact_coins: Values = 0.0
    shares: Values = 0.0
    funding_factor: Values = 0.0
    funding_held: Values = 0.0
    long: Side = field(default_factory=Side)
    short: Side = field(default_factory=Side)
    positions: Mapping[str, Position] = field(default_factory=dict[str, Position])


@dataclass(frozen=True, slots=True, kw_only=True)
class Provide:
    """Providers put coins and USD into the pool for shares at their value.

    Args:
        time: Seconds.
        price: USD per coin.
        coins: Coins.
        usd: USD.
    """

    time: float
    price: Values
    coins: Values = 0.0
    usd: Values = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Redeem:
    """Providers give shares back for their part of coins and USD.

    Args:
        time: Seconds.
        price: USD per coin.
        shares: Shares.
    """

    time: float
    price: Values
    shares: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Increase:
    """A trader opens or adds.

    Args:
        time: Seconds.
        price: USD per coin.
        account: Name of the position.
        side: ``long`` or ``short``.
        size: USD.
        collateral: USD put in.
    """

    time: float
    price: Values
    account: str
    side: str = "long"
    size: Values = 0.0
    collateral: Values = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Decrease:
    """A trader closes all or a part; profit is paid out, collateral when all is closed.

    Args:
        time: Seconds.
        price: USD per coin.
        account: Name of the position.
        size: USD at entry.
    """

    time: float
    price: Values
    account: str
    size: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleverage:
    """A keeper closes a part of a winner because its side has won too much (ADL). As :class:`Decrease`."""

    time: float
    price: Values
    account: str
    size: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Liquidate:
    """A keeper closes a position whose collateral is nearly gone.

    Args:
        time: Seconds.
        price: USD per coin.
        account: Name of the position.
    """

    time: float
    price: Values
    account: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Accrue:
    """Time passes.

    Args:
        time: Seconds.
        price: USD per coin.
    """

    time: float
    price: Values


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Provided:
    """Outcome of providing or redeeming.

    Args:
        share_price: USD.
        shares: Minted, negative = burnt.
        coins, usd: Received, negative = sent.
        refused: Where the contract refuses.
    """

    share_price: Values
    shares: Values
    coins: Values
    usd: Values
    refused: Mask


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Traded:
    """Outcome of a change of a position.

    Args:
        impact_usd: Price impact, positive = the trader gains.
        execution_price: USD per coin, impact included.
        fee: USD, to the pool.
        borrowing: USD paid for borrowing, to the pool.
        funding: USD of funding received, negative = paid.
        profit: USD realised, without impact, capped.
        shortfall: USD that the position could not pay and the pool bears.
        coins, usd: Received from the trader, negative = sent.
        refused: Where the contract refuses.
    """

    impact_usd: Values
    execution_price: Values
    fee: Values
    borrowing: Values
    funding: Values
    profit: Values = 0.0
    shortfall: Values = 0.0
    coins: Values = 0.0
    usd: Values = 0.0
    refused: Mask = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Accrued:
    """Outcome of time passing.

    Args:
        funding_factor: Per second, positive = longs pay.
        funding_per_year: The same per year.
        pool_value: USD of the providers.
        long_pnl_factor, short_pnl_factor: Profit of a side over its pool.
    """

    funding_factor: Values
    funding_per_year: Values
    pool_value: Values
    long_pnl_factor: Values
    short_pnl_factor: Values
