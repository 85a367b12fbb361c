"""Basis, mark price and funding of a perpetual on many paths."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from shortgamma.kernels.elementary import FAST, exp_bounded
from shortgamma.kernels.orders import MARK, PASS
from shortgamma.kernels.rows import put, take

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

# Rows of ``perp``, shape (PERP_ROWS, n).
BASIS = 0  # ln(perp/spot)
AVERAGE = 1  # its exponential average: ln(mark/spot)
PER_COIN_BOUGHT = 2  # log move of the basis per coin bought
VOLUME = 3  # coins bought in the step, net
MARK_PRICE = 4  # USD
PAID = 5  # USD that trades of the step paid
RATE = 6  # funding rate in force, in the venue's own unit
FUNDED = 7  # USD that a long of one coin pays in this step
OWED = 8  # USD that it has paid so far
PEAK_BASIS = 9  # largest |basis| so far
PEAK_FUNDING = 10  # largest |funding| so far, part of the notional per day
PERP_ROWS = 11

# Elements of a funding rule as :func:`funding_share` takes it.
SHIFT, CENTRE, WIDTH, CAP, SCALE, PERIODS = range(6)

PRICE_BAND = 0.7  # log distance from spot at which a venue stops the perpetual: half or double
CHUNK = 256  # paths whose sums stay in the first-level cache


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def open_perp(perp: Matrix, paths: Matrix, price: Vector, per_usd: float) -> None:
    """Mark over spot as the step begins; without an arbitrageur no trade reaches spot.

    Args:
        perp: See above; updated.
        paths: Rows MARK and PASS are overwritten.
        price: Of spot at the end of the last step, USD.
        per_usd: Log move of the basis per USD bought.
    """
    average, impact, mark, passed = perp[AVERAGE], perp[PER_COIN_BOUGHT], paths[MARK], paths[PASS]
    for j in range(price.size):
        put(mark, j, take(average, j), 0)
        put(passed, j, 0.0, 1)
        put(impact, j, take(price, j) * per_usd, 2)


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage_basis(perp, passed, keep):
    """The basis and its average after the step's trades; what they paid is ln(paid/spot) for now."""
    basis, average, peak = perp[BASIS], perp[AVERAGE], perp[PEAK_BASIS]
    impact, volume, paid = perp[PER_COIN_BOUGHT], perp[VOLUME], perp[PAID]
    for j in range(passed.size):
        before = take(basis, j)
        pushed = (before + take(impact, j) * take(volume, j)) * (1.0 - take(passed, j))
        after = min(max(pushed, -PRICE_BAND), PRICE_BAND)
        put(basis, j, after, 0)
        put(average, j, keep * take(average, j) + (1.0 - keep) * after, 1)
        put(peak, j, max(take(peak, j), abs(after)), 2)
        put(paid, j, 0.5 * (before + after), 3)


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage_perp_prices(perp, price, traded):
    """Mark price and what trades paid, from their logs over spot."""
    average, mark, paid = perp[AVERAGE], perp[MARK_PRICE], perp[PAID]
    for j in range(price.size):
        put(mark, j, take(price, j) * exp_bounded(take(average, j)), 0)
        put(paid, j, take(traded, j) * exp_bounded(take(paid, j)), 1)


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def move_basis(perp: Matrix, passed: Vector, price: Vector, traded: Vector, keep: float) -> None:
    """The basis after a step, its average, and the prices that follow from them.

    Args:
        perp: See above; updated.
        passed: Part of the basis that the arbitrageur closes, shape (n,).
        price, traded: Of spot after the step, and what its trades paid, USD.
        keep: Weight of the old average.
    """
    stage_basis(perp, passed, keep)
    stage_perp_prices(perp, price, traded)


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def funding_share(perp: Matrix, price: Vector, rule: Vector, share: Vector) -> None:
    """The venue's rate for the premium mark/spot − 1, and what longs pay over the step.

    rate = clip(scale·[Q + clip(centre − Q, ±width)], ±cap) with Q = premium + shift.

    Args:
        perp: Row RATE is overwritten.
        price: Of spot, USD.
        rule: See above; PERIODS of the rate are in the step.
        share: Overwritten: part of the notional, shape (n,).
    """
    shift, centre, width, cap = rule[SHIFT], rule[CENTRE], rule[WIDTH], rule[CAP]
    scale, periods = rule[SCALE], rule[PERIODS]
    rates, mark = perp[RATE], perp[MARK_PRICE]
    for j in range(price.size):
        premium = (take(mark, j) / take(price, j) - 1.0) + shift
        rate = min(max(centre, premium - width), premium + width) * scale
        rate = min(max(rate, -cap), cap)
        put(rates, j, rate, 0)
        put(share, j, rate * periods, 1)


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage_owed(perp, share, per_day):
    """What a long of one coin pays in the step and has paid so far."""
    mark, funded, owed, peak = perp[MARK_PRICE], perp[FUNDED], perp[OWED], perp[PEAK_FUNDING]
    for j in range(share.size):
        usd = take(share, j) * take(mark, j)
        put(funded, j, usd, 0)
        put(owed, j, take(owed, j) + usd, 1)
        put(peak, j, max(take(peak, j), abs(take(share, j)) * per_day), 2)


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
    perp: Matrix,
    share: Vector,
    holders: NDArray[np.int64],
    books: tuple[Matrix, Matrix, Matrix],
    rule: tuple[float, float],
) -> int:
    """Longs pay shorts; returns on how many paths what is paid is not what is received.

    Args:
        perp: Rows FUNDED, OWED and PEAK_FUNDING are updated.
        share: Part of the notional that longs pay in this step, shape (n,).
        holders: Accounts that may hold positions.
        books: Positions (coins), cash, and funding that each account received so far (USD), shape
            (accounts, n); the last two are updated.
        rule: Steps per day, and the largest |net| that rounding may leave, as a part of the gross.
    """
    perps, cash, funding = books
    per_day, tolerance = rule
    stage_owed(perp, share, per_day)
    net, gross = np.empty(CHUNK), np.empty(CHUNK)
    found = 0
    for start in range(0, share.size, CHUNK):
        stop = min(start + CHUNK, share.size)
        net[:], gross[:] = 0.0, 0.0
        for a in holders:
            pay_one(
                perps[a, start:stop],
                perp[FUNDED, start:stop],
                cash[a, start:stop],
                funding[a, start:stop],
                net,
                gross,
            )
        for j in range(stop - start):
            found += 0 if abs(net[j]) <= tolerance * gross[j] else 1
    return found
