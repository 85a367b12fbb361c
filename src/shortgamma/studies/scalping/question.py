"""What a caller asks of gamma scalping, with all files read, and the two books that answer it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import cast

import numpy as np

from shortgamma.basics.errors import InputError
from shortgamma.exposure.unit import unit_exposure
from shortgamma.feedback.agents.desk import Desk
from shortgamma.feedback.setup import Setup
from shortgamma.hedging.bands import HedgingProblem
from shortgamma.studies.ensemble.job import Job
from shortgamma.studies.plans import Request
from shortgamma.studies.policies import question as policies

LONG, SHORT = "long", "short"
SIDES = (LONG, SHORT)
LEAST_NET = 1e-3
"""Net over gross gamma of a book that can be scalped."""


class Question(Request, total=False):
    """What a caller may ask for beside the scenario and its figures.

    Attributes:
        book: BOOK file whose options are held; ``source`` is then where its instruments are looked up.
    """

    book: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Asked:
    """The market of a question.

    Args:
        job: Scenario, inputs, seed and paths.
        setup: As the scenario has it, every hedger a desk.
        desk: The hedger whose book it is.
        problem: Its book and costs at the start, with a constant gamma.
        implied_vol: Of the book, weighted by gross gamma; decimal.
    """

    job: Job
    setup: Setup
    desk: Desk
    problem: HedgingProblem
    implied_vol: float

    @property
    def gamma_usd_per_pct(self) -> float:
        """Of either side at the start, unsigned."""
        return abs(net_gamma(self.desk))

    @property
    def is_alone(self) -> bool:
        """True where nobody else trades and there is spot alone."""
        return len(self.setup.agents) == 1 and not self.setup.markets

    def side(self, side: str) -> Setup:
        """The market where the desk is long its gamma, or short it: the mirror."""
        sign = 1.0 if side == LONG else -1.0
        held = replace(self.desk, quantity=sign * facing(self.desk) * self.desk.quantity)
        return with_desk(self.setup, held)


def asked(
    scenario: str, figures: Mapping[str, object], question: Question, *, usual_paths: int
) -> Asked:
    """Reads everything; where nobody says how many paths, there are ``usual_paths``.

    Raises:
        InputError: Any input cannot be used, or nobody hedges options in the scenario.
    """
    paths = question.get("paths")
    wanted = {**question, "paths": usual_paths if paths is None else paths}
    job = policies.job_of(scenario, figures, cast("policies.Question", wanted))
    setup = policies.setup_of(job, figures)
    desk = policies.hedger_of(setup)
    problem = policies.problem_of(setup, desk, None)
    check_gamma(desk)
    return Asked(
        job=job,
        setup=setup,
        desk=desk,
        problem=problem,
        implied_vol=policies.implied_vol(desk.options, desk.quantity),
    )


def check_gamma(desk: Desk) -> None:
    """Refuses a book whose gamma cancels.

    Raises:
        InputError: Its net gamma is nothing beside its gross gamma.
    """
    unit = unit_exposure(desk.options).gamma_usd_per_pct
    if abs(net_gamma(desk)) < LEAST_NET * float(np.abs(desk.quantity) @ unit):
        raise InputError(
            "its gamma cancels: there is nothing to scalp",
            place="book",
            remedy="give a book that is long or short gamma",
        )


def facing(desk: Desk) -> float:
    """+1 where its net gamma is long or nothing, −1 where it is short."""
    return -1.0 if net_gamma(desk) < 0.0 else 1.0


def net_gamma(desk: Desk) -> float:
    """Of its book at the start, USD per 1 %; negative = short."""
    return float(desk.quantity @ unit_exposure(desk.options).gamma_usd_per_pct)


def desk_of(setup: Setup) -> Desk:
    """The hedger of such a market."""
    return policies.hedger_of(setup)


def with_desk(setup: Setup, desk: Desk) -> Setup:
    """The market with another desk in the place of its first one."""
    at = setup.agents.index(desk_of(setup))
    agents = (*setup.agents[:at], desk, *setup.agents[at + 1 :])
    return replace(setup, agents=agents)
