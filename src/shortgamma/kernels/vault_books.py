"""Books whose strikes differ from path to path: options that are struck at the price of the path.

Vaults strike their options at the price of the roll, so two paths hold the same series at other strikes.
With y the log price over a fixed price, k the log strike over it and w = σ√τ of a series::

    delta of a call N(d1), of a put N(d1) − 1,  d1 = (y − k)/w + w/2
    hedge T(y) = offset − Σ quantity·delta,      T′(y) = −Σ quantity·φ(d1)/w

Source: F. Black (1976), doi:10.1016/0304-405X(76)90024-6.
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from shortgamma.kernels.curves import normal_terms
from shortgamma.kernels.elementary import FAST, INV_SQRT_2PI
from shortgamma.kernels.rows import put, take

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

# Rows of ``state``, shape (STATE_ROWS, n).
HELD = 0  # coins in the hedge
OFFSET = 1  # coins that the hedge keeps beside those for the options
VOL = 2  # at which deltas are taken, decimal
SHOCK = 3  # log price after the shock
IMPACT = 4  # log move per coin bought; ∞ = nothing trades
STATE_ROWS = 5

# Rows of ``orders``, shape (ORDER_ROWS, n).
COINS = 0  # bought where the price ends at the anchor
SLOPE = 1  # coins more per unit of log price beyond it
ANCHOR = 2  # log price
ORDER_ROWS = 3

LANES = 256  # paths whose sums stay in the first-level cache
NEWTON = 8
UNIQUE = 0.98  # Λ·(steepest slope) below which there is one solution
SETTLED = 1e-6  # a Newton step below this leaves an error of its square
CLOSE = 1e-10
HALVINGS = 100
PER_WIDTH = 0.25  # stride of the walk from the shock, in widths of the narrowest series
NARROWEST = 1e-4
LARGEST = 0.7  # log move of one step beyond which a venue halts


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def hedge_at(j, y, state, quantity, log_strike, root, is_put):
    """Coins that hedge path j at y, and their derivative by y."""
    target, slope = state[OFFSET, j], 0.0
    vol = state[VOL, j]
    for g in range(root.size):
        q = quantity[g, j]
        if q != 0.0:
            width = vol * root[g]
            first, density = normal_terms((y - log_strike[g, j]) / width + 0.5 * width)
            target -= q * (first - is_put[g])
            slope -= q * density / width
    return target, slope


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def steepest(j, state, quantity, root):
    """Upper bound of the derivative of the hedge by the log price, coins; and the narrowest width."""
    bound, narrow = 0.0, math.inf
    for g in range(root.size):
        q = quantity[g, j]
        if q != 0.0:
            width = state[VOL, j] * root[g]
            bound += max(-q, 0.0) * INV_SQRT_2PI / width
            narrow = min(narrow, width)
    return bound, narrow


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def excess_at(j, y, state, quantity, log_strike, root, is_put):
    """How far its own demand carries the price beyond y, and the derivative of that by y."""
    target, slope = hedge_at(j, y, state, quantity, log_strike, root, is_put)
    impact = state[IMPACT, j]
    return state[SHOCK, j] + impact * (target - state[HELD, j]) - y, impact * slope - 1.0


@njit(fastmath=FAST, error_model="numpy", cache=True)
def close_in(j, near, far, state, quantity, log_strike, root, is_put):
    """The root between two log prices: Newton steps that fall back to halving.

    Args:
        near, far: The excess demand points from ``near`` to ``far`` at the former and not at the latter.
    """
    way = math.copysign(1.0, far - near)
    y = near
    for _ in range(HALVINGS):
        excess, tilt = excess_at(j, y, state, quantity, log_strike, root, is_put)
        if way * excess > 0.0:
            near = y
        else:
            far = y
        step = -excess / tilt if tilt != 0.0 else math.inf
        trial = y + step
        if abs(step) < CLOSE or abs(far - near) < CLOSE:
            return trial if min(near, far) <= trial <= max(near, far) else y
        y = trial if min(near, far) < trial < max(near, far) else 0.5 * (near + far)
    return y


@njit(fastmath=FAST, error_model="numpy", cache=True)
def outward(j, narrow, state, quantity, log_strike, root, is_put):
    """The root nearest to the shock in the direction of the demand there, and whether there is one."""
    u = state[SHOCK, j]
    near = u
    excess, _tilt = excess_at(j, near, state, quantity, log_strike, root, is_put)
    way = math.copysign(1.0, excess)
    stride = way * max(PER_WIDTH * narrow, NARROWEST)
    while abs(near + stride - u) < LARGEST:
        far = near + stride
        excess, _tilt = excess_at(j, far, state, quantity, log_strike, root, is_put)
        if way * excess <= 0.0:
            return close_in(j, near, far, state, quantity, log_strike, root, is_put), True
        near = far
    return u + way * LARGEST, False


@njit(fastmath=FAST, error_model="numpy", cache=True)
def cleared_alone(j, state, quantity, log_strike, root, is_put):
    """Where the path's own demand takes the price from the shock, and whether trading goes on there."""
    u, impact = state[SHOCK, j], state[IMPACT, j]
    excess, _tilt = excess_at(j, u, state, quantity, log_strike, root, is_put)
    if abs(excess) < CLOSE * CLOSE:
        return u, True
    bound, narrow = steepest(j, state, quantity, root)
    if impact * bound >= UNIQUE:
        return outward(j, narrow, state, quantity, log_strike, root, is_put)
    far = u + 2.0 * excess / (1.0 - impact * bound)
    return close_in(j, u, far, state, quantity, log_strike, root, is_put), True


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage_hedge(y, vol, quantity, log_strike, root, is_put, out):
    """Adds the hedge of one series on many paths and its slope to the rows of ``out``."""
    target, slope = out[0], out[1]
    for j in range(y.size):
        q = take(quantity, j)
        width = take(vol, j) * root
        number = (take(y, j) - take(log_strike, j)) / width + 0.5 * width
        first, density = normal_terms(number)
        put(target, j, take(target, j) - q * (first - is_put), 0)
        put(slope, j, take(slope, j) - q * density / width, 1)


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage_bound(vol, quantity, root, bound):
    """Adds the steepest slope of one series on many paths."""
    for j in range(vol.size):
        short = max(-take(quantity, j), 0.0)
        put(bound, j, take(bound, j) + short * INV_SQRT_2PI / (take(vol, j) * root), 0)


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def newton_steps(state, orders, work):
    """One Newton step of every path, into the last row of ``work``; the largest of them.

    A path whose step is small stays where it is, so that it does not matter how long its neighbours take.
    """
    worst = 0.0
    for j in range(orders.shape[1]):
        trades = state[IMPACT, j] < math.inf
        impact = state[IMPACT, j] if trades else 0.0
        coins = work[0, j] - state[HELD, j] if trades else 0.0
        slope = work[1, j] if trades else 0.0
        orders[COINS, j], orders[SLOPE, j] = coins, slope
        step = (state[SHOCK, j] + impact * coins - orders[ANCHOR, j]) / (1.0 - impact * slope)
        work[3, j] = step
        worst = max(worst, abs(step))
    return worst


@njit(fastmath=FAST, error_model="numpy", cache=True)
def settle_lanes(state, quantity, log_strike, root, is_put, used, orders, work):
    """One block of :func:`vault_orders`: all paths by Newton steps, then those that need more than that."""
    y, vol = orders[ANCHOR], state[VOL]
    y[:] = state[SHOCK]
    work[2] = 0.0
    for turn in range(NEWTON):
        work[0], work[1] = state[OFFSET], 0.0
        for g in range(root.size):
            if used[g]:
                stage_hedge(y, vol, quantity[g], log_strike[g], root[g], is_put[g], work)
                if turn == 0:
                    stage_bound(vol, quantity[g], root[g], work[2])
        if newton_steps(state, orders, work) < SETTLED or turn == NEWTON - 1:
            break
        for j in range(y.size):
            y[j] += work[3, j] if abs(work[3, j]) >= SETTLED else 0.0
    for j in range(y.size):
        impact = state[IMPACT, j]
        single = impact * work[2, j] < UNIQUE and abs(work[3, j]) < SETTLED
        if single or impact == math.inf:
            continue
        y[j], found = cleared_alone(j, state, quantity, log_strike, root, is_put)
        target, slope = hedge_at(j, y[j], state, quantity, log_strike, root, is_put)
        orders[COINS, j] = target - state[HELD, j]
        orders[SLOPE, j] = slope if found else 0.0


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def vault_orders(
    state: Matrix,
    quantity: Matrix,
    log_strike: Matrix,
    root: Vector,
    is_put: Vector,
    orders: Matrix,
) -> None:
    """What a hedger of each path's book buys: the tangent of its demand where its own orders take the price.

    With u the log price after the shock and Λ the impact it solves y = u + Λ·(T(y) − held) for the solution
    nearest to u in the direction of the demand there. The answer is exact where nobody else trades, and of
    first order in what others trade in the same step.

    Args:
        state: See the rows above, shape (STATE_ROWS, n).
        quantity: Signed holding, units of the underlying, + = long, shape (series, n).
        log_strike: ln(K/fixed price), finite, shape (series, n).
        root: √τ of each series, √years, positive, shape (series,).
        is_put: 1 for a put, 0 for a call, shape (series,).
        orders: Overwritten, shape (ORDER_ROWS, n).
    """
    work = np.zeros((4, LANES))
    used = np.zeros(root.size, dtype=np.bool_)
    for g in range(root.size):
        used[g] = np.any(quantity[g] != 0.0)
    for start in range(0, state.shape[1], LANES):
        lane = slice(start, min(start + LANES, state.shape[1]))
        settle_lanes(
            state[:, lane],
            quantity[:, lane],
            log_strike[:, lane],
            root,
            is_put,
            used,
            orders[:, lane],
            work[:, : lane.stop - lane.start],
        )


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def vault_targets(
    log_price: Vector,
    state: Matrix,
    quantity: Matrix,
    log_strike: Matrix,
    root: Vector,
    is_put: Vector,
    out: Matrix,
) -> None:
    """Coins that hedge each path's book at given prices, and their derivative by the log price.

    Args:
        log_price: Shape (n,).
        state, quantity, log_strike, root, is_put: See :func:`vault_orders`; rows OFFSET and VOL are read.
        out: Overwritten, shape (2, n).
    """
    for j in range(log_price.size):
        found = hedge_at(j, log_price[j], state, quantity, log_strike, root, is_put)
        out[0, j], out[1, j] = found
