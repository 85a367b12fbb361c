"""Distributions over paths, against NumPy on the paths themselves."""

import numpy as np
import pytest

from shortgamma.studies.distributions import (
    by_shock,
    figures_named,
    histogram,
    largest_moves,
    results,
)
from shortgamma.studies.source import simulate


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
    assert [row.name for row in found] == ["bank", "protocol"]
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
