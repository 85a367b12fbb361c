"""Real recordings read with nothing but Polars and the standard library, as books of columns."""

import datetime as dt
import json

import numpy as np
import polars as pl

YEAR_SECONDS = 365 * 86400.0


def six_hourly(folder):
    """Last BTC chain of the 6-hourly Deribit recording."""
    path = folder / "chains/deribit_6hourly_2026-01.parquet"
    rows = pl.read_parquet(path).filter(pl.col("currency") == "BTC", pl.col("open_interest") > 0)
    last = rows["timestamp"].max()
    rows = rows.filter(pl.col("timestamp") == last)
    stamp = dt.datetime.fromisoformat(last)
    left = [(dt.datetime.fromisoformat(at) - stamp) for at in rows["expiry_datetime"]]
    book = {
        "kind": rows["option_type"].to_numpy(),
        "strike": rows["strike"].to_numpy(),
        "forward": rows["underlying"].to_numpy(),
        "vol": rows["implied_volatility"].to_numpy(),
        "open_interest": rows["open_interest"].to_numpy(),
        "years": np.array([span.total_seconds() / YEAR_SECONDS for span in left]),
    }
    return path, book


def level_one(folder):
    """Amberdata's level-1 quotes of Deribit BTC options at one moment."""
    path = folder / "chains/amberdata_level1_btc_2024-04-01.json"
    rows = json.loads(path.read_text())["payload"]
    rows = rows["data"] if isinstance(rows, dict) else rows
    rows = [row for row in rows if row["openInterest"] and row["markIv"]]
    stamp = dt.datetime(2024, 4, 1, tzinfo=dt.UTC)

    def left(row):
        at = dt.datetime.fromisoformat(row["expirationTimestamp"].replace(" 000", "+00:00"))
        return (at - stamp).total_seconds() / YEAR_SECONDS

    book = {
        "kind": np.array(["call" if row["putCall"] == "C" else "put" for row in rows]),
        "strike": np.array([row["strike"] for row in rows], dtype=float),
        "forward": np.array([row["underlyingPrice"] for row in rows], dtype=float),
        "vol": np.array([row["markIv"] / 100 for row in rows]),
        "open_interest": np.array([row["openInterest"] for row in rows], dtype=float),
        "years": np.array([left(row) for row in rows]),
    }
    return path, book


def tickers(folder, coin):
    """Deribit ticker fields with all Greeks; only rows that quote a vol and have open interest."""
    rows = pl.read_csv(
        folder / f"chains/deribit_tickers_{coin}_2021-02-11.csv", infer_schema_length=None
    )
    rows = rows.filter(pl.col("open_interest") > 0, pl.col("mark_iv") > 0)
    name = [text.split("-") for text in rows["instrument_name"]]
    expiry = [
        dt.datetime.strptime(words[1], "%d%b%y").replace(hour=8, tzinfo=dt.UTC) for words in name
    ]
    stamp = rows["timestamp"].to_numpy() / 1000
    return rows, {
        "kind": np.array(["call" if words[3] == "C" else "put" for words in name]),
        "strike": np.array([float(words[2]) for words in name]),
        "forward": rows["underlying_price"].to_numpy(),
        "vol": rows["mark_iv"].to_numpy() / 100,
        "years": (np.array([at.timestamp() for at in expiry]) - stamp) / YEAR_SECONDS,
    }
