"""The page of a stress test: the same shell, palette and script as the report."""

from html import escape

from shortgamma.report.amounts import moment, number, percent, price, ratio, signed_usd, usd
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
from shortgamma.report.stress_story import stress_chapters, stress_grounds
from shortgamma.report.stress_words import (
    GAP_HEADS,
    LIMIT_HEADS,
    PART_HEADS,
    cell_words,
    gap_rows,
    headline,
    held_words,
    limit_rows,
    part_rows,
    sentences,
)
from shortgamma.report.tables import table
from shortgamma.report.tiles import Tile, Tone
from shortgamma.risk.stress import CarryStatus
from shortgamma.studies.stress import METHOD, Stress

CAUTION = "A matrix shows what its shifts do; what it does not contain it cannot show."
CARRY = {
    CarryStatus.NEVER_PAID: "nothing comes in",
    CarryStatus.NO_LOSS: "no cell loses",
}


def stress_page(answer: Stress) -> str:
    """The whole page as text."""
    story = stress_chapters(answer)
    parts = {
        "title": escape(f"{title(answer)} · shortgamma"),
        "summary": escape(headline(answer)),
        "menu": menu(story),
        "hero": hero(answer),
        "tiles": tile_rows(stress_tiles(answer)),
        "chapters": "".join(
            chapter_html(answer, chapter, number) for number, chapter in enumerate(story, start=1)
        ),
        "grounds": grounds_section(stress_grounds(answer), len(story) + 1),
        "caution": escape(CAUTION),
        "method": escape(METHOD),
        "source": escape(f"{title(answer)}, {moment(answer.book.asof)}"),
        "data": safe_json(figure_document(answer, story)),
    }
    return assembled(parts)


def title(answer: Stress) -> str:
    """What is stressed."""
    return " ".join(f"Stress of a {answer.book.underlying} book".split())


def badge(answer: Stress) -> tuple[Tone, str]:
    """Whether limits are kept."""
    if not answer.limits:
        return Tone.NEUTRAL, "No limits given"
    broken = len(answer.breaches)
    if not broken:
        return Tone.LONG, "Inside every limit"
    return Tone.SHORT, "1 limit breached" if broken == 1 else f"{broken} limits breached"


def hero(answer: Stress) -> str:
    """Badge, headline and the sentences under it."""
    tone, mark = badge(answer)
    first, *others = sentences(answer)
    facts = (title(answer), moment(answer.book.asof), f"spot {price(answer.book.spot)}")
    return (
        f'<p class="facts">{"".join(f"<span>{escape(fact)}</span>" for fact in facts)}</p>'
        f'<p class="badge {tone}">{escape(mark)}</p>'
        f"<h1>{unbroken(headline(answer))}</h1>"
        f'<p class="lead">{unbroken(first)}</p>'
        f'<ul class="notes">{"".join(f"<li>{unbroken(other)}</li>" for other in others)}</ul>'
    )


def stress_tiles(answer: Stress) -> tuple[Tile, ...]:
    """All key numbers; the first four carry the story."""
    worst, totals = answer.matrix.worst, answer.totals
    fall = min(answer.gaps, key=lambda gap: gap.hedged_usd)
    return (
        signed("Worst cell", worst.pnl_usd, note=f"at {cell_words(worst)}"),
        carry_tile(answer),
        signed("Worst gap", fall.hedged_usd, note=f"{percent(fall.spot_move, 3)}, delta hedged"),
        signed("Gamma", totals.gamma_usd_per_pct, unit="per 1 %", note=theta_note(answer)),
        Tile(
            label="Delta",
            value=held_words(answer, answer.delta),
            unit="",
            note="options and everything else",
        ),
        signed("Vega", totals.vega_usd_per_point, unit="per point", note="of the options"),
        signed(
            "Best cell", answer.matrix.best.pnl_usd, note=f"at {cell_words(answer.matrix.best)}"
        ),
        curvature_tile(answer),
    )


def signed(label: str, value: float, *, note: str, unit: str = "") -> Tile:
    """An amount of money, coloured by its sign."""
    tone = Tone.SHORT if value < 0.0 else Tone.LONG if value > 0.0 else Tone.NEUTRAL
    return Tile(label=label, value=signed_usd(value), unit=unit, note=note, tone=tone)


def theta_note(answer: Stress) -> str:
    """θ in short."""
    return f"θ {ratio(answer.theta)}"


def carry_tile(answer: Stress) -> Tile:
    """Theta-to-worst."""
    carry = answer.carry
    theta = f"time decay {signed_usd(carry.theta_usd_per_day)} a day"
    if carry.status is CarryStatus.PAID_IN_DAYS:
        return Tile(label="Theta to worst", value=number(carry.days), unit="days", note=theta)
    return Tile(label="Theta to worst", value=CARRY[carry.status], unit="", note=theta)


def curvature_tile(answer: Stress) -> Tile:
    """The curvature charge, or concentration where there is none."""
    found = answer.curvature
    if found is None:
        strike = answer.concentrations[0]
        return Tile(
            label="Concentration",
            value=percent(strike.share),
            unit="of gamma",
            note="in one strike",
        )
    return Tile(
        label="Curvature",
        value=usd(found.charge_usd),
        unit="",
        note=f"{signed_usd(found.up)} up, {signed_usd(found.down)} down",
    )


def chapter_html(answer: Stress, chapter: Chapter, number: int) -> str:
    """A chapter with its figures and tables."""
    return (
        f'<section id="{chapter.name}" aria-labelledby="{chapter.name}-title">'
        f"{chapter_head(chapter.name, chapter.title, chapter.lead, number)}"
        f'<div class="grid">{"".join(map(panel_html, chapter.panels))}'
        f"{tables(answer, chapter.name)}</div></section>"
    )


def tables(answer: Stress, name: str) -> str:
    """The table of a chapter."""
    match name:
        case "limits":
            content = table("Limits", LIMIT_HEADS, rows=limit_rows(answer), empty="No limit.")
        case "scenarios":
            content = table(
                "What loses most in the worst cell",
                PART_HEADS,
                rows=part_rows(answer),
                empty="Nothing is held.",
            )
        case _:
            content = table(
                "Jumps without re-hedging", GAP_HEADS, rows=gap_rows(answer), empty="No jump."
            )
    return f'<div class="card wide">{content}</div>'
