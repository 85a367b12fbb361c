"""Margins of one book under many regimes: side by side, after shocks, and as cash to bring."""

from typing import Final

import numpy as np

from shortgamma.report.amounts import scale_of
from shortgamma.report.figures.frame import Spec, category_axis, layout, numbers, plain_text
from shortgamma.report.figures.palette import (
    CALL,
    LONG,
    NEAR_TO_FAR,
    NEUTRAL,
    OUTLINE,
    PUT,
    SHORT,
    faded,
)
from shortgamma.report.margin_words import taken, worst_of
from shortgamma.studies.margin import Asked, Margin

COLOURS: Final = (SHORT, LONG, CALL, PUT, NEUTRAL, *NEAR_TO_FAR[1:5])
DASHES: Final = ("solid", "dash", "dot", "dashdot")
SYMBOLS: Final = ("circle", "square", "diamond", "triangle-up", "cross", "x")
HATCHED: Final = "/"


def margin_bars(answer: Margin) -> Spec:
    """Own funds, initial and to maintain; what is not verified is hatched."""
    found = taken(answer)
    rows = {
        "initial": [float(one.now.initial_equity[0]) for one in found],
        "maintenance": [float(one.now.maintenance_equity[0]) for one in found],
    }
    scale = scale_of(max((abs(value) for row in rows.values() for value in row), default=0.0))
    names = [badge(one) for one in found]
    shapes = ["" if one.regime.verified else HATCHED for one in found]
    traces: list[Spec] = [
        {
            "type": "bar",
            "orientation": "h",
            "name": name,
            "y": names,
            "x": numbers(values, scale.divisor),
            "marker": {"color": colour, "pattern": {"shape": shapes, "solidity": 0.35}},
            "hovertemplate": f"%{{y}}, {name}: %{{x:,.3~r}} {scale.unit}<extra></extra>",
        }
        for (name, values), colour in zip(rows.items(), (SHORT, LONG), strict=True)
    ]
    return {
        "data": traces,
        "layout": layout(
            barmode="group",
            bargap=0.35,
            yaxis=category_axis(),
            xaxis={"title": {"text": f"own funds, {scale.unit}"}, "nticks": 6, "zeroline": True},
            margin={"l": 8, "r": 12, "t": 12, "b": 40, "pad": 2},
        ),
    }


def badge(one: Asked) -> str:
    """A regime's name, with a mark where its figures were compared with published ones."""
    name = plain_text(one.regime.name)
    return f"{name} ✓" if one.regime.verified else name


def growth_against_spot(answer: Margin) -> Spec:
    """Own funds after a move of spot, over today's."""
    return growth_lines(answer, "spot_move", "spot move, %")


def growth_against_vol(answer: Margin) -> Spec:
    """Own funds after a rise of vol, over today's."""
    return growth_lines(answer, "vol_factor", "vol over today's")


def growth_lines(answer: Margin, field: str, title: str) -> Spec:
    """One line per regime against one shock, the other shock left out."""
    other, rest = ("vol_factor", 1.0) if field == "spot_move" else ("spot_move", 0.0)
    factor = 100.0 if field == "spot_move" else 1.0
    traces: list[Spec] = []
    for place, one in enumerate(taken(answer)):
        rows = [row for row in one.shocked if getattr(row, other) == rest]
        growth = [row.growth for row in rows]
        if np.all(np.isfinite(growth)):
            across = [factor * getattr(row, field) for row in rows]
            traces.append(growth_line(one, place, across=numbers(across), growth=numbers(growth)))
    return {
        "data": traces,
        "layout": layout(
            xaxis={"title": {"text": title}, "showgrid": False, "nticks": 6},
            yaxis={"title": {"text": "× today's own funds"}, "nticks": 6, "zeroline": False},
            margin={"l": 8, "r": 12, "t": 12, "b": 40, "pad": 2},
        ),
    }


def growth_line(
    one: Asked, place: int, *, across: list[float | None], growth: list[float | None]
) -> Spec:
    """One regime's line."""
    colour, name = COLOURS[place % len(COLOURS)], plain_text(one.regime.name)
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": name,
        "x": across,
        "y": growth,
        "line": {"color": colour, "width": 2, "dash": DASHES[place % len(DASHES)]},
        "marker": {
            "symbol": SYMBOLS[place % len(SYMBOLS)],
            "size": 8,
            "color": colour,
            "line": {"color": faded(OUTLINE, 0.6), "width": 1},
        },
        "hovertemplate": f"%{{y:.3g}} × today<extra>{name}</extra>",
    }


def cash_to_bring(answer: Margin) -> Spec:
    """The largest margin call of every regime over the shocks."""
    found = taken(answer)
    rows = [worst_of(one) for one in found]
    scale = scale_of(max((abs(row.call_usd) for row in rows), default=0.0))
    labels = [f"spot {100.0 * row.spot_move:+g} %, vol × {row.vol_factor:g}" for row in rows]
    return {
        "data": [
            {
                "type": "bar",
                "orientation": "h",
                "name": "cash to bring",
                "y": [badge(one) for one in found],
                "x": numbers([row.call_usd for row in rows], scale.divisor),
                "customdata": labels,
                "marker": {"color": SHORT},
                "hovertemplate": f"%{{y}}: %{{x:,.3~r}} {scale.unit} at %{{customdata}}<extra></extra>",
            }
        ],
        "layout": layout(
            bargap=0.35,
            yaxis=category_axis(),
            xaxis={
                "title": {"text": f"cash to bring, {scale.unit}"},
                "nticks": 6,
                "zeroline": True,
            },
            margin={"l": 8, "r": 12, "t": 12, "b": 40, "pad": 2},
        ),
    }
