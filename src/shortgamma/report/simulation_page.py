"""The page of a simulation: the same shell, palette and script as the report."""

from html import escape

from shortgamma.report.amounts import (
    percent,
    price,
    probability,
    ratio,
    signed_usd,
    usd,
)
from shortgamma.report.figures.palette import ROUNDING
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
from shortgamma.report.simulation_grounds import simulation_grounds
from shortgamma.report.simulation_story import simulation_chapters
from shortgamma.report.simulation_words import (
    book_words,
    comparisons,
    extent,
    headline,
    is_single,
    is_unhedged,
    losers,
    move_words,
    notes,
    per_path,
    percent_with_error,
    price_words,
    runs_away,
    telling_move,
    with_error,
)
from shortgamma.report.story import Chapter
from shortgamma.report.tables import table
from shortgamma.report.tiles import Tile, Tone
from shortgamma.studies.distributions import results
from shortgamma.studies.simulation import METHOD, MOVES, SQUEEZE, Simulation

CAUTION = "A simulation is as good as its assumptions: read them first."


def simulation_page(answer: Simulation) -> str:
    """The whole page as text."""
    story = simulation_chapters(answer)
    name = answer.scenario.name
    parts = {
        "title": escape(f"{name} · shortgamma"),
        "summary": escape(headline(answer)),
        "menu": menu(story),
        "hero": hero(answer),
        "tiles": tile_rows(simulation_tiles(answer)),
        "chapters": "".join(
            chapter_html(answer, chapter, number) for number, chapter in enumerate(story, start=1)
        ),
        "grounds": grounds_html(answer, len(story) + 1),
        "caution": escape(CAUTION),
        "method": escape(METHOD),
        "source": escape(f"Simulation {name}, {extent(answer)}"),
        "data": safe_json(figure_document(answer, story)),
    }
    return assembled(parts)


def hero(answer: Simulation) -> str:
    """Badge, headline, and what has to be known before the figures."""
    tone, badge = badge_of(answer)
    facts = (f"simulate {answer.scenario.name}", extent(answer))
    lines = filter(None, (book_words(answer), price_words(answer), *notes(answer)))
    return (
        f'<p class="facts">{"".join(f"<span>{escape(fact)}</span>" for fact in facts)}</p>'
        f'<p class="badge {tone}">{escape(badge)}</p>'
        f"<h1>{unbroken(headline(answer))}</h1>"
        f'<p class="lead">{unbroken(sentence(answer.scenario.summary))}</p>'
        f'<ul class="notes">{"".join(f"<li>{unbroken(sentence(line))}</li>" for line in lines)}</ul>'
    )


def badge_of(answer: Simulation) -> tuple[str, str]:
    """Side of the book at the start, and what it does."""
    gamma = answer.book.gamma_usd_per_pct
    if is_unhedged(answer) or abs(gamma) < ROUNDING:
        return Tone.NEUTRAL, "No gamma"
    if runs_away(answer):
        return Tone.SHORT, "Short gamma · runs away"
    return (
        (Tone.SHORT, "Short gamma · amplifies")
        if gamma < 0.0
        else (Tone.LONG, "Long gamma · dampens")
    )


def sentence(text: str) -> str:
    """Text with a capital and a full stop."""
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"


def simulation_tiles(answer: Simulation) -> tuple[Tile, ...]:
    """All key numbers; the first four carry the story."""
    return (
        vol_tile(answer),
        move_tile(answer),
        squeeze_tile(answer),
        result_tile(answer),
        *others(answer),
    )


def direction(value: float) -> Tone:
    """Tone of a ratio: more is what short gamma does."""
    return Tone.SHORT if value > 1.0 else Tone.LONG if value < 1.0 else Tone.NEUTRAL


def vol_tile(answer: Simulation) -> Tile:
    """Realised vol."""
    found = answer.metrics["realised_vol_ratio"]
    market, quiet = answer.metrics["realised_vol"], answer.metrics["realised_vol_without"]
    value, _, error = with_error(found.value, found.standard_error).partition(" ± ")
    return Tile(
        label="Realised vol with hedging",
        value=f"× {value}",
        unit=f"± {error}" if error else "",
        note=f"{percent(market.value)}, without {percent(quiet.value)}",
        tone=direction(found.value),
    )


def move_tile(answer: Simulation) -> Tile:
    """Chance of the move that the headline names; how far the price went, where there is one path."""
    metrics = answer.metrics
    if is_single(answer):
        return Tile(
            label="Largest log move from the start",
            value=percent(metrics["max_move"].value),
            unit="",
            note=f"without hedging {percent(metrics['max_move_without'].value)}",
            tone=direction(metrics["max_move_ratio"].value),
        )
    name = telling_move(answer) or f"probability_down_{100.0 * MOVES[0]:g}pct"
    found, quiet = metrics[name], metrics[f"{name}_without"]
    return Tile(
        label=f"Chance of {move_words(name)}",
        value=percent(found.value),
        unit=f"± {percent(found.standard_error, 1)}" if found.standard_error > 0.0 else "",
        note=f"without hedging {percent_with_error(quiet)}",
        tone=direction(found.value / quiet.value if quiet.value else 1.0),
    )


def squeeze_tile(answer: Simulation) -> Tile:
    """Steps in which orders moved the price."""
    if is_single(answer):
        return step_tile(answer)
    found = answer.metrics["squeeze_probability"]
    widest = answer.metrics["widest_step_ratio"]
    return Tile(
        label="Chance of a squeeze",
        value=probability(found.value),
        unit="",
        note=f"orders move it {100.0 * SQUEEZE:g} % within one step; widest step × "
        f"{with_error(widest.value, widest.standard_error)}",
        tone=Tone.SHORT if found.value > 0.0 else Tone.NEUTRAL,
    )


def step_tile(answer: Simulation) -> Tile:
    """The widest step of the one path."""
    metrics = answer.metrics
    return Tile(
        label="Widest step",
        value=percent(metrics["widest_step"].value),
        unit="",
        note=f"without hedging {percent(metrics['widest_step_without'].value)}",
        tone=direction(metrics["widest_step_ratio"].value),
    )


def result_tile(answer: Simulation) -> Tile:
    """What hedgers won or lost together."""
    found = results(answer.outcome)
    total = sum(row.total.value for row in found)
    worst = (
        "" if is_single(answer) else f"worst 5 % of the paths: {usd(sum(r.worst for r in found))}"
    )
    return Tile(
        label="Result of the hedgers",
        value=signed_usd(total),
        unit="" if is_single(answer) else "per path",
        note=worst if len(found) == 1 else f"{len(found)} hedgers together",
        tone=Tone.LONG if total > 0.0 else Tone.SHORT if total < 0.0 else Tone.NEUTRAL,
    )


def others(answer: Simulation) -> tuple[Tile, ...]:
    """What the market was like."""
    metrics, gamma = answer.metrics, answer.book.gamma_usd_per_pct
    depth = answer.scenario.depth_usd_per_pct
    found = [
        Tile(label="Spot", value=price(answer.book.spot), unit="USD", note="at the start"),
        Tile(
            label="Net gamma",
            value=signed_usd(gamma),
            unit="per 1 %",
            note="of the hedgers at the start",
        ),
        Tile(
            label="θ",
            value=ratio(gamma / depth) if depth else "–",
            unit="",
            note="net gamma over depth at the start",
        ),
        Tile(
            label="Halted or collapsed",
            value=probability(
                metrics["halted_probability"].value + metrics["collapsed_probability"].value
            ),
            unit="",
            note="of the paths",
        ),
    ]
    if is_single(answer):
        return tuple(found)
    large = (("Largest log move", "max_move"), ("Widest step", "widest_step"))
    return (*found, *(mean_tile(answer, label, name) for label, name in large))


def mean_tile(answer: Simulation, label: str, name: str) -> Tile:
    """Mean of a figure, with hedging and without."""
    market, quiet = answer.metrics[name].value, answer.metrics[f"{name}_without"].value
    return Tile(
        label=label,
        value=percent(market),
        unit="",
        note=f"mean; without hedging {percent(quiet)}",
    )


def chapter_html(answer: Simulation, chapter: Chapter, number: int) -> str:
    """A chapter with its figures and tables."""
    extra = {"price": price_table(answer), "leverage": leverage_table(answer)}.get(chapter.name, "")
    return (
        f'<section id="{chapter.name}" aria-labelledby="{chapter.name}-title">'
        f"{chapter_head(chapter.name, chapter.title, chapter.lead, number)}"
        f'<div class="grid">{"".join(map(panel_html, chapter.panels))}{extra}</div></section>'
    )


def price_table(answer: Simulation) -> str:
    """The figures of the price."""
    rows = ((row.label, row.market, row.quiet, row.ratio) for row in comparisons(answer))
    error = "" if is_single(answer) else ", ± one standard error"
    content = table(
        f"With and without hedging{error}",
        ("Figure|", "With", "Without", "Ratio"),
        rows=rows,
        empty="Nothing moved.",
    )
    return f'<div class="card wide compare">{content}</div>'


def leverage_table(answer: Simulation) -> str:
    """What leveraged traders, the insurance fund and winners lost."""
    content = table(
        f"Losses{per_path(answer)}",
        ("Loss|", "Amount"),
        rows=losers(answer),
        empty="Nobody was liquidated.",
    )
    return f'<div class="card wide compare">{content}</div>'


def grounds_html(answer: Simulation, number: int) -> str:
    """Every figure of the scenario."""
    lead = (
        "(A) marks an assumption; change it with --set name=value, and every figure above changes."
    )
    return grounds_section(simulation_grounds(answer), number, lead=lead)
