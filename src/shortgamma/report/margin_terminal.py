"""Margins for a terminal of 100 columns."""

from rich import box
from rich.console import Group, RenderableType
from rich.constrain import Constrain
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from shortgamma.report.amounts import moment, price
from shortgamma.report.hedge_terminal import cells
from shortgamma.report.margin_words import REGIME_HEADS, headline, regime_rows, sentences
from shortgamma.report.terminal import WIDTH
from shortgamma.studies.margin import Margin

COLUMNS = (0, 1, 2, 3, 4, 6)


def margin_summary(answer: Margin) -> RenderableType:
    """Headline, every regime, and what has to be known."""
    book = answer.book
    title = f"margin · {book.underlying} · {moment(book.asof)} · spot {price(book.spot)}"
    first, *others = sentences(answer)
    body = Text.assemble((headline(answer), "bold"), "\n", first)
    heads = tuple(REGIME_HEADS[place] for place in COLUMNS)
    rows = (tuple(row[place] for place in COLUMNS) for row in regime_rows(answer))
    return Constrain(
        Group(
            Panel(body, title=Text(title), title_align="left", box=box.ROUNDED, width=WIDTH),
            cells("Regimes", heads, rows),
            *(Padding(Text(line, style="dim"), (0, 2)) for line in others),
        ),
        WIDTH,
    )
