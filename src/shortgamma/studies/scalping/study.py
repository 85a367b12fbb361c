"""Gamma scalping: a book long its gamma and its mirror, what each earns, breaks even at and is stopped by."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Unpack

import numpy as np

from shortgamma.feedback.curves import Span
from shortgamma.feedback.engine import Progress, Run, simulate_all, weighted
from shortgamma.feedback.outcome import Outcome
from shortgamma.feedback.processes.scaled import Scaled
from shortgamma.feedback.setup import Setup
from shortgamma.hedging.policies import NoHedge
from shortgamma.studies.policies.question import wilder
from shortgamma.studies.policies.results import (
    BOOK_PARTS,
    CARRY_PARTS,
    TRADING_PARTS,
    PathResults,
    deviation,
    results_of,
    total,
)
from shortgamma.studies.policies.study import run_of
from shortgamma.studies.scalping.answer import COST_PARTS, IMPACT, Scalping, Setting, Side
from shortgamma.studies.scalping.break_even import (
    SHARES,
    BreakEvenVol,
    VolPoint,
    break_even_vol,
)
from shortgamma.studies.scalping.constraints import (
    binding,
    binding_risk,
    constraint_of,
    frictionless,
    ordered,
    removals,
)
from shortgamma.studies.scalping.identity import Identity, identity_of
from shortgamma.studies.scalping.limits import Rehedge, limits_of, rehedge_of
from shortgamma.studies.scalping.question import (
    LONG,
    SHORT,
    SIDES,
    Asked,
    Question,
    asked,
    desk_of,
    with_desk,
)
from shortgamma.studies.simulation import Metric, mean

SCENARIO = "desk"
"""What is simulated where nobody says otherwise."""
PATHS = 2_000
"""Unless somebody says otherwise: differences are taken on the same shocks, so few suffice."""
IDENTITY_PATHS = 400
"""At most: the identity holds on each of them."""
IDENTITY_WORK = 5.0
"""Of a path of the identity, in paths of a market: it is taken step by step."""
FREE = "free"
FULL, QUIET = "full", "quiet"


def scalp(
    scenario: str = SCENARIO,
    figures: Mapping[str, object] | None = None,
    *,
    workers: int | None = None,
    progress: Progress | None = None,
    **question: Unpack[Question],
) -> Scalping:
    """What gamma scalping earns, long and short, where it breaks even, and which constraint binds.

    The book is taken long its gamma and short it, in markets of their own on the same shocks.

    Args:
        scenario: Name of a bundled scenario with a hedger, or the path of a scenario file.
        figures: Figures of the scenario to change, by name, as ``--set`` does.
        workers: Threads; None is one per core.
        progress: Hears, from the threads that work, the share that was finished; the shares sum to 1.
        question: See :class:`Question`.

    Raises:
        InputError: Any input cannot be used, or nothing is there to hedge.
    """
    market = asked(scenario, figures or {}, question, usual_paths=PATHS)
    run = run_of(market.job, workers)
    tables = [Tried.of(market, side) for side in SIDES]
    told = shares(tables, run, progress)
    found = list(simulated(tables, run, told[0]))
    curves = curves_of(market, run, told[1])
    return Scalping(
        setting=Setting.of(market),
        realised_vol=realised_vol(found[0][0]),
        identity=identity_in(market.side(LONG), run, told[2]),
        frictionless=break_even_vol(curves[FREE], estimate=None, seed=run.seed),
        long=side_of(market, tables[0], found[0], curves[LONG]),
        short=side_of(market, tables[1], found[1], curves[SHORT]),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tried:
    """The markets of one side at the scenario's own vol.

    Args:
        side: ``long`` or ``short``.
        markets: QUIET, where it does not hedge, FULL, and FULL without each constraint by its name.
    """

    side: str
    markets: Mapping[str, Setup]

    @classmethod
    def of(cls, market: Asked, side: str) -> "Tried":
        """All that there are."""
        full = market.side(side)
        still = replace(desk_of(full), policy=NoHedge(), maker=None, lot=None, latency_seconds=0.0)
        return cls(side=side, markets={QUIET: with_desk(full, still), FULL: full} | removals(full))


def shares(tables: Sequence[Tried], run: Run, progress: Progress | None) -> list[Progress | None]:
    """Who hears of the three parts of the work: constraints, vols, identity."""
    work = [
        run.paths * sum(len(table.markets) for table in tables),
        run.paths * len(SHARES) * (len(SIDES) + 1),
        IDENTITY_WORK * min(run.paths, IDENTITY_PATHS),
    ]
    return [weighted(progress, part / sum(work)) for part in work]


def simulated(
    tables: Sequence[Tried], run: Run, progress: Progress | None
) -> Iterator[tuple[Outcome, ...]]:
    """The outcomes of every side's markets, all on the same shocks."""
    setups = [setup for table in tables for setup in table.markets.values()]
    outcomes = iter(simulate_all(setups, run, progress=progress))
    for table in tables:
        yield tuple(next(outcomes) for _market in table.markets)


def realised_vol(outcome: Outcome) -> float:
    """Of the price that nobody hedges on."""
    return float(np.sqrt(outcome.quiet["realised_variance"].mean()))


def curves_of(
    market: Asked, run: Run, progress: Progress | None
) -> dict[str, tuple[VolPoint, ...]]:
    """Both sides, and the long one without constraints, at several realised vols."""
    setups = {side: market.side(side) for side in SIDES}
    setups[FREE] = frictionless(setups[LONG])
    process, clock = market.setup.process, market.setup.clock
    vols = [share * market.implied_vol for share in SHARES]
    span = Span.around(
        max(vols) * clock.horizon**0.5,
        is_fine=min(agent.first_expiry for agent in market.setup.agents) <= clock.horizon,
    )
    markets: list[Setup] = []
    for vol in vols:
        factor = vol / process.annual_vol
        scaled = Scaled(process=process, factor=factor)
        markets += [wilder(setup, scaled, factor=factor, span=span) for setup in setups.values()]
    outcomes = simulate_all(markets, run, progress=progress)
    label = market.desk.name
    rows = [outcomes[i : i + len(setups)] for i in range(0, len(outcomes), len(setups))]
    return {
        name: tuple(vol_point(row[number], label) for row in rows)
        for number, name in enumerate(setups)
    }


def vol_point(outcome: Outcome, label: str) -> VolPoint:
    """One side at one vol."""
    results = results_of(outcome, label, None)
    return VolPoint(
        squared_vol=outcome.quiet["realised_variance"],
        pnl=results.pnl,
        gross=results.pnl - results.parts["spread_usd"] - results.parts["fees_usd"],
        turnover=outcome.market[f"{label}: turnover_usd"],
    )


def identity_in(setup: Setup, run: Run, progress: Progress | None) -> Identity:
    """The identity on the first paths."""
    paths = min(run.paths, IDENTITY_PATHS)
    return identity_of(setup, replace(run, paths=paths), progress=progress)


def side_of(
    market: Asked, tried: Tried, outcomes: Sequence[Outcome], curve: tuple[VolPoint, ...]
) -> Side:
    """One side in figures."""
    by_name = dict(zip(tried.markets, outcomes, strict=True))
    label = market.desk.name
    quiet = results_of(by_name.pop(QUIET), label, None)
    full = by_name.pop(FULL)
    results = results_of(full, label, quiet.parts)
    constraints = ordered(
        [constraint_of(name, results, results_of(by_name[name], label, None)) for name in by_name]
    )
    turnover = mean(full.market[f"{label}: turnover_usd"])
    typical = typical_of(market, results, turnover)
    return Side(
        name=tried.side,
        parts={name: mean(part) for name, part in results.parts.items()},
        net=mean(total(results.parts, BOOK_PARTS)),
        costs=costs_of(results),
        pnl=mean(results.pnl),
        std=deviation(results.pnl),
        turnover=turnover,
        trades=mean(results.trades),
        cost=vol_point(full, label).cost,
        vol=vol_of(tried.side, results, curve, market=market),
        curve=curve,
        constraints=constraints,
        binding=binding(constraints),
        binding_risk=binding_risk(constraints),
        typical=typical,
        limits=() if typical is None else limits_of(tried.markets[FULL], typical),
    )


def typical_of(market: Asked, results: PathResults, turnover: Metric) -> Rehedge | None:
    """A typical re-hedge; None where nothing was traded."""
    return rehedge_of(
        results,
        turnover.value,
        gamma_usd_per_pct=market.gamma_usd_per_pct,
        spot=market.setup.spot,
    )


def costs_of(results: PathResults) -> dict[str, Metric]:
    """Costs by kind, positive = paid."""
    names = {name.removesuffix("_usd"): name for name in COST_PARTS}
    kinds = {kind: mean(-results.parts[name]) for kind, name in names.items()}
    return {**kinds, IMPACT: mean(results.impact)}


def vol_of(
    side: str, results: PathResults, curve: tuple[VolPoint, ...], *, market: Asked
) -> BreakEvenVol:
    """Break-even vol, beside what the costs at the scenario's own vol say."""
    estimate = estimate_of(side, results, market.implied_vol) if market.is_alone else None
    return break_even_vol(curve, estimate=estimate, seed=market.job.seed)


def estimate_of(side: str, results: PathResults, implied_vol: float) -> float | None:
    """√(σ_i²·(1 ± cost/|theta|)), all costs of trading and holding; None where it is not positive."""
    theta = abs(float(results.parts["theta_usd"].mean()))
    paid = results.impact - total(results.parts, (*TRADING_PARTS, *CARRY_PARTS))
    sign = 1.0 if side == LONG else -1.0
    share = sign * float(paid.mean()) / theta if theta > 0.0 else np.nan
    return implied_vol * float(np.sqrt(1.0 + share)) if share > -1.0 else None
