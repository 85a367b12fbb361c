"""What the figures were measured on."""

import os
import platform
from importlib.metadata import version
from pathlib import Path

from benchmarks import native

CPU_FACTS = Path("/proc/cpuinfo")
WATCHED_FLAGS = ("avx2", "fma", "avx512f")
AVX512_FLAGS = frozenset(
    {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"}
)  # skylake-avx512's
PACKAGES = ("numba", "llvmlite", "numpy", "scipy", "py_vollib_vectorized", "QuantLib")


def cpu_facts() -> dict[str, str]:
    """The first processor's entry of ``/proc/cpuinfo``, empty on other systems."""
    if not CPU_FACTS.exists():
        return {}
    first = CPU_FACTS.read_text(encoding="utf-8").split("\n\n", maxsplit=1)[0]
    pairs = (line.split(":", maxsplit=1) for line in first.splitlines() if ":" in line)
    return {key.strip(): value.strip() for key, value in pairs}


def cpu_flags() -> frozenset[str]:
    """Instruction sets of this CPU."""
    return frozenset(cpu_facts().get("flags", "").split())


def is_x86() -> bool:
    """Whether AVX can be spoken of at all."""
    return platform.machine().lower() in {"x86_64", "amd64"}


def cpus() -> int:
    """CPUs that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def header() -> list[str]:
    """Lines above the table."""
    flags = cpu_flags()
    seen = ", ".join(f"{flag} {'yes' if flag in flags else 'no'}" for flag in WATCHED_FLAGS)
    facts = cpu_facts()
    model = facts.get("model name", platform.processor())
    family = "/".join(facts.get(key, "?") for key in ("cpu family", "model"))
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return [
        f"CPU: {model} (family/model {family}), {cpus()} usable; {seen}",
        f"{platform.system()} {platform.machine()}, Python {platform.python_version()}, {packages}",
        compiler_line(),
        f"Load average at the start: {os.getloadavg()[0]:.2f} (above 0.5 means noisy neighbours)",
    ]


def compiler_line() -> str:
    """Which C compiler, and what it vectorised."""
    if not native.has_compiler():
        return f"C: no `{native.COMPILER}` found, so the comparisons with C are skipped"
    widths = native.vectorised_loops().values()
    known = f"; {len(widths)} loops vectorised, {max(widths)} bytes wide" if widths else ""
    return f"C: {native.compiler_version()}{known}"
