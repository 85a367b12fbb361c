"""Many steps of an ordinary market in one call: hedges that always trade, constant depth, nothing else.

The phases are those that the engine runs one by one in any other market. Here they follow one another
for a block of paths whose state stays in the cache, and no step pays for a call from Python.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from shortgamma.kernels.clearing import clear_part
from shortgamma.kernels.elementary import FAST
from shortgamma.kernels.glide import BLOCK, workspace
from shortgamma.kernels.orders import (
    FILL,
    HELD,
    IMPACT,
    LADDER_COLUMNS,
    LAST,
    POST,
    PRE,
    RUNG_ROWS,
)
from shortgamma.kernels.rows import put, take
from shortgamma.kernels.settlement import (
    FUNDAMENTAL,
    HIGHEST,
    LOWEST_LOG,
    PRICE,
    SQUARES,
    TRADED,
    WIDEST_STEP,
    book_trade,
    close_step,
    imbalances,
    open_step,
    stage_extremes,
)

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
Cube = NDArray[np.float64]

PART = BLOCK  # paths whose state stays in the second-level cache through all steps of a call
# Elements of ``constants``.
SPOT, PER_COIN, PER_PRICE, SHARE, AVERAGE, TOLERANCE = range(6)


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage_depth(price, impact, per_coin, per_price):
    """Λ = per_coin + per_price·(price at the end of the last step)."""
    for j in range(impact.size):
        put(impact, j, per_coin + per_price * take(price, j), 0)


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage_sum(total, more):
    """Adds a row."""
    for j in range(total.size):
        put(total, j, take(total, j) + take(more, j), 0)


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage_trades(trades, fill):
    """Counts a trade."""
    for j in range(fill.size):
        put(trades, j, take(trades, j) + (1.0 if take(fill, j) != 0.0 else 0.0), 0)


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage_drift(shock, fundamental, figures):
    """One step of a market in which nobody trades."""
    squares, highest, lowest = figures[SQUARES], figures[HIGHEST], figures[LOWEST_LOG]
    widest = figures[WIDEST_STEP]
    for j in range(shock.size):
        before = take(fundamental, j)
        y = before + take(shock, j)
        move = y - before
        size = abs(move)
        top, bottom, wide = take(highest, j), take(lowest, j), take(widest, j)
        put(fundamental, j, y, 0)
        put(squares, j, take(squares, j) + move * move, 1)
        put(highest, j, y if y > top else top, 2)
        put(lowest, j, y if y < bottom else bottom, 3)
        put(widest, j, size if size > wide else wide, 4)


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def drift(shocks: Matrix, paths: Matrix, logs: Matrix, figures: Matrix) -> None:
    """Steps of a market in which nobody trades and nothing responds; shapes as in :func:`march`."""
    for start in range(0, shocks.shape[1], PART):
        stop = min(start + PART, shocks.shape[1])
        fundamental, part = logs[FUNDAMENTAL, start:stop], figures[:, start:stop]
        for step in range(shocks.shape[0]):
            stage_drift(shocks[step, start:stop], fundamental, part)
        paths[LAST, start:stop] = fundamental
        paths[PRE, start:stop] = fundamental
        paths[POST, start:stop] = fundamental


@njit(fastmath=FAST, error_model="numpy", cache=True)
def march_part(shocks, state, hedges, terms, tables, grid, books, owners, decays, constants):
    """Steps of a part of the paths; returns on how many path-steps accounts did not sum to zero."""
    paths, logs, prices, figures = state
    cash, coins, turnover, peak = books
    n = shocks.shape[1]
    missed, nothing = np.zeros(n), np.zeros(0)
    rungs, ladders = np.zeros((RUNG_ROWS, 0, n)), np.zeros((0, LADDER_COLUMNS))
    work = workspace(terms.shape[1])
    spot, tolerance = constants[SPOT], constants[TOLERANCE]
    wrong = 0
    for step in range(shocks.shape[0]):
        open_step(shocks[step], paths, logs)
        stage_depth(prices[PRICE], paths[IMPACT], constants[PER_COIN], constants[PER_PRICE])
        table = tables[step]
        clear_part(
            paths, hedges, terms[step], table, grid, rungs, ladders, nothing, nothing, missed, work
        )
        rule = (constants[SHARE], decays[step], constants[AVERAGE])
        close_step(paths, logs, prices, spot, rule)
        for k in range(owners.shape[0]):
            fill, owner = hedges[FILL, k], int(owners[k, 0])
            stage_sum(hedges[HELD, k], fill)
            spread, fee = owners[k, 1], owners[k, 2]
            book_trade(fill, prices[TRADED], cash, coins, turnover, peak, owner, spread, fee)
        stage_extremes(paths[LAST], paths[PRE], paths[POST], figures)
        wrong += imbalances(cash, tolerance) + imbalances(coins, tolerance)
    return wrong


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def march(
    shocks: Matrix,
    state: tuple[Matrix, Matrix, Matrix, Matrix],
    hedges: Cube,
    terms: Cube,
    tables: NDArray[np.float64],
    grid: Vector,
    books: tuple[Matrix, Matrix, Matrix, Matrix],
    owners: Matrix,
    decays: Vector,
    constants: Vector,
) -> int:
    """Steps of an ordinary market; returns on how many path-steps accounts did not sum to zero.

    Args:
        shocks: Exogenous log moves, shape (steps, n).
        state: ``paths``, ``logs``, ``prices`` and ``figures``; see :mod:`orders` and :mod:`settlement`.
        hedges: See :mod:`orders`.
        terms: Of every step, shape (steps, hedges, TERM_COLUMNS).
        tables: Hedge targets of every step, shape (steps, hedges, levels, 2·nodes).
        grid: See :mod:`orders`.
        books: Cash, coins, turnover and largest flow of every account, shape (accounts, n).
        owners: Account, half-spread and fee of every hedge, shape (hedges, 3).
        decays: Factor by which transient impact decays in each step, shape (steps,).
        constants: Initial price, Λ per coin and per price, permanent share, weight of the earlier price in
            what trades pay, tolerance of the accounts.
    """
    paths, logs, prices, figures = state
    cash, coins, turnover, peak = books
    wrong = 0
    for start in range(0, shocks.shape[1], PART):
        stop = min(start + PART, shocks.shape[1])
        wrong += march_part(
            shocks[:, start:stop],
            (
                paths[:, start:stop],
                logs[:, start:stop],
                prices[:, start:stop],
                figures[:, start:stop],
            ),
            hedges[:, :, start:stop],
            terms,
            tables,
            grid,
            (
                cash[:, start:stop],
                coins[:, start:stop],
                turnover[:, start:stop],
                peak[:, start:stop],
            ),
            owners,
            decays,
            constants,
        )
    return wrong
