"""Closing leveraged positions on many paths: fills, margins, insurance fund, backstop."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from shortgamma.kernels.elementary import FAST, exp_bounded
from shortgamma.kernels.orders import (
    BOOKED,
    LIMIT,
    REACHED,
    SCALE,
    SHIFT,
    STRUCK,
    TAKEN,
)
from shortgamma.kernels.rows import put, take

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
Cube = NDArray[np.float64]

# Rows of ``totals``, shape (TOTAL_ROWS, n), USD: closed, of it by the backstop, paid by the fund, by winners.
CLOSED, BACKSTOPPED, FUND_PAID, HAIRCUT = range(4)
TOTAL_ROWS = 4
# Elements of ``who``: the accounts of the side, the market, the venue, the insurance fund, the backstop.
OWNER, MAKER, VENUE, FUND, BACKSTOP_VAULT = range(5)


@njit(fastmath=FAST, error_model="numpy", cache=True)
def rung_at(sums, before, size):
    """The rung at which ``size`` more has been closed, to a billionth of the ladder."""
    target = sums[before] + size - 1e-9 * sums[-1]
    after = before
    while after < sums.size - 1 and sums[after] < target:
        after += 1
    return after


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def hand_over(buyer, seller, coins, usd, cash, perps, j):
    """The buyer takes coins of the perpetual from the seller for usd."""
    perps[buyer, j] += coins
    perps[seller, j] -= coins
    cash[buyer, j] -= usd
    cash[seller, j] += usd


@njit(fastmath=FAST, error_model="numpy", cache=True)
def take_from_winners(side, loser, missing, books, j):
    """The fund is empty: accounts on the other side pay in proportion to their positions."""
    cash, _coins, perps, haircut = books
    held = 0.0
    for a in range(perps.shape[0]):
        held += max(-side * perps[a, j], 0.0)
    if held == 0.0:
        cash[1, j] -= missing
        haircut[1, j] += missing
    else:
        for a in range(perps.shape[0]):
            paid = max(-side * perps[a, j], 0.0) / held * missing
            cash[a, j] -= paid
            haircut[a, j] += paid
    cash[loser, j] += missing


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def ready_ladders(
    rungs: Cube,
    market: tuple[Vector, Vector, Vector],
    waiting: Cube,
    now: int,
    spot: float,
) -> None:
    """Moves the ladders by the funding paid so far, and lets second orders wait for the cooldown.

    Args:
        rungs: See :mod:`orders`; SHIFT, SCALE and LIMIT are updated. Of four ladders, the second and the
            fourth close what the first and the third have left.
        market: USD that a long of one coin has paid so far, price (USD) and log price after the shock.
        waiting: Rungs that first orders had closed in the last steps, shape (steps, 2, n); updated.
        now: Which of these steps this one replaces.
        spot: Initial price where sizes are contracts of 1 USD; 0 where they are coins.
    """
    owed, price, opening = market
    shift, scale = rungs[SHIFT, 0], rungs[SCALE, 0]
    for j in range(price.size):
        put(shift, j, take(owed, j) / take(price, j), 0)
    if spot > 0.0:
        for j in range(price.size):
            put(scale, j, 1.0 / (spot * exp_bounded(take(opening, j))), 0)
    for g in range(1, rungs.shape[1]):
        rungs[SHIFT, g], rungs[SCALE, g] = shift, scale
    if rungs.shape[1] == 4:
        oldest = (now + 1) % waiting.shape[0]
        for pair in range(2):
            waiting[now, pair] = rungs[REACHED, 2 * pair]
            rungs[LIMIT, 2 * pair + 1] = waiting[oldest, pair]


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def close_positions(
    ladder: int,
    rungs: Cube,
    missed: Vector,
    sums: Matrix,
    market: tuple[Vector, Vector],
    books: tuple[Matrix, Matrix, Matrix, Matrix],
    who: NDArray[np.int64],
    totals: Matrix,
    rule: tuple[float, float, bool],
) -> None:
    """Books what one ladder closed in this step.

    What is left of the margin of closed positions goes to the insurance fund, and what is missing comes out
    of it; once it is empty the winners on the other side pay.

    Args:
        ladder: Its number.
        rungs: See :mod:`orders`; BOOKED is brought up to REACHED.
        missed: 0 where the clearing reached no rung, shape (n,).
        sums: Running sizes, sizes times bankruptcy price (sizes over it where inverse), coins at entry,
            shape (3, rungs + 1).
        market: What closing orders paid, and what a long of one coin has paid in funding, USD, shape (n,).
        books: Cash, coins, perpetual positions and haircuts, shape (accounts, n); updated.
        who: See above.
        totals: See above; updated.
        rule: Side, cost of closing orders as a part of the notional, positions are inverse.
    """
    cash, coins, perps, _haircut = books
    traded, owed = market
    side, cost_rate, inverse = rule
    owner = who[OWNER]
    sizes, worth, entered = sums[0], sums[1], sums[2]
    for j in range(missed.size):
        if missed[j] == 0.0 or rungs[REACHED, ladder, j] == rungs[BOOKED, ladder, j]:
            continue
        before, after = int(rungs[BOOKED, ladder, j]), int(rungs[REACHED, ladder, j])
        struck, taken = rungs[STRUCK, ladder, j], rungs[TAKEN, ladder, j]
        middle = before
        if struck != 0.0:
            middle = rung_at(sizes, before, abs(struck) / rungs[SCALE, ladder, j])
            fallen = worth[middle] - worth[before] + owed[j] * (sizes[middle] - sizes[before])
            hand_over(owner, who[BACKSTOP_VAULT], struck, -side * fallen, cash, perps, j)
        price = traded[j]
        hand_over(owner, who[MAKER], taken, taken * price, cash, perps, j)
        cost = abs(taken) * price * cost_rate
        cash[owner, j] -= cost
        cash[who[VENUE], j] += cost
        bankrupt = side * (worth[after] - worth[middle])
        if inverse:
            entry = side * (entered[after] - entered[before])
            result, margin_coins = entry + taken, bankrupt - entry
            perps[owner, j] -= result
            perps[who[MAKER], j] += result
            coins[owner, j] -= margin_coins
            coins[who[MAKER], j] += margin_coins
            equity = (result + margin_coins) * price
            cash[owner, j] += equity
            cash[who[MAKER], j] -= equity
            owed_here = side * owed[j] * (entered[after] - entered[middle])
            # Contracts were turned into coins at the price before the orders, not at the one they paid.
            turned = -taken * price - side * (sizes[after] - sizes[middle])
            margin = equity + turned - owed_here - cost
        else:
            owed_here = side * owed[j] * (sizes[after] - sizes[middle])
            margin = -taken * price - bankrupt - owed_here - cost
        fund = max(cash[who[FUND], j], 0.0)
        from_fund = min(-margin, fund)
        cash[who[FUND], j] -= from_fund
        cash[owner, j] += from_fund
        totals[FUND_PAID, j] += max(from_fund, 0.0)
        missing = -margin - from_fund
        if missing > 0.0:
            take_from_winners(side, owner, missing, books, j)
            totals[HAIRCUT, j] += missing
        totals[CLOSED, j] += abs(taken + struck) * price
        totals[BACKSTOPPED, j] += abs(struck) * price
        rungs[BOOKED, ladder, j] = after
