"""What happens around the clearing of a step: news, impact, bookings, checks and running figures.

All arrays hold one element per path. Rows of ``paths`` are those of :mod:`orders`; rows of ``logs`` are
below. Nothing here searches or branches by path, so every loop becomes vector instructions.
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from shortgamma.kernels.elementary import FAST, exp_bounded
from shortgamma.kernels.orders import (
    COLLAPSED,
    HALTED,
    IMPACT,
    LAST,
    POST,
    PRE,
    RUNAWAY,
    STATUS,
    TRADING,
)
from shortgamma.kernels.rows import put, take

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

# Rows of ``logs``, shape (LOG_ROWS, n): log price = FUNDAMENTAL + PERMANENT + TRANSIENT.
FUNDAMENTAL, PERMANENT, TRANSIENT = range(3)
LOG_ROWS = 3
# Rows of ``prices``, shape (PRICE_ROWS, n), USD: after the shock, after clearing, and what trades pay.
PRICE_PRE, PRICE, TRADED = range(3)
PRICE_ROWS = 3
# Rows of ``figures``, shape (FIGURE_ROWS, n).
SQUARES, HIGHEST, LOWEST_LOG, WIDEST_PUSH, WIDEST_STEP, VARIANCE, DRY = range(7)
FIGURE_ROWS = 7

CHUNK = 256  # paths whose sums stay in the first-level cache
FLOOR = 13.8  # log price beyond ±this: a million times up or down counts as the end of the market


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage_news(status, post, shock, fundamental, permanent, transient, pre, last):
    """Adds the exogenous move; a market that has stopped keeps its price."""
    for j in range(shock.size):
        trading = take(status, j) == TRADING
        before = take(post, j)
        moved = take(fundamental, j) + (take(shock, j) if trading else 0.0)
        put(fundamental, j, moved, 0)
        open_price = moved + (take(permanent, j) + take(transient, j))
        put(pre, j, open_price if trading else before, 1)
        put(last, j, before, 2)


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def open_step(shock: Vector, paths: Matrix, logs: Matrix) -> None:
    """Log prices before any order of the step: rows PRE and LAST of ``paths``."""
    stage_news(
        paths[STATUS],
        paths[POST],
        shock,
        logs[FUNDAMENTAL],
        logs[PERMANENT],
        logs[TRANSIENT],
        paths[PRE],
        paths[LAST],
    )


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage_impact(pre, post, status, permanent, transient, share, decay):
    """Splits the move that orders made; what is transient decays by the end of the step.

    A price beyond all bounds is the end of that market, and so is a clearing without a solution.
    """
    for j in range(pre.size):
        stopped = take(status, j)
        move = take(post, j) - take(pre, j)
        put(permanent, j, take(permanent, j) + share * move, 0)
        put(transient, j, (take(transient, j) + (1.0 - share) * move) * decay, 1)
        ended = COLLAPSED if abs(take(post, j)) > FLOOR else stopped
        put(status, j, HALTED if stopped == RUNAWAY else ended, 2)


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage_prices(pre, post, before, after, traded, spot, average):
    """Prices before and after the orders; trades pay their average, or the later one."""
    for j in range(pre.size):
        early = spot * exp_bounded(take(pre, j))
        late = spot * exp_bounded(take(post, j))
        put(before, j, early, 0)
        put(after, j, late, 1)
        put(traded, j, average * early + (1.0 - average) * late, 2)


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def close_step(
    paths: Matrix, logs: Matrix, prices: Matrix, spot: float, rule: tuple[float, float, float]
) -> None:
    """Impact, status and prices after clearing.

    Args:
        paths, logs, prices: Updated.
        spot: Initial price, USD.
        rule: Permanent share of the impact, factor by which the rest decays in this step, and the weight
            of the earlier price in what trades pay (½ = the average of before and after).
    """
    share, decay, average = rule
    stage_impact(
        paths[PRE],
        paths[POST],
        paths[STATUS],
        logs[PERMANENT],
        logs[TRANSIENT],
        share,
        decay,
    )
    stage_prices(
        paths[PRE], paths[POST], prices[PRICE_PRE], prices[PRICE], prices[TRADED], spot, average
    )


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage_booking(coins, traded, own_cash, own_coins, other_cash, other_coins, turnover):
    """Delivery against payment between an account and the market's."""
    for j in range(coins.size):
        amount = take(coins, j)
        usd = amount * take(traded, j)
        put(own_coins, j, take(own_coins, j) + amount, 0)
        put(own_cash, j, take(own_cash, j) - usd, 1)
        put(other_coins, j, take(other_coins, j) - amount, 2)
        put(other_cash, j, take(other_cash, j) + usd, 3)
        put(turnover, j, take(turnover, j) + abs(usd), 4)


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage_costs(coins, traded, own_cash, market_cash, venue_cash, spread, fee):
    """Half the spread to the market, the fee to the venue."""
    for j in range(coins.size):
        usd = abs(take(coins, j)) * take(traded, j)
        put(own_cash, j, take(own_cash, j) - usd * (spread + fee), 0)
        put(market_cash, j, take(market_cash, j) + usd * spread, 1)
        put(venue_cash, j, take(venue_cash, j) + usd * fee, 2)


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def book_trade(
    coins: Vector,
    traded: Vector,
    cash: Matrix,
    position: Matrix,
    turnover: Matrix,
    account: int,
    spread: float,
    fee: float,
) -> None:
    """Books a trade of ``account`` against account 0, the market; account 1 is the venue.

    Args:
        coins: Bought, shape (n,).
        traded: Price, USD, shape (n,).
        cash, position, turnover: USD, coins and USD of every account, shape (accounts, n); updated.
        account: Who trades.
        spread, fee: Half the spread and the fee, as parts of the notional.
    """
    stage_booking(
        coins, traded, cash[account], position[account], cash[0], position[0], turnover[account]
    )
    if spread != 0.0 or fee != 0.0:
        stage_costs(coins, traded, cash[account], cash[0], cash[1], spread, fee)


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def add_row(row, total, gross):
    """Adds one account to running sums."""
    for j in range(row.size):
        amount = take(row, j)
        put(total, j, take(total, j) + amount, 0)
        put(gross, j, take(gross, j) + abs(amount), 1)


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def imbalances(accounts: Matrix, tolerance: float) -> int:
    """On how many paths the accounts do not sum to zero; NaN counts.

    Args:
        accounts: Shape (accounts, n).
        tolerance: Largest |Σ| that rounding may leave, as a part of Σ|·|.
    """
    total = np.empty(CHUNK)
    gross = np.empty(CHUNK)
    found = 0
    for start in range(0, accounts.shape[1], CHUNK):
        stop = min(start + CHUNK, accounts.shape[1])
        total[:] = 0.0
        gross[:] = 0.0
        for a in range(accounts.shape[0]):
            add_row(accounts[a, start:stop], total, gross)
        for j in range(stop - start):
            found += 0 if abs(total[j]) <= tolerance * gross[j] else 1
    return found


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage_figures(paths, figures, carry, per_year):
    """Running sums and extremes of one step."""
    last, pre, post = paths[LAST], paths[PRE], paths[POST]
    squares, highest, lowest = figures[SQUARES], figures[HIGHEST], figures[LOWEST_LOG]
    push, widest, variance = figures[WIDEST_PUSH], figures[WIDEST_STEP], figures[VARIANCE]
    dry, impact = figures[DRY], paths[IMPACT]
    for j in range(last.size):
        y = take(post, j)
        move = y - take(last, j)
        square = move * move
        shove = abs(y - take(pre, j))
        top, bottom = take(highest, j), take(lowest, j)
        far, wide = take(push, j), take(widest, j)
        put(squares, j, take(squares, j) + square, 0)
        put(highest, j, y if y > top else top, 1)
        put(lowest, j, y if y < bottom else bottom, 2)
        put(push, j, shove if shove > far else far, 3)
        put(widest, j, abs(move) if abs(move) > wide else wide, 4)
        put(variance, j, carry * take(variance, j) + (1.0 - carry) * square * per_year, 5)
        put(dry, j, take(dry, j) + (1.0 if take(impact, j) == math.inf else 0.0), 6)


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def tally(paths: Matrix, figures: Matrix, carry: float, per_year: float) -> None:
    """Adds a step to the running figures of every path.

    Args:
        paths: After clearing.
        figures: Rows SQUARES (Σ squared log moves), HIGHEST, LOWEST_LOG (log price), WIDEST_PUSH (largest
            move by orders in a step), WIDEST_STEP, VARIANCE (exponentially weighted, per year), DRY
            (steps without depth); updated.
        carry: Weight that the variance so far keeps.
        per_year: 1/(length of the step in years).
    """
    stage_figures(paths, figures, carry, per_year)
