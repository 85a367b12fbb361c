"""``python -m benchmarks.policy [--quick]``: a comparison of re-hedging rules against a loop in NumPy.

Ours is the whole study: every rule in a market of its own with own impact, all frictions, results in parts,
the bootstrap of the best threshold. The peer hedges a single straddle by a single band on the same number
of paths and steps, with prices from :func:`scipy.special.ndtr` and fees alone.
"""

import argparse
import sys
import time
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from benchmarks import table
from benchmarks.table import Row, Verdict
from shortgamma.studies.policies.candidates import Grid
from shortgamma.studies.policies.study import policy

Vector = NDArray[np.float64]

PATHS, FEW_PATHS = 10_000, 40
HOURS, FEW_HOURS = 720, 24
THRESHOLDS, FEW_THRESHOLDS = 20, 2
RUNS = 3
SECONDS = 20.0
HOUR = 1.0 / 8_760.0


def straddle_delta(price: Vector, *, strike: float, years: float, vol: float) -> Vector:
    """Delta of a call and a put together."""
    width = vol * years**0.5
    return 2.0 * ndtr((np.log(price / strike) + 0.5 * width * width) / width) - 1.0


def straddle_value(price: Vector, *, strike: float, years: float, vol: float) -> Vector:
    """Value of a call and a put together at zero rates."""
    width = vol * years**0.5
    upper = (np.log(price / strike) + 0.5 * width * width) / width
    call = price * ndtr(upper) - strike * ndtr(upper - width)
    return 2.0 * call - price + strike


def numpy_desk(paths: int, steps: int, *, band: float = 0.05, vol: float = 0.5) -> Vector:
    """Result of a short straddle of two months, hedged by a band, shape (paths,)."""
    random = np.random.default_rng(1)
    price = np.full(paths, 100.0)
    terms = {"strike": 100.0, "vol": vol}
    held = straddle_delta(price, years=1.0 / 6.0, **terms)
    cash = straddle_value(price, years=1.0 / 6.0, **terms) - held * price
    for step in range(1, steps + 1):
        noise = random.standard_normal(paths)
        price = price * np.exp(vol * HOUR**0.5 * noise - 0.5 * vol * vol * HOUR)
        gap = straddle_delta(price, years=1.0 / 6.0 - step * HOUR, **terms) - held
        trade = np.sign(gap) * np.maximum(np.abs(gap) - band, 0.0)
        held = held + trade
        cash = cash - trade * price - 5.5e-4 * np.abs(trade) * price
    left = straddle_value(price, years=1.0 / 6.0 - steps * HOUR, **terms)
    return cash + held * price - left


def policy_rows(*, quick: bool) -> Iterator[Row]:
    """The study against seconds, and its cost per rule, path and step against the loop."""
    paths, hours = (FEW_PATHS, FEW_HOURS) if quick else (PATHS, HOURS)
    count = FEW_THRESHOLDS if quick else THRESHOLDS
    policy(paths=FEW_PATHS, grid=Grid(thresholds=2, intervals=1))
    seconds, rules = [], 0
    for _run in range(1 if quick else RUNS):
        began = time.perf_counter()
        answer = policy("desk", {"steps": hours}, paths=paths, grid=Grid(thresholds=count))
        seconds.append(time.perf_counter() - began)
        rules = len(answer.simulated.points)
    best = min(seconds)
    began = time.perf_counter()
    numpy_desk(paths, hours)
    theirs = (time.perf_counter() - began) / (paths * hours) * 1e9
    ours = best / (rules * paths * hours) * 1e9
    verdict = Verdict.MET if best <= SECONDS else Verdict.MISSED
    yield Row(
        task=f"policy, {count} thresholds",
        size=f"{paths:,} × {hours:,}",
        peer=f"{rules} rules, cost curve",
        ours=f"{best:.1f} s",
        theirs="",
        ratio="",
        target=f"≤ {SECONDS:g} s",
        verdict=Verdict.NONE if quick else verdict,
    )
    yield Row(
        task="policy, per rule, path and step",
        size=f"{paths:,} × {hours:,}",
        peer="NumPy loop, one straddle",
        ours=f"{ours:.0f} ns",
        theirs=f"{theirs:.0f} ns",
        ratio=f"theirs/ours {theirs / ours:.1f}",
        target="",
        verdict=Verdict.NONE,
    )


def main() -> int:
    """Prints the rows; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.policy", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, no verdict")
    rows = list(policy_rows(quick=parser.parse_args().quick))
    table.console().print(table.as_table(rows))
    return 1 if any(row.verdict is Verdict.MISSED for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
