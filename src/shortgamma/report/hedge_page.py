"""The page of a hedge: the same shell, palette and script as the report."""

from html import escape

from shortgamma.hedging.optimiser.solution import Status
from shortgamma.report.amounts import MINUS, coins, moment, price, ratio, signed_usd, usd
from shortgamma.report.hedge_story import hedge_chapters, hedge_grounds
from shortgamma.report.hedge_words import (
    LIMIT_HEADS,
    PLAN_HEADS,
    TRADE_HEADS,
    headline,
    limit_rows,
    plan_rows,
    sentences,
    trade_rows,
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
from shortgamma.studies.hedge import METHOD, Hedge, State

CAUTION = "Quotes move and sizes are small: read the plan before the trades."
FEW_ROWS = 24
"""Rows up to which a table stands open."""
BADGES = {
    Status.OPTIMAL: (Tone.LONG, "Inside every limit"),
    Status.BEST_FOUND: (Tone.NEUTRAL, "Inside every limit · best found"),
    Status.RELAXED: (Tone.SHORT, "A limit has to give"),
}


def hedge_page(answer: Hedge) -> str:
    """The whole page as text."""
    story = hedge_chapters(answer)
    parts = {
        "title": escape(f"{title(answer)} · shortgamma"),
        "summary": escape(headline(answer)),
        "menu": menu(story),
        "hero": hero(answer),
        "tiles": tile_rows(hedge_tiles(answer)),
        "chapters": "".join(
            chapter_html(answer, chapter, number) for number, chapter in enumerate(story, start=1)
        ),
        "grounds": grounds_html(answer, len(story) + 1),
        "caution": escape(CAUTION),
        "method": escape(METHOD),
        "source": escape(f"{title(answer)}, {moment(answer.chain.asof)}"),
        "data": safe_json(figure_document(answer, story)),
    }
    return assembled(parts)


def title(answer: Hedge) -> str:
    """Underlying and venue."""
    venue = f" on {answer.chain.venue}" if answer.chain.venue else ""
    return f"Hedge of {answer.chain.underlying} options{venue}"


def hero(answer: Hedge) -> str:
    """Badge, headline and the sentences under it."""
    tone, badge = BADGES[answer.status]
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


def hedge_tiles(answer: Hedge) -> tuple[Tile, ...]:
    """All key numbers; the first four carry the story."""
    before, after = answer.before.measured, answer.after.measured
    was, now = before.totals, after.totals
    return (
        cost_tile(answer),
        change("Gamma", was.gamma_usd_per_pct, now.gamma_usd_per_pct, unit="per 1 %"),
        change("Vega", was.vega_usd_per_point, now.vega_usd_per_point, unit="per point"),
        change(
            "Worst cell",
            -before.worst_cell_usd,
            -after.worst_cell_usd,
            unit="",
            note=f"at {cell(answer, answer.after)}",
        ),
        delta_tile(answer),
        change("Time decay", was.theta_usd_per_day, now.theta_usd_per_day, unit="per day"),
        theta_tile(answer),
    )


def cost_tile(answer: Hedge) -> Tile:
    """What the trades cost."""
    legs = f"{len(answer.trades)} trades" if len(answer.trades) != 1 else "1 trade"
    fees = f", of it {usd(answer.fees_usd)} fees" if answer.fees_usd else ", no fees given"
    return Tile(label="Cost against mid", value=usd(answer.cost_usd), unit="", note=f"{legs}{fees}")


def delta_tile(answer: Hedge) -> Tile:
    """Delta of options and everything else."""
    name = answer.chain.underlying
    before, after = answer.before.measured.delta, answer.after.measured.delta
    return Tile(
        label="Delta", value=coins(after, name), unit="", note=f"before {coins(before, name)}"
    )


def theta_tile(answer: Hedge) -> Tile:
    """Gamma over depth."""
    before, after = answer.before.feedback.theta, answer.after.feedback.theta
    return Tile(
        label="θ of the book",
        value=ratio(after),
        unit="",
        note=f"before {ratio(before)}; gamma over depth",
        tone=tone_of(after),
    )


def change(label: str, before: float, after: float, *, unit: str, note: str = "") -> Tile:
    """A figure after the trades, with what it was."""
    more = f"; {note}" if note else ""
    return Tile(
        label=label,
        value=signed_usd(after),
        unit=unit,
        note=f"before {signed_usd(before)}{more}",
        tone=tone_of(after),
    )


def tone_of(value: float) -> Tone:
    """Orange below zero, blue above."""
    return Tone.SHORT if value < 0.0 else Tone.LONG if value > 0.0 else Tone.NEUTRAL


def cell(answer: Hedge, state: State) -> str:
    """The worst cell of a state in words."""
    return answer.file.limits.shocks[state.measured.worst].label.replace("-", MINUS)


def chapter_html(answer: Hedge, chapter: Chapter, number: int) -> str:
    """A chapter with its figures and tables."""
    before = {"trades": trades_html(answer), "limits": limits_html(answer)}.get(chapter.name, "")
    return (
        f'<section id="{chapter.name}" aria-labelledby="{chapter.name}-title">'
        f"{chapter_head(chapter.name, chapter.title, chapter.lead, number)}"
        f'<div class="grid">{before}{"".join(map(panel_html, chapter.panels))}</div></section>'
    )


def trades_html(answer: Hedge) -> str:
    """The trades, and the plan behind a click."""
    rows = list(trade_rows(answer))
    content = table(
        "Trades; prices as quoted, cost in USD", TRADE_HEADS, rows=rows, empty="Nothing to trade."
    )
    card = (
        f'<div class="card wide">{content}</div>'
        if len(rows) <= FEW_ROWS
        else folded(f"All {len(rows)} trades", content)
    )
    plan = table(
        "Orders in sequence", PLAN_HEADS, rows=plan_rows(answer), empty="Nothing to execute."
    )
    return card + folded("Execution plan", plan)


def limits_html(answer: Hedge) -> str:
    """The limits."""
    content = table(
        "Limits before and after", LIMIT_HEADS, rows=limit_rows(answer), empty="No limit."
    )
    return f'<div class="card wide">{content}</div>'


def grounds_html(answer: Hedge, number: int) -> str:
    """Assumptions."""
    return grounds_section(hedge_grounds(answer), number)
