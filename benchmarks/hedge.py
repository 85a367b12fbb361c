"""``python -m benchmarks.hedge [--quick]``: the optimiser on a thousand options, against SciPy alone.

The peer is the same linear program written down without scales and solved by ``scipy.optimize.linprog``:
what the scaling, the checks and the prices of ours cost on top. Lots and legs have no peer; they are
judged against seconds, and their gap is shown.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from benchmarks import table
from benchmarks.table import Row, Verdict
from benchmarks.timing import Spread, spread
from shortgamma.exposure.unit import unit_exposure
from shortgamma.hedging.optimiser.problem import Band, Ceiling, Instruments, Problem
from shortgamma.hedging.optimiser.solution import Solution, solve
from shortgamma.market.options import OptionSeries, expiry_of
from shortgamma.market.revaluation import RelativeVol, delta_one_pnl, option_pnl, shock_grid

Vector = NDArray[np.float64]

SPOT = 60_000.0
OPTIONS, FEW_OPTIONS = 1_000, 60
RUNS, FEW_RUNS = 5, 1
LINEAR_SECONDS, WHOLE_SECONDS = 0.2, 5.0
LEGS, LOT = 6, 0.1
MOVES = (-0.3, -0.2, -0.1, 0.0, 0.1, 0.2, 0.3)
GRID = shock_grid(MOVES, [RelativeVol(shift) for shift in (-0.25, -0.1, 0.0, 0.2, 0.5)])
"""35 cells."""


def random_options(count: int, seed: int) -> OptionSeries:
    """Options of six expiries around the money."""
    rng = np.random.default_rng(seed)
    years = rng.choice([3.0, 10.0, 30.0, 60.0, 120.0, 240.0], count) / 365.0
    width = rng.normal(0.0, 0.7, count) * np.sqrt(years)
    return OptionSeries(
        instrument=np.array([f"O-{index}" for index in range(count)], dtype=object),
        is_call=rng.random(count) < 0.5,
        strike=np.round(SPOT * np.exp(width), -2),
        expiry=expiry_of(0, years),
        years=years,
        forward=np.full(count, SPOT),
        vol=0.5 + 0.1 * rng.random(count),
        rate=np.zeros(count),
        is_inverse=np.zeros(count, dtype=np.bool_),
    )


def problem(count: int, *, seed: int, sizes: bool = True) -> Problem:
    """A book short ten options that has to give up four fifths of its Greeks and half of its worst loss."""
    options, rng = random_options(count, seed), np.random.default_rng(seed + 1)
    unit = unit_exposure(options)
    held = np.zeros(count)
    held[rng.choice(count, 10, replace=False)] = -rng.uniform(20.0, 100.0, 10)
    cells = option_pnl(options, GRID)
    slopes = {
        "delta": np.append(unit.delta_usd / SPOT, 1.0),
        "gamma": np.append(unit.gamma_usd_per_pct, 0.0),
        "vega": np.append(unit.vega_usd_per_point, 0.0),
    }
    limits = [band(name, slope, float(slope[:-1] @ held)) for name, slope in slopes.items()]
    loss = -cells @ held
    slope = -np.column_stack([cells, delta_one_pnl(SPOT, GRID)])
    worst = Ceiling(name="worst", start=loss, slope=slope, most=0.5 * float(loss.max()))
    return Problem(
        instruments=instruments(count, rng, sizes=sizes),
        limits=(*limits, worst),
        unit=float(np.abs(held).max()),
    )


def band(name: str, slope: Vector, start: float) -> Band:
    """A fifth of what the book has, either side."""
    most = max(0.2 * abs(start), 1.0)
    return Band(name=name, start=start, slope=slope, low=-most, high=most)


def instruments(count: int, rng: np.random.Generator, *, sizes: bool) -> Instruments:
    """Half-spreads of some dollars, and sizes where they are known."""
    cost = np.append(rng.uniform(10.0, 200.0, count), 0.0)
    most = np.append(rng.uniform(1.0, 50.0, count) if sizes else np.full(count, 1e6), 1e6)
    return Instruments(
        names=tuple(f"O-{index}" for index in range(count + 1)),
        buy_cost=cost,
        sell_cost=cost,
        most_bought=most,
        most_sold=most,
        lot=np.zeros(count + 1),
    )


def by_scipy(task: Problem) -> float:
    """The smallest cost by a plain program, USD."""
    rows, room = zip(
        *(limit.rows() for limit in task.limits if hasattr(limit, "rows")), strict=True
    )
    matrix = np.vstack(rows)
    market = task.instruments
    bounds = np.column_stack(
        [np.zeros(2 * len(market)), np.concatenate([market.most_bought, market.most_sold])]
    )
    cost = np.concatenate([market.buy_cost, market.sell_cost])
    found = linprog(
        cost, A_ub=np.hstack([matrix, -matrix]), b_ub=np.concatenate(room), bounds=bounds
    )
    return float(found.fun)


def hedge_rows(*, quick: bool) -> Iterator[Row]:
    """The linear problem against SciPy alone, then lots and legs against seconds."""
    count, runs = (FEW_OPTIONS, FEW_RUNS) if quick else (OPTIONS, RUNS)
    tasks = [problem(count, seed=seed) for seed in range(runs)]
    yield linear_row(tasks, judged=not quick)
    lots = [with_lots(task) for task in tasks]
    yield whole_row("hedge, lots", lots, judged=not quick)
    legs = [replace(problem(count, seed=seed, sizes=False), most_legs=LEGS) for seed in range(runs)]
    yield whole_row(f"hedge, {LEGS} legs", legs, judged=not quick)
    sized = [replace(task, most_legs=LEGS) for task in tasks]
    yield whole_row(f"hedge, {LEGS} legs, sizes", sized, judged=not quick)


def with_lots(task: Problem) -> Problem:
    """The same in whole lots."""
    lot = np.full(len(task.instruments), LOT)
    return replace(task, instruments=replace(task.instruments, lot=lot))


def timed(call: Callable[[], object]) -> tuple[float, object]:
    """Seconds, and what came out."""
    began = time.perf_counter()
    found = call()
    return time.perf_counter() - began, found


def linear_row(tasks: list[Problem], *, judged: bool) -> Row:
    """Ours and SciPy's in turns on the same problems."""
    solve(tasks[0])
    pairs = [(timed(lambda t=task: solve(t)), timed(lambda t=task: by_scipy(t))) for task in tasks]
    mine, theirs = (spread([pair[side][0] for pair in pairs]) for side in (0, 1))
    ratio = spread([pair[0][0] / pair[1][0] for pair in pairs])
    costs = [(solve(task).cost_usd, by_scipy(task)) for task in tasks]
    worst = max(cost / other - 1.0 for cost, other in costs)
    return Row(
        task="hedge, linear",
        size=f"{len(tasks[0].instruments):,}",
        peer="scipy linprog, no scales",
        ours=f"{1e3 * mine.median:.1f} ms",
        theirs=f"{1e3 * theirs.median:.1f} ms",
        ratio=f"ours/theirs {ratio.median:.2f} ± {ratio.mad:.2f}, cost {worst:+.1e}",
        target=f"≤ {LINEAR_SECONDS:g} s",
        verdict=verdict(mine, LINEAR_SECONDS, judged=judged),
    )


def whole_row(task: str, tasks: list[Problem], *, judged: bool) -> Row:
    """Seconds and gaps of problems in lots or few legs."""
    done = [timed(lambda t=each: solve(t)) for each in tasks]
    seconds = spread([each[0] for each in done])
    slowest = max(each[0] for each in done)
    found = [each[1] for each in done if isinstance(each[1], Solution)]
    words = ", ".join(f"{f.status.value} {100.0 * f.gap:.2g} %" for f in found)
    return Row(
        task=task,
        size=f"{len(tasks[0].instruments):,}",
        peer="",
        ours=f"{seconds.median:.2f} s, at most {slowest:.2f} s",
        theirs="",
        ratio=f"gaps: {words}",
        target=f"≤ {WHOLE_SECONDS:g} s",
        verdict=verdict(Spread(slowest, 0.0), WHOLE_SECONDS, judged=judged),
    )


def verdict(seconds: Spread, target: float, *, judged: bool) -> Verdict:
    """Whether a time is short enough."""
    if not judged:
        return Verdict.NONE
    return Verdict.MET if seconds.median <= target else Verdict.MISSED


def main() -> int:
    """Prints the rows; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hedge", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, no verdict")
    rows = list(hedge_rows(quick=parser.parse_args().quick))
    table.console().print(table.as_table(rows))
    return 1 if any(row.verdict is Verdict.MISSED for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
