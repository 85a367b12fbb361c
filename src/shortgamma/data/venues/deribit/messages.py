"""Deribit's wire messages, as far as they are used."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

# Milliseconds between 2009 and 2200: a stamp in seconds or microseconds is refused.
Milliseconds = Annotated[int, Meta(ge=1_230_768_000_000, le=7_258_118_400_000)]


class ErrorBody(Struct, kw_only=True):
    """``error`` of a JSON-RPC answer."""

    code: int | None = None
    message: str | None = None


class BookSummary(Struct, kw_only=True):
    """A row of ``public/get_book_summary_by_currency``.

    Prices are coin for inverse and USD for linear options, ``mark_iv`` percent, ``open_interest`` units
    of the underlying, ``underlying_price`` the forward of the expiry in USD.
    """

    instrument_name: str
    mark_iv: float | None = None
    mark_price: float | None = None
    bid_price: float | None = None
    ask_price: float | None = None
    open_interest: float | None = None
    underlying_price: float | None = None
    underlying_index: str | None = None
    estimated_delivery_price: float | None = None
    creation_timestamp: Milliseconds | None = None


class Ticker(Struct, kw_only=True):
    """A result of ``public/ticker`` for an option; units as in ``BookSummary``."""

    instrument_name: str
    mark_iv: float | None = None
    mark_price: float | None = None
    best_bid_price: float | None = None
    best_ask_price: float | None = None
    best_bid_amount: float | None = None
    best_ask_amount: float | None = None
    open_interest: float | None = None
    underlying_price: float | None = None
    underlying_index: str | None = None
    index_price: float | None = None
    estimated_delivery_price: float | None = None
    timestamp: Milliseconds | None = None


class Leg(Struct, kw_only=True):
    """A leg of a combo trade; its direction is what the taker did in this leg."""

    instrument_name: str
    direction: Literal["buy", "sell"]
    amount: float
    trade_id: str | None = None
    timestamp: Milliseconds | None = None
    block_trade_id: str | None = None
    combo_id: str | None = None


class Trade(Struct, kw_only=True):
    """A row of ``public/get_last_trades_…``: ``direction`` is the taker's, ``amount`` coins for options."""

    instrument_name: str
    direction: Literal["buy", "sell"]
    amount: float
    timestamp: Milliseconds
    trade_id: str | None = None
    block_trade_id: str | None = None
    combo_id: str | None = None
    legs: list[Leg] | None = None


class Position(Struct, kw_only=True):
    """A row of ``private/get_positions``.

    ``size`` is coins for options and linear futures, USD for inverse futures and perpetuals, which say
    the coins in ``size_currency``.
    """

    instrument_name: str
    size: float
    kind: str | None = None
    direction: str | None = None
    size_currency: float | None = None
    mark_price: float | None = None
    index_price: float | None = None
