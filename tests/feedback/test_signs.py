"""Directions, end to end: who buys what, what it does to vol, and who loses by it."""

from dataclasses import replace

import numpy as np
import pytest

from shortgamma.feedback.agents.basis import BasisArbitrageur
from shortgamma.feedback.agents.cohort import LeveragedCohort, Positions
from shortgamma.feedback.agents.dealer import Dealer
from shortgamma.feedback.agents.linear import LinearHedger
from shortgamma.feedback.agents.noise import ForcedFlow, ValueTraders
from shortgamma.feedback.depth import Impact
from shortgamma.feedback.engine import Run, simulate
from shortgamma.feedback.exchange import NO_COSTS
from shortgamma.feedback.laws.shocks import Shock
from shortgamma.feedback.perp import PerpMarket
from shortgamma.feedback.processes.gbm import Gbm
from shortgamma.feedback.vol import ReactingVol, reacting_levels
from shortgamma.venues.liquidation import LIQUIDATION_RULES
from tests.feedback.markets import SPOT, market, series, short_dealer, watched

RUN = Run(paths=400, seed=2, threads=1)


def straddle(held, *, days=7.0, **changes):
    """A call and a put at the money, ``held`` of each, + = long."""
    options = series([SPOT, SPOT], days, is_call=[True, False])
    parts = {"options": options, "quantity": np.full(2, held), "attributes": True}
    return Dealer(**{**parts, **changes})


def vol_ratio(*agents, **changes):
    outcome = simulate(market(*agents, steps=100, **changes), RUN)
    return (
        outcome.market["realised_variance"].sum() / outcome.quiet["realised_variance"].sum()
    ) ** 0.5


@pytest.mark.parametrize("held", [-1e3, 1e3])
@pytest.mark.parametrize("shock", [0.01, -0.01])
def test_a_short_straddle_buys_a_rise_and_sells_a_fall(held, shock):
    seen = {}

    def see(world, _twin):
        seen["coins"] = world.accounts.coins[2].copy()
        seen["cash"] = world.accounts.cash[2].copy()

    start = watched(market(straddle(held), steps=1, process=Gbm(vol=0.0)), RUN, see)
    before = {name: values.copy() for name, values in seen.items()}
    assert np.all(np.abs(start.market["final"]) < 1e-6)
    outcome = watched(
        market(straddle(held), steps=1, process=Shock(low=shock, high=shock)), RUN, see
    )
    bought = seen["coins"] - before["coins"]
    assert np.all(np.sign(bought) == np.sign(-held * shock))
    assert np.all(np.sign(seen["cash"] - before["cash"]) == -np.sign(bought))
    grown = np.abs(outcome.market["final"]) > abs(shock)
    assert np.all(grown == (held < 0.0))


def test_short_gamma_raises_vol_and_long_gamma_dampens_it():
    """1/(1 + θ) at the money; the book's θ falls off with the price, so the figures are near it."""
    for theta in (-0.4, -0.2, 0.2, 0.5):
        ratio = vol_ratio(short_dealer(theta, days=30.0), impact=Impact(permanent_share=1.0))
        np.testing.assert_allclose(ratio, 1.0 / (1.0 + theta), rtol=0.05)


@pytest.mark.parametrize("coins", [4e5, -4e5])
def test_a_linear_hedger_with_positive_coins_per_log_is_the_short_gamma_one(coins):
    ratio = vol_ratio(LinearHedger(coins_per_log=coins), impact=Impact(permanent_share=1.0))
    np.testing.assert_allclose(ratio, 1.0 / (1.0 - coins * 1e-6), rtol=0.03)


@pytest.mark.parametrize("held", [-1e3, 1e3])
def test_gamma_and_theta_of_a_result_have_the_sign_of_the_holding(held):
    outcome = simulate(market(straddle(held), steps=100, depth=np.inf), RUN).market
    assert np.all(np.sign(outcome["dealer: gamma_usd"]) == np.sign(held))
    assert np.all(np.sign(outcome["dealer: theta_usd"]) == -np.sign(held))
    assert np.all(outcome["dealer: fees_usd"] < 0.0)
    assert np.all(outcome["dealer: spread_usd"] < 0.0)
    for zero in ("vega_usd", "gas_usd", "funding_usd", "basis_usd", "haircut_usd"):
        np.testing.assert_array_equal(outcome[f"dealer: {zero}"], 0.0)


def test_gamma_and_theta_are_those_of_the_black_formula():
    """½Γ(ΔS)² over a step, and −½σ²S²Γ·Δt: at fair vol they cancel on average."""
    days = 30.0
    setup = market(straddle(-1e3, days=days, costs=NO_COSTS), steps=50, depth=np.inf)
    outcome = simulate(replace(setup), RUN)
    width = 0.6 * (days / 365.0) ** 0.5
    gamma = 2e3 * np.exp(-0.125 * width**2) / np.sqrt(2.0 * np.pi) / (SPOT * width)
    squares = outcome.market["realised_variance"] * setup.clock.horizon * SPOT**2
    found = outcome.market["dealer: gamma_usd"]
    np.testing.assert_allclose(found.mean(), -0.5 * gamma * squares.mean(), rtol=0.02)
    decay = 0.5 * gamma * (0.6 * SPOT) ** 2 * setup.clock.horizon
    np.testing.assert_allclose(outcome.market["dealer: theta_usd"].mean(), decay, rtol=0.02)


def test_a_short_book_loses_when_vol_rises():
    """Implied vol answers to a fall with elasticity −1: vega of a short book is a loss."""
    for held in (-1e3, 1e3):
        setup = market(
            straddle(held, days=60.0),
            steps=120,
            process=Shock(low=-0.1, high=-0.1),
            markets=(
                ReactingVol(
                    reference_vol=0.6, to_realised=0.0, to_spot=-1.0, half_life_seconds=60.0
                ),
            ),
            levels=reacting_levels(),
            depth=np.inf,
        )
        outcome = simulate(setup, replace(RUN, paths=3)).market
        assert np.all(outcome["final_multiple"] > 1.05)
        assert np.all(np.sign(outcome["dealer: vega_usd"]) == np.sign(held))


@pytest.mark.parametrize("side", [1.0, -1.0])
def test_a_fall_liquidates_longs_whose_sales_push_it_further(side):
    positions = Positions(
        side=np.repeat([1.0, -1.0], 20),
        notional_usd=np.full(40, 1e6),
        entry=np.full(40, SPOT),
        leverage=np.tile(np.linspace(10.0, 50.0, 20), 2),
    )
    cohort = LeveragedCohort(
        positions=positions, rules=LIQUIDATION_RULES["full"], insurance_usd=1e6
    )
    calm = market(
        BasisArbitrageur(half_life_seconds=30.0),
        steps=60,
        process=Shock(low=-0.05 * side, high=-0.05 * side),
        markets=(PerpMarket(depth_usd_per_pct=1e7),),
    )
    flows = []

    def see(world, _twin):
        flows.append(world.exchange.perp_volume(world.log_price)[0] if world.index else 0.0)

    run = replace(RUN, paths=2)
    crowded = watched(replace(calm, agents=(*calm.agents, cohort)), run, see)
    hit, spared = ("longs", "shorts") if side > 0.0 else ("shorts", "longs")
    assert np.all(crowded.market[f"leveraged: {hit}_liquidated_share"] > 0.2)
    assert np.all(crowded.market[f"leveraged: {spared}_liquidated_share"] == 0.0)
    assert side * min(flows, key=lambda flow: side * flow) < 0.0
    alone = simulate(calm, run)
    assert np.all(side * (crowded.market["final"] - alone.market["final"]) < 0.0)


def test_a_buyer_raises_the_price_and_pays_more_than_it_was():
    for usd in (1e6, -1e6):
        seen = {}

        def see(world, _twin, seen=seen):
            seen["price"], seen["cash"] = world.price[0], world.accounts.cash[2, 0]
            seen["coins"] = world.accounts.coins[2, 0]

        flow = ForcedFlow(start_years=0.0, years=1e-6, usd=usd)
        watched(market(flow, process=Gbm(vol=0.0), steps=1), replace(RUN, paths=1), see)
        assert np.sign(seen["coins"]) == np.sign(usd)
        paid = -seen["cash"] / seen["coins"]
        # 10,000 coins move the price 1 %; trades pay the average, and the taker 5.5 basis points.
        after = SPOT * np.exp(0.01 * np.sign(usd))
        np.testing.assert_allclose(seen["price"], after, rtol=1e-6)
        expected = 0.5 * (SPOT + after) * (1.0 + np.sign(usd) * 5.5e-4)
        np.testing.assert_allclose(paid, expected, rtol=1e-6)


def test_value_traders_take_back_a_part_of_what_orders_did():
    """s/(1 + s) of it, within the step."""
    flow = ForcedFlow(start_years=0.0, years=1e-6, usd=1e6)
    for strength in (0.0, 0.25, 1.0):
        setup = market(flow, ValueTraders(strength=strength), process=Gbm(vol=0.0), steps=1)
        final = simulate(setup, replace(RUN, paths=1)).market["final"][0]
        np.testing.assert_allclose(final, 0.01 / (1.0 + strength), rtol=1e-9)


def test_impact_splits_into_what_stays_and_what_decays():
    """A quarter stays; of the rest half is left after a half-life."""
    flow = ForcedFlow(start_years=0.0, years=1e-6, usd=1e6)
    impact = Impact(permanent_share=0.25, half_life_seconds=600.0)
    setup = market(flow, process=Gbm(vol=0.0), steps=41, impact=impact)
    logs = simulate(setup, replace(RUN, paths=1, keep_every=1)).log_prices[:, 0, 0]
    steps = np.arange(41)
    np.testing.assert_allclose(logs, 0.01 * (0.25 + 0.75 * 0.5 ** (steps / 10.0)), rtol=1e-6)
