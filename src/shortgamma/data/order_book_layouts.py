"""Order books as venues send them: where levels, name and time stand, and what a size counts.

Sizes of inverse (coin-margined) contracts are USD and become coins at the price of their own level,
USD/price, which is what filling that level trades. Contract values: Binance and OKX 100 USD for BTC and 10
USD for other coins, Bybit and Deribit 1 USD; OKX's linear BTC and ETH swaps 0.01 and 0.1 coins.

Source: the venues' API references, as of January 2026.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

import msgspec

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import NANOSECONDS_PER_SECOND
from shortgamma.data.cells import EARLIEST, LATEST
from shortgamma.data.wording import shown

Levels = Sequence[tuple[float, float]]
Message = Mapping[str, Any]

NANOSECONDS_PER_MILLISECOND: Final = NANOSECONDS_PER_SECOND // 1_000
LARGE_COIN: Final = "BTC"
LARGE_CONTRACT_USD, CONTRACT_USD = 100.0, 10.0
OKX_CONTRACT_COINS: Final = {"BTC": 0.01, "ETH": 0.1}
QUOTES: Final = ("USDT", "USDC", "FDUSD", "USD")
PARTIAL_BOOK: Final = re.compile(r"@depth(?:5|10|20)(?:@|$)")
UNKNOWN: Final = 0  # stamp of an answer that says no time
OPTION: Final = re.compile(r"-[CP]$")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedBook:
    """One snapshot in the venue's own sizes.

    Args:
        venue: Empty for a file of our own layout.
        instrument: As the venue calls it; empty where the answer does not say.
        stamp: UTC nanoseconds; 0 where unknown.
        bids, asks: Price in USD and size.
    """

    venue: str
    instrument: str
    stamp: int
    bids: Levels
    asks: Levels


def deribit(message: Message) -> RecordedBook | None:
    """``public/get_order_book`` and ``book`` channels, plain or grouped; None where it is neither."""
    body = body_of(message)
    if not {"instrument_name", "bids", "asks"} <= set(body):
        return None
    if body.get("type", "snapshot") != "snapshot":
        return None
    return RecordedBook(
        venue="deribit",
        instrument=text(body["instrument_name"]),
        stamp=milliseconds(body.get("timestamp")),
        bids=levels(body["bids"], first=-2),
        asks=levels(body["asks"], first=-2),
    )


def binance(message: Message) -> RecordedBook | None:
    """``depth`` over REST, and streams of partial books; None where it is neither, as with updates."""
    stream = text(message.get("stream", ""))
    body = body_of(message)
    is_stream = PARTIAL_BOOK.search(stream) is not None and {"b", "a"} <= set(body)
    if not is_stream and not {"lastUpdateId", "bids", "asks"} <= set(body):
        return None
    pair = body.get("s") or body.get("symbol") or stream.partition("@")[0].upper()
    return RecordedBook(
        venue="binance",
        instrument=text(pair),
        stamp=milliseconds(body.get("E")),
        bids=levels(body["b" if is_stream else "bids"]),
        asks=levels(body["a" if is_stream else "asks"]),
    )


def bybit(message: Message) -> RecordedBook | None:
    """``orderbook`` over REST and as the snapshot of its topic; None where it is neither."""
    body = body_of(message)
    if not {"s", "b", "a", "seq"} <= set(body):
        return None
    if message.get("type", "snapshot") != "snapshot":
        return None
    return RecordedBook(
        venue="bybit",
        instrument=text(body["s"]),
        stamp=milliseconds(body.get("ts", message.get("ts"))),
        bids=levels(body["b"]),
        asks=levels(body["a"]),
    )


def okx(message: Message) -> RecordedBook | None:
    """``books`` over REST and as the snapshot of its channel; None where it is neither."""
    found = message.get("data")
    if not isinstance(found, list) or message.get("action", "snapshot") != "snapshot":
        return None
    rows = msgspec.convert(found, list[dict[str, Any]])
    body: Message = rows[0] if rows else {}
    if not {"bids", "asks", "ts"} <= set(body):
        return None
    channel = msgspec.convert(message.get("arg", {}), dict[str, Any])
    return RecordedBook(
        venue="okx",
        instrument=text(channel.get("instId", "")),
        stamp=milliseconds(body["ts"]),
        bids=levels(body["bids"]),
        asks=levels(body["asks"]),
    )


class PriceLevel(msgspec.Struct):
    """A level of Hyperliquid: price in USD, size in coins."""

    px: float
    sz: float


def hyperliquid(message: Message) -> RecordedBook | None:
    """``l2Book``, asked for or streamed; None where it is neither."""
    body = body_of(message)
    if not {"coin", "levels"} <= set(body):
        return None
    bids, asks = msgspec.convert(
        body["levels"], tuple[list[PriceLevel], list[PriceLevel]], strict=False
    )
    return RecordedBook(
        venue="hyperliquid",
        instrument=text(body["coin"]),
        stamp=milliseconds(body.get("time")),
        bids=[(row.px, row.sz) for row in bids],
        asks=[(row.px, row.sz) for row in asks],
    )


LAYOUTS: Final[tuple[Callable[[Message], RecordedBook | None], ...]] = (
    deribit,
    binance,
    bybit,
    okx,
    hyperliquid,
)


def body_of(message: Message) -> Message:
    """What a stream's envelope holds; the message itself where it has none."""
    inner: object = message.get("data", message)
    return cast("Message", inner) if isinstance(inner, dict) else {}


def levels(rows: Any, *, first: int = 0) -> Levels:
    """Price and size of each row, from numbers or text; what else stands in a row is left out.

    Args:
        rows: Lists of at least two cells.
        first: Where the price stands; −2 counts from the end.

    Raises:
        ValidationError: A row is shorter or not of numbers.
    """
    every = msgspec.convert(rows, list[list[Any]])
    cells = [row[first : first + 2 or None] for row in every]
    return msgspec.convert(cells, list[tuple[float, float]], strict=False)


def text(value: Any) -> str:
    """A name.

    Raises:
        ValidationError: It is no text.
    """
    return msgspec.convert(value, str)


def milliseconds(value: Any) -> int:
    """UTC nanoseconds of a count of milliseconds since 1970; 0 where it is missing or absurd."""
    if value is None:
        return UNKNOWN
    stamp = msgspec.convert(value, int, strict=False) * NANOSECONDS_PER_MILLISECOND
    return stamp if EARLIEST <= stamp <= LATEST else UNKNOWN


def coin_of(instrument: str) -> str:
    """The underlying that an instrument's name says.

    >>> coin_of("BTC_USDC-PERPETUAL"), coin_of("ETHUSDT"), coin_of("BTC-USD-SWAP")
    ('BTC', 'ETH', 'BTC')
    """
    first = re.split(r"[-_]", instrument.upper())[0]
    for quote in QUOTES:
        if first.endswith(quote):
            return first.removesuffix(quote)
    return first


def usd_per_contract(book: RecordedBook) -> float | None:
    """Value of an inverse contract, USD; None where sizes are not money."""
    name = book.instrument.upper()
    value = LARGE_CONTRACT_USD if coin_of(name) == LARGE_COIN else CONTRACT_USD
    match book.venue:
        case "deribit" if "_" not in name and not OPTION.search(name):
            return 1.0
        case "bybit" if re.search(r"USD(?:[A-Z]\d+)?$", name):
            return 1.0
        case "binance" if "USD_" in name:
            return value
        case "okx" if re.match(r"[A-Z0-9]+-USD-", name):
            return value
        case _:
            return None


def coins_per_contract(book: RecordedBook, place: str) -> float:
    """Coins that a size of 1 stands for where it is not money.

    Raises:
        InputError: It is a book of options, whose prices are coins, or the contract's size is not known.
    """
    if OPTION.search(book.instrument):
        raise InputError(
            f"is the book of the option {shown(book.instrument)}",
            place=place,
            remedy="give the book of a perpetual, a future or spot",
        )
    if book.venue != "okx" or book.instrument.count("-") == 1:
        return 1.0
    coin = coin_of(book.instrument)
    if coin not in OKX_CONTRACT_COINS:
        whose = f"of {shown(book.instrument)}" if book.instrument else "without an instrument"
        raise InputError(
            f"is an OKX book {whose}, whose contract size is not known",
            place=place,
            remedy="give the channel's message, which names it, or a CSV with sizes in coins",
        )
    return OKX_CONTRACT_COINS[coin]
