"""Curves on an even grid: cubic Hermite tables of a book's hedge against the log price.

A table holds, for each node, the value and the derivative times the spacing, so that one look-up reads
four neighbouring numbers. Between nodes the error is at most h⁴/384·max|f⁗|; for a book's delta with the
spacing h a thirtieth of the narrowest σ√τ that is 4e-9 of the largest delta. Beyond the ends a curve is
flat.

Source: F. N. Fritsch, R. E. Carlson (1980), doi:10.1137/0717021, for the form of the cubic.
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from shortgamma.kernels.cells import blend_cell
from shortgamma.kernels.elementary import FAST, INV_SQRT_2PI, MILLS_HIGH, exp_bounded, mills_pair
from shortgamma.kernels.rows import put, take

Vector = NDArray[np.float64]
REACH = 8.3  # |d1| beyond which N(d1) is 0 or 1 to 1e-16
LEVELS = 4  # neighbouring vol levels that a look-up between levels reads


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def cell_of(y, lowest, inverse_step, nodes):
    """Cell of the grid and position in it, the latter clipped to [0, 1] beyond the ends."""
    t = (y - lowest) * inverse_step
    t = min(max(t, 0.0), nodes - 1.0)
    i = min(int(t), nodes - 2)
    return i, t - i


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def cubic_of(v0, d0, v1, d1, u):
    """Value and derivative (per cell) at position u of the cubic through two nodes."""
    rise = v1 - v0
    c = 3.0 * rise - 2.0 * d0 - d1
    e = d0 + d1 - 2.0 * rise
    return v0 + u * (d0 + u * (c + u * e)), d0 + u * (2.0 * c + 3.0 * u * e)


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def hermite(table, i, u):
    """Value and derivative (per cell) of one table at position u of cell i."""
    return cubic_of(
        take(table, 2 * i),
        take(table, 2 * i + 1),
        take(table, 2 * i + 2),
        take(table, 2 * i + 3),
        u,
    )


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def level_weights(level, levels):
    """First of four neighbouring levels and the weights of the cubic through them.

    Args:
        level: Position among the levels, 0 to levels − 1.
        levels: How many there are, at least 4.
    """
    bounded = min(max(level, 0.0), levels - 1.0)
    first = min(max(int(bounded) - 1, 0), levels - LEVELS)
    s = bounded - first
    a = s - 1.0
    b = s - 2.0
    c = s - 3.0
    return first, (-a * b * c / 6.0, 0.5 * s * b * c, -0.5 * s * a * c, s * a * b / 6.0)


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def look_up(tables, y, level, lowest, inverse_step):
    """Value and derivative by y of a curve on (level, y).

    Args:
        tables: Shape (levels, 2·nodes); one level, or at least four.
        y: Log price.
        level: Position among the levels; ignored where there is one.
        lowest, inverse_step: Of the grid of y.
    """
    nodes = tables.shape[1] // 2
    i, u = cell_of(y, lowest, inverse_step, nodes)
    if tables.shape[0] == 1:
        value, slope = hermite(tables[0], i, u)
    else:
        first, weights = level_weights(level, tables.shape[0])
        width = tables.shape[1]
        cell = blend_cell(tables.reshape(tables.size), first * width + 2 * i, width, weights)
        v0, d0, v1, d1 = cell
        value, slope = cubic_of(v0, d0, v1, d1, u)
    inside = (y > lowest) & (y < lowest + (nodes - 1) / inverse_step)
    return value, (slope * inverse_step if inside else 0.0)


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def normal_terms(d):
    """N(d) and φ(d)."""
    a = min(abs(d), MILLS_HIGH)
    mills, _other, _slope = mills_pair(a, a)
    density = INV_SQRT_2PI * exp_bounded(-0.5 * a * a)
    tail = density * mills
    return (1.0 - tail if d > 0.0 else tail), density


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def window(centre, width, lowest, step, nodes):
    """Nodes on which N(d1) is neither 0 nor 1 for an option whose d1 is 0 at ``centre``."""
    first = min(max(math.ceil((centre - REACH * width - lowest) / step), 0.0), nodes * 1.0)
    last = math.floor((centre + REACH * width - lowest) / step) + 1.0
    return int(first), int(min(max(last, first), nodes * 1.0))


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage_deltas(number, value, slope, terms):
    """Adds weight·N(d1) and weight·φ(d1)·(step/width) on the window of one option."""
    start, per_node, weight = terms
    for j in range(number.size):
        probability, density = normal_terms(start + take(number, j) * per_node)
        put(value, j, take(value, j) + weight * probability, 0)
        put(slope, j, take(slope, j) + weight * density * per_node, 1)


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage_values(number, growth, value, slope, terms):
    """Adds weight·[F·e^y·N(d1) − K·N(d2)], and its derivative times the step, on the window of one option."""
    start, per_node, width, forward, strike, step = terms
    for j in range(number.size):
        d1 = start + take(number, j) * per_node
        first, _density = normal_terms(d1)
        second, _other = normal_terms(d1 - width)
        moved = forward * take(growth, j) * first
        put(value, j, take(value, j) + (moved - strike * second), 0)
        put(slope, j, take(slope, j) + moved * step, 1)


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def add_deltas(
    lowest: float, step: float, moneyness: Vector, width: Vector, weight: Vector, table: Vector
) -> None:
    """Adds Σ weight·N(d1) of call-like deltas, and the derivative times ``step``, to a table.

    d1 at the node y is (moneyness + y)/width + width/2, so a put is its call with the weight moved to
    the constant by put-call parity. An option of zero width is a step at its strike.

    Args:
        lowest, step: Grid of the log price y.
        moneyness: ln(F/K) at y = 0, shape (n,).
        width: σ√τ, shape (n,).
        weight: Signed holding times discount factor, units of the underlying, shape (n,).
        table: Added to, shape (2·nodes,).
    """
    nodes = table.size // 2
    number = np.arange(nodes) * 1.0
    value, slope, above = np.zeros(nodes), np.zeros(nodes), np.zeros(nodes + 1)
    for i in range(weight.size):
        w = width[i]
        first, last = window(-moneyness[i] - 0.5 * w * w, w, lowest, step, nodes)
        above[last] += weight[i]
        if w > 0.0:
            start = (moneyness[i] + lowest) / w + 0.5 * w
            terms = (start, step / w, weight[i])
            stage_deltas(number[first:last], value[first:last], slope[first:last], terms)
    beyond = 0.0
    for j in range(nodes):
        beyond += above[j]
        table[2 * j] += value[j] + beyond
        table[2 * j + 1] += slope[j]


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def add_values(
    lowest: float,
    step: float,
    moneyness: Vector,
    width: Vector,
    strike: Vector,
    weight: Vector,
    table: Vector,
) -> None:
    """Adds Σ weight·[F·e^y·N(d1) − K·N(d2)], call values, and the derivative times ``step``, to a table.

    Args:
        lowest, step: Grid of the log price y.
        moneyness: ln(F/K) at y = 0, shape (n,).
        width: σ√τ, shape (n,); an option of zero width is worth its intrinsic value.
        strike: K, USD, shape (n,).
        weight: Signed holding times discount factor, units of the underlying, shape (n,).
        table: Added to, shape (2·nodes,), USD.
    """
    nodes = table.size // 2
    number = np.arange(nodes) * 1.0
    growth = np.exp(lowest + number * step)
    value, slope = np.zeros(nodes), np.zeros(nodes)
    forwards, strikes = np.zeros(nodes + 1), np.zeros(nodes + 1)
    for i in range(weight.size):
        w = width[i]
        forward, held_strike = weight[i] * strike[i] * math.exp(moneyness[i]), weight[i] * strike[i]
        # N(d2) needs more room than N(d1): it is d1 − w
        first, last = window(-moneyness[i], w * (1.0 + w / REACH), lowest, step, nodes)
        forwards[last] += forward
        strikes[last] += held_strike
        if w > 0.0:
            start = (moneyness[i] + lowest) / w + 0.5 * w
            terms = (start, step / w, w, forward, held_strike, step)
            rows = slice(first, last)
            stage_values(number[rows], growth[rows], value[rows], slope[rows], terms)
    rising, owed = 0.0, 0.0
    for j in range(nodes):
        rising += forwards[j]
        owed += strikes[j]
        table[2 * j] += value[j] + rising * growth[j] - owed
        table[2 * j + 1] += slope[j] + rising * growth[j] * step


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def look_up_paths(
    tables: NDArray[np.float64],
    log_price: Vector,
    level: Vector,
    lowest: float,
    inverse_step: float,
    value: Vector,
    slope: Vector,
) -> None:
    """:func:`look_up` for every path, into ``value`` and ``slope``, shape (paths,)."""
    for j in range(log_price.size):
        value[j], slope[j] = look_up(tables, log_price[j], level[j], lowest, inverse_step)


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def hermite_basis(u):
    """What the two values and two derivatives of a cell count for at position u."""
    square = u * u
    cube = square * u
    rise = 3.0 * square - 2.0 * cube
    return 1.0 - rise, u - 2.0 * square + cube, rise, cube - square


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def blend(knots: NDArray[np.float64], weights: Vector, out: NDArray[np.float64]) -> None:
    """Σ weights[m]·knots[m]: a table between the times at which it is known.

    Args:
        knots: Shape (4, levels, 2·nodes).
        weights: Shape (4,).
        out: Overwritten, shape (levels, 2·nodes).
    """
    for level in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[level, j] = (
                weights[0] * knots[0, level, j]
                + weights[1] * knots[1, level, j]
                + weights[2] * knots[2, level, j]
                + weights[3] * knots[3, level, j]
            )
