"""Liquidation prices against the margin equation, solved here with nothing of the package."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

from shortgamma.basics.errors import InputError
from shortgamma.venues.liquidation import (
    LIQUIDATION_RULES,
    LiquidationRules,
    PerpContract,
    after_partial,
    bankruptcy_price,
    liquidation_price,
)

LEVERAGE = st.floats(1.5, 50.0)
MAINTENANCE = st.floats(0.0, 0.015)
SIDES = st.sampled_from([1.0, -1.0])
CONTRACTS = st.sampled_from(list(PerpContract))


class Account:
    """One position and its margin, in the unit in which the contract is margined."""

    def __init__(self, contract, side, size, entry, leverage):
        self.inverse, self.side, self.size = contract is PerpContract.INVERSE, side, size
        self.mark_at_entry = entry
        self.cash = self.notional(entry) / leverage

    def notional(self, price):
        """Linear: size coins, worth size·price USD. Inverse: size USD, worth size/price coins."""
        return self.size / price if self.inverse else self.size * price

    def equity(self, price):
        moved = self.notional(price) - self.notional(self.mark_at_entry)
        return self.cash + (-self.side if self.inverse else self.side) * moved

    def close(self, fraction, price, cost):
        """Realises the profit of all, restarts the rest at ``price`` and pays for the closed part."""
        self.cash = self.equity(price) - cost * fraction * self.notional(price)
        self.mark_at_entry = price
        self.size *= 1.0 - fraction

    def hits(self, maintenance):
        """Price at which equity is ``maintenance`` times notional."""

        def gap(price):
            return self.equity(price) - maintenance * self.notional(price)

        return brentq(
            gap, 1e-6 * self.mark_at_entry, 1e4 * self.mark_at_entry, xtol=1e-12, rtol=1e-14
        )


@given(CONTRACTS, SIDES, st.floats(1.0, 1e6), LEVERAGE, MAINTENANCE)
def test_equity_is_maintenance_at_the_liquidation_price(contract, side, entry, leverage, m):
    account = Account(contract, side, 3.0, entry, leverage)
    price = liquidation_price(entry, leverage, side=side, maintenance=m, contract=contract)
    assert price == pytest.approx(account.hits(m), rel=1e-9)
    broke = bankruptcy_price(entry, leverage, side=side, contract=contract)
    assert broke == pytest.approx(account.hits(0.0), rel=1e-9)


@pytest.mark.parametrize(
    ("contract", "long", "short"),
    [
        ("linear", 0.9 / 0.995, 1.1 / 1.005),
        ("inverse", 1.005 / 1.1, 0.995 / 0.9),
    ],
)
def test_ten_times_leverage_at_half_a_percent(contract, long, short):
    """Entry 1, L = 10, m = 0.5 %: the four formulas as they are printed."""
    prices = liquidation_price(
        1.0, 10.0, side=np.array([1.0, -1.0]), maintenance=0.005, contract=PerpContract(contract)
    )
    np.testing.assert_allclose(prices, [long, short], rtol=1e-14)


@given(
    CONTRACTS, SIDES, LEVERAGE, st.floats(0.001, 0.015), st.floats(0.0, 0.95), st.floats(0.0, 0.9)
)
def test_after_a_partial_close_the_rest_obeys_the_margin_equation(
    contract, side, leverage, m, fraction, cost_share
):
    """Closing a part at the trigger is replayed on an account; cost up to 0.9 m is paid on what closes."""
    cost = cost_share * m
    account = Account(contract, side, 3.0, 100.0, leverage)
    trigger = account.hits(m)
    account.close(fraction, trigger, cost)
    if (m - cost * fraction) / (1.0 - fraction) > 0.5:
        return
    price = after_partial(trigger, fraction, side=side, maintenance=m, contract=contract, cost=cost)
    assert price == pytest.approx(account.hits(m), rel=1e-9)


@given(CONTRACTS, SIDES, st.floats(0.001, 0.1), st.floats(0.01, 0.8))
def test_a_partial_close_buys_room_and_costs_use_it_up(contract, side, m, fraction):
    moved = after_partial(100.0, fraction, side=side, maintenance=m, contract=contract)
    assert side * (100.0 - moved) > 0.0
    spent = after_partial(100.0, fraction, side=side, maintenance=m, contract=contract, cost=m)
    assert spent == pytest.approx(100.0)
    beyond = after_partial(
        100.0, fraction, side=side, maintenance=m, contract=contract, cost=1.5 * m
    )
    assert side * (beyond - 100.0) > 0.0


@pytest.mark.parametrize("rules", LIQUIDATION_RULES.values(), ids=LIQUIDATION_RULES.keys())
@pytest.mark.parametrize("side", [1.0, -1.0])
def test_liquidation_comes_before_the_backstop_and_bankruptcy_last(rules, side):
    leverage = np.array([2.0, 5.0, 10.0, 25.0])
    first = rules.liquidation_price(100.0, leverage, side=side)
    backstop = rules.backstop_price(100.0, leverage, side=side)
    broke = rules.bankruptcy_price(100.0, leverage, side=side)
    assert np.all(side * (100.0 - first) > 0.0)
    assert np.all(side * (first - backstop) > 0.0)
    if rules.backstop_fraction:
        assert np.all(side * (backstop - broke) > 0.0)
    else:
        np.testing.assert_array_equal(backstop, broke)


def test_backstop_is_where_equity_is_two_thirds_of_maintenance():
    rules = LIQUIDATION_RULES["hyperliquid"]
    account = Account(PerpContract.LINEAR, 1.0, 1.0, 100.0, 20.0)
    price = account.hits(rules.maintenance * 2.0 / 3.0)
    assert rules.backstop_price(100.0, 20.0, side=1.0) == pytest.approx(price, rel=1e-9)


def test_hyperliquid_closes_a_fifth_of_large_positions_unless_it_just_did():
    rules = LIQUIDATION_RULES["hyperliquid"]
    size = np.array([50e3, 100e3, 100_001.0, 1e6, 1e6, 1e6])
    since = np.array([np.inf, np.inf, np.inf, np.inf, 29.9, 30.0])
    assert rules.closed_fraction(size, since).tolist() == [1.0, 1.0, 0.2, 0.2, 1.0, 0.2]
    assert LIQUIDATION_RULES["full"].closed_fraction(1e9, np.inf) == 1.0


def test_rules_close_their_own_fraction():
    rules = LIQUIDATION_RULES["hyperliquid"]
    m = rules.maintenance
    expected = 100.0 * (1.0 - m / 0.8) / (1.0 - m)
    assert rules.after_partial(100.0, side=1.0) == pytest.approx(expected, rel=1e-14)
    assert np.isnan(LIQUIDATION_RULES["full"].after_partial(100.0, side=1.0))


def test_fully_margined_positions_are_out_of_reach():
    assert liquidation_price(100.0, 1.0, side=1.0, maintenance=0.01) == 0.0
    assert liquidation_price(100.0, 0.5, side=1.0, maintenance=0.01) == 0.0
    short = liquidation_price(
        100.0,
        np.array([1.0, 0.5]),
        side=-1.0,
        maintenance=0.01,
        contract=PerpContract.INVERSE,
    )
    assert np.isinf(short).all()


def test_bad_elements_are_nan_and_spare_the_rest():
    prices = liquidation_price(
        np.array([100.0, -1.0, 100.0, 100.0, np.nan]),
        np.array([10.0, 10.0, 0.0, 10.0, 10.0]),
        side=np.array([1.0, 1.0, 1.0, 0.0, 1.0]),
        maintenance=0.01,
    )
    assert np.isnan(prices).tolist() == [False, True, True, True, True]
    assert np.isnan(after_partial(100.0, np.array([1.0, -0.1]), side=1.0, maintenance=0.01)).all()


@pytest.mark.parametrize(
    "bad",
    [
        {"maintenance": 1.0},
        {"maintenance": float("nan")},
        {"partial_fraction": 0.0},
        {"partial_above_usd": -1.0},
        {"cooldown_seconds": -1.0},
        {"backstop_fraction": 1.5},
        {"contract": "quanto"},
    ],
)
def test_impossible_rules_are_refused(bad):
    with pytest.raises(InputError) as caught:
        LiquidationRules(**{"name": "x", "maintenance": 0.01, "source": "x", **bad})
    assert caught.value.place
    assert caught.value.remedy
