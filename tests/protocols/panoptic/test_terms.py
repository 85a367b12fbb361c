"""Collateral ratios and premium spreads of panoptic-v1-core: floats, integers and the drawn curves."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortgamma.protocols.panoptic import terms as t


def test_the_drawn_curves() -> None:
    # The diagrams of CollateralTracker.sol: 20 → 100 % and 10 → 5 % between 50 and 90 % utilisation.
    points = np.array([0.0, 0.5, 0.7, 0.9, 1.0])
    assert t.seller_ratio(points).tolist() == pytest.approx([0.2, 0.2, 0.6, 1.0, 1.0])
    assert t.buyer_ratio(points).tolist() == pytest.approx([0.1, 0.1, 0.075, 0.05, 0.05])
    assert t.seller_ratio(-points[1:]).tolist() == pytest.approx([0.1, 0.55, 1.0, 1.0])
    assert [t.exact_seller_ratio(u) for u in (0, 5_000, 7_000, 9_000, 10_000)] == [
        2_000,
        2_000,
        6_000,
        10_000,
        10_000,
    ]
    assert [t.exact_buyer_ratio(u) for u in (0, 7_000, 9_000, 10_000, 10_001)] == [
        1_000,
        750,
        500,
        500,
        10_000,
    ]


@given(st.integers(-10_000, 10_000).filter(bool))
def test_floats_agree_with_basis_points(utilisation: int) -> None:
    used = utilisation / 1e4
    assert abs(t.seller_ratio(used) * 1e4 - t.exact_seller_ratio(utilisation)) < 1.0
    assert abs(t.buyer_ratio(used) * 1e4 - t.exact_buyer_ratio(utilisation)) < 1.0


AMOUNTS = st.integers(0, 10**30)
LIQUIDITY = st.integers(10**10, 10**30)


@given(AMOUNTS, LIQUIDITY, st.floats(0.0, 9.0))
def test_sellers_get_the_fees_and_what_buyers_owe(collected: int, net: int, spread: float) -> None:
    removed = int(net * spread)
    owed, gross = t.exact_premium_rates(collected, net, removed)
    paid = collected + Fraction(owed * removed, 2**64)
    got = Fraction(gross * (net + removed), 2**64)
    # Three cuts of one unit of 2⁻⁶⁴ each, times the liquidity.
    assert abs(paid - got) <= 4 + 4 * Fraction(net + removed, 2**64) + paid * Fraction(1, 10**9)


@given(st.integers(10**15, 10**24), st.integers(10**12, 10**20), st.floats(0.0, 9.0))
def test_float_premia_agree_with_the_contract(collected: int, net: int, spread: float) -> None:
    removed = int(net * spread)
    owed, gross = t.premium_rates(float(collected), float(net), float(removed))
    whole = t.exact_premium_rates(collected, net, removed)
    assert owed * 2.0**64 == pytest.approx(whole[0], rel=1e-9)
    assert gross * 2.0**64 == pytest.approx(whole[1], rel=1e-9)
    assert owed == pytest.approx(collected / net * (1.0 + 0.25 * removed / net), rel=1e-12)
    assert gross * (net + removed) == pytest.approx(collected + owed * removed, rel=1e-12)


def test_premium_is_the_fee_alone_while_nobody_has_bought() -> None:
    owed, gross = t.premium_rates(7.0, 100.0, 0.0)
    assert (float(owed), float(gross)) == (0.07, 0.07)
    assert t.premium_rates(7.0, 100.0, 900.0)[0] == pytest.approx(0.07 * 3.25)
