"""Options to be priced, as a caller asks for them."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.arrays import freeze


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PriceRows:
    """One request per element; every array has shape (n,), NaN where unreadable or not given.

    Args:
        sign: +1 call, −1 put, 0 unreadable.
        forward, strike: USD.
        years: ACT/365.
        vol: Decimal; NaN where it is to be implied from ``price``.
        price: USD; NaN where ``vol`` is given.
        rate: Continuously compounded, per year.
    """

    sign: NDArray[np.float64]
    forward: NDArray[np.float64]
    strike: NDArray[np.float64]
    years: NDArray[np.float64]
    vol: NDArray[np.float64]
    price: NDArray[np.float64]
    rate: NDArray[np.float64]

    def __post_init__(self) -> None:
        for field in fields(self):
            value = freeze(field.name, getattr(self, field.name), len(self.sign))
            object.__setattr__(self, field.name, value)
