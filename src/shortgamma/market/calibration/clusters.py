"""Self-exciting jumps, by the likelihood of a filter of their intensity.

At the start of a bar the filter knows an intensity λ. No jump falls into the bar with the exact
probability exp(−∫(base + (λ − base)·e^(−decay·t))dt); the number of jumps, given that there are some, is
geometric with the exact expectation. The move then says how many there were, and their expected number
raises the intensity of the next bar. For bars so short that a jump is beyond doubt this is Ogata's exact
likelihood of the jump times, plus that of the sizes.

Limits: only the mean of the intensity is carried along, and jumps inside a bar count as spread evenly.

Source: A. G. Hawkes (1971), doi:10.1093/biomet/58.1.83; Y. Ogata (1978), "The asymptotic behaviour of
maximum likelihood estimators for stationary point processes", doi:10.1007/BF02480216.
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.special import expit

from shortgamma.basics.units import DAYS_PER_YEAR
from shortgamma.market.calibration.fit import (
    Fit,
    Problem,
    best_fit,
    guesses,
    moves_by_bar,
    usable_returns,
)
from shortgamma.market.history import PriceHistory

Vector = NDArray[np.float64]

NAMES = (
    "vol",
    "base_intensity",
    "branching",
    "half_life_hours",
    "jump_mean",
    "jump_vol",
    "drift",
)
HOURS_PER_YEAR = 24.0 * DAYS_PER_YEAR
HALF_LIVES = (3.0, 48.0)  # first guesses, bars
LEAST_WEIGHT = 1e-7  # of a number of jumps that is still looked at
MOST_JUMPS = 40  # in one bar


def fit_hawkes(history: PriceHistory) -> Fit:
    """The parameters of normal moves with self-exciting jumps, and ``drift``.

    Raises:
        InputError: Too few moves, or none that moves.
    """
    returns, years = usable_returns(history)
    moves = moves_by_bar(history)
    deviation = float(returns.std())

    def natural(x: Vector) -> Vector:
        vol, base, half_life, jump_vol = np.exp(x[[0, 1, 3, 5]])
        drift = x[6] * deviation / years
        return np.array([vol, base, *expit(x[2:3]), half_life, x[4] * deviation, jump_vol, drift])

    def log_likelihood(x: Vector) -> float:
        law = tuple(natural(x).tolist())
        return excited_log_likelihood(moves, hawkes_law(law, years), years)

    problem = Problem(
        process="hawkes",
        names=NAMES,
        log_likelihood=log_likelihood,
        natural=natural,
        moves=returns.size,
        bar_years=years,
    )
    return best_fit(problem, hawkes_starts(returns, years))


def hawkes_starts(returns: Vector, years: float) -> list[Vector]:
    """First guesses: jumps of 3 or 6 deviations of a bar, half of them caused, within 3 or 48 bars."""
    deviation = float(returns.std())
    starts: list[Vector] = []
    for vol, rate, size in guesses(returns, years)[:2]:
        for bars in HALF_LIVES:
            hours = bars * years * HOURS_PER_YEAR
            logs = np.log([vol, 0.5 * rate, hours, size * deviation])
            starts.append(np.array([*logs[:2], 0.0, logs[2], 0.0, logs[3], 0.0]))
    return starts


def hawkes_law(values: tuple[float, ...], years: float) -> tuple[float, ...]:
    """What :func:`excited_log_likelihood` needs of one bar, from the parameters in the order of NAMES."""
    vol, base, branching, half_life, jump_mean, jump_vol, drift = values
    decay = math.log(2.0) * HOURS_PER_YEAR / half_life
    relative = math.expm1(min(jump_mean + 0.5 * jump_vol**2, 50.0))
    location = (drift - 0.5 * vol**2) * years
    return location, vol**2 * years, base, branching * decay, decay, jump_mean, jump_vol, relative


@njit(error_model="numpy", cache=True, nogil=True)
def jumps_given_move(
    residual: float, variance: float, chances: tuple[float, float], size: tuple[float, float]
) -> tuple[float, float]:
    """Density of a move times √2π, and how many jumps it is expected to hold.

    Args:
        residual: Log move less its mean without jumps.
        variance: Of the move without jumps.
        chances: That there is no jump, and that there is another one after each.
        size: Mean and deviation of a jump.
    """
    none, more = chances
    jump_mean, jump_vol = size
    density = none * math.exp(-0.5 * residual**2 / variance) / math.sqrt(variance)
    jumps, weight = 0.0, (1.0 - none) * (1.0 - more)
    least = LEAST_WEIGHT * weight
    for count in range(1, MOST_JUMPS):
        spread = variance + count * jump_vol**2
        z = residual - count * jump_mean
        part = weight * math.exp(-0.5 * z * z / spread) / math.sqrt(spread)
        density += part
        jumps += count * part
        weight *= more
        if weight < least:
            break
    density = max(density, 1e-280)
    return density, jumps / density


@njit(error_model="numpy", cache=True, nogil=True)
def excited_log_likelihood(moves: Vector, law: tuple[float, ...], years: float) -> float:
    """Sum of the logarithms of the densities of the moves, each given those before it.

    Args:
        moves: Log moves in the order of time; NaN where a bar is missing.
        law: Mean and variance of a move without jumps, base intensity, kick and decay per year, mean and
            deviation of a jump, its expected relative size.
        years: Length of a bar.
    """
    location, variance, base, kick, decay, jump_mean, jump_vol, relative = law
    slow = decay - kick
    level = base * decay / slow
    faded, left = math.exp(-decay * years), math.exp(-slow * years)
    alone, together = (1.0 - faded) / decay, (1.0 - left) / slow
    raised = kick * alone / years
    intensity = level
    total = 0.0
    for move in moves:
        if math.isnan(move):
            intensity = level + (intensity - level) * left
            continue
        expected = level * years + (intensity - level) * together
        some = -math.expm1(-(base * years + (intensity - base) * alone))
        more = max(1.0 - some / expected, 0.0)
        residual = move - location + expected * relative
        density, jumps = jumps_given_move(
            residual, variance, (1.0 - some, more), (jump_mean, jump_vol)
        )
        total += math.log(density) - 0.9189385332046727
        intensity = base + (intensity - base) * faded + raised * jumps
    return total
