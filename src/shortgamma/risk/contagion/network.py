"""Who owes whom: balance sheets as arrays."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from shortgamma.basics.arrays import freeze
from shortgamma.basics.errors import InputError

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
Mask = NDArray[np.bool_]
Counts = NDArray[np.int64]

LARGEST: Final = 1e18
"""USD beyond which an amount is a slip of units."""
BALANCE: Final = 1e-6
"""Of the balance sheet: by more than this, given and computed equity disagree."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Network:
    """Nodes and their debts; any one currency.

    Args:
        names: Nodes, all different.
        liabilities: ``[i, j]`` is what i owes j, shape (n, n), not negative, zero diagonal.
        external_assets: What each node has outside the network, not negative; None where unknown.
        external_liabilities: What each owes outside of it, not negative; None where unknown.
        equity: Net worth where it is known by itself; see :attr:`net_worth`.
        weights: Economic weight of each node, as given; None where the model chooses.

    Raises:
        InputError: A figure is missing, negative or no number, or sizes do not fit.
    """

    names: tuple[str, ...]
    liabilities: Matrix
    external_assets: Vector | None = None
    external_liabilities: Vector | None = None
    equity: Vector | None = None
    weights: Vector | None = None

    def __post_init__(self) -> None:
        count = len(self.names)
        if not count:
            raise InputError("there is no node", remedy="give at least one name")
        if len(set(self.names)) < count:
            twice = next(name for name in self.names if self.names.count(name) > 1)
            raise InputError(f"{twice!r} stands twice", place="names", remedy="name each node once")
        owed = square("liabilities", self.liabilities, self.names)
        object.__setattr__(self, "liabilities", owed)
        for field in ("external_assets", "external_liabilities", "equity", "weights"):
            values = getattr(self, field)
            if values is not None:
                lowest = -LARGEST if field == "equity" else 0.0
                made = column(field, values, names=self.names, lowest=lowest)
                object.__setattr__(self, field, made)
        if self.external_assets is None and self.equity is None:
            raise InputError(
                "neither external_assets nor equity",
                place="network",
                remedy="give what the nodes own outside the network, or their equity",
            )

    def __len__(self) -> int:
        return len(self.names)

    @property
    def owed(self) -> Vector:
        """What each node owes inside the network."""
        return self.liabilities.sum(axis=1)

    @property
    def claims(self) -> Vector:
        """What each node is owed inside the network."""
        return self.liabilities.sum(axis=0)

    @property
    def cash(self) -> Vector:
        """External assets, which clearing distributes.

        Raises:
            InputError: They are unknown.
        """
        if self.external_assets is None:
            raise InputError(
                "missing",
                place="external_assets",
                remedy="clearing needs what each node can pay with",
            )
        return self.external_assets

    @property
    def outside(self) -> Vector:
        """External liabilities: as given, else what equity leaves over, else none.

        Raises:
            InputError: Equity is more than assets less debts inside the network.
        """
        if self.external_liabilities is not None:
            return self.external_liabilities
        if self.equity is None or self.external_assets is None:
            return np.zeros(len(self))
        left = self.external_assets + self.claims - self.owed - self.equity
        scale = self.external_assets + self.claims + self.owed
        low = np.flatnonzero(left < -BALANCE * scale)
        if low.size:
            raise InputError(
                f"{self.names[low[0]]!r} has more equity than assets less debts",
                place="equity",
                remedy="correct it, or give external_liabilities",
            )
        return np.maximum(left, 0.0)

    @property
    def net_worth(self) -> Vector:
        """Equity: as given, else assets less debts at face value."""
        if self.equity is not None:
            return self.equity
        return self.cash + self.claims - self.owed - self.outside

    @property
    def balances(self) -> bool:
        """False where the equity given is not assets less debts."""
        if self.equity is None or self.external_assets is None or self.external_liabilities is None:
            return True
        computed = self.external_assets + self.claims - self.owed - self.external_liabilities
        scale = self.external_assets + self.claims + self.owed + self.external_liabilities
        return bool(np.all(np.abs(computed - self.equity) <= BALANCE * scale))

    @property
    def size(self) -> Vector:
        """Total assets, as far as they are known."""
        known = self.net_worth if self.external_assets is None else self.external_assets
        return np.maximum(known, 0.0) + self.claims

    def index(self, name: str) -> int:
        """Place of a node.

        Raises:
            InputError: There is none of that name.
        """
        if name not in self.names:
            some = ", ".join(self.names[:12])
            raise InputError(
                f"there is no node {name!r}", place="--default", remedy=f"one of {some}"
            )
        return self.names.index(name)


def square(place: str, values: ArrayLike, names: tuple[str, ...]) -> Matrix:
    """A read-only square matrix, one row and column per node, not negative, its diagonal zero.

    Raises:
        InputError: It is not.
    """
    matrix = table(place, values, rows=names, columns=len(names))
    own = np.flatnonzero(np.diagonal(matrix))
    if own.size:
        raise InputError(
            f"{names[own[0]]!r} owes itself", place=place, remedy="leave the diagonal zero"
        )
    return matrix


def table(
    place: str,
    values: ArrayLike,
    *,
    rows: tuple[str, ...],
    columns: int | None = None,
    lowest: float = 0.0,
) -> Matrix:
    """A read-only matrix, one row per name.

    Raises:
        InputError: Its size or a figure is wrong.
    """
    matrix: NDArray[Any] = np.array(values, dtype=np.float64, order="C", copy=True)
    wide = columns if columns is not None else (matrix.shape[1] if matrix.ndim == 2 else -1)
    if matrix.ndim != 2 or matrix.shape != (len(rows), wide):
        expected = f"{len(rows)} × {columns if columns is not None else 'any'}"
        found = " × ".join(map(str, matrix.shape)) or "one number"
        raise InputError(f"is {found}, expected {expected}", place=place, remedy="one row per name")
    refuse_odd(place, matrix.ravel(), names=rows, lowest=lowest)
    matrix.setflags(write=False)
    return matrix


def column(place: str, values: ArrayLike, *, names: tuple[str, ...], lowest: float = 0.0) -> Vector:
    """A read-only vector, one figure per name; a single number holds for all.

    Raises:
        InputError: Its length or a figure is wrong.
    """
    found = np.asarray(values, dtype=np.float64)
    if found.ndim > 1 or (found.ndim == 1 and found.size != len(names)):
        shape = " × ".join(map(str, found.shape))
        raise InputError(
            f"has {shape} figures for {len(names)} names", place=place, remedy="give one per name"
        )
    refuse_odd(place, found.ravel(), names=names, lowest=lowest)
    return freeze(place, found, len(names))


def refuse_odd(place: str, values: Vector, *, names: tuple[str, ...], lowest: float) -> None:
    """Refuses what is not finite, below the lowest value or beyond any market."""
    with np.errstate(invalid="ignore"):
        odd = np.flatnonzero(~((values >= lowest) & (np.abs(values) <= LARGEST)))
    if odd.size:
        wide = max(values.size // len(names), 1)
        value = values[odd[0]]
        problem = f"{value:g} of {names[min(int(odd[0]) // wide, len(names) - 1)]!r}"
        low = "0 or more" if lowest == 0.0 else "a finite number"
        raise InputError(problem, place=place, remedy=f"give {low}")
