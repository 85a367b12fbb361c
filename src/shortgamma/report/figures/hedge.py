"""A book before and after its hedge: Greeks by tenor, the grid of profits, gamma against spot."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from shortgamma.exposure.profile import Profile
from shortgamma.report.amounts import Scale, number, scale_of, signed_percent
from shortgamma.report.figures.frame import (
    Spec,
    at_least,
    layout,
    numbers,
    price_axis,
    spot_label,
    spot_line,
)
from shortgamma.report.figures.palette import LONG, NEUTRAL
from shortgamma.studies.hedge import Hedge, State

Vector = NDArray[np.float64]

BEFORE, AFTER = "before", "after"
COLOURS: Final = {BEFORE: NEUTRAL, AFTER: LONG}
UPPER, LOWER = (0.57, 1.0), (0.0, 0.43)
REACH = 0.5
"""Of spot, up and down: what the gamma figure shows."""
GAP = 2
"""Pixels between cells."""
MOST_WRITTEN = 66
"""Cells that have their figure written into them."""


def greeks_by_tenor(answer: Hedge) -> Spec:
    """Gamma above and vega below, by time to expiry, before and after."""
    gamma, upper = tenor_bars(answer, "gamma_usd_per_pct", "gamma per 1 %")
    vega, lower = tenor_bars(answer, "vega_usd_per_point", "vega per point")
    return {
        "data": [*gamma, *(bar | {"yaxis": "y2", "showlegend": False} for bar in vega)],
        "layout": layout(
            barmode="group",
            bargap=0.3,
            xaxis={
                "type": "category",
                "anchor": "y2",
                "title": {"text": "days to expiry"},
                "showgrid": False,
            },
            yaxis=upper | {"domain": list(UPPER)},
            yaxis2=lower | {"domain": list(LOWER), "anchor": "x"},
            margin={"l": 8, "r": 12, "t": 12, "b": 40, "pad": 2},
        ),
    }


def tenor_bars(answer: Hedge, figure: str, words: str) -> tuple[list[Spec], Spec]:
    """Two sets of bars and their axis."""
    sides = {BEFORE: answer.before, AFTER: answer.after}
    values = {
        name: np.array([getattr(row, figure) for row in state.measured.by_tenor])
        for name, state in sides.items()
    }
    scale = scale_of(max(float(np.abs(held).max()) for held in values.values()))
    labels = [row.label for row in answer.before.measured.by_tenor]
    bars: list[Spec] = [
        {
            "type": "bar",
            "name": name,
            "x": labels,
            "y": numbers(held, scale.divisor),
            "marker": {
                "color": COLOURS[name],
                "pattern": {"shape": "/" if name == BEFORE else "", "solidity": 0.4},
            },
            "hovertemplate": f"%{{x}} days, {name}: %{{y:,.3~r}} {scale.unit}<extra></extra>",
        }
        for name, held in values.items()
    ]
    return bars, {"title": {"text": f"{words}, {scale.unit}"}, "zeroline": True, "nticks": 5}


def cells_before(answer: Hedge) -> Spec:
    """Profit in every cell before the trades."""
    return cells(answer, answer.before)


def cells_after(answer: Hedge) -> Spec:
    """Profit in every cell after the trades."""
    return cells(answer, answer.after)


def cells(answer: Hedge, state: State) -> Spec:
    """The grid of profits; both states share one scale of colours."""
    shocks = answer.file.limits.shocks
    moves = list(dict.fromkeys(shock.spot_move for shock in shocks))
    vols = list(dict.fromkeys(shock.vol.label for shock in shocks))
    profit = state.measured.cells_usd.reshape(len(moves), len(vols))
    limit = max(float(np.abs(s.measured.cells_usd).max()) for s in (answer.before, answer.after))
    scale = scale_of(limit)
    top = limit / scale.divisor or 1.0
    rows = [signed_percent(move, 3) for move in moves]
    return {
        "data": [cells_trace(profit, scale) | {"x": vols, "y": rows}],
        "layout": layout(
            margin={"l": 8, "r": 12, "t": 12, "b": 40, "pad": 2},
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


def cells_trace(profit: Vector, scale: Scale) -> Spec:
    """Cells with their profit; few enough have it written in."""
    trace: Spec = {
        "type": "heatmap",
        "z": [numbers(row, scale.divisor) for row in profit],
        "text": [[number(value / scale.divisor, 2) for value in row] for row in profit.tolist()],
        "coloraxis": "coloraxis",
        "xgap": GAP,
        "ygap": GAP,
        "hovertemplate": f"spot %{{y}}, %{{x}}: %{{z:,.3~r}} {scale.unit}<extra></extra>",
    }
    return trace | ({"texttemplate": "%{text}"} if profit.size <= MOST_WRITTEN else {})


def short_labels(labels: list[str]) -> list[str]:
    """Labels without what stands in brackets, unless two would be the same."""
    short = [label.partition(" (")[0] for label in labels]
    return short if len(set(short)) == len(short) else labels


def gamma_against_spot(answer: Hedge) -> Spec:
    """Gamma of the book at other prices, before and after."""
    spot = answer.chain.spot
    span = ((1.0 - REACH) * spot, (1.0 + REACH) * spot)
    profiles = {BEFORE: answer.before.profile, AFTER: answer.after.profile}
    shown = {
        name: (profile.spot >= span[0]) & (profile.spot <= span[1])
        for name, profile in profiles.items()
    }
    values = np.concatenate(
        [profile.gamma_usd_per_pct[shown[name]] for name, profile in profiles.items()]
    )
    scale = scale_of(float(np.abs(values).max()))
    low, high = at_least(min(float(values.min()), 0.0), max(float(values.max()), 0.0))
    traces = [
        profile_trace(name, profile, shown[name], scale) for name, profile in profiles.items()
    ]
    return {
        "data": traces,
        "layout": layout(
            hovermode="x unified",
            margin={"l": 8, "r": 12, "t": 28, "b": 40, "pad": 2},
            xaxis=price_axis(span, title={"text": f"{answer.chain.underlying} price, USD"}),
            yaxis=amount_axis(low, high, scale),
            shapes=[spot_line(spot)],
            annotations=[spot_label(spot)],
        ),
    }


def amount_axis(low: float, high: float, scale: Scale) -> Spec:
    """A vertical axis of gamma with a little air."""
    room = 0.08 * (high - low)
    return {
        "title": {"text": f"gamma, {scale.unit} per 1 %"},
        "range": numbers([low - room, high + room], scale.divisor),
        "zeroline": True,
        "nticks": 6,
    }


def profile_trace(name: str, profile: Profile, shown: NDArray[np.bool_], scale: Scale) -> Spec:
    """One line of gamma against spot."""
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": numbers(profile.spot[shown]),
        "y": numbers(profile.gamma_usd_per_pct[shown], scale.divisor),
        "line": {
            "color": COLOURS[name],
            "width": 2.5,
            "dash": "dash" if name == BEFORE else "solid",
        },
        "hovertemplate": f"{name}: %{{y:,.3~r}} {scale.unit} per 1 %<extra></extra>",
    }
