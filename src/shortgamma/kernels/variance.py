"""One step of a random variance and of the log price that it drives.

Source: L. Andersen (2008), "Simple and efficient simulation of the Heston stochastic volatility model",
doi:10.21314/JCF.2008.189 (quadratic-exponential scheme, section 3.2.4; martingale correction, section
4.3); A. J. Hou, W. Wang, C. Y. H. Chen, W. K. Härdle (2020), "Pricing cryptocurrency options",
doi:10.1093/jjfinec/nbaa006 (jumps in price and variance).
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from shortgamma.kernels.elementary import FAST, log_ratio
from shortgamma.kernels.jumps import jump_count, size_normal, size_uniforms

PSI_SWITCH = 1.5  # Andersen's ψ_c; any value in [1, 2] works
LEAST_PSI = 1e-20  # keeps a variance without noise out of 0/0
LEAST_MEAN = 1e-100  # the same for a variance of 0
SQRT_HALF = 0.7071067811865476


@njit(fastmath=FAST, error_model="numpy", cache=True)
def exponential_step(z, mean, psi, tilt):
    """Next variance where it is near 0, and ln E[e^(tilt·variance)] of that law (Andersen, eq. 25, 60)."""
    zero = (psi - 1.0) / (psi + 1.0)
    rate = (1.0 - zero) / mean
    above = 0.5 * math.erfc(z * SQRT_HALF)
    value = math.log((1.0 - zero) / above) / rate if above < 1.0 - zero else 0.0
    return value, math.log(zero + rate * (1.0 - zero) / (rate - tilt))


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def heston_step(
    normals: tuple[NDArray[np.float64], NDArray[np.float64]],
    law: tuple[float, ...],
    old_variance: NDArray[np.float64],
    new: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]],
) -> None:
    """Moves the variance by the quadratic-exponential scheme and writes the log moves that go with it.

    The price is a martingale times e^drift exactly, whatever the step: the drift of each path is minus
    the logarithm of its own expected growth.

    Args:
        normals: Independent standard normals for price and variance, shape (paths,).
        law: Share of the variance that stays, mean that comes in, slope and constant of the conditional
            variance, weight of the new variance in the move (K2), variance weights of the price noise
            on old and new (K3 = K4), tilt A = K2 + K4/2, drift of the step.
        old_variance: Per year, shape (paths,).
        new: Variance, scratch and log moves, each overwritten, shape (paths,).
    """
    keep, inflow, slope, constant, weight, noise, tilt, drift = law
    price_normals, variance_normals = normals
    variance, ratio, out = new
    half_noise = 0.5 * noise
    for j in range(out.size):
        old = old_variance[j]
        mean = old * keep + inflow + LEAST_MEAN
        psi = (old * slope + constant) / (mean * mean) + LEAST_PSI
        ratio[j] = psi
        inverse = 2.0 / (PSI_SWITCH if psi > PSI_SWITCH else psi)
        square = inverse - 1.0 + math.sqrt(inverse * (inverse - 1.0))
        scale = mean / (1.0 + square)
        root = math.sqrt(square) + variance_normals[j]
        level = scale * root * root
        spread = 1.0 - 2.0 * tilt * scale
        growth = tilt * square * scale / spread - 0.5 * log_ratio(spread, 1.0)
        variance[j] = level
        move = drift + weight * level - growth - half_noise * old
        out[j] = move + math.sqrt(noise * (old + level)) * price_normals[j]
    for j in range(out.size):  # apart, so that the loop above becomes vector instructions
        if ratio[j] > PSI_SWITCH:
            old = old_variance[j]
            mean = old * keep + inflow + LEAST_MEAN
            level, growth = exponential_step(variance_normals[j], mean, ratio[j], tilt)
            variance[j] = level
            move = drift + weight * level - growth - half_noise * old
            out[j] = move + math.sqrt(noise * (old + level)) * price_normals[j]


@njit(error_model="numpy", cache=True)
def paired_jumps(count, law, seed, streams, path, step):
    """Sum of ``count`` jumps in variance (exponential) and in price (normal, leaning on the variance's).

    Args:
        law: Mean of a variance jump; mean, lean and deviation of a price jump.
        streams: Of the price sizes and of the variance sizes.
    """
    variance, price = 0.0, 0.0
    for index in range(count):
        z = size_normal(seed, streams[0], path, step, index)
        size = -law[0] * math.log(size_uniforms(seed, streams[1], path, step, index)[0])
        variance += size
        price += law[1] + law[2] * size + law[3] * z
    return variance, price


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def svcj_step(
    numbers: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]],
    law: tuple[float, ...],
    sizes: tuple[float, float, float, float],
    place: tuple[int, tuple[int, int], int, int],
    state: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> None:
    """One Euler step of variance and price, both with jumps that come together.

    Args:
        numbers: Normals of price and variance and uniforms of the jumps, shape (paths,).
        law: Variance that comes in, share that stays, deviation of the variance noise per √variance,
            correlation, variance of the log move per unit of variance, drift of the step, expected jumps.
        sizes: As ``law`` of :func:`paired_jumps`, price in log units.
        place: Seed, streams of the price and variance sizes, first path, step.
        state: Variance, changed in place, and log moves, overwritten.
    """
    price_normals, variance_normals, uniforms = numbers
    inflow, keep, deviation, rho, scale, drift, expected = law
    variance, out = state
    seed, streams, first_path, step = place
    other = math.sqrt(1.0 - rho * rho)
    none = math.exp(-expected)
    for j in range(out.size):
        old = variance[j]
        positive = max(
            old, 0.0
        )  # full truncation: the drift and the noise see no negative variance
        root = math.sqrt(positive)
        z = price_normals[j]
        noise = rho * z + other * variance_normals[j]
        variance[j] = old - (1.0 - keep) * positive + inflow + deviation * root * noise
        out[j] = drift - 0.5 * scale * positive + math.sqrt(scale) * root * z
    for j in range(out.size):
        if uniforms[j] > none:
            count = jump_count(uniforms[j], expected)
            jump, move = paired_jumps(count, sizes, seed, streams, first_path + j, step)
            variance[j] += jump
            out[j] += move
