"""Dopex' perpetual put vault in integers: amounts with 18 decimals, prices with 8.

Premiums come from outside, as they come from the pricing contract. The funding rate is cut to whole units per
second; what it leaves over stays with the vault, which is where the contract leaves it.

Source: code-423n4/2023-08-dopex, contracts/perp-vault: PerpetualAtlanticVault.sol,
PerpetualAtlanticVaultLP.sol.
"""

from dataclasses import dataclass, replace

from shortgamma.basics.errors import RefusedError
from shortgamma.protocols.fixed_point import WAD, mul_div

PRICE = 10**8


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """One perpetual put: strike (8 decimals), amount, and how much of it this epoch's funding counts."""

    strike: int
    amount: int
    funded: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Vault:
    """Vault and its providers' pool, amounts with 18 decimals, times in seconds.

    Args:
        genesis: When the first funding period ends.
        duration: Seconds of a period.
        precision: Strikes are rounded up to it, 8 decimals.
        time, updated: Now, and when funding was last passed on (0 = never).
        pointer: Number of the period.
        rate: Collateral per second of this period, 18 more decimals.
        undripped: Collateral of premiums that the vault still holds.
        collateral, active, coins, shares: Of the providers.
        puts: In the order of purchase.
    """

    genesis: int = 0
    duration: int = 7 * 86_400
    precision: int = 10**6
    time: int = 0
    updated: int = 0
    pointer: int = 0
    rate: int = 0
    undripped: int = 0
    collateral: int = 0
    active: int = 0
    coins: int = 0
    shares: int = 0
    puts: tuple[Put, ...] = ()


def period_end(vault: Vault) -> int:
    """When the next funding is due."""
    return vault.genesis + vault.pointer * vault.duration


def strike_for(price: int, precision: int) -> int:
    """Three quarters of a price, rounded up to the precision."""
    return -(-(price - price // 4) // precision) * precision


def _dripped(vault: Vault, until: int) -> Vault:
    start = vault.updated or period_end(vault) - vault.duration
    moved = vault.rate * (until - start) // WAD
    return replace(
        vault,
        updated=until,
        undripped=vault.undripped - moved,
        collateral=vault.collateral + moved,
    )


def at(vault: Vault, time: int) -> Vault:
    """The vault later, funding passed on to the providers: updateFunding."""
    vault = replace(vault, time=time)
    while time >= period_end(vault):
        if vault.updated < period_end(vault):
            vault = _dripped(vault, period_end(vault))
        puts = tuple(replace(put, funded=0) for put in vault.puts)
        vault = replace(vault, pointer=vault.pointer + 1, rate=0, puts=puts)
    return _dripped(vault, time)


def _with_premium(vault: Vault, premium: int) -> Vault:
    end = period_end(vault)
    start = vault.updated if vault.rate else max(vault.updated, end - vault.duration)
    held = replace(vault, undripped=vault.undripped + premium)
    if end == start:
        return held
    return replace(held, rate=vault.rate + premium * WAD // (end - start))


def deposit(vault: Vault, amount: int, *, price: int) -> tuple[Vault, int]:
    """The vault after a deposit, and the shares minted.

    Raises:
        RefusedError: Too little for a share.
    """
    worth = vault.collateral + vault.coins * price // PRICE
    shares = amount if vault.shares == 0 else mul_div(amount, vault.shares, worth)
    if shares == 0:
        raise RefusedError("zero shares")
    after = replace(vault, collateral=vault.collateral + amount, shares=vault.shares + shares)
    return after, shares


def redeem(vault: Vault, shares: int) -> tuple[Vault, int, int]:
    """The vault after shares are given back, and the collateral and coins paid.

    Raises:
        RefusedError: Nothing, or more than is free.
    """
    paid = mul_div(shares, vault.collateral, vault.shares) if vault.shares else 0
    coins = mul_div(shares, vault.coins, vault.shares) if vault.shares else 0
    if paid == 0:
        raise RefusedError("zero assets")
    if paid > vault.collateral - vault.active or shares > vault.shares:
        raise RefusedError("not enough available assets")
    after = replace(
        vault,
        collateral=vault.collateral - paid,
        coins=vault.coins - coins,
        shares=vault.shares - shares,
    )
    return after, paid, coins


def purchase(vault: Vault, amount: int, *, price: int, premium: int) -> Vault:
    """The vault after puts are bought.

    Raises:
        RefusedError: The collateral is not there.
    """
    strike = strike_for(price, vault.precision)
    needed = amount * strike // PRICE
    if amount <= 0:
        raise RefusedError("amount must be greater than 0")
    if needed > vault.collateral - vault.active:
        raise RefusedError("insufficient collateral for purchase")
    paid = _with_premium(vault, premium)
    put = Put(strike=strike, amount=amount, funded=amount)
    return replace(paid, active=paid.active + needed, puts=(*paid.puts, put))


def unfunded(vault: Vault) -> tuple[int, ...]:
    """Of each put, what this period's funding does not count yet."""
    return tuple(put.amount - put.funded for put in vault.puts)


def pay_funding(vault: Vault, premium: int) -> Vault:
    """The vault after the funding of all puts for the rest of the period is paid."""
    puts = tuple(replace(put, funded=put.amount) for put in vault.puts)
    return replace(_with_premium(vault, premium), puts=puts)


def settle(vault: Vault, index: int, *, price: int) -> tuple[Vault, int, int]:
    """The vault after a put is settled, and the collateral paid and coins received.

    Raises:
        RefusedError: The put is out of the money, or settled already.
    """
    put = vault.puts[index]
    if put.strike < price or put.amount == 0:
        raise RefusedError("option is not in the money")
    paid = put.amount * put.strike // PRICE
    puts = list(vault.puts)
    puts[index] = replace(put, amount=0, funded=0)
    after = replace(
        vault,
        collateral=vault.collateral - paid,
        active=vault.active - paid,
        coins=vault.coins + put.amount,
        puts=tuple(puts),
    )
    return after, paid, put.amount
