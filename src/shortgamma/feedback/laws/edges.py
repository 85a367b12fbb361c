"""Where a simulated market tips over: the smallest shock after which something has happened."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from shortgamma.feedback.laws.law import Estimate

Vector = NDArray[np.float64]

Trial = Callable[[float, float], tuple[Vector, NDArray[np.bool_]]]
"""(low, high) → the shock of every path, drawn from the interval, and where it happened."""


def edge_of(trial: Trial, *, inner: float, outer: float, rounds: int) -> Estimate:
    """The edge between the shocks that do it and those that do not, by narrowing the interval.

    Args:
        trial: Simulates many shocks at once.
        inner, outer: A shock that is too small and one that is large enough, log moves of one sign.
        rounds: How often the interval is narrowed, by about the number of paths each time.

    Returns:
        Middle of the last gap, and the standard deviation of an edge that lies evenly in it.
    """
    for _ in range(rounds):
        shocks, happened = trial(inner, outer)
        share = (shocks - inner) / (outer - inner)
        below = float(share[~happened].max(initial=0.0))
        above = float(share[happened].min(initial=1.0))
        inner, outer = inner + below * (outer - inner), inner + above * (outer - inner)
    return Estimate(value=0.5 * (inner + outer), standard_error=abs(outer - inner) / 12.0**0.5)
