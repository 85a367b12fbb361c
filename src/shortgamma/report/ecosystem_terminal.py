"""The cascade of an ecosystem for a terminal of 100 columns."""

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

from shortgamma.report.amounts import number
from shortgamma.report.ecosystem_words import (
    IMPORTANCE_HEADS,
    MOST_ROUNDS,
    NODE_HEADS,
    ROUND_HEADS,
    SPLIT_HEADS,
    amplification,
    headline,
    importance_rows,
    node_rows,
    round_rows,
    sentences,
    split_rows,
)
from shortgamma.report.terminal import WIDTH, grid
from shortgamma.studies.ecosystem import EcosystemAnswer

MOST_ROWS = 20


def ecosystem_summary(answer: EcosystemAnswer) -> RenderableType:
    """Headline, nodes, rounds, who matters, what concentration does."""
    loop = (
        f"loop gain {number(answer.cascade.loop.loop_gain)}, amplification {amplification(answer)}"
    )
    heading = f"contagion · ecosystem · {answer.cascade.status}"
    first, *others = sentences(answer)
    body = Text.assemble((headline(answer), "bold"), "\n", loop, "\n", first)
    parts = [cells("Nodes", NODE_HEADS, node_rows(answer))]
    if answer.cascade.rounds:
        parts.append(cells("Rounds", ROUND_HEADS, islice(round_rows(answer), MOST_ROUNDS)))
    parts.append(cells("Without each node", IMPORTANCE_HEADS, importance_rows(answer)))
    if answer.splits:
        parts.append(cells(f"{answer.holder} divided", SPLIT_HEADS, split_rows(answer)))
    left = len(answer.cascade.rounds) - MOST_ROUNDS
    lines = [f"{left} more rounds: --json or --out shows them."] if left > 0 else []
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
    made = grid(escape(title), [head.removesuffix("|") for head in heads])
    for head, column in zip(heads, made.columns, strict=True):
        column.justify = "left" if head.endswith("|") else "right"
        column.overflow = "fold"
    for row in islice(rows, MOST_ROWS):
        made.add_row(*map(escape, row))
    return made
