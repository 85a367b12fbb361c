"""The cache of Greeks: deltas, vegas and values at averaged vols, updated board by board by whoever calls.

Between updates the pool sees the Greeks of the last one times today's positions, so its delta is out of date
by the gamma times the move since: that is what a hedger on this cache misses.

Source: derivexyz/v1-core, contracts/OptionGreekCache.sol.
"""

from dataclasses import dataclass, replace

import numpy as np

from shortgamma.basics.errors import RefusedError
from shortgamma.protocols.lyra.gwav import Series, average, opened, recorded, shortened
from shortgamma.protocols.lyra.paths import Mask, either
from shortgamma.protocols.lyra.pool import Board, CachedGreeks, Pool, PoolT, Strike
from shortgamma.protocols.lyra.valuation import Figures, Option, figures
from shortgamma.protocols.mechanism import Values


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NetGreeks:
    """Sums over boards, of the traders' positions: the pool's are the negatives.

    Args:
        delta: Coins.
        standard_vega: USD per point of a monthly option.
        value: USD.
    """

    delta: Values
    standard_vega: Values
    value: Values


def net_greeks(pool: Pool) -> NetGreeks:
    """Net Greeks of the traders from the cache."""
    strikes = [strike for board in pool.boards for strike in board.strikes]
    delta: Values = 0.0
    vega: Values = 0.0
    value: Values = 0.0
    for item in strikes:
        cached = item.cached
        delta = delta + item.net_calls * cached.call_delta + item.net_puts * cached.put_delta
        value = value + item.net_calls * cached.call_price + item.net_puts * cached.put_price
        vega = vega + (item.net_calls + item.net_puts) * cached.standard_vega
    return NetGreeks(delta=delta, standard_vega=vega, value=value)


def stale(pool: Pool) -> Mask:
    """Where a live board's cache is too old, or spot has moved too far from it."""
    rules = pool.cache_rules
    result: Mask = False
    for board in pool.boards:
        moved = np.abs(np.subtract(pool.spot, board.cached_spot))
        far = np.greater_equal(moved, np.multiply(board.cached_spot, rules.stale_move))
        result = either(result, far, pool.now - board.cached_at > rules.stale_after)
    return result


def mean_of(series: Series, value: Values, *, now: float, period: float) -> Values:
    """Average of a series over the last ``period`` seconds; the value itself where nothing was recorded."""
    return average(series, now, from_ago=period) if series.observations else value


def noted(series: Series, old: Values, new: Values, *, pool: Pool) -> Series:
    """The series with a new value from now on, begun with the old one where it is empty."""
    begun = series if series.observations else opened(old, pool.now)
    longer = recorded(begun, new, time=pool.now)
    return shortened(longer, pool.now - pool.cache_rules.longest_period)


def with_base_vol(pool: Pool, board: Board, vol: Values) -> Board:
    """The board at a new base vol, which enters its average."""
    series = noted(board.vols, board.base_vol, vol, pool=pool)
    mean = mean_of(series, vol, now=pool.now, period=pool.cache_rules.vol_gap_period)
    return replace(board, base_vol=vol, vols=series, vol_gap=np.abs(vol - mean))


def with_skew(pool: Pool, item: Strike, skew: Values) -> Strike:
    """The strike at a new skew, which enters its average within floor and cap."""
    rules = pool.cache_rules
    old, new = (np.clip(value, rules.skew_floor, rules.skew_cap) for value in (item.skew, skew))
    series = noted(item.skews, old, new, pool=pool)
    mean = mean_of(series, new, now=pool.now, period=rules.skew_gap_period)
    return replace(item, skew=skew, skews=series, skew_gap=np.abs(skew - mean))


def averaged_vol(pool: Pool, board: Board, item: Strike) -> Values:
    """Average base vol times average skew: the vol at which the pool is valued."""
    rules = pool.cache_rules
    skew = np.clip(item.skew, rules.skew_floor, rules.skew_cap)
    base = mean_of(board.vols, board.base_vol, now=pool.now, period=rules.vol_period)
    return base * mean_of(item.skews, skew, now=pool.now, period=rules.skew_period)


def figures_at(pool: Pool, board: Board, item: Strike, *, vol: Values) -> Figures:
    """Greeks of one long option of a strike now, at a vol."""
    return figures(
        Option(
            spot=pool.spot,
            strike=item.strike,
            seconds=max(board.expiry - pool.now, 0.0),
            vol=vol,
            rate=pool.pricing.rate,
        )
    )


def updated_strike(pool: Pool, board: Board, item: Strike) -> Strike:
    """The strike with its Greeks and its gap as of now."""
    rules = pool.cache_rules
    found = figures_at(pool, board, item, vol=averaged_vol(pool, board, item))
    skew = np.clip(item.skew, rules.skew_floor, rules.skew_cap)
    mean = mean_of(item.skews, skew, now=pool.now, period=rules.skew_gap_period)
    cached = CachedGreeks(
        call_price=found.call_price,
        put_price=found.put_price,
        call_delta=found.call_delta,
        put_delta=found.put_delta,
        standard_vega=found.standard_vega,
    )
    return replace(item, cached=cached, skew_gap=np.abs(item.skew - mean))


def updated_board(pool: Pool, board: Board) -> Board:
    """The board with Greeks of all strikes as of now."""
    period = pool.cache_rules.vol_gap_period
    mean = mean_of(board.vols, board.base_vol, now=pool.now, period=period)
    return replace(
        board,
        strikes=tuple(updated_strike(pool, board, item) for item in board.strikes),
        vol_gap=np.abs(board.base_vol - mean),
        cached_at=pool.now,
        cached_spot=pool.spot,
    )


def board_at(pool: Pool, index: int) -> Board:
    """The board of that index.

    Raises:
        RefusedError: There is none.
    """
    if not 0 <= index < len(pool.boards):
        raise RefusedError(f"there is no board {index}")
    return pool.boards[index]


def with_board(pool: PoolT, index: int, board: Board) -> PoolT:
    """The pool with one board replaced."""
    return replace(pool, boards=(*pool.boards[:index], board, *pool.boards[index + 1 :]))
