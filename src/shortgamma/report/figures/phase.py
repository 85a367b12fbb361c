"""A sweep in pictures: lines over one axis, phase diagrams over two."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shortgamma.report.amounts import number, probability, scale_of, usd
from shortgamma.report.figures.frame import Spec, empty, layout, numbers, plain_text
from shortgamma.report.figures.palette import LONG, NEUTRAL, OUTLINE, SHORT
from shortgamma.report.figures.paths import WITH, WITHOUT, frame
from shortgamma.report.sweep_axes import Axis, Form, Shown, axes_of, surface
from shortgamma.report.sweep_words import has, tipping_of
from shortgamma.studies.distributions import Z, wilson
from shortgamma.studies.sweep import Sweep

Vector = NDArray[np.float64]
Place = tuple[int, ...]

MOST_ANNOTATED = 100
"""Cells that have their figure written into them."""
WIDE_RANGE = 8.0
"""Ratio of the largest to the smallest value from which an axis is one of logs."""
MOST_TICKS = 12
"""Values of an axis of cells that are written beside it."""
GAP = 2
"""Pixels between cells that have their figure written into them."""
LONGEST_LINE = 60
"""Characters of a line that the pointer shows."""
LEAST_LIMIT = 1.0
"""log₂ of a factor at which the colours saturate at the least."""


def lines(answer: Sweep, figure: Shown) -> Spec:
    """A figure along the only axis with 95 % intervals, and without hedging where that is known."""
    (axis,) = axes_of(answer)
    values, errors = surface(answer, figure.name)
    scale = unit_of(figure, values)
    bare = f"{figure.name}_without"
    traces: list[Spec] = []
    if has(answer, bare):
        alone = surface(answer, bare)
        traces.append(
            line(axis, alone[0] / scale, whiskers(answer, figure, *alone, scale), (NEUTRAL, "dash"))
            | {"name": WITHOUT}
        )
    bars = whiskers(answer, figure, values, errors, scale)
    traces.append(line(axis, values / scale, bars, (SHORT, "solid")) | {"name": WITH})
    shared = frame(axis.label)
    shared["xaxis"] |= horizontal(axis)
    return {
        "data": traces,
        "layout": layout(
            **shared,
            yaxis=vertical(figure, values),
            shapes=[no_change()] if figure.form is Form.TIMES else [],
            showlegend=len(traces) > 1,
        ),
    }


def shown_texts(axis: Axis) -> list[str]:
    """The values of an axis, escaped."""
    return [plain_text(text) for text in axis.texts]


def unit_of(figure: Shown, values: Vector) -> float:
    """What values are divided by."""
    if figure.form is not Form.USD:
        return 1.0
    return scale_of(float(np.nanmax(values, initial=1.0))).divisor


def line(axis: Axis, values: Vector, bars: Spec, style: tuple[str, str]) -> Spec:
    """Markers joined by a line."""
    colour, dash = style
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": numbers([float(v) for v in axis.values]) if axis.is_numeric else shown_texts(axis),
        "y": numbers(values),
        "text": shown_texts(axis),
        "error_y": bars | {"color": colour},
        "line": {"color": colour, "width": 2, "dash": dash},
        "marker": {"color": colour, "size": 8},
        "hovertemplate": "%{text}: %{y:.4~g}<extra></extra>",
    }


def whiskers(answer: Sweep, figure: Shown, values: Vector, errors: Vector, scale: float) -> Spec:
    """95 % intervals: Wilson's for a chance, ± 1.96 standard errors for the others."""
    if figure.form is Form.CHANCE and answer.paths > 1:
        low, high = wilson(values, answer.paths)
        above, below = np.maximum(high - values, 0.0), np.maximum(values - low, 0.0)
    else:
        above = below = Z * errors / scale
    return {
        "type": "data",
        "symmetric": False,
        "array": numbers(above),
        "arrayminus": numbers(below),
        "thickness": 1.5,
        "width": 4,
    }


def horizontal(axis: Axis) -> Spec:
    """The horizontal axis; each value has its tick."""
    if not axis.is_numeric:
        return {"type": "category"}
    values = [float(v) for v in axis.values]
    is_log = values[0] > 0.0 and values[-1] >= WIDE_RANGE * values[0]
    ticks: Spec = {"tickmode": "array", "tickvals": numbers(values), "ticktext": shown_texts(axis)}
    return ticks | ({"type": "log"} if is_log else {})


def vertical(figure: Shown, values: Vector) -> dict[str, Any]:
    """The vertical axis of a figure."""
    match figure.form:
        case Form.TIMES:
            some = values[np.isfinite(values) & (values > 0.0)]
            is_log = bool(some.size and some.max() >= WIDE_RANGE * some.min())
            kind = {"type": "log", "dtick": "D2"} if is_log else {"nticks": 6}
            return {"title": {"text": "times"}, "zeroline": False} | kind
        case Form.CHANCE:
            return {
                "title": {"text": "share of paths"},
                "tickformat": "~%",
                "nticks": 6,
                "rangemode": "tozero",
            }
        case Form.USD:
            unit = scale_of(float(np.nanmax(values, initial=1.0))).unit
            return {"title": {"text": unit}, "nticks": 6, "rangemode": "tozero"}


def no_change() -> Spec:
    """The horizontal line at which hedging does nothing."""
    return {
        "type": "line",
        "xref": "paper",
        "x0": 0.0,
        "x1": 1.0,
        "y0": 1.0,
        "y1": 1.0,
        "line": {"color": NEUTRAL, "width": 1.5, "dash": "dash"},
    }


def phase(answer: Sweep, figure: Shown, place: Place = ()) -> Spec:
    """A figure over the last two axes, at a place on the others; the line is where it tips over."""
    *_, down, across = axes_of(answer)
    whole = surface(answer, figure.name)[0]
    cells = whole[place]
    if not np.isfinite(cells).any():
        return empty("No point has it")
    depth, limit = colours(figure, whole)
    trace = cells_trace(figure, cells, (down, across)) | {"z": [numbers(r) for r in depth[place]]}
    return {
        "data": [trace, *tipping_line(answer, place)],
        "layout": layout(
            margin={"l": 8, "r": 12, "t": 12, "b": 56, "pad": 2},
            showlegend=False,
            xaxis=places(across),
            yaxis=places(down),
            coloraxis={
                "cmin": -limit,
                "cmax": limit,
                "cmid": 0.0,
                "reversescale": True,
                "showscale": False,
            },
        ),
    }


def cells_trace(figure: Shown, cells: Vector, axes: tuple[Axis, Axis]) -> Spec:
    """Cells with their words; few enough have them written in."""
    trace: Spec = {
        "type": "heatmap",
        "text": [[cell_text(figure, value) for value in row] for row in cells.tolist()],
        "hovertext": hover(figure, cells, axes),
        "coloraxis": "coloraxis",
        "hoverongaps": False,
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
    written = {"texttemplate": "%{text}", "xgap": GAP, "ygap": GAP}
    return trace | (written if cells.size <= MOST_ANNOTATED else {})


def colours(figure: Shown, whole: Vector) -> tuple[Vector, float]:
    """What gives cells their colours, 0 = none, and where these saturate; the same in all panels."""
    if figure.form is Form.TIMES:
        known = np.log2(np.where(whole > 0.0, whole, np.nan))
        return known, max(float(np.nanmax(np.abs(known), initial=0.0)), LEAST_LIMIT)
    top = float(np.nanmax(whole, initial=0.0))
    return whole, top if top > 0.0 else 1.0


def places(axis: Axis) -> Spec:
    """An axis of equal cells; where there are many, not every one has its value beside it."""
    count = len(axis.values)
    told = range(0, count, -(-count // MOST_TICKS))
    texts = shown_texts(axis)
    return {
        "title": {"text": axis.label},
        "tickmode": "array",
        "tickvals": list(told),
        "range": [-0.5, count - 0.5],
        "ticktext": [texts[index] for index in told],
        "showgrid": False,
        "zeroline": False,
    }


def hover(figure: Shown, cells: Vector, axes: tuple[Axis, Axis]) -> list[list[str]]:
    """Place and figure of every cell."""
    down, across = axes
    return [
        [
            f"{plain_text(down.at(row), LONGEST_LINE)}<br>{plain_text(across.at(column), LONGEST_LINE)}<br>"
            f"{cell_text(figure, value)}"
            for column, value in enumerate(values)
        ]
        for row, values in enumerate(cells.tolist())
    ]


def cell_text(figure: Shown, value: float) -> str:
    """A figure as it is written into a cell.

    >>> from shortgamma.report.sweep_axes import SQUEEZES, VOL
    >>> cell_text(VOL, 1.437), cell_text(SQUEEZES, 0.004)
    ('× 1.44', '&lt;1 %')
    """
    if not math.isfinite(value):
        return "–"
    match figure.form:
        case Form.TIMES:
            return f"× {number(value)}"
        case Form.CHANCE:
            return plain_text(probability(value))
        case Form.USD:
            return usd(value)


def tipping_line(answer: Sweep, place: Place) -> list[Spec]:
    """Edges between cells on either side of the level at which it tips over."""
    tipping = tipping_of(answer)
    if tipping is None:
        return []
    is_past = surface(answer, tipping.figure.name)[0][place] >= tipping.level
    across = [((c + 0.5, r - 0.5), (c + 0.5, r + 0.5)) for r, c in changes(is_past, 1)]
    down = [((c - 0.5, r + 0.5), (c + 0.5, r + 0.5)) for r, c in changes(is_past, 0)]
    ends = across + down
    if not ends:
        return []
    x = [value for (first, _), (last, _) in ends for value in (first, last, None)]
    y = [value for (_, first), (_, last) in ends for value in (first, last, None)]
    return [edge(x, y, OUTLINE, 6.0), edge(x, y, LONG, 3.5)]


def changes(is_past: NDArray[np.bool_], axis: int) -> list[list[int]]:
    """Cells whose next neighbour along an axis is on the other side."""
    return np.argwhere(np.diff(is_past, axis=axis)).tolist()


def edge(x: list[float | None], y: list[float | None], colour: str, width: float) -> Spec:
    """Pieces of a line."""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": y,
        "line": {"color": colour, "width": width},
        "hoverinfo": "skip",
        "showlegend": False,
    }
