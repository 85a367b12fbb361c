"""The vault path by path: published quotes, exact derivatives, and the exact vault beside it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from shortgamma.basics.errors import InputError, RefusedError
from shortgamma.protocols.fixed_point import WAD, from_float
from shortgamma.protocols.mechanism import play
from shortgamma.protocols.premia import exact
from shortgamma.protocols.premia.state import (
    Buy,
    Deposit,
    Quote,
    Series,
    Settle,
    State,
    Withdraw,
    locked_spread,
)
from shortgamma.protocols.premia.vault import (
    PREMIA,
    greeks,
    holdings,
    liabilities,
    price_per_share,
    step,
)

DAY = 86_400.0
NOW = 1_677_225_600.0
EXPIRY = NOW + 7 * DAY


def quoted(kind: str, **changes: object):
    """The set-up of getQuote in UnderwriterVault.vault.t.sol: spot 1000, strike 1100, vol 154 %."""
    assets = 5.0 if kind == "call" else 5_500.0
    state = State(
        kind=kind, rate=0.01, time=NOW, last_trade=NOW - 3 * 3600, assets=assets, shares=assets
    )
    event = Quote(time=NOW, strike=1100.0, expiry=EXPIRY, size=3.0, spot=1000.0, vol=1.54)
    return step(replace(state, **changes), event)[1]


@pytest.mark.parametrize(
    ("kind", "published", "tolerance"),
    [("call", 0.161791878138208136, 1e-6), ("put", 480.701186, 0.01)],
)
def test_quotes_are_the_published_ones_within_the_published_tolerance(
    kind, published, tolerance
) -> None:
    assert quoted(kind).received == pytest.approx(published, abs=tolerance)


@pytest.mark.parametrize(
    ("kind", "published", "tolerance"),
    [("call", 0.160026767588644148, 1e-6), ("put", 475.26231, 0.01)],
)
def test_a_quote_a_week_later_has_the_lowest_level(kind, published, tolerance) -> None:
    outcome = quoted(kind, last_trade=NOW - 7 * DAY)
    assert outcome.c_level == pytest.approx(1.05, rel=1e-12)
    assert outcome.received == pytest.approx(published, abs=tolerance)


def test_what_the_contract_does_not_accept_is_refused() -> None:
    state = State(rate=0.01, time=NOW, fee_time=NOW, assets=5.0, shares=5.0)
    good = Buy(time=NOW, strike=1100.0, expiry=EXPIRY, size=1.0, spot=1000.0, vol=1.54)
    for reason, changes in {
        "zero size": {"size": 0.0},
        "insufficient funds": {"size": 5.0},
        "option expired": {"expiry": NOW},
        "days-to-expiry": {"expiry": NOW + 31 * DAY},
        "delta bounds": {"strike": 3000.0},
    }.items():
        with pytest.raises(RefusedError, match=reason):
            step(state, replace(good, **changes))
    with pytest.raises(InputError, match="time"):
        step(state, replace(good, time=NOW - 1))
    bought, _ = step(state, replace(good, size=4.9))
    early = replace(bought, fee_time=0.0)
    with pytest.raises(RefusedError, match="management fee"):
        step(early, Deposit(time=NOW, amount=1.0, spot=1000.0, vol=1.54))
    with pytest.raises(RefusedError, match="maximum amount"):
        step(bought, Withdraw(time=NOW, shares=4.0, spot=1000.0, vol=1.54))


def test_paths_that_are_refused_stay_as_they_were() -> None:
    state = State(rate=0.01, time=NOW, assets=5.0, shares=5.0)
    sizes = np.array([1.0, 9.0, 2.0])
    event = Buy(time=NOW, strike=1100.0, expiry=EXPIRY, size=sizes, spot=1000.0, vol=1.54)
    after, outcome = step(state, event)
    assert outcome.refused.tolist() == [False, True, False]
    for path in (0, 2):
        alone, _ = step(state, replace(event, size=float(sizes[path])))
        assert after.assets[path] == pytest.approx(alone.assets, rel=1e-14)
        assert after.series[0].size[path] == alone.series[0].size
    assert after.assets[1] == 5.0
    assert after.series[0].size[1] == 0.0
    assert after.series[0].spread_rate[1] == 0.0


def open_vault(kind: str) -> State:
    unit = 1.0 if kind == "call" else 1000.0
    return State(
        kind=kind,
        rate=0.02,
        time=NOW,
        fee_time=NOW,
        assets=10.0 * unit,
        locked=3.0 * unit,
        shares=9.0 * unit,
        series=(
            Series(strike=950.0, expiry=NOW + 5 * DAY, size=1.0, spread_rate=1e-7 * unit),
            Series(strike=1050.0, expiry=NOW + 20 * DAY, size=2.0, spread_rate=3e-7 * unit),
        ),
    )


@pytest.mark.parametrize("kind", ["call", "put"])
def test_greeks_are_derivatives_of_the_value(kind: str) -> None:
    state, spot, vol = open_vault(kind), 1000.0, 0.9

    def value(moved: float = spot, sigma: float = vol, time: float = NOW) -> float:
        later = replace(state, time=time)
        unit = moved if kind == "call" else 1.0
        owned = later.assets - locked_spread(later) - liabilities(later, moved, sigma)
        return owned * unit

    exactly = greeks(state, spot, vol=vol)
    up, down = greeks(state, spot + 0.1, vol=vol), greeks(state, spot - 0.1, vol=vol)
    assert exactly.value_usd == pytest.approx(value(), rel=1e-12)
    assert exactly.delta == pytest.approx((value(spot + 0.1) - value(spot - 0.1)) / 0.2, rel=1e-6)
    assert exactly.gamma == pytest.approx((up.delta - down.delta) / 0.2, rel=1e-6)
    assert exactly.gamma < 0.0
    vega = (value(sigma=vol + 1e-4) - value(sigma=vol - 1e-4)) / 0.02
    assert exactly.vega_usd_per_point == pytest.approx(vega, rel=1e-6)
    assert exactly.vega_usd_per_point < 0.0
    decay = (value(time=NOW + 60) - value(time=NOW - 60)) / 120 * DAY
    assert exactly.theta_usd_per_day == pytest.approx(decay, rel=1e-6)
    assert exactly.theta_usd_per_day > 0.0


def test_the_value_is_shares_times_price() -> None:
    state = open_vault("put")
    price = price_per_share(state, 1000.0, vol=0.9)
    assert price * state.shares == pytest.approx(
        greeks(state, 1000.0, vol=0.9).value_usd, rel=1e-12
    )


def test_the_vault_is_short_what_its_buyers_are_long() -> None:
    rows = list(holdings(open_vault("call")))
    assert [row.quantity for row in rows if row.holder == "vault"] == [-1.0, -2.0]
    assert sum(row.quantity for row in rows) == 0.0
    with pytest.raises(InputError, match="per path"):
        list(holdings(State(series=(Series(strike=1.0, expiry=1.0, size=np.ones(2)),))))


def test_a_refused_event_of_a_play_changes_nothing() -> None:
    done = play(PREMIA, State(), [Withdraw(time=0.0, shares=1.0, spot=1.0, vol=1.0)])
    assert done.outcomes[0].refused == "more than all shares"


class VaultMachine(RuleBasedStateMachine):
    """Floats beside integers; every unit that leaves one party arrives at another."""

    @initialize(kind=st.sampled_from(["call", "put"]), assets=st.floats(10.0, 1e4))
    def begin(self, kind: str, assets: float) -> None:
        self.kind, self.spot, self.vol = kind, 1000.0, 0.9
        unit = 1.0 if kind == "call" else 1000.0
        self.state = State(kind=kind, min_delta=0.0, max_delta=1.0)
        self.vault = exact.Vault()
        self.wallets = dict.fromkeys(("providers", "buyers", "fees"), 0)
        self.float_flow = 0.0
        self.provide(assets * unit)

    def due(self) -> int:
        return from_float(float(liabilities(self.state, self.spot, self.vol)))

    def provide(self, amount: float) -> None:
        event = Deposit(time=self.state.time, amount=amount, spot=self.spot, vol=self.vol)
        self.state, outcome = step(self.state, event)
        self.float_flow += outcome.received
        self.vault, _ = exact.deposit(self.vault, from_float(amount), liabilities=self.due())
        self.wallets["providers"] -= from_float(amount)

    def unsettled(self) -> bool:
        return any(series.expiry <= self.state.time for series in self.state.series)

    @rule(part=st.floats(0.01, 0.5))
    @precondition(lambda self: not self.unsettled())
    def deposit(self, part: float) -> None:
        self.provide(float(self.state.assets) * part)

    @rule(part=st.floats(0.01, 0.9))
    @precondition(lambda self: not self.unsettled())
    def withdraw(self, part: float) -> None:
        shares = float(self.state.shares) * part
        event = Withdraw(time=self.state.time, shares=shares, spot=self.spot, vol=self.vol)
        liabilities_now = self.due()
        try:
            self.state, outcome = step(self.state, event)
        except RefusedError:
            return
        self.float_flow += outcome.received
        self.vault, amount = exact.redeem(
            self.vault, from_float(shares), liabilities=liabilities_now
        )
        self.wallets["providers"] += amount

    @rule(part=st.floats(0.01, 0.7), days=st.integers(3, 30), strike=st.floats(800.0, 1300.0))
    @precondition(lambda self: not self.unsettled())
    def buy(self, part: float, days: int, strike: float) -> None:
        each = 1.0 if self.kind == "call" else strike
        free = float(self.state.assets - self.state.locked - locked_spread(self.state))
        event = Buy(
            time=self.state.time,
            strike=strike,
            expiry=self.state.time + days * DAY,
            size=part * free / each,
            spot=self.spot,
            vol=self.vol,
        )
        try:
            self.state, outcome = step(self.state, event)
        except RefusedError:
            return
        self.float_flow += outcome.received - outcome.performance_fee - outcome.minting_fee
        premium = from_float(outcome.fair_premium)
        fees = self.vault.protocol_fees
        self.vault, spread = exact.buy(
            self.vault, int(event.expiry), collateral=from_float(part * free), premium=premium
        )
        assert spread / WAD == pytest.approx(outcome.spread, rel=1e-9, abs=1e-12)
        self.wallets["buyers"] -= premium + spread
        self.wallets["fees"] += self.vault.protocol_fees - fees

    @rule(days=st.floats(0.1, 10.0), move=st.floats(0.8, 1.25))
    def wait(self, days: float, move: float) -> None:
        time = self.state.time + round(days * DAY)
        self.spot *= move
        released = sum(
            series.size * (1.0 if self.kind == "call" else series.strike)
            for series in self.state.series
            if series.expiry <= time
        )
        self.state, outcome = step(self.state, Settle(time=time, price=self.spot))
        self.float_flow -= outcome.paid
        assert outcome.released == pytest.approx(released, rel=1e-12, abs=1e-12)
        paid = from_float(outcome.paid)
        self.vault = exact.settle(
            exact.at(self.vault, int(time)), released=from_float(outcome.released), paid=paid
        )
        self.wallets["buyers"] += paid

    @invariant()
    def integers_conserve_money_to_the_last_unit(self) -> None:
        assert sum(self.wallets.values()) + self.vault.assets == 0

    @invariant()
    def floats_agree_with_integers(self) -> None:
        scale = max(float(self.state.assets), 1.0)
        assert self.state.assets == pytest.approx(self.vault.assets / WAD, rel=1e-9)
        assert self.state.shares == pytest.approx(self.vault.shares / WAD, rel=1e-9)
        assert self.state.locked == pytest.approx(self.vault.locked / WAD, abs=1e-9 * scale)
        assert self.state.protocol_fees == pytest.approx(
            self.vault.protocol_fees / WAD, abs=1e-9 * scale
        )
        spread = exact.with_spread(self.vault).locked_spread / WAD
        assert locked_spread(self.state) == pytest.approx(spread, abs=1e-9 * scale)
        assert self.float_flow == pytest.approx(self.state.assets, rel=1e-9)


VaultMachine.TestCase.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
TestVaultMachine = VaultMachine.TestCase
