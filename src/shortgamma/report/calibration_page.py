"""The page of a calibration: the same shell, palette and script as the report."""

from html import escape

from shortgamma.report.amounts import percent
from shortgamma.report.calibration_grounds import calibration_grounds
from shortgamma.report.calibration_story import calibration_chapters
from shortgamma.report.calibration_tiles import calibration_tiles
from shortgamma.report.calibration_words import (
    book_rows,
    extent,
    findings,
    headline,
    notes,
    parameter_rows,
    ranking_rows,
    tail_rows,
    title_of,
    what,
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
from shortgamma.report.tables import quarantine_table, table
from shortgamma.report.tiles import Tone
from shortgamma.studies.calibration import LEVEL, METHOD, Calibration

CAUTION = "A process that fits the past is not a forecast."


def calibration_page(answer: Calibration) -> str:
    """The whole page as text."""
    story = calibration_chapters(answer)
    parts = {
        "title": escape(f"Calibration to {what(answer)} · shortgamma"),
        "summary": escape(headline(answer)),
        "menu": menu(story),
        "hero": hero(answer),
        "tiles": tile_rows(calibration_tiles(answer)),
        "chapters": "".join(
            chapter_html(answer, chapter, number) for number, chapter in enumerate(story, start=1)
        ),
        "grounds": grounds_html(answer, len(story) + 1),
        "caution": escape(CAUTION),
        "method": escape(METHOD),
        "source": escape(f"Calibration to {what(answer)}, {extent(answer)}"),
        "data": safe_json(figure_document(answer, story)),
    }
    return assembled(parts)


def hero(answer: Calibration) -> str:
    """Badge, headline, what was found and what to be careful about."""
    first, *others = (*findings(answer), *notes(answer))
    facts = (f"calibrate {what(answer)}", extent(answer))
    return (
        f'<p class="facts">{"".join(f"<span>{escape(fact)}</span>" for fact in facts)}</p>'
        f'<p class="badge {Tone.NEUTRAL}">{escape(f"Best by AIC: {answer.best}")}</p>'
        f"<h1>{unbroken(headline(answer))}</h1>"
        f'<p class="lead">{unbroken(first)}</p>'
        f'<ul class="notes">{"".join(f"<li>{unbroken(line)}</li>" for line in others)}</ul>'
    )


def chapter_html(answer: Calibration, chapter: Chapter, number: int) -> str:
    """A chapter with its figures and tables."""
    return (
        f'<section id="{chapter.name}" aria-labelledby="{chapter.name}-title">'
        f"{chapter_head(chapter.name, chapter.title, chapter.lead, number)}"
        f'<div class="grid">{"".join(map(panel_html, chapter.panels))}'
        f"{extra_html(answer, chapter.name)}</div></section>"
    )


def extra_html(answer: Calibration, name: str) -> str:
    """Tables that belong to a chapter."""
    match name:
        case "processes":
            return card(ranking_table(answer)) + parameters_html(answer)
        case "tails":
            return card(tails_table(answer))
        case "books":
            return card(books_table(answer))
        case _:
            return ""


def card(content: str) -> str:
    """A table over the whole width."""
    return f'<div class="card wide">{content}</div>'


def ranking_table(answer: Calibration) -> str:
    """Every process, the best one first."""
    return table(
        "Processes, the best one first",
        ("Process|", "Free parameters", "Log-likelihood", "AIC above best", "Converged"),
        rows=ranking_rows(answer),
        empty="No process was fitted.",
    )


def parameters_html(answer: Calibration) -> str:
    """Parameters of the best process, and of the others on demand."""
    names = [answer.best, *(name for name in answer.fits if name != answer.best)]
    first, *others = (parameters_table(answer, name) for name in names)
    rest = folded("Parameters of the others", "".join(others)) if others else ""
    return card(first) + rest


def parameters_table(answer: Calibration, process: str) -> str:
    """Value, error and interval of every parameter."""
    heads = ("Parameter|", "Value", "Standard error", f"{percent(LEVEL)} interval")
    return table(
        f"{process}: {title_of(process)}",
        heads,
        rows=parameter_rows(answer, process),
        empty="It has no parameters.",
    )


def tails_table(answer: Calibration) -> str:
    """The generalised Pareto law of both sides."""
    return table(
        "Generalised Pareto law of what lies beyond a threshold, ± one standard error",
        ("Side|", "Threshold", "Moves beyond", "Shape ξ", "Hill's ξ"),
        rows=tail_rows(answer),
        empty="Too few moves for a tail.",
    )


def books_table(answer: Calibration) -> str:
    """Depth of every book."""
    return table(
        "Depth of the recorded books",
        ("Book|", "Spread, bp", "Bids within 1 %", "Asks within 1 %", "Log move per coin"),
        rows=book_rows(answer),
        empty="No book was given.",
    )


def grounds_html(answer: Calibration, number: int) -> str:
    """Methods, assumptions and rows put aside."""
    aside = answer.history.quarantined
    kept = len(answer.history)
    share = f"{len(aside):,} of {kept + len(aside):,} prices put aside"
    return grounds_section(
        calibration_grounds(answer),
        number,
        heading="Methods and assumptions",
        more=card("<h3>Data quality</h3>" + quarantine_table(aside, share)),
    )
