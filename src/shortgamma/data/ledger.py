"""The ledger of long runs: which there are, and how far each chunk of them is. SQLite, through SQLAlchemy."""

import json
import sqlite3
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    delete,
    event,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.schema import CreateTable

from shortgamma.basics.errors import InputError
from shortgamma.data.wording import place_of, shown

PATIENCE_SECONDS = 30
"""How long one writer waits for another."""
FILE = "runs.sqlite"
CHOOSE = "choose another folder with --runs"

TABLES = MetaData()
RUNS = Table(
    "runs",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("key", String(64), nullable=False, index=True),
    Column("scenario", String, nullable=False),
    Column("specification", String, nullable=False),
    Column("method", String, nullable=False),
    Column("status", String, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("updated", BigInteger, nullable=False),
)
"""One row per run; ``created`` and ``updated`` are UTC nanoseconds."""
CHUNKS = Table(
    "chunks",
    TABLES,
    Column("run", Integer, ForeignKey("runs.id"), primary_key=True),
    Column("job", Integer, primary_key=True),
    Column("index", Integer, primary_key=True),
    Column("first", BigInteger, nullable=False),
    Column("size", Integer, nullable=False),
    Column("status", String, nullable=False),
    Column("file", String, nullable=False),
    Column("checksum", String, nullable=False),
)
"""One row per chunk of a run; ``checksum`` is the SHA-256 of its files, empty until it is done."""


class Status(StrEnum):
    """How far a run or a chunk is."""

    OPEN = "open"  # a chunk to compute
    RUNNING = "running"  # a driver works on it, or was killed
    STOPPED = "stopped"  # cancelled or failed; can be resumed
    DONE = "done"
    KEPT = "kept"  # done, and its files are still there
    DROPPED = "dropped"  # begun again without resuming


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Consecutive paths of one job.

    Args:
        job: Number of the job within the run.
        index: Number of the chunk within the job.
        first, size: First path, and how many.
    """

    job: int
    index: int
    first: int
    size: int

    @property
    def file(self) -> str:
        """Name of the file of its figures."""
        return f"{self.job}-{self.index}-figures.parquet"

    @property
    def price_file(self) -> str:
        """Name of the file of its log prices, if it kept any."""
        return f"{self.job}-{self.index}-prices.parquet"

    @property
    def place(self) -> tuple[int, int]:
        """Job and index."""
        return self.job, self.index


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a run is to compute.

    Args:
        key: Digest of everything that defines it.
        scenario: In words.
        specification: Everything that defines it, as values that JSON can carry.
        method: Version of the method.
        chunks: All of them, by job and index.
    """

    key: str
    scenario: str
    specification: object
    method: str
    chunks: Sequence[Chunk]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """A run as the ledger has it.

    Args:
        number: In the ledger.
        key: Digest of everything that defines it.
        scenario: In words.
        status: How far it is; ``running`` may also be a run whose driver was killed.
        created, updated: UTC nanoseconds.
        chunks, done: How many there are, and how many are computed.
    """

    number: int
    key: str
    scenario: str
    status: Status
    created: int
    updated: int
    chunks: int
    done: int


class Ledger:
    """The tables of a folder of runs, made where there are none.

    Args:
        home: The folder.

    Raises:
        InputError: The folder cannot be used; so do all methods.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        with usable(home):
            home.mkdir(parents=True, exist_ok=True)
        self.engine = create_engine(f"sqlite:///{home / FILE}")
        event.listen(self.engine, "connect", set_up)
        with self.transaction() as tables:
            for table in TABLES.sorted_tables:
                tables.execute(CreateTable(table, if_not_exists=True))

    @contextmanager
    def transaction(self) -> Generator[Connection, None, None]:
        """A connection whose changes count together or not at all."""
        with usable(self.home), self.engine.begin() as tables:
            yield tables

    def close(self) -> None:
        """Closes all connections."""
        self.engine.dispose()

    def enter(self, order: Order) -> int:
        """Writes down a new run with all its chunks to compute; its number."""
        now = time.time_ns()
        with self.transaction() as tables:
            values = {
                "key": order.key,
                "scenario": order.scenario,
                "specification": json.dumps(order.specification),
                "method": order.method,
                "status": Status.RUNNING,
                "created": now,
                "updated": now,
            }
            number = tables.execute(insert(RUNS).returning(RUNS.c.id), values).scalar_one()
            tables.execute(insert(CHUNKS), [entry(number, chunk) for chunk in order.chunks])
        return number

    def unfinished(self, key: str) -> list[int]:
        """Runs of that key that can be resumed, the newest first."""
        states = (Status.RUNNING, Status.STOPPED, Status.KEPT)
        known = select(RUNS.c.id).where(RUNS.c.key == key, RUNS.c.status.in_(states))
        with self.transaction() as tables:
            return list(tables.scalars(known.order_by(RUNS.c.id.desc())))

    def mark(self, number: int, status: Status) -> None:
        """Writes down how far a run is."""
        with self.transaction() as tables:
            touch(tables, number, status=status)

    def record(self, number: int, place: tuple[int, int], *, checksum: str) -> None:
        """Writes down that a chunk is done; an empty checksum says that it is to be computed again."""
        job, index = place
        status = Status.DONE if checksum else Status.OPEN
        here = (CHUNKS.c.run == number, CHUNKS.c.job == job, CHUNKS.c.index == index)
        with self.transaction() as tables:
            tables.execute(update(CHUNKS).where(*here).values(status=status, checksum=checksum))
            touch(tables, number)

    def done(self, number: int) -> dict[tuple[int, int], str]:
        """Checksums of the chunks that are done, by job and index."""
        of = (CHUNKS.c.run == number, CHUNKS.c.status == Status.DONE)
        with self.transaction() as tables:
            found = tables.execute(
                select(CHUNKS.c.job, CHUNKS.c.index, CHUNKS.c.checksum).where(*of)
            )
            return {(job, index): checksum for job, index, checksum in found}

    def drop(self, number: int) -> None:
        """Gives a run up; its chunks leave the ledger."""
        with self.transaction() as tables:
            tables.execute(delete(CHUNKS).where(CHUNKS.c.run == number))
            touch(tables, number, status=Status.DROPPED)

    def rows(self) -> tuple[RunRow, ...]:
        """All runs, the newest first."""
        finished = func.count(CHUNKS.c.run).filter(CHUNKS.c.status == Status.DONE)
        counted = select(CHUNKS.c.run, func.count(), finished).group_by(CHUNKS.c.run)
        with self.transaction() as tables:
            counts = {run: (chunks, done) for run, chunks, done in tables.execute(counted)}
            return tuple(
                RunRow(
                    number=row.id,
                    key=row.key,
                    scenario=row.scenario,
                    status=Status(row.status),
                    created=row.created,
                    updated=row.updated,
                    chunks=counts.get(row.id, (0, 0))[0],
                    done=counts.get(row.id, (0, 0))[1],
                )
                for row in tables.execute(select(RUNS).order_by(RUNS.c.id.desc()))
            )


def entry(number: int, chunk: Chunk) -> dict[str, object]:
    """The row of a chunk that is to be computed."""
    return {
        "run": number,
        "job": chunk.job,
        "index": chunk.index,
        "first": chunk.first,
        "size": chunk.size,
        "status": Status.OPEN,
        "file": chunk.file,
        "checksum": "",
    }


def touch(tables: Connection, number: int, **values: object) -> None:
    """Changes the row of a run."""
    changed = update(RUNS).where(RUNS.c.id == number)
    tables.execute(changed.values(updated=time.time_ns(), **values))


def set_up(connection: sqlite3.Connection, _record: object) -> None:
    """Lets several drivers share a ledger: readers do not wait, writers wait for each other."""
    connection.execute(f"PRAGMA busy_timeout = {1000 * PATIENCE_SECONDS}")
    connection.execute("PRAGMA journal_mode = WAL")


@contextmanager
def usable(folder: Path) -> Generator[None, None, None]:
    """Turns what using a folder of runs may raise into an InputError.

    Raises:
        InputError: The disk is full, the folder is read-only, the ledger is damaged, ….
    """
    place = place_of(folder)
    try:
        yield
    except OSError as error:
        reason = error.strerror or shown(error)
        raise InputError(f"cannot be used: {reason}", place=place, remedy=CHOOSE) from None
    except (SQLAlchemyError, sqlite3.Error) as error:
        reason = shown(getattr(error, "orig", error))
        raise InputError(f"its ledger fails: {reason}", place=place, remedy=CHOOSE) from None
