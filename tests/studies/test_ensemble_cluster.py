"""Ensembles on a Dask cluster of processes: the same bits, and one clear line for whatever is wrong."""

import json
import os
import signal
import subprocess
import sys
from concurrent.futures import CancelledError
from contextlib import contextmanager
from threading import Event
from time import monotonic, sleep

import pytest

from shortgamma.basics.errors import InputError, UnavailableError
from shortgamma.data.runs import RunStore
from shortgamma.studies.ensemble import cluster as module
from shortgamma.studies.ensemble.ensemble import ensemble
from tests.studies.ensembles import Refusing, bits, long_jobs, small_job

distributed = pytest.importorskip("distributed")


@contextmanager
def local_cluster(workers):
    """A scheduler and workers in processes of their own."""
    with distributed.LocalCluster(
        n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=":0"
    ) as found:
        yield found


@pytest.fixture(scope="module")
def cluster():
    with local_cluster(2) as found:
        yield found


@pytest.fixture(scope="module")
def alone():
    return computed(long_jobs(), workers=1)


def computed(jobs, **how):
    """The bits of all outcomes."""
    with ensemble(jobs, **how) as found:
        return [bits(outcome) for outcome in found]


def test_a_cluster_gives_the_bits_of_one_worker(tmp_path, cluster, alone):
    shares = []
    found = computed(
        long_jobs(),
        cluster=cluster.scheduler_address,
        store=RunStore(folder=tmp_path),
        progress=shares.append,
    )
    assert found == alone
    assert len(shares) == 20
    assert sum(shares) == pytest.approx(1.0)


def test_what_a_cluster_began_one_worker_ends(tmp_path, cluster, alone):
    cancel = Event()
    store = RunStore(folder=tmp_path, resumes=True)
    with pytest.raises(CancelledError):
        computed(
            long_jobs(),
            cluster=cluster.scheduler_address,
            store=store,
            cancel=cancel,
            progress=lambda _share: cancel.set(),
        )
    assert 1 <= store.rows()[0].done < 20
    assert computed(long_jobs(), workers=1, store=store) == alone


@pytest.mark.slow
def test_a_killed_worker_of_the_cluster_loses_nothing(alone):
    killed = []

    with local_cluster(2) as found:

        def kill_one(_share):
            if not killed:
                killed.append(next(iter(found.workers.values())).pid)
                os.kill(killed[0], signal.SIGKILL)

        assert computed(long_jobs(), cluster=found.scheduler_address, progress=kill_one) == alone
    assert killed


@contextmanager
def scheduler_with_worker(folder):
    """A scheduler and one worker as a user starts them: the process of the scheduler, and its address."""
    file = folder / "scheduler.json"
    dask = [sys.executable, "-m"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    found = ["distributed.cli.dask_scheduler", "--port", "0", "--no-dashboard"]
    joined = ["distributed.cli.dask_worker", "--nthreads", "1", "--no-dashboard"]
    at = ["--scheduler-file", str(file)]
    with (
        subprocess.Popen([*dask, *found, *at], **quiet) as scheduler,
        subprocess.Popen([*dask, *joined, *at], **quiet) as worker,
    ):
        try:
            for _ in range(200):
                if file.exists() and file.stat().st_size:
                    break
                sleep(0.05)
            yield scheduler, json.loads(file.read_text())["address"]
        finally:
            worker.terminate()
            scheduler.kill()


@pytest.mark.slow
def test_a_lost_scheduler_is_one_line_and_a_run_to_resume(tmp_path, alone):
    store = RunStore(folder=tmp_path, resumes=True)
    with (
        scheduler_with_worker(tmp_path) as (scheduler, address),
        pytest.raises(UnavailableError, match=r"lost the cluster .*--resume") as problem,
    ):
        computed(
            long_jobs(),
            cluster=address,
            store=store,
            progress=lambda _share: scheduler.kill(),
        )
    assert "\n" not in str(problem.value)
    assert 1 <= store.rows()[0].done < 20
    assert computed(long_jobs(), workers=1, store=store) == alone


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense", "http://127.0.0.1:1"])
def test_a_dead_address_is_one_clear_line_within_ten_seconds(address):
    began = monotonic()
    with pytest.raises(InputError, match=r"^--cluster: no Dask scheduler answers at") as problem:
        computed([small_job(5)], cluster=address)
    assert monotonic() - began < 10.0
    assert address in str(problem.value)
    assert "\n" not in str(problem.value)
    assert "dask scheduler" in problem.value.remedy


def test_a_cluster_without_workers_is_one_clear_line():
    with (
        local_cluster(0) as empty,
        pytest.raises(InputError, match=r"has no workers — start some with `dask worker tcp://"),
    ):
        computed([small_job(5)], cluster=empty.scheduler_address)


def test_workers_with_another_version_are_named(cluster, monkeypatch):
    """The workers are real and have the method of this tree; the driver pretends to another one."""
    monkeypatch.setattr(module, "METHOD", "none")
    with pytest.raises(InputError, match=r"worker tcp://\S+ has method \S+, this machine none"):
        computed([small_job(5)], cluster=cluster.scheduler_address)


def test_an_error_of_the_scenario_arrives_from_the_cluster(cluster):
    with pytest.raises(InputError, match="worker: it is too far away — stay at home"):
        computed([small_job(5, kind=Refusing)], cluster=cluster.scheduler_address)


def test_without_the_extra_the_line_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UnavailableError, match=r"install shortgamma\[cluster\]"):
        computed([small_job(5)], cluster="tcp://127.0.0.1:1")
