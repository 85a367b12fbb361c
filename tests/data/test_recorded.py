"""Real recordings, read in full. They are not part of the project: skipped where they are absent."""

import time

import numpy as np
import pytest

from shortgamma.basics.errors import InputError
from shortgamma.basics.time import format_stamp, parse_stamp
from shortgamma.data import read_quotes, read_trades
from shortgamma.market.assembly import assemble

HOURLY = "chains/deribit_hourly_first_of_month_2024-05_2025-06.parquet"


@pytest.mark.parametrize(
    ("name", "underlying", "rows", "asof"),
    [
        ("chains/deribit_tickers_btc_2021-02-11.csv", "BTC", 488, "2021-02-11T18:44:14.256000Z"),
        ("chains/deribit_tickers_eth_2021-02-11.csv", "ETH", 498, "2021-02-11T18:46:09.035000Z"),
        ("chains/amberdata_level1_btc_2024-04-01.json", "BTC", 1_064, "2024-04-01T00:00:00Z"),
        ("chains/deribit_6hourly_2025-12.parquet", "BTC", 620, "2025-12-31T21:18:43.878798Z"),
        ("chains/deribit_6hourly_2026-01.parquet", "BTC", 792, "2026-01-31T21:21:33.904273Z"),
        (HOURLY, "BTC", 820, "2025-06-01T23:59:59.985000Z"),
        ("equity/cboe_spx_2022-12-12.csv", "SPX", 19_156, "2022-12-13T01:30:00Z"),
    ],
)
def test_every_row_of_a_recording_is_read(market_data, name, underlying, rows, asof):
    quotes = read_quotes(str(market_data / name))
    assert (quotes.underlying, len(quotes), len(quotes.failures)) == (underlying, rows, 0)
    assert format_stamp(quotes.asof) == asof
    chain = assemble(quotes)
    assert len(chain) + len(chain.quarantined) == rows
    assert 0.9 < np.median(chain.options.forward) / chain.spot < 1.15


@pytest.mark.parametrize("underlying", ["BTC", "ETH"])
def test_marks_agree_with_our_units(market_data, underlying):
    """Coin marks, forwards and decimal vols belong together: a wrong unit would be far off."""
    for name in ("chains/deribit_6hourly_2026-01.parquet", HOURLY):
        quotes = read_quotes(
            str(market_data / name), underlying=underlying, asof=parse_stamp("2026-01-20")
        )
        implied = assemble_from_marks(quotes)
        near = np.abs(np.log(implied.options.strike / implied.options.forward)) < 0.05
        stated = dict(zip(quotes.instrument, quotes.mark_vol, strict=True))
        vols = np.array([stated[name] for name in implied.options.instrument])
        assert np.median(np.abs(implied.options.vol / vols - 1.0)[near]) < 0.01


def assemble_from_marks(quotes):
    """The chain with vols implied by the marks alone."""
    values = {name: getattr(quotes, name) for name in quotes.__slots__}
    return assemble(type(quotes)(**(values | {"mark_vol": np.full(len(quotes), np.nan)})))


def test_a_first_of_month_recording_by_the_hour(market_data):
    path = str(market_data / HOURLY)
    quotes = read_quotes(path, asof=parse_stamp("2024-05-01T01:00Z"))
    assert format_stamp(quotes.asof).startswith("2024-05-01T00:59:59")
    assert len(quotes) == 964
    assert len(set(quotes.instrument)) == 964
    with pytest.raises(InputError, match="it runs from 2024-05-01T00:59:59"):
        read_quotes(path, asof=parse_stamp("2024-04-30"))


def test_half_a_million_rows_are_read_in_a_moment(market_data):
    path = str(market_data / HOURLY)
    read_quotes(path)
    start = time.perf_counter()
    read_quotes(path)
    assert time.perf_counter() - start < 1.0


def test_two_passes_of_tickers(market_data):
    path = str(market_data / "chains/deribit_tickers_btc_2021-02-11.csv")
    first = read_quotes(path, asof=parse_stamp("2021-02-11T18:40Z"))
    assert len(first) == 488
    assert first.asof < parse_stamp("2021-02-11T18:40Z") < read_quotes(path).asof


def test_decorated_trades_use_the_side_of_the_exchange(market_data):
    path = str(market_data / "chains/amberdata_decorated_trades_btc_2024-04-01.json")
    trades = read_trades(path)
    assert (len(trades), trades.quarantined, trades.underlying) == (1_055, (), "BTC")
    assert (trades.direction > 0).sum() == 450
    assert (trades.block_id != "").sum() == 23
    blocks = trades.amount[trades.block_id != ""].sum() / trades.amount.sum()
    assert blocks == pytest.approx(0.76, abs=0.005)
    assert (np.diff(trades.stamp) >= 0).all()


def test_recorded_combo_trades_count_as_legs(market_data):
    folder = market_data / "payloads/fixtures/deribit"
    trades = read_trades(str(folder / "http_get_last_trades_option_combo.json"))
    assert trades.instrument.tolist() == ["BTC-19MAY26-75000-C", "BTC-19MAY26-70000-C"]
    assert trades.direction.tolist() == [1.0, -1.0]
    assert set(trades.combo_id) == {"BTC-CS-19MAY26-70000_75000"}


@pytest.mark.parametrize("name", ["ws_error", "http_get_instruments", "http_get_time", "http_test"])
def test_other_answers_are_refused_in_one_line(market_data, name):
    path = str(market_data / f"payloads/fixtures/deribit/{name}.json")
    for read in (read_quotes, read_trades):
        with pytest.raises(InputError) as told:
            read(path)
        assert "\n" not in str(told.value)
