"""Lots and legs against brute force; time-outs; what is left when no trades keep every limit."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from shortgamma.hedging.optimiser.integer import switched_on, tightened
from shortgamma.hedging.optimiser.linear import SolverStatus, solve_linear
from shortgamma.hedging.optimiser.problem import Band, Problem
from shortgamma.hedging.optimiser.program import program_of
from shortgamma.hedging.optimiser.relaxation import nearest_trades, relaxations
from shortgamma.hedging.optimiser.solution import Status, solve
from tests.hedging.optimiser.builders import hull, instruments, random_problem


def cheapest_by_enumeration(problem):
    """The smallest cost over every choice of legs; None where none keeps the limits."""
    count, best = len(problem.instruments), None
    for chosen in combinations(range(count), problem.most_legs):
        mask = np.isin(np.arange(count), chosen)
        answer = solve_linear(
            replace(problem, instruments=problem.instruments.only(mask), most_legs=None)
        )
        if answer.status is SolverStatus.OPTIMAL:
            best = answer.cost_usd if best is None else min(best, answer.cost_usd)
    return best


@pytest.mark.parametrize("legs", [3, 4])
@pytest.mark.parametrize("seed", range(5))
def test_few_legs_cost_what_enumeration_finds(seed, legs):
    problem = random_problem(seed, count=9, most_legs=legs)
    expected = cheapest_by_enumeration(problem)
    answer = solve(problem)
    assert np.count_nonzero(answer.trades) <= legs
    if expected is None:
        assert answer.status is Status.RELAXED
    else:
        assert answer.status is Status.OPTIMAL
        assert answer.cost_usd == pytest.approx(expected, rel=2e-4)


def test_lots_cost_what_enumeration_finds():
    """Two instruments in lots of 2: every pair of whole lots is tried."""
    bands = (
        Band(name="gamma", start=-7.0, slope=np.array([1.0, 2.0]), low=-0.5, high=4.0),
        Band(name="vega", start=-5.0, slope=np.array([2.0, 0.7]), low=-1.0, high=30.0),
    )
    problem = Problem(instruments=instruments([1.0, 1.7], lot=2.0), limits=bands, unit=2.0)
    tried = [
        problem.instruments.cost_usd(trades)
        for first in range(-6, 7)
        for second in range(-6, 7)
        if not problem.breaches(trades := np.array([2.0 * first, 2.0 * second]))
    ]
    answer = solve(problem)
    assert answer.cost_usd == pytest.approx(min(tried))
    assert np.all(answer.trades % 2.0 == 0.0)


@pytest.mark.parametrize("seed", range(6))
def test_whole_lots_are_whole_and_cost_at_least_the_linear_answer(seed):
    problem = random_problem(seed, lot=0.5)
    answer, linear = solve(problem), solve_linear(replace(problem, instruments=replace(
        problem.instruments, lot=np.zeros(13)
    )))  # fmt: skip
    np.testing.assert_allclose(answer.trades / 0.5, np.rint(answer.trades / 0.5), atol=1e-9)
    if answer.status is not Status.RELAXED:
        assert problem.breaches(answer.trades) == {}
        assert answer.cost_usd >= linear.cost_usd * (1.0 - 1e-9)
        assert answer.bound_usd <= answer.cost_usd


def test_a_time_out_gives_the_best_found_with_its_gap_and_never_nothing():
    problem = random_problem(2, count=300, most_legs=4)
    answer = solve(problem, seconds=0.02)
    assert np.count_nonzero(answer.trades) > 0
    assert np.count_nonzero(answer.trades) <= 4
    assert 0.0 <= answer.gap <= 1.0
    assert answer.bound_usd <= answer.cost_usd
    if answer.status is not Status.RELAXED:
        assert problem.breaches(answer.trades) == {}


def test_a_limit_out_of_reach_is_named_with_the_smallest_relaxation():
    """Vega of 20 is all that can be bought; the book is short 30 and may be short 5."""
    bands = (
        Band(name="vega", start=-30.0, slope=np.array([2.0, 0.0]), low=-5.0, high=5.0),
        Band(name="delta", start=3.0, slope=np.array([0.5, 1.0]), low=-1.0, high=1.0),
    )
    problem = Problem(instruments=instruments([1.0, 0.0], most=10.0), limits=bands, unit=10.0)
    answer = solve(problem)
    assert answer.status is Status.RELAXED
    assert [relaxation.limit for relaxation in answer.relaxations] == ["vega"]
    assert answer.relaxations[0].by == pytest.approx(5.0, rel=1e-5)
    assert answer.relaxations[0].relative == pytest.approx(1.0, rel=1e-5)
    assert answer.trades[0] == pytest.approx(10.0)
    assert needed_room(problem)["vega"] == pytest.approx(5.0, rel=1e-5)


def needed_room(problem):
    """By how much limits have to give for the nearest trades."""
    return {found.limit: found.by for found in relaxations(problem, nearest_trades(problem))}


@pytest.mark.parametrize("seed", range(4))
def test_less_than_the_smallest_relaxation_is_not_enough(seed):
    problem = random_problem(seed, count=2, room=0.001)
    needed = needed_room(problem)
    assert needed
    wide = [limit.widened(needed.get(limit.name, 0.0) * 1.001 + 1e-6) for limit in problem.limits]
    narrow = [limit.widened(needed.get(limit.name, 0.0) * 0.999 - 1e-9) for limit in problem.limits]
    assert solve_linear(replace(problem, limits=tuple(wide))).status is SolverStatus.OPTIMAL
    assert solve_linear(replace(problem, limits=tuple(narrow))).status is SolverStatus.INFEASIBLE


def test_legs_too_few_relax_limits_and_keep_the_cap():
    answer = solve(replace(hull(), most_legs=1))
    assert answer.status is Status.RELAXED
    assert np.count_nonzero(answer.trades) <= 1
    assert answer.relaxations


@pytest.mark.parametrize("lot", [0.0, 0.1])
@pytest.mark.parametrize("seed", range(4))
def test_no_answer_has_more_legs_than_allowed_where_sizes_are_short(seed, lot):
    """Five legs barely suffice: a switch that is nearly off must not let a sixth through."""
    problem = random_problem(seed, count=60, most_legs=5, lot=np.append(np.full(60, lot), 0.0))
    short = replace(
        problem.instruments,
        most_bought=np.minimum(problem.instruments.most_bought, 9.0),
        most_sold=np.minimum(problem.instruments.most_sold, 9.0),
    )
    answer = solve(replace(problem, instruments=short), seconds=1.0)
    assert 0 < np.count_nonzero(answer.trades) <= 5
    if answer.status is not Status.RELAXED:
        assert problem.breaches(answer.trades) == {}


def test_what_trades_through_a_switch_that_is_off_by_rounding_is_dropped():
    problem = random_problem(0, count=3, most_legs=2)
    program = program_of(problem)
    found = np.zeros(program.cost.size + program.count)
    found[:2] = 1.0, 1e-6
    found[program.cost.size :] = 1.0, 1e-7, 0.0, 1.0
    trades = switched_on(problem, program, found)
    assert trades.tolist() == [problem.unit, 0.0, 0.0, 0.0]


@pytest.mark.parametrize("seed", range(6))
def test_bounds_from_a_known_answer_do_not_cut_that_answer_off(seed):
    problem = random_problem(seed, count=40, most_legs=4)
    relaxed = solve_linear(replace(problem, most_legs=None))
    answer = solve(problem)
    assert answer.status is not Status.RELAXED
    rounding = replace(relaxed, reduced_cost=relaxed.reduced_cost - 1e-13)
    for known in (relaxed, rounding):
        tight = tightened(problem, known, answer.cost_usd).instruments
        assert np.all(answer.trades <= tight.most_bought * (1.0 + 1e-9))
        assert np.all(-answer.trades <= tight.most_sold * (1.0 + 1e-9))
