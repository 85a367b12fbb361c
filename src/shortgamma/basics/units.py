"""The one place where units and signs are fixed.

==================  =====================================================================
quantity            unit
==================  =====================================================================
time                years, ACT/365 to the second; stamps are UTC nanoseconds
vol                 decimal per square root of a year
rate                continuously compounded, per year
price               USD; coin for coin-settled (inverse) options
open interest       units of the underlying
``…_per_point``     per volatility point (0.01 of vol)
``…_per_pct``       per 1 % move of the underlying
``…_per_day``       per calendar day
==================  =====================================================================

Positive means that the book is long. A book that is short gamma buys when the price rises and sells
when it falls, which amplifies moves; a book that is long gamma does the reverse and dampens them.
"""

from typing import Final

DAYS_PER_YEAR: Final = 365.0
SECONDS_PER_DAY: Final = 86_400.0
SECONDS_PER_YEAR: Final = DAYS_PER_YEAR * SECONDS_PER_DAY
NANOSECONDS_PER_SECOND: Final = 1_000_000_000
NANOSECONDS_PER_DAY: Final = 86_400 * NANOSECONDS_PER_SECOND
NANOSECONDS_PER_YEAR: Final = 365 * NANOSECONDS_PER_DAY
PERCENT: Final = 0.01
POINT: Final = 0.01

# Beyond these no market exists and sums may overflow; readers and pricers refuse what lies outside.
SMALLEST_PRICE: Final = 1e-50
LARGEST_PRICE: Final = 1e50
LARGEST_QUANTITY: Final = 1e15
LONGEST_YEARS: Final = 100.0
LARGEST_RATE: Final = 2.0
