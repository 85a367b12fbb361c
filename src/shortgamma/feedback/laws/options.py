"""One call and its Black Greeks, written out: what laws about option hedgers compare with."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from shortgamma.market.options import OptionSeries, expiry_of

Vector = NDArray[np.float64]


def call(*, spot: float, strike: float, vol: float, years: float) -> OptionSeries:
    """A call at zero rates as a series of one contract."""
    time = np.array([years])
    return OptionSeries(
        instrument=np.array(["call"], dtype=object),
        is_call=np.array([True]),
        strike=np.array([strike]),
        expiry=expiry_of(0, time),
        years=time,
        forward=np.array([spot]),
        vol=np.array([vol]),
        rate=np.zeros(1),
        is_inverse=np.zeros(1, dtype=np.bool_),
    )


def d1_of(moneyness: Vector | float, width: Vector | float) -> Vector:
    """(ln(S/K) + ½σ²τ)/(σ√τ).

    Args:
        moneyness: ln(S/K).
        width: σ√τ.
    """
    return np.asarray(moneyness / width + 0.5 * width)


def call_delta(moneyness: Vector | float, width: Vector | float) -> Vector:
    """N(d1), coins."""
    return normal(d1_of(moneyness, width))


def normal(d: Vector) -> Vector:
    """N(d), the standard normal distribution."""
    return np.asarray(ndtr(d), dtype=np.float64)


def density(d: Vector | float) -> Vector:
    """φ(d), the standard normal density."""
    return np.exp(-0.5 * np.square(d)) / np.sqrt(2.0 * np.pi)


def delta_per_log(moneyness: Vector | float, width: Vector | float) -> Vector:
    """S·Γ = φ(d1)/(σ√τ): coins of delta per unit of log price."""
    return density(d1_of(moneyness, width)) / width
