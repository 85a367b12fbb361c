"""Markets at the end of what markets do: everything is defined, reported, finite, and done in seconds."""

from dataclasses import replace

import numpy as np
import pytest

from shortgamma.feedback.agents.dealer import Dealer
from shortgamma.feedback.agents.linear import LinearHedger
from shortgamma.feedback.agents.noise import ForcedFlow, ValueTraders
from shortgamma.feedback.clock import Clock
from shortgamma.feedback.curves import Span
from shortgamma.feedback.depth import UsdDepth, WithdrawingDepth
from shortgamma.feedback.engine import Run, simulate
from shortgamma.feedback.exchange import LARGEST_MOVE, NO_COSTS
from shortgamma.feedback.processes.gbm import Gbm
from tests.feedback.markets import (
    DAY,
    SPOT,
    CoinDepth,
    full_market,
    market,
    series,
    short_dealer,
    watched,
)

RUN = Run(paths=5, seed=4, threads=1)
NOTHING = Dealer(options=series([], []), quantity=np.zeros(0), attributes=True)
NO_QUANTITY = Dealer(options=series([95.0, 100.0], 3.0), quantity=np.zeros(2), attributes=True)
MINUTE = DAY / 1_440.0


def expiring(minutes, **changes):
    """Short calls at the money that expire so many minutes after the start."""
    minutes = np.atleast_1d(np.asarray(minutes, dtype=np.float64))
    return Dealer(
        options=series(np.full(minutes.size, SPOT), minutes / 1_440.0),
        quantity=np.full(minutes.size, -1e3),
        **changes,
    )


def uneven(setup, first, last):
    """The same market with steps that grow from ``first`` to ``last`` years."""
    return replace(setup, clock=Clock(years=np.geomspace(first, last, len(setup.clock))))


FINE = {"span": Span.around(0.05, is_fine=True)}
EDGES = {
    "linear θ = −1": replace(
        market(LinearHedger(coins_per_log=1e6)), depth=CoinDepth(log_move_per_coin=1e-6)
    ),
    "linear θ = −5": market(LinearHedger(coins_per_log=5e6)),
    "book θ = −1": market(short_dealer(-1.0)),
    "book θ = −1.5": market(short_dealer(-1.5)),
    "book θ = −20": market(short_dealer(-20.0)),
    "book θ = +50": market(short_dealer(50.0)),
    "empty book": market(NOTHING),
    "no quantity": market(NO_QUANTITY),
    "nobody": market(),
    "expiry in the first step": market(expiring(0.4, attributes=True), **FINE),
    "expiry at a step": market(expiring([20.0, 21.0], attributes=True), **FINE),
    "expiry at the last step": market(expiring(60.0, attributes=True), **FINE),
    "all expired long before the end": market(expiring([1.0, 2.0], attributes=True), steps=300),
    "expiry on a coarse grid": market(expiring([30.0, 60.0], attributes=True)),
    "no depth": market(short_dealer(), depth=0.0),
    "no depth for anyone": replace(full_market(steps=30), depth=UsdDepth(usd_per_pct=0.0)),
    "depth gone and back": replace(
        full_market(steps=40),
        depth=WithdrawingDepth(
            usd_per_pct=1e6,
            reference_vol=0.6,
            schedule=((10.0 * MINUTE, 0.0), (20.0 * MINUTE, 1.0)),
        ),
    ),
    "endless depth": market(short_dealer(), depth=np.inf),
    "endless depth for all": replace(full_market(steps=30), depth=UsdDepth(usd_per_pct=np.inf)),
    "hardly any depth": full_market(steps=30, depth=1e-3),
    "price to zero": market(short_dealer(), process=Gbm(vol=3.0, drift=-3e6)),
    "price to zero for all": full_market(steps=60, process=Gbm(vol=3.0, drift=-3e5)),
    "price to zero in one step": full_market(steps=5, process=Gbm(vol=1.0, drift=-1e9)),
    "price beyond all bounds": full_market(steps=60, process=Gbm(vol=3.0, drift=3e5)),
    "price beyond all bounds in one step": full_market(steps=5, process=Gbm(vol=1.0, drift=1e9)),
    "nobody, beyond all bounds": market(process=Gbm(vol=1.0, drift=1e9)),
    "wild": full_market(steps=40, process=Gbm(vol=300.0)),
    "no vol": full_market(steps=40, process=Gbm(vol=0.0)),
    "no insurance": full_market(steps=40, insurance=0.0, process=Gbm(vol=5.0)),
    "a flow larger than the market": market(
        ForcedFlow(start_years=0.0, years=MINUTE, usd=-1e15), short_dealer()
    ),
    "one step": full_market(steps=1, expires=False),
    "uneven steps": uneven(full_market(steps=40), 1e-8, 1e-3),
    "uneven steps, one dealer": uneven(market(short_dealer()), 1e-12, 1e-3),
}


@pytest.mark.parametrize("name", EDGES)
def test_every_figure_is_a_number(name):
    for paths in (1, 5):
        outcome = simulate(EDGES[name], replace(RUN, paths=paths))
        for figures in (outcome.market, outcome.quiet):
            for figure, values in figures.items():
                assert values.shape == (paths,), figure
                assert np.all(np.isfinite(values.astype(np.float64))), figure


@pytest.mark.parametrize("name", ["linear θ = −1", "linear θ = −5", "book θ = −20"])
def test_a_runaway_halts_and_the_price_stays_where_it_stopped(name):
    logs = simulate(EDGES[name], replace(RUN, keep_every=1))
    assert np.all(logs.market["halted"])
    assert not np.any(logs.quiet["halted"])
    moves = np.diff(np.vstack([np.zeros((1, 5)), logs.log_prices[:, 0]]), axis=0)
    np.testing.assert_allclose(logs.market["widest_push"], LARGEST_MOVE, rtol=1e-12)
    np.testing.assert_array_equal(np.sum(moves != 0.0, axis=0), 1)


def test_a_flow_larger_than_the_market_halts_it_too():
    outcome = simulate(EDGES["a flow larger than the market"], RUN)
    assert np.all(outcome.market["halted"])
    np.testing.assert_allclose(outcome.market["widest_push"], LARGEST_MOVE, rtol=1e-12)


def test_a_halt_is_for_good_and_nobody_trades_after_it():
    turnover = []

    def see(world, _twin):
        turnover.append(world.accounts.turnover.sum())

    watched(EDGES["linear θ = −5"], RUN, see)
    np.testing.assert_allclose(turnover[1:], turnover[0], rtol=1e-12)


@pytest.mark.parametrize("name", ["empty book", "no quantity"])
def test_an_empty_book_is_reported_with_zeros(name):
    outcome = simulate(EDGES[name], RUN)
    for figure, values in outcome.market.items():
        if figure.startswith("dealer: "):
            np.testing.assert_array_equal(values, 0.0, err_msg=figure)
    np.testing.assert_array_equal(outcome.market["final"], outcome.quiet["final"])


@pytest.mark.parametrize(
    "agent",
    [
        LinearHedger(coins_per_log=1e3),
        LinearHedger(coins_per_log=1e3, one_pass=True),
        LinearHedger(coins_per_log=1e3, lag_steps=2),
        ValueTraders(strength=0.5),
        ForcedFlow(start_years=0.0, years=MINUTE, usd=-1e5),
        short_dealer(),
        short_dealer(latency_seconds=120.0),
    ],
    ids=lambda agent: f"{type(agent).__name__}",
)
def test_without_depth_nobody_trades_and_every_step_is_reported_as_dry(agent):
    turnover = []

    def see(world, _twin):
        turnover.append(world.accounts.turnover.sum())

    setup = market(agent, depth=0.0, steps=20)
    outcome = watched(setup, RUN, see)
    np.testing.assert_array_equal(turnover, 0.0)
    np.testing.assert_array_equal(outcome.market["dry_steps"], 20.0)
    np.testing.assert_array_equal(outcome.market["widest_push"], 0.0)
    np.testing.assert_allclose(
        outcome.market["final"], simulate(market(steps=20), RUN).market["final"], rtol=1e-12
    )


def test_depth_that_is_gone_for_ten_minutes_leaves_ten_dry_steps():
    depth = WithdrawingDepth(
        usd_per_pct=1e6,
        reference_vol=0.6,
        schedule=((9.5 * MINUTE, 0.0), (19.5 * MINUTE, 1.0)),
    )
    setup = replace(market(short_dealer(), steps=40), depth=depth)
    turnover = []

    def see(world, _twin):
        turnover.append(world.accounts.turnover[2, 0])

    outcome = watched(setup, RUN, see)
    np.testing.assert_array_equal(outcome.market["dry_steps"], 10.0)
    trades = np.diff([0.0, *turnover])
    np.testing.assert_array_equal(trades[10:20], 0.0)
    assert np.all(trades[20:] > 0.0)


def test_with_endless_depth_hedging_leaves_the_price_alone_and_pays_it():
    outcome = simulate(market(short_dealer(), depth=np.inf), RUN)
    np.testing.assert_array_equal(outcome.market["final"], outcome.quiet["final"])
    assert np.all(outcome.market["dealer: turnover_usd"] > 0.0)


@pytest.mark.parametrize("name", ["price to zero", "price to zero for all"])
def test_a_price_that_goes_to_zero_is_the_end_of_that_market(name):
    outcome = simulate(EDGES[name], RUN)
    assert np.all(outcome.market["collapsed"] | outcome.market["halted"])
    assert np.all(outcome.market["final"] < -10.0)


@pytest.mark.parametrize("minutes", [0.4, 20.0, 20.5, 60.0])
def test_an_option_that_expires_during_the_run_is_settled_once_at_its_intrinsic_value(minutes):
    """The clients' cash is minus the payoff at the price of that step, also where that step is the last."""
    step = int(np.ceil(minutes - 1e-9)) - 1
    seen = {}

    def see(world, _twin):
        clients = world.accounts.names.index("dealer's clients")
        if world.index == step:
            seen["price"] = world.price.copy()
        seen["paid"] = world.accounts.cash[clients].copy()

    setup = market(expiring(minutes, costs=NO_COSTS), depth=np.inf, **FINE)
    outcome = watched(setup, RUN, see)
    # The grid's chord across the strike's cell: a cell of 2.4e-4 is 0.012 USD of value at most.
    expected = 1e3 * np.maximum(seen["price"] - SPOT, 0.0)
    np.testing.assert_allclose(seen["paid"], expected, atol=1e3 * 0.013)
    assert np.any(expected > 0.0)
    assert np.all(np.isfinite(outcome.market["dealer: pnl_usd"]))


def test_hedges_of_expired_options_are_sold_in_the_step_of_their_expiry():
    held = []

    def see(world, _twin):
        held.append(world.hedge.copy() + world._hedge_at_start)

    watched(market(expiring(30.0), depth=np.inf, **FINE), RUN, see)
    assert np.all(np.asarray(held)[:20] > 0.0)
    assert np.any(np.asarray(held)[28] > 500.0)
    np.testing.assert_allclose(np.asarray(held)[29:], 0.0, atol=1e-9)


def test_uneven_steps_carry_the_vol_of_their_own_length():
    setup = uneven(market(steps=40), 1e-7, 1e-3)
    outcome = simulate(setup, replace(RUN, paths=4_000, keep_every=1))
    moves = np.diff(outcome.log_prices[:, 0], axis=0)
    found = moves.std(axis=1) / np.sqrt(setup.clock.years[1:])
    np.testing.assert_allclose(found, 0.6, rtol=0.06)
    np.testing.assert_allclose(outcome.market["realised_variance"].mean(), 0.36, rtol=0.05)


def test_a_whole_cohort_is_liquidated_by_a_fall_and_its_flow_ends():
    setup = full_market(steps=60, process=Gbm(vol=0.5, drift=-3e3), insurance=0.0)
    outcome = simulate(setup, RUN).market
    np.testing.assert_array_equal(outcome["leveraged: longs_liquidated_share"], 1.0)
    assert np.all(outcome["leveraged: insurance_left_usd"] >= 0.0)
