"""Black-76 prices and Greeks on arrays.

Convention. The option is on the forward F of its own expiry; every derivative holds F, not spot. With
w = σ√T, x = ln(F/K), d1 = x/w + w/2, d2 = d1 − w, D = e^(−rT) and cp = +1 for a call, −1 for a put::

    price = D·cp·[F·N(cp·d1) − K·N(cp·d2)]

Time derivatives are with respect to calendar time passing (−∂/∂T), so a long option's theta is negative.

How the digits are kept. The out-of-the-money side is V·[Y(a) − Y(b)] with Y the Mills ratio,
a = |x|/w − w/2, b = |x|/w + w/2 and V = F·φ(d1) = K·φ(d2). No difference of two nearly equal normal
probabilities is ever formed: for small w the bracket is w times a divided difference, and the
in-the-money side adds the intrinsic value. Relative error below 1e-13 for |x|/w ≤ 7.

Source: F. Black (1976), doi:10.1016/0304-405X(76)90024-6; Greeks by differentiation.
"""

import math
from enum import IntEnum

import numpy as np
from numba import njit
from numpy.typing import NDArray

from shortgamma.kernels.elementary import (
    FAST,
    INV_SQRT_2PI,
    MILLS_HIGH,
    MILLS_LOW,
    exp_bounded,
    log_ratio,
    mills_pair,
)
from shortgamma.kernels.rows import put, take

Vector = NDArray[np.float64]
BLOCK = 128  # options whose stages fit in the first-level cache together
DIRECT_WIDTH = 0.5  # above this w the plain difference of Mills ratios loses nothing


class Greek(IntEnum):
    """Row of :func:`black_greeks`' output; the comment gives the unit."""

    PRICE = 0  # USD
    DELTA = 1  # units of the underlying
    GAMMA = 2  # delta per USD
    VEGA = 3  # USD per unit of vol
    THETA = 4  # USD per year of calendar time
    VANNA = 5  # delta per unit of vol
    VOLGA = 6  # vega per unit of vol
    CHARM = 7  # delta per year of calendar time
    SPEED = 8  # gamma per USD
    ZOMMA = 9  # gamma per unit of vol
    COLOR = 10  # gamma per year of calendar time
    DELTA_COIN = 11  # premium-adjusted delta Δ − V/F, units of the underlying


N_GREEKS = len(Greek)


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def otm_terms(forward, strike, x, w, iw):
    """What price and Greeks share, seen from the out-of-the-money side.

    Args:
        forward, strike: USD.
        x: ln(F/K).
        w: σ√T.
        iw: 1/w.

    Returns:
        dens: V = F·φ(d1) = K·φ(d2), USD.
        otm: Undiscounted price of the out-of-the-money option, USD.
        near: N(−a), the tail probability of the argument nearer to zero.
        far: N(−b).
    """
    low = min(forward, strike)
    high = max(forward, strike)
    h = abs(x) * iw
    t = 0.5 * w
    a = h - t
    b = min(h + t, MILLS_HIGH)
    deep = a < MILLS_LOW
    ya, yb, slope = mills_pair(min(-a if deep else a, MILLS_HIGH), b)
    phi = INV_SQRT_2PI * exp_bounded(-0.5 * a * a)
    dens = low * phi
    difference = ya - yb if w > DIRECT_WIDTH else w * slope
    tail = phi * ya
    otm = low - dens * (ya + yb) if deep else dens * difference
    return dens, otm, (1.0 - tail if deep else tail), dens * yb / high


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage_moneyness(forward, strike, years, vol, scratch):
    """ln(F/K), √T and 1/(σ√T) of one block into the first three rows of ``scratch``."""
    for j in range(forward.size):
        root = math.sqrt(years[j])
        scratch[j] = log_ratio(forward[j], strike[j])
        scratch[BLOCK + j] = root
        scratch[2 * BLOCK + j] = 1.0 / (vol[j] * root)


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage_terms(forward, strike, vol, scratch):
    """:func:`otm_terms` of one block into rows 3 to 6 of ``scratch``."""
    for j in range(forward.size):
        w = vol[j] * scratch[BLOCK + j]
        dens, otm, near, far = otm_terms(
            forward[j], strike[j], scratch[j], w, scratch[2 * BLOCK + j]
        )
        scratch[3 * BLOCK + j] = dens
        scratch[4 * BLOCK + j] = otm
        scratch[5 * BLOCK + j] = near
        scratch[6 * BLOCK + j] = far


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def black_price(
    forward: Vector,
    strike: Vector,
    years: Vector,
    vol: Vector,
    rate: Vector,
    sign: Vector,
    out: Vector,
) -> None:
    """Prices alone, USD; all arrays float64 of shape (n,), ``sign`` +1 for calls, −1 for puts."""
    n = forward.size
    scratch = np.empty(7 * BLOCK)
    for start in range(0, n, BLOCK):
        stop = min(start + BLOCK, n)
        f = forward[start:stop]
        k = strike[start:stop]
        t = years[start:stop]
        v = vol[start:stop]
        r = rate[start:stop]
        s = sign[start:stop]
        o = out[start:stop]
        stage_moneyness(f, k, t, v, scratch)
        for j in range(f.size):
            w = v[j] * scratch[BLOCK + j]
            _d, otm, _n, _f = otm_terms(f[j], k[j], scratch[j], w, scratch[2 * BLOCK + j])
            o[j] = exp_bounded(-r[j] * t[j]) * (otm + max(s[j] * (f[j] - k[j]), 0.0))


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage_greeks(forward, strike, years, vol, rate, sign, scratch, out, start):
    """The rows of :class:`Greek` of one block into ``out`` from column ``start`` on."""
    stop = start + forward.size
    prices = out[0, start:stop]
    deltas = out[1, start:stop]
    gammas = out[2, start:stop]
    vegas = out[3, start:stop]
    thetas = out[4, start:stop]
    vannas = out[5, start:stop]
    volgas = out[6, start:stop]
    charms = out[7, start:stop]
    speeds = out[8, start:stop]
    zommas = out[9, start:stop]
    colors = out[10, start:stop]
    coin_deltas = out[11, start:stop]
    for j in range(forward.size):
        f = take(forward, j)
        k = take(strike, j)
        r = take(rate, j)
        call = take(sign, j) > 0.0
        above = f > k
        x = take(scratch, j)
        root = take(scratch, BLOCK + j)
        iw = take(scratch, 2 * BLOCK + j)
        near = take(scratch, 5 * BLOCK + j)
        far = take(scratch, 6 * BLOCK + j)
        discount = exp_bounded(-r * take(years, j))
        density = discount * take(scratch, 3 * BLOCK + j)
        w = take(vol, j) * root
        d1 = x * iw + 0.5 * w
        d2 = d1 - w
        d12 = d1 * d2
        lower1 = 1.0 - far if above else near
        upper1 = far if above else 1.0 - near
        lower2 = 1.0 - near if above else far
        upper2 = near if above else 1.0 - far
        inverse_f = 1.0 / f
        inverse_vol = root * iw
        half_rate = 0.5 / take(years, j)
        price = discount * (take(scratch, 4 * BLOCK + j) + max(take(sign, j) * (f - k), 0.0))
        delta = discount * (lower1 if call else -upper1)
        gamma = density * inverse_f * inverse_f * iw
        vega = density * root
        d2_density = density * inverse_f * d2
        put(prices, j, price, 0)
        put(deltas, j, delta, 1)
        put(gammas, j, gamma, 2)
        put(vegas, j, vega, 3)
        put(thetas, j, r * price - vega * take(vol, j) * half_rate, 4)
        put(vannas, j, -d2_density * inverse_vol, 5)
        put(volgas, j, vega * d12 * inverse_vol, 6)
        put(charms, j, d2_density * half_rate + r * delta, 7)
        put(speeds, j, -gamma * inverse_f * (1.0 + d1 * iw), 8)
        put(zommas, j, gamma * (d12 - 1.0) * inverse_vol, 9)
        put(colors, j, gamma * (r + (1.0 - d12) * half_rate), 10)
        put(coin_deltas, j, discount * k * inverse_f * (lower2 if call else -upper2), 11)


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def black_greeks(
    forward: Vector,
    strike: Vector,
    years: Vector,
    vol: Vector,
    rate: Vector,
    sign: Vector,
    out: Vector,
) -> None:
    """Price and every Greek of :class:`Greek` into ``out``, shape (N_GREEKS, n), C-contiguous.

    Each stage is a loop of its own over a block that stays in the first-level cache: one loop over
    everything is a chain of some 300 instructions, longer than the window in which a core overlaps
    neighbouring options.
    """
    n = forward.size
    scratch = np.empty(7 * BLOCK)
    for start in range(0, n, BLOCK):
        stop = min(start + BLOCK, n)
        f = forward[start:stop]
        k = strike[start:stop]
        t = years[start:stop]
        v = vol[start:stop]
        stage_moneyness(f, k, t, v, scratch)
        stage_terms(f, k, v, scratch)
        stage_greeks(f, k, t, v, rate[start:stop], sign[start:stop], scratch, out, start)
