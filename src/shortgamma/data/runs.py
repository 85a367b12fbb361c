"""The store of long runs: a Parquet file of figures per chunk, beside the ledger that says which are whole.

A run is found again by its key, a digest of everything that defines it. A chunk counts as done once its
file is complete under its final name and the ledger holds the checksum of it, so whatever kills the
driver costs the chunks that were under way and nothing else.
"""

import hashlib
import shutil
import sqlite3
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray
from platformdirs import user_data_path

from shortgamma.basics.errors import InputError
from shortgamma.data.files import THIRD_PARTY, quiet, translation
from shortgamma.data.ledger import Chunk, Ledger, Order, RunRow, Status, usable
from shortgamma.data.wording import place_of

Vector = NDArray[Any]
Cube = NDArray[np.float64]

LOCKS = "locks"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStore:
    """A folder of runs.

    Args:
        folder: Where; None is the user's data folder.
        resumes: True to go on with an unfinished (or kept) run of the same key; else it begins again.
        keeps: True to leave the files of a run that is done.
    """

    folder: Path | None = None
    resumes: bool = False
    keeps: bool = False

    @property
    def home(self) -> Path:
        """The folder."""
        return self.folder or user_data_path("shortgamma") / "runs"

    @contextmanager
    def open(self, order: Order) -> Generator["StoredRun", None, None]:
        """The run of that key, locked while the context lasts.

        It is done where the body ends without an exception and every chunk is there: its files then go
        unless the store keeps them. Otherwise it can be resumed.

        Raises:
            InputError: Another driver works on it, or the folder cannot be used.
        """
        with self.ledger() as ledger, locked(self.home / LOCKS / order.key[:32]):
            run = StoredRun.begin(self, ledger, order)
            try:
                yield run
            except BaseException:
                ledger.mark(run.number, Status.STOPPED)
                raise
            run.end(keeps=self.keeps)

    def rows(self) -> tuple[RunRow, ...]:
        """All runs, the newest first.

        Raises:
            InputError: The folder cannot be used.
        """
        with self.ledger() as ledger:
            return ledger.rows()

    @contextmanager
    def ledger(self) -> Generator[Ledger, None, None]:
        """The ledger, closed in the end."""
        ledger = Ledger(self.home)
        try:
            yield ledger
        finally:
            ledger.close()


class StoredRun:
    """One run, locked by this driver.

    Args:
        ledger: Where it stands.
        number: Of the run in it.
        order: What it is to compute.

    Attributes:
        chunks: By job and index.
        folder: Of its files.
        done: Job and index of the chunks whose files are there and whole.
    """

    def __init__(self, ledger: Ledger, number: int, order: Order) -> None:
        self.ledger = ledger
        self.number = number
        self.order = order
        self.chunks = {chunk.place: chunk for chunk in order.chunks}
        self.folder = ledger.home / f"{number:06d}"
        self.done: set[tuple[int, int]] = set()

    @classmethod
    def begin(cls, store: RunStore, ledger: Ledger, order: Order) -> Self:
        """The run of that key: the unfinished one where the store resumes, else a new one."""
        earlier = ledger.unfinished(order.key)
        chosen = earlier[0] if earlier and store.resumes else None
        for number in earlier:
            if number != chosen:
                shutil.rmtree(cls(ledger, number, order).folder, ignore_errors=True)
                ledger.drop(number)
        run = cls(ledger, ledger.enter(order) if chosen is None else chosen, order)
        with usable(run.folder):
            run.folder.mkdir(parents=True, exist_ok=True)
            run.check()
        ledger.mark(run.number, Status.RUNNING)
        return run

    def check(self) -> None:
        """Finds the chunks whose files are those that the ledger knows; the others are computed again."""
        for place, checksum in self.ledger.done(self.number).items():
            if self.checksum(place) == checksum:
                self.done.add(place)
            else:
                self.ledger.record(self.number, place, checksum="")

    def put(self, chunk: Chunk, figures: Mapping[str, Vector], *, kept: Mapping[str, Cube]) -> None:
        """Stores what a chunk left.

        Args:
            chunk: Which.
            figures: One array of shape (size,) per name.
            kept: What was kept over time, shape (kept, 2, size) per name; none is written where it is empty.

        Raises:
            InputError: The disk is full, or the like.
        """
        with usable(self.folder):
            write(self.folder / chunk.file, figures)
            if kept:
                rows = {name: cube.reshape(-1, chunk.size) for name, cube in kept.items()}
                columns = {
                    f"{n}/{i}": row for n, part in rows.items() for i, row in enumerate(part)
                }
                write(self.folder / chunk.price_file, columns)
            checksum = self.checksum(chunk.place)
        self.ledger.record(self.number, chunk.place, checksum=checksum)
        self.done.add(chunk.place)

    def names(self, job: int) -> list[str]:
        """Names of the figures of a job."""
        file = self.folder / self.of(job)[0].file
        with readable(file):
            return list(pl.read_parquet_schema(file))

    def figure(self, job: int, name: str) -> Vector:
        """One figure of all paths of a job, in their order.

        Raises:
            InputError: A file was damaged or removed since the run was opened.
        """
        return np.concatenate([columns(self.folder / c.file, [name])[0] for c in self.of(job)])

    def kept(self, job: int) -> dict[str, Cube]:
        """What was kept over time of the first paths of a job, shape (kept, 2, n) per name.

        Raises:
            InputError: A file was damaged or removed since the run was opened.
        """
        files = [self.folder / chunk.price_file for chunk in self.of(job)]
        found: dict[str, list[Cube]] = {}
        for file in filter(Path.exists, files):
            with readable(file):
                names = list(pl.read_parquet_schema(file))
            for name in dict.fromkeys(n.rpartition("/")[0] for n in names):
                mine = [n for n in names if n.rpartition("/")[0] == name]
                rows = np.stack(columns(file, mine))
                found.setdefault(name, []).append(rows.reshape(-1, 2, rows.shape[1]))
        return {name: np.concatenate(parts, axis=2) for name, parts in found.items()}

    def of(self, job: int) -> list[Chunk]:
        """The chunks of a job, in the order of their paths."""
        return [chunk for chunk in self.order.chunks if chunk.job == job]

    def checksum(self, place: tuple[int, int]) -> str:
        """SHA-256 of the files of a chunk."""
        chunk = self.chunks[place]
        digest = hashlib.sha256()
        for file in (self.folder / chunk.file, self.folder / chunk.price_file):
            if file.exists():
                digest.update(file.read_bytes())
        return digest.hexdigest()

    def end(self, *, keeps: bool) -> None:
        """Closes the run: done where every chunk is there."""
        if len(self.done) < len(self.order.chunks):
            self.ledger.mark(self.number, Status.STOPPED)
            return
        self.ledger.mark(self.number, Status.KEPT if keeps else Status.DONE)
        if not keeps:
            shutil.rmtree(self.folder, ignore_errors=True)


def columns(file: Path, names: list[str] | None = None) -> list[Vector]:
    """Columns of a file as arrays.

    Raises:
        InputError: It was damaged or removed.
    """
    with readable(file), quiet():
        return [column.to_numpy() for column in pl.read_parquet(file, columns=names)]


def write(file: Path, columns: Mapping[str, Vector]) -> None:
    """Writes a Parquet file that is either whole or not there under its name.

    A crash of the machine may still lose what the system had not written out; the checksum notices.
    """
    draft = file.with_suffix(".part")
    # Random numbers do not shrink: compression would cost time and save nothing.
    pl.DataFrame(dict(columns)).write_parquet(draft, compression="uncompressed", statistics=False)
    draft.replace(file)


@contextmanager
def locked(file: Path) -> Generator[None, None, None]:
    """Holds a lock that the system releases whatever kills this process.

    It is SQLite's own lock on an empty database, which works alike on every system.

    Raises:
        InputError: Somebody else holds it.
    """
    with usable(file.parent.parent):
        file.parent.mkdir(exist_ok=True)
        lock = sqlite3.connect(file, timeout=0.0, isolation_level=None)
    try:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            raise InputError(
                "another process works on this very run",
                place=place_of(file.parent.parent),
                remedy="wait for it, stop it, or choose another folder with --runs",
            ) from None
        yield
    finally:
        lock.close()


@contextmanager
def readable(file: Path) -> Generator[None, None, None]:
    """Turns what reading a chunk may raise into an InputError.

    Raises:
        InputError: The file was damaged or removed.
    """
    try:
        yield
    except THIRD_PARTY as error:
        raise InputError(
            translation(error)[0],
            place=place_of(file),
            remedy="run again with --resume: damaged chunks are computed again",
        ) from None
