"""JSON, JSON lines, TOML and CSV as plain values that keep every digit."""

import csv
import json
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Final

from shortgamma.basics.errors import InputError
from shortgamma.data.files import Format, inspect, read_bytes, translated
from shortgamma.data.wording import place_of, shown

DIALECTS: Final = {".csv": "CSV", ".toml": "TOML", ".json": "JSON", ".jsonl": "JSON"}
BLANK: Final = " \t\r\n"


def read_text(path: str) -> str:
    """The whole file.

    Raises:
        InputError: It cannot be read, is empty, or is not UTF-8.
    """
    if inspect(path) is Format.PARQUET:
        raise InputError("is Parquet", place=place_of(path), remedy="write it as JSON, TOML or CSV")
    with translated(place_of(path)):
        return read_bytes(path).decode()


def dialect_of(path: str, text: str, other: str) -> str:
    """``JSON``, ``TOML`` or ``CSV``: by the ending of the file, else by its first letter.

    Args:
        path: Of the file.
        text: What is in it.
        other: What it is where neither says.
    """
    by_name = DIALECTS.get(Path(path).suffix.lower())
    return by_name or ("JSON" if text.lstrip()[:1] in {"{", "["} else other)


def json_values(text: str) -> list[object]:
    """The values of a JSON text, one behind the other; numbers with a point are exact decimals.

    Raises:
        JSONDecodeError: It is not JSON.
        RecursionError: It is nested too deep.
    """
    decoder = json.JSONDecoder(parse_float=Decimal, parse_constant=Decimal, object_pairs_hook=once)
    found: list[object] = []
    place = after_blanks(text, 0)
    while place < len(text):
        value, place = decoder.raw_decode(text, place)
        found.append(value)
        place = after_blanks(text, place)
    return found


def after_blanks(text: str, place: int) -> int:
    """Where the next value begins."""
    while place < len(text) and text[place] in BLANK:
        place += 1
    return place


def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object in which no key stands twice."""
    table: dict[str, object] = {}
    for key, value in pairs:
        if key in table:
            raise json.JSONDecodeError(f"the key {shown(key)!r} stands twice", "", 0)
        table[key] = value
    return table


def json_documents(text: str, place: str) -> list[object]:
    """The values of a JSON file.

    Raises:
        InputError: It is not JSON.
    """
    try:
        return json_values(text)
    except json.JSONDecodeError as error:
        where = f" at line {error.lineno}" if error.doc else ""
        problem = f"is not valid JSON{where}: {shown(error.msg)}"
    except ValueError as error:  # a number of thousands of digits
        problem = f"is not valid JSON: {shown(error)}"
    except RecursionError:
        problem = "is nested too deeply"
    raise InputError(problem, place=place, remedy="mend it there")


def toml_document(text: str, place: str) -> Mapping[str, object]:
    """The tables of a TOML file.

    Raises:
        InputError: It is not TOML.
    """
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except ValueError as error:
        problem = f"is not TOML: {shown(error, 120)}"
    except RecursionError:
        problem = "is nested too deeply"
    raise InputError(problem, place=place, remedy="mend that line")


def csv_rows(text: str, place: str) -> list[Mapping[str, object]]:
    """One table per row of a CSV with a head; empty cells are left out.

    Raises:
        InputError: A row has more cells than the head, or a name stands twice in the head.
    """
    with translated(place):
        rows = [row for row in csv.reader(text.splitlines()) if any(map(str.strip, row))]
    if not rows:
        raise InputError("has no rows", place=place, remedy="write a head and one row per event")
    head = [name.strip() for name in rows[0]]
    for name in head:
        if head.count(name) > 1:
            raise InputError("stands twice", place=place, column=shown(name), remedy="keep one")
    for number, row in enumerate(rows[1:], start=1):
        if len(row) > len(head):
            raise InputError(
                f"has {len(row)} cells, more than the head",
                place=place,
                row=number,
                remedy="quote cells that hold commas",
            )
    return [
        {name: cell.strip() for name, cell in zip(head, row, strict=False) if cell.strip()}
        for row in rows[1:]
    ]
