"""The Panoptic market: options are ranges, money only moves, sellers are short gamma."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from shortgamma.basics.errors import RefusedError
from shortgamma.protocols.panoptic import pool as p
from shortgamma.protocols.panoptic import state as s

CALL = {"kind": "call", "lower": 1_900.0, "upper": 2_300.0}
PUT = {"kind": "put", "lower": 1_700.0, "upper": 2_050.0}


def run(state: s.PanopticState, *events: s.Event) -> s.PanopticState:
    for event in events:
        state, done = p.step(state, event)
        assert not np.any(done.refused)
    return state


FUNDED = run(
    s.PanopticState(),
    s.Deposit(owner="plp", coins=100.0, usd=200_000.0),
    s.Deposit(owner="seller", coins=5.0, usd=10_000.0),
    s.Deposit(owner="buyer", coins=5.0, usd=10_000.0),
)
SOLD = run(
    FUNDED,
    s.Open(owner="seller", **CALL, moved=10.0),
    s.Open(owner="seller", **PUT, moved=20_000.0),
)


@given(st.floats(1_000.0, 3_500.0))
def test_greeks_are_derivatives_of_the_value(spot: float) -> None:
    edges = np.array([1_700.0, 1_900.0, 2_050.0, 2_300.0])
    found, h = p.greeks(SOLD, spot), 1e-5 * spot
    if np.min(np.abs(edges - spot)) > 2 * h:
        up, down = p.greeks(SOLD, spot + h), p.greeks(SOLD, spot - h)
        assert found.delta == pytest.approx((up.value_usd - down.value_usd) / (2 * h), abs=1e-5)
        gamma = (up.delta - down.delta) / (2 * h)
        assert found.gamma == pytest.approx(gamma, rel=1e-4, abs=1e-9)
    assert found.gamma <= 0.0
    assert found.value_usd <= 1e-9


def test_a_seller_is_short_a_call_and_a_put() -> None:
    call, put = SOLD.options
    assert p.option_greeks(SOLD, call, 1_500.0).value_usd == pytest.approx(0.0, abs=1e-9)
    # All sold in the range: the mean price is √(lower·upper).
    strike = (1_900.0 * 2_300.0) ** 0.5
    loss = p.option_greeks(SOLD, call, 3_000.0).value_usd
    assert loss == pytest.approx(-10.0 * (3_000.0 - strike), rel=1e-12)
    assert p.option_greeks(SOLD, put, 2_500.0).value_usd == pytest.approx(0.0, abs=1e-9)
    strike = (1_700.0 * 2_050.0) ** 0.5
    loss = p.option_greeks(SOLD, put, 1_000.0).value_usd
    assert loss == pytest.approx(-20_000.0 / strike * (strike - 1_000.0), rel=1e-12)


def test_a_buyer_owns_what_the_seller_owes() -> None:
    both = run(SOLD, s.Open(owner="buyer", **CALL, moved=10.0, long=True))
    seller, buyer = both.options[0], both.options[-1]
    for spot in (1_500.0, 2_000.0, 2_600.0):
        one, other = (p.option_greeks(both, option, spot) for option in (seller, buyer))
        assert one.value_usd == pytest.approx(-other.value_usd, abs=1e-9)
        assert one.gamma == pytest.approx(-other.gamma, abs=1e-15)


def test_premium_flows_from_buyers_and_traders_to_sellers() -> None:
    state = run(
        SOLD,
        s.Open(owner="buyer", **CALL, moved=5.0, long=True),
        s.Fees(chunk=0, coins=0.01, usd=20.0),
        s.Close(option=2),
    )
    net = removed = 1.0
    owed = 20.0 / net * (1.0 + 0.25 * removed / net) * removed
    assert state.chunks[0].settled_usd == pytest.approx(20.0 + owed)
    after, done = p.step(state, s.Close(option=0))
    assert done.premium_usd == pytest.approx(20.0 + owed)
    assert after.chunks[0].settled_usd == pytest.approx(0.0, abs=1e-9)


def test_sellers_share_what_has_come_in() -> None:
    state = run(
        SOLD,
        s.Open(owner="buyer", **CALL, moved=5.0, long=True),
        s.Fees(chunk=0, usd=20.0),
        s.Open(owner="plp", **CALL, moved=10.0),
    )
    # The buyer has not paid yet: what is there are the fees.
    _, done = p.step(state, s.Close(option=0))
    assert done.premium_usd == pytest.approx(20.0)


@pytest.mark.parametrize(
    "event",
    [
        s.Open(owner="nobody", **CALL, moved=1.0),
        s.Open(owner="seller", **CALL, moved=1_000.0),
        s.Open(owner="seller", **CALL, moved=0.0),
        s.Open(owner="buyer", kind="call", lower=1.0, upper=2.0, moved=1.0, long=True),
        s.Open(owner="buyer", **CALL, moved=11.0, long=True),
        s.Deposit(owner="seller", coins=-5.0, usd=-9_000.0),
        s.Deposit(owner="plp", coins=-101.0),
    ],
)
def test_what_lacks_collateral_or_liquidity_is_refused(event: s.Event) -> None:
    with pytest.raises(RefusedError):
        p.step(SOLD, event)


@pytest.mark.parametrize(
    "event",
    [s.Close(option=9), s.Fees(chunk=9), s.Open(owner="a", kind="x", lower=1, upper=2, moved=1)],
)
def test_what_is_not_there_is_refused(event: s.Event) -> None:
    with pytest.raises(RefusedError):
        p.step(SOLD, event)


def test_a_seller_cannot_close_what_buyers_hold() -> None:
    state = run(SOLD, s.Open(owner="buyer", **CALL, moved=5.0, long=True))
    with pytest.raises(RefusedError, match="NotEnoughLiquidity"):
        p.step(state, s.Close(option=0))


def test_collateral_rises_with_utilisation_and_a_strangle_halves_it() -> None:
    few = p.required_usd(run(FUNDED, s.Open(owner="plp", **CALL, moved=10.0)), "plp")
    assert few == pytest.approx(0.2 * 10.0 * 2_000.0)
    leg = s.Open(owner="plp", **CALL, moved=10.0, strangle=True)
    assert p.required_usd(run(FUNDED, leg), "plp") == pytest.approx(0.1 * 10.0 * 2_000.0)
    many = run(FUNDED, s.Open(owner="plp", **CALL, moved=80.0))
    assert p.required_usd(many, "plp") > 0.2 * 80.0 * 2_000.0


def test_refusals_are_path_by_path() -> None:
    start = run(
        s.PanopticState(price=np.full(2, 2_000.0)), s.Deposit(owner="a", coins=10.0, usd=2e4)
    )
    after, done = p.step(start, s.Open(owner="a", **CALL, moved=np.array([1.0, 200.0])))
    assert done.refused.tolist() == [False, True]
    assert after.options[0].liquidity[1] == 0.0


class Market(RuleBasedStateMachine):
    """Any sequence of events; coins and USD only move between accounts, the pool and its fees."""

    def __init__(self):
        super().__init__()
        self.state = FUNDED
        # What came in from outside, and what Panoptic has in the Uniswap pool.
        self.inside = np.array([110.0, 220_000.0])

    @rule(
        owner=st.sampled_from(["plp", "seller", "buyer"]),
        place=st.sampled_from([CALL, PUT]),
        size=st.floats(0.01, 20.0),
        long=st.booleans(),
    )
    def trade(self, owner, place, size, long):
        moved = size if place is CALL else size * 2_000.0
        try:
            event = s.Open(owner=owner, **place, moved=moved, long=long)
            self.state, _ = p.step(self.state, event)
        except RefusedError:
            pass

    @rule(pick=st.integers(0, 20))
    def close(self, pick):
        if self.state.options:
            try:
                event = s.Close(option=pick % len(self.state.options))
                self.state, _ = p.step(self.state, event)
            except RefusedError:
                pass

    @rule(price=st.floats(1_200.0, 3_200.0))
    def move(self, price):
        # Uniswap's traders exchange with the ranges; that is the only other thing that moves money.
        before = self.in_ranges()
        self.state, _ = p.step(self.state, s.Move(price=price))
        self.inside += self.in_ranges() - before

    @rule(chunk=st.integers(0, 1), coins=st.floats(0.0, 0.1), usd=st.floats(0.0, 200.0))
    def earn(self, chunk, coins, usd):
        if chunk < len(self.state.chunks) and self.state.chunks[chunk].net > 0.0:
            self.state, _ = p.step(self.state, s.Fees(chunk=chunk, coins=coins, usd=usd))
            self.inside += np.array([coins, usd])

    def in_ranges(self):
        coins = usd = 0.0
        for chunk in self.state.chunks:
            bounds = (chunk.lower, chunk.upper)
            coins += float(chunk.net * p.coins_held(self.state.price, *bounds))
            usd += float(chunk.net * p.usd_held(self.state.price, *bounds))
        return np.array([coins, usd])

    @invariant()
    def money_is_conserved(self):
        lying = np.array([float(amount) for amount in p.idle(self.state)])
        fees = [
            sum(float(chunk.settled_coins) for chunk in self.state.chunks),
            sum(float(chunk.settled_usd) for chunk in self.state.chunks),
        ]
        total = lying + self.in_ranges() + fees
        np.testing.assert_allclose(total, self.inside, rtol=1e-9, atol=1e-6)

    @invariant()
    def ranges_hold_what_options_put_there(self):
        for index, chunk in enumerate(self.state.chunks):
            here = [o for o in self.state.options if o.chunk == index]
            net = sum(float(-o.liquidity if o.long else o.liquidity) for o in here)
            removed = sum(float(o.liquidity) for o in here if o.long)
            assert float(chunk.net) == pytest.approx(net, rel=1e-9, abs=1e-5)
            assert float(chunk.removed) == pytest.approx(removed, rel=1e-9, abs=1e-5)
            assert float(chunk.settled_usd) >= -1e-6


Market.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
TestMarket = Market.TestCase
