"""The revaluation grid: every option priced again under moves of spot and shifts of vol.

A cell is a pair of a spot move and a vol shift. Its profit is that of full revaluation on the spot, nothing
decays and nothing is hedged in between::

    pnl = Σ N·[V(F·(1+s), σ′) − V(F, σ)] + Σ N·price·s

with N signed holdings, the first sum over options (Black-76 on the forward of their own expiry, USD) and
the second over futures, perpetuals and spot. Every forward moves in proportion to spot.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.units import DAYS_PER_YEAR, POINT
from shortgamma.kernels.black import black_price
from shortgamma.market.book import Book
from shortgamma.market.options import OptionSeries

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

SPOT_MOVES: Final = (-0.5, -0.3, -0.2, -0.1, -0.05, 0.0, 0.05, 0.1, 0.2, 0.3, 0.5)
LOWEST_VOL: Final = 1e-3  # decimal; a shift in points may not take a vol to zero or below
REFERENCE_DAYS: Final = 30.0
SHORTEST_DAYS: Final = 1.0
SHORT_POWER, LONG_POWER = 0.30, 0.13
MOST_UP, MOST_DOWN = 0.50, 0.25


class VolShift(Protocol):
    """A change of every vol."""

    @property
    def size(self) -> float:
        """The shift as one signed number, for a table; its unit is in ``label``."""
        ...

    @property
    def label(self) -> str:
        """The shift in words."""
        ...

    def vols(self, options: OptionSeries) -> Vector:
        """The vols after it, decimal, positive, shape (n,)."""
        ...


@dataclass(frozen=True, slots=True)
class RelativeVol:
    """Every vol times 1 + shift.

    Args:
        shift: 0.25 turns 60 % into 75 %; above −1.
    """

    shift: float

    @property
    def size(self) -> float:
        """The relative shift."""
        return self.shift

    @property
    def label(self) -> str:
        """``vol × 1.25``, or ``same vol``."""
        return "same vol" if self.shift == 0.0 else f"vol × {1.0 + self.shift:g}"

    def vols(self, options: OptionSeries) -> Vector:
        """σ·(1 + shift)."""
        return options.vol * (1.0 + self.shift)


@dataclass(frozen=True, slots=True)
class PointsVol:
    """Every vol plus the same number of points, never below 0.1 %.

    Args:
        points: 10 turns 60 % into 70 %.
    """

    points: float

    @property
    def size(self) -> float:
        """The shift, vol points."""
        return self.points

    @property
    def label(self) -> str:
        """``vol +10 points``."""
        return f"vol {self.points:+g} points"

    def vols(self, options: OptionSeries) -> Vector:
        """max(σ + points/100, 0.1 %)."""
        return np.maximum(options.vol + self.points * POINT, LOWEST_VOL)


@dataclass(frozen=True, slots=True)
class TenorVol:
    """A shift that is larger for near expiries: σ·(1 + size·(30/d)^p), d days, at least 1.

    p is 0.30 below 30 days and 0.13 above.

    Args:
        size: Relative shift of an option of 30 days; −0.25 is the deepest that leaves every vol positive.

    Source: the extended vol shocks of Deribit's portfolio margin, without their floor of 50 %.
    """

    size: float

    @property
    def label(self) -> str:
        """``vol up`` or ``vol down``, with its size at 30 days."""
        return f"vol {'up' if self.size > 0.0 else 'down'} ({100.0 * self.size:+g} % at 30 days)"

    def vols(self, options: OptionSeries) -> Vector:
        """Shifted by tenor, never below 0.1 %."""
        days = np.maximum(options.years * DAYS_PER_YEAR, SHORTEST_DAYS)
        power = np.where(days < REFERENCE_DAYS, SHORT_POWER, LONG_POWER)
        factor = 1.0 + self.size * (REFERENCE_DAYS / days) ** power
        return np.maximum(options.vol * factor, LOWEST_VOL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shock:
    """One cell of the grid.

    Args:
        spot_move: Relative move of spot and of every forward, above −1.
        vol: What happens to vols.
    """

    spot_move: float
    vol: VolShift

    @property
    def label(self) -> str:
        """Both in words."""
        return f"spot {100.0 * self.spot_move:+g} %, {self.vol.label}"


SAME_VOL: Final = RelativeVol(0.0)
VOL_SHIFTS: Final[tuple[VolShift, ...]] = (TenorVol(-MOST_DOWN), SAME_VOL, TenorVol(MOST_UP))


def shock_grid(
    spot_moves: Sequence[float] = SPOT_MOVES, vol_shifts: Sequence[VolShift] = VOL_SHIFTS
) -> tuple[Shock, ...]:
    """Every spot move with every vol shift, the vol shift running fastest; 33 cells unless told."""
    return tuple(Shock(spot_move=move, vol=vol) for move in spot_moves for vol in vol_shifts)


def option_pnl(options: OptionSeries, shocks: Sequence[Shock]) -> Matrix:
    """Profit of one unit long of every option in every cell.

    Args:
        options: The n contracts.
        shocks: The k cells.

    Returns:
        USD, shape (k, n).
    """
    start = values(options, 0.0, vol=options.vol)
    out = np.empty((len(shocks), len(options)))
    for row, shock in enumerate(shocks):
        out[row] = values(options, shock.spot_move, vol=shock.vol.vols(options)) - start
    return out


def values(options: OptionSeries, spot_move: float, *, vol: Vector) -> Vector:
    """Prices with every forward moved by ``spot_move``, USD, shape (n,)."""
    out = np.empty(len(options))
    forward = options.forward * (1.0 + spot_move)
    black_price(forward, options.strike, options.years, vol, options.rate, options.sign, out)
    return out


def delta_one_pnl(price: float, shocks: Sequence[Shock]) -> Vector:
    """Profit of one unit long without optionality in every cell, USD, shape (k,)."""
    return price * np.array([shock.spot_move for shock in shocks])


def book_pnl(book: Book, shocks: Sequence[Shock]) -> Vector:
    """Profit of a book in every cell, USD, positive = it wins, shape (k,)."""
    total = option_pnl(book.options, shocks) @ book.quantity
    for holding in book.delta_one:
        total += holding.quantity * delta_one_pnl(holding.price, shocks)
    return total
