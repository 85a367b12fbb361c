"""A hedge for a terminal of 100 columns."""

from collections.abc import Iterable
from itertools import islice

from rich import box
from rich.console import Group, RenderableType
from rich.constrain import Constrain
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from shortgamma.report.amounts import moment, price
from shortgamma.report.hedge_words import (
    LIMIT_HEADS,
    TRADE_HEADS,
    headline,
    limit_rows,
    sentences,
    size_words,
    trade_rows,
)
from shortgamma.report.terminal import WIDTH, grid
from shortgamma.studies.hedge import Hedge

MOST_ROWS = 40
COLUMNS = (0, 1, 2, 4, 6, 7)


def hedge_summary(answer: Hedge) -> RenderableType:
    """Headline, trades, limits, and what a trader has to know."""
    chain = answer.chain
    title = f"hedge · {chain.underlying} · {moment(chain.asof)} · spot {price(chain.spot)}"
    first, *others = sentences(answer)
    body = Text.assemble((headline(answer), "bold"), "\n", first)
    left = len(answer.trades) - MOST_ROWS
    lines = [*others, size_words(answer)]
    if left > 0:
        lines.insert(0, f"{left:,} more trades: --json or --out shows them.")
    return Constrain(
        Group(
            Panel(body, title=Text(title), title_align="left", box=box.ROUNDED, width=WIDTH),
            cells(
                "Trades", chosen(TRADE_HEADS), map(chosen, islice(trade_rows(answer), MOST_ROWS))
            ),
            cells("Limits", LIMIT_HEADS, limit_rows(answer)),
            *(Padding(Text(line, style="dim"), (0, 2)) for line in lines),
        ),
        WIDTH,
    )


def chosen(row: tuple[str, ...]) -> tuple[str, ...]:
    """The columns that fit beside a whole name."""
    return tuple(row[place] for place in COLUMNS)


def cells(title: str, heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Table:
    """A table of words and figures."""
    made = grid(title, tuple(head.removesuffix("|") for head in heads))
    made.columns[0].no_wrap = True
    for row in rows:
        made.add_row(*map(escape, row))
    return made
