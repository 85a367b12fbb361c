"""Ensembles give the bits of one engine in one thread, whoever computes them and whatever is killed."""

import multiprocessing
import os
import signal
import subprocess
import sys
from concurrent.futures import CancelledError
from dataclasses import replace
from pathlib import Path
from threading import Event
from time import monotonic, sleep

import numpy as np
import pytest

from shortgamma.basics.errors import InputError, UnavailableError
from shortgamma.data.ledger import Status
from shortgamma.data.runs import RunStore
from shortgamma.feedback.engine import Run, simulate
from shortgamma.studies.ensemble.ensemble import PROCESSES_PAY, ensemble
from shortgamma.studies.ensemble.job import FAN_PATHS
from tests.studies.ensembles import STEPS, Deadly, Refusing, bits, long_jobs, small_job

ROOT = Path(__file__).parents[2]


def computed(jobs, **how):
    """The bits of all outcomes."""
    with ensemble(jobs, **how) as found:
        return [bits(outcome) for outcome in found]


@pytest.fixture(scope="module")
def alone():
    """The long jobs by one worker."""
    return computed(long_jobs(), workers=1)


def engine_alone(job):
    """The same job by the engine in one thread and in one block, without chunks."""
    run = Run(paths=job.paths, seed=job.seed, threads=1, keep_every=job.keep_every, block=job.paths)
    return simulate(job.scenario.build(job.inputs), run)


def test_one_worker_gives_the_bits_of_the_engine():
    job = small_job(16_000, steps=40, keep_every=10)
    with ensemble([job], workers=1) as (found,):
        expected = engine_alone(job)
        assert bits(found) == bits(expected)
        assert (found.paths, found.seed, found.keep_every) == (16_000, 3, 10)
        assert found.setup.spot == expected.setup.spot
        assert float(np.std(found.market["final"])) > 0.0


@pytest.mark.parametrize("stored", [False, True], ids=["memory", "store"])
@pytest.mark.parametrize("workers", [1, 2, 3])
def test_threads_and_store_do_not_change_a_bit(tmp_path, workers, stored):
    jobs = [small_job(16_000, steps=40, keep_every=10, theta=theta) for theta in (-0.3, 0.3)]
    store = RunStore(folder=tmp_path) if stored else None
    found = computed(jobs, workers=workers, store=store)
    assert found == [bits(engine_alone(job)) for job in jobs]
    assert found[0] != found[1]


def test_processes_do_not_change_a_bit(tmp_path, alone):
    assert computed(long_jobs(), workers=2, store=RunStore(folder=tmp_path)) == alone


def test_long_jobs_are_work_for_processes():
    assert sum(job.paths * STEPS for job in long_jobs()) > PROCESSES_PAY


def test_a_sweep_shares_its_random_numbers():
    with ensemble([small_job(9_000, steps=20, theta=theta) for theta in (-0.3, 0.3)]) as found:
        short, long = found
        np.testing.assert_array_equal(short.quiet["final"], long.quiet["final"])
        assert not np.any(short.market["final"] == long.market["final"])
        assert [outcome.setup for outcome in found[::-1]] == [long.setup, short.setup]
        with pytest.raises(IndexError):
            found[2]


def test_figures_are_a_mapping_that_knows_its_names():
    with ensemble([small_job(50, steps=20)]) as (found,):
        assert "final" in found.market
        assert set(found.quiet) < set(found.market)
        assert len(found.market) == len(list(found.market))
        with pytest.raises(KeyError, match="nothing"):
            found.market["nothing"]


@pytest.mark.parametrize("stored", [False, True], ids=["memory", "store"])
def test_prices_are_kept_of_the_first_paths_only(tmp_path, stored):
    job = small_job(FAN_PATHS + 5_000, steps=20, keep_every=5)
    expected = engine_alone(job)
    with ensemble([job], store=RunStore(folder=tmp_path) if stored else None) as (found,):
        np.testing.assert_array_equal(found.log_prices, expected.log_prices[:, :, :FAN_PATHS])
        assert found.market["final"].tobytes() == expected.market["final"].tobytes()


def test_a_killed_worker_loses_nothing(alone):
    killed = []

    def kill_one(_share):
        children = multiprocessing.active_children()
        if not killed:
            os.kill(children[0].pid, signal.SIGKILL)
            killed.append(children[0].pid)

    shares = []
    with ensemble(
        long_jobs(), workers=2, progress=lambda share: (shares.append(share), kill_one(share))
    ) as found:
        assert [bits(outcome) for outcome in found] == alone
    assert killed
    assert sum(shares) == pytest.approx(1.0)


def test_workers_that_always_die_are_given_up_in_one_line():
    job = small_job(kind=Deadly)
    with pytest.raises(
        UnavailableError, match=r"^--workers: workers died 3 times.*memory"
    ) as found:
        computed([job], workers=2)
    assert "\n" not in str(found.value)
    assert multiprocessing.active_children() == []


def test_an_error_of_the_scenario_arrives_from_a_process():
    with pytest.raises(InputError) as found:
        computed([small_job(kind=Refusing)], workers=2)
    assert str(found.value) == "worker: it is too far away — stay at home"
    assert multiprocessing.active_children() == []


@pytest.fixture
def driver(tmp_path):
    """A driver in a process of its own, in a store at ``tmp_path``."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.studies.ensembles", str(tmp_path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    yield process
    process.kill()
    process.communicate()


def is_gone(pid):
    """True where a process has ended, reaped or not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(")")[-1].split()[0] == "Z"
    except OSError:
        return True


def wait_for(condition, seconds=10.0):
    """True once it holds."""
    end = monotonic() + seconds
    while not condition():
        if monotonic() > end:
            return False
        sleep(0.05)
    return True


def after_chunks(driver, chunks):
    """Waits until a driver has stored some chunks; the workers that it has then."""
    for _ in range(chunks):
        line = driver.stdout.readline()
    return [int(pid) for pid in line.split()]


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_killed_driver_is_resumed_to_the_same_bits(tmp_path, driver, alone):
    workers = after_chunks(driver, 5)
    driver.kill()
    driver.wait()
    assert len(workers) == 2
    assert wait_for(lambda: all(is_gone(pid) for pid in workers))
    store = RunStore(folder=tmp_path, resumes=True)
    (row,) = store.rows()
    assert row.status == Status.RUNNING
    assert 5 <= row.done < row.chunks == 20
    before = {file.name: file.stat().st_mtime_ns for file in tmp_path.rglob("*-figures.parquet")}
    shares = []
    with ensemble(long_jobs(), workers=1, store=store, progress=shares.append) as found:
        assert [bits(outcome) for outcome in found] == alone
        assert found.resumed == row.done
        after = {f.name: f.stat().st_mtime_ns for f in tmp_path.rglob("*-figures.parquet")}
    kept = [name for name, written in after.items() if before.get(name) == written]
    assert len(kept) == row.done
    assert len(shares) > 20 - row.done
    assert sum(shares) == pytest.approx(1.0)
    assert store.rows()[0].status == Status.DONE


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT")
def test_an_interrupted_driver_says_nothing_and_can_be_resumed(tmp_path, driver):
    workers = after_chunks(driver, 3)
    began = monotonic()
    driver.send_signal(signal.SIGINT)
    for pid in workers:
        os.kill(pid, signal.SIGINT)  # as a terminal does to the whole group
    out, err = driver.communicate(timeout=20)
    assert monotonic() - began < 5.0
    assert out.endswith("interrupted\n")
    assert err == ""
    (row,) = RunStore(folder=tmp_path).rows()
    assert row.status == Status.STOPPED
    assert 3 <= row.done < row.chunks


@pytest.mark.parametrize("workers", [1, 2])
def test_a_cancelled_run_stops_and_can_be_resumed(tmp_path, workers, alone):
    cancel = Event()
    store = RunStore(folder=tmp_path, resumes=True)
    with pytest.raises(CancelledError):
        computed(
            long_jobs(),
            workers=workers,
            store=store,
            cancel=cancel,
            progress=lambda _share: cancel.set(),
        )
    assert multiprocessing.active_children() == []
    assert 1 <= store.rows()[0].done < 20
    assert computed(long_jobs(), workers=1, store=store) == alone


def test_the_first_share_of_a_resumed_run_is_what_is_done(tmp_path):
    store = RunStore(folder=tmp_path, resumes=True, keeps=True)
    job = small_job(20_000, steps=20)
    shares = []
    first = computed([job], store=store, progress=shares.append)
    assert sum(shares) == pytest.approx(1.0)
    assert len(shares) > 1
    shares.clear()
    assert computed([job], store=store, progress=shares.append) == first
    assert shares == pytest.approx([1.0])


def test_nothing_to_do_is_refused():
    for jobs, workers in (([], 1), ([small_job(5)], 0)):
        with pytest.raises(InputError, match="--workers"):
            computed(jobs, workers=workers)


def test_a_job_out_of_range_is_refused_at_once():
    with pytest.raises(InputError, match="paths"):
        replace(small_job(5), paths=0)
    with pytest.raises(InputError, match="seed"):
        small_job(5, seed=-1)
