"""Negative controls: markets in which a law must not hold, so that a pass means something."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from shortgamma.feedback.agents.linear import LinearHedger
from shortgamma.feedback.clock import Clock
from shortgamma.feedback.depth import CoinDepth, Impact
from shortgamma.feedback.engine import Run, simulate
from shortgamma.feedback.laws.cascade import LOG_MOVE_PER_RUNG, Cascade
from shortgamma.feedback.laws.combined import Combined
from shortgamma.feedback.laws.constant_gamma import ConstantGamma
from shortgamma.feedback.laws.dealer_loss import DealerLoss
from shortgamma.feedback.laws.lagged_hedger import LaggedHedger
from shortgamma.feedback.laws.large_trader import LargeTrader
from shortgamma.feedback.laws.law import mean_of, root_of
from shortgamma.feedback.laws.no_manipulation import TRIPS, NoManipulation, profit_of, round_trips
from shortgamma.feedback.laws.option_book import OptionBook
from shortgamma.feedback.laws.permanent_transient import LONG_STEPS, PermanentTransient
from shortgamma.feedback.laws.pinning import LAST, NEAR, WIDTH, Pinning
from shortgamma.feedback.laws.shocks import Shock
from shortgamma.feedback.laws.squeeze_fold import SqueezeFold
from shortgamma.feedback.setup import FillPrice

RUN = Run(paths=2_000, seed=4)


def vol_of(setup, run=RUN):
    return root_of(mean_of(simulate(setup, run).market["realised_variance"])).value


@pytest.mark.parametrize("theta", [-0.5, -0.3, 0.4])
def test_one_explicit_pass_breaks_constant_gamma_in_the_known_way(theta):
    law = ConstantGamma(theta=theta, vol=0.6)
    tolerance = law.tolerances["realised_vol"]
    assert tolerance.admits(vol_of(law.setup()), law.expected()["realised_vol"])
    wrong = vol_of(law.setup(one_pass=True))
    assert not tolerance.admits(wrong, law.expected()["realised_vol"])
    # σ(1 − θ), and what the impact of one pass makes the hedger trade in the next.
    known = 0.6 * ((1.0 - theta) ** 2 + theta**4 / (1.0 - theta**2)) ** 0.5
    assert wrong == pytest.approx(known, rel=0.006)


@pytest.mark.parametrize("theta", [-0.5, -0.3])
def test_gamma_of_the_wrong_sign_breaks_constant_gamma(theta):
    law, flipped = ConstantGamma(theta=theta), ConstantGamma(theta=-theta)
    wrong = vol_of(flipped.setup())
    assert not law.tolerances["realised_vol"].admits(wrong, law.expected()["realised_vol"])


def test_short_gamma_amplifies_and_long_gamma_dampens():
    assert vol_of(ConstantGamma(theta=-0.3, vol=0.6).setup()) > 0.84
    assert vol_of(ConstantGamma(theta=0.3, vol=0.6).setup()) < 0.47


def test_hedging_two_steps_late_breaks_the_lagged_hedger():
    law = LaggedHedger(theta=-0.3)
    found = law.measured(law.setup(lag_steps=2), RUN)
    assert found["autocorrelation"].value == pytest.approx(0.0, abs=0.01)
    prompt = law.measured(law.setup(lag_steps=0), RUN)
    assert prompt["autocorrelation"].value == pytest.approx(0.0, abs=0.01)
    assert prompt["one_step_vol"].value == pytest.approx(0.6 / 0.7, rel=0.01)


def test_impact_that_stays_breaks_the_long_vol():
    law = PermanentTransient(theta_permanent=-0.2, theta_transient=-0.4, vol=1.0)
    setup = law.setup(Clock.even(LONG_STEPS, law.long_seconds / LONG_STEPS))
    final = simulate(replace(setup, impact=Impact(permanent_share=1.0)), RUN).market["final"]
    long_vol = final.std() / setup.clock.horizon**0.5
    assert long_vol == pytest.approx(law.expected()["short_vol"], rel=0.1)
    assert not law.tolerances["long_vol"].admits(long_vol, law.expected()["long_vol"])


def test_a_trader_of_the_other_sign_breaks_large_trader():
    law = LargeTrader(rho=0.1)
    setup = LargeTrader(rho=-0.1).setup(CoinDepth(log_move_per_coin=0.1))
    outcome = simulate(setup, RUN)
    ratio = np.sqrt(
        outcome.market["realised_variance"].sum() / outcome.quiet["realised_variance"].sum()
    )
    assert not law.tolerances["frey"].admits(ratio, law.expected()["frey"])


def test_decay_hedging_of_a_short_book_pins_nothing():
    law = Pinning(alpha=0.25)
    setup = law.setup(steps=600)
    hedger = replace(setup.agents[0], coins=-setup.agents[0].coins)
    outcome = simulate(replace(setup, agents=(hedger,)), RUN)
    assert np.mean(np.abs(outcome.market["final"]) < NEAR * WIDTH * LAST**0.5) < 0.01


def test_without_anybody_nothing_is_pinned():
    outcome = simulate(Pinning(alpha=0.25).setup(steps=600), RUN)
    assert np.mean(np.abs(outcome.quiet["final"]) < NEAR * WIDTH * LAST**0.5) < 0.01
    assert outcome.quiet["final"].std() == pytest.approx(WIDTH, rel=0.06)


def test_half_the_impact_breaks_the_cascade():
    law = Cascade(branching=0.6)
    setup = replace(
        law.setup(20_000, seed=1), depth=CoinDepth(log_move_per_coin=0.5 * LOG_MOVE_PER_RUNG)
    )
    closed = simulate(setup, Run(paths=20_000)).market["stop orders: closed"]
    assert not law.tolerances["mean"].admits(closed.mean(), law.expected()["mean"])
    assert closed.mean() == pytest.approx(1.0 / 0.7, rel=0.03)


def test_cascades_have_the_borel_distribution():
    law, paths = Cascade(branching=0.6), 60_000
    closed = simulate(law.setup(paths, seed=3), Run(paths=paths)).market["stop orders: closed"]
    n = np.arange(1, 9)
    factorial = np.cumprod(n)
    borel = np.exp(-0.6 * n) * (0.6 * n) ** (n - 1) / factorial
    counts = np.array([np.sum(closed == k) for k in n])
    counts = np.append(counts, paths - counts.sum())
    chances = np.append(borel, 1.0 - borel.sum())
    assert stats.chisquare(counts, chances * paths).pvalue > 1e-4


def test_a_shock_in_one_step_reaches_levels_before_hedging_holds_it_back():
    law = Combined(shock=-0.01, branching=0.2, theta=0.5)
    setup = replace(law.setup(), clock=Clock.even(1, 1.0))
    move = simulate(setup, Run(paths=500)).market["final"].mean()
    assert move == pytest.approx(-0.01 * 1.2 / 1.5, rel=0.005)
    assert not law.tolerances["move"].admits(move, law.expected()["move"])


def test_liquidations_alone_and_hedging_alone_are_each_less_than_both():
    law = Combined(shock=-0.02, branching=0.3, theta=-0.3)
    hedger, stops = law.setup().agents
    both = law.expected()["move"]
    for agents, alone in (((hedger,), -0.02 / 0.7), ((stops,), -0.02 / 0.7)):
        move = simulate(replace(law.setup(), agents=agents), Run(paths=200)).market["final"].mean()
        assert move == pytest.approx(alone, rel=0.005)
        assert not law.tolerances["move"].admits(move, both)


def test_a_long_book_is_not_squeezed():
    law = SqueezeFold()
    setup = law.setup(0.02, 0.02001)
    dealer = setup.agents[0]
    long = replace(setup, agents=(replace(dealer, quantity=-dealer.quantity),))
    assert simulate(long, RUN).market["final"].max() < 0.02
    assert simulate(setup, RUN).market["final"].min() > 0.14


def test_the_move_jumps_between_098_and_102_of_the_critical_shock():
    law = SqueezeFold()
    critical = law.expected()["critical_shock"]
    setup = replace(law.setup(0.0, 1.0), process=Shock(low=0.98 * critical, high=1.02 * critical))
    move = simulate(setup, RUN).market["final"]
    assert not np.any((move > 0.05) & (move < 0.14))
    assert 0.4 < np.mean(move > 0.1) < 0.6


def test_the_two_fill_prices_are_not_the_same():
    law, run = DealerLoss(theta=-0.3), Run(paths=500)
    expected = law.expected()
    without = law.loss(law.setup(FillPrice.AFTER, has_impact=False), run)
    for metric, other in (
        ("after_move", FillPrice.AVERAGE),
        ("average_fill", FillPrice.AFTER),
    ):
        loss = law.loss(law.setup(other, has_impact=True), run)
        ratio = loss.sum() / without.sum()
        assert not law.tolerances[metric].admits(ratio, expected[metric])


def test_without_impact_a_short_book_loses_half_gamma_times_the_squared_moves():
    law, run = DealerLoss(theta=-0.3), Run(paths=4_000)
    setup = law.setup(FillPrice.AFTER, has_impact=False)
    loss = law.loss(setup, run)
    squares = simulate(setup, run).quiet["realised_variance"] * setup.clock.horizon
    # ½|Γ|S²·x² with |Γ|S² = S·10⁶ coins per unit of log price.
    assert loss.mean() == pytest.approx(0.5 * 100.0 * 1e6 * squares.mean(), rel=2e-3)


def test_path_vol_is_the_mean_of_the_formula_over_the_simulated_paths():
    law = OptionBook(theta=-0.6, spot=97.0, days=2.0, vol=0.4)
    clock = Clock(years=np.full(200, law.horizon / 200))
    setup = law.setup(clock)
    expiry = 2.0 / 365.0
    moneyness = np.log(0.97)

    def gamma_usd(log_price, left):
        width = 0.4 * np.sqrt(left)
        d1 = (moneyness + log_price) / width + 0.5 * width
        return np.exp(log_price) * stats.norm.pdf(d1) / width

    total = []

    def watch():
        before = [np.zeros(RUN.paths)]

        def see(world, _twin):
            theta = -0.6 * gamma_usd(before[0], expiry - world.years) / gamma_usd(0.0, expiry)
            total.append(np.mean((0.4 / (1.0 + theta)) ** 2))
            before[0] = world.log_price.copy()

        return see

    outcome = simulate(setup, RUN, watch=watch)
    along = np.sqrt(np.mean(total))
    realised = np.sqrt(outcome.market["realised_variance"].mean())
    assert realised == pytest.approx(along, rel=0.005)
    assert law.expected()["path_vol"] == pytest.approx(along, rel=0.005)


def test_a_book_of_the_other_sign_breaks_option_book():
    law = OptionBook(theta=-0.3)
    setup = OptionBook(theta=0.3).setup(Clock(years=np.array([1e-7])))
    vol = vol_of(setup)
    assert not law.tolerances["first_step_vol"].admits(vol, law.expected()["first_step_vol"])


def test_round_trips_return_every_coin_and_trade_the_same_amount():
    trips = round_trips(3)
    np.testing.assert_allclose(trips.sum(axis=1), 0.0, atol=1e-6)
    np.testing.assert_allclose(np.abs(trips).sum(axis=1), np.abs(trips[0]).sum(), rtol=1e-12)
    assert not np.array_equal(trips, round_trips(4))


def test_a_kernel_without_decay_lets_someone_earn():
    # With all impact permanent, selling at once pays the average of the two prices, buying back in parts
    # less than that: a gain of third order, which is why the default kernel has a part that decays.
    law = NoManipulation()
    best = law.best(law.setup(Impact(permanent_share=1.0)), Run(paths=50 * TRIPS))
    assert best.value > 5.0 * best.standard_error
    assert not law.tolerances["max_round_trip_profit"].admits(best.value, 0.0)


def test_every_round_trip_loses_under_the_default_kernel():
    law = NoManipulation(seed=5)
    profits = profit_of(law.setup(), Run(paths=50 * TRIPS)).reshape(50, TRIPS)
    assert np.all(profits.mean(axis=0) < 0.0)


def test_a_lonely_hedger_without_impact_changes_nothing():
    law = ConstantGamma(theta=-0.3)
    setup = replace(law.setup(), depth=CoinDepth(log_move_per_coin=0.0))
    outcome = simulate(setup, Run(paths=100))
    np.testing.assert_array_equal(outcome.market["final"], outcome.quiet["final"])
    assert isinstance(setup.agents[0], LinearHedger)
