"""The chapters of a report on risk: what a desk may lose at once, and the margin that each regime asks."""

from shortgamma.report import margin_page, stress_page
from shortgamma.report.amounts import percent
from shortgamma.report.assumptions import Ground
from shortgamma.report.margin_story import margin_chapters, margin_grounds
from shortgamma.report.margin_words import (
    call_words,
    growth_words,
    own_words,
    refused_words,
    verified_words,
)
from shortgamma.report.margin_words import headline as margin_headline
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
from shortgamma.report.story import Chapter
from shortgamma.report.stress_story import stress_chapters, stress_grounds
from shortgamma.report.stress_words import carry_words, gap_words, trade_words
from shortgamma.report.stress_words import headline as stress_headline
from shortgamma.studies.book_risk import SLOW, BookRisk

NAME = "risk"
HEADING = "What the desk may lose, and the margin it needs"
TOLD = ("scenarios", "regimes")
"""Chapters of ``stress`` and of ``margin`` that the report tells."""
LEFT_OUT = f"Left out here, slow for many options: {', '.join(SLOW)}; the command margin asks it."


def risk_appendix(answer: BookRisk) -> Appendix:
    """The chapters, with their figures and assumptions."""
    shocks = told(stress_chapters(answer.stress))
    rules = told(margin_chapters(answer.margin))

    def chapters(first: int) -> str:
        losses = (
            stress_page.chapter_html(answer.stress, chapter, first + i)
            for i, chapter in enumerate(shocks, 1)
        )
        demands = (
            margin_page.chapter_html(answer.margin, chapter, first + i)
            for i, chapter in enumerate(rules, len(shocks) + 1)
        )
        return "".join((opening(answer, first), *losses, *demands))

    return Appendix(
        menu=link(NAME, HEADING) + links((*shocks, *rules)),
        chapters=chapters,
        figures=specs(answer.stress, shocks) | specs(answer.margin, rules),
        grounds=grounds(answer),
        length=len(shocks) + len(rules) + 1,
    )


def told(story: tuple[Chapter, ...]) -> tuple[Chapter, ...]:
    """Chapters of another page that stand in the report."""
    return tuple(chapter for chapter in story if chapter.name in TOLD)


def opening(answer: BookRisk, number: int) -> str:
    """Whose risk it is, and both answers."""
    lines = "".join(f"<li>{unbroken(line)}</li>" for line in risk_sentences(answer))
    return (
        f'<section id="{NAME}" aria-labelledby="{NAME}-title">'
        f"{chapter_head(NAME, HEADING, holder_words(answer), number)}"
        f'<ul class="notes">{lines}</ul></section>'
    )


def holder_words(answer: BookRisk) -> str:
    """Whose book it is."""
    return (
        f"The same desk, with {percent(answer.share)} of the book above (A) and its delta hedged in a "
        "perpetual (A). Every option is valued again in each shock, and each venue's rule is asked for all "
        "of it."
    )


def risk_sentences(answer: BookRisk) -> list[str]:
    """What it loses at once, then what margin it needs."""
    shocked, asked = answer.stress, answer.margin
    said = (
        f"{stress_headline(shocked)}.",
        carry_words(shocked),
        gap_words(shocked),
        trade_words(shocked),
        f"{margin_headline(asked)}.",
        own_words(),
        growth_words(asked),
        call_words(asked),
        verified_words(asked),
        refused_words(asked),
        LEFT_OUT,
    )
    return [line for line in said if line]


def grounds(answer: BookRisk) -> str:
    """Every assumption of both."""
    found: list[Ground] = [*stress_grounds(answer.stress), *margin_grounds(answer.margin)]
    heading = "Assumptions of the desk's risk"
    return folded(heading, grounds_table(heading, found))
