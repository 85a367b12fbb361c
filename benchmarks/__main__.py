"""``python -m benchmarks [--quick] [--write]``: one table; exit code 1 where a target is missed."""

import argparse
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from rich.progress import track

from benchmarks import machine, native, ours, table
from benchmarks.agreement import Agreement, agreements
from benchmarks.comparisons import FULL, QUICK, Comparison, Plan, comparisons
from benchmarks.hedge import hedge_rows
from benchmarks.policy import policy_rows
from benchmarks.pools import pool_rows
from benchmarks.simd import simd_rows
from benchmarks.simulator import simulator_rows
from benchmarks.table import Row, Verdict
from benchmarks.timing import Spread, interleaved, spread

UNDISTURBED = 0.97  # of a CPU


def main() -> int:
    """Runs everything; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, no verdict")
    parser.add_argument("--write", action="store_true", help="put the table into the README")
    arguments = parser.parse_args()
    plan = QUICK if arguments.quick else FULL
    console = table.console()
    header = machine.header()
    natives = native_builds()
    checked = [finding for build in natives for finding in agreements(build)]
    header += [agreement_line(finding) for finding in checked]
    console.print("\n".join(header), highlight=False, soft_wrap=True)
    wall, busy = time.perf_counter(), time.process_time()
    rows = list(measured(plan, natives))
    header.append(share_line((time.process_time() - busy) / (time.perf_counter() - wall)))
    rows += simd_rows(quick=arguments.quick)
    rows += simulator_rows(quick=arguments.quick)
    rows += pool_rows(quick=arguments.quick)
    rows += policy_rows(quick=arguments.quick)
    rows += hedge_rows(quick=arguments.quick)
    console.print(table.as_table(rows))
    console.print(header[-1], highlight=False)
    if arguments.write:
        table.write(header, rows)
    failed = [row for row in rows if row.verdict is Verdict.MISSED]
    console.print(conclusion(failed, checked, plan), highlight=False)
    return 1 if failed or not all(finding.good for finding in checked) else 0


def native_builds() -> tuple[native.Native, ...]:
    """The C kernels, tuned and plain; none without a compiler."""
    if not native.has_compiler():
        return ()
    builds = (("tuned", native.TUNED_FLAGS), ("plain", native.PLAIN_FLAGS))
    return tuple(native.build(name, flags) for name, flags in builds)


def agreement_line(finding: Agreement) -> str:
    """One line of the header."""
    word = "agrees with" if finding.good else "DIFFERS from"
    return f"C {finding.native} {word} ours on {finding.task}: {finding.worst:.1e} relative"


def share_line(share: float) -> str:
    """Whether the neighbours left us the CPU; long calls, the peers', suffer more than short ones."""
    noisy = (
        "" if share >= UNDISTURBED else ": TOO LITTLE, neighbours distort the ratios; run it again"
    )
    return f"CPU time over elapsed time while measuring: {share:.0%}{noisy}"


def measured(plan: Plan, natives: tuple[native.Native, ...]) -> Iterator[Row]:
    """Times every comparison."""
    with ThreadPoolExecutor(ours.THREADS) as pool:
        planned = list(comparisons(plan, natives, pool))
        for comparison in track(planned, description="measuring", transient=True):
            yield measure(comparison, plan)
    if not natives:
        yield Row.skipped("price, Greeks, profile", "C", f"no `{native.COMPILER}` on the path")
    if machine.cpus() < ours.THREADS:
        yield Row.skipped("two threads", "py_vollib_vectorized", "only one CPU")


def measure(comparison: Comparison, plan: Plan) -> Row:
    """One row."""
    theirs = comparison.theirs or comparison.ours
    pairs = interleaved(comparison.ours, theirs, plan.effort)
    unit = comparison.scale / comparison.items
    mine = spread([pair[0] * unit for pair in pairs])
    other = spread([pair[1] * unit for pair in pairs])
    ratio = mine if comparison.theirs is None else pair_ratio(comparison, pairs)
    target = comparison.target
    verdict = Verdict.NONE
    if target is not None and plan.verdicts:
        verdict = Verdict.MET if target.met(ratio) else Verdict.MISSED
    return Row(
        task=comparison.task,
        size=f"{comparison.size:,}",
        peer=comparison.against,
        ours=figure(mine, comparison.unit),
        theirs=figure(other, comparison.unit) if comparison.theirs else "",
        ratio=ratio_text(comparison, ratio),
        target=target.text if target else "",
        verdict=verdict,
    )


def pair_ratio(comparison: Comparison, pairs: list[tuple[float, float]]) -> Spread:
    """Median and MAD of the ratios, one per pair."""
    if comparison.ours_over_theirs:
        return spread([mine / other for mine, other in pairs])
    return spread([other / mine for mine, other in pairs])


def ratio_text(comparison: Comparison, ratio: Spread) -> str:
    """Which way round, and how much."""
    digits = 3 if ratio.median < 10.0 else 1
    amount = f"{ratio.median:.{digits}f} ± {ratio.mad:.{digits}f}"
    if comparison.theirs is None:
        return f"{amount} {comparison.unit}"
    return f"{'ours/C' if comparison.ours_over_theirs else 'theirs/ours'} {amount}"


def figure(value: Spread, unit: str) -> str:
    """A time with its unit, three or more digits."""
    digits = 3 if value.median < 10.0 else 1
    return f"{value.median:,.{digits}f} {unit}"


def conclusion(failed: list[Row], checked: list[Agreement], plan: Plan) -> str:
    """The last line."""
    if not all(finding.good for finding in checked):
        return "C and ours disagree: the comparison of their speeds means nothing."
    if not plan.verdicts:
        return "Quick run: no verdict."
    if not failed:
        return "Every target is met."
    names = "; ".join(f"{row.task} against {row.peer or row.target}" for row in failed)
    count = "1 target" if len(failed) == 1 else f"{len(failed)} targets"
    return f"{count} missed: {names}."


if __name__ == "__main__":
    sys.exit(main())
