"""Closing leveraged positions on many paths: fills, margins, insurance fund, backstop."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from shortgamma.kernels.elementary import FAST
from shortgamma.kernels.orders import REACHED, SCALE, STRUCK, TAKEN

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
Cube = NDArray[np.float64]

# Rows of ``totals``, shape (TOTAL_ROWS, n), USD: closed, of it by the backstop, paid by the fund, missing.
CLOSED, BACKSTOPPED, FUND_PAID, MISSING = range(4)
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


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def close_positions(
    ladder: int,
    rungs: Cube,
    missed: Vector,
    reached: Vector,
    sums: Matrix,
    traded: Vector,
    owed: Vector,
    books: tuple[Matrix, Matrix, Matrix],
    who: NDArray[np.int64],
    totals: Matrix,
    rule: tuple[float, float, bool],
) -> bool:
    """Books what one ladder closed in this step; true where some margin is missing beyond the fund.

    Args:
        ladder: Its number.
        rungs: See :mod:`orders`.
        missed: 0 where the clearing reached no rung, shape (n,).
        reached: Rungs closed before this step, shape (n,); brought up to date.
        sums: Running sizes, sizes times bankruptcy price (sizes over it where inverse), coins at entry,
            shape (3, rungs + 1).
        traded: What closing orders paid, USD, shape (n,).
        owed: Funding that a long of one coin has paid so far, USD, shape (n,).
        books: Cash, coins and perpetual positions, shape (accounts, n); updated.
        who: See above.
        totals: See above; updated, MISSING is added to.
        rule: Side, cost of closing orders as a part of the notional, positions are inverse.
    """
    cash, coins, perps = books
    side, cost_rate, inverse = rule
    owner = who[OWNER]
    sizes, worth, entered = sums[0], sums[1], sums[2]
    short = False
    for j in range(reached.size):
        if missed[j] == 0.0 or rungs[REACHED, ladder, j] == reached[j]:
            continue
        before, after = int(reached[j]), int(rungs[REACHED, ladder, j])
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
        missing = max(-margin - from_fund, 0.0)
        totals[MISSING, j] += missing
        short |= missing > 0.0
        totals[CLOSED, j] += abs(taken + struck) * price
        totals[BACKSTOPPED, j] += abs(struck) * price
        reached[j] = after
    return short
