"""Rows of the simulator: nanoseconds per path and step against targets, and a toy market elsewhere."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from benchmarks.table import Row, Verdict
from benchmarks.toy_market import ToyBook, agentpy_paths, numpy_paths


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What a scenario may cost: nanoseconds per path and step, megabytes at its peak."""

    scenario: str
    nanoseconds: float
    megabytes: float = 400.0
    figures: tuple[tuple[str, float], ...] = ()
    name: str = ""

    @property
    def label(self) -> str:
        """As the table names it."""
        return self.name or self.scenario


BUDGETS = (
    Budget(scenario="hedged-book", nanoseconds=10.0),
    Budget(
        scenario="full-market",
        nanoseconds=150.0,
        figures=(("vault_theta", 0.0),),
        name="full-market without vault",
    ),
    Budget(scenario="full-market", nanoseconds=200.0),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Paths of the two runs whose difference is the slope, and steps of each path."""

    few: int
    many: int
    steps: int
    toy_paths: int
    toy_steps: int


FULL = Size(few=10_000, many=60_000, steps=1_440, toy_paths=10_000, toy_steps=144)
QUICK = Size(few=64, many=128, steps=32, toy_paths=64, toy_steps=8)


def simulator_rows(*, quick: bool) -> Iterator[Row]:
    """Two rows per scenario, and the toy market in NumPy and agentpy."""
    size = QUICK if quick else FULL
    costs: dict[str, float] = {}
    for budget in BUDGETS:
        figures = probe(budget, size)
        costs[budget.label] = figures["nanoseconds"]
        yield speed_row(budget, figures, size, judged=not quick)
        yield start_row(budget, figures)
        yield memory_row(budget, figures, size, judged=not quick)
    book = ToyBook()
    ours = costs["hedged-book"]
    yield toy_row(
        "NumPy loop", lambda: numpy_paths(book, size.toy_paths, size.toy_steps), size, ours
    )
    small = Size(
        few=0, many=0, steps=0, toy_paths=size.toy_paths // 100 + 1, toy_steps=size.toy_steps
    )
    yield toy_row(
        "agentpy", lambda: agentpy_paths(book, small.toy_paths, small.toy_steps), small, ours
    )


def probe(budget: Budget, size: Size) -> dict[str, float]:
    """Figures of one scenario, measured in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.simulator_probe", budget.scenario]
    command += [str(size.few), str(size.many), str(size.steps)]
    command += [f"{name}={value}" for name, value in budget.figures]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout))


def speed_row(budget: Budget, figures: dict[str, float], size: Size, *, judged: bool) -> Row:
    """The slope between few and many paths: neither start-up nor tables are in it."""
    met = figures["nanoseconds"] <= budget.nanoseconds
    return Row(
        task=f"simulate {budget.label}",
        size=f"{size.few:,}→{size.many:,} × {size.steps:,}",
        peer="its budget",
        ours=f"{figures['nanoseconds']:.1f} ns",
        theirs="",
        ratio="per path and step",
        target=f"≤ {budget.nanoseconds:g} ns",
        verdict=verdict(met=met, judged=judged),
    )


def start_row(budget: Budget, figures: dict[str, float]) -> Row:
    """What a run costs before its first path, with compiled kernels in Numba's cache."""
    return Row(
        task=f"simulate {budget.label}",
        size="",
        peer="start-up",
        ours=f"{figures['import_seconds']:.1f} s",
        theirs="",
        ratio=f"import; first run {figures['first_seconds']:.1f} s",
        target="",
        verdict=Verdict.NONE,
    )


def memory_row(budget: Budget, figures: dict[str, float], size: Size, *, judged: bool) -> Row:
    """The largest resident size, imports included."""
    met = figures["peak_megabytes"] <= budget.megabytes
    return Row(
        task=f"simulate {budget.label}",
        size=f"{size.many:,} × {size.steps:,}",
        peer="peak memory",
        ours=f"{figures['peak_megabytes']:.0f} MB",
        theirs="",
        ratio="",
        target=f"< {budget.megabytes:g} MB",
        verdict=verdict(met=met, judged=judged),
    )


def toy_row(peer: str, task: Callable[[], object], size: Size, ours: float) -> Row:
    """The toy market elsewhere; one thread, while ours uses two."""
    task()
    start = time.perf_counter()
    task()
    theirs = (time.perf_counter() - start) / (size.toy_paths * size.toy_steps) * 1e9
    return Row(
        task="simulate hedged-book",
        size=f"{size.toy_paths:,} × {size.toy_steps:,}",
        peer=peer,
        ours=f"{ours:.1f} ns",
        theirs=f"{theirs:,.0f} ns",
        ratio=f"theirs/ours {theirs / ours:,.0f}" if ours > 0.0 else "",
        target="",
        verdict=Verdict.NONE,
    )


def verdict(*, met: bool, judged: bool) -> Verdict:
    """Of a target."""
    if not judged:
        return Verdict.NONE
    return Verdict.MET if met else Verdict.MISSED
