"""Many steps of a market with a perpetual in one call.

The phases are those that the engine runs one by one where anything else is in the market, and the kernels
are the same, so the figures are the same to the last bit. Here they follow one another for a part of the
paths whose state stays in the cache.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from shortgamma.kernels.attribution import THEN, add_step, step_values
from shortgamma.kernels.chain import pay_gas, transact
from shortgamma.kernels.clearing import clear_part
from shortgamma.kernels.climate import make_blocks, move_multiple, withdraw
from shortgamma.kernels.elementary import FAST
from shortgamma.kernels.flows import (
    basis_legs,
    basis_orders,
    basis_share,
    noise_orders,
    unwinding_orders,
    value_bought,
    value_slopes,
)
from shortgamma.kernels.glide import workspace
from shortgamma.kernels.liquidation import close_positions, ready_ladders
from shortgamma.kernels.march import stage_held
from shortgamma.kernels.orders import (
    ALWAYS,
    BAND,
    COUNT,
    EDGE,
    FILL,
    FIRST,
    FLOW,
    HELD,
    IMPACT,
    LEVEL,
    MOST,
    ON_PERP,
    PASS,
    PAST,
    POST,
    PRE,
    SIDE,
    SLOPE,
    TAKEN,
    TRADES,
)
from shortgamma.kernels.perpetual import (
    MARK_PRICE,
    OWED,
    PAID,
    VOLUME,
    funding_share,
    move_basis,
    open_perp,
    pay_funding,
)
from shortgamma.kernels.rows import put, take
from shortgamma.kernels.settlement import (
    FUNDAMENTAL,
    PRICE,
    TRADED,
    VARIANCE,
    book_trade,
    close_step,
    imbalances,
    open_step,
    tally,
)
from shortgamma.kernels.tables import table_at

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
Cube = NDArray[np.float64]
Whole = NDArray[np.int64]

PART = 384  # paths whose state stays in the second-level cache through all steps of a call

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

    ``terms`` (steps, hedges, columns), ``targets`` (steps; where all hedges' targets at the end of each step
    begin) and ``values`` (steps + 1, hedges; where tables of values begin) are those of every step; ``bids``
    has the shape (hedges, bid), ``sums`` (3, all rungs), ``owners`` (ladders, 5); ``holders`` those that
    may hold perpetuals; ``shape`` is (hedges, levels, 2·nodes).
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


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage_offset(slope, fundamental, offset):
    """What limit orders around the exogenous price buy at a log price of 0."""
    for j in range(slope.size):
        put(offset, j, -(take(slope, j) * take(fundamental, j)), 0)


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage_product(a, b, out):
    """Product of two rows."""
    for j in range(out.size):
        put(out, j, take(a, j) * take(b, j), 0)


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage_collect(scratch, paths):
    """This step's flow orders as demand."""
    flow, slope = paths[FLOW], paths[SLOPE]
    coins, offset, tilt = scratch[COINS], scratch[OFFSET], scratch[TILT]
    basis, unwind = scratch[BASIS_COINS], scratch[UNWIND_SPOT]
    for j in range(flow.size):
        put(flow, j, take(coins, j) + take(offset, j) + take(basis, j) + take(unwind, j), 0)
        put(slope, j, take(tilt, j), 1)


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage_add(total, more):
    """Adds a row."""
    for j in range(total.size):
        put(total, j, take(total, j) + take(more, j), 0)


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage_trades(trades, fill):
    """Counts a trade."""
    for j in range(fill.size):
        put(trades, j, take(trades, j) + (1.0 if take(fill, j) != 0.0 else 0.0), 0)


@njit(fastmath=FAST, error_model="numpy", cache=True)
def set_out(step, state, numbers, market):
    """News, depth, perpetual, vol and gas, before any order."""
    row, constants = market.clock[step], market.constants
    paths, prices, variance = state.paths, state.prices, state.figures[VARIANCE]
    open_step(numbers.shocks[step], paths, state.logs)
    depth = (row[CALM_IMPACT], row[REFERENCE], row[ELASTICITY], row[LEAST_DEPTH])
    withdraw(prices[PRICE], variance, paths[IMPACT], depth)
    open_perp(state.perp, paths, prices[PRICE], constants[PERP_PER_USD])
    if state.multiple.size:
        reference, to_variance, to_spot = market.vol
        rule = (reference, to_variance, to_spot, row[VOL_KEEP])
        seen = (variance, paths[PRE])
        move_multiple(state.multiple, paths[LEVEL], seen, rule, market.levels)
    if state.gas.shape[1]:
        usual, calm, noise, elasticity, limit = market.gas
        demand = (usual, calm, row[RESPONSE], noise, elasticity)
        moves = (paths[PRE], paths[POST])
        chain = (int(row[BLOCKS]), limit)
        make_blocks(numbers.congestion[step], moves, state.gas, demand, chain)


@njit(fastmath=FAST, error_model="numpy", cache=True)
def send(step, state, books, numbers, market, targets, scratch):
    """Every agent's orders."""
    row, constants, who, paths = market.clock[step], market.constants, market.who, state.paths
    for k in range(market.desks.shape[0]):
        if market.terms[step, k, ALWAYS] == 0.0:
            own, desk = state.hedges[:, k], market.desks[k]
            own[BAND], own[EDGE], own[MOST] = desk[RULE_BAND], desk[RULE_EDGE], desk[RULE_MOST]
            payer = int(desk[PAYER])
            if payer >= 0:
                seen = (numbers.inclusion[payer, step], paths[PRE], state.gas, paths[LEVEL])
                account = int(desk[ACCOUNT])
                curve = (targets[k], market.grid)
                transact(own, seen, curve, market.bids[k], books.cash, account)
    if who[NOISE] >= 0:
        price = state.prices[PRICE]
        noise_orders(paths, price, numbers.noise[step], row[NOISE_USD], scratch[COINS])
    if who[VALUE] >= 0:
        value_slopes(paths, constants[STRENGTH], scratch[TILT])
        stage_offset(scratch[TILT], state.logs[FUNDAMENTAL], scratch[OFFSET])
    if who[ARBITRAGE] >= 0:
        basis_share(paths, row[BASIS_PART])
        basis_orders(paths, state.perp, scratch[BASIS_COINS])
    if who[UNWINDER] >= 0:
        spot = constants[SPOT] if constants[IS_INVERSE] > 0.0 else 0.0
        seen_there = (state.perp[OWED], state.prices[PRICE], paths[PRE])
        ready_ladders(state.rungs, seen_there, state.waiting, int(row[SLOT]), spot)
        position = books.perps[who[UNWINDER]]
        unwinding_orders(paths, position, row[UNWOUND], scratch[UNWIND])
        stage_product(scratch[UNWIND], paths[PASS], scratch[UNWIND_SPOT])
    stage_collect(scratch, paths)


@njit(fastmath=FAST, error_model="numpy", cache=True)
def clear_and_price(step, state, market, targets, missed, work):
    """The clearing, and what it did to the price."""
    row, constants = market.clock[step], market.constants
    paths, terms = state.paths, market.terms[step]
    clear_part(
        paths,
        state.hedges,
        terms,
        targets,
        market.grid,
        state.rungs,
        market.ladders,
        market.keys,
        market.sizes,
        missed,
        work,
    )
    rule = (constants[SHARE], row[DECAY], constants[AVERAGE])
    close_step(paths, state.logs, state.prices, constants[SPOT], rule)


@njit(fastmath=FAST, error_model="numpy", cache=True)
def price_perp(step, state, market, scratch):
    """What was bought in the perpetual, its basis, and its prices."""
    paths, perp, prices = state.paths, state.perp, state.prices
    perp[VOLUME] = 0.0
    for k in range(market.desks.shape[0]):
        if market.terms[step, k, ON_PERP] > 0.0:
            stage_add(perp[VOLUME], state.hedges[FILL, k])
    stage_add(perp[VOLUME], scratch[UNWIND])
    for g in range(market.ladders.shape[0]):
        stage_add(perp[VOLUME], state.rungs[TAKEN, g])
    move_basis(perp, paths[PASS], prices[PRICE], prices[TRADED], market.clock[step, MARK_KEEP])


@njit(fastmath=FAST, error_model="numpy", cache=True)
def book(coins, price, position, books, who):
    """One trade against the market; ``position`` says in what."""
    account, spread, fee = who
    cash, turnover, peak = books.cash, books.turnover, books.peak
    book_trade(coins, price, cash, position, turnover, peak, account, spread, fee)


@njit(fastmath=FAST, error_model="numpy", cache=True)
def settle_orders(step, state, books, market, scratch):
    """Delivery and payment of everything that was bought."""
    who, paths, spot, perp = market.who, state.paths, state.prices[TRADED], state.perp[PAID]
    for k in range(market.desks.shape[0]):
        on_perp = market.terms[step, k, ON_PERP] > 0.0
        owner = (int(market.desks[k, ACCOUNT]), market.desks[k, SPREAD], market.desks[k, FEE])
        book(
            state.hedges[FILL, k],
            perp if on_perp else spot,
            books.perps if on_perp else books.coins,
            books,
            owner,
        )
        stage_held(state.hedges[HELD, k], state.hedges[FILL, k])
    if who[NOISE] >= 0:
        book(scratch[COINS], spot, books.coins, books, (who[NOISE], 0.0, 0.0))
    if who[VALUE] >= 0:
        fundamental = state.logs[FUNDAMENTAL]
        value_bought(scratch[TILT], fundamental, paths[POST], scratch[BOUGHT])
        book(scratch[BOUGHT], spot, books.coins, books, (who[VALUE], 0.0, 0.0))
    if who[ARBITRAGE] >= 0:
        book(scratch[BASIS_COINS], spot, books.coins, books, (who[ARBITRAGE], 0.0, 0.0))
    if who[UNWINDER] >= 0 and np.any(scratch[UNWIND]):
        spread, fee = market.constants[CLOSING_SPREAD], market.constants[CLOSING_FEE]
        book(scratch[UNWIND], perp, books.perps, books, (who[UNWINDER], spread, fee))


@njit(fastmath=FAST, error_model="numpy", cache=True)
def settle_hedgers(step, state, books, market, targets, values):
    """Gas, and where each result comes from."""
    paths, prices, perp = state.paths, state.prices, state.perp
    shape = market.shape[1:]
    for k in range(market.desks.shape[0]):
        own, desk = state.hedges[:, k], market.desks[k]
        if market.terms[step, k, ALWAYS] == 0.0:
            stage_trades(own[TRADES], own[FILL])
        if desk[PAYER] >= 0.0:
            pay_gas(own, own[FILL], books.cash, int(desk[ACCOUNT]))
        if desk[SPLITS] == 0.0:
            continue
        tables = (
            table_at(market.values[step, k], shape),
            table_at(market.values[step + 1, k], shape),
            targets[k],
        )
        level = paths[LEVEL]
        step_values(tables, paths[POST], (own[PAST + THEN], level), market.grid, values)
        if market.terms[step, k, ON_PERP] > 0.0:
            seen = (prices[PRICE], perp[MARK_PRICE], perp[PAID], level)
        else:
            seen = (prices[PRICE], prices[PRICE], prices[TRADED], level)
        add_step(values, own, seen, own[FILL])


@njit(fastmath=FAST, error_model="numpy", cache=True)
def settle_crowd(state, books, market, missed, scratch):
    """The arbitrageur's other legs, and what became of liquidated positions."""
    who, perp = market.who, state.perp
    if who[ARBITRAGE] >= 0:
        account = who[ARBITRAGE]
        held = (books.coins[account], books.perps[account])
        basis_legs(state.paths, perp, held, scratch[BOUGHT], scratch[LEG])
        book(scratch[BOUGHT], state.prices[TRADED], books.coins, books, (account, 0.0, 0.0))
        book(scratch[LEG], perp[PAID], books.perps, books, (account, 0.0, 0.0))
    constants, ladders = market.constants, market.ladders
    for g in range(ladders.shape[0]):
        start = int(ladders[g, FIRST]) + g
        stop = start + int(ladders[g, COUNT]) + 1
        cost = constants[CLOSING_SPREAD] + constants[CLOSING_FEE]
        close_positions(
            g,
            state.rungs,
            missed,
            market.sums[:, start:stop],
            (perp[PAID], perp[OWED]),
            (books.cash, books.coins, books.perps, books.haircut),
            market.owners[g],
            state.totals,
            (ladders[g, SIDE], cost, constants[IS_INVERSE] > 0.0),
        )


@njit(fastmath=FAST, error_model="numpy", cache=True)
def fund_and_check(step, state, books, market, wrong, share):
    """Funding, conservation, and running figures."""
    row, constants, perp = market.clock[step], market.constants, state.perp
    tolerance = constants[TOLERANCE]
    rule = market.funding.copy()
    rule[-1] = row[PERIODS]
    funding_share(perp, state.prices[PRICE], rule, share)
    paid = (books.perps, books.cash, books.funding)
    wrong[3] += pay_funding(perp, share, market.holders, paid, (row[PER_DAY], tolerance))
    wrong[0] += imbalances(books.cash, tolerance)
    wrong[1] += imbalances(books.coins, tolerance)
    wrong[2] += imbalances(books.perps, tolerance)
    tally(state.paths, state.figures, row[CARRY], row[PER_YEAR])


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


@njit(fastmath=FAST, error_model="numpy", cache=True)
def march_part(state, books, numbers, market, wrong):
    """Steps of a part of the paths."""
    n = state.paths.shape[1]
    scratch, values = np.zeros((SCRATCH, n)), np.empty((4, n))
    missed, share = np.zeros(n), np.empty(n)
    work = workspace(market.desks.shape[0])
    for step in range(market.clock.shape[0]):
        targets = table_at(market.targets[step], market.shape)
        set_out(step, state, numbers, market)
        send(step, state, books, numbers, market, targets, scratch)
        clear_and_price(step, state, market, targets, missed, work)
        price_perp(step, state, market, scratch)
        settle_orders(step, state, books, market, scratch)
        settle_hedgers(step, state, books, market, targets, values)
        settle_crowd(state, books, market, missed, scratch)
        fund_and_check(step, state, books, market, wrong, share)


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def march_full(state: State, books: Books, numbers: Numbers, market: Market) -> Whole:
    """Steps of a market with a perpetual.

    Args:
        state, books: Updated.
        numbers, market: See there.

    Returns:
        Path-steps on which cash, coins, perpetual positions and funding did not sum to zero.
    """
    wrong = np.zeros(WRONG, dtype=np.int64)
    n = state.paths.shape[1]
    for start in range(0, n, PART):
        part = slice(start, min(start + PART, n))
        march_part(
            part_of_state(state, part),
            part_of_books(books, part),
            part_of_numbers(numbers, part),
            market,
            wrong,
        )
    return wrong
