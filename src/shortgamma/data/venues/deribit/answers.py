"""Deribit's API answers in JSON as sheets."""

from shortgamma.data.json_rows import JsonRows, decoded, message_table
from shortgamma.data.sheet import Sheet
from shortgamma.data.venues.deribit.messages import BookSummary, Ticker
from shortgamma.data.venues.deribit.parse import api_sheet

TICKER_ONLY = frozenset({"best_bid_price", "best_ask_price", "index_price", "timestamp"})


def is_quote(keys: frozenset[str]) -> bool:
    """Whether rows with these keys are tickers or book summaries of options."""
    quoted = keys & {"mark_iv", "mark_price", "bid_price", "best_bid_price"}
    return "instrument_name" in keys and bool(quoted) and not keys & {"direction", "size"}


def quotes_sheet(json: JsonRows) -> Sheet:
    """The sheet of ``ticker`` results or of a ``get_book_summary_by_currency`` result."""
    model = Ticker if json.keys & TICKER_ONLY else BookSummary
    found = decoded(json, model)
    return api_sheet(
        message_table(json, found, model), received=json.received, failures=found.failures
    )
