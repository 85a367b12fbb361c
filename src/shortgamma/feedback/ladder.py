"""Levels at which positions are closed: liquidations and stop orders of a crowd, in the order of the price.

A ladder is shared by all paths; how far each path has climbed it is the path's own.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.arrays import freeze

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ladder:
    """Rungs of one side in the order in which they are reached.

    Args:
        side: +1 for longs, which are sold as the price falls; −1 for shorts, bought back as it rises.
        keys: side·(log price of the rung relative to the initial spot), descending, shape (m,).
        sizes: Units of the underlying (or of the contract) that each rung closes, shape (m,).
        backstop: Log distance beyond a rung at which the backstop takes it over; ∞ = there is none.
    """

    side: float
    keys: Vector
    sizes: Vector
    backstop: float = float("inf")

    def __post_init__(self) -> None:
        object.__setattr__(self, "keys", freeze("keys", self.keys))
        object.__setattr__(self, "sizes", freeze("sizes", self.sizes, len(self.keys)))

    @classmethod
    def of(
        cls, side: float, levels: Vector, *, sizes: Vector, backstop: float = float("inf")
    ) -> Self:
        """A ladder from log prices in any order."""
        keys = side * np.asarray(levels, dtype=np.float64)
        order = np.argsort(-keys, kind="stable")
        return cls(side=side, keys=keys[order], sizes=np.asarray(sizes)[order], backstop=backstop)

    @property
    def running_sizes(self) -> Vector:
        """Σ of the first 0, 1, …, m sizes, shape (m + 1,)."""
        return np.concatenate([[0.0], np.cumsum(self.sizes)])
