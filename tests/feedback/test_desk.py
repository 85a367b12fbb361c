"""A desk's frictions, one by one and together, against a desk written out by hand on the same prices."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import SECONDS_PER_YEAR
from shortgamma.feedback.agents.desk import Desk
from shortgamma.feedback.depth import UsdDepth
from shortgamma.feedback.engine import Run, simulate
from shortgamma.feedback.exchange import NO_COSTS, TradingCosts
from shortgamma.feedback.perp import PerpMarket
from shortgamma.hedging.execution import MakerOrders
from shortgamma.hedging.frictions import (
    FundingCarry,
    Gas,
    Margin,
    MinimumLot,
    SquareRootSlippage,
)
from shortgamma.hedging.policies import DeltaBand
from tests.feedback.markets import DAY, SPOT, market, series, watched
from tests.feedback.slow_desk import Terms, hedge

STEPS, SECONDS, DAYS, VOL, PATHS = 180, 60.0, 3.0, 0.6, 24
COINS = 1_000.0
STILL = UsdDepth(usd_per_pct=np.inf)
RUN = Run(paths=PATHS, seed=5, threads=1)
HALF, FEE = 2e-4, 5e-4
PARTS = ("gamma", "theta", "vega", "delta", "execution", "basis")
COSTS = ("spread", "fees", "slippage", "gas", "funding", "margin", "haircut")


def desk(quantity=COINS, *, band=10.0, landing="edge", **changes):
    parts = {
        "options": series(SPOT, DAYS, vol=VOL),
        "quantity": np.array([quantity]),
        "policy": DeltaBand(width=band, landing=landing),
        "costs": NO_COSTS,
        "attributes": True,
    }
    return Desk(label="desk", **(parts | changes))


def terms(quantity=COINS, **changes):
    parts = {
        "quantity": quantity,
        "strike": SPOT,
        "years": DAYS * DAY,
        "vol": VOL,
        "step_years": SECONDS / SECONDS_PER_YEAR,
        "band": 10.0,
    }
    return Terms(**(parts | changes))


def ran(who, run=RUN, **changes):
    """Figures of the desk, prices at the end of each step, and what it held then."""
    prices, held = [], []

    def see(world, _twin):
        prices.append(world.price.copy())
        held.append(world.agents[0][1].held(world).copy())

    setup = market(who, steps=STEPS, seconds=SECONDS, **({"depth": np.inf} | changes))
    outcome = watched(setup, run, see)
    own = {k.removeprefix("desk: "): v for k, v in outcome.market.items() if "desk: " in k}
    return own, np.array(prices), np.array(held)


def by_hand(prices, how):
    return [hedge(SPOT, path.tolist(), how) for path in prices.T]


def maker(*, fee=-1e-4, queue=0.0, patience=300.0):
    return MakerOrders(fee=fee, queue=queue, patience_seconds=patience)


SPREAD_AND_FEE = TradingCosts(half_spread=HALF, fee=FEE)
SLIPPAGE = SquareRootSlippage(coefficient=0.7, daily_vol=0.03, daily_volume_usd=1e8)
TICKET = Gas(gas_used=1e5, base_fee_wei=3e13, coin_price=1.0)
CASES = {
    "free": ({}, {}),
    "to the centre": ({"landing": "centre"}, {"to_edge": False}),
    "spread and fee": ({"costs": SPREAD_AND_FEE}, {"half": HALF, "fee": FEE}),
    "slippage": ({"slippage": SLIPPAGE}, {"slippage": (0.7, 0.03, 1e8)}),
    "ticket": ({"ticket": TICKET}, {"ticket": 3.0}),
    "funding": ({"funding": FundingCarry(rate=0.3)}, {"funding": 0.3}),
    "margin": ({"margin": Margin(initial=0.2, rate=0.1)}, {"margin": (0.2, 0.1)}),
    "lots": ({"lot": MinimumLot(coins=3.0)}, {"lot": 3.0}),
    "one step late": ({"latency_seconds": 60.0}, {"late": 1}),
    "three steps late": ({"latency_seconds": 180.0}, {"late": 3}),
    "maker, reached only": (
        {"costs": SPREAD_AND_FEE, "maker": maker()},
        {"half": HALF, "fee": FEE, "maker": (-1e-4, 0.0, 5)},
    ),
    "maker, first in the queue": (
        {"costs": SPREAD_AND_FEE, "maker": maker(queue=1.0)},
        {"half": HALF, "fee": FEE, "maker": (-1e-4, 1.0, 5)},
    ),
    "impatient maker": (
        {"costs": SPREAD_AND_FEE, "maker": maker(patience=60.0)},
        {"half": HALF, "fee": FEE, "maker": (-1e-4, 0.0, 1)},
    ),
    "late maker in lots": (
        {
            "costs": SPREAD_AND_FEE,
            "maker": maker(fee=2e-4),
            "latency_seconds": 120.0,
            "lot": MinimumLot(coins=2.0),
        },
        {"half": HALF, "fee": FEE, "maker": (2e-4, 0.0, 5), "late": 2, "lot": 2.0},
    ),
    "everything": (
        {
            "costs": SPREAD_AND_FEE,
            "slippage": SLIPPAGE,
            "ticket": TICKET,
            "funding": FundingCarry(rate=0.3),
            "margin": Margin(initial=0.2, rate=0.1),
            "lot": MinimumLot(coins=2.0),
            "maker": maker(patience=120.0),
            "latency_seconds": 60.0,
        },
        {
            "half": HALF,
            "fee": FEE,
            "slippage": (0.7, 0.03, 1e8),
            "ticket": 3.0,
            "funding": 0.3,
            "margin": (0.2, 0.1),
            "lot": 2.0,
            "maker": (-1e-4, 0.0, 2),
            "late": 1,
        },
    ),
}


@pytest.mark.parametrize("side", [1.0, -1.0], ids=["long", "short"])
@pytest.mark.parametrize(("changes", "how"), CASES.values(), ids=CASES)
def test_every_figure_is_that_of_a_desk_written_out_by_hand(changes, how, side):
    found, prices, held = ran(desk(side * COINS, **changes))
    expected = by_hand(prices, terms(side * COINS, **how))
    scale = COINS * SPOT
    for name in ("spread", "fees", "slippage", "gas", "funding", "margin"):
        paid = [getattr(one, name) for one in expected]
        np.testing.assert_allclose(-found[f"{name}_usd"], paid, rtol=1e-6, atol=1e-9 * scale)
    np.testing.assert_allclose(found["pnl_usd"], [one.pnl for one in expected], atol=1e-6 * scale)
    np.testing.assert_array_equal(found["trades"], [one.trades for one in expected])
    np.testing.assert_allclose(found["turnover_usd"], [o.turnover for o in expected], rtol=1e-6)
    np.testing.assert_allclose(held[-1], [one.held for one in expected], atol=1e-6 * COINS)
    moved = [one.execution for one in expected]
    np.testing.assert_allclose(found["execution_usd"], moved, atol=1e-7 * scale)
    if "maker" in how:
        resting = [one.resting for one in expected]
        np.testing.assert_allclose(found["resting_usd"], resting, rtol=1e-6)
        np.testing.assert_allclose(found["selection_usd"], moved, atol=1e-7 * scale)
        assert sum(resting) > 0.0


def total(found):
    """Sum of all parts of a result."""
    names = [f"{name}_usd" for name in (*PARTS, *COSTS)]
    return np.sum([found[name] for name in names if name in found], axis=0)


@settings(max_examples=12, deadline=None)
@given(
    quantity=st.sampled_from([COINS, -COINS]),
    late=st.sampled_from([0.0, 60.0, 240.0]),
    queue=st.sampled_from([0.0, 0.3, 1.0]),
    depth=st.sampled_from([1e5, 1e6, np.inf]),
    patience=st.sampled_from([30.0, 120.0, 1e6]),
)
def test_parts_sum_to_the_result_whatever_the_orders_do(quantity, late, queue, depth, patience):
    """Own impact included; the engine itself refuses cash or coins that appear from nowhere."""
    who = desk(
        quantity,
        costs=SPREAD_AND_FEE,
        maker=maker(queue=queue, patience=patience),
        latency_seconds=late,
        slippage=SLIPPAGE,
        ticket=TICKET,
        funding=FundingCarry(rate=0.3),
        margin=Margin(initial=0.2, rate=0.1),
        lot=MinimumLot(coins=0.5),
    )
    found, _prices, _held = ran(who, depth=depth)
    largest = max(np.abs(found[f"{name}_usd"]).max() for name in PARTS)
    assert np.abs(total(found) - found["pnl_usd"]).max() <= 1e-9 * largest


def test_slippage_is_the_square_root_law_summed_over_trades():
    found, prices, held = ran(desk(slippage=SLIPPAGE))
    first = np.full((1, PATHS), hedge(SPOT, [SPOT], terms()).held)
    notional = np.abs(np.diff(np.concatenate([first, held]), axis=0)) * prices
    paid = (notional * 0.7 * 0.03 * np.sqrt(notional / 1e8)).sum(axis=0)
    np.testing.assert_allclose(-found["slippage_usd"], paid, rtol=1e-3)


def test_longs_pay_a_positive_funding_rate_and_shorts_receive_it():
    """A book long calls is hedged short, so it receives; its mirror pays."""
    carry = {"funding": FundingCarry(rate=0.5)}
    for side in (1.0, -1.0):
        found, _prices, held = ran(desk(side * COINS, **carry))
        assert np.all(side * held < 0.0)
        assert np.all(side * found["funding_usd"] > 0.0)


def test_margin_is_paid_whichever_way_the_hedge_is():
    for side in (1.0, -1.0):
        found, _prices, _held = ran(desk(side * COINS, margin=Margin(initial=0.2, rate=0.1)))
        assert np.all(found["margin_usd"] < 0.0)


def test_every_trade_is_a_whole_number_of_lots():
    _found, _prices, held = ran(desk(lot=MinimumLot(coins=7.0), band=1.0))
    lots = np.diff(held, axis=0) / 7.0
    assert np.abs(lots).max() >= 1.0
    np.testing.assert_allclose(lots, np.rint(lots), atol=1e-9)


def test_a_lot_larger_than_the_hedge_stops_all_trading():
    found, _prices, held = ran(desk(lot=MinimumLot(coins=1e6)))
    assert not found["trades"].any()
    assert np.ptp(held) == 0.0


def fills(side, **changes):
    """(coins, limit, price that the step opened at) of every resting fill, by its agent's own state."""
    seen = []

    def see(world, _twin):
        orders = world.agents[0][1].orders
        made = orders.made
        limit = orders.made_mid * (1.0 - HALF * np.sign(made))
        at = np.flatnonzero(made)
        seen.extend(zip(made[at], limit[at], world.opening_price[at], strict=True))

    who = desk(side * COINS, costs=SPREAD_AND_FEE, maker=maker(**changes))
    watched(market(who, steps=STEPS, seconds=SECONDS, depth=np.inf), RUN, see)
    coins, limits, prices = np.array(seen).T
    return coins, limits, prices


@pytest.mark.parametrize("side", [1.0, -1.0], ids=["long", "short"])
def test_a_resting_buy_is_filled_by_a_fall_through_its_limit_and_a_sale_by_a_rise(side):
    coins, limits, prices = fills(side, queue=0.0)
    assert np.any(coins > 0.0)
    assert np.any(coins < 0.0)
    assert np.all(prices[coins > 0.0] < limits[coins > 0.0])
    assert np.all(prices[coins < 0.0] > limits[coins < 0.0])


def test_fills_that_only_the_price_makes_are_selected_against_the_order():
    """Bought above and sold below where the price then stands, on every single fill."""
    coins, limits, prices = fills(1.0, queue=0.0)
    assert np.all(coins * (prices - limits) < 0.0)


def test_who_is_always_filled_is_not_selected_against():
    coins, limits, prices = fills(1.0, queue=1.0)
    mid = limits / (1.0 - HALF * np.sign(coins))
    moved = coins * (prices - mid)
    assert abs(moved.mean()) < 4.0 * moved.std() / np.sqrt(moved.size)
    assert np.any(moved > 0.0)


def test_patience_bounds_how_long_an_order_waits():
    """Without patience nothing rests for long, and with endless patience nothing crosses."""
    shares = []
    for patience in (30.0, 300.0, 1e9):
        who = desk(-COINS, costs=SPREAD_AND_FEE, maker=maker(patience=patience))
        found, _prices, _held = ran(who)
        shares.append(float(found["resting_usd"].sum() / found["turnover_usd"].sum()))
    assert shares[0] < shares[1] < shares[2] == pytest.approx(1.0)
    assert shares[0] == 0.0


def test_what_its_own_crossing_does_to_the_price_is_no_selection_of_resting_orders():
    """A trade at the market is filled below the price that it ends at if it buys, above it if it sells."""
    who = desk(-COINS, costs=SPREAD_AND_FEE, maker=maker(patience=60.0), attributes=True)
    found, _prices, _held = ran(who, depth=1e5)
    crosses = found["turnover_usd"] > found["resting_usd"] * (1.0 + 1e-9)
    assert crosses.any()
    crossing = found["execution_usd"] - found["selection_usd"]
    assert np.all(crossing[crosses] > 0.0)
    patient = replace(who, maker=maker(patience=1e9))
    found, _prices, _held = ran(patient, depth=1e5)
    np.testing.assert_allclose(found["selection_usd"], found["execution_usd"], rtol=1e-9)


def test_a_fill_begins_the_waiting_anew():
    """An order that is filled in the next step never crosses, although the desk always wants something."""
    who = desk(costs=SPREAD_AND_FEE, band=0.01, maker=maker(queue=1.0, patience=120.0))
    found, _prices, _held = ran(who)
    assert np.all(found["trades"] > STEPS // 2)
    np.testing.assert_allclose(found["resting_usd"], found["turnover_usd"], rtol=1e-12)


def test_a_maker_earns_the_half_spread_that_a_taker_pays():
    takes, _prices, _held = ran(desk(costs=SPREAD_AND_FEE))
    rests, _prices, _held = ran(desk(costs=SPREAD_AND_FEE, maker=maker(queue=1.0)))
    np.testing.assert_allclose(takes["spread_usd"], -HALF * takes["turnover_usd"], rtol=1e-9)
    np.testing.assert_allclose(rests["spread_usd"], HALF * rests["turnover_usd"], rtol=1e-3)
    np.testing.assert_allclose(rests["fees_usd"], 1e-4 * rests["turnover_usd"], rtol=1e-9)


def test_a_desk_without_frictions_is_a_dealer():
    late = desk(latency_seconds=0.0)
    found, prices, _held = ran(late)
    np.testing.assert_allclose(
        found["pnl_usd"], [one.pnl for one in by_hand(prices, terms())], atol=1e-6 * COINS * SPOT
    )
    assert all(np.all(found[f"{name}_usd"] == 0.0) for name in ("slippage", "margin", "gas"))


def test_orders_cannot_rest_in_a_perpetual_that_is_not_simulated():
    who = replace(desk(), perp=True, maker=maker())
    setup = replace(market(who), markets=(PerpMarket(depth_usd_per_pct=1e6),))
    with pytest.raises(InputError, match="rest them in spot"):
        simulate(setup, RUN)
