"""A hedger of structured products: fair without impact, equal to the dealer, nothing lost on the way."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shortgamma.basics.errors import InputError
from shortgamma.feedback.agents.dealer import Dealer
from shortgamma.feedback.agents.product_hedger import ProductHedger
from shortgamma.feedback.clock import Clock
from shortgamma.feedback.depth import CoinDepth
from shortgamma.feedback.engine import Run, simulate
from shortgamma.feedback.exchange import NO_COSTS
from shortgamma.feedback.processes.gbm import Gbm
from shortgamma.feedback.setup import Setup
from shortgamma.market.options import OptionSeries
from shortgamma.protocols.structured.averaging import TwapCall
from shortgamma.protocols.structured.catalogue import MAKERS, product_named
from shortgamma.protocols.structured.european import Digital, Vanilla
from shortgamma.protocols.structured.perpetuals import Everlasting

K, VOL, DAYS = 2_000.0, 0.8, 2.0
YEARS = DAYS / 365.0
STEP = 1_800.0


def setup(product, units, *, impact=0.0, steps=97, years=YEARS, shock_vol=VOL):
    return Setup(
        spot=K,
        process=Gbm(vol=shock_vol),
        clock=Clock.even(steps, STEP),
        depth=CoinDepth(log_move_per_coin=impact),
        agents=(
            ProductHedger(product=product, quantity=units, vol=VOL, years=years, costs=NO_COSTS),
        ),
    )


@pytest.mark.parametrize("name", MAKERS)
def test_selling_at_fair_value_and_hedging_earns_nothing_without_impact(name):
    product = product_named(name, strike=K, days=DAYS)
    outcome = simulate(setup(product, 1.0), Run(paths=1_000, seed=4))
    found = outcome.market["dealer: pnl_usd"]
    # barriers are seen at the steps, not between them: holders have a little more
    seen = (
        0.03 * K * VOL * (STEP / 3.15e7) ** 0.5 * 4 if "out" in name or name == "autocall" else 0.0
    )
    assert abs(found.mean()) < 4.0 * found.std() / found.size**0.5 + seen
    unhedged = np.maximum(K * np.exp(outcome.market["final"]) - K, 0.0).std()
    if name in {"vanilla", "twap-call", "everlasting", "variance-swap", "power"}:
        assert found.std() < 0.3 * unhedged


def test_it_is_a_dealers_equal_on_a_vanilla_call():
    """The same call far from expiry, hedged by the engine's own dealer."""
    units, impact, long = 500.0, 5e-5, 30.0 / 365.0
    own = setup(Vanilla(strike=K), units, impact=impact, years=long)
    options = OptionSeries(
        instrument=np.array(["call"]),
        is_call=np.array([True]),
        is_inverse=np.array([False]),
        strike=np.array([K]),
        expiry=np.array([0]),
        years=np.array([long]),
        forward=np.array([K]),
        vol=np.array([VOL]),
        rate=np.array([0.0]),
    )
    dealer = Dealer(options=options, quantity=np.array([-units]), costs=NO_COSTS)
    other = replace(own, agents=(dealer,))
    run = Run(paths=200, seed=9)
    mine, theirs = simulate(own, run).market, simulate(other, run).market
    np.testing.assert_allclose(mine["final"], theirs["final"], rtol=0, atol=3e-5)
    np.testing.assert_allclose(mine["realised_variance"], theirs["realised_variance"], rtol=2e-3)


def test_the_price_after_a_step_is_where_its_own_demand_clears():
    """The log price y = u + Λ·(T(y) − held) after one step, from the figures that the step leaves."""
    units, impact = 3_000.0, 1e-5
    market = setup(Vanilla(strike=K), units, impact=impact, steps=1)
    outcome = simulate(market, Run(paths=300, seed=1))
    y, u = outcome.market["final"], outcome.quiet["final"]
    left = YEARS - STEP / (365 * 86_400)
    product = Vanilla(strike=K)
    target = units * np.asarray(product.greeks(K * np.exp(y), left, vol=VOL).delta)
    held = units * float(np.asarray(product.greeks(np.array([K]), YEARS, vol=VOL).delta)[0])
    np.testing.assert_allclose(y, u + impact * (target - held), rtol=0, atol=1e-9)


def test_sellers_of_long_gamma_amplify_and_buyers_dampen():
    """The sign, end to end: short gamma buys rises."""
    run = Run(paths=300, seed=2)
    for units, amplifies in ((1_000.0, True), (-1_000.0, False)):
        market = setup(Everlasting(strike=K), units, impact=2e-5)
        outcome = simulate(market, run)
        ratio = (
            outcome.market["realised_variance"].mean() / outcome.quiet["realised_variance"].mean()
        )
        assert (ratio > 1.02) if amplifies else (ratio < 0.98)
        gamma = outcome.market["dealer: mean_gamma_usd_per_pct"].mean()
        assert (gamma < 0.0) if amplifies else (gamma > 0.0)


def test_an_average_leaves_no_hedge_to_undo_at_expiry_where_a_vanilla_does():
    run = Run(paths=300, seed=3)
    peaks = [
        simulate(setup(product, 100.0, steps=98), run).market["dealer: peak_flow_usd"].mean()
        for product in (Vanilla(strike=K), TwapCall(strike=K))
    ]
    assert peaks[1] < 0.5 * peaks[0]


@settings(max_examples=15, deadline=None)
@given(
    name=st.sampled_from(sorted(MAKERS)),
    units=st.floats(-5_000.0, 5_000.0),
    impact=st.sampled_from([0.0, 1e-7, 3e-6]),
    seed=st.integers(0, 1_000),
)
def test_no_run_creates_or_loses_money_and_every_figure_is_finite(name, units, impact, seed):
    """The engine checks cash and coins of all accounts after every step."""
    product = product_named(name, strike=K, days=DAYS)
    outcome = simulate(setup(product, units, impact=impact, steps=99), Run(paths=8, seed=seed))
    for figure in outcome.market.values():
        assert np.all(np.isfinite(figure))


def test_where_a_target_jumps_the_price_stays_at_the_jump():
    """Steep beyond any depth: the run goes on, and no path is stopped by the hedger's own search."""
    product = Digital(level=K, pays=500.0)
    outcome = simulate(setup(product, 4_000.0, impact=1e-6, steps=99), Run(paths=64, seed=6))
    assert np.all(np.isfinite(outcome.market["final"]))


def test_impossible_figures_are_refused():
    with pytest.raises(InputError):
        ProductHedger(product=Vanilla(strike=K), quantity=np.nan, vol=VOL, years=YEARS)
    with pytest.raises(InputError):
        ProductHedger(product=Vanilla(strike=K), quantity=1.0, vol=0.0, years=YEARS)
