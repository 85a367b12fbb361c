"""A comparison of strategies for a terminal of 100 columns."""

from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.constrain import Constrain
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from shortgamma.report.strategies_words import (
    DIFFERENCE_HEADS,
    MARKET_HEADS,
    RESULT_HEADS,
    book_words,
    difference_rows,
    extent,
    headline,
    market_rows,
    result_rows,
    sentences,
)
from shortgamma.report.terminal import WIDTH, grid
from shortgamma.studies.strategies import Strategies

MARKET_COLUMNS = 6
"""Of the market's table; the gaps that follow are a table of their own."""


def strategies_summary(answer: Strategies) -> RenderableType:
    """Headline, results, differences, the market, gaps, caveats."""
    body = Text.assemble((headline(answer), "bold"), "\n", answer.scenario.summary)
    title = Text(f"strategies {answer.scenario.name}")
    facts = Text(f"{extent(answer)}\n{book_words(answer)}", style="dim")
    market = list(market_rows(answer))
    return Constrain(
        Group(
            Panel(
                body, title=title, title_align="left", box=box.ROUNDED, width=WIDTH, padding=(0, 1)
            ),
            Padding(facts, (0, 2)),
            rows_of("Per path, ± one standard error", RESULT_HEADS, result_rows(answer)),
            rows_of("Less delta only, same shocks", DIFFERENCE_HEADS, difference_rows(answer)),
            rows_of(
                "The market",
                MARKET_HEADS[:MARKET_COLUMNS],
                [row[:MARKET_COLUMNS] for row in market],
            ),
            rows_of(
                "Result in a gap at the start, before anyone trades",
                (MARKET_HEADS[0], *MARKET_HEADS[MARKET_COLUMNS:]),
                [(row[0], *row[MARKET_COLUMNS:]) for row in market],
            ),
            *(Padding(Text(line, style="dim"), (0, 2)) for line in sentences(answer)),
        ),
        WIDTH,
    )


def rows_of(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """A table of texts."""
    made = grid(title, [escape(head.removesuffix("|")) for head in heads])
    for row in rows:
        made.add_row(*map(escape, row))
    for column in made.columns:
        column.no_wrap = True
    return made
