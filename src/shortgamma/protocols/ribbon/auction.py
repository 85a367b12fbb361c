"""The batch auction in which a vault sells its oTokens, in integers (Gnosis EasyAuction).

The vault offers N oTokens and wants at least M of the asset for all of them. A bid (b, s) pays up to s for at
least b. Bids are ranked by price s/b; all that are filled pay one price::

    the first bid at whose price the bids so far buy all N   → it clears, partly filled
    unless those before it already do at a price between     → price = their sum / N, all of them filled
    all bids together pay more than M but less than N·last   → price = their sum / N
    all bids together pay M or less                          → price = M/N, and the rest of N comes back

Every division rounds down and the dust stays in the auction's contract.

Source: gnosis/ido-contracts, contracts/EasyAuction.sol (placeSellOrders, settleAuction,
claimFromParticipantOrder) and contracts/libraries/IterableOrderedOrderSet.sol (smallerThan); cases of
test/contract/EasyAuction.spec.ts; ribbon-finance/ribbon-v2, contracts/libraries/GnosisAuction.sol.
"""

from dataclasses import dataclass, replace
from functools import cmp_to_key

from shortgamma.basics.errors import RefusedError
from shortgamma.protocols.fixed_point import multiply_rounded
from shortgamma.protocols.ribbon.otoken import OTOKEN_DECIMALS, OTOKEN_UNIT
from shortgamma.protocols.ribbon.shares import fit

_LARGEST_BID = 2**96 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Bid:
    """One bid.

    Args:
        account: Who bids.
        options: OTokens that it wants at least, 8 decimals (buyAmount).
        amount: What it pays at most, smallest units of the asset (sellAmount).
    """

    account: str
    options: int
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Auction:
    """An auction that is not settled.

    Args:
        series: Round whose options it sells.
        offered: OTokens, 8 decimals.
        minimum: What all of them must fetch, smallest units of the asset.
        ends_at: Unix seconds.
        bids: In the order in which accounts came; each is paid in already.
    """

    series: int
    offered: int
    minimum: int
    ends_at: int = 0
    bids: tuple[Bid, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """What a bid ends with.

    Args:
        account: Who bid.
        options: OTokens received.
        refund: Asset that comes back.
    """

    account: str
    options: int
    refund: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Clearing:
    """How an auction ended.

    Args:
        price_options, price_amount: The one price is amount per options (clearingPriceOrder).
        sold: OTokens that the seller gave up.
        unsold: OTokens that come back to the seller.
        proceeds: Asset that the seller receives.
        partly: Volume of the clearing bid in the asset (volumeClearingPriceOrder); 0 where no bid clears.
        fills: Of each bid, in the order of the bids.
        dust_options, dust_amount: What roundings leave in the auction's contract.
    """

    price_options: int
    price_amount: int
    sold: int
    unsold: int
    proceeds: int
    partly: int
    fills: tuple[Fill, ...]
    dust_options: int
    dust_amount: int

    @property
    def price(self) -> int:
        """Asset per oToken, rounded down (getAuctionSettlementPrice)."""
        return OTOKEN_UNIT * self.price_amount // self.price_options


def least_proceeds(options: int, premium: int, *, decimals: int) -> int:
    """The least that the vault wants for all options (minBidAmount of startAuction).

    Args:
        options: OTokens, 8 decimals.
        premium: Floor per oToken in the asset, 18 decimals.
        decimals: Of the asset, at most 18.
    """
    wanted = multiply_rounded(options * 10 ** (18 - OTOKEN_DECIMALS), premium)
    return fit(wanted // 10 ** (18 - decimals), _LARGEST_BID, width=96)


def place_bid(auction: Auction, bid: Bid) -> Auction:
    """The auction with one more bid; the same bid twice changes nothing.

    Raises:
        RefusedError: The bid does not beat the floor, or is too small.
    """
    if bid.options * auction.minimum >= auction.offered * bid.amount:
        raise RefusedError("limit price not better than mimimal offer")
    if bid.options <= 0:
        raise RefusedError("_minBuyAmounts must be greater than 0")
    if bid.amount <= 1:
        raise RefusedError("order too small")
    fit(max(bid.options, bid.amount), _LARGEST_BID, width=96)
    return auction if bid in auction.bids else replace(auction, bids=(*auction.bids, bid))


def clear(auction: Auction) -> Clearing:
    """Settles an auction."""
    users = _users(auction)
    ranked = sorted(auction.bids, key=cmp_to_key(lambda a, b: _rank(a, b, users)))
    total = 0
    last: Bid | None = None
    for bid in ranked:
        last = bid
        total += bid.amount
        if total * bid.options >= auction.offered * bid.amount:
            break
    if last is None or total * last.options < auction.offered * last.amount:
        return _cleared_by_all(auction, total, users)
    uncovered = total - auction.offered * last.amount // last.options
    if last.amount < uncovered:
        price = Bid(account="", options=auction.offered, amount=total - last.amount)
        return _cleared(auction, price, users)
    return _cleared(auction, last, users, partly=last.amount - uncovered)


def _users(auction: Auction) -> dict[str, int]:
    """Numbers of accounts as they came; 0 is nobody's, and the seller's own number does not matter."""
    names = dict.fromkeys(bid.account for bid in auction.bids)
    return {"": 0} | {name: number for number, name in enumerate(names, start=1)}


def _rank(first: Bid, second: Bid, users: dict[str, int]) -> int:
    """Negative where the first bid comes before: dearer, then smaller, then the earlier account."""
    cheaper = first.options * second.amount - second.options * first.amount
    return (
        cheaper or (first.options - second.options) or users[first.account] - users[second.account]
    )


def _cleared_by_all(auction: Auction, total: int, users: dict[str, int]) -> Clearing:
    """No bid clears: all are filled, at a price of their own or at the floor."""
    if total > auction.minimum:
        price = Bid(account="", options=auction.offered, amount=total)
        return _cleared(auction, price, users)
    price = Bid(account="", options=auction.offered, amount=auction.minimum)
    return _cleared(auction, price, users, sold=total * auction.offered // auction.minimum)


def _cleared(
    auction: Auction,
    price: Bid,
    users: dict[str, int],
    *,
    partly: int = 0,
    sold: int | None = None,
) -> Clearing:
    """Everybody's part at one price."""
    sold = auction.offered if sold is None else sold
    fills = tuple(_fill(bid, price, users, partly=partly) for bid in auction.bids)
    unsold = auction.offered - sold
    proceeds = sold * price.amount // price.options
    paid = sum(bid.amount for bid in auction.bids)
    return Clearing(
        price_options=price.options,
        price_amount=price.amount,
        sold=sold,
        unsold=unsold,
        proceeds=proceeds,
        partly=partly,
        fills=fills,
        dust_options=sold - sum(fill.options for fill in fills),
        dust_amount=paid - proceeds - sum(fill.refund for fill in fills),
    )


def _fill(bid: Bid, price: Bid, users: dict[str, int], *, partly: int) -> Fill:
    """One bid's part at the price."""
    if bid == price:
        filled = partly
    elif _rank(bid, price, users) < 0:
        filled = bid.amount
    else:
        filled = 0
    options = filled * price.options // price.amount
    return Fill(account=bid.account, options=options, refund=bid.amount - filled)
