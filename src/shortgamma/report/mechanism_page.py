"""The page of a run of a mechanism: the same shell, palette and script as the report."""

from collections.abc import Iterator
from html import escape

from shortgamma.report.assumptions import Ground, Origin
from shortgamma.report.figures.mechanism import movement_figure
from shortgamma.report.mechanism_words import (
    EVENT_HEADS,
    FIELD_HEADS,
    event_rows,
    extent,
    field_rows,
    headline,
    moved,
    origin_words,
    resting,
    spaced,
    verified_words,
    who,
)
from shortgamma.report.page import (
    assembled,
    chapter_head,
    figure_document,
    grounds_section,
    link,
    menu,
    panel_html,
    safe_json,
    tile_rows,
    unbroken,
)
from shortgamma.report.story import Chapter, Panel
from shortgamma.report.tables import table
from shortgamma.report.tiles import Tile, Tone
from shortgamma.studies.mechanism import METHOD, MechanismRun

HEIGHT = (240, 220)
MOST_PANELS = 12
CAUTION = (
    "A state machine follows its contract's rules, not its market: prices are those of the events."
)
EVENTS = "events"


def mechanism_page(answer: MechanismRun) -> str:
    """The whole page as text."""
    story = chapters(answer)
    name = answer.mechanism.name
    parts = {
        "title": escape(f"mechanism {name} · shortgamma"),
        "summary": escape(headline(answer)),
        "menu": link(EVENTS, "Events") + menu(story),
        "hero": hero(answer),
        "tiles": tile_rows(run_tiles(answer)),
        "chapters": events_html(answer)
        + "".join(
            chapter_html(answer, chapter, place) for place, chapter in enumerate(story, start=2)
        ),
        "grounds": grounds_section(
            run_grounds(answer),
            len(story) + 2,
            lead="The state's fields that no event moved, and where the rules come from.",
        ),
        "caution": escape(CAUTION),
        "method": escape(METHOD),
        "source": escape(f"Mechanism {name}, {extent(answer)}"),
        "data": safe_json(figure_document(answer, story)),
    }
    return assembled(parts)


def hero(answer: MechanismRun) -> str:
    """Badge, headline, and where the rules come from."""
    found = answer.mechanism
    badge = "Verified" if found.origin.verified else "Not verified"
    facts = (f"mechanism {found.name}", extent(answer))
    gamma, hedger = who(found)
    notes = (hedger, *origin_words(found.origin))
    return (
        f'<p class="facts">{"".join(f"<span>{escape(fact)}</span>" for fact in facts)}</p>'
        f'<p class="badge {Tone.NEUTRAL}">{escape(badge)}</p>'
        f"<h1>{unbroken(headline(answer))}</h1>"
        f'<p class="lead">{unbroken(gamma)}</p>'
        f'<ul class="notes">{"".join(f"<li>{unbroken(note)}</li>" for note in notes)}</ul>'
    )


def run_tiles(answer: MechanismRun) -> tuple[Tile, ...]:
    """Counts."""
    count, still = len(moved(answer)), len(resting(answer))
    return (
        Tile(label="Events", value=str(len(answer.events)), unit="", note="in the file's order"),
        Tile(
            label="Refused",
            value=str(answer.refused),
            unit="",
            note="the state stays as it was",
        ),
        Tile(label="Fields that moved", value=str(count), unit="", note=f"{still} did not"),
        Tile(label="Paths", value=str(answer.paths or 1), unit="", note="of every figure"),
    )


def events_html(answer: MechanismRun) -> str:
    """The chapter of events and their outcomes."""
    rows = table("Events and outcomes", EVENT_HEADS, rows=event_rows(answer), empty="No event.")
    lead = "What happened, and what the mechanism made of it."
    return (
        f'<section id="{EVENTS}" aria-labelledby="{EVENTS}-title">'
        f"{chapter_head(EVENTS, 'What happened', lead, 1)}"
        f'<div class="grid"><div class="card wide">{rows}</div></div></section>'
    )


def chapters(answer: MechanismRun) -> tuple[Chapter, ...]:
    """The state over the events; none where nothing moved."""
    places = [place for place, found in enumerate(answer.movements) if found.moves]
    if not places:
        return ()
    left = len(places) - MOST_PANELS
    more = f" {left} more are in the table." if left > 0 else ""
    return (
        Chapter(
            name="state",
            title="How the state moved",
            short="State",
            lead=f"Before the first event, and after each one; a cross marks a refused event.{more}",
            panels=tuple(panel(answer, place) for place in places[:MOST_PANELS]),
        ),
    )


def panel(answer: MechanismRun, place: int) -> Panel:
    """One field."""
    found = answer.movements[place]
    ((_, first, last, _low, _high),) = field_rows((found,))
    over = "Mean and range over paths; " if found.varies else ""
    return Panel(
        name=f"field-{place}",
        title=spaced(found.name),
        caption=f"{over}from {first} to {last}.",
        description=f"Steps of {spaced(found.name)} over the events, from {first} to {last}.",
        figure=movement_figure(place),
        height=HEIGHT,
    )


def chapter_html(answer: MechanismRun, chapter: Chapter, place: int) -> str:
    """The chapter with its figures and the table of all fields."""
    rows = field_rows(moved(answer))
    return (
        f'<section id="{chapter.name}" aria-labelledby="{chapter.name}-title">'
        f"{chapter_head(chapter.name, chapter.title, chapter.lead, place)}"
        f'<div class="grid">{"".join(map(panel_html, chapter.panels))}'
        f'<div class="card wide">{table("Fields that moved", FIELD_HEADS, rows=rows, empty="")}</div>'
        "</div></section>"
    )


def run_grounds(answer: MechanismRun) -> Iterator[Ground]:
    """Source, and the figures that stayed as they were."""
    origin = answer.mechanism.origin
    yield Ground(
        name="Rules",
        value=origin.source,
        reason=" ".join((verified_words(origin), origin.doubts)).strip(),
        origin=Origin.GIVEN,
    )
    for name, first, *_ in field_rows(resting(answer)):
        yield Ground(name=spaced(name), value=first, reason="Of the state.", origin=Origin.GIVEN)
