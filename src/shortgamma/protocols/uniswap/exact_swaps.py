"""A swap from tick to tick in exact integers.

The contract looks for the next initialised tick within one word of 256 usable ticks and stops at the word's
end where there is none: a step like any other, rounded like any other.

Source: Uniswap/v3-core, contracts/UniswapV3Pool.sol (swap) and libraries/TickBitmap.sol.
"""

from dataclasses import dataclass, replace
from typing import Final

from shortgamma.protocols.uniswap.exact_ranges import Tick, crossed, with_tick
from shortgamma.protocols.uniswap.sqrt_price import swap_step
from shortgamma.protocols.uniswap.ticks import (
    MAX_TICK,
    MIN_TICK,
    Q128,
    sqrt_price_at_tick,
    tick_at_sqrt_price,
)

_WRAP: Final = 1 << 256
_WORD: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A swap under way.

    Args:
        fee, spacing, sqrt_price, tick, liquidity, growth0, growth1, ticks: Of the pool.
        remaining: Of the amount that was asked for, with its sign.
        calculated: Of the other token, positive = to be paid.
    """

    fee: int
    spacing: int
    sqrt_price: int
    tick: int
    liquidity: int
    growth0: int
    growth1: int
    ticks: tuple[Tick, ...]
    remaining: int
    calculated: int = 0


def follow(route: Route, limit: int, *, down: bool) -> Route:
    """The swap after its last step: the amount is used up or the price at its limit."""
    while route.remaining != 0 and route.sqrt_price != limit:
        route = _advanced(route, limit, down=down)
    return route


def next_tick(ticks: tuple[Tick, ...], tick: int, *, spacing: int, down: bool) -> int:
    """The next initialised tick in the word of a tick, or the word's end."""
    compressed = tick // spacing
    if down:
        end = compressed >> _WORD << _WORD
        first, last = end * spacing, compressed * spacing
        return max((t.index for t in ticks if first <= t.index <= last), default=first)
    start = compressed + 1
    end = (start >> _WORD << _WORD) + (1 << _WORD) - 1
    first, last = start * spacing, end * spacing
    return min((t.index for t in ticks if first <= t.index <= last), default=last)


def _advanced(route: Route, limit: int, *, down: bool) -> Route:
    """One step: to the next tick, to the limit, or until the amount is used up."""
    ahead = next_tick(route.ticks, route.tick, spacing=route.spacing, down=down)
    ahead = min(max(ahead, MIN_TICK), MAX_TICK)
    ahead_price = sqrt_price_at_tick(ahead)
    target = max(ahead_price, limit) if down else min(ahead_price, limit)
    done = swap_step(
        route.sqrt_price,
        target,
        liquidity=route.liquidity,
        amount=route.remaining,
        fee=route.fee,
    )
    paid = done.amount_in + done.fee
    fixed, other = (paid, -done.amount_out) if route.remaining > 0 else (-done.amount_out, paid)
    moved = replace(
        route,
        sqrt_price=done.sqrt_price,
        remaining=route.remaining - fixed,
        calculated=route.calculated + other,
    )
    if route.liquidity > 0:
        grown = done.fee * Q128 // route.liquidity
        if down:
            moved = replace(moved, growth0=(route.growth0 + grown) % _WRAP)
        else:
            moved = replace(moved, growth1=(route.growth1 + grown) % _WRAP)
    if done.sqrt_price == ahead_price:
        return _through(moved, ahead, down=down)
    if done.sqrt_price != route.sqrt_price:
        return replace(moved, tick=tick_at_sqrt_price(done.sqrt_price))
    return moved


def _through(route: Route, index: int, *, down: bool) -> Route:
    """The swap on the other side of a tick."""
    tick = next((t for t in route.ticks if t.index == index), None)
    if tick is not None:
        gone = crossed(tick, route.growth0, route.growth1)
        route = replace(
            route,
            ticks=with_tick(route.ticks, gone),
            liquidity=route.liquidity + (-tick.net if down else tick.net),
        )
    return replace(route, tick=index - 1 if down else index)
