"""Contagion for a terminal of 100 columns."""

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

from shortgamma.report.contagion_words import (
    PAYMENT_HEADS,
    ROUND_HEADS,
    headline,
    node_table,
    payment_rows,
    round_rows,
    sentences,
)
from shortgamma.report.terminal import WIDTH, grid
from shortgamma.studies.contagion_question import Contagion

MOST_ROWS = 20


def contagion_summary(answer: Contagion) -> RenderableType:
    """Headline, nodes, payments, rounds."""
    heading = f"contagion · {answer.question.model} · {answer.convention}"
    first, *others = sentences(answer)
    body = Text.assemble((headline(answer), "bold"), "\n", first)
    heads, rows = node_table(answer)
    parts = [cells(heads[0].removesuffix("|") + "s", heads, rows)]
    if "received" in answer.figures:
        parts.append(cells("Payments", PAYMENT_HEADS, payment_rows(answer)))
    if answer.rounds:
        parts.append(cells("Rounds", ROUND_HEADS, round_rows(answer)))
    left = len(answer.nodes.names) - MOST_ROWS
    lines = [f"{left:,} more nodes: --json or --out shows them."] if left > 0 else []
    return Constrain(
        Group(
            Panel(body, title=Text(heading), title_align="left", box=box.ROUNDED, width=WIDTH),
            *parts,
            *(Padding(Text(line, style="dim"), (0, 2)) for line in (*others, *lines)),
        ),
        WIDTH,
    )


def cells(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """A table of words and figures, cut after the first rows."""
    made = grid(title, [head.removesuffix("|") for head in heads])
    for head, column in zip(heads, made.columns, strict=True):
        column.justify = "left" if head.endswith("|") else "right"
        column.overflow = "fold"
    for row in islice(rows, MOST_ROWS):
        made.add_row(*map(escape, row))
    return made
