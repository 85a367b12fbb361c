"""The embedded sample: an invented BTC and ETH options market, its tape and its holders.

Run it as ``.venv/bin/python tools/make_sample.py``; its generator is seeded: every run writes the same.

The story: customers buy downside puts, and short-dated calls at the round strike above spot; overwriters
and vaults sell the calls beyond it. Dealers hold the mirror: short gamma around spot and below, long
above. The tape is condensed: its prints are fewer and larger than a venue's.
"""

import sys
from pathlib import Path

import polars as pl
from sample_holders import holders
from sample_market import COINS, Coin, chain, listing, open_interest
from sample_tape import taker_flow, tape

FOLDER = Path(__file__).parents[1] / "src" / "shortgamma" / "data" / "sample"


def frames(coin: Coin) -> dict[str, pl.DataFrame]:
    """Chain, tape and holders of one coin by file name."""
    table = listing(coin)
    interest = open_interest(coin, table)
    flow = taker_flow(coin, table, interest)
    stem = coin.name.lower()
    return {
        f"{stem}_chain.parquet": chain(coin, table, interest),
        f"{stem}_trades.parquet": tape(coin, table, interest),
        f"{stem}_holders.csv": holders(coin, table, flow, interest),
    }


def write_sample(folder: Path) -> dict[str, int]:
    """Writes every file into ``folder``; returns their sizes in bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    sizes: dict[str, int] = {}
    for coin in COINS:
        for name, frame in frames(coin).items():
            path = folder / name
            if path.suffix == ".csv":
                frame.write_csv(path)
            else:
                frame.write_parquet(path, compression="zstd", compression_level=19)
            sizes[name] = path.stat().st_size
    return sizes


if __name__ == "__main__":
    for name, size in write_sample(FOLDER).items():
        sys.stdout.write(f"{name:22} {size / 1_000.0:6.1f} kB\n")
