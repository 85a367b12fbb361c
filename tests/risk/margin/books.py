"""Books for tests of margin."""

import numpy as np

from shortgamma.market.book import Book, DeltaOne, DeltaOneKind
from shortgamma.market.options import OptionSeries
from shortgamma.risk.margin.regime import margin
from shortgamma.risk.margin.regimes import regime_of

WEEK_SECONDS = 500_400
YEAR_SECONDS = 31_536_000
NO_VOL = 1e-6


def option(kind, strike, quantity, *, seconds=WEEK_SECONDS, vol=0.5, forward=None):
    """One row of :func:`book_of`; the forward is spot unless given."""
    return {
        "is_call": kind == "call",
        "strike": float(strike),
        "quantity": float(quantity),
        "years": seconds / YEAR_SECONDS,
        "vol": vol,
        "forward": forward,
    }


def holding(kind, quantity, price):
    """Something without optionality."""
    return DeltaOne(
        instrument=kind,
        kind=DeltaOneKind(kind),
        quantity=float(quantity),
        price=float(price),
        is_inverse=False,
    )


def book_of(*rows, spot, others=(), rate=0.0, inverse=False):
    """A book of options and of what has no optionality."""
    years = np.array([row["years"] for row in rows])
    forwards = [spot if row["forward"] is None else row["forward"] for row in rows]
    size = len(rows)
    options = OptionSeries(
        instrument=np.array([f"option {place}" for place in range(size)], dtype=object),
        is_call=np.array([row["is_call"] for row in rows], dtype=bool),
        strike=np.array([row["strike"] for row in rows]),
        expiry=np.rint(years * YEAR_SECONDS * 1e9).astype(np.int64),
        years=years,
        forward=np.array(forwards, dtype=float),
        vol=np.array([row["vol"] for row in rows]),
        rate=np.full(size, rate),
        is_inverse=np.full(size, inverse),
    )
    return Book(
        asof=None,
        underlying="ETH",
        spot=float(spot),
        options=options,
        quantity=np.array([row["quantity"] for row in rows]),
        delta_one=tuple(others),
    )


def asked(book, name, parameters="default"):
    """Initial and maintenance margin of a regime, USD."""
    found = margin(book, regime_of(name, parameters))
    return float(found.initial[0]), float(found.maintenance[0])
