"""Each friction against its formula worked by hand, and the bundle against the sum of its parts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortgamma.basics.errors import InputError
from shortgamma.hedging.frictions import (
    Fees,
    Frictions,
    FundingCarry,
    Gas,
    Latency,
    LinearImpact,
    Margin,
    MinimumLot,
    Spread,
    SquareRootSlippage,
)
from shortgamma.venues.gas import cost_with_reverts_usd, gas_cost_usd

GAS = Gas(
    gas_used=250_000,
    base_fee_wei=20e9,
    priority_wei=2e9,
    coin_price=3_000.0,
    inclusion=0.5,
    failure=0.2,
    failure_gas=0.4,
)
ALL = Frictions(
    spread=Spread(fraction=1e-4),
    fees=Fees(maker=-1e-4, taker=5e-4),
    slippage=SquareRootSlippage(coefficient=0.8, daily_vol=0.03, daily_volume_usd=1e9),
    gas=GAS,
    funding=FundingCarry(rate=0.1),
    margin=Margin(initial=0.1, rate=0.05),
    latency=Latency(seconds=3.0),
    lot=MinimumLot(coins=0.1),
)
QUANTITIES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=5)


def test_costs_by_hand():
    """Two coins sold at 50,000 are 100,000 USD."""
    costs = ALL.cost_usd(np.array([-2.0]), 50_000.0)
    assert costs.spread[0] == pytest.approx(5.0)  # half of 1 bp
    assert costs.fees[0] == pytest.approx(50.0)  # 5 bp
    assert costs.slippage[0] == pytest.approx(100_000.0 * 0.8 * 0.03 * 0.01)  # √(1e5/1e9) = 0.01
    # 250,000·22e9 wei = 0.0055 coins = 16.50 USD; a quarter of an attempt reverts before, at 40 %
    assert costs.gas[0] == pytest.approx(16.5 * 1.1)


@given(QUANTITIES, st.floats(0.01, 1e6))
def test_kinds_add_up_to_the_total_and_buying_costs_what_selling_costs(quantities, price):
    costs = ALL.cost_usd(np.array(quantities), price)
    parts = [costs.spread, costs.fees, costs.slippage, costs.gas]
    np.testing.assert_array_equal(costs.total, sum(parts[1:], start=parts[0]))
    mirrored = ALL.cost_usd(-np.array(quantities), price)
    np.testing.assert_array_equal(costs.total, mirrored.total)
    assert all(part.shape == (len(quantities),) for part in parts)
    assert all((part >= 0.0).all() for part in parts)


@given(QUANTITIES)
def test_without_frictions_nothing_is_paid_and_nothing_rounded(quantities):
    free, wanted = Frictions(), np.array(quantities)
    np.testing.assert_array_equal(free.cost_usd(wanted, 100.0).total, 0.0)
    np.testing.assert_array_equal(free.carry_usd(wanted, 100.0, years=1.0).total, 0.0)
    np.testing.assert_array_equal(free.executable(wanted), wanted)


def test_no_trade_costs_nothing_not_even_gas():
    assert ALL.cost_usd(np.array([0.0]), 50_000.0).total.tolist() == [0.0]


def test_a_maker_pays_the_maker_fee_and_may_be_paid():
    fees = Fees(maker=-1e-4, taker=5e-4, is_maker=True)
    assert Frictions(fees=fees).cost_usd(3.0, 1e4).fees == pytest.approx(-3.0)


@given(st.floats(1.0, 1e9), st.floats(1.1, 10.0))
def test_slippage_grows_with_the_square_root_or_linearly(notional, multiple):
    root = SquareRootSlippage(coefficient=1.0, daily_vol=0.03, daily_volume_usd=1e10)
    linear = LinearImpact(depth_usd_per_pct=300e6)
    assert root.fraction(multiple * notional) == pytest.approx(
        multiple**0.5 * root.fraction(notional)
    )
    assert linear.fraction(multiple * notional) == pytest.approx(
        multiple * linear.fraction(notional)
    )


def test_linear_impact_fills_halfway_of_the_move():
    """300 M$ move the price 1 %, so 300 M$ are filled 0.5 % off on average."""
    assert LinearImpact(depth_usd_per_pct=300e6).fraction(300e6) == pytest.approx(0.005)


def test_gas_is_that_of_the_venue_rules():
    attempt = gas_cost_usd(250_000, 20e9, priority_wei=2e9, coin_price=3_000.0)
    assert GAS.attempt_usd == pytest.approx(attempt)
    assert GAS.expected_usd == pytest.approx(
        float(cost_with_reverts_usd(attempt, 0.2, gas_share=0.4))
    )


def test_expected_gas_and_blocks_are_those_of_simulated_attempts():
    rng = np.random.default_rng(11)
    size = 40_000
    paid, blocks, waiting = np.zeros(size), np.zeros(size), np.ones(size, bool)
    while waiting.any():
        included = rng.random(size) < GAS.inclusion
        reverted = rng.random(size) < GAS.failure
        blocks += waiting
        paid += np.where(waiting & included, np.where(reverted, 0.4, 1.0) * GAS.attempt_usd, 0.0)
        waiting &= ~(included & ~reverted)
    for simulated, expected in ((paid, GAS.expected_usd), (blocks, GAS.expected_blocks)):
        assert simulated.mean() == pytest.approx(expected, abs=4 * simulated.std() / np.sqrt(size))


def test_whole_lots_towards_zero():
    lot = MinimumLot(coins=0.1)
    wanted = np.array([0.3, -0.3, 0.39, -0.39, 0.05, -0.05, 0.0, 0.7])
    np.testing.assert_allclose(
        lot.rounded(wanted), [0.3, -0.3, 0.3, -0.3, 0.0, 0.0, 0.0, 0.7], rtol=1e-12
    )
    np.testing.assert_allclose(ALL.executable(-0.39), -0.3)


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 10.0))
def test_rounding_never_adds_and_leaves_less_than_a_lot(wanted, coins):
    got = float(MinimumLot(coins=coins).rounded(wanted))
    assert got * wanted >= 0.0
    assert abs(got) <= abs(wanted) + 1e-8 * coins
    assert abs(wanted) - abs(got) < coins * (1.0 + 1e-8)
    assert got / coins == pytest.approx(round(got / coins), abs=1e-6)


def test_longs_pay_positive_funding_and_both_sides_pay_for_margin():
    carry = ALL.carry_usd(np.array([2.0, -2.0]), 50_000.0, years=0.5)
    np.testing.assert_allclose(carry.funding, [5_000.0, -5_000.0])
    np.testing.assert_allclose(carry.margin, [250.0, 250.0])
    np.testing.assert_array_equal(carry.total, carry.funding + carry.margin)
    assert Latency(seconds=31_536_000.0).years == 1.0


@pytest.mark.parametrize(
    ("make", "values"),
    [
        (Spread, {"fraction": -1e-4}),
        (Fees, {"maker": 0.0, "taker": 5.0}),
        (SquareRootSlippage, {"coefficient": 1.0, "daily_vol": 0.03, "daily_volume_usd": 0.0}),
        (LinearImpact, {"depth_usd_per_pct": np.inf}),
        (Gas, {"gas_used": 1e5, "base_fee_wei": 1e9, "coin_price": 3e3, "failure": 1.0}),
        (Gas, {"gas_used": 1e5, "base_fee_wei": 1e9, "coin_price": 3e3, "inclusion": 1.5}),
        (FundingCarry, {"rate": np.nan}),
        (Latency, {"seconds": -1.0}),
        (MinimumLot, {"coins": 0.0}),
        (Margin, {"initial": -0.1, "rate": 0.0}),
    ],
)
def test_parameters_outside_their_range_are_refused(make, values):
    with pytest.raises(InputError) as caught:
        make(**values)
    assert caught.value.place
    assert caught.value.remedy
