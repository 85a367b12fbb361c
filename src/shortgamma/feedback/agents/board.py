"""The contracts that a pool lists, and what is left of each at a time."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.units import DAYS_PER_YEAR
from shortgamma.kernels.pool_books import (
    DRIFT,
    EXPIRY,
    IS_PUT,
    LOG_STRIKE,
    SHARE,
    TERMS,
    WIDTH,
)
from shortgamma.market.options import OptionSeries

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
ROUNDING = 1e-9  # years: times are sums of steps, and an expiry at a step is in that step


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Board:
    """Contracts by expiry, on one spot, at one vol.

    Args:
        options: The contracts; their forwards, vols and rates are not looked at.
        spot: Fixed price that log prices are relative to, USD.
        vol: At which all are valued, decimal.
        average_days: Last days whose geometric average price the options settle at; 0 = the last price.
    """

    options: OptionSeries
    spot: float
    vol: float
    average_days: float = 0.0
    expiries: Vector = field(init=False)
    expiry_of: NDArray[np.intp] = field(init=False)
    fixed: Matrix = field(init=False)

    def __post_init__(self) -> None:
        expiries, index = np.unique(self.options.years, return_inverse=True)
        fixed = np.zeros((len(self.options), TERMS))
        fixed[:, LOG_STRIKE] = np.log(self.options.strike / self.spot)
        fixed[:, IS_PUT] = ~self.options.is_call
        fixed[:, EXPIRY] = index
        for name, value in (("expiries", expiries), ("expiry_of", index), ("fixed", fixed)):
            object.__setattr__(self, name, value)

    def __len__(self) -> int:
        return len(self.options)

    @property
    def average_years(self) -> float:
        """Length of the settlement average."""
        return self.average_days / DAYS_PER_YEAR

    def alive(self, years: float) -> NDArray[np.bool_]:
        """Contracts that expire after ``years``, shape (contracts,)."""
        return self.options.years > years + ROUNDING

    def expiring(self, start: float, end: float) -> NDArray[np.intp]:
        """Expiries after ``start`` and not after ``end``."""
        return np.flatnonzero(
            (self.expiries > start + ROUNDING) & (self.expiries <= end + ROUNDING)
        )

    def averaged(self, start: float, end: float) -> Vector:
        """Part of each expiry's settlement average that lies between two times, shape (expiries,)."""
        if not self.average_days:
            return np.zeros(len(self.expiries))
        begins = np.maximum(self.expiries - self.average_years, start)
        ends = np.minimum(self.expiries, end)
        return np.maximum(ends - begins, 0.0) / self.average_years

    def terms(self, years: float) -> Matrix:
        """What :mod:`shortgamma.kernels.pool_books` needs of each contract ``years`` after the start.

        A geometric average over the last A years, of which a part a is open for another τ years, has a log
        with the variance a²σ²τ/3, and before the window σ²(T − 2A/3).
        """
        left = np.maximum(self.expiries - years, ROUNDING)
        share, drift, variance = np.ones_like(left), np.zeros_like(left), self.vol**2 * left
        length = self.average_years
        if length:
            inside = left < length
            share = np.where(inside, left / length, 1.0)
            variance = np.where(
                inside, share**2 * variance / 3.0, variance - 2.0 * self.vol**2 * length / 3.0
            )
            mean = np.where(
                inside,
                -0.25 * share * self.vol**2 * left,
                -0.5 * self.vol**2 * (left - 0.5 * length),
            )
            drift = mean + 0.5 * variance
        terms = self.fixed.copy()
        terms[:, SHARE] = share[self.expiry_of]
        terms[:, DRIFT] = drift[self.expiry_of]
        terms[:, WIDTH] = np.sqrt(variance)[self.expiry_of]
        return terms

    def payoff(self, expiry: int, pinned: Vector, log_price: Vector) -> tuple[Any, Matrix]:
        """Contracts of an expiry, and what each pays per coin, USD, shape (contracts of it, n).

        Args:
            expiry: Number of it.
            pinned: Log of the whole average, shape (n,).
            log_price: Log of the last price, shape (n,).
        """
        rows = np.flatnonzero(self.expiry_of == expiry)
        settled = self.spot * np.exp(pinned if self.average_days else log_price)
        sign = np.where(self.options.is_call[rows], 1.0, -1.0)[:, np.newaxis]
        strike = self.options.strike[rows][:, np.newaxis]
        return rows, np.maximum(sign * (settled - strike), 0.0)
