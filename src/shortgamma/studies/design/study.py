"""Runs a comparison of designs: spreads are committed on training paths, then all designs run on others."""

import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import fields
from multiprocessing import get_context
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import UnavailableError
from shortgamma.feedback.engine import Run, simulate_all, weighted
from shortgamma.studies.design.answer import DesignAnswer, FairPlay, SetAnswer
from shortgamma.studies.design.fair import committed_spreads
from shortgamma.studies.design.figures import PoolPaths, differences, estimates, figures_of
from shortgamma.studies.design.question import DesignQuestion
from shortgamma.studies.design.shocks import ShockSet
from shortgamma.studies.ensemble.ensemble import PROCESSES_PAY
from shortgamma.studies.policies.best import bootstrap_weights

Matrix = NDArray[np.float64]
Told = Callable[[float], None] | None

SetRun = tuple[dict[str, PoolPaths], dict[str, float]]
"""Paths of every design, and the half-spreads that they were given, by name."""
SET_SEED = 2**33
"""Between the seeds of two markets."""
LARGEST_BLOCK = 1_000
"""Paths whose books stay in the cache."""

ALL = ShockSet(name="all", summary="every market, each path counting the same", figures={})


def design(question: DesignQuestion, *, progress: Told = None, offset: int = 0) -> DesignAnswer:
    """Compares designs under the same shocks.

    Args:
        question: Designs, markets, paths.
        progress: Hears the share of the work that was finished; the shares sum to 1.
        offset: Added to every seed, for paths that another comparison does not use.

    Raises:
        InputError: A figure of the scenario is out of range.
    """
    done = every_set(question, offset, progress)
    runs, spreads = [found for found, _spreads in done], [committed for _found, committed in done]
    pooled = {name: joined([run[name] for run in runs]) for name in runs[0]}
    mean_spread = {
        name: float(np.mean([committed[name] for committed in spreads])) for name in pooled
    }
    return DesignAnswer(
        question=question,
        sets=tuple(
            set_answer(question, shocks, run, committed)
            for shocks, run, committed in zip(question.sets, runs, spreads, strict=True)
        ),
        pooled=set_answer(question, ALL, pooled, mean_spread),
    )


def every_set(question: DesignQuestion, offset: int, progress: Told) -> list[SetRun]:
    """All markets in their order: one process each where there is much to do, else one after the other.

    Raises:
        UnavailableError: A process died.
    """
    count = len(question.sets)
    share = weighted(progress, 1.0 / count)
    if question.threads == 1 or count == 1 or question.work < PROCESSES_PAY:
        return [one_set(question, place, offset, share) for place in range(count)]
    context = get_context("forkserver" if sys.platform == "linux" else "spawn")
    workers = min(question.threads, count)
    try:
        with ProcessPoolExecutor(workers, mp_context=context) as pool:
            futures = [pool.submit(one_set, question, place, offset) for place in range(count)]
            for _ in as_completed(futures):
                if share is not None:
                    share(1.0)
            return [future.result() for future in futures]
    except BrokenProcessPool:
        raise UnavailableError(
            "--workers: a worker died — use one if memory is short; a script of your own starts under: "
            "if __name__ == '__main__'"
        ) from None


def one_set(question: DesignQuestion, place: int, offset: int, progress: Told = None) -> SetRun:
    """Every design in one market, and the spreads that were committed before.

    Args:
        question: What is compared.
        place: Of the market; each has seeds of its own.
        offset: Added to the seeds.
        progress: Hears the share that was finished.
    """
    shocks, offset = question.sets[place], offset + place * SET_SEED
    own = {each.name: each.pricing.spread_points for each in question.designs}
    training = 0.5 if question.equal_volume else 0.0
    spreads = (
        committed_spreads(question, shocks, progress=weighted(progress, training), offset=offset)
        if question.equal_volume
        else own
    )
    run = Run(paths=question.paths, seed=question.seed + offset, threads=1, block=LARGEST_BLOCK)
    outcomes = simulate_all(
        list(question.setups(shocks, spreads).values()),
        run,
        progress=weighted(progress, 1.0 - training),
    )
    market = question.market_of(shocks)
    found = {
        each.name: PoolPaths.of(
            outcome, volume_per_step=market.volume_per_step, capital_usd=market.capital_usd
        )
        for each, outcome in zip(question.designs, outcomes, strict=True)
    }
    return found, spreads


def joined(parts: Sequence[PoolPaths]) -> PoolPaths:
    """The paths of several markets one after the other."""
    values: dict[str, Any] = {
        item.name: np.concatenate([getattr(part, item.name) for part in parts])
        for item in fields(PoolPaths)
    }
    return PoolPaths(**values)


def set_answer(
    question: DesignQuestion,
    shocks: ShockSet,
    runs: Mapping[str, PoolPaths],
    spreads: Mapping[str, float],
) -> SetAnswer:
    """Figures, differences on the same draws, and whether the comparison is fair."""
    first = question.designs[0].name
    weights = bootstrap_weights(len(runs[first].pnl), block=1, seed=question.seed)
    figures = {name: figures_of(paths, weights) for name, paths in runs.items()}
    base = figures[first]
    fair = {
        name: FairPlay(
            spread_points=spreads[name],
            volume_ratio=float(own["notional_usd"][0] / base["notional_usd"][0]),
            cost_ratio=float(own["trader_cost_points"][0] / base["trader_cost_points"][0]),
        )
        for name, own in figures.items()
    }
    return SetAnswer(
        shocks=shocks,
        designs={name: estimates(own) for name, own in figures.items()},
        differences={
            name: differences(own, base) for name, own in figures.items() if name != first
        },
        fair=fair,
    )
