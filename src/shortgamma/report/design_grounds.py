"""Everything a comparison of pool designs rests on, in words, each line marked as assumed or given."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any, Final

from shortgamma.hedging.policies import Continuous, DelayOrThreshold, FixedInterval, NoHedge
from shortgamma.protocols.pool.design import PoolDesign
from shortgamma.protocols.pool.hedges import FixedHedge, PacedHedge
from shortgamma.protocols.pool.limits import CollateralLimit, GammaLimit
from shortgamma.protocols.pool.parameters import SPREAD, parameters_of
from shortgamma.protocols.pool.pricing import FlatSpread, GammaSpread, InventorySpread
from shortgamma.report.amounts import number, percent
from shortgamma.report.assumptions import Ground, Origin
from shortgamma.report.design_words import fair_words, label
from shortgamma.report.scenario_notes import Note, notes_of, plain
from shortgamma.report.simulation_grounds import OF_BUNDLED_BOOK
from shortgamma.report.simulation_page import sentence
from shortgamma.studies.design.answer import SAME_VOLUME, WIDER, DesignAnswer
from shortgamma.studies.design.shocks import ShockSet

RULES: Final[Mapping[type[Any], str]] = {
    FlatSpread: "Every trade pays the half-spread times its vega.",
    GammaSpread: "A trade pays the half-spread times its vega, and what it adds to the expected cost of "
    "the pool's net gamma over the horizon; nothing for that where it reduces the gamma.",
    InventorySpread: "A half-spread around a vol that rises with what the pool has sold.",
    CollateralLimit: "Every short option sets aside a share of its notional, up to a share of the capital.",
    GammaLimit: "Short options set aside collateral, and a trade that adds gamma takes at most a part of "
    "the θ that is left.",
    Continuous: "Hedges its whole delta in every step.",
    NoHedge: "Never hedges.",
    FixedInterval: "Hedges its whole delta at fixed times.",
    DelayOrThreshold: "Hedges its whole delta after a delay, or when the gap reaches a number of coins.",
    PacedHedge: "Hedges to the edge of a band that follows gamma, no faster than a part of the depth per "
    "hour.",
}
"""What the rules of a design do."""


NOT_OF_POOLS: Final = {"policy", "design", "spread_points", "options"}
"""Figures of the scenario that the designs replace."""


def design_grounds(answer: DesignAnswer) -> Iterator[Ground]:
    """Rules of every design, how they are compared, the markets, then the figures of the scenario."""
    for design in answer.question.designs:
        yield of_design(answer, design)
    yield from comparison_grounds(answer)
    for part in answer.sets:
        yield of_market(answer, part.shocks)
    yield from METHODS
    yield from scenario_grounds(answer)


def of_design(answer: DesignAnswer, design: PoolDesign) -> Ground:
    """The rules of one design in words, and their parameters."""
    rules = [RULES.get(type(rule), type(rule).__name__) for rule in rules_of(design)]
    days = number(design.average_days)
    average = [f"Options settle at the geometric average over the last days: {days}."]
    average = average if design.average_days else []
    own = {name: value for name, value in parameters_of(design).items() if name != SPREAD}
    named = (f"{name.replace('_', ' ')} {number(value)}" for name, value in own.items() if value)
    role = {answer.first: "compared with", answer.judged: "judged"}.get(design.name, "beside")
    return Ground(
        name=label(design.name),
        value=role,
        reason=f"{sentence(design.summary)} {' '.join([*rules, *average])} "
        f"Parameters: {', '.join(named) or 'none'}.",
        origin=Origin.GIVEN if ":" in design.name else Origin.ASSUMED,
    )


def rules_of(design: PoolDesign) -> tuple[object, ...]:
    """Price, limit, hedge."""
    hedge = design.hedge.rule if isinstance(design.hedge, FixedHedge) else design.hedge
    return design.pricing, design.limit, hedge


def comparison_grounds(answer: DesignAnswer) -> Iterator[Ground]:
    """What makes it fair."""
    equal = answer.question.equal_volume
    yield Ground(
        name="Half-spreads",
        value="equal volume" if equal else "as quoted",
        reason=fair_words(answer),
        origin=Origin.GIVEN,
    )
    yield Ground(
        name="Fair play",
        value=f"volume ± {percent(SAME_VOLUME)}, cost up to {percent(WIDER, 3)}",
        reason="Measured on the compared paths: notional, and what clients pay over the fair value per "
        "unit of vega.",
        origin=Origin.GIVEN,
    )


def of_market(answer: DesignAnswer, shocks: ShockSet) -> Ground:
    """What one market changes in the scenario."""
    market = answer.question.market_of(shocks)
    kept = {name: value for name, value in shocks.figures.items() if getattr(market, name) == value}
    notes = notes_of(market)
    figures = (
        ", ".join(written(notes, name, value) for name, value in kept.items()) or "nothing changed"
    )
    return Ground(
        name=f"Market {shocks.name}",
        value=market.process,
        reason=f"{sentence(shocks.summary)} {sentence(figures)}",
        origin=Origin.ASSUMED,
    )


def written(notes: Mapping[str, Note], name: str, value: Any) -> str:
    """A figure in words."""
    title, form, _reason = notes[name]
    return f"{title.lower()} {form(value)}"


def scenario_grounds(answer: DesignAnswer) -> Iterator[Ground]:
    """Figures of the scenario that no market changes."""
    question = answer.question
    left_out = NOT_OF_POOLS | {
        name for part in answer.sets for name in part.shocks.figures if name not in question.chosen
    }
    if question.inputs.book is not None:
        left_out |= OF_BUNDLED_BOOK
    market = question.market_of(question.sets[0])
    for item in fields(market):
        if item.name not in left_out:
            value = getattr(market, item.name)
            title, form, reason = notes_of(market).get(
                item.name, (item.name.replace("_", " "), plain, "")
            )
            yield Ground(
                name=title,
                value=form(value),
                reason=f"{reason} Key: {item.name}.".strip(),
                origin=Origin.GIVEN if item.name in question.chosen else Origin.ASSUMED,
            )


METHODS: Final = (
    Ground(
        name="Clients",
        value="one after another",
        reason="An order comes at random, sees one quote and takes it with a probability that falls with its "
        "cost; it does not go elsewhere, and nobody knows more than the pool.",
        origin=Origin.ASSUMED,
    ),
    Ground(
        name="One pool",
        value="alone",
        reason="No other holder hedges options in this market.",
        origin=Origin.ASSUMED,
    ),
    Ground(
        name="Worst 5 %",
        value="mean of them",
        reason="Of the providers' results over the run; negative = a loss.",
        origin=Origin.GIVEN,
    ),
    Ground(
        name="Intervals",
        value="95 %",
        reason="Bootstrap over paths; differences resample the same paths for both designs.",
        origin=Origin.GIVEN,
    ),
)
"""How designs are compared."""
