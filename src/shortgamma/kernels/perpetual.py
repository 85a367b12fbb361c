"""Basis, mark price and funding of a perpetual on many paths."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from shortgamma.kernels.elementary import FAST, exp_bounded
from shortgamma.kernels.rows import put, take

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
PRICE_BAND = 0.7  # log distance from spot at which a venue stops the perpetual: half or double
CHUNK = 256  # paths whose sums stay in the first-level cache


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def move_basis(
    state: tuple[Vector, Vector, Vector],
    step: tuple[Vector, Vector, Vector],
    spot: tuple[Vector, Vector],
    perp: tuple[Vector, Vector],
    keep: float,
) -> None:
    """The basis after a step, its average, and the prices that follow from them.

    Args:
        state: ln(perp/spot), its average and its largest size so far; updated.
        step: Log move of the basis per coin, coins bought, part that the arbitrageur closes.
        spot: Price after the step and price that its trades paid, USD.
        perp: Mark price and price that trades in the perpetual paid, USD; overwritten.
        keep: Weight of the old average.
    """
    basis, average, peak = state
    impact, volume, passed = step
    for j in range(basis.size):
        before = basis[j]
        pushed = (before + impact[j] * volume[j]) * (1.0 - passed[j])
        after = min(max(pushed, -PRICE_BAND), PRICE_BAND)
        mean = keep * average[j] + (1.0 - keep) * after
        basis[j] = after
        average[j] = mean
        peak[j] = max(peak[j], abs(after))
        perp[0][j] = spot[0][j] * exp_bounded(mean)
        perp[1][j] = spot[1][j] * exp_bounded(0.5 * (before + after))


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def pay_one(perps, per_coin, cash, funding, net, gross):
    """Funding of one account on a part of the paths."""
    for j in range(per_coin.size):
        usd = take(perps, j) * take(per_coin, j)
        put(cash, j, take(cash, j) - usd, 0)
        put(funding, j, take(funding, j) - usd, 1)
        put(net, j, take(net, j) + usd, 2)
        put(gross, j, take(gross, j) + abs(usd), 3)


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def pay_funding(
    perps: Matrix,
    holders: NDArray[np.int64],
    per_coin: Vector,
    cash: Matrix,
    funding: Matrix,
    tolerance: float,
) -> int:
    """Longs pay shorts; returns on how many paths what is paid is not what is received.

    Args:
        perps: Positions, coins, shape (accounts, n).
        holders: Accounts that may hold any.
        per_coin: USD that a long of one coin pays, shape (n,).
        cash, funding: USD, the latter what each account received so far; updated.
        tolerance: Largest |net| that rounding may leave, as a part of the gross.
    """
    net, gross = np.empty(CHUNK), np.empty(CHUNK)
    found = 0
    for start in range(0, per_coin.size, CHUNK):
        stop = min(start + CHUNK, per_coin.size)
        net[:], gross[:] = 0.0, 0.0
        for a in holders:
            pay_one(
                perps[a, start:stop],
                per_coin[start:stop],
                cash[a, start:stop],
                funding[a, start:stop],
                net,
                gross,
            )
        for j in range(stop - start):
            found += 0 if abs(net[j]) <= tolerance * gross[j] else 1
    return found
