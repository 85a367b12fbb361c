"""From a problem to its answer: linear, then whole, relaxed where it has to be; checked from the trades."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

import numpy as np

from shortgamma.basics.errors import ShortgammaError
from shortgamma.hedging.optimiser.greedy import legs, restricted
from shortgamma.hedging.optimiser.integer import GAP, WholeAnswer, fewest, solve_whole
from shortgamma.hedging.optimiser.linear import LinearAnswer, SolverStatus, solve_linear
from shortgamma.hedging.optimiser.problem import Problem, Vector
from shortgamma.hedging.optimiser.relaxation import (
    Relaxation,
    cheapest_near,
    nearest_trades,
    nearest_whole_trades,
    relaxations,
)

SECONDS: Final = 3.5
"""For the search of lots and legs."""
SHARES: Final = (0.75, 0.25)
"""Of the time: for trades that keep the limits, and, if there are none, for those that come nearest."""


class Status(StrEnum):
    """What the trades are."""

    OPTIMAL = "optimal"
    BEST_FOUND = "best_found"
    RELAXED = "relaxed"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Solution:
    """The trades, and how good they are.

    Args:
        status: ``optimal``; ``best_found`` where it is not proved; ``relaxed`` where no trades keep every
            limit.
        trades: Units to buy (+) or sell (−), shape (n,).
        cost_usd: USD.
        bound_usd: No trades under the same (or the relaxed) limits cost less, USD.
        gap: (cost − bound)/cost.
        shadow_prices: USD that one unit more of a limit saves, by limit, of the problem without lots and
            legs, at the relaxed limits where they were relaxed.
        relaxations: The limits that have to give.
        solver: ``linear``, ``search`` or ``greedy``.
    """

    status: Status
    trades: Vector
    cost_usd: float
    bound_usd: float
    gap: float
    shadow_prices: dict[str, float]
    relaxations: tuple[Relaxation, ...]
    solver: str


def solve(problem: Problem, *, seconds: float = SECONDS) -> Solution:
    """The cheapest trades that keep every limit, else the cheapest that come nearest.

    Args:
        problem: Instruments and limits.
        seconds: Time for the search of lots and legs.

    Raises:
        ShortgammaError: The solver fails, which no input should make it do.
    """
    linear, feasible = solve_linear(problem), problem
    if linear.status is not SolverStatus.OPTIMAL:
        nearest = nearest_trades(problem)
        if nearest is None:
            raise ShortgammaError("the solver finds no trades, not even with relaxed limits")
        feasible, linear = cheapest_near(problem, nearest)
    if not problem.is_whole:
        return linear_solution(problem, linear, least_free(feasible, linear.trades))
    whole = solve_whole(feasible, linear, seconds=SHARES[0] * seconds)
    if whole.trades is None:
        trades = nearest_whole_trades(problem, seconds=SHARES[1] * seconds)
        return nearest_solution(problem, linear, trades)
    return whole_solution(
        problem, linear, replace(whole, trades=least_free(feasible, whole.trades))
    )


def least_free(problem: Problem, trades: Vector) -> Vector:
    """The trades with as little as possible of what costs nothing: cost alone does not bound that.

    Everything that costs something stays as it is.
    """
    instruments = problem.instruments
    free = (instruments.buy_cost == 0.0) & (instruments.sell_cost == 0.0)
    if not np.any(trades[free]):
        return trades
    one = np.ones(len(instruments))
    fixed = np.where(free, 0.0, trades)
    rest = replace(
        restricted(problem.after(fixed), free),
        instruments=replace(instruments.only(free), buy_cost=one, sell_cost=one),
        most_legs=None,
    )
    found = fewest(rest)
    return trades if found is None or problem.breaches(fixed + found) else fixed + found


def linear_solution(problem: Problem, linear: LinearAnswer, trades: Vector) -> Solution:
    """The answer without lots and legs, without trades that are only rounding."""
    trades = without_dust(problem, trades)
    relaxed = relaxations(problem, trades)
    return Solution(
        status=Status.RELAXED if relaxed else Status.OPTIMAL,
        trades=trades,
        cost_usd=problem.instruments.cost_usd(trades),
        bound_usd=linear.cost_usd,
        gap=0.0,
        shadow_prices=linear.shadow_prices,
        relaxations=relaxed,
        solver="linear",
    )


def whole_solution(problem: Problem, linear: LinearAnswer, whole: WholeAnswer) -> Solution:
    """The answer of the integer problem."""
    trades = without_dust(problem, whole.trades if whole.trades is not None else linear.trades)
    relaxed = relaxations(problem, trades)
    kept = Status.OPTIMAL if whole.gap <= GAP else Status.BEST_FOUND
    return Solution(
        status=Status.RELAXED if relaxed else kept,
        trades=trades,
        cost_usd=problem.instruments.cost_usd(trades),
        bound_usd=whole.bound_usd,
        gap=whole.gap,
        shadow_prices=linear.shadow_prices,
        relaxations=relaxed,
        solver=whole.solver,
    )


def nearest_solution(problem: Problem, linear: LinearAnswer, trades: Vector | None) -> Solution:
    """The answer where lots and legs leave no trades that keep the limits.

    Among the legs of the nearest trades the cheapest ones under the widened limits are taken.
    """
    if trades is None:
        raise ShortgammaError("the solver finds no trades in lots, not even with relaxed limits")
    near, nearby = cheapest_near(problem, trades)
    if not problem.is_in_lots:
        again = solve_linear(restricted(near, legs(trades, problem)))
        trades = again.trades if again.status is SolverStatus.OPTIMAL else trades
    trades = without_dust(problem, trades)
    cost = problem.instruments.cost_usd(trades)
    bound = min(nearby.cost_usd, cost)
    relaxed = relaxations(problem, trades)
    return Solution(
        status=Status.RELAXED if relaxed else Status.BEST_FOUND,
        trades=trades,
        cost_usd=cost,
        bound_usd=bound,
        gap=(cost - bound) / cost if cost > 0.0 else 0.0,
        shadow_prices=linear.shadow_prices,
        relaxations=relaxed,
        solver="greedy",
    )


def without_dust(problem: Problem, trades: Vector) -> Vector:
    """The trades within their sizes, without those that are only rounding, unless a limit needs them."""
    instruments = problem.instruments
    trades = np.clip(trades, -instruments.most_sold, instruments.most_bought)
    clean = np.where(legs(trades, problem), trades, 0.0)
    return trades if len(problem.breaches(clean)) > len(problem.breaches(trades)) else clean
