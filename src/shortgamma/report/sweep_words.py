"""A sweep in sentences: where it tips over, how far, and what a reader has to know first."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np

from shortgamma.report.amounts import number, probability, ratio
from shortgamma.report.sweep_axes import (
    SQUEEZES,
    VOL,
    Axis,
    Shown,
    axes_of,
    settings_words,
    shown,
    surface,
    words_of,
)
from shortgamma.studies.simulation import Metric
from shortgamma.studies.sweep import Sweep, SweepPoint

HALF, HALF_MORE = 0.5, 1.5
"""A squeeze as likely as not; a vol half as high again."""
FEW = 400
"""Paths below which a probability near one half is known to 5 points at best."""
MOST_NAMED = 2
"""Axes up to which a sentence can name two edges."""
COMMON = (
    "All points use the same random numbers, path by path, so that they differ by their settings and "
    "not by luck."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tipping:
    """What is called tipping over.

    Args:
        figure: That passes a level.
        level: Of it.
        words: That it is past the level.
        reading: What the line in a phase diagram is.
    """

    figure: Shown
    level: float
    words: str
    reading: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """Where one line of the sweep tips over.

    Args:
        along: Axis of the line.
        index: First or last place past the level.
        rises: True where all larger values are past it too, else all smaller ones.
        others: The other axes, with their places.
        metric: At the edge.
        quiet: The same without hedging; None for a figure that compares both.
    """

    along: Axis
    index: int
    rises: bool
    others: tuple[tuple[Axis, int], ...]
    metric: Metric
    quiet: Metric | None


LEVELS = (
    Tipping(
        figure=SQUEEZES,
        level=HALF,
        words="the chance of a squeeze passes 50 %",
        reading="where the chance of a squeeze passes 50 %",
    ),
    Tipping(
        figure=VOL,
        level=HALF_MORE,
        words="hedging multiplies realised vol by more than 1.5",
        reading="where hedging multiplies realised vol by 1.5",
    ),
)
"""The first one that any point passes is used."""


def past(answer: Sweep, tipping: Tipping) -> int:
    """How many points are past the level."""
    return int(np.sum(surface(answer, tipping.figure.name)[0] >= tipping.level))


def tipping_of(answer: Sweep) -> Tipping | None:
    """What tips over here; None where nothing does."""
    return next((tipping for tipping in LEVELS if past(answer, tipping)), None)


def edges(answer: Sweep, tipping: Tipping) -> tuple[Edge, ...]:
    """Edges along the axis of numbers that has most of them, one per line that passes the level once."""
    axes = axes_of(answer)
    found = [
        tuple(edges_along(answer, tipping, along))
        for along in reversed(range(len(axes)))
        if axes[along].is_numeric
    ]
    return max(found, key=len, default=())


def edges_along(answer: Sweep, tipping: Tipping, along: int) -> Iterator[Edge]:
    """Edges of all lines along one axis."""
    axes = axes_of(answer)
    name = tipping.figure.name
    values, _errors = surface(answer, name)
    others = [k for k in range(len(axes)) if k != along]
    for place in product(*(range(len(axes[k].values)) for k in others)):
        where = dict(zip(others, place, strict=True))
        line = tuple(where.get(k, slice(None)) for k in range(len(axes)))
        is_past = values[line] >= tipping.level
        changes = np.flatnonzero(np.diff(is_past.astype(np.int8)))
        if len(changes) != 1:
            continue
        rises = bool(is_past[-1])
        index = int(changes[0]) + rises
        at = tuple(where.get(k, index) for k in range(len(axes)))
        yield Edge(
            along=axes[along],
            index=index,
            rises=rises,
            others=tuple((axes[k], where[k]) for k in others),
            metric=metric_at(answer, name, at),
            quiet=metric_at(answer, f"{name}_without", at)
            if has(answer, f"{name}_without")
            else None,
        )


def has(answer: Sweep, name: str) -> bool:
    """True where every point has a metric."""
    return all(name in point.metrics for point in answer.points)


def metric_at(answer: Sweep, name: str, place: tuple[int, ...]) -> Metric:
    """A metric at a place on the ascending axes."""
    value, error = (float(rows[place]) for rows in surface(answer, name))
    return Metric(value=value, standard_error=error)


def headline(answer: Sweep) -> str:
    """Where it tips over, in one sentence."""
    text = finding(answer)
    return f"{text[:1].upper()}{text[1:]}."


def finding(answer: Sweep) -> str:
    """The same without capital and full stop."""
    tipping, count = tipping_of(answer), len(answer.points)
    if tipping is None:
        return (
            "nothing tips over here: the chance of a squeeze stays below 50 %, and hedging multiplies "
            f"realised vol by less than 1.5, at all {count} settings"
        )
    if past(answer, tipping) == count:
        return f"{tipping.words} at every one of the {count} settings"
    found = named(answer)
    if not found:
        top = settings_words(answer, strongest(answer, tipping.figure))
        return f"{tipping.words} at {past(answer, tipping)} of {count} settings, most at {top}"
    first, *others = found
    if not first.others:
        return f"{tipping.words} {edge_words(first)}"
    text = f"at {condition(first)} {tipping.words} {edge_words(first)}"
    return "".join([text, *(f", and at {condition(each)} {edge_words(each)}" for each in others)])


def named(answer: Sweep) -> tuple[Edge, ...]:
    """The edges that the headline names: the first, and of two axes the last where it lies elsewhere."""
    tipping = tipping_of(answer)
    found = edges(answer, tipping) if tipping else ()
    if not found:
        return ()
    first, last = found[0], found[-1]
    is_elsewhere = (last.index, last.rises) != (first.index, first.rises)
    return (first, last) if is_elsewhere and len(answer.axes) <= MOST_NAMED else (first,)


def edge_words(edge: Edge) -> str:
    """The range of an axis that is past the level: ``from median leverage 15 on``."""
    text = edge.along.at(edge.index)
    is_end = edge.index == (len(edge.along.values) - 1 if edge.rises else 0)
    return (
        f"only at {text}" if is_end else f"from {text} on" if edge.rises else f"at {text} or less"
    )


def edge_note(answer: Sweep) -> str:
    """The figure at every edge that the headline names, with its error; empty where it names none."""
    tipping, found = tipping_of(answer), named(answer)
    if tipping is None or not found:
        return ""
    form = tipping.figure.text
    figures = " and ".join(
        form(each.metric) + (f" (without hedging {form(each.quiet)})" if each.quiet else "")
        for each in found
    )
    return f"At {'that edge' if len(found) == 1 else 'these edges'}: {figures}."


def condition(edge: Edge) -> str:
    """The other settings of an edge."""
    axes, place = zip(*edge.others, strict=True)
    return words_of(axes, place)


def strongest(answer: Sweep, figure: Shown) -> SweepPoint:
    """The point at which a figure is highest; the first one where it is nowhere finite."""
    values = [
        point.metrics[figure.name].value if figure.name in point.metrics else np.nan
        for point in answer.points
    ]
    finite = np.where(np.isfinite(values), values, -np.inf)
    return answer.points[int(np.argmax(finite))]


def at_most(answer: Sweep) -> str:
    """The strongest effect, in words."""
    top = strongest(answer, VOL)
    return (
        f"Hedging multiplies realised vol by {VOL.text(top.metrics[VOL.name]).removeprefix('× ')} at "
        f"{settings_words(answer, top)}, more than at any other setting"
    )


def notes(answer: Sweep) -> tuple[str, ...]:
    """What a reader has to know before the figures."""
    found = [line for line in (edge_note(answer), f"{at_most(answer)}.") if line]
    found.append(COMMON)
    if answer.paths < FEW:
        found.append(
            f"With {answer.paths:,} paths a point, figures are rough: read their standard errors."
        )
    stopped = max(answer.points, key=stopped_share)
    share = stopped_share(stopped)
    if share > 0.0:
        found.append(
            f"Trading halted or the price collapsed on up to {probability(share)} of the paths, at "
            f"{settings_words(answer, stopped)}; prices stand still afterwards."
        )
    return tuple(found)


def stopped_share(point: SweepPoint) -> float:
    """Share of the paths of a point on which trading halted or the price collapsed."""
    return point.metrics["halted_probability"].value + point.metrics["collapsed_probability"].value


def extent(answer: Sweep) -> str:
    """Points, paths and horizon."""
    days = number(answer.horizon_days)
    return (
        f"{len(answer.points)} points of {answer.paths:,} {'path' if answer.paths == 1 else 'paths'} × "
        f"{answer.steps:,} steps over {days} {'day' if days == '1' else 'days'}, seed {answer.seed}"
    )


def rows(answer: Sweep) -> Iterator[tuple[str, ...]]:
    """One row of cells per point, under :func:`heads`."""
    figures, has_theta = shown(answer), tells_theta(answer)
    for point in answer.points:
        settings = (value_cell(axis, point) for axis in axes_of(answer))
        metrics = (
            figure.text(point.metrics[figure.name]) if figure.name in point.metrics else "–"
            for figure in figures
        )
        yield (*settings, *([ratio(point.theta)] if has_theta else []), *metrics)


def tells_theta(answer: Sweep) -> bool:
    """True where net θ is not what one of several axes says anyway."""
    if len(answer.axes) == 1 or "theta" not in answer.axes:
        return True
    asked = [float(point.settings["theta"]) for point in answer.points]
    return not np.allclose([point.theta for point in answer.points], asked)


def value_cell(axis: Axis, point: SweepPoint) -> str:
    """A setting of a point."""
    return axis.texts[axis.values.index(point.settings[axis.name])]


def heads(answer: Sweep) -> tuple[str, ...]:
    """Heads of the columns of :func:`rows`."""
    theta = ["Net θ"] if tells_theta(answer) else []
    return (*(axis.label for axis in axes_of(answer)), *theta, *(f.head for f in shown(answer)))
