"""Forwards from put-call parity, where the venue gives none."""

import numpy as np
from numpy.typing import NDArray

NEAREST_PAIRS = 5


def parity_forwards(
    strike: NDArray[np.float64],
    call_mid: NDArray[np.float64],
    put_mid: NDArray[np.float64],
    discount: float,
) -> float:
    """Forward F = K + (C − P)/D of one expiry, the median over the pairs nearest to the money.

    The pairs with the smallest |C − P| are used: there both legs trade and both carry time value.

    Args:
        strike, call_mid, put_mid: One row per strike with both quotes, USD, shape (n,).
        discount: D = e^(−rT).

    Returns:
        USD; NaN without a usable pair.

    >>> parity_forwards(np.array([90.0, 100.0]), np.array([12.0, 4.0]), np.array([1.0, 3.0]), 1.0)
    101.0
    """
    difference = call_mid - put_mid
    usable = np.isfinite(difference)
    if not usable.any():
        return float("nan")
    implied = strike[usable] + difference[usable] / discount
    nearest = np.argsort(np.abs(difference[usable]), kind="stable")[:NEAREST_PAIRS]
    return float(np.median(implied[nearest]))
