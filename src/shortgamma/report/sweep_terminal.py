"""Sweeps for a terminal of 100 columns."""

from itertools import islice

from rich import box
from rich.console import Group, RenderableType
from rich.constrain import Constrain
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from shortgamma.report.sweep_words import extent, headline, heads, notes, rows
from shortgamma.report.terminal import WIDTH, grid
from shortgamma.studies.sweep import Sweep

MOST_ROWS = 60


def sweep_summary(answer: Sweep) -> RenderableType:
    """Headline, one line per point, caveats."""
    body = Text.assemble((headline(answer), "bold"), "\n", answer.summary)
    title = Text(f"sweep {answer.name}")
    made = grid("± is one standard error", tuple(map(escape, heads(answer))))
    for column in made.columns[len(answer.axes) :]:
        column.no_wrap = True
    for row in islice(rows(answer), MOST_ROWS):
        made.add_row(*map(escape, row))
    lines = list(notes(answer))
    left = len(answer.points) - MOST_ROWS
    if left > 0:
        lines.insert(0, f"{left:,} more points: --json or --out shows them.")
    return Constrain(
        Group(
            Panel(
                body, title=title, title_align="left", box=box.ROUNDED, width=WIDTH, padding=(0, 1)
            ),
            Padding(Text(extent(answer), style="dim"), (0, 2)),
            made,
            *(Padding(Text(line, style="dim"), (0, 2)) for line in lines),
        ),
        WIDTH,
    )
