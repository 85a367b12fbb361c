"""What a fit says, and the search for the largest likelihood.

Standard errors come from the curvature of the log-likelihood at its maximum (inverse of the observed
information). Intervals are symmetric on the scale on which an estimate is closest to normal: the logarithm
of what has one sign, the logit of a probability, Fisher's z of a correlation.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, logit, ndtri

from shortgamma.basics.errors import InputError
from shortgamma.market.history import PLACE, PriceHistory

Vector = NDArray[np.float64]
Natural = Callable[[Vector], Vector]
Likelihood = Callable[[Vector], float]

LEAST_MOVES = 50
JUMP_SIZES = (3.0, 6.0)  # first guesses of the size of a jump, in deviations of a bar
WIDEST = 8.0  # how far the search may go in each free parameter: logarithms and logits
PROBABILITIES: Final = frozenset({"up_probability", "branching"})
EITHER_SIGN: Final = frozenset({"drift", "jump_mean", "jump_lean"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """Fitted parameters of a process.

    Args:
        process: Its name.
        values: By the name that the process gives them; per year, decimal. ``drift`` is the expected
            return of the price.
        errors: Standard error of each; NaN where the likelihood is flat or the value on its bound.
        log_likelihood: Natural logarithm, of all moves; NaN for a process without a density.
        moves: How many there were.
        bar_years: Length of a move, ACT/365 years.
        free: How many parameters the likelihood was maximised over.
        converged: False where the search gave up early.
    """

    process: str
    values: dict[str, float]
    errors: dict[str, float]
    log_likelihood: float
    moves: int
    bar_years: float
    free: int
    converged: bool

    @property
    def akaike(self) -> float:
        """Akaike's criterion 2k − 2·ln L; the lower, the better."""
        return 2.0 * self.free - 2.0 * self.log_likelihood

    def interval(self, name: str, level: float = 0.9) -> tuple[float, float]:
        """Lowest and highest value of a parameter at a level of confidence; NaN where it has no error.

        Args:
            name: Of the parameter.
            level: Share of the histories whose interval holds the true value, 0 to 1 exclusive.

        Raises:
            InputError: No such parameter, or no such level.
        """
        if name not in self.values:
            raise InputError(
                f"{self.process} has no {name!r}",
                place="interval",
                remedy=f"it has {', '.join(self.values)}",
            )
        if not 0.0 < level < 1.0:
            raise InputError(f"level {level:g}", place="interval", remedy="give 0 to 1 exclusive")
        value, error = self.values[name], self.errors[name]
        width = float(ndtri(0.5 + 0.5 * level)) * error
        if name in EITHER_SIGN or value == 0.0:
            return value - width, value + width
        if name in PROBABILITIES:
            centre, width = float(logit(value)), width / (value * (1.0 - value))
            return float(expit(centre - width)), float(expit(centre + width))
        if name == "correlation":
            centre, width = float(np.arctanh(value)), width / (1.0 - value**2)
            return float(np.tanh(centre - width)), float(np.tanh(centre + width))
        ends = value * np.exp([-width / abs(value), width / abs(value)])
        return float(ends.min()), float(ends.max())


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A likelihood to maximise.

    Args:
        process: Its name.
        names: Of the parameters.
        log_likelihood: Of free parameters: logarithms, logits, and others of the order of 1.
        natural: The named parameters of free ones.
        moves: How many there are.
        bar_years: Length of a move, ACT/365 years.
    """

    process: str
    names: tuple[str, ...]
    log_likelihood: Likelihood
    natural: Natural
    moves: int
    bar_years: float


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


def moves_by_bar(history: PriceHistory) -> Vector:
    """Log move of every bar in the order of time, shape (bars,); NaN in a gap and in the bar that ends it."""
    moves = np.full(int(history.bars[-1]), np.nan)
    one = np.diff(history.bars) == 1
    moves[history.bars[1:][one] - 1] = history.log_returns
    return moves


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


def best_fit(problem: Problem, starts: list[Vector], *, searches: int = 2) -> Fit:
    """The best of the maxima that the search finds from several starts.

    Args:
        problem: What to maximise.
        starts: Free parameters to begin from.
        searches: From how many of them to search, the likeliest ones.
    """
    ranked = sorted(starts, key=problem.log_likelihood, reverse=True)
    best, converged = ranked[0], False
    for start in ranked[:searches]:
        bounds = [(value - WIDEST, value + WIDEST) for value in start.tolist()]
        found = minimize(
            lambda x: -problem.log_likelihood(x) / problem.moves,
            start,
            method="L-BFGS-B",
            bounds=bounds,
        )
        if problem.log_likelihood(found.x) > problem.log_likelihood(best):
            best, converged = found.x, bool(found.success)
    errors = standard_errors(problem.log_likelihood, problem.natural, best)
    return Fit(
        process=problem.process,
        values=dict(zip(problem.names, problem.natural(best).tolist(), strict=True)),
        errors=dict(zip(problem.names, errors.tolist(), strict=True)),
        log_likelihood=problem.log_likelihood(best),
        moves=problem.moves,
        bar_years=problem.bar_years,
        free=best.size,
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
