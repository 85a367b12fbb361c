"""The market path by path: laws, derivatives, and the exact market beside it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from shortgamma.basics.errors import InputError, RefusedError
from shortgamma.protocols.fixed_point import WAD, from_float
from shortgamma.protocols.synthetix import exact
from shortgamma.protocols.synthetix.market import SYNTHETIX, greeks, holdings, pool_value, step
from shortgamma.protocols.synthetix.pricing import fill_price, order_fee, skew_of
from shortgamma.protocols.synthetix.state import (
    Account,
    Accrue,
    Liquidate,
    Margin,
    Order,
    Provide,
    State,
)

SIZES = st.floats(-1e4, 1e4)


@given(SIZES, SIZES, SIZES)
def test_orders_in_pieces_fill_at_the_same_cost(skew: float, first: float, second: float) -> None:
    scale, price = 1e5, 2000.0

    def cost(before: float, size: float) -> float:
        return size * fill_price(price, before, size=size, skew_scale=scale)

    pieces = cost(skew, first) + cost(skew + first, second)
    assert pieces == pytest.approx(cost(skew, first + second), rel=1e-9, abs=1e-3)


@given(SIZES, SIZES)
def test_the_fee_of_an_order_that_crosses_is_that_of_its_two_parts(
    skew: float, size: float
) -> None:
    state = State()
    whole = order_fee(state, skew, size=size, price=100.0)
    if skew * (skew + size) < 0.0:
        to_zero = order_fee(state, skew, size=-skew, price=100.0)
        away = order_fee(state, 0.0, size=skew + size, price=100.0)
        assert whole == pytest.approx(to_zero + away, rel=1e-12)
    rate = whole / (abs(size) * 100.0) if abs(size) > 1e-9 else state.maker_fee
    assert state.maker_fee - 1e-12 <= rate <= state.taker_fee + 1e-12


def traded() -> State:
    state = State(skew_scale=1e4, pool=50_000.0)
    for name, size in (("long", 30.0), ("short", -10.0)):
        state, _ = step(state, Margin(time=0.0, price=2000.0, account=name, amount=20_000.0))
        state, _ = step(state, Order(time=0.0, price=2000.0, account=name, size=size))
    return state


def test_greeks_are_derivatives_of_the_value() -> None:
    state = traded()
    here = greeks(state, 2000.0)
    slope = (pool_value(state, 2001.0) - pool_value(state, 1999.0)) / 2.0
    assert here.delta == pytest.approx(slope, rel=1e-9)
    assert here.delta == pytest.approx(-20.0)
    assert here.gamma == 0.0
    running = replace(state, rate=0.02)
    later, _ = step(running, Accrue(time=60.0, price=2000.0))
    gained = pool_value(later, 2000.0) - pool_value(running, 2000.0)
    per_day = greeks(running, 2000.0).theta_usd_per_day
    assert per_day > 0.0
    assert gained * 1440.0 == pytest.approx(per_day, rel=1e-3)


def test_longs_pay_where_there_are_more_of_them() -> None:
    state, outcome = step(traded(), Accrue(time=3600.0, price=2000.0))
    assert outcome.rate > 0.0
    assert outcome.profits["long"] < 2000.0 * 30.0 * 1e-3
    assert state.funding < 0.0


def test_what_the_contract_does_not_accept_is_refused() -> None:
    state = traded()
    event = Order(time=0.0, price=2000.0, account="long", size=1.0)
    for reason, changes in {
        "zero size": {"size": 0.0},
        "acceptable price": {"highest_price": 2000.0},
        "insufficient margin": {"size": 5000.0},
    }.items():
        with pytest.raises(RefusedError, match=reason):
            step(state, replace(event, **changes))
    with pytest.raises(RefusedError, match="account is liquidatable"):
        step(state, replace(event, price=100.0))
    with pytest.raises(RefusedError, match="insufficient margin"):
        step(state, Margin(time=0.0, price=2000.0, account="long", amount=-20_000.0))
    with pytest.raises(RefusedError, match="backs open interest"):
        step(state, Provide(time=0.0, price=2000.0, amount=-40_000.0))
    with pytest.raises(InputError, match="time"):
        step(replace(state, time=1.0), event)


def test_paths_are_stepped_as_if_alone() -> None:
    sizes = np.array([1.0, 5000.0, -3.0])
    event = Order(time=3600.0, price=np.array([2000.0, 2000.0, 1900.0]), account="long", size=sizes)
    after, outcome = step(traded(), event)
    assert outcome.refused.tolist() == [False, True, False]
    for path in (0, 2):
        alone, _ = step(
            traded(), replace(event, size=float(sizes[path]), price=float(event.price[path]))
        )
        assert after.accounts["long"].margin[path] == pytest.approx(
            alone.accounts["long"].margin, rel=1e-13
        )
        assert after.pool[path] == pytest.approx(alone.pool, rel=1e-13)
    assert after.accounts["long"].size[1] == 30.0


def test_holdings_net_to_nothing() -> None:
    rows = list(holdings(traded()))
    assert sum(row.quantity for row in rows) == 0.0
    assert rows[-1].holder == "pool"
    assert rows[-1].quantity == -20.0
    assert SYNTHETIX.name == "synthetix-v3"


class MarketMachine(RuleBasedStateMachine):
    """Floats beside integers; every unit that leaves one party arrives at another."""

    names = st.sampled_from(["a", "b", "c"])

    @initialize(premium=st.sampled_from([0.0, 0.01]))
    def begin(self, premium: float) -> None:
        self.price = 2000.0
        self.state = State(
            skew_scale=5000.0,
            settlement_reward=1.0,
            liquidation_premium=premium,
            liquidation_seconds=20.0,
            max_velocity=3.0,
        )
        names = ("skew_scale", "max_velocity", "maker_fee", "taker_fee", "settlement_reward")
        names += ("initial_ratio", "minimum_initial_ratio", "maintenance_scalar", "minimum_margin")
        names += ("reward_ratio", "liquidation_multiplier", "liquidation_premium")
        terms = {name: from_float(getattr(self.state, name)) for name in names}
        self.market = exact.Market(terms=exact.Terms(**terms, liquidation_seconds=20))
        self.deposited = 0

    def now(self) -> tuple[float, int]:
        return self.state.time, from_float(self.price)

    @rule(name=names, amount=st.floats(10.0, 5e4))
    def margin(self, name: str, amount: float) -> None:
        event = Margin(time=self.state.time, price=self.price, account=name, amount=amount)
        try:
            self.state, _ = step(self.state, event)
        except RefusedError:
            return
        self.market = exact.add_margin(self.market, name, from_float(amount))
        self.deposited += from_float(amount)

    @rule(name=names, size=st.floats(-50.0, 50.0).filter(lambda size: abs(size) > 1e-3))
    def order(self, name: str, size: float) -> None:
        event = Order(time=self.state.time, price=self.price, account=name, size=size)
        try:
            self.state, outcome = step(self.state, event)
        except RefusedError:
            return
        self.market, fill = exact.order(
            self.market, name, size=from_float(size), price=from_float(self.price)
        )
        assert outcome.fill_price == pytest.approx(fill / WAD, rel=1e-12)

    @rule(seconds=st.integers(1, 200_000), move=st.floats(0.8, 1.2))
    def wait(self, seconds: int, move: float) -> None:
        self.price *= move
        time = self.state.time + seconds
        self.state, _ = step(self.state, Accrue(time=time, price=self.price))
        self.market = exact.accrued(self.market, int(time), price=from_float(self.price))

    @rule(name=names)
    def liquidate(self, name: str) -> None:
        event = Liquidate(time=self.state.time, price=self.price, account=name)
        try:
            self.state, outcome = step(self.state, event)
        except RefusedError:
            return
        self.market, coins = exact.liquidate(self.market, name, price=from_float(self.price))
        assert outcome.closed == pytest.approx(coins / WAD, rel=1e-9, abs=1e-12)

    @invariant()
    def integers_conserve_money_to_the_last_unit(self) -> None:
        margins = sum(account.margin for account in self.market.accounts.values())
        assert margins + self.market.pool + self.market.keepers == self.deposited

    @invariant()
    def floats_agree_with_integers(self) -> None:
        scale = 1.0 + self.deposited / WAD
        assert self.state.pool == pytest.approx(self.market.pool / WAD, abs=1e-9 * scale)
        assert self.state.keepers == pytest.approx(self.market.keepers / WAD, abs=1e-9 * scale)
        assert self.state.rate == pytest.approx(self.market.rate / WAD, rel=1e-9, abs=1e-12)
        assert skew_of(self.state) == pytest.approx(exact.skew_of(self.market) / WAD, abs=1e-9)
        for name, account in self.state.accounts.items():
            other = exact.account_of(self.market, name)
            assert account.margin == pytest.approx(other.margin / WAD, abs=1e-9 * scale)
            assert bool(account.flagged) == other.is_flagged

    @invariant()
    def what_traders_and_providers_have_is_what_was_put_in(self) -> None:
        worth = pool_value(self.state, self.price) + self.state.keepers
        for account in self.state.accounts.values():
            moved = self.price - account.entry_price + self.state.funding - account.entry_funding
            worth += account.margin + (1.0 - account.flagged) * account.size * moved
        assert worth == pytest.approx(self.deposited / WAD, rel=1e-9, abs=1e-6)


MarketMachine.TestCase.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
TestMarketMachine = MarketMachine.TestCase


def test_an_empty_market_has_nothing() -> None:
    assert pool_value(State(), 1.0) == 0.0
    assert greeks(State(accounts={"a": Account()}), 1.0).delta == 0.0
