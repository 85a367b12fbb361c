"""The answer: figures by method and level, backtests, tail, and what it rests on."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.time import format_stamp
from shortgamma.market.book import Book
from shortgamma.market.history import describe_bar
from shortgamma.risk.backtests.backtest import Backtest
from shortgamma.risk.backtests.rolling import RollingForecast
from shortgamma.risk.tails.exponent import TailExponent
from shortgamma.risk.tails.figures import TailFigures
from shortgamma.risk.tails.pareto import ParetoTail
from shortgamma.risk.tails.quadratic import QuadraticForm
from shortgamma.studies.document import plain, plain_mapping
from shortgamma.studies.value_at_risk.question import Horizon, TailQuestion

METHOD = "1"
"""Version of the method; a stored result with another one is not comparable."""
Vector = NDArray[np.float64]

FULL, APPROXIMATION, EXTRAPOLATION = "full revaluation", "approximation", "extrapolation"
DELTA, DELTA_GAMMA, CORNISH_FISHER, PARETO = "delta", "delta-gamma", "cornish-fisher", "pareto"


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodRow:
    """Figures of one method.

    Args:
        name: ``historical``, …, ``delta``.
        kind: ``full revaluation``, ``approximation`` or ``extrapolation`` of the losses' tail.
        figures: One per level.
        ratios: VaR over that of delta alone, one per level; NaN where that is 0.
    """

    name: str
    kind: str
    figures: tuple[TailFigures, ...]
    ratios: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Timeline:
    """The backtest of one method.

    Args:
        forecast: Day by day.
        tests: One per level.
    """

    forecast: RollingForecast
    tests: tuple[Backtest, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TailRisk:
    """What a book may lose over a horizon.

    Args:
        book: Holdings.
        question: What was asked.
        horizon: With the prices.
        rows: Figures by method.
        losses: Of the scenarios of each fully revalued method, USD, sorted ascending.
        deviation: Of the relative move over the horizon, decimal, as the approximations take it.
        form: The quadratic approximation under normal moves.
        expansion_increases: False where Cornish–Fisher is no law at these moments.
        exponent: Tail of the moves; None where too few are known.
        pareto: Tail of the losses; None where too few are known.
        timelines: Backtests by method.
        window: Moves that a forecast of the backtest knows.
        curve_error: Largest error of the curve that revalues the backtest, USD.
        theta_usd: What passing time alone earns over the horizon, USD; part of the figures where maturities
            age, and of none where they are held.
        warnings: What a reader has to know.
    """

    book: Book
    question: TailQuestion
    horizon: Horizon
    rows: tuple[MethodRow, ...]
    losses: Mapping[str, Vector]
    deviation: float
    form: QuadraticForm
    expansion_increases: bool
    exponent: TailExponent | None
    pareto: ParetoTail | None
    timelines: Mapping[str, Timeline]
    window: int
    curve_error: float
    theta_usd: float
    warnings: tuple[str, ...]

    def row(self, name: str) -> MethodRow | None:
        """Figures of a method; None where there are none."""
        return next((row for row in self.rows if row.name == name), None)

    @property
    def main(self) -> MethodRow:
        """Figures of the method that was asked for."""
        return next(row for row in self.rows if row.name == self.question.method)

    @property
    def timeline(self) -> Timeline:
        """Backtest of the method that was asked for."""
        return self.timelines[self.question.method]

    def to_dict(self) -> dict[str, object]:
        """The answer as ``--json`` prints it; the first level's figures stand on top as well."""
        levels = [self.level_document(place) for place in range(len(self.question.levels))]
        history = self.horizon.history
        first, last = (format_stamp(int(stamp)) for stamp in history.stamp[[0, -1]])
        return {
            **levels[0],
            "levels": levels,
            "version": METHOD,
            "asof": None if self.book.asof is None else format_stamp(self.book.asof),
            "underlying": self.book.underlying,
            "spot": self.book.spot,
            "holdings": len(self.book),
            "horizon_days": self.horizon.days,
            "bar": describe_bar(history.bar),
            "moves": int(history.log_returns.size),
            "first": first,
            "last": last,
            "window": self.window,
            "deviation": self.deviation,
            "response": self.question.response,
            "maturities": self.question.maturities,
            "vol_filter": self.question.vol_filter,
            "process": self.question.process,
            "theta_usd": plain(self.theta_usd),
            "curve_error_usd": plain(self.curve_error),
            "quadratic": self.form_document(),
            "tail_exponent": self.exponent_document(),
            "pareto": None if self.pareto is None else plain_mapping(self.pareto),
            "warnings": list(self.warnings),
        }

    def level_document(self, place: int) -> dict[str, object]:
        """Everything about one level."""
        figures = self.main.figures[place]
        return {
            "level": figures.level,
            "var": plain(figures.var),
            "es": plain(figures.es),
            "method": self.question.method,
            "backtest": plain_mapping(self.timeline.tests[place]),
            "methods": {
                row.name: {
                    "kind": row.kind,
                    "var": plain(row.figures[place].var),
                    "es": plain(row.figures[place].es),
                    "ratio_to_delta": plain(row.ratios[place]),
                    "status": status_of(row.figures[place]),
                }
                for row in self.rows
            },
            "backtests": {
                name: plain_mapping(line.tests[place]) for name, line in self.timelines.items()
            },
        }

    def form_document(self) -> dict[str, object]:
        """The quadratic approximation as plain values."""
        moves = self.form.deviation > 0.0
        return {
            "constant_usd": self.form.constant,
            "linear_usd": float(self.form.linear[0]),
            "curvature_usd": float(self.form.curvature[0]),
            "skewness": self.form.skewness if moves else None,
            "excess_kurtosis": self.form.excess_kurtosis if moves else None,
            "cornish_fisher_increases": self.expansion_increases,
        }

    def exponent_document(self) -> dict[str, object] | None:
        """The tail exponent as plain values."""
        if self.exponent is None:
            return None
        return {
            **plain_mapping(self.exponent),
            "interval": list(self.exponent.interval),
            "has_kurtosis": self.exponent.has_kurtosis,
        }


def status_of(figures: TailFigures) -> str:
    """Why a figure is missing, or ``ok``."""
    if math.isnan(figures.var):
        return "the level is not beyond the threshold"
    return "ok" if math.isfinite(figures.es) else "the tail is too heavy for a mean"


def ratio_to(figures: TailFigures, delta: TailFigures) -> float:
    """VaR over that of delta alone; NaN where that is 0, or nothing but rounding of the other."""
    if abs(delta.var) <= 1e-9 * abs(figures.var):
        return math.nan
    return figures.var / delta.var
