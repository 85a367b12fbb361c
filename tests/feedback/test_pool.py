"""An option pool in a market: its books, its clients, its hedge, its money."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from shortgamma.basics.errors import InputError
from shortgamma.feedback.agents.board import Board
from shortgamma.feedback.agents.clients import Clients
from shortgamma.feedback.agents.dealer import Dealer
from shortgamma.feedback.agents.pool import OptionPool
from shortgamma.feedback.curves import Span
from shortgamma.feedback.engine import Run, simulate
from shortgamma.feedback.exchange import TradingCosts
from shortgamma.hedging.policies import Continuous, DeltaBand, FixedInterval, NoHedge
from shortgamma.kernels.pool_books import contract_greeks
from shortgamma.protocols.pool.design import PoolDesign
from shortgamma.protocols.pool.limits import CollateralLimit
from shortgamma.protocols.pool.pricing import FlatSpread
from shortgamma.protocols.pool.registry import DESIGNS
from tests.feedback.markets import market, series

STRIKES = np.array([90.0, 95.0, 100.0, 105.0, 110.0])
NOBODY = Clients(per_day=0.0)
CROWD = Clients(per_day=96.0, coins=40.0, least_days=0.1)


def board_options():
    strike, days = (each.ravel() for each in np.meshgrid(STRIKES, [2.0, 5.0]))
    return series(strike, days, is_call=strike >= 100.0)


def pool(*, clients=NOBODY, design=None, coins=-30.0, **changes):
    options = board_options()
    given = {
        "design": design or PoolDesign(name="test", summary=""),
        "options": options,
        "quantity": np.full(len(options), coins),
        "vol": 0.6,
        "policy": Continuous(),
        "clients": clients,
        "capital_usd": 50_000.0,
        "costs": TradingCosts(),
    }
    return OptionPool(**(given | changes))


def run(*agents, steps=288, seconds=900.0, paths=40, **changes):
    setup = market(*agents, steps=steps, seconds=seconds, **changes)
    return simulate(setup, Run(paths=paths, seed=5))


@pytest.mark.parametrize(
    "policy", [Continuous(), DeltaBand(width=3.0), FixedInterval(seconds=7_200.0)]
)
@pytest.mark.parametrize("coins", [-30.0, 30.0])
def test_a_pool_without_clients_is_a_dealer_with_its_book(policy, coins):
    """Two engines for one hedger: tables on a grid, and its own kernel; three days with an expiry."""
    own = pool(policy=policy, coins=coins)
    dealer = Dealer(
        label="pool",
        options=own.options,
        quantity=own.quantity,
        policy=policy,
        costs=TradingCosts(),
    )
    fine = Span.around(0.06, is_fine=True)
    first = run(own, depth=5e4, span=fine).market
    second = run(dealer, depth=5e4, span=fine).market
    assert first["final"] == pytest.approx(second["final"], abs=2e-6)
    assert first["realised_variance"] == pytest.approx(second["realised_variance"], rel=2e-5)
    scale = np.abs(second["pool: pnl_usd"]).mean()
    assert first["pool: pnl_usd"] == pytest.approx(second["pool: pnl_usd"], abs=1e-4 * scale)


def test_money_is_conserved_with_clients_expiries_and_gas():
    """The engine checks every step; here the pool's books are opened to it under a crowd."""
    for design in DESIGNS.values():
        policy = design.hedge.policy(depth_usd_per_pct=1e5, capital_usd=50_000.0)
        found = run(pool(design=design, policy=policy, clients=CROWD, gas_usd=3.0), depth=1e5)
        assert np.isfinite(found.market["pool: pnl_usd"]).all()
        assert (found.market["pool: notional_usd"] > 0.0).all()


def test_what_clients_pay_over_fair_value_is_the_half_spread_times_vega():
    flat = PoolDesign(name="test", summary="", pricing=FlatSpread(spread_points=3.0))
    found = run(pool(design=flat, clients=CROWD)).market
    charged, vega = found["pool: charged_usd"], found["pool: vega_usd_per_point"]
    assert charged == pytest.approx(3.0 * vega, rel=1e-12)


def test_without_hedging_impact_or_costs_the_providers_earn_the_spread_on_average():
    """Fair premiums and settlement at the price: the rest is a martingale."""
    flat = PoolDesign(name="test", summary="", limit=CollateralLimit(most_used=1e9))
    found = run(
        pool(design=flat, policy=NoHedge(), clients=CROWD), paths=4_000, steps=120, seconds=3_600.0
    )
    gain = found.market["pool: pnl_usd"] - found.market["pool: charged_usd"]
    error = gain.std() / np.sqrt(gain.size)
    assert abs(gain.mean()) < 4.0 * error
    assert found.market["realised_variance"] == pytest.approx(found.quiet["realised_variance"])


def test_a_short_pool_that_hedges_makes_the_price_wilder_and_a_long_one_calms_it():
    for coins, sign in ((-30.0, 1.0), (30.0, -1.0)):
        found = run(pool(coins=coins), depth=1e5, paths=100)
        more = found.market["realised_variance"].mean() - found.quiet["realised_variance"].mean()
        assert sign * more > 0.0
        assert sign * found.market["pool: mean_theta"].mean() < 0.0


def test_clients_trade_less_where_it_costs_more_and_by_the_stated_elasticity():
    def volume(points):
        flat = PoolDesign(
            name="test",
            summary="",
            pricing=FlatSpread(spread_points=points),
            limit=CollateralLimit(most_used=1e9),
        )
        found = run(
            pool(design=flat, policy=NoHedge(), clients=replace(CROWD, elasticity=1.2)), paths=3_000
        )
        return found.market["pool: notional_usd"].mean()

    slope = np.log(volume(2.2) / volume(1.8)) / np.log(2.2 / 1.8)
    assert slope == pytest.approx(-1.2, abs=0.1)


def test_all_designs_meet_the_same_clients_and_the_same_shocks():
    flat = run(pool(clients=CROWD, coins=0.0))
    again = run(
        pool(
            clients=CROWD,
            coins=0.0,
            policy=NoHedge(),
        )
    )
    assert flat.quiet["final"].tolist() == again.quiet["final"].tolist()
    name = "pool: vega_usd_per_point"
    assert flat.market[name] == pytest.approx(again.market[name], rel=0.2)


@pytest.mark.parametrize("average_days", [0.0, 1.0])
def test_the_board_values_a_settlement_average_as_a_simulation_does(average_days):
    """Value at the start against 200,000 simulated geometric averages."""
    options = series([95.0, 100.0, 105.0], 3.0, is_call=[False, True, True])
    board = Board(options=options, spot=100.0, vol=0.6, average_days=average_days)
    rng = np.random.default_rng(7)
    steps, paths = 96, 200_000
    years = 3.0 / 365.0
    moves = rng.normal(-0.18 * years / steps, 0.6 * np.sqrt(years / steps), (steps, paths))
    logs = np.cumsum(moves, axis=0)
    grid = np.linspace(0.0, years, steps + 1)
    weights = np.array([board.averaged(a, b)[0] for a, b in pairwise(grid)])
    middle = 0.5 * (logs + np.vstack([np.zeros(paths), logs[:-1]]))
    _rows, payoff = board.payoff(0, weights @ middle, logs[-1])
    out = np.empty((3, 3))
    contract_greeks(np.zeros(3), np.zeros(3), board.terms(0.0), out)
    error = payoff.std(axis=1) / np.sqrt(paths)
    assert (np.abs(100.0 * out[2] - payoff.mean(axis=1)) < 5.0 * error).all()
    assert weights.sum() == pytest.approx(1.0 if average_days else 0.0)


def test_a_pool_without_capital_is_refused():
    with pytest.raises(InputError, match="capital 0"):
        pool(capital_usd=0.0)
    with pytest.raises(InputError, match="clients of the pool"):
        Clients(buy_share=1.5)


@pytest.mark.parametrize("name", ["naive", "gamma-aware", "twap-settled"])
def test_bits_depend_neither_on_the_block_nor_on_who_is_in_it(name):
    design = DESIGNS[name]
    policy = design.hedge.policy(depth_usd_per_pct=1e5, capital_usd=50_000.0)
    setup = market(
        pool(design=design, policy=policy, clients=CROWD), steps=250, seconds=900.0, depth=1e5
    )
    whole = simulate(setup, Run(paths=41, seed=3, threads=1))
    parts = simulate(setup, Run(paths=41, seed=3, block=6, threads=2))
    for figure, values in whole.market.items():
        assert values.tolist() == parts.market[figure].tolist(), figure
