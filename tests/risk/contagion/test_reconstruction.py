"""Networks from totals: the published example, entropy, and what any totals allow."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from shortgamma.basics.errors import InputError
from shortgamma.risk.contagion.reconstruction import (
    RECONSTRUCTIONS,
    maximum_entropy,
    minimum_density,
)
from tests.risk.contagion.networks import random_network

# Anand, Craig and von Peter (2015), p. 628, as in carloscinelli/NetworkRiskMeasures, test_2_matrix_est.R.
OWED = np.array([4.0, 5.0, 5.0, 0.0, 0.0, 2.0, 4.0])
CLAIMS = np.array([7.0, 5.0, 3.0, 1.0, 3.0, 0.0, 1.0])
ENTROPY = [  # row owes column: the transpose of the asset matrix printed there
    [0, 1.72, 0.98, 0.25, 0.75, 0, 0.3],
    [2.53, 0, 1.06, 0.27, 0.81, 0, 0.32],
    [2.18, 1.6, 0, 0.23, 0.7, 0, 0.28],
    [0, 0, 0, 0, 0, 0, 0],
    [0, 0, 0, 0, 0, 0, 0],
    [0.74, 0.54, 0.31, 0.08, 0.24, 0, 0.09],
    [1.55, 1.14, 0.65, 0.17, 0.5, 0, 0],
]
LINKS = 9  # of their minimum density network


def test_maximum_entropy_as_published():
    found = maximum_entropy(OWED, CLAIMS)
    np.testing.assert_allclose(found.liabilities, ENTROPY, atol=0.0051)
    assert found.converged


def test_minimum_density_needs_no_more_links_than_the_published_one():
    found = minimum_density(OWED, CLAIMS)
    assert found.converged
    assert found.links <= LINKS


@settings(deadline=None, max_examples=80)
@given(st.integers(0, 10_000), st.sampled_from(sorted(RECONSTRUCTIONS)))
def test_rows_and_columns_have_their_totals(seed, method):
    network = random_network(seed)
    found = RECONSTRUCTIONS[method](network.owed, network.claims)
    whole = network.owed.sum()
    assert np.all(found.liabilities >= 0.0)
    assert np.all(np.diagonal(found.liabilities) == 0.0)
    if found.converged:
        np.testing.assert_allclose(found.liabilities.sum(axis=1), network.owed, atol=1e-7 * whole)
        np.testing.assert_allclose(found.liabilities.sum(axis=0), network.claims, atol=1e-7 * whole)
    if method == "minimum-density":
        assert found.converged
        assert found.links <= 2 * len(network) + 2


def test_nothing_has_more_entropy():
    """The convex problem itself, min Σ x·ln(x/(l·a)) under the totals, by a general solver."""
    owed, claims = np.array([3.0, 1.0, 2.0, 1.5]), np.array([1.0, 2.5, 2.0, 2.0])
    found = maximum_entropy(owed, claims).liabilities
    off = ~np.eye(4, dtype=bool)
    prior = np.outer(owed, claims)[off]

    def matrix(x):
        made = np.zeros((4, 4))
        made[off] = x
        return made

    solved = minimize(
        lambda x: float(np.sum(x * np.log(np.maximum(x, 1e-12) / prior) - x)),
        prior / prior.sum() * owed.sum(),
        bounds=[(1e-9, None)] * 12,
        constraints=[
            {"type": "eq", "fun": lambda x: matrix(x).sum(axis=1) - owed},
            {"type": "eq", "fun": lambda x: matrix(x).sum(axis=0)[:3] - claims[:3]},
        ],
        method="SLSQP",
        options={"ftol": 1e-12, "maxiter": 500},
    )
    np.testing.assert_allclose(found, matrix(solved.x), atol=2e-5)


def test_without_a_zero_diagonal_in_the_way_it_is_the_outer_product():
    """Debtors and creditors are different nodes: nobody could owe itself."""
    owed, claims = np.array([3.0, 1.0, 0.0, 0.0]), np.array([0.0, 0.0, 1.5, 2.5])
    found = maximum_entropy(owed, claims)
    np.testing.assert_allclose(found.liabilities, np.outer(owed, claims) / 4.0, rtol=1e-12)


def test_one_central_node_leaves_no_choice():
    owed, claims = np.array([4.0, 1.0, 2.0]), np.array([3.0, 2.0, 2.0])
    for method in RECONSTRUCTIONS.values():
        found = method(owed, claims).liabilities
        np.testing.assert_allclose(found, [[0, 2, 2], [1, 0, 0], [2, 0, 0]], atol=0.01)


@pytest.mark.parametrize(
    ("owed", "claims", "words"),
    [
        ([1.0, 2.0], [1.0, 1.0], "debts sum to 3, claims to 2"),
        ([3.0, 0.0], [1.0, 2.0], "node 1 owes and is owed 4"),
        ([-1.0, 2.0], [0.5, 0.5], "negative"),
        ([np.nan, 2.0], [0.5, 0.5], "no number"),
    ],
)
def test_totals_that_no_network_has_are_refused(owed, claims, words):
    with pytest.raises(InputError, match=words):
        maximum_entropy(np.array(owed), np.array(claims))


def test_no_debts_at_all_is_a_network():
    for method in RECONSTRUCTIONS.values():
        found = method(np.zeros(3), np.zeros(3))
        assert found.links == 0
        assert found.converged
