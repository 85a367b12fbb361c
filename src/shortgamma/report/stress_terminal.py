"""A stress test for a terminal of 100 columns."""

from collections.abc import Iterable

from rich import box
from rich.console import Group, RenderableType
from rich.constrain import Constrain
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from shortgamma.report.amounts import moment, price, signed_percent, signed_usd
from shortgamma.report.stress_words import (
    GAP_HEADS,
    LIMIT_HEADS,
    gap_rows,
    headline,
    limit_rows,
    sentences,
    vol_words,
)
from shortgamma.report.terminal import WIDTH, grid
from shortgamma.studies.stress import Stress

MOST_ROWS = 24
MOST_COLUMNS = 5


def stress_summary(answer: Stress) -> RenderableType:
    """Headline, the matrix, gaps, limits, and what else has to be known."""
    book = answer.book
    facts = ("stress", book.underlying, moment(book.asof), f"spot {price(book.spot)}")
    title = " · ".join(fact for fact in facts if fact)
    first, *others = sentences(answer)
    body = Text.assemble((headline(answer), "bold"), "\n", first)
    parts: list[RenderableType] = [
        Panel(body, title=Text(title), title_align="left", box=box.ROUNDED, width=WIDTH),
        matrix(answer),
        words("Jumps without re-hedging", GAP_HEADS, gap_rows(answer)),
    ]
    if answer.limits:
        parts.append(words("Limits", LIMIT_HEADS, limit_rows(answer)))
    parts += [Padding(Text(line, style="dim"), (0, 2)) for line in others]
    return Constrain(Group(*parts), WIDTH)


def matrix(answer: Stress) -> RenderableType:
    """Profit by spot shift and vol shift, where it fits."""
    shifts, moves = answer.matrix.grid.vol_shifts, answer.matrix.grid.spot_moves
    if len(shifts) > MOST_COLUMNS or len(moves) > MOST_ROWS:
        return Text(f"{len(answer.matrix.grid):,} cells: --json or --out shows them.", style="dim")
    made = grid("Profit", ("spot", *(vol_words(shift) for shift in shifts)))
    worst = answer.matrix.worst
    for move, row in zip(moves, answer.matrix.pnl_usd.tolist(), strict=True):
        cells = [
            Text(signed_usd(value), style="bold" if value == worst.pnl_usd else "") for value in row
        ]
        made.add_row(signed_percent(move, 3), *cells)
    return made


def words(title: str, heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Table:
    """A table of words and figures."""
    made = grid(title, tuple(head.removesuffix("|") for head in heads))
    made.columns[0].no_wrap = True
    for row in list(rows)[:MOST_ROWS]:
        made.add_row(*map(escape, row))
    return made
