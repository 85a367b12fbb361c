"""What a step does where a contract refuses on some paths only.

On one path a refusal is an exception, as a revert is on a chain. Over many paths the step goes on where the
contract accepts, leaves the state as it was where it does not, and says in the outcome which paths those are.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError, RefusedError
from shortgamma.protocols.mechanism import Values

Mask = NDArray[np.bool_] | bool
"""True where refused: one truth, or one per path, shape (n,)."""

T = TypeVar("T")


def refusals(reasons: Mapping[str, Any]) -> Mask:
    """Where any of the conditions holds.

    Args:
        reasons: Reason in the contract's terms → truth, or one per path, shape (n,).

    Returns:
        Mask of the refused paths, shape (n,); False where there is one path, and it is accepted.

    Raises:
        RefusedError: There is one path, and a condition holds on it.
    """
    mask: Any = False
    for reason, condition in reasons.items():
        if np.ndim(condition) == 0 and bool(condition):
            raise RefusedError(reason)
        mask = mask | condition
    return mask if np.ndim(mask) else False


def keep(refused: Mask, old: T, new: T) -> T:
    """The new state, and the old one on the paths that were refused.

    Args:
        refused: As :func:`refusals` returns it.
        old, new: Of the same shape: frozen dataclasses, tuples and mappings of numbers and words.
    """
    return new if refused is False else _merge(refused, old, new)


def _merge(refused: Mask, old: Any, new: Any) -> Any:
    leaf: Any = new
    if is_dataclass(new):
        instance = cast("Any", new)
        changes = {
            item.name: _merge(refused, getattr(old, item.name), getattr(instance, item.name))
            for item in fields(instance)
        }
        return replace(instance, **changes)
    if isinstance(new, Mapping):
        pairs = cast("Mapping[Any, Any]", new)
        return {key: _merge(refused, old[key], item) for key, item in pairs.items()}
    if isinstance(new, tuple):
        items = cast("tuple[Any, ...]", new)
        return tuple(_merge(refused, a, b) for a, b in zip(old, items, strict=True))
    if isinstance(new, str | bool | int):
        return new
    # A figure that is one number for all paths and that the step leaves alone stays one number.
    same = np.ndim(leaf) == 0 and np.ndim(old) == 0 and bool(old == leaf)
    return leaf if same else cast("Any", np.where(refused, old, leaf))


def number(value: Any, *, name: str) -> float:
    """The one number of a field that has to be the same for the whole file, as holdings are.

    Raises:
        InputError: It differs from path to path.
    """
    if np.ndim(value):
        raise InputError(
            f"{name} has {np.size(value)} values, one per path",
            place="state",
            remedy="give the state of one path",
        )
    return float(value)


def plain(value: Any) -> Values:
    """A calculation's result as a float where it is one number, else as an array, shape (n,)."""
    return float(value) if np.ndim(value) == 0 else np.asarray(value, dtype=np.float64)


def lesser(first: Any, second: Any) -> Values:
    """The lesser of two numbers, path by path."""
    return plain(np.minimum(first, second))


def greater(first: Any, second: Any) -> Values:
    """The greater of two numbers, path by path."""
    return plain(np.maximum(first, second))


def either(condition: Any, yes: Any, no: Any) -> Values:
    """``yes`` where a condition holds, else ``no``, path by path."""
    return plain(np.where(condition, yes, no))


def ratio(top: Any, bottom: Any, *, empty: float = 0.0) -> Values:
    """top/bottom, and ``empty`` where the bottom is 0, path by path."""
    safe = np.where(np.equal(bottom, 0.0), 1.0, bottom)
    return plain(np.where(np.equal(bottom, 0.0), empty, np.asarray(top) / safe))
