"""Runs all chunks of one or more jobs, whoever computes them, and answers with lazy outcomes."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, nullcontext
from multiprocessing import cpu_count
from threading import Event
from typing import Any, Protocol, overload

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.data.ledger import Chunk, Order
from shortgamma.data.runs import RunStore
from shortgamma.feedback.engine import Progress
from shortgamma.feedback.outcome import Outcome, Paths, side_by_side
from shortgamma.feedback.setup import Setup
from shortgamma.studies.ensemble.cluster import on_cluster
from shortgamma.studies.ensemble.job import METHOD, Job, key_of, specification
from shortgamma.studies.ensemble.pools import Results, in_processes, in_threads

Vector = NDArray[Any]
Cube = NDArray[np.float64]

PROCESSES_PAY = 20_000_000
"""Paths × steps from which starting processes costs less than what threads lose to each other."""
MARKET, QUIET = "market/", "quiet/"


class Shelf(Protocol):
    """Where the figures of finished chunks stand: in memory, or in a run of a store.

    Attributes:
        done: Job and index of the chunks that are there.
    """

    done: set[tuple[int, int]]

    def put(self, chunk: Chunk, figures: Mapping[str, Vector], *, kept: Mapping[str, Cube]) -> None:
        """Takes what a chunk left."""
        ...

    def names(self, job: int) -> list[str]:
        """Names of the figures of a job."""
        ...

    def figure(self, job: int, name: str) -> Vector:
        """One figure of all paths of a job."""
        ...

    def kept(self, job: int) -> Mapping[str, Cube]:
        """What was kept over time of the first paths of a job, shape (kept, 2, n) per name."""
        ...


class Memory:
    """Figures of finished chunks in memory; fine for as many paths as fit.

    Args:
        chunks: All that are to come.
    """

    def __init__(self, chunks: Sequence[Chunk]) -> None:
        self.chunks = chunks
        self.done: set[tuple[int, int]] = set()
        self.held: dict[tuple[int, int], tuple[Mapping[str, Vector], Mapping[str, Cube]]] = {}

    def put(self, chunk: Chunk, figures: Mapping[str, Vector], *, kept: Mapping[str, Cube]) -> None:
        """Takes what a chunk left."""
        self.held[chunk.place] = (figures, kept)
        self.done.add(chunk.place)

    def names(self, job: int) -> list[str]:
        """Names of the figures of a job."""
        return list(self.held[job, 0][0])

    def figure(self, job: int, name: str) -> Vector:
        """One figure of all paths of a job."""
        return np.concatenate([self.held[c.place][0][name] for c in self.chunks if c.job == job])

    def kept(self, job: int) -> Mapping[str, Cube]:
        """What was kept over time of the first paths of a job, shape (kept, 2, n) per name."""
        return side_by_side([self.held[c.place][1] for c in self.chunks if c.job == job])


class Figures(Mapping[str, Vector]):
    """The figures of one market, each one put together from its chunks when it is asked for.

    Args:
        shelf: Where they stand.
        job: Whose.
        side: ``MARKET`` or ``QUIET``.
    """

    def __init__(self, shelf: Shelf, job: int, side: str) -> None:
        self.shelf = shelf
        self.job = job
        self.side = side
        self.names = [n.removeprefix(side) for n in shelf.names(job) if n.startswith(side)]

    def __getitem__(self, name: str) -> Vector:
        if name not in self.names:
            raise KeyError(name)
        return self.shelf.figure(self.job, self.side + name)

    def __contains__(self, name: object) -> bool:
        return name in self.names

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


class Ensemble(Sequence[Outcome]):
    """The outcomes of all jobs, in their order; each one is put together when it is asked for.

    Args:
        jobs: What was computed.
        setups: The market of each.
        shelf: Where the figures stand.
        resumed: Chunks that an earlier driver had computed.
    """

    def __init__(
        self, jobs: Sequence[Job], setups: Sequence[Setup], *, shelf: Shelf, resumed: int
    ) -> None:
        self.jobs = jobs
        self.setups = setups
        self.shelf = shelf
        self.resumed = resumed

    def __len__(self) -> int:
        return len(self.jobs)

    @overload
    def __getitem__(self, index: int) -> Outcome: ...
    @overload
    def __getitem__(self, index: slice) -> list[Outcome]: ...
    def __getitem__(self, index: int | slice) -> Outcome | list[Outcome]:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self)))]
        number = range(len(self))[index]
        job = self.jobs[number]
        return Outcome(
            setup=self.setups[number],
            paths=job.paths,
            seed=job.seed,
            keep_every=job.keep_every,
            market=Figures(self.shelf, number, MARKET),
            quiet=Figures(self.shelf, number, QUIET),
            kept=self.shelf.kept(number),
        )


@contextmanager
def ensemble(
    jobs: Sequence[Job],
    *,
    workers: int | None = None,
    cluster: str | None = None,
    store: RunStore | None = None,
    progress: Progress | None = None,
    cancel: Event | None = None,
) -> Generator[Ensemble, None, None]:
    """Computes every chunk of every job, then lets the caller read the outcomes inside the context.

    The bits of a result depend on the jobs alone: not on workers, cluster, store, or on how often the run
    was killed and resumed. With a store memory does not grow with the number of paths, and the files go
    when the context ends without an exception.

    Args:
        jobs: Points of a sweep, or one; on common random numbers where their seeds are equal.
        workers: Processes (threads where the work is little) of this machine; None is one per core.
        cluster: Address of a Dask scheduler, instead of workers of this machine.
        store: Where chunks go; None keeps them in memory.
        progress: Hears the share of the work that was finished; the shares sum to 1, also on resuming.
        cancel: Set from another thread to stop early.

    Raises:
        InputError: A scenario contradicts itself, nobody answers at the address, another driver works on
            this very run, the folder of the store cannot be used.
        UnavailableError: Workers die again and again, or the cluster was lost.
        CancelledError: ``cancel`` was set (``concurrent.futures.CancelledError``).
    """
    count = workers if workers is not None else cpu_count()
    if count < 1 or not jobs:
        problem = f"{len(jobs)} runs on {count} workers"
        raise InputError(problem, place="--workers", remedy="give 1 or more of each")
    setups = [job.scenario.build(job.inputs) for job in jobs]
    chunks = chunks_of(jobs)
    costs = [job.scenario.step_cost for job in jobs]
    weights = {c.place: c.size * len(setups[c.job].clock) * costs[c.job] for c in chunks}
    total = sum(weights.values())
    with nullcontext(Memory(chunks)) if store is None else store.open(order(jobs, chunks)) as shelf:
        resumed = len(shelf.done)
        todo = [chunk for chunk in chunks if chunk.place not in shelf.done]
        if progress is not None and resumed:
            progress(sum(weights[place] for place in shelf.done) / total)
        tell = Teller(progress, weights)
        if cluster is not None:
            results = tell.all(on_cluster(jobs, todo, address=cluster, cancel=cancel))
        elif count > 1 and sum(weights[c.place] for c in todo) >= PROCESSES_PAY:
            results = tell.all(in_processes(jobs, todo, workers=count, cancel=cancel))
        else:
            results = in_threads(jobs, todo, workers=count, cancel=cancel, tell=tell.part)
        with closing(results):
            for chunk, paths in results:
                shelf.put(chunk, named(paths), kept=paths.kept)
        yield Ensemble(jobs, setups, shelf=shelf, resumed=resumed)


class Teller:
    """Turns what is finished of chunks into the share of the whole.

    Args:
        progress: Hears it; None = nobody listens.
        weights: Work of each chunk, by job and index.
    """

    def __init__(self, progress: Progress | None, weights: Mapping[tuple[int, int], float]) -> None:
        self.progress = progress
        self.weights = weights
        self.total = sum(weights.values())

    def part(self, chunk: Chunk, share: float) -> None:
        """So much more of one chunk is finished."""
        if self.progress is not None:
            self.progress(share * self.weights[chunk.place] / self.total)

    def all(self, results: Results) -> Results:
        """Passes results on, and tells of each."""
        with closing(results):
            for chunk, paths in results:
                yield chunk, paths
                self.part(chunk, 1.0)  # by now it stands where it is kept


def chunks_of(jobs: Sequence[Job]) -> list[Chunk]:
    """All chunks, job by job."""
    return [
        Chunk(job=number, index=index, first=first, size=size)
        for number, job in enumerate(jobs)
        for index, (first, size) in enumerate(job.run.blocks())
    ]


def order(jobs: Sequence[Job], chunks: Sequence[Chunk]) -> Order:
    """What a store writes down about the run."""
    content = specification(jobs)
    return Order(
        key=key_of(content),
        scenario=", ".join(dict.fromkeys(job.scenario.name for job in jobs)),
        specification=content,
        method=METHOD,
        chunks=chunks,
    )


def named(paths: Paths) -> dict[str, Vector]:
    """The figures of both markets under one name each."""
    sides = ((MARKET, paths.market), (QUIET, paths.quiet))
    return {side + name: values for side, figures in sides for name, values in figures.items()}
