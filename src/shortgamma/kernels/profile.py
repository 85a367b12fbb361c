"""Sums over a whole book at many spot levels: the profile of gamma, vanna and charm.

Every forward moves in proportion to spot, so at the level with log move y an option has
d1 = (ln(F/K) + y)/w + w/2. The options are the outer loop and the levels the inner one: each level has
its own accumulator, so the inner loop vectorises without re-ordering any sum, and an option is only
visited on the levels where it has gamma at all.
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from shortgamma.basics.units import DAYS_PER_YEAR, PERCENT, POINT
from shortgamma.kernels.elementary import FAST, INV_SQRT_2PI, exp_bounded, log_ratio

Vector = NDArray[np.float64]
REACH = 14.0  # |d1| beyond which φ(d1) < 1e-42 of its peak is left out
STRIDE = 16  # levels between one φ and the one it is advanced from


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def start_density(d1, eta, density, ratio):
    """φ·√2π on the first STRIDE levels, and its ratio to φ one stride on."""
    for j in range(STRIDE):
        d = d1 + j * eta
        density[j] = exp_bounded(-0.5 * d * d)
        ratio[j] = exp_bounded(-STRIDE * eta * (d + 0.5 * STRIDE * eta))


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def advance_density(count, decay, density, ratio):
    """φ·√2π on the levels from STRIDE on, each from the level one stride below."""
    for j in range(count - STRIDE):
        density[j + STRIDE] = density[j] * ratio[j]
        ratio[j + STRIDE] = ratio[j] * decay


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def add_option(moves, density, base, iw, gamma, vanna, charm, out_gamma, out_vanna, out_charm):
    """One option's three terms on consecutive levels; ``base`` + move·``iw`` is d2."""
    for j in range(moves.size):
        phi = density[j]
        phi_d2 = phi * (base + moves[j] * iw)
        out_gamma[j] += gamma * phi
        out_vanna[j] += vanna * phi_d2
        out_charm[j] += charm * phi_d2


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def profile_sums(
    moves: Vector,
    forward: Vector,
    strike: Vector,
    years: Vector,
    vol: Vector,
    weight: Vector,
    out: Vector,
) -> None:
    """Gamma, vanna and charm of a book on an even grid of log moves, each in USD.

    On an even grid φ obeys φ(d + η) = φ(d)·r(d) with r itself a geometric sequence, so a level costs two
    multiplications in place of an exponential. Every level is advanced from the one sixteen below, which
    keeps the loop vectorisable and the error at a few units of rounding per stride.

    Args:
        moves: Log moves of spot, evenly spaced and ascending, shape (m,), m ≥ 2.
        forward, strike, years, vol: Of each option, shape (n,).
        weight: Signed holding times discount factor, units of the underlying, shape (n,).
        out: Zeroed, shape (3, m). Multiply by e^move to get gamma in USD per 1 %, vanna in USD per vol
            point, charm (without carry) in USD per day.
    """
    levels = moves.size
    step = (moves[levels - 1] - moves[0]) / (levels - 1)
    density = np.empty(levels + STRIDE)
    ratio = np.empty(levels + STRIDE)
    for i in range(forward.size):
        width = vol[i] * math.sqrt(years[i])
        iw = 1.0 / width
        eta = step * iw
        base = log_ratio(forward[i], strike[i]) * iw + 0.5 * width
        d1 = base + moves[0] * iw
        first = int(min(max(math.ceil((-REACH - d1) / eta), 0.0), levels))
        last = int(min(max(math.floor((REACH - d1) / eta) + 1.0, first), levels))
        start_density(d1 + first * eta, eta, density, ratio)
        advance_density(last - first, exp_bounded(-STRIDE * STRIDE * eta * eta), density, ratio)
        scale = weight[i] * forward[i] * INV_SQRT_2PI
        add_option(
            moves[first:last],
            density,
            base - width,
            iw,
            scale * iw * PERCENT,
            -scale / vol[i] * POINT,
            scale * 0.5 / (years[i] * DAYS_PER_YEAR),
            out[0, first:last],
            out[1, first:last],
            out[2, first:last],
        )


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def profile_terms(
    forward: Vector, strike: Vector, years: Vector, vol: Vector, weight: Vector, terms: Vector
) -> None:
    """What :func:`gamma_sum` needs of each option into ``terms``, shape (3, n): d1, 1/w and weight.

    ``weight`` is as for :func:`profile_sums`.
    """
    base = terms[0]
    inverse_width = terms[1]
    scale = terms[2]
    for i in range(forward.size):
        width = vol[i] * math.sqrt(years[i])
        iw = 1.0 / width
        base[i] = log_ratio(forward[i], strike[i]) * iw + 0.5 * width
        inverse_width[i] = iw
        scale[i] = weight[i] * forward[i] * iw * (PERCENT * INV_SQRT_2PI)


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def gamma_sum(move: float, terms: Vector, scratch: Vector) -> float:
    """Net gamma at one log move, USD per 1 %.

    The terms go to ``scratch``, shape (n,), before they are summed: the exponentials vectorise, and the
    sum keeps its order.
    """
    base = terms[0]
    inverse_width = terms[1]
    scale = terms[2]
    for i in range(scratch.size):
        d1 = base[i] + move * inverse_width[i]
        scratch[i] = scale[i] * exp_bounded(-0.5 * d1 * d1)
    total = 0.0
    for i in range(scratch.size):
        total += scratch[i]
    return total * math.exp(move)
