"""Price impact, funding, borrowing and profits of a GMX v2 market, path by path.

Impact of a trade that takes the imbalance |long − short| from d0 to d1, on one side of balance::

    impact = f·(d0^e − d1^e),   f = improving factor where d1 < d0, else the worsening one

and where longs and shorts change places: improving·d0^e − worsening·d1^e. The improving factor is never
above the worsening one.

Source: gmx-io/gmx-synthetics, contracts/pricing/PositionPricingUtils.sol, PricingUtils.sol and
contracts/market/MarketUtils.sol.
"""

from typing import Any

import numpy as np

from shortgamma.protocols.gmx.state import FundingTerms, Position, Side, State
from shortgamma.protocols.mechanism import Values
from shortgamma.protocols.paths import either, lesser, plain, ratio

SIDES = ("long", "short")


def open_interest(state: State, side: str) -> Values:
    """USD at entry of the positions of a side."""
    total: Values = 0.0
    for position in state.positions.values():
        total = total + (position.size if position.side == side else 0.0)
    return plain(total)


def open_coins(state: State, side: str) -> Values:
    """Coins of the positions of a side."""
    total: Values = 0.0
    for position in state.positions.values():
        total = total + (position.coins if position.side == side else 0.0)
    return plain(total)


def price_impact(state: State, side: str, *, size: Values) -> Values:
    """USD that a trade of a size gains, negative = pays.

    Args:
        state: The market, before.
        side: Whose open interest changes.
        size: USD, + = it rises.
    """
    gap = np.asarray(open_interest(state, "long")) - open_interest(state, "short")
    after = gap + (np.asarray(size) if side == "long" else -np.asarray(size))
    before_abs, after_abs = np.abs(gap), np.abs(after)
    good = min(state.impact_improves, state.impact_worsens)
    same_side = (gap <= 0.0) == (after <= 0.0)
    factor = np.where(after_abs < before_abs, good, state.impact_worsens)
    first = _raised(before_abs, state.impact_exponent)
    last = _raised(after_abs, state.impact_exponent)
    crossing = good * first - state.impact_worsens * last
    return plain(np.where(same_side, factor * (first - last), crossing))


def _raised(gap: Any, exponent: float) -> Any:
    """gap^e; gaps below one USD have none, as in the contract."""
    return np.where(gap < 1.0, 0.0, np.power(gap, exponent))


def next_funding_factor(
    terms: FundingTerms, factor: Values, *, longs: Values, shorts: Values, seconds: float
) -> Values:
    """The funding factor per second after a time of unchanged open interest, positive = longs pay.

    Args:
        terms: How it adapts.
        factor: Before.
        longs, shorts: Open interest, USD.
        seconds: That passed.
    """
    gap = np.asarray(longs) - shorts
    total = np.asarray(longs) + shorts
    part = ratio(np.power(np.abs(gap), terms.exponent), total)
    towards = np.where(gap < 0.0, -1.0, 1.0)
    if terms.increase == 0.0:
        fixed = np.minimum(np.asarray(part) * terms.fixed, terms.highest)
        return plain(towards * fixed)
    same_way = np.asarray(factor) * gap > 0.0
    rises = ~same_way | (np.asarray(part) > terms.stable_below)
    falls = same_way & ~rises & (np.asarray(part) < terms.decrease_below)
    risen = factor + towards * part * terms.increase * seconds
    size = np.abs(factor)
    smallest = (
        1e-30  # what the contract leaves of a factor that has run down: one unit of 30 decimals
    )
    fallen = np.sign(factor) * np.where(
        size <= terms.decrease * seconds, smallest, size - terms.decrease * seconds
    )
    moved = np.where(rises, risen, np.where(falls, fallen, factor))
    bounded = np.sign(moved) * np.clip(np.abs(moved), terms.lowest, terms.highest)
    return either(total > 0.0, bounded, 0.0)


def borrowing_rate(state: State, side: str, *, price: Values) -> Values:
    """Fee per second and USD of size: factor·reserved^exponent/pool."""
    if side == "long":
        reserved, pool = (
            np.asarray(open_coins(state, side)) * price,
            state.pool_coins * np.asarray(price),
        )
    else:
        reserved, pool = np.asarray(open_interest(state, side)), state.pool_usd
    raised = np.power(np.maximum(reserved, 0.0), state.borrowing_exponent)
    return plain(state.borrowing_factor * np.asarray(ratio(raised, pool)))


def side_of(state: State, side: str) -> Side:
    """Indices of a side."""
    return state.long if side == "long" else state.short


def position_profit(position: Position, *, price: Values) -> Values:
    """Profit of a position before any cap, USD."""
    worth = np.asarray(position.coins) * price
    gain = worth - position.size
    return plain(gain if position.side == "long" else -gain)


def side_profit(state: State, side: str, *, price: Values) -> Values:
    """Profit of a side before any cap, USD."""
    worth = np.asarray(open_coins(state, side)) * price
    gain = worth - open_interest(state, side)
    return plain(gain if side == "long" else -gain)


def side_pool(state: State, side: str, *, price: Values) -> Values:
    """USD that back a side: the pool's coins for longs, its USD for shorts."""
    return plain(state.pool_coins * np.asarray(price) if side == "long" else state.pool_usd)


def paid_part(state: State, side: str, *, price: Values) -> Values:
    """Part of a side's profits that is paid, below 1 where they pass the cap."""
    profit = side_profit(state, side, price=price)
    most = state.trader_cap * np.asarray(side_pool(state, side, price=price))
    return either(np.asarray(profit) > most, ratio(most, profit, empty=1.0), 1.0)


def pnl_factor(state: State, side: str, *, price: Values) -> Values:
    """Profit of a side over its pool."""
    return ratio(side_profit(state, side, price=price), side_pool(state, side, price=price))


def capped_profit(state: State, side: str, *, price: Values) -> Values:
    """Profit of a side up to the cap, USD."""
    most = state.trader_cap * np.asarray(side_pool(state, side, price=price))
    return lesser(side_profit(state, side, price=price), most)


def pending_borrowing(state: State) -> Values:
    """USD of borrowing fees that positions owe the pool."""
    owed: Values = 0.0
    for position in state.positions.values():
        index = side_of(state, position.side).borrowing
        owed = owed + position.size * (np.asarray(index) - position.borrowing)
    return plain(owed)


def pool_value(state: State, price: Values) -> Values:
    """USD of the providers: the pool, less what traders have won, less the impact pool, plus fees owed."""
    value = state.pool_coins * np.asarray(price) + state.pool_usd + pending_borrowing(state)
    for side in SIDES:
        value = value - capped_profit(state, side, price=price)
    return plain(value - np.asarray(state.impact_coins) * price)
