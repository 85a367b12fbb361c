"""DebtRank of both papers and Furfine's cascade, against published figures and closed forms."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shortgamma.basics.errors import InputError
from shortgamma.risk.contagion.debtrank import debt_rank, debt_rank_of_each, leverage_matrix
from shortgamma.risk.contagion.furfine import cascade
from shortgamma.risk.contagion.network import Network
from shortgamma.risk.contagion.spectrum import perron_root

# carloscinelli/NetworkRiskMeasures, README of its first versions: exposures, buffer and weights.
ASSETS = np.array([[0.0, 1.0, 0.0], [10.0, 0.0, 3.0], [3.0, 2.0, 0.0]])
BUFFER, SIZES = np.array([2.0, 5.0, 2.0]), np.array([10.0, 100.0, 30.0])
ADDITIONAL = (0.9285714, 0.2500000, 0.6642857)
LIABILITIES = [  # the same, tests/testthat/test_1_risk_com.R: row owes column, nodes A B C E F D
    [0, 5, 0, 0, 10, 2],
    [0, 0, 3, 0, 2, 0],
    [0, 0, 0, 4, 0, 0],
    [0, 0, 0, 0, 0, 0],
    [0, 0, 2, 5, 5, 0],
    [0, 2, 2, 0, 0, 0],
]
IMPACT = [
    [0, 1, 0, 0, 1, 0.5],
    [0, 0, 1, 0, 0.2, 0],
    [0, 0, 0, 1, 0, 0],
    [0, 0, 0, 0, 0, 0],
    [0, 0, 1, 1, 0.5, 0],
    [0, 1, 1, 0, 0, 0],
]


@pytest.fixture
def three():
    return Network(
        names=("a", "b", "c"), liabilities=ASSETS.T, equity=BUFFER, weights=SIZES / SIZES.sum()
    )


def random_network(seed, gain=None):
    """A random network whose leverage matrix has the given spectral radius."""
    rng = np.random.default_rng(seed)
    count = int(rng.integers(2, 12))
    owed = rng.uniform(size=(count, count)) * (rng.uniform(size=(count, count)) < 0.7)
    np.fill_diagonal(owed, 0.0)
    equity = rng.uniform(0.5, 2.0, count)
    if gain is not None:
        radius = np.abs(np.linalg.eigvals(owed / equity[None, :])).max()
        owed *= gain / radius if radius > 0.0 else 1.0
    return Network(names=tuple(map(str, range(count))), liabilities=owed, equity=equity)


@pytest.mark.parametrize(("place", "figure"), list(enumerate(ADDITIONAL)))
def test_additional_stress_of_each_node_as_published(three, place, figure):
    found = debt_rank(three, np.eye(3)[place], variant="2012")
    assert found.debtrank == pytest.approx(figure, abs=5e-8)
    assert debt_rank_of_each(three, variant="2012")[place] == pytest.approx(figure, abs=5e-8)


def test_ten_percent_everywhere_as_published(three):
    found = debt_rank(three, np.full(3, 0.1), variant="2012")
    assert found.debtrank == pytest.approx(0.1607, abs=5e-5)


def test_the_capped_impact_matrix_as_published():
    """Their F owes itself 5, which a network here may not; that cell is left out."""
    owed = np.array(LIABILITIES, dtype=float)
    np.fill_diagonal(owed, 0.0)
    wanted = np.array(IMPACT)
    np.fill_diagonal(wanted, 0.0)
    network = Network(names=tuple("ABCEFD"), liabilities=owed, equity=[10, 2, 2, 1, 10, 4])
    np.testing.assert_allclose(np.minimum(leverage_matrix(network), 1.0), wanted, rtol=1e-15)


def test_the_first_example_step_by_step(three):
    """C fails: b loses 3/5; then a loses 1/2 of that, then a's loss returns to b in full."""
    found = debt_rank(three, np.array([0.0, 0.0, 1.0]), variant="2012")
    np.testing.assert_allclose(
        found.history, [[0, 0, 1], [0, 0.6, 1], [0.3, 0.6, 1], [0.3, 0.9, 1]], rtol=1e-14
    )
    later = debt_rank(three, np.array([0.0, 0.0, 1.0]), variant="2015")
    np.testing.assert_allclose(later.final, [0.5, 1.0, 1.0], rtol=1e-14)


@settings(deadline=None)
@given(st.integers(0, 10_000), st.floats(0.05, 0.9))
def test_without_caps_the_linear_version_is_a_geometric_series(seed, gain):
    network = random_network(seed, gain)
    leverage = leverage_matrix(network)
    series = np.linalg.inv(np.eye(len(network)) - leverage.T)
    initial = np.full(len(network), 0.5 / max(1.0, series.sum(axis=1).max()))
    found = debt_rank(network, initial)
    np.testing.assert_allclose(found.final, series @ initial, rtol=1e-8)
    assert not found.amplifies or gain >= 1.0


@settings(deadline=None)
@given(st.integers(0, 10_000), st.floats(0.0, 0.3))
def test_distress_only_rises_stays_below_one_and_twice_hit_is_worse(seed, shock):
    network = random_network(seed)
    initial = np.zeros(len(network))
    initial[0] = shock
    once, twice = (debt_rank(network, initial, variant=year) for year in ("2012", "2015"))
    for found in (once, twice):
        assert np.all(np.diff(found.history, axis=0) >= 0.0)
        assert found.final.max(initial=0.0) <= 1.0
        assert found.debtrank >= 0.0
        assert found.converged
    assert np.all(once.final <= twice.final + 1e-12)


@settings(deadline=None)
@given(st.integers(0, 10_000), st.floats(0.001, 0.3))
def test_the_end_of_the_linear_version_solves_its_capped_equation(seed, shock):
    network = random_network(seed)
    initial = np.full(len(network), shock)
    final = debt_rank(network, initial).final
    capped = np.minimum(1.0, initial + final @ leverage_matrix(network))
    np.testing.assert_allclose(final, capped, rtol=1e-9)


def test_creditors_suffer_not_debtors():
    """One owes the other; b fails: a loses. The wrong way round nobody would."""
    network = Network(names=("a", "b"), liabilities=[[0, 0], [1, 0]], equity=[2, 2])
    found = debt_rank(network, network.equity * 0.0 + [0.0, 1.0])
    np.testing.assert_allclose(found.final, [0.5, 1.0], rtol=1e-15)


def test_weights_are_taken_as_given_and_else_are_those_of_the_papers(three):
    heavy = Network(names=three.names, liabilities=three.liabilities, equity=BUFFER, weights=SIZES)
    shock = np.array([1.0, 0.0, 0.0])
    light = debt_rank(three, shock, variant="2012").debtrank
    assert debt_rank(heavy, shock, variant="2012").debtrank == pytest.approx(140.0 * light)
    bare = Network(names=three.names, liabilities=three.liabilities, equity=BUFFER)
    old, new = (debt_rank(bare, shock, variant=year).weights for year in ("2012", "2015"))
    np.testing.assert_allclose(old, [1 / 19, 13 / 19, 5 / 19], rtol=1e-15)
    np.testing.assert_allclose(new, BUFFER / 9.0, rtol=1e-15)


@pytest.mark.parametrize("gain", [0.999, 1.001])
def test_the_alarm_is_on_where_the_spectral_radius_reaches_one(gain):
    found = debt_rank(random_network(4, gain), np.zeros(len(random_network(4))))
    assert found.spectral_radius == pytest.approx(gain, rel=1e-10)
    assert found.amplifies == (gain >= 1.0)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000), st.sampled_from([3, 20, 130]), st.floats(0.01, 1.0))
def test_the_spectral_radius_is_that_of_all_eigenvalues(seed, count, density):
    rng = np.random.default_rng(seed)
    matrix = rng.lognormal(0.0, 2.0, (count, count)) * (rng.uniform(size=(count, count)) < density)
    wanted = np.abs(np.linalg.eigvals(matrix)).max()
    # A nilpotent part of size k has numerical eigenvalues of the order of its norm times ε^(1/k).
    assert perron_root(matrix) == pytest.approx(wanted, rel=1e-8, abs=0.2 * matrix.max())


def test_the_spectral_radius_of_a_chain_is_zero_and_of_a_cycle_the_geometric_mean():
    chain = np.diag([5.0, 7.0, 9.0], k=1)
    assert perron_root(chain) == 0.0
    ring = chain.copy()
    ring[3, 0] = 2.0
    assert perron_root(ring) == pytest.approx(630.0**0.25, rel=1e-12)
    long = np.diag(np.ones(299), k=1)
    long[299, 0] = 1024.0
    assert perron_root(long) == pytest.approx(2.0 ** (10 / 300), rel=1e-9)


@pytest.mark.parametrize("variant", ["2012", "2015"])
def test_a_creditor_without_equity_is_refused_by_name(variant):
    network = Network(names=("a", "b"), liabilities=[[0, 1], [0, 0]], equity=[1, 0])
    with pytest.raises(InputError, match="'b'"):
        debt_rank(network, np.zeros(2), variant=variant)


def test_bad_questions_are_refused(three):
    with pytest.raises(InputError, match="--variant"):
        debt_rank(three, np.zeros(3), variant="2013")
    with pytest.raises(InputError, match="--shock"):
        debt_rank(three, np.array([0.0, 2.0, 0.0]))


def test_a_domino_of_three():
    """Debts: a to b 5 (equity 4), b to c 4 (equity 4): a takes b down; c just stands."""
    owed = [[0, 5, 0], [0, 0, 4], [0, 0, 0]]
    network = Network(names=("a", "b", "c"), liabilities=owed, equity=[1, 4, 4])
    found = cascade(network, np.array([True, False, False]))
    assert found.fell.tolist() == [0, 1, -1]
    np.testing.assert_array_equal(found.losses, [0.0, 5.0, 4.0])
    np.testing.assert_array_equal(found.equity, [1.0, -1.0, 0.0])
    milder = cascade(network, np.array([True, False, False]), recovery=0.3)
    assert milder.defaulted.tolist() == [True, False, False]
    np.testing.assert_allclose(milder.payments, [1.5, 4.0, 0.0], rtol=1e-15)


@settings(deadline=None)
@given(st.integers(0, 10_000), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_the_cascade_is_what_can_be_reached_when_a_single_default_kills(seed, one, other):
    """With no equity, Furfine's set of defaults is the set of creditors reached in the graph of debts."""
    network = random_network(seed)
    bare = Network(
        names=network.names, liabilities=network.liabilities, equity=np.zeros(len(network))
    )
    graph = nx.from_numpy_array(network.liabilities, create_using=nx.DiGraph)
    first = np.arange(len(network)) == 0
    reached = nx.descendants(graph, 0) | {0}
    assert set(np.flatnonzero(cascade(bare, first).defaulted)) == reached
    low, high = sorted((one, other))
    dear, cheap = (cascade(network, first, recovery=part) for part in (low, high))
    assert set(np.flatnonzero(cheap.defaulted)) <= set(np.flatnonzero(dear.defaulted))


def test_a_recovery_is_a_part_of_one(three):
    with pytest.raises(InputError, match="--recovery"):
        cascade(three, np.zeros(3, dtype=bool), recovery=1.5)
