"""One snapshot of an order book: depth, and what a market order pays.

Limits: what rests in the book is what is shown. Hidden orders add to it, cancellations before the order
arrives take away from it.
"""

from dataclasses import dataclass, fields
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from shortgamma.basics.arrays import freeze
from shortgamma.basics.errors import InputError
from shortgamma.basics.units import PERCENT
from shortgamma.market.options import rebuild

Vector = NDArray[np.float64]
BookSide = Literal["bid", "ask"]

PLACE = "order book"
BASIS_POINTS = 1e4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OrderBook:
    """Resting orders of one instrument, best prices first.

    Args:
        underlying: ``BTC``, ….
        asof: UTC nanoseconds.
        bid_price: USD, falling, shape (bids,), at least one.
        bid_size: Units of the underlying, positive.
        ask_price: USD, rising, above the best bid, shape (asks,), at least one.
        ask_size: Units of the underlying, positive.
        venue, instrument: Empty where unknown.

    Raises:
        InputError: A side is empty, out of order or crossed, or a number is not positive.
    """

    underlying: str
    asof: int
    bid_price: Vector
    bid_size: Vector
    ask_price: Vector
    ask_size: Vector
    venue: str = ""
    instrument: str = ""

    def __post_init__(self) -> None:
        for side in ("bid", "ask"):
            size = len(getattr(self, f"{side}_price"))
            for name in (f"{side}_price", f"{side}_size"):
                object.__setattr__(self, name, freeze(name, getattr(self, name), size))
                check_levels(name, getattr(self, name))
        check_order("bid_price", -self.bid_price)
        check_order("ask_price", self.ask_price)
        if not self.bid_price[0] < self.ask_price[0]:
            raise InputError(
                f"best bid {self.bid_price[0]:g} is not below best ask {self.ask_price[0]:g}",
                place=PLACE,
                remedy="take a snapshot of one moment",
            )

    def __reduce__(self) -> tuple[Any, ...]:
        return rebuild, (type(self), {f.name: getattr(self, f.name) for f in fields(self)})

    @classmethod
    def sized_in_usd(cls, **given: Any) -> Self:
        """The book of an inverse contract, whose sizes are USD: divided by the price of their level.

        Args:
            given: As for the class, sizes in USD.
        """
        values = dict(given)
        for side in ("bid", "ask"):
            usd = np.asarray(given[f"{side}_size"], dtype=np.float64)
            price = np.asarray(given[f"{side}_price"], dtype=np.float64)
            values[f"{side}_size"] = usd / price
        return cls(**values)

    @property
    def mid(self) -> float:
        """Mean of the best prices, USD."""
        return 0.5 * float(self.bid_price[0] + self.ask_price[0])

    @property
    def half_spread(self) -> float:
        """Best ask over mid, less 1; decimal."""
        return float(self.ask_price[0]) / self.mid - 1.0

    def levels(self, side: BookSide) -> tuple[Vector, Vector]:
        """Distance of each price from mid, decimal and positive, and size in units of the underlying."""
        if side == "bid":
            return 1.0 - self.bid_price / self.mid, self.bid_size
        return self.ask_price / self.mid - 1.0, self.ask_size

    def reach_pct(self, side: BookSide) -> float:
        """How far from mid the side is known, percent; below 1 a depth is extrapolated."""
        return float(self.levels(side)[0][-1]) / PERCENT

    def depth_usd_per_pct(self, side: BookSide) -> float:
        """USD, valued at mid, that rest within 1 % of mid on one side.

        A book that ends before 1 % is taken to go on with the same mean density: its USD over its reach.
        """
        distance, size = self.levels(side)
        within = distance <= PERCENT * (1.0 + 1e-12)
        usd = self.mid * float(size[within].sum())
        return usd / min(1.0, float(distance[-1]) / PERCENT)

    def impact(self, coins: ArrayLike) -> Vector:
        """Average fill of a market order against mid, basis points, shape (n,); positive is a cost.

        Args:
            coins: Positive buys from the asks, negative sells to the bids.

        Returns:
            NaN where the book does not hold as much; half the spread where coins go to 0.
        """
        order = np.atleast_1d(np.asarray(coins, dtype=np.float64))
        buys = fill_distance(*self.levels("ask"), np.maximum(order, 0.0))
        sells = fill_distance(*self.levels("bid"), np.maximum(-order, 0.0))
        return BASIS_POINTS * np.where(order < 0.0, sells, buys)

    def linear_impact(self, side: BookSide) -> float:
        """Λ: log price move per coin, fitted to what rests within 1 % of mid.

        The line through the origin that is nearest in squares to the distance from mid at the end of
        each level, each level weighed by its size. Infinite depth would be 0.
        """
        distance, size = self.levels(side)
        within = distance <= max(PERCENT, float(distance[0])) * (1.0 + 1e-12)
        coins, weight = np.cumsum(size[within]), size[within]
        away = np.abs(np.log1p(distance[within] if side == "ask" else -distance[within]))
        return float((weight * coins * away).sum() / (weight * coins * coins).sum())


def fill_distance(distance: Vector, size: Vector, coins: Vector) -> Vector:
    """Mean distance from mid at which orders of these sizes are filled; NaN beyond the last level.

    Args:
        distance: Of each level, decimal, shape (levels,).
        size: Of each level.
        coins: Not negative, shape (n,).
    """
    held = np.concatenate(([0.0], np.cumsum(size)))
    paid = np.concatenate(([0.0], np.cumsum(size * distance)))
    filled = np.full(coins.shape, float(distance[0]))
    np.divide(np.interp(coins, held, paid), coins, out=filled, where=coins > 0.0)
    return np.where(coins <= held[-1] * (1.0 + 1e-12), filled, np.nan)


def check_levels(name: str, values: Vector) -> None:
    """Refuses a side without levels, and numbers that are not positive and finite.

    Raises:
        InputError: There is one.
    """
    if values.size == 0:
        raise InputError("has no levels", place=PLACE, column=name, remedy="give one or more")
    bad = np.flatnonzero(~((values > 0.0) & np.isfinite(values)))
    if bad.size:
        raise InputError(
            f"{values[bad[0]]:g} is not positive",
            place=PLACE,
            row=int(bad[0]) + 1,
            column=name,
            remedy="drop or correct it",
        )


def check_order(name: str, values: Vector) -> None:
    """Refuses levels that do not rise.

    Raises:
        InputError: One does not.
    """
    late = np.flatnonzero(np.diff(values) <= 0.0)
    if late.size:
        raise InputError(
            f"{abs(values[late[0] + 1]):g} after {abs(values[late[0]]):g}",
            place=PLACE,
            row=int(late[0]) + 2,
            column=name,
            remedy="give the best price first and each price once",
        )
