"""Are there as many breaches as promised, and do they come one by one? Likelihood ratios.

With T forecasts of level 1 − p and x breaches, Kupiec compares p with x/T. Christoffersen asks whether a
breach makes the next one likelier: π₀₁ and π₁₁ are the shares of breaches after none and after one. Their sum
is a test of both. Asymptotically the statistics are χ² with 1, 1 and 2 degrees of freedom. That holds badly
for short series of rare breaches: Kupiec's test at T = 250, p = 1 % and nominal 5 % rejects 9.5 % of true
models.

Source: P. H. Kupiec (1995), "Techniques for verifying the accuracy of risk measurement models", Journal of
Derivatives 3(2); P. F. Christoffersen (1998), "Evaluating interval forecasts", doi:10.2307/2527341.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import xlogy

Vector = NDArray[np.float64]
Hits = NDArray[np.bool_]

DEGREES: Final[Mapping[str, int]] = MappingProxyType(
    {"kupiec": 1, "independence": 1, "christoffersen": 2}
)
"""Degrees of freedom of each test's asymptotic law."""


def log_likelihood(ones: Vector, zeros: Vector, chance: Vector) -> Vector:
    """Logarithm of chanceᵒⁿᵉˢ·(1 − chance)ᶻᵉʳᵒˢ, with 0·ln 0 = 0; arrays of one shape."""
    return np.asarray(xlogy(ones, chance) + xlogy(zeros, 1.0 - chance), dtype=np.float64)


def share(part: Vector, whole: Vector) -> Vector:
    """The ratio, 0 where the whole is 0."""
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0.0)


def kupiec_ratio(breaches: ArrayLike, observations: int, *, probability: float) -> Vector:
    """−2·ln[L(p)/L(x/T)], proportion of failures.

    Args:
        breaches: x, shape as wanted.
        observations: T.
        probability: p, promised chance of a breach.

    Returns:
        Not negative, shape of ``breaches``.
    """
    hits = np.asarray(breaches, dtype=np.float64)
    misses = observations - hits
    best = log_likelihood(hits, misses, share(hits, np.full_like(hits, observations)))
    promised = log_likelihood(hits, misses, np.full_like(hits, probability))
    return np.maximum(2.0 * (best - promised), 0.0)


def transitions(hits: Hits) -> tuple[Vector, Vector, Vector, Vector]:
    """How often none follows none, one follows none, none follows one, one follows one.

    Args:
        hits: True for a breach, in the order of time along the last axis.

    Returns:
        n₀₀, n₀₁, n₁₀, n₁₁, shape of all other axes.
    """
    before, after = hits[..., :-1], hits[..., 1:]
    both = np.count_nonzero(before & after, axis=-1)
    first, second = np.count_nonzero(before, axis=-1), np.count_nonzero(after, axis=-1)
    none = before.shape[-1] - first - second + both
    counts = (none, second - both, first - both, both)
    n00, n01, n10, n11 = (np.asarray(count, dtype=np.float64) for count in counts)
    return n00, n01, n10, n11


def independence_ratio(hits: Hits) -> Vector:
    """−2·ln[L(π)/L(π₀₁, π₁₁)], one chance after everything against two; not negative."""
    n00, n01, n10, n11 = transitions(hits)
    after_none, after_one = share(n01, n00 + n01), share(n11, n10 + n11)
    pooled = share(n01 + n11, n00 + n01 + n10 + n11)
    free = log_likelihood(n01, n00, after_none) + log_likelihood(n11, n10, after_one)
    bound = log_likelihood(n01 + n11, n00 + n10, pooled)
    return np.maximum(2.0 * (free - bound), 0.0)


def ratios(hits: Hits, probability: float) -> dict[str, Vector]:
    """Every statistic by its name: ``kupiec``, ``independence``, and their sum ``christoffersen``.

    Args:
        hits: True for a breach, in the order of time along the last axis.
        probability: Promised chance of a breach.
    """
    coverage = kupiec_ratio(
        np.count_nonzero(hits, axis=-1), hits.shape[-1], probability=probability
    )
    independence = independence_ratio(hits)
    return {
        "kupiec": coverage,
        "independence": independence,
        "christoffersen": coverage + independence,
    }
