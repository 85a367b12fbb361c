"""What every margin regime is: a record of where its figures come from, and a rule that computes a charge."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from shortgamma.basics.errors import RefusedError
from shortgamma.market.book import Book
from shortgamma.risk.margin.account import Account, Holdings, account_of, shocked_account

Vector = NDArray[np.float64]


class Unit(StrEnum):
    """What a regime counts in; every figure here is in USD all the same."""

    COIN = "coin"
    USD = "USD"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Charge:
    """What a rule asks for in m states of the market.

    Args:
        initial, maintenance: USD, + = required, shape (m,), as the venue states them.
        counted: USD of assets already counted against them, + = the account owns it, shape (m,): the value
            of options where the rule adds the marks of shorts, nothing where it measures a loss of equity.
        parts: What ``initial`` is made of, USD; they add up to it.
    """

    initial: Vector
    maintenance: Vector
    counted: Vector
    parts: Mapping[str, Vector] = field(default_factory=dict[str, Vector])


class Rule(Protocol):
    """One kind of rule with its figures."""

    def charge(self, account: Account) -> Charge:
        """What it asks for.

        Raises:
            RefusedError: The venue does not take such a position.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Regime:
    """A margin regime: whose it is, since when, where the figures come from, and the rule.

    Args:
        name: As ``--regime`` takes it.
        venue: Exchange, clearing house or protocol.
        jurisdiction: Whose law or code applies.
        client_class: Whom it is for.
        effective: ISO date of the figures; None = not stated by the source.
        source: Where they come from.
        verified: True where published figures of the venue were reproduced with these parameters or, for a
            set that the venue's own tests use, with that set.
        unit: What the venue counts in.
        rule: Parameters and function.
        parameters: Name of the set of parameters.
        doubts: What is not known or left out; empty where nothing is.
    """

    name: str
    venue: str
    jurisdiction: str
    client_class: str
    effective: str | None
    source: str
    verified: bool
    unit: Unit
    rule: Rule
    parameters: str = "default"
    doubts: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Requirement:
    """What a regime asks for, USD, + = required.

    ``initial`` and ``maintenance`` are as the venue states them: some ask for cash and include what the short
    options are worth, others ask for equity. ``initial_equity`` and ``maintenance_equity`` mean the same
    everywhere: what the account has to be worth if all is closed at the marks, i.e. own money beyond the
    premiums::

        equity = stated + value of the assets that the stated figure already counts

    Args:
        initial, maintenance: Shape (m,).
        initial_equity, maintenance_equity: Shape (m,).
        cash: Cash that has to lie in the account to meet ``initial_equity`` with the book at its marks,
            shape (m,): equity − option value − value of coins.
        parts: What ``initial`` is made of.
        status: ``ok``, or why the regime does not take the book; figures are NaN then.
    """

    initial: Vector
    maintenance: Vector
    initial_equity: Vector
    maintenance_equity: Vector
    cash: Vector
    parts: Mapping[str, Vector]
    status: str = "ok"


def margin(book: Book, regime: Regime) -> Requirement:
    """What a regime asks for a book in its own market; every figure has shape (1,)."""
    return requirement(account_of(book), regime)


def shocked_margin(
    book: Book, regime: Regime, *, spot_factor: ArrayLike, vol_factor: ArrayLike
) -> Requirement:
    """The same after m shocks of spot and vol, factors of today's."""
    account = shocked_account(book, spot_factor=spot_factor, vol_factor=vol_factor)
    return requirement(account, regime)


def requirement_of(
    holdings: Holdings, regime: Regime, *, spot: ArrayLike, vol: ArrayLike
) -> Requirement:
    """What a regime asks for holdings in m states of the market: what a simulator calls at every step.

    Args:
        holdings: Net holdings; ``years`` are those of the moment.
        regime: Any.
        spot: USD, shape (m,).
        vol: Decimal, shape (m, n), (m, 1), (n,) or a scalar.
    """
    prices = np.atleast_1d(np.asarray(spot, dtype=np.float64))
    account = Account(holdings=holdings, spot=prices, vol=np.asarray(vol, dtype=np.float64))
    return requirement(account, regime)


def requirement(account: Account, regime: Regime) -> Requirement:
    """What a regime asks for an account; a position that it does not take gives NaN and a status."""
    try:
        charge = regime.rule.charge(account)
    except RefusedError as refusal:
        nothing = np.full(len(account), np.nan)
        return Requirement(
            initial=nothing,
            maintenance=nothing,
            initial_equity=nothing,
            maintenance_equity=nothing,
            cash=nothing,
            parts={},
            status=f"refused: {refusal}",
        )
    equity = charge.initial + charge.counted
    return Requirement(
        initial=charge.initial,
        maintenance=charge.maintenance,
        initial_equity=equity,
        maintenance_equity=charge.maintenance + charge.counted,
        cash=equity - account.option_value - account.spot_value,
        parts=charge.parts,
    )
