"""A simulation in sentences and rows; shared by the page and the terminal."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shortgamma.feedback.exchange import LARGEST_MOVE
from shortgamma.feedback.processes.bootstrap import Bootstrap
from shortgamma.feedback.processes.replay import Replay
from shortgamma.market.history import describe_bar
from shortgamma.report.amounts import (
    MINUS,
    moment,
    number,
    percent,
    probability,
    scale_of,
    span,
    usd,
)
from shortgamma.studies.distributions import TIMELINE_LEVELS, Survival, Timeline
from shortgamma.studies.simulation import MOVES, SQUEEZE, Metric, Simulation

EVENTS = 100
"""Paths of the counterfactual that must have made a move before its probability is compared."""
RUNAWAY = 0.05
"""Share of the paths that hedging stops, from which the headline is about them."""
MOST_DIGITS = 4
EFFECTLESS = 0.005  # a factor this near to one is none
COUNTERFACTUAL = (
    "Every path is simulated twice on the same random numbers: once with everyone in it, and once without "
    "those who hedge options. Everything else is equal, so the difference is what hedging does; a "
    "standard error (±) says how far chance could have moved a figure."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A figure with hedging, without it, and their ratio, in words."""

    label: str
    market: str
    quiet: str
    ratio: str


def with_error(value: float, error: float, digits: int = 3) -> str:
    """A value with its standard error, to the digits that the error leaves, four at most.

    An error that is smaller than the last digit is rounded up to it.

    >>> with_error(1.4321, 0.0123), with_error(2.0, 0.0), with_error(1.43215, 0.00002)
    ('1.432 ± 0.012', '2', '1.432 ± 0.001')
    """
    if not math.isfinite(value):
        return "–"
    if not (math.isfinite(error) and error > 0.0):
        return number(value, digits)
    lead = math.floor(math.log10(error))
    places = -lead + (1 if error / 10.0**lead < 2.0 else 0)
    most = MOST_DIGITS - 1 - math.floor(math.log10(abs(value))) if value else places
    places = max(min(places, most), 0)
    error = max(error, 10.0**-places)
    text = f"{abs(value):,.{places}f} ± {error:,.{places}f}"
    return f"{MINUS}{text}" if value < 0.0 and float(f"{value:.{places}f}") != 0.0 else text


def percent_with_error(metric: Metric) -> str:
    """A share in percent with its standard error."""
    return f"{with_error(100.0 * metric.value, 100.0 * metric.standard_error)} %"


def usd_with_error(metric: Metric) -> str:
    """An amount with its standard error, in the unit of the amount."""
    if not metric.standard_error > 0.0:
        return usd(metric.value)
    scale = scale_of(max(abs(metric.value), metric.standard_error))
    text = with_error(metric.value / scale.divisor, metric.standard_error / scale.divisor)
    return f"{text} {scale.unit}"


def is_single(answer: Simulation) -> bool:
    """True where there is one path, so that nothing has an error."""
    return answer.run.paths == 1


def is_unhedged(answer: Simulation) -> bool:
    """True where the book holds nothing."""
    return not np.any(answer.book.quantity)


def headline(answer: Simulation) -> str:
    """What hedging does, in one sentence."""
    if is_unhedged(answer):
        return "The book is empty: nobody hedges, so both markets are the same."
    ratio = answer.metrics["realised_vol_ratio"]
    if not math.isfinite(ratio.value):
        return "The price does not move without hedging, so there is nothing to compare."
    if runs_away(answer):
        return f"Hedging runs away: trading stops for good on {stopped_words(answer)}."
    factor = with_error(ratio.value, ratio.standard_error)
    where = "On this one path hedging" if is_single(answer) else "Hedging"
    if abs(ratio.value - 1.0) < EFFECTLESS:
        return f"{where} leaves realised vol practically as it is (× {factor})."
    return f"{where} multiplies realised vol by {factor}{chance(answer)}."


def stopped(figures: Mapping[str, NDArray[np.float64]]) -> float:
    """Share of the paths on which trading halted or the price collapsed."""
    return float(np.mean((figures["halted"] + figures["collapsed"]) > 0.0))


def runs_away(answer: Simulation) -> bool:
    """True where hedging stops so many paths that a ratio of vols means little."""
    outcome = answer.outcome
    return stopped(outcome.market) - stopped(outcome.quiet) >= RUNAWAY


def stopped_words(answer: Simulation) -> str:
    """Stopped paths with hedging and without."""
    if is_single(answer):
        return "this one path"
    outcome = answer.outcome
    quiet = stopped(outcome.quiet)
    beside = f", without it on {probability(quiet)}" if quiet > 0.0 else ""
    return f"{probability(stopped(outcome.market))} of the paths{beside}"


def chance(answer: Simulation) -> str:
    """The move whose probability changes most, as the rest of the headline."""
    best = telling_move(answer)
    if best is None:
        return ""
    ratio = answer.metrics[f"{best}_ratio"]
    factor = with_error(ratio.value, ratio.standard_error)
    return f" and the chance of {move_words(best)} by {factor}"


def move_words(name: str) -> str:
    """The move that a metric counts.

    >>> move_words("probability_down_5pct")
    'a 5 % fall'
    """
    way = "rise" if "_up_" in name else "fall"
    return f"a {name.rsplit('_', 1)[1].removesuffix('pct')} % {way}"


def telling_move(answer: Simulation) -> str | None:
    """Of the largest move that is frequent enough to compare, the direction that changes more."""
    for move in reversed(MOVES):
        names = [f"probability_{way}_{100.0 * move:g}pct" for way in ("up", "down")]
        frequent = [
            name
            for name in names
            if answer.metrics[f"{name}_without"].value * answer.run.paths >= EVENTS
        ]
        if frequent:
            return max(frequent, key=lambda name: answer.metrics[f"{name}_ratio"].value)
    return None


def comparisons(answer: Simulation) -> tuple[Comparison, ...]:
    """Every figure of the price that is anything but zero; one path has no chances."""
    single = is_single(answer)
    mean = "" if single else ", mean"
    named = {
        "realised_vol": "Realised vol",
        "max_move": f"Largest log move from the start{mean}",
        "widest_step": f"Largest log move in one step{mean}",
    }
    for size in () if single else (f"{100.0 * move:g}" for move in MOVES):
        named |= {
            f"probability_up_{size}pct": f"Chance of a {size} % rise",
            f"probability_down_{size}pct": f"Chance of a {size} % fall",
        }
    rows = [comparison(answer, name, label) for name, label in named.items()]
    squeeze = answer.metrics["squeeze_probability"]
    if squeeze.value > 0.0 and not single:
        label = f"Chance that orders move it {100.0 * SQUEEZE:g} % in a step"
        quiet = answer.metrics["squeeze_probability_without"]
        shown = (percent_with_error(squeeze), percent_with_error(quiet))
        rows.append(Comparison(label=label, market=shown[0], quiet=shown[1], ratio="–"))
    return tuple(row for row in rows if row is not None)


def comparison(answer: Simulation, name: str, label: str) -> Comparison | None:
    """One row, or None where it is zero in both markets."""
    market, quiet = answer.metrics[name], answer.metrics[f"{name}_without"]
    if market.value == 0.0 and quiet.value == 0.0:
        return None
    ratio = answer.metrics[f"{name}_ratio"]
    return Comparison(
        label=label,
        market=percent_with_error(market),
        quiet=percent_with_error(quiet),
        ratio=with_error(ratio.value, ratio.standard_error),
    )


def notes(answer: Simulation) -> tuple[str, ...]:
    """What a reader has to know before the figures."""
    metrics = answer.metrics
    found: list[str] = []
    if is_single(answer):
        found.append("One path has no error bars: a figure says what happened on it, no more.")
    halted = metrics["halted_probability"].value
    if halted > 0.0:
        found.append(
            f"Trading halted for good on {probability(halted)} of the paths: one step would have moved the "
            f"price by a log move of {LARGEST_MOVE:g} or more. Their price stands still afterwards."
        )
    collapsed = metrics["collapsed_probability"].value
    if collapsed > 0.0:
        found.append(
            f"The price collapsed on {probability(collapsed)} of the paths and stayed there."
        )
    dry = metrics["dry_steps"].value
    if dry > 0.0:
        found.append(
            f"There was no depth in {number(dry)} steps of a path on average: nobody could trade."
        )
    if not len(answer.outcome.log_prices):
        found.append("With so many paths no prices were kept, so there is no fan chart.")
    return tuple(found)


def losers(answer: Simulation) -> tuple[tuple[str, str], ...]:
    """Who lost what beside the hedgers, in words."""
    named = {
        "leveraged_liquidated_usd": "Leveraged positions liquidated",
        "leveraged_backstop_usd": "of which taken over by the backstop",
        "leveraged_insurance_paid_usd": "Paid by the insurance fund",
        "leveraged_haircut_usd": "Taken from winners (auto-deleveraging)",
    }
    rows: list[tuple[str, str]] = []
    for name, label in named.items():
        market, quiet = answer.metrics.get(name), answer.metrics.get(f"{name}_without")
        if market is None or market.value == 0.0:
            continue
        beside = "" if quiet is None else f" (without hedging {usd_with_error(quiet)})"
        rows.append((label, f"{usd_with_error(market)}{beside}"))
    for side in ("longs", "shorts"):
        share = answer.metrics.get(f"leveraged_{side}_liquidated_share")
        if share is not None and share.value > 0.0:
            quiet = answer.metrics[f"leveraged_{side}_liquidated_share_without"]
            text = f"{percent_with_error(share)} (without hedging {percent_with_error(quiet)})"
            rows.append((f"Leveraged {side} liquidated", text))
    return tuple(rows)


def funding_words(found: Timeline) -> str:
    """How far funding goes, at the moment at which it does so most."""
    low, high = (TIMELINE_LEVELS.index(level) for level in (0.05, 0.95))
    when = int(np.argmax(np.maximum(np.abs(found.market[low]), np.abs(found.market[high]))))
    hedged, alone = (
        range_words(float(rows[low, when]), float(rows[high, when]))
        for rows in (found.market, found.quiet)
    )
    return (
        f"At its widest, after {span(float(found.days[when]))}, nine paths in ten pay {hedged} per day with "
        f"hedging and {alone} without; positive = longs pay."
    )


def range_words(low: float, high: float) -> str:
    """Two shares in percent, or the one that both are."""
    ends = (percent(low), percent(high))
    return ends[0] if ends[0] == ends[1] else " to ".join(ends)


def liquidation_words(found: Timeline) -> str:
    """How much is liquidated by the end, by when half of it, and how much on the worst paths."""
    total, alone = float(found.market_mean[-1]), float(found.quiet_mean[-1])
    half = int(np.searchsorted(found.market_mean, 0.5 * total))
    top = TIMELINE_LEVELS.index(0.95)
    worst, quiet = (usd(float(rows[top, -1])) for rows in (found.market, found.quiet))
    return (
        f"{usd(total)} a path by the end with hedging, half of it in the first "
        f"{span(float(found.days[half]))}, and {usd(alone)} without. One path in twenty ends above {worst} "
        f"with hedging, and above {quiet} without."
    )


def cascade_words(answer: Simulation, found: Survival) -> str:
    """The size that rare cascades exceed."""
    days = "days" if math.isclose(answer.horizon_days, 1.0) else "paths"
    return (
        f"On {percent(found.rare)} of the {days} more than {usd(found.market_rare)} is liquidated with "
        f"hedging, and more than {usd(found.quiet_rare)} without."
    )


def extent(answer: Simulation) -> str:
    """Paths, horizon and process."""
    days = number(answer.horizon_days)
    paths = "1 path" if is_single(answer) else f"{answer.run.paths:,} paths"
    length = f"{days} {'day' if days == '1' else 'days'}"
    return (
        f"{paths} × {answer.steps:,} steps over {length}, {answer.process}, seed {answer.run.seed}"
    )


def price_words(answer: Simulation) -> str:
    """Which prices were replayed or drawn from; empty where none were."""
    process = answer.outcome.setup.process
    if not isinstance(process, Replay | Bootstrap):
        return ""
    history = process.history
    names = " ".join(part for part in (history.underlying, history.venue) if part) or "as given"
    return (
        f"Prices: {names}, {len(history):,} closes every {describe_bar(history.bar)} from "
        f"{moment(int(history.stamp[0]))} to {moment(int(history.stamp[-1]))}"
    )


def per_path(answer: Simulation) -> str:
    """The end of a title over amounts."""
    return "" if is_single(answer) else ", mean per path"


def book_words(answer: Simulation) -> str:
    """What hedgers hold."""
    gamma = answer.book.gamma_usd_per_pct
    side = "short" if gamma < 0.0 else "long"
    count = len(answer.book.options)
    return (
        f"{answer.book.label}: {count:,} {'option' if count == 1 else 'options'}, "
        f"{side} {usd(abs(gamma))} per 1 % at the start"
    )


PART_NAMES = {
    "gamma": "Gamma",
    "theta": "Theta",
    "vega": "Vega",
    "delta": "Delta left unhedged",
    "execution": "Own impact",
    "basis": "Basis",
    "spread": "Spread",
    "fees": "Fees",
    "slippage": "Slippage",
    "gas": "Gas",
    "funding": "Funding",
    "margin": "Margin",
    "option_spread": "Spread of options",
    "haircut": "Auto-deleveraging",
    "options and hedge": "Options and hedge",
}
"""Parts of a hedger's result."""
