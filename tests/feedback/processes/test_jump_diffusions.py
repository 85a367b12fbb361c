"""Merton, Kou, Hawkes: the law of their moves against closed forms."""

import numpy as np
import pytest
from scipy.stats import poisson

from shortgamma.feedback.processes.hawkes import Hawkes
from shortgamma.feedback.processes.kou import Kou
from shortgamma.feedback.processes.merton import Merton
from shortgamma.kernels.jumps import add_excited_jumps, jump_count, size_normal, size_uniforms
from tests.feedback.processes.builders import moves_of, within

FREQUENCIES = (3.0, 10.0, 30.0)


def merton_exponent(u, p):
    jump = np.exp(1j * u * p.jump_mean - 0.5 * (u * p.jump_vol) ** 2) - 1.0
    mean = np.exp(p.jump_mean + 0.5 * p.jump_vol**2) - 1.0
    drift = -0.5 * p.vol**2 - p.intensity * mean
    return 1j * u * drift - 0.5 * (u * p.vol) ** 2 + p.intensity * jump


def kou_exponent(u, p):
    up, down = 1.0 / p.mean_up, 1.0 / p.mean_down
    chance = p.up_probability
    jump = chance * up / (up - 1j * u) + (1.0 - chance) * down / (down + 1j * u) - 1.0
    mean = chance * up / (up - 1.0) + (1.0 - chance) * down / (down + 1.0) - 1.0
    drift = -0.5 * p.vol**2 - p.intensity * mean
    return 1j * u * drift - 0.5 * (u * p.vol) ** 2 + p.intensity * jump


@pytest.mark.parametrize(
    ("process", "exponent"),
    [
        (Merton(vol=0.3, intensity=200.0, jump_mean=0.02, jump_vol=0.04), merton_exponent),
        (
            Kou(vol=0.3, intensity=200.0, up_probability=0.8, mean_up=0.03, mean_down=0.06),
            kou_exponent,
        ),
    ],
    ids=["merton", "kou"],
)
@pytest.mark.parametrize("years", [1 / 8760, 1 / 50], ids=["rare", "several in one step"])
def test_the_characteristic_function_is_that_of_the_model(process, exponent, years):
    moves = moves_of(process, years=years, steps=4, paths=100_000).ravel()
    for u in FREQUENCIES:
        expected = np.exp(years * exponent(u, process))
        assert within(np.cos(u * moves), expected.real)
        assert within(np.sin(u * moves), expected.imag)


@pytest.mark.parametrize("expected", [1e-4, 0.3, 4.0, 50.0])
def test_the_count_is_the_poisson_quantile(expected):
    u = np.random.default_rng(1).random(2_000)
    found = np.array([jump_count(x, expected) for x in u])
    np.testing.assert_array_equal(found, poisson.ppf(u, expected))


def test_sizes_are_independent_over_jumps_steps_paths_and_streams():
    base = size_uniforms(5, 3, 11, 20, 0)
    places = [(6, 3, 11, 20, 0), (5, 4, 11, 20, 0), (5, 3, 12, 20, 0), (5, 3, 11, 21, 0)]
    for place in [*places, (5, 3, 11, 20, 1), (5, 3, 11 + 2**33, 20, 0)]:
        assert size_uniforms(*place) != base
    z = np.array([[size_normal(5, 3, path, 20, k) for k in range(2)] for path in range(20_000)])
    assert within(z[:, 0] ** 2, 1.0)
    assert within(z[:, 0] * z[:, 1], 0.0)


def hawkes_counts(steps, paths=20_000):
    """Jumps of each path in 50 units of time; base 1, branching 0.6, decay 2."""
    base, kick, decay = 1.0, 1.2, 2.0
    rng = np.random.default_rng(4)
    excitement = np.full(paths, base / 0.4 - base)
    counts = np.zeros(paths)
    law = (base, kick, decay, 1.0, 0.0, 0.0)
    for step in range(steps):
        add_excited_jumps(rng.random(paths), excitement, law, (9, 3, 0, step, 50.0 / steps), counts)
    return counts


@pytest.mark.parametrize("steps", [5, 500])
def test_hawkes_counts_have_the_mean_and_variance_of_the_closed_form(steps):
    base, branching, decay, span = 1.0, 0.6, 2.0, 50.0
    rate, gap = base / (1.0 - branching), decay * (1.0 - branching)
    reach = (1.0 - np.exp(-gap * span)) / gap
    clumped = 1.0 / (1.0 - branching) ** 2
    stationary = rate * (span * clumped + (1.0 - clumped) * reach)
    # every path starts at the mean intensity, so the spread of a stationary start is missing
    variance = stationary - rate * branching**2 * decay / (2.0 * (1.0 - branching)) * reach**2
    counts = hawkes_counts(steps)
    np.testing.assert_array_equal(counts, np.round(counts))
    assert within(counts, rate * span)
    assert within((counts - rate * span) ** 2, variance)


def test_hawkes_without_branching_is_merton():
    years = 1 / 100
    hawkes = Hawkes(vol=0.3, base_intensity=200.0, branching=0.0, jump_mean=0.02, jump_vol=0.04)
    merton = Merton(vol=0.3, intensity=200.0, jump_mean=0.02, jump_vol=0.04)
    moves = moves_of(hawkes, years=years, steps=4, paths=100_000).ravel()
    for u in FREQUENCIES:
        expected = np.exp(years * merton_exponent(u, merton))
        assert within(np.cos(u * moves), expected.real)
        assert within(np.sin(u * moves), expected.imag)


def test_hawkes_jumps_come_in_clusters():
    def clustering(branching):
        process = Hawkes(vol=0.0, base_intensity=400.0 * (1.0 - branching), branching=branching)
        size = np.abs(moves_of(process, years=1 / 8760, steps=200, paths=2_000))
        centred = size - size.mean()
        return (centred[1:] * centred[:-1]).mean() / (centred**2).mean()

    assert abs(clustering(0.0)) < 0.01
    assert clustering(0.8) > 0.1
