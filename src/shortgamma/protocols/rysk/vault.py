"""The steps of Rysk's dynamic hedging vault, path by path.

A keeper hedges: hedge(δ) trades −δ coins and takes |δ| off the keeper's budget, which only the manager fills
again. A short-gamma vault therefore buys rises and sells falls until the budgets are spent.

Source: rysk-finance/dynamic-hedging, packages/contracts/contracts: LiquidityPool.sol, Accounting.sol,
Manager.sol, BeyondPricer.sol.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final

import numpy as np

from shortgamma.basics.errors import InputError, RefusedError
from shortgamma.basics.units import DAYS_PER_YEAR, POINT, SECONDS_PER_YEAR
from shortgamma.protocols.mechanism import Holding, Mechanism, Origin, PoolGreeks, Values
from shortgamma.protocols.paths import either, keep, number, plain, ratio, refusals
from shortgamma.protocols.rysk.state import (
    Budget,
    Buy,
    Collect,
    Deposit,
    Done,
    Epoch,
    Hedge,
    Sell,
    Series,
    Settle,
    State,
    Withdraw,
)
from shortgamma.protocols.rysk.trades import trade
from shortgamma.protocols.spot_options import option_sign, spot_option


def step(state: State, event: Any) -> tuple[State, Any]:
    """The vault after an event, and what came of it.

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
    return _STEPS[type(event)](replace(state, time=event.time), event)


def greeks(state: State, spot: Values, *, vol: Values) -> PoolGreeks:
    """Value and Greeks of all depositors, those that wait to come in included.

    Args:
        state: The vault.
        spot: USD.
        vol: Decimal per √year, of every option.
    """
    flat = 0.0 * np.asarray(spot) * np.asarray(vol)
    value = flat + state.cash + np.asarray(state.hedge_coins) * spot
    delta, gamma, vega, theta = flat + state.hedge_coins, flat, flat, flat
    for series in state.series:
        years = max(series.expiry - state.time, 0.0) / SECONDS_PER_YEAR
        one = spot_option(
            spot, series.strike, years=years, vol=vol, kind=series.kind, rate=state.rate
        )
        held = np.asarray(series.exposure)
        value, delta = value + held * one.price, delta + held * one.delta
        gamma, vega = gamma + held * one.gamma, vega + held * one.vega
        theta = theta + held * one.theta
    return PoolGreeks(
        value_usd=plain(value),
        delta=plain(delta),
        gamma=plain(gamma),
        vega_usd_per_point=plain(vega * POINT),
        theta_usd_per_day=plain(theta / DAYS_PER_YEAR),
    )


def _deposit(state: State, event: Deposit) -> tuple[State, Done]:
    refused = refusals({"invalid amount": np.asarray(event.amount) <= 0.0})
    after = replace(
        state,
        cash=plain(state.cash + np.asarray(event.amount)),
        pending_deposits=plain(state.pending_deposits + np.asarray(event.amount)),
    )
    return keep(refused, state, after), Done(received=plain(event.amount), refused=refused)


def _withdraw(state: State, event: Withdraw) -> tuple[State, Done]:
    asked = np.asarray(state.pending_withdrawals) + event.shares
    refused = refusals(
        {
            "invalid share amount": np.asarray(event.shares) <= 0.0,
            "insufficient share balance": asked > state.shares,
        }
    )
    after = replace(state, pending_withdrawals=plain(asked))
    return keep(refused, state, after), Done(refused=refused)


def _epoch(state: State, event: Epoch) -> tuple[State, Done]:
    owned = np.asarray(greeks(state, event.spot, vol=event.vol).value_usd) - state.pending_deposits
    price = np.asarray(ratio(owned, state.shares, empty=1.0))
    refused = refusals({"liabilities are greater than assets": price <= 0.0})
    minted = np.asarray(ratio(state.pending_deposits, price))
    wanted = np.asarray(state.pending_withdrawals) * price
    # Deposits of this epoch may pay its leavers; what cannot be paid waits for the next one.
    pays = wanted <= state.cash
    paid, burnt = np.where(pays, wanted, 0.0), np.where(pays, state.pending_withdrawals, 0.0)
    after = replace(
        state,
        cash=plain(state.cash - paid),
        set_aside=plain(state.set_aside + paid),
        shares=plain(state.shares + minted - burnt),
        pending_deposits=plain(0.0 * minted),
        pending_withdrawals=plain(np.asarray(state.pending_withdrawals) - burnt),
    )
    outcome = Done(share_price=plain(price), shares=plain(minted - burnt), refused=refused)
    return keep(refused, state, after), outcome


def _collect(state: State, event: Collect) -> tuple[State, Done]:
    del event
    refused = refusals({"no existing withdrawal": np.asarray(state.set_aside) <= 0.0})
    after = replace(state, set_aside=plain(0.0 * np.asarray(state.set_aside)))
    return keep(refused, state, after), Done(
        received=plain(-np.asarray(state.set_aside)), refused=refused
    )


def _budget(state: State, event: Budget) -> tuple[State, Done]:
    if np.any(np.less(event.delta, 0.0)):
        raise RefusedError("a negative budget")
    after = replace(state, budgets={**state.budgets, event.keeper: plain(event.delta)})
    return after, Done(budget=plain(event.delta))


def _hedge(state: State, event: Hedge) -> tuple[State, Done]:
    left = np.asarray(state.budgets.get(event.keeper, 0.0)) - np.abs(event.delta)
    refused = refusals(
        {"zero delta": np.asarray(event.delta) == 0.0, "exceeds delta limit": left < 0.0}
    )
    traded = -np.asarray(event.delta)
    cost = np.abs(traded) * event.spot * state.hedge_cost
    after = replace(
        state,
        hedge_coins=plain(state.hedge_coins + traded),
        cash=plain(state.cash - traded * event.spot - cost),
        budgets={**state.budgets, event.keeper: plain(left)},
    )
    known = replace(state, budgets={event.keeper: 0.0, **state.budgets})
    outcome = Done(
        received=plain(-traded * event.spot - cost),
        hedged=plain(traded),
        cost=plain(cost),
        budget=plain(left),
        refused=refused,
    )
    return keep(refused, known, after), outcome


def _settle(state: State, event: Settle) -> tuple[State, Done]:
    got: Values = 0.0
    for series in state.series:
        if series.expiry <= state.time:
            sign = option_sign(series.kind)
            payoff = np.maximum(sign * (np.asarray(event.price) - series.strike), 0.0)
            got = got + np.asarray(series.exposure) * payoff
    left = tuple(series for series in state.series if series.expiry > state.time)
    after = replace(state, cash=plain(state.cash + np.asarray(got)), series=left)
    return after, Done(received=plain(got))


def delta_to_hedge(state: State, spot: Values, *, vol: Values) -> Values:
    """Delta of the whole vault, hedges included: what a keeper would take off."""
    return greeks(state, spot, vol=vol).delta


def hedgeable(state: State, delta: Values) -> Values:
    """The part of a delta that the budgets of all keepers together allow, its sign kept."""
    budget: Values = 0.0
    for left in state.budgets.values():
        budget = budget + np.asarray(left)
    wanted = np.asarray(delta)
    return either(np.abs(wanted) <= budget, wanted, np.sign(wanted) * np.asarray(budget))


def holdings(state: State) -> Iterator[Holding]:
    """The vault's book and its hedge; users hold the opposite of the book."""
    for series in state.series:
        held = number(series.exposure, name="exposure")
        for holder, role, sign in (("vault", "vault", 1.0), ("users", "trader", -1.0)):
            yield Holding(
                protocol="rysk",
                holder=holder,
                holder_type=role,
                hedges=holder == "vault",
                kind=series.kind,
                quantity=sign * held,
                strike=series.strike,
                years=max(series.expiry - state.time, 0.0) / SECONDS_PER_YEAR,
            )
    yield Holding(
        protocol="rysk",
        holder="vault",
        holder_type="vault",
        hedges=True,
        kind="spot",
        quantity=number(state.hedge_coins, name="hedge_coins"),
    )


def listed(state: State, event: Buy | Sell) -> State:
    """The vault with the event's series in its book, in order of expiry, strike and kind."""
    names = {(series.kind, series.strike, series.expiry) for series in state.series}
    if (event.kind, event.strike, event.expiry) in names:
        return state
    grown = (*state.series, Series(kind=event.kind, strike=event.strike, expiry=event.expiry))
    ordered = sorted(grown, key=lambda item: (item.expiry, item.strike, item.kind))
    return replace(state, series=tuple(ordered))


def _trade(state: State, event: Buy | Sell) -> tuple[State, Any]:
    return trade(listed(state, event), event)


_STEPS: Final[dict[type[Any], Callable[[State, Any], tuple[State, Any]]]] = {
    Deposit: _deposit,
    Withdraw: _withdraw,
    Epoch: _epoch,
    Collect: _collect,
    Buy: _trade,
    Sell: _trade,
    Budget: _budget,
    Hedge: _hedge,
    Settle: _settle,
}

RYSK: Final = Mechanism(
    name="rysk",
    title="Rysk dynamic hedging vault",
    state=State,
    events={
        "deposit": Deposit,
        "withdraw": Withdraw,
        "epoch": Epoch,
        "collect": Collect,
        "buy": Buy,
        "sell": Sell,
        "budget": Budget,
        "hedge": Hedge,
        "settle": Settle,
    },
    step=step,
    origin=Origin(
        source="rysk-finance/dynamic-hedging, packages/contracts: BeyondPricer.sol, Accounting.sol, "
        "Manager.sol; test/foundry/slippage.py and spread.py",
        verified=False,
        doubts="The protocol's tests store no figures: they compare the contract with Python formulas, and "
        "ours agree with those formulas. Multipliers by tenor and of the spread are left out; the margin of "
        "Opyn's contracts is replaced by a part of spot or strike; deposits pay leavers of the same epoch.",
    ),
    gamma="The vault is short or long what its users leave it with, usually short options.",
    hedger="Keepers hedge the vault's delta until their budgets are spent; then it drifts unhedged.",
    holdings=holdings,
)
