"""Newport's hedgers: perpetuals on GMX or Synthetix.

Both act when 24 hours have passed *or* the target is 100 coins away, and at once where the target is 0. On
GMX a hedge that changes sides closes first, without starting the delay; on Synthetix an order is at most
``order_cap`` coins. The position is held in coins at its mean entry price, with cash behind it at a target
leverage.

Source: derivexyz/v1-core, contracts/GMXFuturesPoolHedger.sol and SNXPerpsV2PoolHedger.sol.
"""

from dataclasses import dataclass, replace

import numpy as np

from shortgamma.protocols.lyra.hedging import DAY, UNLIMITED
from shortgamma.protocols.lyra.paths import Mask, both, either, pick
from shortgamma.protocols.lyra.pool import NEVER, Accounts
from shortgamma.protocols.mechanism import Values


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PerpHedger:
    """The hedger and its rules.

    Args:
        size: Coins, short negative.
        entry: Mean price of entry, USD.
        collateral: USD behind the position, without what it has gained since entry.
        last: Seconds of the last hedge (lastInteraction).
        delay: Seconds between hedges (interactionDelay).
        threshold: Coins between target and position from which the delay does not hold (deltaThreshold).
        cap: Most coins, long or short (hedgeCap).
        leverage, most_leverage: Target, and the most at which a position may grow (targetLeverage,
            maxLeverage).
        room_long, room_short: Coins that the perpetual market can still take on each side.
        room_buffer: Factor of what a hedge needs of that room (marketDepthBuffer).
        order_cap: Coins of one ``hedge_capped`` order (maxOrderCap).
        fee: Fraction of what is traded.
    """

    size: Values = 0.0
    entry: Values = 0.0
    collateral: Values = 0.0
    last: Values = NEVER
    delay: float = DAY
    threshold: float = 100.0
    cap: float = UNLIMITED
    leverage: float = 1.1
    most_leverage: float = 10.0
    room_long: Values = UNLIMITED
    room_short: Values = UNLIMITED
    room_buffer: float = 1.0
    order_cap: float = 100.0
    fee: float = 0.001


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Repositioned:
    """A hedger at a new size, with the money that moved.

    Args:
        hedger, accounts: After the order.
        refused: Reasons with the paths on which the contract reverts.
    """

    hedger: PerpHedger
    accounts: Accounts
    refused: dict[str, Mask]


def equity(hedger: PerpHedger, spot: Values) -> Values:
    """Collateral plus what the position has gained, USD."""
    return hedger.collateral + hedger.size * (spot - hedger.entry)


def may_act(hedger: PerpHedger, target: Values, *, now: float) -> Mask:
    """Where the delay is over, the target far enough away, or the target 0."""
    far = np.greater_equal(np.abs(target - hedger.size), hedger.threshold)
    return either(np.equal(target, 0.0), np.less_equal(hedger.last + hedger.delay, now), far)


def no_room(hedger: PerpHedger, target: Values, *, adds_delta: Mask) -> Mask:
    """Where a trade that adds to the pool's risk asks for a hedge that the perpetual market cannot take.

    Args:
        hedger: Before the hedge.
        target: Coins wanted after the trade.
        adds_delta: The trade makes the pool longer.
    """
    more = np.abs(target) - np.abs(hedger.size)
    reduces = either(
        both(adds_delta, np.greater_equal(target, 0.0)),
        both(np.logical_not(adds_delta), np.less_equal(target, 0.0)),
    )
    room = pick(np.greater(target, 0.0), hedger.room_long, hedger.room_short)
    tight = np.less(room, more * hedger.room_buffer)
    return both(np.greater(more, 0.0), np.logical_not(reduces), tight)


def closing_first(hedger: PerpHedger, target: Values) -> Values:
    """The size of the next order's end: 0 where the hedge changes sides, else the target."""
    flips = np.less(np.sign(target) * np.sign(hedger.size), 0.0)
    return pick(flips, 0.0, target)


def one_order(hedger: PerpHedger, target: Values) -> Values:
    """The size after one capped order towards the target."""
    step = np.clip(target - hedger.size, -hedger.order_cap, hedger.order_cap)
    return hedger.size + step


def repositioned(
    hedger: PerpHedger, accounts: Accounts, *, size: Values, spot: Values, available: Values
) -> Repositioned:
    """Trades to a size and brings the collateral to its leverage, as far as the pool's cash allows.

    A smaller position realises its part of the gain; a larger one averages its entry price.
    """
    side = np.sign(hedger.size)
    kept = np.clip(size * side, 0.0, np.abs(hedger.size)) * side
    gain = (hedger.size - kept) * (spot - hedger.entry)
    added = size - kept
    none = np.equal(size, 0.0)
    entry = pick(none, 0.0, (kept * hedger.entry + added * spot) / pick(none, 1.0, size))
    fee = np.abs(size - hedger.size) * spot * hedger.fee
    wanted = np.abs(size) * spot / hedger.leverage
    needed = wanted - (hedger.collateral + gain - fee)
    given = np.minimum(needed, available)
    collateral = hedger.collateral + gain - fee + given
    grows = np.greater(np.abs(size), np.abs(hedger.size))
    thin = np.less(collateral * hedger.most_leverage, np.abs(size) * spot * (1.0 - 1e-12))
    after = replace(
        accounts,
        cash=accounts.cash - given,
        exchange_cash=accounts.exchange_cash + fee - gain,
    )
    return Repositioned(
        hedger=replace(hedger, size=size, entry=entry, collateral=collateral),
        accounts=after,
        refused={
            "no cash from the pool": both(
                grows, np.greater(needed, 0.0), np.less_equal(given, 0.0)
            ),
            "more than the largest leverage": both(grows, thin),
        },
    )
