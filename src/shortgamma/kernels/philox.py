"""Counter-based random numbers: the same (seed, stream, path, step) gives the same number, in any order.

Philox4x32-10 turns a 128-bit counter and a 64-bit key into 128 random bits with nothing to carry from
one call to the next, so a path needs no generator of its own, any worker can make any block, and a loop
over paths becomes vector instructions. One counter serves two neighbouring steps of a path.

Source: J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw (2011), "Parallel random numbers: as easy as
1, 2, 3", doi:10.1145/2063384.2063405; G. E. P. Box, M. E. Muller (1958), doi:10.1214/aoms/1177706645.
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from shortgamma.kernels.elementary import FAST, log_ratio

MASK = 0xFFFFFFFF
MULTIPLIER_0 = 0xD2511F53
MULTIPLIER_1 = 0xCD9E8D57
WEYL_0 = 0x9E3779B9
WEYL_1 = 0xBB67AE85
ROUNDS = 10
UNIT_52 = 2.0**-52
TWO_26 = 2.0**26
HALF_PI = 1.5707963267948966
ROUNDER = 6755399441055744.0  # 1.5 * 2**52: adding it leaves the nearest integer in the low bits


@njit(forceinline=True, cache=True)
def philox(c0, c1, c2, c3, key0, key1):
    """Four random words of 32 bits, each in the low half of an integer of 64.

    Args:
        c0, c1, c2, c3: Counter, 32 bits each.
        key0, key1: Key, 32 bits each.
    """
    for _ in range(ROUNDS):
        p0 = MULTIPLIER_0 * c0
        p1 = MULTIPLIER_1 * c2
        c0 = ((p1 >> 32) & MASK) ^ c1 ^ key0
        c1 = p1 & MASK
        c2 = ((p0 >> 32) & MASK) ^ c3 ^ key1
        c3 = p0 & MASK
        key0 = (key0 + WEYL_0) & MASK
        key1 = (key1 + WEYL_1) & MASK
    return c0, c1, c2, c3


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def half_open(high, low):
    """A uniform number from two words: an odd multiple of 2**-53, so never 0 and never 1.

    Two halves of 26 bits, because AVX2 converts integers of 32 bits but not of 64.
    """
    upper = np.int32(high >> 6)
    lower = np.int32(low >> 6)
    return (upper * TWO_26 + lower + 0.5) * UNIT_52


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def sine_cosine_of_turn(u):
    """sin(2πu) and cos(2πu) for 0 < u < 1, to 2e-16 absolute.

    The nearest quarter turn q is taken off, which is exact; q then swaps and signs the two series.
    """
    shifted = 4.0 * u + ROUNDER
    quarter = shifted - ROUNDER
    x = (4.0 * u - quarter) * HALF_PI
    z = x * x
    s = 1.58962301576546568060e-10
    s = s * z - 2.50507477628578072866e-8
    s = s * z + 2.75573136213857245213e-6
    s = s * z - 1.98412698295895385996e-4
    s = s * z + 8.33333333332211858878e-3
    s = s * z - 1.66666666666666307295e-1
    sine = x + x * (z * s)
    c = -1.13585365213876817300e-11
    c = c * z + 2.08757008419747316778e-9
    c = c * z - 2.75573141792967388112e-7
    c = c * z + 2.48015872888517045348e-5
    c = c * z - 1.38888888888730564116e-3
    c = c * z + 4.16666666666665929218e-2
    cosine = 1.0 - 0.5 * z + (z * z) * c
    odd = (quarter == 1.0) | (quarter == 3.0)
    swapped_sine = cosine if odd else sine
    swapped_cosine = sine if odd else cosine
    sine_negative = (quarter == 2.0) | (quarter == 3.0)
    cosine_negative = (quarter == 1.0) | (quarter == 2.0)
    return (
        -swapped_sine if sine_negative else swapped_sine,
        -swapped_cosine if cosine_negative else swapped_cosine,
    )


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def fill_uniforms(
    seed: int, stream: int, first_path: int, first_pair: int, out: NDArray[np.float64]
) -> None:
    """Uniform numbers in (0, 1).

    Args:
        seed: Key, 0 ≤ seed < 2**63.
        stream: Which of many independent sequences, 0 ≤ stream < 2**32.
        first_path: Index of the path in the first column, below 2**63.
        first_pair: Index of the first pair of steps: rows 0 and 1 are its two steps.
        out: Shape (2·pairs, paths).
    """
    key0 = seed & MASK
    key1 = (seed >> 32) & MASK
    for pair in range(out.shape[0] // 2):
        even = out[2 * pair]
        odd = out[2 * pair + 1]
        c1 = (first_pair + pair) & MASK
        for j in range(out.shape[1]):
            path = first_path + j
            w0, w1, w2, w3 = philox(path & MASK, c1, stream & MASK, (path >> 32) & MASK, key0, key1)
            even[j] = half_open(w0, w1)
            odd[j] = half_open(w2, w3)


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def fill_normals(
    seed: int, stream: int, first_path: int, first_pair: int, out: NDArray[np.float64]
) -> None:
    """Standard normal numbers; arguments as in :func:`fill_uniforms`. The largest possible one is 8.6."""
    key0 = seed & MASK
    key1 = (seed >> 32) & MASK
    for pair in range(out.shape[0] // 2):
        even = out[2 * pair]
        odd = out[2 * pair + 1]
        c1 = (first_pair + pair) & MASK
        for j in range(out.shape[1]):
            path = first_path + j
            w0, w1, w2, w3 = philox(path & MASK, c1, stream & MASK, (path >> 32) & MASK, key0, key1)
            radius = math.sqrt(-2.0 * log_ratio(half_open(w0, w1), 1.0))
            sine, cosine = sine_cosine_of_turn(half_open(w2, w3))
            even[j] = radius * cosine
            odd[j] = radius * sine
