"""Ticks and positions of a pool in exact integers: what a range has earned, and what it changes.

Source: Uniswap/v3-core, contracts/libraries/Tick.sol and Position.sol.
"""

from dataclasses import dataclass, replace
from typing import Final, Protocol

from shortgamma.basics.errors import RefusedError
from shortgamma.protocols.uniswap.ticks import MAX_TICK, MIN_TICK, Q128

_WRAP: Final = 1 << 256
_MOST_128: Final = (1 << 128) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A tick at which a range starts or ends.

    Args:
        index: Of the tick.
        gross: Liquidity that refers to it.
        net: Liquidity that comes into reach as the price rises through it; negative = that leaves.
        outside0, outside1: Fee growth on the side of it where the price is not, Q128.128 modulo 2²⁵⁶.
    """

    index: int
    gross: int = 0
    net: int = 0
    outside0: int = 0
    outside1: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """An owner's liquidity in one range.

    Args:
        owner: Who.
        lower, upper: Ticks.
        liquidity: Of his.
        inside0, inside1: Fee growth of the range when fees were last booked, Q128.128 modulo 2²⁵⁶.
        owed0, owed1: Tokens that he can collect.
    """

    owner: str
    lower: int
    upper: int
    liquidity: int = 0
    inside0: int = 0
    inside1: int = 0
    owed0: int = 0
    owed1: int = 0


class Ticked(Protocol):
    """A pool, as far as its ranges are concerned."""

    @property
    def spacing(self) -> int:
        """Ticks between usable ticks."""
        ...

    @property
    def tick(self) -> int:
        """Of the price."""
        ...

    @property
    def growth0(self) -> int:
        """Fees in token0 per unit of liquidity."""
        ...

    @property
    def growth1(self) -> int:
        """Fees in token1 per unit of liquidity."""
        ...

    @property
    def ticks(self) -> tuple[Tick, ...]:
        """Initialised ones, ascending."""
        ...


def most_per_tick(spacing: int) -> int:
    """Most liquidity that may refer to one tick, so that the sum over all fits into 128 bits."""
    usable = (MAX_TICK // spacing) * 2 + 1
    return _MOST_128 // usable


def range_refusal(lower: int, upper: int, *, spacing: int) -> str | None:
    """Why a range is refused; None = it is not."""
    if lower >= upper:
        return "TLU: lower tick not below upper"
    if lower < MIN_TICK:
        return "TLM: lower tick too low"
    if upper > MAX_TICK:
        return "TUM: upper tick too high"
    if lower % spacing or upper % spacing:
        return "tick not on the pool's spacing"
    return None


def tick_of(ticks: tuple[Tick, ...], index: int) -> Tick:
    """A tick, or a fresh one."""
    return next((tick for tick in ticks if tick.index == index), Tick(index=index))


def with_tick(ticks: tuple[Tick, ...], changed: Tick) -> tuple[Tick, ...]:
    """The ticks with one of them changed; one that nothing refers to is dropped."""
    rest = [tick for tick in ticks if tick.index != changed.index]
    if changed.gross:
        rest.append(changed)
    return tuple(sorted(rest, key=lambda tick: tick.index))


def tick_after(pool: Ticked, index: int, change: int, *, net: int) -> Tick:
    """A tick after liquidity that refers to it changed.

    Raises:
        RefusedError: More than one tick may carry (LO).
    """
    tick = tick_of(pool.ticks, index)
    gross = tick.gross + change
    if gross > most_per_tick(pool.spacing):
        raise RefusedError("LO: more liquidity than a tick may carry")
    if tick.gross == 0 and index <= pool.tick:
        # By convention all growth before a tick is set happened below it.
        tick = replace(tick, outside0=pool.growth0, outside1=pool.growth1)
    return replace(tick, gross=gross, net=tick.net + net)


def crossed(tick: Tick, growth0: int, growth1: int) -> Tick:
    """A tick after the price went through it: the other side is now outside."""
    return replace(
        tick,
        outside0=(growth0 - tick.outside0) % _WRAP,
        outside1=(growth1 - tick.outside1) % _WRAP,
    )


def inside(pool: Ticked, lower: int, upper: int) -> tuple[int, int]:
    """Fee growth between two ticks, Q128.128 modulo 2²⁵⁶: all − below − above."""
    low, high = tick_of(pool.ticks, lower), tick_of(pool.ticks, upper)

    def between(growth: int, below: int, above: int) -> int:
        if pool.tick < lower:
            below = growth - below
        if pool.tick >= upper:
            above = growth - above
        return (growth - below - above) % _WRAP

    return (
        between(pool.growth0, low.outside0, high.outside0),
        between(pool.growth1, low.outside1, high.outside1),
    )


def position_of(positions: tuple[Position, ...], owner: str, *, lower: int, upper: int) -> Position:
    """A position, or a fresh one."""
    for position in positions:
        if (position.owner, position.lower, position.upper) == (owner, lower, upper):
            return position
    return Position(owner=owner, lower=lower, upper=upper)


def with_position(positions: tuple[Position, ...], changed: Position) -> tuple[Position, ...]:
    """The positions with one of them changed or added."""
    key = (changed.owner, changed.lower, changed.upper)
    found = [p for p in positions if (p.owner, p.lower, p.upper) != key]
    return (*found, changed)


def owed_after(position: Position, growth: tuple[int, int]) -> Position:
    """A position with its fees booked up to the growth of its range; fractions stay with the pool."""
    inside0, inside1 = growth
    earned0 = (inside0 - position.inside0) % _WRAP * position.liquidity // Q128
    earned1 = (inside1 - position.inside1) % _WRAP * position.liquidity // Q128
    return replace(
        position,
        inside0=inside0,
        inside1=inside1,
        owed0=position.owed0 + earned0,
        owed1=position.owed1 + earned1,
    )
