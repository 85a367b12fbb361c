"""Price processes fitted to a price history by maximum likelihood.

The log moves over a bar are taken as independent. Standard errors come from the curvature of the
log-likelihood at its maximum (inverse of the observed information).

Source: R. C. Merton (1976), doi:10.1016/0304-405X(76)90022-2; S. G. Kou (2002),
doi:10.1287/mnsc.48.8.1086.166; A. W. Lo (1988), doi:10.1017/S0266466600012044.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline
from scipy.optimize import minimize
from scipy.special import expit, gammaln, logit

from shortgamma.basics.errors import InputError
from shortgamma.market.history import PLACE, PriceHistory

Vector = NDArray[np.float64]
Natural = Callable[[Vector], Vector]
Likelihood = Callable[[Vector], float]

LEAST_MOVES = 50
TAIL = 1e-14  # Poisson probability beyond which more jumps in one bar are left out
FLOOR = 1e-12  # least density per unit of log move, relative to one bar's deviation
JUMP_SIZES = (3.0, 6.0)  # first guesses of the size of a jump, in deviations of a bar
POINTS_PER_DEVIATION = 8
LARGEST_GRID = 1 << 17
WIDEST = 8.0  # how far the search may go in each free parameter: logarithms and logits


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """Fitted parameters of a process.

    Args:
        values: By the name that the process gives them; per year, decimal. ``drift`` is the expected
            return of the price.
        errors: Standard error of each; NaN where the likelihood is flat or the value on its bound.
        log_likelihood: Natural logarithm, of all moves.
        moves: How many there were.
        converged: False where the search gave up early.
    """

    values: dict[str, float]
    errors: dict[str, float]
    log_likelihood: float
    moves: int
    converged: bool

    @property
    def akaike(self) -> float:
        """Akaike's criterion 2k − 2·ln L; the lower, the better."""
        return 2.0 * len(self.values) - 2.0 * self.log_likelihood


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
        values={"vol": vol, "drift": mean / years + 0.5 * vol**2},
        errors={"vol": error, "drift": drift_error},
        log_likelihood=-0.5 * returns.size * (float(np.log(2.0 * np.pi * variance)) + 1.0),
        moves=returns.size,
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
    names = ("vol", "intensity", "jump_mean", "jump_vol", "drift")
    return best_fit(log_likelihood, natural, starts, names, returns.size)


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
    names = ("vol", "intensity", "up_probability", "mean_up", "mean_down", "drift")
    return best_fit(log_likelihood, natural, starts, names, returns.size)


def usable_returns(history: PriceHistory) -> tuple[Vector, float]:
    """Log moves over one bar, and the bar in years.

    Raises:
        InputError: Too few, or none that moves.
    """
    returns = history.log_returns
    if returns.size < LEAST_MOVES:
        raise InputError(
            f"{returns.size} moves, fewer than {LEAST_MOVES}",
            place=PLACE,
            remedy="give a longer history",
        )
    if not returns.std() > 0.0:
        raise InputError("the price never moves", place=PLACE, remedy="give a history that moves")
    return returns, history.bar_years


def guesses(returns: Vector, years: float) -> list[tuple[float, float, float]]:
    """First guesses of vol, jumps per year and size of a jump in deviations of a bar."""
    deviation = float(returns.std())
    typical = float(np.median(np.abs(returns - np.median(returns)))) * 1.4826
    vol = max(typical, 0.2 * deviation) / years**0.5
    found: list[tuple[float, float, float]] = []
    for size in JUMP_SIZES:
        far = np.abs(returns - float(returns.mean())) > size * deviation
        share = float(np.count_nonzero(far)) / returns.size
        found.append((vol, max(2.0 * share, 1.0 / returns.size) / years, size))
    return [*found, (vol, 0.1 / years, 1.5)]


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
    grid = (np.arange(size) - size // 2) * step
    return np.maximum(CubicSpline(grid, density)(returns - mean), FLOOR / deviation)


def best_fit(
    log_likelihood: Likelihood,
    natural: Natural,
    starts: list[Vector],
    names: tuple[str, ...],
    moves: int,
) -> Fit:
    """The best of the maxima that the search finds from several starts.

    Args:
        log_likelihood: Of free parameters.
        natural: The named parameters of free ones.
        starts: Free parameters to begin from.
        names: Of the parameters.
        moves: How many there were.
    """
    best, converged = starts[0], False
    for start in starts:
        bounds = [(value - WIDEST, value + WIDEST) for value in start.tolist()]
        found = minimize(
            lambda x: -log_likelihood(x) / moves, start, method="L-BFGS-B", bounds=bounds
        )
        if log_likelihood(found.x) > log_likelihood(best):
            best, converged = found.x, bool(found.success)
    errors = standard_errors(log_likelihood, natural, best)
    return Fit(
        values=dict(zip(names, natural(best).tolist(), strict=True)),
        errors=dict(zip(names, errors.tolist(), strict=True)),
        log_likelihood=log_likelihood(best),
        moves=moves,
        converged=converged,
    )


def standard_errors(log_likelihood: Likelihood, natural: Natural, best: Vector) -> Vector:
    """√ of the diagonal of J·(−H)⁻¹·Jᵀ, by central differences in the free parameters."""
    size = best.size
    steps = np.eye(size) * 1e-3
    curvature = np.empty((size, size))
    for i in range(size):
        for k in range(i + 1):
            a, b = steps[i], steps[k]
            mixed = (
                log_likelihood(best + a + b)
                - log_likelihood(best + a - b)
                - log_likelihood(best - a + b)
                + log_likelihood(best - a - b)
            )
            curvature[i, k] = curvature[k, i] = mixed / 4e-6
    slope = np.column_stack(
        [(natural(best + step) - natural(best - step)) / 2e-3 for step in steps]
    )
    try:
        covariance = slope @ np.linalg.inv(-curvature) @ slope.T
    except np.linalg.LinAlgError:
        return np.full(size, np.nan)
    diagonal = np.diag(covariance)
    return np.sqrt(np.where(diagonal > 0.0, diagonal, np.nan))
