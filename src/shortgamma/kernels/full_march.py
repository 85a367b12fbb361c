"""Many steps of a market with a perpetual in one call.

The phases are those that the engine runs one by one where anything else is in the market, and the kernels
are the same, so the figures are the same to the last bit. Here they follow one another for a part of the
paths whose state stays in the cache.
"""

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
    stage_offset,
    unwinding_orders,
    value_bought,
    value_slopes,
)
from shortgamma.kernels.full_state import (
    ACCOUNT,
    ARBITRAGE,
    AVERAGE,
    BASIS_COINS,
    BASIS_PART,
    BLOCKS,
    BOUGHT,
    CALM_IMPACT,
    CARRY,
    CLOSING_FEE,
    CLOSING_SPREAD,
    COINS,
    DECAY,
    ELASTICITY,
    FEE,
    IS_INVERSE,
    LEAST_DEPTH,
    LEG,
    MARK_KEEP,
    NOISE,
    NOISE_USD,
    OFFSET,
    PAYER,
    PER_DAY,
    PER_YEAR,
    PERIODS,
    PERP_PER_USD,
    REFERENCE,
    RESPONSE,
    RULE_BAND,
    RULE_EDGE,
    RULE_MOST,
    SCRATCH,
    SHARE,
    SLOT,
    SPLITS,
    SPOT,
    SPREAD,
    STRENGTH,
    TILT,
    TOLERANCE,
    UNWIND,
    UNWIND_SPOT,
    UNWINDER,
    UNWOUND,
    VALUE,
    VOL_KEEP,
    WRONG,
    Books,
    Market,
    Numbers,
    State,
    part_of_books,
    part_of_numbers,
    part_of_state,
)
from shortgamma.kernels.glide import workspace
from shortgamma.kernels.liquidation import close_positions, ready_ladders
from shortgamma.kernels.march import stage_sum, stage_trades
from shortgamma.kernels.orders import (
    ALWAYS,
    BAND,
    COUNT,
    EDGE,
    FACTOR,
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
    TABLE,
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
                term = market.terms[step, k]
                curve = (targets[int(term[TABLE])], market.grid, term[FACTOR])
                transact(own, seen, curve, market.bids[k], books.cash, account)
    if who[NOISE] >= 0:
        noise_orders(
            paths, state.prices[PRICE], numbers.noise[step], row[NOISE_USD], scratch[COINS]
        )
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
def price(step, state, market, targets, missed, work):
    """The clearing, and what it did to the price."""
    paths, terms, constants = state.paths, market.terms[step], market.constants
    orders = (market.grid, state.rungs, market.ladders, market.keys, market.sizes)
    clear_part(paths, state.hedges, terms, targets, *orders, missed, work)
    rule = (constants[SHARE], market.clock[step, DECAY], constants[AVERAGE])
    close_step(paths, state.logs, state.prices, constants[SPOT], rule)


@njit(fastmath=FAST, error_model="numpy", cache=True)
def price_perp(step, state, market, scratch):
    """What was bought in the perpetual, its basis, and its prices."""
    paths, perp, prices = state.paths, state.perp, state.prices
    perp[VOLUME] = 0.0
    for k in range(market.desks.shape[0]):
        if market.terms[step, k, ON_PERP] > 0.0:
            stage_sum(perp[VOLUME], state.hedges[FILL, k])
    stage_sum(perp[VOLUME], scratch[UNWIND])
    for g in range(market.ladders.shape[0]):
        stage_sum(perp[VOLUME], state.rungs[TAKEN, g])
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
        stage_sum(state.hedges[HELD, k], state.hedges[FILL, k])
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
    seen = -1
    for k in range(market.desks.shape[0]):
        own, desk = state.hedges[:, k], market.desks[k]
        if market.terms[step, k, ALWAYS] == 0.0:
            stage_trades(own[TRADES], own[FILL])
        if desk[PAYER] >= 0.0:
            pay_gas(own, own[FILL], books.cash, int(desk[ACCOUNT]))
        if desk[SPLITS] == 0.0:
            continue
        term = market.terms[step, k]
        at, level = int(term[TABLE]), paths[LEVEL]
        if at != seen:
            before, after = market.values[step, at], market.values[step + 1, at]
            tables = (table_at(before, shape), table_at(after, shape), targets[at])
            step_values(tables, paths[POST], (own[PAST + THEN], level), market.grid, values)
            seen = at
        if term[ON_PERP] > 0.0:
            prices_seen = (prices[PRICE], perp[MARK_PRICE], perp[PAID], level)
        else:
            prices_seen = (prices[PRICE], prices[PRICE], prices[TRADED], level)
        add_step(values, own, prices_seen, own[FILL], term[FACTOR])


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
        price(step, state, market, targets, missed, work)
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
