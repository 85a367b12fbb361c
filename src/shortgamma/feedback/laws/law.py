"""What a law is: a published formula, and the same figure measured on the simulator itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar, cast

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.feedback.world import World

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A simulated figure.

    Args:
        value: Mean of what was simulated.
        standard_error: Of the mean; 0 for a rule that is computed and not sampled.
    """

    value: float
    standard_error: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """How far simulated and expected may be apart.

    Args:
        size: Part of the expected value, or the value itself where it is absolute.
        is_absolute: Which.
        floor: What is allowed at least, for a relative tolerance of a figure that may be 0.
        is_ceiling: Expected is an upper bound: the simulated value may be anything below it.
    """

    size: float
    is_absolute: bool = False
    floor: float = 0.0
    is_ceiling: bool = False

    def allowed(self, expected: float) -> float:
        """Largest difference, in the unit of the figure."""
        return self.size if self.is_absolute else max(self.size * abs(expected), self.floor)

    def admits(self, simulated: float, expected: float) -> bool:
        """True where the two are near enough, or the simulated one is below the bound."""
        distance = simulated - expected
        return (distance if self.is_ceiling else abs(distance)) <= self.allowed(expected)


class Law:
    """A formula with parameters. Subclass it as a frozen dataclass, one field per parameter.

    Class attributes:
        name: As the command line calls it.
        default_paths: Keeps every standard error at a quarter of its tolerance or below.
        tolerances: By metric.
        examples: Three sets of parameters at which it is tested.
        source: Where the formula was published.
    """

    __slots__ = ()

    name: ClassVar[str]
    default_paths: ClassVar[int]
    tolerances: ClassVar[Mapping[str, Tolerance]]
    examples: ClassVar[tuple[Mapping[str, Any], ...]]
    source: ClassVar[str]

    def expected(self) -> dict[str, float]:
        """The formula's figures, by metric."""
        raise NotImplementedError

    def simulated(self, *, paths: int, seed: int, threads: int) -> dict[str, Estimate]:
        """The same figures, measured on the simulator."""
        raise NotImplementedError


def error_of(values: Vector) -> float:
    """Standard error of the mean of independent values.

    Raises:
        InputError: There are not two of them.
    """
    if values.size < 2:
        raise InputError(
            f"{values.size} paths leave no standard error",
            place="paths",
            remedy="give 2 or more",
        )
    return float(values.std(ddof=1) / np.sqrt(values.size))


def mean_of(values: Vector) -> Estimate:
    """Mean and standard error of independent values."""
    return Estimate(value=float(values.mean()), standard_error=error_of(values))


def root_of(estimate: Estimate) -> Estimate:
    """Square root of an estimate, its error by the delta method."""
    root = float(np.sqrt(estimate.value))
    return Estimate(value=root, standard_error=0.5 * estimate.standard_error / root)


def ratio_of(top: Vector, bottom: Vector) -> Estimate:
    """Σ top/Σ bottom of paired values, its error by the delta method."""
    ratio = float(top.sum() / bottom.sum())
    left = (top - ratio * bottom) / float(bottom.mean())
    return Estimate(value=ratio, standard_error=error_of(left))


def scaled(estimate: Estimate, factor: float) -> Estimate:
    """``factor`` times an estimate."""
    return Estimate(
        value=factor * estimate.value, standard_error=abs(factor) * estimate.standard_error
    )


def check_parameters(law: Law, *, holds: bool, remedy: str) -> None:
    """Refuses parameters for which a law says nothing.

    Args:
        law: With its parameters.
        holds: False where they are outside its range; NaN and ∞ always are.
        remedy: What to give instead.

    Raises:
        InputError: They are.
    """
    given = {field.name: getattr(law, field.name) for field in fields(cast("Any", law))}
    numbers = [value for value in given.values() if not isinstance(value, str)]
    if not (holds and np.all(np.isfinite(numbers))):
        raise InputError(
            ", ".join(f"{name} {value}" for name, value in given.items()),
            place=law.name,
            remedy=remedy,
        )


class Watched:
    """Figures per path that an observer takes at the end of every block, joined in the order of the paths.

    Args:
        take: Figures of a block, shape (k, n), from the market and its counterfactual at their end.
    """

    def __init__(self, take: Callable[[World, World], NDArray[np.float64]]) -> None:
        self._take = take
        self._parts: dict[int, NDArray[np.float64]] = {}

    def observer(self) -> Callable[[World, World], None]:
        """For ``watch`` of :func:`shortgamma.feedback.engine.simulate`."""
        return self._see

    def _see(self, world: World, twin: World) -> None:
        if world.index + 1 == len(world.setup.clock):
            self._parts[world.draws.first_path] = self._take(world, twin)

    @property
    def figures(self) -> NDArray[np.float64]:
        """Of all paths, shape (k, paths)."""
        return np.concatenate([self._parts[first] for first in sorted(self._parts)], axis=1)
