"""How many threads a study computes on."""

from multiprocessing import cpu_count

from shortgamma.basics.errors import InputError


def threads_of(workers: int | None) -> int:
    """The number that is asked for; one per core unless anyone asks.

    Raises:
        InputError: It is not positive.
    """
    if workers is None:
        return cpu_count()
    if workers < 1:
        raise InputError(f"{workers} workers", place="--workers", remedy="give 1 or more")
    return workers
