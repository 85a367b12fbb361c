"""Implied volatility on arrays: inverts :func:`shortgamma.kernels.black.black_price`.

The out-of-the-money price p is matched in ln p. The start is the lower bound L3 of Choi, Huh & Su times
a correction fitted to its remaining gap, which leaves at most 6 % of error; from there two of
Householder's third-order steps (error to the fourth power each) reach rounding. Both are unrolled, so
that the loop has no branch.

Source: J. Choi, J. Huh, N. Su, "Tighter 'uniform bounds for Black-Scholes implied volatility' and the
applications to root-finding", Operations Research Letters (2024), arXiv:2302.08758, Corollary 5.2; the
correction is ours (``tools/fit_kernels.py``).
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from shortgamma.basics.errors import Status
from shortgamma.kernels.black import BLOCK, otm_terms
from shortgamma.kernels.elementary import EXP_FLOOR, FAST, exp_bounded, log_ratio

Vector = NDArray[np.float64]
OK = int(Status.OK)
NOT_FINITE = int(Status.NOT_FINITE)
NOT_POSITIVE = int(Status.NOT_POSITIVE)
NOT_CONVERGED = int(Status.NOT_CONVERGED)
BELOW_INTRINSIC = int(Status.BELOW_INTRINSIC)
ABOVE_MAXIMUM = int(Status.ABOVE_MAXIMUM)
TAIL_START = 0.4
TINY = 1e-300
ROUNDING = 4.0 * float(np.finfo(np.float64).eps)


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def start_width(c, m, k):
    """First guess of w = σ√T within 6 %.

    Args:
        c: Out-of-the-money price over min(F, K), in (0, 1).
        m: max(F, K)/min(F, K) − 1.
        k: ln(1 + m).

    Returns:
        The bound 2k/(√(d² + 2k) − d), where N(d) bounds the delta, times the correction. y = N(d) − ½ is
        formed without cancellation; the inverse normal is a rational of our own in the middle and
        Abramowitz & Stegun 26.2.23 in the tails.
    """
    inverse = 1.0 / (2.0 * c + m)
    y = (c * c + (c - 0.5) * m) * inverse
    tail = min(c * (c + m + 1.0), (1.0 - c) * (m + c)) * inverse
    s = math.sqrt(-2.0 * log_ratio(max(tail, TINY), 1.0))
    far = s - (2.515517 + s * (0.802853 + s * 0.010328)) / (
        1.0 + s * (1.432788 + s * (0.189269 + s * 0.001308))
    )
    z = y * y
    middle = (
        y
        * (2.50663348 + z * (-9.58228483 + z * 5.29301331))
        / (1.0 + z * (-4.8695333 + z * 4.89294971))
    )
    d = (far if y > 0.0 else -far) if abs(y) > TAIL_START else middle
    root = math.sqrt(d * d + 2.0 * k) + TINY
    bound = d + root if d > 0.0 else 2.0 * k / (root - d)
    u = -d / root
    gap = 0.24758076 + u * (0.16377296 + u * (0.04628134 + u * 0.14440259))
    return bound * (
        1.0 + gap / (1.0 + 0.0083505 * abs(d) + 0.1618889 * d * d + 0.20478915 * bound * bound)
    )


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def householder_step(w, iw, x, dens, otm, target):
    """Width w after one third-order step on ln p(w) − ln p, from the derivatives of p in closed form.

    Args:
        w, iw: σ√T and 1/(σ√T).
        x: ln(F/K).
        dens, otm: V and p(w), from :func:`shortgamma.kernels.black.otm_terms`.
        target: The price p to match, USD.
    """
    z = x * iw
    slope = dens / otm
    second = z * z * iw - 0.25 * w
    third = second * second - 3.0 * z * z * iw * iw - 0.25
    gap = log_ratio(target, otm)
    r2 = second - slope
    r3 = third + slope * (2.0 * slope - 3.0 * second)
    # numerator and denominator times slope², which saves a division
    return w + gap * (slope + 0.5 * r2 * gap) / (
        slope * slope + gap * (r2 * slope + r3 * gap * (1.0 / 6.0))
    )


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage_start(price, forward, strike, years, rate, sign, scratch):
    """Out-of-the-money price, ln(F/K) and first guess of one block into rows 0 to 2."""
    for j in range(price.size):
        f = forward[j]
        k = strike[j]
        intrinsic = max(sign[j] * (f - k), 0.0)
        growth = rate[j] * years[j]
        # beyond this no double holds the discount factor: NaN, and with it NOT_FINITE
        undiscounted = price[j] * exp_bounded(growth) if abs(growth) <= -EXP_FLOOR else math.nan
        value = undiscounted - intrinsic
        value = 0.0 if abs(value) <= ROUNDING * intrinsic else value
        x = log_ratio(f, k)
        low = min(f, k)
        inverse = 1.0 / low
        scratch[j] = value
        scratch[BLOCK + j] = x
        scratch[2 * BLOCK + j] = start_width(value * inverse, abs(f - k) * inverse, abs(x))


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage_solve(forward, strike, scratch):
    """One step of one block, in place in row 2; two loops, each short enough to overlap options."""
    for j in range(forward.size):
        w = scratch[2 * BLOCK + j]
        iw = 1.0 / w
        dens, otm, _near, _far = otm_terms(forward[j], strike[j], scratch[BLOCK + j], w, iw)
        scratch[3 * BLOCK + j] = iw
        scratch[4 * BLOCK + j] = dens
        scratch[5 * BLOCK + j] = otm
    for j in range(forward.size):
        w = householder_step(
            scratch[2 * BLOCK + j],
            scratch[3 * BLOCK + j],
            scratch[BLOCK + j],
            scratch[4 * BLOCK + j],
            scratch[5 * BLOCK + j],
            scratch[j],
        )
        scratch[2 * BLOCK + j] = w if w > 0.0 else math.nan


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def verdict(value, forward, strike, years, width):
    """Status of one element; see :func:`implied_vol`."""
    if not math.isfinite(value + forward + strike + years):
        return NOT_FINITE
    if min(forward, strike, years) <= 0.0:
        return NOT_POSITIVE
    if value < 0.0:
        return BELOW_INTRINSIC
    if value >= min(forward, strike):
        return ABOVE_MAXIMUM
    if value > 0.0 and not math.isfinite(width):
        return NOT_CONVERGED
    return OK


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def implied_vol(
    price: Vector,
    forward: Vector,
    strike: Vector,
    years: Vector,
    rate: Vector,
    sign: Vector,
    vol: Vector,
    status: NDArray[np.int8],
) -> None:
    """Implied vols into ``vol`` (float64) and their status into ``status`` (int8); all of shape (n,).

    A time value of zero, or one below the rounding of an in-the-money price, gives vol 0. A price below
    intrinsic value or not below its maximum (F for a call, K for a put, discounted) gives NaN.
    """
    scratch = np.empty(6 * BLOCK)
    for start in range(0, price.size, BLOCK):
        stop = min(start + BLOCK, price.size)
        f = forward[start:stop]
        k = strike[start:stop]
        t = years[start:stop]
        stage_start(price[start:stop], f, k, t, rate[start:stop], sign[start:stop], scratch)
        stage_solve(f, k, scratch)
        stage_solve(f, k, scratch)
        v = vol[start:stop]
        st = status[start:stop]
        for j in range(f.size):
            value = scratch[j]
            width = scratch[2 * BLOCK + j]
            st[j] = verdict(value, f[j], k[j], t[j], width)
            good = width / math.sqrt(t[j]) if value > 0.0 else 0.0
            v[j] = good if st[j] == OK else math.nan
