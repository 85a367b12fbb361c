"""Products that end when the price touches a level: knock-out calls and a simple autocallable note.

Inside the barrier the closed forms hold for continuous observation. A simulation looks at the barrier at its
steps only, which makes touching a little less likely.

Source: M. Rubinstein, E. Reiner (1991), "Breaking down the barriers", Risk 4(8), without interest; see
:func:`shortgamma.protocols.structured.legs.knocked_out`.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.protocols.mechanism import PoolGreeks
from shortgamma.protocols.structured.european import check_order
from shortgamma.protocols.structured.legs import Legs, knocked_out
from shortgamma.protocols.structured.product import (
    Memory,
    Product,
    check_terms,
    greeks_without_rates,
)

Vector = NDArray[np.float64]


class KnockOut(Product):
    """Legs that live until the price touches the barrier, and a sum that is paid then."""

    __slots__ = ()

    @property
    def legs(self) -> Legs:
        """What is paid at expiry above ``rebate`` if the barrier was not touched; nothing beyond it."""
        raise NotImplementedError

    @property
    def touched_at(self) -> float:
        """The barrier, USD."""
        raise NotImplementedError

    @property
    def rebate(self) -> float:
        """Paid where the barrier was touched, USD."""
        return 0.0

    def alive(self, spot: Vector) -> NDArray[np.bool_]:
        """Where a price does not touch the barrier."""
        low, high = self.domain
        return (spot > low) & (spot < high)

    def greeks(
        self, spot: Vector, years: float, *, vol: float, memory: Memory | None = None
    ) -> PoolGreeks:
        """Value and Greeks of one unit held long; only the rebate is left after a touch."""
        width = vol * years**0.5
        lives = self.alive(spot) if memory is None else self.alive(spot) & (memory[0] > 0.0)
        worth = knocked_out(self.legs, spot, barrier=self.touched_at, width=width)
        value, delta, gamma = (np.where(lives, part, 0.0) for part in worth)
        vega = vol * years * np.square(spot) * gamma
        return greeks_without_rates(
            spot, self.rebate + value, delta, gamma=gamma, vega=vega, vol=vol
        )

    def settlement(self, spot: Vector, memory: Memory, *, vol: float) -> Vector:
        """What it pays, USD."""
        del vol
        lives = self.alive(spot) & (memory[0] > 0.0)
        return self.rebate + np.where(lives, self.legs.payoff(spot), 0.0)

    def start(self, spot: Vector) -> Memory:
        """One row: 1 where the barrier was not touched, else 0."""
        return self.alive(np.asarray(spot)).astype(np.float64)[np.newaxis]

    def remember(
        self, memory: Memory, moved: tuple[Vector, Vector], *, years: tuple[float, float]
    ) -> Memory:
        """Whether the barrier was touched so far, as seen at the steps."""
        del years
        return memory * self.alive(moved[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class UpAndOut(KnockOut):
    """A call that ends worthless when the price rises to the barrier.

    Args:
        strike: K, USD.
        barrier: Above K, USD.
    """

    strike: float
    barrier: float

    name: ClassVar[str] = "up-and-out"
    title: ClassVar[str] = "Up-and-out call"

    def __post_init__(self) -> None:
        check_terms(self.name, strike=self.strike, barrier=self.barrier)
        check_order(self.name, strike=self.strike, barrier=self.barrier)

    @property
    def levels(self) -> tuple[float, ...]:
        """Strike and barrier."""
        return (self.strike, self.barrier)

    @property
    def domain(self) -> tuple[float, float]:
        """Below the barrier."""
        return 0.0, self.barrier

    @property
    def touched_at(self) -> float:
        """The barrier, USD."""
        return self.barrier

    @property
    def legs(self) -> Legs:
        """The call cut off at the barrier."""
        return Legs(calls=((self.strike, 1.0),)).below(self.barrier)


@dataclass(frozen=True, slots=True, kw_only=True)
class DownAndOut(KnockOut):
    """A call that ends worthless when the price falls to the barrier.

    Args:
        strike: K, USD.
        barrier: USD.
    """

    strike: float
    barrier: float

    name: ClassVar[str] = "down-and-out"
    title: ClassVar[str] = "Down-and-out call"

    def __post_init__(self) -> None:
        check_terms(self.name, strike=self.strike, barrier=self.barrier)

    @property
    def levels(self) -> tuple[float, ...]:
        """Strike and barrier."""
        return (self.strike, self.barrier)

    @property
    def domain(self) -> tuple[float, float]:
        """Above the barrier."""
        return self.barrier, np.inf

    @property
    def touched_at(self) -> float:
        """The barrier, USD."""
        return self.barrier

    @property
    def legs(self) -> Legs:
        """The call cut off at the barrier."""
        return Legs(calls=((self.strike, 1.0),)).above(self.barrier)


@dataclass(frozen=True, slots=True, kw_only=True)
class Autocall(KnockOut):
    """A note that is called with a coupon when the price rises to a level, and else repays by the price.

    Called: notional·(1 + coupon), certain from the touch on. Not called: the notional, or notional·S/entry
    where the price ends below the protection. The holder is short a put that knocks in at expiry, so most of
    the time short gamma; who hedges the note is then long gamma and dampens.

    Args:
        entry: Price at issue, USD.
        call_level: Above the entry, USD.
        protection: Below the entry, USD.
        coupon: Part of the notional.
        notional: USD.
    """

    entry: float
    call_level: float
    protection: float
    coupon: float
    notional: float

    name: ClassVar[str] = "autocall"
    title: ClassVar[str] = "Autocallable note"

    def __post_init__(self) -> None:
        check_terms(self.name, entry=self.entry, protection=self.protection, notional=self.notional)
        check_order(self.name, entry=self.entry, call_level=self.call_level)
        check_order(self.name, protection=self.protection, call_level=self.call_level)
        if not 0.0 <= self.coupon < np.inf:
            raise InputError(f"coupon is {self.coupon:g}", place=self.name, remedy="give 0 or more")

    @property
    def levels(self) -> tuple[float, ...]:
        """Protection and call level."""
        return (self.protection, self.call_level)

    @property
    def domain(self) -> tuple[float, float]:
        """Below the call level."""
        return 0.0, self.call_level

    @property
    def touched_at(self) -> float:
        """The call level, USD."""
        return self.call_level

    @property
    def rebate(self) -> float:
        """Notional and coupon, USD."""
        return self.notional * (1.0 + self.coupon)

    @property
    def legs(self) -> Legs:
        """What a note that was not called pays less than one that was."""
        per_usd = self.notional / self.entry
        jump = self.notional - per_usd * self.protection
        less = Legs(
            cash=-self.rebate,
            coins=per_usd,
            calls=((self.protection, -per_usd),),
            digitals=((self.protection, jump),),
        )
        return less.below(self.call_level)
