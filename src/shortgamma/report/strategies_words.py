"""A comparison of gamma-hedging strategies in sentences and rows, for the page and the terminal."""

import math
from collections.abc import Iterator
from dataclasses import replace

from shortgamma.report.amounts import MINUS, number, percent, probability, ratio, signed_usd, usd
from shortgamma.report.simulation_words import usd_with_error
from shortgamma.studies.simulation import Metric
from shortgamma.studies.strategies import GAPS, Strategies, StrategyResult
from shortgamma.studies.strategy_figures import TAIL

NAMES = {
    "delta-only": "Delta only",
    "static-gamma": "Static gamma",
    "rolling-gamma": "Rolling gamma",
    "wings": "Wings",
}
"""Of the strategies, for readers."""
SHORTFALL = f"ES {100.0 * (1.0 - TAIL):g} %"
FEW = 4_000
"""Paths below which a shortfall rests on fewer than a hundred."""
PARTS = {
    "gamma": "Gamma",
    "theta": "Theta",
    "vega": "Vega",
    "delta": "Delta left unhedged",
    "execution": "Own impact",
    "basis": "Basis",
    "option_spread": "Option spread",
    "spread": "Spread",
    "fees": "Fees",
    "slippage": "Slippage",
    "gas": "Gas",
    "funding": "Funding",
    "margin": "Margin",
    "haircut": "Auto-deleveraging",
}
"""Parts of a result, in the order in which they are shown."""


def label(found: StrategyResult) -> str:
    """Name of a strategy for readers, with the parameters in which it differs from its like."""
    name = found.strategy.name
    text = found.label.removeprefix(name).removeprefix(":")
    shown = NAMES.get(name, name)
    return (
        f"{shown} ({text.replace('=', ' ').replace('_', ' ').replace(',', ', ')})"
        if text
        else shown
    )


def names(results: tuple[StrategyResult, ...]) -> str:
    """Some strategies, in one phrase."""
    words = [label(found) for found in results]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def headline(answer: Strategies) -> str:
    """Which strategy leaves the least tail, in one sentence."""
    first, tied = answer.results[0], answer.least_shortfall
    if first in tied:
        return "No strategy shortens the tail of delta hedging alone beyond sampling error."
    saved, best = answer.shortfall_saved, tied[0].metrics["es_usd"].value
    below = (
        f"{usd(best)}, while delta only loses nothing even there"
        if saved is None
        else f"{percent(saved)} below that of delta only"
    )
    return f"The tail is shortest with {names(tied).lower()}: {SHORTFALL} is {below}."


def sentences(answer: Strategies) -> tuple[str, ...]:
    """What it costs, what a gap costs, and what has to be known before the figures."""
    first, gap = answer.results[0], answer.least_gap_loss
    found = [cost_words(answer), market_words(answer)]
    if gap is not first:
        found.append(
            f"A gap of {100.0 * GAPS[-1]:g} % costs {usd(gap.gap_loss_usd)} with "
            f"{label(gap).lower()}, {usd(first.gap_loss_usd)} with delta only."
        )
    found.append(
        f"The mark vol of the book is {percent(answer.book.vol)}; without hedging the price moves at "
        f"{percent(answer.realised_vol_without.value)}."
    )
    found.append(
        "All strategies meet the same shocks, so that they differ by what they do and not by luck."
    )
    if answer.run.paths < FEW:
        rows = max(round(TAIL * answer.run.paths), 1)
        found.append(
            f"The tail of {answer.run.paths:,} paths is {rows} of them: read the standard errors."
        )
    return tuple(found)


def cost_words(answer: Strategies) -> str:
    """Costs of delta only and of the strategy with the shortest tail."""
    first = answer.results[0]
    best = next((found for found in answer.least_shortfall if found is not first), None)
    plain = usd(first.metrics["cost_usd"].value)
    if best is None:
        return f"Delta only costs {plain} per path."
    costs = best.metrics
    return (
        f"With {label(best).lower()} a path costs {usd(costs['cost_usd'].value)}, of which "
        f"{usd(costs['option_spread_usd'].value)} is the spread of options; with delta only {plain}."
    )


def market_words(answer: Strategies) -> str:
    """What the strategies do to θ and to realised vol."""
    first = answer.results[0]
    calm = max(answer.results, key=lambda found: found.metrics["mean_theta"].value)
    if calm is first:
        return "No strategy brings the mean θ of the market nearer to zero."
    before, after = (vol_change(found.metrics["realised_vol_ratio"]) for found in (first, calm))
    return (
        f"Mean θ is {ratio(first.metrics['mean_theta'].value)} with delta only and "
        f"{ratio(calm.metrics['mean_theta'].value)} with {label(calm).lower()}; hedging changes "
        f"realised vol by {before} and {after}."
    )


def vol_change(found: Metric) -> str:
    """What hedging does to realised vol, in percent of it, from a ratio of vols."""
    return points(replace(found, value=found.value - 1.0))


def points(found: Metric) -> str:
    """A small part of one in percent, signed, with its standard error."""
    sign = "+" if found.value > 0.0 else ""
    if not math.isfinite(found.value):
        return "–"
    return f"{sign}{number(100.0 * found.value)} ± {number(100.0 * found.standard_error, 1)} %"


def extent(answer: Strategies) -> str:
    """Paths, steps, horizon, process."""
    days = number(answer.horizon_days)
    return (
        f"{answer.run.paths:,} paths × {answer.steps:,} steps over {days} "
        f"{'day' if days == '1' else 'days'}, {answer.process}, seed {answer.run.seed}"
    )


def book_words(answer: Strategies) -> str:
    """What the hedgers hold before they buy anything."""
    gamma, count = answer.book.gamma_usd_per_pct, len(answer.book.options)
    side = "short" if gamma < 0.0 else "long"
    return f"{answer.book.label}: {count:,} options, {side} {usd(abs(gamma))} per 1 % at the start"


RESULT_HEADS = ("Strategy|", "Mean result", "Cost", "of it options", "Std", SHORTFALL, "Worst path")
MARKET_HEADS = (
    *("Strategy|", "θ at the start", "Mean θ", "Realised vol", "Squeezes", "Turnover"),
    *(f"Gap {MINUS if gap < 0.0 else '+'}{100.0 * abs(gap):g} %" for gap in GAPS),
)
DIFFERENCE_HEADS = ("Strategy|", "Mean result", "Cost", "Std", SHORTFALL, "Realised vol")


def result_rows(answer: Strategies) -> Iterator[tuple[str, ...]]:
    """One row per strategy under RESULT_HEADS."""
    for found in answer.results:
        metrics = found.metrics
        plain = (usd(metrics[f"{name}_usd"].value) for name in ("cost", "option_spread", "std"))
        mean, tail = (usd_with_error(metrics[f"{name}_usd"]) for name in ("pnl", "es"))
        yield (label(found), mean, *plain, tail, signed_usd(-found.worst_usd))


def market_rows(answer: Strategies) -> Iterator[tuple[str, ...]]:
    """One row per strategy under MARKET_HEADS."""
    for found in answer.results:
        vol = found.metrics["realised_vol_ratio"]
        yield (
            label(found),
            ratio(found.theta),
            ratio(found.metrics["mean_theta"].value),
            vol_change(vol),
            probability(found.metrics["squeeze_probability"].value),
            usd(found.metrics["turnover_usd"].value),
            *(signed_usd(gain) for gain in found.gap_pnl_usd.tolist()),
        )


def difference_rows(answer: Strategies) -> Iterator[tuple[str, ...]]:
    """One row per strategy but the first under DIFFERENCE_HEADS."""
    for found in answer.results[1:]:
        vol = found.differences["realised_vol_ratio"]
        amounts = (found.differences[f"{name}_usd"] for name in ("pnl", "cost", "std", "es"))
        yield (
            label(found),
            *map(usd_with_error, amounts),
            points(vol),
        )


def part_rows(answer: Strategies) -> Iterator[tuple[str, ...]]:
    """One row per part of the result, one cell per strategy, and their sum."""
    for part, name in PARTS.items():
        if any(part in found.parts for found in answer.results):
            yield (
                name,
                *(
                    usd_with_error(found.parts[part]) if part in found.parts else "–"
                    for found in answer.results
                ),
            )
    yield ("Result", *(usd_with_error(found.metrics["pnl_usd"]) for found in answer.results))
