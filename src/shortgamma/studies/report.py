"""The main job: the gamma of the system, what hedging it does to the price, and what to do about it."""

from dataclasses import dataclass

import numpy as np

from shortgamma.basics.errors import InputError, ShortgammaError
from shortgamma.basics.units import NANOSECONDS_PER_SECOND
from shortgamma.exposure.unit import unit_exposure
from shortgamma.feedback.engine import Progress, weighted
from shortgamma.market.book import Book
from shortgamma.market.chain import Chain
from shortgamma.market.history import PriceHistory
from shortgamma.protocols.pool.registry import GAMMA_AWARE, NAIVE, design_named
from shortgamma.studies.book_risk import BookRisk, book_risk
from shortgamma.studies.design.answer import DesignAnswer
from shortgamma.studies.design.question import FEWEST_PATHS, DesignQuestion
from shortgamma.studies.design.shocks import ShockSet
from shortgamma.studies.design.study import design
from shortgamma.studies.ensemble.ensemble import ensemble
from shortgamma.studies.exposure import Exposure
from shortgamma.studies.hedge import Hedge, hedge
from shortgamma.studies.policies.answer import PolicyComparison
from shortgamma.studies.policies.candidates import Grid
from shortgamma.studies.policies.question import SCENARIO
from shortgamma.studies.policies.study import policy
from shortgamma.studies.scenarios.books import held_book
from shortgamma.studies.scenarios.leveraged import LiquidationCascade
from shortgamma.studies.scenarios.pools import NaivePool
from shortgamma.studies.scenarios.scenario import Inputs
from shortgamma.studies.simulation import Simulation, answer, job_of
from shortgamma.studies.threads import threads_of

USUAL_YEARS = 30.0 / 365.0
"""Time to expiry at which the vol of a chain is read."""
FALLBACK_VOL = 0.5
SEED = 0
DAY_WORK = 0.6
"""Share of the work that the simulated day is."""
LEAST_DELTA = 1e-4
"""Coins per coin of options held that count as no delta."""
HOUR = 3_600 * NANOSECONDS_PER_SECOND


DESK_SHARE = 0.01
"""Part of the dealers' book that the desk of a report holds (A)."""
GAMMA_KEPT = 0.5
"""Part of its gamma that the desk's limit leaves it (A)."""
LEGS = 6
"""Instruments that it may trade, the perpetual included (A)."""
DESK_STEPS = 168
"""Hours over which it compares re-hedging rules."""
DESK_PATHS = 2_000
"""At most, for that."""
DESK_GRID = Grid(thresholds=8, intervals=4)

POOL_DESIGNS = (NAIVE, GAMMA_AWARE, "unhedged")
POOL_PATHS = 400
"""At most, on which designs of a pool are compared."""
POOL_STEPS, POOL_SECONDS = 672, 900.0
"""A week of quarters of an hour."""
POOL_THETA = -0.05
"""Gamma that a pool starts with, over depth (A)."""
CAPITAL_PER_DEPTH, ORDER_PER_DEPTH, VOLUME_PER_DEPTH = 0.8, 0.05, 60.0
"""Capital, mean order of a client and the market's volume of a day, over the depth for 1 % (A)."""
POOL_WORK = 0.3
"""Share of the work after the simulated day that this is."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DeskHedge:
    """How a desk with a part of the dealers' book hedges it.

    Args:
        share: Part of that book.
        hedge: The cheapest trades that halve its gamma; None where the market quotes none.
        refusal: Why there are none; empty where there are.
        policy: Which rule to re-hedge by.
    """

    share: float
    hedge: Hedge | None
    refusal: str
    policy: PolicyComparison

    def to_dict(self) -> dict[str, object]:
        """As a part of the report's document."""
        return {
            "share": self.share,
            "hedge": None if self.hedge is None else self.hedge.to_dict(),
            "refusal": self.refusal,
            "policy": self.policy.to_dict(),
        }


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Report:
    """All its parts.

    Args:
        exposure: The measured market.
        simulation: A day of that market, with the dealers' book hedged and without.
        desk: How one of the dealers hedges; None where nobody holds any gamma.
        pools: What option pools of different designs would do to this market.
        risk: What that desk may lose, and the margin it needs; None where nobody holds anything.
    """

    exposure: Exposure
    simulation: Simulation
    desk: DeskHedge | None
    pools: DesignAnswer
    risk: BookRisk | None

    def to_dict(self) -> dict[str, object]:
        """The answer as ``--json`` prints it: the exposure, with the other parts below keys of their own."""
        return self.exposure.to_dict() | {
            "simulation": self.simulation.to_dict(),
            "desk": None if self.desk is None else self.desk.to_dict(),
            "design": self.pools.to_dict(),
            "risk": None if self.risk is None else self.risk.to_dict(),
        }


def full_report(
    exposure: Exposure,
    *,
    history: PriceHistory | None = None,
    paths: int = 10_000,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Report:
    """Adds a simulated day of the measured book, and how a desk with a part of it hedges, to an exposure.

    Spot and a perpetual with a balanced leveraged crowd; the dealers hedge in the perpetual in every minute;
    depth withdraws as the market gets wilder. The exogenous price is a geometric Brownian motion at the
    chain's own vol, or a bootstrap of ``history``. All of it are assumptions that the page names.

    Args:
        exposure: The measured market.
        history: Prices from which the exogenous moves are drawn.
        paths: How many.
        workers: None is one per core.
        progress: Hears the share of the work that was finished; the shares sum to 1.

    Raises:
        InputError: The figures contradict each other.
    """
    chain = exposure.chain
    scenario = LiquidationCascade(
        vol=usual_vol(chain),
        process="gbm" if history is None else "bootstrap",
        depth_usd_per_pct=exposure.assumptions.depth_usd_per_pct,
        long_share=0.5,
        median_leverage=10.0,
    )
    inputs = Inputs(book=held_book(chain, exposure.positioning), history=history)
    job = job_of(scenario, inputs, paths=paths, seed=SEED)
    with ensemble([job], workers=workers, progress=weighted(progress, DAY_WORK)) as outcomes:
        day = answer(job, outcomes[0])
    rest = weighted(progress, 1.0 - DAY_WORK)
    own = weighted(rest, 1.0 - POOL_WORK)
    desk = desk_hedge(exposure, history=history, paths=paths, workers=workers, progress=own)
    question = pool_question(exposure, history=history, paths=paths, workers=workers)
    pools = design(question, progress=weighted(rest, POOL_WORK))
    risk = book_risk(
        desk_book(exposure),
        share=DESK_SHARE,
        depth_usd_per_pct=exposure.assumptions.depth_usd_per_pct,
    )
    return Report(exposure=exposure, simulation=day, desk=desk, pools=pools, risk=risk)


def pool_question(
    exposure: Exposure, *, history: PriceHistory | None, paths: int, workers: int | None
) -> DesignQuestion:
    """Option pools of the usual designs for a week in the measured market: its spot, vol and depth.

    Args:
        exposure, history, paths, workers: See :func:`full_report`.
    """
    chain, depth = exposure.chain, exposure.assumptions.depth_usd_per_pct
    figures = {
        "spot": chain.spot,
        "vol": usual_vol(chain),
        "steps": POOL_STEPS,
        "step_seconds": POOL_SECONDS,
        "depth_usd_per_pct": depth,
        "theta": POOL_THETA,
        "capital_usd": CAPITAL_PER_DEPTH * depth,
        "order_coins": ORDER_PER_DEPTH * depth / chain.spot,
        "daily_volume_usd": VOLUME_PER_DEPTH * depth,
    }
    here = ShockSet(name="this market", summary="spot, vol and depth as measured", figures=figures)
    return DesignQuestion(
        market=NaivePool(process="gbm" if history is None else "bootstrap"),
        designs=tuple(map(design_named, POOL_DESIGNS)),
        sets=(here,),
        inputs=Inputs(history=history),
        paths=max(min(paths, POOL_PATHS), FEWEST_PATHS),
        seed=SEED,
        threads=threads_of(workers),
    )


def desk_hedge(
    exposure: Exposure,
    *,
    history: PriceHistory | None,
    paths: int,
    workers: int | None,
    progress: Progress | None,
) -> DeskHedge | None:
    """How a desk with a part of the dealers' book hedges it; None where that part has no gamma.

    Args:
        exposure, history, paths, workers, progress: See :func:`full_report`.
    """
    chain, depth = exposure.chain, exposure.assumptions.depth_usd_per_pct
    book = desk_book(exposure)
    gamma = DESK_SHARE * exposure.totals.gamma_usd_per_pct
    if gamma == 0.0:
        return None
    limits = desk_limits(book, gamma)
    trades, refusal = None, ""
    try:
        trades = hedge(book, market=chain, limits=limits, depth_usd_per_pct=depth)
    except InputError as problem:
        refusal = problem.problem
    except ShortgammaError as problem:
        refusal = str(problem)
    compared = policy(
        SCENARIO,
        {"steps": DESK_STEPS, "depth_usd_per_pct": depth},
        book=book,
        prices=hourly(history),
        paths=min(paths, DESK_PATHS),
        grid=DESK_GRID,
        curve=False,
        workers=workers,
        progress=progress,
    )
    return DeskHedge(share=DESK_SHARE, hedge=trades, refusal=refusal, policy=compared)


def desk_book(exposure: Exposure) -> Book:
    """A part of what the dealers hold."""
    chain, held = exposure.chain, exposure.positioning.quantity
    rows = np.flatnonzero(held != 0.0)
    return Book(
        asof=chain.asof,
        underlying=chain.underlying,
        spot=chain.spot,
        options=chain.options.select(rows),
        quantity=DESK_SHARE * held[rows],
    )


def desk_limits(book: Book, gamma_usd_per_pct: float) -> dict[str, object]:
    """Half its gamma, no more vega than it has, and no delta."""
    unit = unit_exposure(book.options)
    vega = float(book.quantity @ unit.vega_usd_per_point)
    return {
        "legs": LEGS,
        "limits": {
            "delta": LEAST_DELTA * float(np.abs(book.quantity).sum()),
            "gamma_usd_per_pct": GAMMA_KEPT * abs(gamma_usd_per_pct),
            "vega_usd_per_point": abs(vega),
        },
    }


def hourly(history: PriceHistory | None) -> PriceHistory | None:
    """Prices from which hours can be drawn and a week replayed; None where they are too coarse or too few."""
    if history is None or history.bar > HOUR or HOUR % history.bar:
        return None
    hours = int(history.bars[-1]) * history.bar // HOUR
    return history if hours >= DESK_STEPS else None


def usual_vol(chain: Chain) -> float:
    """Vol of the option nearest to a month and to the forward, decimal."""
    options = chain.options
    distance = np.abs(np.log(options.strike / options.forward))
    distance += np.abs(np.log(np.maximum(options.years, 1e-6) / USUAL_YEARS))
    return float(options.vol[np.argmin(distance)]) if len(options) else FALLBACK_VOL
