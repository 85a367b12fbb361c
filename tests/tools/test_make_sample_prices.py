"""The embedded prices are reproducible, small, and say that nobody recorded them."""

import importlib
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from shortgamma.data import read_prices

ROOT = Path(__file__).parents[2]
COMMITTED = ROOT / "src" / "shortgamma" / "data" / "sample"
NAMES = ["btc_prices.parquet", "eth_prices.parquet"]


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        tool = importlib.import_module("make_sample_prices")
    finally:
        sys.path.pop(0)
    folder = tmp_path_factory.mktemp("prices")
    tool.write_prices(folder)
    return folder


@pytest.mark.parametrize("name", NAMES)
def test_regenerating_gives_the_committed_frames(fresh, name):
    assert_frame_equal(
        pl.read_parquet(fresh / name), pl.read_parquet(COMMITTED / name), rel_tol=1e-9
    )
    assert (COMMITTED / name).stat().st_size < 100_000


@pytest.mark.parametrize(("source", "coin"), [("sample", "BTC"), ("sample:ETH", "ETH")])
def test_prices_are_three_days_of_minutes_and_say_what_they_are(source, coin):
    history = read_prices(source)
    assert history.underlying == coin
    assert "not recorded" in history.venue
    assert (len(history), history.missing, history.bar) == (3 * 1_440 + 1, 0, 60 * 10**9)
    assert history.quarantined == ()
    vol = history.log_returns.std() * np.sqrt(525_600.0)
    assert 0.4 < vol < 1.5
