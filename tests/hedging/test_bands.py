"""Best bands against a search, and the renewal argument against exact random walks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.linalg import solve_banded
from scipy.optimize import minimize

from shortgamma.basics.errors import InputError
from shortgamma.hedging.bands import HedgingProblem, fixed_band, mixed_band, proportional_band
from shortgamma.hedging.optimal_policies import FixedCostBand, Mixed, WhalleyWilmott
from tests.hedging.builders import trade, view, wander

PROBLEM = HedgingProblem(
    spot=100.0, vol=0.5, gamma=-0.02, risk_aversion=1e-3, cost=2e-3, fixed_usd=0.05
)
POSITIVE = st.floats(1e-6, 1e6)


def walk_rate(problem, *, cells, landing_cell):
    """Cost per year of a symmetric random walk on ``cells`` steps to each side, by linear equations.

    A walk of step δ takes δ²/ν² years a step. Mean time and mean ∫y² to the exit solve u − mean of the
    neighbours' u = source: a computation that knows nothing of the closed form.
    """
    outer = problem.best_band[0]
    width = outer / cells
    inner = np.arange(-cells + 1, cells) * width
    matrix = np.ones((3, inner.size))
    matrix[0], matrix[2] = -0.5, -0.5
    year = width**2 / problem.delta_vol**2
    time = solve_banded((1, 1), matrix, np.full(inner.size, year))
    square = solve_banded((1, 1), matrix, inner**2 * year)
    start = cells - 1 + landing_cell
    size = outer - landing_cell * width
    aversion = 0.5 * problem.risk_aversion * (problem.vol * problem.spot) ** 2
    paid = problem.fixed_usd + problem.cost * problem.spot * size
    return (aversion * square[start] + paid) / time[start], landing_cell * width


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 0.9])
def test_the_renewal_rate_is_that_of_a_random_walk(share):
    """The walk's own error is of second order in its step: 1e-5 here."""
    rate, landing = walk_rate(PROBLEM, cells=400, landing_cell=round(400 * share))
    assert PROBLEM.rate(PROBLEM.best_band[0], landing) == pytest.approx(rate, rel=3e-5)


@given(
    gamma=st.floats(1e-4, 10.0),
    risk_aversion=st.floats(1e-7, 1.0),
    cost=st.floats(1e-6, 0.05),
    fixed_usd=st.floats(1e-4, 100.0),
)
def test_no_other_pair_costs_less(gamma, risk_aversion, cost, fixed_usd):
    problem = HedgingProblem(
        spot=50.0,
        vol=0.7,
        gamma=gamma,
        risk_aversion=risk_aversion,
        cost=cost,
        fixed_usd=fixed_usd,
    )
    outer, landing = problem.best_band
    best = problem.rate(outer, landing)
    assert 0.0 < landing < outer

    def rate(x):
        high = outer * np.exp(x[0])
        return problem.rate(high, high / (1.0 + np.exp(-x[1])))

    found = minimize(rate, [0.1, 0.0], method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 0.0})
    assert best <= found.fun * (1.0 + 1e-12)


@given(gamma=POSITIVE, cost=st.floats(1e-6, 0.1), fixed_usd=POSITIVE)
def test_mixed_band_solves_both_first_order_conditions(gamma, cost, fixed_usd):
    price, aversion = 100.0, 1e-3
    outer, landing = mixed_band(
        gamma, price, cost=cost, fixed_usd=fixed_usd, risk_aversion=aversion
    )
    u, d = outer + landing, outer - landing
    twice = 12.0 * gamma**2 / aversion
    assert u * d**3 == pytest.approx(twice * fixed_usd, rel=1e-6)
    assert u**3 - u * d**2 == pytest.approx(twice * cost * price, rel=1e-6, abs=1e-6 * u**3)


def test_mixed_band_runs_into_its_two_limits_and_zero_gamma():
    gamma = np.array([-0.02, 0.0, 1.3])
    edge = proportional_band(gamma, 100.0, cost=2e-3, risk_aversion=1e-3)
    centre = fixed_band(gamma, fixed_usd=3.0, risk_aversion=1e-3)
    outer, landing = mixed_band(gamma, 100.0, cost=2e-3, fixed_usd=0.0, risk_aversion=1e-3)
    np.testing.assert_allclose([outer, landing], [edge, edge], rtol=1e-14)
    outer, landing = mixed_band(gamma, 100.0, cost=0.0, fixed_usd=3.0, risk_aversion=1e-3)
    np.testing.assert_allclose(outer, centre, rtol=1e-14)
    np.testing.assert_array_equal(landing, 0.0)


def test_bands_by_hand():
    """1.5·0.001·100·0.01²/0.0012 = 0.0125 and 12·0.3·0.01²/0.0036 = 0.1."""
    assert proportional_band(0.01, 100.0, cost=1e-3, risk_aversion=1.2e-3) == pytest.approx(
        0.0125 ** (1 / 3)
    )
    assert fixed_band(-0.01, fixed_usd=0.3, risk_aversion=3.6e-3) == pytest.approx(0.1**0.25)


def test_whalley_wilmott_follows_price_gamma_and_the_discount():
    policy = WhalleyWilmott(risk_aversion=1e-3, cost=1e-3, rate=0.05, expiry_years=1.0)
    price, gamma = np.array([80.0, 100.0]), np.array([-0.03, 0.01])
    early = policy.rule(view(price=price, gamma=gamma))
    expected = (1.5 * np.exp(-0.05) * 1e-3 * price * gamma**2 / 1e-3) ** (1 / 3)
    np.testing.assert_allclose(early.band, expected, rtol=1e-13)
    assert early.landing == 1.0
    late = policy.rule(view(price=price, gamma=gamma, years=2.0))
    np.testing.assert_allclose(late.band / early.band, np.exp(0.05 / 3.0), rtol=1e-13)


def test_fixed_cost_band_lands_at_the_centre():
    rule = FixedCostBand(risk_aversion=1e-3, fixed_usd=2.0).rule(view(gamma=[-0.01, 0.04]))
    np.testing.assert_allclose(rule.band, (12 * 2.0 * np.array([1e-4, 16e-4]) / 1e-3) ** 0.25)
    assert rule.landing == 0.0


@given(st.floats(0.5, 5.0), st.sampled_from([-1.0, 1.0]))
def test_mixed_stops_at_its_landing_wherever_it_was_triggered(multiple, side):
    policy = Mixed(risk_aversion=1e-3, cost=2e-3, fixed_usd=0.05)
    outer, landing = PROBLEM.best_band
    gap = side * multiple * outer
    rule = policy.rule(view(gamma=PROBLEM.gamma, price=100.0, target=gap))
    bought = trade(rule, [gap])[0]
    if multiple <= 1.0:
        assert bought == 0.0
    else:
        assert gap - bought == pytest.approx(side * landing)


def test_a_simulated_mixed_hedger_pays_the_rate_of_the_closed_form():
    step = (PROBLEM.best_band[0] / 40.0 / PROBLEM.delta_vol) ** 2
    policy = Mixed(risk_aversion=1e-3, cost=2e-3, fixed_usd=0.05)
    square, traded, count = wander(
        policy, problem=PROBLEM, steps=7_000, paths=2_000, step_years=step, seed=5, burn=1_000
    )
    aversion = 0.5 * PROBLEM.risk_aversion * (PROBLEM.vol * PROBLEM.spot) ** 2
    rate = aversion * square + PROBLEM.cost * PROBLEM.spot * traded + PROBLEM.fixed_usd * count
    error = rate.std() / np.sqrt(rate.size)
    # The best rate is flat in H, so the overshoot of H/40·0.58 costs little.
    assert rate.mean() == pytest.approx(PROBLEM.rate(*PROBLEM.best_band), abs=4 * error, rel=0.01)
    assert error < 0.01 * rate.mean()


@pytest.mark.parametrize(
    ("make", "values"),
    [
        (WhalleyWilmott, {"risk_aversion": 0.0, "cost": 1e-3}),
        (WhalleyWilmott, {"risk_aversion": 1.0, "cost": 0.0}),
        (WhalleyWilmott, {"risk_aversion": 1.0, "cost": 1e-3, "rate": np.inf}),
        (FixedCostBand, {"risk_aversion": 1.0, "fixed_usd": -1.0}),
        (Mixed, {"risk_aversion": 1.0, "cost": 0.0, "fixed_usd": 0.0}),
        (Mixed, {"risk_aversion": 1.0, "cost": -1e-3, "fixed_usd": 1.0}),
    ],
)
def test_parameters_outside_their_range_are_refused(make, values):
    with pytest.raises(InputError) as caught:
        make(**values)
    assert caught.value.remedy


def test_a_problem_without_gamma_is_refused():
    with pytest.raises(InputError, match="gamma"):
        HedgingProblem(spot=1.0, vol=1.0, gamma=0.0, risk_aversion=1.0)
