"""The page of contagion: the network before and after, who loses, and the rounds."""

from collections.abc import Iterator
from html import escape

from shortgamma.report.amounts import number, percent, times
from shortgamma.report.assumptions import Ground, Origin
from shortgamma.report.contagion_words import (
    MODEL_TITLES,
    PAYMENT_HEADS,
    RANKING_WORDS,
    ROUND_HEADS,
    amount,
    convention_words,
    figure,
    headline,
    node_table,
    payment_rows,
    round_rows,
    sentences,
    total,
)
from shortgamma.report.figures.contagion import (
    SHOWN,
    by_round,
    network_after,
    network_before,
    ranked,
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
from shortgamma.report.story import Chapter, Panel
from shortgamma.report.tables import table
from shortgamma.report.tiles import Tile, Tone
from shortgamma.studies.contagion_question import METHOD, Contagion, Model

CAUTION = "A model passes a shock on under one convention; others give other figures for the same network."
RING = (430, 400)
BARS = (360, 340)
STEPS = (300, 280)
FEW_ROWS = 24
COLOURS = {"mode": "the part in the loop", "debtrank": "the DebtRank of each, alone in default"}
TIES = {
    Model.FIRE_SALE: "Arrows run from who sells to who is hurt.",
    Model.GAMMA: "Arrows run from whose price moves to where it moves prices.",
}


def contagion_page(answer: Contagion) -> str:
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
        "source": escape(f"{title(answer)}, {answer.question.model}, {answer.convention}"),
        "data": safe_json(figure_document(answer, story)),
    }
    return assembled(parts)


def title(answer: Contagion) -> str:
    """Of the file, else of the model."""
    return answer.title or MODEL_TITLES[answer.question.model]


def hero(answer: Contagion) -> str:
    """Badge, headline and the sentences under it."""
    tone, badge = badge_of(answer)
    first, *others = sentences(answer)
    facts = (title(answer), MODEL_TITLES[answer.question.model], answer.convention)
    return (
        f'<p class="facts">{"".join(f"<span>{escape(fact)}</span>" for fact in facts)}</p>'
        f'<p class="badge {tone}">{escape(badge)}</p>'
        f"<h1>{unbroken(headline(answer))}</h1>"
        f'<p class="lead">{unbroken(first)}</p>'
        f'<ul class="notes">{"".join(f"<li>{unbroken(other)}</li>" for other in others)}</ul>'
    )


def badge_of(answer: Contagion) -> tuple[Tone, str]:
    """Whether it holds, in two words."""
    if answer.question.model is Model.GAMMA:
        stable = answer.figures["amplification"] is not None
        return (Tone.NEUTRAL, "Stable") if stable else (Tone.SHORT, "Unstable")
    if answer.failed:
        return Tone.SHORT, "Nodes fail"
    return (Tone.LONG, "Nobody fails") if answer.status == "ok" else (Tone.NEUTRAL, answer.status)


def tiles_of(answer: Contagion) -> tuple[Tile, ...]:
    """Key numbers; the first four carry the story."""
    found = answer.nodes
    count = len(found.names)
    if answer.question.model is Model.GAMMA:
        return (*loop_tiles(answer), plain_tile("Venues", f"{count}", "in the loop"))
    failed = len(answer.failed)
    first = answer.failed[0] if failed else "none"
    return (
        plain_tile("Fail", f"{failed}", f"of {count}", tone=Tone.SHORT if failed else Tone.LONG),
        plain_tile("Losses", amount(float(found.losses.sum())), "of all nodes together"),
        plain_tile("First to fail", first, "in the order of rounds"),
        plain_tile("Rounds", f"{answer.figures.get('steps', 1)}", "until nothing changes"),
        *model_tiles(answer),
    )


def plain_tile(label: str, value: str, note: str, *, tone: Tone = Tone.NEUTRAL) -> Tile:
    """A key number without a unit."""
    return Tile(label=label, value=value, unit="", note=note, tone=tone)


def loop_tiles(answer: Contagion) -> tuple[Tile, ...]:
    """Gain and amplification."""
    amplification = answer.figures["amplification"]
    gain = figure(answer, "loop_gain")
    moves = "none" if amplification is None else times(figure(answer, "amplification"))
    note = "a move never settles" if amplification is None else "of an outside move"
    tone = Tone.SHORT if gain >= 1.0 else Tone.NEUTRAL
    return (
        plain_tile("Loop gain", number(gain), "unstable from 1 on", tone=tone),
        plain_tile("Amplification", moves, note, tone=tone),
    )


def model_tiles(answer: Contagion) -> tuple[Tile, ...]:
    """Figures that only one model has."""
    match answer.question.model:
        case Model.DEBTRANK:
            radius = figure(answer, "spectral_radius")
            tone = Tone.SHORT if radius >= 1.0 else Tone.NEUTRAL
            note = "small shocks grow from 1 on"
            return (plain_tile("Spectral radius", number(radius), note, tone=tone),)
        case Model.FIRE_SALE if "aggregate_vulnerability" in answer.figures:
            value = percent(figure(answer, "aggregate_vulnerability"), 3)
            return (plain_tile("Aggregate vulnerability", value, "of all equity, by sales alone"),)
        case Model.ROGERS_VERAART | Model.EISENBERG_NOE:
            outside = amount(total(answer, "external_losses"))
            costs = amount(total(answer, "default_costs"))
            return (
                plain_tile("Lost outside", outside, "by creditors outside the network"),
                plain_tile("Destroyed", costs, "by defaults themselves"),
            )
        case _:
            return ()


def chapters(answer: Contagion) -> tuple[Chapter, ...]:
    """The network, who loses, and the rounds where there are any."""
    story = [network_chapter(answer), losses_chapter(answer)]
    return (*story, rounds_chapter(answer)) if answer.rounds else tuple(story)


def network_chapter(answer: Contagion) -> Chapter:
    """Before and after."""
    count = len(answer.nodes.names)
    cut = f" The {SHOWN} largest of {count} nodes are drawn." if count > SHOWN else ""
    colour = COLOURS.get(answer.ranking.name, "the part of equity lost")
    tie = TIES.get(answer.question.model, "Arrows run from who owes to whom.")
    panels = tuple(
        Panel(
            name=f"network-{name}",
            title=heading,
            caption=f"{tie} Area is size, colour {colour}, a square has failed.",
            description=f"Nodes on a ring, coloured by {colour}, {name} the shock spreads.",
            figure=drawn,
            height=RING,
        )
        for name, heading, drawn in (
            ("before", "At the outset", network_before),
            ("after", "At the end", network_after),
        )
    )
    lead = f"Who is tied to whom, and what each has lost.{cut}"
    return Chapter(
        name="network",
        title="The network before and after",
        short="Network",
        lead=lead,
        panels=panels,
    )


def losses_chapter(answer: Contagion) -> Chapter:
    """Bars and the table of nodes."""
    bars = Panel(
        name="ranked",
        title=RANKING_WORDS[answer.ranking.name],
        caption="In the currency of the file, or as a part; orange has failed.",
        description="Horizontal bars, one per node, the largest on top.",
        figure=ranked,
        height=BARS,
        is_wide=True,
    )
    return Chapter(
        name="losses",
        title="Who bears it",
        short="Losses",
        lead=headline(answer) + ".",
        panels=(bars,),
    )


def rounds_chapter(answer: Contagion) -> Chapter:
    """Steps and their table."""
    steps = Panel(
        name="rounds",
        title="Round by round",
        caption="Each round follows from the one before.",
        description="A line of steps over rounds.",
        figure=by_round,
        height=STEPS,
        is_wide=True,
    )
    return Chapter(
        name="rounds",
        title="How it spread",
        short="Rounds",
        lead=f"{len(answer.rounds)} rounds, the first one at the shock itself."
        if answer.question.model is Model.DEBTRANK
        else "Who falls in which round.",
        panels=(steps,),
    )


def chapter_html(answer: Contagion, chapter: Chapter, number_: int) -> str:
    """A chapter with its figures and tables."""
    more = {"losses": losses_html, "rounds": rounds_html}.get(chapter.name)
    return (
        f'<section id="{chapter.name}" aria-labelledby="{chapter.name}-title">'
        f"{chapter_head(chapter.name, chapter.title, chapter.lead, number_)}"
        f'<div class="grid">{"".join(map(panel_html, chapter.panels))}'
        f"{more(answer) if more else ''}</div></section>"
    )


def losses_html(answer: Contagion) -> str:
    """Every node, and payments where the model has them."""
    heads, found = node_table(answer)
    rows = list(found)
    content = table("The hardest hit first", heads, rows=rows, empty="No node.")
    few = len(rows) <= FEW_ROWS
    shown = (
        f'<div class="card wide">{content}</div>'
        if few
        else folded(f"All {len(rows)} nodes", content)
    )
    if "received" not in answer.figures:
        return shown
    paid = table("Payments", PAYMENT_HEADS, rows=payment_rows(answer), empty="No node.")
    return shown + folded("Who pays what", paid)


def rounds_html(answer: Contagion) -> str:
    """Every round."""
    content = table("Rounds", ROUND_HEADS, rows=round_rows(answer), empty="No round.")
    return folded("All rounds", content)


def grounds_of(answer: Contagion) -> Iterator[Ground]:
    """What the answer rests on."""
    yield Ground(
        name="Model",
        value=MODEL_TITLES[answer.question.model],
        reason=convention_words(answer),
        origin=Origin.ASSUMED,
    )
    yield Ground(
        name="Convention",
        value=answer.convention,
        reason="Named in the answer.",
        origin=Origin.GIVEN,
    )
    yield Ground(
        name="Status", value=answer.status, reason="Of the solution.", origin=Origin.MEASURED
    )
    yield Ground(
        name="Network",
        value=f"{len(answer.nodes.names):,} nodes",
        reason=" ".join(answer.notes) or "Debts and balance sheets as the file gives them.",
        origin=Origin.GIVEN,
    )
