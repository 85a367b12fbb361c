"""Who holds what: the positioning FILE, aligned to a chain."""

from typing import Final

import numpy as np
import polars as pl

from shortgamma.basics.errors import Reason
from shortgamma.data.holding_rows import holding_rows
from shortgamma.data.location import located
from shortgamma.data.problems import failures_of, readable, with_problems
from shortgamma.data.protocol_holdings import is_protocols, read_protocols
from shortgamma.data.resolution import LISTED, matched_by_terms, prepared
from shortgamma.market.chain import Chain
from shortgamma.market.holdings import HolderInventory

DEFAULT_HOLDER: Final = "dealers"


def read_inventory(source: str, chain: Chain) -> HolderInventory:
    """Signed quantities of every holder in the options of a chain.

    Args:
        source: ``sample``, ``sample:ETH`` or a file with the columns of a BOOK, and ``holder`` (``dealers``
            where absent) and ``holder_type`` if there are several; or one with the states of protocols, see
            :func:`~shortgamma.data.protocol_holdings.read_protocols`.
        chain: Where options are looked up: by instrument, else by kind, strike and expiry or years.

    Returns:
        Quantities in units of the underlying, + = long; rows with the same holder and option are added
        up. What is not in the chain, futures and the like included, is in ``failures``.

    Raises:
        InputError: There is no such file, or no row of it can be used.
    """
    with located(source, "holders.csv", chain.underlying or None) as path:
        if is_protocols(path):
            return read_protocols(path, chain)
        holdings = holding_rows(path)
    rows = matched_by_terms(prepared(holdings.rows, chain, chain.asof), chain)
    rows = with_problems(rows, problems_of_holdings())
    failures = (*holdings.failures, *failures_of(rows))
    good = readable(rows, failures, holdings.place, "holding").with_columns(
        pl.col("holder").fill_null(DEFAULT_HOLDER), pl.col("holder_type").fill_null("")
    )
    holders = good.group_by("holder", maintain_order=True).agg(pl.col("holder_type").first())
    row_of = {name: index for index, name in enumerate(holders["holder"].to_list())}
    quantity = np.zeros((len(row_of), len(chain)))
    which = good["holder"].replace_strict(row_of, return_dtype=pl.Int64).to_numpy()
    np.add.at(quantity, (which, good[LISTED].to_numpy()), good["quantity"].to_numpy())
    return HolderInventory(
        holders=tuple(row_of),
        holder_types=tuple(holders["holder_type"].to_list()),
        quantity=quantity,
        failures=failures,
    )


def problems_of_holdings() -> dict[Reason, list[pl.Expr]]:
    """Messages for rows that are no quantity of a listed option."""
    quantity, name = pl.col("quantity"), pl.col("instrument")
    unknown = pl.coalesce(
        pl.format("{} is no option of the chain", name),
        pl.format("no {} of strike {} and that expiry in the chain", "kind", "strike"),
        pl.lit("it says neither an instrument nor its terms"),
    )
    return {
        Reason.NOT_A_NUMBER: [
            pl.when(~quantity.is_finite().fill_null(value=False)).then(
                pl.format("quantity {}", quantity.cast(pl.String).fill_null("is missing"))
            )
        ],
        Reason.UNKNOWN_INSTRUMENT: [pl.when(pl.col(LISTED).is_null()).then(unknown)],
    }
