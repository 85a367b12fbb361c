"""Gamma scalping for a terminal of 100 columns."""

from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.constrain import Constrain
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from shortgamma.report import scalp_fast_words as fast
from shortgamma.report import scalp_words as words
from shortgamma.report.terminal import WIDTH, grid
from shortgamma.studies.scalping.answer import Scalping, Setting
from shortgamma.studies.scalping.fast import FastScalping


def scalp_summary(answer: Scalping) -> RenderableType:
    """Headline, break-evens, parts, constraints, costs that can be paid, limits."""
    limits = list(words.limit_rows(answer))
    tables = [
        rows_of("Break-even vol", words.VOL_HEADS, words.vol_rows(answer)),
        rows_of(
            f"At {words.vol_text(answer.realised_vol)} realised, ± one standard error",
            words.PART_HEADS,
            words.part_rows(answer),
        ),
        rows_of("Constraints", words.CONSTRAINT_HEADS, words.constraint_rows(answer)),
        rows_of("Against realised vol", words.COST_HEADS, words.cost_rows(answer)),
    ]
    if limits:
        tables.append(rows_of("Where scalping stops", words.LIMIT_HEADS, limits))
    return framed(answer.setting, words.headline(answer), tables, words.sentences(answer))


def scalp_fast_summary(answer: FastScalping) -> RenderableType:
    """Headline, the table of all ways, what resting is worth, the verdict."""
    tables = [
        rows_of("Per path, ± one standard error", fast.TABLE_HEADS, fast.table_rows(answer)),
        rows_of("Maker less taker, same shocks", fast.SAVED_HEADS, fast.saved_rows(answer)),
    ]
    return framed(answer.setting, fast.headline(answer), tables, fast.sentences(answer))


def framed(
    setting: Setting, headline: str, tables: Sequence[RenderableType], lines: Sequence[str]
) -> RenderableType:
    """A headline in a frame, facts, tables, sentences."""
    body = Text.assemble((headline, "bold"), "\n", setting.scenario.summary)
    facts = Text(f"{words.extent(setting)}\n{words.book_words(setting)}", style="dim")
    head = Panel(
        body,
        title=Text(f"scalp {setting.scenario.name}"),
        title_align="left",
        box=box.ROUNDED,
        width=WIDTH,
        padding=(0, 1),
    )
    notes = (Padding(Text(f"{line}.", style="dim"), (0, 2)) for line in lines)
    return Constrain(Group(head, Padding(facts, (0, 2)), *tables, *notes), WIDTH)


def rows_of(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """A table of texts."""
    made = grid(title, [escape(head.removesuffix("|")) for head in heads])
    for row in rows:
        made.add_row(*map(escape, row))
    return made
