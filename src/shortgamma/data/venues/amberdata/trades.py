"""Amberdata's decorated option trades."""

import polars as pl

from shortgamma.basics.errors import Reason
from shortgamma.data.json_rows import JsonRows, decoded, message_table
from shortgamma.data.tables import misread
from shortgamma.data.trade_sheet import TradeSheet
from shortgamma.data.venues.amberdata.messages import DecoratedTrade
from shortgamma.data.venues.amberdata.parse import vendor_stamp
from shortgamma.data.venues.deribit.names import name_problems, option_terms
from shortgamma.data.venues.deribit.parse import options_only


def is_decorated_trade(keys: frozenset[str]) -> bool:
    """Whether rows with these keys are decorated trades."""
    return {"instrument", "exchangeDirection", "tradeAmount"} <= keys


def decorated_sheet(json: JsonRows) -> TradeSheet:
    """The trades with the side that the exchange reported, not the one that the vendor infers."""
    found = decoded(json, DecoratedTrade)
    table = message_table(json, found, DecoratedTrade)
    name = table.text("instrument")
    stamp = vendor_stamp(table, "exchange_timestamp")
    columns: dict[str, pl.Expr] = {
        "underlying": option_terms(name)["underlying"],
        "instrument": name,
        "stamp": stamp,
        "trade_id": table.text("trade_id"),
        "direction": table.number("exchange_direction"),
        "amount": table.number("trade_amount"),
        "block_id": table.text("block_trade_id"),
        "open_interest_change": table.number("open_interest_change"),
    }
    late = misread("exchangeTimestamp", table.text("exchange_timestamp"), stamp, "a time")
    problems = {Reason.MALFORMED: [late], **name_problems(name)}
    return TradeSheet(
        table=options_only(table, name),
        columns=columns,
        problems=problems,
        failures=found.failures,
    )
