"""What hedging flow does to the price: a scenario on many paths, against the same shocks without hedging."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import DAYS_PER_YEAR
from shortgamma.feedback.engine import Progress, Run
from shortgamma.feedback.outcome import Outcome
from shortgamma.studies.document import plain
from shortgamma.studies.ensemble.ensemble import ensemble
from shortgamma.studies.ensemble.job import METHOD, Job
from shortgamma.studies.scenarios.books import HeldBook
from shortgamma.studies.scenarios.bundled import SCENARIOS
from shortgamma.studies.scenarios.scenario import Inputs, Scenario

Vector = NDArray[np.float64]

MOVES = (0.05, 0.10, 0.20)
"""Moves from the initial price whose probability is reported."""
SQUEEZE = 0.01
"""Log move that orders make in one step from which the path counts as squeezed."""
SNAPSHOTS, SNAPSHOTS_OF_ONE = 96, 960


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A figure over all paths.

    Args:
        value: Mean, probability or ratio.
        standard_error: Of it, from the paths.
    """

    value: float
    standard_error: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Simulation:
    """The answer, with the market that it rests on.

    Args:
        scenario: With all its figures.
        book: What hedgers hold.
        process: Exogenous price, in words.
        run: Paths and seed.
        steps: Of a path.
        horizon_days: Of a path.
        metrics: By name; ``…_without`` is the counterfactual, ``…_ratio`` the paired ratio.
        outcome: Figures of every path.
    """

    scenario: Scenario
    book: HeldBook
    process: str
    run: Run
    steps: int
    horizon_days: float
    metrics: Mapping[str, Metric]
    outcome: Outcome

    def to_dict(self) -> dict[str, object]:
        """The answer as ``--json`` prints it."""
        return {
            "scenario": self.scenario.name,
            "summary": self.scenario.summary,
            "method": METHOD,
            "paths": self.run.paths,
            "steps": self.steps,
            "seed": self.run.seed,
            "horizon_days": self.horizon_days,
            "process": self.process,
            "parameters": plain(self.scenario),
            "book": {
                "source": self.book.label,
                "options": len(self.book.options),
                "spot": self.book.spot,
                "gamma_usd_per_pct": self.book.gamma_usd_per_pct,
            },
            "metrics": {name: plain(metric) for name, metric in self.metrics.items()},
            "fan": fan(self.outcome),
        }


def job_of(scenario: Scenario, inputs: Inputs, *, paths: int, seed: int) -> Job:
    """A scenario on many paths, with what the fan chart and the time lines need."""
    shots = SNAPSHOTS if paths > 1 else SNAPSHOTS_OF_ONE
    keep = max(len(scenario.clock) // shots, 1)
    return Job(scenario=scenario, inputs=inputs, paths=paths, seed=seed, keep_every=keep)


def simulation(
    scenario: Scenario,
    inputs: Inputs | None = None,
    run: Run | None = None,
    *,
    progress: Progress | None = None,
) -> Simulation:
    """Simulates a scenario with and without hedging; all figures stay in memory.

    Args:
        scenario: The market.
        inputs: A measured book, a price history.
        run: Paths, seed, and how many work.
        progress: Hears the share of the work that was finished; the shares sum to 1.

    Raises:
        InputError: The figures contradict each other.
    """
    run = run or Run()
    job = job_of(scenario, inputs or Inputs(), paths=run.paths, seed=run.seed)
    with ensemble([job], workers=run.threads, progress=progress) as outcomes:
        return answer(job, outcomes[0])


def answer(job: Job, outcome: Outcome) -> Simulation:
    """What the outcome of a job says; its figures are read from where they stand when they are asked for."""
    clock = outcome.setup.clock
    return Simulation(
        scenario=job.scenario,
        book=job.scenario.held(job.inputs),
        process=outcome.setup.process.name,
        run=job.run,
        steps=len(clock),
        horizon_days=clock.horizon * DAYS_PER_YEAR,
        metrics=metrics_of(outcome),
        outcome=outcome,
    )


def scenario_from(name: str, given: Mapping[str, str] | None = None) -> Scenario:
    """The bundled scenario of that name with the figures of ``--set``.

    Raises:
        InputError: Unknown name or figure.
    """
    if name not in SCENARIOS:
        raise InputError(
            f"no scenario called {name!r}", place="SCENARIO", remedy=f"use {', '.join(SCENARIOS)}"
        )
    return SCENARIOS[name].parse(given or {})


def metrics_of(outcome: Outcome) -> dict[str, Metric]:
    """Every figure with its standard error."""
    market, quiet = outcome.market, outcome.quiet
    found = {
        "realised_vol": root(market["realised_variance"]),
        "realised_vol_without": root(quiet["realised_variance"]),
        "realised_vol_ratio": root_ratio(market["realised_variance"], quiet["realised_variance"]),
        **paired("max_move", largest(market), largest(quiet)),
        **paired("widest_step", market["widest_step"], quiet["widest_step"]),
        "squeeze_probability": mean(market["widest_push"] > SQUEEZE),
        "squeeze_probability_without": mean(quiet["widest_push"] > SQUEEZE),
    }
    for move in MOVES:
        name = f"{100 * move:g}pct"
        found |= paired(f"probability_up_{name}", *over(market, quiet, "highest", np.log1p(move)))
        found |= paired(f"probability_down_{name}", *over(market, quiet, "lowest", np.log1p(-move)))
    for name in ("halted", "collapsed"):
        found[f"{name}_probability"] = mean(market[name])
    found["dry_steps"] = mean(market["dry_steps"])
    for name in market:
        if name not in quiet or ": " in name or name.startswith("peak"):
            found |= participant(name, outcome)
    return found


def participant(name: str, outcome: Outcome) -> dict[str, Metric]:
    """A figure of an agent or a market, beside its counterfactual where there is one."""
    key = name.replace(": ", "_").replace(" ", "_")
    found = {key: mean(outcome.market[name])}
    if name in outcome.quiet:
        found[f"{key}_without"] = mean(outcome.quiet[name])
    return found


def largest(figures: Mapping[str, Vector]) -> Vector:
    """Largest move from the initial price in either direction, log."""
    return np.maximum(figures["highest"], -figures["lowest"])


def over(
    market: Mapping[str, Vector], quiet: Mapping[str, Vector], figure: str, level: float
) -> tuple[Vector, Vector]:
    """Where a figure passes a level, in the market and in the counterfactual."""
    side = np.sign(level)
    return tuple(
        (side * paths[figure] > side * level).astype(np.float64) for paths in (market, quiet)
    )


def mean(values: NDArray[Any]) -> Metric:
    """Mean and its standard error; one path has none."""
    data = np.asarray(values, dtype=np.float64)
    error = float(data.std(ddof=1) / np.sqrt(data.size)) if data.size > 1 else np.nan
    return Metric(value=float(data.mean()), standard_error=error)


def root(squares: Vector) -> Metric:
    """√mean, its error by the delta method."""
    inner = mean(squares)
    value = float(np.sqrt(inner.value))
    error = 0.5 * inner.standard_error / value if value > 0.0 else 0.0
    return Metric(value=value, standard_error=error)


def ratio(above: Vector, below: Vector) -> Metric:
    """Ratio of means of paired values, its error by the delta method; NaN where the second mean is 0."""
    bottom = float(below.mean())
    if bottom == 0.0:
        return Metric(value=np.nan, standard_error=np.nan)
    value = float(above.mean()) / bottom
    error = mean(above - value * below).standard_error / abs(bottom)
    return Metric(value=value, standard_error=error)


def root_ratio(above: Vector, below: Vector) -> Metric:
    """√(ratio of means)."""
    inner = ratio(above, below)
    value = float(np.sqrt(inner.value))
    error = 0.5 * inner.standard_error / value if value > 0.0 else 0.0
    return Metric(value=value, standard_error=error)


def paired(name: str, market: Vector, quiet: Vector) -> dict[str, Metric]:
    """A figure, its counterfactual, and their ratio."""
    return {
        name: mean(market),
        f"{name}_without": mean(quiet),
        f"{name}_ratio": ratio(market, quiet),
    }


LEVELS = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
"""Quantiles of the fan."""


def fan(outcome: Outcome) -> dict[str, object] | None:
    """Quantiles of the price over time, USD, with and without hedging; None where no prices were kept."""
    kept = outcome.log_prices
    if not len(kept):
        return None
    steps = outcome.keep_every * np.arange(1, len(kept) + 1)
    times = outcome.setup.clock.times[steps] * 365.0
    prices = outcome.setup.spot * np.exp(np.quantile(kept, LEVELS, axis=2))
    return {
        "days": [0.0, *times.tolist()],
        "quantiles": list(LEVELS),
        "with_hedging": quantile_rows(prices[:, :, 0], outcome.setup.spot),
        "without_hedging": quantile_rows(prices[:, :, 1], outcome.setup.spot),
    }


def quantile_rows(prices: NDArray[np.float64], spot: float) -> list[list[float]]:
    """One row per quantile, beginning at the initial price."""
    return [[spot, *row] for row in prices.tolist()]
