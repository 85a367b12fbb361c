"""The pages of gamma scalping: the same shell, palette and script as the report."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from shortgamma.report import scalp_words as words
from shortgamma.report.assumptions import Ground
from shortgamma.report.page import (
    assembled,
    chapter_head,
    figure_document,
    grounds_section,
    menu,
    panel_html,
    safe_json,
    tile_rows,
    unbroken,
)
from shortgamma.report.scalp_grounds import METHODS, scalp_grounds
from shortgamma.report.scalp_story import scalp_chapters, scalp_tiles
from shortgamma.report.simulation_page import CAUTION, sentence
from shortgamma.report.story import Chapter
from shortgamma.report.tables import table
from shortgamma.report.tiles import Tile, Tone
from shortgamma.studies.ensemble.job import METHOD
from shortgamma.studies.scalping.answer import Scalping, Setting

GROUNDS_LEAD = (
    "(A) marks an assumption; change it with --set name=value, and every figure above changes."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a page of scalping says, apart from the shell.

    Args:
        badge: Tone and words.
        headline: One sentence.
        sentences: What has to be known before the figures.
        tiles: Key numbers.
        chapters: In reading order.
        tables: By chapter, HTML.
        grounds: What it rests on.
    """

    badge: tuple[Tone, str]
    headline: str
    sentences: Sequence[str]
    tiles: tuple[Tile, ...]
    chapters: tuple[Chapter, ...]
    tables: dict[str, str]
    grounds: Iterable[Ground]


def scalp_page(answer: Scalping) -> str:
    """The whole page as text."""
    earns = max(side.pnl.value for side in answer.sides) > 0.0
    content = Content(
        badge=(Tone.LONG if earns else Tone.SHORT, words.verdict(answer)),
        headline=words.headline(answer),
        sentences=words.sentences(answer),
        tiles=scalp_tiles(answer),
        chapters=scalp_chapters(answer),
        tables=scalp_tables(answer),
        grounds=scalp_grounds(answer.setting, METHODS),
    )
    return shell(answer, answer.setting, content)


def scalp_tables(answer: Scalping) -> dict[str, str]:
    """The tables of every chapter."""
    vols = rows_card("Break-even vol", words.VOL_HEADS, words.vol_rows(answer))
    costs = rows_card(
        "Result and break-even one-way cost at every vol", words.COST_HEADS, words.cost_rows(answer)
    )
    parts = rows_card(
        "Means per path, ± one standard error", words.PART_HEADS, words.part_rows(answer)
    )
    gains = rows_card(
        "Each constraint taken away alone, ± one standard error",
        words.CONSTRAINT_HEADS,
        words.constraint_rows(answer),
    )
    stops = rows_card(
        "Where nothing is left of what gamma earns between two re-hedges",
        words.LIMIT_HEADS,
        words.limit_rows(answer),
    )
    return {"vol": vols + costs, "parts": parts, "constraints": gains + stops}


def rows_card(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table over the whole width."""
    return card(table(caption, heads, rows=rows, empty="There are none."))


def card(content: str) -> str:
    """A table over the whole width."""
    return f'<div class="card wide">{content}</div>'


def shell(answer: object, setting: Setting, content: Content) -> str:
    """The whole page as text."""
    story = content.chapters
    name = setting.scenario.name
    parts = {
        "title": escape(f"scalp {name} · shortgamma"),
        "summary": escape(content.headline),
        "menu": menu(story),
        "hero": hero(setting, content),
        "tiles": tile_rows(content.tiles),
        "chapters": "".join(
            chapter_html(chapter, content.tables.get(chapter.name, ""), number)
            for number, chapter in enumerate(story, start=1)
        ),
        "grounds": grounds_html(content.grounds, len(story) + 1),
        "caution": escape(CAUTION),
        "method": escape(METHOD),
        "source": escape(f"Scalping {name}, {words.extent(setting)}"),
        "data": safe_json(figure_document(answer, story)),
    }
    return assembled(parts)


def hero(setting: Setting, content: Content) -> str:
    """Badge, headline, and what has to be known before the figures."""
    tone, badge = content.badge
    facts = (f"scalp {setting.scenario.name}", words.extent(setting))
    lines = (words.book_words(setting), *content.sentences)
    return (
        f'<p class="facts">{"".join(f"<span>{escape(fact)}</span>" for fact in facts)}</p>'
        f'<p class="badge {tone}">{escape(badge)}</p>'
        f"<h1>{unbroken(content.headline)}</h1>"
        f'<p class="lead">{unbroken(sentence(setting.scenario.summary))}</p>'
        f'<ul class="notes">{"".join(f"<li>{unbroken(sentence(line))}</li>" for line in lines)}</ul>'
    )


def chapter_html(chapter: Chapter, tables: str, number: int) -> str:
    """A chapter with its figures and tables."""
    return (
        f'<section id="{chapter.name}" aria-labelledby="{chapter.name}-title">'
        f"{chapter_head(chapter.name, chapter.title, chapter.lead, number)}"
        f'<div class="grid">{"".join(map(panel_html, chapter.panels))}{tables}</div></section>'
    )


def grounds_html(grounds: Iterable[Ground], number: int) -> str:
    """Every assumption."""
    return grounds_section(grounds, number, lead=GROUNDS_LEAD)
