"""Four neighbouring numbers at a time: cells of tables that are blended over vol levels.

A cell is two values and two derivatives that lie side by side, so one vector instruction reads it whole.
LLVM would do the same by itself, but only with a pass that Numba leaves off.
"""

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

llvm: Any = ir  # typings/ describes only the part of llvmlite that elementary.py uses
CELL = 4
CONTRACT = ("contract",)


def spread(builder: Any, number: Any) -> Any:
    """A vector of four times the same number."""
    vector = llvm.VectorType(llvm.DoubleType(), CELL)
    lane = llvm.IntType(32)
    one = builder.insert_element(llvm.Constant(vector, llvm.Undefined), number, lane(0))
    mask = llvm.Constant(llvm.VectorType(lane, CELL), [0] * CELL)
    return builder.shuffle_vector(one, llvm.Constant(vector, llvm.Undefined), mask)


def weighted_cell(builder: Any, data: Any, at: Any, width: Any, weights: Any) -> Any:
    """Σ weights[m]·(four numbers from data[at + m·width] on), as a vector."""
    vector = llvm.VectorType(llvm.DoubleType(), CELL)
    total = None
    for weight in weights:
        place = builder.bitcast(builder.gep(data, [at]), llvm.PointerType(vector))
        part = builder.fmul(builder.load(place, align=8), spread(builder, weight), CONTRACT)
        total = part if total is None else builder.fadd(total, part, CONTRACT)
        at = builder.add(at, width)
    return total


@intrinsic
def blend_cell(_context: Any, flat: Any, at: Any, width: Any, weights: Any) -> Any:
    """The four numbers of a cell, blended over four levels; indices are not checked.

    Args:
        flat: Tables of all levels, one after the other.
        at: Index of the cell's first number in the first of the four.
        width: Numbers of a table.
        weights: Of the four levels.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        parts = [builder.extract_value(arguments[3], m) for m in range(CELL)]
        cell = weighted_cell(builder, data, arguments[1], arguments[2], parts)
        numbers = [builder.extract_element(cell, llvm.IntType(32)(i)) for i in range(CELL)]
        return context.make_tuple(builder, signature.return_type, numbers)

    answer = types.UniTuple(types.float64, CELL)
    return answer(flat, types.intp, types.intp, weights), generate


@intrinsic
def blend_value(_context: Any, flat: Any, at: Any, width: Any, weights: Any, basis: Any) -> Any:
    """Σ basis·cell of a cell that is blended over four levels; arguments as of :func:`blend_cell`."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        parts = [builder.extract_value(arguments[3], m) for m in range(CELL)]
        cell = weighted_cell(builder, data, arguments[1], arguments[2], parts)
        total = None
        for i in range(CELL):
            number = builder.extract_element(cell, llvm.IntType(32)(i))
            part = builder.fmul(number, builder.extract_value(arguments[4], i), CONTRACT)
            total = part if total is None else builder.fadd(total, part, CONTRACT)
        return total

    return types.float64(flat, types.intp, types.intp, weights, basis), generate
