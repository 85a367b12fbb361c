"""Slippage and spread against the formulas with which the protocol tests itself, in mpmath.

Formulas: rysk-finance/dynamic-hedging, packages/contracts/test/foundry/slippage.py and spread.py; the points
are those of Slippage.t.sol (gradient 0.001, delta 0.5 with its multiplier of 2).
"""

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortgamma.protocols.rysk.pricing import band_of, growth_cost, slippage_multiplier

EXPOSURES = st.floats(-5e3, 5e3)
AMOUNTS = st.floats(0.01, 1000.0)
GRADIENTS = st.floats(1e-6, 0.01)


def mean(exposure: float, amount: float, gradient: float, *, sells: bool) -> mp.mpf:
    with mp.workdps(40):
        after = exposure + amount if sells else mp.mpf(exposure) - amount
        low, high = sorted((mp.mpf(exposure), mp.mpf(after)))
        factor = 1 + mp.mpf(gradient)
        return (factor**-low - factor**-high) / mp.log(factor) / amount


@pytest.mark.parametrize("exposure", [100.0, -100.0, 0.0, -1000.0])
@pytest.mark.parametrize("amount", [0.01, 1.0, 10.0, 50.0, 1000.0])
@pytest.mark.parametrize("sells", [True, False])
def test_multipliers_are_those_of_the_protocols_formula(exposure, amount, sells) -> None:
    true = float(mean(exposure, amount, 0.002, sells=sells))
    found = slippage_multiplier(exposure, amount, gradient=0.002, is_sell=sells)
    assert found == pytest.approx(true, rel=1e-12)


@given(EXPOSURES, AMOUNTS, GRADIENTS, st.booleans())
def test_multipliers_are_means_along_the_path(exposure, amount, gradient, sells) -> None:
    with mp.workdps(30):
        sign = 1 if sells else -1
        true = mp.quad(lambda x: (1 + mp.mpf(gradient)) ** -(exposure + sign * amount * x), [0, 1])
    found = slippage_multiplier(exposure, amount, gradient=gradient, is_sell=sells)
    assert found == pytest.approx(float(true), rel=1e-9)


@given(EXPOSURES, AMOUNTS, AMOUNTS, GRADIENTS, st.booleans())
def test_a_trade_in_pieces_costs_the_same(exposure, first, second, gradient, sells) -> None:
    def cost(held: float, amount: float) -> float:
        return amount * slippage_multiplier(held, amount, gradient=gradient, is_sell=sells)

    moved = exposure + first if sells else exposure - first
    pieces = cost(exposure, first) + cost(moved, second)
    assert pieces == pytest.approx(cost(exposure, first + second), rel=1e-9)


@given(AMOUNTS, GRADIENTS)
def test_a_round_trip_gains_nothing_and_loses_nothing(amount: float, gradient: float) -> None:
    bought = slippage_multiplier(0.0, amount, gradient=gradient, is_sell=False)
    sold = slippage_multiplier(-amount, amount, gradient=gradient, is_sell=True)
    assert bought == pytest.approx(sold, rel=1e-12)
    assert bought >= 1.0


def test_without_a_gradient_there_is_no_slippage() -> None:
    found = slippage_multiplier(np.array([-5.0, 5.0]), 3.0, gradient=0.0, is_sell=False)
    assert found.tolist() == [1.0, 1.0]


def test_deltas_fall_into_bands_of_five() -> None:
    deltas = np.array([0.0, 0.049, 0.05, -0.5, 0.15, 0.99, 1.0])
    assert band_of(deltas, 0.05, bands=20).tolist() == [0, 0, 1, 10, 3, 19, 19]


@given(st.floats(0.0, 1e6), st.floats(-0.3, 0.5), st.floats(0.01, 2.0))
def test_costs_grow_as_the_protocols_formula(base: float, rate: float, years: float) -> None:
    true = base * (1.0 + rate) ** years - base
    assert growth_cost(base, rate, years=years) == pytest.approx(true, rel=1e-9, abs=1e-7)
