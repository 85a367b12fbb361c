"""The pools path by path: published figures, derivatives, and the exact pools beside them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from shortgamma.basics.errors import InputError, RefusedError
from shortgamma.protocols.hegic import exact
from shortgamma.protocols.hegic.state import (
    Buy,
    Exercise,
    Leave,
    Provide,
    Replenish,
    State,
    Strategy,
    Unlock,
)
from shortgamma.protocols.hegic.treasury import coverage, greeks, holdings, premium, step

DAY = 86_400.0
CALL = Strategy(
    kind="call", moneyness=1.1, scale=(0.125, 3e-7, -6.4e-14, 4.96e-21, 0.0), lock_ratio=1.0
)
PUT = Strategy(kind="put", moneyness=0.9, base=(129.0, 9.36e-5, -6.75e-12), scale=(0.221, 1.8e-7))


def pools(**changes: object) -> State:
    state = State(
        balance=100_000.0,
        benchmark=100_000.0,
        cover_usd=900_000.0,
        cover_tokens=9e7,
        strategies={"call": CALL, "put": PUT},
    )
    return replace(state, **changes)


def test_the_premium_is_the_published_one() -> None:
    # strategies/otm.ts: 136.511124 USD for 3.45 calls of a week, in USD cut at six decimals twice.
    assert 3.45 * premium(CALL, 7.0) == pytest.approx(136.511124, abs=1e-5)


def test_an_exercise_pays_what_is_published_and_the_cover_pool_fills_up() -> None:
    state, bought = step(pools(), Buy(time=0.0, spot=3200.0, strategy="call", size=3.45, days=7.0))
    after, outcome = step(state, Exercise(time=6.9 * DAY, spot=8000.0, option=0))
    assert outcome.payoff == pytest.approx(15456.0, rel=1e-12)
    assert after.balance == pytest.approx(100_000.0 + bought.premium - 15456.0, rel=1e-12)
    assert after.locked == pytest.approx(0.0, abs=1e-9)
    filled, outcome = step(after, Replenish(time=7.0 * DAY))
    assert filled.balance == pytest.approx(100_000.0, rel=1e-12)
    assert filled.cover_usd == pytest.approx(900_000.0 - outcome.from_cover, rel=1e-12)


def test_what_the_treasury_lacks_the_cover_pool_pays() -> None:
    state, bought = step(pools(), Buy(time=0.0, spot=3200.0, strategy="call", size=1e3, days=7.0))
    after, outcome = step(state, Exercise(time=DAY, spot=3690.0, option=0))
    assert outcome.payoff == pytest.approx(170_000.0, rel=1e-9)
    # As published for 170,000 USD: the treasury is back at its benchmark, the pools bear the difference.
    assert after.balance == pytest.approx(100_000.0, rel=1e-12)
    assert after.cover_usd == pytest.approx(900_000.0 + bought.premium - 170_000.0, rel=1e-12)


def test_what_the_contract_does_not_accept_is_refused() -> None:
    buy = Buy(time=0.0, spot=3200.0, strategy="call", size=1.0, days=7.0)
    for reason, event in {
        "too short": replace(buy, days=6.9),
        "too long": replace(buy, days=45.1),
        "zero size": replace(buy, size=0.0),
        "too large": replace(buy, size=1e6),
        "zero tokens": Leave(time=0.0, tokens=0.0),
        "more than staked": Leave(time=0.0, tokens=1e9),
    }.items():
        with pytest.raises(RefusedError, match=reason):
            step(pools(), event)
    limited = pools(strategies={"call": replace(CALL, limit=1.0)})
    with pytest.raises(RefusedError, match="limit"):
        step(limited, buy)
    state, _ = step(pools(), buy)
    for reason, event in {
        "profit is zero": Exercise(time=1.0, spot=3200.0, option=0),
        "already expired": Exercise(time=7.0 * DAY, spot=9000.0, option=0),
        "not yet come": Unlock(time=7.0 * DAY, option=0),
        "cannot pay": Exercise(time=1.0, spot=1e7, option=0),
    }.items():
        with pytest.raises(RefusedError, match=reason):
            step(state, event)
    with pytest.raises(InputError, match="no strategy"):
        step(pools(), replace(buy, strategy="straddle"))
    with pytest.raises(InputError, match="option 1"):
        step(state, Unlock(time=8.0 * DAY, option=1))


def test_the_locked_amount_does_not_cover_a_large_move() -> None:
    state = pools(cover_usd=50_000.0)
    state, _ = step(state, Buy(time=0.0, spot=3200.0, strategy="call", size=1000.0, days=7.0))
    assert state.locked + state.locked_premium < 0.6 * 150_000.0
    assert coverage(state, 3200.0) == 1.0
    assert coverage(state, 4000.0) < 0.5


@pytest.mark.parametrize("spot", [2800.0, 3200.0, 3600.0])
def test_greeks_are_derivatives_of_the_value(spot: float) -> None:
    state, vol = pools(), 0.8
    for name, size, days in (("call", 10.0, 7.0), ("put", 5.0, 30.0)):
        event = Buy(time=0.0, spot=3200.0, strategy=name, size=size, days=days)
        state, _ = step(state, event)

    def value(moved: float = spot, sigma: float = vol, time: float = 0.0) -> float:
        return greeks(replace(state, time=time), moved, vol=sigma).value_usd

    here = greeks(state, spot, vol=vol)
    up, down = greeks(state, spot + 0.1, vol=vol), greeks(state, spot - 0.1, vol=vol)
    assert here.delta == pytest.approx(
        (value(spot + 0.1) - value(spot - 0.1)) / 0.2, rel=1e-4, abs=1e-6
    )
    assert here.gamma == pytest.approx((up.delta - down.delta) / 0.2, rel=1e-6)
    assert here.gamma < 0.0
    vega = (value(sigma=vol + 1e-4) - value(sigma=vol - 1e-4)) / 0.02
    assert here.vega_usd_per_point == pytest.approx(vega, rel=1e-5)
    decay = (value(time=120.0) - value(time=0.0)) / 120.0 * DAY
    assert here.theta_usd_per_day == pytest.approx(decay, rel=1e-3)


def test_paths_are_stepped_as_if_alone() -> None:
    sizes = np.array([1.0, 1e6, 2.0])
    buy = Buy(time=0.0, spot=3200.0, strategy="call", size=sizes, days=7.0)
    state, bought = step(pools(), buy)
    assert bought.refused.tolist() == [False, True, False]
    exercise = Exercise(time=1.0, spot=np.array([4000.0, 4000.0, 3000.0]), option=0)
    after, outcome = step(state, exercise)
    assert outcome.refused.tolist() == [False, True, True]
    alone, _ = step(pools(), replace(buy, size=1.0))
    alone, _ = step(alone, replace(exercise, spot=4000.0))
    assert after.balance[0] == pytest.approx(alone.balance, rel=1e-14)
    assert after.balance[1] == 100_000.0
    assert after.options[0].size.tolist() == [0.0, 0.0, 2.0]


def test_the_treasury_is_short_what_its_buyers_are_long() -> None:
    state, _ = step(pools(), Buy(time=0.0, spot=3200.0, strategy="put", size=2.0, days=7.0))
    rows = list(holdings(state))
    assert [row.quantity for row in rows] == [-2.0, 2.0]
    assert rows[0].strike == pytest.approx(2880.0)


class TreasuryMachine(RuleBasedStateMachine):
    """Floats beside integers of 10⁻⁶ USD; every unit that leaves one party arrives at another."""

    @initialize()
    def begin(self) -> None:
        self.state, self.spot = pools(), 3200.0
        self.exact = exact.Treasury(
            balance=100_000 * 10**6,
            benchmark=100_000 * 10**6,
            cover_usd=900_000 * 10**6,
            cover_tokens=9 * 10**25,
            staked={"all": 9 * 10**25},
            started={"all": 900_000 * 10**6},
        )
        self.wallets, self.flow, self.events = -1_000_000 * 10**6, 1_000_000.0, 1

    def usd(self, amount: float) -> int:
        return round(amount * 10**6)

    @rule(
        name=st.sampled_from(["call", "put"]), size=st.floats(0.01, 3000.0), days=st.integers(7, 45)
    )
    def buy(self, name: str, size: float, days: int) -> None:
        event = Buy(
            time=self.state.time, spot=self.spot, strategy=name, size=size, days=float(days)
        )
        try:
            self.state, outcome = step(self.state, event)
        except RefusedError:
            return
        paid = self.usd(outcome.premium)
        self.exact = exact.lock(self.exact, loss=paid, received=paid)
        self.wallets -= paid
        self.flow += outcome.received
        self.events += 1

    @rule(which=st.integers(0, 20), move=st.floats(0.7, 1.4))
    def exercise(self, which: int, move: float) -> None:
        if not self.state.options:
            return
        self.spot = min(max(self.spot * move, 800.0), 12_800.0)
        index = which % len(self.state.options)
        event = Exercise(time=self.state.time, spot=self.spot, option=index)
        try:
            self.state, outcome = step(self.state, event)
        except RefusedError:
            return
        paid = self.usd(outcome.payoff)
        if paid == 0:
            paid = 1
        self.exact = exact.pay_off(self.exact, index, amount=paid)
        self.wallets += paid
        self.flow += outcome.received
        self.events += 1

    @rule(days=st.floats(0.5, 20.0))
    def wait(self, days: float) -> None:
        self.state = replace(self.state, time=self.state.time + days * DAY)
        for index in range(len(self.state.options)):
            try:
                self.state, _ = step(self.state, Unlock(time=self.state.time, option=index))
            except RefusedError:
                continue
            self.exact = exact.unlock(self.exact, index)
            self.events += 1

    @rule(tokens=st.integers(1000, 10**7))
    def provide(self, tokens: int) -> None:
        self.state, outcome = step(self.state, Provide(time=self.state.time, tokens=float(tokens)))
        self.exact = replace(self.exact, started={"all": exact.share_of(self.exact, "all")})
        self.exact, usd = exact.provide(self.exact, "all", tokens=tokens * 10**18)
        self.wallets -= usd
        self.flow += outcome.received
        self.events += int(outcome.received / 1e3) + 1

    @invariant()
    def integers_conserve_money_to_the_last_unit(self) -> None:
        assert self.wallets + self.exact.balance + self.exact.cover_usd == 0

    @invariant()
    def floats_agree_with_integers(self) -> None:
        slack = 2e-6 * self.events
        assert self.state.balance == pytest.approx(self.exact.balance / 1e6, abs=slack)
        assert self.state.cover_usd == pytest.approx(self.exact.cover_usd / 1e6, abs=slack)
        assert self.state.locked == pytest.approx(self.exact.locked / 1e6, abs=slack)
        total = self.state.balance + self.state.cover_usd
        assert total == pytest.approx(self.flow, rel=1e-9)


TreasuryMachine.TestCase.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
TestTreasuryMachine = TreasuryMachine.TestCase
