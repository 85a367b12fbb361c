"""Products that pay once by the price at expiry: vanilla, call spread, digital, range, gap option.

The value of each depends on the time left only through σ²T, so that vega is σT·S²Γ.

Source: the static decomposition into calls and digital options, see :mod:`legs`; M. Rubinstein, E. Reiner
(1991), "Unscrambling the binary code", Risk 4(9), for the gap option.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.protocols.mechanism import PoolGreeks
from shortgamma.protocols.structured.legs import Legs, Worth
from shortgamma.protocols.structured.product import (
    Memory,
    Product,
    check_terms,
    greeks_without_rates,
)

Vector = NDArray[np.float64]


class European(Product):
    """A payoff of straight lines with kinks and jumps by the price at expiry."""

    __slots__ = ()

    @property
    def legs(self) -> Legs:
        """Cash, coins, calls and digitals that pay the same."""
        raise NotImplementedError

    def worth(self, spot: Vector, *, width: float) -> Worth:
        """Value and derivatives by the spot; ``width`` is σ√T."""
        return self.legs.worth(spot, width=width)

    def greeks(
        self, spot: Vector, years: float, *, vol: float, memory: Memory | None = None
    ) -> PoolGreeks:
        """Value and Greeks of one unit held long; vega is σT·S²Γ."""
        del memory
        value, delta, gamma = self.worth(spot, width=vol * years**0.5)
        vega = vol * years * np.square(spot) * gamma
        return greeks_without_rates(spot, value, delta, gamma=gamma, vega=vega, vol=vol)

    def settlement(self, spot: Vector, memory: Memory, *, vol: float) -> Vector:
        """What it pays, USD."""
        del memory, vol
        return self.legs.payoff(spot)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vanilla(European):
    """A call: max(S − K, 0).

    Args:
        strike: K, USD.
    """

    strike: float

    name: ClassVar[str] = "vanilla"
    title: ClassVar[str] = "Vanilla call"

    def __post_init__(self) -> None:
        check_terms(self.name, strike=self.strike)

    @property
    def levels(self) -> tuple[float, ...]:
        """The strike."""
        return (self.strike,)

    @property
    def legs(self) -> Legs:
        """One call."""
        return Legs(calls=((self.strike, 1.0),))


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSpread(European):
    """A capped call: max(S − K, 0) − max(S − cap, 0).

    The cap bounds the loss of the seller, not the gamma: near expiry each strike has that of a vanilla.

    Args:
        strike: K, USD.
        cap: Above K, USD.
    """

    strike: float
    cap: float

    name: ClassVar[str] = "call-spread"
    title: ClassVar[str] = "Call spread"

    def __post_init__(self) -> None:
        check_terms(self.name, strike=self.strike, cap=self.cap)
        check_order(self.name, strike=self.strike, cap=self.cap)

    @property
    def levels(self) -> tuple[float, ...]:
        """Both strikes."""
        return (self.strike, self.cap)

    @property
    def legs(self) -> Legs:
        """A call bought and one sold."""
        return Legs(calls=((self.strike, 1.0), (self.cap, -1.0)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Digital(European):
    """A fixed sum where the price ends above a level.

    Args:
        level: USD.
        pays: USD.
    """

    level: float
    pays: float

    name: ClassVar[str] = "digital"
    title: ClassVar[str] = "Digital"

    def __post_init__(self) -> None:
        check_terms(self.name, level=self.level, pays=self.pays)

    @property
    def levels(self) -> tuple[float, ...]:
        """The level."""
        return (self.level,)

    @property
    def legs(self) -> Legs:
        """One digital."""
        return Legs(digitals=((self.level, self.pays),))


@dataclass(frozen=True, slots=True, kw_only=True)
class Range(European):
    """A fixed sum where the price ends between two levels.

    Args:
        low, high: USD.
        pays: USD.
    """

    low: float
    high: float
    pays: float

    name: ClassVar[str] = "range"
    title: ClassVar[str] = "Range"

    def __post_init__(self) -> None:
        check_terms(self.name, low=self.low, high=self.high, pays=self.pays)
        check_order(self.name, low=self.low, high=self.high)

    @property
    def levels(self) -> tuple[float, ...]:
        """Both levels."""
        return (self.low, self.high)

    @property
    def legs(self) -> Legs:
        """A digital bought and one sold."""
        return Legs(digitals=((self.low, self.pays), (self.high, -self.pays)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap(European):
    """S − K where the price ends above the trigger, else nothing: a call with a jump of trigger − K.

    Args:
        strike: K, USD.
        trigger: USD; below K the holder may have to pay.
    """

    strike: float
    trigger: float

    name: ClassVar[str] = "gap"
    title: ClassVar[str] = "Gap call"

    def __post_init__(self) -> None:
        check_terms(self.name, strike=self.strike, trigger=self.trigger)

    @property
    def levels(self) -> tuple[float, ...]:
        """The trigger; nothing happens at the strike."""
        return (self.trigger,)

    @property
    def legs(self) -> Legs:
        """A call at the trigger and the jump there."""
        return Legs(
            calls=((self.trigger, 1.0),), digitals=((self.trigger, self.trigger - self.strike),)
        )


def check_order(place: str, **terms: float) -> None:
    """Refuses two levels of which the second is not above the first.

    Raises:
        InputError: It is not.
    """
    (lower, low), (upper, high) = terms.items()
    if not low < high:
        raise InputError(
            f"{upper} {high:g} is not above {lower} {low:g}",
            place=place,
            remedy="give a higher one",
        )
