"""The page of margins: the same shell, palette and script as the report."""

from html import escape

from shortgamma.report.amounts import moment, number, price, signed_percent, usd
from shortgamma.report.margin_story import margin_chapters, margin_grounds
from shortgamma.report.margin_words import (
    PART_HEADS,
    REGIME_HEADS,
    SHOCK_HEADS,
    headline,
    part_rows,
    regime_rows,
    sentences,
    shock_rows,
    taken,
    worst_of,
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
from shortgamma.report.story import Chapter
from shortgamma.report.tables import table
from shortgamma.report.tiles import Tile, Tone
from shortgamma.studies.margin import METHOD, Margin, Spread

CAUTION = "Venues change their tables without notice: check the date and the source of a figure before use."


def margin_page(answer: Margin) -> str:
    """The whole page as text."""
    story = margin_chapters(answer)
    parts = {
        "title": escape(f"{title(answer)} · shortgamma"),
        "summary": escape(headline(answer)),
        "menu": menu(story),
        "hero": hero(answer),
        "tiles": tile_rows(margin_tiles(answer)),
        "chapters": "".join(
            chapter_html(answer, chapter, place) for place, chapter in enumerate(story, start=1)
        ),
        "grounds": grounds_section(margin_grounds(answer), len(story) + 1),
        "caution": escape(CAUTION),
        "method": escape(METHOD),
        "source": escape(f"{title(answer)}, {moment(answer.book.asof)}"),
        "data": safe_json(figure_document(answer, story)),
    }
    return assembled(parts)


def title(answer: Margin) -> str:
    """The book."""
    return f"Margin of a {answer.book.underlying} book".replace("a  book", "a book")


def hero(answer: Margin) -> str:
    """Badge, headline and the sentences under it."""
    sure = sum(one.regime.verified for one in answer.asked)
    first, *others = sentences(answer)
    facts = (title(answer), moment(answer.book.asof), f"spot {price(answer.book.spot)}")
    badge = f"{sure} of {len(answer.asked)} regimes verified"
    return (
        f'<p class="facts">{"".join(f"<span>{escape(fact)}</span>" for fact in facts)}</p>'
        f'<p class="badge {Tone.NEUTRAL}">{escape(badge)}</p>'
        f"<h1>{unbroken(headline(answer))}</h1>"
        f'<p class="lead">{unbroken(first)}</p>'
        f'<ul class="notes">{"".join(f"<li>{unbroken(other)}</li>" for other in others)}</ul>'
    )


def margin_tiles(answer: Margin) -> tuple[Tile, ...]:
    """All key numbers; the first four carry the story."""
    return (
        *end_tiles(answer.initial_spread),
        ratio_tile("Dearest over cheapest, initial", answer.initial_spread),
        call_tile(answer),
        ratio_tile("Dearest over cheapest, maintenance", answer.maintenance_spread),
    )


def end_tiles(found: Spread) -> tuple[Tile, ...]:
    """The two ends of the screen."""
    return tuple(
        Tile(
            label=label,
            value="–" if value is None else usd(value),
            unit="own funds",
            note=name or "fewer than two regimes ask for something",
            tone=tone,
        )
        for label, value, name, tone in (
            ("Dearest", found.dearest_usd, found.dearest, Tone.SHORT),
            ("Cheapest", found.cheapest_usd, found.cheapest, Tone.LONG),
        )
    )


def ratio_tile(label: str, found: Spread) -> Tile:
    """How far they are apart."""
    if found.ratio is None:
        return Tile(label=label, value="–", unit="", note="nothing to compare")
    return Tile(
        label=label,
        value=f"× {number(found.ratio, 3)}",
        unit="",
        note=f"{found.dearest} over {found.cheapest}",
    )


def call_tile(answer: Margin) -> Tile:
    """The largest margin call."""
    asking = taken(answer)
    if not asking:
        return Tile(
            label="Largest margin call", value="–", unit="", note="no regime takes the book"
        )
    one = max(asking, key=lambda each: worst_of(each).call_usd)
    row = worst_of(one)
    return Tile(
        label="Largest margin call",
        value=usd(max(row.call_usd, 0.0)),
        unit="cash",
        note=f"{one.regime.name}, spot {signed_percent(row.spot_move)}, vol × {row.vol_factor:g}",
        tone=Tone.SHORT if row.call_usd > 0.0 else Tone.NEUTRAL,
    )


def chapter_html(answer: Margin, chapter: Chapter, place: int) -> str:
    """A chapter with its figures and tables."""
    after = {
        "regimes": regimes_html,
        "shocks": shocks_html,
    }.get(chapter.name)
    tables = "" if after is None else after(answer)
    return (
        f'<section id="{chapter.name}" aria-labelledby="{chapter.name}-title">'
        f"{chapter_head(chapter.name, chapter.title, chapter.lead, place)}"
        f'<div class="grid">{"".join(map(panel_html, chapter.panels))}{tables}</div></section>'
    )


def regimes_html(answer: Margin) -> str:
    """Every regime, and what its margin is made of."""
    regimes = table(
        "Margin by regime, USD", REGIME_HEADS, rows=regime_rows(answer), empty="No regime."
    )
    parts = table(
        "What initial margin is made of", PART_HEADS, rows=part_rows(answer), empty="Nothing."
    )
    return f'<div class="card wide">{regimes}</div>{folded("Parts of every margin", parts)}'


def shocks_html(answer: Margin) -> str:
    """Every regime after every shock, behind a click."""
    content = table(
        "Own funds after every shock", SHOCK_HEADS, rows=shock_rows(answer), empty="No regime."
    )
    return folded("Every shock of every regime", content)
