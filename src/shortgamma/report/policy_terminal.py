"""A comparison of re-hedging policies for a terminal of 100 columns."""

from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.constrain import Constrain
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from shortgamma.report.amounts import number, usd
from shortgamma.report.policy_names import SHORTFALL, policy_words
from shortgamma.report.policy_rows import (
    BEST_HEADS,
    BEST_TITLE,
    BOTH_HEADS,
    LAW_HEADS,
    best_rows,
    both_rows,
    efficient_points,
    law_rows,
)
from shortgamma.report.policy_words import book_words, extent, headline, sentences
from shortgamma.report.terminal import WIDTH, grid
from shortgamma.studies.policies.answer import Comparison, PolicyComparison

HEADS = ("rule", "cost", "impact", "risk", SHORTFALL, "trades", "score")


def policy_summary(answer: PolicyComparison) -> RenderableType:
    """Headline, efficient rules, the best of every family, recorded prices, laws, caveats."""
    title = Text(f"policy {answer.scenario.name}")
    parts: list[RenderableType] = [
        Panel(
            Text.assemble((headline(answer), "bold"), "\n", answer.scenario.summary),
            title=title,
            title_align="left",
            box=box.ROUNDED,
            width=WIDTH,
            padding=(0, 1),
        ),
        Padding(Text(f"{extent(answer)}\n{book_words(answer)}", style="dim"), (0, 2)),
        efficient_table(answer),
        texts(BEST_TITLE, BEST_HEADS, best_rows(answer, answer.simulated)),
    ]
    if answer.replayed is not None:
        parts += replayed_tables(answer, answer.replayed)
    if answer.curves:
        parts.append(texts("Cost of re-hedging against volatility", LAW_HEADS, law_rows(answer)))
    parts += [Padding(Text(line, style="dim"), (0, 2)) for line in sentences(answer)]
    return Constrain(Group(*parts), WIDTH)


def efficient_table(answer: PolicyComparison) -> Table:
    """Rules that no other one beats in both; the best one is bold."""
    made = grid("Rules that nothing beats in both cost and risk", HEADS)
    for point in efficient_points(answer.simulated):
        is_best = point is answer.simulated.chosen
        made.add_row(
            escape(policy_words(answer, point.candidate)),
            *(usd(m.value) for m in (point.cost, point.impact, point.std, point.es)),
            number(point.trades.value),
            usd(point.score),
            style="bold" if is_best else "",
        )
    unbroken(made)
    return made


def replayed_tables(answer: PolicyComparison, found: Comparison) -> list[RenderableType]:
    """Simulated and recorded beside each other, and the best of every family on recorded prices."""
    count = f"{found.paths:,} windows of recorded prices"
    return [
        texts(f"Simulated, and on {count}", BOTH_HEADS, both_rows(answer, found)),
        texts("The same on recorded prices", BEST_HEADS, best_rows(answer, found)),
    ]


def texts(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """A table of texts."""
    made = grid(title, [escape(head.removesuffix("|").lower()) for head in heads])
    for column, head in zip(made.columns, heads, strict=True):
        column.justify = "left" if head.endswith("|") else "right"
    for row in rows:
        made.add_row(*map(escape, row))
    unbroken(made)
    return made


def unbroken(made: Table) -> None:
    """Keeps figures on one line; words may wrap where they must."""
    for column in made.columns[1:]:
        column.no_wrap = True
