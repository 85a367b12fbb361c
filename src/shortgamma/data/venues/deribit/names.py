"""Deribit instrument names: ``BTC-27DEC24-100000-C``, ``XRP_USDC-30AUG24-0d625-P``.

A name without a settlement currency is a coin-settled (inverse) option; one with it (``BTC_USDC-…``) is
linear, in USD. Options expire at 08:00 UTC.
"""

import polars as pl

from shortgamma.basics.errors import Reason
from shortgamma.basics.units import NANOSECONDS_PER_DAY, NANOSECONDS_PER_SECOND

EXPIRY_HOUR = 8 * 3_600 * NANOSECONDS_PER_SECOND
PAIR = r"^(?<coin>[A-Z0-9]+)(?:_(?<settlement>[A-Z0-9]+))?"
OPTION = PAIR + r"-(?<date>\d{1,2}[A-Z]{3}\d{2})-(?<strike>\d+(?:d\d+)?)-(?<side>[CP])$"
FUTURE = PAIR + r"-(?<date>\d{1,2}[A-Z]{3}\d{2})$"
PERPETUAL = PAIR + r"-PERPETUAL$"
COMBO = PAIR + r"-[A-Z]{2,}[A-Z0-9]*-.+$"
SPOT = r"^([A-Z0-9]+)_[A-Z0-9]+$"
PREFIX = PAIR + r"-(?:PERPETUAL|\d{1,2}[A-Z]{3}\d{2}(?:-\d+(?:d\d+)?-[CP])?)$"
NOT_OPTION = "|".join(
    pattern.replace("<coin>", f"<coin{index}>")
    .replace("<settlement>", f"<settlement{index}>")
    .replace("<date>", f"<date{index}>")
    for index, pattern in enumerate((FUTURE, PERPETUAL, COMBO, SPOT))
)


def is_other_product(name: pl.Expr) -> pl.Expr:
    """True for futures, perpetuals, spot pairs and combos: no option, and no mistake either."""
    return name.str.contains(NOT_OPTION).fill_null(value=False)


def expiry_of_date(date: pl.Expr) -> pl.Expr:
    """UTC nanoseconds of 08:00 on a date such as ``1APR24``; null where there is no such day."""
    day = date.str.zfill(7).str.to_date("%d%b%y", strict=False)
    return day.cast(pl.Int64) * NANOSECONDS_PER_DAY + EXPIRY_HOUR


def option_terms(name: pl.Expr) -> dict[str, pl.Expr]:
    """Columns of a sheet that an option's name says; nulls where it is not one."""
    part = name.str.extract_groups(OPTION).struct
    return {
        "underlying": part.field("coin"),
        "sign": pl.when(part.field("side") == "C")
        .then(1.0)
        .when(part.field("side") == "P")
        .then(-1.0),
        "strike": part.field("strike").str.replace("d", ".", literal=True).cast(pl.Float64),
        "expiry": expiry_of_date(part.field("date")),
        "is_inverse": part.field("coin").is_not_null() & part.field("settlement").is_null(),
    }


def product_terms(name: pl.Expr) -> dict[str, pl.Expr]:
    """What the name of any product says; ``kind`` is null for options and for what is no product."""
    spot = name.str.contains(SPOT).fill_null(value=False)
    date = name.str.extract(FUTURE, 3)
    kind = (
        pl.when(name.str.contains(PERPETUAL))
        .then(pl.lit("perpetual"))
        .when(date.is_not_null())
        .then(pl.lit("future"))
        .when(spot)
        .then(pl.lit("spot"))
    )
    coin, settlement = name.str.extract(PREFIX, 1), name.str.extract(PREFIX, 2)
    return {
        "underlying": pl.coalesce(coin, name.str.extract(SPOT, 1)),
        "kind": kind,
        "expiry": expiry_of_date(date),
        "is_inverse": coin.is_not_null() & settlement.is_null(),
    }


def name_problems(name: pl.Expr) -> dict[Reason, list[pl.Expr]]:
    """Messages for what is no option's name, or one on a day that does not exist."""
    date = name.str.extract(OPTION, 3)
    return {
        Reason.BAD_NAME: [
            pl.when(name.is_null()).then(pl.lit("no instrument name")),
            pl.when(name.is_not_null() & date.is_null()).then(
                pl.format("'{}' is not an option's name", name)
            ),
        ],
        Reason.BAD_EXPIRY: [
            pl.when(date.is_not_null() & expiry_of_date(date).is_null()).then(
                pl.format("{} is not a date", date)
            )
        ],
    }


def option_names(coin: pl.Expr, expiry: pl.Expr, strike: pl.Expr, *, sign: pl.Expr) -> pl.Expr:
    """Names of inverse options from their terms, as Deribit writes them."""
    day = pl.from_epoch(expiry, time_unit="ns").dt
    date = pl.concat_str(day.day().cast(pl.String), day.strftime("%b%y").str.to_uppercase())
    number = strike.cast(pl.String).str.replace(r"\.0$", "").str.replace(".", "d", literal=True)
    side = pl.when(sign > 0.0).then(pl.lit("C")).otherwise(pl.lit("P"))
    return pl.concat_str(coin, date, number, side, separator="-")
