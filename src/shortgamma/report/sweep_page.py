"""The page of a sweep: the same shell, palette and script as the report."""

from collections.abc import Iterator
from html import escape

from shortgamma.report.amounts import number, probability
from shortgamma.report.assumptions import Ground, Origin
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
from shortgamma.report.simulation_page import CAUTION, sentence
from shortgamma.report.story import Chapter
from shortgamma.report.sweep_axes import (
    FALLS,
    LIQUIDATIONS,
    SQUEEZES,
    VOL,
    Form,
    Shown,
    axes_of,
    settings_words,
    shown,
)
from shortgamma.report.sweep_story import sweep_chapters
from shortgamma.report.sweep_words import (
    LEVELS,
    extent,
    headline,
    heads,
    notes,
    past,
    rows,
    stopped_share,
    strongest,
    tipping_of,
)
from shortgamma.report.tables import table
from shortgamma.report.tiles import Tile, Tone
from shortgamma.studies.simulation import METHOD
from shortgamma.studies.sweep import Sweep

EVERY = "points"
FEW_ROWS = 12
"""Points whose table stands open."""


def sweep_page(answer: Sweep) -> str:
    """The whole page as text."""
    story = sweep_chapters(answer)
    every = Chapter(
        name=EVERY, title="All points", short="Points", lead="± is one standard error.", panels=()
    )
    parts = {
        "title": escape(f"{answer.name} · shortgamma"),
        "summary": escape(headline(answer)),
        "menu": menu((*story, every)),
        "hero": hero(answer),
        "tiles": tile_rows(sweep_tiles(answer)),
        "chapters": "".join(chapter_html(c, i) for i, c in enumerate(story, start=1))
        + points_html(answer, every, len(story) + 1),
        "grounds": grounds_html(answer, len(story) + 2),
        "caution": escape(CAUTION),
        "method": escape(METHOD),
        "source": escape(f"Sweep {answer.name}, {extent(answer)}"),
        "data": safe_json(figure_document(answer, story)),
    }
    return assembled(parts)


def hero(answer: Sweep) -> str:
    """Badge, headline, and what has to be known before the figures."""
    is_tipping = tipping_of(answer) is not None
    tone, badge = (Tone.SHORT, "Tips over") if is_tipping else (Tone.NEUTRAL, "Does not tip over")
    facts = (f"sweep {answer.name}", extent(answer))
    return (
        f'<p class="facts">{"".join(f"<span>{escape(fact)}</span>" for fact in facts)}</p>'
        f'<p class="badge {tone}">{escape(badge)}</p>'
        f"<h1>{unbroken(headline(answer))}</h1>"
        f'<p class="lead">{unbroken(sentence(answer.summary))}</p>'
        f'<ul class="notes">{"".join(f"<li>{unbroken(line)}</li>" for line in notes(answer))}</ul>'
    )


def sweep_tiles(answer: Sweep) -> tuple[Tile, ...]:
    """All key numbers; the first four carry the story."""
    found = shown(answer)
    highest = [highest_tile(answer, figure) for figure in (VOL, SQUEEZES, FALLS) if figure in found]
    others = [highest_tile(answer, LIQUIDATIONS)] if LIQUIDATIONS in found else []
    thetas = [point.theta for point in answer.points]
    stopped = max(map(stopped_share, answer.points))
    return (
        past_tile(answer),
        *highest,
        *others,
        Tile(
            label="Net θ",
            value=number(min(thetas)),
            unit="" if min(thetas) == max(thetas) else f"to {number(max(thetas))}",
            note="net gamma over depth at the start",
        ),
        Tile(
            label="Halted or collapsed",
            value=probability(stopped),
            unit="",
            note="of the paths, at most",
        ),
    )


def past_tile(answer: Sweep) -> Tile:
    """How many points tip over."""
    tipping = tipping_of(answer)
    level = tipping or LEVELS[0]
    count = past(answer, level)
    return Tile(
        label="Points that tip over",
        value=f"{count}",
        unit=f"of {len(answer.points)}",
        note=f"there {level.words}",
        tone=Tone.SHORT if count else Tone.NEUTRAL,
    )


def highest_tile(answer: Sweep, figure: Shown) -> Tile:
    """The highest of a figure and where it is."""
    top = strongest(answer, figure)
    metric = top.metrics[figure.name]
    value, _, error = figure.text(metric).partition(" ± ")
    if error and not value.endswith("%") and figure.form is not Form.TIMES:
        value = f"{value} {error.rpartition(' ')[2]}"
    is_wild = metric.value > (1.0 if figure.form is Form.TIMES else 0.0)
    return Tile(
        label=f"{figure.head}, at most",
        value=value,
        unit=f"± {error}" if error else "",
        note=f"at {settings_words(answer, top)}",
        tone=Tone.SHORT if is_wild else Tone.NEUTRAL,
    )


def chapter_html(chapter: Chapter, number_of: int) -> str:
    """A chapter with its figures."""
    return (
        f'<section id="{chapter.name}" aria-labelledby="{chapter.name}-title">'
        f"{chapter_head(chapter.name, chapter.title, chapter.lead, number_of)}"
        f'<div class="grid">{"".join(map(panel_html, chapter.panels))}</div></section>'
    )


def points_html(answer: Sweep, chapter: Chapter, number_of: int) -> str:
    """Every point as a row; many of them open on demand."""
    content = table(
        "Every point",
        tuple(f"{head}|" if i < len(answer.axes) else head for i, head in enumerate(heads(answer))),
        rows=rows(answer),
        empty="No point.",
    )
    is_short = len(answer.points) <= FEW_ROWS or not sweep_chapters(answer)
    card = (
        f'<div class="card wide">{content}</div>'
        if is_short
        else folded(f"All {len(answer.points)} points", content)
    )
    return (
        f'<section id="{EVERY}" aria-labelledby="{EVERY}-title">'
        f"{chapter_head(EVERY, chapter.title, chapter.lead, number_of)}"
        f'<div class="grid">{card}</div></section>'
    )


def sweep_grounds(answer: Sweep) -> Iterator[Ground]:
    """What was swept, and what was not."""
    for axis in axes_of(answer):
        yield Ground(
            name=axis.label,
            value=", ".join(axis.texts),
            reason=f"Swept. Key: {axis.name}.",
            origin=Origin.GIVEN,
        )
    yield Ground(
        name="Everything else",
        value=answer.base,
        reason="Figures of this scenario, unless the scenario file or --set say otherwise; --out of a "
        "single point lists them.",
        origin=Origin.ASSUMED,
    )
    yield Ground(
        name="Paths of a point",
        value=f"{answer.paths:,}",
        reason=f"With and without hedging, of {answer.steps:,} steps each, seed {answer.seed}.",
        origin=Origin.GIVEN,
    )


def grounds_html(answer: Sweep, number_of: int) -> str:
    """Settings and assumptions."""
    return grounds_section(
        sweep_grounds(answer),
        number_of,
        lead="(A) marks assumptions.",
        heading="Settings and assumptions",
    )
