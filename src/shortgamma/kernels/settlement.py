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
# Rows of ``prices``, shape (PRICE_ROWS, n), USD: after clearing, and what trades pay.
PRICE, TRADED = range(2)
PRICE_ROWS = 2
# Rows of ``figures``, shape (FIGURE_ROWS, n).
SQUARES, HIGHEST, LOWEST_LOG, WIDEST_PUSH, WIDEST_STEP, VARIANCE, DRY = range(7)
FIGURE_ROWS = 7

CHUNK = 256  # paths whose sums stay in the first-level cache
EDGE = 100.0  # bound of log prices, far beyond the end of the market: prices stay numbers above 0
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
        open_price = min(max(open_price, -EDGE), EDGE)
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
def stage_prices(pre, post, after, traded, spot, average):
    """Prices before and after the orders; trades pay their average, or the later one."""
    for j in range(pre.size):
        early = spot * exp_bounded(take(pre, j))
        late = spot * exp_bounded(take(post, j))
        put(after, j, late, 0)
        put(traded, j, average * early + (1.0 - average) * late, 1)


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
    stage_prices(paths[PRE], paths[POST], prices[PRICE], prices[TRADED], spot, average)


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage_booking(coins, traded, own, market, venue_cash, spread, fee):
    """Delivery against payment; half the spread to the market, the fee to the venue."""
    own_cash, own_coins, turnover, peak = own
    market_cash, market_coins = market
    for j in range(coins.size):
        amount = take(coins, j)
        usd = amount * take(traded, j)
        size = abs(usd)
        put(own_coins, j, take(own_coins, j) + amount, 0)
        put(market_coins, j, take(market_coins, j) - amount, 1)
        put(own_cash, j, take(own_cash, j) - (usd + size * (spread + fee)), 2)
        put(market_cash, j, take(market_cash, j) + (usd + size * spread), 3)
        put(venue_cash, j, take(venue_cash, j) + size * fee, 4)
        put(turnover, j, take(turnover, j) + size, 5)
        largest = take(peak, j)
        put(peak, j, size if size > largest else largest, 6)


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def book_trade(
    coins: Vector,
    traded: Vector,
    cash: Matrix,
    position: Matrix,
    turnover: Matrix,
    peak: Matrix,
    account: int,
    spread: float,
    fee: float,
) -> None:
    """Books a trade of ``account`` against account 0, the market; account 1 is the venue.

    Args:
        coins: Bought, shape (n,).
        traded: Price, USD, shape (n,).
        cash, position, turnover, peak: USD, coins, USD traded and USD of the largest trade of every
            account, shape (accounts, n); updated.
        account: Who trades.
        spread, fee: Half the spread and the fee, as parts of the notional.
    """
    own = (cash[account], position[account], turnover[account], peak[account])
    stage_booking(coins, traded, own, (cash[0], position[0]), cash[1], spread, fee)


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def add_rows(first, second, total, gross, start):
    """Adds two accounts to running sums, which begin anew with the first two."""
    for j in range(first.size):
        a, b = take(first, j), take(second, j)
        put(total, j, start * take(total, j) + (a + b), 0)
        put(gross, j, start * take(gross, j) + (abs(a) + abs(b)), 1)


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def imbalances(accounts: Matrix, tolerance: float) -> int:
    """On how many paths the accounts do not sum to zero; NaN counts.

    Args:
        accounts: Shape (accounts, n), an even number of them.
        tolerance: Largest |Σ| that rounding may leave, as a part of Σ|·|.
    """
    total = np.zeros(CHUNK)
    gross = np.zeros(CHUNK)
    found = 0
    for start in range(0, accounts.shape[1], CHUNK):
        stop = min(start + CHUNK, accounts.shape[1])
        for a in range(0, accounts.shape[0], 2):
            carry = 0.0 if a == 0 else 1.0
            add_rows(accounts[a, start:stop], accounts[a + 1, start:stop], total, gross, carry)
        for j in range(stop - start):
            found += 0 if abs(total[j]) <= tolerance * gross[j] else 1
    return found


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage_extremes(last, pre, post, figures):
    """Sum of squares and extremes of one step."""
    squares, highest, lowest = figures[SQUARES], figures[HIGHEST], figures[LOWEST_LOG]
    push, widest = figures[WIDEST_PUSH], figures[WIDEST_STEP]
    for j in range(last.size):
        y = take(post, j)
        move = y - take(last, j)
        size, shove = abs(move), abs(y - take(pre, j))
        top, bottom = take(highest, j), take(lowest, j)
        far, wide = take(push, j), take(widest, j)
        put(squares, j, take(squares, j) + move * move, 0)
        put(highest, j, y if y > top else top, 1)
        put(lowest, j, y if y < bottom else bottom, 2)
        put(push, j, shove if shove > far else far, 3)
        put(widest, j, size if size > wide else wide, 4)


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage_climate(last, post, impact, figures, carry, per_year):
    """Recent variance, and steps without depth."""
    variance, dry = figures[VARIANCE], figures[DRY]
    for j in range(last.size):
        move = take(post, j) - take(last, j)
        put(variance, j, carry * take(variance, j) + (1.0 - carry) * (move * move) * per_year, 0)
        put(dry, j, take(dry, j) + (1.0 if take(impact, j) == math.inf else 0.0), 1)


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
    stage_extremes(paths[LAST], paths[PRE], paths[POST], figures)
    stage_climate(paths[LAST], paths[POST], paths[IMPACT], figures, carry, per_year)
