"""How errors fall with the step: orders known from theory, measured over several halvings."""

from dataclasses import replace

import numpy as np

from shortgamma.feedback.agents.dealer import Dealer
from shortgamma.feedback.agents.linear import LinearHedger
from shortgamma.feedback.depth import Impact
from shortgamma.feedback.engine import Run, simulate
from shortgamma.feedback.exchange import NO_COSTS
from shortgamma.feedback.laws.shocks import Shock
from shortgamma.feedback.processes.gbm import Gbm
from tests.feedback.markets import CoinDepth, market, series, short_dealer

PERMANENT = Impact(permanent_share=1.0)
RUN = Run(paths=1, seed=0, threads=1)
HALVINGS = (8, 16, 32, 64, 128)


def drifting(agent, steps, *, move=0.05):
    """Where a market ends after news of size ``move`` in equal parts, one a step."""
    setup = market(
        agent,
        steps=steps,
        seconds=3_600.0 / steps,
        process=Shock(low=move, high=move),
        depth=1e6,
        impact=PERMANENT,
    )
    setup = replace(setup, depth=CoinDepth(log_move_per_coin=1e-6))
    return simulate(setup, RUN).market["final"][0]


def orders_of(errors):
    return np.log2(np.abs(errors[:-1]) / np.abs(errors[1:]))


def test_a_hedger_who_lags_a_step_errs_by_the_first_order_of_the_step():
    """After news is over it would catch up; at its end it is one step's trade behind."""
    coins, theta = 3e5, -0.3
    exact = 0.05 / (1.0 + theta)
    errors = np.array(
        [drifting(LinearHedger(coins_per_log=coins, lag_steps=1), n) - exact for n in HALVINGS]
    )
    np.testing.assert_allclose(orders_of(errors), 1.0, atol=0.1)
    np.testing.assert_allclose(errors * HALVINGS, -0.3 * 0.05 / 0.7**2, rtol=0.1)


def test_the_fixed_point_has_no_error_of_the_step_where_the_hedge_is_linear():
    hedger = LinearHedger(coins_per_log=3e5)
    found = [drifting(hedger, n) for n in HALVINGS]
    np.testing.assert_allclose(found, 0.05 / 0.7, rtol=1e-12)


def test_a_hedger_of_options_who_acts_late_errs_by_the_first_order_of_the_step():
    """Against the same book at the fixed point, whose options do not decay."""
    parts = {"options": series(100.0, 3_000.0), "quantity": np.array([-1.5e6]), "costs": NO_COSTS}
    errors = []
    for steps in HALVINGS:
        late = Dealer(**parts, latency_seconds=3_600.0 / steps)
        errors.append(drifting(late, steps) - drifting(Dealer(**parts), steps))
    np.testing.assert_allclose(orders_of(np.array(errors)), 1.0, atol=0.15)


def test_the_local_response_1_over_1_plus_theta_is_exact_to_the_first_order_of_the_shock():
    """Sircar and Papanicolaou linearise at the price; what is left is quadratic in the shock."""
    dealer = short_dealer(-0.3, days=7.0, costs=NO_COSTS)
    shocks = 0.001 / 2.0 ** np.arange(5)
    errors = []
    for shock in shocks:
        setup = market(
            dealer, steps=1, seconds=1e-3, process=Shock(low=shock, high=shock), impact=PERMANENT
        )
        errors.append(simulate(setup, RUN).market["final"][0] - shock / 0.7)
    np.testing.assert_allclose(orders_of(np.array(errors)), 2.0, atol=0.2)


def test_the_error_of_hedging_in_intervals_falls_with_the_square_root_of_the_step():
    """Boyle and Emanuel (1980): the result's deviation is proportional to √Δt."""
    deviations = []
    for steps in (24, 96, 384):
        dealer = short_dealer(-0.3, days=30.0, costs=NO_COSTS)
        setup = market(dealer, steps=steps, seconds=10 * 86_400.0 / steps, depth=np.inf)
        outcome = simulate(replace(setup, process=Gbm(vol=0.6)), replace(RUN, paths=4_000))
        deviations.append(outcome.market["dealer: pnl_usd"].std())
    ratios = np.array(deviations[:-1]) / deviations[1:]
    np.testing.assert_allclose(ratios, 2.0, rtol=0.08)
