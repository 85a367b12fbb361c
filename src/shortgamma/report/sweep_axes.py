"""Axes of a sweep in words and in ascending order, and the figures that its pictures show."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import product
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shortgamma.report.amounts import number, usd
from shortgamma.report.scenario_notes import NOTES
from shortgamma.report.simulation_words import percent_with_error, usd_with_error, with_error
from shortgamma.studies.scenarios.file import Value
from shortgamma.studies.simulation import Metric
from shortgamma.studies.sweep import Sweep, SweepPoint

Vector = NDArray[np.float64]

SHORT_NAMES: Final = {"theta": "θ", "worst_depth": "Worst depth"}
"""Of figures whose usual name is too long for an axis."""
PER: Final = {"_usd_per_pct": " per 1 %", "_usd_per_day": " per day"}
"""What an amount is per, by the ending of its name."""
LONGEST = 28
"""Characters of a value that is a word."""


class Form(Enum):
    """How a figure is written."""

    TIMES = auto()
    CHANCE = auto()
    USD = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A figure that pictures and tables of a sweep show.

    Args:
        name: Of the metric.
        title: As a heading.
        head: As the head of a column.
        form: How it is written.
    """

    name: str
    title: str
    head: str
    form: Form

    def text(self, metric: Metric) -> str:
        """Value with its standard error."""
        match self.form:
            case Form.TIMES:
                return f"× {with_error(metric.value, metric.standard_error)}"
            case Form.CHANCE:
                return percent_with_error(metric)
            case Form.USD:
                return usd_with_error(metric)


VOL: Final = Shown(
    name="realised_vol_ratio",
    title="Realised vol, with hedging over without",
    head="Realised vol",
    form=Form.TIMES,
)
SQUEEZES: Final = Shown(
    name="squeeze_probability", title="Chance of a squeeze", head="Squeeze", form=Form.CHANCE
)
FALLS: Final = Shown(
    name="probability_down_10pct",
    title="Chance of a 10 % fall",
    head="10 % fall",
    form=Form.CHANCE,
)
LIQUIDATIONS: Final = Shown(
    name="leveraged_liquidated_usd",
    title="Liquidated, mean per path",
    head="Liquidated",
    form=Form.USD,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """A swept figure.

    Args:
        name, noun: Of the figure, and in words.
        per: What its values are per, with a leading space; may be empty.
        values: Ascending where they are numbers.
        texts: The values in words.
        order: Places of these values on the axis of the sweep.
    """

    name: str
    noun: str
    per: str
    values: tuple[Value, ...]
    texts: tuple[str, ...]
    order: tuple[int, ...]

    @property
    def is_numeric(self) -> bool:
        """True where values have an order."""
        return not any(isinstance(value, str) for value in self.values)

    @property
    def label(self) -> str:
        """The figure with what it is per: ``Depth per 1 %``."""
        return f"{self.noun}{self.per}"

    def at(self, index: int) -> str:
        """A place on the axis inside a sentence: ``depth 300 M$ per 1 %``, ``θ = −0.6``."""
        equals = " = " if len(self.noun) == 1 else " "
        return f"{inner(self.noun)}{equals}{self.texts[index]}{self.per}"


def shown(answer: Sweep) -> tuple[Shown, ...]:
    """The figures that the points have."""
    every = (VOL, SQUEEZES, FALLS, LIQUIDATIONS)
    return tuple(item for item in every if any(item.name in p.metrics for p in answer.points))


def axes_of(answer: Sweep) -> tuple[Axis, ...]:
    """All axes, the last one fastest as in the sweep."""
    return tuple(axis_of(name, values) for name, values in answer.axes.items())


def axis_of(name: str, values: tuple[Value, ...]) -> Axis:
    """One axis; words keep the order in which they were given."""
    order = list(range(len(values)))
    if not any(isinstance(value, str) for value in values):
        order.sort(key=lambda index: float(values[index]))
    return Axis(
        name=name,
        noun=noun_of(name),
        per=per_of(name),
        values=tuple(values[index] for index in order),
        texts=tuple(value_text(name, values[index]) for index in order),
        order=tuple(order),
    )


def inner(words: str) -> str:
    """A heading inside a sentence.

    >>> inner("Median leverage"), inner("θ")
    ('median leverage', 'θ')
    """
    return f"{words[:1].lower()}{words[1:]}"


def noun_of(name: str) -> str:
    """A swept figure in words.

    >>> noun_of("depth_usd_per_pct"), noun_of("theta")
    ('Depth', 'θ')
    """
    usual = NOTES[name][0] if name in NOTES else name.replace("_", " ").capitalize()
    return SHORT_NAMES.get(name, usual)


def per_of(name: str) -> str:
    """What an amount is per, by the ending of its name; empty for what is no amount.

    >>> per_of("depth_usd_per_pct")
    ' per 1 %'
    """
    return next((text for ending, text in PER.items() if name.endswith(ending)), "")


def value_text(name: str, value: Value) -> str:
    """A value as a reader wants it.

    >>> value_text("depth_usd_per_pct", 3e8), value_text("theta", -0.6), value_text("long_share", 0.6)
    ('300 M$', '−0.6', '60 %')
    """
    if isinstance(value, str):
        return value if len(value) <= LONGEST else f"{value[: LONGEST - 1]}…"
    if "_usd" in name:
        return usd(value)
    return NOTES[name][1](value) if name in NOTES else number(value)


def surface(answer: Sweep, metric: str) -> tuple[Vector, Vector]:
    """A metric and its standard error over the axes in ascending order; NaN where there is none."""
    places = np.ix_(*(axis.order for axis in axes_of(answer)))
    values, errors = answer.surface(metric)
    return values[places], errors[places]


def slices(answer: Sweep) -> Iterator[tuple[int, ...]]:
    """Places on all axes but the last two."""
    return product(*(range(len(axis.values)) for axis in axes_of(answer)[:-2]))


def words_of(axes: Sequence[Axis], place: Sequence[int]) -> str:
    """A place in words: ``θ = −0.6, median leverage 15``."""
    return ", ".join(axis.at(index) for axis, index in zip(axes, place, strict=True))


def settings_words(answer: Sweep, point: SweepPoint) -> str:
    """The settings of a point in words."""
    axes = axes_of(answer)
    return words_of(axes, [axis.values.index(point.settings[axis.name]) for axis in axes])
