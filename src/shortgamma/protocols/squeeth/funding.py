"""Funding of Squeeth: the debt of a short shrinks while the market pays more than the index.

The index is the square of the ETH price; the mark is what the market pays for it. Both are scaled down by
10⁴, and so is a token: 1 oSQTH owes norm·S²/10⁴ USD, or norm·S/10⁴ ETH, S the ETH price. Over dt::

    norm ×= (index/mark)^(dt/420 h),     mark clamped to 0.8…1.4 × index

A short pays ½Γσ²S² = σ²·(its debt) a year for its constant gamma and earns ln(mark/index)/f of it, f = 420 h,
so that the two balance at mark = index·e^(σ²f): the premium is the price of a gamma that never decays.

Source: opynfinance/squeeth-monorepo, packages/hardhat/contracts/core/Controller.sol
(_getNewNormalizationFactor) and libs/Power2Base.sol; the fair premium as derived.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.units import DAYS_PER_YEAR
from shortgamma.protocols.fixed_point import WAD
from shortgamma.protocols.squeeth.fixed64 import exp_2, log_2, product_64, quotient_64, scaled

Vector = NDArray[np.float64]
Values = Vector | float

FUNDING_SECONDS: Final = 420 * 3600
FUNDING_YEARS: Final = FUNDING_SECONDS / (86_400.0 * DAYS_PER_YEAR)
INDEX_SCALE: Final = 10_000
LOWEST_MARK: Final = 0.8
HIGHEST_MARK: Final = 1.4

_LOWEST_WAD: Final = 8 * 10**17
_HIGHEST_WAD: Final = 14 * 10**17


def mark_ratio(norm: Values, spot: Values, squeeth_price: Values) -> Vector:
    """Mark over index, not clamped: (squeeth price·10⁴/norm)/S.

    Args:
        norm: Normalisation factor.
        spot: S, USD per ETH.
        squeeth_price: ETH per oSQTH.
    """
    return np.asarray(squeeth_price * INDEX_SCALE / (norm * spot), dtype=np.float64)


def norm_after(norm: Values, ratio: Values, seconds: Values) -> Vector:
    """The normalisation factor after a time.

    Args:
        norm: Before.
        ratio: Mark over index during it; clamped here.
        seconds: Of the time.
    """
    clamped = np.clip(ratio, LOWEST_MARK, HIGHEST_MARK)
    return np.asarray(norm * clamped ** (-np.asarray(seconds) / FUNDING_SECONDS), dtype=np.float64)


def fair_ratio(vol: Values) -> Vector:
    """Mark over index at a volatility, e^(σ²f); what the clamp makes of it is the market's to say."""
    return np.exp(np.square(np.asarray(vol, dtype=np.float64)) * FUNDING_YEARS)


def implied_vol(ratio: Values) -> Vector:
    """The volatility at which a mark over index of 1 or more is fair; NaN below 1."""
    at = np.asarray(ratio, dtype=np.float64)
    return np.sqrt(np.log(np.where(at >= 1.0, at, np.nan)) / FUNDING_YEARS)


def exact_index(eth_price: int) -> int:
    """Square of the scaled ETH price, 18 decimals. ``eth_price``: USD, 18 decimals, not scaled."""
    scaled_price = eth_price // INDEX_SCALE
    return scaled_price * scaled_price // WAD


def exact_mark(eth_price: int, squeeth_price: int, norm: int) -> int:
    """What the market pays for one index, 18 decimals: all arguments with 18 decimals."""
    return squeeth_price * (eth_price // INDEX_SCALE) // norm


def exact_norm_after(norm: int, mark: int, *, index: int, seconds: int) -> int:
    """The contract's normalisation factor after a time, all with 18 decimals.

    Raises:
        RefusedError: No index.
    """
    if seconds == 0:
        return norm
    mark = min(max(mark, index * _LOWEST_WAD // WAD), index * _HIGHEST_WAD // WAD)
    power = product_64(log_2(quotient_64(index, mark)), quotient_64(seconds, FUNDING_SECONDS))
    return scaled(exp_2(power), norm)
