"""Which rows of a source belong to the one underlying and the one moment that were asked for."""

from enum import StrEnum

import polars as pl

from shortgamma.basics.errors import InputError
from shortgamma.basics.time import format_stamp
from shortgamma.basics.units import NANOSECONDS_PER_SECOND
from shortgamma.data.wording import listed, shown

FIRST_CHOICE = "BTC"
NANOSECONDS_PER_HOUR = 3_600 * NANOSECONDS_PER_SECOND


class SnapshotRule(StrEnum):
    """What makes rows of different times one snapshot."""

    STAMP = "rows with the same stamp"
    HOUR = "rows of the same clock hour"
    RUNNING = "the latest row of each instrument"

    def start(self, end: int) -> int:
        """The earliest stamp that belongs to the snapshot with this latest one, UTC nanoseconds."""
        match self:
            case SnapshotRule.STAMP:
                return end
            case SnapshotRule.HOUR:
                return end // NANOSECONDS_PER_HOUR * NANOSECONDS_PER_HOUR
            case SnapshotRule.RUNNING:
                return 0


def chosen_rows(
    index: pl.DataFrame, rule: SnapshotRule, *, asof: int | None, underlying: str | None, place: str
) -> tuple[str, pl.DataFrame]:
    """Which rows are of one underlying in its last snapshot at or before ``asof``, or in its last one.

    Rows whose underlying or time could not be read come along, as they are problems to report.

    Args:
        index: ``ROW``, ``underlying`` and ``stamp`` of every row.
        rule: What makes a snapshot.
        asof: UTC nanoseconds.
        underlying: Which one; None takes BTC, else the first.
        place: Name of the source.

    Returns:
        The underlying, empty where neither the source nor the caller says it; and the rows of
        ``index`` with ``lacks``: what a row does not say that it has to, else null.

    Raises:
        InputError: The source has other underlyings only, or its first snapshot is later.
    """
    names = index["underlying"].drop_nulls().unique(maintain_order=True).to_list()
    name = chosen_name(names, underlying, place)
    lacks = pl.lit(None, pl.String)
    coin, stamp = pl.col("underlying"), pl.col("stamp")
    if names:
        index = index.filter((coin == name) | coin.is_null())
    if len(names) > 1:
        lacks = pl.when(coin.is_null()).then(pl.lit("no underlying"))
    timed = index.filter(stamp.is_not_null() & (coin.is_not_null() | (not names)))
    if timed.height:
        end = chosen_end(timed, rule, asof, place)
        index = index.filter(stamp.is_between(rule.start(end), end) | stamp.is_null())
        if rule is not SnapshotRule.RUNNING:
            lacks = pl.coalesce(lacks, pl.when(stamp.is_null()).then(pl.lit("no time")))
    return name, index.with_columns(lacks=lacks)


def chosen_name(names: list[str], wanted: str | None, place: str) -> str:
    """The underlying wanted, else BTC, else the first.

    Raises:
        InputError: The one wanted is not there.
    """
    if wanted is not None:
        name = wanted.strip().upper()
        if names and name not in names:
            raise InputError(
                f"has no option on {shown(name)}", place=place, remedy=f"it has {listed(names)}"
            )
        return name
    return FIRST_CHOICE if FIRST_CHOICE in names else next(iter(names), "")


def chosen_end(timed: pl.DataFrame, rule: SnapshotRule, asof: int | None, place: str) -> int:
    """The latest stamp of the snapshot.

    Raises:
        InputError: There is none at or before ``asof``.
    """
    stamp = pl.col("stamp")
    key = stamp // NANOSECONDS_PER_HOUR if rule is SnapshotRule.HOUR else stamp
    ends = timed.group_by(key.alias("key")).agg(end=stamp.max())["end"].sort()
    until = ends if asof is None else ends.filter(ends <= asof)
    if until.is_empty():
        first, last = (format_stamp(end) for end in (ends[0], ends[-1]))
        raise InputError(
            f"has nothing at or before {format_stamp(asof or 0)}",
            place=place,
            remedy=f"its only time is {first}"
            if first == last
            else f"it runs from {first} to {last}",
        )
    return int(until[-1])


def latest_only(rows: pl.DataFrame) -> pl.DataFrame:
    """Without the readable rows that a later row of the same instrument replaces."""
    stamp = pl.col("stamp").fill_null(0)
    good = pl.col("reason").is_null() & pl.col("instrument").is_not_null()
    newest = stamp.filter(good).max().over("instrument")
    return rows.filter(~good | (stamp == newest))
