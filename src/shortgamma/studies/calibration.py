"""Which price process fits a history, what none of them captures, and how deep recorded books are."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from shortgamma.basics.errors import InputError
from shortgamma.basics.time import format_stamp
from shortgamma.basics.units import DAYS_PER_YEAR, NANOSECONDS_PER_SECOND
from shortgamma.data import read_prices
from shortgamma.data.order_books import read_order_book
from shortgamma.feedback.engine import Progress
from shortgamma.market.calibration import FITS, Fit
from shortgamma.market.diagnostics import (
    Autocorrelation,
    Quantiles,
    Ranking,
    Side,
    Tail,
    VolatilitySignature,
    autocorrelation,
    compare,
    quantile_quantile,
    tail,
    volatility_signature,
)
from shortgamma.market.history import PriceHistory, describe_bar
from shortgamma.market.order_book import BookSide, OrderBook
from shortgamma.market.realised import realised_vol
from shortgamma.market.seasonality import HOUR, HOURS, HourOfWeek, by_hour_of_week
from shortgamma.studies.document import plain
from shortgamma.studies.hours import hours_chance

METHOD = "1"
"""Version of the method; a stored result with another one is not comparable."""
LEVEL: Final = 0.9
"""Confidence of intervals and bands."""
SIDES: Final[tuple[Side, Side]] = ("down", "up")
WEEK: Final = HOURS * HOUR
LEAST_LAGS, MOST_LAGS = 60, 1_440
INTERVALS: Final = tuple(
    minutes * 60 * NANOSECONDS_PER_SECOND
    for minutes in (1, 2, 5, 15, 30, 60, 120, 240, 480, 720, 1_440, 2_880, 5_760, 10_080)
)
"""Sampling intervals of the volatility signature, nanoseconds."""
LEAST_INTERVALS = 40
"""Of the longest sampling interval, that the history must hold."""
TOO_MANY = 0.5
"""Share of quantiles outside of their bands from which a law is wrong.

They fall outside together, so that a true law of independent moves reaches it in 1 of 100 histories: 1,000
simulated histories each of 500, 4,000 and 40,000 moves have 0.54, 0.43 and 0.40 at that chance.
"""
FAR = 2.0
"""Times that a fitted law may be as wide as the moves, or as narrow, before nobody should simulate it."""
FORGOTTEN = 5.0
"""Memories of a process after which it has forgotten: e⁻⁵ is less than 1 %."""
RARE = 0.01
"""Chance below which differences between hours of the week are real."""
BOOK_SIDES: Final[tuple[BookSide, BookSide]] = ("bid", "ask")


class Feature(StrEnum):
    """What a process may fail to capture."""

    LAW = "law"
    MEMORY = "memory"
    HOURS = "hours"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Calibration:
    """The answer, with the prices that it rests on.

    Args:
        history: Prices.
        fits: By process.
        refused: Processes that could not be fitted, and why.
        quantiles: Moves against the fitted law, by process that has one.
        tails: Of the moves, by side; a side with too few extreme moves is left out.
        clusters: Autocorrelation of |move|.
        signature: Realised vol by sampling interval.
        week: Vol by hour of the week; None where bars are longer than an hour.
        hours_chance: Of hours so different if weeks began at random hours; NaN where nothing is known.
        books: Recorded order books.
    """

    history: PriceHistory
    fits: Mapping[str, Fit]
    refused: Mapping[str, str]
    quantiles: Mapping[str, Quantiles]
    tails: Mapping[Side, Tail]
    clusters: Autocorrelation
    signature: VolatilitySignature
    week: HourOfWeek | None
    hours_chance: float
    books: tuple[OrderBook, ...]

    @property
    def ranking(self) -> tuple[Ranking, ...]:
        """Processes with a likelihood, the lowest Akaike criterion first.

        All are densities of the same moves, each given those before it, so that they compare.
        """
        return compare(self.fits)

    @property
    def best(self) -> str:
        """The process with the lowest Akaike criterion of those whose law is as wide as the moves.

        The first one of all where there is none.
        """
        ranked = [row.process for row in self.ranking]
        usable = [name for name in ranked if self.is_usable(name)]
        return next(iter((*usable, *ranked, *self.fits)))

    def is_usable(self, process: str) -> bool:
        """False where a filter's likelihood has led away from the process itself."""
        return process not in self.quantiles or 1.0 / FAR < self.width(process) < FAR

    @property
    def vol(self) -> float:
        """Realised vol of the whole history, decimal per √year."""
        return realised_vol(self.history)

    def outside(self, process: str) -> float:
        """Share of the quantiles of a process that lie outside of their band."""
        found = self.quantiles[process]
        is_out = (found.observed < found.low) | (found.observed > found.high)
        return float(np.mean(is_out))

    def width(self, process: str) -> float:
        """Span from the 1 % to the 99 % quantile of the fitted law, over that of the moves.

        Far from 1 where a filter's likelihood leads away from the process itself.
        """
        found = self.quantiles[process]
        spans = [
            np.ptp(np.interp((0.01, 0.99), found.probability, values))
            for values in (found.fitted, found.observed)
        ]
        return float(spans[0] / spans[1])

    @property
    def memory_bars(self) -> int:
        """Lags for which the autocorrelation of |move| stays above its band without a break."""
        inside = np.flatnonzero(self.clusters.value <= self.clusters.band)
        return int(inside[0]) if inside.size else self.clusters.value.size

    @property
    def longest_memory_bars(self) -> float:
        """The longest memory of a fitted law, bars."""
        return max((self.law_memory_bars(name) for name in self.quantiles), default=0.0)

    def law_memory_bars(self, process: str) -> float:
        """Bars over which a fitted law forgets by a factor e, see :func:`memory_years`."""
        fit = self.fits[process]
        return memory_years(fit) / fit.bar_years

    @property
    def missed(self) -> tuple[Feature, ...]:
        """What no fitted law captures; see docs/calibration.md for the criteria."""
        laws = [self.outside(name) > TOO_MANY for name in self.quantiles]
        tests = {
            Feature.LAW: bool(laws) and all(laws),
            Feature.MEMORY: bool(laws) and self.memory_bars > FORGOTTEN * self.longest_memory_bars,
            Feature.HOURS: self.hours_chance < RARE,
        }
        return tuple(feature for feature, is_missed in tests.items() if is_missed)

    def to_dict(self) -> dict[str, object]:
        """The answer as ``--json`` prints it."""
        history = self.history
        return {
            "method": METHOD,
            "underlying": history.underlying,
            "venue": history.venue,
            "first": format_stamp(int(history.stamp[0])),
            "last": format_stamp(int(history.stamp[-1])),
            "bar": describe_bar(history.bar),
            "moves": len(history.log_returns),
            "missing_bars": history.missing,
            "realised_vol": realised_vol(history),
            "level": LEVEL,
            "best": self.best,
            "fits": {name: fit_document(fit) for name, fit in self.fits.items()},
            "refused": dict(self.refused),
            "quantiles": {name: plain(found) for name, found in self.quantiles.items()},
            "tails": {side: plain(found) for side, found in self.tails.items()},
            "autocorrelation": plain(self.clusters),
            "volatility_signature": plain(self.signature),
            "hours_of_week": plain(self.week),
            "hours_chance": plain(self.hours_chance),
            "missed": plain(self.missed),
            "books": [book_document(book) for book in self.books],
        }

    def to_toml(self, process: str | None = None) -> str:
        """A ``[process]`` table for a scenario file, without the drift: scenarios are martingales.

        Args:
            process: By default the best one.

        Raises:
            InputError: It was not fitted.
        """
        name = process or self.best
        if name not in self.fits:
            raise InputError(
                f"{name!r} was not fitted", place="--process", remedy=f"use {', '.join(self.fits)}"
            )
        history, values = self.history, self.fits[name].values
        coin = history.underlying or "unnamed"
        first, last = (format_stamp(int(stamp)) for stamp in history.stamp[[0, -1]])
        lines = [
            f"# Fitted to moves of {coin} over {describe_bar(history.bar)}, {first} to {last}.",
            "[process]",
            f'kind = "{name}"',
            *(
                f"{key} = {toml_number(key, value)}"
                for key, value in values.items()
                if key != "drift"
            ),
        ]
        return "\n".join(lines) + "\n"


def toml_number(key: str, value: float) -> str:
    """A value as TOML writes it; a length of blocks is a whole number."""
    return str(round(value)) if key == "block" else repr(value)


def fit_document(fit: Fit) -> dict[str, object]:
    """A fit with its intervals as plain values."""
    return {
        "parameters": {
            name: {
                "value": plain(value),
                "standard_error": plain(fit.errors[name]),
                "interval": plain(fit.interval(name, LEVEL)),
            }
            for name, value in fit.values.items()
        },
        "log_likelihood": plain(fit.log_likelihood),
        "aic": plain(fit.akaike),
        "free_parameters": fit.free,
        "converged": fit.converged,
    }


def calibrate(
    prices: str | PriceHistory,
    processes: Sequence[str] = (),
    *,
    order_books: Sequence[str | OrderBook] = (),
    underlying: str | None = None,
    progress: Progress | None = None,
) -> Calibration:
    """Fits price processes to a history, and measures what a fit may miss.

    Args:
        prices: File of prices, ``sample``, or a history.
        processes: By name; all that can be fitted where none is named, and then those that this history
            does not suit are listed under ``refused``.
        order_books: Files of order books, or books.
        underlying: ``BTC``, … where the file holds several.
        progress: Hears the share of the work that was finished; the shares sum to 1.

    Raises:
        InputError: An input cannot be used, a process is unknown, or one that was named does not suit.
    """
    unknown = [name for name in processes if name not in FITS]
    if unknown:
        raise InputError(
            f"no fit for {unknown[0]!r}", place="--process", remedy=f"use {', '.join(FITS)}"
        )
    books = tuple(read_order_book(b) if isinstance(b, str) else b for b in order_books)
    history = read_prices(prices, underlying=underlying) if isinstance(prices, str) else prices
    names = tuple(dict.fromkeys(processes)) or tuple(FITS)
    fits: dict[str, Fit] = {}
    refused: dict[str, str] = {}
    for name in names:
        try:
            fits[name] = FITS[name](history)
        except InputError as problem:
            # One that was asked for by name, or the last hope, has to work.
            if processes or (name == names[-1] and not fits):
                raise
            refused[name] = problem.problem
        if progress is not None:
            progress(1.0 / len(names))
    return diagnosed(history, fits, refused=refused, books=books)


def diagnosed(
    history: PriceHistory,
    fits: Mapping[str, Fit],
    *,
    refused: Mapping[str, str],
    books: tuple[OrderBook, ...],
) -> Calibration:
    """The fits with everything that is measured beside them.

    Raises:
        InputError: The history is too short.
    """
    moves, is_hourly = history.log_returns, history.bar <= HOUR
    lawful = [name for name, fit in fits.items() if math.isfinite(fit.log_likelihood)]
    return Calibration(
        history=history,
        fits=fits,
        refused=refused,
        quantiles={name: quantile_quantile(moves, fits[name], level=LEVEL) for name in lawful},
        tails=known_tails(history),
        clusters=autocorrelation(history, lags_of(history), level=LEVEL),
        signature=volatility_signature(history, intervals_of(history)),
        week=by_hour_of_week(history) if is_hourly else None,
        hours_chance=hours_chance(history) if is_hourly else math.nan,
        books=books,
    )


def known_tails(history: PriceHistory) -> dict[Side, Tail]:
    """The tail of each side that has enough extreme moves."""
    found: dict[Side, Tail] = {}
    for side in SIDES:
        try:
            found[side] = tail(history.log_returns, side)
        except InputError:
            continue  # a short history has none, and says so by leaving it out
    return found


def lags_of(history: PriceHistory) -> int:
    """A week of bars, but 60 to 1,440 lags, and no more than a quarter of the history."""
    wanted = min(max(WEEK // history.bar, LEAST_LAGS), MOST_LAGS)
    return max(min(wanted, int(history.bars[-1]) // 4), 1)


def intervals_of(history: PriceHistory) -> tuple[int, ...]:
    """One bar, and the round sampling intervals that are whole bars and of which the history holds 40."""
    most = int(history.bars[-1]) // LEAST_INTERVALS
    whole = (length // history.bar for length in INTERVALS if length % history.bar == 0)
    return tuple(sorted({1, *(bars for bars in whole if 1 <= bars <= most)}))


def memory_years(fit: Fit) -> float:
    """Time over which variance or intensity of a law falls back by a factor e; 0 for independent moves."""
    values = fit.values
    match fit.process:
        case "heston":
            return 1.0 / values["reversion"]
        case "svcj":
            return -1.0 / values["reversion"] / DAYS_PER_YEAR
        case "hawkes":
            half_life = values["half_life_hours"] / (24.0 * DAYS_PER_YEAR)
            return half_life / math.log(2.0) / (1.0 - values["branching"])
        case _:
            return 0.0


def book_document(book: OrderBook) -> dict[str, object]:
    """Depth and impact of an order book as plain values."""
    return {
        "venue": book.venue,
        "instrument": book.instrument,
        "underlying": book.underlying,
        "asof": format_stamp(book.asof) if book.asof else None,
        "mid": book.mid,
        "half_spread": book.half_spread,
        **{
            side: {
                "depth_usd_per_pct": book.depth_usd_per_pct(side),
                "reach_pct": book.reach_pct(side),
                "log_move_per_coin": book.linear_impact(side),
                "quoted_coins": float(book.levels(side)[1].sum()),
            }
            for side in BOOK_SIDES
        },
    }
