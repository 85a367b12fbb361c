"""Arrays that cannot be changed after they were checked once."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from shortgamma.basics.errors import ShapeError


def freeze(
    name: str, values: ArrayLike, length: int | None = None, dtype: DTypeLike = np.float64
) -> NDArray[Any]:
    """A read-only, contiguous, one-dimensional copy.

    Args:
        name: What to call it in the error.
        values: Anything that NumPy reads; a scalar is spread over ``length``.
        length: The length it must have, if any.
        dtype: The type of its elements.

    Raises:
        ShapeError: It is not one-dimensional or not of that length.
    """
    array = np.array(values, dtype=dtype, order="C", copy=True)
    if array.ndim == 0 and length is not None:
        array = np.full(length, array, dtype=dtype)
    if array.ndim != 1 or (length is not None and array.size != length):
        expected = "one dimension" if length is None else f"shape ({length},)"
        raise ShapeError(f"{name} has shape {array.shape}, expected {expected}")
    array.setflags(write=False)
    return array
