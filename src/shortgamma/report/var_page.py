"""The page of a tail: the same shell, palette and script as the report."""

from html import escape

from shortgamma.report.amounts import moment, price, usd
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
from shortgamma.report.story import Chapter
from shortgamma.report.tables import table
from shortgamma.report.tiles import Tile, Tone
from shortgamma.report.var_story import var_chapters, var_grounds
from shortgamma.report.var_words import (
    TEST_HEADS,
    headline,
    horizon_words,
    level_words,
    method_heads,
    method_rows,
    name_of,
    ratio_words,
    rejected,
    sentences,
    test_rows,
)
from shortgamma.risk.backtests.zones import Zone
from shortgamma.studies.value_at_risk.answer import DELTA, METHOD, TailRisk

CAUTION = "A backtest that does not reject is no proof: short series see few tails."
TONES = {Zone.GREEN: Tone.LONG, Zone.YELLOW: Tone.NEUTRAL, Zone.RED: Tone.SHORT}


def var_page(answer: TailRisk) -> str:
    """The whole page as text."""
    story = var_chapters(answer)
    parts = {
        "title": escape(f"{title(answer)} · shortgamma"),
        "summary": escape(headline(answer)),
        "menu": menu(story),
        "hero": hero(answer),
        "tiles": tile_rows(var_tiles(answer)),
        "chapters": "".join(
            chapter_html(answer, chapter, number) for number, chapter in enumerate(story, start=1)
        ),
        "grounds": grounds_section(var_grounds(answer), len(story) + 1),
        "caution": escape(CAUTION),
        "method": escape(METHOD),
        "source": escape(f"{title(answer)}, {moment(answer.book.asof)}"),
        "data": safe_json(figure_document(answer, story)),
    }
    return assembled(parts)


def title(answer: TailRisk) -> str:
    """Underlying and horizon."""
    return f"Tail risk of a {answer.book.underlying or 'single'} book over {horizon_words(answer)}"


def hero(answer: TailRisk) -> str:
    """Badge, headline and the sentences under it."""
    first, *others = sentences(answer)
    broken = list(rejected(answer.timeline.tests[0]))
    tone, badge = (
        (Tone.SHORT, "Backtest rejects") if broken else (Tone.LONG, "Backtest does not reject")
    )
    facts = (title(answer), moment(answer.book.asof), f"spot {price(answer.book.spot)}")
    return (
        f'<p class="facts">{"".join(f"<span>{escape(fact)}</span>" for fact in facts)}</p>'
        f'<p class="badge {tone}">{escape(badge)}</p>'
        f"<h1>{unbroken(headline(answer))}</h1>"
        f'<p class="lead">{unbroken(first)}</p>'
        f'<ul class="notes">{"".join(f"<li>{unbroken(other)}</li>" for other in others)}</ul>'
    )


def var_tiles(answer: TailRisk) -> tuple[Tile, ...]:
    """All key numbers; the first four carry the story."""
    main, test = answer.main.figures[0], answer.timeline.tests[0]
    delta = answer.row(DELTA)
    level = level_words(main.level)
    method = name_of(answer.question.method).lower()
    return (
        Tile(label=f"VaR {level}", value=usd(main.var), unit="", note=method, tone=Tone.SHORT),
        Tile(label=f"ES {level}", value=usd(main.es), unit="", note=method, tone=Tone.SHORT),
        Tile(
            label="Against delta alone",
            value=ratio_words(answer.main),
            unit="",
            note="none" if delta is None else f"which says {usd(delta.figures[0].var)}",
        ),
        Tile(
            label="Breaches",
            value=f"{test.breaches}",
            unit=f"of {test.observations}",
            note=f"{test.expected:.3g} expected; Basel zone {test.basel.zone.value}",
            tone=TONES[test.basel.zone],
        ),
        *level_tiles(answer),
    )


def level_tiles(answer: TailRisk) -> tuple[Tile, ...]:
    """VaR and ES at the other levels."""
    return tuple(
        Tile(
            label=f"VaR {level_words(figures.level)}",
            value=usd(figures.var),
            unit="",
            note=f"ES {usd(figures.es)}",
        )
        for figures in answer.main.figures[1:]
    )


def chapter_html(answer: TailRisk, chapter: Chapter, number: int) -> str:
    """A chapter with its figures and tables."""
    after = {"methods": methods_html(answer), "backtests": tests_html(answer)}.get(chapter.name, "")
    return (
        f'<section id="{chapter.name}" aria-labelledby="{chapter.name}-title">'
        f"{chapter_head(chapter.name, chapter.title, chapter.lead, number)}"
        f'<div class="grid">{"".join(map(panel_html, chapter.panels))}{after}</div></section>'
    )


def methods_html(answer: TailRisk) -> str:
    """Figures by method."""
    content = table(
        "Losses, USD; the last column is VaR at the first level over that of delta alone",
        method_heads(answer),
        rows=method_rows(answer),
        empty="No method.",
    )
    return f'<div class="card wide">{content}</div>'


def tests_html(answer: TailRisk) -> str:
    """Backtests by method."""
    content = table(
        "Backtests; tests by their Monte Carlo p-values, Coverage being Christoffersen's conditional one",
        TEST_HEADS,
        rows=test_rows(answer),
        empty="No backtest.",
    )
    return f'<div class="card wide">{content}</div>'
