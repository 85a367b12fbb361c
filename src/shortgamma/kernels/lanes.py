"""Neighbouring levels as one LLVM vector: the inner loop of the profile.

LLVM keeps an array in memory: what one turn of a loop hands to the next through an array is stored and
loaded again on every turn. A vector value stays in registers. LLVM splits it into what the CPU has:
sixteen doubles are four registers of AVX2 or two of AVX-512.
"""

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

LANES = 16  # levels to a stride: several registers at a time hide the latency of a multiplication
DOUBLE_BYTES = 8  # a stride begins at any level, so its address is a multiple of no more than this

llvm: Any = ir  # typings/ describes only the part of llvmlite that elementary.py uses
INDEX = llvm.IntType(64)
VECTOR = llvm.VectorType(llvm.DoubleType(), LANES)
INDICES = llvm.VectorType(INDEX, LANES)
LANE_NUMBERS = llvm.Constant(INDICES, list(range(LANES)))
ZEROS = llvm.Constant(VECTOR, [0.0] * LANES)
ALL_FROM_FIRST = llvm.Constant(llvm.VectorType(llvm.IntType(32), LANES), [0] * LANES)


@intrinsic
def add_strides(
    _context: Any, start: Any, moves: Any, first: Any, last: Any, terms: Any, sums: Any
) -> Any:
    """Adds one option's gamma·φ, vanna·φ·d2 and charm·φ·d2 to the levels from ``first`` to ``last`` − 1.

    At log move y, d2 = base + y·iw. From one stride to the next φ is multiplied by its ratio and the
    ratio by ``decay``. The last stride reads and writes LANES levels even where fewer are left, hence
    the padding; from ``last`` on φ counts as zero there, so that finite terms add nothing.

    Args:
        start: φ on the LANES levels from ``first`` on, then its ratio on each; 2·LANES values or more.
        moves: Log moves and their padding, shape (m + LANES,).
        first, last: Range of levels, not checked: 0 ≤ first ≤ last ≤ m.
        terms: The numbers decay, base, iw, gamma, vanna, charm.
        sums: Added to, rows gamma, vanna, charm, shape (3, m + LANES). All arrays are C-contiguous.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        arrays = [
            context.make_array(signature.args[k])(context, builder, arguments[k]) for k in (0, 1, 5)
        ]
        start, moves, rows = (array.data for array in arrays)
        row_length = cgutils.unpack_tuple(builder, arrays[2].shape)[1]
        first, last = arguments[2:4]
        numbers = cgutils.unpack_tuple(builder, arguments[4])
        decay, base, iw, *scales = (spread(builder, number, VECTOR) for number in numbers)
        density = carried(builder, start, 0)
        ratio = carried(builder, start, LANES)

        def add(level: Any, phi: Any) -> None:
            move = builder.load(lanes_at(builder, moves, level), align=DOUBLE_BYTES)
            phi_d2 = builder.fmul(phi, builder.fadd(base, builder.fmul(move, iw)))
            for scale, value in zip(scales, (phi, phi_d2, phi_d2), strict=True):
                add_lanes(builder, lanes_at(builder, rows, level), builder.fmul(scale, value))
                level = builder.add(level, row_length)

        tail = builder.add(first, builder.and_(builder.sub(last, first), INDEX(-LANES)))
        with cgutils.for_range_slice(builder, first, tail, INDEX(LANES), inc=True) as (level, _):
            phi, growth = builder.load(density), builder.load(ratio)
            add(level, phi)
            builder.store(builder.fmul(phi, growth), density)
            builder.store(builder.fmul(growth, decay), ratio)
        left = spread(builder, builder.sub(last, tail), INDICES)
        within = builder.icmp_signed("<", LANE_NUMBERS, left)
        add(tail, builder.select(within, builder.load(density), ZEROS))
        return context.get_dummy_value()

    return types.void(start, moves, first, last, terms, sums), generate


def spread(builder: Any, number: Any, vector: Any) -> Any:
    """The vector that has ``number`` in every lane."""
    nothing = llvm.Constant(vector, llvm.Undefined)
    single = builder.insert_element(nothing, number, INDEX(0))
    return builder.shuffle_vector(single, nothing, ALL_FROM_FIRST)


def lanes_at(builder: Any, data: Any, index: Any) -> Any:
    """Address of the LANES doubles of an array from ``index`` on."""
    return builder.bitcast(builder.gep(data, [index]), VECTOR.as_pointer())


def carried(builder: Any, data: Any, index: int) -> Any:
    """What a loop hands on, set to the LANES doubles from ``index`` on; LLVM keeps it in registers."""
    value = builder.load(lanes_at(builder, data, INDEX(index)), align=DOUBLE_BYTES)
    return cgutils.alloca_once_value(builder, value)


def add_lanes(builder: Any, place: Any, addend: Any) -> None:
    """Adds to the LANES doubles at an address."""
    total = builder.fadd(builder.load(place, align=DOUBLE_BYTES), addend)
    builder.store(total, place, align=DOUBLE_BYTES)
