"""Forecasts of tail risk against what happened: every test in one place."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

from shortgamma.basics.errors import InputError
from shortgamma.risk.backtests.likelihood import DEGREES, ratios
from shortgamma.risk.backtests.monte_carlo import SEED, hit_null, rank_p_value
from shortgamma.risk.backtests.shortfall import shortfall_null, shortfall_statistic
from shortgamma.risk.backtests.zones import BaselZone, basel_zone

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class HitTest:
    """A test of the series of breaches.

    Args:
        statistic: Likelihood ratio, not negative.
        p_value: Asymptotic, by χ².
        p_value_monte_carlo: By rank among simulated series, ties broken at random.
    """

    statistic: float
    p_value: float
    p_value_monte_carlo: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortfallTest:
    """Acerbi and Székely's second test.

    Args:
        statistic: Z₂; below 0 losses beyond VaR are too many or too deep. NaN where there is none.
        p_value_monte_carlo: One-sided, small where risk was understated; NaN where there is no statistic.
    """

    statistic: float
    p_value_monte_carlo: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """All tests of one level.

    Args:
        observations: T.
        breaches: How often the loss was larger than VaR.
        expected: T·(1 − level).
        kupiec: Coverage.
        independence: One breach does not bring the next.
        christoffersen: Both together: conditional coverage.
        acerbi_szekely: Depth.
        basel: Zone.
    """

    observations: int
    breaches: int
    expected: float
    kupiec: HitTest
    independence: HitTest
    christoffersen: HitTest
    acerbi_szekely: ShortfallTest
    basel: BaselZone


def backtest(
    losses: Vector,
    var: Vector,
    *,
    es: Vector,
    level: float,
    scenarios: NDArray[np.float64],
    seed: int = SEED,
) -> Backtest:
    """Tests forecasts of one level.

    Args:
        losses: What happened, USD, positive = loss, shape (T,).
        var, es: Forecasts, USD, positive = loss, shape (T,).
        level: As 0.99.
        scenarios: Losses that each forecast was made of, USD, shape (T, scenarios).
        seed: Of draws and of the breaking of ties.

    Raises:
        InputError: Fewer than two forecasts.
    """
    if losses.size < 2:
        raise InputError(
            f"{losses.size} forecasts", place="backtest", remedy="give a longer price history"
        )
    hits = losses > var
    tests = hit_tests(hits, 1.0 - level, seed=seed)
    observed = float(shortfall_statistic(losses, var, es=es, level=level))
    chance = np.nan
    if np.isfinite(observed):
        null = shortfall_null(scenarios, es, level=level, seed=seed)
        chance = rank_p_value(-observed, -null[::-1], rng=np.random.default_rng(seed))
    breaches = int(np.count_nonzero(hits))
    return Backtest(
        observations=losses.size,
        breaches=breaches,
        expected=losses.size * (1.0 - level),
        **tests,
        acerbi_szekely=ShortfallTest(statistic=observed, p_value_monte_carlo=chance),
        basel=basel_zone(breaches, losses.size, level=level),
    )


def hit_tests(
    hits: NDArray[np.bool_], probability: float, *, seed: int = SEED
) -> dict[str, HitTest]:
    """``kupiec``, ``independence`` and ``christoffersen`` of one series of breaches.

    Args:
        hits: True for a breach, in the order of time, shape (T,).
        probability: Promised chance of a breach.
        seed: Of the simulated series and of the breaking of ties.
    """
    null = hit_null(hits.size, round(probability, 12), seed=seed).statistics
    rng = np.random.default_rng((seed, hits.size))
    return {
        name: HitTest(
            statistic=float(value),
            p_value=float(chi2.sf(value, DEGREES[name])),
            p_value_monte_carlo=rank_p_value(float(value), null[name], rng=rng),
        )
        for name, value in ratios(hits, probability).items()
    }
