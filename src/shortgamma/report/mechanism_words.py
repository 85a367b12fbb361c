"""A run of a mechanism in words, for the terminal and the page."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, cast

import numpy as np

from shortgamma.protocols.mechanism import Mechanism, Origin, Refusal, as_plain
from shortgamma.report.amounts import MINUS, number
from shortgamma.studies.mechanism import MechanismList, MechanismRun, Movement

EVENT_HEADS: Final = ("Event|", "What|", "With|", "Outcome|")
FIELD_HEADS: Final = ("Field|", "Before", "After", "Least", "Most")
LIST_HEADS: Final = ("Mechanism|", "Gamma|", "Who hedges|", "Verified|")
DIGITS: Final = 6
SMALL, LARGE = 1e-4, 1e15
"""Sizes between which a number is written out."""
LONGEST: Final = 28
"""Characters of a whole number; beyond it powers of ten are easier to read."""


def headline(answer: MechanismRun) -> str:
    """How many events, and how many of them the contract refused."""
    count, refused = len(answer.events), answer.refused
    events = f"{count} event{'' if count == 1 else 's'}"
    told = f"{refused} of them refused" if refused else "none refused"
    return f"{answer.mechanism.title}: {events}, {told}" if count else f"{answer.mechanism.title}"


def extent(answer: MechanismRun) -> str:
    """Paths and events."""
    paths = "one path" if answer.paths is None else f"{answer.paths:,} paths"
    return f"{len(answer.events):,} events, {paths}"


def who(mechanism: Mechanism) -> tuple[str, str]:
    """Who carries the gamma, and who hedges it."""
    return mechanism.gamma, mechanism.hedger


def origin_words(origin: Origin) -> Iterator[str]:
    """Where the rules come from, whether they were verified, and what is doubtful."""
    dated = f", {origin.effective}" if origin.effective else ", date unknown"
    yield f"Rules: {origin.source}{dated}."
    yield verified_words(origin)
    if origin.doubts:
        yield f"Doubts: {origin.doubts}"


def verified_words(origin: Origin) -> str:
    """Whether figures were compared with the protocol's own."""
    if origin.verified:
        return "Verified: figures agree with those that the protocol published."
    return "Not verified: no figure was compared with one that the protocol published."


def amount(value: float) -> str:
    """A number of any size; whole ones with every digit.

    >>> amount(50_260_743), amount(1e18), amount(0.1234567), amount(float("nan"))
    ('50,260,743', '1e+18', '0.123457', '–')
    """
    if isinstance(value, int) or (value.is_integer() and abs(value) < LARGE):
        # Adding zero turns a negative zero into none.
        digits = f"{value:,}" if isinstance(value, int) else f"{value + 0.0:,.0f}"
        return digits.replace("-", MINUS) if len(digits) <= LONGEST else scientific(value)
    if not np.isfinite(value):
        return "–"
    return number(value, DIGITS) if SMALL <= abs(value) < LARGE else scientific(value)


def scientific(value: float) -> str:
    """A number too large or too small to be written out.

    >>> scientific(-2.5e-7), scientific(10**40)
    ('−2.5e-07', '1e+40')
    """
    exact = Decimal(value).normalize() if isinstance(value, int) else value
    text = f"{exact:.{DIGITS}g}"
    return f"{MINUS}{text[1:]}" if text.startswith("-") else text


def plain_words(value: object) -> str:
    """A state, event or outcome in one line: names and numbers."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return amount(value)
    if value is None:
        return "none"
    if isinstance(value, Mapping):
        pairs = cast("Mapping[str, object]", value)
        return ", ".join(f"{spaced(key)} {nested(item)}" for key, item in pairs.items())
    if isinstance(value, list):
        return list_words(cast("list[object]", value))
    return str(value)


def nested(value: object) -> str:
    """A value inside another one."""
    words = plain_words(value)
    return f"({words})" if isinstance(value, Mapping) else words


def list_words(items: Sequence[object]) -> str:
    """A list: the range of its numbers, else its items."""
    found = [item for item in items if isinstance(item, int | float) and not isinstance(item, bool)]
    if len(found) == len(items) and len(items) > 3:
        return f"{amount(min(found))} … {amount(max(found))} ({len(items)} values)"
    return "; ".join(nested(item) for item in items) or "none"


def spaced(name: str) -> str:
    """A field's name as words."""
    return name.replace("_", " ")


def event_rows(answer: MechanismRun) -> Iterator[tuple[str, ...]]:
    """Number, word, fields and outcome of every event."""
    rows = zip(answer.words, answer.events, answer.play.outcomes, strict=True)
    for count, (word, event, outcome) in enumerate(rows, start=1):
        yield str(count), word, plain_words(as_plain(event)), outcome_words(outcome)


def outcome_words(outcome: Any) -> str:
    """What came of an event."""
    if isinstance(outcome, Refusal):
        return f"refused: {outcome.refused}"
    return plain_words(as_plain(outcome))


def moved(answer: MechanismRun) -> tuple[Movement, ...]:
    """The fields that moved."""
    return tuple(found for found in answer.movements if found.moves)


def resting(answer: MechanismRun) -> tuple[Movement, ...]:
    """The fields that did not."""
    return tuple(found for found in answer.movements if not found.moves)


def field_rows(found: Sequence[Movement]) -> Iterator[tuple[str, ...]]:
    """Name, first, last, least and largest value of each field; means over paths where there are several."""
    for each in found:
        ends = (float(each.mean[0]), float(each.mean[-1]))
        low, high = float(np.nanmin(each.low)), float(np.nanmax(each.high))
        yield each.name, *map(amount, (*ends, low, high))


def list_rows(answer: MechanismList) -> Iterator[tuple[str, ...]]:
    """One row per mechanism."""
    for found in answer.mechanisms:
        yield found.name, *who(found), "yes" if found.origin.verified else "no"
