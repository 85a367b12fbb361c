"""The state of a Lyra market: boards of strikes, the pool's money, queues of providers, and its rules.

Positions are the traders': a long call is one that the pool has sold. Money has one owner at a time; the
accounts of traders, providers and the exchange start at 0 and hold what they have received net, so the sum
over all accounts never changes.

Source: derivexyz/v1-core, contracts/{OptionMarket,LiquidityPool,OptionGreekCache}.sol.
"""

from dataclasses import dataclass, field
from typing import Final, TypeVar

import numpy as np

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import SECONDS_PER_DAY
from shortgamma.protocols.lyra.gwav import Series
from shortgamma.protocols.lyra.pricing import WEEK, PricingRules
from shortgamma.protocols.mechanism import Values

HOUR: Final = 3_600.0
NEVER: Final = -1e12
"""Seconds: before any time that matters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeLimits:
    """What may be traded (TradeLimitParameters).

    Args:
        min_delta: The call's delta must lie between this and 1 − this, after the trade.
        cutoff: Seconds before expiry at which trading ends.
        min_base_vol, max_base_vol, min_skew, max_skew, min_vol, max_vol: A sale may not take the vol
            below the lower bounds, a buy not above the upper ones.
    """

    min_delta: float = 0.15
    cutoff: float = 12.0 * HOUR
    min_base_vol: float = 0.35
    max_base_vol: float = 2.0
    min_skew: float = 0.5
    max_skew: float = 1.5
    min_vol: float = 0.55
    max_vol: float = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheRules:
    """How the cache of Greeks is kept (GreekCacheParameters).

    Args:
        stale_after: Seconds after which a board's cache is stale.
        stale_move: Relative move of spot from which it is stale.
        vol_period, skew_period: Seconds of the averages that value the pool (optionValueIvGWAVPeriod,
            optionValueSkewGWAVPeriod).
        vol_gap_period, skew_gap_period: Seconds of the averages from which gaps are measured
            (varianceIvGWAVPeriod, varianceSkewGWAVPeriod).
        skew_floor, skew_cap: Skews enter their average only within these.
    """

    stale_after: float = 3.0 * HOUR
    stale_move: float = 0.05
    vol_period: float = SECONDS_PER_DAY
    skew_period: float = 3.0 * SECONDS_PER_DAY
    vol_gap_period: float = SECONDS_PER_DAY
    skew_gap_period: float = 3.0 * SECONDS_PER_DAY
    skew_floor: float = 0.5
    skew_cap: float = 2.0

    @property
    def longest_period(self) -> float:
        """Seconds that the longest average looks back."""
        return max(self.vol_period, self.skew_period, self.vol_gap_period, self.skew_gap_period)


@dataclass(frozen=True, slots=True, kw_only=True)
class CollateralRules:
    """What a seller has to put up (MinCollateralParameters).

    Args:
        least_cash, least_coins: USD and coins per position, at least.
        near_vol, near_seconds, far_vol, far_seconds: Shock vol: the first up to ``near_seconds`` to expiry,
            the second from ``far_seconds``, on a straight line between.
        call_shock, put_shock: Factors of spot at which calls and puts are valued.
    """

    least_cash: float = 200.0
    least_coins: float = 0.2
    near_vol: float = 2.5
    near_seconds: float = 2.0 * WEEK
    far_vol: float = 1.8
    far_seconds: float = 8.0 * WEEK
    call_shock: float = 1.2
    put_shock: float = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class LiquidityRules:
    """Providers' delays and the circuit breakers (LiquidityPoolParameters).

    Args:
        least: Smallest deposit, USD, and smallest withdrawal, tokens.
        deposit_delay, withdrawal_delay: Seconds in the queue.
        withdrawal_fee: Fraction that stays in the pool while boards are live.
        free_threshold, free_timeout: The breaker fires where free liquidity is a smaller part of NAV, and
            blocks for so many seconds.
        vol_threshold, vol_timeout: The same for the gap between a base vol and its average.
        skew_threshold, skew_timeout: The same for skews.
        settlement_timeout: Seconds that a settlement blocks.
    """

    least: float = 1.0
    deposit_delay: float = WEEK
    withdrawal_delay: float = WEEK
    withdrawal_fee: float = 0.01
    free_threshold: float = 0.01
    free_timeout: float = 3.0 * SECONDS_PER_DAY
    vol_threshold: float = 0.1
    vol_timeout: float = 12.0 * HOUR
    skew_threshold: float = 0.35
    skew_timeout: float = 12.0 * HOUR
    settlement_timeout: float = 6.0 * HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeFees:
    """What the exchange takes of what it is given.

    Args:
        buying: Fraction when cash becomes coins (quoteBaseFeeRate).
        selling: Fraction when coins become cash (baseQuoteFeeRate).
        most: The pool does not exchange while it would cost more than this (maxFeePaid).
    """

    buying: float = 0.005
    selling: float = 0.0075
    most: float = 0.01


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CachedGreeks:
    """Greeks of one long option of a strike at the last update, at averaged vol; 0 before it.

    Args:
        call_price, put_price: USD.
        call_delta, put_delta: Coins.
        standard_vega: USD per point of a monthly option.
    """

    call_price: Values = 0.0
    put_price: Values = 0.0
    call_delta: Values = 0.0
    put_delta: Values = 0.0
    standard_vega: Values = 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Strike:
    """One strike: the traders' positions, the collateral behind their shorts, and its skew.

    Args:
        strike: USD.
        skew: Vol of the strike over the board's base vol.
        long_calls, long_puts: Options that the pool has sold.
        short_calls, short_puts: Options that the pool has bought, backed by cash.
        coin_short_calls: The same, backed by coins.
        call_collateral, put_collateral: USD behind ``short_calls`` and ``short_puts``.
        coin_collateral: Coins behind ``coin_short_calls``.
        skews: Series of the skew; empty = it has always been ``skew``.
        skew_gap: |skew − its average|.
        cached: Greeks of the cache.
    """

    strike: float
    skew: Values = 1.0
    long_calls: Values = 0.0
    long_puts: Values = 0.0
    short_calls: Values = 0.0
    short_puts: Values = 0.0
    coin_short_calls: Values = 0.0
    call_collateral: Values = 0.0
    put_collateral: Values = 0.0
    coin_collateral: Values = 0.0
    skews: Series = field(default_factory=Series)
    skew_gap: Values = 0.0
    cached: CachedGreeks = field(default_factory=CachedGreeks)

    def __post_init__(self) -> None:
        if not self.strike > 0.0:
            raise InputError(
                f"strike {self.strike:g}", place="strike of Lyra", remedy="give a positive price"
            )

    @property
    def net_calls(self) -> Values:
        """Traders' long less short calls."""
        return self.long_calls - self.short_calls - self.coin_short_calls

    @property
    def net_puts(self) -> Values:
        """Traders' long less short puts."""
        return self.long_puts - self.short_puts


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Board:
    """One expiry.

    Args:
        expiry: Seconds, on the clock of ``now``.
        base_vol: Decimal.
        strikes: Of the board.
        vols: Series of the base vol; empty = it has always been ``base_vol``.
        vol_gap: |base vol − its average|.
        cached_at, cached_spot: When and at what price the cache was updated.
    """

    expiry: float
    base_vol: Values
    strikes: tuple[Strike, ...]
    vols: Series = field(default_factory=Series)
    vol_gap: Values = 0.0
    cached_at: float = NEVER
    cached_spot: Values = 0.0

    def __post_init__(self) -> None:
        if np.any(np.less(self.base_vol, 0.0)):
            raise InputError(
                f"base_vol {np.min(self.base_vol):g}",
                place="board of Lyra",
                remedy="give a decimal of 0 or more",
            )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Accounts:
    """Who holds how much money, and what the pool has promised.

    Args:
        cash, coins: The pool's, USD and coins.
        reserved_fees: USD of the option market's share of fees.
        traders_cash, traders_coins, providers_cash, exchange_cash, exchange_coins: Net receipts of those
            outside, since the beginning.
        locked_cash: USD of the pool behind puts that it has sold: strike times options.
        locked_calls: Calls that the pool has sold, coins.
        owed_settlements: USD of the pool that holders of expired options may claim.
        insolvency: USD that expired shorts could not pay; a memo.
    """

    cash: Values = 0.0
    coins: Values = 0.0
    reserved_fees: Values = 0.0
    traders_cash: Values = 0.0
    traders_coins: Values = 0.0
    providers_cash: Values = 0.0
    exchange_cash: Values = 0.0
    exchange_coins: Values = 0.0
    locked_cash: Values = 0.0
    locked_calls: Values = 0.0
    owed_settlements: Values = 0.0
    insolvency: Values = 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Queued:
    """An entry of a queue of providers.

    Args:
        amount: USD of a deposit, tokens of a withdrawal; 0 where a path has none.
        since: Seconds at which it was made.
    """

    amount: Values
    since: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pool:
    """A market and its pool, without its hedger.

    Args:
        now: Seconds, on any clock.
        spot: USD; 0 = no price yet.
        boards: Live expiries.
        pricing, limits, cache_rules, collateral_rules, liquidity_rules, exchange: Rules.
        accounts: Money.
        tokens: Providers' tokens, those queued for withdrawal included.
        deposits, withdrawals: Queues, the oldest first.
        blocked_until: Seconds; until then the circuit breakers let no queue move (CBTimestamp).
    """

    now: float = 0.0
    spot: Values = 0.0
    boards: tuple[Board, ...] = ()
    pricing: PricingRules = field(default_factory=PricingRules)
    limits: TradeLimits = field(default_factory=TradeLimits)
    cache_rules: CacheRules = field(default_factory=CacheRules)
    collateral_rules: CollateralRules = field(default_factory=CollateralRules)
    liquidity_rules: LiquidityRules = field(default_factory=LiquidityRules)
    exchange: ExchangeFees = field(default_factory=ExchangeFees)
    accounts: Accounts = field(default_factory=Accounts)
    tokens: Values = 0.0
    deposits: tuple[Queued, ...] = ()
    withdrawals: tuple[Queued, ...] = ()
    blocked_until: Values = NEVER

    @property
    def hedged_delta(self) -> Values:
        """Coins that the hedger holds, short negative."""
        raise NotImplementedError

    @property
    def target_delta(self) -> Values:
        """Coins that the hedger should hold."""
        raise NotImplementedError

    @property
    def used_hedge(self) -> Values:
        """USD value of the hedge, collateral included (usedDeltaLiquidity)."""
        raise NotImplementedError

    @property
    def pending_hedge(self) -> Values:
        """USD that the hedge still needs (pendingDeltaLiquidity)."""
        raise NotImplementedError

    @property
    def hedge_slope(self) -> Values:
        """Derivative of ``used_hedge`` by spot, coins."""
        raise NotImplementedError

    @property
    def call_cover(self) -> Values:
        """USD of cash that sold calls tie up."""
        raise NotImplementedError

    @property
    def hedge_accounts(self) -> tuple[Values, Values]:
        """Cash and coins in the hedger's own accounts."""
        raise NotImplementedError

    @property
    def queued_deposits(self) -> Values:
        """USD of deposits in the queue."""
        return sum((entry.amount for entry in self.deposits), 0.0)

    @property
    def queued_withdrawals(self) -> Values:
        """Tokens of withdrawals in the queue."""
        return sum((entry.amount for entry in self.withdrawals), 0.0)


PoolT = TypeVar("PoolT", bound=Pool)


def total_money(pool: Pool) -> tuple[Values, Values]:
    """Cash and coins over all accounts: no event may change them."""
    accounts = pool.accounts
    hedge_cash, hedge_coins = pool.hedge_accounts
    strikes = [strike for board in pool.boards for strike in board.strikes]
    cash = (
        accounts.cash
        + accounts.reserved_fees
        + accounts.traders_cash
        + accounts.providers_cash
        + accounts.exchange_cash
        + hedge_cash
        + sum((item.call_collateral + item.put_collateral for item in strikes), 0.0)
    )
    coins = (
        accounts.coins
        + accounts.traders_coins
        + accounts.exchange_coins
        + hedge_coins
        + sum((item.coin_collateral for item in strikes), 0.0)
    )
    return np.asarray(cash)[()], np.asarray(coins)[()]
