"""Positions of a Deribit account: answers of ``private/get_positions`` and exports of the site.

The size of an inverse future or perpetual is in USD; its coins are said beside it, else they are the size
over the mark price. Every other size is in coins. A seller's size counts as negative whichever sign it has.
"""

from collections.abc import Iterable
from typing import Final

import polars as pl

from shortgamma.basics.errors import Failure, Reason
from shortgamma.data.json_rows import JsonRows, decoded, message_table
from shortgamma.data.problems import Problems
from shortgamma.data.tables import RAGGED, Table, misread
from shortgamma.data.venues.deribit.messages import Position
from shortgamma.data.venues.deribit.names import product_terms

# What exports call the columns, in lower case with underscores, a unit in brackets left out.
INSTRUMENT: Final = ("instrument_name", "instrument", "symbol", "contract_name")
SIZE: Final = ("size", "amount", "position", "net_position", "position_size", "qty", "net_size")
COINS: Final = ("size_currency", "size_coin", "size_in_coin")
SIDE: Final = ("direction", "side")
MARK: Final = ("mark_price", "mark")
INDEX: Final = ("index_price", "index")
NUMBER: Final = r"^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?:\s*[A-Za-z$]*)$"
UNIT: Final = r"([A-Za-z$]+)$"
DOLLARS: Final = ("USD", "$")


def is_position(keys: frozenset[str]) -> bool:
    """Whether rows with these keys are positions."""
    return {"instrument_name", "size"} <= keys


def position_table(json: JsonRows) -> tuple[Table, tuple[Failure, ...]]:
    """The positions in an answer, and the rows that are none."""
    found = decoded(json, Position)
    return message_table(json, found, Position), found.failures


def position_names(table: Table) -> tuple[str, str] | None:
    """The columns with the instrument and the size, if there are such."""
    instrument, size = column_called(table, INSTRUMENT), column_called(table, SIZE)
    return (instrument, size) if instrument and size else None


def column_called(table: Table, names: Iterable[str]) -> str:
    """The first column with one of these names, a unit in brackets left out; empty where none is."""
    plain = {
        column.partition("(")[0].rstrip("_"): column for column in reversed(list(table.schema))
    }
    return next((plain[name] for name in names if name in plain), "")


def position_columns(table: Table) -> tuple[dict[str, pl.Expr], Problems]:
    """Columns and problems of holdings that are written down as positions."""
    instrument, size = position_names(table) or ("", "")
    name, text = table.text(instrument), table.text(size)
    terms = product_terms(name)
    number, mark = loose_number(table, size), loose_number(table, column_called(table, MARK))
    coins = loose_number(table, column_called(table, COINS))
    unit = pl.coalesce(text.str.extract(UNIT, 1).str.to_uppercase(), pl.lit(unit_of_column(size)))
    in_dollars = terms["kind"].is_not_null() & terms["is_inverse"]
    in_dollars &= pl.coalesce(unit.is_in(DOLLARS), pl.lit(value=True))
    quantity = pl.when(in_dollars).then(pl.coalesce(coins, number / mark)).otherwise(number)
    columns = {
        "holder": table.text("holder"),
        "instrument": name,
        "underlying": terms["underlying"],
        "kind": terms["kind"],
        "quantity": sided(quantity, table.text(column_called(table, SIDE))),
        "expiry": terms["expiry"],
        "index_price": loose_number(table, column_called(table, INDEX)),
        "is_inverse": terms["is_inverse"],
        "mark_price": mark,
    }
    unpriced = in_dollars & number.is_not_null() & quantity.is_null()
    problems = {
        Reason.MALFORMED: [
            pl.col(RAGGED),
            misread(size, text, number, "a number"),
            pl.when(unpriced).then(pl.lit("the size is in USD and there is no mark price")),
        ],
    }
    return columns, problems


def loose_number(table: Table, name: str) -> pl.Expr:
    """Numbers as people see them: with thousands separators and a unit behind."""
    if name in table.schema and not table.schema[name].is_numeric():
        text = table.text(name).str.replace_all("[, ]", "").str.replace("−", "-", literal=True)
        return text.str.extract(NUMBER, 1).cast(pl.Float64, strict=False)
    return table.number(name)


def unit_of_column(name: str) -> str | None:
    """The unit that a column's name says in brackets, in capitals."""
    unit = name.partition("(")[2].rstrip(")").upper()
    return unit or None


def sided(size: pl.Expr, side: pl.Expr) -> pl.Expr:
    """The size with the sign of its side; as it is where no side is said."""
    word = side.str.to_lowercase()
    sells, buys = word.is_in(["sell", "short"]), word.is_in(["buy", "long"])
    return pl.when(sells).then(-size.abs()).when(buys).then(size.abs()).otherwise(size)
