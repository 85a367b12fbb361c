"""Raw SVI: total implied variance of one expiry as a function of log-moneyness.

w(k) = a + b·[ρ(k − m) + √((k − m)² + s²)] with k = ln(K/F) and w = σ²T. These are a few dozen points per
expiry, so plain NumPy is the fast enough and more readable choice.

Source: J. Gatheral, A. Jacquier, "Arbitrage-free SVI volatility surfaces", Quantitative Finance 14 (2014),
doi:10.1080/14697688.2013.819986, equations 3.1 (raw SVI) and 2.1 (Durrleman's g).
"""

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]


def svi_variance(parameters: Vector, k: Vector) -> Vector:
    """Total variance w(k); ``parameters`` are a, b, ρ, m, s."""
    a, b, rho, m, s = parameters
    y = k - m
    return a + b * (rho * y + np.sqrt(y * y + s * s))


def svi_gradient(parameters: Vector, k: Vector) -> Vector:
    """∂w/∂(a, b, ρ, m, s), shape (n, 5)."""
    _a, b, rho, m, s = parameters
    y = k - m
    root = np.sqrt(y * y + s * s)
    return np.column_stack(
        (np.ones_like(k), rho * y + root, b * y, -b * (rho + y / root), b * s / root)
    )


def svi_slopes(parameters: Vector, k: Vector) -> tuple[Vector, Vector]:
    """w'(k) and w''(k)."""
    _a, b, rho, m, s = parameters
    y = k - m
    root = np.sqrt(y * y + s * s)
    return b * (rho + y / root), b * s * s / root**3


def durrleman(parameters: Vector, k: Vector) -> Vector:
    """Durrleman's g(k); the risk-neutral density is positive, so no butterfly loses, where g ≥ 0."""
    w = svi_variance(parameters, k)
    first, second = svi_slopes(parameters, k)
    return (
        (1.0 - k * first / (2.0 * w)) ** 2 - 0.25 * first * first * (1.0 / w + 0.25) + 0.5 * second
    )
