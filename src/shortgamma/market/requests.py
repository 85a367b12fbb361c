"""Options to price that somebody wrote down, row by row, before anything was checked."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.arrays import freeze
from shortgamma.basics.errors import Failure
from shortgamma.market.options import rebuild


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PriceRows:
    """One entry per row of the request, in its order; every array has shape (n,).

    Args:
        sign: +1 call, −1 put, 0 where the kind is unreadable.
        forward, strike: USD; NaN where unreadable.
        years: Time to expiry, ACT/365; NaN where unreadable.
        vol: Decimal per √year; NaN where not given or unreadable.
        price: USD; NaN where not given or unreadable.
        rate: Continuously compounded, per year; 0 where not given, NaN where unreadable.
        failures: What could not be read, by row.
    """

    sign: NDArray[np.float64]
    forward: NDArray[np.float64]
    strike: NDArray[np.float64]
    years: NDArray[np.float64]
    vol: NDArray[np.float64]
    price: NDArray[np.float64]
    rate: NDArray[np.float64]
    failures: tuple[Failure, ...] = ()

    def __post_init__(self) -> None:
        size = len(self.sign)
        for field in fields(self):
            if field.name != "failures":
                value = freeze(field.name, getattr(self, field.name), size)
                object.__setattr__(self, field.name, value)

    def __len__(self) -> int:
        return len(self.sign)

    def __reduce__(self) -> tuple[Any, ...]:
        return rebuild, (type(self), {f.name: getattr(self, f.name) for f in fields(self)})
