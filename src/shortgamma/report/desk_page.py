"""The last chapters of a report: what a desk with a part of the dealers' book does about it."""

from shortgamma.report import hedge_page, policy_page
from shortgamma.report.amounts import percent
from shortgamma.report.assumptions import Ground
from shortgamma.report.hedge_story import hedge_chapters, hedge_grounds
from shortgamma.report.hedge_words import headline as hedge_headline
from shortgamma.report.hedge_words import sentences as hedge_sentences
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
from shortgamma.report.policy_grounds import policy_grounds
from shortgamma.report.policy_story import policy_chapters
from shortgamma.report.policy_words import extent, theory_words
from shortgamma.report.policy_words import headline as policy_headline
from shortgamma.report.story import Chapter
from shortgamma.studies.hedge import Hedge
from shortgamma.studies.policies.answer import PolicyComparison
from shortgamma.studies.report import GAMMA_KEPT, DeskHedge

NAME = "desk"
HEADING = "What a desk does about it"
HEDGE_NOTES = 3
"""Sentences on the trades; the others stand on the page of ``hedge``."""
TOLD = ("trades", "limits", "frontier")
"""Chapters of ``hedge`` and of ``policy`` that the report tells."""


def desk_appendix(answer: DeskHedge) -> Appendix:
    """The chapters, with their figures and assumptions."""
    trades = () if answer.hedge is None else told(hedge_chapters(answer.hedge))
    rules = told(policy_chapters(answer.policy))

    def chapters(first: int) -> str:
        parts = [opening(answer, first)]
        if answer.hedge is not None:
            parts += [
                hedge_page.chapter_html(answer.hedge, chapter, first + i)
                for i, chapter in enumerate(trades, 1)
            ]
        parts += [
            policy_page.chapter_html(answer.policy, chapter, first + i)
            for i, chapter in enumerate(rules, len(trades) + 1)
        ]
        return "".join(parts)

    figures = {} if answer.hedge is None else specs(answer.hedge, trades)
    return Appendix(
        menu=link(NAME, HEADING) + links((*trades, *rules)),
        chapters=chapters,
        figures=figures | specs(answer.policy, rules),
        grounds=grounds(answer.hedge, answer.policy),
        length=len(trades) + len(rules) + 1,
    )


def told(story: tuple[Chapter, ...]) -> tuple[Chapter, ...]:
    """Chapters of another page that stand in the report."""
    return tuple(chapter for chapter in story if chapter.name in TOLD)


def opening(answer: DeskHedge, number: int) -> str:
    """What the desk holds, and both answers in a sentence each."""
    lines = "".join(f"<li>{unbroken(line)}</li>" for line in sentences(answer))
    return (
        f'<section id="{NAME}" aria-labelledby="{NAME}-title">'
        f"{chapter_head(NAME, HEADING, share_words(answer), number)}"
        f'<ul class="notes">{lines}</ul></section>'
    )


def share_words(answer: DeskHedge) -> str:
    """Whose book it is."""
    left = percent(GAMMA_KEPT)
    return (
        f"A desk with {percent(answer.share)} of the book above (A) brings its gamma to {left} with listed "
        "trades, without more vega; and it asks by which rule to hedge the delta."
    )


def sentences(answer: DeskHedge) -> list[str]:
    """The cheapest trades, then the rule."""
    if answer.hedge is None:
        first = [f"No listed trade can be proposed: {answer.refusal}."]
    else:
        first = [f"{hedge_headline(answer.hedge)}.", *hedge_sentences(answer.hedge)[:HEDGE_NOTES]]
    rule = f"Re-hedging the whole share for a week: {policy_headline(answer.policy)}"
    return [*first, rule, theory_words(answer.policy), f"{extent(answer.policy)}."]


def grounds(trades: Hedge | None, rules: PolicyComparison) -> str:
    """Every assumption of both."""
    found: list[Ground] = [] if trades is None else list(hedge_grounds(trades))
    found += policy_grounds(rules)
    heading = "Assumptions of the desk"
    return folded(heading, grounds_table(heading, found))
