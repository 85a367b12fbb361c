"""Amberdata's wire messages, as far as they are used."""

from typing import Literal

from msgspec import Struct


class Level1(Struct, kw_only=True, rename="camel"):
    """A row of level-1 option quotes.

    Prices are in the venue's unit (coin for Deribit's inverse options), ``mark_iv`` percent,
    ``open_interest`` units of the underlying, stamps text such as ``2024-04-01 00:00:03 000``.
    """

    instrument: str
    timestamp: str | int | None = None
    exchange: str | None = None
    mark_iv: float | None = None
    mark_price: float | None = None
    bid: float | None = None
    ask: float | None = None
    bid_volume: float | None = None
    ask_volume: float | None = None
    open_interest: float | None = None
    underlying_price: float | None = None
    index_price: float | None = None


class DecoratedTrade(Struct, kw_only=True, rename="camel"):
    """A row of decorated option trades.

    ``exchange_direction`` is the taker's side as the venue said it, +1 a buy. The vendor's own guess
    (``amberdataDirection``) disagrees on a quarter of the prints and is not used.
    """

    instrument: str
    exchange_direction: Literal[-1, 1]
    trade_amount: float
    exchange_timestamp: int
    trade_id: str | int | None = None
    block_trade_id: str | None = None
    open_interest_change: float | None = None
