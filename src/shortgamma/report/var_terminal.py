"""Tail risk for a terminal of 100 columns."""

from collections.abc import Iterable

from rich import box
from rich.console import Group, RenderableType
from rich.constrain import Constrain
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from shortgamma.report.amounts import moment, price
from shortgamma.report.terminal import WIDTH, grid
from shortgamma.report.var_words import (
    TEST_HEADS,
    headline,
    method_heads,
    method_rows,
    sentences,
    test_rows,
)
from shortgamma.studies.value_at_risk.answer import TailRisk

KIND = 1
MOST_LEVELS = 3
SHOWN_TESTS = (0, 1, 2, 4, 6, 7, 8, 9)


def var_summary(answer: TailRisk) -> RenderableType:
    """Headline, figures by method, backtests, and what a risk officer has to know."""
    book = answer.book
    title = f"var · {book.underlying or 'book'} · {moment(book.asof)} · spot {price(book.spot)}"
    first, *others = sentences(answer)
    body = Text.assemble((headline(answer), "bold"), "\n", first)
    last = 2 + 2 * min(len(answer.question.levels), MOST_LEVELS)
    columns = (
        0,
        *range(KIND + 1, last),
        last + 2 * max(len(answer.question.levels) - MOST_LEVELS, 0),
    )
    return Constrain(
        Group(
            Panel(body, title=Text(title), title_align="left", box=box.ROUNDED, width=WIDTH),
            cells(
                "Losses",
                chosen(method_heads(answer), columns),
                (chosen(row, columns) for row in method_rows(answer)),
            ),
            cells(
                "Backtests, p-values by Monte Carlo",
                chosen(TEST_HEADS, SHOWN_TESTS),
                (chosen(row, SHOWN_TESTS) for row in test_rows(answer)),
            ),
            *(Padding(Text(line, style="dim"), (0, 2)) for line in others),
        ),
        WIDTH,
    )


def chosen(row: tuple[str, ...], columns: tuple[int, ...]) -> tuple[str, ...]:
    """The columns that fit."""
    return tuple(row[place] for place in columns)


def cells(title: str, heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Table:
    """A table of words and figures."""
    made = grid(title, tuple(head.removesuffix("|") for head in heads))
    made.columns[0].no_wrap = True
    for row in rows:
        made.add_row(*map(escape, row))
    return made
