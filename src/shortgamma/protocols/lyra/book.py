"""What the providers of a Lyra pool own: its value, its exact Greeks, and its contracts one by one."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import DAYS_PER_YEAR, POINT, SECONDS_PER_YEAR
from shortgamma.protocols.lyra.cache import figures_at
from shortgamma.protocols.lyra.pool import Pool
from shortgamma.protocols.mechanism import Holding, PoolGreeks, Values


def greeks(pool: Pool, spot: Values, *, vol_shift: Values = 0.0) -> PoolGreeks:
    """Value and Greeks of the pool at a price, every strike at its own vol (base vol × skew) plus a shift.

    The value is NAV with live option prices in place of the cache: cash, coins and hedge, less claims, queued
    deposits and the traders' options. The Greeks are its derivatives by spot, by the shift and by time.

    Args:
        pool: State.
        spot: USD.
        vol_shift: Added to every strike's vol, decimal.
    """
    at = replace(pool, spot=spot)
    accounts = at.accounts
    value: Values = accounts.cash + accounts.coins * spot + at.used_hedge
    value = value - accounts.owed_settlements - at.queued_deposits
    delta: Values = accounts.coins + at.hedge_slope
    gamma, vega, theta = (np.zeros_like(np.asarray(value))[()] for _ in range(3))
    for board in at.boards:
        for item in board.strikes:
            vol = np.add(np.multiply(board.base_vol, item.skew), vol_shift)
            found = figures_at(at, board, item, vol=vol)
            calls, puts = item.net_calls, item.net_puts
            value = value - calls * found.call_price - puts * found.put_price
            delta = delta - calls * found.call_delta - puts * found.put_delta
            gamma = gamma - (calls + puts) * found.gamma
            vega = vega - (calls + puts) * found.vega * POINT
            theta = theta - (calls * found.call_theta + puts * found.put_theta) / DAYS_PER_YEAR
    return PoolGreeks(
        value_usd=value,
        delta=delta,
        gamma=gamma,
        vega_usd_per_point=vega,
        theta_usd_per_day=theta,
    )


def holdings(pool: Pool) -> Iterator[Holding]:
    """The pool's contracts, + = long: the other side of the traders', its coins and its hedge.

    Raises:
        InputError: The state holds many paths.
    """
    for board in pool.boards:
        years = max(board.expiry - pool.now, 0.0) / SECONDS_PER_YEAR
        for item in board.strikes:
            for kind, net in (("call", item.net_calls), ("put", item.net_puts)):
                quantity = -one_path(net)
                if quantity:
                    yield held(kind, quantity, strike=item.strike, years=years)
    coins, hedge = one_path(pool.accounts.coins), one_path(pool.hedged_delta)
    if coins:
        yield held("spot", coins)
    if hedge:
        yield held("perpetual", hedge)


def held(kind: str, quantity: float, *, strike: float = 0.0, years: float = 0.0) -> Holding:
    """One contract of the pool."""
    return Holding(
        protocol="lyra",
        holder="pool",
        holder_type="amm",
        hedges=True,
        kind=kind,
        quantity=quantity,
        strike=strike,
        years=years,
    )


def one_path(values: Values) -> float:
    """The number of a state of one path.

    Raises:
        InputError: There are many.
    """
    array = np.asarray(values)
    if array.size != 1:
        raise InputError(
            f"{array.size} paths",
            place="holdings of a Lyra pool",
            remedy="take one path of the state first",
        )
    return float(array.reshape(()))
