"""The number that a Panoptic position is: which pool, and up to four legs.

The lowest 64 bits are the pool (48 of its address, 16 of its tick spacing); each leg takes 48 above::

    bit 0 asset · 1–7 ratio · 8 long · 9 token · 10–11 partner · 12–35 strike (signed tick) · 36–47 width

A leg covers the ticks strike − ⌊width·spacing/2⌋ … strike + ⌈width·spacing/2⌉.

Source: panoptic-labs/panoptic-v1-core, contracts/types/TokenId.sol and libraries/PanopticMath.sol (getTicks,
getLiquidityChunk).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from shortgamma.basics.errors import InputError, RefusedError
from shortgamma.protocols.fixed_point import mul_div
from shortgamma.protocols.uniswap.ticks import MAX_TICK, Q96, sqrt_price_at_tick

LEGS: Final = 4
_LEG_BITS: Final = 48
_POOL_BITS: Final = 64
_SPACING_SHIFT: Final = 48
_SIGN: Final = 1 << 23


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One option of a position.

    Args:
        strike: Tick.
        width: In tick spacings, 1…4095.
        ratio: Contracts per position, 1…127.
        asset: Token in which the size is counted: 0 or 1.
        token: Token that is moved: 0 = a call on token0, 1 = a put on it.
        long: True = liquidity is removed, False = added.
        partner: Index of the leg that limits this one's risk; its own where none.
    """

    strike: int
    width: int
    ratio: int = 1
    asset: int = 0
    token: int = 0
    long: bool = False
    partner: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """What a token id says: ``pool`` (all 64 bits), ``spacing`` (of ticks) and its legs."""

    pool: int
    spacing: int
    legs: tuple[Leg, ...]


def pool_number(address: int, spacing: int) -> int:
    """The 64 bits of a pool: the first 48 of its address (160 bits), and its tick spacing above them."""
    return (address >> 112) + (spacing << _SPACING_SHIFT)


def encoded(pool: int, legs: Sequence[Leg]) -> int:
    """The token id of a position.

    Args:
        pool: 64 bits, see :func:`pool_number`.
        legs: One to four.

    Raises:
        InputError: A field does not fit into its bits.
    """
    if not 0 < len(legs) <= LEGS or not 0 <= pool < 1 << _POOL_BITS:
        raise InputError(
            f"{len(legs)} legs on pool {pool}",
            place="token id",
            remedy="give one to four legs and a pool of 64 bits",
        )
    return pool + sum(
        _leg_bits(leg) << (_POOL_BITS + _LEG_BITS * index) for index, leg in enumerate(legs)
    )


def decoded(token_id: int) -> Position:
    """The pool and the legs of a token id; a leg without a ratio ends them.

    Raises:
        InputError: More than 256 bits, or negative.
    """
    if not 0 <= token_id < 1 << 256:
        raise InputError(
            f"token id {token_id}", place="token id", remedy="give an integer of 256 bits"
        )
    legs: list[Leg] = []
    for index in range(LEGS):
        leg = _leg_of(token_id >> (_POOL_BITS + _LEG_BITS * index))
        if leg.ratio == 0:
            break
        legs.append(leg)
    pool = token_id % (1 << _POOL_BITS)
    return Position(pool=pool, spacing=pool >> _SPACING_SHIFT, legs=tuple(legs))


def ticks_of(leg: Leg, spacing: int) -> tuple[int, int]:
    """Lower and upper tick of a leg.

    Raises:
        RefusedError: They are not on the pool's spacing, or beyond its ticks.
    """
    span = leg.width * spacing
    lower, upper = leg.strike - span // 2, leg.strike + (span + 1) // 2
    most = MAX_TICK // spacing * spacing
    if lower % spacing or upper % spacing or lower < -most or upper > most:
        raise RefusedError("TicksNotInitializable")
    return lower, upper


def liquidity_of(leg: Leg, spacing: int, *, size: int) -> int:
    """Liquidity of a leg in exact integers: that which holds size·ratio of its asset, rounded down.

    Args:
        leg: Of the position.
        spacing: Of the pool's ticks.
        size: Contracts, in the smallest units of the asset.
    """
    lower, upper = ticks_of(leg, spacing)
    low, high = sqrt_price_at_tick(lower), sqrt_price_at_tick(upper)
    amount = size * leg.ratio
    if leg.asset == 0:
        return mul_div(amount, mul_div(low, high, Q96), high - low)
    return mul_div(amount, Q96, high - low)


def _leg_bits(leg: Leg) -> int:
    """The 48 bits of a leg."""
    fits = (
        leg.asset in {0, 1}
        and leg.token in {0, 1}
        and 0 < leg.ratio < 128
        and 0 <= leg.partner < LEGS
        and 0 < leg.width < 4096
        and -_SIGN <= leg.strike < _SIGN
    )
    if not fits:
        raise InputError(f"{leg}", place="token id", remedy="keep every field within its bits")
    return (
        leg.asset
        + (leg.ratio << 1)
        + (int(leg.long) << 8)
        + (leg.token << 9)
        + (leg.partner << 10)
        + (leg.strike % (1 << 24) << 12)
        + (leg.width << 36)
    )


def _leg_of(bits: int) -> Leg:
    """A leg from bits of which the lowest 48 are its own."""
    strike = (bits >> 12) % (1 << 24)
    return Leg(
        asset=bits % 2,
        ratio=(bits >> 1) % 128,
        long=bool((bits >> 8) % 2),
        token=(bits >> 9) % 2,
        partner=(bits >> 10) % 4,
        strike=strike - (1 << 24) if strike >= _SIGN else strike,
        width=(bits >> 36) % 4096,
    )
