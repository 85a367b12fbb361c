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
from shortgamma.kernels.lanes import LANES, add_strides

Vector = NDArray[np.float64]
REACH = 14.0  # |d1| beyond which φ(d1) < 1e-42 of its peak is left out
BLOCK = 128  # options whose stages fit in the first-level cache together

# Rows of what is staged of each option, shape (N_STAGED, BLOCK).
FIRST, LAST, D1, ETA, DECAY, BASE, IW, GAMMA, VANNA, CHARM = range(10)
N_STAGED = 10


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage_options(forward, strike, years, vol, weight, lowest, step, levels, staged):
    """What one block of options needs on the levels, into the rows of ``staged``.

    FIRST and LAST are the range of levels within reach, D1 is at FIRST, ETA its step from level to level,
    BASE + move·IW is d2. An option without a finite d1 has no level within reach: a comparison with NaN
    is false.
    """
    per_step = 1.0 / step
    for i in range(forward.size):
        width = vol[i] * math.sqrt(years[i])
        iw = 1.0 / width
        base = log_ratio(forward[i], strike[i]) * iw + 0.5 * width
        d1 = base + lowest * iw
        eta = step * iw
        per_eta = width * per_step
        first = math.ceil((-REACH - d1) * per_eta)
        first = first if first > 0.0 else 0.0
        first = first if first < levels else levels
        last = math.floor((REACH - d1) * per_eta) + 1.0
        last = last if last > first else first
        scale = weight[i] * forward[i] * INV_SQRT_2PI
        staged[FIRST, i] = first
        staged[LAST, i] = last if last < levels else levels
        staged[D1, i] = d1 + first * eta
        staged[ETA, i] = eta
        staged[DECAY, i] = exp_bounded(-LANES * LANES * eta * eta)
        staged[BASE, i] = base - width
        staged[IW, i] = iw
        staged[GAMMA, i] = scale * iw * PERCENT
        staged[VANNA, i] = -scale / vol[i] * POINT
        staged[CHARM, i] = scale * 0.5 / (years[i] * DAYS_PER_YEAR)


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def start_density(d1, eta, start):
    """φ·√2π on LANES levels, then its ratio to φ one stride on; ``start`` ends with the lane numbers.

    The numbers come from memory because LLVM would convert the loop's counter one lane at a time.
    """
    for j in range(LANES):
        d = d1 + start[2 * LANES + j] * eta
        start[j] = exp_bounded(-0.5 * d * d)
        start[LANES + j] = exp_bounded(-LANES * eta * (d + 0.5 * LANES * eta))


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def add_options(count, staged, moves, start, sums):
    """The terms of a block's ``count`` options into ``sums``, each on its own range of levels.

    An option without a level is skipped: its terms may be NaN, and NaN times a φ of zero is not zero.
    """
    for i in range(count):
        first = int(staged[FIRST, i])
        last = int(staged[LAST, i])
        if first == last:
            continue
        start_density(staged[D1, i], staged[ETA, i], start)
        terms = (
            staged[DECAY, i],
            staged[BASE, i],
            staged[IW, i],
            staged[GAMMA, i],
            staged[VANNA, i],
            staged[CHARM, i],
        )
        add_strides(start, moves, first, last, terms, sums)


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
    multiplications in place of an exponential. Every level is advanced from the one LANES below, which
    makes a stride one vector and keeps the error at a few units of rounding per stride.

    Args:
        moves: Log moves of spot, evenly spaced and ascending, shape (m,), m ≥ 2.
        forward, strike, years, vol: Of each option, shape (n,).
        weight: Signed holding times discount factor, units of the underlying, shape (n,).
        out: Zeroed, shape (3, m). Multiply by e^move to get gamma in USD per 1 %, vanna in USD per vol
            point, charm (without carry) in USD per day.
    """
    levels = moves.size
    step = (moves[levels - 1] - moves[0]) / (levels - 1)
    padded = np.zeros(levels + LANES)
    padded[:levels] = moves
    sums = np.zeros((3, levels + LANES))
    start = np.empty(3 * LANES)
    start[2 * LANES :] = np.arange(LANES)
    staged = np.empty((N_STAGED, BLOCK))
    for begin in range(0, forward.size, BLOCK):
        end = min(begin + BLOCK, forward.size)
        stage_options(
            forward[begin:end],
            strike[begin:end],
            years[begin:end],
            vol[begin:end],
            weight[begin:end],
            moves[0],
            step,
            float(levels),
            staged,
        )
        add_options(end - begin, staged, padded, start, sums)
    out += sums[:, :levels]


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
