"""Values of one path or of many: a choice per path, and which paths a contract refuses."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import RefusedError
from shortgamma.protocols.mechanism import Values

Mask = NDArray[np.bool_] | bool
"""True or false, once or per path."""


def pick(mask: Mask, chosen: Values, other: Values) -> Values:
    """The one value where the mask holds and the other elsewhere; a number stays a number."""
    return np.where(mask, chosen, other)[()]


DataT = TypeVar("DataT")


def merged(mask: Mask, chosen: DataT, other: DataT) -> DataT:
    """The one flat dataclass of numbers where the mask holds and the other elsewhere."""
    values: dict[str, Any] = {
        item.name: pick(mask, getattr(chosen, item.name), getattr(other, item.name))
        for item in fields(chosen)  # type: ignore[arg-type]
        if getattr(chosen, item.name) is not getattr(other, item.name)
    }
    return replace(chosen, **values)  # type: ignore[type-var]


def either(*masks: Mask) -> Mask:
    """Where at least one mask holds."""
    result: Mask = False
    for mask in masks:
        result = np.logical_or(result, mask)
    return result


def both(*masks: Mask) -> Mask:
    """Where all masks hold."""
    result: Mask = True
    for mask in masks:
        result = np.logical_and(result, mask)
    return result


def refused_paths(checks: Mapping[str, Mask]) -> Mask:
    """The paths that a contract refuses.

    Args:
        checks: Reason → where it holds.

    Raises:
        RefusedError: No path is left; the reason is the first one that holds anywhere.
    """
    refused = either(*checks.values())
    if np.all(refused):
        raise RefusedError(next(reason for reason, mask in checks.items() if np.any(mask)))
    return refused
