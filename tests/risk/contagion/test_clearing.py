"""Clearing vectors: published figures, three methods that agree, and what every clearing vector obeys."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shortgamma.basics.errors import InputError
from shortgamma.risk.contagion.clearing import SOLUTIONS, Terms, clear
from shortgamma.risk.contagion.fixed_points import (
    METHODS,
    Status,
    greatest,
    image,
    iterated,
    least,
    programmed,
)
from shortgamma.risk.contagion.network import Network
from shortgamma.risk.contagion.obligations import CONVENTIONS, Recovery, obligations
from tests.risk.contagion.networks import networks, random_network, renamed, scaled

HALF = Recovery(alpha=0.5, beta=0.5)
RECOVERIES = st.builds(Recovery, alpha=st.floats(0.0, 1.0), beta=st.floats(0.0, 1.0))
ORDERS = st.sampled_from(sorted(CONVENTIONS))


def of(liabilities, assets, outside=None):
    names = tuple("abcdef"[: len(assets)])
    return Network(
        names=names,
        liabilities=liabilities,
        external_assets=assets,
        external_liabilities=outside,
    )


def test_rogers_and_veraart_example_3_3():
    """Their example 3.3, as also tested in a public implementation of their algorithm (Test_GA_basic)."""
    found = clear(of([[0, 2], [2.2, 0]], [1, 1]), Terms(recovery=HALF))
    np.testing.assert_allclose(found.payments, [2.0, 2.2], rtol=1e-15)
    assert not found.defaulted.any()
    assert found.status is Status.OK


def test_the_limit_from_below_of_that_example_is_no_clearing_vector_in_the_sense_of_at_least():
    found = clear(of([[0, 2], [2.2, 0]], [1, 1]), Terms(recovery=HALF, solution="least"))
    np.testing.assert_allclose(found.payments, [1.0, 1.0], rtol=1e-15)
    assert found.defaulted.all()
    assert found.status is Status.BOUNDARY


def test_the_same_example_with_equal_debts_has_two_clearing_vectors():
    network = of([[0, 2.2], [2.2, 0]], [1, 1])
    top, bottom = (clear(network, Terms(recovery=HALF, solution=name)) for name in SOLUTIONS)
    np.testing.assert_allclose(top.payments, [2.2, 2.2], rtol=1e-15)
    np.testing.assert_allclose(bottom.payments, [1.0, 1.0], rtol=1e-15)
    assert bottom.status is Status.OK


def test_the_ring_of_rogers_and_veraart():
    """Section 5.1: six banks, γ = 0.4, ε = 1, a = 2, α = β = 1/2: all fail, every second one first."""
    gamma, epsilon, a, alpha, beta = 0.4, 1.0, 2.0, 0.5, 0.5
    owed = np.zeros((6, 6))
    for place in range(6):
        owed[place, (place + 1) % 6] = a if place % 2 == 0 else a + epsilon
    cash = np.tile([gamma * (1.0 - epsilon), gamma * (1.0 + epsilon)], 3)
    found = clear(of(owed, cash), Terms(recovery=Recovery(alpha=alpha, beta=beta)))
    factor = alpha * gamma / (1.0 - beta**2)
    odd = factor * ((1.0 - epsilon) + beta * (1.0 + epsilon))
    even = factor * (beta * (1.0 - epsilon) + (1.0 + epsilon))
    np.testing.assert_allclose(found.payments, np.tile([odd, even], 3), rtol=1e-14)
    assert found.fell.tolist() == [2, 1] * 3


def test_three_banks_of_the_network_valuation_repository():
    """Figures printed in its README for Eisenberg and Noe: 26.3636 and 10.0000.

    Its first figure, 19.5455, does not solve its own equation, 10 + 5/29·26.3636 + 10: that is 24.5455.
    """
    found = clear(of([[0, 20, 10], [5, 0, 24], [10, 0, 0]], [10, 10, 10]))
    np.testing.assert_allclose(found.payments[1:], [26.3636, 10.0], atol=5e-5)
    assert found.payments[0] == pytest.approx(20.0 + 5.0 / 29.0 * found.payments[1], rel=1e-14)
    assert found.defaulted.tolist() == [True, True, False]


def test_a_closed_form_of_two_banks_in_both_orders_of_creditors():
    """A owes b 6 and outside 4, has 5; b owes a 2, has 1.

    Pari passu a pays 5 + 2 = 7 of 10, b gets 4.2. Senior: 4 go outside, b gets 3.
    """
    network = of([[0, 6], [2, 0]], [5, 1], [4, 0])
    shared = clear(network)
    np.testing.assert_allclose(shared.payments, [7.0, 2.0], rtol=1e-14)
    np.testing.assert_allclose(shared.received, [2.0, 4.2], rtol=1e-14)
    np.testing.assert_allclose(shared.external_losses, [1.2, 0.0], atol=1e-14)
    last = clear(network, Terms(external="senior"))
    np.testing.assert_allclose(last.payments, [3.0, 2.0], rtol=1e-14)
    np.testing.assert_allclose(last.external_losses, [0.0, 0.0], atol=1e-14)
    np.testing.assert_allclose(last.equity, [0.0, 2.0], atol=1e-14)


def test_senior_creditors_may_leave_nothing():
    network = of([[0, 6], [0, 0]], [3, 1], [4, 2])
    found = clear(network, Terms(external="senior"))
    np.testing.assert_allclose(found.payments, [0.0, 0.0], atol=0.0)
    np.testing.assert_allclose(found.external_losses, [1.0, 1.0], rtol=1e-14)
    assert found.defaulted.all()
    stuck = clear(network, Terms(external="senior", method="linear-programme"))
    assert stuck.status is Status.INFEASIBLE
    assert np.isnan(stuck.payments).all()


@pytest.mark.parametrize("block", range(10))
def test_fictitious_default_picard_and_the_linear_programme_agree(block):
    """One thousand random networks in all."""
    for seed in range(100 * block, 100 * block + 100):
        network = random_network(seed, outside=seed % 3 > 0)
        due = obligations(network, "pari-passu")
        exact = greatest(due)
        slow, planned = iterated(due), programmed(due)
        scale = due.owed.max() + 1e-300
        assert exact.rounds <= len(network)
        assert slow.status is planned.status is Status.OK
        assert np.abs(exact.paid - slow.paid).max() <= 1e-9 * scale
        assert np.abs(exact.paid - planned.paid).max() <= 1e-6 * scale


@settings(deadline=None, max_examples=60)
@given(networks(), ORDERS, RECOVERIES)
def test_fictitious_default_is_picard_with_senior_creditors_and_default_costs(
    network, external, recovery
):
    due = obligations(network, external)
    exact, slow = greatest(due, recovery), iterated(due, recovery)
    np.testing.assert_allclose(exact.paid, slow.paid, rtol=1e-8, atol=1e-8 * due.owed.max())
    assert exact.rounds <= len(network)


@settings(deadline=None, max_examples=60)
@given(networks(), ORDERS, RECOVERIES, st.sampled_from(SOLUTIONS))
def test_money_is_conserved(network, external, recovery, solution):
    found = clear(network, Terms(external=external, recovery=recovery, solution=solution))
    outside = network.outside.sum() - found.external_losses.sum()
    spent = found.equity.sum() + outside + found.costs.sum()
    assert spent == pytest.approx(network.cash.sum(), rel=1e-7)


@settings(deadline=None, max_examples=60)
@given(networks(), ORDERS, RECOVERIES)
def test_limited_liability_and_priority_of_debt(network, external, recovery):
    found = clear(network, Terms(external=external, recovery=recovery))
    due = obligations(network, external)
    assert np.all(found.payments >= 0.0)
    assert np.all(found.payments <= due.owed * (1.0 + 1e-12))
    # Nobody has equity while a creditor goes short.
    unpaid = found.payments < due.owed * (1.0 - 1e-9)
    assert np.all(found.equity[unpaid] == 0.0)
    assert np.array_equal(unpaid | found.defaulted, found.defaulted)


@settings(deadline=None, max_examples=60)
@given(networks(), ORDERS, RECOVERIES)
def test_the_least_clearing_vector_is_a_fixed_point_below_the_greatest(network, external, recovery):
    due = obligations(network, external)
    low, high = least(due, recovery), greatest(due, recovery)
    assert np.all(low.paid <= high.paid + 1e-7 * due.owed.max())
    if low.status is Status.OK:
        fixed = image(due, recovery, low.paid)
        np.testing.assert_allclose(fixed, low.paid, rtol=1e-7, atol=1e-7 * due.owed.max())


@settings(deadline=None, max_examples=40)
@given(networks(), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_dearer_defaults_and_poorer_nodes_never_raise_a_payment(network, one, other):
    low, high = sorted((one, other))
    dear, cheap = (
        clear(network, Terms(recovery=Recovery(alpha=part, beta=part))) for part in (low, high)
    )
    assert np.all(dear.payments <= cheap.payments * (1.0 + 1e-9) + 1e-12)
    assert set(np.flatnonzero(cheap.defaulted)) <= set(np.flatnonzero(dear.defaulted))
    poorer = of(network.liabilities[:6, :6], low * network.cash[:6])
    richer = of(network.liabilities[:6, :6], high * network.cash[:6])
    assert np.all(clear(poorer).payments <= clear(richer).payments * (1.0 + 1e-9) + 1e-12)


@settings(deadline=None, max_examples=30)
@given(networks(), st.permutations(range(12)), st.floats(1e-6, 1e9))
def test_neither_order_nor_currency_matters(network, order, factor):
    kept = [place for place in order if place < len(network)]
    here, there = clear(network), clear(renamed(network, kept))
    np.testing.assert_allclose(there.payments, here.payments[kept], rtol=1e-9, atol=1e-12)
    other = clear(scaled(network, factor))
    np.testing.assert_allclose(
        other.payments, factor * here.payments, rtol=1e-9, atol=1e-12 * factor
    )
    assert np.array_equal(other.defaulted, here.defaulted)


def test_a_loop_of_debts_without_cash_is_paid_in_full_from_above_and_not_at_all_from_below():
    network = of([[0, 1, 0], [0, 0, 1], [1, 0, 0]], [0, 0, 0])
    top, bottom = (clear(network, Terms(solution=name)) for name in SOLUTIONS)
    np.testing.assert_array_equal(top.payments, [1.0, 1.0, 1.0])
    assert not top.defaulted.any()
    np.testing.assert_array_equal(bottom.payments, [0.0, 0.0, 0.0])


def test_nodes_without_debts_never_default():
    found = clear(of([[0, 5], [0, 0]], [0, 0]))
    assert found.defaulted.tolist() == [True, False]
    np.testing.assert_array_equal(found.payments, [0.0, 0.0])


def test_losses_are_what_debtors_do_not_pay():
    network = random_network(3)
    found = clear(network)
    unpaid = obligations(network, "pari-passu").owed - found.payments
    assert found.losses.sum() + found.external_losses.sum() == pytest.approx(unpaid.sum())


def test_a_thousand_nodes_default_in_rounds_and_agree_with_picard():
    network = random_network(5, nodes=1_000, density=0.05)
    due = obligations(network, "pari-passu")
    exact = greatest(due)
    assert (exact.fell > 0).sum() > 100
    np.testing.assert_allclose(exact.paid, iterated(due).paid, rtol=1e-9, atol=1e-8)


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        (Terms(external="junior"), "--external"),
        (Terms(solution="middle"), "--solution"),
        (Terms(method="newton"), "--method"),
        (Terms(method="linear-programme", recovery=HALF), "knows no default costs"),
    ],
)
def test_an_unknown_term_is_named(terms, words):
    with pytest.raises(InputError, match=words):
        clear(of([[0, 1], [0, 0]], [1, 1]), terms)


@pytest.mark.parametrize("part", [-0.1, 1.1, np.nan])
def test_a_recovery_is_a_part_of_one(part):
    with pytest.raises(InputError, match="--alpha"):
        Recovery(alpha=part)


def test_clearing_needs_external_assets():
    network = Network(names=("a", "b"), liabilities=[[0, 1], [0, 0]], equity=[1, 1])
    with pytest.raises(InputError, match="external_assets"):
        clear(network)


def test_every_method_is_tried_here():
    assert METHODS == ("fictitious-default", "picard", "linear-programme")
