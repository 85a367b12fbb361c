"""A Ribbon-type vault as its contracts calculate: one pure step over integers.

Source: ribbon-finance/ribbon-v2, main branch with the separate queue of the current round
(currentQueuedWithdrawShares).
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from shortgamma.basics.errors import InputError, RefusedError
from shortgamma.protocols.ribbon.accounts import (
    complete_withdraw,
    deposit,
    initiate_withdraw,
    max_redeem,
    redeem,
    send,
    transfer_shares,
    withdraw_instantly,
)
from shortgamma.protocols.ribbon.events import (
    BurnRemaining,
    CancelBid,
    CommitAndClose,
    CompleteWithdraw,
    Deposit,
    Event,
    InitiateWithdraw,
    MaxRedeem,
    Noted,
    Outcome,
    PlaceBid,
    Redeem,
    RedeemOptions,
    RollToNextOption,
    SellByQuote,
    Send,
    SetCap,
    SetMinimumPrice,
    SettleAuction,
    StartAuction,
    TransferShares,
    WithdrawInstantly,
)
from shortgamma.protocols.ribbon.rounds import burn_remaining, commit_and_close, roll_to_next_option
from shortgamma.protocols.ribbon.sales import (
    bid,
    cancel_bid,
    redeem_options,
    sell_by_quote,
    settle_auction,
    start_auction,
)
from shortgamma.protocols.ribbon.shares import LARGEST_AMOUNT, fit
from shortgamma.protocols.ribbon.state import RibbonState


def set_cap(state: RibbonState, event: SetCap) -> tuple[RibbonState, Noted]:
    """The owner changes the cap.

    Raises:
        RefusedError: It is nothing, or too large to be counted.
    """
    if event.cap <= 0:
        raise RefusedError("!newCap")
    cap = fit(event.cap, LARGEST_AMOUNT, width=104)
    return replace(state, cap=cap), Noted(value=cap)


def set_minimum_price(state: RibbonState, event: SetMinimumPrice) -> tuple[RibbonState, Noted]:
    """The keeper sets the floor of the next sale.

    Raises:
        RefusedError: It is nothing.
    """
    if event.price <= 0:
        raise RefusedError("!minPrice")
    return replace(state, minimum_price=event.price), Noted(value=event.price)


_STEPS: Final[dict[type[Any], Callable[[RibbonState, Any], tuple[RibbonState, Outcome]]]] = {
    Deposit: deposit,
    WithdrawInstantly: withdraw_instantly,
    Redeem: redeem,
    MaxRedeem: max_redeem,
    TransferShares: transfer_shares,
    InitiateWithdraw: initiate_withdraw,
    CompleteWithdraw: complete_withdraw,
    Send: send,
    SetCap: set_cap,
    SetMinimumPrice: set_minimum_price,
    CommitAndClose: commit_and_close,
    RollToNextOption: roll_to_next_option,
    StartAuction: start_auction,
    PlaceBid: bid,
    CancelBid: cancel_bid,
    SettleAuction: settle_auction,
    SellByQuote: sell_by_quote,
    BurnRemaining: burn_remaining,
    RedeemOptions: redeem_options,
}


def step(state: RibbonState, event: Event) -> tuple[RibbonState, Outcome]:
    """The vault after an event, and what came of it.

    Raises:
        RefusedError: The contract would not accept the event.
        InputError: No contract could be asked that.
    """
    act = _STEPS.get(type(event))
    if act is None:
        raise InputError(
            f"event {type(event).__name__}", place="ribbon", remedy="one of the vault's events"
        )
    return act(state, event)


def money(state: RibbonState) -> int:
    """All of the asset, wherever it is: no event changes it."""
    at_opyn = sum(series.collateral for series in state.series.values())
    bids = sum(item.amount for auction in state.auctions for item in auction.bids)
    return state.cash + at_opyn + bids + state.auction_dust + sum(state.wallets.values())
