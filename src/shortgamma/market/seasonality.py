"""Volatility and volume by hour of the week.

Source: T. G. Andersen, T. Bollerslev (1997), "Intraday periodicity and volatility persistence in financial
markets", doi:10.1016/S0927-5398(97)00004-2.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from shortgamma.basics.arrays import freeze
from shortgamma.basics.errors import InputError
from shortgamma.basics.units import NANOSECONDS_PER_SECOND
from shortgamma.market.history import PLACE, PriceHistory, describe_bar

Vector = NDArray[np.float64]
Indices = NDArray[np.int64]

HOUR = 3_600 * NANOSECONDS_PER_SECOND
HOURS = 168
THURSDAY = 72  # 1970-01-01 was a Thursday


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HourOfWeek:
    """A week in 168 hours, the first one Monday 00:00 to 01:00 UTC; NaN where nothing is known.

    Args:
        vol: √(mean squared log move per year) of the hour, decimal per √year.
        vol_error: Its standard error from the spread between weeks; NaN with one week.
        moves: How many moves over one bar fell into it.
        weeks: In how many weeks.
        volume: Mean per bar, in the unit given; NaN without volumes.
        volume_error: Its standard error from the spread between weeks.
    """

    vol: Vector
    vol_error: Vector
    moves: Indices
    weeks: Indices
    volume: Vector
    volume_error: Vector

    @property
    def depth_multiplier(self) -> Vector:
        """Depth of the hour over that of a mean hour, ASSUMED proportional to 1/vol; mean 1 where known.

        One day's flow that meets less depth moves the price more, but news comes by the hour too, so
        that this is an upper bound of how much depth varies where volume does not fall with it.
        """
        calm = np.full(HOURS, np.nan)
        moving = self.vol > 0.0
        calm[moving] = 1.0 / self.vol[moving]
        return calm / calm[moving].mean() if moving.any() else calm


def by_hour_of_week(history: PriceHistory, *, volume: ArrayLike | None = None) -> HourOfWeek:
    """Realised vol, and volume where it is given, in each hour of the week.

    Args:
        history: With bars of an hour or less. A move belongs to the hour in which its bar begins; a move
            across a gap belongs to none.
        volume: Of the bar that each price closes, any unit, NaN where unknown, shape (n,).

    Raises:
        InputError: Bars are longer than an hour.
        ShapeError: Volumes and prices differ in number.
    """
    if history.bar > HOUR:
        raise InputError(
            f"bars of {describe_bar(history.bar)}",
            place=PLACE,
            remedy="give bars of an hour or less",
        )
    hour = (history.stamp - history.bar) // HOUR
    one = np.diff(history.bars) == 1
    rate = history.log_returns**2 / history.bar_years
    variance, error, moves, weeks = weekly_means(hour[1:][one], rate)
    vol = np.sqrt(variance)
    spread = np.full(HOURS, np.nan)
    np.divide(error, 2.0 * vol, out=spread, where=vol > 0.0)
    traded = freeze("volume", np.nan if volume is None else volume, len(history))
    known = np.isfinite(traded)
    mean, mean_error, _bars, _weeks = weekly_means(hour[known], traded[known])
    return HourOfWeek(
        vol=vol, vol_error=spread, moves=moves, weeks=weeks, volume=mean, volume_error=mean_error
    )


def weekly_means(hour: Indices, values: Vector) -> tuple[Vector, Vector, Indices, Indices]:
    """Mean in each hour of the week, its standard error, and numbers of values and of weeks.

    Args:
        hour: Hours since 1970 of every value.
        values: What to average.
    """
    hours, index = np.unique(hour, return_inverse=True)
    count = np.bincount(index, minlength=hours.size).astype(np.float64)
    total = np.bincount(index, values, hours.size)
    slot = (hours + THURSDAY) % HOURS
    number = np.bincount(slot, count, HOURS)
    weeks = np.bincount(slot, minlength=HOURS)
    mean = np.full(HOURS, np.nan)
    np.divide(np.bincount(slot, total, HOURS), number, out=mean, where=number > 0.0)
    away = np.bincount(slot, (total - count * mean[slot]) ** 2, HOURS)
    error = np.full(HOURS, np.nan)
    several = weeks > 1
    small = weeks[several] / (weeks[several] - 1.0)
    error[several] = np.sqrt(away[several] * small) / number[several]
    return mean, error, number.astype(np.int64), weeks.astype(np.int64)
