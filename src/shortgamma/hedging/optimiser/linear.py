"""The linear problem: HiGHS on the scaled program, without lots and without a cap on legs."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from scipy.optimize import linprog

from shortgamma.hedging.optimiser.problem import Problem, Vector
from shortgamma.hedging.optimiser.program import Program, program_of

TOLERANCE = 1e-9  # of a scaled row


class SolverStatus(StrEnum):
    """What a solver says of itself."""

    OPTIMAL = "optimal"
    STOPPED = "stopped"
    INFEASIBLE = "infeasible"
    FAILED = "failed"


OUTCOMES = {
    0: SolverStatus.OPTIMAL,
    1: SolverStatus.STOPPED,
    2: SolverStatus.INFEASIBLE,
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LinearAnswer:
    """What the linear problem says.

    Args:
        status: Of the solver; nothing else counts unless it is ``optimal``.
        trades: Units to buy (+) or sell (−), shape (n,).
        cost_usd: Smallest cost, USD.
        shadow_prices: USD that one unit more of a limit saves, by limit.
        reduced_cost: USD per unit by which the first unit bought or sold raises the smallest cost,
            shape (2, n).
    """

    status: SolverStatus
    trades: Vector
    cost_usd: float
    shadow_prices: dict[str, float]
    reduced_cost: Vector


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Found:
    """What HiGHS says of a program.

    Args:
        status: Of the solver.
        x: Variables, scaled, shape (m,); zeros unless optimal.
        marginals: Of the objective by each row's room, not positive, shape (r,).
        reduced_cost: Of each variable at its lower bound, shape (m,).
    """

    status: SolverStatus
    x: Vector
    marginals: Vector
    reduced_cost: Vector


def solve_linear(problem: Problem) -> LinearAnswer:
    """The cheapest trades of any size."""
    program = program_of(problem)
    found, count = highs(program), program.count
    is_known = found.status is SolverStatus.OPTIMAL
    trades = program.trades(found.x)
    reduced = found.reduced_cost[: 2 * count] * program.cost_scale / program.column[: 2 * count]
    prices = program.shadow_prices(found.marginals, problem.limits)
    return LinearAnswer(
        status=found.status,
        trades=trades,
        cost_usd=problem.instruments.cost_usd(trades) if is_known else np.nan,
        shadow_prices=prices if is_known else {},
        reduced_cost=reduced.reshape(2, count),
    )


def highs(program: Program) -> Found:
    """The answer of scipy's HiGHS; variables that can only be zero are left out."""
    free = program.upper > program.lower
    free[0] = True  # SciPy takes no program without a variable
    found: Any = linprog(
        program.cost[free],
        A_ub=program.matrix[:, free],
        b_ub=program.room,
        bounds=list(zip(program.lower[free].tolist(), program.upper[free].tolist(), strict=True)),
        method="highs",
        options={
            "primal_feasibility_tolerance": TOLERANCE,
            "dual_feasibility_tolerance": TOLERANCE,
        },
    )
    status = OUTCOMES.get(found.status, SolverStatus.FAILED)
    x, reduced, marginals = np.zeros(free.size), np.zeros(free.size), np.zeros(program.room.size)
    if status is SolverStatus.OPTIMAL:
        x[free], reduced[free] = found.x, found.lower.marginals
        marginals = np.asarray(found.ineqlin.marginals)
    return Found(status=status, x=x, marginals=marginals, reduced_cost=reduced)
