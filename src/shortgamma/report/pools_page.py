"""The chapters of a report on option pools: what each design would do to the measured market."""

from shortgamma.report import design_page
from shortgamma.report.design_grounds import design_grounds
from shortgamma.report.design_story import design_chapters
from shortgamma.report.design_words import extent, fair_words, headline, sentences
from shortgamma.report.page import (
    Appendix,
    chapter_head,
    folded,
    grounds_table,
    link,
    links,
    specs,
    unbroken,
)
from shortgamma.studies.design.answer import DesignAnswer

NAME = "pools"
HEADING = "If an option pool sold these options"
MARKET = (
    "Pools of their own in a market with the spot, the vol and the depth above, for a week: they list "
    "weekly expiries, and clients who buy more than they sell come at random (A)."
)
TOLD = ("volatility", "providers")
"""Chapters of ``design`` that the report tells."""


def pools_appendix(answer: DesignAnswer) -> Appendix:
    """The chapters, with their figures and assumptions."""
    story = tuple(chapter for chapter in design_chapters(answer) if chapter.name in TOLD)

    def chapters(first: int) -> str:
        rest = (
            design_page.chapter_html(answer, chapter, first + i)
            for i, chapter in enumerate(story, 1)
        )
        return opening(answer, first) + "".join(rest)

    heading = "Assumptions of the pools"
    return Appendix(
        menu=link(NAME, HEADING) + links(story),
        chapters=chapters,
        figures=specs(answer, story),
        grounds=folded(heading, grounds_table(heading, design_grounds(answer))),
        length=len(story) + 1,
    )


def opening(answer: DesignAnswer, number: int) -> str:
    """Whose pools they are, and what came out."""
    lines = "".join(f"<li>{unbroken(line)}</li>" for line in pool_sentences(answer))
    return (
        f'<section id="{NAME}" aria-labelledby="{NAME}-title">'
        f"{chapter_head(NAME, HEADING, headline(answer), number)}"
        f'<ul class="notes">{lines}</ul></section>'
    )


def pool_sentences(answer: DesignAnswer) -> list[str]:
    """The market, what each design did, and whether it was fair."""
    said = (MARKET, *sentences(answer), fair_words(answer), f"{extent(answer)}.")
    return [line for line in said if line]
