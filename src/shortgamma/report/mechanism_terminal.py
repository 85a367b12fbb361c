"""A run of a mechanism for a terminal of 100 columns."""

from collections.abc import Iterable, Sequence
from itertools import islice

from rich import box
from rich.console import Group, RenderableType
from rich.constrain import Constrain
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from shortgamma.report.mechanism_words import (
    EVENT_HEADS,
    FIELD_HEADS,
    LIST_HEADS,
    event_rows,
    extent,
    field_rows,
    headline,
    list_rows,
    moved,
    origin_words,
    who,
)
from shortgamma.report.terminal import WIDTH, grid
from shortgamma.studies.mechanism import MechanismList, MechanismRun

MOST_ROWS = 40


def mechanism_summary(answer: MechanismRun) -> RenderableType:
    """Headline, who carries and hedges the gamma, events with outcomes, fields that moved, source."""
    body = Text.assemble(
        (headline(answer), "bold"), *(f"\n{line}" for line in who(answer.mechanism))
    )
    fields = moved(answer)
    parts = [
        rows_of("Events", EVENT_HEADS, event_rows(answer)),
        rows_of("State, fields that moved", FIELD_HEADS, field_rows(fields)),
    ]
    if not answer.events:
        parts = []
    notes = [*cut(len(answer.events), "events"), *cut(len(fields), "fields")]
    notes += [f"{extent(answer)}.", *origin_words(answer.mechanism.origin)]
    title = Text(f"mechanism {answer.mechanism.name}")
    return Constrain(
        Group(
            Panel(body, title=title, title_align="left", box=box.ROUNDED, width=WIDTH),
            *parts,
            *(Padding(Text(line, style="dim"), (0, 2)) for line in notes),
        ),
        WIDTH,
    )


def cut(count: int, what: str) -> list[str]:
    """How many rows a table leaves out."""
    left = count - MOST_ROWS
    return [f"{left:,} more {what}: --json or --out shows them."] if left > 0 else []


def mechanism_list(answer: MechanismList) -> RenderableType:
    """Every mechanism in a row."""
    if not answer.mechanisms:
        return Text("No mechanism is registered.")
    return Constrain(rows_of("Mechanisms", LIST_HEADS, list_rows(answer), most=None), WIDTH)


def rows_of(
    title: str, heads: Sequence[str], rows: Iterable[Sequence[str]], *, most: int | None = MOST_ROWS
) -> Table:
    """A table of words and figures."""
    made = grid(title, [head.removesuffix("|") for head in heads])
    for head, column in zip(heads, made.columns, strict=True):
        column.justify = "left" if head.endswith("|") else "right"
        column.overflow = "fold"
    made.columns[0].no_wrap = heads[0] != FIELD_HEADS[0]
    for row in islice(rows, most):
        made.add_row(*map(escape, row))
    return made
