"""Answers of `policy` for the tests of its page and of its summary."""

import numpy as np

from shortgamma.market.history import PriceHistory
from shortgamma.studies.policies.candidates import Grid
from shortgamma.studies.policies.study import policy

HOUR = 3_600 * 10**9
WEEK = {"steps": 168}
GRID = Grid(thresholds=[2.0, 6.0, 18.0, 54.0], intervals=[3_600.0, 14_400.0, 57_600.0])


def recorded(bars=900, seed=3):
    """Hourly closes with fat tails."""
    moves = 0.004 * np.random.default_rng(seed).standard_t(4, bars)
    stamp = 1_600_000_000 * 10**9 + HOUR * np.arange(bars, dtype=np.int64)
    return PriceHistory(underlying="BTC", stamp=stamp, close=40_000.0 * np.exp(np.cumsum(moves)))


def simulated():
    """A week of the bundled book, with costs against volatility."""
    return policy("desk", WEEK, grid=GRID, paths=300, workers=1)


def replayed():
    """The same on prices, without that curve."""
    return policy("desk", WEEK, grid=GRID, paths=200, prices=recorded(), curve=False, workers=1)


def large():
    """A book that is a third of the depth."""
    return policy("desk", {**WEEK, "theta": -0.3}, grid=GRID, paths=200, curve=False, workers=1)
