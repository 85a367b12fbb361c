"""The simulator against published formulas, on the machine of whoever asks."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, cast

from shortgamma.basics.errors import InputError
from shortgamma.feedback.laws.law import Law
from shortgamma.feedback.laws.registry import LAWS
from shortgamma.studies.document import plain
from shortgamma.studies.scenarios.scenario import converted


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure of one law at one set of parameters.

    Args:
        law: Its name.
        metric: Which figure.
        parameters: Of the law.
        expected: By the formula.
        simulated: By the simulator.
        standard_error: Of the simulated figure; 0 for a rule that is computed and not sampled.
        tolerance: Largest difference that is allowed, in the unit of the figure.
        passed: True where the two are within it.
    """

    law: str
    metric: str
    parameters: Mapping[str, Any]
    expected: float
    simulated: float
    standard_error: float
    tolerance: float
    passed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """The answer.

    Args:
        rows: In the order of the laws.
        seed: Of every simulation.
    """

    rows: tuple[Row, ...]
    seed: int

    @property
    def passed(self) -> bool:
        """True where every figure is within its tolerance."""
        return all(row.passed for row in self.rows)

    def to_dict(self) -> list[dict[str, object]]:
        """The rows as ``--json`` prints them."""
        return [cast("dict[str, object]", plain(row)) for row in self.rows]


def validate(
    laws: Sequence[str] | None = None,
    *,
    parameters: Mapping[str, object] | None = None,
    paths: int | None = None,
    seed: int = 7,
    threads: int = 2,
    progress: Callable[[str, float], None] | None = None,
) -> Validation:
    """Measures published laws on the simulator.

    Args:
        laws: Names; all of them where it is None or empty.
        parameters: Of the laws, by name; without any, each law runs at its three examples.
        paths: Per example; each law's own number where it is None.
        seed: Of every simulation.
        threads: How many blocks of paths at once.
        progress: Hears which law is next, and the share of the work that is done.

    Raises:
        InputError: An unknown law, or parameters that one of them does not have or cannot use.
    """
    if paths is not None and paths < 2:
        raise InputError(
            f"{paths} paths", place="--paths", remedy="give 2 or more: one path has no error"
        )
    cases = list(instances(laws or tuple(LAWS), parameters or {}))
    work = [float(paths or law.default_paths) for law in cases]
    rows: list[Row] = []
    for index, law in enumerate(cases):
        if progress is not None:
            progress(law.name, sum(work[:index]) / sum(work))
        rows += measured(law, paths=paths or law.default_paths, seed=seed, threads=threads)
    return Validation(rows=tuple(rows), seed=seed)


def instances(names: Iterable[str], parameters: Mapping[str, object]) -> Iterable[Law]:
    """Every law at the parameters, or at its examples where there are none."""
    for name in names:
        if name not in LAWS:
            raise InputError(
                f"no law called {name!r}", place="LAW", remedy=f"use {', '.join(LAWS)}"
            )
        kind = LAWS[name]
        if parameters:
            yield kind(**read(kind, parameters))
        else:
            yield from (kind(**example) for example in kind.examples)


def read(kind: type[Law], parameters: Mapping[str, object]) -> dict[str, Any]:
    """Parameters in the types of the law's fields.

    Raises:
        InputError: The law has no such parameter, or a value is no number.
    """
    known: dict[str, Any] = {field.name: field for field in fields(cast("Any", kind))}
    unknown = [name for name in parameters if name not in known]
    if unknown:
        has = f"it has {', '.join(known)}" if known else "it has none"
        raise InputError(f"{kind.name} has no {unknown[0]!r}", place="--set", remedy=has)
    kinds: dict[str, type[Any]] = {name: type(known[name].default) for name in parameters}
    return {name: converted(name, str(value), kinds[name]) for name, value in parameters.items()}


def measured(law: Law, *, paths: int, seed: int, threads: int) -> Iterable[Row]:
    """Every figure of one law at its parameters."""
    found = law.simulated(paths=paths, seed=seed, threads=threads)
    for metric, expected in law.expected().items():
        tolerance, estimate = law.tolerances[metric], found[metric]
        yield Row(
            law=law.name,
            metric=metric,
            parameters={field.name: getattr(law, field.name) for field in fields(cast("Any", law))},
            expected=expected,
            simulated=estimate.value,
            standard_error=estimate.standard_error,
            tolerance=tolerance.allowed(expected),
            passed=tolerance.admits(estimate.value, expected),
        )
