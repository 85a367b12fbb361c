"""Signed holdings of several holders, aligned with a chain."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import Failure, ShapeError


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HolderInventory:
    """Who holds how much of each option of a chain.

    Args:
        holders: Names, h of them.
        quantity: Units of the underlying, + = long, shape (h, n).
        failures: Rows of the file that were put aside.
    """

    holders: tuple[str, ...]
    quantity: NDArray[np.float64]
    failures: tuple[Failure, ...] = ()

    def __post_init__(self) -> None:
        quantity = np.array(self.quantity, dtype=np.float64)
        if quantity.ndim != 2 or quantity.shape[0] != len(self.holders):
            raise ShapeError(f"quantity has shape {quantity.shape} for {len(self.holders)} holders")
        quantity.setflags(write=False)
        object.__setattr__(self, "quantity", quantity)
