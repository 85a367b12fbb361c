"""Throughput of ensembles by workers, and memory of the driver by paths; each run in a process of its own.

``python -m benchmarks.ensemble [--scenario NAME] [--steps N] [--workers 1,2]``

Throughput is the slope between 20,000 and 100,000 paths, so that what a run costs once (starting workers,
loading kernels, preparing the book) does not count. Needs a machine that does nothing else.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.simulator_probe import peak_megabytes

FEW, MANY = 20_000, 100_000
REPEATS = 3


def run(scenario: str, *, paths: int, steps: int, workers: int) -> dict[str, float]:
    """Seconds of one run with a store, reading one figure in the end, and peak memory of the driver."""
    from shortgamma.data.runs import RunStore  # noqa: PLC0415 - only the measured process needs it
    from shortgamma.studies.ensemble.ensemble import ensemble  # noqa: PLC0415
    from shortgamma.studies.ensemble.job import Job  # noqa: PLC0415
    from shortgamma.studies.scenarios.bundled import SCENARIOS  # noqa: PLC0415

    job = Job(scenario=SCENARIOS[scenario](steps=steps), paths=paths, seed=1)
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        with ensemble([job], workers=workers, store=RunStore(folder=Path(folder))) as (outcome,):
            outcome.market["realised_variance"].mean()
        seconds = time.perf_counter() - start
    return {"seconds": seconds, "megabytes": peak_megabytes()}


def measured(scenario: str, *, paths: int, steps: int, workers: int) -> dict[str, float]:
    """The same in a fresh process: the fastest of a few, for a neighbour can only slow a run down."""
    figures = [str(paths), str(steps), str(workers)]
    command = [sys.executable, "-m", "benchmarks.ensemble", "--probe", scenario, *figures]
    answers = [
        json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        for _ in range(REPEATS)
    ]
    return min(answers, key=lambda answer: answer["seconds"])


def main() -> None:
    """Prints one line per number of workers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenario", default="full-market")
    parser.add_argument("--steps", type=int, default=1_440)
    parser.add_argument("--workers", default="1,2")
    parser.add_argument("--probe", nargs=4, metavar=("SCENARIO", "PATHS", "STEPS", "WORKERS"))
    given = parser.parse_args()
    if given.probe:
        paths, steps, workers = map(int, given.probe[1:])
        print(json.dumps(run(given.probe[0], paths=paths, steps=steps, workers=workers)))
        return
    print(f"{given.scenario}, {given.steps} steps, load {os.getloadavg()[0]:.1f}")
    slopes: list[float] = []
    for workers in map(int, given.workers.split(",")):
        size = {"steps": given.steps, "workers": workers}
        few = measured(given.scenario, paths=FEW, **size)
        many = measured(given.scenario, paths=MANY, **size)
        slopes.append((many["seconds"] - few["seconds"]) / (MANY - FEW))
        print(
            f"{workers} workers: {1e9 * slopes[-1] / given.steps:6.1f} ns per path-step, "
            f"{slopes[0] / slopes[-1]:.2f} × the first, driver {few['megabytes']:.0f} MB at {FEW:,} "
            f"and {many['megabytes']:.0f} MB at {MANY:,} paths"
        )


if __name__ == "__main__":
    main()
