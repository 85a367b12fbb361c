"""What one node and what concentration does."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortgamma.basics.errors import InputError
from shortgamma.risk.contagion.cascade import CascadeStatus, cascade
from shortgamma.risk.contagion.cascade_importance import (
    divided,
    failing_moves,
    importance,
    spread_out,
    without,
)
from shortgamma.risk.contagion.ecosystem import Debt, Ecosystem, Node, Venue
from tests.risk.contagion.ecosystems import alone, ecosystems

VENUE = Venue(name="book", spot=100.0, depth_usd_per_pct=1e6)


@given(st.integers(1, 30), st.floats(-0.9, 0.9), st.floats(-0.3, 0.3))
def test_parts_on_one_venue_make_the_same_loop_and_lose_the_same(parts, gain, move):
    whole, split = (
        cascade(alone(gain), move),
        cascade(divided(alone(gain), "desk", parts=parts), move),
    )
    np.testing.assert_allclose(split.loop.loop_gain, whole.loop.loop_gain, rtol=1e-9, atol=1e-12)
    assert split.status is whole.status
    if whole.outcome is not None and split.outcome is not None:
        np.testing.assert_allclose(split.outcome.prices, whole.outcome.prices, rtol=1e-9)
        np.testing.assert_allclose(
            split.outcome.losses.sum(), whole.outcome.losses.sum(), rtol=1e-6, atol=1e-3
        )


@given(st.integers(1, 30), st.floats(0.05, 0.95))
def test_parts_on_venues_that_move_apart_have_a_nth_of_the_gain(parts, gain):
    found = cascade(spread_out(alone(gain), "desk", parts=parts), -1e-3)
    np.testing.assert_allclose(found.loop.loop_gain, gain / parts, rtol=1e-9)
    np.testing.assert_allclose(
        found.outcome.prices, 100.0 * (1.0 - 1e-3 / (1.0 - gain / parts)), rtol=1e-9
    )


@given(st.integers(1, 20), st.floats(0.05, 0.95), st.floats(0.0, 1.0))
def test_cross_impact_takes_back_what_spreading_wins(parts, gain, cross):
    found = cascade(spread_out(alone(gain), "desk", parts=parts, cross=cross), -1e-3)
    expected = gain * (1.0 + (parts - 1) * cross) / parts
    np.testing.assert_allclose(found.loop.loop_gain, expected, rtol=1e-9)


def test_an_unstable_vault_becomes_stable_as_a_hundred_desks_with_books_of_their_own():
    vault = alone(1.4)
    assert cascade(vault, -0.05).status is CascadeStatus.UNSTABLE
    assert cascade(divided(vault, "desk", parts=100), -0.05).status is CascadeStatus.UNSTABLE
    assert cascade(spread_out(vault, "desk", parts=100), -0.05).status is CascadeStatus.SETTLED


@given(ecosystems(), st.integers(2, 5))
def test_dividing_a_node_keeps_what_everyone_is_worth(system, parts):
    split = divided(system, system.names[0], parts=parts)
    np.testing.assert_allclose(split.equity[parts:], system.equity[1:], rtol=1e-9, atol=1e-3)
    np.testing.assert_allclose(split.equity[:parts].sum(), system.equity[0], rtol=1e-9, atol=1e-3)
    np.testing.assert_allclose(split.hedges.sum(), system.hedges.sum(), rtol=1e-9, atol=1e-6)


def chain():
    """A hedger makes the price fall so far that a debtor fails; the creditor only watches."""
    hedger = Node(name="hedger", venue="book", gamma_usd_per_pct=-5e5, cash_usd=1e9)
    debtor = Node(name="debtor", venue="book", coins=1.0)
    creditor = Node(name="creditor", venue="book", cash_usd=100.0)
    debts = (Debt(debtor="debtor", creditor="creditor", usd=85.0),)
    return Ecosystem(venues=(VENUE,), nodes=(hedger, debtor, creditor), debts=debts)


def test_who_moves_the_price_matters_and_who_watches_does_not():
    found = cascade(chain(), -0.1)
    assert found.failed == ("debtor",)
    rows = {row.name: row for row in importance(found)}
    assert rows["hedger"].loop_gain == 0.0
    assert rows["hedger"].failed == 0
    # With it the price ends at 80 and not at 90: the debtor loses its 15 and the creditor 5, not 10.
    np.testing.assert_allclose(rows["hedger"].spared_usd, 20.0 - 10.0, rtol=1e-4)
    np.testing.assert_allclose(rows["debtor"].failed, 0)
    # All that it loses itself does not count; what the creditor loses by it does.
    np.testing.assert_allclose(rows["debtor"].spared_usd, 5.0, rtol=1e-3)
    np.testing.assert_allclose(rows["creditor"].spared_usd, 0.0, atol=1e-6)


def test_without_a_node_nobody_else_has_more_or_less():
    system = chain()
    for place, name in enumerate(system.names):
        others = np.arange(3) != place
        bare = without(system, name)
        np.testing.assert_allclose(bare.equity[others], system.equity[others])


def test_an_unstable_loop_names_who_makes_it_so():
    nodes = (
        Node(name="large", venue="book", gamma_usd_per_pct=-9e5),
        Node(name="small", venue="book", gamma_usd_per_pct=-2e5),
        Node(name="tiny", venue="book", gamma_usd_per_pct=-5e4),
    )
    found = cascade(Ecosystem(venues=(VENUE,), nodes=nodes), -0.01)
    assert found.status is CascadeStatus.UNSTABLE
    status = {row.name: row.status for row in importance(found)}
    assert status["large"] is status["small"] is CascadeStatus.SETTLED
    assert status["tiny"] is CascadeStatus.UNSTABLE
    assert all(row.spared_usd is None for row in importance(found))


def test_the_weakest_fails_at_the_smallest_move():
    moves = tuple(-0.01 * step for step in range(1, 60))
    found = failing_moves(replace(chain(), move=-0.1), moves)
    # The price falls twice as far as the outside move: 85 is reached at −7.5 %.
    assert found == (None, pytest.approx(-0.08), None)


@pytest.mark.parametrize("parts", [0, -1, 10_001])
def test_a_number_of_parts_that_is_none_is_refused(parts):
    with pytest.raises(InputError, match="parts"):
        divided(alone(0.1), "desk", parts=parts)


def test_a_node_that_is_not_there_is_refused():
    with pytest.raises(InputError, match="nobody"):
        without(alone(0.1), "nobody")
