"""What a law is: a published formula, and the same figure measured on the simulator itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

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
    """

    size: float
    is_absolute: bool = False

    def admits(self, simulated: float, expected: float) -> bool:
        """True where the two are near enough."""
        allowed = self.size if self.is_absolute else self.size * abs(expected)
        return abs(simulated - expected) <= allowed


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


def mean_of(values: Vector) -> Estimate:
    """Mean and standard error of independent values."""
    return Estimate(
        value=float(values.mean()),
        standard_error=float(values.std(ddof=1) / np.sqrt(values.size)),
    )


def root_of(estimate: Estimate) -> Estimate:
    """Square root of an estimate, its error by the delta method."""
    root = float(np.sqrt(estimate.value))
    return Estimate(value=root, standard_error=0.5 * estimate.standard_error / root)
