"""Whether LLVM vectorises our kernels, with AVX2 as well as with AVX-512.

Each CPU is tried in a process with a Numba cache of its own. A CPU that this machine is not is only
compiled for, never run. Intel's AVX-512 servers are tuned for 256-bit vectors in LLVM (and in gcc): they
get AVX-512 instructions on ymm registers unless one asks for zmm.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from benchmarks import machine
from benchmarks.table import Row, Verdict

KERNELS = ("price", "Greeks", "implied vol", "profile")
QUICK_KERNELS = ("price",)
REGISTERS = ("xmm", "ymm", "zmm")
Found = dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """A CPU to compile for.

    Args:
        title: For the table.
        cpu: LLVM's name; None for the CPU at hand.
        features: On top of what the name implies.
        register: The one that the packed instructions have to use; None where any will do.
        needs: Flags that this machine must have to run the result.
    """

    title: str
    cpu: str | None
    features: str
    register: str | None
    needs: frozenset[str]

    def environment(self, cache: str) -> dict[str, str]:
        """Of the process that compiles."""
        own = (
            {}
            if self.cpu is None
            else {"NUMBA_CPU_NAME": self.cpu, "NUMBA_CPU_FEATURES": self.features}
        )
        return {**os.environ, **own, "NUMBA_CACHE_DIR": cache}


NATIVE = Platform(title="native", cpu=None, features="", register=None, needs=frozenset())
HASWELL = Platform(
    title="haswell (AVX2)",
    cpu="haswell",
    features="",
    register="ymm",
    needs=frozenset({"avx2", "fma"}),
)
SKYLAKE = Platform(
    title="skylake-avx512",
    cpu="skylake-avx512",
    features="",
    register="ymm",
    needs=machine.AVX512_FLAGS,
)
SKYLAKE_WIDE = Platform(
    title="skylake-avx512, 512-bit",
    cpu="skylake-avx512",
    features="-prefer-256-bit",
    register="zmm",
    needs=machine.AVX512_FLAGS,
)
PLATFORMS = (NATIVE, HASWELL, SKYLAKE, SKYLAKE_WIDE)


def simd_rows(*, quick: bool) -> Iterator[Row]:
    """One row per platform. What runs goes one at a time; what is only compiled shares the CPUs."""
    if not machine.is_x86():
        yield Row.skipped("vectorisation", "AVX2, AVX-512", "not an x86-64 machine")
        return
    kernels = QUICK_KERNELS if quick else KERNELS
    flags = machine.cpu_flags()
    runnable = {platform.title: not quick and platform.needs <= flags for platform in PLATFORMS}
    with ThreadPoolExecutor(machine.cpus()) as pool:
        compiled = {
            platform.title: pool.submit(probe, platform, kernels, run=False)
            for platform in PLATFORMS
            if not runnable[platform.title]
        }
        only_compiled = {title: future.result() for title, future in compiled.items()}
    for platform in PLATFORMS:
        runs = runnable[platform.title]
        found = probe(platform, kernels, run=True) if runs else only_compiled[platform.title]
        yield row(platform, found, quick=quick)


def probe(platform: Platform, kernels: tuple[str, ...], *, run: bool) -> Found:
    """What the process of :mod:`benchmarks.simd_probe` found."""
    command = [sys.executable, "-m", "benchmarks.simd_probe", *(["--run"] if run else []), *kernels]
    with tempfile.TemporaryDirectory() as cache:
        environment = platform.environment(cache)
        done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def row(platform: Platform, found: Found, *, quick: bool) -> Row:
    """The row of one platform; the target is met where every kernel uses the register."""
    ran = all("nanoseconds" in kernel for kernel in found.values())
    judged = platform.register is not None and not quick
    return Row(
        task=f"vectorised: {', '.join(found)}",
        size="2,000" if ran else "",
        peer=platform.title,
        ours=f"{listed(found, 'nanoseconds', '.1f')} ns" if ran else "only compiled",
        theirs="",
        ratio="packed FMAs " + " + ".join(f"{listed(found, r, '.0f')} {r}" for r in used(found)),
        target=f"{platform.register}" if judged else "",
        verdict=verdict(platform, found) if judged else Verdict.NONE,
    )


def listed(found: Found, key: str, form: str) -> str:
    """One figure of every kernel."""
    return " · ".join(format(kernel[key], form) for kernel in found.values())


def used(found: Found) -> list[str]:
    """The registers that hold packed operands in any kernel."""
    return [name for name in REGISTERS if any(kernel[name] for kernel in found.values())]


def verdict(platform: Platform, found: Found) -> Verdict:
    """Met where the register occurs in every kernel."""
    everywhere = all(
        kernel[platform.register] > 0 for kernel in found.values() if platform.register
    )
    return Verdict.MET if everywhere else Verdict.MISSED
