"""The order in which the page of a hedge tells the answer, and what it rests on."""

from collections.abc import Iterator

import numpy as np

from shortgamma.report.amounts import number, price, usd
from shortgamma.report.assumptions import Ground, Origin
from shortgamma.report.figures.hedge import (
    cells_after,
    cells_before,
    gamma_against_spot,
    greeks_by_tenor,
)
from shortgamma.report.hedge_words import size_words, theta_words
from shortgamma.report.story import Chapter, Panel
from shortgamma.studies.hedge import Hedge

TALL, PHONE = 420, 380
GRID_TALL, GRID_PHONE = 440, 420


def hedge_chapters(answer: Hedge) -> tuple[Chapter, ...]:
    """The chapters in reading order."""
    return (what(answer), limits(), scenarios(answer), market(answer))


def what(answer: Hedge) -> Chapter:
    """The trades; a table, no figure."""
    return Chapter(
        name="trades",
        title="What to trade",
        short="Trades",
        lead=f"Buys at the ask, sells at the bid. {size_words(answer)}",
        panels=(),
    )


def limits() -> Chapter:
    """Limits, and Greeks by tenor."""
    tenors = Panel(
        name="tenors",
        title="Greeks by tenor",
        caption="Options only; hatched bars are the book before the trades.",
        description="Bars of gamma and vega by days to expiry, before and after the trades.",
        figure=greeks_by_tenor,
        height=(TALL, PHONE),
        is_wide=True,
    )
    return Chapter(
        name="limits",
        title="What becomes of the limits",
        short="Limits",
        lead="Every figure is measured again on the book with its trades, not taken from the solver.",
        panels=(tenors,),
    )


def scenarios(answer: Hedge) -> Chapter:
    """The grid before and after."""
    count = len(answer.file.limits.shocks)
    panels = tuple(
        Panel(
            name=f"cells-{name}",
            title=f"Profit in every cell, {name} the trades",
            caption="Full revaluation on the spot, without costs; orange loses, blue wins.",
            description=f"Heatmap of profit by spot move and vol shift, {name} the trades.",
            figure=figure,
            height=(GRID_TALL, GRID_PHONE),
        )
        for name, figure in (("before", cells_before), ("after", cells_after))
    )
    return Chapter(
        name="scenarios",
        title="What a jump does",
        short="Scenarios",
        lead=f"Spot and vol jump together, {count} cells, nothing is hedged in between.",
        panels=panels,
    )


def market(answer: Hedge) -> Chapter:
    """Gamma at other prices, and what hedging it does to the price."""
    profile = Panel(
        name="gamma",
        title="Gamma at other prices",
        caption="Below zero the book buys rises and sells falls; every strike keeps its vol.",
        description="Lines of the book's gamma against spot, before and after the trades.",
        figure=gamma_against_spot,
        height=(TALL, PHONE),
        is_wide=True,
    )
    return Chapter(
        name="market",
        title="What hedging the book does to the price",
        short="Feedback",
        lead=theta_words(answer),
        panels=(profile,),
    )


def hedge_grounds(answer: Hedge) -> Iterator[Ground]:
    """What the answer rests on, the weightiest first."""
    terms, market_ = answer.file.terms, answer.market
    yield Ground(
        name="Cost",
        value=usd(answer.cost_usd),
        reason="Half the spread of each quote, against mid"
        + (", and fees." if answer.fees_usd else "; no fees were given."),
        origin=Origin.MEASURED,
    )
    yield Ground(
        name="Tradable",
        value=f"{len(market_):,} options",
        reason=f"Those with a bid and an ask; {market_.unquoted:,} others have no two-sided quote.",
        origin=Origin.MEASURED,
    )
    yield Ground(
        name="Sizes",
        value=f"{terms.refills:g} × what is shown",
        reason="A quote without a size is taken to hold for any quantity.",
        origin=Origin.ASSUMED,
    )
    yield Ground(
        name=market_.underlying.instrument,
        value=f"{price(market_.underlying.price)} USD",
        reason=f"Trades at this price ± {number(terms.half_spread_usd)} USD, in any quantity unless the "
        "limit file says otherwise.",
        origin=Origin.ASSUMED,
    )
    yield from model_grounds(answer)


def model_grounds(answer: Hedge) -> Iterator[Ground]:
    """Valuation, scenarios, depth, solver."""
    terms, back = answer.file.terms, answer.before.feedback
    yield Ground(
        name="Greeks and values",
        value="Black-76",
        reason="On each expiry's forward and each option's own vol; delta is that of USD value, not the "
        "premium-adjusted one.",
        origin=Origin.ASSUMED,
    )
    yield Ground(
        name="Scenarios",
        value=f"{len(answer.file.limits.shocks)} cells",
        reason="From the limit file, or ±5, 10, 20, 30, 50 % and 0 with vol down, same and up by tenor.",
        origin=Origin.ASSUMED,
    )
    yield Ground(
        name="Depth",
        value=f"{usd(back.depth_usd_per_pct)} per 1 %",
        reason="For θ and the critical shocks, the book taken as a dealer's who hedges all of it.",
        origin=Origin.ASSUMED,
    )
    lots = terms.option_lot > 0.0 or terms.underlying_lot > 0.0
    legs = "any number of legs" if terms.legs is None else f"at most {terms.legs} legs"
    gap = answer.solution.gap
    yield Ground(
        name="Solver",
        value=f"{'whole lots' if lots else 'any quantity'}, {legs}",
        reason=f"HiGHS; gap {100.0 * gap:.2g} %." if np.isfinite(gap) else "HiGHS.",
        origin=Origin.GIVEN,
    )
