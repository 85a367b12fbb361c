"""Tables by their addresses: many steps' tables reach a kernel without a copy of any."""

from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic
from numba.np.numpy_support import carray
from numpy.typing import NDArray

from shortgamma.kernels.elementary import FAST

llvm: Any = ir  # typings/ describes only the part of llvmlite that elementary.py uses


@intrinsic
def pointer(_context: Any, address: Any) -> Any:
    """The number as a pointer to float64."""

    def generate(_ctx: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], llvm.PointerType(llvm.DoubleType()))

    return types.CPointer(types.float64)(types.int64), generate


@njit(fastmath=FAST, error_model="numpy", cache=True)
def table_at(address, shape):
    """The table that begins there; whoever gave the address keeps it alive."""
    return carray(pointer(address), shape)


def addresses(tables: list[NDArray[np.float64]]) -> NDArray[np.int64]:
    """Where each of them begins; they must be contiguous and outlive the use."""
    return np.array([table.ctypes.data for table in tables], dtype=np.int64)
