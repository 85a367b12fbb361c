"""The C-level: the factor on a fair premium that rises with utilisation and decays after a trade.

With steepness a and k = a(min·e^a − max)/(e^a − 1)::

    C(u) = [k·e^{a(1−u)} + max·a − k]/(a·e^{a(1−u)}),    C(0) = min, C(1) = max
    level after a trade = max(min, C(u) − decay·hours)

A trade from utilisation u0 to u1 is quoted at √(C(u0)·level(u1)): the decay works on the level after only.

Source: Premian-Labs/v3-contracts, contracts/libraries/OptionMath.sol (computeCLevel, computeCLevelGeoMean).
"""

from dataclasses import dataclass

import numpy as np

from shortgamma.protocols.mechanism import Values
from shortgamma.protocols.paths import greater, plain


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelTerms:
    """Parameters of the curve.

    Args:
        steepness: a (``alphaCLevel``), positive.
        lowest, highest: C-level at no and at full utilisation (``minCLevel``, ``maxCLevel``).
        decay_per_hour: Fall of the level per hour since the last trade (``hourlyDecayDiscount``).
    """

    steepness: float = 3.0
    lowest: float = 1.05
    highest: float = 1.2
    decay_per_hour: float = 0.005


def c_level(utilisation: Values, hours: Values, *, terms: LevelTerms) -> Values:
    """max(min, C(u) − decay·hours).

    Args:
        utilisation: u, part of the assets that is locked, in [0, 1].
        hours: Since the last trade.
        terms: The curve.
    """
    a = terms.steepness
    k = a * (terms.lowest * np.exp(a) - terms.highest) / np.expm1(a)
    away = np.exp(a * (1.0 - np.asarray(utilisation)))
    level = (k * away + terms.highest * a - k) / (a * away)
    return greater(level - terms.decay_per_hour * np.asarray(hours), terms.lowest)


def quoted_level(before: Values, after: Values, *, hours: Values, terms: LevelTerms) -> Values:
    """√(C(before)·level(after)), the factor on the fair premium of a trade.

    Args:
        before, after: Utilisation before and after the trade, in [0, 1].
        hours: Since the last trade.
        terms: The curve.
    """
    first = c_level(before, 0.0, terms=terms)
    return plain(np.sqrt(first * c_level(after, hours, terms=terms)))
