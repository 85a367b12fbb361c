"""Trade rows of any source in one set of columns, and the Trades made of them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from shortgamma.basics.errors import Failure, Reason
from shortgamma.data.files import collect
from shortgamma.data.problems import Problems, failures_of, problem_columns, readable
from shortgamma.data.snapshot import chosen_name
from shortgamma.data.tables import RAGGED, ROW, Table
from shortgamma.market.trades import Trades

COLUMNS: Mapping[str, type[pl.DataType]] = {
    "underlying": pl.String,
    "instrument": pl.String,
    "stamp": pl.Int64,
    "trade_id": pl.String,
    "direction": pl.Float64,
    "amount": pl.Float64,
    "block_id": pl.String,
    "combo_id": pl.String,
    "open_interest_change": pl.Float64,
}
TEXTS = ("instrument", "trade_id", "block_id", "combo_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeSheet:
    """Trade rows of one source, not yet read.

    Args:
        table: The source.
        columns: How to get each of ``COLUMNS`` from it; what is left out is null.
        problems: Messages for rows that cannot be read, on top of those of ``row_problems``.
        failures: What went wrong before there were columns.
    """

    table: Table
    columns: Mapping[str, pl.Expr]
    problems: Problems
    failures: tuple[Failure, ...] = ()

    def column(self, name: str) -> pl.Expr:
        """One of ``COLUMNS`` in its type."""
        return self.columns.get(name, pl.lit(None)).cast(COLUMNS[name]).alias(name)


def trades_of(sheet: TradeSheet, *, underlying: str | None) -> Trades:
    """The trades of one underlying in the order of time.

    Args:
        sheet: The source.
        underlying: ``BTC``, …; None takes BTC, else the first.

    Raises:
        InputError: Nothing of the kind is there, or no row can be read.
    """
    place = sheet.table.place
    problems = row_problems(sheet)
    row = pl.col(ROW).alias("row")
    columns = [row, *map(sheet.column, COLUMNS), *problem_columns(problems)]
    rows = collect(sheet.table.rows.select(columns), place)
    coin = pl.col("underlying")
    names = rows["underlying"].drop_nulls().unique(maintain_order=True).to_list()
    name = chosen_name(names, underlying, place)
    if names:
        rows = rows.filter((coin == name) | coin.is_null())
    rows = without_repeats(rows)
    failures = (*sheet.failures, *failures_of(rows))
    good = readable(rows, failures, place, "option trade").sort("stamp", maintain_order=True)
    values = {
        column: np.array(good[column].fill_null("").to_list(), dtype=object) for column in TEXTS
    }
    return Trades(
        underlying=name,
        stamp=good["stamp"].to_numpy(),
        direction=good["direction"].to_numpy(),
        amount=good["amount"].to_numpy(),
        open_interest_change=good["open_interest_change"].fill_null(float("nan")).to_numpy(),
        quarantined=failures,
        **values,
    )


def row_problems(sheet: TradeSheet) -> Problems:
    """Messages for trades that lack what a trade must have."""
    amount = sheet.column("amount")
    positive = (amount > 0.0) & amount.is_finite()
    needed = {"stamp": "no readable time", "direction": "the direction is neither buy nor sell"}
    return {
        **sheet.problems,
        Reason.MALFORMED: [
            pl.col(RAGGED),
            *sheet.problems.get(Reason.MALFORMED, ()),
            *(
                pl.when(sheet.column(name).is_null()).then(pl.lit(message))
                for name, message in needed.items()
            ),
            pl.when(~positive.fill_null(value=False)).then(
                pl.format("amount {} is not positive", amount.cast(pl.String).fill_null("null"))
            ),
        ],
        Reason.BAD_NAME: [
            *sheet.problems.get(Reason.BAD_NAME, ()),
            pl.when(sheet.column("instrument").is_null()).then(pl.lit("no instrument name")),
        ],
    }


def without_repeats(rows: pl.DataFrame) -> pl.DataFrame:
    """Gives every trade whose identifier was there before a problem: legs may be listed twice."""
    identifier, good = pl.col("trade_id"), pl.col("reason").is_null()
    first = pl.struct(good, identifier).is_first_distinct()
    again = good & identifier.is_not_null() & ~first
    text = pl.format("trade {} was listed before", identifier)
    return rows.with_columns(
        reason=pl.when(again).then(pl.lit(Reason.REPEATED_PRINT.value)).otherwise(pl.col("reason")),
        message=pl.when(again).then(text).otherwise(pl.col("message")),
    )


def sign_of_side(side: pl.Expr) -> pl.Expr:
    """+1 for a buy, −1 for a sell, null for anything else."""
    word = side.str.to_lowercase()
    buys, sells = (
        word.is_in(["buy", "b", "1", "+1", "1.0"]),
        word.is_in(["sell", "s", "-1", "-1.0"]),
    )
    return pl.when(buys).then(1.0).when(sells).then(-1.0)
