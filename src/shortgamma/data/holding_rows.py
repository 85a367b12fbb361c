"""Rows of holdings: BOOK files, and exports of a Deribit account's positions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from shortgamma.basics.errors import Failure, InputError, Reason
from shortgamma.data.canonical import inverse_of, misread_contract
from shortgamma.data.files import Format, collect, inspect
from shortgamma.data.json_rows import json_rows, unknown_keys
from shortgamma.data.problems import Problems, problem_columns
from shortgamma.data.table_files import open_table
from shortgamma.data.tables import RAGGED, ROW, Table
from shortgamma.data.venues.deribit.names import product_terms
from shortgamma.data.venues.deribit.positions import (
    is_position,
    position_columns,
    position_names,
    position_table,
)
from shortgamma.data.wording import listed

TERMS: Final = ("strike", "years", "forward", "vol", "mark_vol", "spot", "rate")
REMEDY: Final = (
    "a book has the column quantity, and instrument or kind, strike, years, forward, vol"
)
COLUMNS: Mapping[str, type[pl.DataType]] = {
    "holder": pl.String,
    "holder_type": pl.String,
    "instrument": pl.String,
    "underlying": pl.String,
    "kind": pl.String,
    "quantity": pl.Float64,
    "strike": pl.Float64,
    "expiry": pl.Int64,
    "years": pl.Float64,
    "forward": pl.Float64,
    "vol": pl.Float64,
    "spot": pl.Float64,
    "rate": pl.Float64,
    "is_inverse": pl.Boolean,
    "mark_price": pl.Float64,
    "index_price": pl.Float64,
    "stamp": pl.Int64,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldingRows:
    """Holdings as they were written down.

    Args:
        place: Name of the file.
        rows: ``row``, ``COLUMNS``, ``reason`` and ``message``; nulls where the file says nothing.
            Quantities are units of the underlying, + = long; ``kind`` is lower case.
        failures: Rows that were no messages.
    """

    place: str
    rows: pl.DataFrame
    failures: tuple[Failure, ...] = ()


def holding_rows(path: str) -> HoldingRows:
    """The rows of a BOOK or of an export of positions, recognised by their columns.

    Raises:
        InputError: The file is neither.
    """
    if inspect(path) is Format.JSON:
        json = json_rows(path)
        if not is_position(json.keys):
            raise unknown_keys(json.keys, json.place)
        table, failures = position_table(json)
        return collected(table, *position_columns(table), failures)
    table = open_table(path)
    if table.has("quantity"):
        return collected(table, *book_columns(table), ())
    if position_names(table) is not None:
        return collected(table, *position_columns(table), ())
    raise InputError(
        f"has no column 'quantity', found: {listed(table.schema)}", place=table.place, remedy=REMEDY
    )


def book_columns(table: Table) -> tuple[dict[str, pl.Expr], Problems]:
    """Columns and problems of a BOOK.

    Raises:
        InputError: It says neither the instrument nor its terms.
    """
    if not table.has("instrument"):
        table.require(["kind"], REMEDY)
    contract, name = table.text("contract"), table.text("instrument")
    terms = product_terms(name)
    columns = {name: table.number(name) for name in TERMS} | {
        "holder": table.text("holder"),
        "holder_type": table.text("holder_type"),
        "instrument": name,
        "underlying": pl.coalesce(table.text("underlying").str.to_uppercase(), terms["underlying"]),
        "kind": pl.coalesce(terms["kind"], table.text("kind").str.to_lowercase()),
        "quantity": table.number("quantity"),
        "expiry": pl.coalesce(table.stamp("expiry"), terms["expiry"]),
        "vol": pl.coalesce(table.number("vol"), table.number("mark_vol")),
        "is_inverse": pl.when(contract.is_not_null())
        .then(inverse_of(contract))
        .otherwise(terms["is_inverse"]),
        "stamp": table.stamp("asof"),
    }
    problems = {
        Reason.MALFORMED: [
            pl.col(RAGGED),
            *table.misread_numbers("quantity", *TERMS),
            table.misread_stamp("asof"),
            misread_contract(contract),
        ],
        Reason.BAD_EXPIRY: [table.misread_stamp("expiry")],
    }
    return columns, problems


def collected(
    table: Table,
    columns: Mapping[str, pl.Expr],
    problems: Problems,
    failures: tuple[Failure, ...],
) -> HoldingRows:
    """The rows, computed."""
    nothing = pl.lit(None)
    wanted = [
        pl.col(ROW).cast(pl.Int64).alias("row"),
        *(columns.get(name, nothing).cast(dtype).alias(name) for name, dtype in COLUMNS.items()),
        *problem_columns(problems),
    ]
    rows = collect(table.rows.select(wanted), table.place)
    return HoldingRows(place=table.place, rows=rows, failures=failures)
