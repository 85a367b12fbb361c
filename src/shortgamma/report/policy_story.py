"""The order in which a comparison of re-hedging policies is told; other pages may append these chapters."""

from functools import partial

from shortgamma.report.amounts import signed_usd
from shortgamma.report.figures.policy import BANDS, frontier, near_frontier, score_of_bands
from shortgamma.report.figures.policy_results import (
    cost_against_vol,
    policy_waterfall,
    result_spread,
    shown_parts,
)
from shortgamma.report.policy_names import policy_words
from shortgamma.report.policy_words import (
    floor_words,
    headline,
    impact_words,
    law_words,
    replayed_words,
    theory_words,
)
from shortgamma.report.story import AXES, Chapter, Panel
from shortgamma.studies.policies.answer import Comparison, PolicyComparison

HEIGHT = (400, 420)
TALL = (480, 470)
PART = 36
"""Pixels per part of a result."""


def policy_chapters(answer: PolicyComparison) -> tuple[Chapter, ...]:
    """The chapters that have figures, in reading order."""
    found = [frontier_chapter(answer), result_chapter(answer)]
    if answer.curves:
        found.append(volatility_chapter(answer))
    if answer.replayed is not None:
        found.append(replayed_chapter(answer, answer.replayed))
    return tuple(found)


def frontier_chapter(answer: PolicyComparison) -> Chapter:
    """Cost against risk on simulated paths."""
    return Chapter(
        name="frontier",
        title="Cost against risk",
        short="Frontier",
        lead="Cost is everything that re-hedging costs: trading, carrying another hedge than the first one, "
        "and moving the price by its own trades. Lower left is better.",
        panels=frontier_panels(answer, answer.simulated, "simulated"),
    )


def frontier_panels(answer: PolicyComparison, found: Comparison, name: str) -> tuple[Panel, ...]:
    """The frontier, the same near its lower left end, and the score of bands."""
    whole = Panel(
        name=f"frontier-{name}",
        title="Every rule that was tried",
        caption="Scales of logs: no re-hedging costs nothing and is drawn at the lower edge. The ring is "
        "the rule with the least score; the thick coloured line is the interval of its parameter.",
        description=f"Markers of cost against risk. {headline(answer)}",
        figure=partial(frontier, found=found),
        height=TALL,
        is_wide=True,
    )
    near = Panel(
        name=f"near-{name}",
        title="Where risk is low",
        caption="The same on plain scales, with the same marks.",
        description="The left end of the frontier.",
        figure=partial(near_frontier, found=found),
        height=HEIGHT,
    )
    score = Panel(
        name=f"score-{name}",
        title="Which threshold",
        caption="Score is cost + a/2 · variance of the result. The area is the interval of the best band; "
        "scores that leave the figure are worse than not waiting at all.",
        description=f"Score of bands against their width. {theory_words(answer)}",
        figure=partial(score_of_bands, found=found),
        height=HEIGHT,
    )
    has_bands = any(point.candidate.family in BANDS for point in found.points)
    return (whole, near, score) if has_bands else (whole, near)


def result_chapter(answer: PolicyComparison) -> Chapter:
    """Where the result of the best rule comes from, and how it is spread."""
    point = answer.simulated.chosen
    tall = AXES + PART * (len(shown_parts(point)) + 1)
    parts = Panel(
        name="policy-parts",
        title="Where the money goes",
        caption="Mean of all paths. From the top down each part adds to the one above; the last bar is "
        "their sum. What own trades did to the price is inside gamma.",
        description=f"Waterfall of the mean result, {signed_usd(point.pnl.value)}.",
        figure=policy_waterfall,
        height=(tall, tall),
    )
    spread = Panel(
        name="policy-spread",
        title="Results over paths",
        caption="All costs paid. The outer bins hold what lies beyond them.",
        description=f"Distributions of results. {floor_words(answer)}",
        figure=result_spread,
        height=(tall, HEIGHT[1]),
    )
    return Chapter(
        name="policy-result",
        title="What the best rule earns, pays and leaves",
        short="Result",
        lead=f"{policy_words(answer, point.candidate)}. {impact_words(answer)}",
        panels=(parts, spread),
    )


def volatility_chapter(answer: PolicyComparison) -> Chapter:
    """How the cost grows with volatility."""
    words = law_words(answer)
    return Chapter(
        name="policy-volatility",
        title="Cost against volatility",
        short="Volatility",
        lead=words or "No law can be fitted: a cost is not positive.",
        panels=(
            Panel(
                name="cost-vol",
                title="Is it exponential?",
                caption="The same rules while the price is made calmer and wilder. Scales of logs: a power "
                "is straight, an exponential bends upwards.",
                description=f"Cost of re-hedging against realised vol. {words}",
                figure=cost_against_vol,
                height=TALL,
                is_wide=True,
            ),
        ),
    )


def replayed_chapter(answer: PolicyComparison, found: Comparison) -> Chapter:
    """The same on recorded prices."""
    overlap = (
        f" Neighbouring windows share prices, so intervals resample blocks of {found.block}."
        if found.block > 1
        else ""
    )
    return Chapter(
        name="policy-recorded",
        title="On recorded prices",
        short="Recorded",
        lead=f"{replayed_words(answer)}{overlap}",
        panels=frontier_panels(answer, found, "replayed"),
    )
