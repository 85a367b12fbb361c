"""A desk that rolls a straddle: its books close, its straddles are worth what they are worth."""

from dataclasses import fields, replace

import numpy as np
import pytest
from scipy.stats import norm

from shortgamma.basics.errors import InputError
from shortgamma.feedback.agents.desk import Desk
from shortgamma.feedback.agents.gamma_desk import GammaDesk
from shortgamma.feedback.agents.rolling_desk import RollingDesk, schedule
from shortgamma.feedback.clock import Clock
from shortgamma.feedback.curves import Span
from shortgamma.feedback.engine import Run, simulate, simulate_all
from shortgamma.feedback.exchange import NO_COSTS, TradingCosts
from shortgamma.feedback.perp import PerpMarket
from shortgamma.feedback.vol import ReactingVol, reacting_levels
from shortgamma.hedging.execution import MakerOrders
from shortgamma.hedging.frictions import FundingCarry, Gas, Margin, MinimumLot, SquareRootSlippage
from shortgamma.hedging.gamma import RollingGamma, StaticGamma
from shortgamma.hedging.policies import Continuous, DeltaBand
from shortgamma.venues.funding import FUNDING_RULES
from tests.feedback.markets import DAY, SPOT, market, series, watched

HOUR = 3_600.0
NO_IMPACT = 1e18
BOOK = series([95.0, 100.0, 106.0], [4.0, 9.0, 30.0], is_call=[False, True, True])
SHORT = np.array([-2_000.0, -5_000.0, -3_000.0])
ROLLS = RollingGamma(share=0.6, tenor_days=5.0, every_days=2.0, half_spread_vol=0.01)
PARTS = (
    *("gamma", "theta", "vega", "delta", "execution", "basis", "spread", "fees", "gas"),
    *("funding", "haircut", "slippage", "margin", "option_spread"),
)
FRICTIONS = {
    "slippage": SquareRootSlippage(coefficient=0.5, daily_vol=0.03, daily_volume_usd=1e8),
    "ticket": Gas(gas_used=2e5, base_fee_wei=2e10, coin_price=3e3),
    "funding": FundingCarry(rate=0.3),
    "margin": Margin(initial=0.1, rate=0.05),
}


def rolling(rolls=ROLLS, **changes):
    given = {"options": BOOK, "quantity": SHORT, "costs": NO_COSTS, "attributes": True, **changes}
    return RollingDesk(rolls=rolls, **given)


def month(*agents, depth=NO_IMPACT, steps=240, **changes):
    """Ten days of hours, on a grid that is fine enough for options that expire in them."""
    span = Span.around(0.6 * np.sqrt(30 * DAY), is_fine=True)
    return market(*agents, steps=steps, seconds=HOUR, depth=depth, span=span, **changes)


def joined(first, second):
    """The options of both books, one after the other."""
    names = [column.name for column in fields(first)]
    both = {
        name: np.concatenate([getattr(each, name) for each in (first, second)]) for name in names
    }
    return replace(first, **both)


def figure(outcome, name):
    return outcome.market[f"dealer: {name}"]


def straddle(spot, strike, years, vol):
    """Black-76 at zero rates, written down again: value and delta."""
    width = vol * np.sqrt(years)
    d1 = np.log(spot / strike) / width + 0.5 * width
    call = spot * norm.cdf(d1) - strike * norm.cdf(d1 - width)
    return 2.0 * call - spot + strike, 2.0 * norm.cdf(d1) - 1.0


def straddle_gamma(spot, years, vol):
    width = vol * np.sqrt(years)
    return 2.0 * norm.pdf(0.5 * width) / (spot * width)


def book_greeks(spot, left):
    """Value, delta and gamma of the options of BOOK that are alive."""
    alive = left > 1e-9
    strike, years, calls, held = (a[alive] for a in (BOOK.strike, left, BOOK.is_call, SHORT))
    width = 0.6 * np.sqrt(years)
    d1 = np.log(spot / strike) / width + 0.5 * width
    call = spot * norm.cdf(d1) - strike * norm.cdf(d1 - width)
    prices = np.where(calls, call, call - spot + strike)
    deltas = norm.cdf(d1) - np.where(calls, 0.0, 1.0)
    gammas = norm.pdf(d1) / (spot * width)
    return held @ prices, held @ deltas, held @ gammas


def payoff(spot, left, before):
    expired = (left <= 1e-9) & (before > 1e-9)
    worth = np.where(BOOK.is_call, spot - BOOK.strike, BOOK.strike - spot)
    return float(SHORT[expired] @ np.maximum(worth[expired], 0.0))


def test_a_result_is_that_of_a_diary_kept_by_hand():
    """One path without impact: every hedge, roll and payoff booked again with scipy's normal law."""
    prices = []
    setup = month(rolling())
    outcome = watched(
        setup, Run(paths=1, seed=4), lambda world, _twin: prices.append(world.price[0])
    )
    path, vol, half = [SPOT, *prices], 0.6, ROLLS.half_spread_vol
    cash, coins, strike, bought = 0.0, 0.0, SPOT, 0
    held, spread = 0.0, 0.0
    start, delta, gamma = book_greeks(SPOT, BOOK.years)
    for i, spot in enumerate(path):
        left = BOOK.years - i * DAY / 24.0
        _value, delta, gamma = book_greeks(spot, left)
        age = (i - bought) * DAY / 24.0
        if i and not (i - bought) % 48 and i < len(path) - 1:
            bid, mid = (straddle(spot, strike, 5 * DAY - age, v)[0] for v in (vol - half, vol))
            cash, spread, held, bought = cash + held * bid, spread + held * (mid - bid), 0.0, i
        if i == bought:
            strike, age = spot, 0.0
            held = 0.6 * max(-gamma, 0.0) / straddle_gamma(spot, 5 * DAY, vol)
            ask, mid = (straddle(spot, strike, 5 * DAY, v)[0] for v in (vol + half, vol))
            cash, spread = cash - held * ask, spread + held * (ask - mid)
        if i:
            cash += payoff(spot, left, left + DAY / 24.0)
        overlay, own = straddle(spot, strike, 5 * DAY - age, vol)
        target = -delta - held * own
        cash, coins = cash - (target - coins) * spot, target
    end = book_greeks(path[-1], left)[0]
    result = cash + coins * path[-1] + held * overlay + end - start
    scale = abs(result) + spread
    assert figure(outcome, "option_spread_usd")[0] == pytest.approx(-spread, rel=1e-5)
    assert figure(outcome, "pnl_usd")[0] == pytest.approx(result, abs=1e-4 * scale)
    assert figure(outcome, "rolls")[0] == 4.0


@pytest.mark.parametrize("policy", [Continuous(), DeltaBand(width=200.0)])
def test_a_share_of_zero_is_a_desk_that_buys_nothing(policy):
    parts = {"options": BOOK, "quantity": SHORT, "attributes": True, "policy": policy}
    still = RollingGamma(share=0.0, tenor_days=5.0, every_days=2.0)
    desks = (GammaDesk(**parts, **FRICTIONS), RollingDesk(rolls=still, **parts, **FRICTIONS))
    plain, rolled = simulate_all([month(desk, depth=1e6) for desk in desks], Run(paths=50))
    for name, values in plain.market.items():
        np.testing.assert_array_equal(values, rolled.market[name], err_msg=name)


def test_a_gamma_desk_without_purchases_is_a_desk_of_the_same_order_timing():
    """Lots so small that they round nothing away make a desk decide before the clearing."""
    parts = {"options": BOOK, "quantity": SHORT, "attributes": True}
    dust = MinimumLot(coins=1e-9)
    desks = (Desk(lot=dust, **parts, **FRICTIONS), GammaDesk(**parts, **FRICTIONS))
    first, second = simulate_all([month(desk, depth=1e6) for desk in desks], Run(paths=50))
    for name, values in first.market.items():
        np.testing.assert_allclose(values, second.market[name], rtol=1e-6, atol=1e-2, err_msg=name)


@pytest.mark.parametrize(
    "changes",
    [
        FRICTIONS,
        {"latency_seconds": 2.0 * HOUR},
        {"maker": MakerOrders(fee=-1e-4, queue=0.3, patience_seconds=2.0 * HOUR)},
        {"lot": MinimumLot(coins=10.0), "policy": DeltaBand(width=100.0)},
    ],
    ids=["frictions", "latency", "maker", "lots"],
)
def test_parts_sum_to_the_result_and_cash_is_conserved(changes):
    desk = rolling(**{"costs": TradingCosts(), **changes})
    outcome = simulate(month(desk, depth=1e6), Run(paths=64, seed=2))
    check_parts(outcome)


def check_parts(outcome):
    result = figure(outcome, "pnl_usd")
    parts = sum(figure(outcome, f"{part}_usd") for part in PARTS)
    scale = figure(outcome, "turnover_usd") + np.abs(result) + 1.0
    assert np.all(np.abs(parts - result) <= 1e-9 * scale)


def test_parts_sum_where_vol_moves_and_the_hedge_is_a_perpetual():
    markets = (
        PerpMarket(depth_usd_per_pct=3e6, funding=FUNDING_RULES["binance"]),
        ReactingVol(reference_vol=0.6, to_realised=0.5),
    )
    setup = month(rolling(perp=True), depth=1e6, markets=markets, levels=reacting_levels())
    outcome = simulate(setup, Run(paths=64, seed=3))
    check_parts(outcome)
    assert np.all(figure(outcome, "vega_usd") != 0.0)
    # The straddles are long vega, the book is short: what one gains by a change of vol the other loses.
    still = replace(setup, agents=(rolling(RollingGamma(share=0.0), perp=True),))
    alone = figure(simulate(still, Run(paths=64, seed=3)), "vega_usd")
    more = figure(outcome, "vega_usd") - alone
    assert np.mean(alone) > 0.0 > np.mean(more) + 4.0 * np.std(more) / np.sqrt(more.size)


@pytest.mark.parametrize("share", [0.3, 1.0])
def test_at_a_roll_the_share_of_the_gamma_is_gone_on_every_path(share):
    rolls = RollingGamma(share=share, tenor_days=5.0, every_days=2.0)
    seen = {}

    def see(world, _twin):
        if world.index + 1 in {48, 96, 144}:
            _desk, state = world.agents[0]
            left = BOOK.years - (world.index + 1) * DAY / 24.0
            book = np.array([book_greeks(s, left)[2] for s in world.price])
            own = state.overlay.held * straddle_gamma(world.price, 5 * DAY, 0.6)
            seen[world.index + 1] = (book, own)

    watched(month(rolling(rolls)), Run(paths=20), see)
    assert len(seen) == 3
    for book, own in seen.values():
        np.testing.assert_allclose(own, -share * book, rtol=1e-4, atol=1e-6)
        assert np.all(own > 0.0)
        assert np.ptp(own) > 0.1 * own.mean()


def test_a_long_book_buys_and_sells_no_straddles():
    outcome = simulate(month(rolling(quantity=-SHORT)), Run(paths=20))
    assert not np.any(figure(outcome, "option_spread_usd"))
    assert not np.any(figure(outcome, "overlay_usd"))


def test_the_overlay_gains_what_the_result_has_more_than_the_book_alone():
    desks = [rolling(), rolling(RollingGamma(share=0.0))]
    rolled, alone = simulate_all([month(desk) for desk in desks], Run(paths=40, seed=5))
    more = figure(rolled, "pnl_usd") - figure(alone, "pnl_usd")
    gained = figure(rolled, "overlay_usd") + figure(rolled, "option_spread_usd")
    np.testing.assert_allclose(more, gained, atol=1e-3)
    assert np.std(gained) > 1.0


def test_bought_gamma_dampens_what_short_gamma_amplifies():
    """Order of the strategies in net gamma, in realised vol and in the spread of results."""
    static = StaticGamma(share=0.8).opening(BOOK, SHORT, spot=SPOT)
    parts = {"costs": NO_COSTS, "attributes": True}
    desks = (
        GammaDesk(options=BOOK, quantity=SHORT, **parts),
        GammaDesk(options=BOOK, quantity=SHORT, bought=static, **parts),
        rolling(RollingGamma(share=0.8, tenor_days=5.0, every_days=1.0)),
    )
    setups = [month(desk, depth=1e5, steps=48) for desk in desks]
    found = simulate_all(setups, Run(paths=800, seed=1))
    gammas = [figure(each, "mean_gamma_usd_per_pct").mean() for each in found]
    vols = [each.market["realised_variance"].mean() for each in found]
    risks = [np.std(figure(each, "pnl_usd")) for each in found]
    assert gammas[0] < 4.0 * min(gammas[1:]) < 4.0 * max(gammas[1:]) < 0.0
    assert vols[0] > 1.2 * max(vols[1:])
    assert min(vols[1:]) > found[0].quiet["realised_variance"].mean()
    assert risks[0] > 1.5 * max(risks[1:])


def test_the_hedge_of_the_straddles_is_no_unhedged_delta():
    """Hedged at the price of every step, nothing is left unhedged; a straddle kept is a straddle held."""
    kept = StaticGamma(share=0.6, tenor_days=20.0).opening(BOOK, SHORT, spot=SPOT)
    rolls = RollingGamma(share=0.6, tenor_days=20.0, every_days=19.0)
    parts = {"options": BOOK, "quantity": SHORT, "costs": NO_COSTS, "attributes": True}
    static = GammaDesk(bought=kept, **parts)
    desks = (static, rolling(rolls), rolling())
    first, second, rolled = simulate_all([month(desk) for desk in desks], Run(paths=40))
    for part in ("pnl", "gamma", "theta", "vega", "option_spread"):
        values = (figure(each, f"{part}_usd") for each in (first, second))
        np.testing.assert_allclose(*values, rtol=1e-5, atol=1e-2, err_msg=part)
    for each in (first, second, rolled):
        assert np.abs(figure(each, "delta_usd")).max() < 1e-6
    deep = simulate_all([month(desk, depth=1e6) for desk in desks[:2]], Run(paths=40))
    for part in ("pnl", "gamma", "delta", "execution", "push", "worst_hour"):
        values = [figure(each, f"{part}_usd") for each in deep]
        assert np.abs(values[0]).max() > 1.0
        np.testing.assert_allclose(*values, rtol=1e-5, atol=1e-2, err_msg=part)


def test_mean_gamma_is_that_of_the_book_while_nothing_moves():
    step = month(GammaDesk(options=BOOK, quantity=SHORT), steps=1)
    outcome = simulate(step, Run(paths=400))
    expected = book_greeks(SPOT, BOOK.years)[2] * SPOT**2 * 0.01
    assert figure(outcome, "mean_gamma_usd_per_pct").mean() == pytest.approx(expected, rel=0.01)


def test_what_was_paid_at_the_start_leaves_the_result_and_nothing_else():
    parts = {"options": BOOK, "quantity": SHORT, "attributes": True}
    fair = StaticGamma(half_spread_vol=0.0).opening(BOOK, SHORT, spot=SPOT)
    dear = replace(fair, spread_usd=500.0)
    desks = [GammaDesk(bought=bought, **parts) for bought in (fair, dear)]
    free, paid = simulate_all([month(desk) for desk in desks], Run(paths=10))
    np.testing.assert_allclose(figure(free, "pnl_usd") - figure(paid, "pnl_usd"), 500.0, rtol=1e-6)
    np.testing.assert_array_equal(figure(free, "gamma_usd"), figure(paid, "gamma_usd"))


@pytest.mark.parametrize("days", [5.0, 20.0])
def test_a_book_and_a_purchase_are_one_larger_book(days):
    """What expires with the run and what outlives it, with moving vols and a book held twice over."""
    strategy = StaticGamma(tenor_days=days, half_spread_vol=0.0)
    bought = strategy.opening(BOOK, SHORT, spot=SPOT)
    parts = {"label": "second", "attributes": True}
    whole = np.concatenate([2.0 * SHORT, bought.quantity])
    desks = (
        GammaDesk(options=BOOK, quantity=2.0 * SHORT, bought=bought, **parts),
        GammaDesk(options=joined(BOOK, bought.options), quantity=whole, **parts),
    )
    first = GammaDesk(options=BOOK, quantity=SHORT, label="first")
    markets = (ReactingVol(reference_vol=0.6, to_realised=0.5),)
    setups = [
        month(first, desk, depth=1e6, markets=markets, levels=reacting_levels()) for desk in desks
    ]
    apart, together = simulate_all(setups, Run(paths=16))
    for name in ("pnl_usd", "gamma_usd", "theta_usd", "vega_usd", "turnover_usd"):
        values = (each.market[f"second: {name}"] for each in (apart, together))
        np.testing.assert_allclose(*values, rtol=1e-7, atol=1e-4, err_msg=name)


def test_a_desk_with_a_purchase_shares_the_tables_of_its_book():
    bought = StaticGamma().opening(BOOK, SHORT, spot=SPOT)
    desks = [
        GammaDesk(options=BOOK, quantity=SHORT, label=f"desk {i}", bought=each)
        for i, each in enumerate((bought, None))
    ]
    setup = month(*desks)
    first = desks[0].prepare(setup, ())
    second = desks[1].prepare(setup, [(desks[0], first)])
    assert second.curve is first.curve
    assert first.whole is not first.curve


def test_a_schedule_rolls_on_time_and_never_at_the_end():
    times = Clock.even(10, HOUR).times
    age, due = schedule(times, 4.0 * HOUR / 31_536_000.0)
    assert np.flatnonzero(due).tolist() == [4, 8]
    np.testing.assert_allclose(age / times[1], [0, 1, 2, 3, 4, 1, 2, 3, 4, 1, 2], atol=1e-6)
    assert not schedule(times, times[-1])[1].any()


def test_a_schedule_of_uneven_steps_rolls_at_the_first_time_that_is_late_enough():
    times = np.array([0.0, 0.01, 0.05, 0.06, 0.11, 0.12])
    age, due = schedule(times, 0.05)
    assert np.flatnonzero(due).tolist() == [2, 4]
    np.testing.assert_allclose(age, [0.0, 0.01, 0.05, 0.01, 0.06, 0.01])


@pytest.mark.parametrize("paid", [-1.0, np.nan, np.inf])
def test_an_option_spread_that_is_no_cost_is_refused(paid):
    bought = replace(StaticGamma().opening(BOOK, SHORT, spot=SPOT), spread_usd=paid)
    with pytest.raises(InputError, match="option spread"):
        GammaDesk(options=BOOK, quantity=SHORT, bought=bought)


@pytest.mark.parametrize(
    "desk", [GammaDesk(options=BOOK, quantity=SHORT), rolling()], ids=["static", "rolling"]
)
def test_orders_cannot_rest_in_a_perpetual_that_is_not_simulated(desk):
    terms = MakerOrders(fee=0.0, queue=0.3, patience_seconds=HOUR)
    who = replace(desk, perp=True, maker=terms)
    with pytest.raises(InputError, match="rest them in spot"):
        simulate(month(who, markets=(PerpMarket(depth_usd_per_pct=1e6),)), Run(paths=1))


def test_a_desk_that_hedges_in_a_perpetual_needs_one():
    with pytest.raises(InputError, match="perpetual"):
        simulate(month(rolling(perp=True)), Run(paths=1))
