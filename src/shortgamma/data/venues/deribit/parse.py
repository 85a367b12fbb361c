"""Deribit quotes as a sheet: API answers and the three layouts in which they are commonly kept."""

import polars as pl

from shortgamma.basics.errors import Failure, Reason
from shortgamma.data.cells import epoch
from shortgamma.data.sheet import Sheet
from shortgamma.data.snapshot import SnapshotRule
from shortgamma.data.tables import RAGGED, Table, misread
from shortgamma.data.venues.deribit.names import (
    is_other_product,
    name_problems,
    option_names,
    option_terms,
)

MILLISECOND = 1_000_000
MICROSECOND = 1_000
PERCENT_OF_ONE = 100.0
NO_QUOTE = 0.0  # Deribit writes 0 or null where nobody bids or offers

API_COLUMNS = ("instrument_name", "mark_iv", "underlying_price", "open_interest")
SIX_HOURLY_COLUMNS = ("instrument_name", "implied_volatility", "futures_price", "expiry_datetime")
HOURLY_COLUMNS = ("ts_us", "asset", "expiry_us", "strike", "opt_type", "mark_iv")


def api_sheet(
    table: Table, *, received: int | None = None, failures: tuple[Failure, ...] = ()
) -> Sheet:
    """Rows of ``get_book_summary_by_currency`` or ``ticker``, from JSON or dumped as a table.

    Args:
        table: Columns called as in the API.
        received: UTC nanoseconds of the answer, for rows without a stamp.
        failures: Rows that were no messages.
    """
    name = table.text("instrument_name")
    stamp_name = "timestamp" if table.has("timestamp") else "creation_timestamp"
    stamp = epoch(table.number(stamp_name), MILLISECOND)
    best = "best_" if table.has("best_bid_price") else ""
    columns = {
        "venue": pl.lit("deribit"),
        "instrument": name,
        **option_terms(name),
        "stamp": stamp.fill_null(pl.lit(received, pl.Int64)),
        "forward": table.number("underlying_price"),
        "mark_vol": table.number("mark_iv") / PERCENT_OF_ONE,
        "open_interest": table.number("open_interest"),
        "bid_price": quoted(table.number(f"{best}bid_price")),
        "ask_price": quoted(table.number(f"{best}ask_price")),
        "mark_price": table.number("mark_price"),
        "bid_size": table.number("best_bid_amount"),
        "ask_size": table.number("best_ask_amount"),
        "rate": pl.lit(0.0),
        "spot": spot(table),
    }
    numbers = ("mark_iv", "underlying_price", "open_interest", "mark_price")
    prices = (f"{best}bid_price", f"{best}ask_price")
    late = misread(stamp_name, table.text(stamp_name), stamp, "a time in milliseconds")
    problems = {
        Reason.MALFORMED: [pl.col(RAGGED), *table.misread_numbers(*numbers, *prices), late],
        **name_problems(name),
    }
    return Sheet(
        table=options_only(table, name),
        columns=columns,
        problems=problems,
        rule=SnapshotRule.RUNNING,
        failures=failures,
    )


def spot(table: Table) -> pl.Expr:
    """The index: said as such, else the underlying of options without a future, else the delivery price.

    The last is the index too until the half hour before an expiry.
    """
    on_index = pl.when(table.text("underlying_index") == "index_price").then(
        table.number("underlying_price")
    )
    return pl.coalesce(
        table.number("index_price"), on_index, table.number("estimated_delivery_price")
    )


def six_hourly_sheet(table: Table) -> Sheet:
    """The layout ``timestamp, instrument_name, futures_price, implied_volatility, …``.

    ``implied_volatility`` is a decimal there; ``timestamp`` is one ISO text for a whole collection.
    """
    name = table.text("instrument_name")
    numbers = ("futures_price", "implied_volatility", "open_interest", "bid_price", "ask_price")
    columns = {
        "venue": pl.lit("deribit"),
        "instrument": name,
        **option_terms(name),
        "stamp": table.stamp("timestamp"),
        "forward": table.number("futures_price"),
        "mark_vol": table.number("implied_volatility"),
        "open_interest": table.number("open_interest"),
        "bid_price": quoted(table.number("bid_price")),
        "ask_price": quoted(table.number("ask_price")),
        "mark_price": table.number("mark_price"),
        "rate": pl.lit(0.0),
        "spot": table.number("index_price"),
    }
    problems = {
        Reason.MALFORMED: [
            pl.col(RAGGED),
            *table.misread_numbers(*numbers, "mark_price"),
            table.misread_stamp("timestamp"),
        ],
        **name_problems(name),
    }
    return Sheet(
        table=options_only(table, name), columns=columns, problems=problems, rule=SnapshotRule.STAMP
    )


def hourly_sheet(table: Table) -> Sheet:
    """The layout ``ts_us, asset, expiry_us, strike, opt_type, mark_iv, …``.

    A row is the last tick of an instrument within its clock hour, so the hour is the snapshot and its
    latest tick the time. With ``file_month`` it holds first days of months: other days are strays.
    """
    numbers = ("strike", "mark_iv", "mark_price", "underlying_price", "open_interest")
    stamp = epoch(table.number("ts_us"), MICROSECOND)
    expiry = epoch(table.number("expiry_us"), MICROSECOND)
    side = table.text("opt_type").str.to_lowercase()
    sign = pl.when(side == "call").then(1.0).when(side == "put").then(-1.0)
    coin = table.text("asset").str.to_uppercase()
    columns = {
        "venue": pl.lit("deribit"),
        "underlying": coin,
        "instrument": option_names(coin, expiry, table.number("strike"), sign=sign),
        "stamp": stamp,
        "sign": sign.fill_null(0.0),
        "strike": table.number("strike"),
        "expiry": expiry,
        "forward": table.number("underlying_price"),
        "mark_vol": table.number("mark_iv") / PERCENT_OF_ONE,
        "open_interest": table.number("open_interest"),
        "mark_price": table.number("mark_price"),
        "rate": pl.lit(0.0),
        "is_inverse": pl.lit(value=True),
    }
    late = misread("ts_us", table.text("ts_us"), stamp, "a time in microseconds")
    problems = {Reason.MALFORMED: [pl.col(RAGGED), *table.misread_numbers(*numbers), late]}
    return Sheet(
        table=first_of_month(table, stamp),
        columns=columns,
        problems=problems,
        rule=SnapshotRule.HOUR,
    )


def first_of_month(table: Table, stamp: pl.Expr) -> Table:
    """Without the rows of other days than the first, where the table is one of first days."""
    if not table.has("file_month"):
        return table
    day = pl.from_epoch(stamp, time_unit="ns").dt.day()
    return Table(table.place, table.rows.filter((day == 1).fill_null(value=True)), table.schema)


def options_only(table: Table, name: pl.Expr) -> Table:
    """Without the futures, perpetuals, spot pairs and combos that Deribit lists in the same answer."""
    return Table(table.place, table.rows.filter(~is_other_product(name)), table.schema)


def quoted(price: pl.Expr) -> pl.Expr:
    """The price, null where it says that there is no quote."""
    return pl.when(price != NO_QUOTE).then(price)
