"""One scenario in a process of its own: start-up, compilation, slope and peak memory, as one JSON line.

``python -m benchmarks.simulator_probe SCENARIO FEW MANY STEPS [KEY=VALUE ...]``
"""

import json
import resource
import sys
import time
from pathlib import Path

OWN_STATUS = Path("/proc/self/status")
WARM_PATHS = 64
REPEATS = 3


def main(
    scenario: str, few: int, many: int, steps: int, figures: dict[str, str]
) -> dict[str, float]:
    """Figures of one scenario.

    Times are the best of a few: a neighbour can only slow a run down.
    """
    began = time.perf_counter()
    from shortgamma.feedback.engine import Run, simulate  # noqa: PLC0415 - the import is timed
    from shortgamma.studies.scenarios.bundled import SCENARIOS  # noqa: PLC0415
    from shortgamma.studies.scenarios.scenario import Inputs  # noqa: PLC0415

    imported = time.perf_counter()
    setup = SCENARIOS[scenario].parse(figures | {"steps": str(steps)}).build(Inputs())

    def timed(paths: int) -> float:
        start = time.perf_counter()
        simulate(setup, Run(paths=paths, seed=1))
        return time.perf_counter() - start

    first = timed(WARM_PATHS)
    short = min(timed(few) for _ in range(REPEATS))
    long = min(timed(many) for _ in range(REPEATS))
    return {
        "import_seconds": imported - began,
        "first_seconds": first,
        "few_seconds": short,
        "many_seconds": long,
        "nanoseconds": (long - short) / ((many - few) * steps) * 1e9,
        "peak_megabytes": peak_megabytes(),
    }


def peak_megabytes() -> float:
    """Largest resident size of this process.

    Linux hands the figure of ``getrusage`` on from the parent, so the process's own is read where it is.
    """
    if OWN_STATUS.exists():
        lines = OWN_STATUS.read_text(encoding="utf-8").splitlines()
        peak = next(line for line in lines if line.startswith("VmHWM"))
        return int(peak.split()[1]) / 1024.0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0


if __name__ == "__main__":
    name, *sizes = sys.argv[1:5]
    figures = dict(pair.split("=", 1) for pair in sys.argv[5:])
    print(json.dumps(main(name, *map(int, sizes), figures)))
