"""The work of one chunk: a pure function of the job and the number of the chunk."""

from dataclasses import replace
from functools import lru_cache
from threading import Lock

from shortgamma.feedback.engine import Prepared, Progress, prepare, run_block
from shortgamma.feedback.outcome import Paths
from shortgamma.studies.ensemble.job import FAN_PATHS, Job

_preparing = Lock()


def run_chunk(job: Job, index: int, progress: Progress | None = None) -> Paths:
    """Simulates chunk ``index`` of a job.

    Args:
        job: The same object for all of its chunks in one process, so that it is prepared once.
        index: Number of the chunk.
        progress: Hears the share of the chunk that was finished.

    Returns:
        Figures of its paths; what is kept over time only where its first path is below ``FAN_PATHS``.

    Raises:
        InputError: The scenario contradicts itself.
        InvariantError: Money, coins or positions appeared or vanished.
    """
    block = job.run.blocks()[index]
    run = job.run if block[0] < FAN_PATHS else replace(job.run, keep_every=0)
    with _preparing:  # the first chunks of a job come at once
        ready = prepared(job)
    return run_block(ready, run, block=block, progress=progress)


@lru_cache(maxsize=4)
def prepared(job: Job) -> Prepared:
    """What all chunks of a job share; of the last few jobs, for the chunks of a sweep come in order."""
    return prepare(job.scenario.build(job.inputs))
