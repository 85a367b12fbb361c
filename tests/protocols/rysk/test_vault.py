"""The vault path by path: hedging within budgets, derivatives, and its accounting in integers."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from shortgamma.basics.errors import InputError, RefusedError
from shortgamma.protocols.fixed_point import WAD
from shortgamma.protocols.rysk import exact
from shortgamma.protocols.rysk.state import (
    Budget,
    Buy,
    Collect,
    DeltaRates,
    Deposit,
    Epoch,
    Hedge,
    Sell,
    Settle,
    State,
    Withdraw,
)
from shortgamma.protocols.rysk.vault import delta_to_hedge, greeks, hedgeable, holdings, step

DAY = 86_400.0
SPOT, VOL = 1600.0, 0.7


def opened(**changes: object) -> State:
    state, _ = step(State(**changes), Deposit(time=0.0, amount=1e6))
    return step(state, Epoch(time=0.0, spot=SPOT, vol=VOL))[0]


def purchase(kind: str = "call", amount: float = 100.0) -> Buy:
    return Buy(
        time=0.0, kind=kind, strike=1700.0, expiry=30 * DAY, amount=amount, spot=SPOT, vol=VOL
    )


def sale(event: Buy) -> Sell:
    names = ("time", "kind", "strike", "expiry", "amount", "spot", "vol")
    return Sell(**{name: getattr(event, name) for name in names})


def test_what_is_bought_becomes_dearer_and_what_is_sold_cheaper() -> None:
    state, first = step(opened(), purchase())
    state, second = step(state, purchase())
    assert second.multiplier > first.multiplier > 1.0
    _, back = step(opened(), sale(purchase()))
    assert back.multiplier < 1.0
    assert back.received < 0.0


def test_delta_and_collateral_cost_the_user_on_both_sides() -> None:
    rates = DeltaRates(sell_long=0.1, sell_short=0.2, buy_long=0.15, buy_short=0.05)
    state = opened(delta_rates=rates, collateral_rate=0.1, slippage_gradient=0.0)
    _, bought = step(state, purchase())
    years = 30.0 / 365.0
    borrowed = bought.delta * 100.0 * SPOT * (1.15**years - 1.0)
    lent = 0.25 * SPOT * 100.0 * (1.1**years - 1.0)
    assert bought.spread == pytest.approx(borrowed + lent, rel=1e-9)
    assert bought.received == pytest.approx(bought.fair_premium + bought.spread, rel=1e-12)
    _, sold = step(state, sale(purchase()))
    assert sold.spread == pytest.approx(borrowed * (1.2**years - 1.0) / (1.15**years - 1.0))
    assert -sold.received == pytest.approx(sold.fair_premium - sold.spread, rel=1e-12)


def test_a_vault_short_gamma_buys_rises_until_its_keepers_are_spent() -> None:
    state, _ = step(opened(), purchase())
    assert greeks(state, SPOT, vol=VOL).gamma < 0.0
    state, _ = step(state, Budget(time=0.0, keeper="k", delta=60.0))
    delta = delta_to_hedge(state, SPOT, vol=VOL)
    assert delta < 0.0
    state, done = step(state, Hedge(time=0.0, spot=SPOT, keeper="k", delta=delta))
    assert done.hedged == pytest.approx(-delta)
    assert delta_to_hedge(state, SPOT, vol=VOL) == pytest.approx(0.0, abs=1e-9)
    risen = delta_to_hedge(state, 1900.0, vol=VOL)
    assert risen < 0.0
    allowed = hedgeable(state, risen)
    assert abs(allowed) == pytest.approx(60.0 - abs(delta))
    with pytest.raises(RefusedError, match="exceeds delta limit"):
        step(state, Hedge(time=0.0, spot=1900.0, keeper="k", delta=risen))
    state, done = step(state, Hedge(time=0.0, spot=1900.0, keeper="k", delta=allowed))
    assert done.hedged > 0.0
    assert done.budget == pytest.approx(0.0, abs=1e-9)
    with pytest.raises(RefusedError, match="exceeds delta limit"):
        step(state, Hedge(time=0.0, spot=1900.0, keeper="other", delta=1.0))


def test_a_hedge_costs_its_part_and_nothing_else() -> None:
    state, _ = step(opened(), Budget(time=0.0, keeper="k", delta=10.0))
    before = greeks(state, SPOT, vol=VOL).value_usd
    state, done = step(state, Hedge(time=0.0, spot=SPOT, keeper="k", delta=-4.0))
    assert greeks(state, SPOT, vol=VOL).value_usd == pytest.approx(before - done.cost, rel=1e-14)
    assert done.cost == pytest.approx(4.0 * SPOT * 0.0005)


@pytest.mark.parametrize("spot", [1400.0, 1600.0, 1900.0])
def test_greeks_are_derivatives_of_the_value(spot: float) -> None:
    state = opened(rate=0.02)
    for event in (purchase(), purchase("put", 40.0), sale(purchase("put", 10.0))):
        state, _ = step(state, event)
    state = replace(state, hedge_coins=5.0)

    def value(moved: float = spot, sigma: float = VOL, time: float = 0.0) -> float:
        return greeks(replace(state, time=time), moved, vol=sigma).value_usd

    here = greeks(state, spot, vol=VOL)
    up, down = greeks(state, spot + 0.1, vol=VOL), greeks(state, spot - 0.1, vol=VOL)
    assert here.delta == pytest.approx((value(spot + 0.1) - value(spot - 0.1)) / 0.2, rel=1e-5)
    assert here.gamma == pytest.approx((up.delta - down.delta) / 0.2, rel=1e-6)
    vega = (value(sigma=VOL + 1e-4) - value(sigma=VOL - 1e-4)) / 0.02
    assert here.vega_usd_per_point == pytest.approx(vega, rel=1e-4)
    decay = (value(time=120.0) - value()) / 120.0 * DAY
    assert here.theta_usd_per_day == pytest.approx(decay, rel=1e-3)


def test_what_the_contract_does_not_accept_is_refused() -> None:
    state = opened(slippage_gradient=0.0)
    for reason, event in {
        "invalid amount": Deposit(time=0.0, amount=0.0),
        "invalid share": Withdraw(time=0.0, shares=0.0),
        "insufficient share": Withdraw(time=0.0, shares=2e6),
        "no existing withdrawal": Collect(time=0.0),
        "zero amount": replace(purchase(), amount=0.0),
        "expired": replace(purchase(), expiry=0.0),
        "insufficient liquidity": replace(purchase(), amount=1e5),
        "zero delta": Hedge(time=0.0, spot=SPOT, keeper="k", delta=0.0),
    }.items():
        with pytest.raises(RefusedError, match=reason):
            step(state, event)
    with pytest.raises(InputError, match="time"):
        step(replace(state, time=1.0), purchase())


def test_paths_are_stepped_as_if_alone() -> None:
    amounts = np.array([10.0, 1e5, 20.0])
    flat = opened(slippage_gradient=0.0)
    after, outcome = step(flat, replace(purchase(), amount=amounts))
    assert outcome.refused.tolist() == [False, True, False]
    for path in (0, 2):
        alone, _ = step(flat, purchase(amount=float(amounts[path])))
        assert after.cash[path] == pytest.approx(alone.cash, rel=1e-14)
    assert after.cash[1] == 1e6
    assert after.series[0].exposure[1] == 0.0


def test_the_vault_hedges_and_its_users_hold_the_opposite() -> None:
    state, _ = step(opened(), purchase())
    rows = list(holdings(state))
    assert [row.quantity for row in rows] == [-100.0, 100.0, 0.0]
    assert [row.hedges for row in rows] == [True, False, True]


class VaultMachine(RuleBasedStateMachine):
    """Floats beside integers of 10⁻⁶ USD; every unit that leaves one party arrives at another."""

    @initialize(amount=st.integers(10**5, 10**7))
    def begin(self, amount: int) -> None:
        self.state, self.pool, self.spot = State(), exact.Pool(), SPOT
        self.wallets, self.events = 0, 1
        self.deposit(amount)
        self.epoch()

    def book(self) -> float:
        return float(greeks(self.state, self.spot, vol=VOL).value_usd - self.state.cash)

    def move(self, usd: float) -> None:
        """USD that came to the vault from outside, in both number systems."""
        whole = round(usd * 10**6)
        self.pool = replace(self.pool, cash=self.pool.cash + whole)
        self.wallets -= whole
        self.events += 1

    @rule(amount=st.integers(1, 10**6))
    def deposit(self, amount: int) -> None:
        event = Deposit(time=self.state.time, amount=float(amount))
        self.state, _ = step(self.state, event)
        self.pool = exact.deposit(self.pool, amount * 10**6)
        self.wallets -= amount * 10**6

    @rule(part=st.floats(0.01, 0.6))
    def withdraw(self, part: float) -> None:
        shares = float(self.state.shares) * part
        try:
            self.state, _ = step(self.state, Withdraw(time=self.state.time, shares=shares))
        except RefusedError:
            return
        self.pool = exact.withdraw(self.pool, min(round(shares * 10**18), self.pool.shares))

    @rule()
    def epoch(self) -> None:
        book = round(self.book() * 10**18)
        event = Epoch(time=self.state.time, spot=self.spot, vol=VOL)
        try:
            self.state, done = step(self.state, event)
        except RefusedError:
            return
        self.pool, price = exact.end_epoch(self.pool, book)
        assert done.share_price == pytest.approx(price / WAD, rel=1e-6, abs=1e-9)

    @rule()
    def collect(self) -> None:
        try:
            self.state, _ = step(self.state, Collect(time=self.state.time))
        except RefusedError:
            return
        self.pool, paid = exact.collect(self.pool)
        self.wallets += paid

    @rule(
        kind=st.sampled_from(["call", "put"]),
        amount=st.floats(0.1, 200.0),
        days=st.integers(1, 40),
        sells=st.booleans(),
    )
    def trade(self, kind: str, amount: float, days: int, *, sells: bool) -> None:
        event = replace(
            purchase(kind, amount),
            time=self.state.time,
            expiry=self.state.time + days * DAY,
            spot=self.spot,
        )
        try:
            self.state, outcome = step(self.state, sale(event) if sells else event)
        except RefusedError:
            return
        self.move(outcome.received)

    @rule(part=st.floats(-1.5, 1.5))
    def hedge(self, part: float) -> None:
        delta = part * float(delta_to_hedge(self.state, self.spot, vol=VOL))
        self.state, _ = step(self.state, Budget(time=self.state.time, keeper="k", delta=100.0))
        event = Hedge(time=self.state.time, spot=self.spot, keeper="k", delta=delta)
        try:
            self.state, done = step(self.state, event)
        except RefusedError:
            return
        self.move(done.received)

    @rule(days=st.floats(0.1, 20.0), move=st.floats(0.85, 1.2))
    def wait(self, days: float, move: float) -> None:
        self.spot *= move
        event = Settle(time=self.state.time + days * DAY, price=self.spot)
        self.state, done = step(self.state, event)
        self.move(done.received)

    @invariant()
    def integers_conserve_money_to_the_last_unit(self) -> None:
        assert self.wallets + self.pool.cash + self.pool.set_aside == 0

    @invariant()
    def floats_agree_with_integers(self) -> None:
        slack = 2e-6 * self.events + 1e-8 * abs(self.wallets) / 1e6
        assert self.state.cash == pytest.approx(self.pool.cash / 1e6, abs=slack)
        assert self.state.set_aside == pytest.approx(self.pool.set_aside / 1e6, abs=slack)
        shares = self.pool.shares / WAD
        assert self.state.shares == pytest.approx(shares, rel=1e-6, abs=1e-6)


VaultMachine.TestCase.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
TestVaultMachine = VaultMachine.TestCase
