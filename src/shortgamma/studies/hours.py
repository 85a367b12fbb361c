"""Whether the hours of the week differ by more than chance."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from shortgamma.market.history import PriceHistory
from shortgamma.market.seasonality import HOUR, HOURS, THURSDAY

LEAST_WEEKS: Final = 4
TURNS: Final = 999
"""Rearrangements of the weeks."""


def hours_chance(history: PriceHistory, *, seed: int = 1) -> float:
    """Chance that hours of the week differ as much as they do if each week began at a random hour.

    Mean |move| of every hour is ranked within its week, so that neither a wild week nor one wild hour
    decides. The statistic is the variance over the 168 hours of the mean rank; under the hypothesis every
    week is turned by a random number of hours, which keeps its clusters. NaN for fewer than four weeks.

    Args:
        history: With bars of an hour or less.
        seed: Of the turns.
    """
    ranks = ranks_by_week(history)
    if len(ranks) < LEAST_WEEKS:
        return math.nan
    rng = np.random.default_rng(seed)
    strength = float(np.var(np.mean(ranks, axis=0)))
    hours = np.arange(HOURS)
    stronger = 0
    for _turn in range(TURNS):
        turned = (hours + rng.integers(0, HOURS, (len(ranks), 1))) % HOURS
        mean = np.mean(np.take_along_axis(ranks, turned, axis=1), axis=0)
        stronger += float(np.var(mean)) >= strength
    return (1.0 + stronger) / (1.0 + TURNS)


def ranks_by_week(history: PriceHistory) -> NDArray[np.float64]:
    """Rank of each hour's mean |move| within its week, 0 to 1, shape (weeks, 168); only whole weeks."""
    one = np.diff(history.bars) == 1
    hour = ((history.stamp - history.bar) // HOUR + THURSDAY)[1:][one]
    first = int(hour.min()) // HOURS * HOURS
    size = (int(hour.max()) // HOURS + 1) * HOURS - first
    count = np.bincount(hour - first, minlength=size)
    total = np.bincount(hour - first, np.abs(history.log_returns), size)
    whole = (count.reshape(-1, HOURS) > 0).all(axis=1)
    mean = total.reshape(-1, HOURS)[whole] / count.reshape(-1, HOURS)[whole]
    return rankdata(mean, axis=1) / HOURS
