"""Fits of stochastic volatility, clustered jumps and block lengths against exact likelihoods and laws."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import gamma, ncx2, norm

from shortgamma.basics.errors import InputError
from shortgamma.market.calibration import (
    FITS,
    fit_bootstrap,
    fit_hawkes,
    fit_heston,
    fit_svcj,
)
from shortgamma.market.calibration.blocks import block_length
from shortgamma.market.calibration.clusters import excited_log_likelihood, hawkes_law
from shortgamma.market.calibration.fit import moves_by_bar
from shortgamma.market.calibration.jumps import merton_density
from shortgamma.market.calibration.volatility import (
    NO_JUMPS,
    filter_variance,
    heston_law,
    svcj_law,
    variance_given_move,
)
from shortgamma.market.history import PriceHistory

HOUR = 3_600_000_000_000
YEARS = 1.0 / 8_760.0


def history(returns, bar=HOUR):
    close = 100.0 * np.exp(np.concatenate(([0.0], np.cumsum(returns))))
    return PriceHistory(underlying="BTC", stamp=bar * np.arange(1, close.size + 1), close=close)


def heston_moves(rng, size, years, law):
    """Exact variance at both ends of a bar; its mean over the bar by the trapezoid, whence the price.

    ln S moves by (V₁ − V₀ − κθ·t + κ·∫V)·ρ/ξ − ½·∫V + √((1 − ρ²)·∫V)·N (Broadie and Kaya 2006).
    """
    long_vol, kappa, xi, rho = law
    theta = long_vol**2
    scale = xi**2 * -np.expm1(-kappa * years) / (4.0 * kappa)
    degrees = 4.0 * kappa * theta / xi**2
    variance = rng.gamma(2.0 * kappa * theta / xi**2, xi**2 / (2.0 * kappa))
    moves = np.empty(size)
    for i in range(size):
        after = scale * rng.noncentral_chisquare(degrees, variance * np.exp(-kappa * years) / scale)
        total = 0.5 * (variance + after) * years
        lean = (after - variance - kappa * theta * years + kappa * total) * rho / xi
        noise = np.sqrt((1.0 - rho**2) * total) * rng.standard_normal()
        moves[i] = lean - 0.5 * total + noise
        variance = after
    return moves, variance


def hawkes_moves(rng, size, law):
    """Ogata's thinning, jump by jump; the compensator from the integrated intensity of every bar."""
    vol, base, branching, half_life, mean, deviation = law
    decay = np.log(2.0) * 8_760.0 / half_life
    kick, end = branching * decay, size * YEARS
    times, now, excited = [], 0.0, base * branching / (1.0 - branching)
    compensator = base * YEARS * np.ones(size)
    edges = YEARS * np.arange(size + 1)
    compensator += np.diff(-excited / decay * np.exp(-decay * edges))
    while True:
        wait = rng.exponential(1.0 / (base + excited))
        now += wait
        if now >= end:
            break
        old, excited = excited, excited * np.exp(-decay * wait)
        if rng.random() * (base + old) < base + excited:
            times.append(now)
            excited += kick
            left = np.exp(-decay * np.maximum(edges - now, 0.0))
            compensator += np.diff(kick / decay * (1.0 - left))
    moves = rng.normal(-0.5 * vol**2 * YEARS, vol * YEARS**0.5, size)
    np.add.at(moves, (np.array(times) / YEARS).astype(int), rng.normal(mean, deviation, len(times)))
    return moves - np.expm1(mean + 0.5 * deviation**2) * compensator


def svcj_moves(rng, size, days, values):
    """The paper's equations in steps of a bar, with its signs, in its units; no drift."""
    mean, deviation, rate, inflow, beta, rho, noise, lean, jump = values
    variance, series = (inflow + rate * jump) / -beta, np.empty(size)
    for i in range(size):
        first, second = rng.standard_normal(2)
        root = np.sqrt(variance * days)
        series[i] = root * first
        second = rho * first + np.sqrt(1.0 - rho**2) * second
        variance = max(variance + (inflow + beta * variance) * days + noise * root * second, 0.0)
        for _ in range(rng.poisson(rate * days)):
            size_of_variance = rng.exponential(jump)
            variance += size_of_variance
            series[i] += mean + lean * size_of_variance + deviation * rng.standard_normal()
    return series / np.sqrt(250.0)


def within(fit, truth, errors=4.0):
    for name, value in truth.items():
        assert fit.errors[name] > 0.0, name
        assert abs(fit.values[name] - value) < errors * fit.errors[name], name


@pytest.mark.parametrize(
    ("mean", "spread", "square"),
    [(0.36, 0.01, 0.3), (0.36, 0.05, 1e-9), (0.36, 0.1, 5.0), (1.5, 0.02, 4.0), (0.3, 1e-3, 2.0)],
)
def test_what_a_move_says_about_the_variance_is_bayes_rule(mean, spread, square):
    prior = gamma(mean**2 / spread, scale=spread / mean)
    end = mean + 40.0 * spread**0.5

    def moment(power):
        def integrand(v):
            return prior.pdf(v) * v ** (power - 0.5) * np.exp(-0.5 * square / v)

        return quad(integrand, 1e-12, end, points=[mean], limit=500)[0]

    total, first, second = moment(0), moment(1), moment(2)
    expected = total, first / total, second / total - (first / total) ** 2
    found = variance_given_move(mean, spread, square)
    np.testing.assert_allclose(found, expected, rtol=1e-6)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_filter_of_the_variance_is_close_to_the_exact_one(seed):
    # The exact filter holds the whole law of V on a grid, with the transition of the square-root process.
    long_vol, kappa, xi, drift, years = 0.6, 20.0, 3.0, 0.3, 1.0 / 365.0
    moves, _variance = heston_moves(
        np.random.default_rng(seed), 150, years, (long_vol, kappa, xi, 0.0)
    )
    edges = np.linspace(0.0, 2.5**0.5, 401) ** 2
    nodes = 0.5 * (edges[1:] + edges[:-1])
    scale = xi**2 * -np.expm1(-kappa * years) / (4.0 * kappa)
    degrees = 4.0 * kappa * long_vol**2 / xi**2
    centre = nodes * np.exp(-kappa * years) / scale
    step = np.diff(ncx2.cdf(edges[None, :] / scale, degrees, centre[:, None]), axis=1)
    weight = np.diff(gamma(degrees / 2.0, scale=xi**2 / (2.0 * kappa)).cdf(edges))
    exact = 0.0
    for move in moves:
        weight = weight * norm.pdf(move, (drift - 0.5 * nodes) * years, np.sqrt(nodes * years))
        exact += np.log(weight.sum())
        weight = (weight / weight.sum()) @ step
    law = heston_law((long_vol, kappa, xi, 0.0, drift), years)
    assert abs(filter_variance(moves, law, NO_JUMPS)[0] - exact) < 0.6
    wrong = heston_law((long_vol, kappa, 0.3 * xi, 0.0, drift), years)
    assert filter_variance(moves, wrong, NO_JUMPS)[0] < exact - 3.0


def test_a_variance_that_stands_still_gives_normal_moves():
    moves = 0.01 * np.random.default_rng(2).standard_normal(300)
    law = heston_law((0.6, 5.0, 1e-4, 0.0, 0.4), YEARS)
    expected = norm.logpdf(moves, (0.4 - 0.18) * YEARS, 0.6 * YEARS**0.5).sum()
    np.testing.assert_allclose(filter_variance(moves, law, NO_JUMPS)[0], expected, rtol=1e-4)


def test_jumps_in_a_still_variance_give_mertons_moves():
    days = 1.0
    values = (-0.5, 2.0, 0.02, 0.05, -0.1, 0.0, 1e-4, 0.0, 1e-9, 0.0)
    law, jumps = svcj_law(values, 1.0 / 365.0)
    moves = np.random.default_rng(3).normal(0.0, 0.05, 400)
    deviation = (0.5 * days / 250.0) ** 0.5
    growth = np.exp(-0.5 / 250.0**0.5 + 0.5 * 4.0 / 250.0) - 1.0
    location = -0.5 * deviation**2 - 0.02 * growth
    density = merton_density(
        moves, (location, deviation, 0.02, -0.5 / 250.0**0.5, 2.0 / 250.0**0.5)
    )
    found = filter_variance(moves, law, jumps)[0]
    np.testing.assert_allclose(found, np.log(density).sum(), rtol=2e-3)


def test_jumps_that_cause_no_others_give_mertons_moves():
    law = (0.5, 300.0, 1e-9, 2.0, -0.01, 0.03, 0.2)
    rng = np.random.default_rng(4)
    moves = rng.normal(0.0, 0.005, 2_000) + (rng.random(2_000) < 0.03) * rng.normal(
        0.0, 0.03, 2_000
    )
    growth = np.expm1(-0.01 + 0.5 * 0.03**2)
    location = (0.2 - 0.125 - 300.0 * growth) * YEARS
    density = merton_density(moves, (location, 0.5 * YEARS**0.5, 300.0 * YEARS, -0.01, 0.03))
    found = excited_log_likelihood(moves, hawkes_law(law, YEARS), YEARS)
    np.testing.assert_allclose(found, np.log(density).sum(), rtol=1e-5)


def ogata(times, end, base, kick, decay):
    """Exact log-likelihood of jump times on (0, end) that begins at the stationary intensity."""
    start = base * kick / (decay - kick)
    ages = times[:, None] - times[None, :]
    raised = np.where(ages > 0.0, kick * np.exp(-decay * np.maximum(ages, 0.0)), 0.0).sum(axis=1)
    rates = base + start * np.exp(-decay * times) + raised
    mass = base * end - start / decay * np.expm1(-decay * end)
    return np.log(rates).sum() - mass + kick / decay * np.expm1(-decay * (end - times)).sum()


@pytest.mark.parametrize("other", [(250.0, 0.6, 4.0), (150.0, 0.3, 4.0), (150.0, 0.6, 10.0)])
def test_jumps_beyond_doubt_have_ogatas_likelihood(other):
    rng = np.random.default_rng(5)
    # A mean of −½·deviation² needs no compensator: the moves between the jumps tell nothing about them.
    years, size, mean, deviation = YEARS / 60.0, 60_000, -0.005, 0.1
    bars = np.unique(np.concatenate([rng.integers(0, size, 40) + d for d in (0, 7, 30)]) % size)
    moves = rng.normal(0.0, 0.2 * years**0.5, size)
    moves[bars] += rng.choice([-0.1, 0.1], bars.size)
    found, exact = [], []
    for base, branching, half_life in ((150.0, 0.6, 4.0), other):
        decay = np.log(2.0) / half_life * 8_760.0
        law = (0.2, base, branching, half_life, mean, deviation, 0.0)
        found.append(excited_log_likelihood(moves, hawkes_law(law, years), years))
        exact.append(ogata((bars + 0.5) * years, size * years, base, branching * decay, decay))
    np.testing.assert_allclose(found[1] - found[0], exact[1] - exact[0], rtol=0.05, atol=0.3)


def test_missing_bars_move_nothing_and_let_the_state_return():
    full = history(np.random.default_rng(6).normal(0.0, 0.01, 400))
    holed = full.select(np.r_[0:150, 200:401])
    moves = moves_by_bar(holed)
    assert moves.size == 400
    assert np.count_nonzero(np.isnan(moves)) == 51
    np.testing.assert_array_equal(moves[~np.isnan(moves)], holed.log_returns)
    long = np.concatenate((np.full(20_000, np.nan), [0.01]))
    law = heston_law((0.6, 20.0, 3.0, -0.5, 0.0), YEARS)
    alone = filter_variance(long[-1:], law, NO_JUMPS)
    np.testing.assert_allclose(filter_variance(long, law, NO_JUMPS), alone, rtol=1e-9)


def test_heston_comes_back():
    law = (0.6, 60.0, 4.0, -0.5)
    moves, variance = heston_moves(np.random.default_rng(7), 12_000, YEARS, law)
    fit = fit_heston(history(moves))
    assert fit.converged
    truth = dict(zip(("long_vol", "reversion", "vol_of_vol", "correlation"), law, strict=True))
    within(fit, {**truth, "vol": variance**0.5, "drift": 0.0})
    assert fit.errors["vol_of_vol"] < 0.5
    assert fit.errors["correlation"] < 0.1


def test_hawkes_comes_back():
    names = ("vol", "base_intensity", "branching", "half_life_hours", "jump_mean", "jump_vol")
    law = (0.5, 150.0, 0.6, 4.0, -0.005, 0.03)
    fit = fit_hawkes(history(hawkes_moves(np.random.default_rng(8), 15_000, law)))
    assert fit.converged
    within(fit, {**dict(zip(names, law, strict=True)), "drift": 0.0})
    assert fit.errors["branching"] < 0.08


def test_what_svcj_identifies_comes_back():
    truth = {
        "jump_mean": -0.05,
        "jump_vol": 2.06,
        "daily_intensity": 0.05,
        "inflow": 0.05,
        "reversion": -0.19,
    }
    values = (*truth.values(), -0.3, 0.1, -0.2, 0.7)
    moves = svcj_moves(np.random.default_rng(9), 6_000, 1.0 / 6.0, values)
    fit = fit_svcj(history(moves, 4 * HOUR))
    within(fit, truth)
    assert all(np.isnan(fit.errors[x]) for x in ("correlation", "vol_of_vol", "variance_jump"))
    assert fit.errors["daily_intensity"] < 0.02
    assert fit.errors["jump_vol"] < 0.5


def test_svcj_refuses_bars_longer_than_a_day():
    moves = np.random.default_rng(10).normal(0.0, 0.05, 100)
    with pytest.raises(InputError, match="bars of 7 d — svcj takes bars of a day or less"):
        fit_svcj(history(moves, 168 * HOUR))


def test_every_fit_refuses_a_history_that_never_moves():
    for fit in FITS.values():
        with pytest.raises(InputError, match="the price never moves"):
            fit(history(np.zeros(80)))


@pytest.mark.parametrize("rho", [0.3, 0.7, 0.9])
def test_the_block_length_of_an_autoregression_is_that_of_its_formula(rho):
    # G/g(0) = 2ρ/(1 − ρ²), from the autocovariances ρ^|k|.
    rng, size = np.random.default_rng(11), 40_000
    found = []
    for _ in range(20):
        noise, series = rng.standard_normal(size), np.empty(size)
        series[0] = noise[0]
        for i in range(1, size):
            series[i] = rho * series[i - 1] + noise[i]
        found.append(block_length(series))
    expected = (1.5 * (2.0 * rho / (1.0 - rho**2)) ** 2 * size) ** (1.0 / 3.0)
    np.testing.assert_allclose(np.mean(found), expected, rtol=0.15)


def test_independent_moves_need_short_blocks_and_clusters_long_ones():
    rng = np.random.default_rng(12)
    noise = 0.01 * rng.standard_normal(5_000)
    calm = fit_bootstrap(history(noise))
    wave = fit_bootstrap(history(noise * np.exp(np.sin(np.arange(5_000) / 60.0))))
    assert calm.values["block"] <= 6.0
    assert wave.values["block"] > 30.0
    assert np.isnan(calm.errors["block"])
    np.testing.assert_allclose(
        calm.values["drift"], np.log(np.exp(noise).mean()) / YEARS, rtol=1e-12
    )
    np.testing.assert_allclose(calm.errors["drift"], 0.01 / 5_000**0.5 / YEARS, rtol=0.15)


def test_blocks_are_never_longer_than_the_history_bears():
    wave = np.sin(np.linspace(0.0, np.pi, 100_000)) ** 9
    assert 1.0 <= block_length(np.random.default_rng(13).standard_normal(60)) <= 20.0
    assert 900.0 < block_length(wave) <= 3.0 * wave.size**0.5
