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
    NEXT,
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
from shortgamma.kernels.rows import put, take

# Values of ``missed``; 0 = an ordinary step. A rung is reached and nothing else, or a hedge wakes on the way.
SEARCHED, RUNG_ONLY, LATE = 1.0, 2.0, 3.0


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def passed(g, j, level, rungs, ladders, keys):
    """How many rungs of ladder g are reached at a side-signed level, never fewer than before."""
    first = int(ladders[g, FIRST])
    last = int(min(ladders[g, COUNT], rungs[LIMIT, g, j]))
    reached = int(rungs[REACHED, g, j])
    while reached < last and keys[first + reached] >= level:
        reached += 1
    return reached


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def level_of(g, j, y, paths, rungs, ladders):
    """Log price y as the keys of ladder g have it."""
    return ladders[g, SIDE] * (y + paths[MARK, j] - rungs[SHIFT, g, j])


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def rung_flow(g, j, before, after, rungs, ladders, sizes):
    """What closing rungs ``before`` to ``after`` buys, coins: longs are sold, shorts bought back."""
    start = int(ladders[g, FIRST]) + g
    amount = sizes[start + after] - sizes[start + before]
    return -ladders[g, SIDE] * amount * rungs[SCALE, g, j]


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def climb(g, j, after, rungs, ladders, keys):
    """Takes ladder g up to the rung ``after``."""
    rungs[REACHED, g, j] = after
    is_top = after >= ladders[g, COUNT]
    rungs[NEXT, g, j] = -ASLEEP if is_top else keys[int(ladders[g, FIRST]) + after]


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def strike_backstops(j, paths, rungs, ladders, keys, sizes):
    """Hands over the rungs that the shock alone carries beyond their backstop: no trade in the market."""
    for g in range(ladders.shape[0]):
        level = level_of(g, j, paths[PRE, j], paths, rungs, ladders) + ladders[g, BACKSTOP]
        if rungs[NEXT, g, j] >= level:
            before = int(rungs[REACHED, g, j])
            after = passed(g, j, level, rungs, ladders, keys)
            if after > before:
                rungs[STRUCK, g, j] = rung_flow(g, j, before, after, rungs, ladders, sizes)
                climb(g, j, after, rungs, ladders, keys)


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def wake_rungs(j, y, paths, rungs, ladders, keys, sizes):
    """Closes every rung reached at y; what that buys for the market as a whole, spot-equivalent coins."""
    forced = 0.0
    for g in range(ladders.shape[0]):
        level = level_of(g, j, y, paths, rungs, ladders)
        if rungs[NEXT, g, j] < level:
            continue
        before = int(rungs[REACHED, g, j])
        after = passed(g, j, level, rungs, ladders, keys)
        if after > before:
            bought = rung_flow(g, j, before, after, rungs, ladders, sizes)
            climb(g, j, after, rungs, ladders, keys)
            rungs[TAKEN, g, j] += bought
            forced += paths[PASS, j] * bought
    return forced


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage_reached(paths, own, side, missed):
    """Marks the paths on which one ladder is reached."""
    pre, post, mark = paths[PRE], paths[POST], paths[MARK]
    shift, following, reached, limit = own[SHIFT], own[NEXT], own[REACHED], own[LIMIT]
    taken, struck = own[TAKEN], own[STRUCK]
    for j in range(missed.size):
        nearest = min(side * take(pre, j), side * take(post, j))
        level = nearest + side * (take(mark, j) - take(shift, j))
        hit = (take(following, j) >= level) & (take(reached, j) < take(limit, j))
        before = take(missed, j)
        found = RUNG_ONLY if (before == 0.0) | (before == RUNG_ONLY) else SEARCHED
        put(missed, j, found if hit else before, 0)
        put(taken, j, 0.0, 1)
        put(struck, j, 0.0, 2)


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def mark_reached(paths, rungs, ladders, missed):
    """Marks the paths on which the shock or the new price reaches a rung; nothing has been closed yet."""
    for g in range(ladders.shape[0]):
        stage_reached(paths, rungs[:, g], ladders[g, SIDE], missed)
