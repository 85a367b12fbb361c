"""The steps of a Synthetix v3 perpetual market, path by path.

On one path a refused event changes nothing; over many it still brings funding up to date.

Funding: :class:`shortgamma.venues.funding.VelocityFunding`, d rate/dt = clamp(skew/scale, ±1)·maximum, booked
at the mean rate of a step. Traders win from the pool and lose to it, so the pool is short the skew.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final

import numpy as np

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import SECONDS_PER_YEAR
from shortgamma.protocols.mechanism import Holding, Mechanism, Origin, PoolGreeks, Values
from shortgamma.protocols.paths import either, keep, lesser, number, plain, refusals
from shortgamma.protocols.synthetix.pricing import (
    allowance,
    fill_price,
    initial_margin,
    is_liquidatable,
    liquidation_reward,
    open_interest,
    order_fee,
    profit,
    skew_of,
)
from shortgamma.protocols.synthetix.state import (
    Account,
    Accrue,
    Accrued,
    Filled,
    Liquidate,
    Liquidated,
    Margin,
    Moved,
    Order,
    Provide,
    State,
)
from shortgamma.venues.funding import VelocityFunding


def step(state: State, event: Any) -> tuple[State, Any]:
    """The market after an event, and what came of it; funding is brought up to date first.

    Raises:
        RefusedError: There is one path, and the contract refuses.
        InputError: The clock runs backwards.
    """
    if event.time < state.time:
        raise InputError(
            f"time {event.time:g} is before {state.time:g}",
            place="event",
            remedy="give events in order of time",
        )
    return _STEPS[type(event)](accrued(state, event.time, price=event.price), event)


def funding_rule(state: State) -> VelocityFunding:
    """The market's funding as a venue rule."""
    return VelocityFunding(
        name="synthetix",
        source="Synthetixio/synthetix-v3, PerpsMarket.sol",
        rate_hours=24.0,
        period_hours=None,
        max_velocity=state.max_velocity if state.skew_scale else 0.0,
    )


def premium_of(state: State) -> Values:
    """Skew over scale."""
    return plain(skew_of(state) / state.skew_scale) if state.skew_scale else 0.0


def accrued(state: State, time: float, *, price: Values) -> State:
    """The market at a later time: rate and funding value, nothing else."""
    years = (time - state.time) / SECONDS_PER_YEAR
    rate, cost = funding_rule(state).advance(state.rate, premium_of(state), years=years)
    return replace(
        state, time=time, rate=plain(rate), funding=plain(state.funding - cost * np.asarray(price))
    )


def _accrue(state: State, event: Accrue) -> tuple[State, Accrued]:
    profits = {
        name: profit(state, account, price=event.price) for name, account in state.accounts.items()
    }
    outcome = Accrued(
        rate=state.rate,
        velocity=plain(funding_rule(state).velocity(premium_of(state))),
        funding=state.funding,
        profits=profits,
    )
    return state, outcome


def pool_value(state: State, price: Values) -> Values:
    """USD of the providers: the pool less what traders have won and not taken."""
    value = state.pool
    for account in state.accounts.values():
        value = value - (1.0 - np.asarray(account.flagged)) * profit(state, account, price=price)
    return plain(value)


def _provide(state: State, event: Provide) -> tuple[State, Moved]:
    locked = open_interest(state) * np.asarray(event.price) * state.locked_ratio
    left = pool_value(state, event.price) + np.asarray(event.amount)
    refused = refusals(
        {"the pool backs open interest": (np.asarray(event.amount) < 0.0) & (left < locked)}
    )
    after = replace(state, pool=plain(state.pool + event.amount))
    return keep(refused, state, after), Moved(received=plain(event.amount), refused=refused)


def _opened(state: State, name: str) -> State:
    """The market with an account of that name."""
    if name in state.accounts:
        return state
    return replace(state, accounts={**state.accounts, name: Account()})


def _with(state: State, name: str, account: Account) -> State:
    return replace(state, accounts={**state.accounts, name: account})


def _margin(state: State, event: Margin) -> tuple[State, Moved]:
    state = _opened(state, event.account)
    account = state.accounts[event.account]
    equity = account.margin + lesser(profit(state, account, price=event.price), 0.0)
    free = equity - initial_margin(state, account.size, price=event.price)
    taken = -np.asarray(event.amount)
    refused = refusals(
        {
            "account is liquidatable": is_liquidatable(state, account, price=event.price),
            "insufficient margin": (taken > 0.0) & (taken > np.maximum(free, 0.0)),
        }
    )
    after = _with(
        state, event.account, replace(account, margin=plain(account.margin + event.amount))
    )
    return keep(refused, state, after), Moved(received=plain(event.amount), refused=refused)


def _order(state: State, event: Order) -> tuple[State, Filled]:
    state = _opened(state, event.account)
    account, skew = state.accounts[event.account], skew_of(state)
    fill = fill_price(event.price, skew, size=event.size, skew_scale=state.skew_scale)
    fee = order_fee(state, skew, size=event.size, price=fill)
    realised = profit(state, account, price=fill)
    refused = refusals(_reasons(state, event, fill=fill, fee=fee))
    changed = replace(
        account,
        margin=plain(account.margin + realised - fee - state.settlement_reward),
        size=plain(account.size + event.size),
        entry_price=plain(fill),
        entry_funding=plain(0.0 * np.asarray(fill) + state.funding),
    )
    after = replace(
        _with(state, event.account, changed),
        pool=plain(state.pool - realised + fee),
        keepers=plain(state.keepers + state.settlement_reward),
    )
    outcome = Filled(
        fill_price=fill,
        fee=fee,
        realised=realised,
        funding=plain(account.size * (np.asarray(state.funding) - account.entry_funding)),
        skew=plain(skew + event.size),
        refused=refused,
    )
    return keep(refused, state, after), outcome


def _reasons(state: State, event: Order, *, fill: Values, fee: Values) -> dict[str, Any]:
    account = state.accounts[event.account]
    after = np.asarray(account.size) + event.size
    started = np.asarray(event.size) * (np.asarray(event.price) - fill)
    equity = account.margin + profit(state, account, price=event.price)
    costs = np.asarray(fee) + state.settlement_reward
    reduces = (np.sign(after) * np.sign(account.size) >= 0.0) & (
        np.abs(after) <= np.abs(account.size)
    )
    needed = np.where(reduces, 0.0, initial_margin(state, plain(after), price=fill))
    return {
        "zero size": np.asarray(event.size) == 0.0,
        "account is liquidatable": is_liquidatable(state, account, price=event.price),
        "acceptable price exceeded": (np.asarray(fill) > event.highest_price)
        | (np.asarray(fill) < event.lowest_price),
        "insufficient margin": equity + started < costs + needed,
    }


def _liquidate(state: State, event: Liquidate) -> tuple[State, Liquidated]:
    state = _opened(state, event.account)
    account = state.accounts[event.account]
    refused = refusals(
        {
            "not eligible for liquidation": ~np.asarray(
                is_liquidatable(state, account, price=event.price)
            )
        }
    )
    seized = plain(account.margin)
    reward = liquidation_reward(state, account.size, price=event.price)
    reward = lesser(
        np.where(np.asarray(account.flagged) > 0.0, 0.0, reward), np.maximum(seized, 0.0)
    )
    window = allowance(state, plain(np.abs(account.size)))
    left = plain(account.size - np.sign(account.size) * window.coins)
    changed = replace(
        account, margin=plain(0.0 * np.asarray(left)), size=left, flagged=either(left, 1.0, 0.0)
    )
    after = replace(
        _with(state, event.account, changed),
        pool=plain(state.pool + seized - reward),
        keepers=plain(state.keepers + reward),
        liquidation_time=window.time,
        liquidation_used=window.used,
    )
    outcome = Liquidated(
        closed=window.coins, left=left, seized=seized, reward=reward, refused=refused
    )
    return keep(refused, state, after), outcome


def greeks(state: State, spot: Values) -> PoolGreeks:
    """Value and Greeks of the providers: short the skew, no gamma, funding as theta.

    Args:
        state: The market.
        spot: USD per coin.
    """
    carried: Values = 0.0
    for account in state.accounts.values():
        carried = carried + (1.0 - np.asarray(account.flagged)) * account.size
    flat = 0.0 * np.asarray(spot)
    return PoolGreeks(
        value_usd=pool_value(state, spot),
        delta=plain(flat - carried),
        gamma=plain(flat),
        theta_usd_per_day=plain(state.rate * np.asarray(spot) * carried),
    )


def holdings(state: State) -> Iterator[Holding]:
    """Traders hold perpetuals, and the pool their opposite."""
    total = 0.0
    for name, account in state.accounts.items():
        size = number(account.size, name="size")
        total += size
        yield Holding(
            protocol="synthetix-v3",
            holder=name,
            holder_type="trader",
            kind="perpetual",
            quantity=size,
        )
    yield Holding(
        protocol="synthetix-v3",
        holder="pool",
        holder_type="amm",
        kind="perpetual",
        quantity=-total,
    )


_STEPS: Final[dict[type[Any], Callable[[State, Any], tuple[State, Any]]]] = {
    Provide: _provide,
    Margin: _margin,
    Order: _order,
    Liquidate: _liquidate,
    Accrue: _accrue,
}

SYNTHETIX: Final = Mechanism(
    name="synthetix-v3",
    title="Synthetix v3 perpetual market",
    state=State,
    events={
        "provide": Provide,
        "margin": Margin,
        "order": Order,
        "liquidate": Liquidate,
        "accrue": Accrue,
    },
    step=step,
    origin=Origin(
        source="Synthetixio/synthetix-v3, markets/perps-market: PerpsMarket.sol, AsyncOrder.sol; figures of "
        "test/integration (Funding, PerpsMarketModule, Liquidation)",
        verified=True,
        doubts="Compared: funding, fill prices, profits, the liquidation cap. Not compared: what margin a "
        "reducing order needs. One market, USD margin only, one reward without its global bounds.",
    ),
    gamma="A perpetual carries no gamma; the pool is short the skew, and liquidations sell falls and buy "
    "rises as a short-gamma hedger does.",
    hedger="Nobody in the contract; arbitrageurs are paid by premium and funding to bring the skew back.",
    holdings=holdings,
)
