"""What :mod:`full_march` works on: the state of a market, and what is the same on all of its paths."""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from shortgamma.kernels.elementary import FAST

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
Cube = NDArray[np.float64]
Whole = NDArray[np.int64]

# Columns of ``desks``, shape (hedges, DESK_COLUMNS): account, half-spread, fee, rule, whether its result is
# split, and which inclusion numbers are its (−1 = it pays no gas).
ACCOUNT, SPREAD, FEE, RULE_BAND, RULE_EDGE, RULE_MOST, SPLITS, PAYER = range(8)
DESK_COLUMNS = 8
# Columns of ``clock``, shape (steps, CLOCK_COLUMNS): what depends on the length and the time of a step.
DECAY, CARRY, PER_YEAR, MARK_KEEP, BASIS_PART, NOISE_USD, UNWOUND, PER_DAY, PERIODS = range(9)
VOL_KEEP, BLOCKS, RESPONSE, SLOT, CALM_IMPACT, REFERENCE, ELASTICITY, LEAST_DEPTH = range(9, 17)
CLOCK_COLUMNS = 17
# Elements of ``constants``.
SPOT, SHARE, AVERAGE, TOLERANCE, PERP_PER_USD, STRENGTH = range(6)
CLOSING_SPREAD, CLOSING_FEE, IS_INVERSE = range(6, 9)
CONSTANTS = 9
# Elements of ``who``: accounts, −1 where nobody of the kind is there; WHO_HOLDER begins a ladder's row.
NOISE, VALUE, ARBITRAGE, UNWINDER = range(4)
# Rows of the scratch.
COINS, OFFSET, TILT, BASIS_COINS, UNWIND, UNWIND_SPOT, BOUGHT, LEG = range(8)
SCRATCH = 8
# What a call answers: path-steps on which cash, coins, positions or funding did not sum to zero.
WRONG = 4


class State(NamedTuple):
    """Everything that changes along a path; the last axis of each is that of the paths."""

    paths: Matrix
    logs: Matrix
    prices: Matrix
    figures: Matrix
    hedges: Cube
    rungs: Cube
    perp: Matrix
    gas: Matrix
    multiple: Vector
    waiting: Cube
    totals: Matrix


class Books(NamedTuple):
    """Holdings of every account, shape (accounts, n)."""

    cash: Matrix
    coins: Matrix
    perps: Matrix
    turnover: Matrix
    peak: Matrix
    funding: Matrix
    haircut: Matrix


class Numbers(NamedTuple):
    """Shocks and random numbers of the steps, shape (steps, n); ``inclusion`` (payers, steps, n)."""

    shocks: Matrix
    noise: Matrix
    congestion: Matrix
    inclusion: Cube


class Market(NamedTuple):
    """What is the same on all paths.

    ``terms`` (steps, hedges, columns), ``targets`` (steps; where all tables of targets at the end of a step
    begin) and ``values`` (steps + 1, tables; where tables of values begin) are those of every step; ``bids``
    has the shape (hedges, bid), ``sums`` (3, all rungs), ``owners`` (ladders, 5); ``holders`` are those who
    may hold perpetuals; ``shape`` is (tables, levels, 2·nodes).
    """

    clock: Matrix
    constants: Vector
    desks: Matrix
    bids: Matrix
    terms: Cube
    targets: NDArray[np.int64]
    values: NDArray[np.int64]
    grid: Vector
    ladders: Matrix
    keys: Vector
    sizes: Vector
    sums: Matrix
    owners: NDArray[np.int64]
    who: NDArray[np.int64]
    holders: NDArray[np.int64]
    funding: Vector
    vol: tuple[float, float, float]
    levels: tuple[float, float, float]
    gas: tuple[float, float, float, float, float]
    shape: tuple[int, int, int]


@njit(fastmath=FAST, error_model="numpy", cache=True)
def part_of_state(state, part):
    """The state of some of the paths."""
    return State(
        state.paths[:, part],
        state.logs[:, part],
        state.prices[:, part],
        state.figures[:, part],
        state.hedges[:, :, part],
        state.rungs[:, :, part],
        state.perp[:, part],
        state.gas[:, part],
        state.multiple[part],
        state.waiting[:, :, part],
        state.totals[:, part],
    )


@njit(fastmath=FAST, error_model="numpy", cache=True)
def part_of_books(books, part):
    """Holdings on some of the paths."""
    return Books(
        books.cash[:, part],
        books.coins[:, part],
        books.perps[:, part],
        books.turnover[:, part],
        books.peak[:, part],
        books.funding[:, part],
        books.haircut[:, part],
    )


@njit(fastmath=FAST, error_model="numpy", cache=True)
def part_of_numbers(numbers, part):
    """Shocks and random numbers of some of the paths."""
    return Numbers(
        numbers.shocks[:, part],
        numbers.noise[:, part],
        numbers.congestion[:, part],
        numbers.inclusion[:, :, part],
    )
