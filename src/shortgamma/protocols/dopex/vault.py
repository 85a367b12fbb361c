"""The steps of Dopex' perpetual put vault, path by path; nobody hedges it.

A put is struck at 75 % of spot and never expires while its funding, a one-period premium, is paid each week.
Premiums reach the providers evenly over the period.

Source: as :mod:`shortgamma.protocols.dopex.exact`.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final

import numpy as np

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import DAYS_PER_YEAR, POINT, SECONDS_PER_DAY, SECONDS_PER_YEAR
from shortgamma.protocols.dopex.state import (
    Accrue,
    Deposit,
    Done,
    Fund,
    Purchase,
    Put,
    Redeem,
    Settle,
    State,
)
from shortgamma.protocols.mechanism import Holding, Mechanism, Origin, PoolGreeks, Values
from shortgamma.protocols.paths import either, keep, number, plain, ratio, refusals
from shortgamma.protocols.spot_options import spot_option


def step(state: State, event: Any) -> tuple[State, Done]:
    """The vault after an event, and what came of it; funding is passed on first.

    Raises:
        RefusedError: There is one path, and the contract refuses.
        InputError: The clock runs backwards, or a put is not known.
    """
    if event.time < state.time:
        raise InputError(
            f"time {event.time:g} is before {state.time:g}",
            place="event",
            remedy="give events in order of time",
        )
    current = passed_on(state, event.time)
    moved = plain(np.asarray(state.undripped) - current.undripped)
    after, outcome = _STEPS[type(event)](current, event)
    return after, replace(outcome, passed_on=moved)


def period_end(state: State) -> float:
    """Seconds when the next funding is due."""
    return state.genesis + state.pointer * state.duration


def _dripped(state: State, until: float) -> State:
    start = state.updated or period_end(state) - state.duration
    moved = np.asarray(state.rate) * (until - start)
    return replace(
        state,
        updated=until,
        undripped=plain(state.undripped - moved),
        collateral=plain(state.collateral + moved),
    )


def passed_on(state: State, time: float) -> State:
    """The vault at a later time: premiums have reached the providers, and periods have ended."""
    state = replace(state, time=time)
    while time >= period_end(state):
        if state.updated < period_end(state):
            state = _dripped(state, period_end(state))
        puts = tuple(replace(put, funded=plain(0.0 * np.asarray(put.funded))) for put in state.puts)
        rate = plain(0.0 * np.asarray(state.rate))
        state = replace(state, pointer=state.pointer + 1, rate=rate, puts=puts)
    return _dripped(state, time)


def _with_premium(state: State, premium: Values) -> State:
    end = period_end(state)
    flows = np.asarray(state.rate) > 0.0
    start = np.where(flows, state.updated, max(state.updated, end - state.duration))
    return replace(
        state,
        rate=plain(state.rate + np.asarray(ratio(premium, end - start))),
        undripped=plain(state.undripped + np.asarray(premium)),
    )


def put_price(price: Values, strike: Values, *, years: float, event: Purchase | Fund) -> Values:
    """USD of one put for a time: what another contract asks, else Black-Scholes."""
    fair = spot_option(price, strike, years=years, vol=event.vol, kind="put").price
    asked = np.asarray(event.price_per_put)
    return either(asked >= 0.0, asked, fair)


def strike_for(state: State, price: Values) -> Values:
    """USD: the part of spot, rounded up to the precision."""
    steps = np.asarray(price) * state.strike_part / state.precision
    # A price that lies on a step stays there in spite of its last binary digit.
    return plain(np.ceil(np.round(steps, 9)) * state.precision)


def _deposit(state: State, event: Deposit) -> tuple[State, Done]:
    worth = state.collateral + np.asarray(state.coins) * event.price
    empty = np.asarray(state.shares) <= 0.0
    shares = either(empty, event.amount, ratio(np.asarray(event.amount) * state.shares, worth))
    refused = refusals({"zero shares": np.asarray(shares) <= 0.0})
    after = replace(
        state,
        collateral=plain(state.collateral + np.asarray(event.amount)),
        shares=plain(state.shares + np.asarray(shares)),
    )
    outcome = Done(usd=plain(event.amount), shares=shares, refused=refused)
    return keep(refused, state, after), outcome


def _redeem(state: State, event: Redeem) -> tuple[State, Done]:
    part = np.asarray(ratio(event.shares, state.shares))
    usd, coins = plain(state.collateral * part), plain(state.coins * part)
    free = np.asarray(state.collateral) - state.active
    refused = refusals(
        {
            "zero assets": np.asarray(usd) <= 0.0,
            "more than all shares": np.asarray(event.shares) > state.shares,
            "not enough available assets": np.asarray(usd) > free,
        }
    )
    after = replace(
        state,
        collateral=plain(state.collateral - np.asarray(usd)),
        coins=plain(state.coins - np.asarray(coins)),
        shares=plain(state.shares - np.asarray(event.shares)),
    )
    outcome = Done(
        usd=plain(-np.asarray(usd)),
        coins=plain(-np.asarray(coins)),
        shares=plain(-np.asarray(event.shares)),
        refused=refused,
    )
    return keep(refused, state, after), outcome


def _purchase(state: State, event: Purchase) -> tuple[State, Done]:
    strike = strike_for(state, event.price)
    needed = np.asarray(event.amount) * strike
    years = (period_end(state) - state.time) / SECONDS_PER_YEAR
    each = put_price(event.price, strike, years=years, event=event)
    premium = plain(np.asarray(event.amount) * each)
    refused = refusals(
        {
            "amount must be greater than 0": np.asarray(event.amount) <= 0.0,
            "insufficient collateral for purchase": needed
            > np.asarray(state.collateral) - state.active,
        }
    )
    put = Put(strike=strike, amount=plain(event.amount), funded=plain(event.amount))
    nothing = replace(put, amount=0.0, funded=0.0)
    listed = replace(state, puts=(*state.puts, nothing))
    after = replace(
        _with_premium(state, premium),
        active=plain(state.active + needed),
        puts=(*state.puts, put),
    )
    outcome = Done(usd=premium, premium=premium, strike=strike, refused=refused)
    return keep(refused, listed, after), outcome


def _fund(state: State, event: Fund) -> tuple[State, Done]:
    premium: Values = 0.0
    years = state.duration / SECONDS_PER_YEAR
    for put in state.puts:
        each = np.asarray(put_price(event.price, put.strike, years=years, event=event))
        premium = premium + each * (np.asarray(put.amount) - put.funded)
    puts = tuple(replace(put, funded=put.amount) for put in state.puts)
    after = replace(_with_premium(state, plain(premium)), puts=puts)
    return after, Done(usd=plain(premium), premium=plain(premium))


def _settle(state: State, event: Settle) -> tuple[State, Done]:
    if not 0 <= event.put < len(state.puts):
        raise InputError(
            f"put {event.put}", place="event", remedy=f"{len(state.puts)} puts, from 0 on"
        )
    put = state.puts[event.put]
    paid = np.asarray(put.amount) * put.strike
    refused = refusals(
        {
            "option is not in the money": np.asarray(put.strike) < event.price,
            "option is settled": np.asarray(put.amount) <= 0.0,
        }
    )
    puts = list(state.puts)
    puts[event.put] = replace(
        put,
        amount=plain(0.0 * np.asarray(put.amount)),
        funded=plain(0.0 * np.asarray(put.funded)),
    )
    after = replace(
        state,
        collateral=plain(state.collateral - paid),
        active=plain(state.active - paid),
        coins=plain(state.coins + np.asarray(put.amount)),
        puts=tuple(puts),
    )
    outcome = Done(usd=plain(-paid), coins=plain(put.amount), refused=refused)
    return keep(refused, state, after), outcome


def _accrue(state: State, event: Accrue) -> tuple[State, Done]:
    del event
    return state, Done()


def years_left(state: State) -> float:
    """Years up to the next funding."""
    return max(period_end(state) - state.time, 0.0) / SECONDS_PER_YEAR


def greeks(state: State, spot: Values, *, vol: Values) -> PoolGreeks:
    """Value and Greeks of the providers, puts valued as expiring when the next funding is due.

    Args:
        state: The vault.
        spot: USD per coin.
        vol: Decimal per √year.
    """
    flat = 0.0 * np.asarray(spot) * np.asarray(vol)
    value = flat + state.collateral + np.asarray(state.coins) * spot
    delta, gamma, vega, theta = flat + state.coins, flat, flat, flat
    for put in state.puts:
        one = spot_option(spot, put.strike, years=years_left(state), vol=vol, kind="put")
        amount = np.asarray(put.amount)
        value, delta = value - amount * one.price, delta - amount * one.delta
        gamma, vega = gamma - amount * one.gamma, vega - amount * one.vega
        theta = theta - amount * one.theta
    return PoolGreeks(
        value_usd=plain(value),
        delta=plain(delta),
        gamma=plain(gamma),
        vega_usd_per_point=plain(vega * POINT),
        theta_usd_per_day=plain(theta / DAYS_PER_YEAR + np.asarray(state.rate) * SECONDS_PER_DAY),
    )


def holdings(state: State) -> Iterator[Holding]:
    """The vault is short its puts, the core long; the vault also owns the coins of settlements."""
    for put in state.puts:
        amount = number(put.amount, name="amount")
        for holder, role, sign in (("vault", "vault", -1.0), ("core", "trader", 1.0)):
            yield Holding(
                protocol="dopex",
                holder=holder,
                holder_type=role,
                kind="put",
                quantity=sign * amount,
                strike=number(put.strike, name="strike"),
                years=years_left(state),
            )
    yield Holding(
        protocol="dopex",
        holder="vault",
        holder_type="vault",
        kind="spot",
        quantity=number(state.coins, name="coins"),
    )


_STEPS: Final[dict[type[Any], Callable[[State, Any], tuple[State, Done]]]] = {
    Deposit: _deposit,
    Redeem: _redeem,
    Purchase: _purchase,
    Fund: _fund,
    Settle: _settle,
    Accrue: _accrue,
}

DOPEX: Final = Mechanism(
    name="dopex",
    title="Dopex perpetual put vault",
    state=State,
    events={
        "deposit": Deposit,
        "redeem": Redeem,
        "purchase": Purchase,
        "fund": Fund,
        "settle": Settle,
        "accrue": Accrue,
    },
    step=step,
    origin=Origin(
        source="code-423n4/2023-08-dopex, contracts/perp-vault; figures of tests/perp-vault/Unit.t.sol and "
        "Integration.t.sol, where a put costs a fixed 0.05",
        effective="2023-08-21",
        verified=True,
        doubts="The version that was audited, with its known faults. Compared with premiums given; the "
        "contract's own option price (Black-Scholes with a floor) is not compared.",
    ),
    gamma="The vault is short out-of-the-money put gamma that never expires; the core is long it.",
    hedger="Nobody hedges the vault; settlement hands it the falling coin.",
    holdings=holdings,
)
