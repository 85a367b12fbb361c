"""Distributions over paths, against NumPy on the paths themselves."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binomtest, pareto

from shortgamma.studies.distributions import (
    by_shock,
    cascades,
    figures_named,
    histogram,
    largest_moves,
    results,
    timeline,
    wilson,
)
from shortgamma.studies.plans import simulate


@pytest.fixture(scope="module")
def crowded():
    return simulate("full-market", {"steps": 60, "theta": -0.6}, paths=400).outcome


def test_histogram_counts_every_path_once():
    rng = np.random.default_rng(0)
    market, quiet = rng.normal(1.0, 2.0, 500), rng.normal(0.0, 1.0, 300)
    found = histogram(market, quiet)
    assert found.market.sum() == pytest.approx(1.0)
    assert found.quiet.sum() == pytest.approx(1.0)
    middle = 0.5 * (found.edges[1:] + found.edges[:-1])
    assert found.market @ middle == pytest.approx(market.mean(), abs=0.1)
    assert found.quiet @ middle == pytest.approx(quiet.mean(), abs=0.1)


def test_equal_values_have_a_histogram_too():
    found = histogram(np.full(5, 2.0), np.full(5, 2.0))
    assert found.market.sum() == found.quiet.sum() == 1.0


def test_short_gamma_shifts_the_largest_moves_up(crowded):
    found = largest_moves(crowded)
    middle = 0.5 * (found.edges[1:] + found.edges[:-1])
    assert found.market @ middle > found.quiet @ middle


def test_parts_of_a_result_sum_to_it(crowded):
    found = results(crowded)
    assert [row.name for row in found] == ["bank", "option AMM", "makers"]
    for row in found:
        total = sum(part.value for part in row.parts.values())
        assert total == pytest.approx(row.total.value, rel=1e-4)
        assert row.worst < row.total.value


def test_without_attribution_the_rest_is_one_part():
    (row,) = results(simulate("hedged-book", {"steps": 30, "options": 16}, paths=50).outcome)
    assert "options and hedge" in row.parts
    assert row.parts["fees"].value < 0.0


def test_groups_by_shock_are_ordered_and_weigh_up(crowded):
    found = by_shock(crowded)
    assert (np.diff(found.shock) > 0.0).all()
    assert (found.move > found.shock).all()
    squeezed = crowded.market["widest_push"] > 0.01
    if found.paths.sum() == squeezed.size:
        assert found.squeezed @ found.paths / squeezed.size == pytest.approx(squeezed.mean())


def test_a_figure_that_is_nowhere_is_none(crowded):
    assert figures_named(crowded, "no such figure") is None
    assert figures_named(crowded, ": liquidated_usd") is not None


@pytest.mark.parametrize(("events", "trials"), [(0, 50), (1, 50), (17, 200), (200, 200)])
def test_interval_of_a_share_is_wilsons(events, trials):
    found = wilson(np.array([events / trials]), trials)[:, 0]
    known = binomtest(events, trials).proportion_ci(0.95, method="wilson")
    assert found == pytest.approx([known.low, known.high], abs=1e-7)


def with_liquidations(outcome, market, quiet, names=("crowd",)):
    """An outcome whose only figures are what each crowd had liquidated."""
    rows = {f"{name}: liquidated_usd": 1.0 for name in names}
    parts = 1.0 / len(names)
    return replace(
        outcome,
        paths=len(market),
        market=dict.fromkeys(rows, parts * market),
        quiet=dict.fromkeys(rows, parts * quiet),
    )


def test_cascade_sizes_follow_the_law_they_were_drawn_from(crowded):
    rng = np.random.default_rng(3)
    law, calm = pareto(1.5, scale=1e6), pareto(3.0, scale=1e6)
    drawn = [each.rvs(20_000, random_state=rng) for each in (law, calm)]
    found = cascades(with_liquidations(crowded, *drawn))
    inside = (found.market_band[0] <= law.sf(found.sizes)) & (
        law.sf(found.sizes) <= found.market_band[1]
    )
    assert inside.mean() > 0.8
    assert found.rare == 0.01
    assert found.market_rare == pytest.approx(law.isf(0.01), rel=0.15)
    assert found.quiet_rare == pytest.approx(calm.isf(0.01), rel=0.1)
    assert found.sizes[-1] == pytest.approx(max(row.max() for row in drawn))
    assert found.market[-1] == 0.0


def test_cascades_of_several_crowds_are_summed(crowded):
    sample = np.geomspace(1e6, 1e9, 1_000)
    one = cascades(with_liquidations(crowded, sample, 0.5 * sample))
    two = cascades(with_liquidations(crowded, sample, 0.5 * sample, names=("a", "b")))
    assert two.market_rare == pytest.approx(one.market_rare)
    assert one.quiet_rare == pytest.approx(0.5 * one.market_rare)


def test_no_cascades_and_too_few_paths_are_none(crowded):
    some = np.ones(40)
    assert cascades(with_liquidations(crowded, some, some)) is None
    assert cascades(with_liquidations(crowded, np.zeros(500), np.zeros(500))) is None
    assert cascades(replace(crowded, market={"final": some})) is None
    assert cascades(with_liquidations(crowded, np.ones(60), np.zeros(60))).rare == 0.1


def test_time_line_is_the_quantiles_of_what_was_kept(crowded):
    found = timeline(crowded, "liquidated_usd")
    kept = crowded.timelines["liquidated_usd"]
    assert found.days[-1] <= crowded.setup.clock.horizon * 365.0
    assert (np.diff(found.days) > 0.0).all()
    assert found.market[2] == pytest.approx(np.median(kept[:, 0], axis=1))
    assert found.quiet[4] == pytest.approx(np.percentile(kept[:, 1], 95, axis=1))
    assert found.market_mean[-1] == pytest.approx(
        crowded.market["leveraged: liquidated_usd"].mean(), rel=1e-6
    )
    assert timeline(crowded, "no such line") is None
