"""Raw quotes as a reader found them, before anything was checked: the only input of a chain."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.arrays import freeze
from shortgamma.basics.errors import Failure
from shortgamma.market.options import rebuild

NO_STAMP = np.iinfo(np.int64).min  # an expiry that the source does not give


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Quotes:
    """One row per listed option; NaN (``NO_STAMP`` for expiries) where the source says nothing.

    Args:
        asof: UTC nanoseconds, or None where the source has no time of its own.
        venue: ``deribit``, ….
        underlying: ``BTC``, ….
        spot: USD, NaN where unknown.
        instrument: Names, shape (n,).
        sign: +1 call, −1 put, 0 unreadable.
        strike, forward: USD.
        expiry: UTC nanoseconds.
        years: Time to expiry, used where ``expiry`` is missing.
        mark_vol: Decimal per √year.
        open_interest: Units of the underlying.
        bid_price, ask_price, mark_price: USD for linear, coin for inverse.
        bid_size, ask_size: Units of the underlying.
        rate: Continuously compounded, per year.
        is_inverse: True where premium and settlement are in the coin.
        failures: Rows that the reader could not read at all.
    """

    asof: int | None
    venue: str
    underlying: str
    spot: float
    instrument: NDArray[Any]
    sign: NDArray[np.float64]
    strike: NDArray[np.float64]
    expiry: NDArray[np.int64]
    years: NDArray[np.float64]
    forward: NDArray[np.float64]
    mark_vol: NDArray[np.float64]
    open_interest: NDArray[np.float64]
    bid_price: NDArray[np.float64]
    ask_price: NDArray[np.float64]
    mark_price: NDArray[np.float64]
    bid_size: NDArray[np.float64]
    ask_size: NDArray[np.float64]
    rate: NDArray[np.float64]
    is_inverse: NDArray[np.bool_]
    failures: tuple[Failure, ...] = ()

    def __post_init__(self) -> None:
        size = len(self.instrument)
        types: dict[str, Any] = {
            "instrument": object,
            "expiry": np.int64,
            "is_inverse": np.bool_,
        }
        skip = {"asof", "venue", "underlying", "spot", "failures"}
        for field in fields(self):
            if field.name not in skip:
                value = freeze(
                    field.name, getattr(self, field.name), size, types.get(field.name, np.float64)
                )
                object.__setattr__(self, field.name, value)

    def __len__(self) -> int:
        return len(self.instrument)

    def __reduce__(self) -> tuple[Any, ...]:
        return rebuild, (type(self), {f.name: getattr(self, f.name) for f in fields(self)})
