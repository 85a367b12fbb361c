"""The steps of Hegic's treasury, path by path; nobody hedges it.

An option costs base(period)·scale(period) USD a coin, whatever the market's vol. It locks its premium and as
much again (k = 1), while its payoff has no bound: what the treasury lacks the cover pool pays, and where both
lack it, the exercise fails.

Source: as :mod:`shortgamma.protocols.hegic.exact`.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final

import numpy as np

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import DAYS_PER_YEAR, POINT, SECONDS_PER_DAY, SECONDS_PER_YEAR
from shortgamma.protocols.hegic.state import (
    Buy,
    Done,
    Exercise,
    Leave,
    Option,
    Provide,
    Replenish,
    State,
    Strategy,
    Unlock,
)
from shortgamma.protocols.mechanism import Holding, Mechanism, Origin, PoolGreeks, Values
from shortgamma.protocols.paths import either, greater, keep, number, plain, ratio, refusals
from shortgamma.protocols.spot_options import SpotOption, option_sign, spot_option


def step(state: State, event: Any) -> tuple[State, Done]:
    """The pools after an event, and what came of it.

    Raises:
        RefusedError: There is one path, and the contract refuses.
        InputError: The clock runs backwards, or a strategy or option is not known.
    """
    if event.time < state.time:
        raise InputError(
            f"time {event.time:g} is before {state.time:g}",
            place="event",
            remedy="give events in order of time",
        )
    return _STEPS[type(event)](replace(state, time=event.time), event)


def premium(strategy: Strategy, days: float) -> float:
    """USD of an option on one coin.

    Args:
        strategy: The product.
        days: To its expiry.
    """
    seconds = days * SECONDS_PER_DAY
    base = sum(value * seconds**power for power, value in enumerate(strategy.base))
    return base * sum(value * seconds**power for power, value in enumerate(strategy.scale))


def _strategy(state: State, name: str) -> Strategy:
    found = state.strategies.get(name)
    if found is None:
        raise InputError(
            f"no strategy is called {name!r}",
            place="event",
            remedy=f"one of {', '.join(state.strategies) or '(none)'}",
        )
    return found


def _option(state: State, index: int) -> Option:
    if not 0 <= index < len(state.options):
        raise InputError(
            f"option {index}", place="event", remedy=f"{len(state.options)} options, from 0 on"
        )
    return state.options[index]


def _buy(state: State, event: Buy) -> tuple[State, Done]:
    strategy = _strategy(state, event.strategy)
    price = plain(np.asarray(event.size) * premium(strategy, event.days))
    locks = plain(np.asarray(price) * strategy.lock_ratio)
    refused = refusals(_buy_reasons(state, event, price=price, locks=locks))
    option = Option(
        strategy=event.strategy,
        kind=strategy.kind,
        strike=plain(np.asarray(event.spot) * strategy.moneyness),
        expiry=event.time + event.days * SECONDS_PER_DAY,
        size=plain(event.size),
        locked=locks,
        premium=price,
    )
    nothing = replace(option, size=0.0, locked=0.0, premium=0.0)
    listed = replace(state, options=(*state.options, nothing))
    after = replace(
        state,
        balance=plain(state.balance + price),
        locked=plain(state.locked + locks),
        locked_premium=plain(state.locked_premium + price),
        strategies=_locking(state, event.strategy, locks),
        options=(*state.options, option),
    )
    outcome = Done(received=price, premium=price, option=len(state.options), refused=refused)
    return keep(refused, listed, after), outcome


def _buy_reasons(state: State, event: Buy, *, price: Values, locks: Values) -> dict[str, Any]:
    strategy = state.strategies[event.strategy]
    # The premium comes in and is locked at once, so only what it adds to the loss counts.
    bound = state.locked + np.asarray(locks) + state.locked_premium + price
    return {
        "zero size": np.asarray(event.size) <= 0.0,
        "the period is too short": event.days < state.min_days,
        "the period is too long": event.days > state.max_days,
        "the limit is exceeded": strategy.locked + np.asarray(locks) > strategy.limit,
        "the negative pnl amount is too large": bound > state.balance + price + state.cover_usd,
    }


def _locking(state: State, name: str, more: Values) -> dict[str, Strategy]:
    strategy = state.strategies[name]
    changed = replace(strategy, locked=plain(strategy.locked + np.asarray(more)))
    return {**state.strategies, name: changed}


def _unlocked(state: State, index: int) -> State:
    """The pools after an option's lock ends."""
    option = state.options[index]
    options = list(state.options)
    options[index] = replace(
        option,
        size=plain(0.0 * np.asarray(option.size)),
        locked=plain(0.0 * np.asarray(option.locked)),
        premium=plain(0.0 * np.asarray(option.premium)),
    )
    return replace(
        state,
        locked=plain(state.locked - np.asarray(option.locked)),
        locked_premium=plain(state.locked_premium - np.asarray(option.premium)),
        strategies=_locking(state, option.strategy, plain(-np.asarray(option.locked))),
        options=tuple(options),
    )


def _exercise(state: State, event: Exercise) -> tuple[State, Done]:
    option = _option(state, event.option)
    sign = option_sign(option.kind)
    gain = np.maximum(sign * (np.asarray(event.spot) - option.strike), 0.0)
    paid = plain(gain * option.size)
    freed = _unlocked(state, event.option)
    lacks = np.asarray(freed.balance) < paid
    wanted = state.benchmark + np.asarray(paid) + freed.locked_premium - freed.balance
    moved = either(lacks, wanted, 0.0)
    kept = np.asarray(paid) + freed.locked + freed.locked_premium
    refused = refusals(
        {
            "the option has already expired": event.time >= option.expiry,
            "the profit is zero": np.asarray(paid) <= 0.0,
            "the cover pool cannot pay": np.asarray(moved) > freed.cover_usd,
            "the amount to withdraw is too large": kept > freed.balance + freed.cover_usd,
        }
    )
    after = replace(
        freed,
        balance=plain(freed.balance + moved - np.asarray(paid)),
        cover_usd=plain(freed.cover_usd - moved),
    )
    outcome = Done(
        received=plain(-np.asarray(paid)),
        payoff=paid,
        from_cover=moved,
        option=event.option,
        refused=refused,
    )
    return keep(refused, state, after), outcome


def _unlock(state: State, event: Unlock) -> tuple[State, Done]:
    option = _option(state, event.option)
    refused = refusals(
        {
            "the expiration time has not yet come": event.time <= option.expiry,
            "the liquidity has already been unlocked": np.asarray(option.size) <= 0.0,
        }
    )
    after = _unlocked(state, event.option)
    return keep(refused, state, after), Done(option=event.option, refused=refused)


def _replenish(state: State, event: Replenish) -> tuple[State, Done]:
    del event
    moved = plain(state.benchmark + np.asarray(state.locked_premium) - state.balance)
    refused = refusals(
        {
            "the treasury is above its benchmark": np.asarray(moved) < 0.0,
            "the cover pool cannot pay": np.asarray(moved) > state.cover_usd,
        }
    )
    after = replace(
        state, balance=plain(state.balance + moved), cover_usd=plain(state.cover_usd - moved)
    )
    return keep(refused, state, after), Done(from_cover=moved, refused=refused)


def _provide(state: State, event: Provide) -> tuple[State, Done]:
    first = np.asarray(state.cover_tokens) <= 0.0
    usd = either(
        first, event.usd, ratio(np.asarray(event.tokens) * state.cover_usd, state.cover_tokens)
    )
    refused = refusals(
        {
            "zero tokens": np.asarray(event.tokens) <= 0.0,
            "the pool should first be initialized": np.asarray(usd) <= 0.0,
        }
    )
    after = replace(
        state,
        cover_usd=plain(state.cover_usd + usd),
        cover_tokens=plain(state.cover_tokens + np.asarray(event.tokens)),
    )
    return keep(refused, state, after), Done(received=usd, refused=refused)


def _leave(state: State, event: Leave) -> tuple[State, Done]:
    usd = ratio(np.asarray(event.tokens) * state.cover_usd, state.cover_tokens)
    refused = refusals(
        {
            "zero tokens": np.asarray(event.tokens) <= 0.0,
            "more than staked": np.asarray(event.tokens) > state.cover_tokens,
        }
    )
    after = replace(
        state,
        cover_usd=plain(state.cover_usd - usd),
        cover_tokens=plain(state.cover_tokens - np.asarray(event.tokens)),
    )
    return keep(refused, state, after), Done(received=plain(-np.asarray(usd)), refused=refused)


def options_of(state: State, spot: Values, vol: Values) -> Iterator[tuple[Option, SpotOption]]:
    """Open options with price and Greeks of one coin of each, as European ones without interest."""
    for option in state.options:
        years = max(option.expiry - state.time, 0.0) / SECONDS_PER_YEAR
        yield option, spot_option(spot, option.strike, years=years, vol=vol, kind=option.kind)


def greeks(state: State, spot: Values, *, vol: Values) -> PoolGreeks:
    """Value and Greeks of treasury and cover pool together: their USD less the options.

    Args:
        state: The pools.
        spot: USD.
        vol: Decimal per √year, of every option.
    """
    flat = 0.0 * np.asarray(spot) * np.asarray(vol)
    value = flat + state.balance + np.asarray(state.cover_usd)
    delta, gamma, vega, theta = flat, flat, flat, flat
    for option, one in options_of(state, spot, vol):
        value, delta = (
            value - option.size * np.asarray(one.price),
            delta - option.size * np.asarray(one.delta),
        )
        gamma, vega = (
            gamma - option.size * np.asarray(one.gamma),
            vega - option.size * np.asarray(one.vega),
        )
        theta = theta - option.size * np.asarray(one.theta)
    return PoolGreeks(
        value_usd=plain(value),
        delta=plain(delta),
        gamma=plain(gamma),
        vega_usd_per_point=plain(vega * POINT),
        theta_usd_per_day=plain(theta / DAYS_PER_YEAR),
    )


def coverage(state: State, spot: Values) -> Values:
    """Part of what all holders could exercise for now that treasury and cover pool hold, at most 1."""
    owed: Values = 0.0
    for option in state.options:
        sign = option_sign(option.kind)
        owed = owed + option.size * np.maximum(sign * (np.asarray(spot) - option.strike), 0.0)
    held = state.balance + np.asarray(state.cover_usd)
    return plain(np.minimum(ratio(held, greater(owed, 0.0), empty=1.0), 1.0))


def holdings(state: State) -> Iterator[Holding]:
    """The treasury is short what it has sold; its buyers are long."""
    for option in state.options:
        size = number(option.size, name="size")
        for holder, role, sign in (("treasury", "vault", -1.0), ("buyers", "trader", 1.0)):
            yield Holding(
                protocol="hegic",
                holder=holder,
                holder_type=role,
                kind=option.kind,
                quantity=sign * size,
                strike=number(option.strike, name="strike"),
                years=max(option.expiry - state.time, 0.0) / SECONDS_PER_YEAR,
            )


_STEPS: Final[dict[type[Any], Callable[[State, Any], tuple[State, Done]]]] = {
    Buy: _buy,
    Exercise: _exercise,
    Unlock: _unlock,
    Replenish: _replenish,
    Provide: _provide,
    Leave: _leave,
}

HEGIC: Final = Mechanism(
    name="hegic",
    title="Hegic operational treasury",
    state=State,
    events={
        "buy": Buy,
        "exercise": Exercise,
        "unlock": Unlock,
        "replenish": Replenish,
        "provide": Provide,
        "leave": Leave,
    },
    step=step,
    origin=Origin(
        source="hegic/contracts, packages/hardcore-beta (2022): treasury, cover pool and price calculators; "
        "figures of test/HegicOperationalTreasury.ts, HegicStakeAndCover.ts and strategies/otm.ts",
        verified=True,
        doubts="Calls and puts only, strikes without rounding; profits of stakers are claimed in the exact "
        "module only. Options may be exercised early and are valued as European ones.",
    ),
    gamma="The treasury is short the gamma of all it has sold; its buyers are long it.",
    hedger="Nobody hedges the treasury; its buyers may, and being long gamma they dampen.",
    holdings=holdings,
)
