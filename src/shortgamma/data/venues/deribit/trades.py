"""Deribit's public trades: option prints, and the legs of combo trades."""

from collections.abc import Iterator

import polars as pl

from shortgamma.basics.errors import Failure, Reason
from shortgamma.data.cells import epoch
from shortgamma.data.json_rows import JsonRows, decoded
from shortgamma.data.tables import ROW, Table, misread, table_of
from shortgamma.data.trade_sheet import TradeSheet, sign_of_side
from shortgamma.data.venues.deribit.messages import Trade
from shortgamma.data.venues.deribit.names import name_problems, option_terms
from shortgamma.data.venues.deribit.parse import MILLISECOND, options_only

TABLE_COLUMNS = ("instrument_name", "direction", "amount", "timestamp")
Print = tuple[int, str, str, float, int, str | None, str | None, str | None]
PRINT_COLUMNS = {
    ROW: pl.Int64,
    "instrument_name": pl.String,
    "direction": pl.String,
    "amount": pl.Float64,
    "timestamp": pl.Int64,
    "trade_id": pl.String,
    "block_trade_id": pl.String,
    "combo_id": pl.String,
}


def is_trade(keys: frozenset[str]) -> bool:
    """Whether rows with these keys are trades."""
    return {"instrument_name", "direction", "amount", "timestamp"} <= keys


def answer_sheet(json: JsonRows) -> TradeSheet:
    """The trades of a ``get_last_trades_…`` result; a combo trade counts as its legs."""
    found = decoded(json, Trade)
    prints = [
        one
        for number, trade in zip(found.numbers, found.messages, strict=True)
        for one in prints_of(number, trade)
    ]
    frame = pl.DataFrame(prints, schema=PRINT_COLUMNS, orient="row")
    return table_sheet(table_of(json.place, frame), found.failures)


def prints_of(number: int, trade: Trade) -> Iterator[Print]:
    """The trade itself, or one print per leg with the taker's side in that leg."""
    for part in trade.legs or [trade]:
        yield (
            number,
            part.instrument_name,
            part.direction,
            part.amount,
            part.timestamp or trade.timestamp,
            part.trade_id,
            part.block_trade_id or trade.block_trade_id,
            part.combo_id or (None if part is trade else trade.instrument_name),
        )


def table_sheet(table: Table, failures: tuple[Failure, ...] = ()) -> TradeSheet:
    """Trades in columns called as in the API; other products than options are left out."""
    name = table.text("instrument_name")
    stamp = epoch(table.number("timestamp"), MILLISECOND)
    columns = {
        "underlying": option_terms(name)["underlying"],
        "instrument": name,
        "stamp": stamp,
        "trade_id": table.text("trade_id"),
        "direction": sign_of_side(table.text("direction")),
        "amount": table.number("amount"),
        "block_id": table.text("block_trade_id"),
        "combo_id": table.text("combo_id"),
    }
    late = misread("timestamp", table.text("timestamp"), stamp, "a time in milliseconds")
    problems = {
        Reason.MALFORMED: [*table.misread_numbers("amount"), late],
        **name_problems(name),
    }
    return TradeSheet(
        table=options_only(table, name), columns=columns, problems=problems, failures=failures
    )
