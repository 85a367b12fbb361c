"""Deribit's answers: units, the unit of the name, what is no quote, and bad rows."""

import math
from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest

from shortgamma.basics.errors import InputError, Reason
from shortgamma.basics.time import nanoseconds, parse_stamp
from shortgamma.data import read_quotes
from shortgamma.data.venues.deribit.names import is_other_product, name_problems, option_terms
from tests.data.builders import ASOF, ASOF_MS, envelope, put, summary, ticker

CALL, PUT = "BTC-30JAN26-65000-C", "BTC-30JAN26-60000-P"


def terms_of(name):
    frame = pl.DataFrame({"name": [name]}).select(**option_terms(pl.col("name")))
    return frame.row(0, named=True)


@pytest.mark.parametrize(
    ("name", "underlying", "sign", "strike", "day", "inverse"),
    [
        ("BTC-27DEC24-100000-C", "BTC", 1.0, 100_000.0, (2024, 12, 27), True),
        ("BTC-1APR24-71000-P", "BTC", -1.0, 71_000.0, (2024, 4, 1), True),
        ("XRP_USDC-30AUG24-0d625-C", "XRP", 1.0, 0.625, (2024, 8, 30), False),
        ("BTC_USDC-3JAN26-88000-P", "BTC", -1.0, 88_000.0, (2026, 1, 3), False),
        ("ETH-28FEB25-2d5-C", "ETH", 1.0, 2.5, (2025, 2, 28), True),
        ("SOL_USDC-29FEB28-150-C", "SOL", 1.0, 150.0, (2028, 2, 29), False),
    ],
)
def test_a_name_says_the_terms(name, underlying, sign, strike, day, inverse):
    expiry = nanoseconds(datetime(*day, 8, tzinfo=UTC))
    assert terms_of(name) == {
        "underlying": underlying,
        "sign": sign,
        "strike": strike,
        "expiry": expiry,
        "is_inverse": inverse,
    }


@pytest.mark.parametrize(
    "name",
    [
        "",
        "BTC",
        "BTC-27DEC24-100000",
        "BTC-27DEC24-100000-X",
        "BTC-27DEC2024-100000-C",
        "btc-27DEC24-100000-C",
        "BTC-27DEC24--100-C",
        "BTC-27DEC24-1e5-C",
        "BTC-27DEC24-100000-C\n",
        " BTC-27DEC24-100000-C",
    ],
)
def test_what_is_no_option_name_says_nothing(name):
    assert set(terms_of(name).values()) == {None, False}


def test_a_day_that_does_not_exist_is_an_unreadable_expiry():
    problems = name_problems(pl.col("name"))
    frame = pl.DataFrame({"name": ["BTC-31FEB24-100-C"]}).select(*problems[Reason.BAD_EXPIRY])
    assert frame.item() == "31FEB24 is not a date"


@pytest.mark.parametrize(
    "name",
    [
        "BTC-PERPETUAL",
        "BTC_USDC-PERPETUAL",
        "BTC-27DEC24",
        "BTC_USDC",
        "BTC-FS-27DEC24_PERP",
        "BTC-STRD-27DEC24-100000",
    ],
)
def test_other_products_are_known_as_such(name):
    frame = pl.DataFrame({"name": [name, CALL, "nonsense"]})
    assert frame.select(is_other_product(pl.col("name")))["name"].to_list() == [True, False, False]


@pytest.mark.parametrize("wrapped", [True, False])
def test_a_book_summary_in_our_units(tmp_path, wrapped):
    rows = [summary(CALL), summary(PUT, mark_iv=60.0, creation_timestamp=ASOF_MS + 250)]
    path = put(tmp_path, "anything.json", envelope(rows) if wrapped else rows)
    quotes = read_quotes(path)
    assert (quotes.venue, quotes.underlying) == ("deribit", "BTC")
    assert quotes.asof == parse_stamp(ASOF) + 250_000_000
    assert quotes.instrument.tolist() == [CALL, PUT]
    assert quotes.sign.tolist() == [1.0, -1.0]
    assert quotes.strike.tolist() == [65_000.0, 60_000.0]
    assert quotes.expiry.tolist() == [parse_stamp("2026-01-30T08:00Z")] * 2
    assert quotes.mark_vol.tolist() == [0.555, 0.6]
    assert quotes.forward.tolist() == [64_250.5] * 2
    assert quotes.open_interest.tolist() == [12.5] * 2
    assert quotes.mark_price.tolist() == [0.0321] * 2
    assert quotes.bid_price.tolist() == [0.0315] * 2
    assert quotes.ask_price.tolist() == [0.033] * 2
    assert quotes.is_inverse.all()
    assert quotes.rate.tolist() == [0.0, 0.0]
    assert np.isnan(quotes.bid_size).all()
    assert np.isnan(quotes.years).all()
    assert math.isnan(quotes.spot)
    assert quotes.failures == ()


def test_the_spot_of_a_summary_is_the_underlying_of_options_on_the_index(tmp_path):
    on_index = summary(PUT, underlying_price=64_000.0, underlying_index="index_price")
    path = put(tmp_path, "a.json", [summary(CALL), on_index])
    assert read_quotes(path).spot == 64_000.0


def test_the_spot_of_a_summary_may_be_the_delivery_price(tmp_path):
    path = put(tmp_path, "a.json", [summary(CALL, estimated_delivery_price=64_111.0)])
    assert read_quotes(path).spot == 64_111.0


@pytest.mark.parametrize("nothing", [0, 0.0, None])
def test_no_bid_and_no_offer_are_no_quotes(tmp_path, nothing):
    path = put(tmp_path, "a.json", [summary(CALL, bid_price=nothing, ask_price=nothing)])
    quotes = read_quotes(path)
    assert np.isnan(quotes.bid_price).all()
    assert np.isnan(quotes.ask_price).all()


def test_linear_options_are_in_usd(tmp_path):
    row = summary("SOL_USDC-30JAN26-150-C", mark_price=7.25, open_interest=120.0)
    quotes = read_quotes(put(tmp_path, "a.json", [row]))
    assert quotes.underlying == "SOL"
    assert not quotes.is_inverse.any()
    assert quotes.mark_price.tolist() == [7.25]
    assert quotes.open_interest.tolist() == [120.0]


@pytest.mark.parametrize("each", [lambda row: row, envelope])
def test_tickers_bare_or_each_in_its_envelope(tmp_path, each):
    rows = [each(ticker(CALL)), each(ticker(PUT, timestamp=ASOF_MS + 3_000, index_price=64_120.0))]
    quotes = read_quotes(put(tmp_path, "a.json", rows))
    assert quotes.asof == parse_stamp(ASOF) + 3_000_000_000
    assert quotes.spot == 64_120.0
    assert quotes.mark_vol.tolist() == [0.6125] * 2
    assert quotes.bid_size.tolist() == [4.0] * 2
    assert quotes.ask_size.tolist() == [6.5] * 2


def test_a_single_ticker_and_its_envelope(tmp_path):
    assert len(read_quotes(put(tmp_path, "a.json", ticker(CALL)))) == 1
    assert len(read_quotes(put(tmp_path, "b.json", envelope(ticker(CALL))))) == 1


def test_the_envelope_says_the_time_where_rows_do_not(tmp_path):
    row = summary(CALL)
    del row["creation_timestamp"]
    answer = envelope([row], usOut=1_000 * ASOF_MS + 7)
    assert read_quotes(put(tmp_path, "a.json", answer)).asof == parse_stamp(ASOF) + 7_000
    path = put(tmp_path, "b.json", [row])
    assert read_quotes(path).asof is None
    assert read_quotes(path, asof=parse_stamp(ASOF)).asof == parse_stamp(ASOF)


def test_of_two_passes_the_later_row_counts(tmp_path):
    rows = [ticker(CALL, open_interest=1.0), ticker(PUT, open_interest=2.0)]
    rows += [
        ticker(PUT, open_interest=4.0, timestamp=ASOF_MS + 60_000),
        ticker(CALL, open_interest=3.0, timestamp=ASOF_MS + 61_000),
    ]
    path = put(tmp_path, "a.json", rows)
    late, early = read_quotes(path), read_quotes(path, asof=parse_stamp(ASOF) + 10**9)
    assert dict(zip(late.instrument, late.open_interest, strict=True)) == {CALL: 3.0, PUT: 4.0}
    assert dict(zip(early.instrument, early.open_interest, strict=True)) == {CALL: 1.0, PUT: 2.0}
    assert early.asof == parse_stamp(ASOF)


def test_rows_with_one_stamp_and_one_name_are_left_to_the_screens(tmp_path):
    assert len(read_quotes(put(tmp_path, "a.json", [summary(CALL), summary(CALL)]))) == 2


def test_other_products_in_the_answer_are_no_failures(tmp_path):
    rows = [summary(CALL), summary("BTC-PERPETUAL"), summary("BTC-30JAN26")]
    quotes = read_quotes(put(tmp_path, "a.json", rows))
    assert len(quotes) == 1
    assert quotes.failures == ()


@pytest.mark.parametrize(
    ("row", "reason", "item", "told"),
    [
        (summary(PUT, mark_iv="55"), Reason.MALFORMED, PUT, "mark_iv '55'"),
        (summary(PUT, open_interest=True), Reason.MALFORMED, PUT, "open_interest True"),
        (summary(PUT, creation_timestamp=1_700_000_000), Reason.MALFORMED, PUT, "1700000000"),
        (summary("BTC-31FEB26-60000-P"), Reason.BAD_EXPIRY, "BTC-31FEB26-60000-P", "31FEB26"),
        (summary("what"), Reason.BAD_NAME, "what", "'what'"),
        (summary(5), Reason.MALFORMED, "row 2", "instrument_name 5"),
        ({"mark_iv": 3.0}, Reason.MALFORMED, "row 2", "instrument_name is missing"),
        ([1, 2], Reason.MALFORMED, "row 2", "array"),
        (None, Reason.MALFORMED, "row 2", "null"),
        ("text", Reason.MALFORMED, "row 2", "str"),
    ],
)
def test_a_bad_row_is_put_aside_and_named(tmp_path, row, reason, item, told):
    quotes = read_quotes(put(tmp_path, "a.json", [summary(CALL), row, summary(PUT)]))
    assert quotes.instrument.tolist() == [CALL, PUT]
    (failure,) = quotes.failures
    assert (failure.reason, failure.item) == (reason, item)
    assert told in failure.message


def test_a_failed_call_among_tickers_is_put_aside(tmp_path):
    error = {"jsonrpc": "2.0", "error": {"code": 10028, "message": "too_many_requests"}}
    quotes = read_quotes(put(tmp_path, "a.json", [envelope(ticker(CALL)), error]))
    (failure,) = quotes.failures
    assert (failure.item, failure.message) == ("row 2", "error 10028: too_many_requests")


def test_an_error_envelope_is_quoted(tmp_path):
    error = {"code": 13009, "message": "unauthorized", "data": {"reason": "x"}}
    path = put(tmp_path, "a.json", {"jsonrpc": "2.0", "error": error})
    with pytest.raises(InputError, match=r"a\.json: .*error 13009: unauthorized"):
        read_quotes(path)


def test_values_are_left_as_they_are_for_the_screens(tmp_path):
    row = summary(CALL, mark_iv=-3.0, open_interest=0.0, underlying_price=-1.0, bid_price=0.5)
    quotes = read_quotes(put(tmp_path, "a.json", [row]))
    assert quotes.mark_vol.tolist() == [-0.03]
    assert quotes.open_interest.tolist() == [0.0]
    assert quotes.forward.tolist() == [-1.0]
    assert quotes.bid_price.tolist() == [0.5]


def test_nan_that_python_writes_is_taken_for_nothing(tmp_path):
    row = summary(CALL, mark_iv=math.nan, bid_price=math.inf)
    quotes = read_quotes(put(tmp_path, "a.json", envelope([row, summary(PUT)])))
    assert np.isnan(quotes.mark_vol).tolist() == [True, False]
    assert np.isnan(quotes.bid_price).tolist() == [True, False]


def test_one_underlying_is_taken_of_several(tmp_path):
    rows = [summary("ETH-30JAN26-3000-C"), summary(CALL), summary("BTC_USDC-30JAN26-65000-C")]
    path = put(tmp_path, "a.json", rows)
    assert read_quotes(path).underlying == "BTC"
    assert len(read_quotes(path)) == 2
    assert read_quotes(path, underlying="eth").instrument.tolist() == ["ETH-30JAN26-3000-C"]
    with pytest.raises(InputError, match="has no option on SOL — it has ETH, BTC"):
        read_quotes(path, underlying="SOL")


def test_tickers_dumped_as_a_table(tmp_path):
    rows = [ticker(CALL, best_bid_price=0.0), ticker(PUT)]
    frame = pl.DataFrame([{k: v for k, v in row.items() if k != "stats"} for row in rows])
    path = put(tmp_path, "a.csv", frame.drop("greeks").write_csv())
    quotes, same = read_quotes(path), read_quotes(put(tmp_path, "a.json", rows))
    for name in ("strike", "mark_vol", "bid_price", "ask_price", "bid_size", "open_interest"):
        np.testing.assert_array_equal(getattr(quotes, name), getattr(same, name))
    assert (quotes.asof, quotes.spot) == (same.asof, same.spot)


def test_a_bad_cell_of_a_dump_is_put_aside(tmp_path):
    header = "instrument_name,mark_iv,underlying_price,open_interest,timestamp"
    text = f"{header}\n{CALL},50,64000,1,{ASOF_MS}\n{PUT},x,64000,1,{ASOF_MS}\n{PUT},50,1,1,12\n"
    quotes = read_quotes(put(tmp_path, "a.csv", text))
    assert [failure.message for failure in quotes.failures] == [
        "mark_iv 'x' is not a number",
        "timestamp '12' is not a time in milliseconds",
    ]
