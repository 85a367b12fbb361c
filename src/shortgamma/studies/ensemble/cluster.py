"""Workers of many machines: a Dask cluster, through ``distributed`` (the extra ``cluster``)."""

import logging
import pickle
import platform
from collections import deque
from collections.abc import Generator, Mapping, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from importlib import import_module
from importlib.metadata import version
from threading import Event
from typing import Any

from shortgamma.basics.errors import InputError, UnavailableError
from shortgamma.data.ledger import Chunk
from shortgamma.feedback.outcome import Paths
from shortgamma.studies.ensemble.chunk import run_chunk
from shortgamma.studies.ensemble.job import METHOD, Job
from shortgamma.studies.ensemble.pools import AHEAD, POLL_SECONDS, Results, check

PLACE = "--cluster"
PATIENCE_SECONDS = 6
"""How long the scheduler, and then its first worker, may take to answer."""


def on_cluster(
    jobs: Sequence[Job], chunks: Sequence[Chunk], *, address: str, cancel: Event | None
) -> Results:
    """Results of chunks in the order in which they are done, computed by the workers of a cluster.

    Args:
        jobs, chunks: What to compute.
        address: Of the scheduler: ``tcp://host:8786``.
        cancel: Set from outside to stop.

    Raises:
        CancelledError: ``cancel`` was set.
        InputError: Nobody answers at the address, or the workers have other versions.
        UnavailableError: The extra is not installed, or the cluster was lost on the way.
    """
    dask = library()
    with connected(dask, address) as client:
        threads = check_workers(dask, client, address)
        # One pickle for all tasks, which the scheduler makes again where the worker with it was lost.
        held = client.submit(pickle.loads, pickle.dumps(tuple(jobs)), pure=False)
        waiting = deque(chunks)
        running: dict[Any, Chunk] = {}
        while waiting or running:
            while waiting and len(running) < AHEAD * threads:
                chunk = waiting.popleft()
                task = client.submit(of_held, held, chunk.job, chunk.index, pure=False)
                running[task] = chunk
            check(cancel)
            for future in finished(dask, client, list(running)):
                yield running.pop(future), answer(dask, future)


def of_held(jobs: tuple[Job, ...], job: int, index: int) -> Paths:
    """A chunk of the jobs that the cluster holds."""
    return run_chunk(jobs[job], index)


def library() -> Any:
    """The package ``distributed``.

    Raises:
        UnavailableError: It is not installed.
    """
    try:
        return import_module("distributed")
    except ImportError:
        raise UnavailableError(
            f"{PLACE}: the package distributed is not installed — install shortgamma[cluster]"
        ) from None


@contextmanager
def connected(dask: Any, address: str) -> Generator[Any, None, None]:
    """A client of the scheduler; chunks that are under way when it closes are given up.

    Raises:
        InputError: Nobody answers.
    """
    log = logging.getLogger("distributed.client")
    was, log.disabled = log.disabled, True  # it logs tracebacks of what is said in one line here
    try:
        try:
            # A client of something that is no address would hang for a while when it is thrown away.
            dask.comm.get_address_host_port(address)
            client = dask.Client(address, timeout=PATIENCE_SECONDS, set_as_default=False)
        except (OSError, ValueError) as problem:
            raise InputError(
                f"no Dask scheduler answers at {address!r} ({type(problem).__name__})",
                place=PLACE,
                remedy="start one with `dask scheduler`, or check the address: tcp://host:8786",
            ) from None
        try:
            yield client
        finally:
            client.close(timeout=PATIENCE_SECONDS)
    finally:
        log.disabled = was


def check_workers(dask: Any, client: Any, address: str) -> int:
    """Makes sure that there are workers and that they compute the same; their number of threads.

    Raises:
        InputError: There are none, or one has another version of something that matters.
    """
    try:
        client.wait_for_workers(1, timeout=PATIENCE_SECONDS)
        found: Mapping[str, dict[str, str]] = client.run(versions)
    except dask.TimeoutError:
        raise InputError(
            f"the scheduler at {address} has no workers",
            place=PLACE,
            remedy=f"start some with `dask worker {address} --nthreads 1`",
        ) from None
    except Exception as problem:  # noqa: BLE001 - whatever their interpreter raises arrives here
        raise InputError(
            f"the workers cannot run shortgamma: {problem}",
            place=PLACE,
            remedy=f"install shortgamma {version('shortgamma')} on each of them",
        ) from None
    for worker, theirs in found.items():
        for name, ours in versions().items():
            if theirs.get(name) != ours:
                raise InputError(
                    f"worker {worker} has {name} {theirs.get(name)}, this machine {ours}",
                    place=PLACE,
                    remedy="install the same versions on all machines",
                )
    return sum(client.nthreads().values())


def versions() -> dict[str, str]:
    """What has to be the same for results to be the same."""
    return {
        "python": ".".join(platform.python_version_tuple()[:2]),
        "shortgamma": version("shortgamma"),
        "method": METHOD,
        "numpy": version("numpy"),
        "numba": version("numba"),
    }


def finished(dask: Any, client: Any, futures: list[Any]) -> list[Any]:
    """Those that are done, after at most ``POLL_SECONDS``.

    Raises:
        UnavailableError: The connection to the scheduler is gone.
    """
    try:
        with client.as_current():
            done = dask.wait(futures, timeout=POLL_SECONDS, return_when="FIRST_COMPLETED").done
        return list(done)
    except dask.TimeoutError:
        if client.status in {"closed", "closing"}:
            raise lost("the connection broke") from None
        return []
    except CancelledError:
        raise lost("the scheduler is gone") from None


def answer(dask: Any, future: Any) -> Paths:
    """The result of a finished chunk.

    Raises:
        UnavailableError: Its workers died, or the connection is gone.
    """
    try:
        return future.result(timeout=PATIENCE_SECONDS)
    except dask.KilledWorker:
        raise lost("workers died again and again on the same chunk") from None
    except (CancelledError, OSError) as problem:
        raise lost(type(problem).__name__) from None


def lost(why: str) -> UnavailableError:
    """The error where the cluster fails on the way."""
    return UnavailableError(f"{PLACE}: lost the cluster ({why}) — start again with --resume")
