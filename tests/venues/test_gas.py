"""The base fee against published vectors and rational arithmetic; the bid model against its limits."""

from fractions import Fraction
from math import floor, gcd

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortgamma.basics.errors import InputError, ShapeError
from shortgamma.venues.gas import (
    LARGEST_BASE_FEE,
    LARGEST_GAS_LIMIT,
    TipMarket,
    cost_with_reverts_usd,
    gas_cost_usd,
    inclusion_probability,
    next_base_fee,
    next_base_fees,
)

# Base fee, gas used, gas limit, next base fee: the test vectors that Ethereum clients share.
PUBLISHED = [
    (1_000_000_000, 10_000_000, 10_000_000, 1_125_000_000),
    (1_000_000_000, 10_000_000, 12_000_000, 1_083_333_333),
    (1_000_000_000, 10_000_000, 14_000_000, 1_053_571_428),
    (1_072_671_875, 9_000_000, 10_000_000, 1_179_939_062),
    (1_059_263_476, 10_001_000, 14_000_000, 1_116_028_649),
    (1_049_238_967, 0, 2_000_000, 918_084_097),
    (1_049_238_967, 10_000_000, 18_000_000, 1_063_811_730),
    (0, 10_000_000, 18_000_000, 1),
    (1, 10_000_000, 18_000_000, 2),
    (2, 10_000_000, 18_000_000, 3),
]


@pytest.mark.parametrize(("fee", "used", "limit", "expected"), PUBLISHED)
def test_published_vectors(fee, used, limit, expected):
    assert next_base_fee(fee, used, gas_limit=limit) == expected
    vector = next_base_fees(np.array([float(fee)]), np.array([float(used)]), gas_limit=limit)
    assert vector[0] == expected


def exact(fee, used, limit):
    """EIP-1559 in rational numbers: both roundings are towards zero, a rise is at least 1."""
    target = limit // 2
    step = floor(Fraction(floor(Fraction(fee * abs(used - target), target)), 8))
    if used > target:
        return fee + max(step, 1)
    return fee - step


@given(st.data(), st.integers(0, 10**60), st.integers(2, 10**30))
def test_integers_of_any_size(data, fee, limit):
    used = data.draw(st.integers(0, limit))
    assert next_base_fee(fee, used, gas_limit=limit) == exact(fee, used, limit)


@given(st.data(), st.integers(2, int(LARGEST_GAS_LIMIT)))
def test_floats_are_exact_up_to_the_stated_bounds(data, limit):
    """Beyond 2⁵³ the product of fee and gas is no exact float: the split must carry it."""
    fees = data.draw(st.lists(st.integers(0, int(LARGEST_BASE_FEE) - 1), min_size=1, max_size=20))
    used = data.draw(st.lists(st.integers(0, limit), min_size=len(fees), max_size=len(fees)))
    answer = next_base_fees(np.array(fees, float), np.array(used, float), gas_limit=limit)
    assert answer.tolist() == [exact(f, u, limit) for f, u in zip(fees, used, strict=True)]


@given(st.integers(1, 2**25), st.integers(0, 2**25), st.integers(0, 1000), st.booleans())
def test_floats_are_exact_just_below_a_whole_step(half, gap, back, rises):
    """Fees with fee·distance = −1 modulo 8·target: one rounding upwards and the step is off by one wei."""
    target = 2 * half
    distance = (2 * gap + 1) % target
    if gcd(distance, 8 * target) != 1:
        return
    rest = -pow(distance, -1, 8 * target) % (8 * target)
    fee = rest + 8 * target * ((2**52 - 1 - rest) // (8 * target) - back)
    if fee < 0:
        return
    assert fee * distance % (8 * target) == 8 * target - 1
    used = target + distance if rises else target - distance
    answer = next_base_fees(np.array([float(fee)]), np.array([float(used)]), gas_limit=2 * target)
    assert int(answer[0]) == exact(fee, used, 2 * target)


def test_floats_are_exact_at_the_corners():
    limit = int(LARGEST_GAS_LIMIT)
    for target_limit in (limit, limit - 1, limit - 2, 60_000_000, 36_000_001, 3, 2):
        target = target_limit // 2
        fees, used = [], []
        for fee in (0, 1, 7, 8, target - 1, target, target + 1, 2**40, 2**52 - 1, 2**52 - target):
            for gas in (0, 1, target - 1, target, target + 1, target_limit - 1, target_limit):
                if fee >= 0 and 0 <= gas <= target_limit:
                    fees.append(min(fee, 2**52 - 1))
                    used.append(gas)
        answer = next_base_fees(
            np.array(fees, float), np.array(used, float), gas_limit=target_limit
        )
        expected = [exact(f, u, target_limit) for f, u in zip(fees, used, strict=True)]
        assert answer.tolist() == expected


@given(st.integers(1, 2**60), st.integers(2, 10**8))
def test_a_step_is_at_most_an_eighth_and_the_target_keeps_the_fee(fee, limit):
    assert next_base_fee(fee, limit // 2, gas_limit=limit) == fee
    empty, full = (next_base_fee(fee, used, gas_limit=limit) for used in (0, limit))
    assert fee - fee // 8 == empty
    if limit % 2 == 0:
        assert full == fee + max(fee // 8, 1)


def test_a_fraction_of_gas_is_dropped_and_bad_elements_are_nan():
    fee = np.array([1e9, 1e9, -1.0, 2.0**52, np.nan, 1.5, 1e9, 1e9])
    used = np.array([7.5e6 + 0.9, 7.5e6, 1.0, 1.0, 1.0, 1.0, -1.0, 2e7])
    answer = next_base_fees(fee, used, gas_limit=15_000_000)
    assert answer[:2].tolist() == [1e9, 1e9]
    assert np.isnan(answer[2:]).all()


def test_the_answer_may_overwrite_the_fee():
    fee, used = np.array([1e9, 2e9]), np.array([15e6, 0.0])
    assert next_base_fees(fee, used, gas_limit=15_000_000, out=fee) is fee
    assert fee.tolist() == [1_125_000_000.0, 1_750_000_000.0]


@pytest.mark.parametrize(
    ("fee", "used", "limit"), [(-1, 0, 10), (1, -1, 10), (1, 11, 10), (1, 0, 1)]
)
def test_impossible_blocks_are_refused(fee, used, limit):
    with pytest.raises(InputError) as caught:
        next_base_fee(fee, used, gas_limit=limit)
    assert caught.value.place
    assert caught.value.remedy


def test_shapes_and_limits_are_checked():
    with pytest.raises(ShapeError):
        next_base_fees(np.zeros(2), np.zeros(3), gas_limit=10)
    with pytest.raises(InputError):
        next_base_fees(np.zeros(2), np.zeros(2), gas_limit=2**28)


def test_a_block_with_room_takes_every_bid_that_covers_the_base_fee():
    sure = TipMarket(missed=0.0)
    for congestion in (0.0, 0.5, 1.0):
        chance = inclusion_probability(
            np.array([9e9, 10e9, 11e9]), 10e9, priority_wei=0.0, congestion=congestion, market=sure
        )
        assert chance.tolist() == [0.0, 1.0, 1.0]


@given(st.floats(1.0, 100.0))
def test_a_median_bid_has_the_chance_of_a_lot(congestion):
    """A full block that could be filled c times over takes one in c."""
    market = TipMarket(median_wei=2e9, missed=0.0)
    chance = inclusion_probability(
        1e12, 1e10, priority_wei=2e9, congestion=congestion, market=market
    )
    assert chance == pytest.approx(1.0 / congestion, rel=1e-12)


@given(st.floats(1e6, 1e11), st.floats(1.0, 3.0), st.floats(0.0, 20.0), st.floats(0.0, 2.0))
def test_a_higher_tip_helps_and_congestion_hurts(tip, factor, congestion, more):
    def chance(priority, demand):
        return inclusion_probability(1e13, 1e10, priority_wei=priority, congestion=demand)

    assert chance(tip * factor, congestion) >= chance(tip, congestion)
    assert chance(tip, congestion + more) <= chance(tip, congestion)
    assert 0.0 <= chance(tip, congestion) <= 0.99


def test_the_maximum_fee_caps_the_tip():
    capped = inclusion_probability(10.5e9, 10e9, priority_wei=5e9, congestion=3.0)
    assert capped == inclusion_probability(1e12, 10e9, priority_wei=0.5e9, congestion=3.0)
    assert inclusion_probability(10e9, 10e9, priority_wei=5e9, congestion=3.0) == 0.0


@pytest.mark.parametrize(
    "bad", [{"median_wei": 0.0}, {"steepness": -1.0}, {"missed": 1.0}, {"missed": float("nan")}]
)
def test_impossible_bid_markets_are_refused(bad):
    with pytest.raises(InputError) as caught:
        TipMarket(**bad)
    assert caught.value.remedy


def test_gas_cost_of_a_plain_transfer():
    """21,000 gas at 20 + 1 gwei is 0.000441 ETH, 1.323 USD at 3,000."""
    assert gas_cost_usd(21_000, 20e9, priority_wei=1e9, coin_price=3_000.0) == pytest.approx(1.323)


def test_reverts_cost_what_an_attempt_by_attempt_sum_costs():
    p, share, cost = 0.3, 0.6, 40.0
    series = sum((1 - p) * p**k * cost * (1 + k * share) for k in range(400))
    assert cost_with_reverts_usd(cost, p, gas_share=share) == pytest.approx(series, rel=1e-12)
    assert cost_with_reverts_usd(cost, 0.0) == cost
    assert np.isnan(cost_with_reverts_usd(cost, np.array([1.0, -0.1, np.nan]))).all()
