"""A comparison of pool designs in sentences and rows, for the page and the terminal."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from shortgamma.report.amounts import percent
from shortgamma.report.design_measures import COST, INSOLVENT, MEAN, MEASURES, TAIL, VOL, Measure
from shortgamma.studies.design.answer import (
    STATED,
    DesignAnswer,
    FairPlay,
    Searched,
    SetAnswer,
    judgement,
)
from shortgamma.studies.design.figures import HIGHER_IS_BETTER

SHORT: Final = {
    "realised_vol_ratio": "realised vol",
    "lp_es_usd": "the worst 5 %",
    "insolvency_probability": "insolvency",
}
"""The stated measures in a sentence."""
VERDICTS: Final = {"better": "better", "worse": "worse", "open": "unclear"}


def label(name: str) -> str:
    """Name of a design for readers, with the parameters that were changed."""
    base, _colon, rest = name.partition(":")
    changed = rest.replace("=", " ").replace("_", " ").replace(",", ", ")
    return f"{base} ({changed})" if changed else base


def listed(words: Sequence[str]) -> str:
    """Some words in one phrase."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def verdicts(answer: DesignAnswer, part: SetAnswer) -> dict[str, str]:
    """Judgement of every stated measure in one market."""
    difference = part.differences[answer.judged]
    return {name: judgement(name, difference[name]) for name in STATED}


def pattern_words(found: dict[str, str]) -> str:
    """Judgements of one market in a phrase."""
    phrases = {
        "better": "better on {}",
        "worse": "worse on {}",
        "open": "not to be told apart on {}",
    }
    parts = [
        phrase.format(listed([SHORT[name] for name in STATED if found[name] == verdict]))
        for verdict, phrase in phrases.items()
        if verdict in found.values()
    ]
    return ", ".join(parts)


def headline(answer: DesignAnswer) -> str:
    """The verdict in one sentence: in words where markets agree, else counted."""
    judged, first = label(answer.judged), label(answer.first)
    found = [verdicts(answer, part) for part in answer.sets]
    every = [verdict for each in found for verdict in each.values()]
    if every == ["better"] * len(every):
        return f"{judged} beats {first} on every stated measure in {markets(answer)}."
    if all(each == found[0] for each in found):
        return f"In {markets(answer)}, {judged} against {first} is {pattern_words(found[0])}."
    better, worse, unclear = (every.count(verdict) for verdict in VERDICTS)
    parts = [f"{judged} beats {first} on {better or 'none'} of {len(every)} stated figures"]
    parts[0] += f" in {len(found)} markets" if len(found) > 1 else ""
    parts += [f"loses on {worse}"] * bool(worse)
    unclear_words = f"; {unclear} cannot be told apart" if unclear else ""
    return f"{' and '.join(parts)}{unclear_words}."


def markets(answer: DesignAnswer) -> str:
    """Names of the markets."""
    return listed([part.shocks.name for part in answer.sets])


def market_words(answer: DesignAnswer, part: SetAnswer) -> str:
    """What one market says of the judged design, at what volume and cost."""
    fair = part.fair[answer.judged]
    caveat = "" if fair.holds else "; that is outside fair play"
    return (
        f"{part.shocks.name.capitalize()}: {pattern_words(verdicts(answer, part))}, at "
        f"{percent(fair.volume_ratio, 3)} of the volume and {percent(fair.cost_ratio, 3)} of the "
        f"clients' cost of {label(answer.first)}{caveat}."
    )


def sentences(answer: DesignAnswer) -> tuple[str, ...]:
    """One per market, then what has to be known before the figures."""
    question, lost = answer.question, losses(answer)
    found = [market_words(answer, part) for part in answer.sets]
    found += [words for words in (loss_words(answer, lost), other_words(answer)) if words]
    if answer.searched is not None:
        found.append(search_words(answer.searched))
    if question.chosen:
        names = listed([name.replace("_", " ") for name in sorted(question.chosen)])
        found.append(f"Set by the caller, and the same in every market: {names}.")
    found.append(
        "All designs meet the same shocks and the same clients. Intervals hold 95 %, one by one: of twenty "
        "that compare equals, about one excludes zero."
    )
    return tuple(found)


def search_words(searched: Searched) -> str:
    """How the judged design was found."""
    ranges = listed(
        [
            f"{name.replace('_', ' ')} {low:g} to {high:g}"
            for name, (low, high) in searched.ranges.items()
        ]
    )
    return (
        f"{searched.tries} candidates for {label(searched.design)} were tried on other paths, with {ranges}, "
        f"for the best {searched.objective.replace('_', ' ')}; chosen: {searched.chosen}."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """A figure in which the judged design is clearly worse than the first.

    Args:
        part: In which market.
        measure: Which figure.
    """

    part: SetAnswer
    measure: Measure


def losses(answer: DesignAnswer) -> tuple[Loss, ...]:
    """Every figure with a better side whose interval lies on the worse one."""
    return tuple(
        Loss(part=part, measure=measure)
        for part in answer.sets
        for measure in MEASURES
        if measure.has_side
        and judgement(measure.name, part.differences[answer.judged][measure.name]) == "worse"
    )


def loss_words(answer: DesignAnswer, lost: tuple[Loss, ...]) -> str:
    """Where the judged design loses, the stated measures first."""
    judged, first = label(answer.judged), label(answer.first)
    if not lost:
        return f"No figure of {judged} is clearly worse than that of {first}."
    names = list(dict.fromkeys(each.measure.title for each in lost))
    where = [
        f"{name.lower()} ({', '.join(e.part.shocks.name for e in lost if e.measure.title == name)})"
        for name in names
    ]
    return f"{judged} loses to {first} on {listed(where)}."


def others(answer: DesignAnswer, measure: Measure) -> dict[str, list[str]]:
    """Markets in which another design plays fair and has a better value than the judged one, by design."""
    sign = 1.0 if measure.name in HIGHER_IS_BETTER else -1.0
    found: dict[str, list[str]] = {}
    for part in answer.sets:
        own = sign * part.designs[answer.judged][measure.name].value
        for name, figures in part.designs.items():
            is_better = sign * figures[measure.name].value > own and name != answer.first
            if is_better and part.fair[name].holds:
                found.setdefault(name, []).append(part.shocks.name)
    return found


def other_words(answer: DesignAnswer) -> str:
    """Which designs do better than the judged one for the providers; empty where none does."""
    parts: list[str] = []
    for words, measure in (("the worst 5 %", TAIL), ("the mean", MEAN)):
        found = others(answer, measure)
        names = [f"{label(name)} ({', '.join(where)})" for name, where in found.items()]
        parts += [f"on {words} {listed(names)}"] if names else []
    if not parts:
        return ""
    return f"Others that play fair do better for the providers, by value: {'; '.join(parts)}."


def extent(answer: DesignAnswer) -> str:
    """Paths, markets, steps, seed."""
    question = answer.question
    market = question.market_of(question.sets[0])
    count = len(answer.sets)
    return (
        f"{question.paths:,} paths in {'each of ' if count > 1 else ''}{count} "
        f"{'markets' if count > 1 else 'market'}, {market.steps:,} steps, seed {question.seed}"
    )


def fair_words(answer: DesignAnswer) -> str:
    """How designs are made comparable."""
    question = answer.question
    if not question.equal_volume:
        return (
            "Every design quotes the half-spread that it comes with, so volumes differ, and a design may be "
            "safe because it trades little."
        )
    return (
        f"Half-spreads were set on {question.training_paths:,} other paths so that every design trades as "
        f"much as {label(answer.first)}, and then left alone."
    )


FAIR_HEADS: Final = ("Design|", "Half-spread, points", "Volume", "Clients' cost")
SHOWN: Final = (VOL, MEAN, TAIL, INSOLVENT, COST)
"""Figures of the judged design that tables set against those of the first."""


def pair_heads(answer: DesignAnswer) -> tuple[str, ...]:
    """Figure, the first design, the judged one, their difference."""
    return ("Figure|", label(answer.first), label(answer.judged), "Difference")


def pair_cells(answer: DesignAnswer, part: SetAnswer, measure: Measure) -> tuple[str, ...]:
    """Both values and their difference."""
    return (
        measure.value(part.designs[answer.first][measure.name]),
        measure.value(part.designs[answer.judged][measure.name]),
        measure.change(part.differences[answer.judged][measure.name]),
    )


def verdict_of(answer: DesignAnswer, part: SetAnswer, measure: Measure) -> str:
    """Better, worse or unclear."""
    difference = part.differences[answer.judged][measure.name]
    return VERDICTS[judgement(measure.name, difference)]


def loss_rows(answer: DesignAnswer) -> Iterator[tuple[str, ...]]:
    """One row per loss under the heads of a pair."""
    for each in losses(answer):
        cells = pair_cells(answer, each.part, each.measure)
        yield (f"{each.part.shocks.name}: {each.measure.title.lower()}", *cells)


def verdict_rows(answer: DesignAnswer, part: SetAnswer) -> Iterator[tuple[str, ...]]:
    """One row per figure of one market under the heads of a pair."""
    for measure in SHOWN:
        said = verdict_of(answer, part, measure)
        yield (f"{measure.title}: {said}", *pair_cells(answer, part, measure))


def fair_rows(part: SetAnswer) -> Iterator[tuple[str, ...]]:
    """One row per design under FAIR_HEADS."""
    for name, fair in part.fair.items():
        caveat = "" if fair.holds else ": not fair"
        yield (f"{label(name)}{caveat}", *fair_cells(fair))


def fair_cells(fair: FairPlay) -> tuple[str, ...]:
    """Spread, volume, cost."""
    return (
        f"{fair.spread_points:.2f}",
        percent(fair.volume_ratio, 3),
        percent(fair.cost_ratio, 3),
    )


def figure_heads() -> tuple[str, ...]:
    """Heads of a table of all figures."""
    return ("Design|", *(measure.head for measure in MEASURES))


def figure_rows(part: SetAnswer) -> Iterator[tuple[str, ...]]:
    """One row per design, every figure with its interval."""
    for name, figures in part.designs.items():
        yield (label(name), *(measure.text(figures[measure.name]) for measure in MEASURES))
