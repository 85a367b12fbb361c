"""The report: one HTML file that needs nothing else, neither network nor server.

Scripts are allowed by their hash only, nothing is loaded, and every string from data is escaped.
"""

from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from importlib.resources import files
from string import Template

import msgspec

from shortgamma.exposure.feedback import CriticalShock, ShockStatus
from shortgamma.report.amounts import MINUS, moment, price, signed_percent, usd
from shortgamma.report.assumptions import Ground, Origin, grounds
from shortgamma.report.figures.gauge import shock_text
from shortgamma.report.figures.palette import CALL, DARK, LIGHT, LONG, NEUTRAL, PUT, SHORT
from shortgamma.report.figures.themes import templates
from shortgamma.report.headline import headline, sentences
from shortgamma.report.sides import side
from shortgamma.report.story import Chapter, Panel, chapters
from shortgamma.report.tables import (
    expiries_table,
    flips_table,
    holders_table,
    quarantine_table,
    surface_table,
    unfitted_note,
    walls_table,
)
from shortgamma.report.tiles import Tile, tiles
from shortgamma.studies.exposure import METHOD, Exposure

LEADING = 4  # tiles that carry the story
BADGES = {
    -1: ("short", "Short gamma · amplifies"),
    0: ("neutral", "No net gamma"),
    1: ("long", "Long gamma · dampens"),
}
RUNAWAY_BADGE = ("short", "Short gamma · runs away")
GROUNDS = "grounds"
CAUTION = "Open interest has no sign: read the positioning model first."


@dataclass(frozen=True, slots=True, kw_only=True)
class Appendix:
    """A second answer that continues the page of the first one.

    Args:
        menu: Links to its chapters.
        chapters: Makes its chapters, the first one with the given number.
        figures: Specs by panel name.
        grounds: What it rests on, a card.
        length: Number of its chapters.
    """

    menu: str
    chapters: Callable[[int], str]
    figures: dict[str, object]
    grounds: str
    length: int


NOTHING = Appendix(menu="", chapters=lambda _number: "", figures={}, grounds="", length=0)


def page(answer: Exposure, appendix: Appendix = NOTHING) -> str:
    """The whole page as text."""
    story = chapters(answer)
    document = figure_document(answer, story, appendix.figures)
    parts = {
        "title": escape(f"{title(answer)} · shortgamma"),
        "summary": escape(headline(answer)),
        "menu": menu(story, appendix.menu),
        "hero": hero(answer),
        "tiles": tile_rows(tiles(answer)),
        "chapters": "".join(
            chapter_html(answer, chapter, number) for number, chapter in enumerate(story, start=1)
        )
        + appendix.chapters(len(story) + 1),
        "grounds": grounds_html(answer, len(story) + appendix.length + 1, appendix.grounds),
        "caution": escape(CAUTION),
        "method": escape(METHOD),
        "source": escape(source_line(answer)),
        "data": safe_json(document),
    }
    return assembled(parts)


def assembled(parts: Mapping[str, str]) -> str:
    """A page as text: its parts in the frame that all pages share, with style, script and drawing library.

    Args:
        parts: ``title``, ``summary``, ``menu``, ``hero``, ``tiles``, ``chapters``, ``grounds``, ``caution``,
            ``method``, ``source`` and ``data``, as HTML.
    """
    plotly, script = plotly_script(), asset("page.js")
    shared = {
        "policy": policy(plotly, script),
        "style": colours() + asset("page.css"),
        "plotly": plotly,
        "script": script,
    }
    return Template(asset("page.html")).substitute({**parts, **shared})


def plotly_script() -> str:
    """The drawing library, as the installed wheel brings it."""
    return files("plotly").joinpath("package_data", "plotly.min.js").read_text(encoding="utf-8")


def asset(name: str) -> str:
    """The text of a file beside this module."""
    return files("shortgamma.report").joinpath("assets", name).read_text(encoding="utf-8")


def policy(*scripts: str) -> str:
    """A content policy under which exactly these scripts run and nothing is loaded."""
    hashes = " ".join(
        f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in scripts
    )
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )


def safe_json(document: object) -> str:
    """JSON that cannot close the element it stands in."""
    return msgspec.json.encode(document).decode().replace("<", "\\u003c")


def figure_document(
    answer: object, story: tuple[Chapter, ...], more: dict[str, object] | None = None
) -> dict[str, object]:
    """Specs by panel name, and the templates of both themes."""
    return {"figures": specs(answer, story) | (more or {}), "templates": templates()}


def specs(answer: object, story: tuple[Chapter, ...]) -> dict[str, object]:
    """Figures of some chapters, by panel name."""
    return {panel.name: panel.figure(answer) for chapter in story for panel in chapter.panels}


def colours() -> str:
    """The palette as custom properties of the style sheet, for both themes."""
    meaning = {"short": SHORT, "long": LONG, "call": CALL, "put": PUT, "neutral": NEUTRAL}
    light, dark = properties(LIGHT | {"scheme": "light"}), properties(DARK | {"scheme": "dark"})
    return (
        f":root{{{properties(meaning)}{light}}}"
        f"@media (prefers-color-scheme: dark){{:root:not([data-theme=light]){{{dark}}}}}"
        f":root[data-theme=dark]{{{dark}}}"
        f"@media print{{:root,:root[data-theme=dark]{{{light}}}}}\n"
    )


def properties(values: dict[str, str]) -> str:
    """Custom properties as text."""
    return "".join(f"--{name}:{value};" for name, value in values.items())


def title(answer: Exposure) -> str:
    """Underlying and venue."""
    chain = answer.chain
    return (
        f"{chain.underlying} options on {chain.venue}"
        if chain.venue
        else f"{chain.underlying} options"
    )


def source_line(answer: Exposure) -> str:
    """When, where and how much."""
    chain = answer.chain
    return (
        f"{title(answer)}, {moment(chain.asof)}, {len(chain):,} instruments, "
        f"{len(chain.quarantined):,} rows put aside"
    )


def menu(story: tuple[Chapter, ...], more: str = "") -> str:
    """Links to the chapters."""
    return links(story) + more + link(GROUNDS, "Assumptions")


def links(story: tuple[Chapter, ...]) -> str:
    """Links to some chapters."""
    return "".join(link(chapter.name, chapter.short) for chapter in story)


def link(name: str, text: str) -> str:
    """A link to a section."""
    return f'<a href="#{name}">{escape(text)}</a>'


def hero(answer: Exposure) -> str:
    """Badge, headline and the sentences under it."""
    runs_away = answer.feedback.amplification is None
    tone, badge = RUNAWAY_BADGE if runs_away else BADGES[side(answer)]
    first, *others = sentences(answer)
    chain = answer.chain
    facts = (title(answer), moment(chain.asof), f"spot {price(chain.spot)}")
    return (
        f'<p class="facts">{"".join(f"<span>{escape(fact)}</span>" for fact in facts)}</p>'
        f'<p class="badge {tone}">{escape(badge)}</p>'
        f"<h1>{unbroken(headline(answer))}</h1>"
        f'<p class="lead">{unbroken(first)}</p>'
        f'<ul class="notes">{"".join(f"<li>{unbroken(other)}</li>" for other in others)}</ul>'
    )


def unbroken(text: str) -> str:
    """Escaped text in which a number keeps its unit on the same line."""
    safe = escape(text)
    for unit in ("tn$", "bn$", "M$", "k$", "$", "%"):
        safe = safe.replace(f" {unit}", f"&nbsp;{unit}")
    return safe.replace("per 1&nbsp;%", "per&nbsp;1&nbsp;%").replace(
        f"≤ {MINUS}", f"≤&nbsp;{MINUS}"
    )


def tile_rows(every: tuple[Tile, ...]) -> str:
    """The key numbers: the leading ones large."""
    return (
        f'<dl class="tiles leading">{"".join(map(tile_html, every[:LEADING]))}</dl>'
        f'<dl class="tiles">{"".join(map(tile_html, every[LEADING:]))}</dl>'
    )


def tile_html(tile: Tile) -> str:
    """One key number."""
    return (
        f'<div class="tile {tile.tone}"><dt>{escape(tile.label)}</dt>'
        f'<dd class="value">{unbroken(tile.value)} <span>{unbroken(tile.unit)}</span></dd>'
        f'<dd class="note">{unbroken(tile.note)}</dd></div>'
    )


def chapter_html(answer: Exposure, chapter: Chapter, number: int) -> str:
    """A chapter with its figures and tables."""
    return (
        f'<section id="{chapter.name}" aria-labelledby="{chapter.name}-title">'
        f"{chapter_head(chapter.name, chapter.title, chapter.lead, number)}"
        f'<div class="grid">{"".join(map(panel_html, chapter.panels))}'
        f"{extra_html(answer, chapter.name)}</div></section>"
    )


def chapter_head(name: str, heading: str, lead: str, number: int) -> str:
    """Number, title and first sentence of a chapter."""
    return (
        f'<header class="chapter"><span class="number" aria-hidden="true">{number}</span>'
        f'<div><h2 id="{name}-title">{escape(heading)}</h2><p>{unbroken(lead)}</p></div></header>'
    )


def panel_html(panel: Panel) -> str:
    """A figure's card; the script draws into it."""
    tall, phone = panel.height
    wide = " wide" if panel.is_wide else ""
    return (
        f'<figure class="card{wide}"><figcaption><h3>{escape(panel.title)}</h3>'
        f"<p>{escape(panel.caption)}</p></figcaption>"
        f'<div class="plot" id="plot-{panel.name}" data-figure="{panel.name}" role="img" '
        f'aria-label="{escape(panel.description)}" style="--tall:{tall}px;--phone:{phone}px"></div></figure>'
    )


def extra_html(answer: Exposure, name: str) -> str:
    """Tables and facts that belong to a chapter, after its figures."""
    match name:
        case "who":
            return folded("All holders", holders_table(answer))
        case "where":
            return "".join(
                f'<div class="card">{content}</div>'
                for content in (flips_table(answer), walls_table(answer))
            )
        case "what":
            return shocks_html(answer)
        case "sits":
            return folded("All expiries", expiries_table(answer))
        case "smile":
            return folded("Fit and arbitrage report", surface_table(answer) + unfitted_note(answer))
        case _:
            return ""


def folded(heading: str, content: str) -> str:
    """A table that opens on demand."""
    return f'<details class="card wide"><summary>{escape(heading)}</summary>{content}</details>'


def shocks_html(answer: Exposure) -> str:
    """The depth at which it would run away, and the critical shocks."""
    back, levels, spot = answer.feedback, answer.profile.spot, answer.chain.spot
    runaway = back.runaway_depth_usd_per_pct
    facts = (
        Tile(
            label="Runs away at a depth of",
            value="none" if runaway is None else usd(runaway),
            unit="" if runaway is None else "per 1 %",
            note="a book that is not short cannot run away"
            if runaway is None
            else "or less: there θ reaches −1",
        ),
        Tile(
            label="Critical shock up",
            value=shock_text(back.critical_up),
            unit="",
            note=shock_note(back.critical_up, float(levels[-1]) / spot - 1.0),
        ),
        Tile(
            label="Critical shock down",
            value=shock_text(back.critical_down),
            unit="",
            note=shock_note(back.critical_down, float(levels[0]) / spot - 1.0),
        ),
    )
    return f'<dl class="tiles wide three">{"".join(map(tile_html, facts))}</dl>'


def shock_note(shock: CriticalShock, reach: float) -> str:
    """What a critical shock means, or how far it was looked for."""
    match shock.status:
        case ShockStatus.FOUND:
            return "an outside move of the first size ends at the second: hedging carries it on"
        case ShockStatus.RUNAWAY:
            return "every move feeds itself already"
        case ShockStatus.NONE_IN_RANGE:
            return f"no outside move is carried on by hedging up to {signed_percent(reach)}"


def grounds_html(answer: Exposure, number: int, more: str = "") -> str:
    """Assumptions, rows put aside and the version of the method."""
    quality = f'<div class="card wide"><h3>Data quality</h3>{quality_html(answer)}</div>'
    lead = "(A) marks an assumption: change it, and the figures above change with it."
    return grounds_section(grounds(answer), number, lead=lead, more=more + quality)


def grounds_section(
    found: Iterable[Ground],
    number: int,
    *,
    lead: str = "(A) marks an assumption.",
    heading: str = "Assumptions",
    more: str = "",
) -> str:
    """The last chapter of a page: what it rests on, and cards that follow."""
    return (
        f'<section id="{GROUNDS}" aria-labelledby="{GROUNDS}-title">'
        f"{chapter_head(GROUNDS, 'What it rests on', lead, number)}"
        f'<div class="grid"><div class="card wide"><h3>{escape(heading)}</h3>'
        f"{grounds_table(heading, found)}</div>{more}</div></section>"
    )


def grounds_table(heading: str, found: Iterable[Ground]) -> str:
    """Assumptions and measurements, one a row."""
    rows = "".join(
        f'<tr><th scope="row">{escape(g.name)}</th><td>{origin_mark(g.origin)}</td>'
        f"<td>{unbroken(g.value)}</td><td>{unbroken(g.reason)}</td></tr>"
        for g in found
    )
    return (
        f'<div class="scroll" tabindex="0" role="group" aria-label="{escape(heading)}">'
        f'<table class="grounds"><tbody>{rows}</tbody></table></div>'
    )


def quality_html(answer: Exposure) -> str:
    """What was put aside of the quotes, and of the trades or holdings where there are any."""
    chain, held = answer.chain, answer.positioning
    kept, aside = len(chain), len(chain.quarantined)
    share = f"{aside:,} of {kept + aside:,} quotes put aside, never in any total"
    tables = quarantine_table(chain.quarantined, share)
    if held.quarantined:
        more = f"{len(held.quarantined):,} trades or holdings put aside, never in any total"
        tables += quarantine_table(held.quarantined, more)
    return tables


def origin_mark(origin: Origin) -> str:
    """The mark of an assumption, or the word for what is none."""
    text = "(A)" if origin is Origin.ASSUMED else origin.value
    return f'<span class="origin {origin.name.lower()}">{text}</span>'
