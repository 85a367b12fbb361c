"""The best parameter of a family of policies, and how far the paths leave it open."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shortgamma.studies.policies.candidates import Candidate
from shortgamma.studies.policies.results import PathResults

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

DRAWS = 400
"""Of the bootstrap over paths."""
LEVEL = 0.9
"""Of the interval."""
FEWEST_BLOCKS = 5
"""Independent paths from which an interval is drawn."""
FEWEST = 3
"""Members of a family that a minimum can be looked for in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Best:
    """The member of a family with the least cost + (a/2)·variance, on a parabola in the log parameter.

    The interval holds the best of the members that were simulated: on a coarse grid a parabola through
    three of them can miss it.

    Args:
        family, unit: Of the policies.
        parameter: Best value; NaN where the family has no parameter.
        low, high: Interval by a bootstrap over paths; NaN where there are fewer than FEWEST_BLOCKS of them
            that do not overlap: too few to tell.
        level: Of the interval.
        score: USD, of the best member that was simulated.
        candidate: That member.
        is_at_edge: True where the best one lies at an end of what was tried: the optimum may lie beyond.
    """

    family: str
    unit: str
    parameter: float
    low: float
    high: float
    level: float
    score: float
    candidate: Candidate
    is_at_edge: bool

    def to_dict(self) -> dict[str, object]:
        """As ``--json`` prints it."""
        has = np.isfinite(self.parameter)
        return {
            "policy": self.family,
            "parameter": self.parameter if has else None,
            "low": self.low if np.isfinite(self.low) else None,
            "high": self.high if np.isfinite(self.high) else None,
            "level": self.level,
            "unit": self.unit,
            "score": self.score,
            "set": self.candidate.text,
            "at_edge": self.is_at_edge,
        }


def best_of_each(
    tried: Sequence[tuple[Candidate, PathResults]], *, risk_aversion: float, block: int, seed: int
) -> list[Best]:
    """The best of every family, the best family first.

    Args:
        tried: Every policy with its results, on the same paths.
        risk_aversion: a, per USD.
        block: Paths that depend on one another, as overlapping windows do; 1 = none do.
        seed: Of the bootstrap.
    """
    paths = tried[0][1].pnl.size
    weights = bootstrap_weights(paths, block=block, seed=seed)
    if paths < FEWEST_BLOCKS * block:
        weights = weights[:1]
    families = dict.fromkeys(candidate.family for candidate, _results in tried)
    found = [
        best_of([pair for pair in tried if pair[0].family == family], risk_aversion, weights)
        for family in families
    ]
    return sorted(found, key=lambda best: best.score)


def best_of(
    members: Sequence[tuple[Candidate, PathResults]], risk_aversion: float, weights: Matrix
) -> Best:
    """The best of one family.

    Args:
        members: With their results, parameters ascending.
        risk_aversion: a, per USD.
        weights: Rows sum to 1: the sample itself first, then the draws, if any; shape (draws + 1, paths).
    """
    scores = np.array([scores_of(results, risk_aversion, weights) for _c, results in members]).T
    at = int(np.argmin(scores[0]))
    candidate = members[at][0]
    parameters = [member.parameter for member, _results in members]
    values = np.array([np.nan if value is None else value for value in parameters])
    lowest = np.array([minimum(values, row) for row in scores])
    ends = (np.nan, np.nan)
    if len(lowest) > 1:
        tail = 0.5 * (1.0 - LEVEL)
        low, high = np.quantile(lowest[1:], (tail, 1.0 - tail))
        ends = (float(low), float(high), float(values[at]))
    return Best(
        family=candidate.family,
        unit=candidate.unit,
        parameter=float(lowest[0]),
        low=min(ends),
        high=max(ends),
        level=LEVEL,
        score=float(scores[0, at]),
        candidate=candidate,
        is_at_edge=len(members) > 1 and at in (0, len(members) - 1),
    )


def scores_of(results: PathResults, risk_aversion: float, weights: Matrix) -> Vector:
    """E[cost] + (a/2)·Var[result] under each row of weights, USD."""
    centred = results.pnl - results.pnl.mean()
    variance = weights @ centred**2 - (weights @ centred) ** 2
    return weights @ results.cost + 0.5 * risk_aversion * variance


def minimum(values: Vector, scores: Vector) -> float:
    """Where the parabola through the lowest score and its neighbours, in ln(value), is lowest."""
    at = int(np.argmin(scores))
    if len(values) < FEWEST or at in (0, len(values) - 1):
        return float(values[at])
    x, y = np.log(values[at - 1 : at + 2]), scores[at - 1 : at + 2]
    left, right = x[1] - x[0], x[2] - x[1]
    rise, fall = (y[2] - y[1]) / right, (y[1] - y[0]) / left
    bend = (rise - fall) / (left + right)
    if not bend > 0.0:
        return float(values[at])
    slope = (rise * left + fall * right) / (left + right)
    return float(np.exp(np.clip(x[1] - 0.5 * slope / bend, x[0], x[2])))


def bootstrap_weights(paths: int, *, block: int, seed: int) -> Matrix:
    """How much each path counts in the sample and in each draw, shape (DRAWS + 1, paths).

    Draws take whole blocks of neighbouring paths, the last path joined to the first.
    """
    random = np.random.default_rng(seed)
    length = min(block, paths)
    starts = random.integers(paths, size=(DRAWS, -(-paths // length)))
    weights = np.empty((DRAWS + 1, paths))
    weights[0] = 1.0
    for row, begin in zip(weights[1:], starts, strict=True):
        chosen = (begin[:, np.newaxis] + np.arange(length)).ravel()[:paths] % paths
        row[:] = np.bincount(chosen, minlength=paths)
    return weights / paths
