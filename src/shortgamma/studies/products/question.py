"""What is asked about structured products, checked before anything is computed."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Final

import numpy as np

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import DAYS_PER_YEAR, LARGEST_PRICE, SMALLEST_PRICE
from shortgamma.protocols.structured.catalogue import MAKERS, product_named
from shortgamma.protocols.structured.european import Vanilla
from shortgamma.protocols.structured.product import Product
from shortgamma.studies.scenarios.settings import with_parameters

FEWEST_PATHS: Final = 100
"""Fewer have no tail."""
FLAG: Final = "--products"
HOURS_PER_DAY: Final = 24.0
MINUTES_PER_DAY: Final = 1_440.0


class Equal(StrEnum):
    """What the sellers of all products have in common."""

    NOTIONAL = "notional"  # the same number of units, each one coin's worth at the strike
    PREMIUM = "premium"  # the same money taken in at the start


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductsQuestion:
    """Which products, in which market.

    Args:
        spot: USD, at the start.
        strike: USD, from which other levels follow; None = the spot.
        vol: Decimal; of the exogenous price and of all hedges.
        days: Life of what expires, and of the simulation.
        hours_left: Times at which peaks are reported.
        products: Names, ``name:key=value,…``, or products; empty = all of the catalogue. The vanilla call is
            what the others are compared with and always comes first.
        equal: What the sellers have in common.
        theta: Of a market in which the vanilla call was sold, at the start; above −1, below 0. It sets the
            number of units.
        depth_usd_per_pct: USD that move the price by 1 %.
        step_minutes: Of the simulation.
        paths, seed: How many, and of all draws.
    """

    spot: float = 2_000.0
    strike: float | None = None
    vol: float = 0.8
    days: float = 7.0
    hours_left: tuple[float, ...] = (168.0, 24.0, 1.0)
    products: tuple[Product | str, ...] = ()
    equal: Equal = Equal.NOTIONAL
    theta: float = -0.1
    depth_usd_per_pct: float = 1_000_000.0
    step_minutes: float = 15.0
    paths: int = 1_000
    seed: int = 7

    def __post_init__(self) -> None:
        for name, low, high in LIMITS:
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise InputError(
                    f"{name} is {value:g}", place=name, remedy=f"give {low:g} to {high:g}"
                )
        if not self.hours_left or not all(0.0 < left < np.inf for left in self.hours_left):
            raise InputError(
                "times left have to be positive", place="hours_left", remedy="give some hours"
            )
        if not -1.0 < self.theta < 0.0:
            raise InputError(
                f"theta is {self.theta:g}", place="theta", remedy="give more than −1, less than 0"
            )
        if self.equal not in set(Equal):
            raise InputError(
                f"equal is {self.equal!r}", place="equal", remedy=f"use {' or '.join(Equal)}"
            )
        object.__setattr__(self, "equal", Equal(self.equal))

    @property
    def at(self) -> float:
        """Strike, USD."""
        return self.spot if self.strike is None else self.strike

    @property
    def years(self) -> float:
        """Life, years."""
        return self.days / DAYS_PER_YEAR

    @property
    def steps(self) -> int:
        """Of the simulation: the life, and one step in which the hedges of what expired are undone."""
        return round(self.days * MINUTES_PER_DAY / self.step_minutes) + 1

    @property
    def compared(self) -> tuple[Product, ...]:
        """The products that are meant, the vanilla call first.

        Raises:
            InputError: One is not known, or has no such term.
        """
        given = self.products or tuple(MAKERS)
        found = [self.parsed(each) if isinstance(each, str) else each for each in given]
        first = Vanilla(strike=self.at)
        return (first, *(product for product in found if product != first))

    def parsed(self, text: str) -> Product:
        """A product from ``name`` or ``name:key=value,…``.

        Raises:
            InputError: No such product, or a term that it does not take.
        """
        name, given = with_parameters(text, place=FLAG)
        terms: dict[str, float] = {}
        for key, value in given.items():
            if isinstance(value, str):
                raise InputError(
                    f"{key} of {name} is {value!r}", place=FLAG, remedy="give a number"
                )
            terms[key] = value
        return product_named(name, strike=self.at, days=self.days, **terms)


LIMITS: Final = (
    ("spot", SMALLEST_PRICE, LARGEST_PRICE),
    ("strike", SMALLEST_PRICE, LARGEST_PRICE),
    ("vol", 0.01, 5.0),
    ("days", 0.25, 365.0),
    ("depth_usd_per_pct", 1.0, 1e15),
    ("step_minutes", 1.0, 360.0),
    ("paths", FEWEST_PATHS, 1_000_000),
    ("seed", 0, 2**63 - 1),
)
"""Smallest and largest of what has both."""


def labels(products: Sequence[Product]) -> list[str]:
    """Names of products, with the terms in which those of one name differ, all different."""
    found: list[str] = []
    for product in products:
        alike = [terms_of(each) for each in products if each.name == product.name]
        own = terms_of(product)
        differ = [key for key in own if any(other.get(key) != own[key] for other in alike)]
        text = ",".join(f"{key}={own[key]:g}" for key in differ)
        label = f"{product.name}:{text}" if text else product.name
        found.append(label if label not in found else f"{label} #{len(found)}")
    return found


def terms_of(product: Any) -> dict[str, float]:
    """The terms of a product by name, in the units of its fields."""
    return {item.name: float(getattr(product, item.name)) for item in fields(product)}
