"""Rysk's share accounting in integers: collateral with 6 decimals, shares and prices with 18.

Source: rysk-finance/dynamic-hedging, packages/contracts/contracts/Accounting.sol.
"""

from dataclasses import dataclass, replace

from shortgamma.basics.errors import RefusedError
from shortgamma.protocols.fixed_point import WAD

UNIT = 10**12
"""What lies between 6 and 18 decimals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Depositors and their USD with 6 decimals; the other fields as in the state of the vault."""

    cash: int = 0
    set_aside: int = 0
    shares: int = 0
    pending_deposits: int = 0
    pending_withdrawals: int = 0


def shares_for(amount: int, price: int) -> int:
    """Shares of an amount: sharesForAmount."""
    return amount * UNIT * WAD // price


def amount_for(shares: int, price: int) -> int:
    """USD of shares, 6 decimals: amountForShares."""
    return shares * price // WAD // UNIT


def token_price(pool: Pool, book: int) -> int:
    """USD per share, 18 decimals: calculateTokenPrice.

    Args:
        pool: The depositors.
        book: Value of hedges and options, USD with 18 decimals, negative = owed.

    Raises:
        RefusedError: More is owed than there is.
    """
    net = pool.cash * UNIT + book
    if net < 0:
        raise RefusedError("liabilities are greater than assets")
    if pool.shares == 0:
        return WAD
    return WAD * (net - pool.pending_deposits * UNIT) // pool.shares


def deposit(pool: Pool, amount: int) -> Pool:
    """The pool after a deposit that waits for the epoch."""
    return replace(pool, cash=pool.cash + amount, pending_deposits=pool.pending_deposits + amount)


def withdraw(pool: Pool, shares: int) -> Pool:
    """The pool after shares wait to leave.

    Raises:
        RefusedError: More than there are.
    """
    if pool.pending_withdrawals + shares > pool.shares:
        raise RefusedError("insufficient share balance")
    return replace(pool, pending_withdrawals=pool.pending_withdrawals + shares)


def end_epoch(pool: Pool, book: int) -> tuple[Pool, int]:
    """The pool after an epoch, and the price per share.

    Raises:
        RefusedError: A share is worth nothing.
    """
    price = token_price(pool, book)
    if price <= 0:
        raise RefusedError("liabilities are greater than assets")
    minted = shares_for(pool.pending_deposits, price)
    paid = amount_for(pool.pending_withdrawals, price)
    burnt = pool.pending_withdrawals
    if paid > pool.cash:
        paid = burnt = 0
    after = Pool(
        cash=pool.cash - paid,
        set_aside=pool.set_aside + paid,
        shares=pool.shares + minted - burnt,
        pending_withdrawals=pool.pending_withdrawals - burnt,
    )
    return after, price


def collect(pool: Pool) -> tuple[Pool, int]:
    """The pool after leavers took what was set aside, and what that was."""
    return replace(pool, set_aside=0), pool.set_aside
