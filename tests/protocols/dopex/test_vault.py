"""The vault against figures of Dopex' own tests, its derivatives, and floats beside integers.

Figures: code-423n4/2023-08-dopex, tests/perp-vault/Unit.t.sol and Integration.t.sol: a coin at 0.2, puts at
0.05 each, periods of a day, and the clock moved by 86,500 seconds.
"""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from shortgamma.basics.errors import InputError, RefusedError
from shortgamma.protocols.dopex import exact
from shortgamma.protocols.dopex.state import Accrue, Deposit, Fund, Purchase, Redeem, Settle, State
from shortgamma.protocols.dopex.vault import greeks, holdings, step, strike_for
from shortgamma.protocols.fixed_point import WAD

DAY, START = 86_400, 1_663_027_200
SKIP = 86_500
TWENTY = 2 * 10**7
"""0.2 with 8 decimals."""


def fresh() -> exact.Vault:
    return exact.Vault(genesis=START + DAY, duration=DAY, time=START)


def test_strikes_are_three_quarters_rounded_up_as_published() -> None:
    assert exact.strike_for(TWENTY, 10**6) == 15 * 10**6
    assert exact.strike_for(4 * 10**7, 10**6) == 3 * 10**7
    # roundUp of the test: 0.151 becomes 0.16, and three quarters of this price are 0.151.
    assert exact.strike_for(20_133_333, 10**6) == 16 * 10**6
    assert strike_for(State(), 0.2) == pytest.approx(0.15, rel=1e-14)
    assert strike_for(State(), 0.04) == pytest.approx(0.03, rel=1e-14)
    assert strike_for(State(), 0.0401) == pytest.approx(0.04, rel=1e-14)


def test_the_published_integration_ends_with_the_published_amounts() -> None:
    vault, held = exact.at(fresh(), START), {}
    for user, amount in ((1, 5), (2, 20), (3, 25)):
        vault, held[user] = exact.deposit(vault, amount * WAD, price=TWENTY)
        assert held[user] == amount * WAD
    vault = exact.purchase(vault, 100 * WAD, price=TWENTY, premium=5 * WAD)
    assert vault.active == 15 * WAD
    assert vault.pointer == 0
    vault = exact.at(vault, START + SKIP)
    assert vault.pointer == 1
    free = vault.collateral - vault.active
    assert 39.99999999 * WAD < free <= 40 * WAD
    assert 54.99999999 * WAD < vault.collateral <= 55 * WAD
    assert sum(exact.unfunded(vault)) * 5 // 100 == 5 * WAD
    with pytest.raises(RefusedError, match="money"):
        exact.settle(vault, 0, price=TWENTY)
    vault, paid, coins = exact.settle(vault, 0, price=10**7)
    assert (paid, coins) == (15 * WAD, 100 * WAD)
    previews = {1: (4, 10), 2: (16, 40), 3: (20, 50)}
    for user, (usd, coins) in previews.items():
        _, paid, got = exact.redeem(vault, held[user])
        assert (usd + coins - 1e-9) * WAD < paid + got <= (usd + coins) * WAD
    for user in (2, 3):
        vault, _, _ = exact.redeem(vault, held[user])
    assert vault.collateral / WAD == pytest.approx(4.0, abs=1e-9)
    vault = exact.purchase(vault, 10 * WAD, price=4 * 10**7, premium=WAD // 2)
    assert vault.active == 3 * WAD
    vault = exact.at(vault, START + 2 * SKIP)
    assert 4.499999 * WAD < vault.collateral <= 4.5 * WAD


def test_a_settled_pool_redeems_what_is_published() -> None:
    vault, shares = exact.deposit(fresh(), WAD, price=TWENTY)
    vault = exact.at(vault, START)
    vault = exact.purchase(vault, WAD, price=TWENTY, premium=5 * WAD // 100)
    vault = exact.at(vault, START + SKIP)
    assert WAD + 5 * WAD // 100 - vault.collateral <= 1000 * 10**9
    vault = exact.pay_funding(vault, 5 * WAD // 100)
    vault, paid, coins = exact.settle(vault, 0, price=10**7)
    assert (paid, coins) == (15 * WAD // 100, WAD)
    vault = exact.at(vault, START + SKIP + DAY)
    vault, paid, coins = exact.redeem(vault, shares)
    assert 0.9499999999 * WAD < paid < 0.95 * WAD
    assert coins == WAD
    with pytest.raises(RefusedError, match="zero assets"):
        exact.redeem(vault, 0)


def test_purchases_beyond_the_collateral_are_refused_as_published() -> None:
    vault, _ = exact.deposit(exact.at(fresh(), START), 100 * WAD, price=TWENTY)
    with pytest.raises(RefusedError, match="insufficient"):
        exact.purchase(vault, 700 * WAD, price=TWENTY, premium=35 * WAD)
    vault = exact.purchase(vault, 500 * WAD, price=TWENTY, premium=25 * WAD)
    vault = exact.at(vault, START + 2 * DAY)
    vault = exact.purchase(vault, 250 * WAD, price=TWENTY, premium=125 * WAD // 10)
    assert vault.collateral - vault.active <= 12.5 * WAD
    with pytest.raises(RefusedError, match="insufficient"):
        exact.purchase(vault, 300 * WAD, price=TWENTY, premium=15 * WAD)
    with pytest.raises(RefusedError, match="greater than 0"):
        exact.purchase(vault, 0, price=TWENTY, premium=0)
    with pytest.raises(RefusedError, match="zero shares"):
        exact.deposit(vault, 0, price=TWENTY)


def open_vault() -> State:
    state, _ = step(State(), Deposit(time=0.0, price=100.0, amount=50_000.0))
    for amount, price in ((100.0, 100.0), (50.0, 90.0)):
        state, _ = step(state, Purchase(time=3600.0, price=price, amount=amount, vol=0.9))
    return state


@pytest.mark.parametrize("spot", [60.0, 75.0, 100.0])
def test_greeks_are_derivatives_of_the_value(spot: float) -> None:
    state, vol = replace(open_vault(), coins=7.0), 0.9

    def value(moved: float = spot, sigma: float = vol, time: float = 3600.0) -> float:
        later, _ = step(state, Accrue(time=time))
        return greeks(later, moved, vol=sigma).value_usd

    here = greeks(state, spot, vol=vol)
    up, down = greeks(state, spot + 0.01, vol=vol), greeks(state, spot - 0.01, vol=vol)
    slope = (value(spot + 0.01) - value(spot - 0.01)) / 0.02
    assert here.delta == pytest.approx(slope, rel=1e-6)
    assert here.delta > 0.0
    assert here.gamma == pytest.approx((up.delta - down.delta) / 0.02, rel=1e-4)
    assert here.gamma < 0.0
    vega = (value(sigma=vol + 1e-4) - value(sigma=vol - 1e-4)) / 0.02
    assert here.vega_usd_per_point == pytest.approx(vega, rel=1e-4, abs=1e-6)
    decay = (value(time=3720.0) - value()) / 120.0 * DAY
    assert here.theta_usd_per_day == pytest.approx(decay, rel=1e-2)


def test_what_the_contract_does_not_accept_is_refused() -> None:
    state = open_vault()
    for reason, event in {
        "zero shares": Deposit(time=3600.0, price=1.0, amount=0.0),
        "greater than 0": Purchase(time=3600.0, price=1.0, amount=0.0),
        "insufficient": Purchase(time=3600.0, price=100.0, amount=1e6),
        "not in the money": Settle(time=3600.0, price=80.0, put=0),
        "available": Redeem(time=3600.0, shares=49_999.0),
        "zero assets": Redeem(time=3600.0, shares=0.0),
    }.items():
        with pytest.raises(RefusedError, match=reason):
            step(state, event)
    with pytest.raises(InputError, match="put 5"):
        step(state, Settle(time=3600.0, price=1.0, put=5))
    with pytest.raises(InputError, match="time"):
        step(state, Accrue(time=0.0))


def test_paths_are_stepped_as_if_alone() -> None:
    prices = np.array([100.0, 70.0])
    settled, outcome = step(open_vault(), Settle(time=7200.0, price=prices, put=0))
    assert outcome.refused.tolist() == [True, False]
    alone, _ = step(open_vault(), Settle(time=7200.0, price=70.0, put=0))
    assert settled.collateral[1] == pytest.approx(alone.collateral, rel=1e-14)
    assert settled.puts[0].amount.tolist() == [100.0, 0.0]
    assert settled.coins.tolist() == [0.0, 100.0]


def test_the_vault_is_short_what_the_core_is_long() -> None:
    rows = list(holdings(open_vault()))
    assert [row.quantity for row in rows] == [-100.0, 100.0, -50.0, 50.0, 0.0]


class VaultMachine(RuleBasedStateMachine):
    """Floats beside integers; USD and coins that leave one party arrive at another."""

    @initialize(amount=st.integers(100, 10**6))
    def begin(self, amount: int) -> None:
        self.state = State(duration=float(DAY), genesis=float(START + DAY), time=float(START))
        self.exact, self.price = fresh(), 100.0
        self.usd = self.coins = 0
        self.gross = 1.0
        self.now(0)
        self.deposit(amount)

    def now(self, seconds: int) -> None:
        time = int(self.state.time) + seconds
        self.state, _ = step(self.state, Accrue(time=float(time)))
        self.exact = exact.at(self.exact, time)

    def whole(self) -> int:
        return round(self.price * exact.PRICE)

    @rule(amount=st.integers(1, 10**5))
    def deposit(self, amount: int) -> None:
        event = Deposit(time=self.state.time, price=self.price, amount=float(amount))
        self.state, _ = step(self.state, event)
        self.exact, _ = exact.deposit(self.exact, amount * WAD, price=self.whole())
        self.usd += amount * WAD
        self.gross += amount

    @rule(part=st.integers(1, 9))
    def redeem(self, part: int) -> None:
        shares = float(self.state.shares) * part / 10
        event = Redeem(time=self.state.time, shares=shares)
        try:
            self.state, outcome = step(self.state, event)
        except RefusedError:
            return
        self.exact, usd, coins = exact.redeem(self.exact, self.exact.shares * part // 10)
        assert outcome.usd == pytest.approx(-usd / WAD, rel=1e-7, abs=1e-7)
        self.usd -= usd
        self.coins -= coins

    @rule(amount=st.integers(1, 500))
    def purchase(self, amount: int) -> None:
        event = Purchase(time=self.state.time, price=self.price, amount=float(amount), vol=0.9)
        try:
            self.state, outcome = step(self.state, event)
        except RefusedError:
            return
        premium = round(outcome.premium * 1e6) * 10**12
        self.exact = exact.purchase(self.exact, amount * WAD, price=self.whole(), premium=premium)
        self.usd += premium
        self.gross += outcome.premium

    @rule()
    def fund(self) -> None:
        event = Fund(time=self.state.time, price=self.price, vol=0.9)
        self.state, outcome = step(self.state, event)
        premium = round(outcome.premium * 1e6) * 10**12
        self.exact = exact.pay_funding(self.exact, premium)
        self.usd += premium
        self.gross += outcome.premium

    @rule(which=st.integers(0, 30))
    def settle(self, which: int) -> None:
        if not self.state.puts:
            return
        index = which % len(self.state.puts)
        try:
            self.state, _ = step(
                self.state, Settle(time=self.state.time, price=self.price, put=index)
            )
        except RefusedError:
            return
        self.exact, usd, coins = exact.settle(self.exact, index, price=self.whole())
        self.usd -= usd
        self.coins += coins

    @rule(seconds=st.integers(1, 4 * DAY), cents=st.integers(5_000, 20_000))
    def wait(self, seconds: int, cents: int) -> None:
        # Whole cents, off the steps of the strikes, so that floats and integers see the same prices.
        self.price = cents / 100
        self.now(seconds)

    @invariant()
    def integers_conserve_money_to_the_last_unit(self) -> None:
        assert self.exact.collateral + self.exact.undripped == self.usd
        assert self.exact.coins == self.coins
        backing = sum(put.amount * put.strike // exact.PRICE for put in self.exact.puts)
        assert self.exact.active == backing

    @invariant()
    def floats_agree_with_integers(self) -> None:
        slack = 1e-6 * (1.0 + len(self.state.puts)) + 1e-9 * self.gross
        assert self.state.collateral == pytest.approx(self.exact.collateral / WAD, abs=slack)
        assert self.state.active == pytest.approx(self.exact.active / WAD, abs=slack)
        assert self.state.coins == pytest.approx(self.exact.coins / WAD, abs=slack)
        assert self.state.pointer == self.exact.pointer


VaultMachine.TestCase.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
TestVaultMachine = VaultMachine.TestCase
