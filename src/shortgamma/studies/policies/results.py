"""What a policy cost and what risk it left, path by path and in figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shortgamma.feedback.outcome import Outcome
from shortgamma.studies.policies.candidates import Candidate
from shortgamma.studies.simulation import Metric, mean

Vector = NDArray[np.float64]

TAIL = 0.975
"""Level of the expected shortfall."""
HELD_PARTS: Final = (
    "gamma_usd",
    "theta_usd",
    "vega_usd",
    "delta_usd",
    "execution_usd",
    "basis_usd",
)
"""What the book and its hedge earned."""
TRADING_PARTS: Final = ("spread_usd", "fees_usd", "slippage_usd", "gas_usd")
"""What re-hedging cost, negative = paid."""
CARRY_PARTS: Final = ("funding_usd", "margin_usd", "haircut_usd")
"""What holding the hedge cost, negative = paid."""
PARTS: Final = (*HELD_PARTS, *TRADING_PARTS, *CARRY_PARTS)
"""They sum to the result."""
BOOK_PARTS: Final = ("gamma_usd", "theta_usd", "vega_usd")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PathResults:
    """A hedger's figures on every path, USD, shape (paths,); positive = earned, costs positive = paid.

    Args:
        parts: By name, see :data:`PARTS`; they sum to ``pnl``.
        pnl: Result of book and hedge.
        carry: Cost of holding the hedge, less that of the first hedge where it is left alone.
        impact: What its own trades cost by moving the price: what the book would have earned on the prices
            without its hedging, less what the book, the execution and the unhedged delta earned on the
            moves that orders made.
        trades: How many.
        worst_hour: Worst change of the result within an hour of the clock; NaN where it was not watched.
    """

    parts: Mapping[str, Vector]
    pnl: Vector
    carry: Vector
    impact: Vector
    trades: Vector
    worst_hour: Vector

    @property
    def rebalancing(self) -> Vector:
        """Cost of trading: spread, fees, slippage, gas and own impact."""
        return self.impact - total(self.parts, TRADING_PARTS)

    @property
    def cost(self) -> Vector:
        """Cost of re-hedging: of trading, and of holding another hedge than the first one."""
        return self.rebalancing + self.carry

    @property
    def gap(self) -> float:
        """Largest |sum of the parts − result| over the largest part or result, all paths."""
        scale = np.abs(np.array([*self.parts.values(), self.pnl])).max()
        error = float(np.abs(total(self.parts, PARTS) - self.pnl).max())
        return error / scale if scale > 0.0 else 0.0


def total(parts: Mapping[str, Vector], names: Sequence[str]) -> Vector:
    """Sum of some parts."""
    return np.array([parts[name] for name in names]).sum(axis=0)


def results_of(outcome: Outcome, label: str, quiet: Mapping[str, Vector] | None) -> PathResults:
    """The figures of one hedger.

    Args:
        outcome: Of its market.
        label: Its name.
        quiet: Its parts in the same market where it does not hedge; None for that market itself.
    """
    prefix = f"{label}: "
    own = {k.removeprefix(prefix): v for k, v in outcome.market.items() if k.startswith(prefix)}
    pnl = own["pnl_usd"]
    nothing = np.zeros_like(pnl)
    parts = {name: own.get(name, nothing) for name in PARTS}
    impact, carry = nothing, nothing
    if quiet is not None:
        carry = total(quiet, CARRY_PARTS) - total(parts, CARRY_PARTS)
        moved = parts["execution_usd"] + parts["basis_usd"] + own["push_usd"]
        impact = total(quiet, BOOK_PARTS) - total(parts, BOOK_PARTS) - moved
    return PathResults(
        parts=parts,
        pnl=pnl,
        carry=carry,
        impact=impact,
        trades=own.get("trades", nothing + len(outcome.setup.clock)),
        worst_hour=own.get("worst_hour_usd", nothing + np.nan),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontierPoint:
    """One policy in figures, over the whole run.

    Args:
        candidate: The policy.
        cost: Mean cost of trading with own impact, and of the hedge's carry against that of the first hedge
            left alone, USD; so not to re-hedge costs nothing.
        std: Standard deviation of the result, USD.
        es: Mean loss in the worst 2.5 % of paths, USD, positive = loss.
        pnl: Mean result, USD.
        score: Mean cost + (a/2)·variance of the result, USD.
        trades: Mean number of trades.
        worst_hour: Mean over paths of the worst hour, USD, negative = loss; None where not watched.
        worst_hour_of_all: The worst of all.
        worst_path: Lowest result of all paths, USD.
        impact: Mean cost of its own trades moving the price, USD; contained in ``cost``.
        parts: Mean of every part of the result, USD; they sum to ``pnl``.
        gap: Largest relative error of parts against result.
        is_efficient: True where no other policy is both cheaper and less risky.
    """

    candidate: Candidate
    cost: Metric
    std: Metric
    es: Metric
    pnl: Metric
    score: float
    trades: Metric
    worst_hour: Metric | None
    worst_hour_of_all: float | None
    worst_path: float
    impact: Metric
    parts: Mapping[str, Metric]
    gap: float
    is_efficient: bool

    def to_dict(self) -> dict[str, object]:
        """As ``--json`` prints it."""
        figures = {name: getattr(self, name).value for name in ("cost", "std", "es", "trades")}
        errors = {
            f"{name}_standard_error": getattr(self, name).standard_error
            for name in ("cost", "std", "es")
        }
        return {
            "policy": self.candidate.family,
            "parameter": self.candidate.parameter,
            "unit": self.candidate.unit,
            "set": self.candidate.text,
            **figures,
            **errors,
            "impact": self.impact.value,
            "pnl": self.pnl.value,
            "score": self.score,
            "worst_hour": None if self.worst_hour is None else self.worst_hour.value,
            "worst_hour_of_all": self.worst_hour_of_all,
            "worst_path": self.worst_path,
            "efficient": self.is_efficient,
            "attribution": {name: part.value for name, part in self.parts.items()},
        }


def point_of(
    candidate: Candidate, results: PathResults, *, risk_aversion: float, block: int = 1
) -> FrontierPoint:
    """A policy in figures; whether it is efficient is not known yet.

    Args:
        candidate: The policy.
        results: Path by path.
        risk_aversion: a, per USD.
        block: Paths that overlap with one another: errors are √block times those of independent paths, as
            if a block were one path.
    """

    def sure(metric: Metric) -> Metric:
        return replace(metric, standard_error=block**0.5 * metric.standard_error)

    watched = not np.isnan(results.worst_hour).any()
    return FrontierPoint(
        candidate=candidate,
        cost=sure(mean(results.cost)),
        std=sure(deviation(results.pnl)),
        es=sure(shortfall(results.pnl)),
        pnl=sure(mean(results.pnl)),
        score=score(results, risk_aversion),
        trades=sure(mean(results.trades)),
        worst_hour=sure(mean(results.worst_hour)) if watched else None,
        worst_hour_of_all=float(results.worst_hour.min()) if watched else None,
        worst_path=float(results.pnl.min()),
        impact=sure(mean(results.impact)),
        parts={name: sure(mean(part)) for name, part in results.parts.items()},
        gap=results.gap,
        is_efficient=False,
    )


def score(results: PathResults, risk_aversion: float) -> float:
    """E[cost] + (a/2)·Var[result], USD."""
    return float(results.cost.mean() + 0.5 * risk_aversion * results.pnl.var())


def deviation(values: Vector) -> Metric:
    """Standard deviation, its error by the delta method; NaN for one path."""
    if values.size < 2:
        return Metric(value=np.nan, standard_error=np.nan)
    squares = np.square(values - values.mean())
    std = float(squares.sum() / (values.size - 1)) ** 0.5
    fourth = float(squares @ squares) / values.size
    spread = max(fourth - std**4, 0.0) / values.size
    return Metric(value=std, standard_error=float(np.sqrt(spread)) / (2.0 * std) if std else 0.0)


def shortfall(values: Vector, level: float = TAIL) -> Metric:
    """Mean loss beyond the quantile of the level, positive = loss, with its large-sample error.

    Source: S. Manistre, G. Hancock (2005), "Variance of the CTE estimator", North American Actuarial
    Journal 9(2).
    """
    count = max(round((1.0 - level) * values.size), 1)
    worst = -np.partition(values, count - 1)[:count]
    value = float(worst.mean())
    if count < 2:
        return Metric(value=value, standard_error=np.nan)
    spread = float(worst.var(ddof=1)) + level * (value - float(worst.min())) ** 2
    return Metric(value=value, standard_error=float(np.sqrt(spread / count)))


def efficient(points: Sequence[FrontierPoint]) -> list[bool]:
    """Which of them no other one beats in both cost and standard deviation."""
    pairs = [(point.cost.value, point.std.value) for point in points]
    return [
        not any(c <= cost and s <= std and (c, s) != (cost, std) for c, s in pairs)
        for cost, std in pairs
    ]
