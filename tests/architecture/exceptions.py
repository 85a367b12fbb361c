"""Where a rule of size is broken on purpose, and why. A test removes what is no longer needed."""

# Files of more than 400 lines.
LONG_FILES: dict[str, str] = {}

# Functions of more than 30 lines of code; only compiled ones may pass 60.
LONG_FUNCTIONS: dict[str, str] = {
    "data.prices.row_columns": "one table of columns; split, a column is harder to find",
    "kernels.liquidation.close_positions": "the waterfall of one account, in its order",
    "kernels.lanes.add_strides": "one LLVM loop, built instruction by instruction",
    "data.venues.deribit.parse.api_sheet": "one table of columns; split, a column is harder to find",
    "studies.exposure.exposure": "one constructor call that names every part of the answer",
    "kernels.black.stage_greeks": "one straight-line Numba loop: a call per Greek would not be inlined",
    "kernels.elementary.mills_pair": "two Horner schemes unrolled, one coefficient a line",
}

# Functions with more than six arguments, or with more than two by position and called from another room.
MANY_ARGUMENTS: dict[str, str] = {
    "basics.arrays.freeze": "name, values, length, dtype: read in every constructor, in NumPy's own order",
    "studies.source.price": "one argument per input column of the command",
}

# Compiled functions take arrays by position: Numba compiles keyword calls anew, and a struct of arrays
# stops vectorisation.
POSITIONAL_ROOMS = {"kernels": "Numba"}
