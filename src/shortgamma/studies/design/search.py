"""A design's own parameters: swept side by side, or searched on paths that the comparison does not use."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import qmc

from shortgamma.basics.errors import InputError
from shortgamma.protocols.pool.design import PoolDesign
from shortgamma.protocols.pool.parameters import SPREAD, parameters_of, with_parameters
from shortgamma.protocols.pool.registry import design_named
from shortgamma.studies.design.answer import SAME_VOLUME, WIDER, Searched
from shortgamma.studies.design.figures import FIGURES, HIGHER_IS_BETTER, LOWER_IS_BETTER
from shortgamma.studies.design.question import DesignQuestion
from shortgamma.studies.design.study import design

SEARCH_SEED = 2**41
"""Is added to the seed for the paths on which candidates are tried."""
OBJECTIVE = "lp_es_usd"
MOST_TRIES = 200
LOG_RANGE = 10.0
"""Ratio of the ends from which values are spread evenly in logs."""
SLACK = 3.0
"""Volumes of candidates may differ by that multiple of what is fair: their paths are few."""

Told = Callable[[float], None] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is searched.

    Args:
        design: Whose parameters.
        ranges: Lowest and highest value of each, by name.
        tries: Candidates, spread over the ranges by a Latin hypercube.
        objective: Figure of all markets together that is to be best.

    Raises:
        InputError: An unknown parameter or objective, or a range that is none.
    """

    design: PoolDesign
    ranges: Mapping[str, tuple[float, float]]
    tries: int = 16
    objective: str = OBJECTIVE

    def __post_init__(self) -> None:
        with_parameters(self.design, {name: low for name, (low, _high) in self.ranges.items()})
        for name, (low, high) in self.ranges.items():
            if not low < high or name == SPREAD:
                raise InputError(
                    f"{name} from {low:g} to {high:g}",
                    place="--optimise",
                    remedy="give a low and a higher value; the half-spread is set by equal volume",
                )
        if self.objective not in HIGHER_IS_BETTER | LOWER_IS_BETTER:
            raise InputError(
                f"no objective is called {self.objective!r}",
                place="--objective",
                remedy=f"use one of {', '.join(n for n in FIGURES if judged(n))}",
            )
        if not 2 <= self.tries <= MOST_TRIES:
            raise InputError(
                f"{self.tries} tries", place="--tries", remedy=f"give 2 to {MOST_TRIES}"
            )

    def record(self, best: PoolDesign) -> Searched:
        """What was searched and what was found."""
        return Searched(
            design=self.design.name,
            ranges=dict(self.ranges),
            tries=self.tries,
            objective=self.objective,
            chosen=best.name,
        )

    def candidates(self, seed: int) -> list[PoolDesign]:
        """Designs spread over the ranges, the design itself first."""
        places = qmc.LatinHypercube(d=len(self.ranges), rng=seed).random(self.tries)
        return [
            self.design,
            *(
                with_parameters(
                    self.design,
                    {
                        name: between(low, high, float(place))
                        for (name, (low, high)), place in zip(self.ranges.items(), row, strict=True)
                    },
                )
                for row in places
            ),
        ]


def judged(name: str) -> bool:
    """True for a figure that has a better side."""
    return name in HIGHER_IS_BETTER or name in LOWER_IS_BETTER


def between(low: float, high: float, place: float) -> float:
    """The value at a place from 0 to 1 of a range, three digits, even in logs where the range is wide."""
    is_wide = low > 0.0 and high / low >= LOG_RANGE
    value = low * (high / low) ** place if is_wide else low + (high - low) * place
    return float(f"{value:.3g}")


def searched(question: DesignQuestion, search: Search, *, progress: Told = None) -> PoolDesign:
    """The candidate with the best objective among those that play fair, on paths of their own.

    Args:
        question: The comparison it is meant for; candidates have to trade as much as its first design.
        search: What is tried.
        progress: Hears the share that was finished.
    """
    candidates = search.candidates(question.seed)
    trial = replace(
        question,
        designs=(question.designs[0], *candidates),
        paths=question.training_paths,
        seed=question.seed,
    )
    found = design(trial, progress=progress, offset=SEARCH_SEED)
    sign = 1.0 if search.objective in HIGHER_IS_BETTER else -1.0
    fair = [
        candidate
        for candidate in candidates
        if abs(found.pooled.fair[candidate.name].volume_ratio - 1.0) <= SLACK * SAME_VOLUME
        and found.pooled.fair[candidate.name].cost_ratio <= WIDER
    ]
    score = {
        candidate.name: sign * found.pooled.designs[candidate.name][search.objective].value
        for candidate in fair or candidates[:1]
    }
    best = max(score, key=score.__getitem__)
    return next(candidate for candidate in candidates if candidate.name == best)


def parsed_design(text: str, *, place: str = "--design") -> PoolDesign:
    """A design from ``NAME`` or ``NAME:key=value,…``.

    Raises:
        InputError: No such design or parameter, or a value that is no number.
    """
    name, _colon, rest = text.partition(":")
    given = {key: number(value, place) for key, value in pairs_of(rest, place)}
    return with_parameters(design_named(name.strip()), given)


def parsed_sweep(text: str) -> list[PoolDesign]:
    """Variants of a design from ``NAME:key=v1,v2,…``: one key, several values.

    Raises:
        InputError: It is not written so.
    """
    name, _colon, rest = text.partition(":")
    key, equals, values = rest.partition("=")
    if not (equals and values):
        raise InputError(
            f"{text!r}",
            place="--sweep",
            remedy="write NAME:key=v1,v2,… as gamma-aware:charge=0.1,0.2",
        )
    base = design_named(name.strip())
    return [
        with_parameters(base, {key.strip(): number(value, "--sweep")})
        for value in values.split(",")
    ]


def parsed_search(text: str, *, tries: int, objective: str) -> Search:
    """A search from ``NAME:key=low..high,…``.

    Raises:
        InputError: It is not written so.
    """
    name, _colon, rest = text.partition(":")
    ranges: dict[str, tuple[float, float]] = {}
    for key, value in pairs_of(rest, "--optimise"):
        low, dots, high = value.partition("..")
        if not dots:
            raise InputError(
                f"{key}={value}", place="--optimise", remedy="write a range as key=low..high"
            )
        ranges[key] = (number(low, "--optimise"), number(high, "--optimise"))
    if not ranges:
        known = ", ".join(parameters_of(design_named(name.strip())))
        raise InputError(
            "no parameter to search",
            place="--optimise",
            remedy=f"write {name}:key=low..high; it has {known}",
        )
    return Search(
        design=design_named(name.strip()), ranges=ranges, tries=tries, objective=objective
    )


def pairs_of(text: str, place: str) -> Sequence[tuple[str, str]]:
    """Keys and values of ``key=value,…``."""
    found: list[tuple[str, str]] = []
    for part in filter(None, text.split(",")):
        key, equals, value = (piece.strip() for piece in part.partition("="))
        if not (key and equals and value):
            raise InputError(f"{part!r} has no value", place=place, remedy="write key=value")
        found.append((key, value))
    return found


def number(text: str, place: str) -> float:
    """The text as a finite number.

    Raises:
        InputError: It is none.
    """
    try:
        value = float(text)
    except ValueError:
        value = np.nan
    if not np.isfinite(value):
        raise InputError(f"{text!r} is not a number", place=place, remedy="give one")
    return value
