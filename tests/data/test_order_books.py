"""Order books in the layouts of the venues; every number here is made up."""

import json
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shortgamma.basics.errors import InputError
from shortgamma.data.order_book_layouts import coin_of
from shortgamma.data.order_books import read_order_book

MILLIS = 1_700_000_000_000
BIDS, ASKS = [[50_000.0, 2.0], [49_900.0, 5.0]], [[50_010.0, 1.0], [50_100.0, 4.0]]


def words(rows):
    return [[str(price), str(size)] for price, size in rows]


def deribit(name="BTC-PERPETUAL", **changes):
    body = {"instrument_name": name, "timestamp": MILLIS, "bids": BIDS, "asks": ASKS}
    return {"jsonrpc": "2.0", "result": body | changes}


def deribit_channel(kind="snapshot", name="BTC_USDC-PERPETUAL"):
    rows = [[["new", *row] for row in side] for side in (BIDS, ASKS)]
    body = {"type": kind, "instrument_name": name, "timestamp": MILLIS}
    data = body | {"bids": rows[0], "asks": rows[1]}
    return {"method": "subscription", "params": {"channel": f"book.{name}.100ms", "data": data}}


def binance(**more):
    return {"lastUpdateId": 1, "E": MILLIS, "bids": words(BIDS), "asks": words(ASKS)} | more


def binance_stream(name="btcusdt@depth20@100ms"):
    data = {"e": "depthUpdate", "E": MILLIS, "s": "BTCUSDT", "b": words(BIDS), "a": words(ASKS)}
    return {"stream": name, "data": data}


def bybit(name="BTCUSDT"):
    body = {"s": name, "b": words(BIDS), "a": words(ASKS), "ts": MILLIS, "u": 1, "seq": 2}
    return {"retCode": 0, "retMsg": "OK", "result": body}


def bybit_topic(kind="snapshot"):
    data = {"s": "BTCUSDT", "b": words(BIDS), "a": words(ASKS), "u": 1, "seq": 2}
    return {"topic": "orderbook.50.BTCUSDT", "type": kind, "ts": MILLIS, "data": data}


def okx(name="BTC-USDT", action="snapshot"):
    rows = [[[*row, "0", "1"] for row in words(side)] for side in (BIDS, ASKS)]
    data = [{"bids": rows[0], "asks": rows[1], "ts": str(MILLIS)}]
    place = (
        {"arg": {"channel": "books", "instId": name}, "action": action} if name else {"code": "0"}
    )
    return place | {"data": data}


def hyperliquid():
    sides = [[{"px": p, "sz": s, "n": 1} for p, s in words(side)] for side in (BIDS, ASKS)]
    return {"coin": "BTC", "levels": sides, "time": MILLIS}


@pytest.fixture
def saved(tmp_path):
    def save(content, name="book.json"):
        file = tmp_path / name
        file.write_text(content if isinstance(content, str) else json.dumps(content))
        return str(file)

    return save


COINS = {
    "deribit linear": deribit("BTC_USDC-PERPETUAL"),
    "deribit channel": deribit_channel(),
    "binance": binance(),
    "binance stream": binance_stream(),
    "bybit": bybit(),
    "bybit topic": bybit_topic(),
    "okx": okx(),
    "hyperliquid": hyperliquid(),
    "hyperliquid stream": {"channel": "l2Book", "data": hyperliquid()},
}


@pytest.mark.parametrize("name", COINS)
def test_every_layout_gives_the_same_book(saved, name):
    book = read_order_book(saved(COINS[name]))
    assert book.bid_price.tolist() == [50_000.0, 49_900.0]
    assert book.bid_size.tolist() == [2.0, 5.0]
    assert book.ask_price.tolist() == [50_010.0, 50_100.0]
    assert book.ask_size.tolist() == [1.0, 4.0]
    assert book.asof == MILLIS * 1_000_000
    assert book.venue == name.split()[0]


INVERSE = {
    "deribit": (deribit(), 1.0),
    "bybit": (bybit("BTCUSD"), 1.0),
    "bybit quarterly": (bybit("BTCUSDZ26"), 1.0),
    "binance BTC": (binance(symbol="BTCUSD_PERP"), 100.0),
    "binance ETH": (binance(symbol="ETHUSD_PERP"), 10.0),
    "okx BTC": (okx("BTC-USD-SWAP"), 100.0),
    "okx ETH": (okx("ETH-USD-260327"), 10.0),
}


@pytest.mark.parametrize("name", INVERSE)
def test_contracts_in_usd_become_coins_at_their_own_price(saved, name):
    message, usd = INVERSE[name]
    book = read_order_book(saved(message))
    assert book.bid_size * book.bid_price == pytest.approx(usd * np.array([2.0, 5.0]))
    assert book.ask_size * book.ask_price == pytest.approx(usd * np.array([1.0, 4.0]))


def test_linear_swaps_of_okx_count_hundredths_of_a_bitcoin(saved):
    assert read_order_book(saved(okx("BTC-USDT-SWAP"))).bid_size.tolist() == [0.02, 0.05]


def test_levels_come_best_first_and_empty_ones_go(saved):
    mixed = deribit("BTC_USDC-PERPETUAL", bids=[[1.0, 1.0], [3.0, 0.0], [2.0, 1.0]])
    assert read_order_book(saved(mixed)).bid_price.tolist() == [2.0, 1.0]


def test_a_recording_gives_its_last_snapshot(saved):
    later = deribit_channel()
    later["params"]["data"]["bids"] = [["new", 40_000.0, 1.0]]
    lines = [
        "wss://venue/ws <- 1700000000.5: {}",
        f"1700000000.6: {json.dumps(deribit_channel())}",
        f"1700000000.7: {json.dumps(later)}",
        f"1700000000.8: {json.dumps(deribit_channel('change'))}",
        '1700000000.9: {"cut',
    ]
    assert read_order_book(saved("\n".join(lines))).bid_price.tolist() == [40_000.0]
    bare = "\n".join(json.dumps(message) for message in (deribit_channel(), later))
    assert read_order_book(saved(bare)).bid_price.tolist() == [40_000.0]


def test_csv_in_any_order(saved):
    text = "side,price,size,time,underlying\nsell,101,2,2026-01-01T00:00Z,BTC\nbid,98,3,,\nBuy,99,1,,\n"
    book = read_order_book(saved(text, "book.csv"))
    assert book.bid_price.tolist() == [99.0, 98.0]
    assert book.ask_size.tolist() == [2.0]
    assert book.underlying == "BTC"
    assert book.asof == 1_767_225_600 * 10**9


@pytest.mark.parametrize(
    ("instrument", "coin"),
    [
        ("BTC-PERPETUAL", "BTC"),
        ("BTC_USDC-PERPETUAL", "BTC"),
        ("ETHUSDT", "ETH"),
        ("BTCUSD_PERP", "BTC"),
        ("SOL-USDT-SWAP", "SOL"),
        ("kPEPE", "KPEPE"),
    ],
)
def test_names_say_the_coin(instrument, coin):
    assert coin_of(instrument) == coin


REFUSED = {
    "an update of deribit": (deribit_channel("change"), "no whole order book"),
    "an update of binance": (binance_stream("btcusdt@depth@100ms"), "no whole order book"),
    "an update of bybit": (bybit_topic("delta"), "no whole order book"),
    "an update of okx": (okx(action="update"), "no whole order book"),
    "no book": ({"jsonrpc": "2.0", "error": {"code": 1}}, "no whole order book"),
    "an option": (deribit("BTC-27MAR26-90000-C"), "option"),
    "unknown contracts": (okx("SOL-USDT-SWAP"), "contract size"),
    "no instrument": (okx(""), "contract size"),
    "two instruments": ([deribit(), deribit("ETH-PERPETUAL")], "keep the messages of one"),
    "no bid": (deribit(bids=[]), "no levels"),
    "a negative size": (deribit(asks=[[50_010.0, -1.0]]), "not positive"),
    "a short row": (deribit(bids=[[50_000.0]]), "another shape"),
    "text for a price": (deribit(bids=[["x", "1"]]), "another shape"),
    "a level without a price": ({"coin": "BTC", "levels": [[{"sz": "1"}], []]}, "px"),
    "a price of 0": (deribit(asks=[[0.0, 1.0]]), "not positive"),
    "not a number": (
        okx() | {"data": [{"bids": [["nan", "1"]], "asks": [["2", "1"]], "ts": "1"}]},
        "nan",
    ),
    "crossed": (deribit(bids=[[60_000.0, 1.0]]), "not below best ask"),
    "damaged": ('{"result": {"bids": [[1', "JSON"),
    "empty": ("", "is empty"),
    "no columns": ("a,b\n1,2\n", "'side' is missing"),
    "an unknown side": ("side,price,size\nup,1,1\n", "row 1, column 'side': up is no side"),
    "no price": ("side,price,size\nbid,1,1\nask,x,1\n", "row 2, column 'price'"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_book_is_refused_in_one_line(saved, name):
    content, hint = REFUSED[name]
    is_table = isinstance(content, str) and "," in content and "{" not in content
    file = "book.csv" if is_table else "book.json"
    with pytest.raises(InputError) as told:
        read_order_book(saved(content, file))
    message = str(told.value)
    assert hint in message
    assert file in message
    assert message.isprintable()
    assert " — " in message


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["data", "px", "sz", "type"]), inner, max_size=3)
    ),
    max_leaves=8,
)
KEYS = [
    *(
        "bids",
        "asks",
        "b",
        "a",
        "s",
        "seq",
        "ts",
        "lastUpdateId",
        "stream",
        "data",
        "arg",
        "action",
    ),
    *("instrument_name", "timestamp", "coin", "levels", "result", "params", "type", "symbol"),
]


@settings(
    max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    message=st.sampled_from([*COINS.values(), *(message for message, _usd in INVERSE.values())]),
    changes=st.dictionaries(st.sampled_from(KEYS), VALUES, min_size=1, max_size=3),
    is_inside=st.booleans(),
)
def test_a_damaged_message_is_a_book_or_one_line(saved, message, changes, is_inside):
    body = message.get("result", message)
    damaged = message | {"result": body | changes} if is_inside else body | changes
    found = []
    with suppress(InputError):
        found.append(read_order_book(saved(damaged)))
    assert all(book.bid_price[0] < book.ask_price[0] for book in found)


@pytest.mark.parametrize(
    ("file", "venue", "spot"),
    [
        ("deribit/ws_book_snapshot.json", "deribit", 42_500.5),
        ("deribit/ws_book_grouped_snapshot.json", "deribit", 89_532.75),
        ("hyperliquid/http_l2_book_btc.json", "hyperliquid", 110_427.5),
        ("hyperliquid/ws_book_data.json", "hyperliquid", 98_450.75),
        ("okx/ws_books_snapshot.json", "okx", 8_476.975),
    ],
)
def test_recorded_books(market_data, file, venue, spot):
    book = read_order_book(str(market_data / "payloads" / "fixtures" / file))
    assert book.venue == venue
    assert 0.5 * (book.bid_price[0] + book.ask_price[0]) == pytest.approx(spot)
    assert (np.diff(book.bid_price) < 0.0).all()
    assert (np.diff(book.ask_price) > 0.0).all()
    assert 0.0 < (book.bid_size * book.bid_price).sum() < 1e9


def test_a_recording_of_several_instruments_names_them(market_data):
    with pytest.raises(InputError, match=r"BTC-USD-220527.*UNI-USD-SWAP"):
        read_order_book(str(market_data / "payloads" / "OKX.ws.1.0"))
