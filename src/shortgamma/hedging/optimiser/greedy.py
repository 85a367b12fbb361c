"""Answers in lots and few legs without a search: where the search starts, and what is left if it finds none.

Legs. A linear answer already has few: at most one per limit that binds. The least useful one is taken away
and the rest optimised again, until few enough are left. Two linear answers are tried: the cheapest, and one
whose costs were divided by the trades of the round before, which gathers the trade in few instruments.

Lots. Trades are rounded to the nearest lot, or away from zero, or to the nearest lot of an answer that keeps
half a lot of every leg as room to its limits; what has no lot is optimised around them.

Source: the second answer is reweighted l1, E. Candès, M. Wakin, S. Boyd (2008),
doi:10.1007/s00041-008-9045-x.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shortgamma.hedging.optimiser.linear import LinearAnswer, SolverStatus, solve_linear
from shortgamma.hedging.optimiser.problem import Problem, Vector

NO_TRADE: Final = 1e-9
"""Of a typical trade: less is no leg."""
ROUNDS: Final = 4
NEARLY_NONE: Final = 1e-3
"""Of a typical trade: what keeps the weights of the next round finite."""
WHOLE: Final = 1e-9
"""Of a lot: less is rounding."""

STRONGEST: Final = 60
"""Instruments that a quick search looks at besides those of the linear answers."""
LARGE: Final = 10.0
"""Of a typical trade: a larger size counts no more."""

CHEAP: Final = 0.05
"""Of a usual cost: less of a reduced cost makes no difference."""

Solve = Callable[[Problem], Vector | None]


def cheapest_greedy(problem: Problem, first: Sequence[Vector]) -> Vector | None:
    """The cheapest of the greedy answers; None where every one breaks a limit.

    Args:
        problem: With lots, a cap on legs or both.
        first: Answers of the same problem without them, see :func:`starts`.
    """
    found = [
        trades
        for start in first
        if (trades := from_start(problem, start)) is not None and not problem.breaches(trades)
    ]
    return min(found, key=problem.instruments.cost_usd, default=None)


def starts(problem: Problem, relaxed: LinearAnswer) -> Iterator[Vector]:
    """Linear answers: the cheapest, and one of few legs where legs are counted."""
    yield relaxed.trades
    if problem.most_legs is None or legs(relaxed.trades, problem).sum() <= problem.most_legs:
        return
    instruments, trades = problem.instruments, relaxed.trades
    usual = float(np.mean([instruments.buy_cost, instruments.sell_cost])) or 1.0
    for _round in range(ROUNDS):
        weight = 1.0 / (np.abs(trades) / problem.unit + NEARLY_NONE)
        weighted = replace(
            instruments,
            buy_cost=(instruments.buy_cost + usual) * weight,
            sell_cost=(instruments.sell_cost + usual) * weight,
        )
        trades = solved(replace(problem, instruments=weighted))
        if trades is None:
            return
    yield trades


def from_start(problem: Problem, trades: Vector) -> Vector | None:
    """A linear answer brought to few legs and whole lots."""
    few = fewer_legs(problem, trades, solved)
    return None if few is None else in_lots(problem, few)


def solved(problem: Problem) -> Vector | None:
    """The cheapest trades of any size; None where limits cannot be kept."""
    answer = solve_linear(problem)
    return answer.trades if answer.status is SolverStatus.OPTIMAL else None


def legs(trades: Vector, problem: Problem) -> NDArray[np.bool_]:
    """True where an instrument is traded, shape (n,)."""
    return np.abs(trades) > NO_TRADE * problem.unit


def fewer_legs(problem: Problem, trades: Vector, solve: Solve) -> Vector | None:
    """The trades with as few legs as are allowed, the least useful given up first.

    A leg without which ``solve`` finds nothing stays. None where too many have to.
    """
    used, most = legs(trades, problem), problem.most_legs
    if most is None:
        return trades
    left: Vector | None = solve(restricted(problem, used)) if used.sum() <= most else trades
    needed = np.zeros_like(used)
    while left is not None and used.sum() > most:
        removable = np.flatnonzero(used & ~needed)
        if removable.size == 0:
            return None
        weakest = removable[np.argmin(usefulness(problem, left)[removable])]
        kept = used.copy()
        kept[weakest] = False
        found = solve(restricted(problem, kept))
        if found is None:
            needed[weakest] = True
        else:
            left, used = found, kept & legs(found, problem)
    return None if left is None else np.where(used, left, 0.0)


def restricted(problem: Problem, chosen: NDArray[np.bool_]) -> Problem:
    """The problem in which nothing else can be traded."""
    return replace(problem, instruments=problem.instruments.only(chosen))


def promising(
    problem: Problem, relaxed: LinearAnswer, answers: Sequence[Vector]
) -> NDArray[np.bool_]:
    """True for the instruments of some answers, and for those that move the limits most at full size.

    Few legs have to be large ones: size decides whether they suffice, and size for its price, or for its
    reduced cost, which of them are cheap.
    """
    instruments = problem.instruments
    most = np.maximum(instruments.most_bought, instruments.most_sold)
    capacity = usefulness(problem, np.minimum(most, LARGE * problem.unit))
    dear = instruments.buy_cost + instruments.sell_cost
    reduced = relaxed.reduced_cost.min(axis=0)
    chosen = np.zeros(len(instruments), dtype=np.bool_)
    usual = float(np.mean(dear)) or 1.0
    for score in (capacity, capacity / (dear + usual), capacity / (reduced + CHEAP * usual)):
        chosen[np.argsort(-score, kind="stable")[:STRONGEST]] = True
    for answer in answers:
        chosen |= legs(answer, problem)
    return chosen


def usefulness(problem: Problem, trades: Vector) -> Vector:
    """How much each trade moves the limits, in multiples of them, shape (n,)."""
    total = np.zeros(trades.size)
    for limit in problem.limits:
        total += np.abs(np.atleast_2d(limit.slope)).max(axis=0) / limit.size
    return total * np.abs(trades)


def in_lots(problem: Problem, trades: Vector) -> Vector | None:
    """The trades in whole lots; None where every rounding breaks a limit."""
    if not problem.is_in_lots:
        return trades
    chosen = restricted(problem, legs(trades, problem))
    roomy = solved(with_room(chosen, trades))
    for candidate, rounding in ((trades, np.rint), (trades, np.ceil), (roomy, np.rint)):
        found = None if candidate is None else rounded(chosen, candidate, rounding)
        if found is not None:
            return found
    return None


def rounded(
    problem: Problem, trades: Vector, rounding: Callable[[Vector], Vector]
) -> Vector | None:
    """Whole lots of what has a lot, and the best of what has none."""
    instruments = problem.instruments
    in_lot = instruments.lot > 0.0
    steps = np.where(in_lot, instruments.lot, 1.0)
    most = np.where(trades > 0.0, instruments.most_bought, instruments.most_sold)
    whole = np.floor(np.where(in_lot, most, 0.0) / steps + WHOLE)
    counts = np.minimum(rounding(np.abs(trades) / steps - WHOLE), whole)
    fixed = np.where(in_lot, np.sign(trades) * counts * steps, 0.0)
    rest = restricted(problem.after(fixed), ~in_lot)
    found = solved(rest)
    return None if found is None else fixed + found


def with_room(problem: Problem, trades: Vector) -> Problem:
    """The problem with every limit narrower by half a lot of each leg."""
    half = np.where(legs(trades, problem), 0.5 * problem.instruments.lot, 0.0)
    return replace(
        problem,
        limits=tuple(
            limit.widened(-float((np.abs(np.atleast_2d(limit.slope)) @ half).max()))
            for limit in problem.limits
        ),
    )


def nearest_lots(problem: Problem, trades: Vector) -> Vector:
    """Every trade to its nearest lot."""
    lot = problem.instruments.lot
    steps = np.where(lot > 0.0, lot, 1.0)
    return np.where(lot > 0.0, np.rint(trades / steps) * steps, trades)
