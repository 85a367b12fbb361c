"""Moves drawn from the law that a fit gives to a single bar.

The law is that of a bar picked at random from a long series: stochastic volatility and excitement of jumps
have their stationary law.
"""

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import DAYS_PER_YEAR
from shortgamma.market.calibration.clusters import NAMES, hawkes_law
from shortgamma.market.calibration.fit import Fit
from shortgamma.market.calibration.volatility import SVCJ, svcj_law

Vector = NDArray[np.float64]
Values = Mapping[str, float]

SETTLED = 10.0  # days in units of the mean reversion after which V has its stationary law
MOST_DAYS = 2_000
WARM_UP = 20.0  # the same for the excitement of jumps


def draw_moves(fit: Fit, size: int, *, seed: int) -> Vector:
    """Log moves over one bar, shape (``size``,).

    Args:
        fit: With a law: any but bootstrap.
        size: How many.
        seed: The same seed gives the same moves.

    Raises:
        InputError: The process has no law of its own.
    """
    if fit.process not in DRAWN:
        raise InputError(
            f"{fit.process} has no law of its own",
            place="fit",
            remedy=f"take one of {', '.join(DRAWN)}",
        )
    return DRAWN[fit.process](fit.values, fit.bar_years, size, np.random.default_rng(seed))


def draw_gbm(values: Values, years: float, size: int, rng: np.random.Generator) -> Vector:
    """Normal moves."""
    vol = values["vol"]
    return (values["drift"] - 0.5 * vol**2) * years + vol * years**0.5 * rng.standard_normal(size)


def draw_merton(values: Values, years: float, size: int, rng: np.random.Generator) -> Vector:
    """Normal moves with normal jumps at a constant rate."""
    mean, deviation = values["jump_mean"], values["jump_vol"]
    counts = rng.poisson(values["intensity"] * years, size)
    jumps = counts * mean + np.sqrt(counts) * deviation * rng.standard_normal(size)
    relative = float(np.expm1(mean + 0.5 * deviation**2))
    return draw_gbm(values, years, size, rng) + jumps - values["intensity"] * years * relative


def draw_kou(values: Values, years: float, size: int, rng: np.random.Generator) -> Vector:
    """Normal moves with double exponential jumps at a constant rate."""
    chance, up, down = values["up_probability"], values["mean_up"], values["mean_down"]
    counts = rng.poisson(values["intensity"] * years, size)
    ups = rng.binomial(counts, chance)
    rises = up * rng.standard_gamma(ups.astype(np.float64))
    falls = down * rng.standard_gamma((counts - ups).astype(np.float64))
    relative = chance / (1.0 - up) + (1.0 - chance) / (1.0 + down) - 1.0
    normal = draw_gbm(values, years, size, rng)
    return normal + rises - falls - values["intensity"] * years * relative


def draw_heston(values: Values, years: float, size: int, rng: np.random.Generator) -> Vector:
    """Normal moves of a variance from its stationary gamma law."""
    scale = 0.5 * values["vol_of_vol"] ** 2 / values["reversion"]
    variance = rng.gamma(values["long_vol"] ** 2 / scale, scale, size) * years
    noise = np.sqrt(variance) * rng.standard_normal(size)
    return values["drift"] * years - 0.5 * variance + noise


def draw_hawkes(values: Values, years: float, size: int, rng: np.random.Generator) -> Vector:
    """One series of ``size`` bars with self-exciting jumps, from clusters of ancestors and descendants.

    Source: A. G. Hawkes, D. Oakes (1974), "A cluster process representation of a self-exciting process",
    doi:10.2307/3212693.
    """
    ordered = tuple(values[name] for name in NAMES)
    location, variance, base, kick, decay, mean, deviation, relative = hawkes_law(ordered, years)
    start = -WARM_UP / (decay - kick)
    parents = rng.uniform(start, size * years, rng.poisson(base * (size * years - start)))
    moves = location + variance**0.5 * rng.standard_normal(size)
    moves -= base / (1.0 - kick / decay) * years * relative
    while parents.size:
        bars = np.floor(parents[(parents >= 0.0) & (parents < size * years)] / years)
        sizes = mean + deviation * rng.standard_normal(bars.size)
        moves += np.bincount(bars.astype(np.int64), sizes, size)[:size]
        parents = children(parents, kick / decay, decay, rng)
        parents = parents[parents < size * years]
    return moves


def children(parents: Vector, branching: float, decay: float, rng: np.random.Generator) -> Vector:
    """Times of the jumps that jumps at these times cause directly, years."""
    counts = rng.poisson(branching, parents.size)
    waits = rng.exponential(1.0 / decay, int(counts.sum()))
    return np.repeat(parents, counts) + waits


def draw_svcj(values: Values, years: float, size: int, rng: np.random.Generator) -> Vector:
    """Moves with jumps, of a variance that daily steps of the model brought to its stationary law."""
    ordered = tuple(values[name] for name in SVCJ)
    law, jumps = svcj_law(ordered, 1.0 / DAYS_PER_YEAR)
    inflow, keep, noise = law[:3]
    expected, mean, variance_of_jump, lean, jump = jumps
    variance = np.full(size, (inflow + expected * jump) / (1.0 - keep))
    for _day in range(min(int(SETTLED / (1.0 - keep)) + 1, MOST_DAYS)):
        variance = keep * variance + inflow + np.sqrt(noise * variance) * rng.standard_normal(size)
        counts = rng.poisson(expected, size).astype(np.float64)
        variance = np.maximum(variance, 0.0) + jump * rng.standard_gamma(counts)
    law, (expected, *_sizes) = svcj_law(ordered, years)
    location, scale = law[5:]
    counts = rng.poisson(expected, size).astype(np.float64)
    sizes = counts * mean + lean * jump * rng.standard_gamma(counts)
    sizes += np.sqrt(counts * variance_of_jump) * rng.standard_normal(size)
    noise_of_price = np.sqrt(scale * variance) * rng.standard_normal(size)
    return location - 0.5 * scale * variance + noise_of_price + sizes


DRAWN: Final[Mapping[str, Callable[[Values, float, int, np.random.Generator], Vector]]] = {
    "gbm": draw_gbm,
    "merton": draw_merton,
    "kou": draw_kou,
    "heston": draw_heston,
    "hawkes": draw_hawkes,
    "svcj": draw_svcj,
}
