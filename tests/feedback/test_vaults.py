"""Vaults and those who hedge them: strikes, settlements, collateral, accounts that add up."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

from shortgamma.basics.errors import InputError
from shortgamma.feedback.agents.vault_auction import Auction
from shortgamma.feedback.agents.vault_calendar import WEEK
from shortgamma.feedback.agents.vault_hedgers import Presale
from shortgamma.feedback.engine import Run, simulate
from shortgamma.feedback.processes.gbm import Gbm
from shortgamma.protocols.ribbon.strike import black_strike
from tests.feedback.markets import SPOT, market, watched
from tests.feedback.vault_markets import (
    HOURS,
    PLAIN,
    VOL,
    fridays,
    makers,
    sellers,
    states,
    vaults,
)


def test_strikes_are_chosen_by_the_price_of_the_path():
    found = {}

    def see(world, _twin):
        if world.index + 1 in (24, 192):
            found[world.index + 1] = (world.price.copy(), states(world)[0].strike.copy())

    held = sellers()
    watched(fridays(held, makers(), theta=0.2), Run(paths=200, seed=5, threads=1), see)
    assert set(found) == {24, 192}
    for price, strike in found.values():
        for number in range(2):
            expected = black_strike(price, years=WEEK, vol=VOL, rule=held.vaults.rule(number))
            np.testing.assert_array_equal(strike[number], expected)
        assert len(np.unique(strike[0])) > 3


def test_settlements_are_the_payoffs_at_the_expiry():
    seen = []

    def see(world, _twin):
        state = states(world)[0]
        seen.append(
            (world.price.copy(), state.strike.copy(), state.quantity.copy(), state.payoff.copy())
        )

    watched(fridays(sellers(), makers(), theta=0.2), Run(paths=300, seed=6, threads=1), see)
    price = seen[191][0]
    _price, strike, quantity, paid = seen[190]
    payoff = quantity[0] * np.maximum(price - strike[0], 0.0)
    payoff += quantity[1] * np.maximum(strike[1] - price, 0.0)
    np.testing.assert_allclose(seen[191][3] - paid, payoff, rtol=1e-12, atol=1e-9)
    assert (payoff > 0.0).mean() > 0.05


def test_collateral_covers_what_is_owed_and_grows_by_the_premium():
    last = {}

    def see(world, _twin):
        last["state"] = states(world)[0]

    violent = fridays(sellers(), process=Gbm(vol=2.0))
    watched(violent, Run(paths=500, seed=7, threads=1), see)
    assert np.all(last["state"].collateral >= 0.0)
    calm = fridays(sellers(), process=Gbm(vol=1e-3), steps=40)
    watched(calm, Run(paths=10, seed=7, threads=1), see)
    state = last["state"]
    start = np.array([5e3, 5e5])[:, None]
    usd = np.sum((state.collateral - start) * np.array([[SPOT], [1.0]]), axis=0)
    np.testing.assert_allclose(usd, state.premium, rtol=1e-3)


def test_collateral_pays_what_is_owed_in_its_own_asset():
    seen = {}

    def see(world, _twin):
        state = states(world)[0]
        seen[world.index + 1] = (world.price.copy(), state.collateral.copy(), state.payoff.copy())

    watched(fridays(sellers()), Run(paths=500, seed=14, threads=1), see)
    price, after, paid = seen[192]
    _price, before, paid_before = seen[191]
    lost = (before - after) * np.stack([price, np.ones_like(price)])
    assert np.all(lost >= 0.0)
    np.testing.assert_allclose(lost.sum(axis=0), paid - paid_before, rtol=1e-6, atol=1e-6)
    assert np.all((lost > 0.0).mean(axis=1) > 0.02)


def test_a_floor_is_a_part_of_the_fair_premium_in_the_asset_of_the_vault():
    seen = {}

    def see(world, _twin):
        if world.index + 1 == 24:
            state = states(world)[0]
            seen["floor"] = (world.price.copy(), state.strike.copy(), state.floor.copy())

    watched(fridays(sellers(Auction(floor=0.7))), Run(paths=50, seed=15, threads=1), see)
    price, strike, floor = seen["floor"]
    sign, width = np.array([[1.0], [-1.0]]), VOL * np.sqrt(WEEK)
    d1 = np.log(price / strike) / width + 0.5 * width
    fair = sign * (price * norm.cdf(sign * d1) - strike * norm.cdf(sign * (d1 - width)))
    np.testing.assert_allclose(
        floor, 0.7 * fair / np.stack([price, np.ones_like(price)]), rtol=1e-9
    )


def test_sales_lower_the_vol_for_a_while():
    """By bid_fall per vega when sold, by half of it after the recovery's half-life."""
    auction = replace(PLAIN, vol_per_million_vega=20.0, recovery_hours=24.0)
    seen = {}

    def see(world, _twin):
        state = states(world)[0]
        seen[world.index + 1] = (
            state.dip.copy(),
            state.quantity.copy(),
            state.strike.copy(),
            world.price.copy(),
        )

    watched(fridays(sellers(auction)), Run(paths=20, seed=16, threads=1), see)
    dip, quantity, strike, price = seen[30]
    left = WEEK - 6.0 / 8_760.0
    d1 = np.log(price / strike) / (VOL * np.sqrt(left)) + 0.5 * VOL * np.sqrt(left)
    vega = 0.01 * np.sum(quantity * price * norm.pdf(d1) * np.sqrt(left), axis=0)
    assert np.all(seen[29][0] == 0.0)
    assert np.all(dip > 0.0)
    np.testing.assert_allclose(dip, 20.0 * vega / 1e6, rtol=0.05)
    np.testing.assert_allclose(seen[54][0], 0.5 * dip, rtol=1e-9)


def test_the_hedge_of_what_ended_in_the_money_is_worked_off():
    seen = {}

    def see(world, _twin):
        hedger = states(world)[1]
        if hedger is not None:
            seen[world.index + 1] = (
                hedger.held(world).copy(),
                hedger.offset.copy(),
                world.price.copy(),
            )

    made = makers(unwind_hours=6.0)
    calls = sellers(replace(PLAIN, hours=7.0), vaults=vaults(calls=(True,)))
    setup = fridays(calls, made, process=Gbm(vol=1.2))
    watched(setup, Run(paths=400, seed=17, threads=1), see)
    held, offset, _price = seen[192]
    deep = held < 0.9 * held.min()
    assert deep.sum() > 5
    # The first of six parts is due in the next step.
    np.testing.assert_allclose(offset[deep], 5.0 / 6.0 * held[deep], rtol=1e-6)
    np.testing.assert_allclose(seen[195][0][deep], 0.5 * held[deep], rtol=1e-6)
    assert np.abs(seen[198][0][deep]).max() < 1e-6 * np.abs(held[deep]).max()


def test_every_dollar_of_options_has_two_sides():
    """Vaults, buyers and clients: without a hedge their results add up to nothing."""
    presale = Presale(share=0.5, half_spread_vol=0.02)
    setup = fridays(sellers(Auction(floor=0.6)), makers(presale=presale, share=0.7))
    sums = {}

    def see(world, _twin):
        accounts = world.accounts
        for name in ("cash", "coins"):
            rows = getattr(accounts, name)
            gross = np.abs(rows).sum(axis=0)
            sums[name] = max(sums.get(name, 0.0), (np.abs(rows.sum(axis=0)) / (gross + 1.0)).max())
        seller, hedger = states(world)
        assert accounts.cash[seller.account] == pytest.approx(-accounts.cash[seller.buyers])
        assert np.all(seller.quantity >= 0.0)
        assert np.all(seller.quantity <= seller.offered * (1.0 + 1e-12))
        groups = len(seller.quantity)
        np.testing.assert_array_equal(hedger.quantity[:groups], 0.7 * seller.quantity)
        assert np.all(hedger.quantity[groups:] <= 0.0)

    watched(setup, Run(paths=50, seed=8, threads=1), see)
    assert max(sums.values()) < 1e-12


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_hedged_fair_book_makes_nothing_on_average_and_much_less_risk(share):
    """No impact, no costs, implied = realised: only the length of a step is left of the risk."""
    finer = {"steps": 4 * HOURS, "seconds": 900.0}
    presale = Presale(share=share, half_spread_vol=0.0)
    outcome = simulate(
        fridays(sellers(), makers(presale=presale), **finer), Run(paths=2_000, seed=9)
    )
    hedged = outcome.market["market makers: pnl_usd"]
    bare = -outcome.market["vaults: pnl_usd"]
    assert abs(hedged.mean()) < 4.0 * hedged.std() / np.sqrt(2_000)
    assert hedged.std() < 0.25 * bare.std()


def test_hedgers_without_vaults_are_one_line():
    with pytest.raises(InputError, match="no vaults") as caught:
        simulate(market(makers()), Run(paths=2))
    assert caught.value.remedy


@pytest.mark.parametrize(
    "make",
    [
        lambda: makers(share=1.5),
        lambda: makers(unwind_hours=0.0),
        lambda: makers(daily_volume_usd=0.0),
        lambda: Presale(share=-0.1),
        lambda: Presale(hours=0.0),
        lambda: sellers(implied_vol=0.0),
    ],
)
def test_absurd_figures_are_one_line(make):
    with pytest.raises(InputError) as caught:
        make()
    assert caught.value.remedy
