"""Order-book files: recorded answers and messages of venues, and CSV.

A file holds one answer or message, or one per line as recorders write them, with or without a time in
front. See :mod:`shortgamma.data.order_book_layouts` for the venues and for what a size counts there. The
columns of a CSV or Parquet are ``side`` (bid or ask), ``price`` in USD and ``size`` in coins, optionally
``time, underlying``.
"""

from collections.abc import Iterator
from typing import Any, Final, cast

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.data.files import Format, collect, inspect, read_bytes, translated
from shortgamma.data.order_book_layouts import (
    LAYOUTS,
    UNKNOWN,
    Levels,
    Message,
    RecordedBook,
    coin_of,
    coins_per_contract,
    usd_per_contract,
)
from shortgamma.data.prices import time_cells
from shortgamma.data.table_files import open_table
from shortgamma.data.tables import ROW, Table
from shortgamma.data.wording import listed, place_of, shown
from shortgamma.market.order_book import OrderBook

SIDES: Final = {"bid": "bid", "buy": "bid", "b": "bid", "ask": "ask", "sell": "ask", "a": "ask"}
COLUMNS: Final = ("side", "price", "size")
ENVELOPES: Final = ("result", "params")
REMEDY: Final = (
    "give get_order_book or book of Deribit, depth of Binance, orderbook of Bybit, books of OKX, l2Book of "
    "Hyperliquid, or a CSV of side, price, size"
)


def read_order_book(path: str) -> OrderBook:
    """The order book in a file; of several snapshots the last one.

    Args:
        path: Recorded JSON, one message or one per line, CSV or Parquet.

    Returns:
        Prices in USD, sizes in coins, best levels first; ``asof`` is 0 where the venue says no time.

    Raises:
        InputError: There is no such file, it holds no whole book, books of several instruments, or a level
            that is none.
    """
    place = place_of(path)
    if inspect(path) is Format.PARQUET:
        return book_of(table_book(open_table(path)), place)
    data = read_bytes(path)
    if b"{" not in data:
        return book_of(table_book(open_table(path)), place)
    with translated(place):
        found = [book for message in messages(data) if (book := recorded(message))]
    if not found:
        raise InputError("holds no whole order book", place=place, remedy=REMEDY)
    names = sorted({book.instrument for book in found})
    if len(names) > 1:
        raise InputError(
            f"holds books of {listed(names)}", place=place, remedy="keep the messages of one"
        )
    return book_of(found[-1], place)


def messages(data: bytes) -> Iterator[Message]:
    """Every JSON object of a file: one, a list, or one per line after a time or an address.

    Raises:
        DecodeError: The one document is damaged.
    """
    if data.lstrip()[:1] in b"{[":
        try:
            whole = msgspec.json.decode(data)
        except msgspec.DecodeError:
            if b"}\n{" not in data.replace(b"\r", b""):
                raise
        else:
            every = cast("list[object]", whole) if isinstance(whole, list) else [whole]
            yield from (cast("Message", row) for row in every if isinstance(row, dict))
            return
    for line in data.splitlines():
        try:
            yield msgspec.json.decode(line[line.find(b"{") :], type=dict[str, Any])
        except msgspec.DecodeError:
            continue  # a line of the recorder's own, or one that was cut off


def recorded(message: Message) -> RecordedBook | None:
    """The book in a message of any venue; None where it holds none, or an update of one."""
    for name in ENVELOPES:
        inner: object = message.get(name)
        if isinstance(inner, dict):
            return recorded(cast("Message", inner))
    return next(filter(None, (layout(message) for layout in LAYOUTS)), None)


def book_of(book: RecordedBook, place: str) -> OrderBook:
    """A recorded book in coins, best levels first; levels of size 0 are left out.

    Raises:
        InputError: A side is empty or crossed, a level is none, or the contract's size is not known.
    """
    usd = usd_per_contract(book)
    value = coins_per_contract(book, place) if usd is None else usd
    make = OrderBook if usd is None else OrderBook.sized_in_usd
    bids, asks = columns(book.bids, value, falls=True), columns(book.asks, value, falls=False)
    try:
        # A price of 0 divides a size in USD before the book refuses it.
        with np.errstate(all="ignore"):
            return make(
                underlying=coin_of(book.instrument),
                venue=book.venue,
                instrument=book.instrument,
                asof=book.stamp,
                bid_price=bids[:, 0],
                bid_size=bids[:, 1],
                ask_price=asks[:, 0],
                ask_size=asks[:, 1],
            )
    except InputError as problem:
        raise InputError(
            problem.problem, place=place, column=problem.column, remedy=problem.remedy
        ) from None


def columns(side: Levels, value: float, *, falls: bool) -> NDArray[np.float64]:
    """Price and size of every level that has a size, best first, shape (levels, 2).

    Args:
        side: Levels in any order.
        value: Of a size of 1, in coins or USD.
        falls: True for bids.
    """
    known = [(price, size * value) for price, size in side if size != 0.0]
    return np.array(sorted(known, reverse=falls), dtype=np.float64).reshape(-1, 2)


def table_book(table: Table) -> RecordedBook:
    """The book in a table; see the module.

    Raises:
        InputError: A column is missing or a row cannot be read.
    """
    table.require(COLUMNS, REMEDY)
    stamp = time_cells(table, "time") if table.has("time") else pl.lit(None, pl.Int64)
    said = table.text("side")
    rows = collect(
        table.rows.select(
            pl.col(ROW).alias("row"),
            said.alias("said"),
            said.str.to_lowercase().replace_strict(SIDES, default=None).alias("side"),
            table.number("price").alias("price"),
            table.number("size").alias("size"),
            table.text("underlying").alias("underlying"),
            stamp.alias("stamp"),
        ),
        table.place,
    )
    refuse_unreadable(rows, table.place)
    coins, stamps = rows["underlying"].drop_nulls(), rows["stamp"].drop_nulls()
    bids, asks = (rows.filter(pl.col("side") == side) for side in ("bid", "ask"))
    return RecordedBook(
        venue="",
        instrument=str(coins[0]) if len(coins) else "",
        stamp=int(stamps[0]) if len(stamps) else UNKNOWN,
        bids=bids.select("price", "size").rows(),
        asks=asks.select("price", "size").rows(),
    )


def refuse_unreadable(rows: pl.DataFrame, place: str) -> None:
    """Refuses a table with a row that has no side, price or size.

    Raises:
        InputError: There is one.
    """
    bad = rows.filter(pl.any_horizontal(pl.col(COLUMNS).is_null()))
    if not bad.height:
        return
    row = bad.row(0, named=True)
    name = next(name for name in COLUMNS if row[name] is None)
    said = shown(row["said"]) if name == "side" else "it"
    raise InputError(
        f"{said} is no {name}",
        place=place,
        row=int(row["row"]),
        column=name,
        remedy="side is bid or ask, price and size are numbers",
    )
