"""Recordings in other people's layouts, hand-made: six-hourly, hourly, Amberdata and CBOE."""

import numpy as np
import polars as pl
import pytest

from shortgamma.basics.errors import InputError, Reason
from shortgamma.basics.time import parse_stamp
from shortgamma.basics.units import NANOSECONDS_PER_SECOND
from shortgamma.data import read_quotes
from tests.data.builders import put

SECOND = 1_000_000  # microseconds


def six_hourly(folder, **changes):
    """Two collections of three options, one of them on ETH."""
    names = ["BTC-30JAN26-65000-C", "BTC-30JAN26-60000-P", "ETH-30JAN26-3000-C"]
    times = ["2026-01-15T03:00:01.250001+00:00", "2026-01-15T09:00:02.500000+00:00"]
    columns = {
        "timestamp": [time for time in times for _name in names],
        "instrument_name": names * 2,
        "futures_price": [64_000.0, 64_001.0, 3_100.0] * 2,
        "expiry_datetime": ["2026-01-30T08:00:00+00:00"] * 6,
        "implied_volatility": [0.55, 0.6, 0.7] * 2,
        "open_interest": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
        "bid_price": [0.01, 0.0, 0.03] * 2,
        "ask_price": [0.02, 0.03, 0.04] * 2,
        "mark_price": [0.015, 0.02, 0.035] * 2,
        "index_price": [63_900.0, 63_904.0, 3_090.0] * 2,
    }
    path = folder / "six.parquet"
    pl.DataFrame(columns | changes).write_parquet(path)
    return str(path)


def test_six_hourly_collections(tmp_path):
    path = six_hourly(tmp_path)
    last = read_quotes(path)
    assert last.asof == parse_stamp("2026-01-15T09:00:02.5Z")
    assert (last.venue, last.underlying, last.spot) == ("deribit", "BTC", 63_902.0)
    assert last.mark_vol.tolist() == [0.55, 0.6]
    assert last.open_interest.tolist() == [4.0, 5.0]
    assert last.forward.tolist() == [64_000.0, 64_001.0]
    assert np.isnan(last.bid_price).tolist() == [False, True]
    assert last.is_inverse.all()
    first = read_quotes(path, asof=parse_stamp("2026-01-15T08:00Z"), underlying="ETH")
    assert first.asof == parse_stamp("2026-01-15T03:00:01.250001Z")
    assert first.open_interest.tolist() == [3.0]
    with pytest.raises(InputError, match="has nothing at or before 2026-01-15T03:00:00Z"):
        read_quotes(path, asof=parse_stamp("2026-01-15T03:00Z"))


def test_a_bad_name_in_a_collection_is_put_aside(tmp_path):
    names = ["BTC-30JAN26-65000-C", "junk", "ETH-30JAN26-3000-C"] * 2
    quotes = read_quotes(six_hourly(tmp_path, instrument_name=names))
    (failure,) = quotes.failures
    assert (failure.reason, failure.item) == (Reason.BAD_NAME, "junk")


def hourly(folder, rows):
    """Rows of ``ts (seconds after midnight of 2024-05-01), strike, side, open interest``."""
    midnight = parse_stamp("2024-05-01") // 1_000
    expiry = parse_stamp("2024-05-03T08:00Z") // 1_000
    frame = pl.DataFrame(
        {
            "ts_us": [midnight + round(row[0] * SECOND) for row in rows],
            "asset": ["btc"] * len(rows),
            "expiry_us": [expiry] * len(rows),
            "strike": [row[1] for row in rows],
            "opt_type": [row[2] for row in rows],
            "mark_iv": [64.25] * len(rows),
            "mark_price": [0.013] * len(rows),
            "underlying_price": [60_010.5] * len(rows),
            "open_interest": [float(row[3]) for row in rows],
            "file_month": ["2024-05"] * len(rows),
        }
    )
    path = folder / "hourly.parquet"
    frame.write_parquet(path)
    return str(path)


def test_a_clock_hour_is_one_snapshot(tmp_path):
    path = hourly(
        tmp_path,
        [
            (3_598.5, 60_000, "call", 1),
            (3_599.75, 61_000, "put", 2),
            (3_590.0, 61_000, "put", 9),  # an earlier tick of the same option
            (7_199.0, 60_000, "call", 3),
            (7_199.5, 60_000, "odd", 4),
            (30 * 86_400 + 86_399.0, 60_000, "call", 5),  # a stray of the last day of the month
        ],
    )
    last = read_quotes(path)
    assert last.asof == parse_stamp("2024-05-01T01:59:59.5Z")
    assert last.open_interest.tolist() == [3.0, 4.0]
    assert last.sign.tolist() == [1.0, 0.0]
    first = read_quotes(path, asof=parse_stamp("2024-05-01T01:59:59Z"))
    assert first.asof == parse_stamp("2024-05-01T00:59:59.75Z")
    assert first.instrument.tolist() == ["BTC-3MAY24-60000-C", "BTC-3MAY24-61000-P"]
    assert first.open_interest.tolist() == [1.0, 2.0]
    assert first.mark_vol.tolist() == [0.6425, 0.6425]
    assert first.expiry.tolist() == [parse_stamp("2024-05-03T08:00Z")] * 2
    assert first.is_inverse.all()


def level1(**changes):
    return {
        "instrument": "BTC-30JAN26-65000-C",
        "exchange": "deribit",
        "timestamp": "2026-01-15 09:30:00 000",
        "exchangeTimestamp": "2026-01-15 09:30:03 000",
        "markIv": 55.5,
        "markPrice": 0.0321,
        "bid": 0.0315,
        "ask": None,
        "bidVolume": 2.5,
        "askVolume": None,
        "openInterest": 12.5,
        "underlyingPrice": 64_250.5,
        "indexPrice": 64_100.25,
        "putCall": "C",
        "strike": 65_000,
    } | changes


def vendor(rows):
    return {"status": 200, "payload": {"metadata": {}, "data": rows}}


@pytest.mark.parametrize(
    "stamp", ["2026-01-15 09:30:00 000", parse_stamp("2026-01-15T09:30Z") // 10**6]
)
def test_amberdata_quotes(tmp_path, stamp):
    rows = [
        level1(timestamp=stamp),
        level1(instrument="BTC-30JAN26-60000-P", openInterest=None, timestamp=stamp),
        level1(instrument="BTC-30JAN26-70000-P", openInterest="4", timestamp=stamp),
    ]
    quotes = read_quotes(put(tmp_path, "a.json", vendor(rows)))
    assert quotes.asof == parse_stamp("2026-01-15T09:30Z")
    assert (quotes.venue, quotes.spot) == ("deribit", 64_100.25)
    assert quotes.mark_vol.tolist() == [0.555, 0.555]
    assert quotes.sign.tolist() == [1.0, -1.0]
    assert quotes.bid_price.tolist() == [0.0315, 0.0315]
    assert quotes.bid_size.tolist() == [2.5, 2.5]
    assert np.isnan(quotes.ask_price).all()
    assert np.isnan(quotes.open_interest).tolist() == [False, True]
    assert quotes.is_inverse.all()
    (failure,) = quotes.failures
    assert failure.item == "BTC-30JAN26-70000-P"
    assert "openInterest '4'" in failure.message


BLOCK = "Last Sale,Net,Bid,Ask,Volume,IV,Delta,Gamma,Open Interest"
CBOE = f"""---Example---
Some Index,Last: 4005.25,Change:  1.5
"Date: March 16, 2023 at 3:45 PM EDT",Bid: 4005,Ask: 4006,Size: 1*1,Volume: 0
Expiration Date,Calls,{BLOCK},Strike,Puts,{BLOCK}
Fri Mar 17 2023,SPX230317C04000000,1,0,9.5,10.5,3,0.21,0.6,0.01,7,4000.00,SPX230317P04000000,1,0,4,5,3,0,0,0,0
Fri Mar 17 2023,SPXW230317C04000000,1,0,0,0,3,0.2,0.6,0.01,11,4000.00,SPXW230317P04000000,1,0,4,5,3,0.22,0,0,2
Tue Nov 07 2023,SPXW231107C04000000,1,0,1,2,3,0.2,0.6,0.01,1,4000.00,SPXW231107P04000000,1,0,x,5,3,0.22,0,0,2
bad line,,,
"""


def test_a_cboe_table(tmp_path):
    quotes = read_quotes(put(tmp_path, "quotes.txt", CBOE))
    assert quotes.asof == parse_stamp("2023-03-16T15:45-04:00")
    assert (quotes.venue, quotes.underlying, quotes.spot) == ("cboe", "SPX", 4_005.25)
    assert quotes.instrument.tolist() == [
        "SPX230317C04000000",
        "SPX230317P04000000",
        "SPXW230317C04000000",
        "SPXW230317P04000000",
        "SPXW231107C04000000",
    ]
    assert quotes.sign.tolist() == [1.0, -1.0, 1.0, -1.0, 1.0]
    assert quotes.strike.tolist() == [4_000.0] * 5
    assert quotes.open_interest.tolist() == [700.0, 0.0, 1_100.0, 200.0, 100.0]
    # SPX settles on the opening print, SPXW on the close; March is summer time, November winter time.
    assert [stamp // NANOSECONDS_PER_SECOND for stamp in quotes.expiry.tolist()] == [
        parse_stamp(text) // NANOSECONDS_PER_SECOND
        for text in [
            *["2023-03-17T09:30-04:00"] * 2,
            *["2023-03-17T16:00-04:00"] * 2,
            "2023-11-07T16:00-05:00",
        ]
    ]
    assert np.isnan(quotes.mark_vol).tolist() == [False, True, False, False, False]
    assert np.isnan(quotes.bid_price).tolist() == [False, False, True, False, False]
    assert np.isnan(quotes.forward).all()
    assert not quotes.is_inverse.any()
    assert [(failure.reason, failure.item) for failure in quotes.failures] == [
        (Reason.MALFORMED, "SPXW231107P04000000"),
        (Reason.BAD_NAME, "row 4"),
        (Reason.BAD_NAME, "row 4"),
    ]


def test_a_cboe_table_without_a_known_time_takes_the_callers(tmp_path):
    path = put(tmp_path, "quotes.csv", CBOE.replace("EDT", "somewhere"))
    assert read_quotes(path).asof is None
    assert read_quotes(path, asof=5).asof == 5


def test_a_cboe_table_with_other_columns(tmp_path):
    path = put(tmp_path, "quotes.csv", CBOE.replace("Open Interest", "Interest"))
    with pytest.raises(InputError, match="its header is not that of a CBOE table"):
        read_quotes(path)
