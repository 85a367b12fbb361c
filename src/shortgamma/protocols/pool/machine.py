"""The gamma-aware pool as a state machine: one pool, its clients, its providers and the market it hedges in.

It quotes, limits and hedges by the same rules as the pools of the simulator. Here the price moves by events:
what somebody says it does, and what the pool's own hedges do to it.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import DAYS_PER_YEAR, POINT
from shortgamma.hedging.policy import HedgeView
from shortgamma.protocols.mechanism import Values
from shortgamma.protocols.paths import either, greater, keep, plain, refusals
from shortgamma.protocols.pool.quote import TradeView
from shortgamma.protocols.pool.state import (
    Deposit,
    Figures,
    Hedge,
    Move,
    PoolState,
    Position,
    Trade,
    Withdraw,
    figures,
    greeks,
)
from shortgamma.protocols.spot_options import option_sign, spot_option

Vector = NDArray[np.float64]
HOURS_PER_YEAR = 24.0 * DAYS_PER_YEAR
SAME = 1e-9
"""Years within which two expiries are one."""


def step(state: PoolState, event: object) -> tuple[PoolState, Figures]:
    """One event.

    Raises:
        InputError: An event makes no sense.
        RefusedError: On one path, the pool does not accept it.
    """
    match event:
        case Deposit():
            return deposit(state, event)
        case Withdraw():
            return withdraw(state, event)
        case Trade():
            return trade(state, event)
        case Move():
            return move(state, event)
        case Hedge():
            return hedge(state, event)
        case _:
            raise InputError(f"{type(event).__name__} is no event of this pool", place="events")


def deposit(state: PoolState, event: Deposit) -> tuple[PoolState, Figures]:
    """Cash in, shares out."""
    equity = greeks(state).value_usd
    refused = refusals(
        {
            "a deposit has to be positive": np.less_equal(event.usd, 0.0),
            "the pool is worth nothing, so a share has no price": np.less_equal(equity, 0.0)
            & np.greater(state.shares, 0.0),
        }
    )
    price = either(
        np.greater(state.shares, 0.0),
        equity / either(np.equal(state.shares, 0.0), 1.0, state.shares),
        1.0,
    )
    minted = plain(np.divide(event.usd, either(np.greater(price, 0.0), price, 1.0)))
    after = replace(
        state,
        pool_cash=state.pool_cash + event.usd,
        providers_cash=state.providers_cash - event.usd,
        shares=state.shares + minted,
    )
    kept = keep(refused, state, after)
    return kept, figures(kept, traded=minted, paid_usd=event.usd, refused=refused)


def withdraw(state: PoolState, event: Withdraw) -> tuple[PoolState, Figures]:
    """Shares in, cash out."""
    total = either(np.greater(state.shares, 0.0), state.shares, 1.0)
    usd = plain(greeks(state).value_usd * event.shares / total)
    refused = refusals(
        {
            "more shares than there are": np.greater(event.shares, state.shares)
            | np.less_equal(event.shares, 0.0),
            "the pool has nothing to pay with": np.less(usd, 0.0)
            | np.greater(usd, np.maximum(state.pool_cash, 0.0)),
        }
    )
    after = replace(
        state,
        pool_cash=state.pool_cash - usd,
        providers_cash=state.providers_cash + usd,
        shares=state.shares - event.shares,
    )
    kept = keep(refused, state, after)
    return kept, figures(kept, traded=event.shares, paid_usd=-usd, refused=refused)


def trade(state: PoolState, event: Trade) -> tuple[PoolState, Figures]:
    """A quote, what of it fits into the limits, and the exchange of option and premium."""
    option_sign(event.kind)
    if not (event.years > 0.0 and event.strike > 0.0 and np.all(np.not_equal(event.size, 0.0))):
        raise InputError(
            f"{event.size} of strike {event.strike:g} with {event.years:g} years",
            place="trade",
            remedy="give a size other than 0 and a positive strike and time",
        )
    view = trade_view(state, event)
    most = np.minimum(np.abs(view.quantity), state.limit.largest(view))
    filled = shaped(np.copysign(most, view.quantity), state, event)
    cost = shaped(state.pricing.cost(view), state, event)
    vega = shaped(view.vega_usd_per_point, state, event)
    refused = refusals({"beyond the limits of the pool": np.equal(filled, 0.0)})
    paid = plain(filled * shaped(view.premium, state, event) + np.abs(filled) * cost)
    after = replace(
        state,
        positions=with_position(state.positions, event, quantity=-filled),
        pool_cash=state.pool_cash + paid,
        clients_cash=state.clients_cash - paid,
    )
    points = plain(np.divide(cost, vega))
    return after, figures(after, traded=filled, paid_usd=paid, cost_points=points, refused=refused)


def shaped(values: Vector, state: PoolState, event: Trade) -> Values:
    """One number where state and event are of one path, else one per path."""
    own = greeks(state).gamma
    is_one = np.ndim(state.spot) == np.ndim(event.size) == np.ndim(own) == 0
    return float(values[0]) if is_one else values


def columns(*values: Values) -> tuple[Vector, ...]:
    """Figures of one or many paths as arrays of one length, shape (n,)."""
    arrays = (np.atleast_1d(np.asarray(value, dtype=np.float64)) for value in values)
    return np.broadcast_arrays(*arrays)


def trade_view(state: PoolState, event: Trade) -> TradeView:
    """What the pool knows before it quotes, one element per path."""
    unit = spot_option(state.spot, event.strike, years=event.years, vol=state.vol, kind=event.kind)
    own = greeks(state)
    short = sum(
        (np.maximum(np.negative(held.quantity), 0.0) for held in state.positions), np.zeros(1)
    )
    quantity, price, premium, vega, gamma, unit_gamma, impact, owed, capital = columns(
        event.size,
        state.spot,
        unit.price,
        unit.vega * POINT,
        own.gamma,
        unit.gamma,
        state.impact,
        short,
        own.value_usd,
    )
    return TradeView(
        quantity=quantity,
        price=price,
        vol=state.vol,
        premium=premium,
        vega_usd_per_point=vega,
        gamma=gamma,
        unit_gamma=unit_gamma,
        impact=impact,
        short_coins=owed,
        capital_usd=capital,
    )


def with_position(
    positions: tuple[Position, ...], event: Trade, *, quantity: Values
) -> tuple[Position, ...]:
    """The positions with more of one contract."""
    for number, held in enumerate(positions):
        same = held.kind == event.kind and held.strike == event.strike
        if same and abs(held.years - event.years) < SAME:
            more = replace(held, quantity=plain(np.add(held.quantity, quantity)))
            return (*positions[:number], more, *positions[number + 1 :])
    new = Position(kind=event.kind, strike=event.strike, years=event.years, quantity=quantity)
    return (*positions, new)


def move(state: PoolState, event: Move) -> tuple[PoolState, Figures]:
    """Time, the new price, and what expires by then."""
    if not (event.hours >= 0.0 and np.all(np.greater(event.spot, 0.0))):
        raise InputError(
            f"{event.hours:g} hours to a price of {event.spot}",
            place="move",
            remedy="give hours of 0 or more and a positive price",
        )
    aged = [
        replace(held, years=held.years - event.hours / HOURS_PER_YEAR) for held in state.positions
    ]
    owed: Values = 0.0
    for held in aged:
        if held.years <= SAME:
            sign = option_sign(held.kind)
            payoff = np.maximum(sign * np.subtract(event.spot, held.strike), 0.0)
            owed = plain(np.add(owed, np.multiply(held.quantity, payoff)))
    after = replace(
        state,
        spot=event.spot,
        positions=tuple(held for held in aged if held.years > SAME),
        pool_cash=plain(np.add(state.pool_cash, owed)),
        clients_cash=plain(np.subtract(state.clients_cash, owed)),
    )
    return after, figures(after, paid_usd=plain(np.negative(owed)))


def hedge(state: PoolState, event: Hedge) -> tuple[PoolState, Figures]:
    """A trade to the edge of the band, no faster than the pace, at the average of the prices around it."""
    if not event.hours > 0.0:
        raise InputError(f"{event.hours:g} hours", place="hedge", remedy="give positive hours")
    coins = wanted(state, hours=event.hours)
    log_move = np.multiply(state.impact, coins)
    fill = np.multiply(state.spot, 0.5 * (1.0 + np.exp(log_move)))
    fees = np.abs(coins) * fill * state.fee
    paid = plain(coins * fill + fees)
    after = replace(
        state,
        spot=plain(np.multiply(state.spot, np.exp(log_move))),
        hedge=plain(np.add(state.hedge, coins)),
        market_coins=plain(np.subtract(state.market_coins, coins)),
        pool_cash=plain(np.subtract(state.pool_cash, paid)),
        market_cash=plain(np.add(state.market_cash, paid)),
    )
    return after, figures(after, traded=coins, paid_usd=paid)


def wanted(state: PoolState, *, hours: float) -> Values:
    """Coins that the policy buys at the price as it stands; positive = buys."""
    own = greeks(state)
    price, held, delta, gamma = columns(state.spot, state.hedge, own.delta, own.gamma)
    nothing = np.zeros(price.size)
    view = HedgeView(
        years=0.0,
        step_years=hours / HOURS_PER_YEAR,
        price=price,
        held=held,
        target=held - delta,
        gamma=gamma,
        vol=np.full(price.size, state.vol),
        last_years=nothing,
        last_price=price,
        spent=nothing,
    )
    rule = state.policy.rule(view)
    gap = -delta
    size = np.minimum(greater(np.abs(gap) - rule.edge, 0.0), rule.most)
    coins = np.where(np.abs(gap) > rule.band, np.copysign(size, gap), 0.0)
    return float(coins[0]) if np.ndim(state.spot) == np.ndim(own.delta) == 0 else coins
