"""Lots and a cap on legs: HiGHS' branch and bound, after a greedy answer.

A switch y ∈ {0, 1} per instrument, bought/M + sold/M′ ≤ y, and Σ y ≤ legs. M decides how fast the search is.
In every answer that costs at most G, an instrument's quantity is at most G/c, c its cost per unit, and at
most (G − B)/r, r its reduced cost and B the cost of the linear answer; neither bound loses anything. G is
the cost of the greedy answer, or else of a quick search among the most promising instruments.

The gap is (cost − bound)/cost with the largest bound, so it is honest where the time was up and where only
the greedy answer was left.
"""

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from shortgamma.hedging.optimiser.greedy import (
    cheapest_greedy,
    in_lots,
    legs,
    nearest_lots,
    promising,
    restricted,
    solved,
    starts,
)
from shortgamma.hedging.optimiser.linear import LinearAnswer
from shortgamma.hedging.optimiser.problem import Problem, Vector
from shortgamma.hedging.optimiser.program import Program, program_of

GAP: Final = 1e-4
"""Relative gap at which an answer counts as the best."""
LOOSE: Final = 1.0 + 1e-6
QUICK: Final = 0.4
"""Share of the time for a search among promising instruments, where there is no greedy answer."""
LEGS_FIRST: Final = 0.7
"""Of that time: for legs without lots, before both together."""
GUESS: Final = 3.0
"""Where that finds nothing: the cost, in multiples of the linear answer's, below which all are searched."""
SHORT: Final = 0.5
"""Seconds for a problem of one or two instruments."""
CHEAP: Final = 1e-3
"""Of the cost of a typical trade: where the guess starts if the linear answer is free."""
WIDEST: Final = 100.0
"""Where no cost bounds a free instrument: its quantity in multiples of the largest linear trade."""
FINISHED, INFEASIBLE = 0, 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WholeAnswer:
    """What the integer problem says.

    Args:
        trades: Units to buy (+) or sell (−), shape (n,); None where no answer was found.
        cost_usd: USD; NaN without an answer.
        bound_usd: No answer costs less, USD.
        gap: (cost − bound)/cost; 0 where nothing is paid; NaN without an answer.
        solver: ``search``, or ``greedy`` where the search found nothing better.
    """

    trades: Vector | None
    cost_usd: float
    bound_usd: float
    gap: float
    solver: str


def solve_whole(problem: Problem, relaxed: LinearAnswer, *, seconds: float) -> WholeAnswer:
    """The cheapest trades in lots and at most so many legs.

    Args:
        problem: With lots, a cap on legs or both.
        relaxed: The answer of the same problem without them.
        seconds: After which the best so far is returned.
    """
    bound, first = relaxed.cost_usd, list(starts(problem, relaxed))
    candidates = [("greedy", cheapest_greedy(problem, first))]
    if candidates[0][1] is None or (problem.is_in_lots and problem.most_legs is not None):
        chosen = restricted(problem, promising(problem, relaxed, first))
        ceiling = answered(problem, candidates[0], bound).cost_usd
        below = float(np.nan_to_num(ceiling, nan=np.inf))
        candidates.append(("search", quick(chosen, relaxed, below, QUICK * seconds)))
    best = min((answered(problem, each, bound) for each in candidates), key=rank)
    if best.gap <= GAP:
        return best
    guess = GUESS * max(bound, CHEAP * typical_cost(problem))
    ceiling = guess if best.trades is None else best.cost_usd
    searchable = problem
    if problem.most_legs is None:
        # Whole lots of a thousand instruments can take HiGHS far beyond its time limit.
        searchable = restricted(problem, promising(problem, relaxed, first))
    better, proved = searched(searchable, relaxed, ceiling, (1.0 - QUICK) * seconds)
    if searchable is not problem:
        proved = bound
    if better is None and best.trades is not None:
        # The known answer is inside the bounds: that nothing was found proves nothing.
        proved = bound
    found = ("search", better), (best.solver, best.trades)
    return min((answered(problem, each, proved) for each in found), key=rank)


def rank(answer: WholeAnswer) -> float:
    """The cheaper, the better; none is worst."""
    return float(np.nan_to_num(answer.cost_usd, nan=np.inf))


def typical_cost(problem: Problem) -> float:
    """The cost of a typical trade, USD."""
    instruments = problem.instruments
    return problem.unit * float(np.mean([instruments.buy_cost, instruments.sell_cost]))


def answered(problem: Problem, candidate: tuple[str, Vector | None], bound: float) -> WholeAnswer:
    """A candidate with its gap."""
    solver, trades = candidate
    cost = np.nan if trades is None else problem.instruments.cost_usd(trades)
    below = float(np.fmin(bound, cost))
    return WholeAnswer(
        trades=trades,
        cost_usd=cost,
        bound_usd=below,
        gap=0.0 if cost == 0.0 else (cost - below) / cost,
        solver=solver,
    )


def quick(problem: Problem, relaxed: LinearAnswer, ceiling: float, seconds: float) -> Vector | None:
    """The best trades of a few promising instruments: lots after the legs, else both together."""
    part = LEGS_FIRST * seconds if problem.is_in_lots else seconds
    found, _bound = searched(problem, relaxed, ceiling, part)
    if found is not None or not problem.is_in_lots:
        return found
    tight = tightened(problem, relaxed, ceiling)
    program = program_of(tight)
    answer = search(tight, program, seconds - part)
    return None if answer.x is None else polished(problem, program, np.asarray(answer.x), seconds)


def searched(
    problem: Problem, relaxed: LinearAnswer, ceiling: float, seconds: float
) -> tuple[Vector | None, float]:
    """The best trades of a search below a cost, and the cost below which there are none, USD.

    Where legs are counted lots are left out: among a thousand options both together take ten times as long.
    """
    tight = tightened(problem, relaxed, ceiling)
    program = program_of(tight)
    if problem.most_legs is not None:
        program = replace(program, whole=np.zeros_like(program.whole))
    found = search(tight, program, seconds)
    if found.status == INFEASIBLE:
        return None, ceiling
    bound = found.get("mip_dual_bound")
    proved = relaxed.cost_usd if bound is None else float(bound) * program.cost_scale
    trades = None if found.x is None else polished(problem, program, np.asarray(found.x), seconds)
    return trades, max(min(proved, ceiling), relaxed.cost_usd)


def polished(problem: Problem, program: Program, found: Vector, seconds: float) -> Vector | None:
    """The trades of a search, optimised again in exact lots; None where that breaks a limit.

    Where the search left lots out they come in here, among the legs that it chose.
    """
    trades = switched_on(problem, program, found)
    used = legs(trades, problem)
    chosen = replace(restricted(problem, used), most_legs=None)
    if problem.most_legs is not None and problem.is_in_lots:
        lots = program_of(chosen)
        again = search(chosen, lots, seconds)
        trades = trades if again.x is None else lots.trades(np.asarray(again.x))
    kept = np.where(used, trades, 0.0)
    exact = in_lots(chosen, kept) if problem.is_in_lots else solved(chosen)
    return None if exact is None or problem.breaches(exact) else exact


def switched_on(problem: Problem, program: Program, found: Vector) -> Vector:
    """The trades of a search whose switch is on: a switch that is off by rounding lets a little through."""
    width = program.cost.size
    trades = program.trades(found[:width])
    return trades if problem.most_legs is None else np.where(found[width:] > 0.5, trades, 0.0)


def fewest(problem: Problem) -> Vector | None:
    """The cheapest trades of a small problem, in lots where it has them; None where there are none."""
    if not problem.is_in_lots:
        return solved(problem)
    program = program_of(problem)
    found = search(problem, program, SHORT)
    return None if found.x is None else nearest_lots(problem, program.trades(np.asarray(found.x)))


def tightened(problem: Problem, relaxed: LinearAnswer, ceiling: float) -> Problem:
    """The same problem with quantities that no answer below ``ceiling`` exceeds.

    An instrument that costs nothing and has no size is bounded by a multiple of the largest linear trade.
    """
    instruments = problem.instruments
    room = max(ceiling - relaxed.cost_usd, 0.0) * LOOSE
    # A reduced cost below zero is rounding, and would make the bound negative.
    reduced_cost = np.maximum(relaxed.reduced_cost, 0.0)
    largest = float(np.max(np.abs(relaxed.trades), initial=problem.unit))
    with np.errstate(divide="ignore", invalid="ignore"):
        bounds = [
            np.fmin(np.fmin(LOOSE * ceiling / cost, room / reduced), most)
            for cost, reduced, most in (
                (instruments.buy_cost, reduced_cost[0], instruments.most_bought),
                (instruments.sell_cost, reduced_cost[1], instruments.most_sold),
            )
        ]
    bought, sold = (np.where(np.isfinite(b), b, WIDEST * largest) for b in bounds)
    tight = replace(instruments, most_bought=bought, most_sold=sold)
    return replace(problem, instruments=tight)


def search(problem: Problem, program: Program, seconds: float) -> Any:
    """Branch and bound of scipy's HiGHS."""
    constraints = [LinearConstraint(program.matrix, -np.inf, program.room)]
    cost, lower, upper, whole = program.cost, program.lower, program.upper, program.whole
    if problem.most_legs is not None:
        count, width = program.count, cost.size
        constraints = [
            LinearConstraint(np.pad(program.matrix, ((0, 0), (0, count))), -np.inf, program.room),
            switches(program, width),
            LinearConstraint(counted(width, count), -np.inf, problem.most_legs),
        ]
        cost = np.concatenate([cost, np.zeros(count)])
        lower = np.concatenate([lower, np.zeros(count)])
        upper = np.concatenate([upper, np.ones(count)])
        whole = np.concatenate([whole, np.ones(count, int)])
    return milp(
        cost,
        integrality=whole,
        bounds=Bounds(lower, upper),
        constraints=constraints,
        options={"time_limit": seconds, "mip_rel_gap": GAP},
    )


def counted(width: int, count: int) -> NDArray[np.float64]:
    """The row that counts switches."""
    return np.concatenate([np.zeros(width), np.ones(count)])[None, :]


def switches(program: Program, width: int) -> LinearConstraint:
    """bought/M + sold/M′ − y ≤ 0 for every instrument; what cannot be traded has no term."""
    count = program.count
    index = np.arange(count)
    upper = program.upper[: 2 * count]
    inverse = np.divide(1.0, upper, out=np.zeros_like(upper), where=upper > 0.0)
    entries = np.concatenate([inverse, -np.ones(count)])
    places = (np.tile(index, 3), np.concatenate([index, count + index, width + index]))
    matrix = coo_array((entries, places), shape=(count, width + count))
    return LinearConstraint(matrix.tocsr(), -np.inf, 0.0)
