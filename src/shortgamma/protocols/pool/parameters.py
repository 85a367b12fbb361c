"""A design's own parameters by name, so that a caller can change, sweep and search them."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from difflib import get_close_matches
from typing import Any

from shortgamma.basics.errors import InputError
from shortgamma.protocols.pool.design import PoolDesign

SPREAD = "spread_points"


def parameters_of(part: Any) -> dict[str, float]:
    """Every number of a design, or of one of its rules, by the name of its field."""
    found: dict[str, float] = {}
    for item in fields(part):
        value = getattr(part, item.name)
        if is_dataclass(value):
            found |= parameters_of(value)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            found[item.name] = float(value)
    return found


def with_parameters(design: PoolDesign, given: Mapping[str, float]) -> PoolDesign:
    """The design with other parameters, and a name that says which.

    Raises:
        InputError: It has no such parameter, or a value is out of range.
    """
    known = parameters_of(design)
    for name in given:
        if name not in known:
            near = "".join(f"did you mean {n}? " for n in get_close_matches(name, known, n=1))
            raise InputError(
                f"the design {design.name} has no parameter {name!r}",
                place="design",
                remedy=f"{near}it has {', '.join(known)}",
            )
    if not given:
        return design
    words = ",".join(f"{name}={value:g}" for name, value in given.items())
    return replace(changed(design, given), name=f"{design.name}:{words}")


def changed(part: Any, given: Mapping[str, float]) -> Any:
    """A frozen value with the given numbers, wherever in it they are."""
    values: dict[str, Any] = {}
    for item in fields(part):
        value = getattr(part, item.name)
        if is_dataclass(value):
            values[item.name] = changed(value, given)
        elif item.name in given:
            values[item.name] = given[item.name]
    return replace(part, **values)
