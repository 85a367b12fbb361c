"""How heavy the tail of price moves is: the tail exponent, and which moments it lets exist.

A tail P(|x| > s) ~ s^(−α) has moments of order below α only. Where α < 4 there is no kurtosis: the one of a
sample is a figure of that sample and of nothing else, and grows with its length. Where α < 2 there is no
variance.

Source: B. M. Hill (1975), doi:10.1214/aos/1176343247.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError

Vector = NDArray[np.float64]

LEAST = 20
"""Fewer of the largest moves say nothing about a tail."""
SHARE = 0.05
KURTOSIS = 4.0
"""Order of the moment that kurtosis is made of."""
SURE = 1.645
"""Standard errors on one side of a 90 % interval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TailExponent:
    """Hill's estimate from the largest moves of either sign.

    Args:
        exponent: α.
        error: Its standard error, α/√k.
        largest: k, moves that it is made of.
        threshold: Size of the move just below them.
    """

    exponent: float
    error: float
    largest: int
    threshold: float

    @property
    def interval(self) -> tuple[float, float]:
        """90 % interval of α."""
        return self.exponent - SURE * self.error, self.exponent + SURE * self.error

    @property
    def has_kurtosis(self) -> bool | None:
        """True where α is above 4, False where it is below, None where the interval holds 4."""
        low, high = self.interval
        return True if low > KURTOSIS else False if high < KURTOSIS else None


def tail_exponent(moves: Vector, *, share: float = SHARE) -> TailExponent:
    """Hill's tail exponent of |moves|: 1/α = mean of ln(size/threshold) over the k largest.

    Args:
        moves: Log moves, shape (n,).
        share: k/n; k is at least 20.

    Raises:
        InputError: Too few moves, or the k largest are none.
    """
    sizes = np.sort(np.abs(moves))[::-1]
    largest = max(round(share * sizes.size), LEAST)
    if sizes.size < 2 * LEAST or sizes.size <= largest or not sizes[largest] > 0.0:
        raise InputError(
            f"{sizes.size} moves, or too many of them 0",
            place="price history",
            remedy=f"a tail exponent needs {2 * LEAST} or more moves",
        )
    threshold = float(sizes[largest])
    mean_log = float(np.mean(np.log(sizes[:largest] / threshold)))
    if not mean_log > 0.0:
        raise InputError(
            "the largest moves are all the same", place="price history", remedy="give more prices"
        )
    return TailExponent(
        exponent=1.0 / mean_log,
        error=1.0 / mean_log / largest**0.5,
        largest=largest,
        threshold=threshold,
    )
