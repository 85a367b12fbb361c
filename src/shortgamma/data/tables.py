"""Tables of rows with named columns, from CSV or Parquet, whatever they are about."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from shortgamma.basics.errors import InputError
from shortgamma.data.cells import is_scalar, number_cells, stamp_cells, text_cells
from shortgamma.data.wording import listed, shown

ROW = "row number"  # of a data row, the first one being 1; no file column can be called so
RAGGED = "row problem"  # why the row does not fit its header, else null


@dataclass(frozen=True, slots=True)
class Table:
    """Rows with named columns; the names are lower case with underscores.

    Args:
        place: What to call the source in a message.
        rows: The columns, with ``ROW`` and ``RAGGED``.
        schema: Type of each named column.
    """

    place: str
    rows: pl.LazyFrame
    schema: Mapping[str, pl.DataType]

    def has(self, *names: str) -> bool:
        """Whether all of these columns are there."""
        return all(name in self.schema for name in names)

    def type_of(self, name: str) -> pl.DataType:
        """Type of a column that is there.

        Raises:
            InputError: It holds lists, structures or bytes.
        """
        dtype = self.schema[name]
        if not is_scalar(dtype):
            raise InputError(
                f"holds {shown(dtype)}",
                place=self.place,
                column=name,
                remedy="write plain text or numbers",
            )
        return dtype

    def text(self, name: str) -> pl.Expr:
        """A column as text; nulls where it is blank or missing."""
        if not self.has(name):
            return pl.lit(None, pl.String)
        self.type_of(name)
        return text_cells(name)

    def number(self, name: str) -> pl.Expr:
        """A column as numbers; nulls where it is blank, unreadable or missing."""
        if not self.has(name):
            return pl.lit(None, pl.Float64)
        return number_cells(name, self.type_of(name))

    def stamp(self, name: str) -> pl.Expr:
        """A column as UTC nanoseconds; nulls where it is blank, unreadable or missing."""
        if not self.has(name):
            return pl.lit(None, pl.Int64)
        return stamp_cells(name, self.type_of(name))

    def misread_numbers(self, *names: str) -> list[pl.Expr]:
        """For each column, a message where a cell says something that is not a number."""
        return [
            misread(name, self.text(name), self.number(name), "a number")
            for name in names
            if self.has(name) and not self.type_of(name).is_numeric()
        ]

    def misread_stamp(self, name: str) -> pl.Expr:
        """A message where a cell says something that is not a time."""
        return misread(name, self.text(name), self.stamp(name), "a time")

    def require(self, names: Iterable[str], remedy: str) -> None:
        """Checks that columns are there.

        Raises:
            InputError: One is missing; the message lists what was found.
        """
        for name in names:
            if not self.has(name):
                raise InputError(
                    f"column {name!r} is missing, found: {listed(self.schema)}",
                    place=self.place,
                    remedy=remedy,
                )


def misread(name: str, text: pl.Expr, value: pl.Expr, kind: str) -> pl.Expr:
    """A message where the cell says something and ``value`` is null, else null."""
    return pl.when(text.is_not_null() & value.is_null()).then(
        pl.format(f"{name} '{{}}' is not {kind}", text)
    )


def table_of(place: str, frame: pl.DataFrame) -> Table:
    """A table of columns that are in memory; it numbers the rows unless they carry ``ROW``."""
    rows = frame.lazy()
    if ROW not in frame.columns:
        rows = rows.with_row_index(ROW, offset=1)
    if RAGGED not in frame.columns:
        rows = rows.with_columns(pl.lit(None, pl.String).alias(RAGGED))
    schema = {name: dtype for name, dtype in frame.schema.items() if name not in (ROW, RAGGED)}
    return Table(place, rows, schema)
