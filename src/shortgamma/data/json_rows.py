"""Rows of a JSON file, whatever they are wrapped in, and their decoding one by one."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec
import polars as pl
from msgspec import Raw, Struct, structs

from shortgamma.basics.errors import Failure, InputError, Reason
from shortgamma.data.cells import EARLIEST, LATEST
from shortgamma.data.files import MAX_ROWS, read_bytes, translated
from shortgamma.data.tables import ROW, Table, table_of
from shortgamma.data.venues.deribit.messages import ErrorBody
from shortgamma.data.wording import listed, place_of, shown

Message = TypeVar("Message", bound=Struct)
Node = dict[str, Raw] | list[Raw]

WRAPPERS = ("result", "payload", "data", "trades")
MAX_WRAPPERS = 4
FIRST_ROWS = 50
# Python writes these, JSON knows them not.
NOT_A_NUMBER = re.compile(rb"(?<=[:,\[])(\s*)(?:NaN|-?Infinity)(?=\s*[,\]}])")


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonRows:
    """The rows of a JSON file before they are decoded.

    Args:
        place: Name of the file.
        rows: Number, the first one being 1, and text of each row.
        keys: Keys of the first rows that are objects.
        received: UTC nanoseconds at which the venue answered, where the envelope says so.
        failures: Rows that are an error of the venue.
    """

    place: str
    rows: Sequence[tuple[int, Raw]]
    keys: frozenset[str]
    received: int | None = None
    failures: tuple[Failure, ...] = ()


@dataclass(frozen=True, slots=True)
class Decoded(Generic[Message]):
    """Messages with their row numbers, and the rows that were none."""

    numbers: list[int]
    messages: list[Message]
    failures: tuple[Failure, ...]


def json_rows(path: str) -> JsonRows:
    """The rows in a JSON file: bare, in an envelope, or each in its own.

    Raises:
        InputError: It is not JSON, the venue's answer was an error, or there are no rows.
    """
    place = place_of(path)
    data = read_bytes(path)
    with translated(place):
        node = tree(data)
        rows, received = unwrapped(node, place)
        if not rows or len(rows) > MAX_ROWS:
            problem = f"has more than {MAX_ROWS:,} rows" if rows else "has no rows"
            raise InputError(problem, place=place, remedy="check what was saved")
        peeled, failures = peel(list(enumerate(rows, 1)))
        keys = keys_of_rows(peeled)
    if failures and not peeled:
        raise InputError(
            f"every row is an error; {failures[0].message}",
            place=place,
            remedy="ask the venue again",
        )
    return JsonRows(place=place, rows=peeled, keys=keys, received=received, failures=failures)


def tree(data: bytes) -> Node:
    """The top of the document; NaN and Infinity, which are not JSON, are taken for null."""
    try:
        return msgspec.json.decode(data, type=Node)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        repaired, count = NOT_A_NUMBER.subn(rb"\1null", data)
        if not count:
            raise
        return msgspec.json.decode(repaired, type=Node)


def unwrapped(node: Node, place: str) -> tuple[list[Raw], int | None]:
    """The rows inside envelopes, and the time of the answer in UTC nanoseconds."""
    received: int | None = None
    for _level in range(MAX_WRAPPERS):
        if isinstance(node, list):
            return node, received
        refuse_error(node, place)
        received = answered_at(node) or received
        inner = next((name for name in WRAPPERS if name in node), None)
        if inner is None or "instrument_name" in node:
            break
        node = msgspec.json.decode(node[inner], type=Node)
    if isinstance(node, dict) and "instrument_name" in node:
        return [Raw(msgspec.json.encode(node))], received
    raise unknown_keys(node, place)


def answered_at(envelope: Mapping[str, Raw]) -> int | None:
    """UTC nanoseconds of the envelope's ``usOut``, where it says a sane one."""
    micros = msgspec.json.decode(envelope.get("usOut", b"null"), type=Any)
    stamp = micros * 1_000 if isinstance(micros, int) else 0
    return stamp if EARLIEST <= stamp <= LATEST else None


def unknown_keys(
    keys: Mapping[str, Any] | Sequence[Any] | frozenset[str], place: str
) -> InputError:
    """The error for JSON in no layout we know."""
    found = listed(sorted(str(key) for key in keys)) if not isinstance(keys, list) else "a list"
    return InputError(
        f"is JSON in no known layout, its keys are: {found}",
        place=place,
        remedy="give a Deribit or Amberdata answer as it came",
    )


def refuse_error(node: Mapping[str, Raw], place: str) -> None:
    """Raises the venue's own error.

    Raises:
        InputError: The answer has an ``error`` that is not null.
    """
    error = node.get("error")
    if error is not None and bytes(error) != b"null":
        raise InputError(
            f"the venue answered with {error_text(error)}", place=place, remedy="ask it again"
        )


def error_text(error: Raw) -> str:
    """Code and message of a JSON-RPC error in words."""
    try:
        body = msgspec.json.decode(error, type=ErrorBody)
    except msgspec.ValidationError:
        return f"error {shown(bytes(error).decode(errors='replace'))}"
    return f"error {body.code}: {shown(body.message)}"


def keys_of(row: Raw) -> frozenset[str]:
    """Keys of a row; none where it is not an object."""
    if not bytes(row).lstrip().startswith(b"{"):
        return frozenset()
    return frozenset(msgspec.json.decode(row, type=dict[str, Raw]))


def keys_of_rows(rows: Sequence[tuple[int, Raw]]) -> frozenset[str]:
    """All keys of the first rows: any one of them may be damaged."""
    return frozenset[str]().union(*(keys_of(row) for _number, row in rows[:FIRST_ROWS]))


def peel(rows: list[tuple[int, Raw]]) -> tuple[list[tuple[int, Raw]], tuple[Failure, ...]]:
    """Takes each row out of its own envelope, where the rows have one."""
    if not keys_of_rows(rows) & {"result", "error"}:
        return rows, ()
    peeled: list[tuple[int, Raw]] = []
    failures: list[Failure] = []
    for number, row in rows:
        envelope = msgspec.json.decode(row, type=dict[str, Raw]) if keys_of(row) else {}
        if "result" in envelope:
            peeled.append((number, envelope["result"]))
        else:
            error = envelope.get("error")
            text = error_text(error) if error is not None else "no result in it"
            failures.append(Failure(reason=Reason.MALFORMED, item=f"row {number}", message=text))
    return peeled, tuple(failures)


def decoded(json: JsonRows, model: type[Message]) -> Decoded[Message]:
    """The rows as messages; a row that is none becomes a failure.

    Raises:
        InputError: The file is not text in UTF-8 or nested too deeply.
    """
    decoder = msgspec.json.Decoder(model)
    numbers: list[int] = []
    messages: list[Message] = []
    failures = list(json.failures)
    with translated(json.place):
        for number, row in json.rows:
            try:
                messages.append(decoder.decode(row))
            except msgspec.ValidationError as error:
                failures.append(offence(number, row, model, error))
            else:
                numbers.append(number)
    return Decoded(numbers, messages, tuple(failures))


def offence(number: int, row: Raw, model: type[Struct], error: msgspec.ValidationError) -> Failure:
    """Which value of a row is not what it should be."""
    try:
        fields = msgspec.json.decode(row, type=dict[str, Any])
    except msgspec.ValidationError:
        # No object, or a number out of range: the first message says so.
        return Failure(reason=Reason.MALFORMED, item=f"row {number}", message=shown(error))
    name = fields.get("instrument_name", fields.get("instrument"))
    return Failure(
        reason=Reason.MALFORMED,
        item=shown(name) if isinstance(name, str) and name else f"row {number}",
        message=next(
            filter(None, (complaint(field, fields) for field in structs.fields(model))),
            shown(error),
        ),
    )


def complaint(field: structs.FieldInfo, values: Mapping[str, Any]) -> str | None:
    """What is wrong with one field, if anything."""
    name = field.encode_name
    if name not in values:
        return f"{name} is missing" if field.required else None
    try:
        msgspec.convert(values[name], field.type)
    except msgspec.ValidationError as problem:
        return f"{name} {shown(repr(values[name]), 40)}: {shown(problem)}"
    return None


def message_table(json: JsonRows, found: Decoded[Message], model: type[Message]) -> Table:
    """The messages as a table with one column per field."""
    names = [field.name for field in structs.fields(model)]
    columns: dict[str, list[Any]] = {
        name: [getattr(message, name) for message in found.messages] for name in names
    }
    return table_of(json.place, pl.DataFrame({ROW: found.numbers, **columns}, strict=False))
