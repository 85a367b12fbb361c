"""Who holds which options: signed quantities by holder, aligned to a chain."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import Failure, ShapeError
from shortgamma.market.options import rebuild


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HolderInventory:
    """Signed option holdings of h holders in the n options of one chain.

    Args:
        holders: Names, in order of appearance.
        holder_types: What each holder is (``vault``, ``amm``, …); empty text where unknown.
        quantity: Units of the underlying, + = long, shape (h, n).
        failures: Rows that were put aside, and why.
        hedging: Whether each holder keeps itself delta-neutral; empty where only its type tells.
    """

    holders: tuple[str, ...]
    holder_types: tuple[str, ...]
    quantity: NDArray[np.float64]
    failures: tuple[Failure, ...] = ()
    hedging: tuple[bool, ...] = ()

    def __post_init__(self) -> None:
        quantity = np.array(self.quantity, dtype=np.float64, order="C", copy=True)
        if quantity.ndim != 2 or len(quantity) != len(self.holders):
            raise ShapeError(
                f"quantity has shape {quantity.shape}, expected ({len(self.holders)}, options)"
            )
        if len(self.holder_types) != len(self.holders):
            raise ShapeError(
                f"{len(self.holder_types)} holder types for {len(self.holders)} holders"
            )
        if self.hedging and len(self.hedging) != len(self.holders):
            raise ShapeError(f"{len(self.hedging)} flags for {len(self.holders)} holders")
        quantity.setflags(write=False)
        object.__setattr__(self, "quantity", quantity)

    def __len__(self) -> int:
        return len(self.holders)

    def __reduce__(self) -> tuple[Any, ...]:
        return rebuild, (type(self), {f.name: getattr(self, f.name) for f in fields(self)})

    @property
    def total(self) -> NDArray[np.float64]:
        """Units of the underlying held by all together, + = long, shape (n,)."""
        return self.quantity.sum(axis=0)
