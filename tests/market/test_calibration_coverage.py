"""Nominal 90 % intervals hold the true value in about 90 of 100 histories."""

import numpy as np
import pytest

from shortgamma.market.calibration import FITS
from shortgamma.market.history import PriceHistory

HOUR = 3_600_000_000_000
YEARS = 1.0 / 8_760.0
SIZE = 3_000
REPEATS = 200
LEAST, MOST = 0.80, 0.97


def gbm(rng):
    vol, drift = 0.6, 0.4
    moves = rng.normal((drift - 0.5 * vol**2) * YEARS, vol * YEARS**0.5, SIZE)
    return moves, {"vol": vol, "drift": drift}


def merton(rng):
    truth = {"vol": 0.5, "intensity": 600.0, "jump_mean": -0.01, "jump_vol": 0.03, "drift": 0.4}
    vol, intensity, mean, deviation, drift = truth.values()
    relative = np.exp(mean + 0.5 * deviation**2) - 1.0
    location = (drift - 0.5 * vol**2 - intensity * relative) * YEARS
    counts = rng.poisson(intensity * YEARS, SIZE)
    jumps = [rng.normal(mean, deviation, count).sum() for count in counts]
    return rng.normal(location, vol * YEARS**0.5, SIZE) + np.array(jumps), truth


def kou(rng):
    truth = {
        "vol": 0.5,
        "intensity": 800.0,
        "up_probability": 0.4,
        "mean_up": 0.02,
        "mean_down": 0.03,
        "drift": 0.4,
    }
    vol, intensity, chance, up, down, drift = truth.values()
    relative = chance / (1.0 - up) + (1.0 - chance) / (1.0 + down) - 1.0
    location = (drift - 0.5 * vol**2 - intensity * relative) * YEARS
    counts = rng.poisson(intensity * YEARS, SIZE)
    jumps = [
        np.where(
            rng.random(count) < chance, rng.exponential(up, count), -rng.exponential(down, count)
        ).sum()
        for count in counts
    ]
    return rng.normal(location, vol * YEARS**0.5, SIZE) + np.array(jumps), truth


@pytest.mark.slow
@pytest.mark.parametrize("law", [gbm, merton, kou])
def test_intervals_cover_the_truth_as_often_as_they_say(law):
    rng = np.random.default_rng(20_261_121)
    held = {}
    for _ in range(REPEATS):
        moves, truth = law(rng)
        close = 100.0 * np.exp(np.concatenate(([0.0], np.cumsum(moves))))
        stamp = HOUR * np.arange(1, close.size + 1)
        fit = FITS[law.__name__](PriceHistory(underlying="BTC", stamp=stamp, close=close))
        for name, value in truth.items():
            low, high = fit.interval(name, 0.9)
            held.setdefault(name, []).append(low <= value <= high)
    shares = {name: float(np.mean(values)) for name, values in held.items()}
    assert all(LEAST <= share <= MOST for share in shares.values()), shares
