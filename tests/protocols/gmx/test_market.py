"""The market path by path: laws of the impact, derivatives, refusals, and money that is conserved."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from shortgamma.basics.errors import InputError, RefusedError
from shortgamma.protocols.gmx import exact
from shortgamma.protocols.gmx.market import accrued, greeks, holdings, step
from shortgamma.protocols.gmx.pricing import (
    next_funding_factor,
    pnl_factor,
    pool_value,
    position_profit,
    price_impact,
)
from shortgamma.protocols.gmx.state import (
    Accrue,
    Decrease,
    Deleverage,
    FundingTerms,
    Increase,
    Liquidate,
    Position,
    Provide,
    Redeem,
    State,
)

USD = st.floats(-5e6, 5e6)


def gapped(gap: float) -> State:
    side = "long" if gap > 0 else "short"
    return State(positions={"x": Position(side=side, size=abs(gap))})


@given(USD, st.floats(1.0, 5e6))
def test_a_round_trip_never_gains(gap: float, size: float) -> None:
    state = gapped(gap)
    there = price_impact(state, "long", size=size)
    grown = replace(state, positions={**state.positions, "y": Position(side="long", size=size)})
    back = price_impact(grown, "long", size=-size)
    assert there + back <= 1e-9 * size


@given(USD, USD.filter(lambda size: abs(size) > 1.0))
def test_impacts_of_floats_and_integers_agree(gap: float, size: float) -> None:
    one = exact.ONE
    impact = exact.price_impact(
        round(gap * 1e6) * one // 10**6,
        round((gap + size) * 1e6) * one // 10**6,
        improves=6 * one // 10**11,
        worsens=12 * one // 10**11,
    )
    found = price_impact(gapped(gap), "long", size=size)
    assert found == pytest.approx(impact / 1e30, rel=1e-6, abs=1e-6)


@given(
    st.floats(1e3, 1e7), st.floats(1e3, 1e7), st.integers(-(10**23), 10**23), st.integers(1, 10**6)
)
def test_funding_of_floats_and_integers_agrees(longs, shorts, factor, seconds) -> None:
    terms = FundingTerms(decrease=1e-13, decrease_below=0.02)
    names = ("increase", "decrease", "stable_below", "decrease_below", "lowest", "highest")
    whole = exact.FundingTerms(**{name: round(getattr(terms, name) * 1e30) for name in names})
    moved = exact.next_funding_factor(
        whole,
        factor,
        longs=round(longs * 1e30),
        shorts=round(shorts * 1e30),
        seconds=seconds,
    )
    found = next_funding_factor(
        terms, factor / 1e30, longs=longs, shorts=shorts, seconds=float(seconds)
    )
    assert found == pytest.approx(moved / 1e30, rel=1e-9, abs=1e-20)


def test_all_on_one_side_reaches_ninety_percent_a_year_in_three_hours() -> None:
    terms = FundingTerms()
    year = 365.0 * 86_400.0
    for hours, rate in ((1.5, 0.45), (3.0, 0.9), (6.0, 0.9)):
        factor = next_funding_factor(terms, 0.0, longs=1e6, shorts=0.0, seconds=hours * 3600.0)
        assert factor * year == pytest.approx(rate, rel=1e-12)


def funded(**changes: object) -> State:
    state, _ = step(State(**changes), Provide(time=0.0, price=2000.0, coins=1000.0, usd=2e6))
    return state


def traded(**changes: object) -> State:
    state = funded(**changes)
    for name, side, size in (("a", "long", 4e5), ("b", "short", 1e5)):
        event = Increase(time=0.0, price=2000.0, account=name, side=side, size=size, collateral=5e4)
        state, _ = step(state, event)
    return state


@pytest.mark.parametrize("spot", [1500.0, 2000.0, 2600.0])
def test_greeks_are_derivatives_of_the_value(spot: float) -> None:
    state = traded()
    here = greeks(state, spot)
    slope = (pool_value(state, spot + 1.0) - pool_value(state, spot - 1.0)) / 2.0
    assert here.delta == pytest.approx(slope, rel=1e-9)
    assert here.gamma == 0.0
    later = accrued(state, 60.0, price=spot)
    gained = (pool_value(later, spot) - pool_value(state, spot)) * 1440.0
    assert here.theta_usd_per_day == pytest.approx(gained, rel=1e-6)


def test_at_the_cap_the_pool_is_no_longer_short_its_winners() -> None:
    state = traded(trader_cap=0.02)
    below, above = greeks(state, 2100.0), greeks(state, 3000.0)
    assert above.delta > below.delta
    slope = (pool_value(state, 3001.0) - pool_value(state, 2999.0)) / 2.0
    assert above.delta == pytest.approx(slope, rel=1e-9)


def test_deleveraging_waits_for_its_threshold_and_stops_at_the_other() -> None:
    # Longs of 1.52 M USD on a pool of 800 coins: they have won 85 % of it at 4,722 USD a coin or so.
    state, _ = step(
        State(impact_worsens=0.0, impact_improves=0.0), Provide(time=0.0, price=2000.0, coins=800.0)
    )
    event = Increase(time=0.0, price=2000.0, account="a", size=1.5e6, collateral=1e5)
    state, _ = step(state, event)
    state = replace(state, adl_start=0.4, adl_end=0.35)
    assert pnl_factor(state, "long", price=3000.0) < 0.4
    closing = Deleverage(time=0.0, price=3900.0, account="a", size=1e5)
    with pytest.raises(RefusedError, match="not required"):
        step(state, replace(closing, price=3000.0))
    before = pnl_factor(state, "long", price=3900.0)
    after, outcome = step(state, closing)
    assert 0.35 < pnl_factor(after, "long", price=3900.0) < before
    assert outcome.coins < 0.0
    with pytest.raises(RefusedError, match="too far"):
        step(state, replace(closing, size=1.4e6))


def test_what_the_contract_does_not_accept_is_refused() -> None:
    state = traded()
    add = Increase(time=0.0, price=2000.0, account="a", size=1e5)
    for reason, event in {
        "insufficient reserve": replace(add, size=4e6, collateral=1e6),
        "insufficient collateral": replace(add, account="c", size=1e5, collateral=1e2),
        "nothing changes": replace(add, size=0.0),
        "more than the position": Decrease(time=0.0, price=2000.0, account="a", size=5e5),
        "should not be liquidated": Liquidate(time=0.0, price=2000.0, account="a"),
        "zero shares": Redeem(time=0.0, price=2000.0, shares=0.0),
        "more than all shares": Redeem(time=0.0, price=2000.0, shares=1e9),
        "backs open interest": Redeem(time=0.0, price=2000.0, shares=3.9e6),
        "nothing is given": Provide(time=0.0, price=2000.0),
    }.items():
        with pytest.raises(RefusedError, match=reason):
            step(state, event)
    with pytest.raises(InputError, match="no position"):
        step(state, Liquidate(time=0.0, price=2000.0, account="nobody"))
    with pytest.raises(InputError, match="a is long"):
        step(state, replace(add, side="short"))
    with pytest.raises(InputError, match="time"):
        step(replace(state, time=1.0), add)


def test_a_liquidation_below_nothing_costs_the_pool() -> None:
    state = traded()
    value = pool_value(state, 1000.0)
    after, outcome = step(state, Liquidate(time=0.0, price=1000.0, account="a"))
    assert outcome.shortfall > 0.0
    assert outcome.usd == 0.0
    assert pool_value(after, 1000.0) < value
    assert after.positions["a"].size == 0.0


def test_what_one_side_pays_in_funding_the_other_gets() -> None:
    state = traded(borrowing_factor=0.0)
    usd = state.pool_usd + sum(position.collateral for position in state.positions.values())
    for name, size in (("a", 1e5), ("b", 1e5), ("a", 3e5)):
        event = Decrease(time=state.time + 86_400.0, price=2000.0, account=name, size=size)
        state, outcome = step(state, event)
        usd += outcome.usd
        assert outcome.funding < 0.0 if name == "a" else outcome.funding > 0.0
        held = state.pool_usd + state.funding_held
        held += sum(position.collateral for position in state.positions.values())
        assert held == pytest.approx(usd, rel=1e-12)
    assert state.funding_held == pytest.approx(0.0, abs=1e-9)


def test_paths_are_stepped_as_if_alone() -> None:
    sizes = np.array([1e5, 1e7, 3e5])
    event = Decrease(time=3600.0, price=np.array([2000.0, 2000.0, 1900.0]), account="a", size=sizes)
    after, outcome = step(traded(), event)
    assert outcome.refused.tolist() == [False, True, False]
    for path in (0, 2):
        alone, _ = step(
            traded(), replace(event, size=float(sizes[path]), price=float(event.price[path]))
        )
        assert after.pool_usd[path] == pytest.approx(alone.pool_usd, rel=1e-13)
        assert after.positions["a"].coins[path] == pytest.approx(alone.positions["a"].coins)
    assert after.positions["a"].size[1] == 4e5


def test_holdings_of_perpetuals_net_to_nothing() -> None:
    rows = list(holdings(traded()))
    perpetuals = [row.quantity for row in rows if row.kind == "perpetual"]
    assert sum(perpetuals) == pytest.approx(0.0, abs=1e-9)
    assert rows[-1].quantity == 1000.0


class MarketMachine(RuleBasedStateMachine):
    """What the market holds is what came in less what went out, in coins and in USD."""

    names = st.sampled_from(["a", "b", "c"])

    @initialize(coins=st.floats(100.0, 1e4), usd=st.floats(1e5, 1e7))
    def begin(self, coins: float, usd: float) -> None:
        self.price, self.coins, self.usd = 2000.0, 0.0, 0.0
        self.state, self.gross = State(), 1.0
        self.book(Provide(time=0.0, price=self.price, coins=coins, usd=usd))

    def book(self, event: object) -> None:
        try:
            self.state, outcome = step(self.state, event)
        except RefusedError:
            return
        self.coins += outcome.coins
        self.usd += outcome.usd
        self.gross += abs(outcome.usd) + abs(outcome.coins) * self.price

    @rule(part=st.floats(0.01, 0.9))
    def redeem(self, part: float) -> None:
        shares = float(self.state.shares) * part
        self.book(Redeem(time=self.state.time, price=self.price, shares=shares))

    @rule(name=names, size=st.floats(1e3, 1e6), leverage=st.floats(0.5, 30.0))
    def increase(self, name: str, size: float, leverage: float) -> None:
        event = Increase(
            time=self.state.time,
            price=self.price,
            account=name,
            side="short" if name == "b" else "long",
            size=size,
            collateral=size / leverage,
        )
        self.book(event)

    @rule(name=names, part=st.floats(0.05, 1.0))
    def decrease(self, name: str, part: float) -> None:
        if name in self.state.positions:
            size = float(self.state.positions[name].size) * part
            event = Decrease(time=self.state.time, price=self.price, account=name, size=size)
            self.book(event)

    @rule(name=names)
    def liquidate(self, name: str) -> None:
        if name in self.state.positions:
            self.book(Liquidate(time=self.state.time, price=self.price, account=name))

    @rule(hours=st.floats(0.1, 500.0), move=st.floats(0.8, 1.25))
    def wait(self, hours: float, move: float) -> None:
        self.price *= move
        event = Accrue(time=self.state.time + hours * 3600.0, price=self.price)
        self.state, _ = step(self.state, event)

    @invariant()
    def no_usd_and_no_coin_appears_or_vanishes(self) -> None:
        held = self.state.pool_usd + self.state.funding_held
        held += sum(position.collateral for position in self.state.positions.values())
        assert held == pytest.approx(self.usd, abs=1e-9 * self.gross)
        assert self.state.pool_coins == pytest.approx(self.coins, abs=1e-9 * self.gross / 1e3)

    @invariant()
    def a_trade_moves_value_only_between_its_parties(self) -> None:
        owed = sum(
            position.size * (getattr(self.state, position.side).borrowing - position.borrowing)
            for position in self.state.positions.values()
        )
        profits = sum(
            position_profit(position, price=self.price)
            for position in self.state.positions.values()
        )
        uncapped = self.state.pool_coins * self.price + self.state.pool_usd + owed - profits
        uncapped -= self.state.impact_coins * self.price
        capped = [
            pnl_factor(self.state, side, price=self.price) > self.state.trader_cap
            for side in ("long", "short")
        ]
        if not any(capped):
            value = pool_value(self.state, self.price)
            assert value == pytest.approx(uncapped, abs=1e-9 * self.gross)


MarketMachine.TestCase.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
TestMarketMachine = MarketMachine.TestCase
