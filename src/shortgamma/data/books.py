"""The BOOK argument: signed holdings, valued by a market or by what the file itself says."""

from dataclasses import fields
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from shortgamma.basics.errors import Reason
from shortgamma.data.canonical import option_label
from shortgamma.data.holding_rows import HoldingRows, holding_rows
from shortgamma.data.problems import failures_of, readable, with_problems
from shortgamma.data.resolution import DELTA_ONE, LISTED, prepared
from shortgamma.data.snapshot import chosen_name
from shortgamma.market.book import Book, DeltaOne, DeltaOneKind
from shortgamma.market.chain import Chain
from shortgamma.market.options import OptionSeries, expiry_of
from shortgamma.market.screening import MAX_VOL


def read_book(path: str, chain: Chain | None = None, *, asof: int | None = None) -> Book:
    """The holdings in a BOOK file or in an export of Deribit positions.

    Args:
        path: CSV or Parquet with ``quantity`` and ``instrument``, or with the terms inline; or the JSON of
            ``private/get_positions``; or the site's CSV of positions.
        chain: Where instruments are looked up; its terms, forward and vol count.
        asof: UTC nanoseconds from which expiries count where neither chain nor file says a time.

    Returns:
        Quantities in units of the underlying, + = long. An option's missing forward is spot; futures,
        perpetuals and spot take the file's price, else the chain's. What cannot be used is quarantined.

    Raises:
        InputError: There is no such file, or no row of it can be used.
    """
    holdings = holding_rows(path)
    moment = moment_of(holdings, chain, asof)
    name = underlying_of_book(holdings, chain)
    rows = priced(prepared(holdings.rows, chain, moment), chain)
    rows = with_problems(rows, problems_of_rows(name, chain, moment))
    failures = (*holdings.failures, *failures_of(rows))
    good = readable(rows, failures, holdings.place, "holding")
    options = named(good.filter(is_option()))
    series = option_series(options, chain, moment)
    delta_one = tuple(map(delta_one_of, good.filter(~is_option()).iter_rows(named=True)))
    return Book(
        asof=moment,
        underlying=name,
        spot=spot_of_book(good, chain, series),
        options=series,
        quantity=options["quantity"].to_numpy(),
        delta_one=delta_one,
        quarantined=failures,
    )


def moment_of(holdings: HoldingRows, chain: Chain | None, asof: int | None) -> int | None:
    """The time of the book: the chain's, else the caller's, else the file's latest."""
    if chain is not None and chain.asof is not None:
        return chain.asof
    stamps: list[int] = holdings.rows["stamp"].drop_nulls().to_list()
    return asof if asof is not None else max(stamps, default=None)


def underlying_of_book(holdings: HoldingRows, chain: Chain | None) -> str:
    """The chain's underlying, else BTC where the file has it, else its first."""
    if chain is not None and chain.underlying:
        return chain.underlying
    names = holdings.rows["underlying"].drop_nulls().unique(maintain_order=True).to_list()
    return chosen_name(names, None, holdings.place)


def is_option() -> pl.Expr:
    """True where the row is an option, listed or with its terms inline."""
    return pl.col(LISTED).is_not_null() | (pl.col("sign") != 0.0)


def priced(rows: pl.DataFrame, chain: Chain | None) -> pl.DataFrame:
    """Rows with ``forward`` filled for options and ``price`` for what has no optionality."""
    spot = pl.lit(None if chain is None else chain.spot, pl.Float64)
    known = rows.join(forwards(chain), on="expiry", how="left", maintain_order="left")
    inline, market, mark = pl.col("forward"), pl.col("market_forward"), pl.col("mark_price")
    index = pl.coalesce("spot", spot, "index_price")
    future = pl.coalesce(inline, market, mark, index)
    other = pl.coalesce("spot", inline, spot, mark, "index_price")
    return known.with_columns(
        price=pl.when(pl.col("kind") == "future").then(future).otherwise(other),
        forward=pl.coalesce(inline, index),
        rate=pl.col("rate").fill_null(0.0),
    )


def forwards(chain: Chain | None) -> pl.DataFrame:
    """The median forward of each expiry of a chain."""
    options = None if chain is None else chain.options
    return (
        pl.DataFrame(
            {
                "expiry": np.empty(0, np.int64) if options is None else options.expiry,
                "market_forward": np.empty(0) if options is None else options.forward,
            }
        )
        .group_by("expiry")
        .median()
    )


def problems_of_rows(
    name: str, chain: Chain | None, asof: int | None
) -> dict[Reason, list[pl.Expr]]:
    """Messages for rows that cannot be valued.

    Args:
        name: The underlying of the book.
        chain: Where instruments were looked up.
        asof: From when expiries count.
    """
    usable = is_option() | pl.col("kind").is_in(DELTA_ONE)
    lost = "not in the market" if chain is not None else "needs a --market to look it up in"
    elsewhere = pl.format("it is on {}, the book on {}", "underlying", pl.lit(name))
    stated = pl.col("instrument").is_not_null() & pl.col("kind").is_null()
    return {
        Reason.NOT_A_NUMBER: [
            unless(finite("quantity"), "quantity"),
            unless(finite("rate"), "rate"),
        ],
        Reason.UNKNOWN_INSTRUMENT: [
            pl.when(pl.col("underlying") != name).then(elsewhere),
            pl.when(~usable.fill_null(value=False) & stated).then(pl.lit(lost)),
        ],
        Reason.BAD_KIND: [unless(usable.fill_null(value=False), "kind")],
        **problems_of_terms(asof),
    }


def problems_of_terms(asof: int | None) -> dict[Reason, list[pl.Expr]]:
    """Messages for inline options with unusable terms, and for the rest without a price."""
    inline = pl.col(LISTED).is_null() & (pl.col("sign") != 0.0)
    delta_one = ~is_option()
    years, vol = pl.col("years"), pl.col("vol")
    timeless = pl.lit("an expiry needs a time to count from, give --asof or --market")
    lacking = pl.when(pl.col("expiry").is_not_null() & (asof is None)).then(timeless)
    forward = unless(positive("forward"), "forward", inline)
    return {
        Reason.BAD_STRIKE: [unless(positive("strike"), "strike", inline)],
        Reason.BAD_EXPIRY: [
            pl.when(inline & years.is_null()).then(
                lacking.otherwise(pl.lit("no years and no expiry"))
            ),
            unless(finite("years"), "years", inline),
        ],
        Reason.EXPIRED: [unless(years > 0.0, "years", inline)],
        Reason.BAD_FORWARD: [forward, unless(positive("price"), "price", delta_one)],
        Reason.NO_VOL: [pl.when(inline & vol.is_null()).then(pl.lit("no vol"))],
        Reason.BAD_VOL: [unless((vol > 0.0) & (vol <= MAX_VOL), "vol", inline)],
    }


def unless(fine: pl.Expr, name: str, where: pl.Expr | None = None) -> pl.Expr:
    """A message with the column's value where it is not fine."""
    value = pl.col(name).cast(pl.String).fill_null("is missing")
    bad = ~fine if where is None else where & ~fine
    return pl.when(bad).then(pl.format(f"{name} {{}}", value))


def finite(name: str) -> pl.Expr:
    """True where the column holds a number that is not infinite."""
    return pl.col(name).is_finite().fill_null(value=False)


def positive(name: str) -> pl.Expr:
    """True where the column holds a finite number above 0."""
    return finite(name) & (pl.col(name) > 0.0).fill_null(value=False)


def named(options: pl.DataFrame) -> pl.DataFrame:
    """Options where those without an instrument are called by their terms."""
    inverse = pl.col("is_inverse").fill_null(value=False)
    label = option_label(
        pl.col("sign"),
        pl.col("strike"),
        expiry=pl.col("expiry"),
        years=pl.col("years"),
        inverse=inverse,
    )
    return options.with_columns(pl.coalesce("instrument", label).alias("instrument"))


def option_series(rows: pl.DataFrame, chain: Chain | None, asof: int | None) -> OptionSeries:
    """The options of a book: the chain's own where listed, else as the rows say."""
    years = column(rows, "years")
    derived = pl.Series(expiry_of(asof or 0, np.nan_to_num(years)))
    inline = OptionSeries(
        instrument=np.array(rows["instrument"].to_list(), dtype=object),
        is_call=rows["sign"].to_numpy() > 0.0,
        strike=column(rows, "strike"),
        expiry=rows["expiry"].zip_with(rows["expiry"].is_not_null(), derived).to_numpy(),
        years=years,
        forward=column(rows, "forward"),
        vol=column(rows, "vol"),
        rate=column(rows, "rate"),
        is_inverse=rows["is_inverse"].fill_null(value=False).to_numpy(),
    )
    if chain is None:
        return inline
    listed = rows[LISTED].is_not_null().to_numpy()
    both = concatenated(chain.options, inline)
    index = rows[LISTED].fill_null(0).to_numpy()
    return both.select(np.where(listed, index, len(chain) + np.arange(len(inline))))


def concatenated(first: OptionSeries, second: OptionSeries) -> OptionSeries:
    """Two series, one behind the other."""
    return OptionSeries(
        **{
            field.name: np.concatenate([getattr(first, field.name), getattr(second, field.name)])
            for field in fields(OptionSeries)
        }
    )


def column(rows: pl.DataFrame, name: str) -> NDArray[np.float64]:
    """A column of numbers, NaN where null."""
    return rows[name].fill_null(float("nan")).to_numpy()


def delta_one_of(row: dict[str, Any]) -> DeltaOne:
    """A holding without optionality."""
    return DeltaOne(
        instrument=row["instrument"] or row["kind"],
        kind=DeltaOneKind(row["kind"]),
        quantity=row["quantity"],
        price=row["price"],
        is_inverse=bool(row["is_inverse"]),
    )


def spot_of_book(rows: pl.DataFrame, chain: Chain | None, options: OptionSeries) -> float:
    """The chain's spot, else the file's, else that of something without expiry, else a forward."""
    if chain is not None:
        return chain.spot
    said = rows.select(pl.coalesce("spot", "index_price").alias("said")).filter(positive("said"))
    if said.height:
        return float(np.median(said["said"].to_numpy()))
    direct = rows.filter(~is_option()).sort(pl.col("kind") == "future")
    if direct.height:
        return float(direct["price"][0])
    return float(options.forward[np.argmin(options.years)])
