"""Vaults over many paths, their Greeks, and who is short."""

from dataclasses import fields, replace

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortgamma.basics.errors import InputError, RefusedError
from shortgamma.protocols.mechanism import as_plain, play
from shortgamma.protocols.registry import mechanism_named
from shortgamma.protocols.ribbon import exact
from shortgamma.protocols.ribbon.events import (
    CommitAndClose,
    Deposit,
    PlaceBid,
    RollToNextOption,
    SellByQuote,
    Send,
    SetMinimumPrice,
    SettleAuction,
)
from shortgamma.protocols.ribbon.greeks import greeks, pooled
from shortgamma.protocols.ribbon.pooled import (
    PoolBurn,
    PoolCompleteWithdraw,
    PoolDeposit,
    PooledVault,
    PoolExpiry,
    PoolInitiateWithdraw,
    PoolRoll,
    PoolSale,
    PoolWithdrawInstantly,
    step,
)
from shortgamma.protocols.ribbon.record import RIBBON, holdings
from shortgamma.protocols.ribbon.state import RibbonState

KINDS = pytest.mark.parametrize("kind", ["call", "put"])
WEEK = 7 / 365


def sold(kind, *, sold_share=0.75):
    """A vault of 10 coins or 20,000 USD that has sold three quarters of its options."""
    amount = 10.0 if kind == "call" else 20_000.0
    vault = PooledVault(kind=kind)
    for event in (PoolDeposit(amount=amount), PoolRoll(strike=2_000.0)):
        vault, outcome = step(vault, event)
        assert not np.any(outcome.refused)
    premium = 0.004 * amount
    return step(vault, PoolSale(options=vault.unsold * sold_share, premium=premium))[0]


# --- paths


@KINDS
def test_paths_do_not_see_each_other(kind):
    prices = np.array([1_000.0, 1_999.0, 2_001.0, 3_000.0])
    together = step(sold(kind), PoolExpiry(price=prices))[0]
    together, outcome = step(together, PoolRoll(strike=prices))
    for path, price in enumerate(prices):
        alone = step(sold(kind), PoolExpiry(price=price))[0]
        alone, _ = step(alone, PoolRoll(strike=price))
        for item in fields(PooledVault):
            ours = getattr(together, item.name)
            if item.name != "kind":
                value = np.broadcast_to(ours, prices.shape)[path]
                assert value == pytest.approx(float(getattr(alone, item.name)), rel=1e-14)
    assert np.shape(outcome.refused) == prices.shape


@KINDS
def test_a_refused_path_stays_as_it_was(kind):
    vault = sold(kind)
    sizes = vault.unsold * np.array([0.5, 1.5, -0.1])
    after, outcome = step(vault, PoolSale(options=sizes, premium=1.0))
    assert list(outcome.refused) == [False, True, True]
    np.testing.assert_allclose(after.cash, vault.cash + np.array([1.0, 0.0, 0.0]))
    np.testing.assert_allclose(outcome.amount, [-1.0, 0.0, 0.0])
    np.testing.assert_allclose(after.money, vault.money, atol=1e-12)


@pytest.mark.parametrize(
    "event",
    [
        PoolDeposit(amount=0.0),
        PoolDeposit(amount=np.inf),
        PoolWithdrawInstantly(amount=1.0),
        PoolInitiateWithdraw(shares=10.5),
        PoolCompleteWithdraw(),
        PoolRoll(strike=2_000.0),
        PoolExpiry(price=0.0),
    ],
)
def test_what_the_contract_refuses_is_refused_on_every_path(event):
    vault = replace(sold("call"), cap=100.0)
    after, outcome = step(vault, event)
    assert np.all(outcome.refused)
    assert as_plain(after) == as_plain(vault)


def test_an_event_of_something_else_is_an_input_error():
    with pytest.raises(InputError, match="one of the vault's events"):
        step(PooledVault(), Deposit(account="a", amount=1))
    with pytest.raises(InputError, match="one of the vault's events"):
        exact.step(RibbonState(), PoolBurn())
    with pytest.raises(InputError, match="call or put"):
        PooledVault(kind="straddle")


@pytest.mark.parametrize(
    ("kind", "price", "back"),
    [("call", 2_500.0, 1.5), ("put", 1_600.0, 3_000.0), ("call", 1_900.0, 0.0)],
)
def test_buyers_get_what_is_in_the_money(kind, price, back):
    """7.5 options: 7.5·500/2,500 coins, 7.5·400 USD."""
    before = sold(kind)
    after, outcome = step(before, PoolExpiry(price=price))
    assert after.buyers - before.buyers == pytest.approx(back)
    assert after.stranded == pytest.approx(back / 3)
    assert outcome.amount == pytest.approx(back * 4 / 3)


def test_a_loss_charges_no_fee_and_a_gain_charges_both():
    up, down = (step(sold("call"), PoolExpiry(price=price))[0] for price in (1_900.0, 2_500.0))
    gained = step(up, PoolRoll(strike=2_000.0))[0]
    assert gained.fees == pytest.approx(0.2 * 0.04 + 0.00038356 * 10.04)
    assert gained.price == pytest.approx((10.04 - gained.fees) / 10)
    assert step(down, PoolRoll(strike=2_000.0))[0].fees == 0.0


# --- Greeks


@KINDS
@pytest.mark.parametrize("spot", [1_500.0, 1_950.0, 2_400.0])
def test_greeks_are_derivatives_of_the_value(kind, spot):
    vault = sold(kind)

    def value(s, v, t):
        return float(greeks(vault, s, vol=v, years=t).value_usd)

    at = greeks(vault, spot, vol=0.8, years=WEEK)
    h = spot * 1e-4
    up, mid, low = (value(spot + k * h, 0.8, WEEK) for k in (1, 0, -1))
    assert (up - low) / (2 * h) == pytest.approx(float(at.delta), rel=1e-6, abs=1e-6)
    assert (up - 2 * mid + low) / h**2 == pytest.approx(float(at.gamma), rel=1e-4, abs=1e-8)
    vega = (value(spot, 0.801, WEEK) - value(spot, 0.799, WEEK)) / 0.2
    assert vega == pytest.approx(float(at.vega_usd_per_point), rel=1e-4, abs=1e-6)
    hour = 1 / (365 * 24)
    theta = (value(spot, 0.8, WEEK - hour) - value(spot, 0.8, WEEK + hour)) * 12
    assert theta == pytest.approx(float(at.theta_usd_per_day), rel=1e-3, abs=1e-6)


@KINDS
def test_depositors_are_short_gamma_short_vega_and_long_theta(kind):
    at = greeks(sold(kind), np.linspace(1_200.0, 3_000.0, 7), vol=0.8, years=WEEK)
    assert np.all(at.gamma < 0)
    assert np.all(at.vega_usd_per_point < 0)
    assert np.all(at.theta_usd_per_day > 0)
    assert np.all(at.delta > 0)


@KINDS
def test_value_is_the_asset_less_the_option_of_a_closed_form(kind):
    spot, vol = mp.mpf(1_950), mp.mpf("0.8")
    root = vol * mp.sqrt(mp.mpf(7) / 365)
    d1 = mp.log(spot / 2_000) / root + root / 2
    call = spot * mp.ncdf(d1) - 2_000 * mp.ncdf(d1 - root)
    vault = sold(kind)
    asset = mp.mpf(float(vault.cash + vault.locked))
    if kind == "call":
        expected = asset * spot - mp.mpf("7.5") * call
    else:
        expected = asset - mp.mpf("7.5") * (call - spot + 2_000)
    value = greeks(vault, 1_950.0, vol=0.8, years=WEEK).value_usd
    assert float(value) == pytest.approx(float(expected), rel=1e-12)


@KINDS
def test_a_vault_without_options_has_no_gamma(kind):
    vault = step(PooledVault(kind=kind), PoolDeposit(amount=10.0))[0]
    at = greeks(vault, 2_000.0, vol=0.8, years=WEEK)
    assert (float(at.gamma), float(at.vega_usd_per_point)) == (0.0, 0.0)
    assert float(at.delta) == (10.0 if kind == "call" else 0.0)


@KINDS
def test_value_at_expiry_is_what_the_vault_then_has(kind):
    """A second before expiry the option is worth its payoff: the settlement moves no value."""
    for price in (1_500.0, 2_700.0):
        vault = sold(kind, sold_share=1.0)
        before = greeks(vault, price, vol=0.5, years=1 / (365 * 86_400)).value_usd
        after = step(vault, PoolExpiry(price=price))[0]
        worth = after.cash * (price if kind == "call" else 1.0)
        assert float(before) == pytest.approx(float(worth), rel=1e-9)


# --- the record


def written(kind):
    decimals = 18 if kind == "call" else 6
    state = RibbonState(kind=kind, decimals=decimals, minimum_supply=1, sale="quotes")
    for event in (
        SetMinimumPrice(price=10**15),
        Deposit(account="ann", amount=(10 if kind == "call" else 20_000) * 10**decimals),
        CommitAndClose(strike=2_000 * 10**8, time=1_622_188_800 - 86_400),
        RollToNextOption(),
        SellByQuote(account="eve", options=5 * 10**8, amount=10**decimals),
        SellByQuote(account="dan", options=2 * 10**8, amount=10**decimals),
    ):
        state, _ = exact.step(state, event)
    return state


@KINDS
def test_the_vault_is_short_what_the_buyers_hold(kind):
    rows = {row.holder: row for row in holdings(written(kind)) if row.kind == kind}
    assert {name: row.quantity for name, row in rows.items()} == {
        "vault": -7.0,
        "eve": 5.0,
        "dan": 2.0,
    }
    assert {row.strike for row in rows.values()} == {2_000.0}
    assert rows["vault"].years == pytest.approx(1 / 365)
    coins = [row.quantity for row in holdings(written(kind)) if row.kind == "spot"]
    assert coins == ([12.0] if kind == "call" else [])


@KINDS
def test_integers_and_floats_describe_one_vault(kind):
    ours = pooled(written(kind))
    assert (ours.sold, ours.unsold, ours.strike) == (7.0, 3.0, 2_000.0)
    assert ours.locked == (10.0 if kind == "call" else 20_000.0)
    assert ours.weekly_fee == 0.00038356
    assert float(greeks(ours, 2_000.0, vol=0.8, years=WEEK).gamma) < 0


def test_it_is_registered_and_plays_from_defaults():
    assert mechanism_named("ribbon") is RIBBON
    done = play(RIBBON, RibbonState(), [Deposit(account="ann", amount=10**18), RollToNextOption()])
    assert as_plain(done.outcomes[1]) == {"refused": "!nextOption"}
    assert done.states[1].pending == 10**18


def test_a_bidder_who_is_outbid_gets_everything_back():
    state = RibbonState(minimum_supply=1, minimum_price=10**15)
    for event in (
        Deposit(account="ann", amount=10**18),
        CommitAndClose(strike=2_000 * 10**8),
        RollToNextOption(),
        PlaceBid(account="eve", options=10**8, amount=2 * 10**15),
        PlaceBid(account="dan", options=10**8, amount=3 * 10**15),
        SettleAuction(),
    ):
        state, outcome = exact.step(state, event)
    assert outcome.proceeds == 3 * 10**15
    assert (state.wallets["eve"], state.wallets["dan"]) == (0, -3 * 10**15)
    assert state.short.holders["dan"] == 10**8
    assert exact.money(state) == 0


@pytest.mark.parametrize("name", ["vault", "auction", "fees", ""])
def test_nobody_can_act_as_the_contracts(name):
    with pytest.raises(InputError, match="name an account other than"):
        exact.step(RibbonState(), Deposit(account=name, amount=1))


def test_impossible_inputs_are_said():
    with pytest.raises(InputError, match="kind 'straddle'"):
        RibbonState(kind="straddle")
    with pytest.raises(InputError, match="sale 'barter'"):
        RibbonState(sale="barter")
    with pytest.raises(InputError, match="decimals 27"):
        RibbonState(decimals=27)
    with pytest.raises(InputError, match="give 0 or more"):
        exact.step(RibbonState(), Deposit(account="a", amount=-1))
    with pytest.raises(InputError, match="give 0 or more"):
        exact.step(RibbonState(), Send(account="a", amount=-1))
    with pytest.raises(InputError, match="the last event was at 7"):
        exact.step(RibbonState(time=7), CommitAndClose(strike=1, time=6))


@given(options=st.integers(1, 10**9), amount=st.integers(0, 10**19))
def test_a_quote_below_the_floor_is_refused(options, amount):
    """ribbon-v2, contracts/utils/Swap.sol: price = amount·10⁸/options, rounded down."""
    state = written("call")
    event = SellByQuote(account="eve", options=options, amount=amount)
    if options > state.available or amount * 10**8 // options < 10**15:
        with pytest.raises(RefusedError):
            exact.step(state, event)
    else:
        after, outcome = exact.step(state, event)
        assert after.cash == state.cash + amount
        assert outcome.unsold == state.available - options
