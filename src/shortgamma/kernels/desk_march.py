"""Many steps of a spot market with one desk in one call: bands and clocks, frictions, a result in parts.

The phases are those that the engine runs one by one in any other market. Here they follow one another
for a block of paths whose state stays in the cache, and no step pays for a call from Python.
"""

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from shortgamma.kernels.attribution import PRICE as PAST_PRICE
from shortgamma.kernels.attribution import TARGET, THEN, VALUE, add_step, step_values
from shortgamma.kernels.clearing import clear_part
from shortgamma.kernels.elementary import FAST, exp_bounded
from shortgamma.kernels.glide import BLOCK, workspace
from shortgamma.kernels.march import stage_depth, stage_sum, stage_trades
from shortgamma.kernels.orders import (
    ALWAYS,
    BAND,
    EDGE,
    FACTOR,
    FILL,
    HELD,
    IMPACT,
    LADDER_COLUMNS,
    LEVEL,
    MOST,
    PAST,
    POST,
    RUNG_ROWS,
    TRADES,
)
from shortgamma.kernels.rows import put, take
from shortgamma.kernels.settlement import (
    FUNDAMENTAL,
    PRICE,
    TRADED,
    book_trade,
    close_step,
    imbalances,
    open_step,
    tally,
)
from shortgamma.kernels.tables import table_at

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

PART = BLOCK  # paths whose state stays in the second-level cache through all steps of a call
# Rows of ``sums``, shape (SUM_ROWS, n): USD paid so far, USD of the push, the fundamental log price of the
# last step, USD of the result when the hour of the clock began, and its worst change in an hour.
SLIPPAGE, TICKETS, FUNDING, MARGIN, PUSH, NEWS, BEGAN, WORST = range(8)
SUM_ROWS = 8
# Columns of ``clock``, shape (steps, CLOCK_COLUMNS): factor by which transient impact decays, length of
# the step, weight that the variance keeps, 1/length, whether a clock policy trades (NO_CLOCK: it is none),
# whether an hour ends.
DECAY, YEARS, CARRY, PER_YEAR, DUE, HOUR = range(6)
CLOCK_COLUMNS = 6
NO_CLOCK = -1.0
# Elements of ``constants``.
SPOT, PER_COIN, PER_PRICE, SHARE, AVERAGE, TOLERANCE = range(6)
ACCOUNT, SPREAD, FEE = range(6, 9)
SLIP, TICKET, CARRY_RATE, INITIAL, INTEREST, START_VALUE = range(9, 15)
CONSTANTS = 15
MARKET, VENUE = 0, 1  # accounts


class DeskState(NamedTuple):
    """What changes; see :mod:`orders` and :mod:`settlement`. Every last axis is that of the paths."""

    paths: Matrix
    logs: Matrix
    prices: Matrix
    figures: Matrix
    hedges: NDArray[np.float64]
    cash: Matrix
    coins: Matrix
    turnover: Matrix
    peak: Matrix
    sums: Matrix


class DeskMarket(NamedTuple):
    """What does not.

    ``targets`` and ``values`` are addresses of the tables of every step, shapes (steps,) and (steps + 1,).
    """

    clock: Matrix
    constants: Vector
    terms: NDArray[np.float64]
    targets: NDArray[np.int64]
    values: NDArray[np.int64]
    shape: tuple[int, int]
    grid: Vector


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage_trading(fill, traded, own, market, venue, slippage, tickets, slip, ticket):
    """Slippage to the market, and the ticket of a trade to the venue."""
    for j in range(fill.size):
        notional = abs(take(fill, j)) * take(traded, j)
        slipped = notional * (slip * math.sqrt(notional))
        paid = ticket if notional > 0.0 else 0.0
        put(slippage, j, take(slippage, j) + slipped, 0)
        put(tickets, j, take(tickets, j) + paid, 1)
        put(own, j, take(own, j) - (slipped + paid), 2)
        put(market, j, take(market, j) + slipped, 3)
        put(venue, j, take(venue, j) + paid, 4)


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage_holding(before, price, own, market, venue, funding, margin, carry, interest):
    """Funding to the market and interest on the margin to the venue."""
    for j in range(before.size):
        value = take(before, j) * take(price, j)
        funded, lent = value * carry, abs(value) * interest
        put(funding, j, take(funding, j) + funded, 0)
        put(margin, j, take(margin, j) + lent, 1)
        put(own, j, take(own, j) - (funded + lent), 2)
        put(market, j, take(market, j) + funded, 3)
        put(venue, j, take(venue, j) + lent, 4)


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage_push(before, target, price, last_price, fundamental, news, push):
    """What the unhedged delta earned on the move less its exogenous part."""
    for j in range(before.size):
        now = take(fundamental, j)
        quiet = take(last_price, j) * exp_bounded(now - take(news, j))
        moved = (take(before, j) - take(target, j)) * (take(price, j) - quiet)
        put(push, j, take(push, j) + moved, 0)
        put(news, j, now, 1)


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage_hour(cash, coins, price, value, start, began, worst):
    """Remembers the worst hour."""
    for j in range(cash.size):
        now = take(cash, j) + take(coins, j) * take(price, j) + take(value, j) - start
        change, least = now - take(began, j), take(worst, j)
        put(worst, j, change if change < least else least, 0)
        put(began, j, now, 1)


@njit(fastmath=FAST, error_model="numpy", cache=True)
def price_desk(step, state, shock, market, before, scratch):
    """The step up to its price and the booking of its trade."""
    paths, hedges, row, constants = state.paths, state.hedges, market.clock[step], market.constants
    missed, rungs, ladders, nothing, work = scratch
    open_step(shock, paths, state.logs)
    prices = state.prices
    stage_depth(prices[PRICE], paths[IMPACT], constants[PER_COIN], constants[PER_PRICE])
    if row[DUE] != NO_CLOCK:
        hedges[BAND, 0] = 0.0 if row[DUE] > 0.0 else math.inf
        hedges[EDGE, 0] = 0.0
        hedges[MOST, 0] = math.inf
    before[:] = hedges[HELD, 0]
    table = table_at(market.targets[step], market.shape).reshape((1, *market.shape))
    clear_part(
        paths,
        hedges,
        market.terms[step],
        table,
        market.grid,
        rungs,
        ladders,
        nothing,
        nothing,
        missed,
        work,
    )
    rule = (constants[SHARE], row[DECAY], constants[AVERAGE])
    close_step(paths, state.logs, prices, constants[SPOT], rule)
    fill, account = hedges[FILL, 0], int(constants[ACCOUNT])
    books = (state.cash, state.coins, state.turnover, state.peak)
    book_trade(fill, prices[TRADED], *books, account, constants[SPREAD], constants[FEE])
    stage_sum(hedges[HELD, 0], fill)


@njit(fastmath=FAST, error_model="numpy", cache=True)
def pay_desk(step, state, market, before):
    """What trading and holding cost, and what moved the unhedged delta."""
    row, constants, sums, prices = market.clock[step], market.constants, state.sums, state.prices
    own, cash = state.hedges[:, 0], state.cash
    account, price = int(constants[ACCOUNT]), prices[PRICE]
    accounts = (cash[account], cash[MARKET], cash[VENUE])
    slip, ticket = constants[SLIP], constants[TICKET]
    stage_trading(own[FILL], prices[TRADED], *accounts, sums[SLIPPAGE], sums[TICKETS], slip, ticket)
    carry = constants[CARRY_RATE] * row[YEARS]
    interest = constants[INITIAL] * constants[INTEREST] * row[YEARS]
    stage_holding(before, price, *accounts, sums[FUNDING], sums[MARGIN], carry, interest)
    stage_push(
        before,
        own[PAST + TARGET],
        price,
        own[PAST + PAST_PRICE],
        state.logs[FUNDAMENTAL],
        sums[NEWS],
        sums[PUSH],
    )


@njit(fastmath=FAST, error_model="numpy", cache=True)
def split_desk(step, state, market, values):
    """Parts of the result, worst hour, running figures."""
    row, constants, sums, prices = market.clock[step], market.constants, state.sums, state.prices
    own, paths, shape = state.hedges[:, 0], state.paths, market.shape
    if market.terms[step, 0, ALWAYS] == 0.0:
        stage_trades(own[TRADES], own[FILL])
    level = paths[LEVEL]
    before, after = table_at(market.values[step], shape), table_at(market.values[step + 1], shape)
    tables = (before, after, table_at(market.targets[step], shape))
    step_values(tables, paths[POST], (own[PAST + THEN], level), market.grid, values)
    seen = (prices[PRICE], prices[PRICE], prices[TRADED], level)
    add_step(values, own, seen, own[FILL], market.terms[step, 0, FACTOR])
    if row[HOUR] > 0.0:
        account = int(constants[ACCOUNT])
        wealth = (state.cash[account], state.coins[account], prices[PRICE], own[PAST + VALUE])
        stage_hour(*wealth, constants[START_VALUE], sums[BEGAN], sums[WORST])
    tally(paths, state.figures, row[CARRY], row[PER_YEAR])


@njit(fastmath=FAST, error_model="numpy", cache=True)
def march_part(shocks, state, market):
    """Steps of a part of the paths; returns on how many paths accounts do not sum to zero after them."""
    n = shocks.shape[1]
    before, values = np.empty(n), np.empty((4, n))
    scratch = (
        np.zeros(n),
        np.zeros((RUNG_ROWS, 0, n)),
        np.zeros((0, LADDER_COLUMNS)),
        np.zeros(0),
        workspace(1),
    )
    for step in range(shocks.shape[0]):
        price_desk(step, state, shocks[step], market, before, scratch)
        pay_desk(step, state, market, before)
        split_desk(step, state, market, values)
    # What appears or vanishes in one step stays in the sums of the later ones.
    tolerance = market.constants[TOLERANCE]
    return imbalances(state.cash, tolerance) + imbalances(state.coins, tolerance)


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def march_desk(shocks: Matrix, state: DeskState, market: DeskMarket) -> int:
    """Steps of a market with one desk; returns on how many paths accounts do not sum to zero after them.

    Args:
        shocks: Exogenous log moves, shape (steps, n).
        state: Updated.
        market: See there.
    """
    wrong = 0
    for start in range(0, shocks.shape[1], PART):
        stop = min(start + PART, shocks.shape[1])
        part = DeskState(
            state.paths[:, start:stop],
            state.logs[:, start:stop],
            state.prices[:, start:stop],
            state.figures[:, start:stop],
            state.hedges[:, :, start:stop],
            state.cash[:, start:stop],
            state.coins[:, start:stop],
            state.turnover[:, start:stop],
            state.peak[:, start:stop],
            state.sums[:, start:stop],
        )
        wrong += march_part(shocks[:, start:stop], part, market)
    return wrong
