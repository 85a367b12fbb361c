"""A calibration in sentences and rows; shared by the page and the terminal."""

import math

import numpy as np

from shortgamma.market.history import describe_bar
from shortgamma.market.order_book import BookSide, OrderBook
from shortgamma.report.amounts import moment, number, percent, price, usd
from shortgamma.report.simulation_words import with_error
from shortgamma.studies.calibration import LEVEL, RARE, Calibration, Feature

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
TITLES = {
    "gbm": "geometric Brownian motion",
    "merton": "Merton's jump diffusion",
    "kou": "Kou's jump diffusion",
    "heston": "Heston's stochastic vol",
    "hawkes": "self-exciting jumps",
    "svcj": "stochastic vol with jumps in both",
    "bootstrap": "block bootstrap",
}
ABSENT = "–"
SHARES = frozenset(
    {"vol", "long_vol", "drift", "up_probability", "branching", "mean_up", "mean_down"}
)
"""Parameters that read best in percent."""
MISSED = {
    Feature.LAW: "the sizes of its moves",
    Feature.MEMORY: "how long large moves follow large moves",
    Feature.HOURS: "the hours of the week",
}
MOVES_OF = {"down": "falls", "up": "rises"}


def title_of(process: str) -> str:
    """A process in words."""
    return TITLES.get(process, process)


def what(answer: Calibration) -> str:
    """Underlying and venue of the prices."""
    history = answer.history
    return " on ".join(filter(None, (history.underlying, history.venue))) or "the price"


def extent(answer: Calibration) -> str:
    """How many bars there are, of which length, from when to when."""
    history = answer.history
    moves = len(history.log_returns)
    gaps = f", {history.missing:,} missing" if history.missing else ""
    first, last = moment(int(history.stamp[0])), moment(int(history.stamp[-1]))
    return f"{moves:,} moves over bars of {describe_bar(history.bar)}{gaps}, {first} to {last}"


def headline(answer: Calibration) -> str:
    """Which process fits best, and what none captures, in one sentence or two."""
    best = f"{answer.best} ({title_of(answer.best)})"
    opening = (
        f"Of {len(answer.ranking)} processes {best} fits {what(answer)} best"
        if len(answer.ranking) > 1
        else f"Nothing but {best} was fitted to {what(answer)}"
    )
    missed = [MISSED[feature] for feature in answer.missed]
    if not missed:
        return f"{opening}; nothing that is tested here speaks against it."
    return f"{opening}. {captures(answer)} {in_words(missed)}."


def captures(answer: Calibration) -> str:
    """Beginning of the sentence about what is missed."""
    return "None captures" if len(answer.fits) > 1 else "It does not capture"


def in_words(items: list[str]) -> str:
    """Items with an ``or`` before the last.

    >>> in_words(["a"]), in_words(["a", "b", "c"])
    ('a', 'a, b or c')
    """
    *first, last = items
    return f"{', '.join(first)} or {last}" if first else last


def value_words(name: str, value: float) -> str:
    """A parameter: a share or a vol in percent, everything else as a number."""
    if not math.isfinite(value):
        return ABSENT
    return percent(value, 3) if name in SHARES else number(value, 3)


def interval_words(name: str, ends: tuple[float, float]) -> str:
    """An interval of a parameter."""
    if not all(map(math.isfinite, ends)):
        return "not identified"
    low, high = (value_words(name, end) for end in ends)
    return f"{low} to {high}"


def ranking_rows(answer: Calibration) -> list[tuple[str, str, str, str, str]]:
    """Process, free parameters, log-likelihood, Akaike above the best, and whether the search ended."""
    rows = [
        (
            row.process,
            str(row.free),
            f"{row.log_likelihood:,.1f}",
            f"{row.behind:,.1f}",
            "yes" if row.converged else "no",
        )
        for row in answer.ranking
    ]
    ranked = {row.process for row in answer.ranking}
    others = (name for name in answer.fits if name not in ranked)
    return [
        *rows,
        *((name, str(answer.fits[name].free), ABSENT, ABSENT, ABSENT) for name in others),
    ]


def parameter_rows(answer: Calibration, process: str) -> list[tuple[str, str, str, str]]:
    """Parameter, value, standard error and interval of one fit."""
    fit = answer.fits[process]
    return [
        (
            name,
            value_words(name, value),
            value_words(name, fit.errors[name]),
            interval_words(name, fit.interval(name, LEVEL)),
        )
        for name, value in fit.values.items()
    ]


def findings(answer: Calibration) -> tuple[str, ...]:
    """What every test found, one sentence each."""
    found = (law_words(answer), memory_words(answer), tail_words(answer), week_words(answer))
    return tuple(filter(None, found))


def nearest_law(answer: Calibration) -> str:
    """The process with the fewest quantiles outside of its band."""
    return min(answer.quantiles, key=answer.outside)


def law_words(answer: Calibration) -> str:
    """Which laws come near to the sizes of the moves."""
    if not answer.quantiles:
        return ""
    shares = {name: answer.outside(name) for name in answer.quantiles}
    nearest, farthest = nearest_law(answer), max(shares, key=shares.__getitem__)
    opening = (
        f"The law of {nearest} has {percent(shares[nearest])} of its quantiles outside of their "
        f"{percent(LEVEL)} band"
    )
    if nearest == farthest:
        return f"{opening}."
    return f"{opening}, the fewest of all; that of {farthest} has {percent(shares[farthest])}."


def bars_words(answer: Calibration, bars: float) -> str:
    """A number of bars."""
    return f"{number(bars)} bars of {describe_bar(answer.history.bar)}"


def memory_words(answer: Calibration) -> str:
    """How long |move| stays correlated, and how soon the laws forget."""
    lags, lasting = answer.clusters.value.size, answer.memory_bars
    if not lasting:
        return "Large moves do not follow large moves: the first autocorrelation of |move| is in its band."
    reach = (
        f"at least {bars_words(answer, lags)}" if lasting == lags else bars_words(answer, lasting)
    )
    first = f"|move| stays correlated for {reach}, {number(answer.clusters.value[0])} at one bar"
    names = {name: answer.law_memory_bars(name) for name in answer.quantiles}
    if not names:
        return f"{first}."
    longest = max(names, key=names.__getitem__)
    if names[longest] == 0.0:
        return f"{first}; moves of the fitted laws are independent."
    return f"{first}; the longest memory of a fitted law is that of {longest}, {number(names[longest])} bars."


def tail_words(answer: Calibration) -> str:
    """Shapes of both tails."""
    parts = [
        f"{MOVES_OF[side]} beyond {percent(found.threshold)} have shape ξ "
        f"{with_error(found.shape, found.shape_error)}"
        for side, found in answer.tails.items()
    ]
    if not parts:
        return "The history has too few extreme moves for a tail."
    text = " and ".join(parts)
    return f"{text[:1].upper()}{text[1:]}."


def tail_rows(answer: Calibration) -> list[tuple[str, str, str, str, str]]:
    """Side, threshold, moves beyond, shape and Hill's estimate."""
    return [
        (
            MOVES_OF[side],
            percent(found.threshold, 3),
            f"{found.exceedances:,}",
            with_error(found.shape, found.shape_error),
            with_error(found.hill, found.hill_error),
        )
        for side, found in answer.tails.items()
    ]


def week_words(answer: Calibration) -> str:
    """Calmest and wildest hours, and whether that is more than chance."""
    if answer.week is None:
        return "Bars are longer than an hour, so hours of the week cannot be told apart."
    known = np.flatnonzero(np.isfinite(answer.week.vol))
    vols = answer.week.vol[known]
    low, high = (int(known[at]) for at in (np.argmin(vols), np.argmax(vols)))
    ends = (
        f"Vol is lowest {hour_words(low)} ({percent(answer.week.vol[low])}) and highest "
        f"{hour_words(high)} ({percent(answer.week.vol[high])})"
    )
    chance = answer.hours_chance
    if not math.isfinite(chance):
        return f"{ends}; the history is too short to say whether that is more than chance."
    if chance < RARE:
        return f"{ends}. Chance does not explain it (p = {number(chance, 2)}), and no process has a clock."
    return f"{ends}; chance alone could explain that (p = {number(chance, 2)})."


def hour_words(hour: int) -> str:
    """An hour of the week.

    >>> hour_words(24 * 6 + 3)
    'on Sunday at 03:00 UTC'
    """
    return f"on {WEEKDAYS[hour // 24]} at {hour % 24:02d}:00 UTC"


def book_label(book: OrderBook) -> str:
    """Instrument or underlying, and venue."""
    name = book.instrument or book.underlying or "Order book"
    return f"{name} on {book.venue}" if book.venue else name


def book_rows(answer: Calibration) -> list[tuple[str, str, str, str, str]]:
    """Book, spread, depth on both sides, and the line fitted to it."""
    return [
        (
            f"{book_label(book)}, {price(book.mid)}",
            number(2e4 * book.half_spread, 2),
            depth_words(book, "bid"),
            depth_words(book, "ask"),
            f"{0.5 * (book.linear_impact('bid') + book.linear_impact('ask')):.2g}",
        )
        for book in answer.books
    ]


def depth_words(book: OrderBook, side: BookSide) -> str:
    """Depth of one side; marked where the book ends before 1 %."""
    mark = " (A)" if book.reach_pct(side) < 1.0 else ""
    return f"{usd(book.depth_usd_per_pct(side))}{mark}"


def notes(answer: Calibration) -> tuple[str, ...]:
    """What to be careful about."""
    found: list[str] = []
    for name, problem in answer.refused.items():
        found.append(f"{name} was not fitted: {problem}.")
    stuck = [name for name, fit in answer.fits.items() if not fit.converged]
    if stuck:
        found.append(f"The search gave up early for {', '.join(stuck)}: do not use their values.")
    vague = [
        f"{name} of {answer.best}"
        for name, error in answer.fits[answer.best].errors.items()
        if not math.isfinite(error)
    ]
    if vague:
        found.append(f"The history says nothing about {', '.join(vague)}.")
    found.extend(
        f"Do not simulate {name} as fitted: its law is {number(answer.width(name), 2)} times as wide as "
        "the moves. A filter's likelihood is only near to that of the process, and here it is not."
        for name in answer.quantiles
        if not answer.is_usable(name)
    )
    found.extend(
        f"(A) {book_label(book)} is quoted to {number(reach(book), 2)} % from the middle only; its depth to "
        "1 % is extrapolated."
        for book in answer.books
        if reach(book) < 1.0
    )
    return tuple(found)


def reach(book: OrderBook) -> float:
    """How far from the middle both sides are quoted, percent."""
    return min(book.reach_pct("bid"), book.reach_pct("ask"))
