"""Quote rows of any source in one set of columns, and the Quotes made of them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from shortgamma.basics.errors import Failure, Reason
from shortgamma.data.files import collect
from shortgamma.data.problems import (
    Problems,
    failures_of,
    problem_columns,
    readable,
    with_problems,
)
from shortgamma.data.snapshot import SnapshotRule, chosen_rows, latest_only
from shortgamma.data.tables import ROW, Table
from shortgamma.market.quotes import NO_STAMP, Quotes

NUMBERS = (
    "sign",
    "strike",
    "years",
    "forward",
    "mark_vol",
    "open_interest",
    "bid_price",
    "ask_price",
    "mark_price",
    "bid_size",
    "ask_size",
    "rate",
    "spot",
)
COLUMNS: Mapping[str, type[pl.DataType]] = {
    "venue": pl.String,
    "underlying": pl.String,
    "instrument": pl.String,
    "label": pl.String,  # what to call an option that has no instrument
    "stamp": pl.Int64,
    "expiry": pl.Int64,
    "is_inverse": pl.Boolean,
    **dict.fromkeys(NUMBERS, pl.Float64),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Quote rows of one source, not yet read.

    Args:
        table: The source.
        columns: How to get each of ``COLUMNS`` from it; what is left out is null. Also ``row``, the
            number to report, where it is not the table's.
        problems: Messages for rows that cannot be read.
        rule: What makes rows of different times one snapshot.
        failures: What went wrong before there were columns.
    """

    table: Table
    columns: Mapping[str, pl.Expr]
    problems: Problems
    rule: SnapshotRule
    failures: tuple[Failure, ...] = ()

    def column(self, name: str) -> pl.Expr:
        """One of ``COLUMNS`` in its type."""
        return self.columns.get(name, pl.lit(None)).cast(COLUMNS[name]).alias(name)


def rows_of(sheet: Sheet, asof: int | None, underlying: str | None) -> tuple[str, pl.DataFrame]:
    """The underlying, and its rows in one snapshot with ``row``, ``COLUMNS``, ``reason`` and ``message``.

    Only what decides which rows these are is computed for all of them.
    """
    place, rows = sheet.table.place, sheet.table.rows
    index = collect(rows.select(ROW, sheet.column("underlying"), sheet.column("stamp")), place)
    name, chosen = chosen_rows(index, sheet.rule, asof=asof, underlying=underlying, place=place)
    row = sheet.columns.get("row", pl.col(ROW)).alias("row")
    columns = [row, *map(sheet.column, COLUMNS), *problem_columns(sheet.problems)]
    wanted = rows.join(chosen.select(ROW, "lacks").lazy(), on=ROW).sort(ROW)
    found = collect(wanted.select("lacks", *columns), place)
    lacks = pl.format("{} in a source with several", pl.col("lacks"))
    return name, latest_only(with_problems(found, {Reason.MALFORMED: [lacks]}))


def quotes_of(sheet: Sheet, *, asof: int | None, underlying: str | None) -> Quotes:
    """The quotes of one underlying in one snapshot.

    Args:
        sheet: The source.
        asof: UTC nanoseconds: the last snapshot at or before it, and the time where the source has none.
        underlying: ``BTC``, …; None takes BTC, else the first.

    Raises:
        InputError: Nothing of the kind is there, or no row can be read.
    """
    name, chosen = rows_of(sheet, asof, underlying)
    failures = (*sheet.failures, *failures_of(chosen))
    good = readable(chosen, failures, sheet.table.place, "option")
    values: dict[str, NDArray[np.float64]] = {
        column: good[column].fill_null(float("nan")).to_numpy()
        for column in NUMBERS
        if column != "spot"
    }
    times = good["stamp"].drop_nulls().to_list()
    venues = good["venue"].drop_nulls()
    names = good.select(pl.coalesce("instrument", "label", pl.lit(""))).to_series()
    return Quotes(
        asof=max(times) if times else asof,
        venue=str(venues[0]) if len(venues) else "",
        underlying=name,
        spot=spot_of(good),
        instrument=np.array(names.to_list(), dtype=object),
        expiry=good["expiry"].fill_null(NO_STAMP).to_numpy(),
        is_inverse=good["is_inverse"].fill_null(value=False).to_numpy(),
        failures=failures,
        **values,
    )


def spot_of(rows: pl.DataFrame) -> float:
    """The median spot of the latest rows that have one, as rows of one snapshot differ; NaN without."""
    known = rows.filter(pl.col("spot").is_finite() & (pl.col("spot") > 0.0))
    latest = known.filter(pl.col("stamp").fill_null(0) == pl.col("stamp").fill_null(0).max())
    return float(np.median(latest["spot"].to_numpy())) if latest.height else float("nan")
