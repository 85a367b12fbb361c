"""Vaults of Squeeth against squeeth-monorepo's unit tests, and under any sequence of events."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from shortgamma.basics.errors import RefusedError
from shortgamma.protocols.fixed_point import WAD, from_float, to_float
from shortgamma.protocols.mechanism import play
from shortgamma.protocols.squeeth import controller as c
from shortgamma.protocols.squeeth import exact as e
from shortgamma.protocols.squeeth.mechanisms import SQUEETH_EXACT

ETH = WAD


def market(eth_usd: int, squeeth_usd: int, seconds: int = 0) -> e.Market:
    return e.Market(seconds=seconds, spot=eth_usd * WAD, squeeth_price=squeeth_usd * WAD // 10_000)


def opened(*vaults: tuple[int, int]) -> e.SqueethState:
    state, _ = e.step(e.SqueethState(), market(3_000, 3_030))
    for collateral, squeeth in vaults:
        state, _ = e.step(state, e.MintPower(owner="seller", collateral=collateral, power=squeeth))
    return state


def test_published_liquidation_of_half_a_vault() -> None:
    # liquidation.ts: 45 ETH against 100, ETH 3000 → 4000, Squeeth 4040: half of it, and 10 % on top.
    state, _ = e.step(opened((45 * ETH, 100 * ETH)), market(4_000, 4_040))
    state = replace(state, holders={"liquidator": 100 * ETH})
    event = e.Liquidate(vault=1, liquidator="liquidator", squeeth=50 * ETH + 10)
    state, done = e.step(state, event)
    price = 4_040 * WAD // 10_000
    sold = price * (50 * ETH) // WAD
    assert (done.squeeth, done.eth) == (-50 * ETH, sold + sold // 10)
    assert state.vaults[0] == e.Vault(
        owner="seller", collateral=45 * ETH - done.eth, short=50 * ETH
    )


def test_published_liquidation_that_would_leave_dust() -> None:
    state, _ = e.step(opened((9 * ETH // 10, 2 * ETH)), market(4_000, 4_040))
    event = e.Liquidate(vault=1, liquidator="seller", squeeth=2 * ETH - 1)
    with pytest.raises(RefusedError, match="C22"):
        e.step(state, event)
    state, done = e.step(state, replace(event, squeeth=2 * ETH))
    sold = 4_040 * WAD // 10_000 * 2
    assert (done.eth, state.vaults[0].short) == (sold + sold // 10, 0)


def test_published_liquidation_of_an_insolvent_vault() -> None:
    state, _ = e.step(opened((45 * ETH, 100 * ETH)), market(9_000, 9_090))
    event = e.Liquidate(vault=1, liquidator="seller", squeeth=100 * ETH - 1)
    with pytest.raises(RefusedError, match="C21"):
        e.step(state, event)
    state, done = e.step(state, replace(event, squeeth=100 * ETH))
    assert done.eth == 45 * ETH
    assert state.vaults[0] == e.Vault(owner="seller")


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (e.Liquidate(vault=1, liquidator="seller", squeeth=1), "C12"),
        (e.Liquidate(vault=9, liquidator="seller", squeeth=1), "no vault"),
        (e.Mint(owner="other", vault=1, collateral=ETH), "C20"),
        (e.Mint(owner="seller", vault=1, squeeth=ETH), "C24"),
        (e.Mint(owner="new", collateral=4 * ETH // 10, squeeth=ETH // 2), "C22"),
        (e.Burn(vault=1, collateral=ETH), "C24"),
        (e.Burn(vault=1, squeeth=101 * ETH), "more than"),
        (e.Transfer(sender="nobody", receiver="seller", squeeth=1), "too few"),
        (e.Transfer(sender="seller", receiver="other", squeeth=-1), "negative"),
    ],
)
def test_what_the_contract_reverts_is_refused_and_changes_nothing(event, reason) -> None:
    state = opened((45 * ETH, 100 * ETH))
    done = play(SQUEETH_EXACT, state, [event])
    assert reason in done.outcomes[0].refused
    assert done.states[0] is state


def test_a_vault_may_mint_up_to_two_thirds_of_its_collateral() -> None:
    # controller-funding.ts: the most that 50 ETH can carry at 3000 is 50/1.5/0.3.
    most = 50 * ETH * WAD // (15 * WAD // 10) * WAD // (3 * WAD // 10)
    assert opened((50 * ETH, most)).vaults[0].short == most
    with pytest.raises(RefusedError, match="C24"):
        opened((50 * ETH, most * 10_001 // 10_000))


def test_the_fee_of_minting_leaves_the_deposit() -> None:
    state = replace(e.SqueethState(), fee_rate=100, squeeth_price=3_030 * WAD // 10_000)
    state, done = e.step(state, e.Mint(owner="a", collateral=50 * ETH, squeeth=100 * ETH))
    fee = 100 * 3_030 * WAD // 10_000 // 100
    assert (done.fee, state.vaults[0].collateral) == (fee, 50 * ETH - fee)
    assert done.eth == -50 * ETH


SYSTEM = c.SqueethState(
    norm=0.45,
    vaults=(
        c.Vault(owner="a", collateral=40.0, short=70.0),
        c.Vault(owner="b", collateral=5.0, short=3.0),
    ),
)


@given(st.floats(500.0, 9_000.0), st.floats(0.1, 2.4))
def test_greeks_are_derivatives_of_the_value(spot: float, vol: float) -> None:
    def value(at: float, sigma: float) -> float:
        return float(c.greeks(SYSTEM, at, sigma).value_usd)

    found, h = c.greeks(SYSTEM, spot, vol), 1e-3 * spot
    up, mid, down = (value(spot + h * k, vol) for k in (1, 0, -1))
    assert found.delta == pytest.approx((up - down) / (2 * h), rel=1e-6, abs=1e-6)
    assert found.gamma == pytest.approx((up - 2 * mid + down) / h**2, rel=1e-4)
    vega = (value(spot, vol + 1e-5) - value(spot, vol - 1e-5)) / 2e-5 * 0.01
    assert found.vega_usd_per_point == pytest.approx(vega, rel=1e-5)
    assert found.gamma < 0.0
    assert found.vega_usd_per_point < 0.0 < found.theta_usd_per_day


def test_gamma_is_the_same_at_every_price() -> None:
    gammas = [c.greeks(SYSTEM, spot, 0.7).gamma for spot in (100.0, 3_000.0, 90_000.0)]
    assert gammas[0] == gammas[1] == gammas[2]


@given(st.floats(0.1, 3.5))
def test_theta_is_what_funding_pays_in_a_short_time(vol: float) -> None:
    spot, seconds = 3_000.0, 60.0
    ratio = float(np.exp(vol * vol * 420.0 / 8_760.0))
    event = c.Market(seconds=seconds, spot=spot, squeeth_price=ratio * 0.45 * spot / 1e4)
    later, _ = c.step(SYSTEM, event)
    gain = c.greeks(later, spot, vol).value_usd - c.greeks(SYSTEM, spot, vol).value_usd
    expected = c.greeks(SYSTEM, spot, vol).theta_usd_per_day
    assert gain / seconds * 86_400.0 == pytest.approx(float(expected), rel=1e-4)


def test_refusals_are_path_by_path() -> None:
    state = c.SqueethState(spot=np.full(3, 3_000.0))
    event = c.Mint(owner="a", collateral=np.array([50.0, 40.0, 0.2]), squeeth=np.full(3, 100.0))
    after, done = c.step(state, event)
    assert done.refused.tolist() == [False, True, True]
    assert after.holders["a"].tolist() == [100.0, 0.0, 0.0]
    assert done.eth.tolist() == [-50.0, 0.0, 0.0]


class Agreement(RuleBasedStateMachine):
    """The same events in integers and floats; ETH and oSQTH only change hands."""

    def __init__(self):
        super().__init__()
        self.exact, self.float = e.SqueethState(), c.SqueethState()
        self.eth = 0

    def both(self, event, twin):
        refused = True
        try:
            self.exact, done = e.step(self.exact, event)
            refused = False
            self.eth -= done.eth + done.fee
        except RefusedError:
            done = None
        try:
            after, outcome = c.step(self.float, twin)
        except RefusedError:
            self.float = self.translated()
            return
        if refused:
            # At an edge a float may decide otherwise; the contract's word counts.
            self.float = self.translated()
            return
        self.float = after
        if done is not None:
            found = [float(outcome.eth), float(outcome.squeeth), float(outcome.fee)]
            paid = [to_float(done.eth), to_float(done.squeeth), to_float(done.fee)]
            np.testing.assert_allclose(found, paid, rtol=1e-9, atol=1e-9)

    def translated(self):
        return c.SqueethState(
            norm=to_float(self.exact.norm),
            spot=to_float(self.exact.spot),
            squeeth_price=to_float(self.exact.squeeth_price),
            vaults=tuple(
                c.Vault(owner=v.owner, collateral=to_float(v.collateral), short=to_float(v.short))
                for v in self.exact.vaults
            ),
            holders={name: to_float(held) for name, held in self.exact.holders.items()},
        )

    @rule(
        spot=st.floats(1_000.0, 9_000.0),
        premium=st.floats(0.7, 1.5),
        seconds=st.integers(0, 30 * 86_400),
    )
    def pass_time(self, spot, premium, seconds):
        price = premium * to_float(self.exact.norm) * spot / 1e4
        self.both(
            e.Market(seconds=seconds, spot=from_float(spot), squeeth_price=from_float(price)),
            c.Market(seconds=seconds, spot=spot, squeeth_price=price),
        )

    @rule(
        owner=st.sampled_from("ab"),
        vault=st.integers(0, 4),
        collateral=st.floats(0.0, 100.0),
        squeeth=st.floats(0.0, 60.0),
    )
    def mint(self, owner, vault, collateral, squeeth):
        names = {"owner": owner, "vault": vault}
        self.both(
            e.Mint(**names, collateral=from_float(collateral), squeeth=from_float(squeeth)),
            c.Mint(**names, collateral=collateral, squeeth=squeeth),
        )

    @rule(vault=st.integers(1, 4), part=st.integers(0, 4), out=st.floats(0.0, 20.0))
    def burn(self, vault, part, out):
        if vault <= len(self.exact.vaults):
            squeeth = self.exact.vaults[vault - 1].short * part // 4
            self.both(
                e.Burn(vault=vault, squeeth=squeeth, collateral=from_float(out)),
                c.Burn(vault=vault, squeeth=to_float(squeeth), collateral=out),
            )

    @rule(vault=st.integers(1, 4), liquidator=st.sampled_from("ab"), part=st.integers(1, 4))
    def liquidate(self, vault, liquidator, part):
        squeeth = self.exact.holders.get(liquidator, 0) * part // 4
        names = {"vault": vault, "liquidator": liquidator}
        self.both(
            e.Liquidate(**names, squeeth=squeeth), c.Liquidate(**names, squeeth=to_float(squeeth))
        )

    @rule(sender=st.sampled_from("ab"), receiver=st.sampled_from("ab"), part=st.integers(0, 4))
    def transfer(self, sender, receiver, part):
        squeeth = self.exact.holders.get(sender, 0) * part // 4
        names = {"sender": sender, "receiver": receiver}
        self.both(
            e.Transfer(**names, squeeth=squeeth), c.Transfer(**names, squeeth=to_float(squeeth))
        )

    @invariant()
    def what_is_owed_is_what_is_held(self):
        owed = sum(vault.short for vault in self.exact.vaults)
        assert owed == sum(self.exact.holders.values())
        assert min(self.exact.holders.values(), default=0) >= 0

    @invariant()
    def the_controller_holds_what_came_in(self):
        assert self.eth == sum(vault.collateral for vault in self.exact.vaults)

    @invariant()
    def floats_are_the_integers(self):
        other = self.translated()
        assert float(self.float.norm) == pytest.approx(float(other.norm), rel=1e-9)
        for found, vault in zip(self.float.vaults, other.vaults, strict=True):
            pair = [float(found.collateral), float(found.short)]
            assert pair == pytest.approx([vault.collateral, vault.short], rel=1e-9, abs=1e-9)


Agreement.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestAgreement = Agreement.TestCase
