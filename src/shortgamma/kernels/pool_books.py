"""Books that differ from path to path: option pools whose clients trade along the way.

All paths share a board of contracts; how many of each the pool holds differs. The
forward that a contract pays on has the log a·y + c + m, with y the log of the spot over a fixed price: a = 1,
c = m = 0 for a contract that settles at the spot; for one that settles at an average of the last prices, a is
the share of the average that is still open, m what is pinned of it, and c the drift of its logarithm. Black
with that forward and the standard deviation w of its log::

    d1 = (ln(F/K) + w²/2)/w      delta = a·F·N(d1)/S for a call, a·F·(N(d1) − 1)/S for a put

Source: F. Black (1976), doi:10.1016/0304-405X(76)90024-6; A. Kemna, A. Vorst (1990),
doi:10.1016/0378-4266(90)90039-5, for the average.
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from shortgamma.kernels.curves import normal_terms
from shortgamma.kernels.elementary import FAST, exp_bounded
from shortgamma.kernels.rows import put, take

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
Cube = NDArray[np.float64]

# Columns of ``terms``, shape (contracts, TERMS).
SHARE = 0  # a
DRIFT = 1  # c
WIDTH = 2  # w, positive
LOG_STRIKE = 3  # of the strike over the fixed price
IS_PUT = 4  # 1 for a put, 0 for a call
EXPIRY = 5  # row of ``pinned``
TERMS = 6

# Rows of ``rules``, shape (RULES, n).
HELD = 0  # coins in the hedge
BAND = 1  # coins: trades only where |target − held| exceeds it
EDGE = 2  # coins: what is left of the gap after the trade
MOST = 3  # coins: largest trade of the step
SHOCK = 4  # log price after the shock
IMPACT = 5  # log move per coin bought; ∞ = nothing trades
RULES = 6

# Rows of ``orders``, shape (ORDERS, n).
COINS = 0  # bought where the price ends at the anchor
SLOPE = 1  # coins more per unit of log price beyond it
ANCHOR = 2  # log price
ORDERS = 3

LANES = 256
NEWTON = 8
CLOSE = 1e-8
UNIQUE = 0.9  # Λ·(steepest slope) below which Newton steps find the only solution
SETTLED = 1e-6  # a last Newton step below this leaves an error of its square
STEEP = 0.6  # φ(0) times the largest ratio of a forward to the spot, 1.5
PER_WIDTH = 0.5  # longest stride of the walk from the shock, in widths of the narrowest contract
LEAST_PER_WIDTH = 1.0 / 256.0  # shortest one
NARROWEST = 1e-5


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def contract(y, pinned, share, drift, width, strike, is_put):
    """Delta in coins, its derivative by y, and value over the fixed price, of one contract."""
    forward = share * y + drift + pinned
    d1 = (forward - strike) / width + 0.5 * width
    first, density = normal_terms(d1)
    second, _other = normal_terms(d1 - width)
    ratio = share * exp_bounded(forward - y)
    delta = ratio * (first - is_put)
    slope = (share - 1.0) * delta + ratio * share * density / width
    value = exp_bounded(forward) * (first - is_put) - exp_bounded(strike) * (second - is_put)
    return delta, slope, value


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def hedge_of(y, pinned, share, drift, width, strike, is_put):
    """Delta and slope alone, at two thirds of the cost."""
    forward = share * y + drift + pinned
    first, density = normal_terms((forward - strike) / width + 0.5 * width)
    ratio = share * exp_bounded(forward - y)
    delta = ratio * (first - is_put)
    return delta, (share - 1.0) * delta + ratio * share * density / width


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def numbers_of(i, terms):
    """What is common to all paths of one contract."""
    return (
        terms[i, SHARE],
        terms[i, DRIFT],
        terms[i, WIDTH],
        terms[i, LOG_STRIKE],
        terms[i, IS_PUT],
    )


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage(y, pinned, quantity, numbers, out):
    """Adds quantity·(delta, slope, value) of one contract on many paths to the rows of ``out``."""
    share, drift, width, strike, is_put = numbers
    delta, slope, value = out[0], out[1], out[2]
    for j in range(y.size):
        q = take(quantity, j)
        d, s, v = contract(take(y, j), take(pinned, j), share, drift, width, strike, is_put)
        put(delta, j, take(delta, j) + q * d, 0)
        put(slope, j, take(slope, j) + q * s, 1)
        put(value, j, take(value, j) + q * v, 2)


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage_hedge(y, pinned, quantity, numbers, out):
    """Adds quantity·(delta, slope) of one contract on many paths to the rows of ``out``."""
    share, drift, width, strike, is_put = numbers
    delta, slope = out[0], out[1]
    for j in range(y.size):
        q = take(quantity, j)
        d, s = hedge_of(take(y, j), take(pinned, j), share, drift, width, strike, is_put)
        put(delta, j, take(delta, j) + q * d, 0)
        put(slope, j, take(slope, j) + q * s, 1)


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def book_greeks(
    y: Vector,
    pinned: Matrix,
    quantity: Matrix,
    used: NDArray[np.bool_],
    terms: Matrix,
    out: Matrix,
) -> None:
    """Delta in coins, its derivative by the log price, and value over the fixed price, of every path's book.

    Args:
        y: Log price of each path over the fixed price, shape (n,).
        pinned: m, shape (expiries, n).
        quantity: Signed holding, units of the underlying, + = long, shape (contracts, n).
        used: False where no path holds the contract, or it is over, shape (contracts,).
        terms: See the columns above; widths are positive.
        out: Overwritten, shape (3, n).
    """
    out[:] = 0.0
    for start in range(0, y.size, LANES):
        lane = slice(start, min(start + LANES, y.size))
        for i in range(used.size):
            if used[i]:
                row = pinned[int(terms[i, EXPIRY]), lane]
                stage(y[lane], row, quantity[i, lane], numbers_of(i, terms), out[:, lane])


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def contract_greeks(y: Vector, pinned: Vector, terms: Matrix, out: Matrix) -> None:
    """Delta, its derivative by the log price, and value over the fixed price, of one contract per element.

    Args:
        y, pinned: Log price and m, shape (n,).
        terms: One row per element, shape (n, TERMS).
        out: Overwritten, shape (3, n).
    """
    for j in range(y.size):
        share, drift, width, strike, is_put = numbers_of(j, terms)
        found = contract(y[j], pinned[j], share, drift, width, strike, is_put)
        out[0, j], out[1, j], out[2, j] = found


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def wanted(gap, slope, edge, most):
    """What is bought to get to the target, in coins, and its derivative by the log price."""
    beyond = max(abs(gap) - edge, 0.0)
    slope = slope if (beyond > 0.0) & (beyond < most) else 0.0
    return math.copysign(min(beyond, most), gap), slope


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def excess_at(j, y, rules, pinned, quantity, used, terms):
    """How far its own demand carries the price beyond y, the demand, and its derivative."""
    delta, slope = 0.0, 0.0
    for i in range(used.size):
        q = quantity[i, j]
        if used[i] and q != 0.0:
            share, drift, width, strike, is_put = numbers_of(i, terms)
            row = pinned[int(terms[i, EXPIRY]), j]
            d, s = hedge_of(y, row, share, drift, width, strike, is_put)
            delta += q * d
            slope += q * s
    gap = -delta - rules[HELD, j]
    coins, rise = wanted(gap, -slope, rules[EDGE, j], rules[MOST, j])
    return rules[SHOCK, j] + rules[IMPACT, j] * coins - y, coins, rise


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def steepest(j, quantity, used, terms):
    """Bounds of the derivative of a path's target, upwards and in size, coins; the narrowest width."""
    bound, size, narrow = 0.0, 0.0, math.inf
    for i in range(used.size):
        q = quantity[i, j]
        if used[i] and q != 0.0:
            share, width = terms[i, SHARE], terms[i, WIDTH]
            per_coin = share * share * STEEP / width + 1.0 - share
            bound += max(-q, 0.0) * per_coin
            size += abs(q) * per_coin
            narrow = min(narrow, width / share)
    return bound, size, narrow


@njit(fastmath=FAST, error_model="numpy", cache=True)
def close_in(j, near, far, rules, pinned, quantity, used, terms):
    """The solution between two log prices, by halving; the excess demand points from ``near`` to ``far``."""
    way = math.copysign(1.0, far - near)
    while abs(far - near) > CLOSE:
        middle = 0.5 * (near + far)
        excess, _coins, _rise = excess_at(j, middle, rules, pinned, quantity, used, terms)
        if way * excess > 0.0:
            near = middle
        else:
            far = middle
    return far


@njit(fastmath=FAST, error_model="numpy", cache=True)
def outward(j, steep, narrow, largest, rules, pinned, quantity, used, terms):
    """The solution nearest to the shock in the direction of the demand there, and whether there is one.

    The excess demand cannot fall faster than by 1 + Λ·``steep``, so a walk by no more than it over that steps
    over no solution, except two nearer together than the least stride, a part of the narrowest width.
    Without a solution short of ``largest`` it answers that end.
    """
    u = rules[SHOCK, j]
    near = u
    excess, _coins, _rise = excess_at(j, near, rules, pinned, quantity, used, terms)
    way = math.copysign(1.0, excess)
    cell, least = PER_WIDTH * narrow, max(LEAST_PER_WIDTH * narrow, NARROWEST)
    per_log = 1.0 + rules[IMPACT, j] * steep
    while abs(excess) > CLOSE:
        far = near + way * min(max(abs(excess) / per_log, least), max(cell, least))
        if abs(far - u) >= largest:
            return u + way * largest, False
        excess, _coins, _rise = excess_at(j, far, rules, pinned, quantity, used, terms)
        if way * excess <= 0.0:
            return close_in(j, near, far, rules, pinned, quantity, used, terms), True
        near = far
    return near, True


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def newton_steps(y, rules, orders, work, first):
    """One Newton step of every path, into row 3 of ``work``, until its own is small; the largest of them.

    A path that has settled is left alone, so that its bits do not depend on who is beside it.
    """
    worst = 0.0
    for j in range(y.size):
        if not first and work[3, j] == 0.0:
            continue
        gap = -work[0, j] - rules[HELD, j]
        if first:
            awake = abs(gap) > rules[BAND, j] and rules[IMPACT, j] < math.inf
            work[2, j] = 1.0 if awake else 0.0
        coins, slope = wanted(gap, -work[1, j], rules[EDGE, j], rules[MOST, j])
        is_awake = work[2, j] > 0.0
        coins, slope = (coins, slope) if is_awake else (0.0, 0.0)
        orders[COINS, j], orders[SLOPE, j] = coins, slope
        impact = rules[IMPACT, j] if is_awake else 0.0
        tilt = 1.0 - impact * slope
        miss = rules[SHOCK, j] + impact * coins - y[j]
        step = miss / tilt if tilt > 0.0 else miss
        work[3, j] = step if abs(step) >= CLOSE else 0.0
        worst = max(worst, abs(work[3, j]))
    return worst


@njit(fastmath=FAST, error_model="numpy", cache=True)
def settle_lanes(rules, pinned, quantity, used, terms, largest, orders, work):
    """One block of :func:`pool_orders`: Newton steps for all paths, then those with several solutions."""
    y = orders[ANCHOR]
    y[:] = rules[SHOCK]
    for turn in range(NEWTON):
        work[:2] = 0.0
        for i in range(used.size):
            if used[i]:
                row = pinned[int(terms[i, EXPIRY])]
                stage_hedge(y, row, quantity[i], numbers_of(i, terms), work)
        worst = newton_steps(y, rules, orders, work, turn == 0)
        if worst == 0.0 or turn == NEWTON - 1:
            break
        for j in range(y.size):
            y[j] += work[3, j]
    for j in range(y.size):
        if work[2, j] == 0.0:
            continue
        bound, steep, narrow = steepest(j, quantity, used, terms)
        if bound * rules[IMPACT, j] < UNIQUE and abs(work[3, j]) < SETTLED:
            continue
        y[j], found = outward(j, steep, narrow, largest, rules, pinned, quantity, used, terms)
        _e, orders[COINS, j], rise = excess_at(j, y[j], rules, pinned, quantity, used, terms)
        orders[SLOPE, j] = rise if found else 0.0


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def pool_orders(
    rules: Matrix,
    pinned: Matrix,
    quantity: Matrix,
    used: NDArray[np.bool_],
    terms: Matrix,
    largest: float,
    orders: Matrix,
) -> None:
    """What a hedger of each path's book buys: the tangent of its demand where its own orders take the price.

    With u the log price after the shock and Λ the impact it solves y = u + Λ·q(y) for the solution nearest
    to u, where q takes the hedge to −(delta of the book) by the path's rule. The answer is exact where it is
    the only one who trades, and of first order in what others trade in the same step.

    Args:
        rules: See the rows above, shape (RULES, n).
        pinned, quantity, used, terms: See :func:`book_greeks`.
        largest: Log move beyond which trading stops.
        orders: Overwritten, shape (ORDERS, n).
    """
    work = np.zeros((4, LANES))
    for start in range(0, rules.shape[1], LANES):
        lane = slice(start, min(start + LANES, rules.shape[1]))
        settle_lanes(
            rules[:, lane],
            pinned[:, lane],
            quantity[:, lane],
            used,
            terms,
            largest,
            orders[:, lane],
            work[:, : lane.stop - lane.start],
        )
