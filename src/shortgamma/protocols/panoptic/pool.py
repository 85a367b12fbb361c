"""Panoptic in floats, one per path: accounts, options that are chunks of liquidity, premia and collateral.

A seller borrows what the option moves (coins for a call, USD for a put) from everybody's deposits and adds it
to a range of a Uniswap pool; a buyer takes such liquidity out again. With x coins and y USD in the range at
the price, and n the amount that was borrowed, an account changes by::

    sell: (n − x, −y) for a call, (−x, n − y) for a put; buying back is the reverse

so that a sold option is worth (value of the range) − n, and a bought one the reverse: no expiry, no
volatility in the contract. What buyers pay for it is a multiple of the fees that the range earns
(:mod:`shortgamma.protocols.panoptic.terms`), from which sellers are paid as far as it has come in.

Source: panoptic-labs/panoptic-v1-core: PanopticPool.sol, CollateralTracker.sol,
SemiFungiblePositionManager.sol; without swaps at minting, commission, forced exercise and liquidation.
"""

from dataclasses import replace

import numpy as np

from shortgamma.basics.errors import RefusedError
from shortgamma.protocols.mechanism import PoolGreeks, Values
from shortgamma.protocols.panoptic.state import (
    CALL,
    PUT,
    Account,
    Booked,
    Chunk,
    Close,
    Deposit,
    Event,
    Fees,
    Mask,
    Move,
    Open,
    Option,
    PanopticState,
)
from shortgamma.protocols.panoptic.terms import buyer_ratio, premium_rates, seller_ratio
from shortgamma.protocols.paths import refusals
from shortgamma.protocols.uniswap.liquidity import (
    coins_held,
    liquidity_for_coins,
    liquidity_for_usd,
    liquidity_gamma,
    liquidity_value,
    usd_held,
)


def step(state: PanopticState, event: Event) -> tuple[PanopticState, Booked]:
    """One event on every path.

    Raises:
        RefusedError: There is one path, and the contract would refuse; or there is no such range or option.
    """
    match event:
        case Deposit():
            return _deposit(state, event)
        case Open():
            return _open(state, event)
        case Close():
            return _close(state, event)
        case Move():
            moved = np.asarray(event.price, dtype=np.float64)
            refused = np.asarray(refusals({"no price": ~(moved > 0.0)}))
            price = np.where(refused, state.price, moved)
            return replace(state, price=price), Booked(refused=refused)
        case Fees():
            return _earn(state, event)


def deposits(state: PanopticState, kind: str) -> Values:
    """All accounts together, in the token that options of a kind move."""
    held = (a.coins if kind == CALL else a.usd for a in state.accounts.values())
    return sum(held, 0.0)


def borrowed(state: PanopticState, kind: str) -> Values:
    """What options of a kind have moved into the Uniswap pool, net of what buyers took out."""
    moved = (
        -option.moved if option.long else option.moved
        for option in state.options
        if state.chunks[option.chunk].kind == kind
    )
    return sum(moved, 0.0)


def idle(state: PanopticState) -> tuple[Values, Values]:
    """Coins and USD that lie in Panoptic itself."""
    return (
        deposits(state, CALL) - borrowed(state, CALL),
        deposits(state, PUT) - borrowed(state, PUT),
    )


def premium(state: PanopticState, option: Option) -> tuple[Values, Values]:
    """Coins and USD that an option has earned (+) or owes (−) since it was opened; not yet limited."""
    chunk = state.chunks[option.chunk]
    if option.long:
        coins, usd = chunk.owed_coins - option.start_coins, chunk.owed_usd - option.start_usd
        return -coins * option.liquidity, -usd * option.liquidity
    coins, usd = chunk.gross_coins - option.start_coins, chunk.gross_usd - option.start_usd
    return coins * option.liquidity, usd * option.liquidity


def option_greeks(state: PanopticState, option: Option, spot: Values) -> PoolGreeks:
    """Value and Greeks of an option for its owner: ±((value of the range) − what it moved)."""
    chunk, sign = state.chunks[option.chunk], -1.0 if option.long else 1.0
    bounds, size = (chunk.lower, chunk.upper), sign * np.asarray(option.liquidity)
    moved = sign * np.asarray(option.moved)
    is_call = chunk.kind == CALL
    return PoolGreeks(
        value_usd=size * liquidity_value(spot, *bounds) - moved * (spot if is_call else 1.0),
        delta=size * coins_held(spot, *bounds) - (moved if is_call else 0.0),
        gamma=size * liquidity_gamma(spot, *bounds),
    )


def greeks(state: PanopticState, spot: Values) -> PoolGreeks:
    """Value and Greeks of all sellers together, without premium; buyers own the reverse of their part.

    Args:
        state: The market.
        spot: USD per coin.
    """
    value = delta = gamma = np.zeros(np.shape(spot))
    for option in state.options:
        if not option.long:
            one = option_greeks(state, option, spot)
            value, delta, gamma = value + one.value_usd, delta + one.delta, gamma + one.gamma
    return PoolGreeks(value_usd=value, delta=delta, gamma=gamma)


def required_usd(state: PanopticState, owner: str) -> Values:
    """Collateral that an owner's options ask for, USD: a fraction of what they moved, at the price."""
    total: Values = 0.0
    for option in state.options:
        if option.owner == owner:
            ratio = buyer_ratio if option.long else seller_ratio
            unit = state.price if state.chunks[option.chunk].kind == CALL else 1.0
            total = total + ratio(option.utilisation) * option.moved * unit
    return total


def equity_usd(state: PanopticState, owner: str) -> Values:
    """An account at the price with its options closed and the premium that they owe paid, USD."""
    account = state.accounts.get(owner, Account())
    total = account.coins * state.price + account.usd
    for option in state.options:
        if option.owner == owner:
            total = total + option_greeks(state, option, state.price).value_usd
            if option.long:
                coins, usd = premium(state, option)
                total = total + coins * state.price + usd
    return total


def _deposit(state: PanopticState, event: Deposit) -> tuple[PanopticState, Booked]:
    coins, usd = np.asarray(event.coins), np.asarray(event.usd)
    wanted = _booked(state, event.owner, coins, usd)
    held = wanted.accounts[event.owner]
    leaves = np.less(coins, 0.0) | np.less(usd, 0.0)
    short = np.less(held.coins, 0.0) | np.less(held.usd, 0.0) | ~_is_solvent(wanted, event.owner)
    refused = np.asarray(refusals({"AccountInsolvent": leaves & short}))
    coins, usd = np.where(refused, 0.0, coins), np.where(refused, 0.0, usd)
    done = Booked(coins=coins, usd=usd, refused=refused)
    return _booked(state, event.owner, coins, usd), done


def _open(state: PanopticState, event: Open) -> tuple[PanopticState, Booked]:
    wanted, index = _with_range(state, event)
    moved = np.asarray(event.moved, dtype=np.float64)
    tried, _ = _opened(wanted, event, index, moved)
    coins_left, usd_left = idle(tried)
    checks = {
        "OptionsBalanceZero": ~(moved > 0.0),
        "NotEnoughLiquidity": np.less(tried.chunks[index].net, -1e-9),
        "deposits do not suffice": np.less(coins_left, -1e-9) | np.less(usd_left, -1e-9),
        "AccountInsolvent": ~_is_solvent(tried, event.owner),
    }
    refused = np.asarray(refusals(checks))
    opened, (coins, usd) = _opened(wanted, event, index, np.where(refused, 0.0, moved))
    return opened, Booked(coins=coins, usd=usd, refused=refused)


def _opened(
    state: PanopticState, event: Open, index: int, moved: Values
) -> tuple[PanopticState, tuple[Values, Values]]:
    """The market with one option more, and what its owner's account got."""
    chunk, sign = state.chunks[index], -1.0 if event.long else 1.0
    size = liquidity_for_coins if event.kind == CALL else liquidity_for_usd
    liquidity = size(moved, event.lower, event.upper)
    option = Option(
        owner=event.owner,
        chunk=index,
        long=event.long,
        moved=moved,
        liquidity=liquidity,
        utilisation=0.0,
        start_coins=chunk.owed_coins if event.long else chunk.gross_coins,
        start_usd=chunk.owed_usd if event.long else chunk.gross_usd,
    )
    coins, usd = _cash(state, option, opening=1.0)
    changed = replace(
        chunk,
        net=chunk.net + sign * liquidity,
        removed=chunk.removed + (liquidity if event.long else 0.0),
    )
    held = _booked(_with_chunk(state, index, changed), event.owner, coins, usd)
    held = replace(held, options=(*held.options, option))
    total = np.asarray(deposits(held, event.kind), dtype=np.float64)
    used = np.divide(borrowed(held, event.kind), total, out=np.ones(total.shape), where=total > 0.0)
    used = np.clip(used, 0.0, 1.0) * (-1.0 if event.strangle else 1.0)
    option = replace(option, utilisation=used)
    return replace(held, options=(*held.options[:-1], option)), (coins, usd)


def _cash(state: PanopticState, option: Option, *, opening: float) -> tuple[Values, Values]:
    """What an account gets as an option is opened (+1) or closed (−1)."""
    chunk, sign = state.chunks[option.chunk], -opening if option.long else opening
    bounds = (chunk.lower, chunk.upper)
    coins = -option.liquidity * coins_held(state.price, *bounds)
    usd = -option.liquidity * usd_held(state.price, *bounds)
    if chunk.kind == CALL:
        return sign * (coins + option.moved), sign * usd
    return sign * coins, sign * (usd + option.moved)


def _close(state: PanopticState, event: Close) -> tuple[PanopticState, Booked]:
    if not 0 <= event.option < len(state.options):
        raise RefusedError(f"no option {event.option}")
    option = state.options[event.option]
    chunk = state.chunks[option.chunk]
    # A seller cannot take out liquidity that buyers hold.
    if not option.long and np.any(
        np.less(chunk.net - option.liquidity, -1e-9 * np.asarray(chunk.net))
    ):
        raise RefusedError("NotEnoughLiquidity")
    earned_coins, earned_usd = _available(state, option)
    coins, usd = _cash(state, option, opening=-1.0)
    sign = 1.0 if option.long else -1.0
    changed = replace(
        chunk,
        net=chunk.net + sign * option.liquidity,
        removed=chunk.removed - (option.liquidity if option.long else 0.0),
        settled_coins=chunk.settled_coins - earned_coins,
        settled_usd=chunk.settled_usd - earned_usd,
    )
    left = (*state.options[: event.option], *state.options[event.option + 1 :])
    after = replace(_with_chunk(state, option.chunk, changed), options=left)
    coins, usd = coins + earned_coins, usd + earned_usd
    return _booked(after, option.owner, coins, usd), Booked(
        coins=coins,
        usd=usd,
        premium_coins=earned_coins,
        premium_usd=earned_usd,
        refused=np.zeros(np.shape(coins), dtype=np.bool_),
    )


def _available(state: PanopticState, option: Option) -> tuple[Values, Values]:
    """An option's premium; a seller's in proportion where less has come in than sellers have earned."""
    coins, usd = premium(state, option)
    if option.long:
        return coins, usd
    chunk = state.chunks[option.chunk]
    sellers = [o for o in state.options if o.chunk == option.chunk and not o.long]
    totals = np.array([np.broadcast_arrays(*premium(state, seller)) for seller in sellers]).sum(0)
    return _share(coins, chunk.settled_coins, totals[0]), _share(usd, chunk.settled_usd, totals[1])


def _share(earned: Values, settled: Values, total: Values) -> Values:
    """min(earned, earned·settled/total)."""
    sure = np.where(np.greater(total, 0.0), total, 1.0)
    return earned * np.clip(settled / sure, 0.0, 1.0)


def _earn(state: PanopticState, event: Fees) -> tuple[PanopticState, Booked]:
    if not 0 <= event.chunk < len(state.chunks):
        raise RefusedError(f"no range {event.chunk}")
    if np.any(np.less(event.coins, 0.0) | np.less(event.usd, 0.0)):
        raise RefusedError("negative fees")
    chunk = state.chunks[event.chunk]
    refused = np.asarray(refusals({"no liquidity in the range": ~np.greater(chunk.net, 0.0)}))
    net = np.where(refused, 1.0, chunk.net)
    coins, usd = np.where(refused, 0.0, event.coins), np.where(refused, 0.0, event.usd)
    owed_coins, gross_coins = premium_rates(coins, net, chunk.removed)
    owed_usd, gross_usd = premium_rates(usd, net, chunk.removed)
    changed = replace(
        chunk,
        owed_coins=chunk.owed_coins + owed_coins,
        owed_usd=chunk.owed_usd + owed_usd,
        gross_coins=chunk.gross_coins + gross_coins,
        gross_usd=chunk.gross_usd + gross_usd,
        settled_coins=chunk.settled_coins + coins,
        settled_usd=chunk.settled_usd + usd,
    )
    return _with_chunk(state, event.chunk, changed), Booked(refused=refused)


def _is_solvent(state: PanopticState, owner: str) -> Mask:
    return np.asarray(np.greater_equal(equity_usd(state, owner), required_usd(state, owner)))


def _booked(state: PanopticState, owner: str, coins: Values, usd: Values) -> PanopticState:
    """The market with coins and USD added to an account."""
    held = state.accounts.get(owner, Account())
    changed = Account(coins=held.coins + coins, usd=held.usd + usd)
    return replace(state, accounts={**state.accounts, owner: changed})


def _with_chunk(state: PanopticState, index: int, chunk: Chunk) -> PanopticState:
    return replace(state, chunks=(*state.chunks[:index], chunk, *state.chunks[index + 1 :]))


def _with_range(state: PanopticState, event: Open) -> tuple[PanopticState, int]:
    """The market with an event's range in it, and its index."""
    if event.kind not in {CALL, PUT} or not 0.0 < event.lower < event.upper:
        raise RefusedError("no such range: kind is call or put, and lower below upper")
    key = (event.kind, event.lower, event.upper)
    for index, chunk in enumerate(state.chunks):
        if (chunk.kind, chunk.lower, chunk.upper) == key:
            return state, index
    fresh = Chunk(kind=event.kind, lower=event.lower, upper=event.upper)
    return replace(state, chunks=(*state.chunks, fresh)), len(state.chunks)
