"""The page of high-frequency scalping."""

from shortgamma.report import scalp_fast_words as words
from shortgamma.report.amounts import percent, signed_usd
from shortgamma.report.figures.scalp import fast_crossing, fast_results
from shortgamma.report.scalp_grounds import FAST_METHODS, scalp_grounds
from shortgamma.report.scalp_page import Content, card, shell
from shortgamma.report.scalp_words import BASIS_POINT, SIDE_NAMES
from shortgamma.report.simulation_words import usd_with_error
from shortgamma.report.story import Chapter, Panel
from shortgamma.report.tables import table
from shortgamma.report.tiles import Tile, Tone
from shortgamma.studies.scalping.fast import LATENCIES, MAKER, TAKER, FastScalping
from shortgamma.studies.scalping.question import SIDES

HEIGHT = (340, 360)


def scalp_fast_page(answer: FastScalping) -> str:
    """The whole page as text."""
    earns, badge = words.verdict(answer)
    content = Content(
        badge=(Tone.LONG if earns else Tone.SHORT, badge),
        headline=words.headline(answer),
        sentences=words.sentences(answer),
        tiles=fast_tiles(answer),
        chapters=fast_chapters(answer),
        tables=fast_tables(answer),
        grounds=scalp_grounds(answer.setting, FAST_METHODS),
    )
    return shell(answer, answer.setting, content)


def fast_tiles(answer: FastScalping) -> tuple[Tile, ...]:
    """All key numbers; the first four carry the story."""
    found = [way_tile(answer, side, execution) for side in SIDES for execution in (MAKER, TAKER)]
    makers = [answer.of(side, MAKER, late=words.usual(answer)) for side in SIDES]
    taken = [f"{-BASIS_POINT * maker.selection_fraction:.2f} bp" for maker in makers]
    return (
        *found,
        Tile(
            label="Adverse selection",
            value=" and ".join(taken),
            unit="of what rests",
            note="long and short: the price after a fill, against it",
        ),
        Tile(
            label="Crosses in the end",
            value=" and ".join(crossing_share(answer, side) for side in SIDES),
            unit="of a maker's turnover",
            note=f"long and short, {words.latency_text(LATENCIES[-1])}",
        ),
    )


def way_tile(answer: FastScalping, side: str, execution: str) -> Tile:
    """Result of one way, at the scenario's latency."""
    late = words.usual(answer)
    found = answer.of(side, execution, late=late)
    return Tile(
        label=f"{SIDE_NAMES[side]}, {execution}",
        value=signed_usd(found.pnl.value),
        unit="per path",
        note=f"{words.latency_text(late)}; {usd_with_error(found.std)} standard deviation",
        tone=Tone.LONG if found.pnl.value > 0.0 else Tone.SHORT,
    )


def crossing_share(answer: FastScalping, side: str) -> str:
    """Part of a maker's turnover that crossed the spread, at the longest latency."""
    share = 1.0 - answer.of(side, MAKER, late=LATENCIES[-1]).resting_share
    return percent(share) if share > 0.0 else "none"


def fast_chapters(answer: FastScalping) -> tuple[Chapter, ...]:
    """The chapters in reading order."""
    return (
        Chapter(
            name="ways",
            title="Resting or crossing, fast or late",
            short="Ways",
            lead=f"{words.resting_words(answer)}.",
            panels=(results_panel(answer),),
        ),
        Chapter(
            name="crossing",
            title="Whose orders are run over",
            short="Fills",
            lead=f"{words.selection_words(answer)}.",
            panels=(crossing_panel(answer),),
        ),
    )


def results_panel(answer: FastScalping) -> Panel:
    """The table of ways as cells."""
    return Panel(
        name="ways",
        title="Mean result by execution and latency",
        caption="USD per path; blue earns, orange loses.",
        description=f"Cells of mean results. {words.headline(answer)}",
        figure=fast_results,
        height=HEIGHT,
        is_wide=True,
    )


def crossing_panel(answer: FastScalping) -> Panel:
    """Who crosses in the end."""
    return Panel(
        name="crossing",
        title="Who has to cross the spread after all",
        caption="Part of a maker's turnover that had waited longer than its patience.",
        description=words.crossing_words(answer),
        figure=fast_crossing,
        height=HEIGHT,
        is_wide=True,
    )


def fast_tables(answer: FastScalping) -> dict[str, str]:
    """The tables of every chapter."""
    ways = table(
        "Per path, ± one standard error",
        words.TABLE_HEADS,
        rows=words.table_rows(answer),
        empty="",
    )
    saved = table(
        "Maker less taker on the same shocks, ± one standard error",
        words.SAVED_HEADS,
        rows=words.saved_rows(answer),
        empty="",
    )
    return {"ways": card(ways) + card(saved)}
