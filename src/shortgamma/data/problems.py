"""Rows that could not be read, as failures."""

from collections.abc import Mapping, Sequence

import polars as pl

from shortgamma.basics.errors import Failure, InputError, Reason
from shortgamma.data.wording import shown

Problems = Mapping[Reason, Sequence[pl.Expr]]  # messages, null where the row is fine

MAX_MESSAGE = 160


def problem_columns(problems: Problems) -> list[pl.Expr]:
    """Columns ``reason`` and ``message`` of the first problem of each row, null where it has none."""
    messages: list[pl.Expr] = [pl.lit(None, pl.String)]
    reasons: list[pl.Expr] = [pl.lit(None, pl.String)]
    for reason, found in problems.items():
        messages += found
        reasons += [pl.when(one.is_not_null()).then(pl.lit(reason.value)) for one in found]
    return [pl.coalesce(reasons).alias("reason"), pl.coalesce(messages).alias("message")]


def with_problems(rows: pl.DataFrame, problems: Problems) -> pl.DataFrame:
    """Rows with further problems; the ones that a row already has come first."""
    reason, message = (
        column.alias(f"new_{index}") for index, column in enumerate(problem_columns(problems))
    )
    return rows.with_columns(reason, message).select(
        pl.exclude("reason", "message", "new_0", "new_1"),
        pl.coalesce("reason", "new_0").alias("reason"),
        # A message belongs to its reason, so the two are taken together.
        pl.when(pl.col("reason").is_null()).then("new_1").otherwise("message").alias("message"),
    )


def failures_of(rows: pl.DataFrame) -> tuple[Failure, ...]:
    """One failure for each row that has a ``reason``.

    Args:
        rows: With ``row``, ``instrument``, ``reason`` and ``message``.
    """
    bad = rows.filter(pl.col("reason").is_not_null()).select(
        "row", "instrument", "reason", "message"
    )
    return tuple(
        Failure(
            reason=Reason(reason),
            item=shown(instrument) if instrument else f"row {row}",
            message=shown(message, MAX_MESSAGE),
        )
        for row, instrument, reason, message in bad.iter_rows()
    )


def readable(
    rows: pl.DataFrame, failures: tuple[Failure, ...], place: str, what: str
) -> pl.DataFrame:
    """The rows without a problem.

    Args:
        rows: With ``reason``.
        failures: All that went wrong, for the message.
        place: Name of the source.
        what: What a row is, for the message: ``option``, ….

    Raises:
        InputError: No row is left.
    """
    good = rows.filter(pl.col("reason").is_null())
    if good.height:
        return good
    if not failures:
        raise InputError(f"has no {what} in it", place=place, remedy="check what was saved")
    first = failures[0]
    raise InputError(
        f"none of its {len(failures)} rows can be used; {first.item}: {first.message}",
        place=place,
        remedy="correct the rows",
    )
