"""Runs of a process without the engine, and histories made by hand."""

import numpy as np

from shortgamma.feedback.draws import Draws
from shortgamma.market.history import PriceHistory

HOUR = 3_600_000_000_000
HOUR_YEARS = 1.0 / 8_760.0
START = 1_700_000_000 * 1_000_000_000


def moves_of(process, *, years, steps, paths, seed=7, first_path=0):
    """Log moves, shape (steps, paths)."""
    lengths = np.full(steps, years)
    draws = Draws(seed=seed, first_path=first_path, size=paths)
    state = process.start(draws, lengths)
    moves = np.empty((steps, paths))
    for step in range(steps):
        draws.step = step
        process.advance(state, draws, years=years, out=moves[step])
    return moves


def history_of(returns, *, bar=HOUR, price=100.0):
    """A history with these log moves."""
    close = price * np.exp(np.concatenate(([0.0], np.cumsum(returns))))
    stamp = START + bar * np.arange(close.size)
    return PriceHistory(underlying="BTC", stamp=stamp, close=close)


def within(sample, expected, *, errors=4.0):
    """Whether the mean of a sample is its expected value, within this many standard errors."""
    error = sample.std(ddof=1) / sample.size**0.5
    return abs(sample.mean() - expected) <= errors * error + 1e-12
