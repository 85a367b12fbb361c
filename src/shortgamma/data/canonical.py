"""The canonical chain columns of ``docs``: read, and written from a chain.

There must be ``kind`` (call, put, c or p), ``strike``, ``expiry`` (ISO UTC) or ``years``, ``forward``,
``mark_vol`` (decimal) and ``open_interest`` (units of the underlying). Optional are ``spot, bid_price,
ask_price, mark_price, bid_size, ask_size, contract`` (linear, which is also what an absent one means, or
inverse), ``venue, instrument, rate`` (0 where absent), ``asof`` and ``underlying``.
"""

from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from shortgamma.basics.errors import InputError, Reason
from shortgamma.basics.time import format_stamp
from shortgamma.data.files import translated
from shortgamma.data.sheet import Sheet
from shortgamma.data.snapshot import SnapshotRule
from shortgamma.data.tables import RAGGED, Table
from shortgamma.data.venues.deribit.names import option_terms
from shortgamma.data.wording import place_of, shown
from shortgamma.market.chain import Chain

MANDATORY: Final = ("kind", "strike", "forward", "mark_vol", "open_interest")
PRICES: Final = ("bid_price", "ask_price", "mark_price", "bid_size", "ask_size")
NUMBERS: Final = (*MANDATORY[1:], *PRICES, "years", "rate", "spot")
REMEDY: Final = (
    "a chain has the columns kind, strike, expiry or years, forward, mark_vol, open_interest"
)
SETTLEMENT = "T08:00:00"  # the hour that a generated name leaves out


def canonical_sheet(table: Table) -> Sheet:
    """The quote rows of a table in canonical columns.

    Raises:
        InputError: A mandatory column is missing.
    """
    table.require(MANDATORY, REMEDY)
    if not table.has("expiry"):
        table.require(["years"], REMEDY)
    kind, contract = table.text("kind"), table.text("contract")
    inverse, expiry = inverse_of(contract), table.stamp("expiry")
    strike, years = table.number("strike"), table.number("years")
    label = option_label(sign_of(kind), strike, expiry=expiry, years=years, inverse=inverse)
    columns = {name: table.number(name) for name in NUMBERS} | {
        "venue": table.text("venue"),
        "underlying": underlying_of(table),
        "instrument": table.text("instrument"),
        "label": label,
        "stamp": table.stamp("asof"),
        "expiry": expiry,
        "sign": sign_of(kind),
        "rate": table.number("rate").fill_null(0.0),
        "is_inverse": inverse,
    }
    problems = {
        Reason.MALFORMED: [
            pl.col(RAGGED),
            *table.misread_numbers(*NUMBERS),
            table.misread_stamp("asof"),
            misread_contract(contract),
        ],
        Reason.BAD_KIND: [misread_kind(kind)],
        Reason.BAD_EXPIRY: [table.misread_stamp("expiry")],
    }
    return Sheet(table=table, columns=columns, problems=problems, rule=SnapshotRule.STAMP)


def sign_of(kind: pl.Expr) -> pl.Expr:
    """+1 for a call, −1 for a put, 0 for anything else."""
    first = kind.str.to_lowercase()
    call, put = first.is_in(["call", "c"]), first.is_in(["put", "p"])
    return pl.when(call).then(1.0).when(put).then(-1.0).otherwise(0.0)


def misread_kind(kind: pl.Expr) -> pl.Expr:
    """A message where the kind is neither call nor put."""
    message = pl.format("kind '{}' is neither call nor put", kind.fill_null(""))
    return pl.when(sign_of(kind) == 0.0).then(message)


def inverse_of(contract: pl.Expr) -> pl.Expr:
    """True where the contract is settled in the coin; linear where nothing is said."""
    return contract.str.to_lowercase().is_in(["inverse", "reversed"]).fill_null(value=False)


def misread_contract(contract: pl.Expr) -> pl.Expr:
    """A message where the contract is neither linear nor inverse."""
    known = contract.str.to_lowercase().is_in(["linear", "inverse", "reversed"])
    return pl.when(~known).then(pl.format("contract '{}' is neither linear nor inverse", contract))


def underlying_of(table: Table) -> pl.Expr:
    """What the row says, else what its instrument's name says where that is one of Deribit's."""
    said = table.text("underlying").str.to_uppercase()
    return pl.coalesce(said, option_terms(table.text("instrument"))["underlying"])


def option_label(
    sign: pl.Expr, strike: pl.Expr, *, expiry: pl.Expr, years: pl.Expr, inverse: pl.Expr
) -> pl.Expr:
    """A readable name for an option without one: ``C-65000-2026-01-30``, or ``C-65000-0.25y``.

    The hour is said where it is not 08:00, the contract where both contracts are listed.
    """
    letter = pl.when(sign > 0.0).then(pl.lit("C")).otherwise(pl.lit("P"))
    number = strike.cast(pl.String).str.replace(r"\.0$", "").fill_null("?")
    stamp = pl.from_epoch(expiry, time_unit="ns").dt.strftime("%Y-%m-%dT%H:%M:%S")
    date = stamp.str.replace(f"{SETTLEMENT}$", "")
    duration = pl.concat_str(years.cast(pl.String), pl.lit("y"))
    both = inverse & ~inverse.all()
    return pl.concat_str(
        letter,
        number,
        pl.coalesce(date, duration, pl.lit("?")),
        pl.when(both).then(pl.lit("inverse")),
        separator="-",
        ignore_nulls=True,
    )


def write_canonical(chain: Chain, path: str | Path) -> None:
    """Writes a chain in canonical columns, as CSV or Parquet by the suffix of ``path``.

    Reading it back gives the same chain, times to the microsecond. What was quarantined is not written.

    Raises:
        InputError: The suffix is another, or the file cannot be written.
    """
    file, place = Path(path), place_of(path)
    frame = canonical_frame(chain)
    with translated(place):
        match file.suffix.lower():
            case ".csv":
                frame.write_csv(file)
            case ".parquet":
                frame.write_parquet(file)
            case _:
                raise InputError(
                    f"cannot write {shown(file.suffix) or 'a file without a suffix'}",
                    place=place,
                    remedy="call it .csv or .parquet",
                )


def canonical_frame(chain: Chain) -> pl.DataFrame:
    """The canonical columns of a chain; the time is ``years`` where it has no ``asof``."""
    options, asof = chain.options, chain.asof
    stamps, which = np.unique(options.expiry, return_inverse=True)
    dates = np.array([format_stamp(stamp) for stamp in stamps.tolist()], dtype=object)
    timing = (
        {"years": options.years}
        if asof is None
        else {"expiry": dates[which], "asof": [format_stamp(asof)] * len(chain)}
    )
    frame = pl.DataFrame(
        {
            "instrument": options.instrument,
            "kind": np.where(options.is_call, "call", "put"),
            "strike": options.strike,
            **timing,
            "forward": options.forward,
            "mark_vol": options.vol,
            "open_interest": chain.open_interest,
            **{name: getattr(chain, name) for name in PRICES},
            "rate": options.rate,
            "contract": np.where(options.is_inverse, "inverse", "linear"),
        },
        schema_overrides=dict.fromkeys(("instrument", "expiry"), pl.String)
        if asof
        else {"instrument": pl.String},
    )
    labels = {"spot": chain.spot, "venue": chain.venue, "underlying": chain.underlying}
    return frame.with_columns(**{name: pl.lit(value) for name, value in labels.items()}).fill_nan(
        None
    )
