"""Price files: layouts, times, bad rows, and the real ones."""

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shortgamma.basics.errors import InputError, Reason
from shortgamma.basics.time import parse_stamp
from shortgamma.data.prices import read_prices
from shortgamma.market.realised import realised_vol
from tests.data.builders import put

FIRST = parse_stamp("2026-01-15T09:00Z")
HOUR = 3_600_000_000_000
TIMES = ["2026-01-15T09:00Z", "2026-01-15T10:00Z", "2026-01-15T11:00Z"]


def stamps(*hours):
    return [FIRST + hour * HOUR for hour in hours]


def test_the_canonical_columns(tmp_path):
    rows = [f"{time},{price},deribit" for time, price in zip(TIMES, (1.5, 2.5, 2.0), strict=True)]
    prices = read_prices(put(tmp_path, "a.csv", "\n".join(["time,close,venue", *rows])))
    assert prices.stamp.tolist() == stamps(0, 1, 2)
    assert prices.close.tolist() == [1.5, 2.5, 2.0]
    assert (prices.underlying, prices.venue, prices.quarantined) == ("", "deribit", ())
    assert prices.high is None


@pytest.mark.parametrize("unit", [10**9, 10**6, 10**3, 1])
@pytest.mark.parametrize("name", ["time", "timestamp", "t", "date"])
def test_times_may_be_counted_since_1970(tmp_path, unit, name):
    lines = [f"{stamp // unit},{price}" for stamp, price in zip(stamps(0, 1), (1, 2), strict=True)]
    prices = read_prices(put(tmp_path, "a.csv", "\n".join([f"{name},close", *lines])))
    assert prices.stamp.tolist() == stamps(0, 1)


@pytest.mark.parametrize("kind", [pl.Int64, pl.Float64, pl.Datetime("us")])
def test_times_of_parquet(tmp_path, kind):
    seconds = pl.Series([stamp // 10**9 for stamp in stamps(0, 1)])
    time = seconds.cast(kind) if kind != pl.Datetime("us") else pl.from_epoch(seconds, "s")
    path = tmp_path / "a.parquet"
    pl.DataFrame({"time": time, "close": [1.0, 2.0]}).write_parquet(path)
    assert read_prices(str(path)).stamp.tolist() == stamps(0, 1)


def test_a_date_alone_is_its_midnight(tmp_path):
    text = "date,BTCUSDT_close\n2021-07-30 23:00:00,1\n2021-07-31,2\n2021-07-31 01:00:00,3"
    prices = read_prices(put(tmp_path, "a.csv", text))
    assert (prices.underlying, prices.missing) == ("BTC", 0)
    assert prices.close.tolist() == [1.0, 2.0, 3.0]


def test_one_of_several_underlyings(tmp_path):
    text = "t,asset,close\n1754006400,eth,3\n1754006400,btc,9\n1754010000,eth,4\n1754010000,btc,8"
    path = put(tmp_path, "a.csv", text)
    assert read_prices(path).close.tolist() == [9.0, 8.0]
    assert read_prices(path, underlying="eth").close.tolist() == [3.0, 4.0]
    with pytest.raises(InputError, match="has no price of SOL — it has ETH, BTC"):
        read_prices(path, underlying="SOL")


RANGED = ("time,open,high,low,close", f"{TIMES[0]},2,3,1,2.5", f"{TIMES[1]},2.5,3,2,2")


def test_ranges_come_with_the_closes(tmp_path):
    prices = read_prices(put(tmp_path, "a.csv", "\n".join(RANGED)))
    assert prices.opening.tolist() == [2.0, 2.5]
    assert (prices.high.tolist(), prices.low.tolist()) == ([3.0, 3.0], [1.0, 2.0])


@pytest.mark.parametrize("row", ["2,2,1,2.5", "2,3,2.2,2.5", ",3,1,2.5", "2,inf,1,2", "2,3,0,2"])
def test_a_close_outside_its_range_is_put_aside(tmp_path, row):
    path = put(tmp_path, "a.csv", "\n".join([*RANGED, f"{TIMES[2]},{row}"]))
    prices = read_prices(path)
    assert (len(prices), len(prices.high)) == (2, 2)
    (failure,) = prices.quarantined
    assert failure.reason is Reason.ABSURD
    assert failure.message == "open and close are not between low and high"


def test_a_row_without_its_underlying_is_put_aside(tmp_path):
    text = "t,asset,close\n1754006400,eth,3\n1754006400,,9\n1754010000,eth,4"
    prices = read_prices(put(tmp_path, "a.csv", text))
    assert prices.close.tolist() == [3.0, 4.0]
    assert [failure.message for failure in prices.quarantined] == ["no underlying"]


@pytest.mark.parametrize(
    ("row", "reason", "told"),
    [
        ("yesterday,5", Reason.MALFORMED, "time 'yesterday' is not a time"),
        (",5", Reason.MALFORMED, "no time"),
        (f"{TIMES[2]},", Reason.MALFORMED, "no close"),
        (f"{TIMES[2]},much", Reason.MALFORMED, "close 'much' is not a number"),
        (f"{TIMES[2]},inf", Reason.NOT_A_NUMBER, "close inf is not finite"),
        (f"{TIMES[2]},-3", Reason.NEGATIVE_PRICE, "close -3.0 is negative"),
        (f"{TIMES[2]},0", Reason.ABSURD, "close 0.0 is no price of any market"),
        (f"{TIMES[2]},5,6", Reason.MALFORMED, "3 cells where the header has 2"),
        (f"{TIMES[1]},5", Reason.DUPLICATE, "2026-01-15T10:00:00Z was listed before"),
    ],
)
def test_a_bad_row_is_put_aside(tmp_path, row, reason, told):
    text = f"time,close\n{TIMES[0]},1\n{TIMES[1]},2\n{row}\n"
    prices = read_prices(put(tmp_path, "a.csv", text))
    assert prices.close.tolist() == [1.0, 2.0]
    (failure,) = prices.quarantined
    assert (failure.reason, failure.item) == (reason, "row 3")
    assert told in failure.message


def test_rows_out_of_order_are_sorted(tmp_path):
    text = f"time,close\n{TIMES[2]},3\n{TIMES[0]},1\n{TIMES[1]},2\n"
    assert read_prices(put(tmp_path, "a.csv", text)).close.tolist() == [1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("close\n1\n2", "column 'time' is missing, found: close — prices have the columns"),
        ("time,price\n1,2", "column 'close' is missing, found: time, price — prices have"),
        ("time,a_close,b_close\n1,2,3", "several closes: a_close, b_close — keep one"),
        (f"time,close\n{TIMES[0]},1", "has 1 price that can be used — give two or more"),
        ("time,close\nx,1\ny,2", "none of its 2 rows can be used; row 1: time 'x' is not a time"),
        ("time,close\n", "has no rows"),
        (f"time,close\n{TIMES[0]},1\n{TIMES[0]},1", "has 1 price that can be used"),
    ],
)
def test_what_is_no_price_file_is_refused_in_one_line(tmp_path, text, told):
    with pytest.raises(InputError) as refused:
        read_prices(put(tmp_path, "a.csv", text))
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)
    assert str(refused.value).startswith(str(tmp_path))


def test_a_missing_file_is_refused():
    with pytest.raises(InputError, match="no such file"):
        read_prices("nowhere.csv")


cells = st.sampled_from([*TIMES, "1768467600", "-1", "0", "1e400", "nan", "", "x", "\u22123", '"'])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(cells, min_size=1, max_size=4), min_size=1, max_size=8))
def test_whatever_stands_in_a_file_it_is_read_or_refused(tmp_path, rows):
    text = "\n".join(["time,close,high", *(",".join(row) for row in rows)])
    message = ""
    try:
        assert len(read_prices(put(tmp_path, "a.csv", text))) >= 2
    except InputError as refused:
        message = str(refused)
    assert "\n" not in message


@pytest.mark.parametrize(
    ("file", "underlying", "bars", "minutes", "repeats"),
    [
        ("btcusdt_1h_close_2017-08_2021-11.csv", "BTC", 37_307, 60, 1),
        ("ethusdt_1h_close_2017-08_2021-11.csv", "ETH", 37_307, 60, 1),
        ("deribit_perp_1h_close_2025-08_2026-01.csv", "BTC", 4_416, 60, 0),
        ("btc_perp_1m_2022-01.csv", "", 45_031, 1, 0),
    ],
)
def test_real_files(market_data, file, underlying, bars, minutes, repeats):
    prices = read_prices(str(market_data / "prices" / file))
    assert (prices.underlying, len(prices), prices.missing) == (underlying, bars, 0)
    assert prices.bar == minutes * 60_000_000_000
    assert [failure.reason for failure in prices.quarantined] == [Reason.DUPLICATE] * repeats
    returns = np.diff(np.log(prices.close))
    expected = np.sqrt((returns @ returns) / returns.size * 365 * 24 * 60 / minutes)
    np.testing.assert_allclose(realised_vol(prices), expected, rtol=1e-12)
    assert 0.3 < expected < 1.3


def test_the_crash_of_march_2020_is_in_the_file(market_data):
    prices = read_prices(str(market_data / "prices" / "btcusdt_1h_close_2017-08_2021-11.csv"))
    day = prices.between(parse_stamp("2020-03-12T00:00Z"), parse_stamp("2020-03-13T00:00Z"))
    assert len(day) == 24
    assert day.close[-1] / day.close[0] < 0.65
