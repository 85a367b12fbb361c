"""What one run of a scenario is: everything that its figures depend on."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from enum import Enum
from importlib.metadata import version
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from shortgamma.feedback.engine import BLOCK, Run
from shortgamma.studies.scenarios.scenario import Inputs, Scenario

METHOD = "1"
"""Version of the method; a stored result with another one is not comparable."""
CHUNK_PATHS = BLOCK
"""Most paths of a chunk. Results do not depend on it: every path has its own random numbers."""
FEWEST_CHUNKS = 4
"""Of a small run, so that a few workers have as much to do as each other."""
FAN_PATHS = 2 * CHUNK_PATHS
"""Paths of which prices and other figures are kept over time, from the first one: 16,384."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Job:
    """One scenario on many paths.

    Args:
        scenario: With all its figures.
        inputs: What the caller brings.
        paths: How many.
        seed: Two jobs with the same seed share their random numbers path by path.
        keep_every: Steps between kept prices, of the first ``FAN_PATHS`` paths; 0 keeps none.

    Raises:
        InputError: Paths, seed or keep_every are out of range.
    """

    scenario: Scenario
    inputs: Inputs = field(default_factory=Inputs)
    paths: int = 10_000
    seed: int = 0
    keep_every: int = 0

    def __post_init__(self) -> None:
        _ = self.run

    @property
    def run(self) -> Run:
        """Paths, seed and kept prices as the engine takes them."""
        small = max(-(-self.paths // FEWEST_CHUNKS), self.scenario.least_chunk)
        block = small if self.paths <= FAN_PATHS and small < CHUNK_PATHS else CHUNK_PATHS
        return Run(paths=self.paths, seed=self.seed, keep_every=self.keep_every, block=block)

    @property
    def specification(self) -> dict[str, object]:
        """All that the figures depend on, as values that JSON can carry; arrays as digests."""
        return {
            "scenario": canonical(self.scenario),
            "inputs": canonical(self.inputs),
            "paths": self.paths,
            "seed": self.seed,
            "keep_every": self.keep_every,
        }


def specification(jobs: Sequence[Job]) -> dict[str, object]:
    """All that the figures of a run depend on; see :attr:`Job.specification`."""
    return {
        "jobs": [job.specification for job in jobs],
        "chunk_paths": CHUNK_PATHS,
        "fan_paths": FAN_PATHS,
        "method": METHOD,
        "package": version("shortgamma"),
    }


def key_of(specification: Mapping[str, object]) -> str:
    """SHA-256 of a specification: equal for equal runs, whatever the process, workers and machine."""
    return hashlib.sha256(json.dumps(specification, sort_keys=True).encode()).hexdigest()


def canonical(value: object) -> object:
    """A value as JSON, without losing a bit of a number: equal values give equal JSON.

    Raises:
        TypeError: It is none of the types that scenarios are made of.
    """
    match value:
        case Enum():
            return canonical(value.value)
        case None | bool() | int() | float() | str():
            return value
        case np.generic():
            return cast("object", value.item())
        case np.ndarray():
            return digest(cast("NDArray[Any]", value))
        case list() | tuple():
            return [canonical(item) for item in cast("Sequence[object]", value)]
        case _ if is_dataclass(value):
            items = {f.name: canonical(getattr(value, f.name)) for f in fields(value)}
            return {"type": type(value).__qualname__, **items}
        case _:
            raise TypeError(f"{type(value).__name__} has no canonical form")


def digest(array: NDArray[Any]) -> str:
    """Type, shape and SHA-256 of an array's elements; those of objects by their text."""
    content = (
        json.dumps([str(item) for item in array.ravel().tolist()]).encode()
        if array.dtype.hasobject
        else np.ascontiguousarray(array).tobytes()
    )
    return f"{array.dtype.str}{list(array.shape)} {hashlib.sha256(content).hexdigest()}"
