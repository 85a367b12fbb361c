"""Designs of a pool beside each other: figures, fair play, differences, search."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortgamma.basics.errors import InputError
from shortgamma.data import read_prices
from shortgamma.protocols.pool.registry import DESIGNS, design_named
from shortgamma.studies.design.answer import judgement
from shortgamma.studies.design.comparison import compared, design_comparison
from shortgamma.studies.design.fair import committed_spreads, next_spread
from shortgamma.studies.design.figures import FIGURES, Estimate, shortfall
from shortgamma.studies.design.question import DesignQuestion
from shortgamma.studies.design.search import between, parsed_design, parsed_search, parsed_sweep
from shortgamma.studies.design.shocks import SHOCK_SETS, sets_named
from shortgamma.studies.design.study import design, every_set, one_set
from shortgamma.studies.scenarios.pools import GammaAwarePool, NaivePool
from shortgamma.studies.scenarios.scenario import Inputs

SHORT = {"steps": 96, "step_seconds": 7_200.0}


def question(*names, sets="squeeze", **changes):
    given = {
        "market": NaivePool(**SHORT),
        "chosen": frozenset(SHORT),
        "designs": tuple(map(design_named, names or ("naive", "gamma-aware", "unhedged"))),
        "sets": sets_named(sets),
        "paths": 60,
        "threads": 1,
    }
    return DesignQuestion(**(given | changes))


@given(st.lists(st.floats(-1e6, 1e6), min_size=20, max_size=200))
def test_the_shortfall_is_the_mean_of_the_worst_twentieth(pnl):
    """Against a sample in which every result stands twenty times, so that a twentieth is a whole number."""
    values = np.array(pnl)
    worst = np.sort(np.repeat(values, 20))[: values.size].mean()
    weights = np.full((1, values.size), 1.0 / values.size)
    assert shortfall(values, weights)[0] == pytest.approx(worst, rel=1e-9, abs=1e-6)


def test_weights_count_a_path_as_often_as_it_was_drawn():
    pnl = np.array([-5.0, 1.0, 2.0, 3.0])
    assert shortfall(pnl, np.array([[0.0, 0.5, 0.25, 0.25]]))[0] == pytest.approx(1.0)
    assert shortfall(pnl, np.array([[0.025, 0.325, 0.325, 0.325]]))[0] == pytest.approx(-2.0)


@pytest.fixture(scope="module")
def answer():
    return design(question(sets="calm,crash"))


def test_every_design_has_every_figure_and_the_first_one_is_compared_with_nobody(answer):
    for part in (*answer.sets, answer.pooled):
        assert set(part.designs) == {"naive", "gamma-aware", "unhedged"}
        assert set(part.differences) == {"gamma-aware", "unhedged"}
        assert all(set(figures) == set(FIGURES) for figures in part.designs.values())


def test_a_difference_is_that_of_the_figures_and_lies_in_its_interval(answer):
    for part in answer.sets:
        for name, estimate in part.differences["gamma-aware"].items():
            pair = [part.designs[name_][name].value for name_ in ("gamma-aware", "naive")]
            assert estimate.value == pytest.approx(pair[0] - pair[1])
            assert estimate.low <= estimate.value + 1e-9 * abs(estimate.value)


def test_who_does_not_hedge_leaves_the_price_alone_and_who_hedges_short_gamma_does_not(answer):
    for part in answer.sets:
        assert part.designs["unhedged"]["realised_vol_ratio"].value == pytest.approx(1.0)
        assert part.designs["unhedged"]["peak_flow_over_volume"].value == 0.0
        assert part.designs["naive"]["realised_vol_ratio"].value > 1.01
        assert part.designs["naive"]["mean_theta"].value < 0.0


def test_the_document_has_the_promised_keys(answer):
    document = answer.to_dict()
    assert set(document["designs"]["naive"]["lp_es_usd"]) == {"value", "low", "high"}
    assert set(document["differences"]["realised_vol_ratio"]) == {"value", "low", "high"}
    assert document["verdict"].startswith("calm: gamma-aware against naive is")
    assert document["sets"]["crash"]["fair_play"]["naive"]["volume_ratio"] == 1.0


def test_committed_spreads_bring_designs_to_the_volume_of_the_first():
    asked = question(sets="squeeze", paths=240)
    found = committed_spreads(asked, asked.sets[0])
    assert found["naive"] == DESIGNS["naive"].pricing.spread_points
    own = one_set(asked, 0, 0)
    notional = {name: paths.notional.mean() for name, paths in own[0].items()}
    assert own[1] == found
    assert notional["gamma-aware"] == pytest.approx(notional["naive"], rel=0.05)


def test_spreads_are_committed_on_other_paths_than_those_that_are_compared():
    """Another seed of the compared paths, the same training seed: the same spreads would be a coincidence."""
    first, second = (
        committed_spreads(question(seed=seed), sets_named("crash")[0]) for seed in (0, 1)
    )
    assert first["gamma-aware"] != second["gamma-aware"]


def test_each_market_has_shocks_of_its_own():
    alike = replace(SHOCK_SETS["calm"], name="again")
    asked = question("naive", "unhedged", equal_volume=False)
    asked = replace(asked, sets=(SHOCK_SETS["calm"], alike))
    one, two = (found["naive"].quiet for found, _spreads in every_set(asked, 0, None))
    assert not np.array_equal(one, two)


def test_a_spread_is_moved_along_the_line_through_the_last_two():
    assert next_spread([(2.0, -0.1), (1.5, 0.1)]) == pytest.approx(1.75)
    assert next_spread([(2.0, 0.5)]) == pytest.approx(3.0)
    assert next_spread([(0.2, -0.9)]) == 0.0


def test_what_the_caller_sets_stays_in_every_market():
    asked = question(market=NaivePool(vol=0.33, **SHORT), chosen=frozenset({"vol", *SHORT}))
    for shocks in SHOCK_SETS.values():
        assert asked.market_of(shocks).vol == 0.33
    free = question()
    assert free.market_of(SHOCK_SETS["volatile"]).vol == 1.0
    assert free.market_of(SHOCK_SETS["crash"]).event_bought_usd < 0.0


def test_better_is_the_side_that_a_risk_officer_means():
    down, up = Estimate(value=-1.0, low=-2.0, high=-0.5), Estimate(value=1.0, low=0.5, high=2.0)
    unclear = Estimate(value=1.0, low=-0.1, high=2.0)
    for name in ("realised_vol_ratio", "insolvency_probability", "trader_cost_points"):
        assert (judgement(name, down), judgement(name, up)) == ("better", "worse")
    for name in ("lp_es_usd", "lp_mean_usd"):
        assert (judgement(name, down), judgement(name, up)) == ("worse", "better")
    assert judgement("lp_es_usd", unclear) == "open"


def test_prices_of_the_callers_own_move_the_market():
    history = read_prices("sample", underlying=None)
    market = NaivePool(process="bootstrap", **SHORT)
    setup = market.build(Inputs(history=history))
    assert setup.process.annual_vol == pytest.approx(setup.agents[0].vol)


def test_a_search_with_one_design_has_somebody_to_be_compared_with():
    pair = compared(["naive"], None, has_search=True)
    assert [each.name for each in pair] == ["naive", "gamma-aware"]


@pytest.mark.slow
def test_the_gamma_aware_pool_beats_the_naive_one_in_squeeze_and_crash():
    """The stated measures, by intervals that exclude zero, at equal volume and no dearer for the clients."""
    found = design_comparison(designs=["naive", "gamma-aware"], shocks="squeeze,crash", paths=700)
    for part in found.sets:
        difference, fair = part.differences["gamma-aware"], part.fair["gamma-aware"]
        assert difference["realised_vol_ratio"].high < 0.0
        assert difference["lp_es_usd"].low > 0.0
        assert difference["insolvency_probability"].high < 0.0
        assert fair.holds


def test_designs_sweeps_and_searches_are_read():
    assert parsed_design("gamma-aware:charge=0.3").pricing.charge == 0.3
    names = [each.name for each in parsed_sweep("naive:spread_points=1,2")]
    assert names == ["naive:spread_points=1", "naive:spread_points=2"]
    search = parsed_search(
        "gamma-aware:charge=0.05..0.5,least_theta=-0.8..-0.2", tries=5, objective="lp_es_usd"
    )
    tried = search.candidates(0)
    assert tried[0].name == "gamma-aware"
    assert all(0.05 <= each.pricing.charge <= 0.5 for each in tried[1:])
    assert len({each.name for each in tried}) == 6
    assert between(1.0, 100.0, 0.5) == 10.0
    assert between(0.0, 1.0, 0.25) == 0.25


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: question("naive"), "naive cannot be compared"),
        (lambda: question("naive", "naive"), "naive, naive cannot be compared"),
        (lambda: question(paths=3), "3 paths"),
        (lambda: question(seed=-1), "seed -1"),
        (lambda: sets_named("calm,storm"), "no shock set is called 'storm'"),
        (lambda: parsed_design("naive:spread"), "'spread' has no value"),
        (lambda: parsed_sweep("naive"), "'naive'"),
        (lambda: parsed_search("naive", tries=5, objective="lp_es_usd"), "no parameter to search"),
        (
            lambda: parsed_search("naive:most_used=2..1", tries=5, objective="lp_es_usd"),
            "from 2 to 1",
        ),
        (lambda: parsed_search("naive:most_used=1..2", tries=5, objective="x"), "called 'x'"),
        (lambda: parsed_search("naive:most_used=1..2", tries=1, objective="lp_es_usd"), "1 tries"),
        (lambda: design_comparison("hedged-book"), "not one market with an option pool"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(make, says):
    with pytest.raises(InputError, match=says):
        make()


def test_the_two_bundled_scenarios_differ_in_the_design_alone():
    naive, aware = NaivePool(), GammaAwarePool()
    assert (naive.design, aware.design) == ("naive", "gamma-aware")
    assert replace(aware, design="naive") == GammaAwarePool(design="naive")
