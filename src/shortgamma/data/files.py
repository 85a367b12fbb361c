"""Opening input files. Every error of the system and of third parties becomes one InputError here."""

import csv
import os
from collections.abc import Generator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

import msgspec
import polars as pl
from polars.exceptions import PanicException, PolarsError

from shortgamma.basics.errors import InputError
from shortgamma.data.wording import place_of, shown

MAX_BYTES = 1_000_000_000
MAX_ROWS = 5_000_000
PARQUET_MAGIC = b"PAR1"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
HEAD_BYTES = 8_192
STDERR = 2

THIRD_PARTY: tuple[type[BaseException], ...] = (
    OSError,
    UnicodeError,
    RecursionError,
    MemoryError,
    OverflowError,
    csv.Error,
    msgspec.MsgspecError,
    PolarsError,
    # A panic of the Rust side does not derive from Exception.
    PanicException,
)

# What each says of a file, and what to do about it.
WORDS: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str, str], ...] = (
    (UnicodeError, "is not text in UTF-8", "save it as UTF-8"),
    (RecursionError, "is nested too deeply", "give the venue's answer as it came"),
    ((MemoryError, OverflowError), "holds something too large: {}", "check how it was made"),
    (csv.Error, "is not readable CSV: {}", "check its quotes and separators"),
    (msgspec.ValidationError, "is JSON of another shape: {}", "give the venue's answer as it came"),
    (msgspec.MsgspecError, "is not valid JSON: {}", "save the whole answer again"),
)


class Format(StrEnum):
    """How a file is written."""

    PARQUET = "Parquet"
    JSON = "JSON"
    CSV = "CSV"


@contextmanager
def translated(place: str) -> Generator[None, None, None]:
    """Turns what reading ``place`` may raise into an InputError.

    Raises:
        InputError: Anything of ``THIRD_PARTY`` was raised inside.
    """
    try:
        yield
    except THIRD_PARTY as error:
        problem, remedy = translation(error)
        raise InputError(problem, place=place, remedy=remedy) from None


def collect(rows: pl.LazyFrame, place: str) -> pl.DataFrame:
    """Computes rows that may still lie in a file.

    Raises:
        InputError: The file turns out to be damaged.
    """
    with translated(place), quiet():
        return rows.collect()


@contextmanager
def quiet() -> Generator[None, None, None]:
    """Keeps what Rust prints of a panic off the terminal; the panic itself still arrives.

    A damaged Parquet file makes Polars panic, and every thread of it writes a backtrace to descriptor 2
    past ``sys.stderr``. The descriptor belongs to the whole process, so this must stay short.
    """
    try:
        kept = os.dup(STDERR)
    except OSError:  # there is no stderr to keep clean
        yield
        return
    try:
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), STDERR)
        yield
    finally:
        os.dup2(kept, STDERR)
        os.close(kept)


def translation(error: BaseException) -> tuple[str, str]:
    """Problem and remedy of a third-party error, in words."""
    if isinstance(error, OSError):
        return f"cannot be read: {error.strerror or shown(error)}", "check path and permissions"
    first = shown(str(error).strip().partition("\n")[0])
    for kinds, problem, remedy in WORDS:
        if isinstance(error, kinds):
            return problem.format(first), remedy
    return f"is not a readable table: {first}", "write the file again"


def inspect(path: str) -> Format:
    """The format of a file, from its first bytes.

    Raises:
        InputError: There is no such file, it is empty, too large or neither text, JSON nor Parquet.
    """
    place = place_of(path)
    with translated(place):
        file = Path(path)
        if not file.exists():
            raise InputError("no such file", place=place, remedy="check the path")
        if not file.is_file():
            kind = "a directory" if file.is_dir() else "not a regular file"
            raise InputError(
                f"is {kind}", place=place, remedy="name a .json, .csv or .parquet file"
            )
        size = file.stat().st_size
        with file.open("rb") as stream:
            head = stream.read(HEAD_BYTES)
    if size > MAX_BYTES:
        raise InputError(
            f"has {size:,} bytes, more than {MAX_BYTES:,}",
            place=place,
            remedy="split it by snapshot",
        )
    return format_of(head, file.suffix.lower(), place)


def format_of(head: bytes, suffix: str, place: str) -> Format:
    """The format by content; the suffix decides only what an unreadable file was meant to be."""
    text = head.removeprefix(BYTE_ORDER_MARK).lstrip()
    if not text:
        raise InputError("is empty", place=place, remedy="save the data again")
    if head.startswith(PARQUET_MAGIC) or suffix == ".parquet":
        return Format.PARQUET
    if text[:1] in b"{[" or suffix == ".json":
        return Format.JSON
    if b"\0" in head:
        raise InputError(
            "is binary, neither text, JSON nor Parquet",
            place=place,
            remedy="unpack or export it as .csv, .json or .parquet",
        )
    return Format.CSV


def read_bytes(path: str) -> bytes:
    """The whole file without a byte order mark.

    Raises:
        InputError: It cannot be read.
    """
    with translated(place_of(path)):
        return Path(path).read_bytes().removeprefix(BYTE_ORDER_MARK)
