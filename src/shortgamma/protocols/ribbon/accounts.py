"""What depositors do with a vault, in integers.

A deposit waits until the round ends and becomes shares at that round's price. The vault keeps the shares
until the account redeems them. Shares asked back are priced at the end of the round and burned when their
worth is fetched.

Source: ribbon-finance/ribbon-v2, contracts/vaults/BaseVaults/base/RibbonVault.sol (_depositFor,
_initiateWithdraw, _completeWithdraw, _redeem) and RibbonThetaVault.sol; cases of test/RibbonThetaVault.ts.
"""

from collections.abc import Mapping
from dataclasses import replace

from shortgamma.basics.errors import InputError, RefusedError
from shortgamma.protocols.ribbon.events import (
    CompleteWithdraw,
    Deposit,
    InitiateWithdraw,
    MaxRedeem,
    Moved,
    Redeem,
    Send,
    TransferShares,
    WithdrawInstantly,
)
from shortgamma.protocols.ribbon.shares import (
    LARGEST_AMOUNT,
    LARGEST_SHARES,
    assets_of,
    fit,
    shares_of,
    subtract,
)
from shortgamma.protocols.ribbon.state import (
    VAULT,
    Receipt,
    RibbonState,
    Withdrawal,
    check_account,
)

_NOTHING = Receipt()


def deposit(state: RibbonState, event: Deposit) -> tuple[RibbonState, Moved]:
    """An account pays in.

    Raises:
        RefusedError: Nothing is paid, or the cap is exceeded, or too little is in the vault.
    """
    name = check_account(event.account)
    amount = _positive(event.amount, "!amount")
    total = state.balance + amount
    if total > state.cap:
        raise RefusedError("Exceed cap")
    if total < state.minimum_supply:
        raise RefusedError("Insufficient balance")
    old = state.receipts.get(name, _NOTHING)
    waiting = old.amount if old.round == state.round else 0
    receipt = Receipt(
        round=state.round,
        amount=fit(waiting + amount, LARGEST_AMOUNT, width=104),
        unredeemed_shares=receipt_shares(state, old),
    )
    following = replace(
        state,
        cash=state.cash + amount,
        pending=fit(state.pending + amount, LARGEST_SHARES, width=128),
        receipts={**state.receipts, name: receipt},
        wallets=credited(state.wallets, name, -amount),
    )
    return following, Moved(amount=amount)


def receipt_shares(state: RibbonState, receipt: Receipt) -> int:
    """Shares that the vault keeps for a receipt (getSharesFromReceipt).

    Raises:
        RefusedError: The receipt's round has no price.
    """
    if 0 < receipt.round < state.round:
        price = state.round_prices.get(str(receipt.round), 0)
        earned = shares_of(receipt.amount, price, decimals=state.decimals)
        return receipt.unredeemed_shares + earned
    return receipt.unredeemed_shares


def shares_of_account(state: RibbonState, name: str) -> int:
    """All shares of an account, those in the vault's keeping too (shares)."""
    kept = receipt_shares(state, state.receipts.get(name, _NOTHING))
    return state.shares.get(name, 0) + kept


def withdraw_instantly(state: RibbonState, event: WithdrawInstantly) -> tuple[RibbonState, Moved]:
    """An account takes back a deposit of this round.

    Raises:
        RefusedError: It did not deposit in this round, or less than that.
    """
    name = check_account(event.account)
    amount = _positive(event.amount, "!amount")
    receipt = state.receipts.get(name, _NOTHING)
    if receipt.round != state.round:
        raise RefusedError("Invalid round")
    if receipt.amount < amount:
        raise RefusedError("Exceed amount")
    following = replace(
        state,
        cash=subtract(state.cash, amount),
        pending=subtract(state.pending, amount),
        receipts={**state.receipts, name: replace(receipt, amount=receipt.amount - amount)},
        wallets=credited(state.wallets, name, amount),
    )
    return following, Moved(amount=-amount)


def redeem(state: RibbonState, event: Redeem) -> tuple[RibbonState, Moved]:
    """An account takes shares out of the vault's keeping.

    Raises:
        RefusedError: None are asked for, or more than the vault keeps.
    """
    name = check_account(event.account)
    return _redeemed(state, name, _positive(event.shares, "!numShares"))


def max_redeem(state: RibbonState, event: MaxRedeem) -> tuple[RibbonState, Moved]:
    """An account takes all its shares out of the vault's keeping; none is no error."""
    name = check_account(event.account)
    kept = receipt_shares(state, state.receipts.get(name, _NOTHING))
    return _redeemed(state, name, kept) if kept else (state, Moved())


def _redeemed(state: RibbonState, name: str, shares: int) -> tuple[RibbonState, Moved]:
    """Shares move from the vault's keeping to the account."""
    receipt = state.receipts.get(name, _NOTHING)
    kept = receipt_shares(state, receipt)
    if shares > kept:
        raise RefusedError("Exceeds available")
    left = replace(
        receipt,
        amount=0 if receipt.round < state.round else receipt.amount,
        unredeemed_shares=kept - shares,
    )
    following = replace(
        state,
        receipts={**state.receipts, name: left},
        shares=moved(state.shares, shares, sender=VAULT, receiver=name),
    )
    return following, Moved(shares=shares)


def transfer_shares(state: RibbonState, event: TransferShares) -> tuple[RibbonState, Moved]:
    """An account gives shares to another.

    Raises:
        RefusedError: It does not hold as many itself.
    """
    sender, receiver = check_account(event.account), check_account(event.to)
    if event.shares < 0:
        raise InputError(f"shares {event.shares}", place="transfer_shares", remedy="give 0 or more")
    shares = moved(state.shares, event.shares, sender=sender, receiver=receiver)
    return replace(state, shares=shares), Moved(shares=-event.shares)


def initiate_withdraw(state: RibbonState, event: InitiateWithdraw) -> tuple[RibbonState, Moved]:
    """An account asks shares' worth back; all its shares leave the vault's keeping first.

    Raises:
        RefusedError: None are asked for, it has fewer, or an older withdrawal is not fetched.
    """
    name = check_account(event.account)
    shares = _positive(event.shares, "!numShares")
    state, _ = max_redeem(state, MaxRedeem(account=name))
    old = state.withdrawals.get(name, Withdrawal())
    if old.round != state.round and old.shares > 0:
        raise RefusedError("Existing withdraw")
    asked = fit(old.shares + shares, LARGEST_SHARES, width=128)
    following = replace(
        state,
        new_queued_shares=state.new_queued_shares + shares,
        withdrawals={**state.withdrawals, name: Withdrawal(round=state.round, shares=asked)},
        shares=moved(state.shares, shares, sender=name, receiver=VAULT),
    )
    return following, Moved(shares=-shares)


def complete_withdraw(state: RibbonState, event: CompleteWithdraw) -> tuple[RibbonState, Moved]:
    """An account fetches what it asked back, at the price of the round in which it asked.

    Raises:
        RefusedError: It asked for nothing, or the round has not ended, or the shares are worth nothing.
    """
    name = check_account(event.account)
    asked = state.withdrawals.get(name, Withdrawal())
    if asked.shares == 0:
        raise RefusedError("Not initiated")
    if asked.round >= state.round:
        raise RefusedError("Round not closed")
    price = state.round_prices.get(str(asked.round), 0)
    amount = assets_of(asked.shares, price, decimals=state.decimals)
    if amount == 0:
        raise RefusedError("!withdrawAmount")
    following = replace(
        state,
        cash=subtract(state.cash, amount),
        supply=subtract(state.supply, asked.shares),
        queued_shares=subtract(state.queued_shares, asked.shares),
        queued_amount=subtract(state.queued_amount, amount),
        withdrawals={**state.withdrawals, name: replace(asked, shares=0)},
        shares=credited(state.shares, VAULT, -asked.shares),
        wallets=credited(state.wallets, name, amount),
    )
    return following, Moved(amount=-amount, shares=-asked.shares)


def send(state: RibbonState, event: Send) -> tuple[RibbonState, Moved]:
    """The asset comes to the vault from outside; it raises the price of a share.

    Raises:
        InputError: A negative amount.
    """
    name = check_account(event.account)
    if event.amount < 0:
        raise InputError(f"amount {event.amount}", place="send", remedy="give 0 or more")
    following = replace(
        state,
        cash=state.cash + event.amount,
        wallets=credited(state.wallets, name, -event.amount),
    )
    return following, Moved(amount=event.amount)


def credited(balances: Mapping[str, int], name: str, amount: int) -> dict[str, int]:
    """Balances after one of them has changed."""
    return {**balances, name: balances.get(name, 0) + amount}


def moved(
    balances: Mapping[str, int], amount: int, *, sender: str, receiver: str
) -> dict[str, int]:
    """Balances after a transfer.

    Raises:
        RefusedError: The sender has less.
    """
    if balances.get(sender, 0) < amount:
        raise RefusedError("ERC20: transfer amount exceeds balance")
    return credited(credited(balances, sender, -amount), receiver, amount)


def _positive(number: int, reason: str) -> int:
    """The number, if it is not 0; a negative one cannot be written into a transaction."""
    if number < 0:
        raise InputError(f"{number}", place="ribbon event", remedy="give 0 or more")
    if number == 0:
        raise RefusedError(reason)
    return number
