"""Strategies compared: martingales, order in risk, gaps, paired errors, inputs."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import shortgamma as sg
from shortgamma.basics.errors import InputError
from shortgamma.hedging.gamma import DeltaOnly, RollingGamma, StaticGamma, Wings
from shortgamma.studies.policies.results import shortfall
from shortgamma.studies.scenarios.scenario import Inputs
from shortgamma.studies.simulation import scenario_from
from shortgamma.studies.strategies import GAPS, labels, strategies, strategies_of
from shortgamma.studies.strategy_figures import (
    PARTS,
    TAIL,
    deviation_scores,
    distributions,
    ratio_scores,
    shortfall_scores,
)
from shortgamma.studies.strategy_markets import strategy_markets

FREE = {
    "process": "gbm",
    "depth_usd_per_pct": 1e14,
    "theta": -3e-8,
    "half_spread": 0,
    "taker_fee": 0,
    "slippage": 0,
    "funding_rate": 0,
    "margin_share": 0,
    "options": 16,
    "steps": 240,
}
FAIR = (
    "static-gamma:share=0.9,half_spread_vol=0",
    "rolling-gamma:share=0.9,every_days=3,half_spread_vol=0",
    "wings:half_spread_vol=0",
)
DEEP = {"options": 16, "steps": 96, "theta": -0.3, "process": "gbm"}


@pytest.fixture(scope="module")
def fair():
    return strategies("desk", FREE, chosen=FAIR, paths=3_000)


@pytest.fixture(scope="module")
def deep():
    """A market in which hedging matters, with all frictions."""
    return strategies("desk", DEEP, paths=1_000)


def test_without_costs_or_impact_every_strategy_is_worth_nothing_on_average(fair):
    """Options bought at the vol of the price: every result is a sum of martingale steps."""
    for found in fair.results:
        mean = found.metrics["pnl_usd"]
        assert abs(mean.value) < 4.0 * mean.standard_error, found.label
        assert found.metrics["cost_usd"].value == 0.0
        assert found.metrics["realised_vol_ratio"].value == pytest.approx(1.0, abs=1e-6)


def test_options_take_risk_out_of_a_hedged_book(fair):
    plain, *others = (found.metrics["std_usd"].value for found in fair.results)
    assert plain > 2.0 * max(others) > 0.0


def test_bought_gamma_raises_theta_and_lowers_realised_vol(deep):
    first = deep.results[0]
    assert first.theta == pytest.approx(-0.3, rel=1e-9)
    assert first.metrics["realised_vol_ratio"].value > 1.2
    for found in deep.results[1:]:
        assert first.theta < found.theta < 0.1 * -first.theta
        for figure, sign in (("mean_theta", 1.0), ("realised_vol_ratio", -1.0)):
            change = found.differences[figure]
            assert sign * change.value > 10.0 * change.standard_error, (found.label, figure)


def test_a_share_of_one_leaves_no_theta():
    whole = ["static-gamma:share=1", "rolling-gamma:share=1"]
    found = strategies("desk", {**DEEP, "steps": 2}, chosen=whole, paths=100)
    assert [each.theta for each in found.results[1:]] == pytest.approx([0.0, 0.0], abs=1e-12)


def test_wings_cap_what_a_gap_costs(deep):
    first, *_others, wings = deep.results
    assert wings.label == "wings"
    for before, after, gap in zip(first.gap_pnl_usd, wings.gap_pnl_usd, GAPS, strict=True):
        assert before < after < 0.0
        if abs(gap) == wings.strategy.gap:
            assert after >= 0.2 * before * (1.0 + 1e-9)
    assert wings.gap_loss_usd == pytest.approx(0.2 * first.gap_loss_usd, rel=1e-6)


def test_parts_sum_to_the_result_and_costs_are_parts(deep):
    for found in deep.results:
        assert set(found.parts) <= set(PARTS)
        total = sum(part.value for part in found.parts.values())
        scale = found.metrics["turnover_usd"].value
        assert abs(total - found.metrics["pnl_usd"].value) < 1e-9 * scale
        costs = -sum(found.parts[p].value for p in found.parts if p in PARTS[6:])
        assert found.metrics["cost_usd"].value == pytest.approx(costs, rel=1e-9)
        assert found.metrics["pnl_usd"].value == pytest.approx(found.pnl_usd.mean(), rel=1e-12)


def test_the_option_spread_is_paid_by_those_who_buy(deep):
    spreads = [found.metrics["option_spread_usd"].value for found in deep.results]
    bought = [sum(each.spread_usd for each in found.purchases) for found in deep.results]
    assert spreads[0] == bought[0] == 0.0
    assert spreads[1] == pytest.approx(bought[1], rel=1e-12)
    assert spreads[3] == pytest.approx(bought[3], rel=1e-12)
    # Four days are fewer than the seven from roll to roll: it pays for the first straddle alone.
    assert spreads[2] == pytest.approx(bought[2], rel=1e-5)


def test_differences_are_paired_and_so_are_their_errors(deep):
    first, second = deep.results[:2]
    change = second.differences["pnl_usd"]
    paired = second.pnl_usd - first.pnl_usd
    assert change.value == pytest.approx(paired.mean(), rel=1e-12)
    assert change.standard_error == pytest.approx(paired.std(ddof=1) / paired.size**0.5, rel=1e-12)
    apart = np.hypot(*(each.metrics["pnl_usd"].standard_error for each in (first, second)))
    assert change.standard_error < apart
    assert not first.differences


def test_scores_average_to_the_figures_that_they_stand_for():
    rng = np.random.default_rng(2)
    pnl = rng.standard_t(5, 4_000)
    assert deviation_scores(pnl).mean() == pytest.approx(pnl.std(), rel=1e-12)
    worst = np.sort(pnl)[: round(TAIL * pnl.size)]
    assert shortfall_scores(pnl).mean() == pytest.approx(-worst.mean(), rel=1e-12)
    above, below = rng.gamma(2.0, 1.0, (2, 4_000))
    assert ratio_scores(above, below).mean() == pytest.approx((above.mean() / below.mean()) ** 0.5)
    assert np.isnan(ratio_scores(above, 0.0 * below)).all()
    assert not deviation_scores(np.ones(5)).any()


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 2_000), st.integers(0, 2**32 - 1), st.booleans())
def test_the_shortfall_is_that_of_the_re_hedging_policies_for_every_number_of_paths(
    paths, seed, rounded
):
    pnl = np.random.default_rng(seed).standard_t(3, paths)
    if rounded:
        pnl = np.round(pnl)
    expected = shortfall(pnl).value
    assert shortfall_scores(pnl).mean() == pytest.approx(expected, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("score", [deviation_scores, shortfall_scores])
def test_errors_of_scores_are_those_of_repeated_samples(score):
    rng = np.random.default_rng(3)
    samples = rng.normal(size=(600, 1_500))
    values = np.array([score(sample).mean() for sample in samples])
    errors = [score(sample).std(ddof=1) / 1_500**0.5 for sample in samples]
    assert np.mean(errors) == pytest.approx(values.std(), rel=0.1)


def test_distributions_count_paths_at_or_below_each_level():
    found = distributions([np.array([-4.0, 0.0, 1.0]), np.array([2.0, 2.0, 5.0])])
    assert (found.levels[0], found.levels[-1]) == (-4.0, 5.0)
    np.testing.assert_allclose(found.shares[:, 0], [1.0 / 3.0, 0.0])
    np.testing.assert_allclose(found.shares[:, -1], 1.0)
    assert (np.diff(found.shares, axis=1) >= 0.0).all()


def test_same_seed_same_figures_whatever_the_workers():
    first, second = (
        strategies("desk", {**DEEP, "steps": 12}, paths=500, seed=9, workers=n) for n in (1, 2)
    )
    for one, other in zip(first.results, second.results, strict=True):
        np.testing.assert_array_equal(one.pnl_usd, other.pnl_usd)


def test_document_is_json_with_a_verdict(deep):
    document = json.loads(json.dumps(deep.to_dict(), allow_nan=False))
    names = [each["strategy"] for each in document["strategies"]]
    assert names == ["delta-only", "static-gamma", "rolling-gamma", "wings"]
    assert document["verdict"].count("expected shortfall") == 1
    assert document["strategies"][1]["bought"][0]["quantity"] > 0.0
    assert document["strategies"][0]["differences"] == {}
    assert set(document["strategies"][3]["metrics"]) == set(
        document["strategies"][3]["differences"]
    )


def test_a_verdict_names_what_sampling_error_does_not_tell_apart(deep):
    """Two strategies that do the same are tied; a book that nobody covers has no winner."""
    best = deep.least_shortfall[0]
    assert best is not deep.results[0]
    twice = replace(deep, results=(*deep.results, replace(best, label="its twin")))
    assert {found.label for found in twice.least_shortfall} >= {best.label, "its twin"}
    assert "Sampling error does not tell it from" in twice.verdict
    alone = replace(deep, results=deep.results[:1])
    assert alone.verdict.startswith("No strategy")


def test_the_gap_loss_is_that_of_the_widest_gaps(deep):
    """A book may lose more in a gap of 10 % than in one of 20 %, where its wings begin."""
    found = replace(deep.results[0], gap_pnl_usd=np.array([-3.0, -9.0, -8.0, -5.0]))
    assert GAPS == (-0.2, -0.1, 0.1, 0.2)
    assert found.gap_loss_usd == 5.0
    assert replace(found, gap_pnl_usd=np.array([1.0, -9.0, -8.0, 2.0])).gap_loss_usd == 0.0


@pytest.mark.parametrize("earned", [0.0, 1.0])
def test_a_verdict_speaks_of_no_part_of_a_shortfall_that_is_no_loss(deep, earned):
    """Where the worst paths of delta hedging earn, or end level, the best earn more: not "-40 % below"."""
    shift = deep.results[0].metrics["es_usd"].value + earned
    raised = [moved(found, shift) for found in deep.results]
    found = replace(deep, results=tuple(raised))
    assert deep.shortfall_saved is not None
    assert 0.0 < deep.shortfall_saved < 1.0
    assert found.shortfall_saved is None
    saved = (
        raised[0].metrics["es_usd"].value - found.least_shortfall[0].metrics["es_usd"].value
    ) / 1e6
    assert (
        f"{saved:,.2f} million USD below that of delta-only, which loses nothing" in found.verdict
    )


def moved(found, usd):
    """A result whose shortfall is smaller by an amount."""
    own = found.metrics["es_usd"]
    metrics = {**found.metrics, "es_usd": replace(own, value=own.value - usd)}
    return replace(found, metrics=metrics)


def test_a_long_book_buys_nothing_and_loses_nothing_by_it():
    found = strategies("desk", {**DEEP, "theta": 0.3, "steps": 24}, paths=200)
    for each in found.results[1:]:
        assert each.bought == 0.0
        np.testing.assert_allclose(each.pnl_usd, found.results[0].pnl_usd, atol=1e-2)
    assert found.verdict.startswith("No strategy")


@pytest.mark.parametrize("scenario", ["hedged-book", "gamma-squeeze", "one-bank", "full-market"])
def test_hedgers_of_any_scenario_can_follow_strategies(scenario):
    found = strategies(scenario, {"steps": 20}, paths=100)
    assert len(found.results) == 4
    first, *others = found.results
    assert all(each.theta > first.theta for each in others)
    for each in found.results:
        assert np.isfinite(each.pnl_usd).all()


def test_options_that_expire_during_the_run_get_a_finer_grid():
    job = scenario_from("hedged-book", {"options": "16"})
    setup = replace(job, steps=72, step_seconds=3_600.0).build(Inputs())
    long, short = (StaticGamma(tenor_days=days) for days in (30.0, 2.0))
    grids = [
        strategy_markets(setup, [DeltaOnly(), each], place="test")[0].setup.grid
        for each in (long, short)
    ]
    assert grids[0] == setup.grid
    assert grids[1].nodes > setup.grid.nodes


def test_names_come_with_what_tells_them_apart():
    found = labels([RollingGamma(), RollingGamma(every_days=3.0), Wings(), Wings()])
    assert found == [
        "rolling-gamma:every_days=7",
        "rolling-gamma:every_days=3",
        "wings",
        "wings #3",
    ]


def test_delta_only_comes_first_once():
    names = [each.name for each in strategies_of(["wings", "delta-only", StaticGamma()])]
    assert names == ["delta-only", "wings", "static-gamma"]


def test_public_name_and_measured_books():
    found = sg.strategies(
        "desk", {"steps": 6}, source="sample:ETH", positioning="dealer-short", paths=100
    )
    assert "ETH" in found.book.label
    assert found.results[0].theta < found.results[1].theta


@pytest.mark.parametrize(
    ("arguments", "options", "words"),
    [
        (("liquidation-cascade", {"theta": 0.0, "steps": 5}), {}, "nobody"),
        (("desk",), {"paths": 20}, "paths is 20"),
        (("desk",), {"chosen": ["butterfly"]}, "butterfly"),
        (("desk",), {"chosen": ["wings:width"]}, "no value"),
        (("nothing",), {}, "no scenario"),
        (("replay", {"steps": 5}), {}, "paths is 1"),
    ],
)
def test_what_cannot_be_compared_is_refused(arguments, options, words):
    with pytest.raises(InputError, match=words):
        strategies(*arguments, **options)
