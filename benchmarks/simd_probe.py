"""Compiles our kernels for one CPU in a process of its own and prints what came out, as JSON.

``python -m benchmarks.simd_probe [--run] KERNEL…``; the CPU is the one that NUMBA_CPU_NAME and
NUMBA_CPU_FEATURES name. Without ``--run`` nothing compiled is executed, so the CPU need not be this one.
"""

import argparse
import json
import re
from collections.abc import Callable
from typing import Any

from numba import types

from benchmarks import ours
from benchmarks.live_chain import grid
from benchmarks.sample import Options, live_market, random_options
from benchmarks.timing import Call, Effort, interleaved
from shortgamma.kernels.black import black_greeks, black_price
from shortgamma.kernels.implied import implied_vol
from shortgamma.kernels.profile import profile_sums

OPTIONS = 2_000
VECTOR = types.float64[::1]
MATRIX = types.float64[:, ::1]
BYTES = types.int8[::1]
KERNELS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "price": (black_price, (VECTOR,) * 7),
    "Greeks": (black_greeks, (*(VECTOR,) * 6, MATRIX)),
    "implied vol": (implied_vol, (*(VECTOR,) * 7, BYTES)),
    "profile": (profile_sums, (*(VECTOR,) * 6, MATRIX)),
}
PACKED_FMA = re.compile(r"^\s*vfn?m(?:add|sub)\w*pd\s.*%(?P<register>[xyz]mm)", re.MULTILINE)


def packed_multiply_adds(kernel: Any, signature: tuple[Any, ...]) -> dict[str, int]:
    """Packed fused multiply-adds in the kernel's machine code, by register: xmm 2, ymm 4, zmm 8 doubles."""
    kernel.compile(signature)
    assembly = kernel.inspect_asm(kernel.signatures[0])
    found = [match["register"] for match in PACKED_FMA.finditer(assembly)]
    return {register: found.count(register) for register in ("xmm", "ymm", "zmm")}


def calls(options: Options) -> dict[str, Callable[[], Call]]:
    """How to call each kernel; made on demand, since only what was asked for may be compiled."""
    market = live_market(OPTIONS)
    return {
        "price": lambda: ours.price(options),
        "Greeks": lambda: ours.greeks(options),
        "implied vol": lambda: ours.inversion(options.prices(), options),
        "profile": lambda: ours.profile(market.options, market.quantity, grid()),
    }


def nanoseconds(call: Call) -> float:
    """Per option, best of a few timings against itself."""
    pairs = interleaved(call, call, Effort(pairs=3))
    return min(min(pair) for pair in pairs) / OPTIONS * 1e9


def main() -> None:
    """Reads the command line, prints one JSON document."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--run", action="store_true")
    parser.add_argument("kernels", nargs="+", choices=KERNELS)
    arguments = parser.parse_args()
    found: dict[str, dict[str, float]] = {
        name: dict(packed_multiply_adds(*KERNELS[name])) for name in arguments.kernels
    }
    if arguments.run:
        makers = calls(random_options(OPTIONS).out_of_the_money())
        for name in arguments.kernels:
            found[name]["nanoseconds"] = nanoseconds(makers[name]())
    print(json.dumps(found))


if __name__ == "__main__":
    main()
