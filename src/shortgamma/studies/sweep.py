"""One scenario at many settings, on common random numbers: what changes, and where it tips over."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from shortgamma.studies.document import plain
from shortgamma.studies.ensemble.job import METHOD
from shortgamma.studies.scenarios.file import Value
from shortgamma.studies.simulation import Metric


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepPoint:
    """One market of a sweep.

    Args:
        settings: Its place on the axes.
        theta: Gamma of its book over depth at the initial price, negative = short.
        metrics: By name, as of a single simulation.
    """

    settings: Mapping[str, Value]
    theta: float
    metrics: Mapping[str, Metric]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """The answer of a sweep.

    Args:
        name, summary: Of the scenario.
        base: Bundled scenario that it builds on.
        axes: Values of every swept figure.
        points: One per combination of them; the last axis runs fastest.
        paths, seed: The same of every point, so that differences between points are paired.
        steps: Of a path.
        horizon_days: Of a path.
    """

    name: str
    summary: str
    base: str
    axes: Mapping[str, tuple[Value, ...]]
    points: tuple[SweepPoint, ...]
    paths: int
    seed: int
    steps: int
    horizon_days: float

    def surface(self, metric: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """A metric and its standard error over the axes; NaN where a point does not have it.

        Raises:
            KeyError: No point has it.
        """
        if not any(metric in point.metrics for point in self.points):
            raise KeyError(metric)
        shape = tuple(len(values) for values in self.axes.values())
        if prod(shape) != len(self.points):
            raise ValueError(f"{len(self.points)} points on axes of {shape}")
        missing = Metric(value=np.nan, standard_error=np.nan)
        found = [point.metrics.get(metric, missing) for point in self.points]
        values = np.array([m.value for m in found]).reshape(shape)
        return values, np.array([m.standard_error for m in found]).reshape(shape)

    def to_dict(self) -> dict[str, object]:
        """The answer as ``--json`` prints it."""
        return {
            "scenario": self.name,
            "summary": self.summary,
            "base": self.base,
            "method": METHOD,
            "paths": self.paths,
            "steps": self.steps,
            "seed": self.seed,
            "horizon_days": self.horizon_days,
            "axes": {name: list(values) for name, values in self.axes.items()},
            "points": [
                {
                    "settings": dict(point.settings),
                    "theta": point.theta,
                    "metrics": {name: plain(metric) for name, metric in point.metrics.items()},
                }
                for point in self.points
            ],
        }
