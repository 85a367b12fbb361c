"""The store of runs: what was put in comes out, damage is found, and one run has one driver."""

import sqlite3
import subprocess
import sys

import numpy as np
import pytest

from shortgamma.basics.errors import InputError
from shortgamma.data.ledger import FILE, Chunk, Order, Status
from shortgamma.data.runs import RunStore

CHUNKS = [
    Chunk(job=job, index=index, first=100 * index, size=100 - 60 * index)
    for job in range(2)
    for index in range(2)
]
HOLD = """
import sys
from pathlib import Path
from tests.data.test_runs import order
from shortgamma.data.runs import RunStore
with RunStore(folder=Path(sys.argv[1])).open(order()):
    print("open", flush=True)
    sys.stdin.readline()
"""


def order(key="ab" * 32):
    return Order(key=key, scenario="test", specification={"a": 0.1}, method="1", chunks=CHUNKS)


def figures(chunk):
    """Numbers that a careless format would change: signed zeros, NaN, infinities, flags, counts."""
    rng = np.random.default_rng([chunk.job, chunk.index])
    values = rng.normal(size=chunk.size)
    values[:5] = [0.0, -0.0, np.nan, np.inf, -np.inf]
    return {
        "market/a": values,
        "quiet/a": np.where(values > 0.0, 0.0, -0.0),
        "market/flag": values > 0.0,
        "market/count": rng.integers(0, 9, chunk.size),
    }


def prices(chunk):
    """The first chunk of each job keeps some."""
    rng = np.random.default_rng(chunk.job)
    names = ("log_price", "a rate/of a day") if chunk.index == 0 else ()
    return {name: rng.normal(size=(3, 2, chunk.size)) for name in names}


def fill(run, chunks=CHUNKS):
    for chunk in chunks:
        run.put(chunk, figures(chunk), kept=prices(chunk))


def stop_after(store, chunks):
    """A driver that is stopped after some chunks."""
    with store.open(order()) as run:
        fill(run, chunks)


def resuming(folder):
    return RunStore(folder=folder, resumes=True)


def test_figures_come_back_to_the_bit_and_in_the_order_of_the_paths(tmp_path):
    with RunStore(folder=tmp_path).open(order()) as run:
        fill(run, CHUNKS[::-1])
        for job in range(2):
            mine = [chunk for chunk in CHUNKS if chunk.job == job]
            assert run.names(job) == list(figures(mine[0]))
            for name in run.names(job):
                expected = np.concatenate([figures(chunk)[name] for chunk in mine])
                found = run.figure(job, name)
                assert found.dtype == expected.dtype
                assert found.tobytes() == expected.tobytes()
            np.testing.assert_equal(run.kept(job), prices(mine[0]))


def test_a_finished_run_leaves_its_row_and_no_file(tmp_path):
    store = RunStore(folder=tmp_path)
    with store.open(order()) as run:
        fill(run)
    (row,) = store.rows()
    assert (row.status, row.chunks, row.done) == (Status.DONE, 4, 4)
    assert row.created <= row.updated
    assert list(tmp_path.rglob("*.parquet")) == []


def test_kept_files_serve_the_next_run(tmp_path):
    with RunStore(folder=tmp_path, keeps=True).open(order()) as run:
        fill(run)
    with RunStore(folder=tmp_path, resumes=True, keeps=True).open(order()) as run:
        assert run.done == {chunk.place for chunk in CHUNKS}
        assert run.figure(1, "market/a").size == 140


def test_a_stopped_run_goes_on_where_it_was(tmp_path):
    stop_after(RunStore(folder=tmp_path), CHUNKS[:3])
    assert resuming(tmp_path).rows()[0].status == Status.STOPPED
    with resuming(tmp_path).open(order()) as run:
        assert run.done == {(0, 0), (0, 1), (1, 0)}
        fill(run, CHUNKS[3:])
    assert [row.status for row in resuming(tmp_path).rows()] == [Status.DONE]


def test_without_resuming_a_run_begins_again(tmp_path):
    store = RunStore(folder=tmp_path)
    stop_after(store, CHUNKS[:3])
    with store.open(order()) as run:
        assert run.done == set()
        fill(run)
    assert [row.status for row in store.rows()] == [Status.DONE, Status.DROPPED]


def test_an_exception_leaves_a_run_that_can_be_resumed(tmp_path):
    def interrupted():
        with RunStore(folder=tmp_path).open(order()) as run:
            fill(run)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    with resuming(tmp_path).open(order()) as run:
        assert len(run.done) == 4


def test_another_key_is_another_run(tmp_path):
    stop_after(RunStore(folder=tmp_path), CHUNKS[:3])
    with resuming(tmp_path).open(order("cd" * 32)) as run:
        assert run.done == set()


@pytest.mark.parametrize("what", ["figures", "prices"])
@pytest.mark.parametrize("how", ["changed", "cut", "gone"])
def test_damaged_files_are_found_and_computed_again(tmp_path, what, how):
    stop_after(RunStore(folder=tmp_path), CHUNKS[:3])
    (file,) = tmp_path.rglob(f"0-0-{what}.parquet")
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    if how == "gone":
        file.unlink()
    else:
        file.write_bytes(content if how == "changed" else content[:-10])
    with resuming(tmp_path).open(order()) as run:
        assert run.done == {(0, 1), (1, 0)}
        fill(run, [CHUNKS[0], CHUNKS[3]])
        np.testing.assert_equal(run.kept(0), prices(CHUNKS[0]))
    assert resuming(tmp_path).rows()[0].done == 4


def test_a_file_that_is_damaged_while_the_run_is_open_is_one_clear_line(tmp_path):
    with RunStore(folder=tmp_path).open(order()) as run:
        fill(run)
        (run.folder / CHUNKS[0].file).write_bytes(b"PAR1 nothing PAR1")
        with pytest.raises(InputError, match=r"0-0-figures\.parquet.*--resume"):
            run.figure(0, "market/a")


def test_a_second_driver_is_refused_until_the_first_one_dies(tmp_path):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with holder:
        assert holder.stdout.readline() == b"open\n"
        with (
            pytest.raises(InputError, match="another process works on this very run"),
            resuming(tmp_path).open(order()),
        ):
            pass
        with resuming(tmp_path).open(order("cd" * 32)) as other:
            fill(other)
        holder.kill()
    with resuming(tmp_path).open(order()) as run:
        fill(run)
    assert {row.status for row in resuming(tmp_path).rows()} == {Status.DONE}


def test_an_unusable_folder_is_one_clear_line(tmp_path):
    file = tmp_path / "file"
    file.write_text("not a folder")
    with pytest.raises(InputError, match=r"cannot be used.*--runs"):
        RunStore(folder=file / "runs").rows()
    (tmp_path / FILE).write_bytes(b"no database" * 1_000)
    with pytest.raises(InputError, match=r"its ledger fails.*--runs"):
        RunStore(folder=tmp_path).rows()


def test_the_ledger_is_a_plain_database(tmp_path):
    """What the monitor and a user with ``sqlite3`` find."""
    with RunStore(folder=tmp_path).open(order()) as run:
        fill(run)
    with sqlite3.connect(tmp_path / FILE) as tables:
        assert tables.execute("select key, method, status from runs").fetchall() == [
            ("ab" * 32, "1", "done")
        ]
        rows = tables.execute('select job, "index", first, size, length(checksum) from chunks')
        expected = [(c.job, c.index, c.first, c.size, 64) for c in CHUNKS]
        assert sorted(rows) == expected
    tables.close()
