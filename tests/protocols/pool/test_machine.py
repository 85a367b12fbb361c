"""The gamma-aware pool stepped by events."""

from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from shortgamma.basics.errors import InputError, RefusedError
from shortgamma.protocols.pool.machine import step
from shortgamma.protocols.pool.record import GAMMA_AWARE_POOL
from shortgamma.protocols.pool.state import (
    Deposit,
    Hedge,
    Move,
    PoolState,
    Position,
    Trade,
    Withdraw,
    greeks,
)

START = PoolState(spot=2_000.0, vol=0.8, depth_usd_per_pct=5e6)
WEEK = 7.0 / 365.0


def taken(state, *events):
    for event in events:
        state, outcome = step(state, event)
    return state, outcome


def buy(size, strike=2_000.0, years=WEEK, kind="call"):
    return Trade(kind=kind, strike=strike, years=years, size=size)


def test_hull_like_premium_and_the_charge_are_what_the_client_pays():
    """4,000 at-the-money calls: Black's 88.4 USD and 2.43 vol points, by hand from the page's formula."""
    state, outcome = taken(START, Deposit(usd=8e6), buy(4_000.0, years=0.019178))
    assert outcome.traded == 4_000.0
    assert state.positions[0].quantity == -4_000.0
    gamma = 4_000.0 * 0.7978845608 / 2 / (0.8 * 0.019178**0.5 * 2_000.0)
    gamma *= np.exp(-0.125 * 0.64 * 0.019178)
    theta = 0.01 * 2_000.0 / 5e6 * 2_000.0 * -gamma
    assert outcome.theta == pytest.approx(theta, rel=1e-6)
    cost = 0.5 * gamma * 2_000.0**2 * 0.64 / 365.0 * (0.1 + 0.5 * (1.0 / (1.0 + theta) ** 2 - 1.0))
    vega = gamma * 2_000.0**2 * 0.8 * 0.019178 / 4_000.0 * 0.01
    assert outcome.cost_points == pytest.approx(1.5 + cost / 4_000.0 / vega, rel=1e-6)


def test_a_short_pool_buys_what_rises_and_that_moves_the_price_further():
    state, _ = taken(START, Deposit(usd=8e6), buy(6_000.0), Hedge(hours=24.0), Move(spot=2_100.0))
    after, outcome = step(state, Hedge(hours=24.0))
    assert outcome.traded > 0.0
    assert after.spot > 2_100.0
    state, _ = taken(state, Move(spot=1_700.0))
    assert step(state, Hedge(hours=24.0))[1].traded < 0.0


def test_what_reduces_gamma_pays_the_half_spread_and_what_adds_pays_more():
    state, _ = taken(START, Deposit(usd=8e6), buy(6_000.0))
    assert step(state, buy(-500.0))[1].cost_points == pytest.approx(1.5, rel=1e-9)
    assert step(state, buy(500.0))[1].cost_points > 1.6


def test_no_trade_takes_theta_beyond_its_limit():
    _state, outcome = taken(START, Deposit(usd=1e9), *[buy(1e6)] * 20)
    assert -0.5 < outcome.theta < -0.45
    short = PoolState(
        spot=2_000.0,
        vol=0.8,
        depth_usd_per_pct=5e5,
        pool_cash=1e9,
        positions=(Position(kind="call", strike=2_000.0, years=WEEK, quantity=-5_000.0),),
    )
    with pytest.raises(RefusedError, match="beyond the limits"):
        step(short, buy(10.0))


def test_greeks_are_derivatives_of_the_providers_value():
    state, _ = taken(
        START, Deposit(usd=8e6), buy(900.0), buy(-400.0, 1_900.0, 2 * WEEK, "put"), Hedge()
    )

    def value(**changes):
        return greeks(replace(state, **changes)).value_usd

    own, h = greeks(state), 0.05
    up, mid, down = (value(spot=state.spot + d) for d in (h, 0.0, -h))
    assert own.delta == pytest.approx((up - down) / (2 * h), rel=1e-6)
    assert own.gamma == pytest.approx((up - 2 * mid + down) / h**2, rel=1e-3)
    assert own.vega_usd_per_point == pytest.approx(
        0.01 * (value(vol=0.8001) - value(vol=0.7999)) / 0.0002, rel=1e-6
    )
    later = taken(state, Move(spot=state.spot, hours=0.01))[0]
    assert own.theta_usd_per_day == pytest.approx(
        (greeks(later).value_usd - mid) * 2_400.0, rel=1e-3
    )
    assert own.gamma < 0.0 < own.theta_usd_per_day


def test_paths_are_stepped_side_by_side_as_one_by_one():
    spots = np.array([1_900.0, 2_000.0, 2_150.0])
    events = [Deposit(usd=8e6), buy(3_000.0), Hedge(), Move(spot=2_050.0, hours=5.0), Hedge()]
    many, outcome = taken(PoolState(spot=spots, vol=0.8, depth_usd_per_pct=5e6), *events)
    for j, spot in enumerate(spots.tolist()):
        one, own = taken(PoolState(spot=spot, vol=0.8, depth_usd_per_pct=5e6), *events)
        assert np.broadcast_to(many.pool_cash, 3)[j] == pytest.approx(one.pool_cash, rel=1e-12)
        assert np.broadcast_to(outcome.traded, 3)[j] == pytest.approx(own.traded, abs=1e-9)


def test_the_holdings_of_pool_and_clients_are_opposite():
    state, _ = taken(START, Deposit(usd=8e6), buy(10.0), buy(-4.0, 1_900.0, WEEK, "put"))
    found = list(GAMMA_AWARE_POOL.holdings(state))
    assert sum(each.quantity for each in found) == 0.0
    assert [(h.holder, h.kind, h.quantity) for h in found if h.hedges] == [
        ("pool", "call", -10.0),
        ("pool", "put", 4.0),
    ]


@pytest.mark.parametrize(
    "event", [buy(0.0), buy(1.0, years=0.0), Move(spot=-1.0), Hedge(hours=0.0), "trade"]
)
def test_events_that_make_no_sense_are_refused(event):
    with pytest.raises(InputError):
        step(START, event)


class Pool(RuleBasedStateMachine):
    """Anything may happen; money and coins stay."""

    def __init__(self):
        super().__init__()
        self.state = step(START, Deposit(usd=5e6))[0]

    def try_(self, event):
        with suppress(RefusedError):
            self.state, _outcome = step(self.state, event)

    @rule(usd=st.floats(1.0, 1e6))
    def deposit(self, usd):
        self.try_(Deposit(usd=usd))

    @rule(share=st.floats(0.01, 1.2))
    def withdraw(self, share):
        self.try_(Withdraw(shares=share * self.state.shares))

    @rule(
        size=st.floats(-3_000.0, 3_000.0).filter(lambda x: abs(x) > 1.0),
        strike=st.sampled_from([1_800.0, 2_000.0, 2_200.0]),
        days=st.sampled_from([1.0, 7.0]),
        kind=st.sampled_from(["call", "put"]),
    )
    def trade(self, size, strike, days, kind):
        self.try_(Trade(kind=kind, strike=strike, years=days / 365.0, size=size))

    @rule(move=st.floats(-0.2, 0.2), hours=st.floats(0.0, 48.0))
    def move(self, move, hours):
        self.try_(Move(spot=self.state.spot * float(np.exp(move)), hours=hours))

    @rule(hours=st.floats(0.1, 24.0))
    def hedge(self, hours):
        self.try_(Hedge(hours=hours))

    @invariant()
    def nothing_is_created(self):
        s = self.state
        cash = s.pool_cash + s.clients_cash + s.providers_cash + s.market_cash
        scale = abs(s.pool_cash) + abs(s.clients_cash) + abs(s.market_cash) + 1e7
        assert abs(cash) < 1e-9 * scale
        assert abs(s.hedge + s.market_coins) < 1e-9 * (abs(s.hedge) + 1.0)
        assert s.shares >= 0.0


Pool.TestCase.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
TestPool = Pool.TestCase
