"""The Basel zones: how likely so few breaches are if the forecast is true.

Green reaches as far as the binomial probability of so many breaches or fewer stays below 95 %, yellow below
99.99 %. For 250 forecasts at 99 % green is 0 to 4, yellow 5 to 9, red 10 or more, and the multiplier of the
internal-models approach rises from 3 to 4.

Source: Basel Committee on Banking Supervision (January 1996), "Supervisory framework for the use of
'backtesting' in conjunction with the internal models approach to market risk capital requirements", tables
1 and 2.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from scipy.stats import binom

YELLOW_FROM: Final = 0.95
RED_FROM: Final = 0.9999
ADDITIONS: Final = (0.0, 0.0, 0.0, 0.0, 0.0, 0.40, 0.50, 0.65, 0.75, 0.85)
"""What is added to the multiplier of 3 for 0 to 9 breaches; 1 from 10 on."""
BASEL_DAYS: Final = 250
BASEL_LEVEL: Final = 0.99


class Zone(StrEnum):
    """How bad a number of breaches is."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselZone:
    """The zone of a backtest.

    Args:
        zone: Its colour.
        cumulative: Probability of so many breaches or fewer under a true forecast.
        addition: To the multiplier of 3; None where the backtest is not that of 250 forecasts at 99 %.
    """

    zone: Zone
    cumulative: float
    addition: float | None


def basel_zone(breaches: int, observations: int, *, level: float) -> BaselZone:
    """The zone of a number of breaches.

    Args:
        breaches: x.
        observations: T.
        level: Of the forecasts, as 0.99.
    """
    cumulative = float(binom.cdf(breaches, observations, 1.0 - level))
    is_basel = observations == BASEL_DAYS and abs(level - BASEL_LEVEL) < 1e-12
    addition = ADDITIONS[breaches] if breaches < len(ADDITIONS) else 1.0
    zone = (
        Zone.GREEN
        if cumulative < YELLOW_FROM
        else Zone.YELLOW
        if cumulative < RED_FROM
        else Zone.RED
    )
    return BaselZone(zone=zone, cumulative=cumulative, addition=addition if is_basel else None)
