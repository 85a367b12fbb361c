r"""Mutation check: flips one sign at a time in the given sources and names the test that notices.

A sign is flipped in three ways: ``swap`` turns + into − and back (+= and −= too), ``drop`` removes a
unary minus, ``negate`` puts one before an assigned or returned product. Every mutant lives in a copy of
the project with a compile cache of its own: Numba's cache looks at the file of a kernel only, so it
would not notice a change in a helper that the kernel inlines. A mutant costs one start and one compile,
about ten seconds; pick some with ``--limit``, ``--lines`` or ``--only``. Run from the root::

    python tools/mutate.py --file src/shortgamma/kernels/black.py --list
    python tools/mutate.py --file src/shortgamma/kernels/black.py --limit 5 --seed 1
    python tools/mutate.py --file src/shortgamma/kernels/profile.py \
        --tests tests/kernels/test_profile_sums.py tests/kernels

The exit code is 1 where a mutant survives.
"""

import argparse
import ast
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
COPIED = ("src", "tests", "tools", "pyproject.toml")
KINDS = ("swap", "drop", "negate")
TIMEOUT = 600.0  # seconds for one mutant
FLIPPED = {b"+": b"-", b"-": b"+"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One edit of one file: ``source[start:stop]`` becomes ``text``; offsets are in bytes."""

    file: Path
    kind: str
    line: int
    start: int
    stop: int
    text: bytes

    def apply(self, source: bytes) -> bytes:
        """The source with the edit."""
        return source[: self.start] + self.text + source[self.stop :]

    def describe(self, source: bytes) -> str:
        """Place and the line as it reads after the edit."""
        changed = self.apply(source).splitlines()[self.line - 1]
        place = f"{self.file.name}:{self.line}"
        return f"{place:<18} {self.kind:<6} {changed.decode().strip()}"


def mutants_of(file: Path) -> list[Mutant]:
    """Every single sign flip of a file, in the order of the source."""
    source = file.read_bytes()
    lines = source.splitlines(keepends=True)
    offsets = [0]
    for line in lines:
        offsets.append(offsets[-1] + len(line))

    def at(line: int, column: int) -> int:
        return offsets[line - 1] + column

    found: list[Mutant] = []
    for node in ast.walk(ast.parse(source)):
        for kind, start, stop, text in edits(node, source, at):
            line = source.count(b"\n", 0, start) + 1
            found.append(Mutant(file=file, kind=kind, line=line, start=start, stop=stop, text=text))
    return sorted(found, key=lambda mutant: (mutant.start, mutant.kind))


def edits(node: ast.AST, source: bytes, at) -> Iterator[tuple[str, int, int, bytes]]:  # noqa: ANN001
    """Kind, start, stop and new text of the flips of one node."""
    signs = (ast.Add, ast.Sub)
    if isinstance(node, ast.BinOp) and isinstance(node.op, signs):
        left, right = node.left, node.right
        yield flip(
            source, at(left.end_lineno, left.end_col_offset), at(right.lineno, right.col_offset)
        )
    elif isinstance(node, ast.AugAssign) and isinstance(node.op, signs):
        target, value = node.target, node.value
        yield flip(
            source, at(target.end_lineno, target.end_col_offset), at(value.lineno, value.col_offset)
        )
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        start = at(node.lineno, node.col_offset)
        yield "drop", start, start + 1, b""
    elif isinstance(node, ast.Assign | ast.Return) and is_product(node.value):
        start = at(node.value.lineno, node.value.col_offset)
        stop = at(node.value.end_lineno, node.value.end_col_offset)
        if source[start : start + 1] == b"-":
            return  # the same as dropping it
        yield "negate", start, stop, b"-(" + source[start:stop] + b")"


def flip(source: bytes, after: int, before: int) -> tuple[str, int, int, bytes]:
    """The swap of the sign between two operands; brackets may stand between as well."""
    place = re.search(rb"[+-]", source[after:before])
    if place is None:
        raise ValueError(f"no sign between bytes {after} and {before}")
    start = after + place.start()
    return "swap", start, start + 1, FLIPPED[place.group()]


def is_product(value: ast.expr | None) -> bool:
    """Whether it is a product or a quotient that no minus leads."""
    return isinstance(value, ast.BinOp) and isinstance(value.op, ast.Mult | ast.Div)


def copy_project(folder: Path) -> None:
    """The sources, tests and settings, without caches."""
    for name in COPIED:
        origin = ROOT / name
        if origin.is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "*.nbi", "*.nbc")
            shutil.copytree(origin, folder / name, ignore=ignored)
        else:
            shutil.copy2(origin, folder / name)


def first_failure(folder: Path, tests: list[str]) -> str | None:
    """Name of the first test that fails in the copy, or None when all pass.

    Each of ``tests`` is a run of its own, so that the likeliest file may come before its whole folder:
    pytest would merge the two and sort them.
    """
    with tempfile.TemporaryDirectory(prefix="mutant-cache-") as cache:
        market_data = str(ROOT.parent / "shared" / "data")
        environment = {
            "SHORTGAMMA_MARKET_DATA": market_data,
            **os.environ,
            "PYTHONPATH": str(folder / "src"),
            "PYTHONDONTWRITEBYTECODE": "1",
            "NUMBA_CACHE_DIR": cache,
        }
        failures = (failure_of(test, folder, environment) for test in tests)
        return next((failure for failure in failures if failure is not None), None)


def failure_of(test: str, folder: Path, environment: dict[str, str]) -> str | None:
    """Name of the first test that fails in one run of pytest."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "--tb=no", "-m", "not slow"]
    command += ["-p", "no:cacheprovider", test]
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=TIMEOUT,
        )
    except subprocess.TimeoutExpired:
        return f"none: {test} takes more than {TIMEOUT:.0f} s"
    if done.returncode == 0:
        return None
    named = re.search(r"^(?:FAILED|ERROR) (.+?)(?: - |$)", done.stdout, flags=re.MULTILINE)
    return named.group(1) if named else f"pytest itself (exit code {done.returncode})"


def chosen(arguments: argparse.Namespace) -> list[tuple[int, Mutant]]:
    """The mutants asked for, each with its number in the full list."""
    numbered = list(
        enumerate(mutant for file in arguments.file for mutant in mutants_of(file.resolve()))
    )
    first, last = arguments.lines
    picked = [
        (number, mutant)
        for number, mutant in numbered
        if mutant.kind in arguments.kinds
        and first <= mutant.line <= last
        and (not arguments.only or number in arguments.only)
    ]
    if arguments.limit is not None and arguments.limit < len(picked):
        rng = np.random.default_rng(arguments.seed)
        keep = np.sort(rng.choice(len(picked), size=arguments.limit, replace=False))
        picked = [picked[i] for i in keep]
    return picked


def line_range(text: str) -> tuple[int, int]:
    """``40-60`` as numbers."""
    first, _dash, last = text.partition("-")
    return int(first), int(last or first)


def parse(words: list[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--file", type=Path, nargs="+", required=True, help="sources to mutate")
    parser.add_argument(
        "--tests",
        nargs="+",
        default=["tests/kernels"],
        help="what pytest runs, one after the other",
    )
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS)
    parser.add_argument("--lines", type=line_range, default=(1, 10**9), help="such as 40-60")
    parser.add_argument("--only", type=int, nargs="+", default=[], help="numbers from --list")
    parser.add_argument("--limit", type=int, help="at most so many, drawn at random")
    parser.add_argument("--seed", type=int, default=0, help="of the draw")
    parser.add_argument("--list", action="store_true", help="show the mutants and stop")
    return parser.parse_args(words)


def main(words: list[str] | None = None) -> int:
    """Runs the mutants; the number that survive decides the exit code."""
    arguments = parse(words)
    picked = chosen(arguments)
    if arguments.list:
        for number, mutant in picked:
            print(f"{number:4d} {mutant.describe(mutant.file.read_bytes())}")
        return 0
    survivors = 0
    with tempfile.TemporaryDirectory(prefix="mutants-") as name:
        folder = Path(name)
        copy_project(folder)
        broken = first_failure(folder, arguments.tests)
        if broken is not None:
            print(f"without any mutation {broken} fails: mend it first")
            return 2
        for number, mutant in picked:
            target = folder / mutant.file.relative_to(ROOT)
            source = target.read_bytes()
            target.write_bytes(mutant.apply(source))
            killer = first_failure(folder, arguments.tests)
            target.write_bytes(source)
            survivors += killer is None
            print(f"{number:4d} {mutant.describe(source)}")
            print(f"       → {killer or 'SURVIVED'}", flush=True)
    print(f"{len(picked) - survivors} killed, {survivors} survived")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
