"""The file of ``shortgamma price``: options to price or to take the implied vol of."""

from typing import Final

import polars as pl

from shortgamma.basics.errors import InputError, Reason
from shortgamma.data.canonical import misread_kind, sign_of
from shortgamma.data.files import collect
from shortgamma.data.problems import failures_of, problem_columns
from shortgamma.data.table_files import open_table
from shortgamma.data.tables import RAGGED, ROW, Table
from shortgamma.market.requests import PriceRows

MANDATORY: Final = ("kind", "forward", "strike", "years")
NUMBERS: Final = ("forward", "strike", "years", "vol", "price", "rate")
REMEDY: Final = "the columns are kind, forward, strike, years, vol or price, and rate if not 0"


def read_price_rows(path: str) -> PriceRows:
    """The rows of a table with ``kind, forward, strike, years``, ``vol`` or ``price``, and ``rate``.

    Returns:
        One entry per row in order, blank lines apart: what is unreadable is NaN (sign 0) and listed in
        ``failures``. Vols are decimal, prices USD.

    Raises:
        InputError: There is no such file, or it lacks a column.
    """
    table = open_table(path)
    table.require(MANDATORY, REMEDY)
    if not table.has("vol") and not table.has("price"):
        raise InputError(
            "neither a column 'vol' nor a column 'price'", place=table.place, remedy=REMEDY
        )
    rows = collect(table.rows.select(row_columns(table)), table.place)
    values = {name: rows[name].fill_null(float("nan")).to_numpy() for name in (*NUMBERS, "sign")}
    return PriceRows(failures=failures_of(rows), **values)


def row_columns(table: Table) -> list[pl.Expr]:
    """The columns of ``PriceRows``, and those that say what could not be read."""
    kind = table.text("kind")
    misread = pl.coalesce(pl.col(RAGGED), *table.misread_numbers("rate"))
    rate = pl.when(misread.is_null()).then(table.number("rate").fill_null(0.0))
    problems = {
        Reason.MALFORMED: [pl.col(RAGGED), *table.misread_numbers(*NUMBERS)],
        Reason.BAD_KIND: [misread_kind(kind)],
    }
    return [
        pl.col(ROW).alias("row"),
        pl.lit(None, pl.String).alias("instrument"),
        sign_of(kind).alias("sign"),
        rate.alias("rate"),
        *(table.number(name).alias(name) for name in NUMBERS if name != "rate"),
        *problem_columns(problems),
    ]
