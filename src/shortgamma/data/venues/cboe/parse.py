"""CBOE's ``quotedata.csv``: a preamble of three lines, then one line per strike with call and put.

A contract is on 100 units of the underlying. Bid, ask and IV of 0 mean that there is none. The table has
no forward and no rate: the forward comes from put-call parity later, the rate is taken as 0.
"""

import re
from typing import Final

import polars as pl

from shortgamma.basics.errors import InputError, Reason
from shortgamma.data.files import collect, translated
from shortgamma.data.sheet import Sheet
from shortgamma.data.snapshot import SnapshotRule
from shortgamma.data.table_files import csv_cells, first_line
from shortgamma.data.tables import RAGGED, ROW, Table, misread, table_of

CONTRACT_SIZE: Final = 100.0
PREAMBLE_LINES: Final = 10
NEW_YORK: Final = "America/New_York"
ZONES: Final = {
    **dict.fromkeys(("EST", "EDT", "ET", "EASTERN"), NEW_YORK),
    **dict.fromkeys(("CST", "CDT", "CT", "CENTRAL"), "America/Chicago"),
    **dict.fromkeys(("UTC", "GMT"), "UTC"),
}
# Index roots that settle on the opening print; SPXW, XSP and everything else settles on the close.
AM_SETTLED: Final = ("SPX", "NDX", "RUT", "DJX", "VIX")
AM_TIME: Final = "09:30"
PM_TIME: Final = "16:00"
SYMBOL: Final = r"^(?<root>[A-Z0-9.^$]+?)(?<date>\d{6})(?<side>[CP])(?<strike>\d{8})$"
LAST: Final = re.compile(r"Last:\s*([\d.]+)")
TIME: Final = re.compile(r"([A-Za-z]+ \d{1,2}, \d{4}),? (?:at )?(\d{1,2}:\d{2} [AP]M) ([A-Za-z]+)")
SIDE_NUMBERS: Final = ("bid", "ask", "iv", "open_interest")
SIDE_COLUMNS: Final = ("symbol", *SIDE_NUMBERS)
REMEDY: Final = "download quotedata.csv again"


def is_cboe(data: bytes) -> bool:
    """Whether a CSV file has CBOE's header line within its first lines."""
    return header_line(data) is not None


def header_line(data: bytes) -> int | None:
    """Index of the line with the column names."""
    lines = data.split(b"\n", PREAMBLE_LINES)[:PREAMBLE_LINES]
    found = (
        index
        for index, line in enumerate(lines)
        if line.lstrip(b'" ').startswith(b"Expiration Date") and b"Puts" in line
    )
    return next(found, None)


def cboe_sheet(place: str, data: bytes) -> Sheet:
    """The quotes of a ``quotedata.csv``.

    Raises:
        InputError: It has no usable columns or rows.
    """
    index = header_line(data) or 0
    *preamble, header, body = data.split(b"\n", index + 1)
    with translated(place):
        said = b" ".join(preamble).decode()
        names = side_names(first_line(header.decode().rstrip("\r"), ","), place)
    table = one_side_per_row(table_of(place, csv_cells(place, body, names)))
    roots = collect(table.rows.select(symbol_part("root").drop_nulls().unique()), place)
    underlying = min(sorted(roots.to_series().to_list()), key=len, default="")
    return Sheet(
        table=table,
        columns=quote_columns(table, said, underlying),
        problems=problems(table),
        rule=SnapshotRule.STAMP,
    )


def side_names(header: list[str], place: str) -> list[str]:
    """Column names that say the side: what stands right of ``Puts`` is the put's.

    Raises:
        InputError: A column that is needed is missing or appears twice.
    """
    names: list[str] = []
    side = "call"
    for cell in header:
        name = cell.strip().lower().replace(" ", "_")
        if name in ("calls", "puts"):
            side = name.removesuffix("s")
            names.append(f"{side}_symbol")
        else:
            names.append(name if name in ("expiration_date", "strike") else f"{side}_{name}")
    wanted = {"strike", *(f"{side}_{name}" for side in ("call", "put") for name in SIDE_COLUMNS)}
    if len(set(names)) < len(names) or not wanted <= set(names):
        raise InputError("its header is not that of a CBOE table", place=place, remedy=REMEDY)
    return names


def one_side_per_row(table: Table) -> Table:
    """Calls and puts below each other, in the order of the file."""
    sides = [
        table.rows.select(
            pl.col(ROW).cast(pl.Int64) * 2 - left,
            RAGGED,
            "strike",
            *(pl.col(f"{side}_{name}").alias(name) for name in SIDE_COLUMNS),
        )
        for side, left in (("call", 1), ("put", 0))
    ]
    rows = pl.concat(sides).sort(ROW)
    return Table(table.place, rows, dict.fromkeys(("strike", *SIDE_COLUMNS), pl.String()))


def quote_columns(table: Table, said: str, underlying: str) -> dict[str, pl.Expr]:
    """The columns of the sheet.

    Args:
        table: One option per row.
        said: The lines above the header.
        underlying: Its name.
    """
    side = symbol_part("side")
    last = LAST.search(said)
    return {
        "row": (pl.col(ROW) + 1) // 2,
        "venue": pl.lit("cboe"),
        "underlying": pl.lit(underlying or None),
        "instrument": table.text("symbol"),
        "stamp": stated_time(said),
        "sign": pl.when(side == "C").then(1.0).when(side == "P").then(-1.0),
        "strike": table.number("strike"),
        "expiry": expiry(),
        "mark_vol": nonzero(table.number("iv")),
        "open_interest": table.number("open_interest") * CONTRACT_SIZE,
        "bid_price": nonzero(table.number("bid")),
        "ask_price": nonzero(table.number("ask")),
        "rate": pl.lit(0.0),
        "spot": pl.lit(last[1] if last else None, pl.String).cast(pl.Float64, strict=False),
        "is_inverse": pl.lit(value=False),
    }


def problems(table: Table) -> dict[Reason, list[pl.Expr]]:
    """Messages for rows that cannot be read."""
    symbol = table.text("symbol").fill_null("")
    unknown = pl.format("'{}' is not an option symbol", symbol)
    return {
        Reason.MALFORMED: [pl.col(RAGGED), *table.misread_numbers("strike", *SIDE_NUMBERS)],
        Reason.BAD_NAME: [pl.when(symbol_part("root").is_null()).then(unknown)],
        Reason.BAD_EXPIRY: [misread("symbol", table.text("symbol"), expiry(), "dated")],
    }


def symbol_part(name: str) -> pl.Expr:
    """Root, date, side or strike of an OCC symbol such as ``SPXW221212C01000000``."""
    return pl.col("symbol").str.strip_chars().str.extract_groups(SYMBOL).struct.field(name)


def expiry() -> pl.Expr:
    """UTC nanoseconds of the opening or closing print in New York on the day of the symbol."""
    clock = pl.when(symbol_part("root").is_in(AM_SETTLED)).then(pl.lit(AM_TIME))
    local = pl.concat_str(symbol_part("date"), clock.otherwise(pl.lit(PM_TIME)), separator=" ")
    return utc(local, "%y%m%d %H:%M", NEW_YORK)


def stated_time(said: str) -> pl.Expr:
    """UTC nanoseconds of the time in the lines above the header; null where it says none."""
    match = TIME.search(said)
    zone = ZONES.get(match[3].upper()) if match else None
    if match is None or zone is None:
        return pl.lit(None, pl.Int64)
    return utc(pl.lit(f"{match[1]} {match[2]}"), "%B %d, %Y %I:%M %p", zone)


def utc(local: pl.Expr, form: str, zone: str) -> pl.Expr:
    """UTC nanoseconds of local time; null where it is unreadable."""
    moment = local.str.to_datetime(form, strict=False, time_unit="us")
    zoned = moment.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    return zoned.dt.epoch("us") * 1_000


def nonzero(value: pl.Expr) -> pl.Expr:
    """The value, null where it is 0, which is how the table says that there is none."""
    return pl.when(value != 0.0).then(value)
