# Numba's own stub keeps the typing context in the signature of an intrinsic; callers do not pass it.
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec

_Parameters = ParamSpec("_Parameters")

def intrinsic(
    func: Callable[Concatenate[Any, _Parameters], Any],
) -> Callable[_Parameters, Any]: ...
