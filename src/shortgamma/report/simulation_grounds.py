"""Everything a simulation rests on, in words, each line marked as assumed, given or measured."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any, Final

from shortgamma.report.assumptions import Ground, Origin
from shortgamma.report.scenario_notes import NOTES, Note, notes_of, plain
from shortgamma.report.simulation_words import book_words, price_words
from shortgamma.studies.simulation import Simulation

WALL: Final = "gamma wall"
BUNDLED: Final = {"bundled", WALL}
"""Labels of books that no chain brought."""
OF_BUNDLED_BOOK: Final = {"theta", "options", "wall", "days", "spot"}
GIVEN_BY_NATURE: Final = {
    "process",
    "steps",
    "step_seconds",
    "funding",
    "liquidation",
    "crowd_seed",
}


def simulation_grounds(answer: Simulation) -> Iterator[Ground]:
    """All of them: book, then the figures of the scenario in its own order, then the price of a fill."""
    is_measured = answer.book.label not in BUNDLED
    yield Ground(
        name="Book",
        value="measured" if is_measured else "bundled",
        reason=book_words(answer),
        origin=Origin.MEASURED if is_measured else Origin.ASSUMED,
    )
    left_out, notes = unused(answer), notes_of(answer.scenario)
    yield from (
        of_scenario(field.name, getattr(answer.scenario, field.name), field.default, notes=notes)
        for field in fields(answer.scenario)
        if field.name not in left_out
    )
    yield Ground(
        name="Fill price",
        value="average",
        reason="A trade pays the mean of the prices before and after the orders of its step.",
        origin=Origin.ASSUMED,
    )


def unused(answer: Simulation) -> set[str]:
    """Figures of the scenario that this run did not need."""
    names = {"crowd_seed"}
    if answer.book.label not in BUNDLED:
        names |= OF_BUNDLED_BOOK
    if answer.book.label == WALL:
        names.add("options")
    if price_words(answer):
        names.add("vol")
    return names


def of_scenario(key: str, value: Any, default: Any, *, notes: Mapping[str, Note] = NOTES) -> Ground:
    """One figure of the scenario."""
    label, form, reason = notes.get(key, (key.replace("_", " "), plain, ""))
    is_default = value == default and key not in GIVEN_BY_NATURE
    return Ground(
        name=label,
        value=form(value),
        reason=f"{reason} Key: {key}.".strip(),
        origin=Origin.ASSUMED if is_default else Origin.GIVEN,
    )
