"""Margin calls: who is forced to trade, which way, how much, and that nothing appears or vanishes."""

from dataclasses import replace

import numpy as np
import pytest

from shortgamma.basics.errors import InputError
from shortgamma.feedback.agents.dealer import Dealer
from shortgamma.feedback.agents.margin_caller import MarginCaller, MarginRule, ShockedLoss
from shortgamma.feedback.engine import Run, simulate
from shortgamma.feedback.gas import GasMarket, GasPayer
from shortgamma.feedback.laws.shocks import Shock
from shortgamma.feedback.perp import PerpMarket
from shortgamma.feedback.processes.gbm import Gbm
from shortgamma.hedging.policies import Continuous, DeltaBand, FixedInterval, NoHedge
from tests.feedback.markets import SPOT, full_market, market, series, watched

RUN = Run(paths=200, seed=5, threads=1)
RULE = ShockedLoss(share=0.0, moves=(-0.1, 0.1))


def straddle(held=-1e3, *, days=7.0, kind=MarginCaller, **changes):
    """A call and a put at the money, ``held`` of each, + = long."""
    options = series([SPOT, SPOT], days, is_call=[True, False])
    return kind(**{"options": options, "quantity": np.full(2, held), "policy": NoHedge()} | changes)


def bought(agent, shock, **changes):
    """Coins that an agent buys in one step after a shock, and the outcome."""
    seen = []

    def see(world, _twin):
        seen.append(world.accounts.coins[2].copy() + world.accounts.perps[2])

    run = replace(RUN, paths=3)
    watched(market(agent, steps=1, process=Gbm(vol=0.0), **changes), run, see)
    outcome = watched(
        market(agent, steps=1, process=Shock(low=shock, high=shock), **changes), run, see
    )
    return seen[1] - seen[0], outcome.market


@pytest.mark.parametrize(
    "changes",
    [
        {"policy": Continuous()},
        {"policy": NoHedge()},
        {"policy": DeltaBand(width=50.0), "attributes": True},
        {"policy": FixedInterval(seconds=3_600.0)},
        {"policy": DeltaBand(width=50.0), "latency_seconds": 180.0},
    ],
)
def test_without_a_rule_it_is_a_dealer_to_the_last_bit(changes):
    dealer, caller = straddle(kind=Dealer, **changes), straddle(**changes)
    expected, found = (simulate(market(one, steps=90), RUN).market for one in (dealer, caller))
    assert set(found) == set(expected)
    for name, values in expected.items():
        np.testing.assert_array_equal(found[name], values, err_msg=name)


@pytest.mark.parametrize("changes", [{"policy": DeltaBand(width=50.0)}, {"policy": Continuous()}])
def test_with_ample_funds_nothing_is_forced(changes):
    dealer = straddle(kind=Dealer, **changes)
    caller = straddle(margin=RULE, funds_usd=1e9, **changes)
    expected, found = (simulate(market(one, steps=60), RUN).market for one in (dealer, caller))
    np.testing.assert_array_equal(found["dealer: margin_calls"], 0.0)
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values, rtol=1e-9, atol=1e-9, err_msg=name)


@pytest.mark.parametrize("held", [-1e3, 1e3])
@pytest.mark.parametrize("shock", [0.03, -0.03])
@pytest.mark.parametrize("latency", [0.0, 60.0])
def test_forced_flow_of_a_short_book_has_the_direction_of_the_move(held, shock, latency):
    """Without funds and policy: short gamma buys a rise and sells a fall, and moves it on."""
    caller = straddle(held, margin=RULE, latency_seconds=latency)
    coins, outcome = bought(caller, shock)
    if held < 0.0:
        assert np.all(np.sign(coins) == np.sign(shock))
        assert np.all(outcome["dealer: margin_calls"] == 1.0)
        assert np.all(np.abs(outcome["final"]) > abs(shock))
        assert np.all(outcome["dealer: shortfall_usd"] > 0.0)
    else:
        np.testing.assert_array_equal(coins * np.sign(shock) > 0.0, False)


class Watched:
    """A rule that remembers what it saw on the first path: price and requirement."""

    def __init__(self):
        self.seen = []

    def required(self, position, hedge):
        found = RULE.required(position, hedge)
        self.seen.append((position.price[0], found[0]))
        return found


def test_forced_is_the_smallest_part_of_the_gap_that_meets_the_call():
    """The worst loss falls by 10 % of the price per coin: the coins that are lacking follow by division."""
    rule, shock = Watched(), 0.03
    assert isinstance(rule, MarginRule)
    all_of_it, _outcome = bought(straddle(margin=rule), shock, depth=np.inf)
    asked = [required for price, required in rule.seen if price > SPOT * 1.01]
    nothing_traded, all_traded = asked[0], asked[1]
    # Funds lack a third of what hedging all of the gap would save.
    lacking = (nothing_traded - all_traded) / 3.0
    lost = simulate(
        market(straddle(), steps=1, process=Shock(low=shock, high=shock), depth=np.inf),
        replace(RUN, paths=1),
    ).market["dealer: pnl_usd"][0]
    caller = straddle(margin=RULE, funds_usd=nothing_traded - lacking - lost)
    coins, outcome = bought(caller, shock, depth=np.inf)
    np.testing.assert_allclose(
        coins[0], lacking / (0.1 * SPOT * np.exp(shock)), rtol=0.02
    )  # the result of the step has an hour less of decay than the call saw
    assert 0.0 < coins[0] < all_of_it[0]
    np.testing.assert_array_equal(outcome["dealer: unmet_usd"], 0.0)


def test_a_call_that_hedging_cannot_meet_trades_all_of_the_gap_and_says_so():
    coins, outcome = bought(straddle(margin=ShockedLoss(share=10.0)), 0.03, depth=np.inf)
    continuous, _other = bought(straddle(kind=Dealer, policy=Continuous()), 0.03, depth=np.inf)
    np.testing.assert_allclose(coins, continuous, rtol=1e-9)
    assert np.all(outcome["dealer: unmet_usd"] > 0.0)


def test_calls_raise_the_vol_that_a_waiting_short_book_would_not_have_moved():
    calm = simulate(market(straddle(-5e4), steps=100), RUN).market["realised_variance"]
    caller = straddle(-5e4, margin=RULE)
    called = simulate(market(caller, steps=100), RUN).market
    assert called["realised_variance"].mean() > 1.05 * calm.mean()
    assert called["dealer: margin_calls"].mean() > 10.0


def test_cash_coins_and_perps_are_conserved_with_calls_on_every_venue():
    """The engine checks every step; the sums are looked at once more here."""
    full = full_market(steps=60)
    callers = tuple(
        straddle(-2e4, label=f"called {number}", margin=RULE, **changes)
        for number, changes in enumerate(
            (
                {"perp": True},
                {"latency_seconds": 180.0},
                {"gas": GasPayer(gas_used=2e5)},
                {"attributes": True},
            )
        )
    )
    sums = []

    def see(world, _twin):
        accounts = world.accounts
        sums.extend(np.abs(part.sum(axis=0)).max() for part in (accounts.cash, accounts.coins))

    outcome = watched(replace(full, agents=(*full.agents, *callers)), replace(RUN, paths=40), see)
    assert max(sums) < 1.0
    for number in range(len(callers)):
        assert outcome.market[f"called {number}: margin_calls"].max() > 0.0
    assert isinstance(full.markets[0], PerpMarket)
    assert isinstance(full.markets[2], GasMarket)


@pytest.mark.parametrize("funds", [-1.0, float("nan"), float("inf")])
def test_funds_that_are_none_are_refused(funds):
    with pytest.raises(InputError, match="funds"):
        straddle(funds_usd=funds)


@pytest.mark.parametrize("changes", [{"share": -1.0}, {"moves": ()}, {"moves": (-1.0,)}])
def test_a_rule_that_makes_no_sense_is_refused(changes):
    with pytest.raises(InputError, match="margin"):
        ShockedLoss(**changes)
