"""The order in which the page of a simulation tells the answer."""

from dataclasses import replace
from functools import partial

import numpy as np

from shortgamma.report.figures.cascades import cascade_sizes
from shortgamma.report.figures.paths import (
    chance_of_move,
    funding_peaks,
    liquidations,
    price_fan,
    vol_of_paths,
)
from shortgamma.report.figures.results import waterfall
from shortgamma.report.figures.shocks import move_by_shock, squeeze_by_shock
from shortgamma.report.figures.timelines import (
    FUNDING,
    LIQUIDATED_SO_FAR,
    funding_over_time,
    liquidated_over_time,
)
from shortgamma.report.simulation_words import (
    COUNTERFACTUAL,
    cascade_words,
    funding_words,
    headline,
    is_single,
    liquidation_words,
    per_path,
    usd_with_error,
)
from shortgamma.report.story import AXES, Chapter, Panel
from shortgamma.studies.distributions import (
    LIQUIDATED,
    Result,
    Survival,
    cascades,
    figures_named,
    results,
    timeline,
)
from shortgamma.studies.simulation import Simulation

HEIGHT = (360, 330)
LEAST_RATE = 1e-6  # per day: funding that moves less is a straight line
PART = 40  # pixels per part of a result


def simulation_chapters(answer: Simulation) -> tuple[Chapter, ...]:
    """The chapters that have figures, in reading order."""
    found = [price(answer)]
    if not is_single(answer):
        found.append(shocks())
    if results(answer.outcome):
        found.append(who_paid(answer))
    if not is_single(answer):
        found += [leverage(answer), over_time(answer)]
    return tuple(chapter for chapter in found if chapter.panels)


def price(answer: Simulation) -> Chapter:
    """The fan, and distributions over paths."""
    single = is_single(answer)
    how = (
        "The one path with hedging, and the same shocks without."
        if single
        else "Areas hold 90 % of the paths, dotted lines 98 %."
    )
    fan = Panel(
        name="fan",
        title="The price with and without hedging",
        caption=how,
        description=f"Price over time in both markets. {headline(answer)}",
        figure=price_fan,
        height=(440, 400),
        is_wide=True,
    )
    return Chapter(
        name="price",
        title="What hedging does to the price",
        short="Price",
        lead=COUNTERFACTUAL,
        panels=(fan,) if single else (fan, *over_paths()),
    )


def over_paths() -> tuple[Panel, Panel]:
    """How far paths go, and how wild they are."""
    moves = Panel(
        name="moves",
        title="How far it goes",
        caption="Share of the paths on which the price went at least so far from the start, either way.",
        description="Chance of a largest move of at least a size, with and without hedging.",
        figure=chance_of_move,
        height=HEIGHT,
    )
    vols = Panel(
        name="vols",
        title="Realised vol of each path",
        caption="From all steps of a path, annualised.",
        description="Distribution of realised vol over paths, with and without hedging.",
        figure=vol_of_paths,
        height=HEIGHT,
    )
    return moves, vols


def shocks() -> Chapter:
    """What hedging adds to a shock of a size."""
    added = Panel(
        name="added",
        title="How far a move is carried",
        caption="Paths put together by their largest move without hedging; the dashed line is no change.",
        description="Largest move with hedging against the largest move of the same path without.",
        figure=move_by_shock,
        height=HEIGHT,
    )
    squeeze = Panel(
        name="squeeze",
        title="Chance of a squeeze",
        caption="A path is squeezed where orders move the price 1 % or more within one step; bars are 95 %.",
        description="Probability of a squeeze against the largest move of the same path without hedging.",
        figure=squeeze_by_shock,
        height=HEIGHT,
    )
    return Chapter(
        name="shocks",
        title="Small moves and large ones",
        short="Shocks",
        lead="The same path without hedging says how large the shock was; how much further the price went is "
        "due to hedging.",
        panels=(added, squeeze),
    )


def who_paid(answer: Simulation) -> Chapter:
    """One waterfall per hedger."""
    found = results(answer.outcome)
    words = ", ".join(f"{row.name} {usd_with_error(row.total)}" for row in found)
    return Chapter(
        name="results",
        title="What hedgers won and lost",
        short="Results",
        lead=f"Result{per_path(answer)}: {words}. The other side of the options wins what they cost, "
        "whoever is traded with keeps spread, fees and impact.",
        panels=tuple(panel(row, i, is_wide=len(found) == 1) for i, row in enumerate(found)),
    )


def panel(found: Result, number: int, *, is_wide: bool) -> Panel:
    """The waterfall of one hedger."""
    tall = AXES + PART * (len(found.parts) + 1)
    return Panel(
        name=f"result-{number}",
        title=f"Result of {found.name}",
        caption="From the top down each part adds to the one above; the last bar is their sum.",
        description=f"Waterfall of the mean result of {found.name}: {usd_with_error(found.total)}.",
        figure=partial(waterfall, number=number),
        height=(tall, tall),
        is_wide=is_wide,
    )


def leverage(answer: Simulation) -> Chapter:
    """Liquidations and funding, where there are any."""
    liquidated = Panel(
        name="liquidations",
        title="Liquidations",
        caption="Of leveraged positions in the perpetual, per path.",
        description="Distribution of liquidations over paths, with and without hedging.",
        figure=liquidations,
        height=HEIGHT,
    )
    funding = Panel(
        name="funding",
        title="Largest funding rate",
        caption="Of each path, in either direction.",
        description="Distribution of the largest funding rate, with and without hedging.",
        figure=funding_peaks,
        height=HEIGHT,
    )
    figures = {LIQUIDATED: liquidated, "peak_funding_per_day": funding}
    panels = [
        found for name, found in figures.items() if figures_named(answer.outcome, name) is not None
    ]
    sizes = cascades(answer.outcome)
    return Chapter(
        name="leverage",
        title="What it does to the leveraged",
        short="Leverage",
        lead="Hedging in a falling market sells into the same depth as liquidations do.",
        panels=(*panels, cascade(answer, sizes)) if sizes is not None else tuple(panels),
    )


def cascade(answer: Simulation, found: Survival) -> Panel:
    """The law of cascade sizes."""
    words = cascade_words(answer, found)
    return Panel(
        name="cascades",
        title="How large cascades get",
        caption=f"{words} Both axes are logarithmic; areas are 95 % intervals.",
        description=f"Share of the paths on which more than a size was liquidated. {words}",
        figure=cascade_sizes,
        height=(400, 360),
        is_wide=True,
    )


def over_time(answer: Simulation) -> Chapter:
    """When funding and liquidations come."""
    found = [funding_line(answer), liquidation_line(answer)]
    panels = tuple(panel for panel in found if panel is not None)
    return Chapter(
        name="timelines",
        title="When it happens",
        short="Time lines",
        lead="Funding in force and liquidations so far, at the same moments of all paths.",
        panels=tuple(replace(panel, is_wide=len(panels) == 1) for panel in panels),
    )


def funding_line(answer: Simulation) -> Panel | None:
    """Funding over time; None where nine paths in ten never leave the same rate."""
    found = timeline(answer.outcome, FUNDING)
    if found is None or not np.any(np.abs(found.market[-1] - found.market[0]) > LEAST_RATE):
        return None
    words = funding_words(found)
    return Panel(
        name="funding-line",
        title="Funding rate",
        caption=f"{words} Lines are medians, areas hold 90 % of the paths.",
        description=f"Funding rate over time with and without hedging. {words}",
        figure=funding_over_time,
        height=HEIGHT,
    )


def liquidation_line(answer: Simulation) -> Panel | None:
    """Liquidations over time; None where there are none."""
    found = timeline(answer.outcome, LIQUIDATED_SO_FAR)
    if found is None or not np.any(found.market_mean):
        return None
    words = liquidation_words(found)
    return Panel(
        name="liquidation-line",
        title="Liquidated so far",
        caption=words,
        description=f"Liquidations over time with and without hedging. {words}",
        figure=liquidated_over_time,
        height=HEIGHT,
    )
