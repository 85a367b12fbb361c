"""The steps of a Premia vault, path by path; nobody hedges it.

price per share = (assets − locked spread − liabilities)/shares. Collateral stays among the assets until its
options are settled. Before a deposit or withdrawal the management fee mints shares·γ/(1 − γ), γ = fee·years.

Source: Premian-Labs/v3-contracts, contracts/vault/strategies/underwriter/UnderwriterVault.sol.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final

import numpy as np

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import DAYS_PER_YEAR, POINT, SECONDS_PER_DAY, SECONDS_PER_YEAR
from shortgamma.protocols.mechanism import Holding, Mechanism, Origin, PoolGreeks, Values
from shortgamma.protocols.paths import greater, keep, number, plain, ratio, refusals
from shortgamma.protocols.premia.level import quoted_level
from shortgamma.protocols.premia.state import (
    Bought,
    Buy,
    Deposit,
    Quote,
    Series,
    Settle,
    Settled,
    Shared,
    State,
    Withdraw,
    locked_spread,
    years_left,
)
from shortgamma.protocols.spot_options import SpotOption, option_sign, spot_option


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


def options_of(state: State, spot: Values, vol: Values) -> Iterator[tuple[Series, SpotOption]]:
    """Open series with price and Greeks of one option of each."""
    for series in state.series:
        yield (
            series,
            spot_option(
                spot,
                series.strike,
                years=years_left(state, series.expiry),
                vol=vol,
                kind=state.kind,
                rate=state.rate,
            ),
        )


def liabilities(state: State, spot: Values, vol: Values) -> Values:
    """Value of what the vault has written, asset."""
    total: Values = 0.0
    for series, option in options_of(state, spot, vol):
        total = total + series.size * option.price
    return total / spot if state.kind == "call" else total


def price_per_share(state: State, spot: Values, *, vol: Values) -> Values:
    """Asset per share; 1 where there are no shares."""
    owned = state.assets - locked_spread(state) - liabilities(state, spot, vol)
    return ratio(owned, state.shares, empty=1.0)


def available(state: State) -> Values:
    """Asset that is neither collateral nor locked spread."""
    return state.assets - state.locked - locked_spread(state)


def _fee_due(state: State) -> Values:
    """Part of the vault that the management fee takes now."""
    return plain(
        state.management_fee * (state.time - np.asarray(state.fee_time)) / SECONDS_PER_YEAR
    )


def _with_fee(state: State) -> tuple[State, Values]:
    """The vault after the management fee, and the shares that it minted."""
    part = np.minimum(_fee_due(state), 0.5)
    minted = plain(
        np.where(np.asarray(state.assets) > 0.0, state.shares * part / (1.0 - part), 0.0)
    )
    charged = replace(
        state,
        shares=plain(state.shares + minted),
        fee_shares=plain(state.fee_shares + minted),
        fee_time=plain(0.0 * np.asarray(state.fee_time) + state.time),
    )
    return charged, minted


def _unsettled(state: State) -> Any:
    """Where options have expired and nobody has settled them."""
    waiting: Any = False
    for series in state.series:
        waiting = waiting | ((series.expiry <= state.time) & (np.asarray(series.size) > 0.0))
    return waiting


def _deposit(state: State, event: Deposit) -> tuple[State, Shared]:
    charged, fee_shares = _with_fee(state)
    price = price_per_share(charged, event.spot, vol=event.vol)
    refused = refusals(
        {
            "zero assets": np.asarray(event.amount) <= 0.0,
            "management fee of more than half": np.asarray(_fee_due(state)) > 0.5,
            "expired options are not settled": _unsettled(state),
            "shares are worth nothing": np.asarray(price) <= 0.0,
        }
    )
    shares = ratio(event.amount, price)
    after = replace(
        charged,
        assets=plain(charged.assets + event.amount),
        shares=plain(charged.shares + shares),
    )
    outcome = Shared(
        price_per_share=price,
        shares=shares,
        received=plain(event.amount),
        fee_shares=fee_shares,
        refused=refused,
    )
    return keep(refused, state, after), outcome


def _withdraw(state: State, event: Withdraw) -> tuple[State, Shared]:
    charged, fee_shares = _with_fee(state)
    price = price_per_share(charged, event.spot, vol=event.vol)
    amount = plain(event.shares * price)
    refused = refusals(
        {
            "zero shares": np.asarray(event.shares) <= 0.0,
            "management fee of more than half": np.asarray(_fee_due(state)) > 0.5,
            "expired options are not settled": _unsettled(state),
            "more than all shares": np.asarray(event.shares) > charged.shares,
            "maximum amount exceeded": np.asarray(amount) > available(charged),
        }
    )
    after = replace(
        charged,
        assets=plain(charged.assets - amount),
        shares=plain(charged.shares - event.shares),
    )
    outcome = Shared(
        price_per_share=price,
        shares=plain(-np.asarray(event.shares)),
        received=plain(-np.asarray(amount)),
        fee_shares=fee_shares,
        refused=refused,
    )
    return keep(refused, state, after), outcome


def _quote(state: State, event: Quote | Buy) -> tuple[State, Bought]:
    option = spot_option(
        event.spot,
        event.strike,
        years=years_left(state, event.expiry),
        vol=event.vol,
        kind=state.kind,
        rate=state.rate,
    )
    collateral = collateral_of(state.kind, event.strike, size=event.size)
    refused = refusals(_reasons(state, event, collateral=collateral, delta=option.delta))
    fair = plain(event.size * option.price / (event.spot if state.kind == "call" else 1.0))
    before, after, level = _level(state, collateral)
    spread = plain((level - 1.0) * fair)
    fee = plain(state.minting_fee * collateral)
    outcome = Bought(
        fair_premium=fair,
        delta=option.delta,
        utilisation_before=before,
        utilisation_after=after,
        c_level=level,
        spread=spread,
        performance_fee=plain(state.performance_fee * spread),
        minting_fee=fee,
        received=plain(fair + spread + fee),
        refused=refused,
    )
    return state, outcome


def _level(state: State, collateral: Values) -> tuple[Values, Values, Values]:
    """Utilisation before and after a trade that locks a collateral, and the C-level of its quote."""
    before = ratio(state.locked, state.assets)
    after = ratio(state.locked + collateral, state.assets)
    hours = plain((state.time - np.asarray(state.last_trade)) / 3600.0)
    reachable = greater(0.0, np.minimum(after, 1.0))
    return before, after, quoted_level(before, reachable, hours=hours, terms=state.level)


def _reasons(
    state: State, event: Quote | Buy, *, collateral: Values, delta: Values
) -> dict[str, Any]:
    days = (event.expiry - state.time) / SECONDS_PER_DAY
    size = np.abs(np.asarray(delta))
    return {
        "zero size": np.asarray(event.size) <= 0.0,
        "zero strike": event.strike <= 0.0,
        "option expired": event.expiry <= state.time,
        "expired options are not settled": _unsettled(state),
        "insufficient funds": np.asarray(collateral) >= available(state),
        "out of days-to-expiry bounds": not state.min_days <= days <= state.max_days,
        "out of delta bounds": (size < state.min_delta) | (size > state.max_delta),
    }


def collateral_of(kind: str, strike: Values, *, size: Values) -> Values:
    """Asset that is locked for an option: a coin for a call, the strike for a put."""
    return plain(size * (1.0 if option_sign(kind) > 0.0 else np.asarray(strike)))


def _buy(state: State, event: Buy) -> tuple[State, Bought]:
    _, quoted = _quote(state, event)
    listed = _listed(state, event)
    kept = plain(quoted.spread - quoted.performance_fee)
    rate = plain(kept / (event.expiry - state.time)) if event.expiry > state.time else 0.0
    written = tuple(
        replace(
            series,
            size=plain(series.size + event.size),
            spread_rate=plain(series.spread_rate + rate),
        )
        if (series.strike, series.expiry) == (event.strike, event.expiry)
        else series
        for series in listed.series
    )
    after = replace(
        listed,
        assets=plain(state.assets + quoted.fair_premium + kept),
        locked=plain(state.locked + collateral_of(state.kind, event.strike, size=event.size)),
        protocol_fees=plain(state.protocol_fees + quoted.performance_fee),
        minting_fees=plain(state.minting_fees + quoted.minting_fee),
        last_trade=plain(0.0 * np.asarray(state.last_trade) + state.time),
        series=written,
    )
    return keep(quoted.refused, listed, after), quoted


def _listed(state: State, event: Buy) -> State:
    """The vault with the event's series among those it lists, in order of expiry and strike."""
    names = {(series.strike, series.expiry) for series in state.series}
    if (event.strike, event.expiry) in names:
        return state
    grown = (*state.series, Series(strike=event.strike, expiry=event.expiry))
    ordered = sorted(grown, key=lambda series: (series.expiry, series.strike))
    return replace(state, series=tuple(ordered))


def _settle(state: State, event: Settle) -> tuple[State, Settled]:
    sign = option_sign(state.kind)
    paid: Values = 0.0
    released: Values = 0.0
    contracts: Values = 0.0
    for series in state.series:
        if series.expiry <= state.time:
            payoff = np.maximum(sign * (np.asarray(event.price) - series.strike), 0.0)
            paid = paid + series.size * (payoff / event.price if sign > 0.0 else payoff)
            released = released + collateral_of(state.kind, series.strike, size=series.size)
            contracts = contracts + series.size
    after = replace(
        state,
        assets=plain(state.assets - paid),
        locked=plain(state.locked - released),
        series=tuple(series for series in state.series if series.expiry > state.time),
    )
    return after, Settled(paid=plain(paid), released=plain(released), contracts=plain(contracts))


def greeks(state: State, spot: Values, *, vol: Values) -> PoolGreeks:
    """Value and Greeks of what the depositors own: assets less locked spread less options.

    Args:
        state: The vault.
        spot: USD.
        vol: Decimal per √year, of every option.
    """
    owned = state.assets - locked_spread(state)
    coin = 1.0 if state.kind == "call" else 0.0
    unit = coin * np.asarray(spot) + (1.0 - coin)
    value, delta = owned * unit, owned * coin + 0.0 * np.asarray(spot)
    released: Values = 0.0
    gamma, vega, theta = 0.0 * delta, 0.0 * delta, 0.0 * delta
    for series, option in options_of(state, spot, vol):
        value, delta = value - series.size * option.price, delta - series.size * option.delta
        gamma, vega = gamma - series.size * option.gamma, vega - series.size * option.vega
        theta = theta - series.size * option.theta
        released = released + series.spread_rate * (series.expiry > state.time)
    return PoolGreeks(
        value_usd=plain(value),
        delta=plain(delta),
        gamma=plain(gamma),
        vega_usd_per_point=plain(vega * POINT),
        theta_usd_per_day=plain(theta / DAYS_PER_YEAR + released * SECONDS_PER_DAY * unit),
    )


def holdings(state: State) -> Iterator[Holding]:
    """The vault is short what it has written; its buyers are long."""
    for series in state.series:
        size = number(series.size, name="size")
        years = years_left(state, series.expiry)
        for holder, role, sign in (("vault", "vault", -1.0), ("buyers", "trader", 1.0)):
            yield Holding(
                protocol="premia",
                holder=holder,
                holder_type=role,
                kind=state.kind,
                quantity=sign * size,
                strike=series.strike,
                years=years,
            )


_STEPS: Final[dict[type[Any], Callable[[State, Any], tuple[State, Any]]]] = {
    Deposit: _deposit,
    Withdraw: _withdraw,
    Quote: _quote,
    Buy: _buy,
    Settle: _settle,
}

PREMIA: Final = Mechanism(
    name="premia",
    title="Premia underwriter vault",
    state=State,
    events={
        "deposit": Deposit,
        "withdraw": Withdraw,
        "quote": Quote,
        "buy": Buy,
        "settle": Settle,
    },
    step=step,
    origin=Origin(
        source="Premian-Labs/v3-contracts, UnderwriterVault.sol and OptionMath.sol; "
        "figures of test/vault/strategies/underwriter",
        verified=True,
        doubts="The formula is that of version 3; version 2 priced differently. Quotes agree with the "
        "published ones to 1e-6, their own tolerance: the contract approximates the normal distribution. "
        "Buying options back (off by default) is left out.",
    ),
    gamma="The vault is short the gamma of every option it has written; its buyers are long it.",
    hedger="Nobody hedges the vault; its buyers may, and being long gamma they dampen.",
    holdings=holdings,
)
