"""The clearing of ordinary steps, many paths at once.

Almost every step is ordinary: one solution, no order that wakes on the way, a move so small that one or
two corrections land on it. Such steps need no search, and without one the work is straight-line code that
LLVM turns into vector instructions. Gathering from the tables is a stage of its own, because a gather in
the loop would keep all of it scalar. Whatever is not ordinary is left to :mod:`clearing`, path by path.

A correction is Halley's: its error is of third order in its size. Source: E. Halley (1694); see
J. F. Traub (1964), Iterative Methods for the Solution of Equations, section 5.2.
"""

import numpy as np
from numba import njit

from shortgamma.kernels.cells import blend_cell
from shortgamma.kernels.curves import LEVELS, level_weights
from shortgamma.kernels.elementary import FAST
from shortgamma.kernels.ladders import LATE
from shortgamma.kernels.orders import (
    ALWAYS,
    BAND,
    CURL,
    EDGE,
    FACTOR,
    FILL,
    FLOW,
    HELD,
    IMPACT,
    INVERSE_STEP,
    LARGEST,
    LAST,
    LEAN,
    LEVEL,
    LOWEST,
    MOST,
    ON_PERP,
    PASS,
    POST,
    PRE,
    SLOPE,
    STATUS,
    STEEPEST,
    TABLE,
    TRADING,
    UNIQUE,
)
from shortgamma.kernels.rows import put, take

BLOCK = 768  # paths whose stages share the caches; fewer pay more for the calls
SETTLED = 2e-5  # a last correction below this leaves an error of its cube
INSIDE = 1e-9  # keeps the last node inside the last cell

# Rows of the scratch, shape (SCRATCH, BLOCK). Sums over hedges alternate between two sets of rows, because
# what is read and what is written may not overlap.
AT, CELL, V0, D0, V1, D1, STEP, ONES, WEIGHT = range(9)
SUMS = WEIGHT + LEVELS
SCRATCH = SUMS + 6
# Rows of the scratch of each hedge, shape (hedges, HEDGE_SCRATCH, BLOCK).
TRADE, TILT, BEND, AWAKE = range(4)
WOKEN = 2.0  # of AWAKE: since the shock; 1 = by the shock, 0 = asleep
HEDGE_SCRATCH = 4


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage_guess(paths, at):
    """Where the step would end if the demand had the derivatives that it had at the end of the last one."""
    pre, last, impact = paths[PRE], paths[LAST], paths[IMPACT]
    flow, slope, lean, curl = paths[FLOW], paths[SLOPE], paths[LEAN], paths[CURL]
    for j in range(at.size):
        start = take(last, j)
        inverse = 1.0 / (1.0 - take(lean, j))
        push = take(pre, j) - start
        push += take(impact, j) * (take(flow, j) + take(slope, j) * start)
        move = push * inverse
        put(at, j, start + move + take(curl, j) * move * move * inverse, 0)


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage_cells(at, cell, index, lowest, inverse_step, top):
    """Cell of the grid and position in it."""
    for j in range(at.size):
        t = (take(at, j) - lowest) * inverse_step
        t = t if t > 0.0 else 0.0
        t = t if t < top else top
        i = np.int32(t)
        put(cell, j, t - i, 0)
        index[j] = i


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage_levels(level, levels, first, scratch):
    """First of four vol levels and their weights."""
    for j in range(level.size):
        first[j], weights = level_weights(level[j], levels)
        for m in range(LEVELS):
            scratch[WEIGHT + m, j] = weights[m]


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def gather(tables, count, index, first, scratch):
    """The two nodes of each path's cell, blended over the vol levels."""
    v0, d0, v1, d1 = scratch[V0], scratch[D0], scratch[V1], scratch[D1]
    if tables.shape[0] == 1:
        table = tables[0]
        for j in range(count):
            at = np.intp(index[j]) * 2
            v0[j] = take(table, at)
            d0[j] = take(table, at + 1)
            v1[j] = take(table, at + 2)
            d1[j] = take(table, at + 3)
        return
    flat = tables.reshape(tables.size)
    width = tables.shape[1]
    for j in range(count):
        at = np.intp(first[j]) * width + np.intp(index[j]) * 2
        weights = (
            scratch[WEIGHT, j],
            scratch[WEIGHT + 1, j],
            scratch[WEIGHT + 2, j],
            scratch[WEIGHT + 3, j],
        )
        a, b, c, d = blend_cell(flat, at, width, weights)
        v0[j] = a
        d0[j] = b
        v1[j] = c
        d1[j] = d


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage_factor(scratch, count, factor):
    """Multiplies the gathered nodes."""
    v0, d0, v1, d1 = scratch[V0], scratch[D0], scratch[V1], scratch[D1]
    for j in range(count):
        put(v0, j, factor * take(v0, j), 0)
        put(d0, j, factor * take(d0, j), 1)
        put(v1, j, factor * take(v1, j), 2)
        put(d1, j, factor * take(d1, j), 3)


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def cubic(j, scratch, inverse_step):
    """Value, derivative and half the second derivative of the gathered cell."""
    w = take(scratch[CELL], j)
    start = take(scratch[D0], j)
    rise = take(scratch[V1], j) - take(scratch[V0], j)
    c = 3.0 * rise - 2.0 * start - take(scratch[D1], j)
    e = start + take(scratch[D1], j) - 2.0 * rise
    value = take(scratch[V0], j) + w * (start + w * (c + w * e))
    return (
        value,
        (start + w * (2.0 * c + 3.0 * w * e)) * inverse_step,
        (c + 3.0 * w * e) * inverse_step * inverse_step,
    )


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage_base(at, flow, slope, sums):
    """Demand that does not come from hedges: its size, derivative and half the second derivative."""
    want, tilt, bend = sums[0], sums[1], sums[2]
    for j in range(at.size):
        put(want, j, take(flow, j) + take(slope, j) * take(at, j), 0)
        put(tilt, j, take(slope, j), 1)
        put(bend, j, 0.0, 2)


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage_always(held, share, scratch, before, after, own, inverse_step):
    """Trade of a hedge that always trades to its target, added to the demand."""
    want, tilt, bend = after[0], after[1], after[2]
    trades, tilts, bends = own[TRADE], own[TILT], own[BEND]
    for j in range(held.size):
        value, slope, half = cubic(j, scratch, inverse_step)
        trade = value - take(held, j)
        part = take(share, j)
        put(want, j, take(before[0], j) + part * trade, 0)
        put(tilt, j, take(before[1], j) + part * slope, 1)
        put(bend, j, take(before[2], j) + part * half, 2)
        put(trades, j, trade, 3)
        put(tilts, j, slope, 4)
        put(bends, j, half, 5)


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage_wake(held, band, scratch, own, inverse_step):
    """Which hedges the shock wakes."""
    awake = own[AWAKE]
    for j in range(held.size):
        value, _slope, _half = cubic(j, scratch, inverse_step)
        put(awake, j, 1.0 if abs(value - take(held, j)) > take(band, j) else 0.0, 0)


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage_banded(rule, share, scratch, before, after, own, inverse_step):
    """Trade of a hedge with a band, an edge and a limit, added to the demand.

    One that wakes on the way trades from here on, and the path is not ordinary.
    """
    held, band, edge, most = rule
    want, tilt, bend = after[0], after[1], after[2]
    trades, tilts, bends = own[TRADE], own[TILT], own[BEND]
    awake = own[AWAKE]
    for j in range(held.size):
        value, slope, half = cubic(j, scratch, inverse_step)
        gap = value - take(held, j)
        size = abs(gap)
        so_far = take(awake, j)
        late = (size > take(band, j)) & (so_far == 0.0)
        on = WOKEN if late else so_far
        here = 1.0 if on > 0.0 else 0.0
        beyond = size - take(edge, j)
        beyond = beyond if beyond > 0.0 else 0.0
        most_here = take(most, j)
        free = here if (beyond > 0.0) & (beyond < most_here) else 0.0
        beyond = here * (beyond if beyond < most_here else most_here)
        trade = beyond if gap > 0.0 else -beyond
        part = take(share, j)
        put(want, j, take(before[0], j) + part * trade, 0)
        put(tilt, j, take(before[1], j) + part * (free * slope), 1)
        put(bend, j, take(before[2], j) + part * (free * half), 2)
        put(trades, j, trade, 3)
        put(tilts, j, free * slope, 4)
        put(bends, j, free * half, 5)
        put(awake, j, on, 6)


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage_step(paths, at, sums, step, following):
    """Halley's correction of y = u + Λ·demand(y)."""
    pre, impact, lean, curl = paths[PRE], paths[IMPACT], paths[LEAN], paths[CURL]
    for j in range(pre.size):
        per_coin = take(impact, j)
        tilt = per_coin * take(sums[1], j)
        inverse = 1.0 / (1.0 - tilt)
        y = take(at, j)
        move = (take(pre, j) + per_coin * take(sums[0], j) - y) * inverse
        bend = per_coin * take(sums[2], j)
        move += bend * move * move * inverse
        put(step, j, move, 0)
        put(following, j, y + move, 1)
        put(lean, j, tilt, 2)
        put(curl, j, bend, 3)


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage_fill(own, step, fill):
    """Trades taken along the last correction, so that trades and price agree to rounding."""
    trades, tilts, bends = own[TRADE], own[TILT], own[BEND]
    for j in range(fill.size):
        move = take(step, j)
        put(fill, j, take(trades, j) + move * (take(tilts, j) + take(bends, j) * move), 0)


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def one_pass(paths, hedges, terms, tables, grid, scratch, own, index, first, turn):
    """Demand of every hedge at row AT, and the correction that follows from it, into POST."""
    count = paths.shape[1]
    inverse_step = grid[INVERSE_STEP]
    top = tables.shape[2] // 2 - 1.0 - INSIDE
    at = scratch[AT, :count]
    stage_cells(at, scratch[CELL], index, grid[LOWEST], inverse_step, top)
    stage_base(at, paths[FLOW], paths[SLOPE], scratch[SUMS : SUMS + 3])
    for k in range(terms.shape[0]):
        before = scratch[SUMS + 3 * (k % 2) : SUMS + 3 * (k % 2) + 3]
        after = scratch[SUMS + 3 - 3 * (k % 2) : SUMS + 6 - 3 * (k % 2)]
        share = paths[PASS] if terms[k, ON_PERP] > 0.0 else scratch[ONES, :count]
        factor = terms[k, FACTOR]
        if k == 0 or terms[k, TABLE] != terms[k - 1, TABLE]:
            gather(tables[int(terms[k, TABLE])], count, index, first, scratch)
        else:
            factor /= terms[k - 1, FACTOR]
        if factor != 1.0:
            stage_factor(scratch, count, factor)
        held = hedges[HELD, k]
        if terms[k, ALWAYS] > 0.0:
            stage_always(held, share, scratch, before, after, own[k], inverse_step)
            continue
        band = hedges[BAND, k]
        if turn == 0:
            stage_wake(held, band, scratch, own[k], inverse_step)
        rule = (held, band, hedges[EDGE, k], hedges[MOST, k])
        stage_banded(rule, share, scratch, before, after, own[k], inverse_step)
    odd = terms.shape[0] % 2
    sums = scratch[SUMS + 3 * odd : SUMS + 3 * odd + 3]
    stage_step(paths, at, sums, scratch[STEP], paths[POST])


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage_check(paths, terms, step, largest, missed):
    """Marks what is not ordinary: does not trade, may have several solutions, or moved too far at last."""
    on_spot, on_perp = 0.0, 0.0
    for k in range(terms.shape[0]):
        on_spot += terms[k, STEEPEST] * (1.0 - terms[k, ON_PERP])
        on_perp += terms[k, STEEPEST] * terms[k, ON_PERP]
    status, impact, slope, share = paths[STATUS], paths[IMPACT], paths[SLOPE], paths[PASS]
    pre, post = paths[PRE], paths[POST]
    for j in range(missed.size):
        near = abs(take(post, j) - take(pre, j)) < largest
        steepest = max(take(slope, j), 0.0) + on_spot + on_perp * take(share, j)
        unique = take(impact, j) * steepest < UNIQUE
        ordinary = (abs(take(step, j)) < SETTLED) & (take(status, j) == TRADING) & unique & near
        put(missed, j, 0.0 if ordinary else 1.0, 0)


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage_late(own, missed):
    """Marks what is out of the ordinary because a hedge wakes on the way."""
    awake = own[AWAKE]
    for j in range(missed.size):
        put(missed, j, LATE if take(awake, j) == WOKEN else take(missed, j), 0)


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def passes_of(terms):
    """Two where a hedge may sleep: its band is looked at before anyone's trade; else one."""
    passes = 1
    for k in range(terms.shape[0]):
        if terms[k, ALWAYS] == 0.0:
            passes = 2
    return passes


@njit(fastmath=FAST, error_model="numpy", cache=True)
def workspace(hedges):
    """What :func:`glide` needs for that many hedges; made once, used for many steps and parts."""
    scratch = np.empty((SCRATCH, BLOCK))
    scratch[ONES] = 1.0
    own = np.empty((hedges, HEDGE_SCRATCH, BLOCK))
    return scratch, own, np.empty(BLOCK, dtype=np.int32), np.zeros(BLOCK, dtype=np.int32)


@njit(fastmath=FAST, error_model="numpy", cache=True)
def glide(paths, hedges, terms, tables, grid, missed, work):
    """Clears every ordinary path; ``missed`` is 0 there, LATE where a hedge wakes on the way, else SEARCHED.

    Arguments as in :func:`clearing.clear`; at most BLOCK paths; ``work`` from :func:`workspace`.
    """
    count = missed.size
    scratch, own, index, first = work
    if tables.shape[1] > 1:
        stage_levels(paths[LEVEL], tables.shape[1], first, scratch)
    passes = passes_of(terms)
    if passes == 1:
        stage_guess(paths, scratch[AT, :count])
    else:
        scratch[AT, :count] = paths[PRE]
    for turn in range(passes):
        if turn > 0:
            scratch[AT, :count] = paths[POST]
        one_pass(paths, hedges, terms, tables, grid, scratch, own, index, first, turn)
    for k in range(terms.shape[0]):
        stage_fill(own[k], scratch[STEP], hedges[FILL, k])
    stage_check(paths, terms, scratch[STEP], grid[LARGEST], missed)
    for k in range(terms.shape[0]):
        if terms[k, ALWAYS] == 0.0:
            stage_late(own[k], missed)
