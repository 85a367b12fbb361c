"""Everything a comparison of re-hedging policies rests on, each line marked as assumed, given or measured."""

from collections.abc import Iterator
from dataclasses import fields

from shortgamma.report.amounts import percent
from shortgamma.report.assumptions import Ground, Origin
from shortgamma.report.policy_names import every, step_seconds
from shortgamma.report.policy_words import aversion, book_words
from shortgamma.report.simulation_grounds import BUNDLED, OF_BUNDLED_BOOK, of_scenario
from shortgamma.studies.policies.answer import PolicyComparison
from shortgamma.studies.policies.best import DRAWS, LEVEL

COMPARED = {"policy"}
"""Figures of the scenario that the comparison sets itself."""
OF_MAKERS = {"maker_fee", "queue", "patience_seconds"}
"""Figures that only matter to a desk whose orders rest."""


def policy_grounds(answer: PolicyComparison) -> Iterator[Ground]:
    """Book, aversion to risk, how policies were compared, then the figures of the scenario."""
    is_measured = answer.book.label not in BUNDLED
    yield Ground(
        name="Book",
        value="measured" if is_measured else "bundled",
        reason=book_words(answer),
        origin=Origin.MEASURED if is_measured else Origin.ASSUMED,
    )
    yield from method_grounds(answer)
    left_out = COMPARED | (OF_BUNDLED_BOOK if is_measured else set[str]())
    if getattr(answer.scenario, "execution", "maker") != "maker":
        left_out |= OF_MAKERS
    yield from (
        of_scenario(each.name, getattr(answer.scenario, each.name), each.default)
        for each in fields(answer.scenario)
        if each.name not in left_out
    )


def method_grounds(answer: PolicyComparison) -> Iterator[Ground]:
    """How the policies were compared."""
    yield Ground(
        name="Aversion to risk a",
        value=aversion(answer),
        reason="Of cost + a/2 · variance: a standard deviation of 2/a counts as a cost of 2/a, twice that "
        "as four times as much. Flag: --risk-aversion.",
        origin=Origin.ASSUMED,
    )
    yield Ground(
        name="Own impact",
        value="against a market without it",
        reason="What the book would have earned on the prices without its own hedging, less what it earned; "
        "moves of the price that orders made, on the part of the delta left unhedged, are not counted.",
        origin=Origin.ASSUMED,
    )
    yield Ground(
        name="Order of a step",
        value=f"{every(step_seconds(answer))}: news, orders, clearing",
        reason="Nobody re-hedges within a step; a shorter one is --set step_seconds.",
        origin=Origin.ASSUMED,
    )
    yield Ground(
        name="Intervals",
        value=f"{percent(LEVEL)} of {DRAWS:,} draws",
        reason="Bootstrap over paths; each draw looks for the lowest score again. The same shocks for all "
        "rules, so that they differ by what they do.",
        origin=Origin.ASSUMED,
    )
