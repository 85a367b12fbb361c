"""The same mathematics as a careful NumPy user writes it, with SciPy's normal distribution."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from benchmarks.sample import Options
from shortgamma.basics.units import DAYS_PER_YEAR, PERCENT, POINT
from shortgamma.kernels.black import N_GREEKS, Greek

Array = NDArray[np.float64]

SQRT_2PI = np.sqrt(2.0 * np.pi)
NEWTON_STEPS = 60
NEWTON_TOLERANCE = 1e-10
SMALLEST_START = 1e-6  # of σ√T, at the money


def price(options: Options) -> Array:
    """D·cp·[F·N(cp·d1) − K·N(cp·d2)], USD."""
    forward, strike, years, vol, rate, sign = options.inputs
    width = vol * np.sqrt(years)
    d1 = np.log(forward / strike) / width + 0.5 * width
    undiscounted = forward * ndtr(sign * d1) - strike * ndtr(sign * (d1 - width))
    return np.exp(-rate * years) * sign * undiscounted


def greeks(options: Options) -> Array:
    """Price and every Greek, rows as :class:`shortgamma.kernels.black.Greek`."""
    forward, strike, years, vol, rate, sign = options.inputs
    root = np.sqrt(years)
    width = vol * root
    discount = np.exp(-rate * years)
    d1 = np.log(forward / strike) / width + 0.5 * width
    d2 = d1 - width
    d12 = d1 * d2
    half_rate = 0.5 / years
    delta = discount * sign * ndtr(sign * d1)
    second = discount * sign * ndtr(sign * d2)
    density = discount * np.exp(-0.5 * d1 * d1) / SQRT_2PI
    out = np.empty((N_GREEKS, options.size))
    out[Greek.PRICE] = value = forward * delta - strike * second
    out[Greek.DELTA] = delta
    out[Greek.GAMMA] = gamma = density / (forward * width)
    out[Greek.VEGA] = vega = forward * density * root
    out[Greek.THETA] = rate * value - vega * vol * half_rate
    out[Greek.VANNA] = -density * d2 / vol
    out[Greek.VOLGA] = vega * d12 / vol
    out[Greek.CHARM] = density * d2 * half_rate + rate * delta
    out[Greek.SPEED] = -gamma / forward * (1.0 + d1 / width)
    out[Greek.ZOMMA] = gamma * (d12 - 1.0) / vol
    out[Greek.COLOR] = gamma * (rate + (1.0 - d12) * half_rate)
    out[Greek.DELTA_COIN] = strike / forward * second
    return out


def implied_vol(prices: Array, options: Options) -> Array:
    """Newton's method in σ√T on out-of-the-money prices, for all options at once.

    It starts from the inflection point √(2|ln(F/K)|), from where it cannot overshoot.
    """
    forward, strike, years, _vol, rate, sign = options.inputs
    target = prices * np.exp(rate * years)
    x = np.log(forward / strike)
    width = np.maximum(np.sqrt(2.0 * np.abs(x)), SMALLEST_START)
    for _ in range(NEWTON_STEPS):
        d1 = x / width + 0.5 * width
        value = sign * (forward * ndtr(sign * d1) - strike * ndtr(sign * (d1 - width)))
        slope = forward * np.exp(-0.5 * d1 * d1) / SQRT_2PI
        step = (value - target) / slope
        width = width - step
        if np.max(np.abs(step / width)) < NEWTON_TOLERANCE:
            break
    return width / np.sqrt(years)


def profile(options: Options, weight: Array, moves: Array) -> Array:
    """Gamma, vanna and charm at each log move, as ``kernels.profile.profile_sums``, shape (3, m)."""
    forward, strike, years, vol = options.inputs[:4]
    width = vol * np.sqrt(years)
    d1 = ((np.log(forward / strike))[:, None] + moves) / width[:, None] + 0.5 * width[:, None]
    phi = np.exp(-0.5 * d1 * d1)
    cross = phi * (d1 - width[:, None])
    scale = weight * forward / SQRT_2PI
    return np.stack(
        (
            (scale / width * PERCENT) @ phi,
            (-scale / vol * POINT) @ cross,
            (scale * 0.5 / (years * DAYS_PER_YEAR)) @ cross,
        )
    )
