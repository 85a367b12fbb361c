"""The market maker: nobody's money is created or lost, integers and floats agree, Greeks are derivatives."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from shortgamma.basics.errors import InputError, RefusedError
from shortgamma.protocols.everlasting import exact
from shortgamma.protocols.everlasting.market import EVERLASTING, holdings, paid_in, step
from shortgamma.protocols.everlasting.quote import greeks, quote
from shortgamma.protocols.everlasting.state import (
    AddLiquidity,
    AddMargin,
    Liquidate,
    Observe,
    RemoveLiquidity,
    RemoveMargin,
    State,
    Trade,
)
from shortgamma.protocols.fixed_point import WAD
from shortgamma.protocols.mechanism import Refusal, play
from shortgamma.protocols.registry import mechanism_named

START = (
    AddLiquidity(amount=1_000_000.0),
    AddMargin(trader="ann", amount=50_000.0),
    Trade(trader="ann", size=100.0),
)


def started(**terms):
    return play(EVERLASTING, State(**terms), START).states[-1]


def test_it_is_registered():
    assert mechanism_named("everlasting") is EVERLASTING


def test_a_first_buyer_pays_the_mean_of_the_marks_before_and_after():
    """i·(1 + k·v/2) per option; the lesser of the two fees."""
    before = play(EVERLASTING, State(), START[:2]).states[-1]
    found = quote(before)
    after, outcome = step(before, START[2])
    k = 0.02 * 2_000.0**2 * 0.5 / (found.price * 1_000_000.0)
    assert found.slope == pytest.approx(k, rel=1e-12)
    assert outcome.paid == pytest.approx(100.0 * found.price * (1.0 + 50.0 * k), rel=1e-12)
    assert outcome.fee == pytest.approx(min(0.001 * 2_000.0 * 100.0, 0.04 * outcome.paid))
    assert quote(after).mark == pytest.approx(found.price * (1.0 + 100.0 * k), rel=1e-4)


def test_a_week_of_funding_at_a_still_price_is_the_time_value():
    state = started()
    later, _ = step(state, Observe(time=604_800.0, spot=2_000.0))
    after, outcome = step(later, AddLiquidity(amount=1.0))
    found = quote(later)
    assert outcome.funding == pytest.approx(100.0 * (found.mark - found.payoff), rel=1e-12)
    assert outcome.funding > 0.0
    assert paid_in(after) == pytest.approx(1_050_001.0, rel=1e-12)


def test_the_pool_has_the_other_side():
    sides = {each.holder: each.quantity for each in holdings(started())}
    assert sides == {"ann": 100.0, "pool": -100.0}


@pytest.mark.parametrize("kind", ["call", "put"])
@pytest.mark.parametrize("size", [100.0, -100.0])
@pytest.mark.parametrize("spot", [1_700.0, 1_990.0, 2_020.0, 2_400.0])
def test_greeks_are_derivatives_of_what_the_pool_owns(kind, size, spot):
    ready = play(EVERLASTING, State(kind=kind), START[:2]).states[-1]
    state, _ = step(ready, Trade(trader="ann", size=size))
    state = replace(state, alpha=0.5)
    found, h = greeks(state, spot, 0.8), 0.02
    value = [float(greeks(state, spot + s, 0.8).value_usd) for s in (h, 0.0, -h)]
    assert (value[0] - value[2]) / (2 * h) == pytest.approx(found.delta, rel=1e-5)
    assert (value[0] - 2 * value[1] + value[2]) / h**2 == pytest.approx(found.gamma, rel=1e-3)
    up, down = (float(greeks(state, spot, 0.8 + s).value_usd) for s in (1e-5, -1e-5))
    assert (up - down) / 2e-5 * 0.01 == pytest.approx(found.vega_usd_per_point, rel=1e-5)
    assert np.sign(found.gamma) == -np.sign(size)


def test_what_the_pool_owns_is_what_the_next_settlement_finds():
    state = started()
    for spot in (1_800.0, 2_150.0):
        moved, _ = step(state, Observe(time=state.time, spot=spot))
        after, _ = step(moved, AddLiquidity(amount=1.0))
        assert float(greeks(state, spot, 0.8).value_usd) == pytest.approx(after.liquidity - 1.0)


def test_the_pools_daily_income_is_the_funding_of_a_day():
    state = started()
    later, _ = step(state, Observe(time=86_400.0, spot=2_010.0))
    _, outcome = step(later, AddLiquidity(amount=1.0))
    theta = greeks(state, 2_010.0, 0.8).theta_usd_per_day
    assert theta == pytest.approx(outcome.funding, rel=1e-9)


def test_the_margin_has_a_gamma_term():
    """|Δ|·S·m + ½·Γ·S²·m²."""
    state = replace(started(), spot=2_100.0)
    found = quote(state)
    pool = greeks(replace(state, alpha=0.0), 2_100.0, 0.8)
    gamma = -pool.gamma / 100.0
    wanted = found.delta * 2_100.0 * 0.05 + 0.5 * gamma * 2_100.0**2 * 0.05**2
    assert found.maintenance == pytest.approx(wanted, rel=1e-12)


def test_refusals_say_why_and_leave_the_state():
    state = started()
    for event, words in (
        (Trade(trader="ann", size=0.0), "invalid tradeVolume"),
        (Trade(trader="ann", size=20_000.0), "pool insufficient liquidity"),
        (Trade(trader="bob", size=1.0), "insufficient margin"),
        (RemoveMargin(trader="ann", amount=49_999.0), "insufficient margin"),
        (RemoveMargin(trader="eve", amount=1.0), "no such trader"),
        (RemoveLiquidity(amount=999_999.0), "pool insufficient liquidity"),
        (Liquidate(trader="ann"), "cannot liquidate"),
        (Liquidate(trader="eve"), "no such trader"),
        (AddLiquidity(amount=-1.0), "zero amount"),
        (Observe(time=1.0, spot=0.0), "no price oracle"),
    ):
        found = play(EVERLASTING, state, [event])
        assert found.outcomes[0] == Refusal(refused=words)
        assert found.states[0] is state


def test_a_clock_that_runs_backwards_and_an_unknown_kind_are_input_errors():
    state = replace(started(), time=10.0)
    with pytest.raises(InputError, match="time 9 is before 10"):
        step(state, Observe(time=9.0, spot=2_000.0))
    with pytest.raises(InputError, match="kind is 'straddle'"):
        step(State(kind="straddle"), AddLiquidity(amount=1.0))


def test_paths_are_stepped_side_by_side():
    spots = np.array([1_600.0, 2_000.0, 2_300.0])
    events = (
        Observe(time=3_600.0, spot=spots),
        Trade(trader="ann", size=np.array([5.0, 0.0, -200.0])),
    )
    many = play(EVERLASTING, started(), events)
    for path in (0, 2):
        alone = play(
            EVERLASTING,
            started(),
            (
                Observe(time=3_600.0, spot=float(spots[path])),
                Trade(trader="ann", size=float(events[1].size[path])),
            ),
        )
        for name in ("liquidity", "net_size", "traders_pnl", "funding_per_unit"):
            one, row = getattr(alone.states[-1], name), getattr(many.states[-1], name)
            assert np.broadcast_to(row, 3)[path] == pytest.approx(one, rel=1e-12)
    assert many.outcomes[1].refused.tolist() == [False, True, False]
    assert np.broadcast_to(many.states[-1].net_size, 3)[1] == 100.0


def test_a_fall_liquidates_and_the_pool_takes_what_is_left():
    state = play(
        EVERLASTING,
        State(),
        (
            AddLiquidity(amount=1_000_000.0),
            AddMargin(trader="ann", amount=15_000.0),
            Trade(trader="ann", size=100.0),
            Observe(time=3_600.0, spot=1_900.0),
        ),
    ).states[-1]
    with pytest.raises(RefusedError, match="cannot liquidate"):
        step(state, Liquidate(trader="ann"))
    state, _ = step(state, Observe(time=7_200.0, spot=2_000.0))
    state = replace(state, traders={"ann": replace(state.traders["ann"], margin=100.0)})
    after, outcome = step(state, Liquidate(trader="ann"))
    assert outcome.reward == 10.0
    assert after.traders["ann"].size == 0.0
    assert after.net_size == 0.0
    assert paid_in(after) == pytest.approx(paid_in(state), rel=1e-12)


names = st.sampled_from(["ann", "bob", "cy"])


class Machine(RuleBasedStateMachine):
    """Random events on both versions; refused by one is refused by the other."""

    def __init__(self):
        super().__init__()
        self.float, self.exact, self.brought = State(), exact.Market(), 0
        self.events = 0
        self.both(AddLiquidity(amount=1_000_000.0), exact.add_liquidity, 1_000_000 * WAD)
        self.brought = 1_000_000 * WAD
        for name in ("ann", "bob", "cy"):
            self.add_margin(name, 20_000)

    def both(self, event, change, *arguments, **named):
        """True where both accept; borderline cases that rounding decides are taken from neither."""
        try:
            after, _ = step(self.float, event)
        except RefusedError:
            after = None
        try:
            exactly = change(self.exact, *arguments, **named)
        except (RefusedError, KeyError):
            exactly = None
        assert (after is None) == (exactly is None), event
        if after is not None:
            self.float, self.exact = after, exactly
            self.events += 1
        return after is not None

    @rule(hours=st.integers(0, 48), spot=st.integers(1_500, 2_700), vol=st.integers(4, 12))
    def observe(self, hours, spot, vol):
        time = self.exact.time + hours * 3_600
        self.both(
            Observe(time=float(time), spot=float(spot), vol=vol / 10.0),
            exact.observed,
            time=time,
            spot=spot * WAD,
            vol=vol * WAD // 10,
        )

    @rule(far=st.sampled_from([700, 1_100, 3_600, 5_000]))
    def crash(self, far):
        self.observe(1, far, 12)

    @rule(name=names, usd=st.integers(1, 10_000))
    def add_margin(self, name, usd):
        if self.both(AddMargin(trader=name, amount=float(usd)), exact.add_margin, name, usd * WAD):
            self.brought += usd * WAD

    @rule(name=names, usd=st.integers(1, 20_000))
    def remove_margin(self, name, usd):
        if name in self.exact.accounts and self.both(
            RemoveMargin(trader=name, amount=float(usd)), exact.remove_margin, name, usd * WAD
        ):
            self.brought -= usd * WAD

    @rule(usd=st.integers(1, 200_000))
    def add_liquidity(self, usd):
        if self.both(AddLiquidity(amount=float(usd)), exact.add_liquidity, usd * WAD):
            self.brought += usd * WAD

    @rule(usd=st.integers(1, 100_000))
    def remove_liquidity(self, usd):
        if self.both(RemoveLiquidity(amount=float(usd)), exact.remove_liquidity, usd * WAD):
            self.brought -= usd * WAD

    @rule(name=names, tenths=st.integers(-300, 300))
    def trade(self, name, tenths):
        self.both(Trade(trader=name, size=tenths / 10.0), exact.trade, name, tenths * WAD // 10)

    @rule(name=names)
    def liquidate(self, name):
        if name in self.exact.accounts:
            before = self.exact.rewards
            if self.both(Liquidate(trader=name), exact.liquidate, name):
                self.brought -= self.exact.rewards - before

    @invariant()
    def money_is_what_was_brought(self):
        assert self.exact.balance == self.brought
        assert abs(exact.left_over(self.exact)) <= 4_000 * (self.events + 1)
        assert paid_in(self.float) == pytest.approx(
            (self.brought + self.exact.rewards) / WAD, rel=1e-9, abs=1e-5
        )

    @invariant()
    def floats_are_the_integers(self):
        for name in ("liquidity", "net_size", "traders_pnl", "protocol_fees", "rewards"):
            found, wanted = getattr(self.float, name), getattr(self.exact, name) / WAD
            assert found == pytest.approx(wanted, rel=1e-9, abs=1e-5), name
        for name, account in self.exact.accounts.items():
            assert self.float.traders[name].margin == pytest.approx(
                account.margin / WAD, rel=1e-9, abs=1e-5
            )


Machine.TestCase.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
TestMachine = Machine.TestCase
