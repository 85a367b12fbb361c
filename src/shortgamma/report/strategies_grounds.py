"""Everything a comparison of strategies rests on, in words, each line marked as assumed or given."""

from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import Any, Final

from shortgamma.report.amounts import number, percent
from shortgamma.report.assumptions import Ground, Origin
from shortgamma.report.simulation_grounds import BUNDLED, OF_BUNDLED_BOOK, of_scenario
from shortgamma.report.strategies_words import SHORTFALL, label
from shortgamma.studies.strategies import FEWEST_PATHS, Strategies
from shortgamma.studies.strategy_figures import TAIL


def days(value: float) -> str:
    """A length of time."""
    return f"{number(value)} {'day' if value == 1.0 else 'days'}"


def points(value: float) -> str:
    """A difference of vols."""
    return f"{number(100.0 * value)} vol points"


def away(value: float) -> str:
    """A distance from the price."""
    return f"{percent(value)} away"


PARAMETERS: Final[dict[str, tuple[str, Callable[[Any], str], str]]] = {
    "share": (
        "share",
        percent,
        "Part of the short gamma, or of the loss in a gap, that is taken away.",
    ),
    "tenor_days": ("tenor", days, "To the expiry of the options bought."),
    "every_days": ("rolled every", days, "The old straddle is sold and a new one bought."),
    "half_spread_vol": (
        "half spread",
        points,
        "Paid above the mark vol of what is bought, and below that of what is sold.",
    ),
    "width": ("strikes", away, "From the price at the start."),
    "gap": ("gap", percent, "Size of the gaps, up and down, that the options are bought against."),
}
"""Of the strategies: name, form and meaning."""


def strategy_grounds(answer: Strategies) -> Iterator[Ground]:
    """What it rests on: the strategies, then how they were compared, then the figures of the scenario."""
    for found in answer.results:
        for each in fields(found.strategy):  # pyright: ignore[reportArgumentType] all are dataclasses
            value = getattr(found.strategy, each.name)
            name, form, reason = PARAMETERS[each.name]
            yield Ground(
                name=f"{label(found)}: {name}",
                value=form(value),
                reason=f"{reason} Key: {each.name}.",
                origin=Origin.ASSUMED if value == each.default else Origin.GIVEN,
            )
    yield from METHODS
    left_out = OF_BUNDLED_BOOK if answer.book.label not in BUNDLED else set[str]()
    for each in fields(answer.scenario):
        if each.name not in left_out:
            value = getattr(answer.scenario, each.name)
            yield of_scenario(each.name, value, each.default)


METHODS = (
    Ground(
        name="Price of options",
        value="mark vol ± half spread",
        reason="The mark vol is that of the nearest option of the book. What is held at the end is valued "
        "at its mark.",
        origin=Origin.ASSUMED,
    ),
    Ground(
        name="Depth of options",
        value="unlimited",
        reason="Buying options moves neither their vol nor the price; whoever sells them does not hedge.",
        origin=Origin.ASSUMED,
    ),
    Ground(
        name="Order of a step",
        value="news, orders, clearing",
        reason="All strategies fix the size of their hedge after the news of a step and before the market "
        "clears.",
        origin=Origin.ASSUMED,
    ),
    Ground(
        name="Gaps",
        value="at the start",
        reason="Full revaluation with the Black delta hedge of the start in place and every vol as it was.",
        origin=Origin.ASSUMED,
    ),
    Ground(
        name="Paths",
        value=f"{FEWEST_PATHS} or more",
        reason=f"{SHORTFALL} is the mean loss of the worst {100.0 * TAIL:g} % of them.",
        origin=Origin.GIVEN,
    ),
)
"""How strategies are compared."""
