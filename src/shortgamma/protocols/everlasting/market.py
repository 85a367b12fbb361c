"""The steps of a Deri v3 everlasting option, path by path.

The pool takes the other side of every trade and nobody hedges it. Its liquidity providers own

    liquidity = what they brought + fees + funding − the traders' profit at the last settlement

so that traders' margins, liquidity, fees, rewards and open profit, less funding that traders owe and have not
been charged yet, always sum to what was paid in.

Source: deri-protocol/deriprotocol-v3, contracts/symbol/SymbolImplementationOption.sol (version 3.0.2) and
contracts/pool/PoolImplementation.sol; test/Test.Pool.js for the parameters.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np

from shortgamma.basics.errors import InputError, RefusedError
from shortgamma.protocols.everlasting.quote import Quote, quote
from shortgamma.protocols.everlasting.state import (
    AddLiquidity,
    AddMargin,
    Liquidate,
    Observe,
    Outcome,
    RemoveLiquidity,
    RemoveMargin,
    State,
    Trade,
    Trader,
)
from shortgamma.protocols.mechanism import Holding, Mechanism, Origin, Values
from shortgamma.protocols.paths import either, greater, keep, lesser, number, plain, refusals

POOL: Final = "pool"


def step(state: State, event: Any) -> tuple[State, Outcome]:
    """The market after an event, and what came of it.

    Raises:
        RefusedError: There is one path, and the contract refuses.
        InputError: The clock runs backwards, or there is no such kind of option.
    """
    if state.kind not in {"call", "put"}:
        raise InputError(f"kind is {state.kind!r}", place="state", remedy="use call or put")
    return _STEPS[type(event)](state, event)


def paid_in(state: State) -> Values:
    """USD that belong to somebody: what was brought less what was taken."""
    owed = sum(
        (np.asarray(one.size) * (state.funding_per_unit - one.funding_per_unit))
        for one in state.traders.values()
    )
    margins = sum(np.asarray(one.margin) for one in state.traders.values())
    rest = state.liquidity + np.asarray(state.traders_pnl) + state.protocol_fees + state.rewards
    return plain(margins - owed + rest)


def holdings(state: State) -> Iterator[Holding]:
    """Traders own what they bought; the pool has the other side.

    Raises:
        InputError: The state has many paths.
    """
    sizes = {name: number(one.size, name="size") for name, one in state.traders.items()}
    for name, size in {**sizes, POOL: -sum(sizes.values())}.items():
        yield Holding(
            protocol="everlasting",
            holder=name,
            kind=state.kind,
            quantity=size,
            strike=state.strike,
            years=state.funding_seconds / 31_536_000.0,
        )


def _settled(state: State, found: Quote) -> tuple[State, Values]:
    """The state after funding up to now and the traders' profit at the new prices, and the funding."""
    seconds = state.time - np.asarray(state.funding_time)
    per_unit = (np.asarray(found.mark) - found.payoff) * seconds / state.funding_seconds
    funding = plain(state.net_size * per_unit)
    profit = found.profit(state.net_size, state.net_cost)
    return replace(
        state,
        liquidity=plain(state.liquidity + funding - (np.asarray(profit) - state.traders_pnl)),
        traders_pnl=profit,
        funding_per_unit=plain(state.funding_per_unit + per_unit),
        funding_time=plain(0.0 * np.asarray(state.funding_time) + state.time),
    ), funding


def _observe(state: State, event: Observe) -> tuple[State, Outcome]:
    if event.time < state.time:
        raise InputError(
            f"time {event.time:g} is before {state.time:g}",
            place="event",
            remedy="give events in order of time",
        )
    refused = refusals(
        {
            "no price oracle": ~(np.asarray(event.spot) > 0.0),
            "no volatility oracle": ~(
                np.asarray(state.vol if event.vol is None else event.vol) > 0.0
            ),
        }
    )
    after = replace(
        state,
        time=float(event.time),
        spot=event.spot,
        vol=state.vol if event.vol is None else event.vol,
    )
    kept = replace(keep(refused, state, after), time=float(event.time))
    return kept, _outcome(quote(kept), refused=refused)


def _outcome(found: Quote, **figures: Any) -> Outcome:
    return Outcome(price=found.price, mark=found.mark, delta=found.delta, **figures)


def _add_liquidity(state: State, event: AddLiquidity) -> tuple[State, Outcome]:
    found = quote(state)
    after, funding = _settled(state, found)
    refused = refusals({"zero amount": ~(np.asarray(event.amount) > 0.0)})
    after = replace(after, liquidity=plain(after.liquidity + np.asarray(event.amount)))
    return keep(refused, state, after), _outcome(quote(after), funding=funding, refused=refused)


def _remove_liquidity(state: State, event: RemoveLiquidity) -> tuple[State, Outcome]:
    found = quote(state)
    after, funding = _settled(state, found)
    left = plain(after.liquidity - np.asarray(event.amount))
    needed = state.pool_margin * _initial_margin(state, found)
    refused = refusals(
        {
            "zero amount": ~(np.asarray(event.amount) > 0.0),
            "pool insufficient liquidity": np.asarray(left) < np.maximum(needed, 0.0),
        }
    )
    after = replace(after, liquidity=left)
    return keep(refused, state, after), _outcome(found, funding=funding, refused=refused)


def _initial_margin(state: State, found: Quote) -> Any:
    """Of all traders as one, USD."""
    per_unit = np.asarray(found.maintenance) * state.initial_margin / state.maintenance_margin
    return np.abs(state.net_size) * per_unit


def _with(state: State, name: str, trader: Trader) -> State:
    return replace(state, traders={**state.traders, name: trader})


def _opened(state: State, name: str) -> State:
    """The state with an account of that name."""
    if name in state.traders:
        return state
    return _with(state, name, Trader(funding_per_unit=state.funding_per_unit))


def _charged(state: State, trader: Trader) -> tuple[Trader, Values]:
    """A trader after the funding of the time since it was last settled, and that funding."""
    funding = plain(trader.size * (np.asarray(state.funding_per_unit) - trader.funding_per_unit))
    return replace(
        trader,
        margin=plain(trader.margin - np.asarray(funding)),
        funding_per_unit=state.funding_per_unit,
    ), funding


def _room(state: State, trader: Trader, found: Quote) -> Any:
    """Margin and open profit above the initial margin, USD."""
    profit = trader.size * np.asarray(found.price) - trader.cost
    needed = np.abs(trader.size) * np.asarray(found.maintenance) * state.initial_margin
    return trader.margin + profit - needed / state.maintenance_margin


def _add_margin(state: State, event: AddMargin) -> tuple[State, Outcome]:
    state = _opened(state, event.trader)
    trader, found = state.traders[event.trader], quote(state)
    refused = refusals({"zero amount": ~(np.asarray(event.amount) > 0.0)})
    richer = replace(trader, margin=plain(trader.margin + np.asarray(event.amount)))
    after = _with(state, event.trader, richer)
    return keep(refused, state, after), _outcome(found, refused=refused)


def _remove_margin(state: State, event: RemoveMargin) -> tuple[State, Outcome]:
    if event.trader not in state.traders:
        raise RefusedError("no such trader")
    found = quote(state)
    after, funding = _settled(state, found)
    trader, paid = _charged(after, state.traders[event.trader])
    poorer = replace(trader, margin=plain(trader.margin - np.asarray(event.amount)))
    short = (np.asarray(poorer.margin) < 0.0) | (_room(state, poorer, found) < 0.0)
    refused = refusals(
        {"zero amount": ~(np.asarray(event.amount) > 0.0), "insufficient margin": short}
    )
    kept = keep(refused, state, _with(after, event.trader, poorer))
    return kept, _outcome(found, funding=funding, trader_funding=paid, refused=refused)


def _realised_cost(trader: Trader, size: Values, cost: Values) -> Values:
    """Cost of the part of a position that a trade closes and what that part had cost, USD."""
    held, traded = np.abs(trader.size), np.abs(size)
    reduces = np.asarray(trader.size) * size < 0.0
    all_of_it = cost * held / np.where(traded == 0.0, 1.0, traded) + trader.cost
    part_of_it = trader.cost * traded / np.where(held == 0.0, 1.0, held) + cost
    return either(reduces, np.where(held <= traded, all_of_it, part_of_it), 0.0)


def _trade(state: State, event: Trade) -> tuple[State, Outcome]:
    state = _opened(state, event.trader)
    found = quote(state)
    settled, funding = _settled(state, found)
    trader, owed = _charged(settled, state.traders[event.trader])
    cost = found.cost(state.net_size, event.size)
    notional = np.abs(event.size) * np.asarray(state.spot) * state.fee_notional
    fee = lesser(notional, np.abs(cost) * state.fee_mark)
    realised = _realised_cost(trader, event.size, cost)
    held = replace(
        trader,
        margin=plain(trader.margin - np.asarray(fee) - realised),
        size=plain(trader.size + np.asarray(event.size)),
        cost=plain(trader.cost + np.asarray(cost) - realised),
    )
    after = _filled(settled, found, event.size, cost=plain(cost - np.asarray(realised)))
    after = _with(_paid(after, fee=fee, realised=realised), event.trader, held)
    refused = refusals(_trade_reasons(state, after, found, event))
    outcome = _outcome(
        found,
        funding=funding,
        paid=cost,
        fee=fee,
        trader_funding=owed,
        realised=plain(0.0 - np.asarray(realised)),
        refused=refused,
    )
    return keep(refused, state, after), outcome


def _paid(state: State, *, fee: Values, realised: Values) -> State:
    """The state after a fee, part of it the protocol's, and a loss that a trader realised."""
    kept = state.protocol_share * np.asarray(fee)
    return replace(
        state,
        liquidity=plain(state.liquidity + np.asarray(fee) - kept + realised),
        protocol_fees=plain(state.protocol_fees + kept),
    )


def _filled(state: State, found: Quote, size: Values, *, cost: Values) -> State:
    """The state after a change of the net position, the traders' profit marked again."""
    net, net_cost = (
        plain(state.net_size + np.asarray(size)),
        plain(state.net_cost + np.asarray(cost)),
    )
    profit = found.profit(net, net_cost)
    return replace(
        state,
        net_size=net,
        net_cost=net_cost,
        liquidity=plain(state.liquidity - (np.asarray(profit) - state.traders_pnl)),
        traders_pnl=profit,
    )


def _trade_reasons(before: State, after: State, found: Quote, event: Trade) -> Mapping[str, Any]:
    mark = found.price * (1.0 + np.asarray(found.slope) * after.net_size)
    needed = before.pool_margin * _initial_margin(after, found)
    return {
        "invalid tradeVolume": np.asarray(event.size) == 0.0,
        "no liquidity": ~(np.asarray(before.liquidity) > 0.0),
        "exceed mark limit": ~(mark > 0.0),
        "pool insufficient liquidity": np.asarray(after.liquidity) < needed,
        "insufficient margin": _room(before, after.traders[event.trader], found) < 0.0,
    }


def _liquidate(state: State, event: Liquidate) -> tuple[State, Outcome]:
    if event.trader not in state.traders:
        raise RefusedError("no such trader")
    found = quote(state)
    settled, funding = _settled(state, found)
    trader, owed = _charged(settled, state.traders[event.trader])
    size = plain(-np.asarray(trader.size))
    paid = found.cost(state.net_size, size)
    realised = plain(paid + np.asarray(trader.cost))
    refused = refusals(
        {"no position": np.asarray(size) == 0.0, "cannot liquidate": ~_falls_short(trader, found)}
    )
    left = plain(trader.margin - np.asarray(realised))
    reward = _reward(state, left)
    after = _filled(settled, found, size, cost=plain(-np.asarray(trader.cost)))
    after = replace(
        _with(after, event.trader, Trader(funding_per_unit=after.funding_per_unit)),
        liquidity=plain(after.liquidity + np.asarray(realised) + left - reward),
        rewards=plain(state.rewards + np.asarray(reward)),
    )
    outcome = _outcome(
        found,
        funding=funding,
        paid=paid,
        trader_funding=owed,
        realised=plain(0.0 - np.asarray(realised)),
        reward=reward,
        refused=refused,
    )
    return keep(refused, state, after), outcome


def _falls_short(trader: Trader, found: Quote) -> Any:
    """Where margin and open profit are below the maintenance margin."""
    profit = trader.size * np.asarray(found.price) - trader.cost
    return trader.margin + profit < np.abs(trader.size) * np.asarray(found.maintenance)


def _reward(state: State, left: Values) -> Values:
    """Of a liquidator, USD, by what is left of the margin."""
    above = (np.asarray(left) - state.least_reward) * state.reward_cut + state.least_reward
    return lesser(greater(above, state.least_reward), state.largest_reward)


_STEPS: Final[Mapping[type[Any], Callable[[State, Any], tuple[State, Outcome]]]] = {
    Observe: _observe,
    AddLiquidity: _add_liquidity,
    RemoveLiquidity: _remove_liquidity,
    AddMargin: _add_margin,
    RemoveMargin: _remove_margin,
    Trade: _trade,
    Liquidate: _liquidate,
}

EVERLASTING: Final = Mechanism(
    name="everlasting",
    title="Deri everlasting option: an option without expiry and a market maker for it",
    state=State,
    events={
        "observe": Observe,
        "add_liquidity": AddLiquidity,
        "remove_liquidity": RemoveLiquidity,
        "add_margin": AddMargin,
        "remove_margin": RemoveMargin,
        "trade": Trade,
        "liquidate": Liquidate,
    },
    step=step,
    origin=Origin(
        source="deri-protocol/deriprotocol-v3, SymbolImplementationOption.sol 3.0.2, PoolImplementation.sol; "
        "prices: Deri's page of numerical examples of everlasting option pricing",
        effective="2022-02-07",
        verified=True,
        doubts="Published are prices and funding only; its test suite logs figures and asserts none. The "
        "parameters of pool and liquidation are those of its test by position, unnamed there. One liquidity "
        "provider; no penalty for removing liquidity, no limit of price shift per block, no other symbols.",
    ),
    gamma="The pool is short what traders are net long: at the strike 2/(σ²T·u·K) coins per USD and option, "
    "the same on every day.",
    hedger="Nobody: liquidity providers carry it and are paid funding and the slope of the mark price.",
    holdings=holdings,
)
