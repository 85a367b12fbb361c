"""Cascades: closed forms of a loop, directions, conservation, order of failure."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shortgamma.basics.errors import InputError, InvariantError
from shortgamma.risk.contagion.cascade import CascadeStatus, cascade
from shortgamma.risk.contagion.cascade_ledger import Ledger
from shortgamma.risk.contagion.ecosystem import (
    OUTSIDE,
    Cross,
    Debt,
    Ecosystem,
    Leveraged,
    Node,
    OptionHolding,
    Venue,
    gamma_of,
)
from tests.risk.contagion.ecosystems import DEPTH, SPOT, alone, ecosystems

BOOK = Venue(name="book", spot=SPOT, depth_usd_per_pct=DEPTH)


def one_node(**changes):
    """A node without gamma on one venue."""
    return alone(0.0, **changes)


@pytest.mark.parametrize("gain", [-0.5, 0.0, 0.3, 0.9, 0.99])
@pytest.mark.parametrize("move", [-0.001, 0.001, -0.005])
def test_a_loop_of_hedges_moves_the_price_by_one_over_one_less_gain(gain, move):
    found = cascade(alone(gain), move)
    np.testing.assert_allclose(found.outcome.prices / SPOT - 1.0, move / (1.0 - gain), rtol=1e-9)


@pytest.mark.parametrize("gain", [-0.5, 0.5])
@pytest.mark.parametrize("move", [-0.1, 0.1])
def test_short_gamma_buys_rises_and_sells_falls(gain, move):
    assert np.sign(cascade(alone(gain), move).rounds[1].hedged) == np.sign(gain * move)


def test_a_short_book_loses_half_gamma_times_the_gap_times_the_move():
    """−½Γ·Δp² on the options, ½Γ·Δp·(Δp − ε) on a hedge bought at the average price."""
    gain, move = 0.5, -0.1
    gamma = gain * DEPTH / (0.01 * SPOT**2)
    gap, whole = SPOT * move, SPOT * move / (1.0 - gain)
    found = cascade(alone(gain), move).outcome
    np.testing.assert_allclose(found.losses, [0.5 * gamma * gap * whole], rtol=1e-12)


@pytest.mark.parametrize("gain", [1.0, 1.5, -1.0])
def test_a_gain_of_one_or_more_is_unstable_and_has_no_figure(gain):
    found = cascade(alone(gain), -0.1)
    assert found.status is CascadeStatus.UNSTABLE
    assert found.outcome is None
    assert found.loop.amplification is None
    assert found.rounds == ()


def test_a_price_that_sales_would_take_to_zero_is_no_figure():
    found = cascade(alone(0.9), -0.2)
    assert found.status is CascadeStatus.EXHAUSTED
    assert found.outcome is None


@settings(max_examples=150, deadline=None)
@given(ecosystems(), st.floats(-0.4, 0.4))
def test_cash_coins_and_debts_are_conserved_in_every_cascade(system, move):
    found = cascade(system, move)
    if found.outcome is None:
        return
    assert found.status is CascadeStatus.SETTLED
    np.testing.assert_array_less(found.outcome.imbalance, 1e-11)
    sold, ended = found.outcome.sold, found.outcome
    held = np.array([node.coins for node in system.nodes])
    assert np.all((sold >= 0.0) & (sold <= held * (1.0 + 1e-12)))
    assert np.all(ended.equity >= 0.0)
    flows = sum(one.hedged - one.sold - one.liquidated for one in found.rounds)
    np.testing.assert_allclose(
        flows,
        (system.hedges * (ended.prices[system.places] - system.spot[system.places])).sum()
        - sold.sum()
        - sum(one.liquidated for one in found.rounds),
        rtol=1e-6,
        atol=1e-6 * (1.0 + held.sum()),
    )


@settings(max_examples=100, deadline=None)
@given(ecosystems(), st.floats(-0.4, 0.4))
def test_what_nodes_have_is_shared_by_owners_and_creditors_outside(system, move):
    """Σ assets = Σ equity + Σ payments outside; and debts fall by what was paid back."""
    ledger = Ledger(system, move)
    before = ledger.owed.sum() + ledger.external.sum()
    found = ledger.cleared()
    ledger.withdraw(found)
    paid = ledger.repay()
    after = ledger.owed.sum() + ledger.external.sum()
    np.testing.assert_allclose(before - after, paid.sum(), rtol=1e-9, atol=1e-3)
    ledger.check()
    found, worth = ledger.cleared(), ledger.worth
    outside = ledger.external + np.maximum(-worth, 0.0)
    paid_out = (outside - found.external_losses).sum()
    assets = np.maximum(worth, 0.0).sum()
    np.testing.assert_allclose(assets, found.equity.sum() + paid_out, rtol=1e-8)


def test_a_booking_with_one_side_is_refused():
    ledger = Ledger(one_node(coins=10.0), -0.1)
    ledger.cash = ledger.cash + 1e6
    with pytest.raises(InvariantError, match="appeared"):
        ledger.check()


@settings(max_examples=100, deadline=None)
@given(ecosystems(), st.floats(0.01, 0.25), st.floats(0.01, 0.25))
def test_rounds_of_a_fall_only_fall_where_nobody_dampens(system, less, more):
    """Without runs: a run pays its holders cash, which they then need not raise."""
    nodes = tuple(
        replace(
            node,
            gamma_usd_per_pct=-abs(node.gamma_usd_per_pct),
            run_below=0.0,
            positions=tuple(replace(p, coins=abs(p.coins)) for p in node.positions),
        )
        for node in system.nodes
    )
    system = replace(system, nodes=nodes)
    small, large = (cascade(system, -move) for move in sorted((less, more)))
    for found in (small, large):
        for before, after in zip(found.rounds, found.rounds[1:], strict=False):
            assert np.all(after.moves <= before.moves + 1e-9)
    if small.outcome is not None and large.outcome is not None:
        assert np.all(large.outcome.prices <= small.outcome.prices * (1.0 + 1e-9))


@pytest.mark.parametrize("side", [1.0, -1.0])
def test_a_liquidation_trades_against_the_holder_and_leaves_the_venue_what_he_cannot_pay(side):
    """λ = 0.01·S²/depth = 1e-4 USD per coin: 1e4 coins move the price by 1 USD."""
    coins, move = side * 1e4, -0.1 * side
    position = Leveraged(coins=coins, liquidation_price=SPOT * (1.0 - 0.05 * side))
    found = cascade(one_node(positions=(position,)), move)
    after = SPOT * (1.0 + move) - side
    np.testing.assert_allclose(found.outcome.prices, [after])
    fill = 0.5 * (SPOT * (1.0 + move) + after)
    np.testing.assert_allclose(
        found.outcome.bad_debts, [coins * (position.liquidation_price - fill)]
    )
    np.testing.assert_allclose(found.outcome.losses, found.outcome.bad_debts)
    spared = cascade(one_node(positions=(position,)), -0.04 * side)
    assert spared.rounds[-1].liquidated == 0.0
    with_margin = replace(position, maintenance=0.2)
    assert cascade(one_node(positions=(with_margin,)), move).outcome.bad_debts[0] == 0.0


def test_a_margin_call_that_cash_meets_forces_no_sale():
    found = cascade(one_node(cash_usd=200.0, coins=50.0, requirement_usd=100.0), -0.3)
    assert found.outcome.sold[0] == 0.0
    assert found.failed == ()


def test_a_requirement_that_rises_with_the_move_forces_coins_out():
    """Due: 100·(1 + 5·0.3) = 250 against 200 of cash, by sales at 70."""
    node = {"cash_usd": 200.0, "coins": 50.0, "requirement_usd": 100.0, "procyclicality": 5.0}
    found = cascade(one_node(**node), -0.3)
    np.testing.assert_allclose(found.outcome.sold, [50.0 / 70.0], rtol=1e-4)
    assert found.failed == ()
    poor = cascade(one_node(**node | {"coins": 0.5}), -0.3)
    assert poor.outcome.causes == ("margin call not met",)
    np.testing.assert_allclose(poor.outcome.sold, [0.5])


def issuer(**changes):
    """A stablecoin that owes a desk 60 and the public 40, backed by 30 of cash and 0.8 coins of 100."""
    coin = Node(
        **{"name": "coin", "venue": "book", "kind": "stablecoin", "cash_usd": 30.0, "coins": 0.8}
        | changes
    )
    desk = Node(name="desk", venue="book", requirement_usd=50.0)
    debts = (
        Debt(debtor="coin", creditor="desk", usd=60.0),
        Debt(debtor="coin", creditor=OUTSIDE, usd=40.0),
    )
    return Ecosystem(venues=(BOOK,), nodes=(coin, desk), debts=debts)


def test_a_stablecoin_below_par_makes_its_holders_miss_their_margin():
    """At −40 % the coin has 30 + 48 = 78 against 100: 60 are worth 46.8, and 50 are required."""
    found = cascade(issuer(), -0.4)
    assert found.failed == ("coin", "desk")
    assert found.outcome.causes == ("insolvent", "margin call not met")
    np.testing.assert_allclose(found.outcome.payments[0], 78.0, rtol=1e-4)
    np.testing.assert_allclose(found.outcome.losses[1], 60.0 - 46.8, rtol=1e-4)
    np.testing.assert_allclose(found.outcome.external_losses[0], 40.0 - 31.2, rtol=1e-4)
    assert cascade(issuer(), -0.1).failed == ()


def test_a_run_calls_back_a_share_at_par_and_forces_coins_out():
    """At −10 % 102 stand against 100: below 1.05, so half is called; 20 of 50 need a sale at 90."""
    found = cascade(issuer(run_below=1.05, run_share=0.5), -0.1)
    np.testing.assert_allclose(sum(one.withdrawn_usd for one in found.rounds), 50.0, rtol=1e-6)
    np.testing.assert_allclose(found.outcome.sold[0], 20.0 / 90.0, rtol=1e-3)
    assert found.failed == ()
    assert cascade(issuer(run_below=1.0, run_share=0.5), -0.1).outcome.sold[0] == 0.0


def test_a_default_is_passed_on_to_creditors():
    a = Node(name="a", venue="book", coins=1.0)
    b = Node(name="b", venue="book", cash_usd=5.0)
    c = Node(name="c", venue="book", cash_usd=6.0)
    debts = (
        Debt(debtor="a", creditor="b", usd=90.0),
        Debt(debtor="b", creditor="c", usd=80.0),
        Debt(debtor="c", creditor=OUTSIDE, usd=60.0),
    )
    found = cascade(Ecosystem(venues=(BOOK,), nodes=(a, b, c), debts=debts), -0.5)
    assert found.first == "a"
    np.testing.assert_allclose(found.outcome.payments, [50.0, 55.0, 60.0], rtol=1e-4)
    assert found.failed == ("a", "b")


def test_cross_impact_moves_the_venue_where_nobody_trades():
    """Own impact 1e-4·S per coin and a share of 0.4 of the relative move arrives, at its own price."""
    node = Node(
        name="n", venue="book", positions=(Leveraged(coins=1e4, liquidation_price=0.95 * SPOT),)
    )
    other = Venue(name="other", spot=50.0, depth_usd_per_pct=5e6)
    cross = Cross(bought="book", moved="other", share=0.4)
    found = cascade(Ecosystem(venues=(BOOK, other), nodes=(node,), crosses=(cross,)), -0.1)
    np.testing.assert_allclose(found.outcome.prices, [89.0, 45.0 - 0.4 * 0.5])


def test_options_count_by_their_gamma():
    """φ(d1)/(S·σ√T), by hand at the money."""
    option = OptionHolding(strike=SPOT, years=0.25, vol=0.8, quantity=-1e3)
    width = 0.8 * 0.5
    by_hand = np.exp(-0.5 * (0.5 * width) ** 2) / np.sqrt(2.0 * np.pi) / (SPOT * width)
    np.testing.assert_allclose(gamma_of(option, SPOT), by_hand, rtol=1e-12)
    system = one_node(options=(option,))
    np.testing.assert_allclose(system.hedges, [1e3 * by_hand])
    np.testing.assert_allclose(
        cascade(system, -0.01).loop.loop_gain, 1e3 * by_hand * 0.01 * SPOT**2 / DEPTH
    )


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"nodes": ()}, "there is none"),
        ({"venues": (BOOK, BOOK)}, "stands twice"),
        ({"nodes": (Node(name="a", venue="nowhere"),)}, "nowhere"),
        ({"debts": (Debt(debtor="desk", creditor="desk", usd=1.0),)}, "owes itself"),
        ({"debts": (Debt(debtor="desk", creditor="nobody", usd=1.0),)}, "nobody"),
        ({"move": -1.0}, "-1"),
        ({"move": float("nan")}, "nan"),
    ],
)
def test_an_ecosystem_that_makes_no_sense_is_refused(change, match):
    with pytest.raises(InputError, match=match):
        replace(alone(0.1), **change)


@pytest.mark.parametrize("field", ["cash_usd", "coins", "requirement_usd", "hedged", "run_share"])
def test_figures_out_of_range_are_refused(field):
    for value in (-1.0, float("nan"), float("inf")):
        with pytest.raises(InputError, match=f"{value:g}"):
            alone(0.1, **{field: value})
