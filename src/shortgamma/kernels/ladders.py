"""Ladders of stop and liquidation levels: which rungs a price reaches, and what closing them buys."""

from numba import njit

from shortgamma.kernels.elementary import FAST
from shortgamma.kernels.orders import (
    ASLEEP,
    BACKSTOP,
    COUNT,
    FIRST,
    LIMIT,
    MARK,
    PASS,
    POST,
    PRE,
    REACHED,
    SCALE,
    SHIFT,
    SIDE,
    STRUCK,
    TAKEN,
)

SEARCHED, RUNG_ONLY = 1.0, 2.0  # values of ``missed``; 0 = an ordinary step


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def passed(g, j, y, gap, paths, rungs, ladders, keys):
    """How many rungs of ladder g are reached when the log price is y, never fewer than before.

    Args:
        gap: Log distance by which a rung must be passed; 0 for the rung itself.
    """
    first = int(ladders[g, FIRST])
    last = int(min(ladders[g, COUNT], rungs[LIMIT, g, j]))
    level = ladders[g, SIDE] * (y + paths[MARK, j] - rungs[SHIFT, g, j]) + gap
    reached = int(rungs[REACHED, g, j])
    while reached < last and keys[first + reached] >= level:
        reached += 1
    return reached


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def rung_flow(g, j, before, after, rungs, ladders, sizes):
    """What closing rungs ``before`` to ``after`` buys, coins: longs are sold, shorts bought back."""
    start = int(ladders[g, FIRST]) + g
    amount = sizes[start + after] - sizes[start + before]
    return -ladders[g, SIDE] * amount * rungs[SCALE, g, j]


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def strike_backstops(j, paths, rungs, ladders, keys, sizes):
    """Hands over the rungs that the shock alone carries beyond their backstop: no trade in the market."""
    for g in range(ladders.shape[0]):
        if ladders[g, BACKSTOP] < ASLEEP:
            before = int(rungs[REACHED, g, j])
            after = passed(g, j, paths[PRE, j], ladders[g, BACKSTOP], paths, rungs, ladders, keys)
            rungs[STRUCK, g, j] = rung_flow(g, j, before, after, rungs, ladders, sizes)
            rungs[REACHED, g, j] = after


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def wake_rungs(j, y, paths, rungs, ladders, keys, sizes):
    """Closes every rung reached at y; what that buys for the market as a whole, spot-equivalent coins."""
    forced = 0.0
    for g in range(ladders.shape[0]):
        before = int(rungs[REACHED, g, j])
        after = passed(g, j, y, 0.0, paths, rungs, ladders, keys)
        if after > before:
            bought = rung_flow(g, j, before, after, rungs, ladders, sizes)
            rungs[REACHED, g, j] = after
            rungs[TAKEN, g, j] += bought
            forced += paths[PASS, j] * bought
    return forced


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def mark_reached(paths, rungs, ladders, keys, missed):
    """Marks the paths on which the shock or the new price reaches a rung; nothing has been closed yet."""
    for g in range(ladders.shape[0]):
        first, count, side = int(ladders[g, FIRST]), ladders[g, COUNT], ladders[g, SIDE]
        for j in range(missed.size):
            rungs[TAKEN, g, j] = 0.0
            rungs[STRUCK, g, j] = 0.0
            reached = rungs[REACHED, g, j]
            if reached < min(count, rungs[LIMIT, g, j]):
                nearest = min(side * paths[PRE, j], side * paths[POST, j])
                level = nearest + side * (paths[MARK, j] - rungs[SHIFT, g, j])
                if keys[first + int(reached)] >= level:
                    missed[j] = RUNG_ONLY if missed[j] != SEARCHED else SEARCHED
