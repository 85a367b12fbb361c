"""The embedded sample is reproducible, free of arbitrage, consistent, and tells its story.

What is checked comes from the written files through SciPy, never through the package's own kernels.
"""

import dataclasses
import importlib
import itertools
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from polars.testing import assert_frame_equal
from scipy.stats import norm

ROOT = Path(__file__).parents[2]
COMMITTED = ROOT / "src" / "shortgamma" / "data" / "sample"
NAMES = [
    f"{c}_{part}"
    for c in ("btc", "eth")
    for part in ("chain.parquet", "trades.parquet", "holders.csv")
]
MAX_FILE, MAX_TOTAL = 400_000, 600_000  # bytes
NANOSECONDS_PER_DAY = 86_400 * 10**9

CHAIN_COLUMNS = {
    "kind", "strike", "expiry", "forward", "mark_vol", "open_interest", "spot", "bid_price", "ask_price",
    "mark_price", "bid_size", "ask_size", "contract", "venue", "instrument", "rate", "asof", "underlying",
}  # fmt: skip
TRADE_COLUMNS = {
    "stamp": pl.Int64, "instrument": pl.String, "trade_id": pl.String, "direction": pl.String,
    "amount": pl.Float64, "block_id": pl.String, "combo_id": pl.String, "open_interest_change": pl.Float64,
}  # fmt: skip

Floats = NDArray[np.float64]


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        return importlib.import_module("make_sample")
    finally:
        sys.path.pop(0)


@pytest.fixture(scope="module")
def fresh(tool: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    tool.write_sample(folder)
    return folder


def read(name: str, folder: Path = COMMITTED) -> pl.DataFrame:
    path = folder / name
    return pl.read_csv(path) if path.suffix == ".csv" else pl.read_parquet(path)


@pytest.fixture(params=["btc", "eth"])
def coin(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def chain(coin: str) -> pl.DataFrame:
    frame = read(f"{coin}_chain.parquet")
    expiry = frame["expiry"].str.to_datetime(time_zone="UTC")
    asof = frame["asof"].str.to_datetime(time_zone="UTC")
    seconds = (expiry - asof).dt.total_seconds()
    return frame.with_columns((seconds / (365.0 * 86_400.0)).alias("years"))


@pytest.fixture
def trades(coin: str) -> pl.DataFrame:
    return read(f"{coin}_trades.parquet")


@pytest.fixture
def flow(chain: pl.DataFrame, trades: pl.DataFrame) -> Floats:
    """Net taker flow of every row of the chain after de-duplication, coins."""
    signed = (
        pl.when(pl.col("direction") == "buy").then(pl.col("amount")).otherwise(-pl.col("amount"))
    )
    sums = trades.unique("trade_id").group_by("instrument").agg(signed.sum().alias("flow"))
    joined = chain.join(sums, on="instrument", how="left", maintain_order="left")
    return joined["flow"].fill_null(0.0).to_numpy()


def gamma_musd_per_pct(chain: pl.DataFrame, move: float) -> Floats:
    """N = 1 coin: Γ·F²·0.01 of each row when every forward is multiplied by ``move``, millions of USD."""
    forward = move * chain["forward"].to_numpy()
    width = chain["mark_vol"].to_numpy() * np.sqrt(chain["years"].to_numpy())
    d1 = np.log(forward / chain["strike"].to_numpy()) / width + 0.5 * width
    return 1e-8 * forward * norm.pdf(d1) / width


@pytest.mark.parametrize("name", NAMES)
def test_regenerating_gives_the_committed_frames(fresh: Path, name: str) -> None:
    assert_frame_equal(read(name, fresh), read(name), check_exact=True)


def test_two_runs_write_the_same_frames(fresh: Path, tool: ModuleType, tmp_path: Path) -> None:
    tool.write_sample(tmp_path)
    for name in NAMES:
        assert_frame_equal(read(name, tmp_path), read(name, fresh), check_exact=True)


def test_files_are_small() -> None:
    sizes = [(COMMITTED / name).stat().st_size for name in NAMES]
    assert max(sizes) < MAX_FILE
    assert sum(sizes) < MAX_TOTAL


def test_chain_columns_and_constants(chain: pl.DataFrame, coin: str) -> None:
    assert set(chain.columns) == CHAIN_COLUMNS | {"years"}
    assert set(chain["kind"]) == {"call", "put"}
    for column, value in {"contract": "inverse", "venue": "sample", "rate": 0.0}.items():
        assert set(chain[column]) == {value}
    assert set(chain["underlying"]) == {coin.upper()}
    assert chain["instrument"].is_unique().all()
    assert {"btc": 750, "eth": 600}[coin] <= chain.height <= {"btc": 900, "eth": 700}[coin]
    required = chain.drop("bid_price", "bid_size")
    assert required.null_count().sum_horizontal().item() == 0


def test_names_say_what_the_columns_say(chain: pl.DataFrame) -> None:
    for row in chain.iter_rows(named=True):
        underlying, day, strike, kind = row["instrument"].split("-")
        expiry = datetime.strptime(day, "%d%b%y").replace(hour=8, tzinfo=UTC)
        assert expiry == datetime.fromisoformat(row["expiry"])
        assert (underlying, float(strike), kind) == (
            row["underlying"],
            row["strike"],
            row["kind"][0].upper(),
        )


def test_expiries_are_the_calendar_of_a_venue(chain: pl.DataFrame) -> None:
    days = sorted({datetime.fromisoformat(text) for text in chain["expiry"]})
    asof = datetime.fromisoformat(chain["asof"][0])
    assert 0.0 < (days[0] - asof) / timedelta(days=1) < 1.0
    assert all(day.hour == 8 for day in days)
    assert all(day.weekday() == 4 for day in days[3:])
    assert [(b - a).days for a, b in itertools.pairwise(days[:3])] == [1, 1]
    assert chain["years"].max() > 0.9


def test_quotes_surround_the_mark_on_the_tick(chain: pl.DataFrame) -> None:
    bid, ask, mark = (chain[name].to_numpy() for name in ("bid_price", "ask_price", "mark_price"))
    quoted = ~np.isnan(bid)
    assert 0.02 < 1.0 - quoted.mean() < 0.15
    assert (bid[quoted] > 0.0).all()
    assert (bid[quoted] <= mark[quoted]).all()
    assert (mark <= ask).all()
    assert (ask >= 1e-4).all()
    assert ((chain["bid_size"].to_numpy() > 0.0) == quoted).all()
    for price in (bid[quoted], ask):
        tick = np.where(price < 0.005, 1e-4, 5e-4)
        assert np.abs(price / tick - np.rint(price / tick)).max() < 1e-9


def test_marks_are_black_prices_in_coin(chain: pl.DataFrame) -> None:
    forward, strike = chain["forward"].to_numpy(), chain["strike"].to_numpy()
    width = chain["mark_vol"].to_numpy() * np.sqrt(chain["years"].to_numpy())
    sign = np.where(chain["kind"].to_numpy() == "call", 1.0, -1.0)
    d1 = np.log(forward / strike) / width + 0.5 * width
    coin_price = sign * (norm.cdf(sign * d1) - strike / forward * norm.cdf(sign * (d1 - width)))
    assert np.abs(coin_price - chain["mark_price"].to_numpy()).max() <= 0.5e-4 + 1e-12


def test_no_butterfly_and_no_calendar_spread_is_free(chain: pl.DataFrame) -> None:
    previous: tuple[Floats, Floats] | None = None
    calls = chain.filter(pl.col("kind") == "call")
    for (years,), rows in calls.group_by("years", maintain_order=True):
        forward, strike = rows["forward"].to_numpy(), rows["strike"].to_numpy()
        k, width = np.log(strike / forward), rows["mark_vol"].to_numpy() * np.sqrt(float(years))
        d1 = -k / width + 0.5 * width
        price = forward * norm.cdf(d1) - strike * norm.cdf(d1 - width)
        slopes = np.diff(price) / np.diff(strike)
        assert slopes.min() >= -1.0
        assert slopes.max() <= 0.0
        assert np.diff(slopes).min() >= -1e-12
        if previous is not None:
            inside = (previous[0] >= k[0]) & (previous[0] <= k[-1])
            later = np.interp(previous[0][inside], k, width**2)
            assert (later > previous[1][inside]).all()
        previous = (k, width**2)


@pytest.mark.parametrize(
    ("change", "message"), [({"phi": 200.0}, "butterfly"), ({"theta": 1e-4}, "calendar")]
)
def test_the_tool_refuses_arbitrage(
    tool: ModuleType, change: dict[str, float], message: str
) -> None:
    market = sys.modules["sample_market"]
    smiles = market.slices(tool.COINS[0])
    broken = [*smiles[:5], dataclasses.replace(smiles[5], **change), *smiles[6:]]
    with pytest.raises(ValueError, match=message):
        market.check_no_arbitrage(broken)


def test_open_interest_looks_like_a_venue(chain: pl.DataFrame, coin: str) -> None:
    interest = chain["open_interest"].to_numpy()
    call = chain["kind"].to_numpy() == "call"
    assert (interest >= 0.0).all()
    assert 0.05 < (interest == 0.0).mean() < 0.11
    assert interest[call].sum() > interest[~call].sum()
    by_strike = (
        chain.filter(pl.col("kind") == "call").group_by("strike").agg(pl.col("open_interest").sum())
    )
    crowded = by_strike.sort("open_interest", descending=True)["strike"][0]
    assert crowded == {"btc": 100_000.0, "eth": 3_500.0}[coin]


def test_trade_columns_and_stamps(chain: pl.DataFrame, trades: pl.DataFrame) -> None:
    assert dict(trades.schema) == TRADE_COLUMNS
    assert trades.null_count().sum_horizontal().item() == 0
    assert 5_000 <= trades.height <= 8_000
    assert set(trades["direction"]) == {"buy", "sell"}
    assert (trades["amount"] > 0.0).all()
    assert trades["instrument"].is_in(chain["instrument"].implode()).all()
    assert trades["stamp"].is_sorted()
    asof = int(datetime.fromisoformat(chain["asof"][0]).timestamp()) * 10**9
    assert asof - 30 * NANOSECONDS_PER_DAY <= trades["stamp"].min()
    assert trades["stamp"].max() <= asof


def test_repeated_prints_are_identical_and_rare(trades: pl.DataFrame) -> None:
    unique = trades.unique()
    assert unique["trade_id"].is_unique().all()
    assert 0.005 < 1.0 - unique.height / trades.height < 0.02


def test_packages_have_two_to_four_legs_at_one_time(trades: pl.DataFrame) -> None:
    for column, most in (("block_id", 4), ("combo_id", 2)):
        legs = trades.unique("trade_id").filter(pl.col(column) != "").group_by(column)
        counts = legs.agg(
            pl.len(), pl.n_unique("instrument", "stamp", "amount").name.suffix("_count")
        )
        assert counts.height > 100
        assert counts["len"].is_between(2, most).all()
        assert (counts["instrument_count"] == counts["len"]).all()
        assert (counts["stamp_count"] == 1).all()
        assert (counts["amount_count"] == 1).all()
    assert ((trades["block_id"] != "") & (trades["combo_id"] != "")).sum() == 0


def test_flow_is_never_beyond_open_interest(chain: pl.DataFrame, flow: Floats) -> None:
    interest = chain["open_interest"].to_numpy()
    assert (np.abs(flow) <= interest + 1e-9).all()
    assert 0.35 < np.abs(flow).sum() / interest.sum() < 0.65


def test_prints_reconcile_with_open_interest(chain: pl.DataFrame, trades: pl.DataFrame) -> None:
    prints = trades.unique("trade_id", keep="first", maintain_order=True)
    ratio = prints["open_interest_change"] / prints["amount"]
    assert set(ratio) == {-1.0, 0.0, 1.0}
    interest = dict(zip(chain["instrument"], chain["open_interest"], strict=True))
    for (name,), rows in prints.group_by("instrument"):
        path = np.cumsum(rows["open_interest_change"].to_numpy())
        start = interest[str(name)] - path[-1]
        assert start >= -1e-6
        assert (start + path).min() >= -1e-6


def test_holders_balance_within_open_interest(chain: pl.DataFrame, coin: str) -> None:
    holders = read(f"{coin}_holders.csv")
    assert holders.columns == ["holder", "holder_type", "instrument", "quantity"]
    kinds = dict(holders.group_by("holder_type").agg(pl.n_unique("holder")).iter_rows())
    assert kinds == {"market_maker": 4, "vault": 2, "amm": 1, "fund": 1, "customer": 1}
    assert not holders.select("holder", "instrument").is_duplicated().any()
    sums = holders.group_by("instrument").agg(
        pl.col("quantity").sum(), pl.col("quantity").clip(lower_bound=0.0).sum().alias("long")
    )
    assert sums["quantity"].abs().max() < 1e-9
    joined = sums.join(chain, on="instrument", how="left")
    assert (joined["long"] <= joined["open_interest"] + 1e-9).all()


def test_makers_mirror_the_tape(chain: pl.DataFrame, flow: Floats, coin: str) -> None:
    makers = read(f"{coin}_holders.csv").filter(pl.col("holder_type") == "market_maker")
    mirror = chain.select("instrument", pl.Series("flow", -flow))
    joined = (
        makers.group_by("instrument").agg(pl.col("quantity").sum()).join(mirror, on="instrument")
    )
    assert (joined["quantity"] - joined["flow"]).abs().max() < 1e-6


def test_dealers_are_short_gamma_around_spot_and_long_above(
    chain: pl.DataFrame, flow: Floats, coin: str
) -> None:
    interest = chain["open_interest"].to_numpy()
    moves = np.linspace(0.7, 1.3, 241)
    net = np.array([(gamma_musd_per_pct(chain, float(move)) * -flow).sum() for move in moves])
    now = float((gamma_musd_per_pct(chain, 1.0) * -flow).sum())
    gross = float((gamma_musd_per_pct(chain, 1.0) * interest).sum())
    low, high = {"btc": (-60.0, -10.0), "eth": (-15.0, -2.0)}[coin]
    assert low < now < high
    assert {"btc": 400.0, "eth": 50.0}[coin] < gross < {"btc": 800.0, "eth": 120.0}[coin]
    assert (net[moves <= 1.0] < 0.0).all()
    assert net[moves > 1.0].max() > 0.0
    assert 1 <= np.count_nonzero(np.diff(np.sign(net))) <= 3
