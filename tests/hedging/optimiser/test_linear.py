"""The linear problem against a textbook, a plain reference, and what its prices promise."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog, minimize_scalar

from shortgamma.hedging.optimiser.linear import SolverStatus, solve_linear
from shortgamma.hedging.optimiser.problem import Band, Problem, TailMean, tail_mean
from shortgamma.hedging.optimiser.solution import Status, solve
from tests.hedging.optimiser.builders import hull, instruments, random_problem


def plain_reference(problem):
    """Smallest cost by a program written down without scales, variable by variable."""
    instruments_, count = problem.instruments, len(problem.instruments)
    matrix, room = [], []
    for limit in problem.limits:
        if isinstance(limit, Band):
            matrix += [limit.slope, -limit.slope]
            room += [limit.high - limit.start, limit.start - limit.low]
        else:
            matrix += list(limit.slope)
            room += list(limit.most - limit.start)
    rows = np.array(matrix)
    both = np.hstack([rows, -rows])
    cost = np.concatenate([instruments_.buy_cost, instruments_.sell_cost])
    most = np.concatenate([instruments_.most_bought, instruments_.most_sold])
    bounds = [(0.0, float(m)) for m in most]
    found = linprog(cost, A_ub=both, b_ub=np.array(room), bounds=bounds)
    assert both.shape[1] == 2 * count
    return found.fun if found.status == 0 else None


def test_hulls_book_buys_400_and_6000_and_sells_3240_of_the_underlying():
    answer = solve(hull())
    assert answer.status is Status.OPTIMAL
    np.testing.assert_allclose(answer.trades, [400.0, 6000.0, -3240.0], rtol=1e-9)
    assert answer.cost_usd == pytest.approx(64.0)


@pytest.mark.parametrize("flipped", ["gamma", "vega"])
def test_a_wrong_sign_of_a_greek_gives_other_trades(flipped):
    limits = [
        replace(limit, slope=-limit.slope) if limit.name == flipped else limit
        for limit in hull().limits
    ]
    answer = solve(replace(hull(), limits=tuple(limits)))
    assert not np.allclose(answer.trades, [400.0, 6000.0, -3240.0], rtol=1e-3)


@pytest.mark.parametrize("seed", range(30))
def test_the_cost_is_that_of_a_plain_program_and_every_limit_holds(seed):
    problem = random_problem(seed)
    expected = plain_reference(problem)
    answer = solve(problem)
    if expected is None:
        assert answer.status is Status.RELAXED
        return
    assert answer.status is Status.OPTIMAL
    assert answer.cost_usd == pytest.approx(expected, rel=1e-6, abs=1e-9)
    assert problem.breaches(answer.trades) == {}
    for limit in problem.limits:
        if isinstance(limit, Band):
            assert limit.low <= limit.value(answer.trades) <= limit.high
        else:
            assert limit.value(answer.trades) <= limit.most
    assert np.all(answer.trades <= problem.instruments.most_bought)
    assert np.all(-answer.trades <= problem.instruments.most_sold)


@pytest.mark.parametrize("seed", [0, 3, 5, 8])
def test_a_shadow_price_is_what_a_little_more_room_saves(seed):
    problem = random_problem(seed)
    answer = solve_linear(problem)
    assert answer.status is SolverStatus.OPTIMAL
    for place, limit in enumerate(problem.limits):
        little = 1e-4 * limit.size
        wider = [*problem.limits]
        wider[place] = limit.widened(little)
        saved = answer.cost_usd - solve_linear(replace(problem, limits=tuple(wider))).cost_usd
        assert saved / little == pytest.approx(answer.shadow_prices[limit.name], rel=1e-3, abs=1e-6)
    assert max(answer.shadow_prices.values()) > 0.0


@given(scale=st.sampled_from([1e-8, 1e-3, 1.0, 1e5, 1e8]), seed=st.integers(0, 20))
@settings(max_examples=25, deadline=None)
def test_the_unit_of_a_limit_changes_nothing(scale, seed):
    problem = random_problem(seed)
    gamma = problem.limits[1]
    rescaled = Band(
        name=gamma.name,
        start=gamma.start * scale,
        slope=gamma.slope * scale,
        low=gamma.low * scale,
        high=gamma.high * scale,
    )
    limits = (problem.limits[0], rescaled, *problem.limits[2:])
    first, second = solve(problem), solve(replace(problem, limits=limits))
    assert first.cost_usd == pytest.approx(second.cost_usd, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("lot", [0.0, 0.5])
def test_a_book_inside_its_limits_trades_nothing_not_even_what_is_free(lot):
    problem = random_problem(1, room=100.0, lot=lot)
    bands_only = replace(problem, limits=problem.limits[:3])
    answer = solve(bands_only)
    assert answer.status is Status.OPTIMAL
    assert np.all(answer.trades == 0.0)


@pytest.mark.parametrize("seed", range(5))
def test_no_more_of_what_is_free_is_traded_than_is_needed(seed):
    problem = random_problem(seed)
    problem = replace(problem, limits=problem.limits[:3])
    answer = solve(problem)
    less = answer.trades.copy()
    less[-1] *= 1.0 - 1e-4
    assert answer.trades[-1] == 0.0 or "delta" in problem.breaches(less)


@given(
    losses=st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=12),
    level=st.floats(0.0, 0.99),
    seed=st.integers(0, 9),
)
def test_the_tail_mean_is_the_minimum_of_rockafellar_and_uryasev(losses, level, seed):
    values = np.array(losses)
    weight = np.random.default_rng(seed).dirichlet(np.ones(values.size))

    def objective(alpha):
        return alpha + weight @ np.maximum(values - alpha, 0.0) / (1.0 - level)

    expected = min(objective(alpha) for alpha in values)
    assert tail_mean(values, weight, level=level) == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_a_bound_on_the_tail_mean_is_kept_at_the_smallest_cost():
    """One instrument that pays 1 in the worst of four scenarios: the quantity is known in closed form."""
    tail = TailMean(
        name="cvar",
        start=np.array([10.0, 4.0, 0.0, -2.0]),
        slope=np.array([[-1.0], [0.0], [0.0], [0.0]]),
        weight=np.full(4, 0.25),
        level=0.5,
        most=6.0,
    )
    problem = Problem(instruments=instruments([1.0]), limits=(tail,), unit=1.0)
    answer = solve(problem)
    assert tail.value(np.zeros(1)) == 7.0
    assert answer.trades[0] == pytest.approx(2.0, rel=1e-6)
    found = minimize_scalar(
        lambda x: abs(tail.value(np.array([x])) - 6.0), bounds=(0.0, 5.0), method="bounded"
    )
    assert answer.trades[0] == pytest.approx(found.x, abs=1e-3)
    assert answer.shadow_prices["cvar"] == pytest.approx(2.0, rel=1e-6)
