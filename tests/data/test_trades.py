"""Trades: whose side, legs and blocks, what is listed twice, and bad rows."""

import numpy as np
import polars as pl
import pytest

from shortgamma.basics.errors import InputError, Reason
from shortgamma.basics.time import parse_stamp
from shortgamma.data import read_trades
from tests.data.builders import ASOF, ASOF_MS, envelope, put

CALL, PUT = "BTC-30JAN26-65000-C", "BTC-30JAN26-60000-P"


def trade(name, direction, **changes):
    """A row of ``get_last_trades_by_currency``."""
    return {
        "instrument_name": name,
        "direction": direction,
        "amount": 2.5,
        "timestamp": ASOF_MS,
        "trade_id": f"{name}-{direction}",
        "price": 0.03,
        "iv": 55.0,
        "index_price": 64_000.0,
        "tick_direction": 1,
    } | changes


def last_trades(*rows):
    return envelope({"trades": list(rows), "has_more": False})


def test_the_side_is_the_takers(tmp_path):
    block = trade(PUT, "sell", block_trade_id="BLOCK-7", timestamp=ASOF_MS - 5)
    path = put(tmp_path, "a.json", last_trades(trade(CALL, "buy", combo_id="BTC-CS-1"), block))
    trades = read_trades(path)
    assert trades.underlying == "BTC"
    assert trades.instrument.tolist() == [PUT, CALL]
    assert trades.direction.tolist() == [-1.0, 1.0]
    assert trades.amount.tolist() == [2.5, 2.5]
    assert trades.stamp.tolist() == [parse_stamp(ASOF) - 5_000_000, parse_stamp(ASOF)]
    assert trades.block_id.tolist() == ["BLOCK-7", ""]
    assert trades.combo_id.tolist() == ["", "BTC-CS-1"]
    assert np.isnan(trades.open_interest_change).all()


@pytest.mark.parametrize("shape", [lambda rows: rows, lambda rows: {"trades": rows}])
def test_bare_rows(tmp_path, shape):
    assert len(read_trades(put(tmp_path, "a.json", shape([trade(CALL, "buy")])))) == 1


def test_a_combo_counts_as_its_legs(tmp_path):
    legs = [
        {"instrument_name": CALL, "direction": "buy", "amount": 3.0, "trade_id": "11"},
        {"instrument_name": PUT, "direction": "sell", "amount": 1.5, "trade_id": "12"},
        {"instrument_name": "BTC-PERPETUAL", "direction": "sell", "amount": 10.0},
    ]
    combo = trade("BTC-RR-30JAN26-60000_65000", "sell", legs=legs, block_trade_id="B1")
    trades = read_trades(put(tmp_path, "a.json", last_trades(combo)))
    assert trades.instrument.tolist() == [CALL, PUT]
    assert trades.direction.tolist() == [1.0, -1.0]
    assert trades.amount.tolist() == [3.0, 1.5]
    assert trades.combo_id.tolist() == ["BTC-RR-30JAN26-60000_65000"] * 2
    assert trades.block_id.tolist() == ["B1", "B1"]
    assert trades.stamp.tolist() == [parse_stamp(ASOF)] * 2


def test_a_leg_that_is_listed_again_counts_once(tmp_path):
    legs = [{"instrument_name": CALL, "direction": "buy", "amount": 3.0, "trade_id": "11"}]
    rows = [
        trade("BTC-CS-30JAN26-1_2", "buy", legs=legs, trade_id="10"),
        trade(CALL, "buy", amount=3.0, trade_id="11", combo_id="BTC-CS-30JAN26-1_2"),
    ]
    trades = read_trades(put(tmp_path, "a.json", last_trades(*rows)))
    assert trades.trade_id.tolist() == ["11"]
    (failure,) = trades.quarantined
    assert (failure.reason, failure.item) == (Reason.REPEATED_PRINT, CALL)
    assert failure.message == "trade 11 was listed before"


@pytest.mark.parametrize(
    ("row", "reason", "told"),
    [
        (trade(PUT, "hold"), Reason.MALFORMED, "direction 'hold'"),
        (trade(PUT, "buy", amount=0), Reason.MALFORMED, "amount 0.0 is not positive"),
        (trade(PUT, "buy", amount=-1), Reason.MALFORMED, "amount -1.0 is not positive"),
        (trade(PUT, "buy", amount=None), Reason.MALFORMED, "amount None"),
        (trade(PUT, "buy", timestamp=12), Reason.MALFORMED, "timestamp 12"),
        (trade("?", "buy"), Reason.BAD_NAME, "'?'"),
        (7, Reason.MALFORMED, "int"),
    ],
)
def test_a_bad_row_is_put_aside(tmp_path, row, reason, told):
    trades = read_trades(put(tmp_path, "a.json", last_trades(trade(CALL, "buy"), row)))
    assert len(trades) == 1
    (failure,) = trades.quarantined
    assert failure.reason is reason
    assert told in failure.message


def test_futures_are_left_out(tmp_path):
    rows = [trade(CALL, "buy"), trade("BTC-PERPETUAL", "buy"), trade("BTC-30JAN26", "sell")]
    trades = read_trades(put(tmp_path, "a.json", last_trades(*rows)))
    assert (len(trades), trades.quarantined) == (1, ())
    with pytest.raises(InputError, match="has no option trade in it"):
        read_trades(put(tmp_path, "b.json", last_trades(rows[1])))


def test_decorated_trades(tmp_path):
    row = {
        "instrument": CALL,
        "exchangeDirection": -1,
        "amberdataDirection": 1,
        "exchangeTimestamp": ASOF_MS,
        "tradeAmount": 8,
        "tradeId": 42,
        "blockTradeId": "BLOCK-1",
        "openInterestChange": -7.5,
    }
    rows = [row, row | {"exchangeDirection": 0, "tradeId": 43}]
    trades = read_trades(put(tmp_path, "a.json", {"payload": {"data": rows}}))
    assert trades.direction.tolist() == [-1.0]
    assert trades.amount.tolist() == [8.0]
    assert trades.open_interest_change.tolist() == [-7.5]
    assert trades.trade_id.tolist() == ["42"]
    assert trades.block_id.tolist() == ["BLOCK-1"]
    assert "exchangeDirection 0" in trades.quarantined[0].message


TABLE = """stamp,instrument,direction,amount,trade_id,block_id,open_interest_change
2026-01-15T09:30:00.5Z,X-1,buy,2,a,,2
1768469400000000001,X-1,SELL,3,b,B,
2026-01-15T09:31Z,X-2,-1,4,,,-4
2026-01-15T09:31Z,X-2,+1,4,,,
2026-01-15T09:32Z,X-2,up,4,,,
2026-01-15T09:32Z,X-2,,4,,,
noon,X-2,buy,4,,,
2026-01-15T09:32Z,,buy,4,,,
2026-01-15T09:32Z,X-2,buy,much,,,
2026-01-15T09:32Z,X-2,buy,5,b,,
"""


def test_canonical_trades(tmp_path):
    trades = read_trades(put(tmp_path, "a.csv", TABLE), underlying="X")
    assert trades.underlying == "X"
    assert trades.stamp.tolist() == [
        parse_stamp("2026-01-15T09:30Z") + 1,
        parse_stamp("2026-01-15T09:30:00.5Z"),
        *[parse_stamp("2026-01-15T09:31Z")] * 2,
    ]
    assert trades.direction.tolist() == [-1.0, 1.0, -1.0, 1.0]
    assert trades.amount.tolist() == [3.0, 2.0, 4.0, 4.0]
    assert trades.block_id.tolist() == ["B", "", "", ""]
    np.testing.assert_array_equal(trades.open_interest_change, [np.nan, 2.0, -4.0, np.nan])
    assert [failure.message for failure in trades.quarantined] == [
        "direction 'up' is neither buy nor sell",
        "the direction is neither buy nor sell",
        "stamp 'noon' is not a time",
        "no instrument name",
        "amount 'much' is not a number",
        "trade b was listed before",
    ]


def test_canonical_trades_in_parquet(tmp_path):
    frame = pl.DataFrame(
        {
            "stamp": [parse_stamp(ASOF), parse_stamp(ASOF) + 1],
            "instrument": [CALL, "ETH-30JAN26-3000-C"],
            "direction": [1, -1],
            "amount": [1, 2],
        }
    )
    frame.write_parquet(tmp_path / "t.parquet")
    path = str(tmp_path / "t.parquet")
    assert read_trades(path).instrument.tolist() == [CALL]
    assert read_trades(path, underlying="eth").direction.tolist() == [-1.0]
    with pytest.raises(InputError, match="it has BTC, ETH"):
        read_trades(path, underlying="SOL")


@pytest.mark.parametrize("missing", ["stamp", "instrument", "direction", "amount"])
def test_a_missing_column_is_named(tmp_path, missing):
    path = put(tmp_path, "a.csv", TABLE.replace(missing, "other", 1))
    with pytest.raises(InputError, match=f"column '{missing}' is missing"):
        read_trades(path)


def test_the_sample():
    trades = read_trades("sample:ETH")
    assert trades.underlying == "ETH"
    assert read_trades("sample", underlying="ETH").stamp.tolist() == trades.stamp.tolist()
    assert (np.diff(trades.stamp) >= 0).all()
    assert set(np.unique(trades.direction)) == {-1.0, 1.0}
