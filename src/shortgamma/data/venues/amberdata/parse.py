"""Amberdata's recordings of Deribit as sheets."""

import polars as pl

from shortgamma.basics.errors import Reason
from shortgamma.data.cells import epoch, read_stamps
from shortgamma.data.json_rows import JsonRows, decoded, message_table
from shortgamma.data.sheet import Sheet
from shortgamma.data.snapshot import SnapshotRule
from shortgamma.data.tables import Table, misread
from shortgamma.data.venues.amberdata.messages import Level1
from shortgamma.data.venues.deribit.names import name_problems, option_terms
from shortgamma.data.venues.deribit.parse import MILLISECOND, PERCENT_OF_ONE, options_only, quoted


def is_level1(keys: frozenset[str]) -> bool:
    """Whether rows with these keys are level-1 quotes."""
    return {"instrument", "markIv", "openInterest", "underlyingPrice"} <= keys


def level1_sheet(json: JsonRows) -> Sheet:
    """Level-1 quotes, one snapshot per ``timestamp``."""
    found = decoded(json, Level1)
    table = message_table(json, found, Level1)
    name = table.text("instrument")
    stamp = vendor_stamp(table, "timestamp")
    columns = {
        "venue": table.text("exchange").str.to_lowercase(),
        "instrument": name,
        **option_terms(name),
        "stamp": stamp,
        "forward": table.number("underlying_price"),
        "mark_vol": table.number("mark_iv") / PERCENT_OF_ONE,
        "open_interest": table.number("open_interest"),
        "bid_price": quoted(table.number("bid")),
        "ask_price": quoted(table.number("ask")),
        "mark_price": table.number("mark_price"),
        "bid_size": table.number("bid_volume"),
        "ask_size": table.number("ask_volume"),
        "rate": pl.lit(0.0),
        "spot": table.number("index_price"),
    }
    late = misread("timestamp", table.text("timestamp"), stamp, "a time")
    problems = {Reason.MALFORMED: [late], **name_problems(name)}
    return Sheet(
        table=options_only(table, name),
        columns=columns,
        problems=problems,
        rule=SnapshotRule.STAMP,
        failures=found.failures,
    )


def vendor_stamp(table: Table, name: str) -> pl.Expr:
    """UTC nanoseconds of milliseconds, or of text such as ``2024-04-01 00:00:03 000``."""
    if table.type_of(name).is_numeric():
        return epoch(table.number(name), MILLISECOND)
    text = table.text(name).str.replace(r" (\d{3})$", ".$1")
    return text.map_batches(read_stamps, return_dtype=pl.Int64)
