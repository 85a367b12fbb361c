"""A Ribbon-type vault over many paths at once: its depositors as one, in floats.

The same rules as :mod:`shortgamma.protocols.ribbon.exact` without the single accounts, roundings and waiting
times: everybody who asks back fetches it in one event, buyers are paid when the option expires, and options
that nobody bought pay into ``stranded``, where they also stay on the chain. Every figure is one number or one
per path; a path on which the contract would refuse an event stays as it was and is marked in the outcome.

A gain smaller than 1e-12 of what was locked is a rounding and charges no fees: in integers there is none.

Source: as :mod:`shortgamma.protocols.ribbon.exact`, which a stateful test holds together with this module.
"""

from dataclasses import dataclass, fields, replace
from typing import Any, Final, cast

import numpy as np

from shortgamma.basics.errors import InputError
from shortgamma.protocols.mechanism import Values

_ROUNDING: Final = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PooledVault:
    """A vault with all depositors as one and all buyers as one.

    The asset is the coin for calls and USD for puts; a share has its unit.

    Args:
        kind: ``call`` or ``put``.
        cap: Most that the vault accepts, asset.
        performance_fee: Of a gain, decimal.
        weekly_fee: Of what is managed, per week, decimal; the contract rounds 2 % per year to this.
        cash: Asset in the vault, deposits that wait and queued withdrawals among it.
        locked: Collateral of the current options, asset.
        last_locked: Of the round before.
        pending: Deposits without shares, asset.
        supply: Shares, those asked back among them.
        queued_shares, queued_amount: Asked back in earlier rounds: shares, and the asset set aside.
        new_queued_shares: Asked back in this round.
        price: Of a share in the last round, asset.
        strike: Of the current option, USD; 0 = none.
        sold, unsold: Current options with the buyers, and with the vault, coins.
        depositors, buyers, fees: Asset received less paid.
        stranded: Asset that Opyn keeps for options which the vault itself held.
    """

    kind: str = "call"
    cap: Values = np.inf
    performance_fee: Values = 0.2
    weekly_fee: Values = 0.00038356
    cash: Values = 0.0
    locked: Values = 0.0
    last_locked: Values = 0.0
    pending: Values = 0.0
    supply: Values = 0.0
    queued_shares: Values = 0.0
    queued_amount: Values = 0.0
    new_queued_shares: Values = 0.0
    price: Values = 1.0
    strike: Values = 0.0
    sold: Values = 0.0
    unsold: Values = 0.0
    depositors: Values = 0.0
    buyers: Values = 0.0
    fees: Values = 0.0
    stranded: Values = 0.0

    def __post_init__(self) -> None:
        if self.kind not in {"call", "put"}:
            raise InputError(f"kind {self.kind!r}", place="vault", remedy="call or put")

    @property
    def money(self) -> Values:
        """All of the asset, wherever it is: no event changes it."""
        held = self.cash + self.locked + self.stranded
        return held + self.depositors + self.buyers + self.fees


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PoolDeposit:
    """Depositors pay in.

    Args:
        amount: Asset.
    """

    amount: Values


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PoolWithdrawInstantly:
    """Depositors take back what they paid in during this round.

    Args:
        amount: Asset.
    """

    amount: Values


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PoolInitiateWithdraw:
    """Depositors ask shares' worth back.

    Args:
        shares: How many.
    """

    shares: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolCompleteWithdraw:
    """Depositors fetch all that is set aside for them."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PoolSale:
    """Buyers take options.

    Args:
        options: Coins.
        premium: Asset paid for all of them.
    """

    options: Values
    premium: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolBurn:
    """What was not sold is burned, and its collateral freed."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PoolExpiry:
    """The option expires: buyers are paid, the rest of the collateral comes back.

    Args:
        price: Of the underlying, USD.
    """

    price: Values


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PoolRoll:
    """The round ends, and new options are written.

    Args:
        strike: Of the new options, USD.
    """

    strike: Values


PoolEvent = (
    PoolDeposit
    | PoolWithdrawInstantly
    | PoolInitiateWithdraw
    | PoolCompleteWithdraw
    | PoolSale
    | PoolBurn
    | PoolExpiry
    | PoolRoll
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PoolOutcome:
    """What came of an event.

    Args:
        refused: True on paths where the contract would not accept it.
        amount: Asset that went from the vault to depositors, buyers or the recipient of fees; negative = to
            the vault.
    """

    refused: Any
    amount: Values = 0.0


def step(state: PooledVault, event: PoolEvent) -> tuple[PooledVault, PoolOutcome]:
    """The vaults after an event.

    Raises:
        InputError: It is none of the vault's events.
    """
    match event:
        case PoolDeposit():
            changed, refused = _deposit(state, event.amount)
        case PoolWithdrawInstantly():
            changed, refused = _withdraw_instantly(state, event.amount)
        case PoolInitiateWithdraw():
            changed, refused = _initiate(state, event.shares)
        case PoolCompleteWithdraw():
            changed, refused = _complete(state)
        case PoolSale():
            changed, refused = _sale(state, event)
        case PoolBurn():
            changed, refused = _burn(state)
        case PoolExpiry():
            changed, refused = _expiry(state, event.price)
        case PoolRoll():
            changed, refused = _roll(state, event.strike)
        case _:
            raise InputError(
                f"event {type(event).__name__}", place="vault", remedy="one of the vault's events"
            )
    kept = _choose(refused, state, changed)
    paid = (state.cash + state.locked) - (kept.cash + kept.locked)
    return kept, PoolOutcome(refused=refused, amount=paid)


def _choose(refused: Any, before: PooledVault, after: PooledVault) -> PooledVault:
    """The old vault where the event is refused, the new one elsewhere."""
    if not np.any(refused):
        return after
    figures = [item.name for item in fields(PooledVault) if item.name != "kind"]
    return replace(
        before,
        **{
            name: np.where(refused, getattr(before, name), getattr(after, name)) for name in figures
        },
    )


def _deposit(state: PooledVault, amount: Values) -> tuple[PooledVault, Any]:
    full = state.cash + state.locked + amount > state.cap
    changed = replace(
        state,
        cash=state.cash + amount,
        pending=state.pending + amount,
        depositors=state.depositors - amount,
    )
    return changed, np.logical_or(full, np.less_equal(amount, 0.0))


def _withdraw_instantly(state: PooledVault, amount: Values) -> tuple[PooledVault, Any]:
    changed = replace(
        state,
        cash=state.cash - amount,
        pending=state.pending - amount,
        depositors=state.depositors + amount,
    )
    too_much = np.greater(amount, state.pending + _ROUNDING * state.cash)
    return changed, np.logical_or(too_much, np.less_equal(amount, 0.0))


def _initiate(state: PooledVault, shares: Values) -> tuple[PooledVault, Any]:
    own = state.supply - state.queued_shares - state.new_queued_shares
    changed = replace(state, new_queued_shares=state.new_queued_shares + shares)
    return changed, np.logical_or(
        np.greater(shares, own + _ROUNDING * state.supply), np.less_equal(shares, 0.0)
    )


def _complete(state: PooledVault) -> tuple[PooledVault, Any]:
    changed = replace(
        state,
        cash=state.cash - state.queued_amount,
        supply=state.supply - state.queued_shares,
        depositors=state.depositors + state.queued_amount,
        queued_shares=0.0 * state.queued_shares,
        queued_amount=0.0 * state.queued_amount,
    )
    return changed, np.less_equal(state.queued_amount, 0.0)


def _sale(state: PooledVault, event: PoolSale) -> tuple[PooledVault, Any]:
    changed = replace(
        state,
        cash=state.cash + event.premium,
        buyers=state.buyers - event.premium,
        sold=state.sold + event.options,
        unsold=np.maximum(state.unsold - event.options, 0.0),
    )
    # What is left of many sales carries the roundings of all options, not of itself.
    spare = _ROUNDING * (state.sold + state.unsold)
    too_many = np.greater(event.options, state.unsold + spare)
    return changed, too_many | np.less(event.options, 0.0) | np.less(event.premium, 0.0)


def _burn(state: PooledVault) -> tuple[PooledVault, Any]:
    options = state.sold + state.unsold
    freed = state.locked * state.unsold / np.where(options > 0.0, options, 1.0)
    changed = replace(
        state, cash=state.cash + freed, locked=state.locked - freed, unsold=0.0 * state.unsold
    )
    return changed, np.less_equal(state.unsold, 0.0)


def _expiry(state: PooledVault, price: Values) -> tuple[PooledVault, Any]:
    payout = _payout(state, price)
    paid, kept = payout * state.sold, payout * state.unsold
    changed = replace(
        state,
        cash=state.cash + state.locked - paid - kept,
        last_locked=state.locked,
        locked=0.0 * state.locked,
        buyers=state.buyers + paid,
        stranded=state.stranded + kept,
        strike=0.0 * state.strike,
        sold=0.0 * state.sold,
        unsold=0.0 * state.unsold,
    )
    return changed, np.less_equal(state.strike, 0.0) | np.less_equal(price, 0.0)


def _payout(state: PooledVault, price: Values) -> Values:
    """Asset per option at expiry."""
    if state.kind == "put":
        return np.maximum(state.strike - price, 0.0)
    positive = np.where(np.greater(price, 0.0), price, 1.0)
    return np.maximum(positive - state.strike, 0.0) / positive


def _roll(state: PooledVault, strike: Values) -> tuple[PooledVault, Any]:
    own = state.cash - state.queued_amount
    sans_pending = np.maximum(own - state.pending, 0.0)
    gain = sans_pending - state.last_locked
    due = state.performance_fee * gain + state.weekly_fee * sans_pending
    fees = np.where(gain > _ROUNDING * (1.0 + state.last_locked), due, 0.0)
    shares = state.supply - state.queued_shares
    alive = np.greater(shares, 0.0)
    worth = (own - fees - state.pending) / np.where(alive, shares, 1.0)
    price = np.where(alive, worth, 1.0)
    safe = np.where(price > 0.0, price, 1.0)
    queued = state.queued_amount + state.new_queued_shares * price
    locked = state.cash - fees - queued
    changed = replace(
        state,
        cash=cast("Values", state.cash - fees - locked),
        locked=cast("Values", locked),
        fees=state.fees + fees,
        supply=state.supply + state.pending / safe,
        pending=0.0 * state.pending,
        queued_amount=cast("Values", queued),
        queued_shares=state.queued_shares + state.new_queued_shares,
        new_queued_shares=0.0 * state.new_queued_shares,
        price=price,
        strike=strike + 0.0 * state.strike,
        unsold=locked / _backing(state, strike),
    )
    running = np.greater(state.strike, 0.0)
    return changed, running | (price <= 0.0) | (locked <= 0.0) | np.less_equal(strike, 0.0)


def _backing(state: PooledVault, strike: Values) -> Values:
    """Asset that backs one option."""
    if state.kind == "call":
        return 1.0
    return np.where(np.greater(strike, 0.0), strike, 1.0)
