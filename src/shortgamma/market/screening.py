"""Screens that put bad rows aside, each with its reason."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import Failure, Reason
from shortgamma.basics.units import (
    DAYS_PER_YEAR,
    LARGEST_PRICE,
    LARGEST_QUANTITY,
    LARGEST_RATE,
    LONGEST_YEARS,
    SMALLEST_PRICE,
)
from shortgamma.market.quotes import Quotes

MAX_VOL = 5.0


@dataclass(frozen=True, slots=True)
class Screen:
    """One test over all rows.

    Args:
        reason: Why a row that fails is put aside.
        fails: True where a row fails, shape (n,).
        value: What to show of a failing row, shape (n,).
    """

    reason: Reason
    fails: NDArray[np.bool_]
    value: NDArray[np.float64]


def screens(
    quotes: Quotes,
    years: NDArray[np.float64],
    forward: NDArray[np.float64],
    vol: NDArray[np.float64],
) -> list[Screen]:
    """The screens in the order in which they name a row's reason: the first that fails counts."""
    interest, rate = quotes.open_interest, quotes.rate
    prices = np.fmin(np.fmin(quotes.bid_price, quotes.ask_price), quotes.mark_price)
    return [
        Screen(Reason.BAD_KIND, quotes.sign == 0.0, quotes.sign),
        Screen(Reason.NOT_A_NUMBER, np.isnan(quotes.strike), quotes.strike),
        Screen(Reason.BAD_STRIKE, quotes.strike <= 0.0, quotes.strike),
        Screen(Reason.ABSURD, beyond_market(quotes.strike), quotes.strike),
        Screen(Reason.BAD_EXPIRY, ~np.isfinite(years), years),
        Screen(Reason.EXPIRED, years <= 0.0, years),
        Screen(Reason.ABSURD, years > LONGEST_YEARS, years),
        Screen(Reason.BAD_FORWARD, ~(forward > 0.0), forward),
        Screen(Reason.ABSURD, beyond_market(forward), forward),
        Screen(Reason.NOT_A_NUMBER, np.isnan(interest), interest),
        Screen(Reason.NOT_A_NUMBER, np.isnan(rate), rate),
        Screen(Reason.NEGATIVE_OPEN_INTEREST, interest < 0.0, interest),
        Screen(Reason.ABSURD, interest > LARGEST_QUANTITY, interest),
        Screen(Reason.ABSURD, np.abs(rate) > LARGEST_RATE, rate),
        Screen(Reason.NEGATIVE_PRICE, prices < 0.0, prices),
        Screen(Reason.CROSSED, quotes.bid_price > quotes.ask_price, quotes.bid_price),
        Screen(Reason.NO_VOL, np.isnan(vol), vol),
        Screen(Reason.BAD_VOL, ~((vol > 0.0) & (vol <= MAX_VOL)), vol),
        Screen(Reason.DUPLICATE, repeated(quotes), quotes.strike),
        Screen(Reason.ZERO_OPEN_INTEREST, interest == 0.0, interest),
    ]


def beyond_market(price: NDArray[np.float64]) -> NDArray[np.bool_]:
    """True where a positive price is too small or too large for any market."""
    return (price < SMALLEST_PRICE) | (price > LARGEST_PRICE)


def repeated(quotes: Quotes) -> NDArray[np.bool_]:
    """True from the second occurrence of an instrument on."""
    _names, first = np.unique(quotes.instrument.astype(str), return_index=True)
    again = np.ones(len(quotes), dtype=np.bool_)
    again[first] = False
    return again


def screen(quotes: Quotes, tests: list[Screen]) -> tuple[NDArray[np.bool_], tuple[Failure, ...]]:
    """Applies the screens.

    Returns:
        The rows that pass, and one failure for every other row in row order.
    """
    verdict = np.full(len(quotes), -1, dtype=np.intp)
    for index, test in enumerate(tests):
        verdict[(verdict < 0) & test.fails] = index
    failures = tuple(
        Failure(
            reason=tests[int(verdict[row])].reason,
            item=str(quotes.instrument[row]),
            message=describe(quotes, tests[int(verdict[row])], row),
        )
        for row in map(int, np.flatnonzero(verdict >= 0))
    )
    return verdict < 0, failures


def describe(quotes: Quotes, test: Screen, row: int) -> str:
    """The offending value of one row in words."""
    match test.reason:
        case Reason.EXPIRED:
            return f"{test.value[row] * DAYS_PER_YEAR:.3g} days to expiry"
        case Reason.CROSSED:
            return f"bid {quotes.bid_price[row]:g} above ask {quotes.ask_price[row]:g}"
        case Reason.BAD_VOL:
            return f"vol {100.0 * test.value[row]:.4g} %"
        case Reason.DUPLICATE:
            return "kept the first"
        case _:
            return f"{test.value[row]:g}"
