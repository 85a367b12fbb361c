"""The benchmark runs, compares like with like, and fails when a target is missed."""

import math
import os
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks import __main__ as command
from benchmarks import agreement, machine, native, numpy_reference, ours, table, timing
from benchmarks.comparisons import FULL, Comparison
from benchmarks.live_chain import by_kernels, by_rooms, grid
from benchmarks.sample import live_market, random_options
from benchmarks.simd import HASWELL, SKYLAKE_WIDE, row
from benchmarks.table import Row, Verdict
from benchmarks.timing import AtLeast, AtMost, Effort, Spread, interleaved, spread

ROOT = command.__file__.rsplit("/", maxsplit=2)[0]
EXPECTED = (
    "price",
    "price + all Greeks",
    "price + their Greeks",
    "implied vol",
    "profile, 200 levels",
    "live chain, kernels",
    "live chain, exposure room",
    "vectorised: price",
    "NumPy + ndtr",
    "NumPy + ndtr, Newton",
    "py_vollib_vectorized",
    "QuantLib loop",
    "simulate hedged-book",
    "simulate full-market",
    "peak memory",
    "NumPy loop",
    "agentpy",
)
needs_compiler = pytest.mark.skipif(not native.has_compiler(), reason="no C compiler")


def quick(**environment):
    command_line = [sys.executable, "-m", "benchmarks", "--quick"]
    return subprocess.run(
        command_line,
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def test_a_quick_run_prints_every_row_and_exits_with_zero():
    done = quick()
    assert done.returncode == 0, done.stderr
    assert [name for name in EXPECTED if name not in done.stdout] == []
    assert "Quick run: no verdict." in done.stdout
    assert Verdict.MISSED not in done.stdout
    assert ("C tuned agrees with ours" in done.stdout) == native.has_compiler()
    assert ("skylake-avx512, 512-bit" in done.stdout) == machine.is_x86()
    assert ("2 threads" in done.stdout) == (machine.cpus() >= ours.THREADS)


def test_spread_is_the_median_and_its_median_absolute_deviation():
    assert spread([1.0, 1.1, 1.4, 1.2, 9.0]) == Spread(1.2, pytest.approx(0.2))


@pytest.mark.parametrize(
    ("median", "mad", "met"),
    [
        (1.10, 0.0, True),
        (1.10, 0.02, True),
        (1.10, 0.03, False),
        (1.16, 0.0, False),
        (math.nan, 0.0, False),
    ],
)
def test_an_upper_target_is_judged_two_mads_above_the_median(median, mad, met):
    assert AtMost(1.15).met(Spread(median, mad)) is met


@pytest.mark.parametrize(
    ("median", "mad", "met"),
    [
        (82.0, 0.0, True),
        (82.0, 1.0, True),
        (82.0, 1.1, False),
        (79.0, 0.0, False),
        (math.nan, 0.0, False),
    ],
)
def test_a_lower_target_is_judged_two_mads_below_the_median(median, mad, met):
    assert AtLeast(80.0).met(Spread(median, mad)) is met


def test_pairs_alternate_who_goes_first_after_one_call_of_each():
    order = []
    effort = Effort(pairs=2, seconds=0.0, calls=1)
    pairs = interleaved(lambda: order.append("ours"), lambda: order.append("theirs"), effort)
    assert order == ["ours", "theirs", "ours", "theirs", "theirs", "ours"]
    assert len(pairs) == 2


@pytest.mark.parametrize(("slower", "verdict"), [(1.0, Verdict.MET), (1.3, Verdict.MISSED)])
def test_a_slow_kernel_misses_its_target(monkeypatch, slower, verdict):
    pairs = [(slower * 1e-5 * noise, 1e-5) for noise in (1.0, 1.01, 0.99, 1.0, 1.02, 0.98, 1.0)]
    monkeypatch.setattr(command, "interleaved", lambda *_arguments: pairs)
    compared = Comparison(
        task="price",
        size=1000,
        items=1000,
        against="C tuned",
        ours=list,
        theirs=list,
        ours_over_theirs=True,
        target=AtMost(1.15),
    )
    found = command.measure(compared, FULL)
    assert found.verdict is verdict
    assert found.ratio == f"ours/C {slower:.3f} ± {0.01 * slower:.3f}"
    assert found.theirs == "10.0 ns"


def test_a_peer_that_is_too_fast_misses_the_target(monkeypatch):
    monkeypatch.setattr(command, "interleaved", lambda *_arguments: [(1e-5, 70e-5)] * 7)
    compared = Comparison(
        task="Greeks", size=1, against="a peer", ours=list, theirs=list, target=AtLeast(80.0)
    )
    assert command.measure(compared, FULL).verdict is Verdict.MISSED


@pytest.mark.parametrize(
    ("verdict", "code"), [(Verdict.MET, 0), (Verdict.MISSED, 1), (Verdict.NONE, 0)]
)
def test_the_exit_code_is_one_where_a_target_is_missed(monkeypatch, capsys, verdict, code):
    one = Row(
        task="price",
        size="1",
        peer="C tuned",
        ours="1 ns",
        theirs="1 ns",
        ratio="1",
        target="≤ 1.15",
        verdict=verdict,
    )
    monkeypatch.setattr(sys, "argv", ["benchmarks"])
    monkeypatch.setattr(command, "native_builds", tuple)
    monkeypatch.setattr(command, "measured", lambda *_arguments: [one])
    monkeypatch.setattr(command, "simd_rows", lambda **_keywords: [])
    for rows in ("simulator_rows", "pool_rows", "policy_rows", "hedge_rows"):
        monkeypatch.setattr(command, rows, lambda **_keywords: [])
    assert command.main() == code
    assert ("1 target missed: price against C tuned." in capsys.readouterr().out) == bool(code)


def test_a_run_that_shared_its_cpu_says_so():
    assert "TOO LITTLE" in command.share_line(0.6)
    assert command.share_line(0.99) == "CPU time over elapsed time while measuring: 99%"


def test_without_a_compiler_the_rows_are_skipped_and_a_line_says_so(monkeypatch):
    monkeypatch.setattr(native, "COMPILER", "no-such-compiler")
    monkeypatch.setattr(command, "comparisons", lambda *_arguments: [])
    assert command.native_builds() == ()
    assert "no `no-such-compiler` found" in machine.compiler_line()
    skipped = [found for found in command.measured(FULL, ()) if found.peer == "C"]
    assert [found.verdict for found in skipped] == [Verdict.SKIPPED]


@needs_compiler
@pytest.mark.parametrize("build", ["tuned", "plain"])
def test_c_agrees_with_ours(build):
    flags = {"tuned": native.TUNED_FLAGS, "plain": native.PLAIN_FLAGS}[build]
    findings = list(agreement.agreements(native.build(build, flags)))
    assert [found.task for found in findings if not found.good] == []
    assert len(findings) == 3


@needs_compiler
@pytest.mark.skipif("avx2" not in machine.cpu_flags(), reason="no AVX2")
def test_gcc_vectorises_every_loop_of_the_tuned_kernels():
    widths = native.vectorised_loops()
    if not widths:
        pytest.skip("not gcc")
    assert len(widths) >= 8
    assert min(widths.values()) >= 32


def test_disagreement_fails_and_nan_is_disagreement():
    assert agreement.Agreement("tuned", "price", 9e-13).good
    assert not agreement.Agreement("tuned", "price", 2e-12).good
    assert not agreement.Agreement("plain", "price", math.nan).good


def test_numpy_computes_what_our_kernels_compute():
    options = random_options(5_000, highest_rate=0.1)
    call = ours.greeks(options)
    call()
    mine, theirs = call.args[-1], numpy_reference.greeks(options)
    scale = np.maximum(np.abs(mine), agreement.natural_scale(options, mine))
    assert np.max(np.abs(theirs - mine) / scale) < 1e-7
    assert np.allclose(numpy_reference.price(options), theirs[0], rtol=1e-7, atol=0.0)


def test_numpy_inverts_our_prices():
    options = random_options(2_000, highest_rate=0.1).out_of_the_money()
    found = numpy_reference.implied_vol(options.prices(), options)
    assert np.max(np.abs(found / options.vol - 1.0)) < 1e-8


def test_numpy_profile_is_ours():
    market = live_market(300)
    call = ours.profile(market.options, market.quantity, grid())
    call()
    theirs = numpy_reference.profile(market.options, market.quantity, grid())
    assert np.abs(call.args[-1] - theirs).max() < 1e-12 * np.abs(theirs).max()


def test_both_threads_together_compute_every_option(monkeypatch):
    options = random_options(1_001)
    parts = []
    monkeypatch.setattr(ours, "greeks", lambda part: lambda: parts.append(part))
    ours.threaded_greeks(options, machine_pool := InlinePool())()
    assert machine_pool.submitted == 2
    forwards = np.concatenate([part.forward for part in parts])
    assert np.array_equal(forwards, options.forward)


class InlinePool:
    """An executor that runs at once."""

    def __init__(self):
        self.submitted = 0

    def submit(self, call):
        self.submitted += 1
        call()
        return self

    def result(self):
        return None


def test_the_live_chain_is_the_same_from_kernels_and_through_the_rooms():
    market = live_market(2_000)
    direct = by_kernels(market)
    totals, profile = by_rooms(market)
    assert np.allclose(direct.vol, market.options.vol, rtol=1e-10)
    assert direct.gamma_usd_per_pct == pytest.approx(totals.gamma_usd_per_pct, rel=1e-10)
    assert direct.gross_gamma_usd_per_pct == pytest.approx(
        totals.gross_gamma_usd_per_pct, rel=1e-10
    )
    assert direct.vanna_usd_per_point == pytest.approx(totals.vanna_usd_per_point, rel=1e-10)
    assert direct.charm_usd_per_day == pytest.approx(totals.charm_usd_per_day, rel=1e-10)
    assert len(direct.flips) >= 2
    assert direct.flips == pytest.approx([flip.spot for flip in profile.flips], rel=1e-6)


def test_simd_verdict_wants_the_register_in_every_kernel():
    narrow = {"price": {"xmm": 0, "ymm": 70, "zmm": 0}, "Greeks": {"xmm": 9, "ymm": 0, "zmm": 0}}
    wide = {"price": {"xmm": 0, "ymm": 0, "zmm": 70}}
    assert row(HASWELL, narrow, quick=False).verdict is Verdict.MISSED
    assert row(HASWELL, {"price": narrow["price"]}, quick=False).verdict is Verdict.MET
    assert row(SKYLAKE_WIDE, wide, quick=False).verdict is Verdict.MET
    assert row(SKYLAKE_WIDE, wide, quick=False).ratio == "packed FMAs 70 zmm"
    assert row(HASWELL, narrow, quick=True).verdict is Verdict.NONE


def test_the_table_goes_between_the_markers_and_nowhere_else():
    document = f"before\n{table.BEGIN}\nold\n{table.END}\nafter\n"
    once = table.replaced(document, "new")
    assert once == f"before\n{table.BEGIN}\nnew\n{table.END}\nafter\n"
    assert table.replaced(once, "new") == once
    written = table.README.read_text(encoding="utf-8")
    assert written.count(table.BEGIN) == written.count(table.END) == 1


def test_timing_takes_the_median_call(monkeypatch):
    readings = iter([0, 10, 15, 20, 120, 200, 207, 300])
    monkeypatch.setattr(timing, "time", SimpleNamespace(perf_counter_ns=lambda: next(readings)))
    assert timing.seconds_per_call(list, Effort(seconds=0.0, calls=3)) == pytest.approx(7e-9)
