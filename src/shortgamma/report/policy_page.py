"""The page of a comparison of re-hedging policies: the same shell, palette and script as the report."""

from html import escape

from shortgamma.report.page import (
    assembled,
    chapter_head,
    figure_document,
    folded,
    grounds_section,
    menu,
    panel_html,
    safe_json,
    tile_rows,
    unbroken,
)
from shortgamma.report.policy_grounds import policy_grounds
from shortgamma.report.policy_rows import (
    BEST_HEADS,
    BEST_TITLE,
    BOTH_HEADS,
    HEADS,
    LAW_HEADS,
    best_rows,
    both_rows,
    efficient_points,
    law_rows,
    rows_of,
)
from shortgamma.report.policy_story import policy_chapters
from shortgamma.report.policy_tiles import badge_of, policy_tiles
from shortgamma.report.policy_words import (
    book_words,
    extent,
    headline,
    sentences,
)
from shortgamma.report.simulation_page import CAUTION, sentence
from shortgamma.report.story import Chapter
from shortgamma.report.tables import table
from shortgamma.studies.ensemble.job import METHOD
from shortgamma.studies.policies.answer import Comparison, PolicyComparison


def policy_page(answer: PolicyComparison) -> str:
    """The whole page as text."""
    story = policy_chapters(answer)
    name = answer.scenario.name
    parts = {
        "title": escape(f"policy {name} · shortgamma"),
        "summary": escape(headline(answer)),
        "menu": menu(story),
        "hero": hero(answer),
        "tiles": tile_rows(policy_tiles(answer)),
        "chapters": "".join(
            chapter_html(answer, chapter, place) for place, chapter in enumerate(story, start=1)
        ),
        "grounds": grounds_html(answer, len(story) + 1),
        "caution": escape(CAUTION),
        "method": escape(METHOD),
        "source": escape(f"Policies on {name}, {extent(answer)}"),
        "data": safe_json(figure_document(answer, story)),
    }
    return assembled(parts)


def hero(answer: PolicyComparison) -> str:
    """Badge, headline, and what has to be known before the figures."""
    tone, badge = badge_of(answer)
    facts = (f"policy {answer.scenario.name}", extent(answer))
    notes = sentences(answer)
    return (
        f'<p class="facts">{"".join(f"<span>{escape(fact)}</span>" for fact in facts)}</p>'
        f'<p class="badge {tone}">{escape(badge)}</p>'
        f"<h1>{unbroken(headline(answer))}</h1>"
        f'<p class="lead">{unbroken(sentence(book_words(answer)))}</p>'
        f'<ul class="notes">{"".join(f"<li>{unbroken(note)}</li>" for note in notes)}</ul>'
    )


def chapter_html(answer: PolicyComparison, chapter: Chapter, place: int) -> str:
    """A chapter with its figures and tables."""
    return (
        f'<section id="{chapter.name}" aria-labelledby="{chapter.name}-title">'
        f"{chapter_head(chapter.name, chapter.title, chapter.lead, place)}"
        f'<div class="grid">{"".join(map(panel_html, chapter.panels))}'
        f"{policy_tables(answer, chapter.name)}</div></section>"
    )


def policy_tables(answer: PolicyComparison, chapter: str) -> str:
    """The tables of a chapter."""
    match chapter, answer.replayed:
        case "frontier", _:
            return comparison_tables(answer, answer.simulated)
        case "policy-volatility", _:
            rows = law_rows(answer)
            return card(
                table("Fitted laws", LAW_HEADS, rows=rows, empty="No law was fitted."), "compare"
            )
        case "policy-recorded", Comparison() as found:
            beside = table(
                "Efficient rules, simulated and on recorded prices",
                BOTH_HEADS,
                rows=both_rows(answer, found),
                empty="",
            )
            return card(beside) + comparison_tables(answer, found)
        case _:
            return ""


def comparison_tables(answer: PolicyComparison, found: Comparison) -> str:
    """The best of every family, the efficient rules, and all that were tried."""
    best = table(
        BEST_TITLE,
        BEST_HEADS,
        rows=best_rows(answer, found),
        empty="",
    )
    good = table(
        "Efficient rules, ± one standard error",
        HEADS,
        rows=rows_of(answer, efficient_points(found)),
        empty="",
    )
    every_one = table(
        "Per path, ± one standard error", HEADS, rows=rows_of(answer, list(found.points)), empty=""
    )
    return card(best, "compare") + card(good) + folded("All rules that were tried", every_one)


def card(content: str, kind: str = "") -> str:
    """A table over the whole width; one of the kind ``compare`` folds its columns on a phone."""
    return f'<div class="card wide {kind}">{content}</div>'


def grounds_html(answer: PolicyComparison, place: int) -> str:
    """Every assumption."""
    lead = (
        "(A) marks an assumption; change it with --set name=value, and every figure above changes."
    )
    return grounds_section(policy_grounds(answer), place, lead=lead)
