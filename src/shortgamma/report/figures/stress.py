"""A stressed book: the matrix of profits, profit against spot, gap losses, how far limits are used."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from shortgamma.report.amounts import Scale, number, scale_of, signed_percent
from shortgamma.report.figures.frame import (
    Spec,
    at_least,
    category_axis,
    layout,
    numbers,
    plain_text,
)
from shortgamma.report.figures.hedge import GAP, short_labels
from shortgamma.report.figures.palette import LONG, NEUTRAL, OUTLINE, SHORT
from shortgamma.report.stress_words import bound_words, jumps, limit_words, vol_words
from shortgamma.studies.stress import Stress

Vector = NDArray[np.float64]

MOST_WRITTEN = 200
"""Cells that have their figure written into them."""
MOST_COLUMNS = 8
"""Columns up to which figures fit into their cells."""
LINES: Final = ((LONG, "dot"), (NEUTRAL, "solid"), (SHORT, "dash"))
"""Vol down, between, up."""
AIR = 0.04
"""Of the range of spot shifts: room beside the lines."""
INSET = 0.42
"""Of a cell: half the frame around the worst one."""
FULL = 1.0
SHORTEST_AXIS = 1.2
LONGEST_BOUND = 40
FARTHEST = 2.0
"""Share of a limit at which the axis ends, whatever is beyond."""


def matrix(answer: Stress) -> Spec:
    """Profit in every cell; a frame marks the worst one."""
    grid, profit = answer.matrix.grid, answer.matrix.pnl_usd
    limit = float(np.abs(profit).max())
    scale = scale_of(limit)
    top = limit / scale.divisor or 1.0
    vols = [vol_words(shift) for shift in grid.vol_shifts]
    rows = [signed_percent(move, 3) for move in grid.spot_moves]
    worst = divmod(int(np.argmin(profit)), len(vols))
    return {
        "data": [cells(profit, scale) | {"x": vols, "y": rows}],
        "layout": layout(
            margin={"l": 8, "r": 12, "t": 12, "b": 40, "pad": 2},
            shapes=[worst_frame(*worst)],
            xaxis={
                "type": "category",
                "showgrid": False,
                "title": {"text": f"profit in {scale.unit}"},
                "tickmode": "array",
                "tickvals": vols,
                "ticktext": short_labels(vols),
            },
            yaxis={"type": "category", "showgrid": False, "title": {"text": "spot"}},
            coloraxis={"cmin": -top, "cmax": top, "cmid": 0.0, "showscale": False},
        ),
    }


def cells(profit: Vector, scale: Scale) -> Spec:
    """Cells with their profit; few enough have it written in."""
    trace: Spec = {
        "type": "heatmap",
        "z": [numbers(row, scale.divisor) for row in profit],
        "text": [[number(value / scale.divisor) for value in row] for row in profit.tolist()],
        "coloraxis": "coloraxis",
        "xgap": GAP,
        "ygap": GAP,
        "hovertemplate": f"spot %{{y}}, %{{x}}: %{{z:,.3~r}} {scale.unit}<extra></extra>",
    }
    fits = profit.size <= MOST_WRITTEN and profit.shape[1] <= MOST_COLUMNS
    return trace | ({"texttemplate": "%{text}"} if fits else {})


def worst_frame(row: int, column: int) -> Spec:
    """A frame inside a cell."""
    return {
        "type": "rect",
        "x0": column - INSET,
        "x1": column + INSET,
        "y0": row - INSET,
        "y1": row + INSET,
        "line": {"color": OUTLINE, "width": 2.5},
    }


def profit_against_spot(answer: Stress) -> Spec:
    """Profit against the spot shift, one line per vol shift."""
    curve = answer.curve
    scale = scale_of(float(np.abs(curve.pnl_usd).max()))
    worst = answer.matrix.worst
    shifts = curve.grid.vol_shifts
    names = short_labels([vol_words(shift) for shift in shifts])
    traces: list[Spec] = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": name,
            "x": numbers(curve.grid.spot_moves),
            "y": numbers(curve.pnl_usd[:, column], scale.divisor),
            "line": dict(zip(("color", "dash"), style(shift.size), strict=True)) | {"width": 2.5},
            "hovertemplate": f"{name}: %{{y:,.3~r}} {scale.unit}<extra></extra>",
        }
        for column, (name, shift) in enumerate(zip(names, shifts, strict=True))
    ]
    traces.append(
        {
            "type": "scatter",
            "mode": "markers",
            "name": "worst cell",
            "x": [worst.spot_move],
            "y": numbers([worst.pnl_usd], scale.divisor),
            "marker": {"symbol": "diamond", "size": 11, "color": SHORT},
            "hovertemplate": f"worst cell: %{{y:,.3~r}} {scale.unit}<extra></extra>",
        }
    )
    return {"data": traces, "layout": against_spot(curve.grid.spot_moves, f"profit, {scale.unit}")}


def style(size: float) -> tuple[str, str]:
    """Colour and dash of a line by where its vol shift points."""
    return LINES[1 + int(np.sign(size))]


def against_spot(moves: tuple[float, ...], title: str) -> Spec:
    """Axes of a figure whose horizontal one is the spot shift."""
    low, high = min(moves), max(moves)
    room = AIR * (high - low) or AIR
    return layout(
        hovermode="x unified",
        margin={"l": 8, "r": 12, "t": 12, "b": 40, "pad": 2},
        xaxis={
            "tickformat": "+~%",
            "range": [low - room, high + room],
            "showgrid": False,
            "nticks": 11,
            "zeroline": True,
        },
        yaxis={"title": {"text": title}, "zeroline": True, "nticks": 6},
    )


def gap_losses(answer: Stress) -> Spec:
    """Bars of what jumps bring, as held and with delta hedged before, and what gamma alone would say."""
    shown = jumps(answer)
    held, hedged, quadratic = (
        np.array([getattr(gap, name) for gap in shown])
        for name in ("pnl_usd", "hedged_usd", "quadratic_usd")
    )
    scale = scale_of(max(float(np.abs(each).max()) for each in (held, hedged)))
    labels = [signed_percent(gap.spot_move, 3) for gap in shown]
    hatched = {"color": NEUTRAL, "pattern": {"shape": "/", "solidity": 0.4}}
    diamonds = {"color": SHORT, "symbol": "diamond", "size": 9}
    traces = [
        {"type": "bar", "name": "as held", "marker": hatched},
        {"type": "bar", "name": "delta hedged before", "marker": {"color": LONG}},
        {"type": "scatter", "mode": "markers", "name": "by gamma alone", "marker": diamonds},
    ]
    return {
        "data": [
            trace | series(labels, heights, scale, name=str(trace["name"]))
            for trace, heights in zip(traces, (held, hedged, quadratic), strict=True)
        ],
        "layout": jump_layout(visible(held, hedged), scale),
    }


def series(labels: list[str], heights: Vector, scale: Scale, *, name: str) -> Spec:
    """Where a trace of jumps stands, and what the pointer shows of it."""
    return {
        "x": labels,
        "y": numbers(heights, scale.divisor),
        "hovertemplate": f"{name}: %{{y:,.3~r}} {scale.unit}<extra></extra>",
    }


def jump_layout(span: list[float], scale: Scale) -> Spec:
    """Axes of the jumps."""
    return layout(
        barmode="group",
        bargap=0.3,
        hovermode="x unified",
        margin={"l": 8, "r": 12, "t": 12, "b": 40, "pad": 2},
        xaxis={"type": "category", "showgrid": False, "title": {"text": "jump of spot"}},
        yaxis={
            "title": {"text": f"profit, {scale.unit}"},
            "zeroline": True,
            "nticks": 6,
            "range": numbers(span, scale.divisor),
        },
    )


def visible(*bars: Vector) -> list[float]:
    """A range that shows every bar; what gamma alone says may lie far beyond and is cut."""
    low, high = at_least(
        min(0.0, *(float(each.min()) for each in bars)),
        max(0.0, *(float(each.max()) for each in bars)),
    )
    room = 0.1 * (high - low)
    return [low - room, high + room]


def limits_used(answer: Stress) -> Spec:
    """How much of each limit is used; beyond the line it is breached."""
    rows = sorted(answer.limits, key=lambda row: (row.holds, -row.used))
    used = [min(row.used, FARTHEST) for row in rows]
    bars: Spec = {
        "type": "bar",
        "orientation": "h",
        "y": distinct([plain_text(limit_words(row.name)) for row in rows]),
        "x": numbers(used),
        "customdata": [plain_text(bound_words(answer, row), LONGEST_BOUND) for row in rows],
        "marker": {
            "color": [NEUTRAL if row.holds else SHORT for row in rows],
            "pattern": {"shape": ["" if row.holds else "/" for row in rows], "solidity": 0.4},
        },
        "hovertemplate": "%{y}: limit %{customdata}<extra></extra>",
    }
    end = max(SHORTEST_AXIS, *used)
    return {
        "data": [bars],
        "layout": layout(
            showlegend=False,
            margin={"l": 8, "r": 12, "t": 12, "b": 40, "pad": 2},
            xaxis={
                "tickformat": ".0%",
                "range": [0.0, 1.03 * end],
                "nticks": 6,
            },
            yaxis=category_axis(),
            shapes=[full_line()],
        ),
    }


def distinct(names: list[str]) -> list[str]:
    """Names that stay apart on an axis of categories after they were cut."""
    return [name if names.count(name) == 1 else f"{name} #{i}" for i, name in enumerate(names, 1)]


def full_line() -> Spec:
    """The vertical line at which a limit is used up."""
    return {
        "type": "line",
        "x0": FULL,
        "x1": FULL,
        "yref": "paper",
        "y0": 0.0,
        "y1": 1.0,
        "line": {"color": NEUTRAL, "width": 1.5, "dash": "dash"},
    }
