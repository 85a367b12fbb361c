"""A book: signed holdings of one underlying, with the market that values them."""

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.arrays import freeze
from shortgamma.basics.errors import Failure
from shortgamma.market.options import OptionSeries, rebuild


class DeltaOneKind(StrEnum):
    """Instruments without optionality."""

    FUTURE = "future"
    PERPETUAL = "perpetual"
    SPOT = "spot"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeltaOne:
    """One holding without optionality.

    Args:
        instrument: The venue's name.
        kind: Future, perpetual or spot.
        quantity: Units of the underlying, + = long.
        price: USD per unit of the underlying.
        is_inverse: True where it settles in the coin.
    """

    instrument: str
    kind: DeltaOneKind
    quantity: float
    price: float
    is_inverse: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Book:
    """Signed holdings. Positive = long.

    Args:
        asof: UTC nanoseconds; None where the source has no time and gives years instead.
        underlying: ``BTC``, ….
        spot: USD.
        options: The n option contracts.
        quantity: Units of the underlying, + = long, shape (n,).
        delta_one: Futures, perpetuals and spot.
        quarantined: Rows that were put aside, and why.
    """

    asof: int | None
    underlying: str
    spot: float
    options: OptionSeries
    quantity: NDArray[np.float64]
    delta_one: tuple[DeltaOne, ...] = ()
    quarantined: tuple[Failure, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "quantity", freeze("quantity", self.quantity, len(self.options)))

    def __len__(self) -> int:
        return len(self.options) + len(self.delta_one)

    def __reduce__(self) -> tuple[Any, ...]:
        return rebuild, (type(self), {f.name: getattr(self, f.name) for f in fields(self)})
