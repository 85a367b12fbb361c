"""The answer to a comparison of designs, and what may be said of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from shortgamma.studies.design.figures import (
    HIGHER_IS_BETTER,
    LOWER_IS_BETTER,
    Estimate,
)
from shortgamma.studies.design.question import DesignQuestion
from shortgamma.studies.design.shocks import ShockSet
from shortgamma.studies.document import plain

WIDER: Final = 1.10
"""Most that clients may pay for a design, as a multiple of what they pay for the first one."""
SAME_VOLUME: Final = 0.02
"""Most by which volumes may differ on the compared paths."""
STATED: Final = ("realised_vol_ratio", "lp_es_usd", "insolvency_probability")
"""The measures by which a design is judged."""

Figures = Mapping[str, Estimate]


@dataclass(frozen=True, slots=True, kw_only=True)
class FairPlay:
    """Whether a design may be compared with the first one.

    Args:
        spread_points: Half-spread that it was given, vol points.
        volume_ratio: Its traded volume over that of the first.
        cost_ratio: What its clients pay in vol points, over the first's.
    """

    spread_points: float
    volume_ratio: float
    cost_ratio: float

    @property
    def holds(self) -> bool:
        """True where the volumes are equal and the clients pay at most a tenth more."""
        return abs(self.volume_ratio - 1.0) <= SAME_VOLUME and self.cost_ratio <= WIDER


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAnswer:
    """One market.

    Args:
        shocks: Which.
        designs: Figures of each design by name.
        differences: Figures of each design less those of the first, on the same paths.
        fair: By design.
    """

    shocks: ShockSet
    designs: Mapping[str, Figures]
    differences: Mapping[str, Figures]
    fair: Mapping[str, FairPlay]


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """How the judged design was found.

    Args:
        design: Whose parameters were searched.
        ranges: Lowest and highest value of each, by name.
        tries: Candidates beside the design itself.
        objective: Figure of all markets together that was to be best.
        chosen: The best one that plays fair, on paths of its own.
    """

    design: str
    ranges: Mapping[str, tuple[float, float]]
    tries: int
    objective: str
    chosen: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DesignAnswer:
    """Designs beside each other in every market.

    Args:
        question: What was compared.
        sets: By market.
        pooled: All markets together, every path counting the same.
        searched: How the judged design was found; None where it was given.
    """

    question: DesignQuestion
    sets: tuple[SetAnswer, ...]
    pooled: SetAnswer
    searched: Searched | None = None

    @property
    def first(self) -> str:
        """Name of the design that the others are compared with."""
        return self.question.designs[0].name

    @property
    def judged(self) -> str:
        """Name of the design that the verdict is about: the second one."""
        return self.question.designs[1].name

    @property
    def verdict(self) -> str:
        """The judged design against the first one, in words."""
        return " ".join(sentence(part, self.judged, self.first) for part in self.sets)

    def to_dict(self) -> dict[str, object]:
        """The answer as ``--json`` prints it."""
        question = self.question
        return {
            "scenario": question.market.name,
            "designs": plain(dict(self.pooled.designs)),
            "differences": plain(dict(self.pooled.differences[self.judged])),
            "verdict": self.verdict,
            "compared": {"design": self.judged, "with": self.first},
            "sets": {part.shocks.name: set_document(part) for part in self.sets},
            "fair_play": {
                "equal_volume": question.equal_volume,
                "largest_cost_ratio": WIDER,
                "training_paths": question.training_paths if question.equal_volume else 0,
            },
            "searched": None if self.searched is None else plain(self.searched),
            "paths": question.paths,
            "seed": question.seed,
            "parameters": plain(question.market),
            "rules": {design.name: design.summary for design in question.designs},
        }


def set_document(part: SetAnswer) -> dict[str, object]:
    """One market as ``--json`` prints it."""
    return {
        "summary": part.shocks.summary,
        "designs": plain({name: dict(figures) for name, figures in part.designs.items()}),
        "differences": plain({name: dict(diff) for name, diff in part.differences.items()}),
        "fair_play": {
            name: {
                "spread_points": fair.spread_points,
                "volume_ratio": fair.volume_ratio,
                "cost_ratio": fair.cost_ratio,
                "holds": fair.holds,
            }
            for name, fair in part.fair.items()
        },
    }


def judgement(name: str, difference: Estimate) -> str:
    """``better``, ``worse`` or ``open``: which side of zero the interval lies on."""
    if not difference.is_clear:
        return "open"
    lower = name in LOWER_IS_BETTER
    if not lower and name not in HIGHER_IS_BETTER:
        return "open"
    return "better" if (difference.value < 0.0) == lower else "worse"


def sentence(part: SetAnswer, judged: str, first: str) -> str:
    """What one market says of a design."""
    difference, fair = part.differences[judged], part.fair[judged]
    words = {
        "realised_vol_ratio": "realised vol",
        "lp_es_usd": "the worst 5 % of the providers' results",
        "insolvency_probability": "insolvency",
    }
    found: dict[str, list[str]] = {"better": [], "worse": [], "open": []}
    for name in STATED:
        found[judgement(name, difference[name])].append(words[name])
    parts = [
        f"{verdict} on {' and '.join(names)}"
        for verdict, names in (
            ("better", found["better"]),
            ("worse", found["worse"]),
            ("not to be told apart", found["open"]),
        )
        if names
    ]
    terms = (
        f"at {fair.volume_ratio:.0%} of the volume and {fair.cost_ratio:.0%} of the clients' cost"
    )
    caveat = "" if fair.holds else " (outside fair play)"
    return f"{part.shocks.name}: {judged} against {first} is {'; '.join(parts)}, {terms}{caveat}."
