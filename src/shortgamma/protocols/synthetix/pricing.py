"""Fill price, fees, margins and the cap on liquidations of a Synthetix v3 market, path by path.

fill = price·(1 + (skew + (skew + size))/2/scale): the mean of the premium before and after the order.

Source: Synthetixio/synthetix-v3, markets/perps-market/contracts/storage: AsyncOrder.sol, PerpsMarket.sol,
PerpsMarketConfiguration.sol.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from shortgamma.protocols.mechanism import Values
from shortgamma.protocols.paths import either, greater, lesser, plain
from shortgamma.protocols.synthetix.state import Account, State


def skew_of(state: State) -> Values:
    """Coins that longs hold more than shorts."""
    total: Values = 0.0
    for account in state.accounts.values():
        total = total + account.size
    return plain(total)


def open_interest(state: State) -> Values:
    """Coins of all positions, without sign."""
    total: Values = 0.0
    for account in state.accounts.values():
        total = total + np.abs(account.size)
    return plain(total)


def fill_price(price: Values, skew: Values, *, size: Values, skew_scale: float) -> Values:
    """USD per coin at which an order of a size is filled.

    Args:
        price: USD per coin, of the oracle.
        skew: Coins, before.
        size: Coins, + = buys.
        skew_scale: Coins; 0 = no premium.
    """
    if skew_scale == 0.0:
        return plain(price)
    return plain(np.asarray(price) * (1.0 + (skew + 0.5 * np.asarray(size)) / skew_scale))


def order_fee(state: State, skew: Values, *, size: Values, price: Values) -> Values:
    """USD: the maker fee on what brings the skew to zero, the taker fee on what takes it away.

    Args:
        state: The market.
        skew: Coins, before.
        size: Coins, + = buys.
        price: USD per coin, of the fill.
    """
    after = np.asarray(skew) + size
    same_side = np.sign(after) * np.sign(skew) >= 0.0
    adds = np.sign(size) * np.sign(skew) >= 0.0
    flat = np.abs(size) * np.where(adds, state.taker_fee, state.maker_fee)
    crossing = np.abs(skew) * state.maker_fee + np.abs(after) * state.taker_fee
    return plain(np.where(same_side, flat, crossing) * price)


def initial_margin(state: State, size: Values, *, price: Values) -> Values:
    """USD needed to open a position of a size."""
    part = np.abs(size) / state.skew_scale if state.skew_scale else 0.0
    ratio = part * state.initial_ratio + state.minimum_initial_ratio
    needed = np.abs(size) * price * ratio + state.minimum_margin
    return either(np.equal(size, 0.0), 0.0, needed)


def maintenance_margin(state: State, size: Values, *, price: Values) -> Values:
    """USD needed to keep a position of a size, without the liquidation reward."""
    part = np.abs(size) / state.skew_scale if state.skew_scale else 0.0
    ratio = part * state.initial_ratio + state.minimum_initial_ratio
    needed = np.abs(size) * price * ratio * state.maintenance_scalar + state.minimum_margin
    return either(np.equal(size, 0.0), 0.0, needed)


def liquidation_reward(state: State, size: Values, *, price: Values) -> Values:
    """USD that the keeper of a liquidation is paid at most."""
    return plain(np.abs(size) * price * state.reward_ratio)


def profit(state: State, account: Account, *, price: Values) -> Values:
    """Profit that is not realised, USD: price and funding, whether or not the account is flagged."""
    moved = np.asarray(price) - account.entry_price
    return plain(account.size * (moved + state.funding - account.entry_funding))


def is_liquidatable(state: State, account: Account, *, price: Values) -> Any:
    """Where an account is flagged already, or its margin is below maintenance and reward."""
    equity = account.margin + profit(state, account, price=price)
    needed = maintenance_margin(state, account.size, price=price)
    needed = needed + liquidation_reward(state, account.size, price=price)
    return (np.asarray(account.flagged) > 0.0) | (
        (np.abs(account.size) > 0.0) & (np.asarray(equity) < needed)
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Allowance:
    """What may be liquidated now, and what the window remembers.

    Args:
        coins: Without sign.
        time: Seconds, of the last liquidation.
        used: Coins in that window.
    """

    coins: Values
    time: Values
    used: Values


def allowance(state: State, wanted: Values) -> Allowance:
    """The part of ``wanted`` coins that may be liquidated now.

    A window starts anew when more than its seconds have passed since the last liquidation. When it is used
    up, the skew is below the premium's bound and nothing was liquidated at this very time, one more opens.
    """
    window = (state.maker_fee + state.taker_fee) * state.skew_scale
    window = window * state.liquidation_multiplier * state.liquidation_seconds
    if window == 0.0:
        return Allowance(coins=wanted, time=state.liquidation_time, used=state.liquidation_used)
    since = state.time - np.asarray(state.liquidation_time)
    fresh = since > state.liquidation_seconds
    used = either(fresh, 0.0, state.liquidation_used)
    coins = lesser(greater(window - np.asarray(used), 0.0), wanted)
    used = plain(used + coins)
    skew = np.abs(skew_of(state)) / state.skew_scale
    extra = (np.asarray(coins) == 0.0) & (skew < state.liquidation_premium) & (since != 0.0)
    coins = either(extra, np.minimum(window, wanted), coins)
    used = either(extra, coins, used)
    moved = np.asarray(coins) > 0.0
    return Allowance(coins=coins, time=either(moved, state.time, state.liquidation_time), used=used)
