"""The C kernels: compiled when the benchmark starts, called through ctypes."""

import ctypes
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.sample import Options
from benchmarks.timing import Call

Array = NDArray[np.float64]

SOURCE = Path(__file__).with_name("kernels.c")
COMPILER = "cc"
PLAIN_FLAGS = ("-O3", "-march=native")
TUNED_FLAGS = (*PLAIN_FLAGS, "-fno-math-errno", "-fno-trapping-math")
REPORT_FLAG = "-fopt-info-vec"  # gcc's; clang rejects it, and the report is empty
VECTORISED = re.compile(r":(\d+):\d+: optimized: loop vectorized using (\d+) byte vectors")


@dataclass(frozen=True, slots=True)
class Native:
    """One build of ``kernels.c``.

    Args:
        name: ``plain`` or ``tuned``: the prefix of its functions.
        library: Loaded; its file is gone already.
    """

    name: str
    library: ctypes.CDLL

    def price(self, options: Options, out: Array) -> Call:
        """Prices into ``out``, shape (n,)."""
        return self._bound("price", options.size, *options.inputs, out)

    def greeks(self, options: Options, out: Array) -> Call:
        """The rows of ``Greek`` into ``out``, shape (12, n)."""
        return self._bound("greeks", options.size, *options.inputs, out)

    def profile(self, options: Options, weight: Array, moves: Array, out: Array) -> Call:
        """Adds gamma, vanna and charm to ``out``, shape (3, m)."""
        inputs = (*options.inputs[:4], weight)
        return self._bound("profile", options.size, *inputs, moves.size, moves, out)

    def _bound(self, function: str, *arguments: Array | int) -> Call:
        """A call with arguments converted once, so that ctypes costs the C side next to nothing."""
        entry = getattr(self.library, f"{self.name}_{function}")
        entry.restype = None
        converted = (
            ctypes.c_int64(a) if isinstance(a, int) else a.ctypes.data_as(ctypes.c_void_p)
            for a in arguments
        )
        return partial(entry, *converted)


def has_compiler() -> bool:
    """Whether there is a ``cc``."""
    return shutil.which(COMPILER) is not None


def build(name: str, flags: tuple[str, ...]) -> Native:
    """Compiles ``kernels.c`` in a temporary directory and loads it."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, f"{name}.so")
        compile_into(target, flags)
        return Native(name, ctypes.CDLL(str(target)))


def compile_into(target: Path, flags: tuple[str, ...], *, check: bool = True) -> str:
    """Runs the compiler; what it says."""
    command = [COMPILER, *flags, "-shared", "-fPIC", "-o", str(target), str(SOURCE), "-lm"]
    return subprocess.run(command, check=check, capture_output=True, text=True).stderr


def vectorised_loops() -> dict[int, int]:
    """Source lines of the loops of ``kernels.c`` that gcc vectorises, with the width in bytes."""
    with tempfile.TemporaryDirectory() as folder:
        report = compile_into(Path(folder, "report.so"), (*TUNED_FLAGS, REPORT_FLAG), check=False)
    loops: dict[int, int] = {}
    for line, width in VECTORISED.findall(report):
        loops[int(line)] = max(int(width), loops.get(int(line), 0))
    return loops


def compiler_version() -> str:
    """First line of ``cc --version``."""
    answer = subprocess.run([COMPILER, "--version"], check=True, capture_output=True, text=True)
    return answer.stdout.splitlines()[0]
