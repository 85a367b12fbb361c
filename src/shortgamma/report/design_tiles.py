"""The key numbers of a comparison of pool designs, of all markets together."""

from shortgamma.report.amounts import percent
from shortgamma.report.design_measures import (
    COST,
    FLOW,
    INSOLVENT,
    MEAN,
    REFUSED,
    SQUEEZES,
    TAIL,
    VOL,
    Measure,
)
from shortgamma.report.design_words import label, verdicts
from shortgamma.report.tiles import Tile, Tone
from shortgamma.studies.design.answer import WIDER, DesignAnswer, judgement

TONES = {"better": Tone.LONG, "worse": Tone.SHORT, "open": Tone.NEUTRAL}
LEADING = (VOL, TAIL, INSOLVENT, MEAN)
FURTHER = (FLOW, SQUEEZES, COST, REFUSED)
SAID = {"better": "better", "worse": "worse", "open": "not to be told apart"}


def badge_of(answer: DesignAnswer) -> tuple[Tone, str]:
    """Colour and words of the verdict in one glance."""
    found = [verdict for part in answer.sets for verdict in verdicts(answer, part).values()]
    name = label(answer.judged)
    if "worse" in found:
        mixed = "better" in found
        return (Tone.NEUTRAL, f"{name}: mixed") if mixed else (Tone.SHORT, f"{name}: worse")
    if "better" not in found:
        return Tone.NEUTRAL, f"{name}: not to be told apart"
    fair = all(part.fair[answer.judged].holds for part in answer.sets)
    return Tone.LONG, f"{name}: better" if fair else f"{name}: better, not all of it fair"


def design_tiles(answer: DesignAnswer) -> tuple[Tile, ...]:
    """All key numbers; the first four carry the story."""
    return (
        *(measure_tile(answer, measure) for measure in LEADING),
        volume_tile(answer),
        cost_tile(answer),
        *(measure_tile(answer, measure) for measure in FURTHER),
    )


def measure_tile(answer: DesignAnswer, measure: Measure) -> Tile:
    """A figure of the judged design, and what it is for the first one."""
    own = answer.pooled.designs[answer.judged][measure.name]
    other = answer.pooled.designs[answer.first][measure.name]
    found = judgement(measure.name, answer.pooled.differences[answer.judged][measure.name])
    value, _space, unit = measure.value(own).rpartition(" ")
    words = f"{value} {unit}" if value else unit
    said = f", {SAID[found]}" if measure.has_side else ""
    return Tile(
        label=measure.title,
        value=f"× {words}" if measure is VOL else words,
        unit="",
        note=f"{label(answer.first)} {measure.value(other)}{said}",
        tone=TONES[found],
    )


def volume_tile(answer: DesignAnswer) -> Tile:
    """Volume of the judged design over that of the first."""
    ratios = [part.fair[answer.judged].volume_ratio for part in answer.sets]
    return Tile(
        label="Volume, by market",
        value=between(ratios),
        unit="",
        note=f"of that of {label(answer.first)}",
    )


def cost_tile(answer: DesignAnswer) -> Tile:
    """What clients of the judged design pay over those of the first."""
    ratios = [part.fair[answer.judged].cost_ratio for part in answer.sets]
    return Tile(
        label="Clients' cost, by market",
        value=between(ratios),
        unit="",
        note=f"of that of {label(answer.first)}; {percent(WIDER, 3)} is the limit",
        tone=Tone.SHORT if max(ratios) > WIDER else Tone.NEUTRAL,
    )


def between(ratios: list[float]) -> str:
    """Smallest to largest share."""
    low, high = (percent(share, 3) for share in (min(ratios), max(ratios)))
    return low if low == high else f"{low.removesuffix(' %')} to {high}"
