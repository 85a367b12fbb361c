"""All network and disk: readers of every input file, translated into the types of ``market``."""

from shortgamma.data.books import read_book
from shortgamma.data.canonical import write_canonical
from shortgamma.data.inventory import read_inventory
from shortgamma.data.price_rows import read_price_rows
from shortgamma.data.prices import read_prices
from shortgamma.data.source import read_quotes
from shortgamma.data.trades import read_trades

__all__ = [
    "read_book",
    "read_inventory",
    "read_price_rows",
    "read_prices",
    "read_quotes",
    "read_trades",
    "write_canonical",
]
