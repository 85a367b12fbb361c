"""Frozen dataclasses read from plain values, as their annotations say.

What a mechanism's state and events look like is written down once: in their dataclasses. Files, strings of a
CSV and mappings of the Python API are all read here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from types import NoneType, UnionType
from typing import Any, Final, Union, cast, get_args, get_origin, get_type_hints

import numpy as np

from shortgamma.basics.errors import InputError, RefusedError
from shortgamma.data.plain_text import json_values
from shortgamma.data.wording import listed, shown

MOST_DIGITS: Final = 307
"""Of a number before the point: beyond it a float is infinite, and no contract counts that far."""
BOOLEANS: Final = {"true": True, "false": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a value stands.

    Args:
        file: Or the argument that gave it.
        row: Number of the event, the first one being 1; None in a state.
        key: Dotted; empty at the top.
    """

    file: str
    row: int | None = None
    key: str = ""

    def inside(self, key: str) -> "Place":
        """A key of the table that stands here."""
        dotted = f"{self.key}.{key}" if self.key else key
        return Place(file=self.file, row=self.row, key=shown(dotted))

    def item(self, number: int) -> "Place":
        """An item of the list that stands here, the first one being 0."""
        return Place(file=self.file, row=self.row, key=f"{self.key}[{number}]")

    def error(self, problem: str, remedy: str | None) -> InputError:
        """Why what stands here is refused."""
        return InputError(
            problem, place=self.file, row=self.row, column=self.key or None, remedy=remedy
        )

    def wrong(self, given: object, wanted: str) -> InputError:
        """Something else stands here."""
        return self.error(f"{shown(repr(given))} is not {wanted}", f"give {wanted}")


def record_of(kind: type[Any], given: Mapping[str, object], at: Place) -> Any:
    """A dataclass from its keys; what is absent takes its default.

    Raises:
        InputError: A key is unknown or missing, or its value is no such thing.
    """
    known = {item.name: item for item in fields(kind) if item.init}
    for key in given:
        if key not in known:
            raise at.inside(key).error("there is no such key", nearest(key, list(known)))
    missing = [name for name, item in known.items() if name not in given and is_required(item)]
    if missing:
        raise at.inside(missing[0]).error("missing", f"it needs {listed(missing)}")
    wanted = get_type_hints(kind)
    values = {key: value_of(wanted[key], value, at.inside(key)) for key, value in given.items()}
    try:
        return kind(**values)
    except InputError as problem:
        raise at.error(problem.problem, problem.remedy) from None
    except RefusedError as refusal:
        raise at.error(str(refusal), "the contract does not accept it") from None


def is_required(item: Field[Any]) -> bool:
    """True where a field has no default."""
    return item.default is MISSING and item.default_factory is MISSING


def nearest(word: str, known: Sequence[str]) -> str:
    """Words that may have been meant, else all of them."""
    close = get_close_matches(word, known, n=3)
    return f"did you mean {' or '.join(close)}?" if close else f"it has {listed(known)}"


def value_of(wanted: Any, given: object, at: Place) -> Any:
    """A value of the annotated type.

    Args:
        wanted: ``float``, ``int``, ``bool``, ``str``, a dataclass, ``tuple[X, ...]``, ``Mapping[str, X]``,
            ``Values`` (a float, or one per path) or one of these ``| None``.
        given: What stands there: of JSON, of TOML, a text of CSV, or of Python.
        at: For messages.

    Raises:
        InputError: It is no such thing.
        TypeError: Nothing of that type can be read.
    """
    if wanted in SCALARS:
        return SCALARS[wanted](given, at)
    if is_dataclass(wanted) and isinstance(wanted, type):
        return given if isinstance(given, wanted) else record_of(wanted, table_of(given, at), at)
    origin, arguments = get_origin(wanted), get_args(wanted)
    if origin in {Union, UnionType}:
        return choice_of(arguments, given, at)
    if origin is tuple:
        return items_of(arguments, given, at)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        table = table_of(given, at)
        return {key: value_of(arguments[1], item, at.inside(key)) for key, item in table.items()}
    raise TypeError(f"{at.key} is annotated {wanted}, which no file can hold")


def choice_of(arguments: tuple[Any, ...], given: object, at: Place) -> Any:
    """``Values``, or a type that may be None."""
    if given is None and NoneType in arguments:
        return None
    others = [argument for argument in arguments if argument is not NoneType]
    if any(get_origin(argument) is np.ndarray for argument in others):
        return paths_of(given, at)
    if len(others) != 1:
        raise TypeError(f"{at.key} is one of {others}, and no file can tell which")
    return value_of(others[0], given, at)


def items_of(arguments: tuple[Any, ...], given: object, at: Place) -> tuple[Any, ...]:
    """``tuple[X, ...]`` from a list, or ``tuple[X, Y]`` from one of that length."""
    items = list_of(given, at, "a list")
    is_open = len(arguments) == 2 and arguments[1] is Ellipsis
    wanted = [arguments[0]] * len(items) if is_open else list(arguments)
    if len(wanted) != len(items):
        raise at.wrong(given, f"a list of {len(wanted)}")
    return tuple(
        value_of(kind, item, at.item(number))
        for number, (kind, item) in enumerate(zip(wanted, items, strict=True))
    )


def paths_of(given: object, at: Place) -> Any:
    """A float, or an array with one float per path."""
    if isinstance(given, np.ndarray):
        given = cast("list[object]", given.tolist())
    if isinstance(given, str) and given.lstrip().startswith("["):
        given = json_text(given, at)
    if not isinstance(given, list | tuple):
        return float_of(given, at)
    items = list_of(cast("object", given), at, "a list")
    if not items:
        raise at.wrong(items, "a number, or a list of one number per path")
    return np.array([float_of(item, at.item(number)) for number, item in enumerate(items)])


def table_of(given: object, at: Place) -> Mapping[str, object]:
    """A table, or its JSON text."""
    found = json_text(given, at) if isinstance(given, str) else given
    if not isinstance(found, Mapping):
        raise at.wrong(given, "a table of keys and values")
    return {str(key): item for key, item in cast("Mapping[object, object]", found).items()}


def list_of(given: object, at: Place, wanted: str) -> list[object]:
    """A list, or its JSON text."""
    found = json_text(given, at) if isinstance(given, str) else given
    if not isinstance(found, list | tuple):
        raise at.wrong(given, wanted)
    return list(cast("Sequence[object]", found))


def json_text(given: str, at: Place) -> object:
    """What a text says in JSON: lists and tables in the cells of a CSV."""
    try:
        values = json_values(given)
    except (ValueError, RecursionError):
        values = []
    if len(values) != 1:
        raise at.wrong(given, "JSON")
    return values[0]


def decimal_of(given: Any, at: Place, wanted: str) -> Decimal:
    """A finite number, exactly as it was written."""
    given = cast("Any", given).item() if isinstance(given, np.generic) else given
    if isinstance(given, bool) or not isinstance(given, int | float | Decimal | str):
        raise at.wrong(given, wanted)
    try:
        number = Decimal(given.strip() if isinstance(given, str) else given)
    except InvalidOperation:
        raise at.wrong(given, wanted) from None
    if not number.is_finite():
        raise at.error(f"{shown(given)} is not finite", f"give {wanted}, or leave the key out")
    if number.adjusted() > MOST_DIGITS:
        raise at.error(f"{shown(given)} has too many digits", f"give at most {MOST_DIGITS}")
    return number


def float_of(given: object, at: Place) -> float:
    """A finite float."""
    return float(decimal_of(given, at, "a number"))


def int_of(given: object, at: Place) -> int:
    """An integer, exactly: 10¹⁸ and more are read from texts as well."""
    number = decimal_of(given, at, "a whole number")
    if number != number.to_integral_value():
        raise at.wrong(given, "a whole number")
    return int(number)


def bool_of(given: object, at: Place) -> bool:
    """True or false."""
    found = BOOLEANS.get(given.strip().lower()) if isinstance(given, str) else given
    if not isinstance(found, bool):
        raise at.wrong(given, "true or false")
    return found


def str_of(given: object, at: Place) -> str:
    """A text."""
    if not isinstance(given, str):
        raise at.wrong(given, "a text")
    return given


SCALARS: Final[Mapping[Any, Callable[[Any, Place], Any]]] = {
    float: float_of,
    int: int_of,
    bool: bool_of,
    str: str_of,
}
