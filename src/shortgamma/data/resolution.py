"""Holdings looked up in a chain."""

from typing import Final

import numpy as np
import polars as pl

from shortgamma.basics.units import NANOSECONDS_PER_YEAR, SECONDS_PER_YEAR
from shortgamma.data.canonical import sign_of
from shortgamma.market.chain import Chain

LISTED: Final = "listed"  # index of the option in the chain, null where it is not there
KINDS: Final = {
    "perp": "perpetual",
    "swap": "perpetual",
    "futures": "future",
    "c": "call",
    "p": "put",
}
DELTA_ONE: Final = ("future", "perpetual", "spot")


def prepared(rows: pl.DataFrame, chain: Chain | None, asof: int | None) -> pl.DataFrame:
    """Holdings with what everybody needs to know of them.

    Args:
        rows: As in ``HoldingRows``.
        chain: Where to look instruments up by name.
        asof: UTC nanoseconds from which years to an expiry count.

    Returns:
        The rows with ``LISTED``; ``kind`` by its full name; ``sign`` +1 call, −1 put, 0 else; and
        ``years`` from the expiry where there is one.
    """
    years = pl.col("years")
    if asof is not None:
        dated = (pl.col("expiry") - asof) / NANOSECONDS_PER_YEAR
        years = pl.coalesce(dated, years)
    ready = rows.with_columns(pl.col("kind").replace(KINDS), years=years).with_columns(
        sign=sign_of(pl.col("kind"))
    )
    if chain is None:
        return ready.with_columns(pl.lit(None, pl.Int64).alias(LISTED))
    terms = chain_terms(chain).select("instrument", LISTED)
    return ready.join(terms, on="instrument", how="left", maintain_order="left")


def matched_by_terms(rows: pl.DataFrame, chain: Chain) -> pl.DataFrame:
    """Looks options that were not found by name up by kind, strike and time to expiry, to the second."""
    terms = chain_terms(chain).select(
        "sign", "strike", "second", pl.col(LISTED).alias("same_terms")
    )
    second = pl.col("years").mul(SECONDS_PER_YEAR).round().cast(pl.Int64, strict=False)
    found = rows.with_columns(second=second).join(
        terms.unique(["sign", "strike", "second"], keep="first"),
        on=["sign", "strike", "second"],
        how="left",
        maintain_order="left",
    )
    return found.with_columns(pl.coalesce(LISTED, "same_terms").alias(LISTED))


def chain_terms(chain: Chain) -> pl.DataFrame:
    """One row per option of a chain: its ``LISTED`` index, name, sign, strike and seconds to expiry."""
    options = chain.options
    return pl.DataFrame(
        {
            "instrument": pl.Series(options.instrument.tolist(), dtype=pl.String),
            LISTED: np.arange(len(options), dtype=np.int64),
            "sign": options.sign,
            "strike": options.strike,
            "second": np.rint(options.years * SECONDS_PER_YEAR).astype(np.int64),
        }
    ).unique("instrument", keep="first", maintain_order=True)
