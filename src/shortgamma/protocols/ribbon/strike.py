"""Which strike a vault sells: the listed one whose delta is nearest to the target.

From the price outwards the contract looks at one listed strike after the other until the target lies
between the delta of the strike before and that of this one. It takes the nearer of the two. Where both are
equally near it takes the later one for a call, further out of the money, and the earlier one for a put,
nearer to the money: the comment in the contract says the lower strike, the code compares with ≤ as for calls.
The first strike that it looks at is a whole step beyond the next listed one; before it the delta counts as 1.

Source: ribbon-finance/ribbon-v2, contracts/utils/DeltaStrikeSelection.sol (``_getStrikePrice``,
``_getBestDelta``); figures of test/StrikeSelection.ts. The contract cuts deltas to 4 decimals, this does not.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.protocols.spot_options import spot_option

Vector = NDArray[np.float64]
DeltaOf = Callable[[Vector], Vector]
"""Delta of a call at listed strikes, 0 to 1, falling as the strike rises."""

MOST_STRIKES = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class StrikeRule:
    """What a vault sells.

    Args:
        is_call: A call on coins, else a put on cash.
        step: Distance of listed strikes, USD.
        delta: Target of the option, 0 to 1, without its sign.
    """

    is_call: bool = True
    step: float = 100.0
    delta: float = 0.1

    def __post_init__(self) -> None:
        if not (0.0 < self.step < np.inf and 0.0 < self.delta < 1.0):
            raise InputError(
                f"a step of {self.step:g} USD and a delta of {self.delta:g}",
                place="strike selection",
                remedy="give a positive step and a delta between 0 and 1",
            )

    @property
    def target(self) -> float:
        """Delta of the *call* at the strike that is looked for."""
        return self.delta if self.is_call else 1.0 - self.delta

    @property
    def way(self) -> float:
        """USD from one strike to the next one out of the money."""
        return self.step if self.is_call else -self.step

    def first(self, price: Vector) -> Vector:
        """The first strike that is looked at, USD."""
        below = self.step * np.floor(price / self.step)
        return below + 2.0 * self.step if self.is_call else below - self.step


def walked_strike(price: Vector | float, delta_of: DeltaOf, *, rule: StrikeRule) -> Vector:
    """The strike, by looking at one after the other as the contract does.

    Args:
        price: Of the underlying, USD, shape (n,).
        delta_of: Delta of a call at strikes of shape (n,).
        rule: What is looked for.

    Returns:
        USD, shape (n,).

    Raises:
        InputError: No strike is far enough.

    >>> walked_strike(2578.0, lambda k: 0.5 - (k - 2500.0) / 2000.0, rule=StrikeRule()).tolist()
    [3300.0]
    """
    at = np.atleast_1d(np.asarray(price, dtype=np.float64))
    strike = rule.first(at)
    found = np.full(at.shape, np.nan)
    before = np.full(at.shape, 1.0 if rule.is_call else 0.0)
    for _ in range(MOST_STRIKES):
        if not np.any((searched := np.isnan(found)) & (strike > 0.0)):
            break
        delta = delta_of(strike)
        passed = delta <= rule.target if rule.is_call else delta >= rule.target
        np.copyto(found, nearer(strike, delta, before, rule=rule), where=searched & passed)
        strike, before = strike + rule.way, delta
    return reached(found, rule)


def reached(found: Vector, rule: StrikeRule) -> Vector:
    """The strikes.

    Raises:
        InputError: One is missing, or not above zero.
    """
    if not np.all(found > 0.0):
        raise InputError(
            f"no strike has a delta of {rule.delta:g}",
            place="strike selection",
            remedy="give a smaller step, or a larger delta",
        )
    return found


def nearer(strike: Vector, delta: Vector, before: Vector, *, rule: StrikeRule) -> Vector:
    """Of a strike and the one before it, the one whose delta is nearer to the target.

    Args:
        strike: USD, shape (n,).
        delta: Of the call at it.
        before: Of the call at the strike before.
        rule: What is looked for.
    """
    beyond, short = np.abs(delta - rule.target), np.abs(before - rule.target)
    takes_later = beyond <= short if rule.is_call else beyond < short
    return np.where(takes_later, strike, strike - rule.way)


def black_strike(
    price: Vector | float, *, years: float, vol: Vector | float, rule: StrikeRule
) -> Vector:
    """The strike by Black's delta at zero rates, path by path.

    The delta of a call falls with the strike, so the two strikes around the target are found at once by
    bisection over the number of steps.

    Args:
        price: Of the underlying, USD, positive, shape (n,).
        years: To expiry.
        vol: Decimal per √year, shape (n,) or one for all.
        rule: What is looked for.

    Returns:
        USD, shape (n,).

    Raises:
        InputError: No strike is far enough.
    """
    at, vols = np.broadcast_arrays(*np.atleast_1d(np.asarray(price, dtype=np.float64), vol))

    def delta_of(strike: Vector) -> Vector:
        safe = np.maximum(strike, 1e-12 * at)
        return np.asarray(
            spot_option(at, safe, years=years, vol=vols, kind="call").delta, dtype=np.float64
        ).reshape(at.shape)

    first = rule.first(at)
    low, high = np.zeros(at.shape), np.full(at.shape, float(MOST_STRIKES))
    while np.any(high - low > 1.0):
        middle = np.floor(0.5 * (low + high))
        delta = delta_of(first + middle * rule.way)
        passed = delta <= rule.target if rule.is_call else delta >= rule.target
        high, low = np.where(passed, middle, high), np.where(passed, low, middle)
    delta = delta_of(first)
    passed = delta <= rule.target if rule.is_call else delta >= rule.target
    count = np.where(passed, 0.0, high)
    strike = first + count * rule.way
    start = 1.0 if rule.is_call else 0.0
    before = np.where(count > 0.0, delta_of(strike - rule.way), start)
    return reached(nearer(strike, delta_of(strike), before, rule=rule), rule)
