# Numba's own stub keeps the typing context in the signature of an intrinsic; callers do not pass it.
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, overload

_Parameters = ParamSpec("_Parameters")

@overload
def intrinsic(
    func: Callable[Concatenate[Any, _Parameters], Any],
) -> Callable[_Parameters, Any]: ...
@overload
def intrinsic(
    *, prefer_literal: bool = ...
) -> Callable[
    [Callable[Concatenate[Any, _Parameters], Any]], Callable[_Parameters, Any]
]: ...
