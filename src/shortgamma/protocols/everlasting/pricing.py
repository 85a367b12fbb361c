"""Everlasting options with continuous funding: an option that never expires and pays for its time value.

The holder of a long position pays (value − payoff) per funding period T. Without interest the value is that
of an option whose expiry is exponentially distributed with mean T::

    u = √(1 + 8/(σ²T)),  x = ln(S/K)
    time value = K/u·e^{x/2 − u|x|/2}

so K/u·(S/K)^{(1−u)/2} above the strike and K/u·(S/K)^{(1+u)/2} below it, the same for call and put.

Source: Deri Protocol, "Pricing Continuously Funded Everlasting Options" (2021) and its academy page
"Numerical Examples of Everlasting Option Pricing"; Greeks by differentiation.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]


def steepness(*, vol: Vector | float, period: float) -> Vector:
    """The exponent u = √(1 + 8/(σ²T)), above 1.

    Args:
        vol: Decimal.
        period: Funding period T, years.
    """
    return np.sqrt(1.0 + 8.0 / (np.square(vol) * period))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TimeValue:
    """Time value of an everlasting option and what follows from it; arrays have the shape of the spot.

    Args:
        usd: Value above the payoff of exercise, USD.
        slope: Derivative of it by the spot, (1 ± u)/2·usd/S, coins; at the strike that from below.
        curvature: Γ of call and put: usd·(u² − 1)/(4S²), coins per USD; at the strike 2/(σ²T·u·K).
        vega: USD per unit of vol.
        steepness: u.
    """

    usd: Vector
    slope: Vector
    curvature: Vector
    vega: Vector
    steepness: Vector


def time_value(
    spot: Vector | float, strike: float, *, vol: Vector | float, period: float
) -> TimeValue:
    """Time value of an everlasting option.

    Args:
        spot, strike: USD.
        vol: Decimal.
        period: Funding period, years.
    """
    price = np.asarray(spot, dtype=np.float64)
    u = steepness(vol=vol, period=period)
    x = np.log(price / strike)
    usd = strike / u * np.exp(0.5 * (x - u * np.abs(x)))
    square = u * u - 1.0
    return TimeValue(
        usd=usd,
        slope=0.5 * usd / price * np.where(x > 0.0, 1.0 - u, 1.0 + u),
        curvature=0.25 * square * usd / (price * price),
        vega=usd * square / (u * np.asarray(vol)) * (1.0 / u + 0.5 * np.abs(x)),
        steepness=u,
    )


def everlasting_price(
    spot: Vector | float, strike: float, *, vol: Vector | float, period: float, sign: float
) -> Vector:
    """Value of an everlasting option, USD.

    Args:
        spot, strike: USD.
        vol: Decimal.
        period: Funding period, years.
        sign: +1 call, −1 put.

    >>> float(round(everlasting_price(40_000.0, 50_000.0, vol=1.0, period=7 / 365, sign=1.0), 4))
    223.3667
    """
    exercise = np.maximum(sign * (np.asarray(spot, dtype=np.float64) - strike), 0.0)
    return exercise + time_value(spot, strike, vol=vol, period=period).usd


def everlasting_delta(
    spot: Vector | float, strike: float, *, vol: Vector | float, period: float, sign: float
) -> Vector:
    """Derivative of the value by the spot, coins; it has no jump: (1 + 1/u)/2 at the strike of a call."""
    price = np.asarray(spot, dtype=np.float64)
    above = np.where(price > strike, 1.0, 0.0)
    exercise = above if sign > 0.0 else above - 1.0
    return exercise + time_value(spot, strike, vol=vol, period=period).slope
