"""A comparison of pool designs for a terminal of 100 columns."""

from collections.abc import Iterator

from rich import box
from rich.console import Group, RenderableType
from rich.constrain import Constrain
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from shortgamma.report.design_words import (
    SHOWN,
    extent,
    fair_cells,
    fair_words,
    headline,
    label,
    pair_cells,
    sentences,
    verdict_of,
)
from shortgamma.report.strategies_terminal import rows_of
from shortgamma.report.terminal import WIDTH
from shortgamma.studies.design.answer import DesignAnswer, SetAnswer


def design_summary(answer: DesignAnswer) -> RenderableType:
    """Headline, the judged design against the first, then all designs market by market."""
    name = answer.question.market.name
    body = Text.assemble((headline(answer), "bold"), "\n", fair_words(answer))
    panel = Panel(
        body,
        title=Text(f"design {name}"),
        title_align="left",
        box=box.ROUNDED,
        width=WIDTH,
        padding=(0, 1),
    )
    heads = f"{label(answer.judged)} (judged) against {label(answer.first)} (first), 95 % intervals"
    judged = rows_of(heads, HEADS_OF_PAIR, pair_rows(answer))
    every = [
        rows_of(f"{part.shocks.name.capitalize()}: {part.shocks.summary}", HEADS, design_rows(part))
        for part in answer.sets
    ]
    for each in every:
        each.columns[0].no_wrap = False
    notes = [Padding(Text(line, style="dim"), (0, 2)) for line in sentences(answer)]
    facts = Padding(Text(extent(answer), style="dim"), (0, 2))
    return Constrain(Group(panel, facts, judged, *every, *notes), WIDTH)


HEADS_OF_PAIR = ("Market|", "Figure|", "First", "Judged", "Difference", "Verdict")
HEADS = (
    "Design|",
    "Vol ×",
    "LP mean",
    "Worst 5 %",
    "Insolvent",
    "Cost",
    "Spread",
    "Volume",
    "Fair",
)
"""Of the table of all designs."""


def pair_rows(answer: DesignAnswer) -> Iterator[tuple[str, ...]]:
    """One row per market and figure under HEADS_OF_PAIR."""
    for part in answer.sets:
        for measure in SHOWN:
            cells = pair_cells(answer, part, measure)
            yield (part.shocks.name, measure.head, *cells, verdict_of(answer, part, measure))


def design_rows(part: SetAnswer) -> Iterator[tuple[str, ...]]:
    """One row per design under HEADS; its cost in vol points."""
    for name, figures in part.designs.items():
        spread, volume, _cost = fair_cells(part.fair[name])
        values = (measure.value(figures[measure.name]) for measure in SHOWN)
        yield (label(name), *values, spread, volume, "yes" if part.fair[name].holds else "no")
