"""Cells of text turned into numbers and stamps, a column at a time."""

import re

import polars as pl

from shortgamma.basics.errors import InputError
from shortgamma.basics.time import parse_stamp

BLANK = ("", "null", "none", "nan", "na", "n/a", "#n/a", "-")
# A stamp outside these is a wrong unit or a slip: options have not been listed on screens for longer.
EARLIEST = parse_stamp("1990-01-01")
LATEST = parse_stamp("2200-01-01")
EPOCH_NANOSECONDS = re.compile(r"-?\d{15,19}")


def read_stamp(text: str) -> int | None:
    """UTC nanoseconds of ISO 8601 text, or of nanoseconds in digits; None where it is neither.

    >>> read_stamp("1970-01-01"), read_stamp("1769760000000000000")
    (None, 1769760000000000000)
    """
    if EPOCH_NANOSECONDS.fullmatch(text):
        stamp = int(text)
    else:
        try:
            stamp = parse_stamp(text)
        except InputError:
            return None
    return stamp if EARLIEST <= stamp <= LATEST else None


def read_stamps(texts: pl.Series) -> pl.Series:
    """``read_stamp`` of a whole column; each distinct text is read once."""
    known = texts.drop_nulls().unique()
    stamps = pl.Series([read_stamp(text) for text in known.to_list()], dtype=pl.Int64)
    return texts.replace_strict(known, stamps, default=None, return_dtype=pl.Int64)


def epoch(number: pl.Expr, unit: int) -> pl.Expr:
    """Stamps counted since 1970 in units of ``unit`` nanoseconds; null where not from 1990 to 2200."""
    sane = number.is_between(EARLIEST // unit, LATEST // unit)
    return pl.when(sane).then(number).cast(pl.Int64) * unit


def is_scalar(dtype: pl.DataType) -> bool:
    """Whether a cell holds one plain value: no list, structure or bytes."""
    plain = (pl.String, pl.Boolean, pl.Null, pl.Categorical, pl.Enum)
    return dtype.is_numeric() or dtype.is_temporal() or isinstance(dtype, plain)


def text_cells(name: str) -> pl.Expr:
    """A column as trimmed text, null where blank or a word for nothing."""
    text = pl.col(name).cast(pl.String).str.strip_chars()
    return pl.when(text.str.to_lowercase().is_in(BLANK).not_()).then(text)


def number_cells(name: str, dtype: pl.DataType) -> pl.Expr:
    """A column as numbers, null where blank or unreadable."""
    if dtype.is_numeric():
        return pl.col(name).cast(pl.Float64)
    return text_cells(name).cast(pl.Float64, strict=False)


def stamp_cells(name: str, dtype: pl.DataType) -> pl.Expr:
    """A column as UTC nanoseconds: from dates, ISO 8601 text or integer nanoseconds."""
    if isinstance(dtype, (pl.Date, pl.Datetime)):
        return epoch(pl.col(name).cast(pl.Datetime("us")).dt.epoch("us"), 1_000)
    if dtype.is_numeric():
        return epoch(pl.col(name), 1)
    return text_cells(name).map_batches(read_stamps, return_dtype=pl.Int64)
