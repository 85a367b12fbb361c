"""Institutions that hold the same assets, with what they owe against them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from shortgamma.basics.errors import InputError
from shortgamma.risk.contagion.network import Matrix, Vector, column, table

WHOLE = 1e-6
"""Parts of a portfolio may miss one by so much."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Portfolios:
    """Common holdings.

    Args:
        names: Institutions.
        asset_names: Assets.
        assets: What each institution holds, USD, positive, shape (n,).
        leverage: Its debt over its equity, not negative, shape (n,).
        weights: ``[i, k]``, the part of i's assets that is asset k; rows sum to 1, shape (n, k).
        impact: ``[k, l]``, return of asset k per USD net sold of asset l, not negative, shape (k, k); a
            vector is the diagonal.
        shock: Return of each asset at the outset, −0.05 for a fall of 5 %, shape (k,).

    Raises:
        InputError: A figure is missing, out of range or no number, or sizes do not fit.
    """

    names: tuple[str, ...]
    asset_names: tuple[str, ...]
    assets: Vector
    leverage: Vector
    weights: Matrix
    impact: Matrix
    shock: Vector

    def __post_init__(self) -> None:
        names, kinds = self.names, self.asset_names
        if not names or not kinds:
            raise InputError("is empty", place="names", remedy="give institutions and assets")
        made = {
            "assets": column("assets", self.assets, names=names),
            "leverage": column("leverage", self.leverage, names=names),
            "weights": table("weights", self.weights, rows=names, columns=len(kinds)),
            "impact": impact_matrix(self.impact, kinds),
            "shock": column("shock", self.shock, names=kinds, lowest=-1.0),
        }
        for field, values in made.items():
            object.__setattr__(self, field, values)
        off = np.flatnonzero(np.abs(self.weights.sum(axis=1) - 1.0) > WHOLE)
        if off.size:
            total = self.weights[off[0]].sum()
            raise InputError(
                f"{total:g} in all for {names[off[0]]!r}",
                place="weights",
                remedy="give parts that sum to 1",
            )
        if not np.any(self.assets > 0.0):
            raise InputError("nobody holds any", place="assets", remedy="give USD held")

    @property
    def equity(self) -> Vector:
        """Assets less debt, assets/(1 + leverage)."""
        return self.assets / (1.0 + self.leverage)

    @property
    def holdings(self) -> Matrix:
        """USD of each asset, shape (n, k)."""
        return self.assets[:, None] * self.weights


def impact_matrix(values: ArrayLike, kinds: tuple[str, ...]) -> Matrix:
    """Price impact as a matrix; a vector or a number is its diagonal."""
    found = np.asarray(values, dtype=np.float64)
    if found.ndim == 2:
        return table("impact", found, rows=kinds, columns=len(kinds))
    diagonal = np.diag(column("impact", found, names=kinds))
    diagonal.setflags(write=False)
    return diagonal
