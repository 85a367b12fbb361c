"""The stress matrix: a book valued again in every pair of a spot shift and a vol shift.

Every cell is the full revaluation of :mod:`shortgamma.market.revaluation` at one moment: nothing decays,
nobody hedges, every strike keeps its vol but for the shift, every forward moves in proportion to spot.
Spot may also go to zero, where a put is worth its discounted strike and a call nothing.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.market.book import Book
from shortgamma.market.options import OptionSeries
from shortgamma.market.revaluation import (
    SPOT_MOVES,
    VOL_SHIFTS,
    PointsVol,
    RelativeVol,
    Shock,
    TenorVol,
    VolShift,
    values,
)

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

TO_ZERO: Final = -1.0
LARGEST_MOVE: Final = 1_000.0
MOST_CELLS: Final = 20_000
SHIFTS: Final[dict[type, tuple[float, float]]] = {
    RelativeVol: (-0.99, 100.0),
    PointsVol: (-500.0, 10_000.0),
    TenorVol: (-0.35, 100.0),
}
"""Smallest and largest size of each kind of vol shift."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShockGrid:
    """Spot shifts and vol shifts, every one with every other.

    Args:
        spot_moves: Relative moves, −1 (to zero) and above; ±5, 10, 20, 30, 50 % and 0 unless given.
        vol_shifts: Vol down, same and up by tenor unless given.

    Raises:
        InputError: A shift is out of range or given twice, there is none, or there are too many cells.
    """

    spot_moves: tuple[float, ...] = SPOT_MOVES
    vol_shifts: tuple[VolShift, ...] = VOL_SHIFTS

    def __post_init__(self) -> None:
        for move in self.spot_moves:
            if not TO_ZERO <= move <= LARGEST_MOVE:
                raise InputError(
                    f"a spot shift of {move:g}",
                    place="spot shifts",
                    remedy="give relative moves of -1 (to zero) or more, as -0.2",
                )
        for shift in self.vol_shifts:
            check_vol_shift(shift)
        for name, shifts in (("spot", self.spot_moves), ("vol", self.vol_shifts)):
            if len(set(shifts)) != len(shifts) or not shifts:
                raise InputError(
                    f"a {name} shift is given twice" if shifts else f"there is no {name} shift",
                    place=f"{name} shifts",
                    remedy="give each one once",
                )
        if len(self) > MOST_CELLS:
            raise InputError(
                f"{len(self):,} cells", place="shifts", remedy=f"give at most {MOST_CELLS:,}"
            )

    def __len__(self) -> int:
        return len(self.spot_moves) * len(self.vol_shifts)

    @property
    def shocks(self) -> tuple[Shock, ...]:
        """Every cell, the vol shift running fastest."""
        return tuple(
            Shock(spot_move=move, vol=vol) for move in self.spot_moves for vol in self.vol_shifts
        )


def check_vol_shift(shift: VolShift) -> None:
    """Refuses a vol shift that leaves no vol, or that no market has.

    Raises:
        InputError: It is one.
    """
    low, high = SHIFTS.get(type(shift), (-np.inf, np.inf))
    if not low <= shift.size <= high:
        raise InputError(
            f"a vol shift of {shift.size:g}",
            place="vol shifts",
            remedy=f"give {low:g} to {high:g}; shifts are relative unless they are in points",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell of the matrix.

    Args:
        spot_move: Relative.
        vol: What happens to vols.
        pnl_usd: Profit of the book, USD, negative = loss.
    """

    spot_move: float
    vol: VolShift
    pnl_usd: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StressMatrix:
    """Profits of a book.

    Args:
        grid: The shifts.
        pnl_usd: USD, negative = loss, shape (spot shifts, vol shifts).
    """

    grid: ShockGrid
    pnl_usd: Matrix

    def __post_init__(self) -> None:
        self.pnl_usd.setflags(write=False)

    def at(self, place: int) -> Cell:
        """The cell at a flat index."""
        row, column = divmod(place, len(self.grid.vol_shifts))
        return Cell(
            spot_move=self.grid.spot_moves[row],
            vol=self.grid.vol_shifts[column],
            pnl_usd=float(self.pnl_usd[row, column]),
        )

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Every cell, the vol shift running fastest."""
        return tuple(self.at(place) for place in range(self.pnl_usd.size))

    @property
    def worst(self) -> Cell:
        """The cell in which the book loses most."""
        return self.at(int(np.argmin(self.pnl_usd)))

    @property
    def best(self) -> Cell:
        """The cell in which it wins most."""
        return self.at(int(np.argmax(self.pnl_usd)))


def stress_matrix(book: Book, grid: ShockGrid | None = None) -> StressMatrix:
    """Profit of a book in every cell.

    ``pnl = Σ N·[V(F·(1+s), σ′) − V(F, σ)] + Σ N·price·s``, the first sum over options, the second over
    futures, perpetuals and spot.

    Args:
        book: Signed holdings.
        grid: The shifts; the default grid of 33 cells unless given.

    Returns:
        USD, positive = the book wins.
    """
    grid = grid or ShockGrid()
    linear = linear_usd(book)
    start = values(book.options, 0.0, vol=book.options.vol)
    pnl = np.empty((len(grid.spot_moves), len(grid.vol_shifts)))
    for column, shift in enumerate(grid.vol_shifts):
        vol = shift.vols(book.options)
        for row, move in enumerate(grid.spot_moves):
            change = values_after(book.options, move, vol=vol) - start
            pnl[row, column] = change @ book.quantity + linear * move
    return StressMatrix(grid=grid, pnl_usd=pnl)


def linear_usd(book: Book) -> float:
    """Σ N·price of what has no optionality, USD: its profit per unit of relative move."""
    return sum(holding.quantity * holding.price for holding in book.delta_one)


def values_after(options: OptionSeries, spot_move: float, *, vol: Vector) -> Vector:
    """Prices with every forward moved, the limit at zero included.

    Args:
        options: The n contracts.
        spot_move: Relative, −1 or above.
        vol: Decimal, shape (n,).

    Returns:
        USD, shape (n,). At −1 a put is worth K·e^(−rate·years), a call 0.
    """
    if spot_move == TO_ZERO:
        paid = options.strike * np.exp(-options.rate * options.years)
        return np.where(options.is_call, 0.0, paid)
    return values(options, spot_move, vol=vol)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """What one holding adds to a cell.

    Args:
        instrument: The venue's name, or its terms.
        quantity: Units of the underlying, + = long.
        pnl_usd: Its profit there, USD.
    """

    instrument: str
    quantity: float
    pnl_usd: float


def contributions(book: Book, cell: Cell) -> tuple[Contribution, ...]:
    """What every holding adds to a cell, the largest loss first; they sum to the cell's profit."""
    after = values_after(book.options, cell.spot_move, vol=cell.vol.vols(book.options))
    change = after - values(book.options, 0.0, vol=book.options.vol)
    rows = zip(
        book.options.instrument.tolist(),
        book.quantity.tolist(),
        (change * book.quantity).tolist(),
        strict=True,
    )
    found = [Contribution(instrument=str(i), quantity=q, pnl_usd=pnl) for i, q, pnl in rows]
    found += [
        Contribution(
            instrument=held.instrument,
            quantity=held.quantity,
            pnl_usd=held.quantity * held.price * cell.spot_move,
        )
        for held in book.delta_one
    ]
    return tuple(sorted(found, key=lambda row: row.pnl_usd))


class CarryStatus(StrEnum):
    """Whether time decay pays for the worst cell."""

    PAID_IN_DAYS = "paid_in_days"
    NEVER_PAID = "never_paid"
    NO_LOSS = "no_loss"


@dataclass(frozen=True, slots=True, kw_only=True)
class Carry:
    """Theta-to-worst: the worst cell in days of time decay.

    Args:
        theta_usd_per_day: What the book earns per calendar day while nothing moves, USD, + = earns.
        days: Loss of the worst cell over that; 0 without a loss; ∞ where the book earns nothing.
        status: Which of the three it is.
    """

    theta_usd_per_day: float
    days: float = 0.0
    status: CarryStatus = CarryStatus.NO_LOSS


def theta_to_worst(worst: Cell, *, theta_usd_per_day: float) -> Carry:
    """How many days of today's time decay the worst cell costs.

    ``days = −pnl / theta`` with both at today's book. A short option's theta is positive.

    Args:
        worst: The worst cell.
        theta_usd_per_day: Of the book, USD per calendar day, + = earns.
    """
    if worst.pnl_usd >= 0.0:
        return Carry(theta_usd_per_day=theta_usd_per_day)
    if theta_usd_per_day <= 0.0:
        return Carry(
            theta_usd_per_day=theta_usd_per_day, days=np.inf, status=CarryStatus.NEVER_PAID
        )
    return Carry(
        theta_usd_per_day=theta_usd_per_day,
        days=-worst.pnl_usd / theta_usd_per_day,
        status=CarryStatus.PAID_IN_DAYS,
    )
