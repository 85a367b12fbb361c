"""Gamma-hedging strategies on the same shocks: what each costs, which risk it leaves, what the price does.

Every strategy has a market of its own, with its own impact on the price. The random numbers are the same, so
that differences between strategies are paired path by path.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypedDict, Unpack

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import DAYS_PER_YEAR
from shortgamma.exposure.positioning import PositioningModel
from shortgamma.feedback.engine import BLOCK, Progress, Run, simulate_all
from shortgamma.feedback.outcome import Outcome
from shortgamma.hedging.gamma import STRATEGIES, DeltaOnly, GammaStrategy, strategy_from
from shortgamma.hedging.purchases import Purchase
from shortgamma.market.chain import Chain
from shortgamma.market.history import PriceHistory
from shortgamma.studies.document import plain, plain_mapping
from shortgamma.studies.ensemble.job import METHOD, Job
from shortgamma.studies.plans import planned
from shortgamma.studies.scenarios.books import HeldBook
from shortgamma.studies.scenarios.scenario import Scenario
from shortgamma.studies.scenarios.settings import with_parameters
from shortgamma.studies.simulation import Metric, mean, root
from shortgamma.studies.strategy_figures import PARTS, TAIL, part_scores, scores, total
from shortgamma.studies.strategy_markets import StrategyMarket, strategy_markets
from shortgamma.studies.threads import threads_of

Vector = NDArray[np.float64]

SCENARIO: Final = "desk"
GAPS: Final = (-0.2, -0.1, 0.1, 0.2)
"""Moves before anyone can trade, parts of the price."""
FEWEST_PATHS: Final = 100
"""Fewer have no tail."""
CLEAR: Final = 2.0
"""Standard errors from which a difference is called one."""


class Request(TypedDict, total=False):
    """What a caller may ask for; see :class:`shortgamma.studies.plans.Request`.

    Attributes:
        source, positioning, prices, asof, underlying: Whose book is hedged, and on which prices.
        paths, seed: How many, and of all draws.
    """

    source: str | Chain | None
    positioning: str | PositioningModel | None
    prices: str | PriceHistory | None
    paths: int | None
    seed: int | None
    asof: str | None
    underlying: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StrategyResult:
    """What one strategy leads to.

    Args:
        label: Its name, with the parameters in which it differs from others of that name.
        strategy: With its parameters.
        purchases: What it buys at the start, one per hedger.
        theta: Net gamma of the hedgers over depth at the start, negative = short; NaN without depth.
        gap_pnl_usd: Gain in a gap of each size of GAPS at the start, before anyone trades, USD.
        worst_usd: Largest loss of a path, USD, positive = lost.
        metrics: Means over paths by name. Costs are USD, positive = paid; ``es_usd`` is the mean loss of the
            worst 2.5 % of the paths, positive = lost; ``mean_theta`` is over time and paths.
        differences: The same less those of the first strategy, on the same shocks; empty for that one.
        parts: Means of the parts that sum to the result, USD, negative = lost or paid.
        pnl_usd: Result of every path, shape (paths,).
        scores: Of every path by figure, shape (paths,); their means are the metrics.
    """

    label: str
    strategy: GammaStrategy
    purchases: tuple[Purchase, ...]
    theta: float
    gap_pnl_usd: Vector
    worst_usd: float
    metrics: Mapping[str, Metric]
    differences: Mapping[str, Metric]
    parts: Mapping[str, Metric]
    pnl_usd: Vector = field(repr=False)
    scores: Mapping[str, Vector] = field(repr=False)

    @property
    def bought(self) -> float:
        """Options bought at the start, units of the underlying."""
        return sum(float(each.quantity.sum()) for each in self.purchases)

    @property
    def gap_loss_usd(self) -> float:
        """Loss in the worse of the two widest gaps, USD, 0 or more."""
        sizes = np.abs(GAPS)
        return max(-float(self.gap_pnl_usd[sizes == sizes.max()].min()), 0.0)

    def to_dict(self) -> dict[str, object]:
        """As ``--json`` prints it."""
        return {
            "strategy": self.strategy.name,
            "label": self.label,
            "parameters": plain_mapping(self.strategy),
            "bought": [
                {"instrument": name, "quantity": quantity, "strike": strike, "vol": vol}
                for each in self.purchases
                for name, quantity, strike, vol in zip(
                    each.options.instrument.tolist(),
                    each.quantity.tolist(),
                    each.options.strike.tolist(),
                    each.options.vol.tolist(),
                    strict=True,
                )
            ],
            "theta": plain(self.theta),
            "gaps": [
                {"move": gap, "pnl_usd": pnl}
                for gap, pnl in zip(GAPS, self.gap_pnl_usd.tolist(), strict=True)
            ],
            "worst_usd": plain(self.worst_usd),
            "metrics": {name: plain(metric) for name, metric in self.metrics.items()},
            "differences": {name: plain(metric) for name, metric in self.differences.items()},
            "parts": {name: plain(metric) for name, metric in self.parts.items()},
        }


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Strategies:
    """The answer.

    Args:
        scenario: With all its figures.
        book: What the hedgers hold before they buy anything.
        process: Exogenous price, in words.
        run: Paths and seed.
        steps: Of a path.
        horizon_days: Of a path.
        realised_vol_without: Of the same shocks when nobody hedges, decimal.
        results: One per strategy; the first one buys no options.
    """

    scenario: Scenario
    book: HeldBook
    process: str
    run: Run
    steps: int
    horizon_days: float
    realised_vol_without: Metric
    results: tuple[StrategyResult, ...]

    @property
    def least_shortfall(self) -> tuple[StrategyResult, ...]:
        """Of the smallest expected shortfall; others that cannot be told from it follow."""
        figure = "es_usd"
        ranked = sorted(self.results, key=lambda found: found.metrics[figure].value)
        gaps = [mean(found.scores[figure] - ranked[0].scores[figure]) for found in ranked]
        return tuple(
            found
            for found, gap in zip(ranked, gaps, strict=True)
            if not gap.value > CLEAR * gap.standard_error
        )

    @property
    def least_gap_loss(self) -> StrategyResult:
        """Of the smallest loss in the widest gaps."""
        return min(self.results, key=lambda found: found.gap_loss_usd)

    @property
    def shortfall_saved(self) -> float | None:
        """Part of the first strategy's shortfall that the best one saves; None where there is no loss."""
        best, before = self.least_shortfall[0], self.results[0].metrics["es_usd"].value
        saved = before - best.metrics["es_usd"].value
        return saved / before if before > 0.0 else None

    @property
    def verdict(self) -> str:
        """Which strategy leaves the smallest expected shortfall and what it costs, in words."""
        first, tied, gap = self.results[0], self.least_shortfall, self.least_gap_loss
        if first in tied:
            return (
                f"No strategy has an expected shortfall below that of {first.label} beyond sampling "
                "error."
            )
        best = tied[0]
        saved, less = self.shortfall_saved, -best.differences["es_usd"].value
        below = (
            f"{millions(less)} below that of {first.label}, which loses nothing even in its worst "
            f"{100.0 * TAIL:g} % of the paths"
            if saved is None
            else f"{100.0 * saved:.0f} % below that of {first.label}"
        )
        costs = [found.metrics["cost_usd"].value for found in (best, first)]
        others = ", ".join(found.label for found in tied[1:])
        same = f" Sampling error does not tell it from {others}." if others else ""
        return (
            f"{best.label} has the smallest expected shortfall: {below}, at a cost of "
            f"{millions(costs[0])} in place of {millions(costs[1])} per path."
            f"{same} {gap.label} loses least in a gap of {100.0 * GAPS[-1]:g} %: "
            f"{millions(gap.gap_loss_usd)} in place of {millions(first.gap_loss_usd)}."
        )

    def to_dict(self) -> dict[str, object]:
        """The answer as ``--json`` prints it."""
        return {
            "scenario": self.scenario.name,
            "summary": self.scenario.summary,
            "method": METHOD,
            "paths": self.run.paths,
            "steps": self.steps,
            "seed": self.run.seed,
            "horizon_days": self.horizon_days,
            "process": self.process,
            "parameters": plain(self.scenario),
            "book": {
                "source": self.book.label,
                "options": len(self.book.options),
                "spot": self.book.spot,
                "gamma_usd_per_pct": self.book.gamma_usd_per_pct,
                "vol": self.book.vol,
            },
            "realised_vol_without": plain(self.realised_vol_without),
            "strategies": [result.to_dict() for result in self.results],
            "verdict": self.verdict,
        }


def millions(usd: float) -> str:
    """An amount in words."""
    return f"{usd / 1e6:,.2f} million USD"


def strategies(
    scenario: str = SCENARIO,
    figures: Mapping[str, object] | None = None,
    *,
    chosen: Sequence[GammaStrategy | str] = (),
    workers: int | None = None,
    progress: Progress | None = None,
    **request: Unpack[Request],
) -> Strategies:
    """Compares gamma-hedging strategies of the hedgers of a scenario on the same shocks.

    Args:
        scenario: Name of a bundled scenario, or the path of a scenario file.
        figures: Figures of the scenario to change, by name, as ``--set`` does.
        chosen: Strategies, or ``name:key=value,…``; none are the four bundled ones. ``delta-only`` is
            compared with, and always comes first.
        workers: Threads; None is one per core.
        progress: Hears, from the threads that work, the share that was finished; the shares sum to 1.
        request: See :class:`Request`.

    Raises:
        InputError: Any input cannot be used, the scenario is a sweep, or nobody in it hedges options.
    """
    compared, threads = strategies_of(chosen), threads_of(workers)
    plan = planned(scenario, figures, **request)
    if plan.axes:
        raise InputError("it sweeps figures", place=scenario, remedy="give every figure one value")
    job = plan.jobs[0]
    if job.paths < FEWEST_PATHS:
        raise InputError(
            f"paths is {job.paths}", place="paths", remedy=f"give {FEWEST_PATHS} or more for a tail"
        )
    setup = job.scenario.build(job.inputs)
    markets = strategy_markets(setup, compared, place=scenario)
    block = min(-(-job.paths // threads), BLOCK)
    run = Run(paths=job.paths, seed=job.seed, threads=threads, block=block)
    outcomes = simulate_all([market.setup for market in markets], run, progress=progress)
    return answer(job, markets, outcomes)


def strategies_of(chosen: Sequence[GammaStrategy | str]) -> tuple[GammaStrategy, ...]:
    """The strategies that are meant, ``delta-only`` first.

    Raises:
        InputError: One is not known.
    """
    given = tuple(chosen) or tuple(STRATEGIES)
    found = [parsed_strategy(each) if isinstance(each, str) else each for each in given]
    rest = [strategy for strategy in found if not isinstance(strategy, DeltaOnly)]
    return (DeltaOnly(), *rest)


def labels(compared: Sequence[GammaStrategy]) -> list[str]:
    """Names of strategies, with the parameters in which those of one name differ, all different."""
    found: list[str] = []
    for strategy in compared:
        own = plain_mapping(strategy)
        alike = [plain_mapping(each) for each in compared if each.name == strategy.name]
        differ = [key for key in own if any(other[key] != own[key] for other in alike)]
        text = ",".join(f"{key}={own[key]:g}" for key in differ)
        label = f"{strategy.name}:{text}" if text else strategy.name
        found.append(label if label not in found else f"{label} #{len(found)}")
    return found


def parsed_strategy(text: str) -> GammaStrategy:
    """A strategy from ``name`` or ``name:key=value,…``.

    Raises:
        InputError: No such strategy, or a parameter that it does not take.
    """
    name, parameters = with_parameters(text, place="--strategy")
    return strategy_from(name, **parameters)


def answer(job: Job, markets: Sequence[StrategyMarket], outcomes: Sequence[Outcome]) -> Strategies:
    """What the outcomes of all markets say."""
    clock = markets[0].setup.clock
    depth = job.scenario.depth_usd_per_pct
    found = [
        scores(outcome, market.names, depth=depth)
        for market, outcome in zip(markets, outcomes, strict=True)
    ]
    names = labels([market.strategy for market in markets])
    return Strategies(
        scenario=job.scenario,
        book=job.scenario.held(job.inputs),
        process=markets[0].setup.process.name,
        run=job.run,
        steps=len(clock),
        horizon_days=clock.horizon * DAYS_PER_YEAR,
        realised_vol_without=root(outcomes[0].quiet["realised_variance"]),
        results=tuple(
            result(market, outcome, own=own, first=found[0], depth=depth, label=label)
            for market, outcome, own, label in zip(markets, outcomes, found, names, strict=True)
        ),
    )


def result(
    market: StrategyMarket,
    outcome: Outcome,
    *,
    own: Mapping[str, Vector],
    first: Mapping[str, Vector],
    depth: float,
    label: str,
) -> StrategyResult:
    """What one strategy leads to.

    Args:
        market: Under the strategy.
        outcome: Of it.
        own, first: Scores of this strategy and of the first one.
        depth: USD per 1 %.
        label: Of the strategy.
    """
    pnl = total(outcome.market, market.names, "pnl_usd")
    parts = part_scores(outcome, market.names)
    return StrategyResult(
        label=label,
        strategy=market.strategy,
        purchases=market.purchases,
        theta=market.gamma_usd_per_pct / depth if depth > 0.0 else np.nan,
        gap_pnl_usd=market.gap_pnl(np.array(GAPS)),
        worst_usd=-float(pnl.min()),
        metrics={name: mean(values) for name, values in own.items()},
        differences={}
        if own is first
        else {name: mean(values - first[name]) for name, values in own.items()},
        parts={part: mean(parts[part]) for part in PARTS if np.any(parts[part])},
        pnl_usd=pnl,
        scores=own,
    )
