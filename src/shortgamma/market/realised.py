"""What a price history says about its own moves: volatility, tails and clusters.

Source: M. Parkinson (1980), doi:10.1086/296071; M. B. Garman, M. J. Klass (1980), doi:10.1086/296072.
"""

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.market.history import PLACE, PriceHistory

Vector = NDArray[np.float64]

LN_2 = 0.6931471805599453


def realised_vol(history: PriceHistory) -> float:
    """Close-to-close vol √(mean r² / bar), decimal per √year (ACT/365); moves across gaps left out.

    No mean is taken off: over a bar it is far below its own standard error.
    """
    returns = known_returns(history)
    return (mean_square(returns) / history.bar_years) ** 0.5


def parkinson_vol(history: PriceHistory) -> float:
    """Vol from the range of each bar: √(mean ln(high/low)² / (4·ln 2·bar)), decimal per √year.

    Limits: biased down where a bar has few trades, and blind to moves between bars.

    Raises:
        InputError: The history has no high and low.
    """
    _opening, high, low = ranges(history)
    return (mean_square(np.log(high / low)) / (4.0 * LN_2 * history.bar_years)) ** 0.5


def garman_klass_vol(history: PriceHistory) -> float:
    """Vol from open, high, low, close: ½·ln(h/l)² − (2·ln 2 − 1)·ln(c/o)², decimal per √year.

    Raises:
        InputError: The history has no open, high and low.
    """
    opening, high, low = ranges(history)
    spread = 0.5 * mean_square(np.log(high / low))
    body = (2.0 * LN_2 - 1.0) * mean_square(np.log(history.close / opening))
    return ((spread - body) / history.bar_years) ** 0.5


def excess_kurtosis(history: PriceHistory) -> float:
    """Fourth moment of the log moves over their variance squared, less the normal's 3."""
    returns = known_returns(history)
    centred = returns - float(np.mean(returns))
    variance = mean_square(centred)
    return mean_square(centred * centred) / variance**2 - 3.0 if variance > 0.0 else float("nan")


def clustering(history: PriceHistory, lags: int) -> Vector:
    """Autocorrelation of |log move| at lags 1 to ``lags`` bars, shape (lags,); pairs across gaps left out.

    Positive where large moves follow large moves.
    """
    size = np.full(int(history.bars[-1]), np.nan)
    one = np.diff(history.bars) == 1
    size[history.bars[1:][one] - 1] = np.abs(known_returns(history))
    centred = size - np.nanmean(size)
    variance = float(np.nanmean(centred**2))
    if not variance > 0.0 or lags >= centred.size:
        raise InputError(
            f"lag {lags} in {centred.size} bars",
            place=PLACE,
            remedy="give a longer history that moves",
        )
    found = [float(np.nanmean(centred[lag:] * centred[:-lag])) for lag in range(1, lags + 1)]
    return np.array(found) / variance


def known_returns(history: PriceHistory) -> Vector:
    """Log moves over one bar.

    Raises:
        InputError: Every move is across a gap.
    """
    if history.log_returns.size == 0:
        raise InputError("has no two neighbouring bars", place=PLACE, remedy="fill the gaps")
    return history.log_returns


def ranges(history: PriceHistory) -> tuple[Vector, Vector, Vector]:
    """Open, high and low.

    Raises:
        InputError: The history has none.
    """
    if history.opening is None or history.high is None or history.low is None:
        raise InputError(
            "has closes only", place=PLACE, remedy="give open, high and low, or use realised_vol"
        )
    return history.opening, history.high, history.low


def mean_square(values: Vector) -> float:
    """Mean of the squares."""
    return float(np.mean(values * values))
