"""The page of a comparison of structured products: the same shell, palette and script as the report."""

from html import escape

from shortgamma.report.amounts import usd
from shortgamma.report.figures.products import (
    gamma_first,
    gamma_last,
    gamma_middle,
    peaks_over_life,
    shortfalls,
    vol_changes,
)
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
from shortgamma.report.products_grounds import product_grounds
from shortgamma.report.products_words import (
    CARRY_HEADS,
    RESULT_HEADS,
    SHORTFALL,
    amount,
    carry_rows,
    extent,
    headline,
    label,
    market_words,
    peak_heads,
    peak_rows,
    result_rows,
    sentences,
    span,
    vol_change,
)
from shortgamma.report.simulation_page import CAUTION, direction
from shortgamma.report.story import Chapter, Panel
from shortgamma.report.strategies_page import card
from shortgamma.report.tables import table
from shortgamma.report.tiles import Tile, Tone
from shortgamma.studies.ensemble.job import METHOD
from shortgamma.studies.products.answer import ProductsAnswer

TALL = (520, 480)
BARS = (440, 440)


def products_page(answer: ProductsAnswer) -> str:
    """The whole page as text."""
    story = chapters(answer)
    parts = {
        "title": escape("structured products · shortgamma"),
        "summary": escape(headline(answer)),
        "menu": menu(story),
        "hero": hero(answer),
        "tiles": tile_rows(product_tiles(answer)),
        "chapters": "".join(
            chapter_html(answer, chapter, place) for place, chapter in enumerate(story, start=1)
        ),
        "grounds": grounds_section(product_grounds(answer), len(story) + 1),
        "caution": escape(CAUTION),
        "method": escape(METHOD),
        "source": escape(f"Structured products, {extent(answer)}"),
        "data": safe_json(figure_document(answer, story)),
    }
    return assembled(parts)


def hero(answer: ProductsAnswer) -> str:
    """Badge, headline, and what has to be known before the figures."""
    helps = answer.flattest is not answer.results[0]
    tone, badge = (Tone.LONG, "Gamma can be bounded") if helps else (Tone.NEUTRAL, "No bound")
    facts = ("structured products", extent(answer))
    return (
        f'<p class="facts">{"".join(f"<span>{escape(fact)}</span>" for fact in facts)}</p>'
        f'<p class="badge {tone}">{escape(badge)}</p>'
        f"<h1>{unbroken(headline(answer))}</h1>"
        f'<p class="lead">{unbroken(market_words(answer))}</p>'
        f'<ul class="notes">{"".join(f"<li>{unbroken(n)}</li>" for n in sentences(answer))}</ul>'
    )


def product_tiles(answer: ProductsAnswer) -> tuple[Tile, ...]:
    """All key numbers; the first four carry the story."""
    return (*gamma_tiles(answer), *market_tiles(answer))


def gamma_tiles(answer: ProductsAnswer) -> tuple[Tile, ...]:
    """Peaks of gamma: of the vanilla call, and the smallest over life."""
    first, flat = answer.results[0], answer.flattest
    begin, last = (span(answer.question.hours_left[at]) for at in (0, -1))
    return (
        Tile(
            label=f"Vanilla call, {last} left",
            value=amount(first.peaks[-1].size),
            unit="$ per 1 % and unit",
            note=f"{begin} left {amount(first.peaks[0].size)}",
            tone=Tone.SHORT,
        ),
        Tile(
            label="Smallest peak over life",
            value=amount(flat.life_peak.size),
            unit="$ per 1 % and unit",
            note=label(flat),
            tone=Tone.LONG,
        ),
    )


def market_tiles(answer: ProductsAnswer) -> tuple[Tile, ...]:
    """What hedging the vanilla call does to the price and to its hedger."""
    metrics, calm = answer.results[0].metrics, answer.calmest
    return (
        Tile(
            label="Realised vol, vanilla call",
            value=vol_change(metrics["realised_vol_ratio"]).partition(" ± ")[0],
            unit="by hedging",
            note=f"calmest: {label(calm)} {vol_change(calm.metrics['realised_vol_ratio'])}",
            tone=direction(metrics["realised_vol_ratio"].value),
        ),
        Tile(
            label=f"{SHORTFALL}, vanilla call",
            value=usd(metrics["es_usd"].value),
            unit="of its hedger",
            note=f"largest trade {usd(metrics['peak_flow_usd'].value)}",
            tone=Tone.SHORT,
        ),
    )


def chapters(answer: ProductsAnswer) -> tuple[Chapter, ...]:
    """The chapters in reading order."""
    return (life_chapter(answer), spot_chapter(answer), market_chapter(answer))


def life_chapter(answer: ProductsAnswer) -> Chapter:
    """Peaks as expiry comes near."""
    return Chapter(
        name="life",
        title="Peak gamma over life",
        short="Life",
        lead="The largest gamma over all prices: what a hedger may have to trade on a move of 1 %.",
        panels=(
            Panel(
                name="life",
                title="Peak gamma as expiry comes near",
                caption="Both axes in logs; one unit, pinned.",
                description=f"Lines of peak gamma against hours left. {headline(answer)}",
                figure=peaks_over_life,
                height=TALL,
                is_wide=True,
            ),
        ),
    )


def spot_chapter(answer: ProductsAnswer) -> Chapter:
    """Gamma over prices at the reported times."""
    hours = answer.question.hours_left
    wanted = {
        "spot-first": (hours[0], gamma_first),
        "spot-middle": (hours[len(hours) // 2], gamma_middle),
        "spot-last": (hours[-1], gamma_last),
    }
    return Chapter(
        name="prices",
        title="Gamma over prices",
        short="Prices",
        lead="Above zero holders are long gamma, and who hedges for them buys rises and sells falls.",
        panels=tuple(
            Panel(
                name=name,
                title=f"{span(left)} left",
                caption="What lies beyond the vanilla call's scale is cut off.",
                description=f"Lines of gamma over prices, {span(left)} before expiry, one per product.",
                figure=figure,
                height=TALL,
                is_wide=True,
            )
            for name, (left, figure) in wanted.items()
        ),
    )


def market_chapter(answer: ProductsAnswer) -> Chapter:
    """What hedging does to the market."""
    return Chapter(
        name="market",
        title="What hedging them does to the market",
        short="Market",
        lead=f"Each in a market of its own, on the same shocks. {market_words(answer)} ± is one standard "
        "error.",
        panels=(
            Panel(
                name="vols",
                title="Realised vol against nobody hedging",
                caption="Bars are means, whiskers 95 % intervals.",
                description="Bars of the change of realised vol, one per product.",
                figure=vol_changes,
                height=BARS,
            ),
            Panel(
                name="shortfalls",
                title="Tail of the hedger",
                caption="Mean loss of the worst paths, the premium taken in at fair value.",
                description="Bars of the expected shortfall, one per product.",
                figure=shortfalls,
                height=BARS,
            ),
        ),
    )


def chapter_html(answer: ProductsAnswer, chapter: Chapter, place: int) -> str:
    """A chapter with its figures and tables."""
    return (
        f'<section id="{chapter.name}" aria-labelledby="{chapter.name}-title">'
        f"{chapter_head(chapter.name, chapter.title, chapter.lead, place)}"
        f'<div class="grid">{"".join(map(panel_html, chapter.panels))}'
        f"{tables(answer, chapter.name)}</div></section>"
    )


def tables(answer: ProductsAnswer, chapter: str) -> str:
    """The tables of a chapter."""
    match chapter:
        case "life":
            caption = "Γ·S²/100 where it is largest, USD per 1 % and unit"
            return card(table(caption, peak_heads(answer), rows=peak_rows(answer), empty=""))
        case "prices":
            return card(table("One unit", CARRY_HEADS, rows=carry_rows(answer), empty=""))
        case _:
            return card(table("The market", RESULT_HEADS, rows=result_rows(answer), empty=""))
