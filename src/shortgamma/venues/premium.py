"""The premium of a perpetual over its index, averaged over a funding period."""

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError

Vector = NDArray[np.float64]


class SampleWeights(StrEnum):
    """How the premium samples of a period are averaged."""

    EQUAL = "equal"
    RISING = "rising"


def average_premium(samples: Vector, weights: SampleWeights) -> Vector:
    """Weighted mean of the premium samples of one period.

    Equal weights, or rising ones: Σ k·P_k / Σ k with k = 1…n, the latest sample counting most.

    Args:
        samples: Decimal, time along the first axis, oldest first, shape (n, …).
        weights: Which of the two.

    Returns:
        Decimal, shape (…).

    Raises:
        InputError: There is no sample.
    """
    samples = np.asarray(samples, dtype=np.float64)
    if samples.ndim == 0 or samples.shape[0] == 0:
        raise InputError("no premium sample", place="funding", remedy="give one sample or more")
    if weights is SampleWeights.EQUAL:
        return samples.mean(axis=0)
    k = np.arange(1.0, samples.shape[0] + 1.0)
    return np.tensordot(k / k.sum(), samples, axes=1)[()]
