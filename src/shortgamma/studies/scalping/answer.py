"""The answer on gamma scalping: both sides of a book on the same shocks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self, cast

from shortgamma.basics.units import DAYS_PER_YEAR
from shortgamma.studies.document import plain
from shortgamma.studies.ensemble.job import METHOD
from shortgamma.studies.policies.results import HELD_PARTS, PARTS
from shortgamma.studies.scalping.break_even import BreakEvenCost, BreakEvenVol, VolPoint
from shortgamma.studies.scalping.constraints import Constraint
from shortgamma.studies.scalping.identity import Identity
from shortgamma.studies.scalping.limits import Limit, Rehedge
from shortgamma.studies.scalping.question import Asked
from shortgamma.studies.scenarios.books import HeldBook
from shortgamma.studies.scenarios.scenario import Scenario
from shortgamma.studies.simulation import Metric

COST_PARTS = tuple(name for name in PARTS if name not in HELD_PARTS)
"""Parts of a result that are costs, negative = paid."""
IMPACT = "impact"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Setting:
    """The market that an answer rests on.

    Args:
        scenario: With all its figures.
        book: As the scenario holds it.
        process: Exogenous price, in words.
        paths, steps, seed: Of the simulation.
        horizon_days: Of a path.
        gamma_usd_per_pct: Of either side at the start, unsigned.
        implied_vol: Of the book, weighted by gross gamma; decimal.
    """

    scenario: Scenario
    book: HeldBook
    process: str
    paths: int
    steps: int
    seed: int
    horizon_days: float
    gamma_usd_per_pct: float
    implied_vol: float

    @classmethod
    def of(cls, question: Asked) -> Self:
        """Of a question."""
        clock, job = question.setup.clock, question.job
        return cls(
            scenario=job.scenario,
            book=job.scenario.held(job.inputs),
            process=question.setup.process.name,
            paths=job.paths,
            steps=len(clock),
            seed=job.seed,
            horizon_days=clock.horizon * DAYS_PER_YEAR,
            gamma_usd_per_pct=question.gamma_usd_per_pct,
            implied_vol=question.implied_vol,
        )

    def to_dict(self) -> dict[str, object]:
        """As ``--json`` prints it, on the top level."""
        return {
            "scenario": self.scenario.name,
            "summary": self.scenario.summary,
            "method": METHOD,
            "process": self.process,
            "paths": self.paths,
            "steps": self.steps,
            "seed": self.seed,
            "horizon_days": self.horizon_days,
            "parameters": plain(self.scenario),
            "book": {
                "source": self.book.label,
                "options": len(self.book.options),
                "spot": self.book.spot,
                "gamma_usd_per_pct": self.gamma_usd_per_pct,
            },
            "implied_vol": self.implied_vol,
        }


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Side:
    """The book long its gamma, or short it, at the scenario's own vol.

    Args:
        name: ``long`` or ``short``.
        parts: Mean of every part of the result, USD, positive = earned; they sum to ``pnl``.
        net: Gamma + theta + vega, USD: what scalping earned before its hedge cost anything.
        costs: By kind, USD, positive = paid. ``impact`` is what its own trades cost by moving the price; it
            is contained in the parts of the book and the hedge, not one of them.
        pnl: Mean result, USD.
        std: Standard deviation of the result, USD.
        turnover: Mean USD traded.
        trades: Mean number.
        cost: Break-even one-way cost.
        vol: Break-even realised vol.
        curve: Result against realised vol, ascending.
        constraints: The largest gain first.
        binding: Name of the one that binds in the mean; ``none`` where no gain is more than chance.
        binding_risk: Name of the one that binds in risk; ``none`` where none does.
        typical: A re-hedge; None where nothing was traded.
        limits: Sizes beyond which a constraint stops it.
    """

    name: str
    parts: Mapping[str, Metric]
    net: Metric
    costs: Mapping[str, Metric]
    pnl: Metric
    std: Metric
    turnover: Metric
    trades: Metric
    cost: BreakEvenCost
    vol: BreakEvenVol
    curve: tuple[VolPoint, ...]
    constraints: tuple[Constraint, ...]
    binding: str
    binding_risk: str
    typical: Rehedge | None
    limits: tuple[Limit, ...]

    def to_dict(self) -> dict[str, object]:
        """As ``--json`` prints it."""
        simple = ("net", "pnl", "std", "turnover", "trades", "costs", "parts", "vol")
        figures = {name: plain_of(getattr(self, name)) for name in simple}
        return {
            **{name: figures[name] for name in simple if name != "vol"},
            "break_even_vol": figures["vol"],
            "break_even_cost": plain(self.cost),
            "against_vol": [plain(point.to_dict()) for point in self.curve],
            "constraints": [
                {
                    **cast("dict[str, object]", plain(one)),
                    "significant": one.is_significant,
                    "risky": one.is_risky,
                }
                for one in self.constraints
            ],
            "binding": self.binding,
            "binding_risk": self.binding_risk,
            "rehedge": None
            if self.typical is None
            else {**cast("dict[str, object]", plain(self.typical)), "move": self.typical.move},
            "limits": [plain(limit.to_dict()) for limit in self.limits],
        }


def plain_of(value: object) -> object:
    """A figure, or figures by name, as plain values."""
    if isinstance(value, Mapping):
        return plain(dict(cast("Mapping[str, object]", value)))
    return plain(value)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scalping:
    """The answer.

    Args:
        setting: The market that it rests on.
        realised_vol: Of the price where nobody hedges, decimal.
        identity: ∑½ΓS²(r² − σ²Δt) against gamma and theta, of the long side.
        frictionless: Break-even vol without any constraint; the same for both sides.
        long, short: The sides.
    """

    setting: Setting
    realised_vol: float
    identity: Identity
    frictionless: BreakEvenVol
    long: Side
    short: Side

    @property
    def sides(self) -> tuple[Side, Side]:
        """Both."""
        return self.long, self.short

    def to_dict(self) -> dict[str, object]:
        """The answer as ``--json`` prints it."""
        return {
            **self.setting.to_dict(),
            "realised_vol": self.realised_vol,
            "identity": plain(self.identity.to_dict()),
            "frictionless_break_even_vol": plain(self.frictionless),
            "sides": {side.name: side.to_dict() for side in self.sides},
        }
