"""Hegic's treasury and cover pool in integers: USD with 6 decimals, the cover pool's own token with 18.

Source: hegic/contracts, packages/hardcore-beta/contracts: HegicOperationalTreasury.sol,
HegicStakeAndCover.sol, PolynomialPriceCalculator.sol, ScaledPolynomialPriceCalculator.sol.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from shortgamma.basics.errors import RefusedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """What an open option locks: its number's loss and premium, USD, and whether it still does."""

    locked: int
    premium: int
    is_open: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Treasury:
    """Treasury and cover pool.

    Args:
        balance, locked, locked_premium, benchmark: USD, as in the contract.
        cover_usd: USD of the cover pool.
        cover_tokens: Its shares: tokens staked by everybody.
        staked, started: Tokens of each staker, and what they were worth when last settled, USD.
        locks: Of each option, in order.
    """

    balance: int = 0
    locked: int = 0
    locked_premium: int = 0
    benchmark: int = 0
    cover_usd: int = 0
    cover_tokens: int = 0
    staked: Mapping[str, int] = field(default_factory=dict[str, int])
    started: Mapping[str, int] = field(default_factory=dict[str, int])
    locks: tuple[Lock, ...] = ()


def polynomial(coefficients: Sequence[int], period: int) -> int:
    """Σ cᵢ·periodⁱ, seconds."""
    return sum(value * period**power for power, value in enumerate(coefficients))


def premium(
    base: Sequence[int], scale: Sequence[int], *, period: int, amount: int, unit: int
) -> int:
    """USD of an option, 6 decimals: the base price of its period, times the scale of its strike.

    Args:
        base: Coefficients, 30 decimals.
        scale: Coefficients, 30 decimals.
        period: Seconds.
        amount: Coins.
        unit: One coin: 10^18 for ether, 10^8 for bitcoin.
    """
    price = polynomial(base, period) // 10**24 * amount // unit
    return price * polynomial(scale, period) // 10**30


def payoff(price: int, strike: int, *, amount: int, unit: int, is_call: bool) -> int:
    """USD with 6 decimals that an exercised option pays; prices have 8."""
    gain = price - strike if is_call else strike - price
    return max(gain, 0) * amount * 10**6 // unit // 10**8


def lock(treasury: Treasury, *, loss: int, received: int) -> Treasury:
    """The treasury after an option is sold: lockLiquidityFor.

    Raises:
        RefusedError: Treasury and cover pool together do not hold what is locked.
    """
    after = replace(
        treasury,
        balance=treasury.balance + received,
        locked=treasury.locked + loss,
        locked_premium=treasury.locked_premium + received,
        locks=(*treasury.locks, Lock(locked=loss, premium=received)),
    )
    if after.locked + after.locked_premium > after.balance + after.cover_usd:
        raise RefusedError("the negative pnl amount is too large")
    return after


def unlock(treasury: Treasury, index: int) -> Treasury:
    """The treasury after an option's lock ends.

    Raises:
        RefusedError: It has ended already.
    """
    held = treasury.locks[index]
    if not held.is_open:
        raise RefusedError("the liquidity has already been unlocked")
    locks = list(treasury.locks)
    locks[index] = replace(held, is_open=False)
    return replace(
        treasury,
        locked=treasury.locked - held.locked,
        locked_premium=treasury.locked_premium - held.premium,
        locks=tuple(locks),
    )


def replenish(treasury: Treasury, additional: int = 0) -> Treasury:
    """The treasury after the cover pool has brought it back to its benchmark.

    Raises:
        RefusedError: The treasury is above it, or the cover pool holds too little.
    """
    moved = treasury.benchmark + additional + treasury.locked_premium - treasury.balance
    if moved < 0 or moved > treasury.cover_usd:
        raise RefusedError("the cover pool cannot pay")
    return replace(treasury, balance=treasury.balance + moved, cover_usd=treasury.cover_usd - moved)


def withdraw(treasury: Treasury, amount: int) -> Treasury:
    """The treasury after USD leave it.

    Raises:
        RefusedError: What stays would not hold what is locked.
    """
    kept = amount + treasury.locked + treasury.locked_premium
    if kept > treasury.balance + treasury.cover_usd or amount > treasury.balance:
        raise RefusedError("the amount to withdraw is too large")
    return replace(treasury, balance=treasury.balance - amount)


def pay_off(treasury: Treasury, index: int, *, amount: int) -> Treasury:
    """The treasury after an option is exercised; the cover pool pays what is missing.

    Raises:
        RefusedError: The profit is zero, or treasury and cover pool cannot pay it.
    """
    if amount <= 0:
        raise RefusedError("the profit is zero")
    after = unlock(treasury, index)
    if after.balance < amount:
        after = replenish(after, amount)
    return withdraw(after, amount)


def share_of(treasury: Treasury, name: str) -> int:
    """USD that a staker's tokens are worth."""
    return treasury.cover_usd * treasury.staked.get(name, 0) // treasury.cover_tokens


def provide(treasury: Treasury, name: str, *, tokens: int) -> tuple[Treasury, int]:
    """The pools after somebody stakes tokens, and the USD that go with them.

    Raises:
        RefusedError: A profit has to be claimed before.
    """
    if share_of(treasury, name) != treasury.started.get(name, 0):
        raise RefusedError("claim your profit")
    usd = tokens * treasury.cover_usd // treasury.cover_tokens
    staked = {**treasury.staked, name: treasury.staked.get(name, 0) + tokens}
    # The contract takes the new shares at the old totals.
    started = treasury.cover_usd * staked[name] // treasury.cover_tokens
    after = replace(
        treasury,
        cover_usd=treasury.cover_usd + usd,
        cover_tokens=treasury.cover_tokens + tokens,
        staked=staked,
        started={**treasury.started, name: started},
    )
    return after, usd


def leave(treasury: Treasury, name: str, *, tokens: int) -> tuple[Treasury, int]:
    """The pools after somebody takes tokens back, and the USD that go with them.

    Raises:
        RefusedError: More than staked.
    """
    if tokens > treasury.staked.get(name, 0):
        raise RefusedError("more than staked")
    usd = tokens * treasury.cover_usd // treasury.cover_tokens
    left = treasury.staked.get(name, 0) - tokens
    after = replace(
        treasury,
        cover_usd=treasury.cover_usd - usd,
        cover_tokens=treasury.cover_tokens - tokens,
        staked={**treasury.staked, name: left},
        started={**treasury.started, name: treasury.cover_usd * left // treasury.cover_tokens},
    )
    return after, usd


def claim(treasury: Treasury, name: str) -> tuple[Treasury, int]:
    """The pools after a staker takes the profit, by giving up the tokens that are worth it.

    Raises:
        RefusedError: There is none.
    """
    profit = share_of(treasury, name) - treasury.started.get(name, 0)
    if profit <= 0:
        raise RefusedError("the claimable profit is zero")
    return leave(treasury, name, tokens=profit * treasury.cover_tokens // treasury.cover_usd)
