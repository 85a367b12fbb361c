"""The answer of a comparison of policies."""

from dataclasses import dataclass
from typing import cast

import numpy as np

from shortgamma.basics.time import format_stamp
from shortgamma.basics.units import DAYS_PER_YEAR
from shortgamma.hedging.bands import HedgingProblem
from shortgamma.studies.document import plain
from shortgamma.studies.ensemble.job import METHOD
from shortgamma.studies.policies.best import Best
from shortgamma.studies.policies.candidates import Candidate
from shortgamma.studies.policies.results import FrontierPoint, PathResults
from shortgamma.studies.policies.volatility import CostCurve
from shortgamma.studies.scenarios.books import HeldBook
from shortgamma.studies.scenarios.scenario import Scenario


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Comparison:
    """All policies on one set of paths.

    Args:
        process: Exogenous price, in words.
        paths: How many.
        block: Paths that overlap with one another; 1 = none do.
        recorded: First and last stamp of the recorded prices, UTC nanoseconds; None where paths are drawn.
        realised_vol: Of the price where nobody hedges, decimal.
        points: In the order in which they were tried.
        best: Of every family, the best family first.
        results: Of every point, path by path.
    """

    process: str
    paths: int
    block: int
    recorded: tuple[int, int] | None
    realised_vol: float
    points: tuple[FrontierPoint, ...]
    best: tuple[Best, ...]
    results: tuple[PathResults, ...]

    @property
    def chosen(self) -> FrontierPoint:
        """The policy with the least cost + (a/2)·variance."""
        return self.of(self.best[0].candidate)

    def of(self, candidate: Candidate) -> FrontierPoint:
        """The figures of a policy."""
        return next(point for point in self.points if point.candidate == candidate)

    def results_of(self, candidate: Candidate) -> PathResults:
        """Its figures path by path."""
        at = [point.candidate for point in self.points].index(candidate)
        return self.results[at]

    def to_dict(self) -> dict[str, object]:
        """As ``--json`` prints it."""
        return {
            "process": self.process,
            "paths": self.paths,
            "recorded": None if self.recorded is None else [*map(format_stamp, self.recorded)],
            "realised_vol": self.realised_vol,
            "frontier": [plain(point.to_dict()) for point in self.points],
            "best": plain(self.best[0].to_dict()),
            "best_of_each": [plain(best.to_dict()) for best in self.best],
            "attribution": attribution(self.chosen),
        }


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PolicyComparison:
    """The answer, with the market that it rests on.

    Args:
        scenario: With all its figures.
        book: What is hedged.
        hedger: Its name in the market.
        steps: Of a path.
        horizon_days: Of a path.
        seed: Of all draws.
        problem: The book and its costs at the start, as theory sees them.
        simulated: On paths of the process.
        replayed: On windows of the recorded prices; None where there are none.
        curves: Cost of re-hedging against volatility.
    """

    scenario: Scenario
    book: HeldBook
    hedger: str
    steps: int
    horizon_days: float
    seed: int
    problem: HedgingProblem
    simulated: Comparison
    replayed: Comparison | None
    curves: tuple[CostCurve, ...]

    @property
    def theta(self) -> float:
        """Gamma of the book over depth, negative = short; infinite where there is no depth."""
        gamma, depth = self.book.gamma_usd_per_pct, self.scenario.depth_usd_per_pct
        return gamma / depth if depth > 0.0 else float(np.copysign(np.inf, gamma))

    @property
    def step_wander(self) -> float:
        """Coins by which the delta of the book at the start moves in a step, a standard deviation."""
        years = self.horizon_days / DAYS_PER_YEAR / self.steps
        return self.problem.delta_vol * years**0.5

    def to_dict(self) -> dict[str, object]:
        """The answer as ``--json`` prints it."""
        problem = self.problem
        document: dict[str, object] = {
            "scenario": self.scenario.name,
            "summary": self.scenario.summary,
            "method": METHOD,
            "seed": self.seed,
            "steps": self.steps,
            "horizon_days": self.horizon_days,
            "parameters": plain(self.scenario),
            "book": {
                "source": self.book.label,
                "options": len(self.book.options),
                "spot": self.book.spot,
                "gamma_usd_per_pct": self.book.gamma_usd_per_pct,
                "theta": self.theta,
            },
            "risk_aversion": problem.risk_aversion,
            "cost_fraction": problem.cost,
            "theory_band": problem.best_band[0],
            "step_wander": self.step_wander,
            **self.simulated.to_dict(),
            "replayed": None if self.replayed is None else self.replayed.to_dict(),
            "cost_against_vol": [curve_document(curve) for curve in self.curves],
        }
        return cast("dict[str, object]", plain(document))


def attribution(point: FrontierPoint) -> dict[str, object]:
    """Where a policy's mean result comes from."""
    return {
        "policy": point.candidate.text,
        "parts": {name: plain(part) for name, part in point.parts.items()},
        "pnl": plain(point.pnl),
        "largest_error": point.gap,
    }


def curve_document(curve: CostCurve) -> dict[str, object]:
    """One policy's costs at several vols."""
    law = curve.law
    return {
        "policy": curve.candidate.family,
        "set": curve.candidate.text,
        "vol": list(curve.vol),
        "cost": [metric.value for metric in curve.cost],
        "cost_standard_error": [plain(metric.standard_error) for metric in curve.cost],
        "law": None
        if law is None
        else {**cast("dict[str, object]", plain(law)), "exponential": law.is_exponential},
    }
