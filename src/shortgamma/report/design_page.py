"""The page of a comparison of pool designs: the same shell, palette and script as the report."""

from html import escape

from shortgamma.report.design_grounds import design_grounds
from shortgamma.report.design_story import design_chapters
from shortgamma.report.design_tiles import badge_of, design_tiles
from shortgamma.report.design_words import (
    FAIR_HEADS,
    extent,
    fair_rows,
    fair_words,
    figure_heads,
    figure_rows,
    headline,
    loss_rows,
    pair_heads,
    sentences,
    verdict_rows,
)
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
from shortgamma.report.policy_page import card
from shortgamma.report.simulation_page import CAUTION
from shortgamma.report.story import Chapter
from shortgamma.report.tables import table
from shortgamma.studies.design.answer import DesignAnswer, SetAnswer
from shortgamma.studies.ensemble.job import METHOD


def design_page(answer: DesignAnswer) -> str:
    """The whole page as text."""
    story = design_chapters(answer)
    name = answer.question.market.name
    parts = {
        "title": escape(f"design {name} · shortgamma"),
        "summary": escape(headline(answer)),
        "menu": menu(story),
        "hero": hero(answer),
        "tiles": tile_rows(design_tiles(answer)),
        "chapters": "".join(
            chapter_html(answer, chapter, place) for place, chapter in enumerate(story, start=1)
        ),
        "grounds": grounds_section(
            design_grounds(answer),
            len(story) + 1,
            lead="(A) marks an assumption; --set changes a figure of the scenario, and --design "
            "NAME:key=value one of a design.",
        ),
        "caution": escape(CAUTION),
        "method": escape(METHOD),
        "source": escape(f"Designs on {name}, {extent(answer)}"),
        "data": safe_json(figure_document(answer, story)),
    }
    return assembled(parts)


def hero(answer: DesignAnswer) -> str:
    """Badge, headline, and what has to be known before the figures."""
    tone, badge = badge_of(answer)
    facts = (f"design {answer.question.market.name}", extent(answer))
    notes = sentences(answer)
    return (
        f'<p class="facts">{"".join(f"<span>{escape(fact)}</span>" for fact in facts)}</p>'
        f'<p class="badge {tone}">{escape(badge)}</p>'
        f"<h1>{unbroken(headline(answer))}</h1>"
        f'<p class="lead">{unbroken(fair_words(answer))}</p>'
        f'<ul class="notes">{"".join(f"<li>{unbroken(note)}</li>" for note in notes)}</ul>'
    )


def chapter_html(answer: DesignAnswer, chapter: Chapter, place: int) -> str:
    """A chapter with its figures and tables."""
    return (
        f'<section id="{chapter.name}" aria-labelledby="{chapter.name}-title">'
        f"{chapter_head(chapter.name, chapter.title, chapter.lead, place)}"
        f'<div class="grid">{"".join(map(panel_html, chapter.panels))}'
        f"{tables(answer, chapter.name)}</div></section>"
    )


def tables(answer: DesignAnswer, chapter: str) -> str:
    """The tables of a chapter."""
    match chapter:
        case "verdict":
            heads = pair_heads(answer)
            return "".join(
                compared(table(title(part), heads, rows=verdict_rows(answer, part), empty=""))
                for part in answer.sets
            )
        case "fair":
            return "".join(
                compared(table(title(part), FAIR_HEADS, rows=fair_rows(part), empty=""))
                for part in answer.sets
            )
        case "figures":
            return figure_tables(answer)
        case _:
            return ""


def figure_tables(answer: DesignAnswer) -> str:
    """Where the judged design loses, and every figure of every design."""
    heads = pair_heads(answer)
    lost = table(
        "Clearly worse", heads, rows=loss_rows(answer), empty="No figure is clearly worse."
    )
    return compared(lost) + "".join(
        folded(
            f"{title(part)}: {part.shocks.summary}",
            table("95 % intervals", figure_heads(), rows=figure_rows(part), empty=""),
        )
        for part in (*answer.sets, answer.pooled)
    )


def compared(content: str) -> str:
    """A table that folds its columns on a phone."""
    return card(content, "compare")


def title(part: SetAnswer) -> str:
    """A market as a heading."""
    return part.shocks.name.capitalize()
