"""Stochastic volatility, by the likelihood of a filter of the variance.

The filter knows mean and variance of what the variance V may be, and takes it as gamma distributed with
these moments, as it is in the long run without jumps. A move given V is normal, from which its density and
the moments of V after it follow. Over the next bar both moments move as the process says. A jump is a
second possibility, weighed by the density it gives to the move; the mixture is brought back to two moments.

Limits: V counts as constant over a bar; at most one jump a bar; after a jump V is what it was before it,
plus the expected jump of V. Standard errors are those of a likelihood, which this is only nearly.

Source: D. S. Bates (2006), "Maximum likelihood estimation of latent affine processes",
doi:10.1093/rfs/hhj022 (filter by two moments of a gamma law); S. L. Heston (1993),
doi:10.1093/rfs/6.2.327; A. J. Hou, W. Wang, C. Y. H. Chen, W. K. Härdle (2020),
doi:10.1093/jjfinec/nbaa006.
"""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.special import expit, logit

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import DAYS_PER_YEAR
from shortgamma.market.calibration.fit import (
    Fit,
    Problem,
    best_fit,
    guesses,
    moves_by_bar,
    usable_returns,
)
from shortgamma.market.history import PLACE, PriceHistory, describe_bar

Vector = NDArray[np.float64]
Law = tuple[float, ...]

HESTON = ("long_vol", "reversion", "vol_of_vol", "correlation", "drift")
SVCJ = (
    "jump_mean",
    "jump_vol",
    "daily_intensity",
    "inflow",
    "reversion",
    "correlation",
    "vol_of_vol",
    "jump_lean",
    "variance_jump",
    "drift",
)
NOT_IDENTIFIED = ("correlation", "vol_of_vol", "variance_jump")
SERIES_DAYS = 250.0  # the paper's series is √250 times the daily log return
SERIES_SCALE = SERIES_DAYS**0.5
NO_JUMPS = (0.0, 0.0, 1.0, 0.0, 0.0)
LEAST_SHAPE, MOST_CERTAIN = (
    1.0,
    1e6,
)  # of the gamma law of V: below it is too flat, beyond V is known
SHARP = 20.0  # curvature beyond which the integrand is close to normal


def fit_heston(history: PriceHistory) -> Fit:
    """``vol``, ``long_vol``, ``reversion``, ``vol_of_vol``, ``correlation`` and ``drift`` of Heston's model.

    ``vol`` is what the filter takes the volatility to be at the end of the history, where a simulation goes
    on; its error is the filter's own.

    Raises:
        InputError: Too few moves, or none that moves.
    """
    returns, years = usable_returns(history)
    moves = moves_by_bar(history)
    deviation = float(returns.std())

    def natural(x: Vector) -> Vector:
        drift = x[4] * deviation / years
        return np.array([*np.exp(x[:3]), math.tanh(x[3]), drift])

    def filtered(values: Vector) -> Law:
        return filter_variance(moves, heston_law(tuple(values.tolist()), years), NO_JUMPS)

    problem = Problem(
        process="heston",
        names=HESTON,
        log_likelihood=lambda x: filtered(natural(x))[0],
        natural=natural,
        moves=returns.size,
        bar_years=years,
    )
    fit = best_fit(problem, heston_starts(returns, years), searches=1)
    _total, mean, spread = filtered(np.array([fit.values[name] for name in HESTON]))
    vol = mean**0.5
    return replace(
        fit,
        values={"vol": vol, **fit.values},
        errors={"vol": spread**0.5 / (2.0 * vol), **fit.errors},
    )


def heston_starts(returns: Vector, years: float) -> list[Vector]:
    """First guesses: mean reversion over 10 bars, a tenth of the history, and their geometric mean."""
    long_vol = float(returns.std()) / years**0.5
    spread = volatility_spread(returns)
    starts: list[Vector] = []
    for bars in np.geomspace(10.0, 0.1 * returns.size, 3).tolist():
        reversion = 1.0 / (bars * years)
        vol_of_vol = long_vol * math.sqrt(2.0 * reversion * spread)
        starts.append(np.array([*np.log([long_vol, reversion, vol_of_vol]), 0.0, 0.0]))
    return starts


def volatility_spread(returns: Vector) -> float:
    """Variance of V over its mean squared, a third of the excess kurtosis; 0.05 to 1."""
    centred = returns - float(returns.mean())
    excess = float(np.mean(centred**4)) / float(np.mean(centred**2)) ** 2 - 3.0
    return min(max(excess / 3.0, 0.05), 1.0)


def heston_law(values: Law, years: float) -> Law:
    """What :func:`filter_variance` needs of one bar, from the parameters in the order of HESTON.

    Mean and variance of V after a bar are the exact ones of the square-root process.
    """
    long_vol, reversion, vol_of_vol, correlation, drift = values
    keep, gone = math.exp(-reversion * years), -math.expm1(-reversion * years)
    square = vol_of_vol**2 / reversion
    return (
        long_vol**2 * gone,
        keep,
        square * keep * gone,
        0.5 * long_vol**2 * square * gone**2,
        correlation,
        drift * years,
        years,
    )


def fit_svcj(history: PriceHistory) -> Fit:
    """The parameters of stochastic volatility with jumps in price and variance, and ``drift``.

    Rate and size of the price jumps, and level and reversion of V, are identified. ``correlation``,
    ``vol_of_vol`` and ``variance_jump`` are not: V moves little between jumps, and two moments cannot tell
    a large jump of V that may have been from a small one that was. Their values are the likeliest, but
    on simulated series they fall short of the truth by a third or more, so that they have no error.

    Raises:
        InputError: Too few moves, none that moves, or bars longer than a day.
    """
    returns, years = usable_returns(history)
    if years * DAYS_PER_YEAR > 1.0 + 1e-9:
        raise InputError(
            f"bars of {describe_bar(history.bar)}",
            place=PLACE,
            remedy="svcj takes bars of a day or less",
        )
    moves = moves_by_bar(history)
    natural = svcj_natural(float(returns.std()), years)

    def log_likelihood(x: Vector) -> float:
        law, jumps = svcj_law(tuple(natural(x).tolist()), years)
        return filter_variance(moves, law, jumps)[0]

    problem = Problem(
        process="svcj",
        names=SVCJ,
        log_likelihood=log_likelihood,
        natural=natural,
        moves=returns.size,
        bar_years=years,
    )
    fit = best_fit(problem, svcj_starts(returns, years))
    return replace(fit, errors={**fit.errors, **dict.fromkeys(NOT_IDENTIFIED, float("nan"))})


def svcj_natural(deviation: float, years: float) -> Callable[[Vector], Vector]:
    """The parameters in the order of SVCJ as a function of free ones.

    Args:
        deviation: Of a bar's log move.
        years: Length of a bar.
    """

    def natural(x: Vector) -> Vector:
        jump_vol, daily, inflow, vol_of_vol, variance_jump = np.exp(x[[1, 2, 3, 6, 8]])
        return np.array(
            [
                x[0] * jump_vol,
                jump_vol,
                daily,
                inflow,
                -expit(x[4]),
                math.tanh(x[5]),
                vol_of_vol,
                x[7],
                variance_jump,
                x[9] * deviation / years,
            ]
        )

    return natural


def svcj_starts(returns: Vector, years: float) -> list[Vector]:
    """First guesses: V returns within a fifth of a day to 20 days, jumps of 3 or 6 deviations of a bar."""
    days = years * DAYS_PER_YEAR
    spread = volatility_spread(returns)
    starts: list[Vector] = []
    for vol, rate, size in guesses(returns, years)[:2]:
        mean = vol**2 * SERIES_DAYS / DAYS_PER_YEAR
        jump_vol = size * float(returns.std()) * SERIES_SCALE
        for reversion in (0.05, 0.5):
            daily = rate / DAYS_PER_YEAR
            vol_of_vol = math.sqrt(mean * reversion * spread)
            jump = 0.3 * mean * reversion / max(daily, 1.0 / (returns.size * days))
            logs = np.log([jump_vol, daily, 0.7 * mean * reversion])
            starts.append(
                np.array(
                    [
                        0.0,
                        *logs,
                        logit(reversion),
                        0.0,
                        math.log(vol_of_vol),
                        0.0,
                        math.log(jump),
                        0.0,
                    ]
                )
            )
    return starts


def svcj_law(values: Law, years: float) -> tuple[Law, Law]:
    """What :func:`filter_variance` needs of one bar, from the parameters in the order of SVCJ."""
    jump_mean, jump_vol, daily, inflow, reversion, correlation, vol_of_vol, lean, jump, drift = (
        values
    )
    days = years * DAYS_PER_YEAR
    expected = daily * days
    log_mean, log_lean = jump_mean / SERIES_SCALE, lean / SERIES_SCALE
    log_variance = jump_vol**2 / SERIES_DAYS
    growth = math.exp(min(log_mean + 0.5 * log_variance, 50.0))
    relative = growth / max(1.0 - log_lean * jump, 1e-3) - 1.0
    law = (
        inflow * days,
        1.0 + reversion * days,
        vol_of_vol**2 * days,
        0.0,
        correlation,
        drift * years - expected * relative,
        days / SERIES_DAYS,
    )
    return law, (expected, log_mean, log_variance, log_lean, jump)


@njit(error_model="numpy", cache=True, nogil=True)
def variance_given_move(mean: float, spread: float, square: float) -> tuple[float, float, float]:
    """What a move says about a variance V that was gamma distributed before it.

    The trapezoidal rule in ln V, with a step of one deviation of the integrand or half of it, is exact to
    about 1e-7.

    Args:
        mean, spread: Mean and variance of V.
        square: Squared move per variance that a unit of V gives it.

    Returns:
        E[V^(−½)·exp(−square/(2·V))], the density of the move times √2π, and mean and variance of V after it.
    """
    shape = min(max(mean * mean / max(spread, 1e-300), LEAST_SHAPE), MOST_CERTAIN)
    rate, power, weight = shape / mean, shape - 0.5, 0.5 * square
    curve = math.sqrt(power * power + 4.0 * rate * weight)
    peak = 0.5 * (power + curve) / rate
    sharp = curve > SHARP
    step = (1.0 if sharp else 0.5) / math.sqrt(curve)
    left, right = (-6, 7) if sharp else (-24, 13)
    ratio, growth = math.exp(left * step), math.exp(step)
    zeroth, first, second = 0.0, 0.0, 0.0
    for k in range(left, right):
        part = math.exp(
            power * k * step - rate * peak * (ratio - 1.0) - weight / peak * (1.0 / ratio - 1.0)
        )
        zeroth += part
        first += part * (ratio - 1.0)
        second += part * (ratio - 1.0) ** 2
        ratio *= growth
    away = first / zeroth
    top = shape * math.log(rate) - math.lgamma(shape) + power * math.log(peak)
    density = step * zeroth * math.exp(top - rate * peak - weight / peak)
    return density, peak * (1.0 + away), peak * peak * (second / zeroth - away * away)


@njit(error_model="numpy", cache=True, nogil=True)
def if_it_jumped(
    residual: float, state: tuple[float, float], law: tuple[float, ...], jumps: tuple[float, ...]
) -> tuple[float, float, float]:
    """Density of a move with a jump times √(2π·scale), and mean and variance of the next V if it had one.

    Args:
        residual: Log move less its mean without jumps.
        state: Mean and variance of V before the move.
        law, jumps: As for :func:`filter_variance`.
    """
    mean, spread = state
    inflow, keep, noise, fixed, rho, _location, scale = law
    _expected, jump_mean, jump_variance, jump_lean, variance_jump = jumps
    width = scale * mean + jump_variance + (jump_lean * variance_jump) ** 2
    away = residual - jump_mean - jump_lean * variance_jump
    density = math.exp(-0.5 * away * away / width) * math.sqrt(scale / width)
    slope = jump_lean * variance_jump**2
    after = inflow + (keep + rho * math.sqrt(noise * scale) * away / width) * mean
    after += max(variance_jump + slope * away / width, 0.0)
    after_spread = keep * keep * spread + noise * mean + fixed
    return density, after, after_spread + variance_jump**2 - slope * slope / width


@njit(error_model="numpy", cache=True, nogil=True)
def filter_variance(
    moves: Vector, law: tuple[float, ...], jumps: tuple[float, ...]
) -> tuple[float, float, float]:
    """Log-likelihood of the moves, each given those before it, and V at the end.

    Args:
        moves: Log moves in the order of time; NaN where a bar is missing.
        law: V that comes in, share of V that stays, variance of the noise of V per unit of V, and beyond
            it, correlation of that noise with the move, mean of a move but for −V/2, variance of a move
            per unit of V.
        jumps: Expected number in a bar; log size: mean, variance, and part per unit of the jump of V;
            mean jump of V.

    Returns:
        The log-likelihood, and mean and variance of V after the last move.
    """
    inflow, keep, noise, fixed, rho, location, scale = law
    expected, variance_jump = jumps[0], jumps[4]
    some, square_jump = -math.expm1(-expected), 2.0 * expected * variance_jump**2
    mean = (inflow + expected * variance_jump) / (1.0 - keep)
    spread = (noise * mean + fixed + square_jump) / (1.0 - keep * keep)
    least = 1e-4 * mean
    lean = rho * math.sqrt(noise / scale)
    pull = keep + 0.5 * lean * scale
    total = 0.0
    for move in moves:
        if math.isnan(move):
            spread = keep * keep * spread + noise * mean + fixed + square_jump
            mean = inflow + keep * mean + expected * variance_jump
            continue
        residual = move - location + 0.5 * scale * mean
        calm, after, after_spread = variance_given_move(mean, spread, residual**2 / scale)
        wild, second, second_spread = if_it_jumped(residual, (mean, spread), law, jumps)
        density = max((1.0 - some) * calm + some * wild, 1e-280)
        total += math.log(density / math.sqrt(6.283185307179586 * scale))
        weight = some * wild / density
        first = inflow + pull * after + lean * (move - location)
        first_spread = pull * pull * after_spread + (1.0 - rho * rho) * noise * after + fixed
        mean = max(first + weight * (second - first), least)
        spread = first_spread + weight * (second_spread - first_spread)
        spread += weight * (1.0 - weight) * (second - first) ** 2
    return total, mean, spread
