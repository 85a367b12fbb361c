"""Hand-made files: nothing here is copied from a venue's recording."""

import json
from pathlib import Path
from typing import Any

from shortgamma.basics.time import parse_stamp

ASOF = "2026-01-15T09:30:00Z"
ASOF_MS = parse_stamp(ASOF) // 1_000_000

CHAIN_HEADER = "kind,strike,expiry,forward,mark_vol,open_interest"
CHAIN_ROW = "call,65000,2026-01-30T08:00Z,64000,0.55,12.5"


def put(folder: Path, name: str, content: object) -> str:
    """Writes bytes, text or anything that JSON knows; the path as text."""
    path = folder / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif isinstance(content, str):
        path.write_text(content, encoding="utf-8")
    else:
        path.write_text(json.dumps(content), encoding="utf-8")
    return str(path)


def summary(name: str, **changes: Any) -> dict[str, Any]:
    """A row of ``get_book_summary_by_currency``."""
    return {
        "instrument_name": name,
        "mark_iv": 55.5,
        "mark_price": 0.0321,
        "bid_price": 0.0315,
        "ask_price": 0.033,
        "mid_price": 0.03225,
        "open_interest": 12.5,
        "underlying_price": 64_250.5,
        "underlying_index": "SYN.BTC-30JAN26",
        "interest_rate": 0.0,
        "volume": 3.2,
        "creation_timestamp": ASOF_MS,
    } | changes


def ticker(name: str, **changes: Any) -> dict[str, Any]:
    """A result of ``ticker``."""
    return {
        "instrument_name": name,
        "state": "open",
        "timestamp": ASOF_MS,
        "mark_iv": 61.25,
        "mark_price": 0.0321,
        "best_bid_price": 0.0315,
        "best_ask_price": 0.033,
        "best_bid_amount": 4.0,
        "best_ask_amount": 6.5,
        "open_interest": 7.0,
        "underlying_price": 64_250.5,
        "underlying_index": "SYN.BTC-30JAN26",
        "index_price": 64_100.25,
        "greeks": {"delta": 0.4, "gamma": 0.00001, "vega": 40.1, "theta": -30.0, "rho": 9.0},
        "stats": {"volume": None, "low": None, "high": None},
    } | changes


def envelope(result: object, **more: Any) -> dict[str, Any]:
    """A JSON-RPC answer."""
    return {"jsonrpc": "2.0", "id": 7, "result": result, "usIn": 1, "usOut": 2} | more
