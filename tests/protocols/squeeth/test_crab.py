"""Crab against squeeth-monorepo, test/unit-tests/strategy/crab-strategy.ts, and under any events."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from shortgamma.basics.errors import RefusedError
from shortgamma.protocols.fixed_point import WAD, from_float, to_float
from shortgamma.protocols.mechanism import play
from shortgamma.protocols.squeeth import controller, crab, crab_exact, exact
from shortgamma.protocols.squeeth.mechanisms import CRAB_EXACT

ETH = WAD
PRICE = 3_030 * WAD // 10_000
START = crab_exact.CrabState(squeeth=exact.SqueethState(squeeth_price=PRICE))


def after(state: crab_exact.CrabState, *events: crab_exact.Event) -> crab_exact.CrabState:
    for event in events:
        state, _ = crab_exact.step(state, event)
    return state


def test_published_first_deposit() -> None:
    state, done = crab_exact.step(START, crab_exact.Deposit(holder="depositor", eth=60 * ETH))
    assert done.shares == 60 * ETH
    # The test's own expectation, cut; the contract rounds half up.
    assert done.squeeth - 60 * ETH * ETH // (2 * PRICE) in {0, 1}
    assert state.squeeth.holders["depositor"] == crab_exact.holdings_of(state).short == done.squeeth


def test_published_second_deposit_and_withdrawal() -> None:
    state = after(START, crab_exact.Deposit(holder="depositor", eth=60 * ETH))
    first = crab_exact.holdings_of(state)
    state, done = crab_exact.step(state, crab_exact.Deposit(holder="second", eth=20 * ETH))
    # wdiv(20, 80) = 0.25; 60·0.25/0.75.
    assert done.shares == 20 * ETH
    assert abs(done.squeeth - 20 * ETH * first.short // (60 * ETH)) <= 1
    state, gone = crab_exact.step(state, crab_exact.Withdraw(holder="depositor", shares=60 * ETH))
    assert gone.eth == 60 * ETH
    left = crab_exact.holdings_of(state)
    assert left.collateral == 20 * ETH
    assert state.shares == {"depositor": 0, "second": 20 * ETH}
    assert left.short == sum(state.squeeth.holders.values())


def test_published_auction_prices() -> None:
    # crab-strategy.ts: 3,600 s between 0.95 and 1.05 of the oracle's price.
    rules = crab_exact.CrabRules()
    for elapsed, sell, buy in ((0, 105, 95), (1_800, 100, 100), (3_600, 95, 105), (9_999, 95, 105)):
        for sells, percent in ((True, sell), (False, buy)):
            found = crab_exact.auction_price(rules, PRICE, elapsed=elapsed, sells=sells)
            assert found == PRICE * percent // 100


def test_a_hedge_makes_the_vault_delta_neutral_and_buys_after_a_rise() -> None:
    state = after(START, crab_exact.Deposit(holder="a", eth=60 * ETH))
    for squeeth, sign in ((3_300, 1), (2_700, -1)):
        moved = exact.Market(seconds=60, spot=squeeth * WAD, squeeth_price=squeeth * WAD // 10_000)
        wait = replace(moved, seconds=1_800)
        hedged, done = crab_exact.step(after(state, moved, wait), crab_exact.Hedge(trader="a"))
        assert np.sign(-done.squeeth) == sign
        held = crab_exact.holdings_of(hedged)
        assert abs(held.collateral - 2 * held.short * done.price // WAD) <= 10
        assert (hedged.since_hedge, hedged.since_move) == (0, -1)


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (crab_exact.Deposit(holder="a", eth=100_001 * ETH), "cap"),
        (crab_exact.Deposit(holder="a", eth=0), "nothing"),
        (crab_exact.Withdraw(holder="a", shares=61 * ETH), "exceeds balance"),
        (crab_exact.Withdraw(holder="b", shares=1), "exceeds balance"),
        (crab_exact.Hedge(trader="a"), "not allowed"),
        (crab_exact.Order(trader="a", squeeth=ETH, price=PRICE), "not within range"),
        (crab_exact.Order(trader="a", squeeth=ETH, price=0), "greater than 0"),
    ],
)
def test_what_the_contract_reverts_is_refused_and_changes_nothing(event, reason) -> None:
    state = after(START, crab_exact.Deposit(holder="a", eth=60 * ETH))
    done = play(CRAB_EXACT, state, [event])
    assert reason in done.outcomes[0].refused
    assert done.states[0] is state


def test_a_neutral_vault_is_not_hedged_and_orders_keep_near_the_oracle() -> None:
    state = after(
        START,
        crab_exact.Deposit(holder="a", eth=60 * ETH),
        exact.Market(seconds=88_200, spot=3_000 * WAD, squeeth_price=PRICE),
    )
    with pytest.raises(RefusedError, match="delta neutral"):
        crab_exact.step(state, crab_exact.Hedge(trader="a"))
    for squeeth, percent in ((ETH, 106), (-ETH, 94)):
        event = crab_exact.Order(trader="a", squeeth=squeeth, price=PRICE * percent // 100)
        with pytest.raises(RefusedError, match="too far"):
            crab_exact.step(state, event)


@given(st.floats(1_000.0, 6_000.0), st.floats(0.2, 2.0))
def test_greeks_are_derivatives_of_the_value(spot: float, vol: float) -> None:
    state, _ = crab.step(crab.CrabState(), crab.Deposit(holder="a", eth=60.0))
    found, h = crab.greeks(state, spot, vol), 1e-3 * spot
    up, mid, down = (crab.greeks(state, spot + h * k, vol).value_usd for k in (1, 0, -1))
    assert found.delta == pytest.approx((up - down) / (2 * h), rel=1e-6, abs=1e-6)
    assert found.gamma == pytest.approx((up - 2 * mid + down) / h**2, rel=1e-3)
    assert found.gamma < 0.0 < found.theta_usd_per_day


def test_a_fresh_vault_is_delta_neutral_at_the_market() -> None:
    vol = 0.6
    price = float(np.exp(vol * vol * 420.0 / 8_760.0)) * 0.3
    start = crab.CrabState(squeeth=controller.SqueethState(squeeth_price=price))
    state, _ = crab.step(start, crab.Deposit(holder="a", eth=60.0))
    assert crab.greeks(state, 3_000.0, vol).delta == pytest.approx(0.0, abs=1e-9)


def test_refusals_are_path_by_path() -> None:
    start = crab.CrabState(squeeth=controller.SqueethState(squeeth_price=np.full(3, 0.303)))
    state, _ = crab.step(start, crab.Deposit(holder="a", eth=60.0))
    price = 0.303 * np.array([1.0, 1.1, 0.9])
    for _ in range(2):
        event = crab.Market(seconds=1_800.0, spot=price * 1e4, squeeth_price=price)
        state, _ = crab.step(state, event)
    _, done = crab.step(state, crab.Hedge(trader="a"))
    assert done.refused.tolist() == [True, False, False]
    assert np.sign(-done.squeeth).tolist() == [0.0, 1.0, -1.0]


class Agreement(RuleBasedStateMachine):
    """Deposits, withdrawals, hedges, orders and liquidations; ETH and oSQTH only change hands."""

    def __init__(self):
        super().__init__()
        self.exact = replace(START, squeeth=replace(START.squeeth, fee_rate=10))
        self.float = self.translated()
        self.eth = 0

    def translated(self):
        state, system = self.exact, self.exact.squeeth
        return crab.CrabState(
            squeeth=controller.SqueethState(
                norm=to_float(system.norm),
                spot=to_float(system.spot),
                squeeth_price=to_float(system.squeeth_price),
                fee_rate=system.fee_rate / 1e4,
                vaults=tuple(
                    controller.Vault(
                        owner=v.owner, collateral=to_float(v.collateral), short=to_float(v.short)
                    )
                    for v in system.vaults
                ),
                holders={name: to_float(held) for name, held in system.holders.items()},
            ),
            vault=state.vault,
            shares={name: to_float(held) for name, held in state.shares.items()},
            since_hedge=float(state.since_hedge),
            since_move=float(state.since_move),
            price_at_hedge=to_float(state.price_at_hedge),
        )

    def both(self, event, twin):
        refused, done = True, None
        try:
            self.exact, done = crab_exact.step(self.exact, event)
            refused = False
            self.eth -= done.eth + done.fee
        except RefusedError:
            pass
        try:
            self.float, outcome = crab.step(self.float, twin)
        except RefusedError:
            self.float = self.translated()
            return
        if refused:
            # At an edge a float may decide otherwise; the contract's word counts.
            self.float = self.translated()
        elif done is not None:
            found = [outcome.eth, outcome.squeeth, outcome.shares, outcome.fee, outcome.price]
            paid = [done.eth, done.squeeth, done.shares, done.fee, done.price]
            np.testing.assert_allclose(
                [float(one) for one in found],
                [to_float(one) for one in paid],
                rtol=1e-9,
                atol=1e-9,
            )

    @rule(move=st.floats(0.8, 1.4), seconds=st.integers(60, 90_000))
    def pass_time(self, move, seconds):
        system = self.exact.squeeth
        spot = min(max(to_float(system.spot) * move, 1_000.0), 9_000.0)
        price = 1.02 * to_float(system.norm) * spot / 1e4
        self.both(
            exact.Market(seconds=seconds, spot=from_float(spot), squeeth_price=from_float(price)),
            controller.Market(seconds=seconds, spot=spot, squeeth_price=price),
        )

    @rule(holder=st.sampled_from("ab"), eth=st.floats(0.0, 100.0))
    def deposit(self, holder, eth):
        self.both(
            crab_exact.Deposit(holder=holder, eth=from_float(eth)),
            crab.Deposit(holder=holder, eth=eth),
        )

    @precondition(lambda self: self.exact.vault)
    @rule(holder=st.sampled_from("ab"), part=st.integers(0, 4))
    def withdraw(self, holder, part):
        shares = self.exact.shares.get(holder, 0) * part // 4
        self.both(
            crab_exact.Withdraw(holder=holder, shares=shares),
            crab.Withdraw(holder=holder, shares=to_float(shares)),
        )

    @precondition(lambda self: self.exact.vault and sum(self.exact.shares.values()))
    @rule(trader=st.sampled_from("ab"))
    def hedge(self, trader):
        self.both(crab_exact.Hedge(trader=trader), crab.Hedge(trader=trader))

    @precondition(lambda self: self.exact.vault)
    @rule(trader=st.sampled_from("ab"), squeeth=st.floats(-20.0, 20.0), price=st.floats(0.94, 1.06))
    def order(self, trader, squeeth, price):
        at = to_float(self.exact.squeeth.squeeth_price) * price
        self.both(
            crab_exact.Order(trader=trader, squeeth=from_float(squeeth), price=from_float(at)),
            crab.Order(trader=trader, squeeth=squeeth, price=at),
        )

    @precondition(lambda self: self.exact.vault)
    @rule(liquidator=st.sampled_from("ab"), part=st.integers(1, 4))
    def liquidate(self, liquidator, part):
        squeeth = self.exact.squeeth.holders.get(liquidator, 0) * part // 4
        names = {"vault": self.exact.vault, "liquidator": liquidator}
        self.both(
            exact.Liquidate(**names, squeeth=squeeth),
            controller.Liquidate(**names, squeeth=to_float(squeeth)),
        )

    @invariant()
    def money_is_conserved(self):
        system = self.exact.squeeth
        assert sum(v.short for v in system.vaults) == sum(system.holders.values())
        assert self.eth == sum(v.collateral for v in system.vaults)
        assert system.holders.get(crab.CRAB, 0) == 0
        assert min(self.exact.shares.values(), default=0) >= 0

    @invariant()
    def floats_are_the_integers(self):
        other = self.translated()
        for found, vault in zip(self.float.squeeth.vaults, other.squeeth.vaults, strict=True):
            pair = [float(found.collateral), float(found.short)]
            assert pair == pytest.approx([vault.collateral, vault.short], rel=1e-9, abs=1e-9)
        for name, shares in other.shares.items():
            assert float(self.float.shares[name]) == pytest.approx(shares, rel=1e-9, abs=1e-9)


Agreement.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestAgreement = Agreement.TestCase
