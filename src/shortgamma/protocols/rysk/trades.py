"""A user's trade with Rysk's vault, path by path."""

from dataclasses import replace
from typing import Any

import numpy as np

from shortgamma.basics.units import SECONDS_PER_YEAR
from shortgamma.protocols.mechanism import Values
from shortgamma.protocols.paths import greater, keep, plain, refusals
from shortgamma.protocols.rysk.pricing import band_of, growth_cost, slippage_multiplier
from shortgamma.protocols.rysk.state import Buy, Sell, Series, State, Traded
from shortgamma.protocols.spot_options import option_sign, spot_option


def margin(state: State, event: Buy | Sell, *, amount: Values) -> Values:
    """USD of collateral that an amount of short options takes."""
    unit = np.asarray(event.spot) if event.kind == "call" else np.asarray(event.strike)
    return plain(state.margin_ratio * unit * np.asarray(amount))


def _spread(
    state: State, event: Buy | Sell, *, exposure: Values, delta: Values, years: float
) -> Values:
    """Delta borrowing, and collateral lending where a user's purchase makes the vault net short."""
    amount, rates = np.asarray(event.amount), state.delta_rates
    is_sell, is_call = isinstance(event, Sell), option_sign(event.kind) > 0.0
    if is_call:
        rate = rates.sell_short if is_sell else rates.buy_long
    else:
        rate = rates.sell_long if is_sell else rates.buy_short
    borrowed = np.abs(np.asarray(delta)) * amount * event.spot
    cost = np.asarray(growth_cost(plain(borrowed), rate, years=years))
    if not is_sell:
        net_short = np.maximum(amount - np.maximum(np.asarray(exposure), 0.0), 0.0)
        lent = margin(state, event, amount=plain(net_short))
        cost = cost + np.asarray(growth_cost(lent, state.collateral_rate, years=years))
    return greater(cost, 0.0)


def _gradient(state: State, kind: str, delta: Values) -> Values:
    multipliers = state.call_multipliers if kind == "call" else state.put_multipliers
    band = band_of(delta, state.band_width, bands=len(multipliers))
    return plain(state.slippage_gradient * np.asarray(multipliers)[band])


def quote(state: State, event: Buy | Sell) -> Traded:
    """What a trade costs; no path refused.

    Args:
        state: The vault, the event's series in its book.
        event: The trade.
    """
    years = max(event.expiry - state.time, 0.0) / SECONDS_PER_YEAR
    is_sell = isinstance(event, Sell)
    vol = np.asarray(event.vol) * (1.0 - state.bid_ask_vol if is_sell else 1.0)
    option = spot_option(
        event.spot, event.strike, years=years, vol=plain(vol), kind=event.kind, rate=state.rate
    )
    exposure = _held(state, event).exposure
    multiplier = slippage_multiplier(
        exposure,
        event.amount,
        gradient=_gradient(state, event.kind, option.delta),
        is_sell=is_sell,
    )
    spread = _spread(state, event, exposure=exposure, delta=option.delta, years=years)
    fair = np.asarray(option.price) * event.amount
    slipped = fair * multiplier
    paid = np.maximum(slipped - spread, 0.0) if is_sell else slipped + spread
    return Traded(
        fair_premium=plain(fair),
        delta=option.delta,
        multiplier=multiplier,
        spread=spread,
        fee=plain(state.fee_per_contract * np.asarray(event.amount)),
        received=plain(-paid if is_sell else paid),
        refused=False,
    )


def _held(state: State, event: Buy | Sell) -> Series:
    wanted = (event.kind, event.strike, event.expiry)
    return next(s for s in state.series if (s.kind, s.strike, s.expiry) == wanted)


def _needed(state: State, event: Buy | Sell) -> Any:
    """USD of collateral that all short options take."""
    total: Any = 0.0
    for series in state.series:
        unit = np.asarray(event.spot) if series.kind == "call" else np.asarray(series.strike)
        total = total + state.margin_ratio * unit * np.maximum(-np.asarray(series.exposure), 0.0)
    return total


def trade(state: State, event: Buy | Sell) -> tuple[State, Traded]:
    """The vault after a trade with a user.

    Args:
        state: The vault, the event's series in its book.
        event: The trade.
    """
    quoted, held = quote(state, event), _held(state, event)
    change = np.asarray(event.amount) * (1.0 if isinstance(event, Sell) else -1.0)
    book = tuple(
        replace(series, exposure=plain(series.exposure + change)) if series is held else series
        for series in state.series
    )
    after = replace(state, series=book, cash=plain(state.cash + np.asarray(quoted.received)))
    refused = refusals(
        {
            "zero amount": np.asarray(event.amount) <= 0.0,
            "option expired": event.expiry <= state.time,
            "insufficient liquidity": np.asarray(after.cash) < _needed(after, event),
        }
    )
    return keep(refused, state, after), replace(quoted, refused=refused)
