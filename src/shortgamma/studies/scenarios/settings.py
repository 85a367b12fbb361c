"""How figures of a scenario are named and written, in ``--set`` and in files alike."""

from collections import Counter
from collections.abc import Iterable
from difflib import get_close_matches

import numpy as np

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import LARGEST_QUANTITY

UNITS = ("_usd_per_pct", "_usd_per_day", "_usd", "_seconds", "_days", "_hours")
"""Endings that a name may leave out where no other name is meant by the rest."""


def full_name(name: str, known: Iterable[str], *, owner: str, place: str) -> str:
    """The name that is meant: itself, or the only one that it is with its unit left out.

    Args:
        name: As written.
        known: Names that there are.
        owner: What has them, for the message.
        place: Flag, or file and table.

    Raises:
        InputError: It is none of them; the nearest are named first.

    >>> full_name("depth", ["theta", "depth_usd_per_pct"], owner="it", place="--set")
    'depth_usd_per_pct'
    """
    names = list(known)
    short = [bare(each) for each in names]
    if name in names:
        return name
    if Counter(short)[name] == 1:
        return names[short.index(name)]
    near = get_close_matches(name, [*names, *short], n=3)
    nearest = f"did you mean {' or '.join(dict.fromkeys(near))}? " if near else ""
    raise InputError(
        f"{owner} has no {name!r}",
        place=place,
        remedy=f"{nearest}it has {', '.join(names) or 'none'}",
    )


def bare(name: str) -> str:
    """The name without the ending that is its unit."""
    return next((name.removesuffix(unit) for unit in UNITS if name.endswith(unit)), name)


def converted(name: str, text: str, kind: type[object]) -> object:
    """The text of a flag as the type of the field.

    Raises:
        InputError: It is no finite number where one is wanted, or an absurd one.
    """
    try:
        value = text if kind is str else int(text) if kind is int else float(text)
    except ValueError:
        what = "a whole number" if kind is int else "a number"
        raise InputError(
            f"{text!r} is not {what}", place=f"--set {name}", remedy="give one"
        ) from None
    if isinstance(value, float) and not np.isfinite(value):
        raise InputError(
            f"{value:g} is not finite", place=f"--set {name}", remedy="give a finite number"
        )
    if not isinstance(value, str) and abs(value) > LARGEST_QUANTITY:
        raise InputError(
            f"{text} is beyond any market",
            place=f"--set {name}",
            remedy=f"stay below {LARGEST_QUANTITY:g}",
        )
    return value


def with_parameters(text: str, *, place: str) -> tuple[str, dict[str, float | str]]:
    """Name and parameters of ``name`` or ``name:key=value,…``; values are numbers where they can be.

    Raises:
        InputError: A parameter without value, or twice.
    """
    name, _, rest = text.partition(":")
    parameters: dict[str, float | str] = {}
    for part in filter(None, rest.split(",")):
        key, equals, value = (piece.strip() for piece in part.partition("="))
        if not (key and equals and value):
            raise InputError(f"{part!r} has no value", place=place, remedy="write name:key=value,…")
        if key in parameters:
            raise InputError(f"{key!r} is given twice", place=place, remedy="give it once")
        try:
            parameters[key] = float(value)
        except ValueError:
            parameters[key] = value
    return name.strip(), parameters
