"""How a vault's options are sold and paid out, in integers: auction, quotes, redemption.

Claims of an auction are paid when it is settled; the contract pays them when they are asked for, and nothing
depends on when that is.

Source: ribbon-finance/ribbon-v2, contracts/libraries/GnosisAuction.sol (startAuction) and
contracts/utils/Swap.sol (settleOffer); gnosis/ido-contracts, contracts/EasyAuction.sol;
opynfinance/GammaProtocol, contracts/core/Controller.sol (Redeem).
"""

from dataclasses import replace

from shortgamma.basics.errors import RefusedError
from shortgamma.protocols.ribbon.accounts import credited, moved
from shortgamma.protocols.ribbon.auction import (
    Auction,
    Bid,
    Clearing,
    clear,
    least_proceeds,
    place_bid,
)
from shortgamma.protocols.ribbon.events import (
    CancelBid,
    Moved,
    Offered,
    Paid,
    PlaceBid,
    RedeemOptions,
    SellByQuote,
    SettleAuction,
    Sold,
    StartAuction,
)
from shortgamma.protocols.ribbon.otoken import OTOKEN_UNIT, redeemed
from shortgamma.protocols.ribbon.shares import subtract
from shortgamma.protocols.ribbon.state import AUCTION, VAULT, RibbonState, Series, check_account


def begin_sale(state: RibbonState) -> tuple[RibbonState, int]:
    """The vault offers all options that it holds, and the least that an auction of them must fetch.

    Raises:
        RefusedError: It holds none, or the floor is nothing.
    """
    held = state.short.holders.get(VAULT, 0)
    if held == 0:
        raise RefusedError("No otokens to sell")
    if state.sale == "quotes":
        if state.quote_floor == 0:
            raise RefusedError("MinPrice must be larger than zero")
        return replace(state, available=held), 0
    minimum = least_proceeds(held, state.minimum_price, decimals=state.decimals)
    if minimum == 0:
        raise RefusedError("tokens cannot be auctioned for free")
    auction = Auction(
        series=state.open_series,
        offered=held,
        minimum=minimum,
        ends_at=state.time + state.auction_seconds,
    )
    holders = moved(state.short.holders, held, sender=VAULT, receiver=AUCTION)
    following = _with_holders(state, state.open_series, holders)
    return replace(following, auctions=(*state.auctions, auction)), minimum


def start_auction(state: RibbonState, event: StartAuction) -> tuple[RibbonState, Offered]:
    """The vault offers again what it holds.

    Raises:
        RefusedError: It holds none, or it does not sell by auction.
    """
    if state.sale != "auction":
        raise RefusedError("the vault sells by quotes")
    following, minimum = begin_sale(replace(state, time=state.moment(event.time)))
    newest = following.auctions[-1]
    return following, Offered(options=newest.offered, minimum=minimum, ends_at=newest.ends_at)


def bid(state: RibbonState, event: PlaceBid) -> tuple[RibbonState, Moved]:
    """An account bids in the newest auction and pays at once.

    Raises:
        RefusedError: No auction runs, or the bid does not beat the floor.
    """
    name = check_account(event.account)
    now = state.moment(event.time)
    newest = _running(state, now)
    grown = place_bid(newest, Bid(account=name, options=event.options, amount=event.amount))
    paid = event.amount if grown is not newest else 0
    following = replace(
        state,
        time=now,
        auctions=(*state.auctions[:-1], grown),
        wallets=credited(state.wallets, name, -paid),
    )
    return following, Moved(amount=paid)


def cancel_bid(state: RibbonState, event: CancelBid) -> tuple[RibbonState, Moved]:
    """An account takes its bid back; a bid that is not there changes nothing.

    Raises:
        RefusedError: No auction runs.
    """
    name = check_account(event.account)
    now = state.moment(event.time)
    newest = _running(state, now)
    gone = Bid(account=name, options=event.options, amount=event.amount)
    kept = tuple(item for item in newest.bids if item != gone)
    back = event.amount if len(kept) < len(newest.bids) else 0
    following = replace(
        state,
        time=now,
        auctions=(*state.auctions[:-1], replace(newest, bids=kept)),
        wallets=credited(state.wallets, name, back),
    )
    return following, Moved(amount=-back)


def settle_auction(state: RibbonState, event: SettleAuction) -> tuple[RibbonState, Sold]:
    """An auction ends: bidders get options and refunds, the vault gets proceeds and what was not sold.

    Raises:
        RefusedError: There is none, or it still runs.
    """
    auction = _auction_of(state, event.series)
    now = state.moment(event.time, earliest=auction.ends_at)
    if now < auction.ends_at:
        raise RefusedError("Auction not in solution submission phase")
    clearing = clear(auction)
    following = _with_holders(state, auction.series, _delivered(state, auction, clearing))
    wallets = dict(state.wallets)
    for fill in clearing.fills:
        wallets = credited(wallets, fill.account, fill.refund)
    following = replace(
        following,
        time=now,
        cash=state.cash + clearing.proceeds,
        wallets=wallets,
        auctions=tuple(item for item in state.auctions if item is not auction),
        auction_dust=state.auction_dust + clearing.dust_amount,
    )
    outcome = Sold(
        options=clearing.sold,
        unsold=clearing.unsold,
        proceeds=clearing.proceeds,
        price=clearing.price,
        fills=clearing.fills,
    )
    return following, outcome


def sell_by_quote(state: RibbonState, event: SellByQuote) -> tuple[RibbonState, Sold]:
    """An account buys at its quote.

    Raises:
        RefusedError: The vault offers less, or the quote is below the floor.
    """
    name = check_account(event.account)
    if event.options <= 0 or event.amount < 0:
        raise RefusedError("BID_TOO_SMALL")
    if event.options > state.available:
        raise RefusedError("BID_EXCEED_AVAILABLE_SIZE")
    price = event.amount * OTOKEN_UNIT // event.options
    if price < state.quote_floor:
        raise RefusedError("PRICE_TOO_LOW")
    holders = moved(state.short.holders, event.options, sender=VAULT, receiver=name)
    following = replace(
        _with_holders(state, state.open_series, holders),
        cash=state.cash + event.amount,
        available=state.available - event.options,
        wallets=credited(state.wallets, name, -event.amount),
    )
    left = holders.get(VAULT, 0)
    return following, Sold(options=event.options, unsold=left, proceeds=event.amount, price=price)


def redeem_options(state: RibbonState, event: RedeemOptions) -> tuple[RibbonState, Paid]:
    """A holder is paid for all its options of an expired series.

    Raises:
        RefusedError: The series has not expired, or the account holds none.
    """
    name = check_account(event.account)
    series = state.series.get(str(event.series), Series())
    if not series.settled:
        raise RefusedError("C28: the option has not expired")
    options = series.holders.get(name, 0)
    if options == 0:
        raise RefusedError("ERC20: burn amount exceeds balance")
    amount = redeemed(options, series.payout)
    left = replace(
        series,
        options=series.options - options,
        collateral=subtract(series.collateral, amount),
        holders=credited(series.holders, name, -options),
    )
    following = replace(
        state,
        series={**state.series, str(event.series): left},
        wallets=credited(state.wallets, name, amount),
    )
    return following, Paid(options=options, amount=amount)


def _running(state: RibbonState, now: int) -> Auction:
    """The newest auction, if bids can still be placed."""
    if not state.auctions or now >= state.auctions[-1].ends_at:
        raise RefusedError("no longer in order placement phase")
    return state.auctions[-1]


def _auction_of(state: RibbonState, series: int) -> Auction:
    """The auction of a series, or the newest."""
    found = [item for item in state.auctions if series in {0, item.series}]
    if not found:
        raise RefusedError("Auction not in solution submission phase")
    return found[-1]


def _delivered(state: RibbonState, auction: Auction, clearing: Clearing) -> dict[str, int]:
    """Holders of the series after the auction; dust stays with the auction."""
    holders = dict(state.series[str(auction.series)].holders)
    for fill in clearing.fills:
        holders = moved(holders, fill.options, sender=AUCTION, receiver=fill.account)
    return moved(holders, clearing.unsold, sender=AUCTION, receiver=VAULT)


def _with_holders(state: RibbonState, series: int, holders: dict[str, int]) -> RibbonState:
    """The vault with other holders of one series."""
    changed = replace(state.series[str(series)], holders=holders)
    return replace(state, series={**state.series, str(series): changed})
