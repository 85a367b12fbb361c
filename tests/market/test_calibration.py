"""Fits: known parameters come back within their stated errors, densities agree with other formulas."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from shortgamma.basics.errors import InputError
from shortgamma.market.calibration import Fit, fit_gbm, fit_kou, fit_merton
from shortgamma.market.calibration.jumps import kou_density, merton_density
from shortgamma.market.history import PriceHistory

HOUR = 3_600_000_000_000
YEARS = 1.0 / 8_760.0
SIZE = 30_000


def history(returns):
    close = 100.0 * np.exp(np.concatenate(([0.0], np.cumsum(returns))))
    stamp = 1_600_000_000_000_000_000 + HOUR * np.arange(close.size)
    return PriceHistory(underlying="BTC", stamp=stamp, close=close)


def normal_part(rng, vol):
    return vol * YEARS**0.5 * rng.standard_normal(SIZE)


def merton_returns(rng, vol, intensity, mean, deviation):
    counts = rng.poisson(intensity * YEARS, SIZE)
    jumps = counts * mean + np.sqrt(counts) * deviation * rng.standard_normal(SIZE)
    return normal_part(rng, vol) + jumps


def kou_returns(rng, vol, intensity, chance, up, down):
    counts = rng.poisson(intensity * YEARS, SIZE)
    ups = rng.binomial(counts, chance)
    gammas = rng.standard_gamma(np.maximum(ups, 1e-12)) * up
    return normal_part(rng, vol) + gammas - rng.standard_gamma(counts - ups + 1e-12) * down


def check(fit, truth):
    assert fit.converged
    for name, value in truth.items():
        assert 0.0 < fit.errors[name] < 0.5 * abs(value) + 0.05, name
        assert abs(fit.values[name] - value) < 4.0 * fit.errors[name], name


def test_gbm_comes_back():
    fit = fit_gbm(history(0.8 * YEARS + normal_part(np.random.default_rng(1), 0.6)))
    assert abs(fit.values["vol"] - 0.6) < 4.0 * fit.errors["vol"]
    assert abs(fit.values["drift"] - (0.8 + 0.18)) < 4.0 * fit.errors["drift"]
    np.testing.assert_allclose(fit.errors["vol"], 0.6 / (2.0 * SIZE) ** 0.5, rtol=0.02)


def test_the_likelihood_of_gbm_is_that_of_its_density():
    returns = normal_part(np.random.default_rng(2), 0.6)
    expected = norm.logpdf(returns, returns.mean(), returns.std()).sum()
    np.testing.assert_allclose(fit_gbm(history(returns)).log_likelihood, expected, rtol=1e-9)


def test_merton_comes_back():
    truth = {"vol": 0.5, "intensity": 150.0, "jump_mean": -0.01, "jump_vol": 0.03}
    fit = fit_merton(history(merton_returns(np.random.default_rng(3), *truth.values())))
    check(fit, truth)


def test_kou_comes_back():
    truth = {
        "vol": 0.5,
        "intensity": 300.0,
        "up_probability": 0.35,
        "mean_up": 0.02,
        "mean_down": 0.03,
    }
    fit = fit_kou(history(kou_returns(np.random.default_rng(4), *truth.values())))
    check(fit, truth)


def test_stated_errors_are_those_of_repeated_fits():
    rng = np.random.default_rng(5)
    truth = (0.5, 150.0, -0.01, 0.03)
    fits = [fit_merton(history(merton_returns(rng, *truth))) for _ in range(12)]
    for name, value in zip(("vol", "intensity", "jump_mean", "jump_vol"), truth, strict=True):
        scores = np.array([(fit.values[name] - value) / fit.errors[name] for fit in fits])
        assert 0.35 < np.sqrt((scores**2).mean()) < 1.9, name  # 99.9 % band of χ² with 12 degrees


def test_the_model_that_made_the_moves_wins():
    rng = np.random.default_rng(6)
    normal = history(normal_part(rng, 0.5))
    jumpy = history(merton_returns(rng, 0.5, 150.0, -0.01, 0.03))
    assert fit_gbm(normal).akaike < fit_merton(normal).akaike
    assert fit_merton(jumpy).akaike < fit_gbm(jumpy).akaike - 100.0
    kou = history(kou_returns(rng, 0.5, 300.0, 0.35, 0.02, 0.03))
    assert fit_kou(kou).akaike < fit_merton(kou).akaike


def test_the_drift_is_the_expected_return_of_the_price():
    returns = kou_returns(np.random.default_rng(7), 0.5, 300.0, 0.35, 0.02, 0.03)
    expected = np.log(np.exp(returns).mean()) / YEARS
    for fit in (fit_merton(history(returns)), fit_kou(history(returns))):
        assert abs(fit.values["drift"] - expected) < 0.3 * fit.errors["drift"]


@pytest.mark.parametrize("expected", [0.02, 1.5])
def test_merton_density_is_the_inverse_of_its_characteristic_function(expected):
    mean, deviation, jump_mean, jump_vol = 0.001, 0.006, -0.01, 0.03
    points = np.array([-0.06, -0.005, 0.001, 0.02])

    def transform(u):
        jump = np.exp(1j * u * jump_mean - 0.5 * (u * jump_vol) ** 2) - 1.0
        return np.exp(1j * u * mean - 0.5 * (u * deviation) ** 2 + expected * jump)

    found = merton_density(points, (mean, deviation, expected, jump_mean, jump_vol))
    np.testing.assert_allclose(found, inverse(transform, points, deviation), rtol=1e-7)


@pytest.mark.parametrize("expected", [0.02, 1.5])
def test_kou_density_is_the_inverse_of_its_characteristic_function(expected):
    mean, deviation, chance, up, down = 0.001, 0.006, 0.3, 0.02, 0.04
    points = np.array([-0.06, -0.005, 0.001, 0.02])

    def transform(u):
        jump = chance / (1.0 - 1j * u * up) + (1.0 - chance) / (1.0 + 1j * u * down) - 1.0
        return np.exp(1j * u * mean - 0.5 * (u * deviation) ** 2 + expected * jump)

    found = kou_density(points, (mean, deviation, expected, chance, up, down))
    np.testing.assert_allclose(found, inverse(transform, points, deviation), rtol=1e-4)


def inverse(transform, points, deviation):
    top = 9.0 / deviation

    def at(x):
        return quad(lambda u: (np.exp(-1j * u * x) * transform(u)).real, 0.0, top, limit=2_000)[0]

    return np.array([at(x) for x in points]) / np.pi


@pytest.mark.parametrize(
    ("returns", "told"),
    [(np.full(20, 0.01), "20 moves, fewer than 50"), (np.zeros(80), "the price never moves")],
)
def test_histories_that_say_nothing_are_refused(returns, told):
    for fit in (fit_gbm, fit_merton, fit_kou):
        with pytest.raises(InputError, match=told):
            fit(history(returns))


def fit_of(**figures):
    values = {name: value for name, (value, _error) in figures.items()}
    errors = {name: error for name, (_value, error) in figures.items()}
    return Fit(
        process="any",
        values=values,
        errors=errors,
        log_likelihood=0.0,
        moves=100,
        bar_years=YEARS,
        free=len(values),
        converged=True,
    )


@pytest.mark.parametrize(
    ("name", "value", "low", "high"),
    [
        ("vol", 0.5, 0.0, np.inf),
        ("reversion", -0.4, -np.inf, 0.0),
        ("up_probability", 0.9, 0.0, 1.0),
        ("branching", 0.2, 0.0, 1.0),
        ("correlation", -0.9, -1.0, 1.0),
        ("drift", 0.1, -np.inf, np.inf),
    ],
)
def test_intervals_hold_the_estimate_and_stay_where_it_may_be(name, value, low, high):
    for error in (0.01, 1.0):
        for level in (0.5, 0.9):
            ends = fit_of(**{name: (value, error)}).interval(name, level)
            assert low <= ends[0] < value < ends[1] <= high
    narrow = fit_of(**{name: (value, 1e-4)}).interval(name, 0.9)
    np.testing.assert_allclose(np.diff(narrow), 2.0 * norm.ppf(0.95) * 1e-4, rtol=2e-2)


def test_an_interval_without_an_error_is_nan():
    assert np.isnan(fit_of(vol=(0.5, np.nan)).interval("vol")).all()


@pytest.mark.parametrize(
    ("name", "level", "told"),
    [("beta", 0.9, "any has no 'beta' — it has vol"), ("vol", 1.0, "level 1 — give 0 to 1")],
)
def test_intervals_that_do_not_exist_are_refused(name, level, told):
    with pytest.raises(InputError, match=told):
        fit_of(vol=(0.5, 0.1)).interval(name, level)
