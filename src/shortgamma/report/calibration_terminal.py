"""A calibration for a terminal of 100 columns."""

from collections.abc import Iterable

from rich import box
from rich.console import Group, RenderableType
from rich.constrain import Constrain
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from shortgamma.report.amounts import percent
from shortgamma.report.calibration_words import (
    book_rows,
    extent,
    findings,
    headline,
    notes,
    parameter_rows,
    ranking_rows,
    tail_rows,
    title_of,
)
from shortgamma.report.terminal import WIDTH, grid
from shortgamma.studies.calibration import LEVEL, Calibration

FEW = 2
RANKED = ("", "free", "log-likelihood", "AIC above best", "converged")


def calibration_summary(answer: Calibration) -> RenderableType:
    """Headline, ranking, parameters of the best process, tails, books, caveats."""
    body = Text(headline(answer), style="bold")
    parts: list[RenderableType] = [
        Panel(
            body,
            title="calibrate",
            title_align="left",
            box=box.ROUNDED,
            width=WIDTH,
            padding=(0, 1),
        ),
        Padding(Text("\n".join((extent(answer), *findings(answer))), style="dim"), (0, 2)),
        filled(
            "Processes",
            ("", "free", "log-likelihood", "AIC above best", "converged"),
            ranking_rows(answer),
        ),
        *(parameters(answer, name) for name in shown(answer)),
        filled("Tails", ("", "threshold", "beyond", "shape ξ", "Hill"), tail_rows(answer)),
    ]
    if answer.books:
        heads = ("", "spread, bp", "bids within 1 %", "asks within 1 %", "log move per coin")
        parts.append(filled("Order books", heads, book_rows(answer)))
    parts += [Padding(Text(note, style="yellow"), (0, 2)) for note in notes(answer)]
    return Constrain(Group(*parts), WIDTH)


def shown(answer: Calibration) -> list[str]:
    """Processes whose parameters are listed: all of a few, else the best one."""
    return list(answer.fits) if len(answer.fits) <= FEW else [answer.best]


def parameters(answer: Calibration, process: str) -> Table:
    """Values of one fit."""
    heads = ("", "value", "standard error", f"{percent(LEVEL)} interval")
    return filled(f"{process}: {title_of(process)}", heads, parameter_rows(answer, process))


def filled(title: str, heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Table:
    """A table of these rows."""
    made = grid(title, heads)
    for row in rows:
        made.add_row(*row)
    return made
