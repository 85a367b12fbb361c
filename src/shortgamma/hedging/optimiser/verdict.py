"""Whether the limits hold after the trades, by the figures of the book that is then held."""

from dataclasses import dataclass

import numpy as np

from shortgamma.hedging.optimiser.measures import Measures
from shortgamma.hedging.optimiser.problem import Band, Ceiling, Limit, Problem, TailMean
from shortgamma.hedging.optimiser.solution import Solution


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitRow:
    """One limit before and after.

    Args:
        name: As in the limit file.
        low, high: Bounds; ∓∞ where open.
        before, after: The figure, recomputed from the holdings.
        shadow_price: USD that one unit more of room would save.
        holds: True where the figure after the trades is inside.
        relaxed_by: By how much the limit has to give; 0 where it holds.
    """

    name: str
    low: float
    high: float
    before: float
    after: float
    shadow_price: float
    holds: bool
    relaxed_by: float


def limit_rows(
    problem: Problem, solution: Solution, *, before: Measures, after: Measures
) -> tuple[LimitRow, ...]:
    """Every limit, judged by the recomputed figures."""
    rows: list[LimitRow] = []
    for limit in problem.limits:
        value = after.limited[limit.name]
        breach = limit.breach(value)
        holds = breach <= limit.rounding(solution.trades)
        low, high = bounds_of(limit)
        rows.append(
            LimitRow(
                name=limit.name,
                low=low,
                high=high,
                before=before.limited[limit.name],
                after=value,
                shadow_price=solution.shadow_prices.get(limit.name, 0.0),
                holds=holds,
                relaxed_by=0.0 if holds else breach,
            )
        )
    return tuple(rows)


def bounds_of(limit: Limit) -> tuple[float, float]:
    """Smallest and largest value that a limit allows."""
    match limit:
        case Band():
            return limit.low, limit.high
        case Ceiling() | TailMean():
            return -np.inf, limit.most
