"""What the hedging of vaults does to the market: signs, closed forms, flows."""

from dataclasses import replace

import numpy as np
import pytest

from shortgamma.feedback.agents.vault_auction import Auction
from shortgamma.feedback.agents.vault_hedgers import Presale
from shortgamma.feedback.depth import Impact
from shortgamma.feedback.engine import Run, simulate
from shortgamma.protocols.ribbon.aggregate import Population
from tests.feedback.markets import SPOT, watched
from tests.feedback.vault_markets import (
    HOURS,
    NO_PRESALE,
    PLAIN,
    RUN,
    fridays,
    makers,
    sellers,
    vaults,
)


def phase_ratio(outcome, phase):
    """Root of the ratio of mean variances of a phase, and its standard error from batches."""
    both = [figures[f"vaults: vol_{phase}"] ** 2 for figures in (outcome.market, outcome.quiet)]
    ratio = np.sqrt(both[0].mean() / both[1].mean())
    parts = [
        np.sqrt(a.mean() / b.mean()) for a, b in zip(*(np.split(x, 10) for x in both), strict=True)
    ]
    return ratio, np.std(parts, ddof=1) / np.sqrt(10.0)


def test_vaults_alone_move_nothing():
    """Sellers who do not hedge send no order, however much they sell."""
    outcome = simulate(fridays(sellers(), theta=2.0), RUN)
    for name in ("final", "realised_variance", "highest", "lowest"):
        np.testing.assert_array_equal(outcome.market[name], outcome.quiet[name])
    assert np.all(outcome.market["widest_push"] == 0.0)


@pytest.mark.parametrize("theta", [0.1, 0.3])
def test_buyers_who_hedge_dampen_by_their_theta(theta):
    """Just after the roll the vol is 1/(1 + θ) of what it was; impact that stays keeps it so."""
    first = {"steps": 34, "impact": Impact(permanent_share=1.0)}
    who = (sellers(Auction(hours=0.0, floor=0.0, half_spread_vol=0.0, vol_per_million_vega=0.0)),)
    setup = fridays(*who, makers(), theta=theta, **first)
    squares = np.zeros((2, 2_000))

    def see(world, twin):
        if world.index >= 25:
            for row, each in enumerate((world, twin)):
                squares[row] += (each.paths[1] - each.paths[2]) ** 2

    watched(setup, Run(paths=2_000, seed=2, threads=1), see)
    ratio = np.sqrt(squares[0].mean() / squares[1].mean())
    assert ratio == pytest.approx(1.0 / (1.0 + theta), rel=0.02)


def test_short_before_the_auction_amplifies_and_long_after_it_dampens():
    presale = Presale(share=0.6, hours=12.0, half_spread_vol=0.0)
    setup = fridays(
        sellers(), makers(presale=presale), theta=0.3, impact=Impact(permanent_share=1.0)
    )
    outcome = simulate(setup, RUN)
    before, error = phase_ratio(outcome, "before")
    assert before > 1.0 + 4.0 * error
    after, error = phase_ratio(outcome, "after")
    assert after < 1.0 - 4.0 * error


def test_without_a_presale_nothing_happens_before():
    before, _error = phase_ratio(simulate(fridays(sellers(), makers(), theta=0.3), RUN), "before")
    assert before == pytest.approx(1.0, abs=0.01)


def test_vaults_that_hedge_amplify():
    """The sign flipped: the same options, the other side hedges."""
    hedging = makers(share=-1.0, label="hedging vaults")
    outcome = simulate(fridays(sellers(), hedging, theta=0.2), RUN)
    after, error = phase_ratio(outcome, "after")
    assert after > 1.0 + 4.0 * error


def test_when_both_sides_hedge_their_orders_cancel():
    both = (makers(), makers(share=-1.0, label="hedging vaults"))
    outcome = simulate(fridays(sellers(), *both, theta=0.2), RUN)
    for phase in ("after", "expiry"):
        assert phase_ratio(outcome, phase)[0] == pytest.approx(1.0, abs=2e-3)
    results = [outcome.market[f"{name}: pnl_usd"] for name in ("market makers", "hedging vaults")]
    scale = np.abs(outcome.market["vaults: premium_usd"]).mean()
    assert np.abs(results[0] + results[1]).mean() < 0.02 * scale


def test_long_gamma_pins_the_price_to_the_strikes():
    wide = sellers(vaults=vaults(step=5.0))
    outcome = simulate(
        fridays(wide, makers(), theta=0.4, steps=4 * HOURS, seconds=900.0), Run(paths=2_000, seed=4)
    )
    pinned, usual = (figures["vaults: pinned"] for figures in (outcome.market, outcome.quiet))
    error = (pinned.astype(float) - usual).std() / np.sqrt(2_000)
    assert pinned.mean() - usual.mean() > 3.0 * error


def test_selling_forward_buys_before_the_roll_what_delivery_sells():
    """Calls sold to clients are hedged by coins; what the auction delivers is hedged by selling, as ever."""
    auction = replace(PLAIN, hours=0.0)
    bare, presold = (
        simulate(
            fridays(
                sellers(auction, vaults=vaults(calls=(True,))), makers(presale=presale), steps=30
            ),
            RUN,
        )
        for presale in (NO_PRESALE, Presale(share=0.8))
    )
    early = [f.market["market makers: presale_flow_usd"].mean() for f in (bare, presold)]
    assert early[1] - early[0] == pytest.approx(0.08 * 1e6, rel=0.15)
    flow = [f.market["market makers: roll_flow_usd"].mean() for f in (bare, presold)]
    assert flow[1] == pytest.approx(flow[0], rel=0.02)


def test_calls_delivered_are_hedged_by_a_sale_of_their_delta():
    """A tenth of the coins, at one step: that is the flow of the roll."""
    auction = replace(PLAIN, hours=0.0)
    setup = fridays(sellers(auction, vaults=vaults(calls=(True,))), makers(), steps=30)
    outcome = simulate(setup, RUN)
    flow = outcome.market["market makers: roll_flow_usd"].mean()
    assert flow == pytest.approx(0.1 * 1e6, rel=0.15)


def test_vaults_one_by_one_are_their_groups():
    drawn = Population(vaults=40, depositors=200, usd=1e6, spread_hours=100.0).drawn(SPOT)
    presale = Presale(share=0.3)
    outcomes = [
        simulate(
            fridays(sellers(Auction(), vaults=held), makers(presale=presale), theta=0.2),
            Run(paths=60, seed=10),
        )
        for held in (drawn, drawn.grouped().groups)
    ]
    one, grouped = (outcome.market for outcome in outcomes)
    np.testing.assert_allclose(one["final"], grouped["final"], rtol=0.0, atol=1e-9)
    for name in ("vaults: premium_usd", "vaults: pnl_usd", "market makers: turnover_usd"):
        np.testing.assert_allclose(one[name], grouped[name], rtol=1e-6)


def test_spread_rolls_pay_less_discount():
    at_once, spread = (
        simulate(
            fridays(
                sellers(
                    Auction(floor=0.0, half_spread_vol=0.0, vol_per_million_vega=20.0),
                    vaults=Population(vaults=40, usd=1e6, spread_hours=hours)
                    .drawn(SPOT)
                    .grouped()
                    .groups,
                )
            ),
            Run(paths=200, seed=12),
        )
        for hours in (0.0, 144.0)
    )
    discount = [o.market["vaults: premium_discount"].mean() for o in (at_once, spread)]
    assert discount[1] < 0.8 * discount[0]


def test_a_high_floor_leaves_options_unsold_and_none_sells_all():
    unsold = [
        simulate(fridays(sellers(Auction(floor=floor))), RUN).market["vaults: unsold_share"].mean()
        for floor in (0.0, 0.6, 0.95)
    ]
    assert unsold[0] == pytest.approx(0.0, abs=1e-12)
    assert 0.0 < unsold[1] < unsold[2]


def test_blocks_and_threads_change_nothing():
    setup = fridays(sellers(Auction()), makers(presale=Presale()), theta=0.2)
    first = simulate(setup, Run(paths=300, seed=1, threads=1, block=300))
    other = simulate(setup, Run(paths=300, seed=1, threads=2, block=70))
    for name, values in first.market.items():
        np.testing.assert_array_equal(other.market[name], values)


def test_a_market_that_stops_keeps_its_books():
    """θ far below −1: the hedging vaults run away, and the run still ends in order."""
    hedging = makers(share=-1.0, label="hedging vaults")
    outcome = simulate(fridays(sellers(), hedging, theta=3.0), Run(paths=200, seed=3))
    assert outcome.market["halted"].mean() > 0.1
    assert all(np.all(np.isfinite(values)) for values in outcome.market.values())


def test_gamma_is_shown_over_time_with_its_sign():
    presale = Presale(share=0.5)
    setup = fridays(sellers(), makers(presale=presale), theta=0.2)
    outcome = simulate(setup, replace(RUN, keep_every=1))
    gamma = outcome.timelines["vault_gamma_usd_per_pct"][:, 0].mean(axis=1)
    assert gamma[26] < 0.0 < gamma[40]
