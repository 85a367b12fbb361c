"""The page of a comparison of strategies: the same shell, palette and script as the report."""

from html import escape

from shortgamma.report.amounts import number, ratio, signed_usd, usd
from shortgamma.report.figures.strategies import (
    cost_parts,
    gap_results,
    results_of_paths,
    risk_against_cost,
    thetas,
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
from shortgamma.report.simulation_page import CAUTION, direction, sentence
from shortgamma.report.simulation_words import usd_with_error
from shortgamma.report.story import Chapter, Panel
from shortgamma.report.strategies_grounds import strategy_grounds
from shortgamma.report.strategies_words import (
    DIFFERENCE_HEADS,
    MARKET_HEADS,
    RESULT_HEADS,
    SHORTFALL,
    book_words,
    difference_rows,
    extent,
    headline,
    label,
    market_rows,
    part_rows,
    result_rows,
    sentences,
    vol_change,
)
from shortgamma.report.tables import table
from shortgamma.report.tiles import Tile, Tone
from shortgamma.studies.strategies import GAPS, METHOD, Strategies

HEIGHT = (380, 360)


def strategies_page(answer: Strategies) -> str:
    """The whole page as text."""
    story = chapters(answer)
    name = answer.scenario.name
    parts = {
        "title": escape(f"strategies {name} · shortgamma"),
        "summary": escape(headline(answer)),
        "menu": menu(story),
        "hero": hero(answer),
        "tiles": tile_rows(strategy_tiles(answer)),
        "chapters": "".join(
            chapter_html(answer, chapter, place) for place, chapter in enumerate(story, start=1)
        ),
        "grounds": grounds_html(answer, len(story) + 1),
        "caution": escape(CAUTION),
        "method": escape(METHOD),
        "source": escape(f"Strategies {name}, {extent(answer)}"),
        "data": safe_json(figure_document(answer, story)),
    }
    return assembled(parts)


def hero(answer: Strategies) -> str:
    """Badge, headline, and what has to be known before the figures."""
    helps = answer.results[0] not in answer.least_shortfall
    tone, badge = (Tone.LONG, "Options help") if helps else (Tone.NEUTRAL, "Options do not help")
    facts = (f"strategies {answer.scenario.name}", extent(answer))
    lead, *notes = (sentence(book_words(answer)), *sentences(answer))
    return (
        f'<p class="facts">{"".join(f"<span>{escape(fact)}</span>" for fact in facts)}</p>'
        f'<p class="badge {tone}">{escape(badge)}</p>'
        f"<h1>{unbroken(headline(answer))}</h1>"
        f'<p class="lead">{unbroken(lead)}</p>'
        f'<ul class="notes">{"".join(f"<li>{unbroken(note)}</li>" for note in notes)}</ul>'
    )


def strategy_tiles(answer: Strategies) -> tuple[Tile, ...]:
    """All key numbers; the first four carry the story."""
    first, best = answer.results[0], answer.least_shortfall[0]
    return (
        tail_tile(answer),
        Tile(
            label="Cost of that strategy",
            value=usd(best.metrics["cost_usd"].value),
            unit="per path",
            note=f"delta only {usd(first.metrics['cost_usd'].value)}",
        ),
        gap_tile(answer),
        vol_tile(answer),
        *(
            Tile(
                label=f"Mean result, {label(found).lower()}",
                value=signed_usd(found.metrics["pnl_usd"].value),
                unit="per path",
                note=f"worst path {signed_usd(-found.worst_usd)}",
                tone=Tone.LONG if found.metrics["pnl_usd"].value > 0.0 else Tone.SHORT,
            )
            for found in answer.results
        ),
    )


def tail_tile(answer: Strategies) -> Tile:
    """Shortest tail."""
    first, best = answer.results[0], answer.least_shortfall[0]
    value, _, error = usd_with_error(best.metrics["es_usd"]).partition(" ± ")
    unit = error.rpartition(" ")[2]
    return Tile(
        label=f"Smallest {SHORTFALL}",
        value=f"{value} {unit}" if error else value,
        unit=f"± {error.rpartition(' ')[0]}" if error else "",
        note=f"{label(best)}; delta only {usd(first.metrics['es_usd'].value)}",
        tone=Tone.LONG if best is not first else Tone.NEUTRAL,
    )


def gap_tile(answer: Strategies) -> Tile:
    """Smallest loss in the wide gaps."""
    first, best = answer.results[0], answer.least_gap_loss
    return Tile(
        label=f"Smallest loss in a gap of {number(100.0 * GAPS[-1])} %",
        value=usd(best.gap_loss_usd),
        unit="",
        note=f"{label(best)}; delta only {usd(first.gap_loss_usd)}",
        tone=Tone.LONG if best is not first else Tone.NEUTRAL,
    )


def vol_tile(answer: Strategies) -> Tile:
    """Realised vol with delta only, and the lowest of the strategies."""
    first = answer.results[0].metrics["realised_vol_ratio"]
    calm = min(answer.results, key=lambda found: found.metrics["realised_vol_ratio"].value)
    found = calm.metrics["realised_vol_ratio"]
    return Tile(
        label="Realised vol by hedging",
        value=f"{vol_change(found).partition(' ± ')[0].removesuffix(' %')} %",
        unit="",
        note=f"{label(calm)}; delta only {vol_change(first)}",
        tone=direction(found.value),
    )


def chapters(answer: Strategies) -> tuple[Chapter, ...]:
    """The chapters in reading order."""
    return (cost_chapter(answer), tail_chapter(answer), gap_chapter(answer), market_chapter(answer))


def cost_chapter(answer: Strategies) -> Chapter:
    """Risk against cost."""
    return Chapter(
        name="cost",
        title="Risk against cost",
        short="Cost",
        lead="Options cost a spread and save hedging: both are in the cost. Lower left is better. ± is one "
        "standard error.",
        panels=(
            Panel(
                name="risk-cost",
                title="What each strategy costs and what tail it leaves",
                caption=f"{SHORTFALL} is the mean loss of the worst paths; bars are 95 % intervals.",
                description=f"Markers of mean cost against expected shortfall. {headline(answer)}",
                figure=risk_against_cost,
                height=HEIGHT,
            ),
            Panel(
                name="cost-parts",
                title="What is paid for",
                caption="Mean of all paths. Funding that the hedge earned lies left of zero.",
                description="Stacked bars of the costs of each strategy by kind.",
                figure=cost_parts,
                height=HEIGHT,
            ),
        ),
    )


def tail_chapter(answer: Strategies) -> Chapter:
    """Distribution of results."""
    return Chapter(
        name="results",
        title="Results over paths",
        short="Results",
        lead="What a path ends with, all costs paid and what is held valued at its mark. ± is one standard "
        "error.",
        panels=(
            Panel(
                name="results",
                title="Share of the paths that end with a result or a worse one",
                caption="On a scale of logs: the left end is the worst path of all.",
                description=f"Distributions of results. {headline(answer)}",
                figure=results_of_paths,
                height=HEIGHT,
                is_wide=True,
            ),
        ),
    )


def gap_chapter(answer: Strategies) -> Chapter:
    """Gaps."""
    first, best = answer.results[0], answer.least_gap_loss
    return Chapter(
        name="gaps",
        title="Gaps before anyone can trade",
        short="Gaps",
        lead="Every option valued again after the move, the hedge of the start in place.",
        panels=(
            Panel(
                name="gaps",
                title="Result in a gap",
                caption="At the start, with every vol as it was.",
                description=f"Bars of the result in each gap. {label(best)} loses "
                f"{usd(best.gap_loss_usd)}, {label(first).lower()} {usd(first.gap_loss_usd)}.",
                figure=gap_results,
                height=HEIGHT,
                is_wide=True,
            ),
        ),
    )


def market_chapter(answer: Strategies) -> Chapter:
    """What it does to the market."""
    first = answer.results[0]
    return Chapter(
        name="market",
        title="What it does to the market",
        short="Market",
        lead="A book that is less short buys fewer rises and sells fewer falls: θ moves towards zero.",
        panels=(
            Panel(
                name="thetas",
                title="θ before and during",
                caption="Net gamma of the hedgers over depth; negative amplifies.",
                description=f"Bars of θ. Delta only starts at {ratio(first.theta)}.",
                figure=thetas,
                height=HEIGHT,
                is_wide=True,
            ),
        ),
    )


def chapter_html(answer: Strategies, chapter: Chapter, place: int) -> str:
    """A chapter with its figures and tables."""
    return (
        f'<section id="{chapter.name}" aria-labelledby="{chapter.name}-title">'
        f"{chapter_head(chapter.name, chapter.title, chapter.lead, place)}"
        f'<div class="grid">{"".join(map(panel_html, chapter.panels))}'
        f"{tables(answer, chapter.name)}</div></section>"
    )


def tables(answer: Strategies, chapter: str) -> str:
    """The tables of a chapter."""
    heads = ("Part|", *(label(found) for found in answer.results))
    match chapter:
        case "cost":
            return card(table("Per path", RESULT_HEADS, rows=result_rows(answer), empty=""))
        case "results":
            against = table(
                "Against delta only",
                DIFFERENCE_HEADS,
                rows=difference_rows(answer),
                empty="There is no other strategy.",
            )
            parts = table("Means per path", heads, rows=part_rows(answer), empty="")
            return card(against) + folded("Where the results come from", parts)
        case "market":
            return card(table("Market and gaps", MARKET_HEADS, rows=market_rows(answer), empty=""))
        case _:
            return ""


def card(content: str) -> str:
    """A table over the whole width."""
    return f'<div class="card wide">{content}</div>'


def grounds_html(answer: Strategies, place: int) -> str:
    """Every assumption."""
    lead = "(A) marks an assumption; change it with --strategy name:key=value or --set name=value."
    return grounds_section(strategy_grounds(answer), place, lead=lead)
