"""A Uniswap v3 pool in exact integers: mint, burn, collect and swap over initialised ticks.

The reference of the float version (:mod:`shortgamma.protocols.uniswap.pool`), and what to use where a mint
amount has to agree to the last unit. Amounts are in the smallest units of token0 and token1; prices are
token1 per token0.

Fees are booked as growth per unit of liquidity with 128 binary places, modulo 2²⁵⁶: globally, and at each
tick for the side of it on which the price is not. What a range has earned is the difference.

Source: Uniswap/v3-core, contracts/UniswapV3Pool.sol and libraries Tick, TickBitmap, Position; without the
protocol's share of the fee, the price oracle and flash loans.
"""

from dataclasses import dataclass, replace
from typing import Final

from shortgamma.basics.errors import RefusedError
from shortgamma.protocols.uniswap.exact_ranges import (
    Position,
    Tick,
    inside,
    owed_after,
    position_of,
    range_refusal,
    tick_after,
    with_position,
    with_tick,
)
from shortgamma.protocols.uniswap.exact_swaps import Route, follow
from shortgamma.protocols.uniswap.sqrt_price import (
    amount0_down,
    amount0_up,
    amount1_down,
    amount1_up,
)
from shortgamma.protocols.uniswap.ticks import (
    MAX_SQRT_PRICE,
    MIN_SQRT_PRICE,
    sqrt_price_at_tick,
    tick_at_sqrt_price,
)

MOST_128: Final = (1 << 128) - 1
"""The largest amount that can be asked for, and with it "everything"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolState:
    """A pool.

    Args:
        fee: Millionths of what a trader pays: 500, 3000, 10000.
        spacing: Ticks between ticks that a range may start or end at: 10, 60, 200.
        sqrt_price: √price, Q64.96; 0 = not initialised.
        tick: Of the price; one less while the price stands on a tick that was crossed downwards.
        liquidity: In reach at the price.
        growth0, growth1: Fees per unit of liquidity since the start, Q128.128.
        reserve0, reserve1: What the pool holds of each token.
        ticks: Initialised ones, ascending.
        positions: Of all owners.
    """

    fee: int = 3000
    spacing: int = 60
    sqrt_price: int = 0
    tick: int = 0
    liquidity: int = 0
    growth0: int = 0
    growth1: int = 0
    reserve0: int = 0
    reserve1: int = 0
    ticks: tuple[Tick, ...] = ()
    positions: tuple[Position, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Initialize:
    """The first price. ``sqrt_price``: √price, Q64.96."""

    sqrt_price: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mint:
    """Liquidity is added between two ticks and paid for. ``liquidity``: positive."""

    lower: int
    upper: int
    liquidity: int
    owner: str = "lp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Burn:
    """Liquidity is taken out; its tokens and fees become owed. ``liquidity``: 0 = book the fees only."""

    lower: int
    upper: int
    liquidity: int
    owner: str = "lp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Collect:
    """What is owed is paid out. ``amount0``, ``amount1``: at most, all by default."""

    lower: int
    upper: int
    amount0: int = MOST_128
    amount1: int = MOST_128
    owner: str = "lp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """A trade.

    Args:
        token0_in: True = token0 is paid and the price falls.
        amount: Positive = exactly this is paid, fee included; negative = exactly this is received.
        limit: √price at which the trade stops, Q64.96; 0 = none.
    """

    token0_in: bool
    amount: int
    limit: int = 0


Event = Initialize | Mint | Burn | Collect | Swap


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """What the caller pays to the pool; negative = he receives."""

    paid0: int
    paid1: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """What the pool owes more than before, for burnt liquidity (without fees)."""

    owed0: int
    owed1: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Swapped:
    """A trade: what the trader pays (negative = he receives), and the pool's price afterwards."""

    paid0: int
    paid1: int
    sqrt_price: int
    tick: int
    liquidity: int


Outcome = Paid | Owed | Swapped


def step(state: PoolState, event: Event) -> tuple[PoolState, Outcome]:
    """One event.

    Raises:
        RefusedError: The contract would revert.
    """
    if isinstance(event, Initialize):
        if state.sqrt_price:
            raise RefusedError("AI: already initialised")
        tick = tick_at_sqrt_price(event.sqrt_price)
        return replace(state, sqrt_price=event.sqrt_price, tick=tick), Paid(paid0=0, paid1=0)
    if not state.sqrt_price:
        raise RefusedError("LOK: not initialised")
    match event:
        case Mint():
            return _mint(state, event)
        case Burn():
            return _burn(state, event)
        case Collect():
            return _collect(state, event)
        case Swap():
            return _swap(state, event)


def amounts_up(state: PoolState, lower: int, upper: int, *, liquidity: int) -> tuple[int, int]:
    """What liquidity between two ticks costs at the pool's price: token0 and token1, rounded up."""
    low, price, high = _bounded(state, lower, upper)
    return amount0_up(price, high, liquidity), amount1_up(low, price, liquidity)


def amounts_down(state: PoolState, lower: int, upper: int, *, liquidity: int) -> tuple[int, int]:
    """What liquidity between two ticks is worth at the pool's price: token0 and token1, rounded down."""
    low, price, high = _bounded(state, lower, upper)
    return amount0_down(price, high, liquidity), amount1_down(low, price, liquidity)


def claims(state: PoolState) -> tuple[int, int]:
    """token0 and token1 that leave the pool if everybody burns and collects."""
    total0 = total1 = 0
    for position in state.positions:
        held0, held1 = amounts_down(
            state, position.lower, position.upper, liquidity=position.liquidity
        )
        settled = owed_after(position, inside(state, position.lower, position.upper))
        total0 += held0 + settled.owed0
        total1 += held1 + settled.owed1
    return total0, total1


def _bounded(state: PoolState, lower: int, upper: int) -> tuple[int, int, int]:
    """√prices of a range with the pool's between them."""
    low, high = sqrt_price_at_tick(lower), sqrt_price_at_tick(upper)
    return low, min(max(state.sqrt_price, low), high), high


def _mint(state: PoolState, event: Mint) -> tuple[PoolState, Outcome]:
    if event.liquidity <= 0:
        raise RefusedError("no liquidity to mint")
    changed = _modified(state, event, event.liquidity)
    paid0, paid1 = amounts_up(state, event.lower, event.upper, liquidity=event.liquidity)
    changed = replace(changed, reserve0=state.reserve0 + paid0, reserve1=state.reserve1 + paid1)
    return changed, Paid(paid0=paid0, paid1=paid1)


def _burn(state: PoolState, event: Burn) -> tuple[PoolState, Outcome]:
    held = position_of(state.positions, event.owner, lower=event.lower, upper=event.upper)
    if event.liquidity < 0 or event.liquidity > held.liquidity:
        raise RefusedError("LS: more than the position has")
    if event.liquidity == 0 and held.liquidity == 0:
        raise RefusedError("NP: no position")
    changed = _modified(state, event, -event.liquidity)
    owed0, owed1 = amounts_down(state, event.lower, event.upper, liquidity=event.liquidity)
    held = position_of(changed.positions, event.owner, lower=event.lower, upper=event.upper)
    held = replace(held, owed0=held.owed0 + owed0, owed1=held.owed1 + owed1)
    changed = replace(changed, positions=with_position(changed.positions, held))
    return changed, Owed(owed0=owed0, owed1=owed1)


def _collect(state: PoolState, event: Collect) -> tuple[PoolState, Outcome]:
    held = position_of(state.positions, event.owner, lower=event.lower, upper=event.upper)
    if min(event.amount0, event.amount1) < 0:
        raise RefusedError("a negative amount")
    out0, out1 = min(event.amount0, held.owed0), min(event.amount1, held.owed1)
    held = replace(held, owed0=held.owed0 - out0, owed1=held.owed1 - out1)
    changed = replace(
        state,
        positions=with_position(state.positions, held),
        reserve0=state.reserve0 - out0,
        reserve1=state.reserve1 - out1,
    )
    return changed, Paid(paid0=-out0, paid1=-out1)


def _modified(state: PoolState, event: Mint | Burn, change: int) -> PoolState:
    """The pool with more or less liquidity in a range; fees earned so far are booked first."""
    refusal = range_refusal(event.lower, event.upper, spacing=state.spacing)
    if refusal is not None:
        raise RefusedError(refusal)
    ticks = with_tick(state.ticks, tick_after(state, event.lower, change, net=change))
    ticks = with_tick(ticks, tick_after(state, event.upper, change, net=-change))
    held = position_of(state.positions, event.owner, lower=event.lower, upper=event.upper)
    # An untouched tick has no growth outside: what the range has earned is read with both ticks set.
    opened = replace(state, ticks=ticks) if change > 0 else state
    held = owed_after(held, inside(opened, event.lower, event.upper))
    held = replace(held, liquidity=held.liquidity + change)
    reached = event.lower <= state.tick < event.upper
    return replace(
        state,
        liquidity=state.liquidity + (change if reached else 0),
        ticks=ticks,
        positions=with_position(state.positions, held),
    )


def _swap(state: PoolState, event: Swap) -> tuple[PoolState, Outcome]:
    if event.amount == 0:
        raise RefusedError("AS: no amount")
    end = follow(_route(state, event), _limit(state, event), down=event.token0_in)
    fixed = event.amount - end.remaining
    same = event.token0_in == (event.amount > 0)
    paid0, paid1 = (fixed, end.calculated) if same else (end.calculated, fixed)
    changed = replace(
        state,
        sqrt_price=end.sqrt_price,
        tick=end.tick,
        liquidity=end.liquidity,
        growth0=end.growth0,
        growth1=end.growth1,
        ticks=end.ticks,
        reserve0=state.reserve0 + paid0,
        reserve1=state.reserve1 + paid1,
    )
    return changed, Swapped(
        paid0=paid0,
        paid1=paid1,
        sqrt_price=end.sqrt_price,
        tick=end.tick,
        liquidity=end.liquidity,
    )


def _limit(state: PoolState, event: Swap) -> int:
    """The √price at which a swap stops at the latest."""
    if event.token0_in:
        limit = event.limit or MIN_SQRT_PRICE + 1
        allowed = MIN_SQRT_PRICE < limit < state.sqrt_price
    else:
        limit = event.limit or MAX_SQRT_PRICE - 1
        allowed = state.sqrt_price < limit < MAX_SQRT_PRICE
    if not allowed:
        raise RefusedError("SPL: price limit on the wrong side")
    return limit


def _route(state: PoolState, event: Swap) -> Route:
    """A swap before its first step."""
    return Route(
        fee=state.fee,
        spacing=state.spacing,
        sqrt_price=state.sqrt_price,
        tick=state.tick,
        liquidity=state.liquidity,
        growth0=state.growth0,
        growth1=state.growth1,
        ticks=state.ticks,
        remaining=event.amount,
    )
