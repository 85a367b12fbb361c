"""The benchmark of the optimiser runs, and its peer solves the same problem."""

import pytest

from benchmarks.hedge import by_scipy, hedge_rows, problem
from benchmarks.table import Verdict
from shortgamma.hedging.optimiser.solution import solve


def test_a_quick_run_gives_every_row_without_a_verdict():
    rows = list(hedge_rows(quick=True))
    assert [row.task for row in rows] == [
        "hedge, linear",
        "hedge, lots",
        "hedge, 6 legs",
        "hedge, 6 legs, sizes",
    ]
    assert {row.verdict for row in rows} == {Verdict.NONE}


def test_the_peer_finds_our_cost():
    task = problem(100, seed=4)
    assert solve(task).cost_usd == pytest.approx(by_scipy(task), rel=1e-6)
