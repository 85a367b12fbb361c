"""A comparison of structured products in sentences and rows, for the page and the terminal."""

from collections.abc import Iterator

from shortgamma.report.amounts import number, percent, price, probability, signed_percent, usd
from shortgamma.report.simulation_words import usd_with_error
from shortgamma.studies.products.answer import ProductResult, ProductsAnswer, Side
from shortgamma.studies.products.question import Equal
from shortgamma.studies.simulation import Metric
from shortgamma.studies.strategy_figures import TAIL

SHORTFALL = f"ES {100.0 * (1.0 - TAIL):g} %"
RESULT_HEADS = (
    "Product|",
    "Realised vol",
    "Largest trade",
    "5 % in a step",
    "Hedging loses",
    SHORTFALL,
)
CARRY_HEADS = ("Product|", "Price", "Γ at the start", "Turnover of a unit", "Holders' Γ|")
SIDES = {Side.LONG: "long", Side.SHORT: "short", Side.BOTH: "long and short"}
EQUALS = {
    Equal.NOTIONAL: "the same number of units of each",
    Equal.PREMIUM: "the same money taken in for each",
}


def label(found: ProductResult) -> str:
    """Name of a product for readers, with the terms in which it differs from its like."""
    text = found.label.removeprefix(found.product.name).removeprefix(":")
    shown = found.product.title
    words = text.replace("=", " ").replace("_", " ").replace(",", ", ").strip()
    return f"{shown} ({words})" if words else shown


def named(found: ProductResult) -> str:
    """The same inside a sentence."""
    words = label(found)
    return words if words[:2].isupper() else f"{words[:1].lower()}{words[1:]}"


def span(hours: float) -> str:
    """A time left.

    >>> span(168.0), span(24.0), span(1.0), span(0.5)
    ('7 d', '24 h', '1 h', '30 min')
    """
    if hours < 1.0:
        return f"{number(60.0 * hours)} min"
    days = hours / 24.0
    return f"{number(days)} d" if days >= 2.0 else f"{number(hours)} h"


def peak_heads(answer: ProductsAnswer) -> tuple[str, ...]:
    """Heads of the table of peaks."""
    times = (f"{span(hours)} left" for hours in answer.question.hours_left)
    return ("Product|", *times, "Largest of its life", "at a price of", "Bound")


def amount(value: float) -> str:
    """USD per 1 % and unit."""
    return number(value, 4)


def peak_rows(answer: ProductsAnswer) -> Iterator[tuple[str, ...]]:
    """One row per product under :func:`peak_heads`, sizes with the sign of the holder's gamma."""
    for found in answer.results:
        worst, bound = found.life_peak, found.bound_usd_per_pct
        yield (
            label(found),
            *(amount(peak.usd_per_pct) for peak in found.peaks),
            amount(worst.usd_per_pct),
            price(worst.spot),
            "–" if bound is None else amount(bound),
        )


def carry_rows(answer: ProductsAnswer) -> Iterator[tuple[str, ...]]:
    """One row per product under CARRY_HEADS."""
    for found in answer.results:
        yield (
            label(found),
            f"{number(found.price_usd, 4)} $",
            amount(found.gamma_usd_per_pct),
            usd_with_error(found.flow_usd),
            SIDES[found.side],
        )


def result_rows(answer: ProductsAnswer) -> Iterator[tuple[str, ...]]:
    """One row per product under RESULT_HEADS."""
    for found in answer.results:
        metrics = found.metrics
        yield (
            label(found),
            vol_change(metrics["realised_vol_ratio"]),
            usd(metrics["peak_flow_usd"].value),
            probability(metrics["probability_5pct_step"].value),
            usd_with_error(metrics["cost_usd"]),
            usd_with_error(metrics["es_usd"]),
        )


def vol_change(found: Metric) -> str:
    """Change of realised vol by hedging, with its error."""
    return f"{signed_percent(found.value - 1.0)} ± {number(100.0 * found.standard_error, 2)}"


def extent(answer: ProductsAnswer) -> str:
    """Paths, steps and seed."""
    asked = answer.question
    return f"{asked.paths:,} paths · {asked.steps:,} steps · seed {asked.seed}"


def headline(answer: ProductsAnswer) -> str:
    """Whose gamma has no end and whose has, in one sentence."""
    first, flat = answer.results[0], answer.flattest
    if flat is first:
        return "No product keeps its gamma below that of the vanilla call."
    return (
        f"At its worst moment the {named(first)} carries {amount(first.life_peak.size)} USD per 1 % "
        f"and unit, the {named(flat)} {amount(flat.life_peak.size)}."
    )


def market_words(answer: ProductsAnswer) -> str:
    """The market in one sentence."""
    asked = answer.question
    return (
        f"Strike {price(asked.at)}, spot {price(asked.spot)}, vol {percent(asked.vol)}, {number(asked.days)} "
        f"days; {EQUALS[asked.equal]}; the vanilla call's θ at the start {number(asked.theta)}."
    )


def sentences(answer: ProductsAnswer) -> tuple[str, ...]:
    """What has to be known before the figures."""
    first, calm = answer.results[0], answer.calmest
    cheapest = min(answer.results, key=lambda found: found.metrics["es_usd"].value)
    vols = (vol_change(found.metrics["realised_vol_ratio"]) for found in (calm, first))
    tails = (usd(found.metrics["es_usd"].value) for found in (cheapest, first))
    calm_vol, first_vol = vols
    least, plain_tail = tails
    return (
        f"Hedging the {named(calm)} changes realised vol by {calm_vol}, the {named(first)} by {first_vol}.",
        f"The smallest {SHORTFALL} of a hedger is {least} ({named(cheapest)}); {named(first)}: {plain_tail}.",
        "A cap bounds what the seller can lose, not the gamma; an average or a perpetual life bounds it.",
    )
