"""The comparison of re-hedging policies: its statistics against brute force, its results against theory."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortgamma.basics.errors import InputError
from shortgamma.feedback.clock import Clock
from shortgamma.hedging.bands import HedgingProblem
from shortgamma.studies.policies.best import best_of, bootstrap_weights, minimum
from shortgamma.studies.policies.candidates import CONTINUOUS, NONE, Candidate, Grid, candidates
from shortgamma.studies.policies.results import (
    PARTS,
    PathResults,
    deviation,
    efficient,
    shortfall,
)
from shortgamma.studies.policies.study import policy
from shortgamma.studies.policies.volatility import law_of
from shortgamma.studies.scenarios.scenario import parsed_policy
from shortgamma.studies.simulation import Metric
from tests.feedback.processes.builders import history_of

FREE = {
    "half_spread": 0.0,
    "taker_fee": 0.0,
    "slippage": 0.0,
    "funding_rate": 0.0,
    "margin_share": 0.0,
    "depth": np.inf,
}
PROBLEM = HedgingProblem(spot=100.0, vol=0.5, gamma=2.0, risk_aversion=1e-4, cost=5e-4)


def results(pnl, cost):
    """A policy with these results; costs are all slippage."""
    nothing = np.zeros_like(pnl)
    parts = dict.fromkeys(PARTS, nothing) | {"slippage_usd": -cost, "gamma_usd": pnl + cost}
    return PathResults(
        parts=parts,
        pnl=pnl,
        carry=nothing,
        impact=nothing,
        trades=nothing,
        worst_hour=nothing - 1.0,
    )


def band(width):
    return Candidate(family="band", parameter=width, unit="coins", text=f"band:width={width}")


# --- statistics ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [40, 1_000, 10_001])
def test_shortfall_is_the_mean_of_the_worst_paths(size):
    values = np.random.default_rng(size).standard_t(3, size)
    worst = np.sort(values)[: round(0.025 * size)]
    assert shortfall(values).value == pytest.approx(-worst.mean())


def test_errors_of_deviation_and_shortfall_are_those_of_many_samples():
    random = np.random.default_rng(7)
    samples = random.normal(size=(2_000, 2_000))
    found = [(deviation(row), shortfall(row)) for row in samples]
    for at in (0, 1):
        spread = np.std([pair[at].value for pair in found])
        stated = np.mean([pair[at].standard_error for pair in found])
        assert stated == pytest.approx(spread, rel=0.1)


@given(st.floats(0.05, 20.0), st.floats(0.1, 5.0))
def test_the_minimum_of_a_parabola_in_the_logarithm_is_found_exactly(best, bend):
    values = np.geomspace(0.01, 100.0, 13)
    scores = 3.0 + bend * np.log(values / best) ** 2
    assert minimum(values, scores) == pytest.approx(best, rel=1e-6)


def test_a_minimum_at_the_edge_is_the_edge():
    assert minimum(np.array([1.0, 2.0, 4.0]), np.array([1.0, 2.0, 3.0])) == 1.0


def test_the_interval_covers_the_best_threshold_as_often_as_it_says():
    """Cost falls as 1/width, the deviation rises with it: the best width of the population is known."""
    widths, aversion, paths = np.geomspace(0.25, 4.0, 9), 2.0, 300
    exact = [(1.0 / w) + 0.5 * aversion * w * w for w in widths]
    best = minimum(widths, np.array(exact))
    weights = bootstrap_weights(paths, block=1, seed=3)
    hits = 0
    for seed in range(200):
        noise = np.random.default_rng(seed).normal(size=(2, paths))
        tried = [
            (band(w), results(w * noise[0], 1.0 / w * (1.0 + noise[1]))) for w in widths.tolist()
        ]
        found = best_of(tried, aversion, weights)
        hits += found.low <= best <= found.high
    assert 0.82 <= hits / 200 <= 0.97


def test_overlapping_paths_widen_the_interval():
    wide = bootstrap_weights(400, block=40, seed=1)
    narrow = bootstrap_weights(400, block=1, seed=1)
    drift = np.repeat(np.random.default_rng(2).normal(size=10), 40)
    assert np.std(wide[1:] @ drift) > 4.0 * np.std(narrow[1:] @ drift)
    np.testing.assert_allclose(wide.sum(axis=1), 1.0)


def test_efficient_policies_are_those_that_nothing_beats():
    pairs = [(1.0, 5.0), (2.0, 2.0), (2.5, 2.5), (4.0, 1.0), (1.0, 5.0), (9.0, 1.0)]
    points = [
        SimpleNamespace(
            cost=Metric(value=c, standard_error=0.0), std=Metric(value=s, standard_error=0.0)
        )
        for c, s in pairs
    ]
    assert efficient(points) == [True, True, False, True, True, False]


@pytest.mark.parametrize("power", [0.5, 1.0, 2.0])
def test_a_power_law_is_told_from_an_exponential(power):
    vol = [0.25, 0.4, 0.5, 0.75, 1.0, 1.5]
    powers = [Metric(value=3.0 * v**power, standard_error=0.0) for v in vol]
    waves = [Metric(value=3.0 * np.exp(2.0 * v), standard_error=0.0) for v in vol]
    law, other = law_of(vol, powers), law_of(vol, waves)
    assert (law.power, law.is_exponential) == (pytest.approx(power), False)
    assert (other.rate, other.is_exponential) == (pytest.approx(2.0), True)
    assert law_of(vol, [Metric(value=-1.0, standard_error=0.0)] * 6) is None


# --- what is tried ------------------------------------------------------------------------------------


def test_every_candidate_is_a_policy_and_doing_nothing_comes_first():
    clock = Clock.even(720, 3_600.0)
    found = candidates(PROBLEM, clock, Grid(), given="interval:seconds=5400")
    assert found[:2] == [NONE, CONTINUOUS]
    assert found[-1].family == "given"
    for candidate in found:
        assert parsed_policy(candidate.text).name
    widths = [c.parameter for c in found if c.family == "band to edge"]
    assert min(widths) < PROBLEM.best_band[0] < max(widths)


def test_intervals_are_whole_steps():
    waits = Grid(intervals=6).waits(Clock.even(720, 3_600.0))
    assert waits[0] == 3_600.0
    assert all(wait % 3_600.0 == 0.0 for wait in waits)


@pytest.mark.parametrize(
    "wrong",
    [{"thresholds": -1}, {"thresholds": [0.0]}, {"intervals": [np.nan]}, {"thresholds": 201}],
)
def test_grids_that_make_no_sense_are_refused(wrong):
    with pytest.raises(InputError):
        Grid(**wrong)


# --- results ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def answer():
    return policy(paths=1_000, grid=Grid(thresholds=5, intervals=3), curve=False)


def test_parts_sum_to_the_result_on_every_path(answer):
    for point, found in zip(answer.simulated.points, answer.simulated.results, strict=True):
        assert point.gap < 1e-9
        total = sum(found.parts.values())
        np.testing.assert_allclose(total, found.pnl, atol=1e-9 * np.abs(found.pnl).max())


def test_not_to_re_hedge_costs_nothing(answer):
    """The carry of the first hedge is nobody's choice: it is no cost of a rule."""
    none = answer.simulated.of(NONE)
    assert none.parts["funding_usd"].value != 0.0
    assert (none.cost.value, none.trades.value) == (0.0, 0.0)


def test_wider_bands_cost_less_and_leave_more_risk(answer):
    for family in ("band to edge", "band to centre"):
        points = [p for p in answer.simulated.points if p.candidate.family == family]
        costs, risks = [p.cost.value for p in points], [p.std.value for p in points]
        assert costs == sorted(costs, reverse=True)
        assert risks[-1] > 1.03 * risks[0]


def test_the_edge_beats_the_centre_at_the_same_risk(answer):
    """By theory .2887 against .4082 of the same scale: at equal residual risk the edge costs 29 % less."""
    best = {best.family: best.score for best in answer.simulated.best}
    assert best["band to edge"] < best["band to centre"] < best["interval"] * 1.05


def test_a_short_book_pays_for_its_own_squeeze_and_more_in_a_thin_market():
    grid = Grid(thresholds=[15.0], intervals=0)
    costs = []
    for depth in (1e15, 300e6, 75e6):
        figures = {"depth": depth, "theta": -3e6 / depth, "process": "gbm", "steps": 240}
        found = policy("desk", figures, paths=600, grid=grid, curve=False)
        costs.append(found.simulated.of(CONTINUOUS).impact.value)
    assert abs(costs[0]) < 1.0
    assert 0.0 < costs[1] < costs[2]
    assert costs[2] / costs[1] == pytest.approx(4.0, rel=0.15)


def test_own_impact_of_a_constant_gamma_is_the_closed_form():
    """Continuous hedging multiplies vol by 1/(1 + θ).

    The book loses ((1 + θ)⁻² − 1) of its gamma loss more; every trade pays the average of its impact and is
    marked after it, which gives back Σ½ΛQ² = −θ/(1 + θ)² of the gamma loss.
    """
    theta = -0.05
    figures = {
        **FREE,
        "depth": 3e8,
        "theta": theta,
        "process": "gbm",
        "steps": 2_880,
        "step_seconds": 60.0,
        "permanent_share": 1.0,
    }
    found = policy("desk", figures, paths=400, grid=Grid(thresholds=0, intervals=0), curve=False)
    point, quiet = found.simulated.of(CONTINUOUS), found.simulated.of(NONE)
    gamma_loss = -quiet.parts["gamma_usd"].value
    amplified = (1.0 + theta) ** -2 - 1.0
    given_back = -theta / (1.0 + theta) ** 2
    expected = gamma_loss * (amplified - given_back)
    assert point.impact.value == pytest.approx(expected, rel=0.1)


def test_free_hedging_costs_nothing():
    figures = {**FREE, "depth": 1e15, "theta": -3e-9}
    found = policy("desk", figures, paths=300, grid=Grid(thresholds=2, intervals=2), curve=False)
    for point in found.simulated.points:
        assert abs(point.cost.value) < 1e-6 * point.std.value


def test_a_book_that_is_long_gamma_mirrors_the_short_one():
    figures = {"depth": 1e15, "process": "gbm", "funding_rate": 0.0}
    grid = Grid(thresholds=[10.0], intervals=0)
    short, long = (
        policy("desk", {**figures, "theta": t}, paths=300, grid=grid, curve=False).simulated
        for t in (-3e-9, 3e-9)
    )
    for ours, theirs in zip(short.results, long.results, strict=True):
        for name in ("gamma_usd", "theta_usd", "delta_usd"):
            np.testing.assert_allclose(ours.parts[name], -theirs.parts[name], atol=0.1)
        np.testing.assert_allclose(ours.cost, theirs.cost, rtol=1e-6, atol=0.1)
    assert short.of(NONE).parts["gamma_usd"].value < 0.0 < short.of(NONE).parts["theta_usd"].value


def test_costs_follow_the_powers_of_theory_where_gamma_is_constant():
    """A fixed interval costs in proportion to vol, a band to its square: a day of a book of months."""
    figures = {
        **FREE,
        "depth": 1e15,
        "theta": -3e-9,
        "taker_fee": 5e-4,
        "process": "gbm",
        "vol": 0.3,
        "steps": 480,
        "step_seconds": 180.0,
    }
    grid = Grid(thresholds=[6.0], intervals=[1_800.0])
    found = policy("desk", figures, paths=500, grid=grid, risk_aversion=1e-4)
    laws = {curve.candidate.family: curve.law for curve in found.curves}
    assert laws["continuous"].power == pytest.approx(1.0, abs=0.06)
    assert not laws["continuous"].is_exponential
    assert laws["band to edge"].power == pytest.approx(2.0, abs=0.25)
    assert not laws["band to edge"].is_exponential


def test_recorded_prices_are_replayed_window_by_window():
    returns = np.random.default_rng(4).normal(0.0, 0.006, 24 * 40)
    found = policy(
        "desk",
        {"steps": 240},
        prices=history_of(returns, price=90_000.0),
        paths=200,
        grid=Grid(thresholds=3, intervals=2),
        curve=False,
    )
    replayed = found.replayed
    assert (found.simulated.process, replayed.process) == ("bootstrap", "windows")
    assert replayed.paths == (960 - 240) // 24 + 1
    assert replayed.block == 10
    assert replayed.realised_vol == pytest.approx(0.006 * (365 * 24) ** 0.5, rel=0.05)
    assert [p.candidate for p in replayed.points] == [p.candidate for p in found.simulated.points]


@pytest.mark.parametrize(
    ("scenario", "changes", "words"),
    [
        ("replay", {}, "single path"),
        ("nonsense", {}, "no scenario called"),
        ("desk", {"risk_aversion": 0.0}, "risk_aversion"),
        ("desk", {"risk_aversion": -1.0}, "risk_aversion"),
        ("desk", {"prices": history_of(np.full(30, 0.001))}, "30 moves"),
    ],
)
def test_questions_without_an_answer_are_refused(scenario, changes, words):
    with pytest.raises(InputError, match=words):
        policy(scenario, paths=50, curve=False, **changes)
