"""Workers of this machine: threads for little work, processes for much."""

import signal
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    CancelledError,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    wait,
)
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from threading import Event, Thread
from typing import Any, TypeVar

from numpy.typing import NDArray

from shortgamma.basics.errors import UnavailableError
from shortgamma.data.ledger import Chunk
from shortgamma.data.parcels import fetch, parcels, post
from shortgamma.feedback.outcome import Paths
from shortgamma.studies.ensemble.chunk import prepared, run_chunk
from shortgamma.studies.ensemble.job import Job

Results = Generator[tuple[Chunk, Paths], None, None]
Result = TypeVar("Result")

POLL_SECONDS = 0.2
"""How soon a cancelled run notices."""
AHEAD = 2
"""Chunks under way per worker: the next one waits where the last one was."""
MOST_BREAKS = 3
"""Times in a row that a worker may die before any chunk is done."""


def in_threads(
    jobs: Sequence[Job],
    chunks: Sequence[Chunk],
    *,
    workers: int,
    cancel: Event | None,
    tell: Callable[[Chunk, float], None],
) -> Results:
    """Results of chunks in the order in which they are done, computed in this process.

    ``tell`` hears which share of a chunk was finished, from the threads that work.

    Raises:
        CancelledError: ``cancel`` was set.
    """

    def one(chunk: Chunk) -> Paths:
        return run_chunk(jobs[chunk.job], chunk.index, partial(tell, chunk))

    try:
        if workers == 1:
            for chunk in chunks:
                check(cancel)
                yield chunk, one(chunk)
            return
        pool = ThreadPoolExecutor(workers)
        try:
            yield from completed(lambda chunk: pool.submit(one, chunk), chunks, workers, cancel)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
    finally:
        prepared.cache_clear()


def in_processes(
    jobs: Sequence[Job], chunks: Sequence[Chunk], *, workers: int, cancel: Event | None
) -> Results:
    """The same from processes of one thread each. Where one is killed, all begin anew with what is left.

    Raises:
        CancelledError: ``cancel`` was set.
        UnavailableError: Workers die again and again.
    """
    left = {chunk.place: chunk for chunk in chunks}
    breaks = 0
    while left:
        try:
            with parcels() as folder, processes(jobs, workers, folder) as submit:
                for chunk, parcel in completed(submit, list(left.values()), workers, cancel):
                    del left[chunk.place]
                    breaks = 0
                    yield chunk, unpacked(fetch(parcel))
        except BrokenProcessPool:
            breaks += 1
            if breaks == MOST_BREAKS:
                raise UnavailableError(
                    f"--workers: workers died {breaks} times in a row — use fewer of them if memory is "
                    "short; a script of your own starts under: if __name__ == '__main__'"
                ) from None


@contextmanager
def processes(
    jobs: Sequence[Job], workers: int, folder: str
) -> Generator[Callable[[Chunk], Future[str]], None, None]:
    """A pool of worker processes; yields what submits a chunk to it, for a parcel in the folder.

    Workers hold the end of a pipe whose other end only this process has. It closes when this process stops
    early or dies by whatever cause, and the workers with it.
    """
    # Threads of this process (BLAS, Polars) make a plain fork unsafe; a fork server starts without them.
    context = get_context("forkserver" if sys.platform == "linux" else "spawn")
    if sys.platform == "linux":
        context.set_forkserver_preload([__name__])
    theirs, ours = context.Pipe(duplex=False)
    pool = ProcessPoolExecutor(
        workers, mp_context=context, initializer=begin, initargs=(tuple(jobs), theirs)
    )
    try:
        yield lambda chunk: pool.submit(in_worker, chunk.job, chunk.index, folder)
    except BaseException:
        ours.close()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
        ours.close()
        theirs.close()


_jobs: tuple[Job, ...] = ()


def begin(jobs: tuple[Job, ...], leash: Connection) -> None:
    """Makes a fresh process a worker: it knows the jobs, leaves Ctrl-C to the driver, and dies with it."""
    global _jobs  # noqa: PLW0603 - a worker is a process of its own, and this is all it ever holds
    _jobs = jobs
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=follow, args=(leash,), daemon=True).start()


def follow(leash: Connection) -> None:
    """Ends this process when the other end of the pipe closes."""
    leash.poll(None)
    signal.raise_signal(signal.SIGTERM)


def in_worker(job: int, index: int, folder: str) -> str:
    """A chunk of the jobs that this worker knows, as a parcel in the folder."""
    return post(folder, packed(run_chunk(_jobs[job], index)))


def packed(paths: Paths) -> dict[str, NDArray[Any]]:
    """Everything that a chunk leaves, under one name each."""
    groups = (paths.market, paths.quiet, paths.kept)
    return {
        f"{number}{name}": values
        for number, group in enumerate(groups)
        for name, values in group.items()
    }


def unpacked(arrays: Mapping[str, NDArray[Any]]) -> Paths:
    """The same in its groups again."""
    groups: tuple[dict[str, NDArray[Any]], ...] = ({}, {}, {})
    for name, values in arrays.items():
        groups[int(name[0])][name[1:]] = values
    return Paths(market=groups[0], quiet=groups[1], kept=groups[2])


def completed(
    submit: Callable[[Chunk], Future[Result]],
    chunks: Sequence[Chunk],
    workers: int,
    cancel: Event | None,
) -> Iterator[tuple[Chunk, Result]]:
    """Results in the order in which they are done; few are under way, so that few wait in memory."""
    waiting = deque(chunks)
    running: dict[Future[Result], Chunk] = {}
    while waiting or running:
        while waiting and len(running) < AHEAD * workers:
            chunk = waiting.popleft()
            running[submit(chunk)] = chunk
        check(cancel)
        done, _ = wait(running, timeout=POLL_SECONDS, return_when=FIRST_COMPLETED)
        for future in done:
            yield running.pop(future), future.result()


def check(cancel: Event | None) -> None:
    """Stops where the run was cancelled.

    Raises:
        CancelledError: It was.
    """
    if cancel is not None and cancel.is_set():
        raise CancelledError
