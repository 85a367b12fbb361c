"""The chain of a SOURCE: which layout a file has is recognised from its content."""

from shortgamma.data.canonical import canonical_sheet
from shortgamma.data.files import Format, inspect, read_bytes
from shortgamma.data.json_rows import json_rows, unknown_keys
from shortgamma.data.location import located
from shortgamma.data.sheet import Sheet, quotes_of
from shortgamma.data.table_files import csv_table, parquet_table
from shortgamma.data.tables import Table
from shortgamma.data.venues.amberdata.parse import is_level1, level1_sheet
from shortgamma.data.venues.cboe.parse import cboe_sheet, is_cboe
from shortgamma.data.venues.deribit.answers import is_quote, quotes_sheet
from shortgamma.data.venues.deribit.parse import (
    API_COLUMNS,
    HOURLY_COLUMNS,
    SIX_HOURLY_COLUMNS,
    api_sheet,
    hourly_sheet,
    six_hourly_sheet,
)
from shortgamma.data.wording import place_of
from shortgamma.market.quotes import Quotes


def read_quotes(source: str, *, asof: int | None = None, underlying: str | None = None) -> Quotes:
    """The option quotes that a SOURCE gives, unchecked but for being readable.

    Args:
        source: ``sample``, ``sample:ETH`` or the path of a file; its content says which layout it has.
        asof: UTC nanoseconds. Of several snapshots the last one at or before it, by default the last;
            the time of a source that has none of its own.
        underlying: ``BTC``, …; by default BTC where the source has it, else its first.

    Returns:
        One row per option; rows that could not be read are in ``failures``. Prices are USD for linear,
        coin for inverse options, vols decimal, open interest in units of the underlying. ``asof`` is
        None only where neither the source nor the caller says a time.

    Raises:
        InputError: There is no such source, or no row of it can be read.
    """
    with located(source, "chain.parquet", underlying) as path:
        return quotes_of(sheet_of(path), asof=asof, underlying=underlying)


def sheet_of(path: str) -> Sheet:
    """The quote rows of a file in whatever layout it has.

    Raises:
        InputError: It is in none that we know.
    """
    match inspect(path):
        case Format.PARQUET:
            return sheet_of_table(parquet_table(path))
        case Format.CSV:
            data = read_bytes(path)
            if is_cboe(data):
                return cboe_sheet(place_of(path), data)
            return sheet_of_table(csv_table(place_of(path), data))
        case Format.JSON:
            return sheet_of_json(path)


def sheet_of_table(table: Table) -> Sheet:
    """The quote rows of a table, by its columns; one in no other layout must be canonical."""
    if table.has(*API_COLUMNS):
        return api_sheet(table)
    if table.has(*SIX_HOURLY_COLUMNS):
        return six_hourly_sheet(table)
    if table.has(*HOURLY_COLUMNS):
        return hourly_sheet(table)
    return canonical_sheet(table)


def sheet_of_json(path: str) -> Sheet:
    """The quote rows of a JSON file, by the keys of its rows."""
    json = json_rows(path)
    if is_quote(json.keys):
        return quotes_sheet(json)
    if is_level1(json.keys):
        return level1_sheet(json)
    raise unknown_keys(json.keys, json.place)
