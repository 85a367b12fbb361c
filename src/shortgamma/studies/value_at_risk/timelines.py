"""Where scenarios come from, and the backtests of every method."""

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.units import NANOSECONDS_PER_YEAR
from shortgamma.feedback.processes.process import Process
from shortgamma.market.history import PriceHistory
from shortgamma.risk.backtests.backtest import Backtest, backtest
from shortgamma.risk.backtests.rolling import RollingForecast, rolling
from shortgamma.risk.tails.filters import FILTERS
from shortgamma.risk.tails.revaluation import Revaluation, pnl_curve
from shortgamma.risk.tails.scenarios import Filtered, Historical, Normal, Scenarios, Simulated
from shortgamma.studies.scenarios.exogenous import ProcessChoice
from shortgamma.studies.value_at_risk.answer import DELTA, DELTA_GAMMA, Timeline
from shortgamma.studies.value_at_risk.question import Horizon, TailQuestion

Vector = NDArray[np.float64]

FITTED_VOL: Final = 1.0
"""Stands in for a vol that the fit replaces."""
BACKTEST_PATHS: Final = 2_000
"""Simulated moves of a forecast in a backtest, at most."""
NORMAL: Final = "normal"
ALWAYS: Final = frozenset({"historical", "filtered-historical"})
"""Methods that are tested whatever was asked for."""


def scenario_sources(question: TailQuestion, horizon: Horizon) -> dict[str, Scenarios]:
    """Every method that revalues in full, by name."""
    years = horizon.history.bar_years
    choice = ProcessChoice(name=question.process, parameters={})

    def process(moves: Vector) -> Process:
        return choice.make(vol=FITTED_VOL, history=history_of(moves, years))

    found: tuple[Scenarios, ...] = (
        Historical(steps=horizon.steps),
        Filtered(
            fit=FILTERS[question.vol_filter],
            steps=horizon.steps,
            paths=question.paths,
            seed=question.seed,
        ),
        Simulated(
            fit=process,
            years=years,
            steps=horizon.steps,
            paths=question.paths,
            seed=question.seed,
        ),
    )
    return {source.name: source for source in found}


def history_of(moves: Vector, bar_years: float) -> PriceHistory:
    """Moves as a price history without gaps, which is what a fit reads."""
    bar = round(bar_years * NANOSECONDS_PER_YEAR)
    path = np.concatenate([[0.0], np.cumsum(moves)])
    return PriceHistory(
        underlying="",
        stamp=bar * np.arange(path.size, dtype=np.int64),
        close=np.exp(path - path.mean()),
    )


def timelines(
    question: TailQuestion, horizon: Horizon, *, revaluation: Revaluation, window: int
) -> tuple[dict[str, Timeline], float]:
    """Backtests: of what was asked for, of the two cheap methods, and of the approximations.

    Returns:
        By method; and the largest error of the curve that stands in for full revaluation, USD.

    Raises:
        InputError: The history is too short.
    """
    fewer = replace(question, paths=min(question.paths, BACKTEST_PATHS))
    sources = scenario_sources(fewer, horizon)
    wanted = {
        name: source for name, source in sources.items() if name in {*ALWAYS, question.method}
    }
    moves, steps = horizon.history.log_returns, horizon.steps
    rolled = {
        name: rolling(source, moves, window=window, steps=steps)
        for name, source in {**wanted, NORMAL: Normal(steps=steps)}.items()
    }
    curve = pnl_curve(revaluation, np.concatenate([each.span for each in rolled.values()]))
    local = revaluation.local()
    valued = {name: rolled[name].valued(curve, curve) for name in wanted}
    valued[DELTA_GAMMA] = rolled[NORMAL].valued(local.quadratic, curve)
    valued[DELTA] = rolled[NORMAL].valued(local.linear, curve)
    found = {
        name: Timeline(
            forecast=forecast,
            tests=tuple(tests_of(forecast, level, question.seed) for level in question.levels),
        )
        for name, forecast in valued.items()
    }
    return found, curve.error


def tests_of(forecast: RollingForecast, level: float, seed: int) -> Backtest:
    """Every test of one level."""
    var, es = forecast.tails(level)
    return backtest(
        forecast.losses, var, es=es, level=level, scenarios=forecast.scenarios, seed=seed
    )
