"""Gamma scalping at high frequency: takers and makers, late by some seconds, long and short."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Unpack, cast

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import SECONDS_PER_YEAR
from shortgamma.feedback.engine import Progress, Run, simulate_all
from shortgamma.feedback.outcome import Outcome
from shortgamma.feedback.setup import Setup
from shortgamma.hedging.execution import MakerOrders
from shortgamma.studies.document import plain
from shortgamma.studies.policies.results import (
    BOOK_PARTS,
    PathResults,
    deviation,
    results_of,
    total,
)
from shortgamma.studies.scalping.answer import Setting
from shortgamma.studies.scalping.question import (
    SIDES,
    Asked,
    Question,
    asked,
    desk_of,
    with_desk,
)
from shortgamma.studies.scalping.study import realised_vol
from shortgamma.studies.scenarios.desk import EXECUTIONS, RehedgedBook
from shortgamma.studies.simulation import Metric, mean
from shortgamma.studies.threads import threads_of

SCENARIO = "scalper"
"""What is simulated where nobody says otherwise."""
PATHS = 500
"""Unless somebody says otherwise: a path has thousands of steps."""
LATENCIES: Final = (0.0, 1.0, 2.0, 5.0)
"""Seconds that are tried (A)."""
LONGEST_STEP = 1.0
"""Seconds: latencies are whole steps."""
LEAST_BLOCK = 2_000
"""Paths below which two threads wait for each other more than they work: every step is one of its own."""
TAKER, MAKER = EXECUTIONS
EXECUTION = "execution_usd"
WHOLE = 1e-6
"""Steps by which a latency may miss a whole number of them, as times in years are rounded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way to re-hedge.

    Args:
        side: ``long`` or ``short``.
        execution: ``taker`` or ``maker``.
        latency_seconds: Age of the price that it acts on.
    """

    side: str
    execution: str
    latency_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FastResult:
    """What a way to re-hedge earns.

    Args:
        way: Which.
        pnl: Mean result, USD.
        std: Standard deviation of the result, USD.
        parts: Mean of every part of the result, USD, positive = earned; they sum to ``pnl``.
        selection: USD that the price moved in favour of fills: of resting orders after they were posted (a
            maker), of all within the step (a taker); negative = fills came when the price went on against
            them.
        resting, crossing: USD traded by resting orders and across the spread.
        trades: Mean number.
    """

    way: Way
    pnl: Metric
    std: Metric
    parts: Mapping[str, Metric]
    selection: Metric
    resting: Metric
    crossing: Metric
    trades: Metric

    @property
    def resting_share(self) -> float:
        """Part of the turnover that rested; 0 where nothing was traded."""
        turnover = self.resting.value + self.crossing.value
        return self.resting.value / turnover if turnover > 0.0 else 0.0

    @property
    def selection_fraction(self) -> float:
        """Selection as a part of what rested; 0 where nothing did."""
        return self.selection.value / self.resting.value if self.resting.value > 0.0 else 0.0

    def to_dict(self) -> dict[str, object]:
        """As ``--json`` prints it."""
        way = self.way
        names = ("pnl", "std", "selection", "resting", "crossing", "trades")
        return {
            "side": way.side,
            "execution": way.execution,
            "latency_seconds": way.latency_seconds,
            **{name: plain(getattr(self, name)) for name in names},
            "resting_share": self.resting_share,
            "selection_fraction": self.selection_fraction,
            "parts": {name: plain(part) for name, part in self.parts.items()},
        }


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FastScalping:
    """The answer.

    Args:
        setting: The market that it rests on.
        realised_vol: Of the price where nobody hedges, decimal.
        terms: Of a maker's orders.
        net: Mean gamma + theta + vega by side, USD, of a taker without latency.
        results: Of every way.
        saved: Result of a maker less that of a taker on the same shocks, USD, by side and latency.
        slowed: Result with the longest latency less that without, USD, by side and execution.
    """

    setting: Setting
    realised_vol: float
    terms: MakerOrders
    net: Mapping[str, Metric]
    results: tuple[FastResult, ...]
    saved: Mapping[tuple[str, float], Metric]
    slowed: Mapping[tuple[str, str], Metric]

    def of(self, side: str, execution: str, *, late: float) -> FastResult:
        """One of the results; ``late`` in seconds."""
        way = Way(side=side, execution=execution, latency_seconds=late)
        return next(found for found in self.results if found.way == way)

    def best(self, side: str) -> FastResult:
        """The way with the highest mean result."""
        own = [found for found in self.results if found.way.side == side]
        return max(own, key=lambda found: found.pnl.value)

    def to_dict(self) -> dict[str, object]:
        """The answer as ``--json`` prints it."""
        document = {
            **self.setting.to_dict(),
            "realised_vol": self.realised_vol,
            "maker": plain(self.terms),
            "net": dict(self.net),
            "table": [found.to_dict() for found in self.results],
            "maker_less_taker": [
                {"side": side, "latency_seconds": latency, **as_figures(saved)}
                for (side, latency), saved in self.saved.items()
            ],
            "latest_less_prompt": [
                {"side": side, "execution": execution, **as_figures(slowed)}
                for (side, execution), slowed in self.slowed.items()
            ],
        }
        return cast("dict[str, object]", plain(document))


def as_figures(metric: Metric) -> dict[str, object]:
    """A figure of the result, with its error."""
    return {"pnl": metric.value, "pnl_standard_error": metric.standard_error}


def scalp_fast(
    scenario: str = SCENARIO,
    figures: Mapping[str, object] | None = None,
    *,
    workers: int | None = None,
    progress: Progress | None = None,
    **question: Unpack[Question],
) -> FastScalping:
    """What resting orders and speed are worth to a scalper who is long gamma, and to one who is short.

    Args:
        scenario: ``scalper``, or another one whose desk knows a maker's terms and steps of a second.
        figures: Figures of the scenario to change, by name, as ``--set`` does.
        workers: Threads; None is one per core.
        progress: Hears, from the threads that work, the share that was finished; the shares sum to 1.
        question: See :class:`Question`.

    Raises:
        InputError: Any input cannot be used.
    """
    threads = threads_of(workers)
    market = asked(scenario, figures or {}, question, usual_paths=PATHS)
    check_steps(market.setup)
    terms = maker_terms(market)
    ways = [
        Way(side=side, execution=execution, latency_seconds=latency)
        for side in SIDES
        for execution in EXECUTIONS
        for latency in LATENCIES
    ]
    run = run_of(market.job.paths, market.job.seed, threads)
    setups = [market_of(market, way, terms) for way in ways]
    outcomes = simulate_all(setups, run, progress=progress)
    label = market.desk.name
    results = {
        way: results_of(outcome, label, None) for way, outcome in zip(ways, outcomes, strict=True)
    }
    return FastScalping(
        setting=Setting.of(market),
        realised_vol=realised_vol(outcomes[0]),
        terms=terms,
        net={
            way.side: mean(total(found.parts, BOOK_PARTS))
            for way, found in results.items()
            if way.execution == TAKER and way.latency_seconds == LATENCIES[0]
        },
        results=tuple(fast_results(results, outcomes, label)),
        saved=dict(savings(results)),
        slowed=dict(delays(results)),
    )


def run_of(paths: int, seed: int, threads: int) -> Run:
    """How the paths are shared out."""
    block = max(-(-paths // threads), LEAST_BLOCK)
    return Run(paths=paths, seed=seed, threads=threads, block=block)


def check_steps(setup: Setup) -> None:
    """Refuses steps that are too long to be late by seconds, or of which latencies are no whole number.

    Raises:
        InputError: They are.
    """
    step = float(setup.clock.years[0]) * SECONDS_PER_YEAR
    if step > LONGEST_STEP * (1.0 + 1e-9):
        raise InputError(
            f"steps of {step:g} s cannot show latencies of seconds",
            place="--hf",
            remedy="use scalper, or --set step_seconds=1",
        )
    broken = [late for late in LATENCIES if abs(late / step - round(late / step)) > WHOLE]
    if broken:
        raise InputError(
            f"a latency of {broken[0]:g} s is no whole number of steps of {step:g} s",
            place="--hf",
            remedy="use --set step_seconds=1, or 1 over a whole number, as 0.5 or 0.25",
        )


def maker_terms(market: Asked) -> MakerOrders:
    """Terms on which the desk could rest its orders.

    Raises:
        InputError: The scenario has none.
    """
    scenario = market.job.scenario
    if not isinstance(scenario, RehedgedBook):
        raise InputError(
            "its desk knows no maker's terms", place=scenario.name, remedy="use scalper or desk"
        )
    return MakerOrders(
        fee=scenario.maker_fee,
        queue=scenario.queue,
        patience_seconds=scenario.patience_seconds,
    )


def market_of(market: Asked, way: Way, terms: MakerOrders) -> Setup:
    """The market where the desk re-hedges that way."""
    setup = market.side(way.side)
    desk = replace(
        desk_of(setup),
        latency_seconds=way.latency_seconds,
        maker=terms if way.execution == MAKER else None,
    )
    return with_desk(setup, desk)


def fast_results(
    results: Mapping[Way, PathResults], outcomes: Sequence[Outcome], label: str
) -> Iterator[FastResult]:
    """Every way in figures."""
    for (way, found), outcome in zip(results.items(), outcomes, strict=True):
        turnover = outcome.market[f"{label}: turnover_usd"]
        resting = outcome.market.get(f"{label}: resting_usd", 0.0 * turnover)
        yield FastResult(
            way=way,
            pnl=mean(found.pnl),
            std=deviation(found.pnl),
            parts={name: mean(part) for name, part in found.parts.items()},
            selection=mean(outcome.market.get(f"{label}: selection_usd", found.parts[EXECUTION])),
            resting=mean(resting),
            crossing=mean(turnover - resting),
            trades=mean(found.trades),
        )


def savings(results: Mapping[Way, PathResults]) -> Iterator[tuple[tuple[str, float], Metric]]:
    """What resting is worth, by side and latency."""
    for way, found in results.items():
        if way.execution == MAKER:
            taker = results[replace(way, execution=TAKER)]
            yield (way.side, way.latency_seconds), mean(found.pnl - taker.pnl)


def delays(results: Mapping[Way, PathResults]) -> Iterator[tuple[tuple[str, str], Metric]]:
    """What the longest latency changes, by side and execution."""
    for way, found in results.items():
        if way.latency_seconds == LATENCIES[-1]:
            prompt = results[replace(way, latency_seconds=LATENCIES[0])]
            yield (way.side, way.execution), mean(found.pnl - prompt.pnl)
