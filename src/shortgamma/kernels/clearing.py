"""The clearing of one step: the price at which every order's demand is met, nearest to the shock.

With u the log price after the exogenous shock, Λ the log move per coin bought and q_i(y) what order i
buys if the step ends at y::

    y = u + Λ·[flow + slope·y + Σ q_i(y) + liquidations(y)]

Several y may solve it: that is what a squeeze is. The market stops at the first one on its way from u, so
the search goes outward from u in the direction of the demand there. Orders that are asleep at u (a hedge
inside its band, a stop or a liquidation further off) wake in rounds: all that the price of one round
reaches join the next. A round can only carry the price further from where it woke them, rounds end
because every one wakes something, and the result does not depend on the order of the orders.

Source: the equilibrium of R. Frey, A. Stremme (1997), doi:10.1111/1467-9965.00036, and of R. Sircar,
G. Papanicolaou (1998), doi:10.1080/135048698334727; the least fixed point as in L. Eisenberg, T. Noe
(2001), doi:10.1287/mnsc.47.2.236.9835.
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from shortgamma.kernels.curves import look_up
from shortgamma.kernels.elementary import FAST
from shortgamma.kernels.glide import AWAKE, BLOCK, glide, workspace
from shortgamma.kernels.ladders import (
    LATE,
    RUNG_ONLY,
    SEARCHED,
    mark_reached,
    strike_backstops,
    wake_rungs,
)
from shortgamma.kernels.orders import (
    ALWAYS,
    ASLEEP,
    BAND,
    EDGE,
    FACTOR,
    FILL,
    FLOW,
    HELD,
    IMPACT,
    INVERSE_STEP,
    LARGEST,
    LEAN,
    LEVEL,
    LOWEST,
    MOST,
    ON_PERP,
    PASS,
    POST,
    PRE,
    RUNAWAY,
    SLOPE,
    STATUS,
    STEEPEST,
    TABLE,
    TANGENT,
    TRADING,
    UNIQUE,
)

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
Cube = NDArray[np.float64]

CLOSE = 2e-7  # a Newton step below this leaves an error of its square
NEWTON = 12  # steps before a bracket is asked for
HALVINGS = 100
DIP_STEPS = 8
LEAST = 1e-15  # log moves below this are rounding


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def wanted(k, j, target, slope, hedges, terms):
    """What hedge k of path j buys to get to its target, in coins, and the derivative by the log price."""
    trade = target - hedges[HELD, k, j]
    if terms[k, ALWAYS] > 0.0:
        return trade, slope
    if hedges[FILL, k, j] == ASLEEP:
        return 0.0, 0.0
    edge = hedges[EDGE, k, j]
    beyond = max(abs(trade) - edge, 0.0)
    most = hedges[MOST, k, j]
    slope = slope if (beyond > 0.0) & (beyond < most) else 0.0
    return math.copysign(min(beyond, most), trade), slope


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def demand(j, y, paths, hedges, terms, tables, grid):
    """Spot-equivalent demand of path j at y without liquidations, coins, and its derivative by y.

    Leaves each hedge's trade and slope in ``hedges``, so that the last Newton step can move them along.
    """
    total = paths[FLOW, j] + paths[SLOPE, j] * y
    slope = paths[SLOPE, j]
    seen = -1.0
    target, rise = 0.0, 0.0
    for k in range(terms.shape[0]):
        if terms[k, TABLE] != seen:
            seen = terms[k, TABLE]
            table = tables[int(seen)]
            target, rise = look_up(table, y, paths[LEVEL, j], grid[LOWEST], grid[INVERSE_STEP])
        factor = terms[k, FACTOR]
        trade, tangent = wanted(k, j, factor * target, factor * rise, hedges, terms)
        if hedges[FILL, k, j] != ASLEEP:
            hedges[FILL, k, j] = trade
        hedges[TANGENT, k, j] = tangent
        share = paths[PASS, j] if terms[k, ON_PERP] > 0.0 else 1.0
        total += share * trade
        slope += share * tangent
    return total, slope


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def move_fills(j, step, hedges, terms):
    """Takes each hedge's trade along the last Newton step, so that trades and price agree exactly."""
    for k in range(terms.shape[0]):
        if hedges[FILL, k, j] != ASLEEP:
            hedges[FILL, k, j] += hedges[TANGENT, k, j] * step


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def newton(j, guess, forced, paths, hedges, terms, tables, grid):
    """Root by plain Newton steps where it is unique; NaN where they do not settle."""
    y = guess
    impact = paths[IMPACT, j]
    for _ in range(NEWTON):
        bought, slope = demand(j, y, paths, hedges, terms, tables, grid)
        step = (paths[PRE, j] + impact * (bought + forced) - y) / (1.0 - impact * slope)
        y += step
        if abs(step) < CLOSE:
            move_fills(j, step, hedges, terms)
            paths[LEAN, j] = impact * slope
            return y
    return math.nan


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def excess_at(j, y, forced, paths, hedges, terms, tables, grid):
    """How far demand at y carries the price beyond y, and the derivative of the demand times Λ."""
    impact = paths[IMPACT, j]
    bought, slope = demand(j, y, paths, hedges, terms, tables, grid)
    return paths[PRE, j] + impact * (bought + forced) - y, impact * slope


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stride_from(j, near, excess, paths, tables, grid):
    """How far to walk: one cell, or, where all curves are flat, right to the root; ∞ where there is none."""
    lowest = grid[LOWEST]
    highest = lowest + (tables.shape[2] // 2 - 1) / grid[INVERSE_STEP]
    flat = tables.shape[0] == 0 or (near >= highest if excess > 0.0 else near <= lowest)
    if not flat:
        return 1.0 / grid[INVERSE_STEP]
    tilt = 1.0 - paths[IMPACT, j] * paths[SLOPE, j]
    return max(abs(excess) / tilt, LEAST) if tilt > 0.0 else math.inf


@njit(fastmath=FAST, error_model="numpy", cache=True)
def close_in(j, near, far, forced, paths, hedges, terms, tables, grid):
    """The root between two log prices, by Newton steps that fall back to halving.

    Args:
        near, far: The excess demand points from ``near`` to ``far`` at the former and not at the latter.
    """
    way = math.copysign(1.0, far - near)
    y = far
    step = 0.0
    for _ in range(HALVINGS):
        excess, tilt = excess_at(j, y, forced, paths, hedges, terms, tables, grid)
        paths[LEAN, j] = tilt
        if way * excess > 0.0:
            near = y
        else:
            far = y
        step = excess / (1.0 - tilt) if tilt != 1.0 else math.inf
        if abs(step) < CLOSE:
            break
        trial = y + step
        if not (min(near, far) < trial < max(near, far)):
            trial = 0.5 * (near + far)
        if abs(far - near) < LEAST or trial == y:
            step = 0.0
            break
        y = trial
    move_fills(j, step, hedges, terms)
    return y + step


@njit(fastmath=FAST, error_model="numpy", cache=True)
def dip(j, near, far, tilts, forced, paths, hedges, terms, tables, grid):
    """A log price inside a cell at which the excess demand has turned, though it has not at its ends; or NaN.

    The excess falls at ``near`` and rises at ``far``, so it has a least value in between: at a fold the two
    solutions lie closer together than a cell. The derivative is followed to its zero.

    Args:
        tilts: Λ·(derivative of the demand) at ``near`` and at ``far``.
    """
    way = math.copysign(1.0, far - near)
    down, up = tilts
    for _ in range(DIP_STEPS):
        middle = near + (far - near) * (down - 1.0) / (down - up)
        excess, tilt = excess_at(j, middle, forced, paths, hedges, terms, tables, grid)
        if way * excess <= 0.0:
            return middle
        if tilt < 1.0:
            near, down = middle, tilt
        else:
            far, up = middle, tilt
    return math.nan


@njit(fastmath=FAST, error_model="numpy", cache=True)
def outward(j, forced, paths, hedges, terms, tables, grid):
    """First root on the way from the shock, and whether there is one short of the halt.

    Walks cell by cell until the excess demand changes sign, then closes in.
    """
    u = paths[PRE, j]
    near = u
    excess, tilt = excess_at(j, near, forced, paths, hedges, terms, tables, grid)
    if excess == 0.0:
        return near, True
    way = math.copysign(1.0, excess)
    halt = u + way * grid[LARGEST]
    while True:
        far = near + way * stride_from(j, near, excess, paths, tables, grid)
        is_last = abs(far - u) >= grid[LARGEST]
        far = halt if is_last else far
        before = tilt
        excess, tilt = excess_at(j, far, forced, paths, hedges, terms, tables, grid)
        turned = way * excess <= 0.0 or far == near or abs(excess) < LEAST
        if not turned and before < 1.0 < tilt:
            inside = dip(j, near, far, (before, tilt), forced, paths, hedges, terms, tables, grid)
            turned = not math.isnan(inside)
            far = inside if turned else far
        if turned:
            return close_in(j, near, far, forced, paths, hedges, terms, tables, grid), True
        if is_last:
            excess_at(j, halt, forced, paths, hedges, terms, tables, grid)
            return halt, False
        near = far


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def wake_hedges(j, y, paths, hedges, terms, tables, grid):
    """Wakes the hedges whose band is left at y; true if there was one."""
    woken = False
    for k in range(terms.shape[0]):
        if hedges[FILL, k, j] == ASLEEP and hedges[BAND, k, j] < ASLEEP:
            table = tables[int(terms[k, TABLE])]
            target, _slope = look_up(table, y, paths[LEVEL, j], grid[LOWEST], grid[INVERSE_STEP])
            if abs(terms[k, FACTOR] * target - hedges[HELD, k, j]) > hedges[BAND, k, j]:
                hedges[FILL, k, j] = 0.0
                woken = True
    return woken


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def is_unique(j, paths, terms):
    """True where no move can feed on itself by more than it takes: one solution at most."""
    steepest = max(paths[SLOPE, j], 0.0)
    for k in range(terms.shape[0]):
        share = paths[PASS, j] if terms[k, ON_PERP] > 0.0 else 1.0
        steepest += share * terms[k, STEEPEST]
    return paths[IMPACT, j] * steepest < UNIQUE


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def settle_fills(j, hedges, terms):
    """Orders that stayed asleep bought nothing."""
    for k in range(terms.shape[0]):
        if hedges[FILL, k, j] == ASLEEP:
            hedges[FILL, k, j] = 0.0


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def begin(j, how, hedges, terms, own):
    """Who is asleep as the search begins; a hedge that always trades never is.

    After an ordinary step it is who bought nothing, or whom ``own`` does not call awake; else everybody.
    """
    for k in range(terms.shape[0]):
        if how == RUNG_ONLY:
            if hedges[FILL, k, j] == 0.0 and terms[k, ALWAYS] == 0.0:
                hedges[FILL, k, j] = ASLEEP
        else:
            is_awake = terms[k, ALWAYS] > 0.0 or (how == LATE and own[k, AWAKE, j] > 0.0)
            hedges[FILL, k, j] = 0.0 if is_awake else ASLEEP


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def pushed(j, y, flow, paths):
    """Where a further flow carries a solution, to first order."""
    lean = paths[LEAN, j]
    return y + paths[IMPACT, j] * flow / (1.0 - lean) if lean < UNIQUE else y


@njit(fastmath=FAST, error_model="numpy", cache=True)
def search(j, paths, hedges, terms, tables, grid, rungs, ladders, keys, sizes, how, own):
    """Clears one path in rounds outward from the shock.

    Args:
        how: RUNG_ONLY where POST and FILL hold the first round already, LATE where POST is near the second
            round and ``own`` says who is awake in it; else SEARCHED.
        own: From :func:`glide.workspace`.
    """
    u, y = paths[PRE, j], paths[POST, j]
    unique = is_unique(j, paths, terms)
    forced = wake_rungs(j, u, paths, rungs, ladders, keys, sizes)
    begun = how if unique and forced == 0.0 else SEARCHED
    settled = begun == RUNG_ONLY
    begin(j, begun, hedges, terms, own)
    if begun == SEARCHED:
        wake_hedges(j, u, paths, hedges, terms, tables, grid)
        y = y if math.isfinite(y) else u
    while True:
        if not settled:
            settled = True
            if unique:
                y = newton(j, y, forced, paths, hedges, terms, tables, grid)
            if not unique or not abs(y - u) < grid[LARGEST]:
                y, settled = outward(j, forced, paths, hedges, terms, tables, grid)
            if not settled:
                paths[STATUS, j] = RUNAWAY
                break
        more = wake_rungs(j, y, paths, rungs, ladders, keys, sizes)
        woken = wake_hedges(j, y, paths, hedges, terms, tables, grid)
        if more == 0.0 and not woken:
            break
        forced += more
        y = pushed(j, y, more, paths)
        settled = False
    paths[POST, j] = y
    settle_fills(j, hedges, terms)


@njit(fastmath=FAST, error_model="numpy", cache=True)
def clear_part(paths, hedges, terms, tables, grid, rungs, ladders, keys, sizes, missed, work):
    """Clears one step of a part of the paths: all of it by :func:`glide`, then what is not ordinary."""
    glide(paths, hedges, terms, tables, grid, missed, work)
    mark_reached(paths, rungs, ladders, missed)
    for j in range(missed.size):
        if missed[j] == 0.0:
            continue
        if paths[IMPACT, j] == math.inf or paths[STATUS, j] != TRADING:
            paths[POST, j] = paths[PRE, j]
            hedges[FILL, :, j] = 0.0
        else:
            strike_backstops(j, paths, rungs, ladders, keys, sizes)
            how, own = missed[j], work[1]
            search(j, paths, hedges, terms, tables, grid, rungs, ladders, keys, sizes, how, own)


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def clear(
    paths: Matrix,
    hedges: Cube,
    terms: Matrix,
    tables: Cube,
    grid: Vector,
    rungs: Cube,
    ladders: Matrix,
    keys: Vector,
    sizes: Vector,
    missed: Vector,
) -> None:
    """Clears one step of every path: POST, FILL, TAKEN, STRUCK and STATUS are the answer.

    Args:
        paths, hedges, terms, rungs, ladders, grid: See :mod:`orders` for rows, columns and units.
        tables: Hedge targets in coins, shape (tables, levels, 2·nodes); see :mod:`curves`.
        keys: Side-signed log levels of the rungs, in the order in which they are reached.
        sizes: Running sums of their sizes, one element more per ladder than it has rungs.
        missed: Overwritten: 0 where the step was ordinary; see :mod:`ladders`.
    """
    work = workspace(terms.shape[0])
    for start in range(0, missed.size, BLOCK):
        stop = min(start + BLOCK, missed.size)
        clear_part(
            paths[:, start:stop],
            hedges[:, :, start:stop],
            terms,
            tables,
            grid,
            rungs[:, :, start:stop],
            ladders,
            keys,
            sizes,
            missed[start:stop],
            work,
        )
