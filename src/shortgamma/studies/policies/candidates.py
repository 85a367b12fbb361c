"""The policies that are compared: families with one parameter each, on grids around what theory suggests."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import SECONDS_PER_YEAR
from shortgamma.feedback.clock import Clock
from shortgamma.hedging.bands import HedgingProblem
from shortgamma.studies.scenarios.scenario import parsed_policy

THRESHOLDS, INTERVALS = 12, 6
"""How many of each are compared unless somebody says otherwise."""
MOST = 200
"""Thresholds or intervals of one comparison."""
WIDEST = 8.0
"""Multiple of the best band in theory up to which thresholds are tried, and down to its inverse."""
USUAL_MOVE = 0.01
"""Of the price."""
LONGEST_SHARE = 0.2
"""Of the run: the longest interval that is tried."""
AVERSIONS = (0.1, 1.0, 10.0, 100.0)
"""Multiples of the risk aversion at which bands that follow gamma are tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One policy.

    Args:
        family: What its rules have in common.
        parameter: What tells it from others of its family, in ``unit``; None where there is nothing.
        unit: Of the parameter.
        text: As ``--set policy`` takes it.
    """

    family: str
    text: str
    parameter: float | None = None
    unit: str = ""


CONTINUOUS = Candidate(family="continuous", text="continuous")
NONE = Candidate(family="none", text="none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """What the caller wants to be tried; a number stands for that many on a geometric grid.

    Args:
        thresholds: Units of the underlying.
        intervals: Seconds.

    Raises:
        InputError: A value is not positive, or there are too many.
    """

    thresholds: int | Sequence[float] = THRESHOLDS
    intervals: int | Sequence[float] = INTERVALS

    def __post_init__(self) -> None:
        for name, given in (("thresholds", self.thresholds), ("intervals", self.intervals)):
            count = given if isinstance(given, int) else len(given)
            if not 0 <= count <= MOST:
                raise InputError(f"{count} {name}", place=name, remedy=f"give 0 to {MOST}")
            values = () if isinstance(given, int) else given
            wrong = [value for value in values if not 0.0 < value < np.inf]
            if wrong:
                raise InputError(f"{wrong[0]:g}", place=name, remedy="give positive numbers")

    def bands(self, problem: HedgingProblem) -> list[float]:
        """Thresholds, around the best one in theory; ascending."""
        if not isinstance(self.thresholds, int):
            return sorted(set(self.thresholds))
        # Without costs theory wants no band: what gamma makes of a usual move is a scale all the same.
        best = problem.best_band[0] or abs(problem.gamma) * problem.spot * USUAL_MOVE
        return spread(best / WIDEST, best * WIDEST, self.thresholds)

    def waits(self, clock: Clock) -> list[float]:
        """Intervals in seconds, whole steps, from one step to a part of the run; ascending."""
        if not isinstance(self.intervals, int):
            return sorted(set(self.intervals))
        step = float(clock.years[0]) * SECONDS_PER_YEAR
        longest = max(LONGEST_SHARE * clock.horizon * SECONDS_PER_YEAR / step, 1.0)
        whole = {round(value) for value in spread(1.0, longest, self.intervals)}
        return [step * count for count in sorted(whole)]


def spread(low: float, high: float, count: int) -> list[float]:
    """Geometrically between two positive numbers; one of them is their middle."""
    if count == 1:
        return [float(np.sqrt(low * high))]
    return np.geomspace(low, high, count).tolist() if count else []


def candidates(
    problem: HedgingProblem, clock: Clock, grid: Grid, *, given: str = ""
) -> list[Candidate]:
    """All policies of a comparison; hedging in every step and not at all are always among them.

    Args:
        problem: The book at the start and its costs: where theory looks for the best band.
        clock: Of the run.
        grid: What is tried.
        given: The caller's own policy, added where it is none of the others.
    """
    found = [NONE, CONTINUOUS]
    bands = grid.bands(problem)
    # At the same risk the edge is cheaper where costs go by size: the centre is there to see by how much.
    for landing, widths in (("edge", bands), ("centre", bands[1::2])):
        found += [
            Candidate(
                family=f"band to {landing}",
                parameter=width,
                unit="coins",
                text=f"band:width={width!r},landing={landing}",
            )
            for width in widths
        ]
    found += [
        Candidate(
            family="interval", parameter=wait, unit="seconds", text=f"interval:seconds={wait!r}"
        )
        for wait in grid.waits(clock)
    ]
    if bands:
        found += following(problem)
    if given and given not in [candidate.text for candidate in found]:
        parsed_policy(given)
        found.append(Candidate(family="given", text=given))
    return found


def following(problem: HedgingProblem) -> list[Candidate]:
    """Bands that follow gamma, at several aversions to risk."""
    aversions = [multiple * problem.risk_aversion for multiple in AVERSIONS]
    costs = f"cost={problem.cost!r}"
    if problem.fixed_usd > 0.0:
        name, costs = "mixed", f"{costs},fixed_usd={problem.fixed_usd!r}"
    else:
        name = "whalley-wilmott"
    return [
        Candidate(
            family=name,
            parameter=aversion,
            unit="per USD",
            text=f"{name}:risk_aversion={aversion!r},{costs}",
        )
        for aversion in aversions
        if problem.cost > 0.0 or problem.fixed_usd > 0.0
    ]
