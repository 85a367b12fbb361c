"""Payoffs that are straight lines with kinks and jumps: cash, coins, calls and digital options.

Every payoff of that kind on the price at expiry is a sum::

    f(S) = cash + coins·S + Σ a_i·max(S − K_i, 0) + Σ b_j·1{S > L_j}

so its value is the same sum of Black values. A payoff that is knocked out at H is, without interest, the
payoff cut off at H less its mirror image (method of images)::

    V_out(S) = V_cut(S) − (S/H)·V_cut(H²/S)

which is zero at S = H and obeys the same equation.

Source: F. Black (1976); M. Rubinstein, E. Reiner (1991), "Breaking down the barriers", Risk 4(8): without
interest the power of the reflected term is 1.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from shortgamma.kernels.black import N_GREEKS, Greek, black_greeks

Vector = NDArray[np.float64]
Amount = tuple[float, float]
"""Level in USD, and how much starts there."""

ROOT_2PI = float(np.sqrt(2.0 * np.pi))


class Worth(NamedTuple):
    """Value, USD, its first derivative by the price, coins, and its second, coins per USD; shape (n,)."""

    value: Vector
    delta: Vector
    gamma: Vector


class Calls(NamedTuple):
    """Black's call of one strike, as :class:`Worth` has it, and the vega, USD per unit of vol."""

    worth: Worth
    vega: Vector


def black_calls(forward: Vector, strike: float, *, width: Vector | float) -> Calls:
    """Calls on a lognormal price.

    Args:
        forward: USD, shape (n,).
        strike: USD.
        width: σ√T, positive; shape (n,) or one for all. The vega is the derivative by it.
    """
    size = forward.size
    out = np.empty((N_GREEKS, size))
    strikes, ones = np.full(size, strike), np.ones(size)
    widths = np.broadcast_to(np.asarray(width, dtype=np.float64), (size,)).copy()
    black_greeks(np.ascontiguousarray(forward), strikes, ones, widths, np.zeros(size), ones, out)
    worth = Worth(out[Greek.PRICE], out[Greek.DELTA], out[Greek.GAMMA])
    return Calls(worth, out[Greek.VEGA])


def black_digitals(forward: Vector, level: float, *, width: float) -> Worth:
    """One USD at expiry where the price ends above a level: N(d2), φ(d2)/(Sw), −φ(d2)·d1/(Sw)²."""
    d2 = np.log(forward / level) / width - 0.5 * width
    density = np.exp(-0.5 * d2 * d2) / (ROOT_2PI * width * forward)
    gamma = -density * (d2 + width) / (forward * width)
    return Worth(np.asarray(ndtr(d2)), density, gamma)


@dataclass(frozen=True, slots=True, kw_only=True)
class Legs:
    """A payoff of straight lines with kinks and jumps.

    Args:
        cash: USD.
        coins: Units of the underlying.
        calls: Strike, USD, and how many calls.
        digitals: Level, USD, and how many USD it pays above.
    """

    cash: float = 0.0
    coins: float = 0.0
    calls: tuple[Amount, ...] = ()
    digitals: tuple[Amount, ...] = ()

    def payoff(self, spot: Vector) -> Vector:
        """What it pays, USD."""
        paid = self.cash + self.coins * spot
        for strike, amount in self.calls:
            paid = paid + amount * np.maximum(spot - strike, 0.0)
        for level, amount in self.digitals:
            paid = paid + amount * (spot > level)
        return paid

    def worth(self, spot: Vector, *, width: float) -> Worth:
        """Value and derivatives where the log price at expiry has the standard deviation ``width``."""
        value = self.cash + self.coins * spot
        delta, gamma = np.full(spot.shape, self.coins), np.zeros(spot.shape)
        parts = [(n, black_calls(spot, at, width=width).worth) for at, n in self.calls]
        parts += [(n, black_digitals(spot, at, width=width)) for at, n in self.digitals]
        for amount, part in parts:
            value = value + amount * part.value
            delta = delta + amount * part.delta
            gamma = gamma + amount * part.gamma
        return Worth(value, delta, gamma)

    def line_at(self, spot: float) -> Amount:
        """Cash and coins of the straight line on which a price lies that is no level."""
        cash, coins = self.cash, self.coins
        for strike, amount in self.calls:
            if spot > strike:
                cash, coins = cash - amount * strike, coins + amount
        cash += sum(amount for level, amount in self.digitals if spot > level)
        return cash, coins

    def below(self, high: float) -> "Legs":
        """The same below a level, nothing above it."""
        cash, coins = self.line_at(np.nextafter(high, 0.0))
        kept = self.kept(lambda level: level < high)
        return Legs(
            cash=self.cash,
            coins=self.coins,
            calls=(*kept.calls, (high, -coins)),
            digitals=(*kept.digitals, (high, -(cash + coins * high))),
        )

    def above(self, low: float) -> "Legs":
        """The same above a level, nothing below it."""
        cash, coins = self.line_at(np.nextafter(low, np.inf))
        kept = self.kept(lambda level: level > low)
        return Legs(
            calls=((low, coins), *kept.calls),
            digitals=((low, cash + coins * low), *kept.digitals),
        )

    def kept(self, holds: Callable[[float], bool]) -> "Legs":
        """The calls and digitals whose level is wanted."""
        return Legs(
            calls=tuple(part for part in self.calls if holds(part[0])),
            digitals=tuple(part for part in self.digitals if holds(part[0])),
        )


def knocked_out(legs: Legs, spot: Vector, *, barrier: float, width: float) -> Worth:
    """What is left of a cut-off payoff that ends worthless when the price touches the barrier.

    Args:
        legs: Nothing beyond the barrier already, by :meth:`Legs.below` or :meth:`Legs.above`.
        spot: USD, on the side of the barrier on which the payoff lives, shape (n,).
        barrier: USD.
        width: σ√T.
    """
    plain = legs.worth(spot, width=width)
    mirrored = barrier * barrier / spot
    image = legs.worth(mirrored, width=width)
    return Worth(
        plain.value - spot / barrier * image.value,
        plain.delta - (image.value - mirrored * image.delta) / barrier,
        plain.gamma - mirrored * mirrored * image.gamma / (spot * barrier),
    )
