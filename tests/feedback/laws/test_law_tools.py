"""Tolerances, estimates, edges and shocks."""

import numpy as np
import pytest

from shortgamma.basics.errors import InputError
from shortgamma.feedback.draws import Draws
from shortgamma.feedback.laws.edges import edge_of
from shortgamma.feedback.laws.law import Estimate, Tolerance, mean_of, ratio_of, root_of, scaled
from shortgamma.feedback.laws.shocks import Shock


def test_a_relative_tolerance_is_a_part_of_the_expected_value():
    tolerance = Tolerance(size=0.01)
    assert tolerance.admits(-1.0099, -1.0)
    assert not tolerance.admits(-1.0101, -1.0)
    assert not tolerance.admits(1.0, -1.0)
    assert not tolerance.admits(float("nan"), 1.0)


def test_a_floor_allows_something_where_nothing_is_expected():
    assert not Tolerance(size=0.03).admits(0.001, 0.0)
    assert Tolerance(size=0.03, floor=0.003).admits(0.001, 0.0)
    assert not Tolerance(size=0.03, floor=0.003).admits(0.004, 0.0)


def test_an_absolute_tolerance_is_the_value_itself():
    assert Tolerance(size=0.015, is_absolute=True).admits(0.114, 0.1)
    assert not Tolerance(size=0.015, is_absolute=True).admits(0.116, 0.1)


def test_a_ceiling_admits_anything_below_it():
    ceiling = Tolerance(size=0.0, is_absolute=True, is_ceiling=True)
    assert ceiling.admits(-1e9, 0.0)
    assert ceiling.admits(0.0, 0.0)
    assert not ceiling.admits(1e-12, 0.0)
    assert not ceiling.admits(float("nan"), 0.0)


def test_errors_are_those_of_repeated_sampling():
    generator = np.random.Generator(np.random.PCG64(1))
    bottom = 2.0 + generator.random((400, 500))
    top = 3.0 * bottom + generator.standard_normal((400, 500))
    for make, rows in ((mean_of, (top,)), (ratio_of, (top, bottom))):
        found = [make(*sample) for sample in zip(*rows, strict=True)]
        spread = np.std([one.value for one in found])
        assert np.mean([one.standard_error for one in found]) == pytest.approx(spread, rel=0.12)


def test_root_and_scale_carry_the_error_along():
    assert root_of(Estimate(value=4.0, standard_error=0.04)) == Estimate(
        value=2.0, standard_error=0.01
    )
    assert scaled(Estimate(value=2.0, standard_error=0.1), -3.0).standard_error == pytest.approx(
        0.3
    )


def test_one_value_has_no_error():
    with pytest.raises(InputError):
        mean_of(np.ones(1))


@pytest.mark.parametrize("true", [0.3, -0.7])
def test_an_edge_is_found_on_either_side(true):
    generator = np.random.Generator(np.random.PCG64(2))

    def trial(low, high):
        shocks = low + (high - low) * generator.random(200)
        return shocks, np.abs(shocks) > abs(true)

    edge = edge_of(trial, inner=0.0, outer=np.sign(true) * 1.0, rounds=3)
    assert edge.value == pytest.approx(true, abs=1e-4)
    assert 0.0 < edge.standard_error < 1e-4


def test_a_shock_comes_in_equal_parts_and_fills_its_interval():
    draws = Draws(seed=1, first_path=0, size=1_000)
    shock, years = Shock(low=-0.02, high=0.03), np.full(5, 1e-5)
    state = shock.start(draws, years)
    out, total = np.empty(1_000), np.zeros(1_000)
    for step in range(5):
        draws.step = step
        shock.advance(state, draws, years=1e-5, out=out)
        total += out
    np.testing.assert_allclose(total, 5 * out)
    assert -0.02 < total.min() < -0.0195
    assert 0.0295 < total.max() < 0.03
    assert shock.annual_vol == 0.03
