"""A month of an option pool, as a user runs it: wall time of the command's study, start of workers included.

``python -m benchmarks.pools``
"""

import time
from collections.abc import Iterator

from benchmarks.table import Row, Verdict

SECONDS = 30.0
PATHS, QUICK_PATHS, QUICK_STEPS = 2_000, 8, 16


def pool_rows(*, quick: bool) -> Iterator[Row]:
    """`amm-gamma-aware`: 2,000 paths of 30 days in steps of five minutes."""
    from shortgamma import simulate  # noqa: PLC0415 - only where it is measured

    figures = {"steps": QUICK_STEPS} if quick else {}
    paths = QUICK_PATHS if quick else PATHS
    simulate("amm-gamma-aware", {"steps": QUICK_STEPS}, paths=QUICK_PATHS, workers=2)
    start = time.perf_counter()
    found = simulate("amm-gamma-aware", figures, paths=paths, workers=2)
    seconds = time.perf_counter() - start
    yield Row(
        task="simulate amm-gamma-aware",
        size=f"{paths:,} × {found.steps:,}",
        peer="two workers",
        ours=f"{seconds:.1f} s",
        theirs="",
        ratio=f"{seconds / (paths * found.steps) * 1e9:,.0f} ns per path and step",
        target=f"< {SECONDS:g} s",
        verdict=Verdict.NONE if quick else verdict(seconds),
    )


def verdict(seconds: float) -> Verdict:
    """Of the target."""
    return Verdict.MET if seconds < SECONDS else Verdict.MISSED


if __name__ == "__main__":
    for row in pool_rows(quick=False):
        print(row.task, row.size, row.ours, row.ratio, row.target, row.verdict)
