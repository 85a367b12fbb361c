"""From a book, a market and a desk's limits to a problem in arrays."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shortgamma.exposure.unit import UnitExposure, unit_exposure
from shortgamma.hedging.optimiser.limits import Bound, Limits, Terms
from shortgamma.hedging.optimiser.listing import Listing
from shortgamma.hedging.optimiser.measures import Measures, measure, within
from shortgamma.hedging.optimiser.problem import (
    Band,
    Ceiling,
    Instruments,
    Limit,
    Problem,
    TailMean,
)
from shortgamma.market.book import Book
from shortgamma.market.revaluation import (
    Shock,
    book_pnl,
    delta_one_pnl,
    option_pnl,
)

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

UNLIMITED: Final = 1e6
"""Where nobody says a size: this many times the largest holding of the book can be traded."""


def problem_of(book: Book, market: Listing, *, limits: Limits, terms: Terms) -> Problem:
    """The cheapest trades of this market that bring this book inside these limits."""
    unit = typical_trade(book)
    return Problem(
        instruments=instruments_of(market, terms, UNLIMITED * unit),
        limits=limits_of(book, market, limits),
        unit=unit,
        most_legs=terms.legs,
    )


def typical_trade(book: Book) -> float:
    """The largest holding, units of the underlying."""
    holdings = [*np.abs(book.quantity).tolist(), *(abs(d.quantity) for d in book.delta_one)]
    return max(holdings, default=0.0) or 1.0


def instruments_of(market: Listing, terms: Terms, unlimited: float) -> Instruments:
    """Costs, sizes and lots of the options, then of the underlying."""
    underlying, half = market.underlying, market.half_spread_usd
    buy_fee, sell_fee, hedge_fee = fees(market, terms)
    hedge = np.array([underlying.half_spread_usd + hedge_fee])
    size = np.array([min(underlying.most, unlimited)])

    def sizes(shown: Vector) -> Vector:
        known = np.where(np.isnan(shown), unlimited, shown * terms.refills)
        return np.concatenate([np.minimum(known, unlimited), size])

    return Instruments(
        names=market.names,
        buy_cost=np.concatenate([half + buy_fee, hedge]),
        sell_cost=np.concatenate([half + sell_fee, hedge]),
        most_bought=sizes(market.ask_size),
        most_sold=sizes(market.bid_size),
        lot=np.append(np.full(len(market), terms.option_lot), terms.underlying_lot),
    )


def fees(market: Listing, terms: Terms) -> tuple[Vector, Vector, float]:
    """Fee per unit bought, per unit sold, and per unit of the underlying, USD."""
    count = len(market)
    buy, sell, hedge = np.zeros(count), np.zeros(count), 0.0
    if terms.option_fees is not None:
        ask, bid = (quote * market.usd_per_quote for quote in (market.ask_price, market.bid_price))
        buy = terms.option_fees.cost_usd(1.0, market.spot, premium_usd=ask)
        sell = terms.option_fees.cost_usd(1.0, market.spot, premium_usd=bid)
    if terms.underlying_fees is not None:
        hedge = float(terms.underlying_fees.cost_usd(market.underlying.price))
    return buy, sell, hedge


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Start:
    """What every limit is made of.

    Args:
        book: Before the trades.
        market: What can be traded.
        measured: The book's figures.
        unit: Exposure of the tradable options.
    """

    book: Book
    market: Listing
    measured: Measures
    unit: UnitExposure


def limits_of(book: Book, market: Listing, limits: Limits) -> tuple[Limit, ...]:
    """The limits as bands, ceilings and tail means."""
    start = Start(
        book=book,
        market=market,
        measured=measure(book, limits),
        unit=unit_exposure(market.options),
    )
    return (*bands(start, limits), *loss_limits(start, limits))


def bands(start: Start, limits: Limits) -> list[Limit]:
    """Greeks, and vega by tenor."""
    unit, options = start.unit, start.market.options
    slopes = {
        "delta": (unit.delta_usd / options.forward, 1.0),
        "gamma_usd_per_pct": (unit.gamma_usd_per_pct, 0.0),
        "vega_usd_per_point": (unit.vega_usd_per_point, 0.0),
        "vanna_usd_per_point": (unit.vanna_usd_per_point, 0.0),
    }
    found: list[Limit] = [
        band(start, name, slope=np.append(*slopes[name]), bound=bound)
        for name, bound in limits.greeks.items()
    ]
    for tenor in limits.vega_by_tenor:
        held = np.where(within(options, tenor), unit.vega_usd_per_point, 0.0)
        bound = tenor.vega_usd_per_point
        found.append(band(start, tenor.name, slope=np.append(held, 0.0), bound=bound))
    return found


def band(start: Start, name: str, *, slope: Vector, bound: Bound) -> Band:
    """A bounded figure."""
    value = start.measured.limited[name]
    return Band(name=name, start=value, slope=slope, low=bound.low, high=bound.high)


def loss_limits(start: Start, limits: Limits) -> list[Limit]:
    """Cells, tail and margin."""
    found: list[Limit] = []
    if limits.worst_cell_usd is not None:
        loss, slope = cell_losses(start, limits.shocks)
        most = limits.worst_cell_usd
        found.append(Ceiling(name="worst_cell_usd", start=loss, slope=slope, most=most))
    for floor in limits.cells:
        loss, slope = cell_losses(start, (floor.shock,))
        found.append(Ceiling(name=floor.name, start=loss, slope=slope, most=floor.most_usd))
    if limits.tail is not None:
        tail = limits.tail
        loss, slope = cell_losses(start, tail.shocks)
        found.append(
            TailMean(
                name="cvar_usd",
                start=loss,
                slope=slope,
                weight=tail.probabilities,
                level=tail.level,
                most=tail.most_usd,
            )
        )
    if limits.margin is not None:
        found.append(margin_limit(start, limits))
    return found


def cell_losses(start: Start, shocks: tuple[Shock, ...]) -> tuple[Vector, Matrix]:
    """Losses of the book, shape (k,), and of one unit of every instrument, shape (k, n + 1), USD."""
    options = option_pnl(start.market.options, shocks)
    hedge = delta_one_pnl(start.market.underlying.price, shocks)
    return -book_pnl(start.book, shocks), -np.column_stack([options, hedge])


def margin_limit(start: Start, limits: Limits) -> Ceiling:
    """The pieces of a margin rule below its cap."""
    if limits.margin is None:
        raise ValueError("no margin cap")
    rule, book = limits.margin.rule, start.book
    pieces = rule.option_pieces(book.options) @ book.quantity
    for holding in book.delta_one:
        pieces = pieces + holding.quantity * rule.delta_one_pieces(holding.price)
    hedge = rule.delta_one_pieces(start.market.underlying.price)
    slope = np.column_stack([rule.option_pieces(start.market.options), hedge])
    most = limits.margin.most_usd
    return Ceiling(name="margin_usd", start=pieces, slope=slope, most=most)
