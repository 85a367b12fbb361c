"""Gamma scalping in pictures: result against realised vol, parts, constraints; and the table of fast ways."""

from typing import Any

import numpy as np

from shortgamma.report.amounts import percent, scale_of, signed_usd
from shortgamma.report.figures.frame import Spec, category_axis, empty, layout, numbers
from shortgamma.report.figures.palette import LONG, NEUTRAL, SHORT
from shortgamma.report.figures.results import parts_waterfall
from shortgamma.report.scalp_fast_words import latency_text
from shortgamma.report.scalp_words import PARTS, SIDE_NAMES, is_there, vol_text
from shortgamma.studies.scalping.answer import Scalping, Side
from shortgamma.studies.scalping.fast import EXECUTIONS, LATENCIES, MAKER, FastScalping
from shortgamma.studies.scalping.question import SIDES
from shortgamma.studies.simulation import mean

Z = 1.96
"""Standard errors on either side of a 95 % interval."""
COLOURS = {"long": LONG, "short": SHORT}
SYMBOLS = {"long": "circle", "short": "square"}
MARGIN = {"l": 8, "r": 12, "t": 26, "b": 60, "pad": 2}
LEAST_LIMIT = 1.0
"""USD at which the colours of cells saturate at the least."""


def result_against_vol(answer: Scalping) -> Spec:
    """Mean result of both sides over realised vol, their break-evens and the implied vol."""
    sides = answer.sides
    size = max(abs(float(point.pnl.mean())) for side in sides for point in side.curve)
    scale = scale_of(size)
    traces = [curve(side, scale.divisor, scale.unit) for side in sides]
    traces += [crossing(side) for side in sides if side.vol.vol is not None]
    implied = 100.0 * answer.setting.implied_vol
    return {
        "data": traces,
        "layout": layout(
            margin=MARGIN,
            xaxis={"title": {"text": "realised vol, %"}, "showgrid": False, "nticks": 8},
            yaxis={"title": {"text": f"mean result, {scale.unit} per path"}, "nticks": 7},
            shapes=[upright(implied)],
            annotations=[
                {
                    "x": implied,
                    "y": 1.0,
                    "yref": "paper",
                    "yanchor": "bottom",
                    "text": f"implied <b>{vol_text(answer.setting.implied_vol)}</b>",
                    "showarrow": False,
                }
            ],
        ),
    }


def curve(side: Side, divisor: float, unit: str) -> Spec:
    """One side at every vol."""
    results = [mean(point.pnl) for point in side.curve]
    colour = COLOURS[side.name]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": SIDE_NAMES[side.name],
        "x": numbers([100.0 * point.vol for point in side.curve]),
        "y": numbers([found.value for found in results], divisor),
        "error_y": {
            "array": numbers([Z * found.standard_error for found in results], divisor),
            "thickness": 1.5,
            "width": 4,
            "color": colour,
        },
        "line": {"color": colour, "width": 2.5},
        "marker": {"color": colour, "size": 8, "symbol": SYMBOLS[side.name]},
        "hovertemplate": f"%{{x:.1f}} %: %{{y:.3~g}} {unit}",
    }


def crossing(side: Side) -> Spec:
    """Where a side breaks even, with its interval."""
    found, colour = side.vol, COLOURS[side.name]
    vol = found.vol or 0.0
    low, high = (vol if end is None else end for end in (found.low, found.high))
    return {
        "type": "scatter",
        "mode": "markers",
        "name": f"{SIDE_NAMES[side.name]} breaks even at {vol_text(vol)}",
        "x": numbers([100.0 * vol]),
        "y": [0.0],
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": numbers([100.0 * (high - vol)]),
            "arrayminus": numbers([100.0 * (vol - low)]),
            "thickness": 2,
            "width": 6,
            "color": colour,
        },
        "marker": {"color": colour, "size": 15, "symbol": "diamond-open", "line": {"width": 3}},
        "hovertemplate": "%{x:.2f} %<extra></extra>",
    }


def upright(place: float) -> Spec:
    """A dashed vertical line."""
    return {
        "type": "line",
        "x0": place,
        "x1": place,
        "yref": "paper",
        "y0": 0.0,
        "y1": 1.0,
        "line": {"color": NEUTRAL, "width": 1.5, "dash": "dash"},
    }


def long_parts(answer: Scalping) -> Spec:
    """Parts of the long side's result."""
    return parts_of(answer.long)


def short_parts(answer: Scalping) -> Spec:
    """Parts of the short side's result."""
    return parts_of(answer.short)


def parts_of(side: Side) -> Spec:
    """A result from the top down: what gamma earned, what theta took, what every cost took."""
    shown = {
        name: side.parts[part].value
        for part, name in PARTS.items()
        if is_there(side, side.parts[part])
    }
    return parts_waterfall(shown, side.pnl.value)


def constraint_bars(answer: Scalping) -> Spec:
    """What each side earns more without each constraint, with 95 % intervals."""
    if not answer.long.constraints:
        return empty("There are no constraints")
    gains = [one.gain.value for side in answer.sides for one in side.constraints]
    scale = scale_of(float(np.abs(gains).max(initial=0.0)))
    return {
        "data": [bars(side, scale.divisor, scale.unit) for side in answer.sides],
        "layout": layout(
            margin=MARGIN | {"t": 12},
            barmode="group",
            bargap=0.3,
            xaxis={
                "title": {"text": f"earns more without it, {scale.unit} per path"},
                "nticks": 6,
                "zeroline": True,
            },
            yaxis=category_axis(),
        ),
    }


def bars(side: Side, divisor: float, unit: str) -> Spec:
    """One side's constraints."""
    colour = COLOURS[side.name]
    return {
        "type": "bar",
        "orientation": "h",
        "name": SIDE_NAMES[side.name],
        "y": [one.name for one in side.constraints],
        "x": numbers([one.gain.value for one in side.constraints], divisor),
        "error_x": {
            "array": numbers([Z * one.gain.standard_error for one in side.constraints], divisor),
            "thickness": 1.5,
            "width": 4,
            "color": NEUTRAL,
        },
        "marker": {"color": colour, "line": {"width": 0}},
        "hovertemplate": f"%{{y}}: %{{x:.3~g}} {unit}",
    }


def ways() -> list[tuple[str, str]]:
    """Side and execution of every row of the table."""
    return [(side, execution) for side in SIDES for execution in EXECUTIONS]


def fast_results(answer: FastScalping) -> Spec:
    """Mean result of every way, cells coloured by gain and loss."""
    cells = [
        [answer.of(side, execution, late=late).pnl.value for late in LATENCIES]
        for side, execution in ways()
    ]
    limit = max(float(np.abs(cells).max()), LEAST_LIMIT)
    return heat(cells, [[signed_usd(value) for value in row] for row in cells], limit)


def fast_crossing(answer: FastScalping) -> Spec:
    """Part of a maker's turnover that crossed the spread in the end, by latency."""
    return {
        "data": [crossing_bars(answer, side) for side in SIDES],
        "layout": layout(
            margin=MARGIN,
            barmode="group",
            bargap=0.3,
            xaxis={"type": "category", "showgrid": False},
            yaxis={
                "title": {"text": "share of turnover that crosses"},
                "tickformat": "~%",
                "rangemode": "tozero",
                "nticks": 6,
            },
        ),
    }


def crossing_bars(answer: FastScalping, side: str) -> Spec:
    """One side's share of turnover that crossed, by latency."""
    shares = [1.0 - answer.of(side, MAKER, late=late).resting_share for late in LATENCIES]
    return {
        "type": "bar",
        "name": SIDE_NAMES[side],
        "x": [latency_text(late) for late in LATENCIES],
        "y": numbers(shares),
        "text": [percent(share) for share in shares],
        "textposition": "outside",
        "cliponaxis": False,
        "marker": {"color": COLOURS[side], "line": {"width": 0}},
        "hovertemplate": "%{x}: %{text}",
    }


def heat(cells: list[list[float]], texts: list[list[str]], limit: float) -> Spec:
    """Cells of execution and latency with their amounts written in."""
    names = [f"{side} {execution}" for side, execution in ways()]
    shared: dict[str, Any] = {"showgrid": False, "zeroline": False, "type": "category"}
    return {
        "data": [
            {
                "type": "heatmap",
                "x": [latency_text(late) for late in LATENCIES],
                "y": names,
                "z": [numbers(row) for row in cells],
                "text": texts,
                "texttemplate": "%{text}",
                "xgap": 2,
                "ygap": 2,
                "coloraxis": "coloraxis",
                "hovertemplate": "%{y}, %{x}: %{text}<extra></extra>",
            }
        ],
        "layout": layout(
            showlegend=False,
            xaxis=shared,
            yaxis=shared | {"autorange": "reversed"},
            coloraxis={"cmin": -limit, "cmax": limit, "cmid": 0.0, "showscale": False},
        ),
    }
