"""CSV and Parquet files as tables."""

import csv
import io
from itertools import islice
from pathlib import Path

import polars as pl
from polars.exceptions import PolarsError

from shortgamma.basics.errors import InputError
from shortgamma.data.files import MAX_ROWS, Format, collect, inspect, quiet, read_bytes, translated
from shortgamma.data.tables import RAGGED, ROW, Table, table_of
from shortgamma.data.wording import place_of, shown

SEPARATORS = (",", ";", "\t")


def open_table(path: str) -> Table:
    """The table in a CSV or Parquet file.

    Raises:
        InputError: It is no such file.
    """
    match inspect(path):
        case Format.PARQUET:
            return parquet_table(path)
        case Format.CSV:
            return csv_table(place_of(path), read_bytes(path))
        case Format.JSON:
            raise InputError(
                "is JSON, a table is needed here",
                place=place_of(path),
                remedy="give .csv or .parquet",
            )


def parquet_table(path: str) -> Table:
    """A Parquet file, read when asked and only as far as asked.

    Limits: a file whose pages (not its footer) were damaged may ask Polars for more memory than there
    is, on which Polars ends the process; files that were cut off are refused like any other.
    """
    place = place_of(path)
    with translated(place), quiet():
        # A resolved path is never taken for a URL; globbing would read other files.
        rows = pl.scan_parquet(Path(path).resolve(), glob=False, hive_partitioning=False)
        schema = rows.collect_schema()
    check_count(int(collect(rows.select(pl.len()), place).item()), place)
    names = normal_names(schema.names(), place)
    renamed = rows.rename(names).with_row_index(ROW, offset=1)
    renamed = renamed.with_columns(pl.lit(None, pl.String).alias(RAGGED))
    return Table(place, renamed, {names[name]: dtype for name, dtype in schema.items()})


def csv_table(place: str, data: bytes) -> Table:
    """CSV with one header line; the separator is a comma, else a semicolon or a tab."""
    head, _newline, body = data.lstrip().partition(b"\n")
    with translated(place):
        header = head.decode().rstrip("\r")
        separator = max(SEPARATORS, key=header.count)
        names = first_line(header, separator)
    columns = list(normal_names(numbered(names), place).values())
    return table_of(place, csv_cells(place, body, columns, separator))


def first_line(text: str, separator: str) -> list[str]:
    """Cells of one line of CSV."""
    return next(csv.reader([text], delimiter=separator, strict=True), list[str]())


def numbered(names: list[str]) -> list[str]:
    """Header cells, where an empty one is called by its position."""
    return [name.strip() or f"column {index}" for index, name in enumerate(names, 1)]


def normal_names(names: list[str], place: str) -> dict[str, str]:
    """Each column name in lower case with underscores.

    Raises:
        InputError: Two are the same.
    """
    seen: dict[str, str] = {}
    for name in names:
        normal = name.strip().lower().replace(" ", "_")
        if normal in seen.values() or name in seen:
            raise InputError(
                f"column {shown(normal)!r} appears twice", place=place, remedy="remove one of them"
            )
        seen[name] = normal
    return seen


def csv_cells(place: str, body: bytes, columns: list[str], separator: str = ",") -> pl.DataFrame:
    """The lines below the header as columns of text, without blank lines.

    Raises:
        InputError: There is none, there are too many, or it is not text.
    """
    with translated(place):
        try:
            frame = even_cells(body, columns, separator)
        except PolarsError:
            # Polars gives up on the whole file where one line is ragged or a quote is left open.
            frame = uneven_cells(body, columns, separator)
    frame = frame.filter(~pl.all_horizontal(pl.all().is_null()))
    check_count(frame.height, place)
    return frame


def even_cells(body: bytes, columns: list[str], separator: str) -> pl.DataFrame:
    """The fast way: every line has at most as many cells as there are columns."""
    header = separator.join(f"c{index}" for index in range(len(columns))).encode()
    frame = pl.read_csv(
        header + b"\n" + body, separator=separator, infer_schema=False, n_rows=MAX_ROWS + 1
    )
    return frame.rename(dict(zip(frame.columns, columns, strict=True)))


def uneven_cells(body: bytes, columns: list[str], separator: str) -> pl.DataFrame:
    """The careful way: a line with too many cells is kept with all cells null and the reason."""
    width = len(columns)
    text = io.StringIO(body.decode(), newline="")
    lines = (line for line in csv.reader(text, delimiter=separator) if line)
    cells: list[list[str | None]] = []
    for line in islice(lines, MAX_ROWS + 1):
        while len(line) > width and not line[-1].strip():
            line.pop()
        if len(line) > width:
            ragged = f"{len(line)} cells where the header has {width}"
            cells.append([*[None] * width, ragged])
        else:
            cells.append([*line, *[None] * (width + 1 - len(line))])
    schema = dict.fromkeys([*columns, RAGGED], pl.String)
    return pl.DataFrame(cells, schema=schema, orient="row")


def check_count(rows: int, place: str) -> None:
    """Refuses a table without rows or with too many.

    Raises:
        InputError: It has none or more than ``MAX_ROWS``.
    """
    if rows == 0:
        raise InputError("has no rows", place=place, remedy="save the data again")
    if rows > MAX_ROWS:
        raise InputError(f"has more than {MAX_ROWS:,} rows", place=place, remedy="split it")
