"""The batch auction against the cases of its own suite, and its laws.

Cases: gnosis/ido-contracts, test/contract/EasyAuction.spec.ts, by the numbers that they carry there.
"""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortgamma.basics.errors import RefusedError
from shortgamma.protocols.ribbon.auction import Auction, Bid, clear, least_proceeds, place_bid

ETHER = 10**18


def bids(*rows):
    """Rows of sell amount, buy amount in ether, user."""
    return tuple(
        Bid(account=f"user{user}", options=amount(buy), amount=amount(sell))
        for sell, buy, user in rows
    )


def amount(sell):
    """Ether as a fraction, or a fraction and one smallest unit."""
    whole, plus, rest = str(sell).partition("+")
    return int(Fraction(whole) * ETHER) + (int(rest) if plus else 0)


def auction(sell, buy, *rows):
    placed = Auction(series=2, offered=amount(sell), minimum=amount(buy))
    for bid in bids(*rows):
        placed = place_bid(placed, bid)
    return placed


# offered, least, bids (sell, buy, user) → price (buy, sell), partly
CASES = {
    "4, one bid": ("1", "1", [("1/10", "1/20", 1)], ("1", "1"), "0"),
    "4, one dear bid": ("5", "1", [("0.1", "0.1", 1)], ("5", "1"), "0"),
    "4, three bids": ("2", "1", [("0.1", "0.1", u) for u in (1, 2, 3)], ("2", "1"), "0"),
    "6, all at the floor": ("500", "1", [("1", "1", 1)], ("500", "1"), "0"),
    "3, three times the floor": (
        "500",
        "1",
        [("1", "1", 1), ("1", "1", 3), ("1", "1", 2)],
        ("500", "3"),
        "0",
    ),
    "8, nobody": ("1/1000000000000000", "1/1000000000000000", [], ("1", "1"), "0"),
    "2, no bid partly filled": (
        "1",
        "1",
        [("2", "1/2", 1), ("1+1", "1", 1)],
        ("1", "2"),
        "0",
    ),
    "10, one bid takes all": ("1", "1", [("20", "10", 1)], ("10", "20"), "2"),
    "5, bids match perfectly": (
        "1",
        "0.5",
        [("0.5", "0.5", 2), ("0.5", "0.5", 3)],
        ("0.5", "0.5"),
        "0.5",
    ),
    "7, and one too cheap": (
        "1",
        "0.5",
        [("0.5", "0.5", 2), ("0.5", "0.5", 3), ("0.5", "0.6", 3)],
        ("0.5", "0.5"),
        "0.5",
    ),
    "10, two bids at one price": (
        "1",
        "0.5",
        [("0.5", "0.5", 2), ("0.5", "0.5", 3), ("0.5", "0.4", 3)],
        ("0.5", "0.5"),
        "0.5",
    ),
    "1, two of three take all": (
        "1",
        "1",
        [("2", "1/5", 1), ("2", "1", 1), ("2+1", "2", 1)],
        ("1", "2"),
        "0",
    ),
    "two of four take all": (
        "1",
        "1",
        [("1", "1/5", 1), ("1", "1/5", 2), ("2", "1", 1), ("2+1", "2", 1)],
        ("1", "2"),
        "0",
    ),
    "the earlier user clears": (
        "1",
        "1",
        [("2", "1/5", 1), ("2", "1", 1), ("2", "1", 2)],
        ("1", "2"),
        "0",
    ),
    "end to end, simple": (
        "1",
        "1",
        [("1/4", "1/8", 1), ("1/4", "1/12", 1), ("1/4", "1/16", 1), ("1/4", "1/20", 1)],
        ("1", "1"),
        "0",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_published_clearing_price(case):
    sell, buy, rows, (options, paid), partly = CASES[case]
    done = clear(auction(sell, buy, *rows))
    assert done.price_options * amount(paid) == done.price_amount * amount(options)
    assert done.partly == amount(partly)


def test_published_claims_of_case_7_and_case_10():
    seven = clear(auction("1", "0.5", *CASES["7, and one too cheap"][2]))
    half = ETHER // 2
    assert [(fill.options, fill.refund) for fill in seven.fills] == [
        (half, 0),
        (half, 0),
        (0, half),
    ]
    ten = clear(auction("1", "0.5", *CASES["10, two bids at one price"][2]))
    assert [(fill.options, fill.refund) for fill in ten.fills] == [(half, 0), (0, half), (half, 0)]


def test_published_claim_of_a_partly_matched_bid():
    """The suite's own formula: checks the claimed amounts for a partially matched buyOrder."""
    rows = [("1/2+1", "1/2", 1), ("2/3+1", "2/3", 1)]
    done = clear(auction("1", "1", *rows))
    first, second = (amount(row[0]) for row in rows)
    buy, sell = amount("2/3"), second
    settled = second * buy // sell - ((first + second) * buy // sell - ETHER) - 1
    assert done.fills[1].options == settled
    assert done.fills[1].refund == second - settled * sell // buy - 1


def test_published_claims_of_the_auctioneer():
    done = clear(auction("1", "1", ("1+1", "1", 1)))
    assert (done.unsold, done.proceeds) == (0, ETHER + 1)
    done = clear(auction("1", "1", ("1/2+1", "1/2", 1)))
    assert (done.unsold, done.proceeds) == (ETHER - (ETHER // 2 + 1), ETHER // 2 + 1)


def test_settlement_price_is_the_clearing_orders_amount_per_option():
    """Formula of ribbon-v2, test/libraries/VaultLifecycle.ts; the bid is ours, chosen to give its 0.0032."""
    placed = Auction(series=2, offered=100 * 10**8, minimum=ETHER // 10)
    placed = place_bid(placed, Bid(account="a", options=100 * 10**8, amount=32 * ETHER // 100))
    assert clear(placed).price == 32 * 10**14


def test_a_bid_at_the_price_of_those_before_it_clears_and_gets_nothing():
    """Cases 1 and 13: the bid itself is the clearing order, with volume 0."""
    done = clear(auction("1", "1", ("2", "1/5", 1), ("1", "1/2", 2)))
    assert (done.price_options, done.price_amount, done.partly) == (ETHER // 2, ETHER, 0)
    assert [(fill.options, fill.refund) for fill in done.fills] == [(ETHER, 0), (0, ETHER)]


def test_a_bid_has_to_beat_the_floor():
    placed = auction("1", "1")
    for refused in (("1", "1", 1), ("1", "2", 1)):
        with pytest.raises(RefusedError, match="limit price not better"):
            place_bid(placed, *bids(refused))
    with pytest.raises(RefusedError, match="must be greater than 0"):
        place_bid(placed, Bid(account="a", options=0, amount=5))
    with pytest.raises(RefusedError, match="too small"):
        place_bid(
            Auction(series=2, offered=ETHER, minimum=1), Bid(account="a", options=1, amount=1)
        )


def test_the_same_bid_twice_is_one():
    placed = auction("1", "1", ("2", "1", 1), ("2", "1", 1))
    assert len(placed.bids) == 1


SIZES = st.integers(1, 10**12)


@st.composite
def auctions(draw):
    placed = Auction(series=2, offered=draw(SIZES), minimum=draw(SIZES))
    for user in range(draw(st.integers(0, 6))):
        options = draw(SIZES)
        floor = options * placed.minimum // placed.offered + 2
        paid = floor + draw(st.integers(0, 10**12))
        placed = place_bid(placed, Bid(account=f"u{user % 3}", options=options, amount=paid))
    return placed


@given(auctions())
def test_nothing_is_created_or_lost(placed):
    done = clear(placed)
    paid = sum(bid.amount for bid in placed.bids)
    assert done.proceeds + done.dust_amount + sum(fill.refund for fill in done.fills) == paid
    assert done.sold + done.unsold == placed.offered
    assert sum(fill.options for fill in done.fills) + done.dust_options == done.sold
    assert min(done.dust_options, done.dust_amount, done.sold, done.unsold, done.partly) >= 0
    # Each bid loses less than one digit of the oToken, and the seller's proceeds less than one of the asset.
    assert done.dust_options <= len(placed.bids) + 1 + done.price_options / done.price_amount
    assert done.dust_amount <= len(placed.bids) + 1 + done.price_amount / done.price_options
    assert all(fill.refund >= 0 for fill in done.fills)


@given(auctions())
def test_nobody_pays_more_than_he_bid_and_the_seller_gets_his_floor(placed):
    done = clear(placed)
    price = Fraction(done.price_amount, done.price_options)
    assert price >= Fraction(placed.minimum, placed.offered)
    for bid, fill in zip(placed.bids, done.fills, strict=True):
        spent = bid.amount - fill.refund
        if fill.options:
            assert price <= Fraction(bid.amount, bid.options)
            assert fill.options <= spent / price < fill.options + 1
        dearer = Fraction(bid.amount, bid.options) > price
        assert not dearer or fill.refund == 0
    assert done.sold * placed.minimum <= (done.proceeds + 1) * placed.offered


@given(SIZES, st.integers(1, 10**20), st.sampled_from([6, 8, 18]))
def test_least_proceeds_are_the_floor_times_the_options(options, premium, decimals):
    exact = Fraction(options * premium, 10**8 * 10 ** (18 - decimals))
    assert abs(least_proceeds(options, premium, decimals=decimals) - exact) <= 1
