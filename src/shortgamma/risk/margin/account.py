"""A book as a margin rule sees it: net holdings as arrays, and m states of the market.

The scenario axis leads: prices are ``(m, n)``. Holdings are net by contract, because that is what every venue
margins. Forwards keep their ratio to spot: F(s) = s·F₀/S₀.
"""

from dataclasses import dataclass, field, fields
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from shortgamma.basics.arrays import freeze
from shortgamma.basics.errors import ShapeError
from shortgamma.basics.units import DAYS_PER_YEAR
from shortgamma.kernels.black import black_price
from shortgamma.market.book import Book, DeltaOneKind
from shortgamma.market.options import rebuild

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

SMALLEST_VOL: Final = 1e-9
"""Decimal; below it a price is its intrinsic value to the last digit."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Holdings:
    """Net holdings of n options and d instruments without optionality.

    Args:
        sign: +1 for calls, −1 for puts, shape (n,).
        strike: USD, shape (n,).
        years: Time to expiry, shape (n,).
        rate: Continuously compounded, per year, shape (n,).
        basis: Forward over spot, shape (n,).
        is_inverse: True where the option settles in the coin, shape (n,).
        expiry: Number of the option's expiry, 0 … g − 1, shape (n,).
        quantity: Units of the underlying, + = long, shape (n,).
        delta_one: Units of the underlying of each instrument without optionality, + = long, shape (d,).
        delta_one_basis: Its price over spot, shape (d,).
        is_spot: True where it is the coin itself, which is an asset and not a contract, shape (d,).
    """

    sign: Vector
    strike: Vector
    years: Vector
    rate: Vector
    basis: Vector
    is_inverse: NDArray[np.bool_]
    expiry: NDArray[np.int64]
    quantity: Vector
    delta_one: Vector
    delta_one_basis: Vector
    is_spot: NDArray[np.bool_]

    def __post_init__(self) -> None:
        options, others = len(self.sign), len(self.delta_one)
        for name, dtype, size in (
            *((name, np.float64, options) for name in ("sign", "strike", "years", "rate", "basis")),
            ("is_inverse", np.bool_, options),
            ("expiry", np.int64, options),
            ("quantity", np.float64, options),
            ("delta_one", np.float64, others),
            ("delta_one_basis", np.float64, others),
            ("is_spot", np.bool_, others),
        ):
            object.__setattr__(self, name, freeze(name, getattr(self, name), size, dtype))

    def __len__(self) -> int:
        return len(self.sign)

    def __reduce__(self) -> tuple[Any, ...]:
        return rebuild, (type(self), {f.name: getattr(self, f.name) for f in fields(self)})

    @property
    def is_call(self) -> NDArray[np.bool_]:
        """True for calls, shape (n,)."""
        return self.sign > 0.0

    @property
    def days(self) -> Vector:
        """Days to expiry, shape (n,)."""
        return self.years * DAYS_PER_YEAR

    @property
    def short(self) -> Vector:
        """Units sold of every option, not negative, shape (n,)."""
        return np.maximum(-self.quantity, 0.0)

    @property
    def by_expiry(self) -> Matrix:
        """1 where an option (row) belongs to an expiry (column), shape (n, g)."""
        groups = int(self.expiry.max()) + 1 if len(self) else 0
        return (self.expiry[:, None] == np.arange(groups)).astype(np.float64)

    @property
    def first_of_expiry(self) -> NDArray[np.int64]:
        """Place of the first option of every expiry, shape (g,)."""
        return np.unique(self.expiry, return_index=True)[1].astype(np.int64)

    def naked_shorts(self) -> float:
        """Units short net of calls and puts held at the same strike and expiry.

        Source: Deribit, portfolio margin ("net short options per strike"); derivexyz/v2-core,
        PMRMLib.sol, _getOptionContingency.
        """
        keys = np.stack([self.expiry.astype(np.float64), self.strike])
        _, where = np.unique(keys, axis=1, return_inverse=True)
        calls = np.bincount(where, np.where(self.is_call, self.quantity, 0.0))
        puts = np.bincount(where, np.where(self.is_call, 0.0, self.quantity))
        covered = np.minimum(np.maximum(calls, 0.0), np.maximum(-puts, 0.0)) + np.minimum(
            np.maximum(puts, 0.0), np.maximum(-calls, 0.0)
        )
        return float((np.maximum(-calls, 0.0) + np.maximum(-puts, 0.0) - covered).sum())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Account:
    """Holdings in m states of the market.

    Args:
        holdings: Net holdings.
        spot: USD, shape (m,).
        vol: Decimal, shape (m, n).
        mark: USD per unit of the underlying of a long option, discounted, shape (m, n); derived.
    """

    holdings: Holdings
    spot: Vector
    vol: Matrix
    mark: Matrix = field(init=False)

    def __post_init__(self) -> None:
        spot = freeze("spot", np.atleast_1d(self.spot))
        shape = (len(spot), len(self.holdings))
        try:
            vol = np.array(np.broadcast_to(self.vol, shape), dtype=np.float64)
        except ValueError:
            raise ShapeError(f"vol has shape {np.shape(self.vol)}, expected {shape}") from None
        object.__setattr__(self, "spot", spot)
        object.__setattr__(self, "vol", vol)
        object.__setattr__(self, "mark", self.prices(0.0, vol))

    def __len__(self) -> int:
        return len(self.spot)

    @property
    def forward(self) -> Matrix:
        """USD, shape (m, n)."""
        return self.spot[:, None] * self.holdings.basis

    @property
    def undiscounted_mark(self) -> Matrix:
        """Marks paid at expiry, USD, shape (m, n)."""
        return self.mark * np.exp(self.holdings.rate * self.holdings.years)

    @property
    def option_value(self) -> Vector:
        """What all options are worth, USD, + = the account owns it, shape (m,)."""
        return self.mark @ self.holdings.quantity

    @property
    def delta_one_price(self) -> Matrix:
        """USD, shape (m, d)."""
        return self.spot[:, None] * self.holdings.delta_one_basis

    @property
    def spot_value(self) -> Vector:
        """What the coins are worth, USD, shape (m,)."""
        held = np.where(self.holdings.is_spot, self.holdings.delta_one, 0.0)
        return self.delta_one_price @ held

    @property
    def contract_value(self) -> Vector:
        """Signed notional of futures and perpetuals, USD, + = long, shape (m,)."""
        held = np.where(self.holdings.is_spot, 0.0, self.holdings.delta_one)
        return self.delta_one_price @ held

    @property
    def contract_notional(self) -> Vector:
        """Unsigned notional of futures and perpetuals, USD, shape (m,)."""
        held = np.where(self.holdings.is_spot, 0.0, np.abs(self.holdings.delta_one))
        return self.delta_one_price @ held

    def prices(self, spot_move: float, vol: Matrix) -> Matrix:
        """Discounted prices after a relative move of spot, USD, shape (m, n).

        Args:
            spot_move: Above −1; every forward moves alike.
            vol: Decimal, shape (m, n).
        """
        held = self.holdings
        out = np.empty(vol.size)
        columns = (held.strike, held.years, np.maximum(vol, SMALLEST_VOL), held.rate, held.sign)
        strike, years, vols, rate, sign = (
            np.ascontiguousarray(np.broadcast_to(column, vol.shape)).ravel() for column in columns
        )
        forward = np.ascontiguousarray(self.forward * (1.0 + spot_move)).ravel()
        black_price(forward, strike, years, vols, rate, sign, out)
        return out.reshape(vol.shape)


def holdings_of(book: Book) -> Holdings:
    """The net holdings of a book.

    Args:
        book: Rows of the same kind, strike, expiry and settlement add up, and take the first one's market.
    """
    options = book.options
    columns = (options.sign, options.strike, options.expiry, options.is_inverse)
    keys = np.stack([np.asarray(column, dtype=np.float64) for column in columns])
    _, first, where = np.unique(keys, axis=1, return_index=True, return_inverse=True)
    chosen = options.select(first)
    futures = book.delta_one
    return Holdings(
        sign=chosen.sign,
        strike=chosen.strike,
        years=chosen.years,
        rate=chosen.rate,
        basis=chosen.forward / book.spot,
        is_inverse=chosen.is_inverse,
        expiry=np.unique(chosen.expiry, return_inverse=True)[1],
        quantity=np.bincount(where, book.quantity, len(first)).astype(np.float64),
        delta_one=np.array([holding.quantity for holding in futures]),
        delta_one_basis=np.array([holding.price / book.spot for holding in futures]),
        is_spot=np.array([holding.kind is DeltaOneKind.SPOT for holding in futures], dtype=bool),
    )


def account_of(book: Book) -> Account:
    """A book in its own market, one state."""
    return shocked_account(book, spot_factor=1.0, vol_factor=1.0)


def shocked_account(book: Book, *, spot_factor: ArrayLike, vol_factor: ArrayLike) -> Account:
    """A book after shocks of spot and vol, m states; every strike keeps its shocked vol.

    Args:
        book: The book.
        spot_factor: Spot after over spot before, shape (m,) or a scalar.
        vol_factor: The same of every vol.
    """
    holdings = holdings_of(book)
    options = book.options
    columns = (options.sign, options.strike, options.expiry, options.is_inverse)
    keys = np.stack([np.asarray(column, dtype=np.float64) for column in columns])
    first = np.unique(keys, axis=1, return_index=True)[1]
    spots, vols = np.broadcast_arrays(
        np.atleast_1d(np.asarray(spot_factor, dtype=np.float64)),
        np.atleast_1d(np.asarray(vol_factor, dtype=np.float64)),
    )
    return Account(
        holdings=holdings,
        spot=book.spot * spots,
        vol=vols[:, None] * options.vol[first],
    )
