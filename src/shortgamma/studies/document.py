"""Results as plain values that JSON can carry: no NaN, no arrays, no types of ours."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import cast

import numpy as np


def plain(value: object) -> object:
    """The value as built-in types; NaN and infinities become None."""
    match value:
        case Enum():
            return value.value
        case None | bool() | int() | str():
            return value
        case float() | np.floating():
            return float(value) if np.isfinite(value) else None
        case np.integer() | np.bool_():
            return value.item()
        case np.ndarray():
            return plain(value.tolist())
        case list() | tuple():
            return [plain(item) for item in cast("Sequence[object]", value)]
        case dict():
            return {k: plain(v) for k, v in cast("Mapping[str, object]", value).items()}
        case _:
            return plain_mapping(value)


def plain_mapping(value: object) -> dict[str, object]:
    """A dataclass as a mapping of its fields."""
    if not is_dataclass(value):
        raise TypeError(f"{type(value).__name__} has no plain form")
    return {field.name: plain(getattr(value, field.name)) for field in fields(value)}


def rows_of(table: object, key: str, keys: list[object]) -> list[dict[str, object]]:
    """A table of arrays as one mapping per row, its ``key`` array replaced by ``keys`` under that name."""
    columns = {
        name: cast("list[object]", values)
        for name, values in plain_mapping(table).items()
        if name != "key"
    }
    names = list(columns)
    return [
        {key: label, **dict(zip(names, row, strict=True))}
        for label, row in zip(keys, zip(*columns.values(), strict=True), strict=True)
    ]
