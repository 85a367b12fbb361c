"""Every limited figure of a book, from its holdings: the only judge of an answer.

Nothing here knows the rows of a linear program. The book after the trades is one book, measured like any
other; a limit holds if these figures say so, whatever a solver reported.
"""

from dataclasses import dataclass, fields, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.units import DAYS_PER_YEAR
from shortgamma.exposure.totals import Totals, total_exposure
from shortgamma.exposure.unit import UnitExposure, unit_exposure
from shortgamma.hedging.optimiser.limits import Limits, TenorBound
from shortgamma.hedging.optimiser.listing import Listing
from shortgamma.hedging.optimiser.problem import tail_mean
from shortgamma.market.book import Book, DeltaOne, DeltaOneKind
from shortgamma.market.options import OptionSeries
from shortgamma.market.revaluation import book_pnl

Vector = NDArray[np.float64]

TENORS = (0.0, 7.0, 30.0, 90.0, 180.0, np.inf)
"""Edges, in days, of the buckets in which Greeks are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TenorRow:
    """Greeks of the options that expire in a span of days, and of nothing else.

    Args:
        label: ``0-7``, ``180+``, … days.
        gamma_usd_per_pct, vega_usd_per_point, theta_usd_per_day: Net, positive = long.
    """

    label: str
    gamma_usd_per_pct: float
    vega_usd_per_point: float
    theta_usd_per_day: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Measures:
    """Figures of one book; positive = long, losses positive.

    Args:
        delta: Coins, options by Black-76 and everything else.
        totals: Greeks of the options.
        by_tenor: The same by time to expiry.
        cells_usd: Profit in every cell of the limits' grid, shape (k,).
        limited: Every limited figure, by the limit's name.
    """

    delta: float
    totals: Totals
    by_tenor: tuple[TenorRow, ...]
    cells_usd: Vector
    limited: dict[str, float]

    @property
    def worst(self) -> int:
        """The worst cell."""
        return int(np.argmin(self.cells_usd))

    @property
    def worst_cell_usd(self) -> float:
        """Loss in the worst cell, USD; negative where every cell wins."""
        return -float(self.cells_usd[self.worst])


def measure(book: Book, limits: Limits) -> Measures:
    """Measures a book against its limits."""
    unit = unit_exposure(book.options)
    totals = total_exposure(
        book.options, unit, quantity=book.quantity, open_interest=np.abs(book.quantity)
    )
    delta = delta_of(book, unit)
    cells = book_pnl(book, limits.shocks)
    greeks = {
        "delta": delta,
        "gamma_usd_per_pct": totals.gamma_usd_per_pct,
        "vega_usd_per_point": totals.vega_usd_per_point,
        "vanna_usd_per_point": totals.vanna_usd_per_point,
    }
    limited = {name: greeks[name] for name in limits.greeks}
    for bound in limits.vega_by_tenor:
        held = within(book.options, bound)
        limited[bound.name] = float(unit.vega_usd_per_point[held] @ book.quantity[held])
    return Measures(
        delta=delta,
        totals=totals,
        by_tenor=by_tenor(book, unit),
        cells_usd=cells,
        limited=limited | losses(book, limits, cells),
    )


def delta_of(book: Book, unit: UnitExposure) -> float:
    """Σ N·Δ of options and Σ N of everything else, coins."""
    options = float(book.quantity @ (unit.delta_usd / book.options.forward))
    return options + sum(holding.quantity for holding in book.delta_one)


def within(options: OptionSeries, bound: TenorBound) -> NDArray[np.bool_]:
    """True for the options that a bound is about."""
    days = options.years * DAYS_PER_YEAR
    return (days > bound.above) & (days <= bound.upto)


def losses(book: Book, limits: Limits, cells: Vector) -> dict[str, float]:
    """The limited losses of a book, USD, positive = loss."""
    found: dict[str, float] = {}
    if limits.worst_cell_usd is not None:
        found["worst_cell_usd"] = -float(cells.min())
    for floor in limits.cells:
        found[floor.name] = -float(book_pnl(book, [floor.shock])[0])
    if limits.tail is not None:
        tail = limits.tail
        pnl = book_pnl(book, tail.shocks)
        found["cvar_usd"] = tail_mean(-pnl, tail.probabilities, level=tail.level)
    if limits.margin is not None:
        rule = limits.margin.rule
        pieces = rule.option_pieces(book.options) @ book.quantity
        for holding in book.delta_one:
            pieces = pieces + holding.quantity * rule.delta_one_pieces(holding.price)
        found["margin_usd"] = max(float(np.max(pieces)), 0.0)
    return found


def by_tenor(book: Book, unit: UnitExposure) -> tuple[TenorRow, ...]:
    """Greeks by time to expiry."""
    days = book.options.years * DAYS_PER_YEAR
    rows: list[TenorRow] = []
    for above, upto in pairwise(TENORS):
        held = np.where((days > above) & (days <= upto), book.quantity, 0.0)
        rows.append(
            TenorRow(
                label=f"{above:g}+" if upto == np.inf else f"{above:g}-{upto:g}",
                gamma_usd_per_pct=float(held @ unit.gamma_usd_per_pct),
                vega_usd_per_point=float(held @ unit.vega_usd_per_point),
                theta_usd_per_day=float(held @ unit.theta_usd_per_day),
            )
        )
    return tuple(rows)


def traded(book: Book, market: Listing, *, trades: Vector) -> Book:
    """The book after the trades, the option trades first, then the underlying; shape (n + 1,)."""
    bought = np.flatnonzero(trades[:-1])
    options = joined(book.options, market.options.select(bought))
    hedge = float(trades[-1])
    kind = DeltaOneKind.PERPETUAL
    holding = DeltaOne(
        instrument=market.underlying.instrument,
        kind=kind,
        quantity=hedge,
        price=market.underlying.price,
        is_inverse=False,
    )
    return replace(
        book,
        options=options,
        quantity=np.concatenate([book.quantity, trades[bought]]),
        delta_one=(*book.delta_one, holding) if hedge != 0.0 else book.delta_one,
    )


def joined(first: OptionSeries, second: OptionSeries) -> OptionSeries:
    """Two series, one behind the other."""
    columns: dict[str, Any] = {
        field.name: np.concatenate([getattr(first, field.name), getattr(second, field.name)])
        for field in fields(OptionSeries)
    }
    return OptionSeries(**columns)
