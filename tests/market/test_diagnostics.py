"""Diagnostics against laws whose quantiles, tails and memory are known."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.stats import expon, genpareto, kstest, laplace, norm, t

from shortgamma.basics.errors import InputError
from shortgamma.market.calibration import FITS, Fit, fit_bootstrap, fit_gbm, fit_merton
from shortgamma.market.calibration.sampling import DRAWN, draw_moves
from shortgamma.market.diagnostics import (
    autocorrelation,
    compare,
    mean_excess,
    quantile_quantile,
    tail,
    volatility_signature,
)
from shortgamma.market.history import PriceHistory

HOUR = 3_600_000_000_000
YEARS = 1.0 / 8_760.0


def history(returns):
    close = 100.0 * np.exp(np.concatenate(([0.0], np.cumsum(returns))))
    return PriceHistory(underlying="BTC", stamp=HOUR * np.arange(1, close.size + 1), close=close)


def fit_of(process, bar_years=YEARS, **values):
    return Fit(
        process=process,
        values=values,
        errors=dict.fromkeys(values, 0.0),
        log_likelihood=0.0,
        moves=1_000,
        bar_years=bar_years,
        free=len(values),
        converged=True,
    )


MERTON = {"intensity": 900.0, "jump_mean": -0.01, "jump_vol": 0.03}
KOU = {"intensity": 900.0, "up_probability": 0.3, "mean_up": 0.02, "mean_down": 0.03}
HAWKES = {
    "base_intensity": 300.0,
    "branching": 0.5,
    "half_life_hours": 5.0,
    "jump_mean": 0.01,
    "jump_vol": 0.03,
}
HESTON = {"long_vol": 0.6, "reversion": 20.0, "vol_of_vol": 3.0, "correlation": -0.3}
SVCJ = {
    "jump_mean": -0.0492,
    "jump_vol": 2.061,
    "daily_intensity": 0.0515,
    "inflow": 0.0102,
    "reversion": -0.188,
    "correlation": 0.275,
    "vol_of_vol": 0.007,
    "jump_lean": -0.21,
    "variance_jump": 0.709,
}
LEAN = -0.21 * 0.709
# Variance of a bar's move, from the definition of each process.
CASES = [
    (fit_of("gbm", vol=0.5, drift=2.0), 0.25 * YEARS),
    (fit_of("merton", vol=0.5, drift=2.0, **MERTON), (0.25 + 900.0 * 0.001) * YEARS),
    (
        fit_of("kou", vol=0.5, drift=2.0, **KOU),
        (0.25 + 900.0 * (0.3 * 2.0 * 0.02**2 + 0.7 * 2.0 * 0.03**2)) * YEARS,
    ),
    (fit_of("heston", vol=0.9, drift=2.0, **HESTON), 0.36 * YEARS),
    (
        fit_of("svcj", 1.0 / 365.0, drift=2.0, **SVCJ),
        ((0.0102 + 0.0515 * 0.709) / 0.188 + 0.0515 * ((-0.0492 + LEAN) ** 2 + 2.061**2 + LEAN**2))
        / 250.0,
    ),
]


@pytest.mark.parametrize(
    ("fit", "variance"), CASES, ids=lambda value: getattr(value, "process", "")
)
def test_drawn_moves_have_the_drift_and_the_variance_of_the_process(fit, variance):
    moves = draw_moves(fit, 400_000, seed=1)
    np.testing.assert_allclose(moves.var(), variance, rtol=0.03)
    gain = np.exp(moves).mean() - np.exp(2.0 * fit.bar_years)
    assert abs(gain) < 4.0 * (variance / moves.size) ** 0.5


def test_drawn_clusters_of_jumps_have_the_rate_and_the_dispersion_of_hawkes():
    # Counts over intervals far longer than a cluster: mean μ/(1 − n), variance over mean 1/(1 − n)².
    figures = {**HAWKES, "jump_mean": 1.0, "jump_vol": 1e-9, "base_intensity": 876.0}
    moves = draw_moves(fit_of("hawkes", vol=1e-9, drift=0.0, **figures), 400_000, seed=2)
    counts = moves.reshape(-1, 400).sum(axis=1)
    counts += 400.0 * 2.0 * 0.1 * np.expm1(1.0)
    np.testing.assert_allclose(counts.mean(), 80.0, rtol=0.03)
    np.testing.assert_allclose(counts.var() / counts.mean(), 4.0, rtol=0.2)


def test_every_fit_with_a_likelihood_can_be_drawn_from():
    assert set(DRAWN) == set(FITS) - {"bootstrap"}
    with pytest.raises(InputError, match="bootstrap has no law of its own — take one of gbm"):
        draw_moves(fit_of("bootstrap"), 10, seed=1)


def test_the_quantiles_of_normal_moves_lie_on_the_line():
    moves = 0.01 * np.random.default_rng(3).standard_normal(3_000)
    found = quantile_quantile(moves, fit_gbm(history(moves)))
    exact = norm.ppf(found.probability, moves.mean(), moves.std())
    np.testing.assert_allclose(found.fitted, exact, atol=6e-4)
    ends = np.sort(moves)[[0, -1]]
    np.testing.assert_array_equal(found.observed[[0, -1]], ends)
    assert np.all(found.low < found.high)
    assert np.mean((found.low <= found.observed) & (found.observed <= found.high)) > 0.8


def test_the_band_of_an_extreme_is_the_law_of_the_largest_of_n():
    fit = fit_of("gbm", vol=0.5, drift=0.125)
    moves = 0.5 * YEARS**0.5 * np.random.default_rng(4).standard_normal(200)
    found = quantile_quantile(moves, fit, level=0.9)
    largest = norm.ppf(np.array([0.05, 0.95]) ** (1.0 / 200.0), 0.0, 0.5 * YEARS**0.5)
    np.testing.assert_allclose([found.low[-1], found.high[-1]], largest, rtol=0.02)


def test_fat_tails_leave_the_band_of_the_normal_and_stay_in_that_of_the_truth():
    moves = draw_moves(fit_of("merton", vol=0.5, drift=0.0, **MERTON), 5_000, seed=5)
    normal, jumpy = fit_gbm(history(moves)), fit_merton(history(moves))
    outside = []
    for fit in (normal, jumpy):
        found = quantile_quantile(moves, fit)
        outside.append(np.mean((found.observed < found.low) | (found.observed > found.high)))
    assert outside[0] > 0.5
    assert outside[1] < 0.2


def grimshaw(excess):
    """Shape and scale from the likelihood along τ = ξ/σ: ξ = mean ln(1 + τ·y)."""

    def loss(tau):
        shape = np.log1p(tau * excess).mean()
        return np.log(shape / tau) + shape + 1.0

    tau = minimize_scalar(
        loss, bounds=(1e-4 / excess.mean(), 3.0 / excess.mean()), method="bounded"
    ).x
    shape = np.log1p(tau * excess).mean()
    return shape, shape / tau


@pytest.mark.parametrize("side", ["up", "down"])
def test_the_pareto_law_is_the_one_of_the_profile_likelihood(side):
    sign = 1.0 if side == "up" else -1.0
    excess = genpareto.rvs(0.35, scale=0.01, size=2_000, random_state=np.random.default_rng(6))
    moves = np.concatenate((sign * (0.02 + excess), np.zeros(100), [np.nan]))
    found = tail(moves, side, threshold=0.02)
    assert found.exceedances == 2_000
    np.testing.assert_allclose((found.shape, found.scale), grimshaw(excess), rtol=1e-3)


def test_the_errors_of_the_tail_are_those_of_repeated_samples():
    rng = np.random.default_rng(7)
    found = [
        tail(
            0.03 + genpareto.rvs(0.3, scale=0.01, size=400, random_state=rng), "up", threshold=0.03
        )
        for _ in range(150)
    ]
    for name, truth in (("shape", 0.3), ("scale", 0.01)):
        scores = [(getattr(x, name) - truth) / getattr(x, f"{name}_error") for x in found]
        assert 0.8 < np.std(scores) < 1.2
        assert abs(np.mean(scores)) < 0.5


def test_hill_finds_the_index_of_a_pareto_law():
    # ln(x/u) of a Pareto law is exponential with mean ξ, exactly.
    moves = 0.02 * np.random.default_rng(8).random(4_000) ** -0.25
    found = tail(moves, "up", threshold=0.02)
    assert abs(found.hill - 0.25) < 4.0 * found.hill_error
    np.testing.assert_allclose(found.hill_error, 0.25 / 4_000**0.5, rtol=0.1)
    assert kstest(np.log(moves / 0.02), expon(scale=0.25).cdf).pvalue > 0.001


def test_tails_of_student_moves_are_those_of_their_degrees():
    moves = 0.01 * t.rvs(3.0, size=60_000, random_state=np.random.default_rng(9))
    found = tail(moves, "down", threshold=float(-np.quantile(moves, 0.005)))
    assert abs(found.shape - 1.0 / 3.0) < 4.0 * found.shape_error
    usual = tail(moves, "up")
    assert usual.exceedances == 3_000
    np.testing.assert_allclose(usual.threshold, np.quantile(moves, 0.95))


def test_the_mean_excess_of_an_exponential_law_is_flat():
    sizes = laplace.rvs(scale=0.01, size=100_000, random_state=np.random.default_rng(10))
    _thresholds, excess, error, count = mean_excess(sizes)
    assert np.all(np.abs(excess - 0.01) < 4.0 * error)
    np.testing.assert_allclose(error, 0.01 / np.sqrt(count), rtol=0.2)


def test_independent_moves_stay_in_the_band_and_clusters_leave_it():
    rng = np.random.default_rng(11)
    noise = 0.01 * rng.standard_normal(5_000)
    calm = autocorrelation(history(noise), 40)
    assert np.mean(np.abs(calm.value) < calm.band) > 0.8
    np.testing.assert_allclose(calm.band, 1.959964 / 5_000**0.5, rtol=1e-6)
    wave = autocorrelation(history(noise * np.exp(np.sin(np.arange(5_000) / 60.0))), 40)
    assert np.all(wave.value > 2.0 * wave.band)
    np.testing.assert_array_equal(wave.lags, np.arange(1, 41))


def test_the_signature_is_flat_for_a_martingale_and_falls_where_prices_bounce():
    rng = np.random.default_rng(12)
    size = 40_000
    moves = 0.5 * YEARS**0.5 * rng.standard_normal(size)
    flat = volatility_signature(history(moves), [1, 5, 30])
    assert np.all(np.abs(flat.vol - 0.5) < 4.0 * flat.error)
    bounce = 0.004
    price = np.concatenate(([0.0], np.cumsum(moves))) + bounce * rng.standard_normal(size + 1)
    noisy = volatility_signature(history(np.diff(price)), [1, 5, 30])
    # Observed variance over k bars: σ²·k·bar + 2·bounce² (independent noise on every price).
    expected = np.sqrt(0.25 + 2.0 * bounce**2 / noisy.years)
    assert np.all(np.abs(noisy.vol - expected) < 4.0 * noisy.error)
    np.testing.assert_array_equal(noisy.moves, size + 1 - np.array([1, 5, 30]))


def test_errors_of_the_signature_are_those_of_repeated_histories():
    rng = np.random.default_rng(13)
    found = [
        volatility_signature(history(0.5 * YEARS**0.5 * rng.standard_normal(2_000)), [1, 10])
        for _ in range(150)
    ]
    scores = np.array([(x.vol - 0.5) / x.error for x in found])
    assert np.all((scores.std(axis=0) > 0.8) & (scores.std(axis=0) < 1.35))


def test_moves_into_a_gap_are_left_out():
    whole = history(np.full(400, 0.01))
    holed = whole.select(np.r_[0:200, 205:401])
    found = volatility_signature(holed, [1, 3, 300])
    np.testing.assert_allclose(found.vol, 0.01 * np.array([1.0, 3.0, 300.0]) / np.sqrt(found.years))
    np.testing.assert_array_equal(found.moves, [394, 390, 101])


def test_the_comparison_puts_the_best_first_and_leaves_out_what_has_no_likelihood():
    prices = history(draw_moves(fit_of("merton", vol=0.5, drift=0.0, **MERTON), 3_000, seed=14))
    fits = {
        "gbm": fit_gbm(prices),
        "bootstrap": fit_bootstrap(prices),
        "merton": fit_merton(prices),
    }
    first, second = compare(fits)
    assert (first.process, second.process) == ("merton", "gbm")
    assert first.behind == 0.0
    assert second.behind == second.akaike - first.akaike > 100.0
    np.testing.assert_allclose(first.akaike, 2.0 * 5 - 2.0 * first.log_likelihood)


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        (lambda: tail(np.zeros(5), "up"), "5 moves, fewer than 20"),
        (lambda: tail(np.arange(50.0) - 25.0, "up", threshold=20.0), "4 moves up exceed 20"),
        (lambda: tail(np.arange(50.0), "down", threshold=-30.0), "exceed -30"),
        (lambda: quantile_quantile(np.zeros(5), fit_of("gbm")), "5 moves, fewer than 20"),
        (lambda: volatility_signature(history(np.zeros(50)), [0]), "interval of 0 bars"),
    ],
)
def test_what_says_nothing_is_refused(ask, told):
    with pytest.raises(InputError, match=told):
        ask()
