"""Where limits cannot all be kept: the smallest relaxation, limit by limit.

Every limit may give by an amount r ≥ 0, and Σ r/size is minimised, size being the limit itself, or the
book's figure where the limit is 0. Such a sum is smallest where few limits give, which names them. The
cheapest trades are then looked for under the widened limits.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from shortgamma.hedging.optimiser.greedy import (
    fewer_legs,
    in_lots,
    nearest_lots,
    promising,
    restricted,
)
from shortgamma.hedging.optimiser.integer import search, switched_on, tightened
from shortgamma.hedging.optimiser.linear import (
    LinearAnswer,
    SolverStatus,
    highs,
    solve_linear,
)
from shortgamma.hedging.optimiser.problem import Limit, Problem, Vector
from shortgamma.hedging.optimiser.program import elastic_program_of

SLACKS: Final = (1e-7, 1e-5, 1e-3)
"""Relative: widened limits are this much wider than needed, so that a solver finds what is just possible;
the next one is tried where it does not."""
NEGLIGIBLE: Final = 1e-9
"""Of a limit's size: a smaller relaxation is rounding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxation:
    """A limit that has to give.

    Args:
        limit: Its name.
        by: Amount in the limit's unit, positive.
        relative: The same in multiples of the limit, or of the book's figure where the limit is 0.
    """

    limit: str
    by: float
    relative: float


def relaxations(problem: Problem, trades: Vector) -> tuple[Relaxation, ...]:
    """By how much each limit has to give for these trades, the largest first."""
    found = [
        Relaxation(limit=limit.name, by=by, relative=by / limit.size)
        for limit in problem.limits
        if (by := problem.breaches(trades).get(limit.name, 0.0)) > NEGLIGIBLE * limit.size
    ]
    return tuple(sorted(found, key=lambda r: -r.relative))


def nearest_trades(problem: Problem) -> Vector | None:
    """Trades of any size that need the smallest relaxation; None where the solver fails."""
    program = elastic_program_of(problem)
    found = highs(program)
    return program.trades(found.x) if found.status is SolverStatus.OPTIMAL else None


def nearest_whole_trades(problem: Problem, *, seconds: float) -> Vector | None:
    """The same in lots and few legs: the better of a greedy answer and of a search."""
    start = nearest_trades(problem)
    if start is None:
        return None
    few = fewer_legs(problem, start, nearest_trades)
    candidates = [np.zeros_like(start), few, searched(problem, start, seconds)]
    whole = [
        trades
        for candidate in candidates
        if candidate is not None
        for trades in (
            nearest_lots(problem, candidate),
            in_lots(eased(problem, candidate), candidate),
        )
        if trades is not None
    ]
    return min(whole, key=lambda trades: distance(problem, trades))


def searched(problem: Problem, start: Vector, seconds: float) -> Vector | None:
    """The trades of a search for the smallest relaxation."""
    nothing = np.zeros((2, start.size))
    free = LinearAnswer(
        status=SolverStatus.OPTIMAL,
        trades=start,
        cost_usd=0.0,
        shadow_prices={},
        reduced_cost=nothing,
    )
    chosen = restricted(problem, promising(problem, free, [start]))
    # Lots in a search that may relax limits are beyond any time limit; they are rounded to afterwards.
    any_size = replace(chosen.instruments, lot=np.zeros(start.size))
    tight = tightened(replace(chosen, instruments=any_size), free, np.inf)
    program = elastic_program_of(tight)
    found = search(tight, program, seconds)
    return None if found.x is None else switched_on(tight, program, np.asarray(found.x))


def eased(problem: Problem, trades: Vector, *, slack: float = SLACKS[0]) -> Problem:
    """The problem with limits that these trades keep, with ``slack`` of what has to give on top."""
    breaches = problem.breaches(trades)
    wider: list[Limit] = []
    for limit in problem.limits:
        by = breaches.get(limit.name, 0.0)
        extra = slack * (by + limit.size) if by > 0.0 else 0.0
        wider.append(limit.widened(by + extra + 0.5 * limit.rounding(trades)))
    return replace(problem, limits=tuple(wider))


def cheapest_near(problem: Problem, trades: Vector) -> tuple[Problem, LinearAnswer]:
    """The problem with limits that these trades keep, and its cheapest answer.

    Where the solver finds none, not even with more slack, the trades themselves are the answer.
    """
    for slack in SLACKS:
        near = eased(problem, trades, slack=slack)
        answer = solve_linear(near)
        if answer.status is SolverStatus.OPTIMAL:
            return near, answer
    return eased(problem, trades), LinearAnswer(
        status=SolverStatus.OPTIMAL,
        trades=trades,
        cost_usd=problem.instruments.cost_usd(trades),
        shadow_prices={},
        reduced_cost=np.zeros((2, trades.size)),
    )


def distance(problem: Problem, trades: Vector) -> float:
    """Sum of relative breaches."""
    return sum(relaxation.relative for relaxation in relaxations(problem, trades))
