"""The order in which the page of a stress test tells the answer, and what it rests on."""

from collections.abc import Iterator

from shortgamma.exposure.feedback import DEFAULT_DEPTH
from shortgamma.report.amounts import price, usd
from shortgamma.report.assumptions import Ground, Origin
from shortgamma.report.figures.stress import gap_losses, limits_used, matrix, profit_against_spot
from shortgamma.report.story import AXES, ROW, Chapter, Panel
from shortgamma.report.stress_words import breach_words, gap_words, headline, trade_words
from shortgamma.studies.stress import Stress

TALL, PHONE = 440, 400
CELL_ROW, FEWEST_ROWS, MOST_ROWS = 34, 8, 24
GRID_AXES = 110


def stress_chapters(answer: Stress) -> tuple[Chapter, ...]:
    """The chapters in reading order; limits only where there are some."""
    found = (limits(answer),) if answer.limits else ()
    return (*found, scenarios(answer), jumps(answer))


def limits(answer: Stress) -> Chapter:
    """How far limits are used."""
    height = AXES + ROW * len(answer.limits)
    used = Panel(
        name="limits-used",
        title="How much of each limit is used",
        caption="Share of the limit. Bars beyond the dashed line are breached, and hatched; they end at "
        "twice the limit.",
        description=f"Bars of the share of each limit that is used. {breach_words(answer)}",
        figure=limits_used,
        height=(height, height),
        is_wide=True,
    )
    return Chapter(
        name="limits",
        title="Whether the limits are kept",
        short="Limits",
        lead=breach_words(answer),
        panels=(used,),
    )


def scenarios(answer: Stress) -> Chapter:
    """The matrix, and profit against spot."""
    count = len(answer.matrix.grid)
    rows = min(max(len(answer.matrix.grid.spot_moves), FEWEST_ROWS), MOST_ROWS)
    height = GRID_AXES + CELL_ROW * rows
    panels = (
        Panel(
            name="matrix",
            title="Profit in every cell",
            caption="Full revaluation on the spot, nothing is hedged; orange loses, blue wins, the frame "
            "is the worst cell.",
            description=f"Heatmap of profit by spot shift and vol shift. {headline(answer)}.",
            figure=matrix,
            height=(height, height),
        ),
        Panel(
            name="curves",
            title="Profit against the spot shift",
            caption="One line per vol shift, between the cells as well; a curve that bends down on both "
            "sides is short gamma.",
            description="Lines of profit against the spot shift, one per vol shift.",
            figure=profit_against_spot,
            height=(height, PHONE),
        ),
    )
    return Chapter(
        name="scenarios",
        title="What spot and vol do together",
        short="Matrix",
        lead=f"{headline(answer)}. {count} cells.",
        panels=panels,
    )


def jumps(answer: Stress) -> Chapter:
    """Gap losses."""
    gaps = Panel(
        name="gaps",
        title="Gap losses",
        caption="Spot jumps, vols stay, nobody trades on the way. Diamonds are what gamma alone would say; "
        "those far outside are cut.",
        description=f"Bars of profit by jump, as held and with delta hedged before. {gap_words(answer)}",
        figure=gap_losses,
        height=(TALL, PHONE),
        is_wide=True,
    )
    return Chapter(
        name="gaps-chapter",
        title="What a jump costs before anyone can hedge",
        short="Gaps",
        lead=f"{gap_words(answer)} {trade_words(answer)}".strip() or "The book has no options.",
        panels=(gaps,),
    )


def stress_grounds(answer: Stress) -> Iterator[Ground]:
    """What the answer rests on, the weightiest first."""
    yield Ground(
        name="Valuation",
        value="Black-76",
        reason="On each expiry's forward and each option's own vol; forwards move in proportion to spot, and "
        "every strike keeps its vol but for the shift.",
        origin=Origin.ASSUMED,
    )
    yield Ground(
        name="Scenarios",
        value=f"{len(answer.matrix.grid)} cells",
        reason="By flag or limit file, or ±5, 10, 20, 30, 50 % and 0 with vol down, same and up by tenor: "
        "σ·(1 + shift·(30/d)^p), p 0.30 below 30 days and 0.13 above.",
        origin=Origin.ASSUMED,
    )
    yield Ground(
        name="Time",
        value="none passes",
        reason="Shocks are instantaneous: nothing decays, nothing is hedged, no cost is counted.",
        origin=Origin.ASSUMED,
    )
    yield from market_grounds(answer)


def market_grounds(answer: Stress) -> Iterator[Ground]:
    """What the market is taken to be."""
    yield Ground(
        name="Spot",
        value=f"{price(answer.book.spot)} USD",
        reason=f"{len(answer.book.options):,} options and {len(answer.book.delta_one):,} holdings without "
        "optionality, all of them valued.",
        origin=Origin.GIVEN,
    )
    is_default = answer.depth_usd_per_pct == DEFAULT_DEPTH
    yield Ground(
        name="Depth",
        value=f"{usd(answer.depth_usd_per_pct)} per 1 %",
        reason="For θ alone, the book taken as a dealer's who hedges all of it.",
        origin=Origin.ASSUMED if is_default else Origin.GIVEN,
    )
