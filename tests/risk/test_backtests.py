"""Backtests: published ranges and zones, sizes on true models, power against false ones."""

import numpy as np
import pytest
from scipy.stats import binom, chi2, norm

from shortgamma.basics.errors import InputError, ShapeError
from shortgamma.risk.backtests.backtest import backtest, hit_tests
from shortgamma.risk.backtests.likelihood import (
    DEGREES,
    independence_ratio,
    kupiec_ratio,
    ratios,
    transitions,
)
from shortgamma.risk.backtests.monte_carlo import hit_null, rank_p_value
from shortgamma.risk.backtests.shortfall import shortfall_null, shortfall_statistic
from shortgamma.risk.backtests.zones import Zone, basel_zone

CRITICAL = chi2.isf(0.05, 1)


@pytest.mark.parametrize(
    ("observations", "probability", "low", "high"),
    # Kupiec (1995), table of non-rejection regions at 5 %; the ratio itself rejects 0 at T = 255.
    [
        (255, 0.01, 1, 6),
        (510, 0.01, 2, 10),
        (1000, 0.01, 5, 16),
        (255, 0.05, 7, 20),
        (510, 0.05, 17, 35),
        (1000, 0.05, 38, 64),
    ],
)
def test_kupiecs_table(observations, probability, low, high):
    breaches = np.arange(observations + 1)
    kept = breaches[kupiec_ratio(breaches, observations, probability=probability) < CRITICAL]
    assert (kept[0], kept[-1]) == (low, high)


def test_the_asymptotic_size_of_kupiec_at_250_and_1_percent_is_twice_the_nominal_one():
    breaches = np.arange(251)
    rejected = kupiec_ratio(breaches, 250, probability=0.01) > CRITICAL
    size = float(binom.pmf(breaches, 250, 0.01)[rejected].sum())
    assert size == pytest.approx(0.096, abs=0.002)
    simulated = float(np.mean(hit_null(250, 0.01).statistics["kupiec"] > CRITICAL))
    assert simulated == pytest.approx(size, abs=0.01)


def test_a_ratio_is_zero_where_the_share_is_the_promised_one():
    assert kupiec_ratio(10, 1_000, probability=0.01) == pytest.approx(0.0, abs=1e-9)
    assert kupiec_ratio(0, 250, probability=0.01) == pytest.approx(-500.0 * np.log(0.99))


def test_transitions_of_a_series_by_hand():
    hits = np.array([0, 1, 1, 0, 0, 1, 0], dtype=bool)
    assert tuple(float(count) for count in transitions(hits)) == (1.0, 2.0, 2.0, 1.0)
    # L = (1/3)·(2/3)²·(1/3)·(2/3)² against π = 1/2 over six steps.
    free = np.log(1 / 3) + 2 * np.log(2 / 3) + np.log(1 / 3) + 2 * np.log(2 / 3)
    assert independence_ratio(hits) == pytest.approx(2.0 * (free - 6 * np.log(0.5)))
    both = ratios(hits, 0.2)
    assert both["christoffersen"] == pytest.approx(both["kupiec"] + both["independence"])


def test_clusters_are_seen_by_independence_and_not_by_coverage():
    hits = np.zeros(1_000, dtype=bool)
    hits[500:510] = True
    found = hit_tests(hits, 0.01)
    assert found["kupiec"].p_value > 0.9
    assert found["independence"].p_value_monte_carlo < 0.001
    assert found["christoffersen"].p_value < 1e-6


@pytest.mark.parametrize("observations", [250, 1_000])
@pytest.mark.parametrize("probability", [0.01, 0.05])
def test_monte_carlo_p_values_reject_true_models_at_their_rate(observations, probability):
    rng = np.random.default_rng(observations)
    hits = rng.random((2_000, observations)) < probability
    null = hit_null(observations, probability).statistics
    for name, values in ratios(hits, probability).items():
        chances = np.array([rank_p_value(v, null[name], rng=rng) for v in values.tolist()])
        assert np.mean(chances <= 0.05) == pytest.approx(0.05, abs=0.02), name
        assert np.mean(chances <= 0.10) == pytest.approx(0.10, abs=0.02), name


def test_asymptotic_p_values_reject_true_models_at_their_rate_at_5000_and_5_percent():
    hits = np.random.default_rng(5).random((2_000, 5_000)) < 0.05
    for name, values in ratios(hits, 0.05).items():
        chances = chi2.sf(values, DEGREES[name])
        assert np.mean(chances <= 0.05) == pytest.approx(0.05, abs=0.02), name


def test_a_rank_counts_itself_and_breaks_ties_at_random():
    rng = np.random.default_rng(1)
    simulated = np.zeros(99)
    chances = [rank_p_value(0.0, simulated, rng=rng) for _ in range(4_000)]
    assert (min(chances), max(chances)) == (0.01, 1.0)
    assert np.mean(chances) == pytest.approx(0.505, abs=0.02)
    assert rank_p_value(1.0, simulated, rng=rng) == 0.01
    assert rank_p_value(-1.0, simulated, rng=rng) == 1.0


@pytest.mark.parametrize(
    ("breaches", "zone", "cumulative", "addition"),
    # Basel Committee (January 1996), tables 1 and 2, cumulative probabilities of 250 days at 99 %.
    [
        (0, Zone.GREEN, 0.0811, 0.0),
        (4, Zone.GREEN, 0.8922, 0.0),
        (5, Zone.YELLOW, 0.9588, 0.40),
        (7, Zone.YELLOW, 0.9960, 0.65),
        (9, Zone.YELLOW, 0.9997, 0.85),
        (10, Zone.RED, 0.9999, 1.0),
    ],
)
def test_basel_zones(breaches, zone, cumulative, addition):
    found = basel_zone(breaches, 250, level=0.99)
    assert (found.zone, found.addition) == (zone, addition)
    assert found.cumulative == pytest.approx(cumulative, abs=6e-5)
    assert basel_zone(breaches, 500, level=0.99).addition is None


def normal_forecasts(observations, level, scenarios=4_000):
    z = norm.ppf((np.arange(scenarios) + 0.5) / scenarios)
    var, es = norm.ppf(level), norm.pdf(norm.ppf(level)) / (1.0 - level)
    ones = np.ones(observations)
    return np.tile(z, (observations, 1)), var * ones, es * ones


def test_the_critical_value_of_acerbi_and_szekely():
    scenarios, _var, es = normal_forecasts(250, 0.975)
    null = shortfall_null(scenarios, es, level=0.975, draws=9_999)
    assert np.quantile(null, 0.05) == pytest.approx(-0.70, abs=0.03)
    assert null.mean() == pytest.approx(0.0, abs=0.02)


@pytest.mark.parametrize("observations", [250, 1_000])
def test_the_shortfall_test_rejects_true_models_at_its_rate_and_thin_ones_more(observations):
    level = 0.975
    scenarios, var, es = normal_forecasts(observations, level)
    rng = np.random.default_rng(observations)
    null = -shortfall_null(scenarios, es, level=level, draws=9_999)[::-1]
    for scale, low, high in ((1.0, 0.03, 0.07), (1.3, 0.5, 1.0)):
        losses = scale * rng.standard_normal((2_000, observations))
        values = shortfall_statistic(losses, var, es=es, level=level)
        chances = [rank_p_value(-value, null, rng=rng) for value in values.tolist()]
        assert low <= np.mean(np.array(chances) <= 0.05) <= high


def test_shortfall_needs_a_positive_shortfall_and_equal_lengths():
    ones = np.ones(3)
    assert np.isnan(shortfall_statistic(ones, ones, es=-ones, level=0.99))
    with pytest.raises(ShapeError):
        shortfall_statistic(ones, np.ones(2), es=np.ones(2), level=0.99)


def test_a_backtest_holds_every_test_and_understated_risk_makes_z2_negative():
    scenarios, var, es = normal_forecasts(250, 0.99, 999)
    losses = np.random.default_rng(3).standard_normal(250)
    fine = backtest(losses, var, es=es, level=0.99, scenarios=scenarios)
    assert fine.breaches == int(np.sum(losses > var))
    thin = backtest(3.0 * losses, var, es=es, level=0.99, scenarios=scenarios)
    assert thin.acerbi_szekely.statistic < -5.0 < fine.acerbi_szekely.statistic
    assert thin.acerbi_szekely.p_value_monte_carlo < 0.001
    assert thin.basel.zone is Zone.RED
    with pytest.raises(InputError):
        backtest(losses[:1], var[:1], es=es[:1], level=0.99, scenarios=scenarios[:1])
