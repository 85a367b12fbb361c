"""A Premia vault in integers with 18 decimals, digit by digit as the contract calculates.

Premium and liabilities come from outside, as they come from the contract's Black-Scholes library. Assets of
a token with fewer decimals are cut to them where the contract cuts them. What rounding leaves over stays in
the vault: shares and amounts are cut towards zero, so nobody gets more than a share of what is there.

Source: as :mod:`shortgamma.protocols.premia.vault`; OptionMath.sol for the C-level.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from shortgamma.basics.errors import RefusedError
from shortgamma.protocols.binary_powers import exponential, square_root
from shortgamma.protocols.fixed_point import WAD, divide, multiply

YEAR: Final = 365 * 86_400
HOUR: Final = 3_600


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The curve and the fees, 18 decimals; see :class:`shortgamma.protocols.premia.level.LevelTerms`."""

    steepness: int = 3 * WAD
    lowest: int = 105 * WAD // 100
    highest: int = 12 * WAD // 10
    decay_per_hour: int = 5 * WAD // 1000
    performance_fee: int = 5 * WAD // 100
    management_fee: int = 2 * WAD // 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Vault:
    """The vault, amounts with 18 decimals, times in seconds.

    Args:
        terms: The curve and the fees.
        decimals: Of the asset's token: 18 for ether, 6 for a USD token.
        time, fee_time, spread_time, last_trade: Now; when fee and spread were last brought up to date, and
            of the last trade.
        assets, locked, locked_spread, spread_rate: As in the contract, the rate per second.
        ticks: Expiry → part of the spread rate that ends there.
        shares, fee_shares, protocol_fees: As in the contract.
    """

    terms: Terms = field(default_factory=Terms)
    decimals: int = 18
    time: int = 0
    fee_time: int = 0
    spread_time: int = 0
    last_trade: int = 0
    assets: int = 0
    locked: int = 0
    locked_spread: int = 0
    spread_rate: int = 0
    ticks: Mapping[int, int] = field(default_factory=dict[int, int])
    shares: int = 0
    fee_shares: int = 0
    protocol_fees: int = 0


def c_level(utilisation: int, hours: int, *, terms: Terms) -> int:
    """The C-level, 18 decimals: computeCLevel.

    Raises:
        RefusedError: Utilisation above 1.
    """
    if utilisation > WAD:
        raise RefusedError("utilisation out of bounds")
    away, full = (
        exponential(multiply(terms.steepness, WAD - utilisation)),
        exponential(terms.steepness),
    )
    k = divide(multiply(terms.steepness, multiply(terms.lowest, full) - terms.highest), full - WAD)
    top = multiply(k, away) + multiply(terms.highest, terms.steepness) - k
    level = divide(top, multiply(terms.steepness, away))
    return max(level - multiply(terms.decay_per_hour, hours), terms.lowest)


def quoted_level(before: int, after: int, *, hours: int, terms: Terms) -> int:
    """√(C(before)·level(after)), 18 decimals: computeCLevelGeoMean."""
    first = c_level(before, 0, terms=terms)
    return square_root(multiply(first, c_level(after, hours, terms=terms)))


def cut(vault: Vault, amount: int) -> int:
    """An amount cut to the decimals of the token."""
    unit = 10 ** (18 - vault.decimals)
    return amount // unit * unit


def hours_since_trade(vault: Vault) -> int:
    """Hours since the last trade, 18 decimals."""
    return divide((vault.time - vault.last_trade) * WAD, HOUR * WAD)


def at(vault: Vault, time: int) -> Vault:
    """The same vault later."""
    return replace(vault, time=time)


def with_spread(vault: Vault) -> Vault:
    """The vault after the release of spread up to now, expiry by expiry."""
    spread, rate, since = vault.locked_spread, vault.spread_rate, vault.spread_time
    for expiry in sorted(vault.ticks):
        if since < expiry <= vault.time:
            spread -= multiply((expiry - since) * WAD, rate)
            rate -= vault.ticks[expiry]
            since = expiry
    spread -= multiply((vault.time - since) * WAD, rate)
    return replace(vault, locked_spread=spread, spread_rate=rate, spread_time=vault.time)


def with_fee(vault: Vault) -> Vault:
    """The vault after the management fee, whose shares go to the fee receiver."""
    if vault.time == vault.fee_time:
        return vault
    minted = 0
    if vault.assets > 0:
        years = divide((vault.time - vault.fee_time) * WAD, YEAR * WAD)
        part = multiply(vault.terms.management_fee, years)
        minted = multiply(vault.shares, divide(part, WAD - part))
    return replace(
        vault,
        shares=vault.shares + minted,
        fee_shares=vault.fee_shares + minted,
        fee_time=vault.time,
    )


def available(vault: Vault) -> int:
    """Asset that is neither collateral nor locked spread."""
    return vault.assets - vault.locked - with_spread(vault).locked_spread


def price_per_share(vault: Vault, liabilities: int) -> int:
    """(available + locked − liabilities)/shares, 18 decimals; 1 in an empty vault."""
    if vault.shares == 0 or vault.assets == 0:
        return WAD
    fair = vault.locked - liabilities
    return divide(available(vault) + fair, with_fee(vault).shares)


def shares_for(vault: Vault, amount: int, *, liabilities: int = 0) -> int:
    """Shares that an amount buys: convertToShares."""
    if vault.shares == 0 or vault.assets == 0:
        return amount
    return divide(amount, price_per_share(vault, liabilities))


def assets_for(vault: Vault, shares: int, *, liabilities: int = 0) -> int:
    """Amount that shares are worth: convertToAssets.

    Raises:
        RefusedError: There are no shares.
    """
    if vault.shares == 0:
        raise RefusedError("zero shares")
    return cut(vault, multiply(shares, price_per_share(vault, liabilities)))


def withdrawable(vault: Vault, shares: int, *, liabilities: int = 0) -> int:
    """What a holder of shares can take out now: maxWithdraw."""
    worth = multiply(shares, price_per_share(vault, liabilities))
    return min(worth, available(vault))


def deposit(vault: Vault, amount: int, *, liabilities: int = 0) -> tuple[Vault, int]:
    """The vault after a deposit, and the shares minted.

    Raises:
        RefusedError: Nothing is given, or too little for a share.
    """
    if amount == 0:
        raise RefusedError("zero assets")
    shares = shares_for(vault, amount, liabilities=liabilities)
    if shares == 0:
        raise RefusedError("zero shares")
    charged = with_fee(vault)
    return replace(charged, assets=charged.assets + amount, shares=charged.shares + shares), shares


def redeem(vault: Vault, shares: int, *, liabilities: int = 0) -> tuple[Vault, int]:
    """The vault after shares are given back, and the amount paid.

    Raises:
        RefusedError: More than is free.
    """
    worth = multiply(shares, price_per_share(vault, liabilities))
    if worth > available(vault) or shares > vault.shares:
        raise RefusedError("maximum amount exceeded")
    charged, amount = with_fee(vault), cut(vault, worth)
    return replace(charged, assets=charged.assets - amount, shares=charged.shares - shares), amount


def buy(vault: Vault, expiry: int, *, collateral: int, premium: int) -> tuple[Vault, int]:
    """The vault after a purchase, and its spread, both cut to the token's decimals.

    Args:
        vault: Before.
        expiry: Seconds.
        collateral: To be locked.
        premium: Fair premium.

    Raises:
        RefusedError: The collateral is not below what is free.
    """
    if collateral >= available(vault):
        raise RefusedError("insufficient funds")
    level = quoted_level(
        divide(vault.locked, vault.assets),
        divide(vault.locked + collateral, vault.assets),
        hours=hours_since_trade(vault),
        terms=vault.terms,
    )
    spread = cut(vault, multiply(level - WAD, premium))
    return after_buy(vault, expiry, collateral=collateral, premium=premium, spread=spread), spread


def after_buy(vault: Vault, expiry: int, *, collateral: int, premium: int, spread: int) -> Vault:
    """The vault after a purchase at a spread that is known: afterBuy."""
    fee = multiply(spread, vault.terms.performance_fee)
    kept = spread - fee
    rate = divide(kept, (expiry - vault.time) * WAD)
    current = with_spread(vault)
    return replace(
        current,
        assets=current.assets + premium + kept,
        locked=current.locked + collateral,
        locked_spread=current.locked_spread + kept,
        spread_rate=current.spread_rate + rate,
        ticks={**current.ticks, expiry: current.ticks.get(expiry, 0) + rate},
        protocol_fees=current.protocol_fees + fee,
        last_trade=vault.time,
    )


def settle(vault: Vault, *, released: int, paid: int) -> Vault:
    """The vault after options of a collateral are paid off."""
    current = with_spread(vault)
    return replace(current, assets=current.assets - paid, locked=current.locked - released)


def call_payoff(price: int, strike: int, *, size: int) -> int:
    """Coins that the holders of calls get: the pool pays (S − K)+/S a contract."""
    return multiply(size, divide(max(price - strike, 0), price))


def put_payoff(price: int, strike: int, *, size: int) -> int:
    """USD that the holders of puts get: (K − S)+ a contract."""
    return multiply(size, max(strike - price, 0))
