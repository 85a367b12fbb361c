"""Books, positions and inventories: what is looked up, what is inline, and what is refused."""

import pickle

import numpy as np
import pytest

from shortgamma.basics.errors import InputError, Reason, ShapeError
from shortgamma.basics.time import parse_stamp
from shortgamma.data import read_book, read_inventory, read_price_rows
from shortgamma.market.book import DeltaOneKind
from shortgamma.market.chain import Chain
from shortgamma.market.holdings import HolderInventory
from shortgamma.market.options import OptionSeries, expiry_of
from tests.data.builders import envelope, put

ASOF = parse_stamp("2026-01-15T08:00Z")
NAMES = ["BTC-30JAN26-65000-C", "BTC-30JAN26-65000-P", "BTC-27MAR26-70000-C"]
INLINE = "kind,strike,years,forward,vol,spot,rate,contract,quantity"


@pytest.fixture(scope="module")
def chain():
    expiry = [parse_stamp("2026-01-30T08:00Z")] * 2 + [parse_stamp("2026-03-27T08:00Z")]
    years = (np.array(expiry) - ASOF) / (365 * 86_400 * 10**9)
    options = OptionSeries(
        instrument=np.array(NAMES, dtype=object),
        is_call=np.array([True, False, True]),
        strike=[65_000.0, 65_000.0, 70_000.0],
        expiry=expiry,
        years=years,
        forward=[64_100.0, 64_100.0, 64_800.0],
        vol=[0.5, 0.52, 0.6],
        rate=np.zeros(3),
        is_inverse=np.ones(3, dtype=bool),
    )
    nothing = np.full(3, np.nan)
    return Chain(
        asof=ASOF,
        venue="deribit",
        underlying="BTC",
        spot=64_000.0,
        options=options,
        open_interest=[10.0, 20.0, 30.0],
        bid_price=nothing,
        ask_price=nothing,
        mark_price=nothing,
        bid_size=nothing,
        ask_size=nothing,
    )


def told(book):
    return [(failure.reason, failure.item) for failure in book.quarantined]


def test_instruments_are_looked_up(tmp_path, chain):
    lines = [f"{NAMES[2]},-5", f"{NAMES[0]},2.5", "BTC-PERPETUAL,1.5", "BTC-27MAR26,-2"]
    book = read_book(put(tmp_path, "b.csv", "\n".join(["Instrument,Quantity", *lines])), chain)
    assert (book.asof, book.underlying, book.spot) == (ASOF, "BTC", 64_000.0)
    assert book.options.instrument.tolist() == [NAMES[2], NAMES[0]]
    assert book.quantity.tolist() == [-5.0, 2.5]
    assert book.options.vol.tolist() == [0.6, 0.5]
    assert book.options.forward.tolist() == [64_800.0, 64_100.0]
    assert book.options.is_inverse.all()
    perpetual, future = book.delta_one
    assert (perpetual.kind, perpetual.quantity) == (DeltaOneKind.PERPETUAL, 1.5)
    assert (perpetual.price, perpetual.is_inverse) == (64_000.0, True)
    assert (future.kind, future.quantity, future.price) == (DeltaOneKind.FUTURE, -2.0, 64_800.0)
    assert book.quarantined == ()


def test_what_is_not_in_the_market_is_put_aside(tmp_path, chain):
    lines = [
        f"{NAMES[0]},1",
        "BTC-30JAN26-1-C,1",
        "ETH-PERPETUAL,1",
        f"{NAMES[1]},many",
        f"{NAMES[1]},",
        ",3",
    ]
    book = read_book(put(tmp_path, "b.csv", "\n".join(["instrument,quantity", *lines])), chain)
    assert book.quantity.tolist() == [1.0]
    assert told(book) == [
        (Reason.UNKNOWN_INSTRUMENT, "BTC-30JAN26-1-C"),
        (Reason.UNKNOWN_INSTRUMENT, "ETH-PERPETUAL"),
        (Reason.MALFORMED, NAMES[1]),
        (Reason.NOT_A_NUMBER, NAMES[1]),
        (Reason.BAD_KIND, "row 6"),
    ]


def test_without_a_market_names_alone_are_not_enough(tmp_path):
    path = put(tmp_path, "b.csv", f"instrument,quantity\n{NAMES[0]},1\n")
    with pytest.raises(InputError, match="needs a --market to look it up in"):
        read_book(path)


def test_terms_inline(tmp_path):
    lines = [
        "call,100,0.5,101,0.4,100,0.02,inverse,3",
        "p,90,0.25,,0.5,100,,,-2",
        "future,,,102,,100,,,1",
        "perp,,,,,100,,inverse,-4",
        "SPOT,,,,,100,,,7",
    ]
    book = read_book(put(tmp_path, "b.csv", "\n".join([INLINE, *lines])))
    assert (book.asof, book.underlying, book.spot) == (None, "", 100.0)
    options = book.options
    assert options.instrument.tolist() == ["C-100-0.5y-inverse", "P-90-0.25y"]
    assert options.is_call.tolist() == [True, False]
    assert options.years.tolist() == [0.5, 0.25]
    assert options.expiry.tolist() == expiry_of(0, np.array([0.5, 0.25])).tolist()
    assert options.forward.tolist() == [101.0, 100.0]
    assert options.rate.tolist() == [0.02, 0.0]
    assert options.is_inverse.tolist() == [True, False]
    assert book.quantity.tolist() == [3.0, -2.0]
    kinds = [(one.kind.value, one.price, one.quantity, one.is_inverse) for one in book.delta_one]
    assert kinds == [
        ("future", 102.0, 1.0, False),
        ("perpetual", 100.0, -4.0, True),
        ("spot", 100.0, 7.0, False),
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("straddle,100,0.5,101,0.4,100,,,3", Reason.BAD_KIND),
        ("call,-5,0.5,101,0.4,100,,,3", Reason.BAD_STRIKE),
        ("call,,0.5,101,0.4,100,,,3", Reason.BAD_STRIKE),
        ("call,100,,101,0.4,100,,,3", Reason.BAD_EXPIRY),
        ("call,100,0,101,0.4,100,,,3", Reason.EXPIRED),
        ("call,100,0.5,-1,0.4,100,,,3", Reason.BAD_FORWARD),
        ("call,100,0.5,,0.4,,,,3", Reason.BAD_FORWARD),
        ("call,100,0.5,101,,100,,,3", Reason.NO_VOL),
        ("call,100,0.5,101,0,100,,,3", Reason.BAD_VOL),
        ("call,100,0.5,101,40,100,,,3", Reason.BAD_VOL),
        ("call,100,0.5,101,0.4,100,x,,3", Reason.MALFORMED),
        ("call,100,0.5,101,0.4,100,,quanto,3", Reason.MALFORMED),
        ("call,100,0.5,101,0.4,100,,,inf", Reason.NOT_A_NUMBER),
        ("future,,,,,,,,3", Reason.BAD_FORWARD),
    ],
)
def test_a_row_that_cannot_be_valued_is_put_aside(tmp_path, line, reason):
    good = "call,100,0.5,101,0.4,100,,,1"
    book = read_book(put(tmp_path, "b.csv", f"{INLINE}\n{good}\n{line}"))
    assert told(book) == [(reason, "row 2")]
    assert (len(book.options), len(book.delta_one)) == (1, 0)


def test_an_expiry_counts_from_the_callers_time(tmp_path):
    header = INLINE.replace("years", "expiry")
    line = "call,100,2027-01-15T08:00Z,101,0.4,100,,,1"
    path = put(tmp_path, "b.csv", f"{header}\n{line}\n")
    assert read_book(path, asof=ASOF).options.years.tolist() == [1.0]
    with pytest.raises(InputError, match="an expiry needs a time to count from"):
        read_book(path)
    late = put(tmp_path, "c.csv", f"{header},asof\n{line},2026-01-15T08:00Z\n")
    assert read_book(late).options.years.tolist() == [1.0]


def test_listed_and_inline_rows_keep_their_order(tmp_path, chain):
    header = "instrument,kind,strike,years,forward,vol,quantity"
    lines = [",put,60000,0.1,64000,0.7,1", f"{NAMES[1]},,,,,,2", "mine,call,1,0.1,2,0.3,3"]
    book = read_book(put(tmp_path, "b.csv", "\n".join([header, *lines])), chain)
    assert book.options.instrument.tolist() == ["P-60000-0.1y", NAMES[1], "mine"]
    assert book.options.vol.tolist() == [0.7, 0.52, 0.3]
    assert book.quantity.tolist() == [1.0, 2.0, 3.0]


def position(name, size, direction, **more):
    row = {"instrument_name": name, "size": size, "direction": direction, "delta": 0.1}
    return row | {"mark_price": 64_010.0, "index_price": 64_000.0, "kind": "future"} | more


@pytest.mark.parametrize("wrapped", [True, False])
def test_positions_of_an_account(tmp_path, chain, wrapped):
    rows = [
        position(NAMES[0], 2.5, "sell", mark_price=0.03, kind="option"),
        position(NAMES[1], -4.0, "sell", mark_price=0.03, kind="option"),
        position("BTC-PERPETUAL", -6_400.0, "sell", size_currency=-0.1),
        position("BTC-27MAR26", 32_005.0, "buy"),
        position("BTC_USDC-PERPETUAL", 2.0, "sell"),
        position(NAMES[2], 0.0, "zero", mark_price=0.03, kind="option"),
        position("ETH-PERPETUAL", 10.0, "buy"),
        {"instrument_name": NAMES[0]},
    ]
    path = put(tmp_path, "p.json", envelope(rows) if wrapped else rows)
    book = read_book(path, chain)
    assert book.options.instrument.tolist() == [NAMES[0], NAMES[1], NAMES[2]]
    assert book.quantity.tolist() == [-2.5, -4.0, 0.0]
    assert [one.quantity for one in book.delta_one] == [-0.1, 0.5, -2.0]
    assert [one.is_inverse for one in book.delta_one] == [True, True, False]
    assert [one.price for one in book.delta_one] == [64_000.0, 64_800.0, 64_000.0]
    assert told(book) == [
        (Reason.MALFORMED, NAMES[0]),
        (Reason.UNKNOWN_INSTRUMENT, "ETH-PERPETUAL"),
    ]


def test_positions_without_a_market_keep_what_needs_none(tmp_path):
    rows = [position("BTC-PERPETUAL", 6_401.0, "buy"), position(NAMES[0], 1.0, "buy")]
    book = read_book(put(tmp_path, "p.json", rows))
    assert (book.underlying, book.spot, len(book.options)) == ("BTC", 64_000.0, 0)
    (perpetual,) = book.delta_one
    assert (perpetual.quantity, perpetual.price) == (pytest.approx(0.1), 64_010.0)
    assert told(book) == [(Reason.UNKNOWN_INSTRUMENT, NAMES[0])]


@pytest.mark.parametrize(
    ("header", "line", "quantity"),
    [
        ("Instrument,Size", f'{NAMES[0]},"1,200.5"', 1_200.5),
        ("Instrument,Amount,Side", f"{NAMES[0]},3 BTC,Sell", -3.0),
        ("Instrument Name,Net Position,Mark", f"{NAMES[0]},-.5,0.03", -0.5),
        ("Symbol,Size (BTC),Direction", f"{NAMES[0]},2,short", -2.0),
        ("Instrument,Size", f"{NAMES[0]},\u22122", -2.0),
    ],
)
def test_exports_of_the_site(tmp_path, chain, header, line, quantity):
    book = read_book(put(tmp_path, "p.csv", f"{header}\n{line}\nTotal,,,\n"), chain)
    assert book.quantity.tolist() == [quantity]


@pytest.mark.parametrize(
    ("header", "line", "quantity"),
    [
        ("Instrument,Size,Mark Price", 'BTC-PERPETUAL,"-6,400 USD","64,000"', -0.1),
        ("Instrument,Size (USD),Mark Price", "BTC-PERPETUAL,6400,64000", 0.1),
        ("Instrument,Size (BTC),Mark Price", "BTC-PERPETUAL,6400,64000", 6_400.0),
        ("Instrument,Size,Mark Price", "BTC-PERPETUAL,0.2 BTC,64000", 0.2),
        ("Instrument,Size,Mark Price", "BTC_USDC-PERPETUAL,2,64000", 2.0),
        ("Instrument,Size,Size Currency", "BTC-PERPETUAL,6400,0.3", 0.3),
    ],
)
def test_sizes_of_futures_in_exports(tmp_path, chain, header, line, quantity):
    book = read_book(put(tmp_path, "p.csv", f"{header}\n{line}\n"), chain)
    assert book.delta_one[0].quantity == pytest.approx(quantity)


def test_a_size_in_usd_without_a_price_is_put_aside(tmp_path, chain):
    path = put(tmp_path, "p.csv", f"Instrument,Size\nBTC-PERPETUAL,6400\n{NAMES[0]},1\n")
    book = read_book(path, chain)
    assert book.quarantined[0].message == "the size is in USD and there is no mark price"


def test_a_file_that_is_no_book(tmp_path, chain):
    with pytest.raises(InputError, match=r"no column 'quantity', found: a, b — a book has"):
        read_book(put(tmp_path, "b.csv", "a,b\n1,2\n"), chain)
    with pytest.raises(InputError, match="column 'kind' is missing"):
        read_book(put(tmp_path, "c.csv", "quantity,b\n1,2\n"), chain)
    with pytest.raises(InputError, match="none of its 1 rows can be used; foo: not in the market"):
        read_book(put(tmp_path, "d.csv", "instrument,quantity\nfoo,2\n"), chain)


def test_an_inventory_by_holder(tmp_path, chain):
    header = "holder,holder_type,instrument,quantity"
    lines = [
        f"vault,vault,{NAMES[0]},-3",
        f"maker,market maker,{NAMES[0]},2",
        f"vault,,{NAMES[2]},1.5",
        f"vault,vault,{NAMES[0]},-1",
        f",,{NAMES[1]},7",
        "maker,,BTC-PERPETUAL,9",
        f"maker,,{NAMES[1]},",
    ]
    inventory = read_inventory(put(tmp_path, "i.csv", "\n".join([header, *lines])), chain)
    assert inventory.holders == ("vault", "maker", "dealers")
    assert inventory.holder_types == ("vault", "market maker", "")
    np.testing.assert_array_equal(inventory.quantity, [[-4, 0, 1.5], [2, 0, 0], [0, 7, 0]])
    np.testing.assert_array_equal(inventory.total, [-2.0, 7.0, 1.5])
    assert [(failure.reason, failure.item) for failure in inventory.failures] == [
        (Reason.UNKNOWN_INSTRUMENT, "BTC-PERPETUAL"),
        (Reason.NOT_A_NUMBER, NAMES[1]),
    ]


def test_an_inventory_by_terms(tmp_path, chain):
    years = repr(float(chain.options.years[2]))
    header = "kind,strike,expiry,years,quantity"
    lines = [
        "call,65000,2026-01-30T08:00Z,,1",
        "put,65000,2026-01-30T08:00Z,,2",
        f"call,70000,,{years},3",
        "call,70000,2026-03-27T09:00Z,,4",
        "call,1,2026-03-27T08:00Z,,5",
    ]
    inventory = read_inventory(put(tmp_path, "i.csv", "\n".join([header, *lines])), chain)
    assert inventory.holders == ("dealers",)
    assert inventory.quantity.tolist() == [[1.0, 2.0, 3.0]]
    assert [failure.item for failure in inventory.failures] == ["row 4", "row 5"]


def test_an_inventory_without_a_usable_row(tmp_path, chain):
    with pytest.raises(InputError, match="BTC-1JAN26-1-C is no option of the chain"):
        read_inventory(put(tmp_path, "i.csv", "instrument,quantity\nBTC-1JAN26-1-C,3\n"), chain)


def test_an_inventory_is_frozen_and_checked():
    parts = {"holders": ("a",), "holder_types": ("",)}
    quantity = np.ones((1, 3))
    inventory = HolderInventory(quantity=quantity, **parts)
    quantity[0, 0] = 5.0
    again = pickle.loads(pickle.dumps(inventory))  # noqa: S301
    for one in (inventory, again):
        assert (len(one), one.quantity.tolist()) == (1, [[1.0, 1.0, 1.0]])
        with pytest.raises(ValueError, match="read-only"):
            one.quantity[0, 0] = 2.0
    for wrong in (np.ones(3), np.ones((2, 3))):
        with pytest.raises(ShapeError):
            HolderInventory(quantity=wrong, **parts)
    with pytest.raises(ShapeError):
        HolderInventory(quantity=quantity, holders=("a",), holder_types=())


PRICE = """kind,forward,strike,years,vol,price,rate
call,100,110,0.5,0.3,,0.05
P,100,90,0.25,,4.5,
swap,100,90,0.25,0.4,,
call,x,90,0.25,0.4,,
call,100,90,0.25,0.4,,y
call,100,90,0.25,0.4,,,,9
put,,90
"""


def test_rows_to_price_keep_their_order(tmp_path):
    rows = read_price_rows(put(tmp_path, "p.csv", PRICE))
    nan = np.nan
    np.testing.assert_array_equal(rows.sign, [1, -1, 0, 1, 1, 0, -1])
    np.testing.assert_array_equal(rows.forward, [100, 100, 100, nan, 100, nan, nan])
    np.testing.assert_array_equal(rows.strike, [110, 90, 90, 90, 90, nan, 90])
    np.testing.assert_array_equal(rows.years, [0.5, 0.25, 0.25, 0.25, 0.25, nan, nan])
    np.testing.assert_array_equal(rows.vol, [0.3, nan, 0.4, 0.4, 0.4, nan, nan])
    np.testing.assert_array_equal(rows.price, [nan, 4.5, nan, nan, nan, nan, nan])
    np.testing.assert_array_equal(rows.rate, [0.05, 0, 0, 0, nan, nan, 0])
    assert [failure.item for failure in rows.failures] == ["row 3", "row 4", "row 5", "row 6"]
    assert len(pickle.loads(pickle.dumps(rows))) == 7  # noqa: S301


@pytest.mark.parametrize("missing", ["kind", "forward", "strike", "years"])
def test_rows_to_price_need_their_columns(tmp_path, missing):
    path = put(tmp_path, "p.csv", PRICE.replace(missing, "other", 1))
    with pytest.raises(InputError, match=f"column '{missing}' is missing"):
        read_price_rows(path)


def test_rows_to_price_need_a_vol_or_a_price(tmp_path):
    path = put(tmp_path, "p.csv", "kind,forward,strike,years\ncall,1,1,1\n")
    with pytest.raises(InputError, match="neither a column 'vol' nor a column 'price'"):
        read_price_rows(path)
