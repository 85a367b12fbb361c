"""What Rysk adds to a Black-Scholes premium: slippage by exposure, and the cost of delta and collateral.

Slippage: the mean of (1 + g)^(−x) while the vault's exposure x to a series goes from before to after the
trade, g growing with the band of the option's delta. With f = 1 + g and amount n::

    user buys:   f^(−x0)·(f^n − 1)/(n·ln f)        user sells:   f^(−x0)·(1 − f^(−n))/(n·ln f)

Delta borrowing: |Δ|·n·S·((1 + rate)^T − 1). Collateral lending, on what makes the vault net short when users
buy: margin·((1 + rate)^T − 1).

Source: rysk-finance/dynamic-hedging, packages/contracts/contracts/BeyondPricer.sol; test/foundry/slippage.py
and spread.py, the formulas with which the protocol tests it.
"""

from typing import Any

import numpy as np

from shortgamma.protocols.mechanism import Values
from shortgamma.protocols.paths import plain


def slippage_multiplier(
    exposure: Values, amount: Values, *, gradient: Values, is_sell: bool
) -> Values:
    """Factor on the fair premium.

    Args:
        exposure: Contracts of the series that the vault holds, negative = short.
        amount: Contracts, positive.
        gradient: g, already multiplied for the delta's band; 0 = no slippage.
        is_sell: True where the user sells to the vault.
    """
    log = np.log1p(np.asarray(gradient, dtype=np.float64))
    width = log * np.asarray(amount)
    signed = -width if is_sell else width
    small = np.abs(signed) < 1e-12
    safe = np.where(small, 1.0, signed)
    mean = np.where(small, 1.0 + 0.5 * signed, np.expm1(safe) / safe)
    return plain(np.exp(-log * np.asarray(exposure)) * mean)


def band_of(delta: Values, width: float, *, bands: int) -> Any:
    """Number of the band that a delta lies in.

    Args:
        delta: Of a long option.
        width: Of a band: 0.05 is five deltas.
        bands: How many there are; a delta of 1 lies in the last one.
    """
    # A delta on the edge of a band, but for its last binary digit, belongs to the upper one.
    band = np.floor(np.abs(np.asarray(delta)) / width + 1e-9)
    return np.minimum(band, bands - 1).astype(np.int64)


def growth_cost(base: Values, rate: Values, *, years: float) -> Values:
    """Base·((1 + rate)^T − 1), USD.

    Args:
        base: USD.
        rate: Per year, compounded yearly; negative rates are gains.
        years: T.
    """
    return plain(np.asarray(base) * np.expm1(years * np.log1p(np.asarray(rate))))
