"""A Uniswap v3 pool in floats, one per path: mint, burn, collect, trade, and follow a price.

Coins are token0 and USD token1, both in whole units; liquidity is in √(coin·USD). A trade pays ``fee`` of
what comes in, on top, to the ranges that it went through, each in proportion to what it took in::

    fee paid to a range = fee/(1 − fee)·(what came into the range)

Prices of ranges are the same on all paths; everything else may differ. An event that the contract would
refuse on some paths leaves those as they were and says so in ``refused``.

Source: Uniswap v3 whitepaper, sections 6.2 and 6.3; held to :mod:`shortgamma.protocols.uniswap.exact`.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import RefusedError
from shortgamma.protocols.mechanism import PoolGreeks, Values, Vector
from shortgamma.protocols.paths import refusals
from shortgamma.protocols.uniswap.liquidity import (
    coins_held,
    liquidity_gamma,
    liquidity_value,
    usd_held,
)

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RangePosition:
    """An owner's liquidity between two prices.

    Args:
        owner: Who.
        lower, upper: USD per coin.
        liquidity: √(coin·USD).
        coins_owed, usd_owed: Fees and burnt liquidity that he can collect.
    """

    owner: str
    lower: float
    upper: float
    liquidity: Values = 0.0
    coins_owed: Values = 0.0
    usd_owed: Values = 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RangePool:
    """A pool.

    Args:
        price: USD per coin.
        fee: Fraction of what comes in: 0.0005, 0.003, 0.01.
        positions: Of all owners.
    """

    price: Values
    fee: float = 0.003
    positions: tuple[RangePosition, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MintRange:
    """Liquidity is added between two prices and paid for at the pool's price."""

    lower: float
    upper: float
    liquidity: Values
    owner: str = "lp"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BurnRange:
    """Liquidity is taken out; what it holds becomes owed."""

    lower: float
    upper: float
    liquidity: Values
    owner: str = "lp"


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectRange:
    """All that is owed to a position is paid out."""

    lower: float
    upper: float
    owner: str = "lp"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trade:
    """A trader's order.

    Args:
        coins: Positive = he buys exactly these; negative = he pays in exactly these, fee included.
    """

    coins: Values


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Follow:
    """Traders move the pool to a price, whatever it costs them. ``price``: USD per coin."""

    price: Values


Event = MintRange | BurnRange | CollectRange | Trade | Follow


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Exchange:
    """What the caller gets from the pool.

    Args:
        coins, usd: Positive = he receives, negative = he pays; fees included.
        coins_fee, usd_fee: Of which fees that he pays; not negative.
        refused: Paths on which nothing happened because the contract would refuse.
    """

    coins: Values
    usd: Values
    coins_fee: Values = 0.0
    usd_fee: Values = 0.0
    refused: Mask


def step(state: RangePool, event: Event) -> tuple[RangePool, Exchange]:
    """One event on every path.

    Raises:
        RefusedError: There is one path, and the contract would refuse; or the event can hold on no path: a
            range upside down, or a position that is not there.
    """
    match event:
        case MintRange():
            return _mint(state, event)
        case BurnRange():
            return _burn(state, event)
        case CollectRange():
            return _collect(state, event)
        case Trade():
            return _trade(state, event)
        case Follow():
            target = np.asarray(event.price, dtype=np.float64)
            refused = np.asarray(refusals({"no price": ~(target > 0.0)}))
            return _moved(state, target, refused=refused)


def inventory(state: RangePool, price: Values) -> tuple[Vector, Vector]:
    """Coins and USD in all ranges if the pool stood at a price; without what is owed."""
    coins = np.zeros(np.shape(price))
    usd = np.zeros(np.shape(price))
    for held in state.positions:
        coins = coins + held.liquidity * coins_held(price, held.lower, held.upper)
        usd = usd + held.liquidity * usd_held(price, held.lower, held.upper)
    return coins, usd


def greeks(state: RangePool, spot: Values) -> PoolGreeks:
    """Value and Greeks of all positions together, with what is owed to them.

    The value is that of a pool which follows the market: V(S) = S·coins(S) + usd(S). It has no vega and no
    theta of its own; fees are what its holders are paid for being short gamma.

    Args:
        state: The pool.
        spot: USD per coin: where the pool would stand.
    """
    value = delta = gamma = np.zeros(np.shape(spot))
    for held in state.positions:
        bounds = (held.lower, held.upper)
        value = value + held.liquidity * liquidity_value(spot, *bounds)
        value = value + spot * held.coins_owed + held.usd_owed
        delta = delta + held.liquidity * coins_held(spot, *bounds) + held.coins_owed
        gamma = gamma + held.liquidity * liquidity_gamma(spot, *bounds)
    return PoolGreeks(value_usd=value, delta=delta, gamma=gamma)


def _mint(state: RangePool, event: MintRange) -> tuple[RangePool, Exchange]:
    if not 0.0 < event.lower < event.upper:
        raise RefusedError("TLU: lower price not below upper")
    asked = np.asarray(event.liquidity, dtype=np.float64)
    refused = np.asarray(refusals({"no liquidity to mint": ~(asked > 0.0)}))
    added = np.where(refused, 0.0, asked)
    held = _find(state, event) or RangePosition(
        owner=event.owner, lower=event.lower, upper=event.upper
    )
    changed = _with(state, replace(held, liquidity=held.liquidity + added))
    return changed, Exchange(
        coins=-added * coins_held(state.price, event.lower, event.upper),
        usd=-added * usd_held(state.price, event.lower, event.upper),
        refused=refused,
    )


def _burn(state: RangePool, event: BurnRange) -> tuple[RangePool, Exchange]:
    held = _existing(state, event)
    asked = np.asarray(event.liquidity, dtype=np.float64)
    within = (asked >= 0.0) & (asked <= held.liquidity)
    refused = np.asarray(refusals({"LS: more than the position has": ~within}))
    taken = np.where(refused, 0.0, asked)
    held = replace(
        held,
        liquidity=held.liquidity - taken,
        coins_owed=held.coins_owed + taken * coins_held(state.price, held.lower, held.upper),
        usd_owed=held.usd_owed + taken * usd_held(state.price, held.lower, held.upper),
    )
    return _with(state, held), Exchange(coins=0.0, usd=0.0, refused=refused)


def _collect(state: RangePool, event: CollectRange) -> tuple[RangePool, Exchange]:
    held = _existing(state, event)
    changed = _with(state, replace(held, coins_owed=0.0, usd_owed=0.0))
    refused = np.zeros(np.shape(held.coins_owed), dtype=np.bool_)
    return changed, Exchange(coins=held.coins_owed, usd=held.usd_owed, refused=refused)


def _trade(state: RangePool, event: Trade) -> tuple[RangePool, Exchange]:
    asked = np.asarray(event.coins, dtype=np.float64)
    out = np.where(asked < 0.0, asked * (1.0 - state.fee), asked)
    target, within = price_after(state, out)
    checks = {"AS: no amount": asked == 0.0, "not enough liquidity in the ranges": ~within}
    return _moved(state, target, refused=np.asarray(refusals(checks)))


def price_after(state: RangePool, coins: Values) -> tuple[Vector, Mask]:
    """Where the pool stands after coins left its ranges, and where it has so many to give or can take them.

    Args:
        state: The pool.
        coins: Positive = out of the ranges; negative = into them, without the fee.
    """
    edges = np.unique([np.sqrt([held.lower, held.upper]) for held in state.positions])
    now, _usd = inventory(state, state.price)
    left = np.asarray(now - coins, dtype=np.float64)
    inverse = 1.0 / np.sqrt(np.broadcast_to(state.price, left.shape))
    # From above: each segment holds what the segments above it do not.
    above = np.zeros(left.shape)
    within = np.zeros(left.shape, dtype=np.bool_)
    for low, high in zip(edges[-2::-1], edges[:0:-1], strict=True):
        depth = _depth(state, low, high)
        held = depth * (1.0 / low - 1.0 / high)
        here = (left >= above) & (left <= above + held) & (depth > 0.0) & ~within
        rest = np.divide(left - above, depth, out=np.zeros(left.shape), where=here)
        inverse = np.where(here, 1.0 / high + rest, inverse)
        within |= here
        above = above + held
    return 1.0 / np.square(inverse), within


def _depth(state: RangePool, low: float, high: float) -> Vector:
    """Liquidity in reach between two neighbouring √prices of ranges."""
    middle = 0.25 * (low + high) ** 2
    reached = (held for held in state.positions if held.lower < middle < held.upper)
    return np.asarray(sum((held.liquidity for held in reached), 0.0), dtype=np.float64)


def _moved(state: RangePool, target: Vector, *, refused: Mask) -> tuple[RangePool, Exchange]:
    """The pool at another price, each range paid its fee, and what the trader got."""
    after = np.where(refused, state.price, target)
    rate = state.fee / (1.0 - state.fee)
    coins = usd = coins_fee = usd_fee = np.zeros(np.shape(after))
    positions: list[RangePosition] = []
    for held in state.positions:
        bounds = (held.lower, held.upper)
        coins_out = held.liquidity * (coins_held(state.price, *bounds) - coins_held(after, *bounds))
        usd_in = held.liquidity * (usd_held(after, *bounds) - usd_held(state.price, *bounds))
        coins_paid = rate * np.maximum(-coins_out, 0.0)
        usd_paid = rate * np.maximum(usd_in, 0.0)
        coins, usd = coins + coins_out - coins_paid, usd - usd_in - usd_paid
        coins_fee, usd_fee = coins_fee + coins_paid, usd_fee + usd_paid
        positions.append(
            replace(
                held, coins_owed=held.coins_owed + coins_paid, usd_owed=held.usd_owed + usd_paid
            )
        )
    changed = replace(state, price=after, positions=tuple(positions))
    return changed, Exchange(
        coins=coins, usd=usd, coins_fee=coins_fee, usd_fee=usd_fee, refused=refused
    )


def _same(held: RangePosition, other: RangePosition | MintRange | BurnRange | CollectRange) -> bool:
    return (held.owner, held.lower, held.upper) == (other.owner, other.lower, other.upper)


def _find(state: RangePool, event: MintRange | BurnRange | CollectRange) -> RangePosition | None:
    return next((held for held in state.positions if _same(held, event)), None)


def _existing(state: RangePool, event: BurnRange | CollectRange) -> RangePosition:
    held = _find(state, event)
    if held is None:
        raise RefusedError("NP: no position")
    return held


def _with(state: RangePool, changed: RangePosition) -> RangePool:
    others = tuple(held for held in state.positions if not _same(held, changed))
    return replace(state, positions=(*others, changed))
