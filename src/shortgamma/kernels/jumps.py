"""Jumps of a log price: how many fall into a step, and how large they are.

One uniform number per path and step says how many jumps come (inversion of the Poisson law, so any number
is possible). Most steps have none; the few that do compute their sizes on the spot from the same
counter-based generator, in a part of its counter space that :mod:`shortgamma.kernels.philox` leaves free.

Source: R. C. Merton (1976), doi:10.1016/0304-405X(76)90022-2; S. G. Kou (2002),
doi:10.1287/mnsc.48.8.1086.166.
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from shortgamma.kernels.elementary import FAST
from shortgamma.kernels.philox import MASK, half_open, philox

SIZE_SPACE = 0x80000000  # paths are below 2**63, so elsewhere this bit of the counter is never set
NORMAL_SIZE, EXPONENTIAL_SIZE = 0, 1
MOST_EXPECTED = 50.0  # expected jumps per step beyond which the inversion is not meant to be used
TWO_PI = 6.283185307179586


@njit(error_model="numpy", cache=True)
def size_uniforms(seed, stream, path, step, index):
    """Two uniform numbers in (0, 1) for the size of jump ``index`` of a path's step.

    Args:
        seed: Of the ensemble, 0 ≤ seed < 2**63.
        stream: Below 2**16.
        path: Index of the path in the ensemble.
        step: Index of the step.
        index: Which jump of the step, below 2**16.
    """
    w0, w1, w2, w3 = philox(
        path & MASK,
        step & MASK,
        (stream & 0xFFFF) | ((index & 0xFFFF) << 16),
        ((path >> 32) & MASK) | SIZE_SPACE,
        seed & MASK,
        (seed >> 32) & MASK,
    )
    return half_open(w0, w1), half_open(w2, w3)


@njit(error_model="numpy", cache=True)
def size_normal(seed, stream, path, step, index):
    """A standard normal number (Box–Muller); arguments as in :func:`size_uniforms`."""
    u, v = size_uniforms(seed, stream, path, step, index)
    return math.sqrt(-2.0 * math.log(u)) * math.cos(TWO_PI * v)


@njit(error_model="numpy", cache=True)
def jump_count(u, expected):
    """How many jumps a step has: the Poisson quantile of ``u``, for ``expected`` up to 50."""
    probability = math.exp(-expected)
    reached = probability
    count = 0
    while u > reached and count < 1000:
        count += 1
        probability *= expected / count
        reached += probability
    return count


@njit(error_model="numpy", cache=True)
def normal_sum(count, law, seed, stream, path, step):
    """Sum of ``count`` normal sizes: one normal number is enough, whatever the count."""
    z = size_normal(seed, stream, path, step, 0)
    return count * law[0] + math.sqrt(count) * law[1] * z


@njit(error_model="numpy", cache=True)
def exponential_sum(count, law, seed, stream, path, step):
    """Sum of ``count`` sizes that are +Exp(law[1]) with probability law[0], else −Exp(law[2])."""
    total = 0.0
    for index in range(count):
        u, v = size_uniforms(seed, stream, path, step, index)
        up = u < law[0]
        total += -math.log(v) * (law[1] if up else -law[2])
    return total


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def add_jumps(
    uniforms: NDArray[np.float64],
    expected: float,
    law: tuple[int, float, float, float],
    place: tuple[int, int, int, int],
    out: NDArray[np.float64],
) -> None:
    """Adds compound Poisson jumps to the log moves of one step.

    Args:
        uniforms: One per path, in (0, 1).
        expected: Jumps expected in this step, 0 to 50.
        law: ``(NORMAL_SIZE, mean, deviation, 0)`` or ``(EXPONENTIAL_SIZE, probability of an up jump,
            mean up, mean down)``, of the log sizes.
        place: Seed, stream of the sizes, index of the first path, step.
        out: Log moves, shape (paths,); changed in place.
    """
    seed, stream, first_path, step = place
    none = math.exp(-expected)
    sizes = law[1:]
    for j in range(out.size):
        if uniforms[j] > none:
            count = jump_count(uniforms[j], expected)
            if law[0] == NORMAL_SIZE:
                out[j] += normal_sum(count, sizes, seed, stream, first_path + j, step)
            else:
                out[j] += exponential_sum(count, sizes, seed, stream, first_path + j, step)


@njit(fastmath=FAST, error_model="numpy", cache=True)
def first_arrival(mass, base, excitement, decay):
    """Time t at which base·t + excitement·(1 − e^(−decay·t))/decay reaches ``mass``; ∞ where it never does.

    The integrated intensity is concave and increasing, so Newton from the left never overshoots.
    """
    if base == 0.0 and excitement / decay <= mass:
        return math.inf
    t = mass / (base + excitement)
    for _ in range(100):
        fade = math.exp(-decay * t)
        gap = mass - base * t - excitement * (1.0 - fade) / decay
        step = gap / (base + excitement * fade)
        t += step
        if step <= 1e-14 * t:
            break
    return t


@njit(fastmath=FAST, error_model="numpy", cache=True)
def excited_jumps(u, excitement, rates, years, sizes, place):
    """The jumps of a self-exciting process in one path's step, by exact arrival times.

    A unit exponential −ln u is spent on the integrated intensity until it is used up; each arrival adds
    to the intensity and takes a new one.

    Returns:
        Sum of the log sizes, integral of the intensity over the step, excitement at its end.
    """
    base, kick, decay = rates
    seed, stream, path, step = place
    left, total, integral, index = years, 0.0, 0.0, 0
    mass = -math.log(u)
    while True:
        t = first_arrival(mass, base, excitement, decay)
        if t >= left:
            break
        integral += mass
        left -= t
        excitement = excitement * math.exp(-decay * t) + kick
        total += sizes[0] + sizes[1] * size_normal(seed, stream, path, step, 2 * index)
        mass = -math.log(size_uniforms(seed, stream, path, step, 2 * index + 1)[0])
        index += 1
    fade = math.exp(-decay * left)
    integral += base * left + excitement * (1.0 - fade) / decay
    return total, integral, excitement * fade


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def add_excited_jumps(
    uniforms: NDArray[np.float64],
    excitement: NDArray[np.float64],
    law: tuple[float, float, float, float, float, float],
    place: tuple[int, int, int, int, float],
    out: NDArray[np.float64],
) -> None:
    """Adds self-exciting jumps, less their compensator, to the log moves of one step.

    The compensator is (E[e^size] − 1) times the integral of the intensity along the path, which makes
    the price a martingale for a step of any length.

    Args:
        uniforms: One per path, in (0, 1).
        excitement: Intensity above its base, per year, shape (paths,); changed in place.
        law: Base intensity, rise of the intensity after a jump, its decay (all per year), mean and
            deviation of the log sizes, E[e^size] − 1.
        place: Seed, stream of the sizes, index of the first path, step, years of the step.
        out: Log moves, shape (paths,); changed in place.
    """
    base, kick, decay, mean, deviation, relative = law
    seed, stream, first_path, step, years = place
    fade = math.exp(-decay * years)
    reach = -math.expm1(-decay * years) / decay
    for j in range(out.size):
        excited = excitement[j]
        mass = base * years + excited * reach
        if uniforms[j] > 1.0 - mass:  # 1 − m ≤ e^(−m): what fails this has no jump for certain
            total, mass, end = excited_jumps(
                uniforms[j],
                excited,
                (base, kick, decay),
                years,
                (mean, deviation),
                (seed, stream, first_path + j, step),
            )
            excitement[j] = end
            out[j] += total - relative * mass
        else:
            excitement[j] = excited * fade
            out[j] -= relative * mass
