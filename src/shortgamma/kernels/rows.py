"""Loads and stores that promise LLVM what a loop over many rows cannot prove: the rows do not overlap.

A loop that reads a few arrays and writes a dozen needs more run-time overlap checks than LLVM is willing to
make, and stays scalar. Writing to a scratch of fixed stride first avoids the checks and costs a copy. The
``alias.scope`` and ``noalias`` metadata of these two say it outright: each output row is a scope of its own,
and everything that is read is another.
"""

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

ROWS = 12  # output rows that are told apart
llvm: Any = ir  # typings/ describes only the part of llvmlite that elementary.py uses


def scopes(module: Any) -> list[Any]:
    """One alias scope per output row, and a last one for whatever is read."""
    domain = module.add_metadata(["rows"])
    return [module.add_metadata([f"row {row}", domain]) for row in range(ROWS + 1)]


def promise(builder: Any, instruction: Any, own: int) -> None:
    """Marks an instruction as of scope ``own`` and as apart from every other scope."""
    module = builder.module
    known = scopes(module)
    others = [scope for row, scope in enumerate(known) if row != own]
    instruction.set_metadata("alias.scope", module.add_metadata([known[own]]))
    instruction.set_metadata("noalias", module.add_metadata(others))


@intrinsic
def take(_context: Any, array: Any, index: Any) -> Any:
    """``array[index]`` of an input, index not checked; no output row overlaps it."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        value = builder.load(builder.gep(data, [arguments[1]]))
        promise(builder, value, ROWS)
        return value

    return types.float64(array, types.intp), generate


@intrinsic(prefer_literal=True)
def put(_context: Any, array: Any, index: Any, value: Any, row: Any) -> Any:
    """``array[index] = value`` for output row number ``row``, a constant; index not checked."""
    if not isinstance(row, types.IntegerLiteral):
        return None
    own: int = row.literal_value

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        promise(builder, builder.store(arguments[2], builder.gep(data, [arguments[1]])), own)
        return context.get_dummy_value()

    return types.void(array, types.intp, types.float64, row), generate
