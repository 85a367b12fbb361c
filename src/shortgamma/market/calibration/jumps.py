"""Processes of independent moves by maximum likelihood: Brownian motion, alone and with jumps.

Source: R. C. Merton (1976), doi:10.1016/0304-405X(76)90022-2; S. G. Kou (2002),
doi:10.1287/mnsc.48.8.1086.166; A. W. Lo (1988), doi:10.1017/S0266466600012044.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates
from scipy.special import expit, gammaln, logit

from shortgamma.market.calibration.fit import Fit, Problem, best_fit, guesses, usable_returns
from shortgamma.market.history import PriceHistory

Vector = NDArray[np.float64]

TAIL = 1e-14  # Poisson probability beyond which more jumps in one bar are left out
FLOOR = 1e-12  # least density per unit of log move, relative to one bar's deviation
POINTS_PER_DEVIATION = 8
LARGEST_GRID = 1 << 17


def fit_gbm(history: PriceHistory) -> Fit:
    """``vol`` and ``drift`` of geometric Brownian motion, in closed form.

    Raises:
        InputError: Too few moves, or none that moves.
    """
    returns, years = usable_returns(history)
    mean, variance = float(returns.mean()), float(returns.var())
    vol = (variance / years) ** 0.5
    error = vol / (2.0 * returns.size) ** 0.5
    drift_error = (vol**2 / (returns.size * years) + (vol * error) ** 2) ** 0.5
    return Fit(
        process="gbm",
        values={"vol": vol, "drift": mean / years + 0.5 * vol**2},
        errors={"vol": error, "drift": drift_error},
        log_likelihood=-0.5 * returns.size * (float(np.log(2.0 * np.pi * variance)) + 1.0),
        moves=returns.size,
        bar_years=years,
        free=2,
        converged=True,
    )


def fit_merton(history: PriceHistory) -> Fit:
    """``vol``, ``intensity``, ``jump_mean``, ``jump_vol`` and ``drift`` of Merton's jump diffusion.

    Raises:
        InputError: Too few moves, or none that moves.
    """
    returns, years = usable_returns(history)
    deviation = float(returns.std())

    def natural(x: Vector) -> Vector:
        vol, intensity, jump_vol = np.exp(x[[0, 1, 3]])
        jump_mean = x[2] * deviation
        relative = np.expm1(jump_mean + 0.5 * jump_vol**2)
        drift = x[4] * deviation / years + 0.5 * vol**2 + intensity * relative
        return np.array([vol, intensity, jump_mean, jump_vol, drift])

    def log_likelihood(x: Vector) -> float:
        vol, intensity, jump_mean, jump_vol, _drift = natural(x)
        law = (x[4] * deviation, vol * years**0.5, intensity * years, jump_mean, jump_vol)
        return float(np.log(merton_density(returns, law)).sum())

    starts = [
        np.array([np.log(vol), np.log(rate), 0.0, np.log(size * deviation), 0.0])
        for vol, rate, size in guesses(returns, years)
    ]
    problem = Problem(
        process="merton",
        names=("vol", "intensity", "jump_mean", "jump_vol", "drift"),
        log_likelihood=log_likelihood,
        natural=natural,
        moves=returns.size,
        bar_years=years,
    )
    return best_fit(problem, starts)


def fit_kou(history: PriceHistory) -> Fit:
    """``vol``, ``intensity``, ``up_probability``, ``mean_up``, ``mean_down`` and ``drift`` of Kou's model.

    Raises:
        InputError: Too few moves, or none that moves.
    """
    returns, years = usable_returns(history)
    deviation = float(returns.std())

    def natural(x: Vector) -> Vector:
        vol, intensity = np.exp(x[:2])
        chance, up, down = expit(x[2:5])
        relative = chance / (1.0 - up) + (1.0 - chance) / (1.0 + down) - 1.0
        drift = x[5] * deviation / years + 0.5 * vol**2 + intensity * relative
        return np.array([vol, intensity, chance, up, down, drift])

    def log_likelihood(x: Vector) -> float:
        vol, intensity, chance, up, down, _drift = natural(x)
        law = (x[5] * deviation, vol * years**0.5, intensity * years, chance, up, down)
        return float(np.log(kou_density(returns, law)).sum())

    starts = [
        np.array([np.log(vol), np.log(rate), 0.0, *[logit(size * deviation / 2.0**0.5)] * 2, 0.0])
        for vol, rate, size in guesses(returns, years)
    ]
    problem = Problem(
        process="kou",
        names=("vol", "intensity", "up_probability", "mean_up", "mean_down", "drift"),
        log_likelihood=log_likelihood,
        natural=natural,
        moves=returns.size,
        bar_years=years,
    )
    return best_fit(problem, starts)


def merton_density(returns: Vector, law: tuple[float, ...]) -> Vector:
    """Density of a bar's log move: normals of 0, 1, 2, … jumps, weighted by Poisson's law.

    Args:
        returns: Log moves.
        law: Mean and deviation without jumps, expected jumps, mean and deviation of a jump.
    """
    mean, deviation, expected, jump_mean, jump_vol = law
    most = int(expected + 12.0 * expected**0.5 + 8.0)
    counts = np.arange(most + 1)
    weights = np.exp(counts * np.log(expected) - expected - gammaln(counts + 1.0))
    density = np.full(returns.size, 1e-300)
    for count in counts[weights > TAIL].tolist():
        spread = (deviation**2 + count * jump_vol**2) ** 0.5
        z = (returns - mean - count * jump_mean) / spread
        density += weights[count] / (2.5066282746310002 * spread) * np.exp(-0.5 * z * z)
    return density


def kou_density(returns: Vector, law: tuple[float, ...]) -> Vector:
    """Density of a bar's log move, from its characteristic function by a fast Fourier transform.

    Args:
        returns: Log moves.
        law: Mean and deviation without jumps, expected jumps, probability of an up jump, mean up and
            down.
    """
    mean, deviation, expected, chance, up, down = law
    step = deviation / POINTS_PER_DEVIATION
    reach = 2.0 * float(np.abs(returns - mean).max()) + 10.0 * deviation + 10.0 * max(up, down)
    size = min(1 << max(int(np.ceil(np.log2(2.0 * reach / step))), 8), LARGEST_GRID)
    step = max(step, 2.0 * reach / size)
    u = 2.0 * np.pi * np.fft.rfftfreq(size, step)
    jumps = chance / (1.0 - 1j * u * up) + (1.0 - chance) / (1.0 + 1j * u * down) - 1.0
    transform = np.exp(-0.5 * (u * deviation) ** 2 + expected * jumps)
    density = np.fft.fftshift(np.fft.irfft(np.conj(transform), size)) / step
    place = (returns - mean) / step + size // 2
    cubic = map_coordinates(density, [place], order=3, mode="nearest")
    return np.maximum(cubic, FLOOR / deviation)
