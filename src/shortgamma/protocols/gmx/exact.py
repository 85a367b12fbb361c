"""Price impact, funding and borrowing factors of GMX v2 in integers with 30 decimals, digit by digit.

Source: as :mod:`shortgamma.protocols.gmx.pricing`; Precision.sol for the conversions.
"""

from dataclasses import dataclass
from typing import Final

from shortgamma.protocols.binary_powers import power
from shortgamma.protocols.fixed_point import mul_div

ONE: Final = 10**30
WEI: Final = 10**12
"""What lies between 30 and 18 decimals."""


def apply_factor(value: int, factor: int) -> int:
    """value·factor, towards zero."""
    return mul_div(value, factor, ONE)


def raised(gap: int, exponent: int) -> int:
    """gap^e; nothing below one USD."""
    return 0 if gap < ONE else power(gap // WEI, exponent // WEI) * WEI


def price_impact(
    before: int, after: int, *, improves: int, worsens: int, exponent: int = 2 * ONE
) -> int:
    """USD that a trade gains: getPriceImpactUsd.

    Args:
        before, after: Long less short open interest, signed.
        improves, worsens: Factors.
        exponent: e.
    """
    good = min(improves, worsens)
    first, last = raised(abs(before), exponent), raised(abs(after), exponent)
    if (before <= 0) == (after <= 0):
        factor = good if abs(after) < abs(before) else worsens
        gain = abs(apply_factor(first, factor) - apply_factor(last, factor))
        return gain if abs(after) < abs(before) else -gain
    return apply_factor(first, good) - apply_factor(last, worsens)


@dataclass(frozen=True, slots=True, kw_only=True)
class FundingTerms:
    """30 decimals; see :class:`shortgamma.protocols.gmx.state.FundingTerms`. The exponent is 1."""

    increase: int
    decrease: int
    stable_below: int
    decrease_below: int
    lowest: int
    highest: int


def next_funding_factor(
    terms: FundingTerms, factor: int, *, longs: int, shorts: int, seconds: int
) -> int:
    """The funding factor per second, positive = longs pay: getNextFundingFactorPerSecond."""
    if longs + shorts == 0:
        return 0
    part = mul_div(abs(longs - shorts), ONE, longs + shorts)
    same_way = (factor > 0 and longs > shorts) or (factor < 0 and shorts > longs)
    moved = factor
    if not same_way or part > terms.stable_below:
        rise = apply_factor(part, terms.increase) * seconds
        moved = factor + (rise if longs >= shorts else -rise)
    elif part < terms.decrease_below:
        fall = terms.decrease * seconds
        sign = 1 if factor > 0 else -1
        moved = sign if abs(factor) <= fall else sign * (abs(factor) - fall)
    size = min(max(abs(moved), terms.lowest), terms.highest)
    return size if moved >= 0 else -size


def borrowing_rate(factor: int, *, reserved: int, pool: int, exponent: int = ONE) -> int:
    """Fee per second and USD of size: getBorrowingFactorPerSecond.

    Args:
        factor: Borrowing factor.
        reserved, pool: USD.
        exponent: e.
    """
    raised_reserve = reserved if exponent == ONE else raised(reserved, exponent)
    return apply_factor(mul_div(raised_reserve, ONE, pool), factor) if reserved else 0
