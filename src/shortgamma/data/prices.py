"""Price files: one close per bar, with open, high and low where the file has them.

The canonical columns are ``time`` and ``close``, optionally ``open, high, low, underlying, venue``. Other
files are recognised by their columns: the time may be called ``timestamp``, ``date`` or ``t``, the close
``<PAIR>_close`` and the underlying ``asset``.
"""

from typing import Any, Final

import polars as pl

from shortgamma.basics.errors import InputError, Reason
from shortgamma.basics.units import LARGEST_PRICE, SMALLEST_PRICE
from shortgamma.data.cells import epoch
from shortgamma.data.files import collect
from shortgamma.data.location import located
from shortgamma.data.problems import failures_of, problem_columns, readable
from shortgamma.data.snapshot import FIRST_CHOICE
from shortgamma.data.table_files import open_table
from shortgamma.data.tables import RAGGED, ROW, Table, misread
from shortgamma.data.wording import listed, shown
from shortgamma.market.history import PriceHistory

TIMES: Final = ("time", "timestamp", "date", "t")
ASSETS: Final = ("underlying", "asset")
CLOSE_SUFFIX: Final = "_close"
QUOTES: Final = ("usdt", "usdc", "usd")
EPOCH_UNITS: Final = (
    1_000_000_000,
    1_000_000,
    1_000,
    1,
)  # seconds to nanoseconds; ranges are disjoint
RANGES: Final = ("open", "high", "low")
REMEDY: Final = (
    "prices have the columns time and close; open, high, low, underlying, venue if known"
)


def read_prices(source: str, *, underlying: str | None = None) -> PriceHistory:
    """The price history in a CSV or Parquet file, or the embedded one.

    Args:
        source: Path of the file, or ``sample`` (``sample:ETH``), a series made by
            ``tools/make_sample_prices.py`` and not recorded anywhere. Times are ISO 8601 (UTC without a
            zone; a date alone is its midnight) or counted since 1970 in seconds, milli-, micro- or
            nanoseconds.
        underlying: ``BTC``, …; by default BTC where the file has it, else its first.

    Returns:
        Prices in the order of time. Rows that cannot be read, whose price is absurd or whose time was
        there before (the first one counts) are in ``quarantined``.

    Raises:
        InputError: There is no such file, a column is missing, or fewer than two rows can be read.
    """
    with located(source, "prices.parquet", underlying) as path:
        return prices_of(open_table(path), underlying)


def prices_of(table: Table, underlying: str | None) -> PriceHistory:
    """The price history in a table; see :func:`read_prices`."""
    time, close = time_column(table), close_column(table)
    rows = collect(table.rows.select(row_columns(table, time, close)), table.place)
    name = chosen_underlying(rows, underlying, table.place)
    coin = pl.col("underlying")
    rows = without_repeats(rows.filter((coin == name) | coin.is_null()))
    failures = failures_of(rows)
    good = readable(rows, failures, table.place, "price").sort("stamp")
    if good.height < 2:
        raise InputError(
            f"has {good.height} price that can be used",
            place=table.place,
            remedy="give two or more",
        )
    venues = good["venue"].drop_nulls()
    return PriceHistory(
        underlying=name,
        venue=str(venues[0]) if len(venues) else "",
        stamp=good["stamp"].to_numpy(),
        close=good["close"].to_numpy(),
        quarantined=failures,
        **range_arrays(good),
    )


def time_column(table: Table) -> str:
    """Name of the column with the times.

    Raises:
        InputError: There is none.
    """
    for name in TIMES:
        if table.has(name):
            return name
    table.require(TIMES[:1], REMEDY)
    return TIMES[0]


def close_column(table: Table) -> str:
    """Name of the column with the closes: ``close``, else the only one that ends in ``_close``.

    Raises:
        InputError: There is none, or several.
    """
    if table.has("close"):
        return "close"
    found = [name for name in table.schema if name.endswith(CLOSE_SUFFIX)]
    if len(found) > 1:
        raise InputError(
            f"several closes: {listed(found)}",
            place=table.place,
            remedy="keep one and call it close",
        )
    if not found:
        table.require(("close",), REMEDY)
    return found[0]


def row_columns(table: Table, time: str, close: str) -> list[pl.Expr]:
    """The columns of a price row, and those that say what could not be read."""
    stamp = time_cells(table, time)
    asset = next((table.text(name) for name in ASSETS if table.has(name)), None)
    named = coin_of(close)
    coin = pl.lit(named, pl.String) if asset is None else asset.str.to_uppercase()
    price = table.number(close)
    numbers = (close, *(name for name in RANGES if table.has(name)))
    problems = {
        Reason.MALFORMED: [
            pl.col(RAGGED),
            *table.misread_numbers(*numbers),
            misread(time, table.text(time), stamp, "a time"),
            missing(stamp, "no time"),
            missing(price, "no close"),
            missing(coin, "no underlying") if asset is not None else pl.lit(None, pl.String),
        ],
        Reason.NOT_A_NUMBER: [complaint(price, ~price.is_finite(), "close {} is not finite")],
        Reason.NEGATIVE_PRICE: [complaint(price, price < 0.0, "close {} is negative")],
        Reason.ABSURD: [
            complaint(
                price,
                ~price.is_between(SMALLEST_PRICE, LARGEST_PRICE),
                "close {} is no price of any market",
            ),
            range_complaint(table, price),
        ],
    }
    return [
        pl.col(ROW).alias("row"),
        pl.lit(None, pl.String).alias("instrument"),
        coin.alias("underlying"),
        table.text("venue").alias("venue"),
        stamp.alias("stamp"),
        price.alias("close"),
        *(table.number(name).alias(name) for name in RANGES),
        *problem_columns(problems),
    ]


def time_cells(table: Table, name: str) -> pl.Expr:
    """A column of times as UTC nanoseconds; null where unreadable."""
    dtype = table.type_of(name)
    if dtype.is_temporal():
        return table.stamp(name)
    text = table.text(name)
    number = text.cast(pl.Int64, strict=False).fill_null(
        text.cast(pl.Float64, strict=False).cast(pl.Int64, strict=False)
    )
    counted = pl.coalesce(epoch(number, unit) for unit in EPOCH_UNITS)
    return counted if dtype.is_numeric() else pl.coalesce(counted, table.stamp(name))


def missing(value: pl.Expr, message: str) -> pl.Expr:
    """The message where the value is null, else null."""
    return pl.when(value.is_null()).then(pl.lit(message))


def complaint(value: pl.Expr, bad: pl.Expr, message: str) -> pl.Expr:
    """The message with the value where it is bad, else null."""
    return pl.when(value.is_not_null() & bad).then(pl.format(message, value.cast(pl.String)))


def coin_of(column: str) -> str | None:
    """The underlying that the name of a column of closes says: ``btcusdt_close`` says BTC."""
    pair = column.removesuffix(CLOSE_SUFFIX) if column.endswith(CLOSE_SUFFIX) else ""
    for quote in QUOTES:
        if pair.endswith(quote):
            return pair.removesuffix(quote).strip("_-/").upper() or None
    return pair.upper() or None


def chosen_underlying(rows: pl.DataFrame, wanted: str | None, place: str) -> str:
    """The underlying wanted, else BTC, else the first; where the file says none, the one wanted or "".

    Raises:
        InputError: The one wanted is not there.
    """
    names = rows["underlying"].drop_nulls().unique(maintain_order=True).to_list()
    name = "" if wanted is None else wanted.strip().upper()
    if not names:
        return name
    if not name:
        return FIRST_CHOICE if FIRST_CHOICE in names else names[0]
    if name not in names:
        raise InputError(
            f"has no price of {shown(name)}", place=place, remedy=f"it has {listed(names)}"
        )
    return name


def without_repeats(rows: pl.DataFrame) -> pl.DataFrame:
    """Gives every readable row whose time was there before a problem."""
    good = pl.col("reason").is_null()
    again = good & ~pl.struct(good, pl.col("stamp")).is_first_distinct()
    time = pl.from_epoch("stamp", time_unit="ns").dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    text = pl.format("time {} was listed before, this close is {}", time, pl.col("close"))
    return rows.with_columns(
        reason=pl.when(again).then(pl.lit(Reason.DUPLICATE.value)).otherwise(pl.col("reason")),
        message=pl.when(again).then(text).otherwise(pl.col("message")),
    )


def range_complaint(table: Table, close: pl.Expr) -> pl.Expr:
    """A message where open, high, low and close do not fit together, else null."""
    if not table.has(*RANGES):
        return pl.lit(None, pl.String)
    opening, high, low = (table.number(name) for name in RANGES)
    lowest, highest = pl.min_horizontal(opening, close), pl.max_horizontal(opening, close)
    every = pl.all_horizontal(value.is_finite() for value in (opening, high, low))
    sane = every & (low > 0.0) & (low <= lowest) & (high >= highest)
    return pl.when(~sane.fill_null(value=False)).then(
        pl.lit("open and close are not between low and high")
    )


def range_arrays(rows: pl.DataFrame) -> dict[str, Any]:
    """Open, high and low where the file has all three."""
    if any(rows[name].has_nulls() for name in RANGES):
        return {}
    return {
        "opening": rows["open"].to_numpy(),
        "high": rows["high"].to_numpy(),
        "low": rows["low"].to_numpy(),
    }
