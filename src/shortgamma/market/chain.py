"""A chain: every listed option of one underlying on one venue at one moment."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.arrays import freeze
from shortgamma.basics.errors import Failure
from shortgamma.basics.units import DAYS_PER_YEAR, NANOSECONDS_PER_DAY
from shortgamma.market.options import OptionSeries, rebuild


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Chain:
    """Quotes and open interest. Open interest is unsigned: it says nothing about who is short.

    Args:
        asof: UTC nanoseconds; None where the source has no time and gives years instead.
        venue: ``deribit``, ``cboe``, ….
        underlying: ``BTC``, ``ETH``, ….
        spot: Index price, USD.
        options: The n contracts that passed every screen.
        open_interest: Units of the underlying, positive, shape (n,).
        bid_price, ask_price, mark_price: USD for linear, coin for inverse; NaN where unknown.
        bid_size, ask_size: Units of the underlying; NaN where unknown.
        quarantined: The rows that were put aside, and why.
    """

    asof: int | None
    venue: str
    underlying: str
    spot: float
    options: OptionSeries
    open_interest: NDArray[np.float64]
    bid_price: NDArray[np.float64]
    ask_price: NDArray[np.float64]
    mark_price: NDArray[np.float64]
    bid_size: NDArray[np.float64]
    ask_size: NDArray[np.float64]
    quarantined: tuple[Failure, ...] = ()

    def __post_init__(self) -> None:
        size = len(self.options)
        for name in (
            "open_interest",
            "bid_price",
            "ask_price",
            "mark_price",
            "bid_size",
            "ask_size",
        ):
            object.__setattr__(self, name, freeze(name, getattr(self, name), size))

    def __len__(self) -> int:
        return len(self.options)

    def __reduce__(self) -> tuple[Any, ...]:
        return rebuild, (type(self), {f.name: getattr(self, f.name) for f in fields(self)})

    def rolled(self, days: float) -> "Chain":
        """The chain ``days`` calendar days later on today's forwards and vols; what expires is gone."""
        years = days / DAYS_PER_YEAR
        alive = self.options.years > years
        shift = round(days * NANOSECONDS_PER_DAY)
        values = {
            f.name: getattr(self, f.name)[alive]
            for f in fields(self)
            if isinstance(getattr(self, f.name), np.ndarray)
        }
        return Chain(
            asof=None if self.asof is None else self.asof + shift,
            venue=self.venue,
            underlying=self.underlying,
            spot=self.spot,
            options=self.options.rolled(years),
            quarantined=self.quarantined,
            **values,
        )
