"""Option books that scenarios hedge: a bundled one of any θ, or one measured on a real chain."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Self

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import DAYS_PER_YEAR, NANOSECONDS_PER_YEAR
from shortgamma.exposure.positioning import Positioning
from shortgamma.exposure.unit import unit_exposure
from shortgamma.market.book import Book
from shortgamma.market.chain import Chain
from shortgamma.market.options import OptionSeries

Vector = NDArray[np.float64]

EXPIRY_DAYS = (7.0, 14.0, 21.0, 30.0, 45.0, 60.0, 75.0, 90.0)
LONGEST, FARTHEST = 3_650.0, 2.0  # days, log distance: of a wall
WIDEST_STRIKES = 1.6  # standard deviations to the outermost strike of an expiry


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HeldBook:
    """What hedgers hold together.

    Args:
        label: Where it comes from, in words.
        spot: USD.
        options: The contracts.
        quantity: Hedgers' signed holding, units of the underlying, + = long, shape (n,).
    """

    label: str
    spot: float
    options: OptionSeries
    quantity: Vector

    @property
    def gamma_usd_per_pct(self) -> float:
        """Net, at today's spot."""
        return float(self.quantity @ unit_exposure(self.options).gamma_usd_per_pct)

    @property
    def gross(self) -> float:
        """Units of the underlying, long and short added up."""
        return float(np.abs(self.quantity).sum())

    def times(self, share: float) -> Self:
        """The same share of every holding."""
        return replace(self, quantity=share * self.quantity)

    def part(self, rows: NDArray[np.int64]) -> Self:
        """Some of the contracts."""
        return replace(self, options=self.options.select(rows), quantity=self.quantity[rows])

    @property
    def vol(self) -> float:
        """Vol weighted by gross gamma; decimal."""
        weight = np.abs(self.quantity) * unit_exposure(self.options).gamma_usd_per_pct
        return float(np.average(self.options.vol, weights=weight + 1e-300))


def held_book(chain: Chain, positioning: Positioning) -> HeldBook:
    """What the dealers of a measured chain hold; contracts that nobody holds are left out."""
    held = np.flatnonzero(positioning.quantity != 0.0)
    return HeldBook(
        label=f"{chain.venue} {chain.underlying}, {positioning.model}",
        spot=chain.spot,
        options=chain.options.select(held),
        quantity=positioning.quantity[held],
    )


def option_series(
    *, spot: float, strike: Vector, days: Vector, is_call: NDArray[np.bool_], vol: float
) -> OptionSeries:
    """Contracts on a flat forward curve and a flat smile."""
    years = days / DAYS_PER_YEAR
    names = [
        f"{d:g}d-{k:.0f}-{'C' if call else 'P'}"
        for d, k, call in zip(days, strike, is_call, strict=True)
    ]
    return OptionSeries(
        instrument=np.array(names, dtype=object),
        is_call=is_call,
        strike=strike,
        expiry=np.rint(years * NANOSECONDS_PER_YEAR).astype(np.int64),
        years=years,
        forward=np.full(len(strike), spot),
        vol=np.full(len(strike), vol),
        rate=np.zeros(len(strike)),
        is_inverse=np.ones(len(strike), dtype=np.bool_),
    )


def book_of_holdings(book: Book, *, label: str) -> HeldBook:
    """The options of a desk's own book; its futures and coins are taken as a part of its hedge."""
    held = np.flatnonzero(book.quantity != 0.0)
    return HeldBook(
        label=label,
        spot=book.spot,
        options=book.options.select(held),
        quantity=book.quantity[held],
    )


def spread_book(*, spot: float, vol: float, options: int, gamma_usd_per_pct: float) -> HeldBook:
    """A book over eight expiries from a week to three months, puts below spot and calls above it.

    Every contract is held in the same quantity, so the book is short (or long) everywhere.

    Args:
        spot, vol: USD, decimal.
        options: How many contracts, at least 8.
        gamma_usd_per_pct: Net gamma at spot; negative = short.
    """
    if not len(EXPIRY_DAYS) <= options <= 100_000:
        raise InputError(f"{options} options", place="options", remedy="give 8 to 100,000 of them")
    days = np.sort(np.resize(np.array(EXPIRY_DAYS), options))
    place = np.empty(options)
    for expiry in EXPIRY_DAYS:
        rows = days == expiry
        place[rows] = np.linspace(-WIDEST_STRIKES, WIDEST_STRIKES, int(rows.sum()))
    strike = spot * np.exp(place * vol * np.sqrt(days / DAYS_PER_YEAR))
    series = option_series(spot=spot, strike=strike, days=days, is_call=strike > spot, vol=vol)
    return scaled("bundled", series, spot=spot, gamma_usd_per_pct=gamma_usd_per_pct)


def wall_book(
    *, spot: float, vol: float, wall: float, days: float, gamma_usd_per_pct: float, strikes: int = 5
) -> HeldBook:
    """Short-dated options in strikes around one price: a gamma wall.

    Args:
        spot, vol: USD, decimal.
        wall: Log distance of the middle strike from spot.
        days: To expiry.
        gamma_usd_per_pct: Net gamma when the price is at the wall; negative = short.
        strikes: How many, evenly over one standard deviation; one stands at the wall itself.
    """
    if not (0.0 < days <= LONGEST and abs(wall) <= FARTHEST):
        raise InputError(
            f"{days:g} days to a wall at a log distance of {wall:g}",
            place="--set days, wall",
            remedy=f"give days above 0 up to {LONGEST:g}, and a distance of {FARTHEST:g} at most",
        )
    width = vol * np.sqrt(days / DAYS_PER_YEAR)
    place = np.linspace(-0.5, 0.5, strikes) if strikes > 1 else np.zeros(1)
    strike = spot * np.exp(wall + width * place)
    contracts = partial(
        option_series,
        strike=strike,
        days=np.full(strikes, days),
        is_call=np.full(strikes, wall >= 0.0),
        vol=vol,
    )
    there = scaled(
        "gamma wall",
        contracts(spot=spot * np.exp(wall)),
        spot=spot,
        gamma_usd_per_pct=gamma_usd_per_pct,
    )
    return replace(there, options=contracts(spot=spot))


def scaled(label: str, options: OptionSeries, *, spot: float, gamma_usd_per_pct: float) -> HeldBook:
    """Equal quantities of all contracts with the given net gamma."""
    unit = unit_exposure(options).gamma_usd_per_pct
    quantity = np.full(len(options), gamma_usd_per_pct / float(unit.sum()))
    return HeldBook(label=label, spot=spot, options=options, quantity=quantity)
