"""Tail figures, quadratic forms, approximations and tails against published figures and closed forms."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2, genpareto, norm

from shortgamma.basics.errors import InputError
from shortgamma.hedging.optimiser.problem import tail_mean
from shortgamma.risk.tails.approximate import (
    cornish_fisher_quantile,
    cornish_fisher_tail,
    increases,
    normal_tail,
)
from shortgamma.risk.tails.exponent import tail_exponent
from shortgamma.risk.tails.figures import sample_tail
from shortgamma.risk.tails.pareto import ParetoTail, fit_pareto
from shortgamma.risk.tails.quadratic import QuadraticForm

# Davies' own test cases: hail-is/hail, GeneralizedChiSquaredDistributionSuite.scala (accuracy 1e-4):
# value, weights, degrees of freedom, non-centralities, probability below.
DAVIES = (
    (1.0, (6.0, 3.0, 1.0), (1, 1, 1), (0.0, 0.0, 0.0), 0.054213),
    (7.0, (6.0, 3.0, 1.0), (1, 1, 1), (0.0, 0.0, 0.0), 0.493555),
    (20.0, (6.0, 3.0, 1.0), (1, 1, 1), (0.0, 0.0, 0.0), 0.876027),
    (20.0, (6.0, 3.0, 1.0), (2, 2, 2), (0.0, 0.0, 0.0), 0.600208),
    (50.0, (6.0, 3.0, 1.0), (6, 4, 2), (0.0, 0.0, 0.0), 0.564753),
    (10.0, (7.0, 3.0), (1, 1), (6.0, 2.0), 0.045126),
    (60.0, (7.0, 3.0), (1, 1), (6.0, 2.0), 0.592431),
    (150.0, (7.0, 3.0), (1, 1), (6.0, 2.0), 0.977648),
    (-40.0, (7.0, 3.0, -7.0, -3.0), (6, 2, 1, 1), (6.0, 2.0, 6.0, 2.0), 0.078208),
    (140.0, (7.0, 3.0, -7.0, -3.0), (6, 2, 1, 1), (6.0, 2.0, 6.0, 2.0), 0.960370),
)


def weighted_squares(weights, degrees, shifts):
    """Σ w·χ²(degrees, shift): w·(z + √shift)² = w·shift + 2w·√shift·z + w·z²."""
    linear, curvature, constant = [], [], 0.0
    for weight, count, shift in zip(weights, degrees, shifts, strict=True):
        constant += weight * shift
        linear += [2.0 * weight * shift**0.5] + [0.0] * (count - 1)
        curvature += [2.0 * weight] * count
    return QuadraticForm(constant=constant, linear=np.array(linear), curvature=np.array(curvature))


def one_factor(constant, linear, curvature):
    return QuadraticForm(
        constant=constant, linear=np.array([linear]), curvature=np.array([curvature])
    )


def test_danish_fire_losses():
    law = ParetoTail(threshold=10.0, count=2167, exceedances=109, shape=0.497, scale=6.975)
    found = law.tail(0.99)
    assert found.var == pytest.approx(27.289, abs=5e-4)
    assert found.es == pytest.approx(58.239, abs=5e-4)
    assert law.exceeding(np.array([found.var]))[0] == pytest.approx(0.01)


@pytest.mark.parametrize(("value", "weights", "degrees", "shifts", "expected"), DAVIES)
def test_quadratic_forms_of_davies(value, weights, degrees, shifts, expected):
    form = weighted_squares(weights, degrees, shifts)
    assert form.below(value)[0] == pytest.approx(expected, abs=1e-4)


def test_a_delta_hedged_short_gamma_book_is_a_shifted_chi_square():
    form = one_factor(0.0, 0.0, -2.0)  # profit −z²
    for level in (0.9, 0.99, 0.999):
        found = form.tail(level)
        var = chi2.ppf(level, 1)
        root = var**0.5
        tail_square = 2.0 * (norm.sf(root) + root * norm.pdf(root))
        assert found.var == pytest.approx(var, rel=1e-8)
        assert found.es == pytest.approx(tail_square / (1.0 - level), rel=1e-8)
    assert form.skewness == pytest.approx(-(8.0**0.5))
    assert form.excess_kurtosis == pytest.approx(12.0)


def test_long_gamma_cannot_lose_more_than_the_bottom_of_the_parabola():
    form = one_factor(-1.0, 3.0, 2.0)
    bottom = -1.0 - 9.0 / 4.0
    assert form.tail(0.999).es <= -bottom
    assert form.below(bottom)[0] == 0.0
    assert one_factor(0.0, 0.0, -2.0).tail(0.99).var > one_factor(0.0, 0.0, 2.0).tail(0.99).var


@settings(deadline=None)
@given(
    st.floats(-5.0, 5.0), st.floats(-3.0, 3.0), st.floats(-3.0, 3.0), st.sampled_from((0.9, 0.99))
)
def test_one_factor_is_what_integration_over_the_normal_law_gives(
    constant, linear, curvature, level
):
    z = norm.ppf((np.arange(400_000) + 0.5) / 400_000)
    form = one_factor(constant, linear, curvature)
    sample = sample_tail(-(constant + linear * z + 0.5 * curvature * z * z), level)
    found = form.tail(level)
    size = 1e-3 * (1.0 + form.deviation)
    assert found.var == pytest.approx(sample.var, abs=size)
    assert found.es == pytest.approx(sample.es, abs=size)


def test_several_factors_reduce_to_one_and_to_their_sum():
    gradient, hessian = np.array([1.0, 0.0]), np.diag([-2.0, 0.0])
    both = QuadraticForm.of_greeks(0.3, gradient=gradient, hessian=hessian, covariance=np.eye(2))
    single = one_factor(0.3, 1.0, -2.0)
    for value in (-6.0, -2.0, 0.0, 0.4):
        assert both.below(value) == pytest.approx(single.below(value), abs=2e-4)
    assert both.tail(0.99).es == pytest.approx(single.tail(0.99).es, rel=1e-3)
    correlated = QuadraticForm.of_greeks(
        0.0,
        gradient=np.array([2.0, 3.0]),
        hessian=np.zeros((2, 2)),
        covariance=np.array([[1.0, 0.5], [0.5, 4.0]]),
    )
    assert correlated.cumulant(2) == pytest.approx(4.0 + 2.0 * 3.0 + 36.0)
    with pytest.raises(InputError, match="negative eigenvalue"):
        QuadraticForm.of_greeks(
            0.0, gradient=gradient, hessian=hessian, covariance=np.diag([1.0, -1.0])
        )


def test_cornish_fisher_of_hulls_example():
    # J. Hull, Options, Futures, and Other Derivatives, quadratic model: mean −0.2, deviation 2.2,
    # skewness −0.4, 1 % quantile: w = −2.625, −5.976 (from z = −2.33).
    bent = cornish_fisher_quantile(-2.33, skewness=-0.4, excess_kurtosis=0.0)
    third_only = bent + (2.0 * (-2.33) ** 3 - 5.0 * -2.33) * 0.16 / 36.0
    assert third_only == pytest.approx(-2.625, abs=5e-4)
    assert -0.2 + 2.2 * third_only == pytest.approx(-5.976, abs=2e-3)


@given(st.floats(0.6, 0.999), st.floats(0.1, 50.0), st.floats(-10.0, 10.0))
def test_without_curvature_all_approximations_are_the_normal_law(level, deviation, mean):
    form = one_factor(mean, deviation, 0.0)
    exact = normal_tail(mean, deviation, level=level)
    for found in (form.tail(level), cornish_fisher_tail(form, level)):
        assert found.var == pytest.approx(exact.var, abs=1e-6)
        assert found.es == pytest.approx(exact.es, abs=1e-6)
    assert exact.var == pytest.approx(-norm.ppf(1.0 - level, mean, deviation))


def test_cornish_fisher_of_a_chi_square_is_near_and_its_shortfall_is_the_mean_of_its_quantiles():
    form = one_factor(0.0, 0.0, -2.0)
    for level, tolerance in ((0.95, 0.06), (0.99, 0.06)):
        assert cornish_fisher_tail(form, level).var == pytest.approx(
            form.tail(level).var, rel=tolerance
        )
    z = norm.ppf((np.arange(200_000) + 0.5) / 200_000 * 0.01)
    skew, kurtosis = form.skewness, form.excess_kurtosis
    bent = cornish_fisher_quantile(z, skewness=skew, excess_kurtosis=kurtosis)
    mean = -(form.cumulant(1) + form.deviation * bent.mean())
    assert cornish_fisher_tail(form, 0.99).es == pytest.approx(mean, rel=1e-4)
    assert increases(0.1, 0.1)
    assert not increases(skew, kurtosis)


def test_sample_figures_count_fractions_of_outcomes():
    losses = np.arange(1.0, 101.0)
    found = sample_tail(losses, 0.99)
    assert (found.var, found.es) == (99.0, 100.0)
    half = sample_tail(losses, 0.985)
    assert half.var == 99.0
    assert half.es == pytest.approx((100.0 + 0.5 * 99.0) / 1.5)
    with pytest.raises(InputError, match="level"):
        sample_tail(losses, 1.0)


@settings(deadline=None)
@given(
    st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=300), st.sampled_from((0.9, 0.975, 0.99))
)
def test_sample_shortfall_is_the_optimisers_tail_mean_and_not_below_var(values, level):
    losses = np.array(values)
    found = sample_tail(losses, level)
    weights = np.full(losses.size, 1.0 / losses.size)
    assert found.es == pytest.approx(tail_mean(losses, weights, level=level), abs=1e-4)
    assert found.es >= found.var - 1e-6
    assert np.mean(losses > found.var) <= 1.0 - level + 1e-9


@settings(deadline=None)
@given(st.sampled_from((-0.2, 0.0, 0.3, 0.7)), st.integers(0, 20))
def test_the_pareto_fit_has_the_likelihood_of_scipys(shape, seed):
    excess = genpareto.rvs(shape, scale=3.0, size=300, random_state=seed)
    losses = np.concatenate([np.zeros(2_000), 5.0 + excess])
    law = fit_pareto(losses, threshold=5.0)
    assert law.exceedances == 300
    theirs = genpareto.fit(excess, floc=0.0)
    ours = genpareto.logpdf(excess, law.shape, 0.0, law.scale).sum()
    assert ours >= genpareto.logpdf(excess, theirs[0], 0.0, theirs[2]).sum() - 1e-4
    assert abs(law.shape - shape) < 5.0 * law.shape_error


def test_a_tail_too_heavy_for_a_mean_says_so_and_levels_inside_have_no_figure():
    heavy = ParetoTail(threshold=1.0, count=1_000, exceedances=50, shape=1.2, scale=1.0)
    assert heavy.tail(0.99).es == math.inf
    assert math.isnan(heavy.tail(0.9).var)
    near = ParetoTail(threshold=1.0, count=1_000, exceedances=50, shape=1e-12, scale=2.0)
    same = ParetoTail(threshold=1.0, count=1_000, exceedances=50, shape=1e-6, scale=2.0)
    assert near.tail(0.99).var == pytest.approx(same.tail(0.99).var, rel=1e-5)
    with pytest.raises(InputError, match="exceed"):
        fit_pareto(np.arange(10.0))


def test_the_tail_exponent_of_a_power_law_and_what_it_says_about_kurtosis():
    chance = (np.arange(20_000) + 0.5) / 20_000
    sign = np.where(np.arange(20_000) % 2 == 0, 1.0, -1.0)
    heavy = tail_exponent(sign * chance ** (-1.0 / 2.3))
    assert heavy.exponent == pytest.approx(2.3, rel=0.01)
    assert heavy.has_kurtosis is False
    assert tail_exponent(sign * chance ** (-1.0 / 8.0)).has_kurtosis is True
    assert tail_exponent(sign * chance ** (-1.0 / 4.0)).has_kurtosis is None
    with pytest.raises(InputError, match="moves"):
        tail_exponent(np.ones(10))
