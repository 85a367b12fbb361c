"""Where a hedger's result comes from: values of its book on the way through a step, and sums over steps.

A step from (S0, t0, vol0) to (S1, t1, vol1) with hedge h0 before it and a trade q at the price p in it::

    gamma     V(S1, t0, vol0) − V(S0, t0, vol0) + target0·(S1 − S0)
    theta     V(S1, t1, vol0) − V(S1, t0, vol0)
    vega      V(S1, t1, vol1) − V(S1, t1, vol0)
    delta     (h0 − target0)·(S1 − S0)            the part of the delta that was not hedged
    execution q·(M1 − p)                          M = mark price: what its own step still brings
    basis     h0·[(M1 − M0) − (S1 − S0)]          hedges in the perpetual alone

where target0 = −Δ(S0, t0, vol0). With costs, gas, funding and haircuts they sum to the result.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from shortgamma.kernels.cells import blend_value
from shortgamma.kernels.curves import (
    cell_of,
    hermite,
    hermite_basis,
    level_weights,
)
from shortgamma.kernels.elementary import FAST
from shortgamma.kernels.orders import HELD as HELD_NOW
from shortgamma.kernels.orders import INVERSE_STEP, LOWEST, PARTS, PAST
from shortgamma.kernels.rows import put, take

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

# Rows of ``hedges`` from PARTS on, shape (PART_ROWS, n), USD.
GAMMA, THETA, VEGA, DELTA, EXECUTION, BASIS = range(6)
PART_ROWS = 6
# Rows of ``hedges`` from PAST on, shape (PAST_ROWS, n): as the last step left them.
VALUE, TARGET, PRICE, MARK, HELD, THEN = range(6)  # THEN: position among the vol levels
PAST_ROWS = 6


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def step_values(
    tables: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]],
    log_price: Vector,
    levels: tuple[Vector, Vector],
    grid: Vector,
    out: NDArray[np.float64],
) -> None:
    """What a book is worth on the way through one step, at its final price.

    Args:
        tables: Values at the beginning and at the end of the step, and hedge targets at its end.
        log_price: At the end, shape (paths,).
        levels: Vol levels at the beginning and at the end, shape (paths,).
        grid: See :mod:`orders`.
        out: Overwritten, shape (4, paths): value at the old time and vol, at the new time and old vol, at
            the new time and vol (USD), and the hedge target (coins).
    """
    lowest, inverse_step = grid[LOWEST], grid[INVERSE_STEP]
    if tables[0].shape[0] == 1:
        single_level(tables, log_price, lowest, inverse_step, out)
        return
    count, width = tables[0].shape
    before = tables[0].reshape(tables[0].size)
    after = tables[1].reshape(tables[1].size)
    target = tables[2].reshape(tables[2].size)
    for j in range(log_price.size):
        i, u = cell_of(log_price[j], lowest, inverse_step, width // 2)
        basis = hermite_basis(u)
        first, old = level_weights(levels[0][j], count)
        at = first * width + 2 * i
        out[0, j] = blend_value(before, at, width, old, basis)
        out[1, j] = blend_value(after, at, width, old, basis)
        first, new = level_weights(levels[1][j], count)
        at = first * width + 2 * i
        out[2, j] = blend_value(after, at, width, new, basis)
        out[3, j] = blend_value(target, at, width, new, basis)


@njit(fastmath=FAST, error_model="numpy", cache=True)
def single_level(tables, log_price, lowest, inverse_step, out):
    """:func:`step_values` where vols do not move."""
    before, after, target = tables[0][0], tables[1][0], tables[2][0]
    for j in range(log_price.size):
        i, u = cell_of(log_price[j], lowest, inverse_step, before.size // 2)
        out[0, j] = hermite(before, i, u)[0]
        out[1, j] = hermite(after, i, u)[0]
        out[2, j] = out[1, j]
        out[3, j] = hermite(target, i, u)[0]


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage_parts(values, past, parts, price, mark, traded, fill, factor):
    """Adds one step to gamma, theta, vega, delta and execution."""
    for j in range(price.size):
        target = take(past[TARGET], j)
        change = take(price, j) - take(past[PRICE], j)
        moved, aged = factor * take(values[0], j), factor * take(values[1], j)
        final = factor * take(values[2], j)
        gamma = moved - take(past[VALUE], j) + target * change
        delta = (take(past[HELD], j) - target) * change
        execution = take(fill, j) * (take(mark, j) - take(traded, j))
        put(parts[GAMMA], j, take(parts[GAMMA], j) + gamma, 0)
        put(parts[THETA], j, take(parts[THETA], j) + (aged - moved), 1)
        put(parts[VEGA], j, take(parts[VEGA], j) + (final - aged), 2)
        put(parts[DELTA], j, take(parts[DELTA], j) + delta, 3)
        put(parts[EXECUTION], j, take(parts[EXECUTION], j) + execution, 4)


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage_past(values, past, parts, market, held, factor):
    """Adds the basis, then remembers the end of the step."""
    price, mark, _traded, level = market
    for j in range(price.size):
        carried = (take(mark, j) - take(past[MARK], j)) - (take(price, j) - take(past[PRICE], j))
        basis = take(parts[BASIS], j) + take(past[HELD], j) * carried
        put(parts[BASIS], j, basis, 0)
        put(past[VALUE], j, factor * take(values[2], j), 1)
        put(past[TARGET], j, factor * take(values[3], j), 2)
        put(past[PRICE], j, take(price, j), 3)
        put(past[MARK], j, take(mark, j), 4)
        put(past[HELD], j, take(held, j), 5)
        put(past[THEN], j, take(level, j), 6)


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def add_step(
    values: Matrix,
    own: Matrix,
    market: tuple[Vector, Vector, Vector, Vector],
    fill: Vector,
    factor: float,
) -> None:
    """Adds one step to the parts of a result.

    Args:
        values: From :func:`step_values`, with what expires in the step counted in.
        own: Rows of the hedge, see :mod:`orders`; updated.
        market: Spot price, price at which the hedge is marked, price that its trade paid (USD), and position
            among the vol levels, shape (n,).
        fill: Coins bought in the step, shape (n,).
        factor: By which the values are multiplied.
    """
    price, mark, traded, _level = market
    past, parts = own[PAST : PAST + PAST_ROWS], own[PARTS : PARTS + PART_ROWS]
    stage_parts(values, past, parts, price, mark, traded, fill, factor)
    stage_past(values, past, parts, market, own[HELD_NOW], factor)
