"""Was the shortfall deep enough? The second test of Acerbi and Székely.

With profits X, promised breach chance p = 1 − level and forecasts VaR and ES (USD, positive = loss)::

    Z₂ = Σ Xₜ·1[Xₜ < −VaRₜ] / (T·p·ESₜ) + 1

0 is expected of a true forecast; below it losses beyond VaR are too many or too deep. The test is
one-sided, and its p-value is simulated: every day's profit is drawn again from that day's own forecast.

Source: C. Acerbi, B. Székely (2014), "Backtesting expected shortfall", Risk 27(11); for normal profits,
T = 250 and level 97.5 % they give −0.70 as the critical value at 5 %.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import ShapeError
from shortgamma.risk.tails.figures import ROUNDING

Vector = NDArray[np.float64]

DRAWS: Final = 1_999
"""Simulated series: with the observed one 2,000."""


def shortfall_statistic(
    losses: NDArray[np.float64], var: Vector, *, es: Vector, level: float
) -> Vector:
    """Z₂ along the last axis.

    Args:
        losses: USD, positive = loss, shape (…, T).
        var, es: Forecasts, USD, positive = loss, shape (T,).
        level: As 0.975.

    Returns:
        Shape of all other axes; NaN where a forecast ES is not positive: a share of it means nothing.

    Raises:
        ShapeError: The lengths differ.
    """
    if losses.shape[-1] != var.size or var.shape != es.shape:
        raise ShapeError(f"{losses.shape[-1]} losses, {var.size} VaR and {es.size} ES forecasts")
    if not np.all(es > 0.0):
        return np.full(losses.shape[:-1], np.nan)
    beyond = np.where(losses > var, losses / es, 0.0)
    return np.asarray(1.0 - beyond.sum(axis=-1) / (var.size * (1.0 - level)))


def shortfall_null(
    scenarios: NDArray[np.float64], es: Vector, *, level: float, draws: int = DRAWS, seed: int = 7
) -> Vector:
    """Z₂ of series drawn from the forecasts themselves, sorted ascending, shape (draws,).

    A day breaches with exactly the promised chance, and its loss is then one of the worst share of that
    day's scenarios, the last of them with the fraction that ES gives it. So Z₂ has mean 0 however few
    scenarios there are.

    Args:
        scenarios: Losses that each forecast holds for equally likely, USD, shape (T, scenarios).
        es: Forecasts made of them, USD, shape (T,).
        level: As 0.975.
        draws, seed: How many series, and of all draws.
    """
    rng = np.random.default_rng(seed)
    days, size, chance = es.size, int(scenarios.shape[1]), 1.0 - level
    beyond = size * chance
    whole = min(int(np.floor(beyond + ROUNDING)), size - 1)
    worst = -np.sort(np.partition(-scenarios, whole, axis=1)[:, : whole + 1], axis=1)
    ends = np.minimum(np.arange(1, whole + 2), beyond) / beyond
    depth = worst / es[:, None] / (days * chance)
    found = np.empty(draws)
    for draw in range(draws):
        day = np.flatnonzero(rng.random(days) < chance)
        place = np.minimum(np.searchsorted(ends, rng.random(day.size)), whole)
        found[draw] = 1.0 - float(depth[day, place].sum())
    return np.sort(found)
