"""Trades with the taker's side, from a sample or a file."""

from typing import Final

import polars as pl

from shortgamma.basics.errors import Reason
from shortgamma.data.canonical import underlying_of
from shortgamma.data.files import Format, inspect
from shortgamma.data.json_rows import json_rows, unknown_keys
from shortgamma.data.location import located
from shortgamma.data.table_files import open_table
from shortgamma.data.tables import Table
from shortgamma.data.trade_sheet import TradeSheet, sign_of_side, trades_of
from shortgamma.data.venues.amberdata.trades import decorated_sheet, is_decorated_trade
from shortgamma.data.venues.deribit.trades import (
    TABLE_COLUMNS,
    answer_sheet,
    is_trade,
    table_sheet,
)
from shortgamma.market.trades import Trades

MANDATORY: Final = ("stamp", "instrument", "direction", "amount")
REMEDY: Final = "trades have the columns stamp, instrument, direction, amount"


def read_trades(source: str, *, underlying: str | None = None) -> Trades:
    """The option trades that a SOURCE gives, in the order of time.

    Args:
        source: ``sample``, ``sample:ETH`` or the path of a file: a Deribit ``get_last_trades_…`` answer,
            Amberdata's decorated trades, or a table with ``stamp`` (ISO UTC or nanoseconds),
            ``instrument``, ``direction`` (buy, sell, 1, -1), ``amount`` and, optionally, ``trade_id,
            block_id, combo_id, open_interest_change, underlying``.
        underlying: ``BTC``, …; by default BTC where the source has it, else its first.

    Returns:
        Direction +1 where the taker bought, amounts in units of the underlying. A combo counts as its
        legs; a trade identifier that comes again and rows that cannot be read are in ``quarantined``.

    Raises:
        InputError: There is no such source, or no row of it can be read.
    """
    with located(source, "trades.parquet", underlying) as path:
        return trades_of(sheet_of(path), underlying=underlying)


def sheet_of(path: str) -> TradeSheet:
    """The trade rows of a file in whatever layout it has.

    Raises:
        InputError: It is in none that we know.
    """
    if inspect(path) is Format.JSON:
        json = json_rows(path)
        if is_trade(json.keys):
            return answer_sheet(json)
        if is_decorated_trade(json.keys):
            return decorated_sheet(json)
        raise unknown_keys(json.keys, json.place)
    table = open_table(path)
    return table_sheet(table) if table.has(*TABLE_COLUMNS) else canonical_trades(table)


def canonical_trades(table: Table) -> TradeSheet:
    """The trade rows of a table in canonical columns.

    Raises:
        InputError: A mandatory column is missing.
    """
    table.require(MANDATORY, REMEDY)
    direction = table.text("direction")
    sign = sign_of_side(direction)
    columns: dict[str, pl.Expr] = {
        "underlying": underlying_of(table),
        "instrument": table.text("instrument"),
        "stamp": table.stamp("stamp"),
        "trade_id": table.text("trade_id"),
        "direction": sign,
        "amount": table.number("amount"),
        "block_id": table.text("block_id"),
        "combo_id": table.text("combo_id"),
        "open_interest_change": table.number("open_interest_change"),
    }
    message = pl.format("direction '{}' is neither buy nor sell", direction)
    problems = {
        Reason.MALFORMED: [
            *table.misread_numbers("amount", "open_interest_change"),
            table.misread_stamp("stamp"),
            pl.when(direction.is_not_null() & sign.is_null()).then(message),
        ]
    }
    return TradeSheet(table=table, columns=columns, problems=problems)
