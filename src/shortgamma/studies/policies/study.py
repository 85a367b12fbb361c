"""Which re-hedging rule to run: policies compared on simulated and on recorded prices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Unpack

import numpy as np

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import DAYS_PER_YEAR
from shortgamma.feedback.agents.desk import Desk
from shortgamma.feedback.engine import BLOCK, Progress, Run, simulate_all, weighted
from shortgamma.feedback.processes.windows import Windows
from shortgamma.feedback.setup import Setup
from shortgamma.market.history import PriceHistory
from shortgamma.studies.ensemble.job import Job
from shortgamma.studies.policies.answer import Comparison, PolicyComparison
from shortgamma.studies.policies.best import best_of_each
from shortgamma.studies.policies.candidates import CONTINUOUS, NONE, Candidate, Grid, candidates
from shortgamma.studies.policies.question import (
    SCENARIO,
    Question,
    hedger_of,
    job_of,
    problem_of,
    setup_of,
    with_desks,
)
from shortgamma.studies.policies.results import efficient, point_of, results_of
from shortgamma.studies.policies.volatility import FACTORS, PATHS, CostCurve, cost_curves
from shortgamma.studies.scenarios.books import HeldBook
from shortgamma.studies.threads import threads_of

LEAST_BLOCK = 500
"""Paths below which a thread has more to do with steps than with paths."""
STRIDE_DAYS = 1.0
"""Between the beginnings of the windows of a recorded series."""


def policy(
    scenario: str = SCENARIO,
    figures: Mapping[str, object] | None = None,
    *,
    workers: int | None = None,
    progress: Progress | None = None,
    **question: Unpack[Question],
) -> PolicyComparison:
    """Compares re-hedging policies: what each costs and what risk it leaves, on the same shocks.

    Every policy has a market of its own, so that a big book meets its own impact.

    Args:
        scenario: Name of a bundled scenario with a hedger, or the path of a scenario file.
        figures: Figures of the scenario to change, by name, as ``--set`` does.
        workers: Threads; None is one per core.
        progress: Hears, from the threads that work, the share that was finished; the shares sum to 1.
        question: See :class:`Question`.

    Raises:
        InputError: Any input cannot be used, or nothing is left to hedge.
    """
    job = job_of(scenario, figures or {}, question)
    setup = setup_of(job, figures or {})
    hedger = hedger_of(setup)
    problem = problem_of(setup, hedger, question.get("risk_aversion"))
    grid = question.get("grid") or Grid()
    tried = candidates(problem, setup.clock, grid, given=job.scenario.policy)
    run = run_of(job, workers)
    book = job.scenario.held(job.inputs)
    race = Race(setup=setup, job=job, hedger=hedger, book=book, risk_aversion=problem.risk_aversion)
    told = shares(race, tried, run, progress, curve=question.get("curve", True))
    simulated = race.compare(tried, run, told[0])
    replayed, curves = None, list[CostCurve]()
    if job.inputs.history is not None:
        again, count = race.on_windows(job.inputs.history)
        replayed = again.compare(tried, replace(run, paths=count), told[1])
    if question.get("curve", True):
        curves = race.curves(simulated, run, told[2])
    return PolicyComparison(
        scenario=job.scenario,
        book=book,
        hedger=hedger.name,
        steps=len(setup.clock),
        horizon_days=setup.clock.horizon * DAYS_PER_YEAR,
        seed=job.seed,
        problem=problem,
        simulated=simulated,
        replayed=replayed,
        curves=tuple(curves),
    )


def run_of(job: Job, workers: int | None) -> Run:
    """How the paths are shared out: one block per thread, for every step has a cost of its own.

    Raises:
        InputError: The number of workers is not positive.
    """
    threads = threads_of(workers)
    block = min(max(-(-job.paths // threads), LEAST_BLOCK), BLOCK)
    return Run(paths=job.paths, seed=job.seed, threads=threads, block=block)


def shares(
    race: "Race", tried: Sequence[Candidate], run: Run, progress: Progress | None, *, curve: bool
) -> list[Progress | None]:
    """Who hears of the three parts of the work: simulated, recorded, and the curve."""
    history = race.job.inputs.history
    count = 0 if history is None else race.on_windows(history)[1]
    work = [
        len(tried) * run.paths,
        len(tried) * count,
        len(FACTORS) * (1 + CURVES) * min(run.paths, PATHS) * curve,
    ]
    return [weighted(progress, part / sum(work)) for part in work]


CURVES = 3
"""Policies whose cost is followed over volatility."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Race:
    """A market in which policies are compared.

    Args:
        setup: Of one of them.
        job: Scenario, inputs and seed.
        hedger: Whose policy it is.
        book: What he hedges; one object, so that all markets read the same tables.
        risk_aversion: a, per USD.
        block: Paths that overlap with one another; 1 = none do.
        recorded: First and last stamp of the recorded prices; None where paths are drawn.
    """

    setup: Setup
    job: Job
    hedger: Desk
    book: HeldBook
    risk_aversion: float
    block: int = 1
    recorded: tuple[int, int] | None = None

    def market(self, candidate: Candidate) -> Setup:
        """The market where the hedger follows a policy."""
        scenario = replace(self.job.scenario, policy=candidate.text)
        return with_desks(replace(self.setup, agents=scenario.agents(self.book)))

    def compare(
        self, tried: Sequence[Candidate], run: Run, progress: Progress | None
    ) -> Comparison:
        """All policies on the same paths; the first one is not to hedge."""
        label = self.hedger.name
        outcomes = simulate_all([self.market(each) for each in tried], run, progress=progress)
        quiet = results_of(outcomes[0], label, None)
        others = [results_of(outcome, label, quiet.parts) for outcome in outcomes[1:]]
        results = (quiet, *others)
        points = [
            point_of(candidate, found, risk_aversion=self.risk_aversion, block=self.block)
            for candidate, found in zip(tried, results, strict=True)
        ]
        pairs = list(zip(tried, results, strict=True))
        variance = outcomes[0].market["realised_variance"]
        return Comparison(
            process=self.setup.process.name,
            paths=run.paths,
            block=self.block,
            recorded=self.recorded,
            realised_vol=float(np.sqrt(variance.mean())),
            points=tuple(
                replace(point, is_efficient=flag)
                for point, flag in zip(points, efficient(points), strict=True)
            ),
            best=tuple(
                best_of_each(
                    pairs, risk_aversion=self.risk_aversion, block=self.block, seed=run.seed
                )
            ),
            results=results,
        )

    def on_windows(self, history: PriceHistory) -> tuple["Race", int]:
        """The same on the recorded prices, and how many windows of them there are.

        Raises:
            InputError: No window fits.
        """
        process = Windows(history=history, stride_days=STRIDE_DAYS)
        steps = len(self.setup.clock)
        count = process.count(steps)
        if not count:
            raise InputError(
                f"{len(process.moves)} moves, and the run has {steps} steps",
                place="--prices",
                remedy="give a longer history, or fewer --set steps",
            )
        overlap = -(-steps // process.stride(steps))
        again = replace(
            self,
            setup=replace(self.setup, process=process, span=None),
            block=overlap,
            recorded=(int(history.stamp[0]), int(history.stamp[-1])),
        )
        return again, count

    def curves(self, found: Comparison, run: Run, progress: Progress | None) -> list[CostCurve]:
        """Cost of re-hedging against volatility, by the best policies of the most different families."""
        chosen = [CONTINUOUS]
        for best in found.best:
            if best.candidate not in (CONTINUOUS, NONE) and len(chosen) < CURVES:
                chosen.append(best.candidate)
        setups = {candidate: self.market(candidate) for candidate in chosen}
        return cost_curves(setups, self.market(NONE), self.hedger.name, run, progress=progress)
