"""The steps of a GMX v2 market, path by path.

Collateral is USD. Longs win coins of the pool, shorts USD of it, and both lose USD to it. Price impact is
taken in coins: it changes how many coins a position has, and the impact pool holds the opposite.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final

import numpy as np

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import SECONDS_PER_DAY, SECONDS_PER_YEAR
from shortgamma.protocols.gmx.pricing import (
    borrowing_rate,
    next_funding_factor,
    open_coins,
    open_interest,
    pnl_factor,
    pool_value,
    side_profit,
)
from shortgamma.protocols.gmx.state import (
    Accrue,
    Accrued,
    Decrease,
    Deleverage,
    Increase,
    Liquidate,
    Provide,
    Provided,
    Redeem,
    State,
)
from shortgamma.protocols.gmx.trades import decrease, deleverage, increase, liquidate
from shortgamma.protocols.mechanism import Holding, Mechanism, Origin, PoolGreeks, Values
from shortgamma.protocols.paths import keep, number, plain, ratio, refusals


def step(state: State, event: Any) -> tuple[State, Any]:
    """The market after an event, and what came of it; funding and borrowing are brought up to date first.

    Raises:
        RefusedError: There is one path, and the contract refuses.
        InputError: The clock runs backwards, or a side is neither long nor short.
    """
    if event.time < state.time:
        raise InputError(
            f"time {event.time:g} is before {state.time:g}",
            place="event",
            remedy="give events in order of time",
        )
    return _STEPS[type(event)](accrued(state, event.time, price=event.price), event)


def accrued(state: State, time: float, *, price: Values) -> State:
    """The market at a later time: the funding factor of the step, and what it and borrowing cost."""
    seconds = time - state.time
    longs, shorts = open_interest(state, "long"), open_interest(state, "short")
    factor = state.funding_factor
    if seconds > 0.0:
        factor = next_funding_factor(
            state.funding_terms, factor, longs=longs, shorts=shorts, seconds=seconds
        )
    both = (np.asarray(longs) > 0.0) & (np.asarray(shorts) > 0.0)
    flow = np.where(both, np.abs(factor) * seconds * np.maximum(longs, shorts), 0.0)
    moved = {"long": (longs, np.asarray(factor) > 0.0), "short": (shorts, np.asarray(factor) < 0.0)}
    sides = {
        name: replace(
            getattr(state, name),
            funding_paid=plain(
                getattr(state, name).funding_paid + np.where(pays, ratio(flow, size), 0.0)
            ),
            funding_got=plain(
                getattr(state, name).funding_got + np.where(pays, 0.0, ratio(flow, size))
            ),
            borrowing=plain(
                getattr(state, name).borrowing
                + np.asarray(borrowing_rate(state, name, price=price)) * seconds
            ),
        )
        for name, (size, pays) in moved.items()
    }
    return replace(state, time=time, funding_factor=plain(factor), **sides)


def _accrue(state: State, event: Accrue) -> tuple[State, Accrued]:
    outcome = Accrued(
        funding_factor=state.funding_factor,
        funding_per_year=plain(state.funding_factor * SECONDS_PER_YEAR),
        pool_value=pool_value(state, event.price),
        long_pnl_factor=pnl_factor(state, "long", price=event.price),
        short_pnl_factor=pnl_factor(state, "short", price=event.price),
    )
    return state, outcome


def _provide(state: State, event: Provide) -> tuple[State, Provided]:
    worth = np.asarray(event.coins) * event.price + event.usd
    price = ratio(pool_value(state, event.price), state.shares, empty=1.0)
    refused = refusals(
        {
            "nothing is given": (worth <= 0.0)
            | (np.asarray(event.coins) < 0.0)
            | (np.asarray(event.usd) < 0.0),
            "the pool is worth nothing": np.asarray(price) <= 0.0,
        }
    )
    shares = ratio(worth, price)
    after = replace(
        state,
        pool_coins=plain(state.pool_coins + event.coins),
        pool_usd=plain(state.pool_usd + event.usd),
        shares=plain(state.shares + shares),
    )
    outcome = Provided(
        share_price=price,
        shares=shares,
        coins=plain(event.coins),
        usd=plain(event.usd),
        refused=refused,
    )
    return keep(refused, state, after), outcome


def _redeem(state: State, event: Redeem) -> tuple[State, Provided]:
    price = ratio(pool_value(state, event.price), state.shares, empty=1.0)
    worth = np.asarray(event.shares) * price
    total = state.pool_coins * np.asarray(event.price) + state.pool_usd
    part = ratio(worth, total)
    coins, usd = plain(state.pool_coins * part), plain(state.pool_usd * part)
    after = replace(
        state,
        pool_coins=plain(state.pool_coins - coins),
        pool_usd=plain(state.pool_usd - usd),
        shares=plain(state.shares - event.shares),
    )
    longs = np.asarray(open_coins(state, "long"))
    shorts = np.asarray(open_interest(state, "short"))
    refused = refusals(
        {
            "zero shares": np.asarray(event.shares) <= 0.0,
            "more than all shares": np.asarray(event.shares) > state.shares,
            "the pool is worth nothing": np.asarray(price) <= 0.0,
            "the pool backs open interest": (longs > state.reserve * after.pool_coins)
            | (shorts > state.reserve * np.asarray(after.pool_usd)),
        }
    )
    outcome = Provided(
        share_price=price,
        shares=plain(-np.asarray(event.shares)),
        coins=plain(-np.asarray(coins)),
        usd=plain(-np.asarray(usd)),
        refused=refused,
    )
    return keep(refused, state, after), outcome


def greeks(state: State, spot: Values) -> PoolGreeks:
    """Value and Greeks of the providers: their coins, less what longs, plus what shorts hold.

    A side whose profit is capped takes a part of its pool and no more: there the pool is no longer short it.
    The gamma is zero except at the two prices where a cap begins, where the delta jumps up.

    Args:
        state: The market.
        spot: USD per coin.
    """
    delta = state.pool_coins - np.asarray(state.impact_coins) + 0.0 * np.asarray(spot)
    earned: Values = 0.0
    for side, sign, pool_slope in (("long", 1.0, state.pool_coins), ("short", -1.0, 0.0)):
        most = state.trader_cap * (
            state.pool_coins * np.asarray(spot) if side == "long" else np.asarray(state.pool_usd)
        )
        capped = np.asarray(side_profit(state, side, price=spot)) > most
        free = sign * np.asarray(open_coins(state, side))
        delta = delta - np.where(capped, state.trader_cap * np.asarray(pool_slope), free)
        rate = np.asarray(borrowing_rate(state, side, price=spot))
        earned = earned + rate * open_interest(state, side)
    return PoolGreeks(
        value_usd=pool_value(state, spot),
        delta=plain(delta),
        gamma=plain(0.0 * delta),
        theta_usd_per_day=plain(earned * SECONDS_PER_DAY),
    )


def holdings(state: State) -> Iterator[Holding]:
    """Traders hold perpetuals, and the pool their opposite beside its own coins."""
    total = 0.0
    for name, position in state.positions.items():
        coins = number(position.coins, name="coins") * (1.0 if position.side == "long" else -1.0)
        total += coins
        yield Holding(
            protocol="gmx-v2", holder=name, holder_type="trader", kind="perpetual", quantity=coins
        )
    for kind, quantity in (
        ("perpetual", -total),
        ("spot", number(state.pool_coins, name="pool_coins")),
    ):
        yield Holding(
            protocol="gmx-v2", holder="pool", holder_type="amm", kind=kind, quantity=quantity
        )


_STEPS: Final[dict[type[Any], Callable[[State, Any], tuple[State, Any]]]] = {
    Provide: _provide,
    Redeem: _redeem,
    Increase: increase,
    Decrease: decrease,
    Deleverage: deleverage,
    Liquidate: liquidate,
    Accrue: _accrue,
}

GMX: Final = Mechanism(
    name="gmx-v2",
    title="GMX v2 perpetual market",
    state=State,
    events={
        "provide": Provide,
        "redeem": Redeem,
        "increase": Increase,
        "decrease": Decrease,
        "deleverage": Deleverage,
        "liquidate": Liquidate,
        "accrue": Accrue,
    },
    step=step,
    origin=Origin(
        source="gmx-io/gmx-synthetics, contracts/market, contracts/pricing; figures of test/pricing and "
        "test/exchange (PositionPriceImpact, AdaptiveFunding, FundingFees, BorrowingFees)",
        verified=True,
        doubts="Compared: price impact, execution prices, funding and borrowing factors. Not compared: the "
        "deleveraging thresholds, set per market (85 and 77 % are defaults of the design page, as is "
        "funding of 90 % a year in 3 h). Collateral is USD only; impact is booked at once, where the newest "
        "version waits for the close.",
    ),
    gamma="The pool is long its coins and short the traders' net position, linear but for the cap on "
    "profits: no gamma except at the cap.",
    hedger="Nobody in the contract; vaults on top of it hedge their share of the pool's delta.",
    holdings=holdings,
)
