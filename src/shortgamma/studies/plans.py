"""Simulations for callers who start from names and files: one market, or all points of a sweep."""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from math import inf, prod
from threading import Event
from typing import Final, TypedDict, Unpack

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import DAYS_PER_YEAR, NANOSECONDS_PER_SECOND
from shortgamma.data import read_prices
from shortgamma.data.runs import RunStore
from shortgamma.data.scenario_files import read_scenario
from shortgamma.exposure.positioning import PositioningModel
from shortgamma.feedback.engine import Progress
from shortgamma.feedback.outcome import Outcome
from shortgamma.market.chain import Chain
from shortgamma.market.history import PriceHistory
from shortgamma.studies.ensemble.ensemble import PROCESSES_PAY, Ensemble, ensemble
from shortgamma.studies.ensemble.job import Job
from shortgamma.studies.scenarios.books import HeldBook, held_book
from shortgamma.studies.scenarios.bundled import SCENARIOS
from shortgamma.studies.scenarios.file import MOST_POINTS, Value, plan_from
from shortgamma.studies.scenarios.hedged import ReplayedPrices
from shortgamma.studies.scenarios.scenario import Inputs
from shortgamma.studies.scenarios.settings import full_name
from shortgamma.studies.simulation import (
    Simulation,
    answer,
    job_of,
    metrics_of,
    scenario_from,
)
from shortgamma.studies.source import open_chain, positioning_model
from shortgamma.studies.sweep import Sweep, SweepPoint

PATHS: Final = 10_000
SUFFIX: Final = ".toml"


class Request(TypedDict, total=False):
    """What a caller may ask for beside the scenario and its figures.

    Attributes:
        source: SOURCE or chain whose dealers' book is hedged, instead of the scenario's own book.
        positioning: Who holds the chain; see :func:`shortgamma.studies.source.exposure_of`.
        prices: File of prices, ``sample``, or a history: the process becomes ``bootstrap`` unless the
            figures say otherwise, and ``replay`` replays it.
        paths: How many; 10,000, and 1 where a series is replayed, since all paths would be the same.
        seed: The same seed gives the same figures, whatever the workers; 0.
        asof, underlying: Of the chain, see :func:`shortgamma.studies.source.open_chain`; the underlying
            also of the prices.
        sweep: Values of figures, by name: every combination of them is simulated.
    """

    source: str | Chain | None
    positioning: str | PositioningModel | None
    prices: str | PriceHistory | None
    paths: int | None
    seed: int | None
    asof: str | None
    underlying: str | None
    sweep: Mapping[str, Sequence[Value]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What is to be simulated, with all files read.

    Args:
        name, summary: Of the scenario.
        base: Bundled scenario that it builds on.
        axes: Values of every swept figure, by full name; empty where one market is simulated.
        settings: Place of every job on the axes.
        jobs: One per market.
    """

    name: str
    summary: str
    base: str
    axes: Mapping[str, tuple[Value, ...]]
    settings: tuple[Mapping[str, Value], ...]
    jobs: tuple[Job, ...]

    @property
    def is_long(self) -> bool:
        """True where it takes so long that what is done is worth keeping."""
        return sum(job.paths * len(job.scenario.clock) for job in self.jobs) >= PROCESSES_PAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A scenario as its name or its file has it.

    Args:
        name, summary, base, axes: As of :class:`Planned`.
        points: Place on the axes and figures of every market.
        request: What the file says beside.
    """

    name: str
    summary: str
    base: str
    axes: Mapping[str, tuple[Value, ...]]
    points: Sequence[tuple[Mapping[str, Value], Mapping[str, str]]]
    request: Request

    @classmethod
    def of(cls, scenario: str) -> "Draft":
        """From a name or a path.

        Raises:
            InputError: Neither is known.
        """
        if not scenario.lower().endswith(SUFFIX):
            kind = type(scenario_from(scenario))
            return cls(
                name=kind.name,
                summary=kind.summary,
                base=kind.name,
                axes={},
                points=(({}, {}),),
                request=Request(),
            )
        plan = plan_from(read_scenario(scenario))
        return cls(
            name=plan.name,
            summary=plan.summary,
            base=plan.base,
            axes=plan.axes,
            points=[(point.settings, point.figures) for point in plan.points],
            request=Request(
                source=plan.market,
                positioning=plan.positioning,
                prices=plan.prices,
                paths=plan.paths,
                seed=plan.seed,
                asof=plan.asof,
                underlying=plan.underlying,
            ),
        )


def planned(
    scenario: str, figures: Mapping[str, object] | None = None, **request: Unpack[Request]
) -> Planned:
    """Reads everything that a simulation needs.

    Args:
        scenario: Name of a bundled scenario, or the path of a scenario file; what is given beside a file
            takes precedence over what it says.
        figures: Figures of the scenario to change, by name, as ``--set`` does.
        request: See :class:`Request`.

    Raises:
        InputError: Any input cannot be used.
    """
    draft = Draft.of(scenario)
    said = {**draft.request, **{k: v for k, v in request.items() if v is not None}}
    asked = Request(**said)  # pyright: ignore[reportArgumentType] the keys are those of Request
    more = swept(draft, asked.get("sweep") or {})
    inputs, told = inputs_of(draft.base, asked)
    places = [
        (
            {**place, **extra},
            [told, own, texts(draft.base, figures or {}), texts(draft.base, extra)],
        )
        for place, own in draft.points
        for extra in combinations(more)
    ]
    if len(places) > MOST_POINTS:
        raise InputError(
            f"{len(places)} points", place="--sweep", remedy=f"give {MOST_POINTS:,} or fewer"
        )
    return Planned(
        name=draft.name,
        summary=draft.summary,
        base=draft.base,
        axes={**draft.axes, **more},
        settings=tuple(place for place, _layers in places),
        jobs=tuple(job(draft.base, layers, inputs, asked) for _place, layers in places),
    )


def job(base: str, layers: Sequence[Mapping[str, str]], inputs: Inputs, asked: Request) -> Job:
    """One market; later layers of figures take precedence."""
    figures: dict[str, str] = {}
    for layer in layers:
        figures |= layer
    paths = asked.get("paths")
    if paths is None:
        paths = 1 if base == ReplayedPrices.name else PATHS
    scenario = scenario_from(base, figures)
    return job_of(scenario, inputs, paths=paths, seed=asked.get("seed") or 0)


def texts(base: str, figures: Mapping[str, object]) -> dict[str, str]:
    """Figures by full name, as ``--set`` takes them.

    Raises:
        InputError: A name is not known, or given twice.
    """
    found: dict[str, str] = {}
    for name, value in figures.items():
        full = full_name(name, SCENARIOS[base].kinds(), owner=base, place="--set")
        if full in found:
            raise InputError(f"{full!r} is given twice", place="--set", remedy="give it once")
        found[full] = str(value)
    return found


def swept(draft: Draft, sweep: Mapping[str, Sequence[Value]]) -> dict[str, tuple[Value, ...]]:
    """Further axes, by full name.

    Raises:
        InputError: A name is not known, swept twice, or has no values.
    """
    kinds, axes = SCENARIOS[draft.base].kinds(), dict[str, tuple[Value, ...]]()
    for name, values in sweep.items():
        full = full_name(name, kinds, owner=draft.base, place="--sweep")
        if full in {*axes, *draft.axes}:
            raise InputError(f"{full!r} is swept twice", place="--sweep", remedy="sweep it once")
        if not values or len(set(values)) < len(values):
            raise InputError(
                f"{full} has {len(values)} values, {len(set(values))} of them different",
                place="--sweep",
                remedy="give different values",
            )
        axes[full] = tuple(values)
    if prod(map(len, axes.values())) > MOST_POINTS:
        raise InputError(
            "too many points", place="--sweep", remedy=f"give {MOST_POINTS:,} or fewer"
        )
    return axes


def combinations(axes: Mapping[str, Sequence[Value]]) -> list[dict[str, Value]]:
    """Every combination of the values; the last axis runs fastest."""
    return [dict(zip(axes, values, strict=True)) for values in product(*axes.values())]


def inputs_of(base: str, asked: Request) -> tuple[Inputs, dict[str, str]]:
    """Book and prices, and what the prices say about the scenario where the caller does not."""
    source, prices = asked.get("source"), asked.get("prices")
    replays = base == ReplayedPrices.name
    if prices is None and replays:
        prices = "sample"
    asof, underlying = asked.get("asof"), asked.get("underlying")
    chain = (
        open_chain(source, asof=asof, underlying=underlying) if isinstance(source, str) else source
    )
    positioning = asked.get("positioning")
    if chain is None and (positioning or asof):
        raise InputError(
            "there is no chain to position or to date", place="--market", remedy="give a chain"
        )
    coin = underlying if chain is None else chain.underlying
    history = read_prices(prices, underlying=coin) if isinstance(prices, str) else prices
    name = source if isinstance(source, str) else ""
    book = None if chain is None else measured_book(chain, positioning, name=name)
    told = {} if history is None else from_history(history, replays=replays)
    return Inputs(book=book, history=history), told


def measured_book(
    chain: Chain, positioning: str | PositioningModel | None, *, name: str = ""
) -> HeldBook:
    """What the dealers of a chain hold; ``name`` is the SOURCE that it was read from."""
    if positioning is None or isinstance(positioning, str):
        positioning = positioning_model(positioning, chain, source=name)
    return held_book(chain, positioning.position(chain))


def from_history(history: PriceHistory, *, replays: bool) -> dict[str, str]:
    """What a price history says about a scenario."""
    if not replays:
        return {"process": "bootstrap"}
    return {
        "spot": repr(float(history.close[0])),
        "steps": str(len(history.moves)),
        "step_seconds": repr(history.bar / NANOSECONDS_PER_SECOND),
    }


class Workers(TypedDict, total=False):
    """Who computes; see :func:`shortgamma.studies.ensemble.ensemble.ensemble`.

    Attributes:
        workers: None is one per core.
        cluster: Address of a Dask scheduler.
        store: Where chunks go; None keeps them in memory.
        progress: Hears the share of the work that was finished; the shares sum to 1.
        cancel: Set from another thread to stop early.
    """

    workers: int | None
    cluster: str | None
    store: RunStore | None
    progress: Progress | None
    cancel: Event | None


@contextmanager
def answers(plan: Planned, **who: Unpack[Workers]) -> Generator[Simulation | Sweep, None, None]:
    """Computes the plan; where chunks are stored, its figures can be read while the context lasts.

    Raises:
        InputError: A market contradicts itself, or see :func:`ensemble`.
    """
    with ensemble(plan.jobs, **who) as outcomes:
        yield sweep_of(plan, outcomes) if plan.axes else answer(plan.jobs[0], outcomes[0])


def sweep_of(plan: Planned, outcomes: Ensemble) -> Sweep:
    """All points side by side."""
    clock = outcomes.setups[0].clock
    return Sweep(
        name=plan.name,
        summary=plan.summary,
        base=plan.base,
        axes=plan.axes,
        points=tuple(
            point(job, settings, outcome)
            for job, settings, outcome in zip(plan.jobs, plan.settings, outcomes, strict=True)
        ),
        paths=plan.jobs[0].paths,
        seed=plan.jobs[0].seed,
        steps=len(clock),
        horizon_days=clock.horizon * DAYS_PER_YEAR,
    )


def point(job: Job, settings: Mapping[str, Value], outcome: Outcome) -> SweepPoint:
    """One point."""
    depth = job.scenario.depth_usd_per_pct
    gamma = job.scenario.held(job.inputs).gamma_usd_per_pct
    theta = gamma / depth if depth > 0.0 else -inf * (gamma < 0.0)
    return SweepPoint(settings=settings, theta=theta, metrics=metrics_of(outcome))


def simulate(
    scenario: str = "gamma-squeeze",
    figures: Mapping[str, object] | None = None,
    *,
    workers: int | None = None,
    progress: Progress | None = None,
    **request: Unpack[Request],
) -> Simulation:
    """What hedging flow does to the price, against the same shocks without hedging.

    Args:
        scenario: Name of a bundled scenario, or the path of a scenario file.
        figures: Figures of the scenario to change, by name, as ``--set`` does.
        workers: None is one per core.
        progress: Hears, from the threads that work, the share that was finished; the shares sum to 1.
        request: See :class:`Request`.

    Raises:
        InputError: Any input cannot be used, or the scenario is a sweep.
    """
    plan = planned(scenario, figures, **request)
    if plan.axes:
        raise InputError("it sweeps figures", place=scenario, remedy="use sweep() for it")
    with ensemble(plan.jobs, workers=workers, progress=progress) as outcomes:
        return answer(plan.jobs[0], outcomes[0])


def sweep(
    scenario: str,
    figures: Mapping[str, object] | None = None,
    *,
    workers: int | None = None,
    progress: Progress | None = None,
    **request: Unpack[Request],
) -> Sweep:
    """One scenario at many settings, on common random numbers.

    Args:
        scenario: Path of a scenario file, or the name of a bundled scenario.
        figures: Figures that are the same at all points.
        workers: None is one per core.
        progress: Hears, from the threads that work, the share that was finished; the shares sum to 1.
        request: See :class:`Request`; ``sweep={"theta": [-0.2, -0.4]}`` where the file has none.

    Raises:
        InputError: Any input cannot be used, or nothing is swept.
    """
    plan = planned(scenario, figures, **request)
    if not plan.axes:
        raise InputError("nothing is swept", place=scenario, remedy="name figures and their values")
    with ensemble(plan.jobs, workers=workers, progress=progress) as outcomes:
        return sweep_of(plan, outcomes)
