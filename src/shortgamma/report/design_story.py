"""The order in which the page of a comparison of pool designs tells it."""

from functools import partial
from typing import Final

from shortgamma.report.design_measures import COST, FLOW, INSOLVENT, MEAN, TAIL, VOL, Measure
from shortgamma.report.design_words import (
    fair_words,
    headline,
    label,
    loss_words,
    losses,
    market_words,
)
from shortgamma.report.figures.designs import (
    PARTS,
    ablation,
    difference,
    mean_and_tail,
    parts_of,
    swept_measure,
    vol_ratios,
)
from shortgamma.report.figures.frame import Spec
from shortgamma.report.story import Chapter, Panel
from shortgamma.studies.design.answer import DesignAnswer

JUDGED: Final = (VOL, TAIL, INSOLVENT, MEAN, FLOW, COST)
"""Figures whose differences are drawn."""
ROW, AXES = 34, 100
"""Pixels of a row, and of axis and legend."""
MARK = 15
"""Pixels of one mark in a row of several."""
SQUARE = (460, 480)


def design_chapters(answer: DesignAnswer) -> tuple[Chapter, ...]:
    """The chapters in reading order."""
    found = [verdict_chapter(answer), fair_chapter(answer), vol_chapter(answer)]
    found.append(tail_chapter(answer))
    if parts_of(answer):
        found.append(parts_chapter(answer))
    if swept(answer):
        found.append(sweep_chapter(answer))
    return (*found, figures_chapter(answer))


def verdict_chapter(answer: DesignAnswer) -> Chapter:
    """Differences of the judged design from the first."""
    judged, first = label(answer.judged), label(answer.first)
    height = AXES + ROW * len(answer.sets)
    return Chapter(
        name="verdict",
        title=f"{judged} against {first}",
        short="Verdict",
        lead="Differences on the same shocks. Blue circles are better, orange diamonds worse; of a hollow "
        "grey circle the interval holds zero.",
        panels=tuple(
            Panel(
                name=f"difference-{measure.name}",
                title=measure.title,
                caption=f"{judged} less {first}, 95 % intervals; {measure.way}.",
                description=f"Marks of the difference in each market. {headline(answer)}",
                figure=partial(difference, measure=measure),
                height=(height, height),
            )
            for measure in JUDGED
        ),
    )


def fair_chapter(answer: DesignAnswer) -> Chapter:
    """Whether it is fair."""
    return Chapter(
        name="fair",
        title="Fair play",
        short="Fair play",
        lead=f"{fair_words(answer)} It is fair where volumes differ by 2 % at most and clients pay at most "
        "a tenth more vol points.",
        panels=(),
    )


def vol_chapter(answer: DesignAnswer) -> Chapter:
    """What designs do to the market."""
    height = AXES + (MARK * len(answer.sets) + 12) * len(answer.question.designs)
    return Chapter(
        name="volatility",
        title="What each design does to the price",
        short="Volatility",
        lead="Above one, hedging makes the price move more than the news alone.",
        panels=(
            Panel(
                name="vol-ratios",
                title="Realised vol over that without hedging",
                caption="A row per design, a mark per market, 95 % intervals.",
                description="Marks of the ratio of vols. "
                + " ".join(market_words(answer, part) for part in answer.sets),
                figure=vol_ratios,
                height=(height, height),
                is_wide=True,
            ),
        ),
    )


def tail_chapter(answer: DesignAnswer) -> Chapter:
    """What providers earn and lose."""
    alone = len(answer.sets) == 1
    return Chapter(
        name="providers",
        title="What the providers earn, and what they lose in the worst of times",
        short="Providers",
        lead="Upper right is better. Options are sold at the vol at which the price moves without hedging: "
        "what providers earn is the spread, what they lose beyond it is hedging and jumps.",
        panels=tuple(
            Panel(
                name=f"tail-{part.shocks.name}",
                title=part.shocks.name.capitalize(),
                caption=f"{part.shocks.summary[:1].upper()}{part.shocks.summary[1:]}.",
                description=f"Marks of the mean result against the mean of the worst 5 %. "
                f"{market_words(answer, part)}",
                figure=partial(of_market, place=place),
                height=SQUARE,
                is_wide=alone,
            )
            for place, part in enumerate(answer.sets)
        ),
    )


def of_market(answer: DesignAnswer, place: int) -> Spec:
    """Mean against tail in one of the markets."""
    return mean_and_tail(answer.sets[place])


def parts_chapter(answer: DesignAnswer) -> Chapter:
    """What the parts of the gamma-aware design achieve alone."""
    names = [PARTS[name] for name in parts_of(answer)]
    height = AXES + (MARK * len(answer.sets) + 14) * len(names)
    return Chapter(
        name="parts",
        title="Which part does the work",
        short="Parts",
        lead=f"Naive with one part of the gamma-aware design alone, and with all three, less "
        f"{label(answer.first)}. Parts do not add up: each changes what is left for the others.",
        panels=tuple(
            Panel(
                name=f"parts-{measure.name}",
                title=measure.title,
                caption=f"95 % intervals; {measure.way}.",
                description=f"Marks of the difference of {', '.join(names)} in each market.",
                figure=partial(ablation, measure=measure),
                height=(height, height),
                is_wide=measure is VOL,
            )
            for measure in (VOL, TAIL, INSOLVENT)
        ),
    )


def swept(answer: DesignAnswer) -> tuple[list[str], list[float]] | None:
    """Names of variants of one design that differ in one parameter, and its values, ascending."""
    groups: dict[str, list[tuple[float, str]]] = {}
    for design in answer.question.designs:
        head, equals, value = design.name.partition("=")
        if equals and "," not in value:
            groups.setdefault(head, []).append((float(value), design.name))
    largest = max(map(len, groups.values()), default=0)
    if largest < 2:
        return None
    found = sorted(next(group for group in groups.values() if len(group) == largest))
    return [name for _value, name in found], [value for value, _name in found]


def sweep_chapter(answer: DesignAnswer) -> Chapter:
    """Figures against the parameter that was swept."""
    return Chapter(
        name="sweep",
        title="What the parameter changes",
        short="Sweep",
        lead="Every variant at the half-spread at which it trades as much as the first design."
        if answer.question.equal_volume
        else "Every variant at its own half-spread, so volumes differ.",
        panels=tuple(
            Panel(
                name=f"sweep-{measure.name}",
                title=measure.title,
                caption=f"95 % intervals; {measure.way}.",
                description=f"Lines of {measure.title.lower()} against the parameter.",
                figure=partial(of_sweep, measure=measure),
                height=(380, 360),
            )
            for measure in (VOL, TAIL, MEAN, COST)
        ),
    )


def of_sweep(answer: DesignAnswer, measure: Measure) -> Spec:
    """One figure against the parameter that was swept."""
    names, values = swept(answer) or ([], [])
    return swept_measure(answer, measure, names, values)


def figures_chapter(answer: DesignAnswer) -> Chapter:
    """Tables."""
    lost = losses(answer)
    return Chapter(
        name="figures",
        title="Where it loses, and every figure" if lost else "Every figure",
        short="Figures",
        lead=loss_words(answer, lost),
        panels=(),
    )
