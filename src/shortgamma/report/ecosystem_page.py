"""The page of an ecosystem's cascade: how it spread, who fails, who matters, what concentration does."""

from collections.abc import Callable, Iterator, Mapping
from html import escape
from types import MappingProxyType
from typing import Final

from shortgamma.report.amounts import number, signed_percent, usd
from shortgamma.report.assumptions import Ground, Origin
from shortgamma.report.ecosystem_words import (
    IMPORTANCE_HEADS,
    NODE_HEADS,
    NONE,
    ROUND_HEADS,
    RULES,
    SPLIT_HEADS,
    amplification,
    concentration,
    headline,
    importance_rows,
    largest_move,
    lost_share,
    node_rows,
    round_rows,
    sentences,
    split_rows,
)
from shortgamma.report.figures.ecosystem import (
    concentration_bars,
    dropped,
    first_to_fail,
    time_line,
)
from shortgamma.report.figures.frame import Spec
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
from shortgamma.report.story import Chapter, Panel
from shortgamma.report.tables import table
from shortgamma.report.tiles import Tile, Tone
from shortgamma.risk.contagion.cascade import CascadeStatus
from shortgamma.studies.ecosystem import CONVENTION, METHOD, EcosystemAnswer

CAUTION = "A model with linear impact and one outside move: its order and sizes follow from its assumptions."
HEIGHT = (360, 340)


def ecosystem_page(answer: EcosystemAnswer) -> str:
    """The whole page as text."""
    story = chapters(answer)
    parts = {
        "title": escape(f"{title(answer)} · shortgamma"),
        "summary": escape(headline(answer)),
        "menu": menu(story),
        "hero": hero(answer),
        "tiles": tile_rows(tiles_of(answer)),
        "chapters": "".join(
            chapter_html(answer, chapter, place) for place, chapter in enumerate(story, start=1)
        ),
        "grounds": grounds_section(grounds_of(answer), len(story) + 1),
        "caution": escape(CAUTION),
        "method": escape(METHOD),
        "source": escape(f"{title(answer)}, ecosystem, {CONVENTION}"),
        "data": safe_json(figure_document(answer, story)),
    }
    return assembled(parts)


def title(answer: EcosystemAnswer) -> str:
    """Of the network."""
    return answer.system.title or "Cascade through an ecosystem"


def hero(answer: EcosystemAnswer) -> str:
    """Badge, headline and the sentences under it."""
    tone, badge = badge_of(answer)
    first, *others = sentences(answer)
    facts = (title(answer), f"{len(answer.system.nodes)} nodes", CONVENTION)
    return (
        f'<p class="facts">{"".join(f"<span>{escape(fact)}</span>" for fact in facts)}</p>'
        f'<p class="badge {tone}">{escape(badge)}</p>'
        f"<h1>{unbroken(headline(answer))}</h1>"
        f'<p class="lead">{unbroken(first)}</p>'
        f'<ul class="notes">{"".join(f"<li>{unbroken(other)}</li>" for other in others)}</ul>'
    )


def badge_of(answer: EcosystemAnswer) -> tuple[Tone, str]:
    """Whether it holds, in two words."""
    found = answer.cascade
    if found.outcome is None:
        return Tone.SHORT, "Unstable" if found.status is CascadeStatus.UNSTABLE else "Exhausted"
    return (Tone.SHORT, "Nodes fail") if found.failed else (Tone.LONG, "Nobody fails")


def tiles_of(answer: EcosystemAnswer) -> tuple[Tile, ...]:
    """Key numbers; the first four carry the story."""
    found = answer.cascade
    ended, gain = found.outcome, found.loop.loop_gain
    whole = NONE if ended is None else signed_percent(largest_move(answer))
    lost = NONE if ended is None else usd(float(ended.losses.sum()))
    bad = Tone.SHORT if gain >= 1.0 or ended is None else Tone.NEUTRAL
    return (
        tile("Loop gain", number(gain), "unstable from 1 on", bad),
        tile("Amplification", amplification(answer), "of an outside move, by hedges alone", bad),
        tile("Price in the end", whole, f"from {signed_percent(found.move)} at the outset"),
        tile("Fail", f"{len(found.failed)}", f"of {len(answer.system.nodes)}"),
        tile("First to fail", found.first or "none", "in the order of rounds"),
        tile("Losses", lost, f"of all nodes, {lost_share(answer)} of their equity"),
    )


def tile(label: str, value: str, note: str, tone: Tone = Tone.NEUTRAL) -> Tile:
    """A key number without a unit."""
    return Tile(label=label, value=value, unit="", note=note, tone=tone)


def panel(name: str, heading: str, caption: str) -> Panel:
    """A wide figure."""
    return Panel(
        name=name,
        title=heading,
        caption=caption,
        description=caption,
        figure=FIGURES[name],
        height=HEIGHT,
        is_wide=True,
    )


FIGURES: Final[Mapping[str, Callable[[EcosystemAnswer], Spec]]] = MappingProxyType(
    {
        "time-line": time_line,
        "first": first_to_fail,
        "dropped": dropped,
        "concentration": concentration_bars,
    }
)


def chapters(answer: EcosystemAnswer) -> tuple[Chapter, ...]:
    """How it spread, who fails, who matters, what concentration does."""
    spread = panel(
        "time-line", "Round by round", "Prices of the venues; a square where somebody fails."
    )
    weak = panel("first", "Who fails at which move", "Orange fails at the move that was asked.")
    spared = panel("dropped", "The cascade without each", "Right: the others lose less without it.")
    parts = panel(
        "concentration", "One holder or many", "The loop gain; a move never settles from 1 on."
    )
    story = (
        ("rounds", "How it spread", "Rounds", headline(answer) + ".", spread),
        (
            "nodes",
            "Who fails first",
            "Failures",
            "Equity, losses and the move each can bear.",
            weak,
        ),
        (
            "importance",
            "Who matters",
            "Importance",
            "The same move, once without each node.",
            spared,
        ),
        ("parts", "What concentration does", "Concentration", concentration(answer), parts),
    )
    return tuple(
        Chapter(name=name, title=heading, short=short, lead=lead, panels=(drawn,))
        for name, heading, short, lead, drawn in story
    )


def chapter_html(answer: EcosystemAnswer, chapter: Chapter, number_: int) -> str:
    """A chapter with its figure and table."""
    return (
        f'<section id="{chapter.name}" aria-labelledby="{chapter.name}-title">'
        f"{chapter_head(chapter.name, chapter.title, chapter.lead, number_)}"
        f'<div class="grid">{"".join(map(panel_html, chapter.panels))}'
        f"{table_html(answer, chapter)}</div></section>"
    )


def table_html(answer: EcosystemAnswer, chapter: Chapter) -> str:
    """The table of a chapter, folded."""
    heads, rows, none = {
        "rounds": (ROUND_HEADS, round_rows, "No round."),
        "nodes": (NODE_HEADS, node_rows, "No node."),
        "importance": (IMPORTANCE_HEADS, importance_rows, "No node."),
        "parts": (SPLIT_HEADS, split_rows, "Nobody is short gamma."),
    }[chapter.name]
    content = table(chapter.title, heads, rows=rows(answer), empty=none)
    return folded(f"{chapter.short} as a table", content)


def grounds_of(answer: EcosystemAnswer) -> Iterator[Ground]:
    """What the answer rests on."""
    yield Ground(
        name="Move",
        value=signed_percent(answer.cascade.move),
        reason="Of every price at once, before anyone trades.",
        origin=Origin.GIVEN,
    )
    yield Ground(name="Rules", value=CONVENTION, reason=" ".join(RULES), origin=Origin.ASSUMED)
    yield Ground(
        name="Network",
        value=f"{len(answer.system.nodes)} nodes on {len(answer.system.venues)} venues",
        reason=answer.system.note or "Balance sheets and depth as the file gives them.",
        origin=Origin.GIVEN,
    )
    yield Ground(
        name="Status",
        value=answer.cascade.status.value,
        reason="Of the cascade.",
        origin=Origin.MEASURED,
    )
