"""States and events of mechanisms, from files and from mappings."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, Final, cast

import numpy as np

from shortgamma.basics.errors import InputError
from shortgamma.data.annotated import Place, nearest, record_of
from shortgamma.data.plain_text import (
    csv_rows,
    dialect_of,
    json_documents,
    read_text,
    toml_document,
)
from shortgamma.data.wording import listed, place_of, shown
from shortgamma.protocols.mechanism import Mechanism

WORD: Final = "event"
"""The key of an event that says which one it is; the others are its fields."""


def read_state(path: str | Path, mechanism: Mechanism) -> Any:
    """A mechanism's state from a JSON or TOML file whose keys are the fields of its dataclass.

    Raises:
        InputError: The file cannot be read, or a key or value of it means nothing.
    """
    return state_from(read_tables(path), mechanism, place=place_of(path))


def read_tables(path: str | Path) -> Mapping[str, object]:
    """The one table of a JSON or TOML file.

    Raises:
        InputError: It cannot be read, or holds something else.
    """
    place, text = place_of(path), read_text(str(path))
    if dialect_of(str(path), text, "TOML") != "JSON":
        return toml_document(text, place)
    found = json_documents(text, place)
    if len(found) != 1 or not isinstance(found[0], dict):
        raise InputError("is no JSON object", place=place, remedy="write { … } with its fields")
    return cast("dict[str, object]", found[0])


def state_from(tables: Mapping[str, object], mechanism: Mechanism, *, place: str) -> Any:
    """A mechanism's state from a mapping of its fields.

    Raises:
        InputError: A key or value means nothing, or lists per path differ in length.
    """
    at = Place(file=place)
    state = record_of(mechanism.state, tables, at)
    check_paths([(at, state)])
    return state


def read_events(path: str | Path, mechanism: Mechanism) -> tuple[Any, ...]:
    """A mechanism's events from a JSON list, JSON lines or a CSV, in their order.

    Each has the key ``event`` with a word of the mechanism, and the fields of that event. Lists and tables
    stand in the cells of a CSV as JSON.

    Raises:
        InputError: The file cannot be read, or a key or value of it means nothing.
    """
    place, text = place_of(path), read_text(str(path))
    match dialect_of(str(path), text, "CSV"):
        case "CSV":
            rows: Sequence[object] = csv_rows(text, place)
        case "JSON":
            found = json_documents(text, place)
            is_list = len(found) == 1 and isinstance(found[0], list)
            rows = cast("list[object]", found[0]) if is_list else found
        case _:
            raise InputError(
                "is TOML", place=place, remedy="events are a JSON list, JSON lines or a CSV"
            )
    return events_from(rows, mechanism, place=place)


def events_from(rows: Iterable[object], mechanism: Mechanism, *, place: str) -> tuple[Any, ...]:
    """A mechanism's events from mappings, or from events already made.

    Raises:
        InputError: A word, key or value means nothing, or lists per path differ in length.
    """
    events = tuple(
        event_from(row, mechanism, Place(file=place, row=number))
        for number, row in enumerate(rows, start=1)
    )
    check_paths((Place(file=place, row=number), row) for number, row in enumerate(events, start=1))
    return events


def event_from(row: object, mechanism: Mechanism, at: Place) -> Any:
    """One event."""
    if isinstance(row, tuple(mechanism.events.values())):
        return row
    words = list(mechanism.events)
    if not isinstance(row, Mapping):
        raise at.wrong(row, f'an event, as {{"{WORD}": "{words[0]}", …}}')
    table = cast("Mapping[str, object]", row)
    word = table.get(WORD)
    if word is None:
        raise at.inside(WORD).error("missing", f"one of {listed(words)}")
    kind = mechanism.events.get(word) if isinstance(word, str) else None
    if kind is None:
        problem = f"{shown(repr(word))} is no event of {mechanism.name}"
        raise at.inside(WORD).error(problem, nearest(str(word), words))
    return record_of(kind, {key: item for key, item in table.items() if key != WORD}, at)


def event_word(event: Any, mechanism: Mechanism) -> str:
    """The word of an event, as files write it."""
    return next(word for word, kind in mechanism.events.items() if type(event) is kind)


def check_paths(values: Iterable[tuple[Place, Any]]) -> int | None:
    """How many paths some states or events have; None where all are plain numbers.

    Raises:
        InputError: Two lists differ in length.
    """
    first: tuple[int, str] | None = None
    for at, value in values:
        for key, length in lengths(value):
            first = first or (length, key)
            if length != first[0]:
                raise at.inside(key).error(
                    f"has {length} numbers, {first[1]} has {first[0]}",
                    "one number per path, in every list",
                )
    return None if first is None else first[0]


def lengths(value: Any, key: str = "") -> Iterator[tuple[str, int]]:
    """Dotted key and length of every array in a state or event."""
    if isinstance(value, np.ndarray):
        yield key, cast("Any", value).size
    elif isinstance(value, Mapping):
        for name, item in cast("Mapping[Any, Any]", value).items():
            yield from lengths(item, f"{key}.{name}" if key else str(name))
    elif isinstance(value, tuple):
        for number, item in enumerate(cast("tuple[Any, ...]", value)):
            yield from lengths(item, f"{key}[{number}]")
    elif is_dataclass(value) and not isinstance(value, type):
        for item in fields(value):
            yield from lengths(
                getattr(value, item.name), f"{key}.{item.name}" if key else item.name
            )
