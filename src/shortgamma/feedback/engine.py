"""Runs a market and its counterfactual on many paths: blocks in threads, all steps of a block in order."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.feedback.agent import Agent
from shortgamma.feedback.draws import CHUNK, Draws
from shortgamma.feedback.marchers import Marcher, advance, marcher_of
from shortgamma.feedback.outcome import Outcome, Paths, gather, join, pictured
from shortgamma.feedback.processes.process import Process
from shortgamma.feedback.setup import Setup
from shortgamma.feedback.world import World

Vector = NDArray[np.float64]
Result = TypeVar("Result")

BLOCK = 8192
"""Paths that a thread takes through all steps before the next ones: their state stays in the cache."""
MOST_PATHS = 100_000_000

Observer = Callable[[World, World], None]
"""Looks at the market and its counterfactual after each step of a block."""
Progress = Callable[[float], None]
"""Hears, from the threads that work, the share of the run that was finished since it last heard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """How much to simulate and what to keep.

    Args:
        paths: How many.
        seed: 0 ≤ seed < 2**63; the same seed gives the same bits, whatever the threads and blocks.
        threads: How many blocks at once.
        keep_every: Steps between stored prices; 0 stores none, so that memory is O(paths).
        block: Paths per block.
    """

    paths: int = 10_000
    seed: int = 0
    threads: int = 2
    keep_every: int = 0
    block: int = BLOCK

    def __post_init__(self) -> None:
        if not 1 <= self.paths <= MOST_PATHS:
            raise InputError(
                f"{self.paths} paths", place="paths", remedy=f"give 1 to {MOST_PATHS:,}"
            )
        if not 0 <= self.seed < 2**63:
            raise InputError(f"seed {self.seed}", place="seed", remedy="give 0 to 2**63 − 1")
        if self.threads < 1 or self.block < 1 or self.keep_every < 0:
            raise InputError(
                f"{self.threads} threads, blocks of {self.block}, prices kept every {self.keep_every}",
                place="run",
                remedy="give 1 or more threads and paths per block, and 0 or more steps",
            )

    def blocks(self) -> list[tuple[int, int]]:
        """First path and size of every block."""
        return [(i, min(self.block, self.paths - i)) for i in range(0, self.paths, self.block)]


def without_hedging(setup: Setup) -> Setup:
    """The same market when nobody hedges: the counterfactual."""
    return replace(
        setup,
        agents=tuple(agent for agent in setup.agents if not agent.is_hedger),
        markets=tuple(market for market in setup.markets if not market.serves_hedgers),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prepared:
    """What all blocks of a market share.

    Args:
        setup, quiet: The market, and the same without hedging.
        shared, quiet_shared: What the agents of each prepared.
    """

    setup: Setup
    quiet: Setup
    shared: Sequence[Any]
    quiet_shared: Sequence[Any]


def prepare(setup: Setup) -> Prepared:
    """Makes what all blocks share, once.

    Raises:
        InputError: The setup contradicts itself.
    """
    return prepare_all([setup])[0]


def prepare_all(setups: Sequence[Setup]) -> list[Prepared]:
    """The same for markets with one clock, one grid and one set of vol levels, which share their tables.

    Raises:
        InputError: A setup contradicts itself, or one has another clock, grid or vol levels.
    """
    known: list[tuple[Agent, Any]] = []
    found: list[Prepared] = []
    for setup in setups:
        check_alike(setups[0], setup)
        shared: list[Any] = []
        for agent in setup.agents:
            shared.append(agent.prepare(setup, tuple(known)))
            known.append((agent, shared[-1]))
        parts = zip(shared, setup.agents, strict=True)
        rest = [part for part, agent in parts if not agent.is_hedger]
        quiet = without_hedging(setup)
        found.append(Prepared(setup=setup, quiet=quiet, shared=shared, quiet_shared=rest))
    return found


def check_alike(first: Setup, other: Setup) -> None:
    """Refuses a market that cannot share the shocks and the tables of the first one.

    Raises:
        InputError: Its spot, steps, grid or vol levels differ.
    """
    alike = (
        first.spot == other.spot
        and np.array_equal(first.clock.years, other.clock.years)
        and first.grid == other.grid
        and np.array_equal(first.levels.logs, other.levels.logs)
    )
    if not alike:
        raise InputError(
            "markets with different spots, steps, grids or vol levels cannot be compared",
            place="comparison",
            remedy="change only who trades in them and at which costs",
        )


def simulate(
    setup: Setup,
    run: Run | None = None,
    *,
    watch: Callable[[], Observer] | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """Simulates a market and, on the same random numbers, the market without hedging.

    Args:
        setup: The market.
        run: Paths, seed, threads.
        watch: Makes the observer of each block; for figures that the outcome does not have.
        progress: Hears the share of the run that was finished; the shares sum to 1.

    Returns:
        One array per figure, one element per path, in the order of the paths.

    Raises:
        InputError: The setup contradicts itself.
        InvariantError: Money, coins or positions appeared or vanished.
    """
    run = run or Run()
    prepared = prepare(setup)

    def one(block: tuple[int, int]) -> Paths:
        observer = watch() if watch else None
        tell = weighted(progress, block[1] / run.paths)
        return run_block(prepared, run, block=block, observer=observer, progress=tell)

    return join(setup, run, in_threads(one, run.blocks(), run.threads))


def simulate_all(
    setups: Sequence[Setup], run: Run | None = None, *, progress: Progress | None = None
) -> list[Outcome]:
    """Simulates several markets on the same random numbers.

    Args:
        setups: With one clock, one grid and one set of vol levels. Those with the same process, which is
            the same object, have the same shocks and the counterfactual of the first of them.
        run: Paths, seed, threads.
        progress: Hears the share of the run that was finished; the shares sum to 1.

    Returns:
        One outcome per market, as :func:`simulate` gives it.

    Raises:
        InputError: A setup contradicts itself, or they cannot be compared.
        InvariantError: Money, coins or positions appeared or vanished.
    """
    run = run or Run()
    markets = prepare_all(setups)

    def one(block: tuple[int, int]) -> list[Paths]:
        tell = weighted(progress, block[1] / run.paths)
        return run_blocks(markets, run, block=block, progress=tell)

    blocks = list(in_threads(one, run.blocks(), run.threads))
    return [
        join(setup, run, [block[number] for block in blocks]) for number, setup in enumerate(setups)
    ]


def weighted(progress: Progress | None, weight: float) -> Progress | None:
    """Who hears shares of a part, of a listener to shares of the whole."""
    if progress is None:
        return None

    def tell(share: float) -> None:
        progress(share * weight)

    return tell


def in_threads(
    task: Callable[[tuple[int, int]], Result], blocks: Sequence[tuple[int, int]], threads: int
) -> Iterator[Result]:
    """Results of all blocks, in order. Kernels release the interpreter lock, so threads run side by side."""
    if threads == 1 or len(blocks) == 1:
        yield from map(task, blocks)
        return
    with ThreadPoolExecutor(threads) as pool:
        yield from pool.map(task, blocks)


def run_block(
    prepared: Prepared,
    run: Run,
    *,
    block: tuple[int, int],
    observer: Observer | None = None,
    progress: Progress | None = None,
) -> Paths:
    """All steps of one block, in the market and in its counterfactual.

    Args:
        prepared: The market; read, not written, so that blocks may run side by side.
        run: Seed, and how often prices are kept.
        block: First path and size.
        observer: Looks on after each step; the steps are then taken one by one.
        progress: Hears the share of the block that was finished.

    Raises:
        InvariantError: Money, coins or positions appeared or vanished.
    """
    return run_blocks([prepared], run, block=block, observer=observer, progress=progress)[0]


def run_blocks(
    markets: Sequence[Prepared],
    run: Run,
    *,
    block: tuple[int, int],
    observer: Observer | None = None,
    progress: Progress | None = None,
) -> list[Paths]:
    """All steps of one block in several markets on the same random numbers.

    Args:
        markets: From :func:`prepare_all`. Those with the same process, which is the same object, have the
            same shocks and share the counterfactual of the first of them.
        run, block, progress: See :func:`run_block`.
        observer: Sees the first market.

    Raises:
        InvariantError: Money, coins or positions appeared or vanished.
    """
    first, size = block
    draws = Draws(seed=run.seed, first_path=first, size=size)
    worlds = [World(market.setup, draws, market.shared) for market in markets]
    groups = [Group.of(markets, worlds, process, draws) for process in processes_of(markets)]
    kept: dict[int, list[dict[str, NDArray[np.float64]]]] = {id(world): [] for world in worlds}
    clock = markets[0].setup.clock
    for steps in stretches(len(clock), run.keep_every, single=observer is not None):
        for group in groups:
            group.advance(steps, draws)
        if observer is not None:
            observer(worlds[0], groups[0].twin)
        if run.keep_every and steps.stop % run.keep_every == 0:
            for group in groups:
                for world in group.worlds:
                    kept[id(world)].append(pictured(world, group.twin))
        if progress is not None:
            progress(len(steps) / len(clock))
    twins = {id(world): group.twin for group in groups for world in group.worlds}
    return [gather(world, twins[id(world)], kept[id(world)]) for world in worlds]


def processes_of(markets: Sequence[Prepared]) -> list[Process]:
    """The different processes, in the order in which they come."""
    found: list[Process] = []
    for market in markets:
        if not any(market.setup.process is process for process in found):
            found.append(market.setup.process)
    return found


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Group:
    """Markets with one exogenous process on one block of paths.

    Args:
        setup: Of the first one.
        worlds: Their states.
        twin: The counterfactual of the first one.
        marchers: Each of them, and what takes it through many steps at once; None where nothing does.
        state: Of the process.
    """

    setup: Setup
    worlds: Sequence[World]
    twin: World
    marchers: Sequence[tuple[World, Marcher | None]]
    state: Any

    @classmethod
    def of(
        cls, markets: Sequence[Prepared], worlds: Sequence[World], process: Process, draws: Draws
    ) -> Self:
        """The markets with this process."""
        pairs = zip(markets, worlds, strict=True)
        own = [(market, world) for market, world in pairs if market.setup.process is process]
        first = own[0][0]
        twin = World(first.quiet, draws, first.quiet_shared)
        members = [world for _market, world in own]
        draws.step = 0
        return cls(
            setup=first.setup,
            worlds=members,
            twin=twin,
            marchers=[(world, marcher_of(world)) for world in (*members, twin)],
            state=process.start(draws, first.setup.clock.years),
        )

    def advance(self, steps: range, draws: Draws) -> None:
        """Takes the steps in all of them."""
        shocks = exogenous(self.setup, self.state, draws, steps)
        for world, marcher in self.marchers:
            advance(world, marcher, steps, shocks)


def stretches(steps: int, keep_every: int, *, single: bool) -> Iterator[range]:
    """Steps that are taken together: within one batch of random numbers, up to the next stored price."""
    start = 0
    while start < steps:
        stop = start + 1 if single else min(steps, (start // CHUNK + 1) * CHUNK)
        if keep_every:
            stop = min(stop, (start // keep_every + 1) * keep_every)
        yield range(start, stop)
        start = stop


def exogenous(setup: Setup, state: Any, draws: Draws, steps: range) -> NDArray[np.float64]:
    """Log moves of the price without anyone's orders, shape (steps, n)."""
    shocks = np.empty((len(steps), draws.size))
    for row, index in enumerate(steps):
        draws.step = index
        years = float(setup.clock.years[index])
        setup.process.advance(state, draws, years=years, out=shocks[row])
    return shocks
