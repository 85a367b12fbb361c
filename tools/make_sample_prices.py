"""The embedded sample of minute prices: made by the package's own Hawkes process, not recorded anywhere.

Run it as ``.venv/bin/python tools/make_sample_prices.py``; its generator is seeded: every run writes the
same. The venue column of the files says what they are.
"""

import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from shortgamma.feedback.clock import Clock
from shortgamma.feedback.draws import Draws
from shortgamma.feedback.processes.hawkes import Hawkes

FOLDER = Path(__file__).parents[1] / "src" / "shortgamma" / "data" / "sample"
START = datetime(2026, 1, 12, tzinfo=UTC)
MINUTES = 3 * 1_440
VENUE = "sample (made, not recorded)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A coin, its first price in USD, its vol, and the seed of its shocks."""

    name: str
    spot: float
    vol: float
    seed: int


COINS = (
    Series(name="BTC", spot=95_000.0, vol=0.55, seed=12),
    Series(name="ETH", spot=3_300.0, vol=0.75, seed=13),
)


def prices(series: Series) -> pl.DataFrame:
    """One close a minute over three days, rounded to cents."""
    clock = Clock.even(MINUTES, 60.0)
    process = Hawkes(vol=series.vol)
    draws = Draws(seed=series.seed, first_path=0, size=1)
    state = process.start(draws, clock.years)
    moves, move = np.zeros(MINUTES + 1), np.zeros(1)
    for index, years in enumerate(clock.years.tolist()):
        draws.step = index
        process.advance(state, draws, years=years, out=move)
        moves[index + 1] = move[0]
    return pl.DataFrame(
        {
            "time": [START + timedelta(minutes=i) for i in range(MINUTES + 1)],
            "close": np.round(series.spot * np.exp(np.cumsum(moves)), 2),
            "underlying": series.name,
            "venue": VENUE,
        }
    )


def write_prices(folder: Path) -> dict[str, int]:
    """Writes every file into ``folder``; returns their sizes in bytes."""
    sizes: dict[str, int] = {}
    for series in COINS:
        path = folder / f"{series.name.lower()}_prices.parquet"
        prices(series).write_parquet(path, compression="zstd", compression_level=19)
        sizes[path.name] = path.stat().st_size
    return sizes


if __name__ == "__main__":
    for name, size in write_prices(FOLDER).items():
        sys.stdout.write(f"{name:22} {size / 1_000.0:6.1f} kB\n")
