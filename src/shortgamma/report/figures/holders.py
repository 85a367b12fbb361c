"""Who is short: gamma by holder, and by positioning model."""

import numpy as np
from numpy.typing import NDArray

from shortgamma.exposure.holders import Holder
from shortgamma.exposure.positioning import Positioning
from shortgamma.report.amounts import Scale, price, scale_of, signed_usd
from shortgamma.report.figures.frame import (
    Spec,
    at_least,
    category_axis,
    layout,
    numbers,
    plain_text,
)
from shortgamma.report.figures.palette import NEUTRAL, by_sign
from shortgamma.studies.exposure import Exposure

NAMED = 14
ROOM = 0.06  # of the span, beyond the longest bar

Vector = NDArray[np.float64]


def gamma_by_holder(answer: Exposure) -> Spec:
    """One bar per holder: those who hedge solid, the others hatched; the smallest are summed up."""
    rows = shown_holders(answer.system.holders)
    values = np.array([value for _name, value, _hedges in rows])
    scale = scale_of(float(np.abs(values).max(initial=0.0)))
    trace = bars([name for name, _value, _hedges in rows], values, scale)
    trace["marker"]["pattern"] = {
        "shape": ["" if hedges else "/" for _name, _value, hedges in rows],
        "solidity": 0.45,
    }
    return {"data": [trace], "layout": bar_layout(trace, values, scale)}


def shown_holders(holders: tuple[Holder, ...]) -> list[tuple[str, float, bool]]:
    """Name, gamma and whether it hedges, shortest first; beyond the largest few in one row."""
    by_size = sorted(holders, key=lambda h: -abs(h.gamma_usd_per_pct))
    kept = set(map(id, by_size if len(by_size) <= NAMED + 1 else by_size[:NAMED]))
    rows = [
        (plain_text(h.name), h.gamma_usd_per_pct, h.is_hedger) for h in holders if id(h) in kept
    ]
    rest = [h for h in holders if id(h) not in kept]
    for hedges, kind in ((True, "hedgers"), (False, "others")):
        part = [h.gamma_usd_per_pct for h in rest if h.is_hedger is hedges]
        if part:
            rows.append((f"{len(part)} more {kind}", sum(part), hedges))
    return unique_names(rows)


def unique_names(rows: list[tuple[str, float, bool]]) -> list[tuple[str, float, bool]]:
    """Rows whose names differ: a category axis would stack equal ones."""
    seen: dict[str, int] = {}
    out: list[tuple[str, float, bool]] = []
    for name, value, hedges in rows:
        seen[name] = seen.get(name, 0) + 1
        out.append((name if seen[name] == 1 else f"{name} #{seen[name]}", value, hedges))
    return out


def gamma_by_model(answer: Exposure) -> Spec:
    """Net gamma under each positioning model; the one in use is solid and has its 5–95 % band."""
    names = [model_label(row.positioning, answer.positioning) for row in answer.models]
    values = np.array([row.gamma_usd_per_pct for row in answer.models])
    scale = scale_of(float(np.abs(values).max(initial=0.0)))
    trace = bars(names, values, scale)
    trace["marker"]["opacity"] = [1.0] + [0.5] * (len(names) - 1)
    trace["customdata"] = [flips_text(answer, i) for i in range(len(names))]
    trace["hovertemplate"] = "%{y} per 1 %<br>%{customdata}<extra></extra>"
    return {
        "data": [trace, *band(answer, names[0], scale)],
        "layout": bar_layout(trace, values, scale),
    }


def model_label(positioning: Positioning, in_use: Positioning) -> str:
    """The model's name, bold where it is the one in use."""
    name = plain_text(positioning.model)
    return f"<b>{name}</b> (in use)" if positioning is in_use else name


def flips_text(answer: Exposure, row: int) -> str:
    """The flips under one model."""
    profile = answer.models[row].profile
    if not profile.flips:
        return f"no flip: {profile.flip_status.value.replace('_', ' ')}"
    return "flips at " + ", ".join(price(flip.spot) for flip in profile.flips[:4])


def band(answer: Exposure, name: str, scale: Scale) -> list[Spec]:
    """The band of net gamma under the model in use."""
    net = answer.confidence.gamma_usd_per_pct
    if net.low is None or net.high is None or net.low == net.high:
        return []
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "name": "5–95 % if signs are unsure",
            "x": numbers([net.low, net.high], scale.divisor),
            "y": [name, name],
            "line": {"color": NEUTRAL, "width": 5},
            "hovertemplate": f"5–95 %: {signed_usd(net.low)} to {signed_usd(net.high)}<extra></extra>",
        }
    ]


def bars(names: list[str], values: Vector, scale: Scale) -> Spec:
    """Horizontal bars coloured by sign."""
    return {
        "type": "bar",
        "orientation": "h",
        "y": names,
        "x": numbers(values, scale.divisor),
        "hovertext": [signed_usd(value) for value in values.tolist()],
        "marker": {"color": [by_sign(value) for value in values.tolist()]},
        "hovertemplate": "%{y} per 1 %<extra></extra>",
        "showlegend": False,
    }


def bar_layout(trace: Spec, values: Vector, scale: Scale) -> Spec:
    """Axes whose category labels carry the amounts: beside a bar they would not fit on a phone."""
    low, high = min(float(values.min(initial=0.0)), 0.0), max(float(values.max(initial=0.0)), 0.0)
    low, high = at_least(low, high)
    room = ROOM * (high - low)
    names, amounts = trace["y"], trace["hovertext"]
    return layout(
        bargap=0.4,
        xaxis={
            "title": {"text": f"net gamma, {scale.unit} per 1 %"},
            "range": numbers([low - room, high + room], scale.divisor),
            "zeroline": True,
            "nticks": 6,
        },
        yaxis=category_axis(
            tickmode="array",
            tickvals=names,
            ticktext=[f"{n}<br><b>{a}</b>" for n, a in zip(names, amounts, strict=True)],
        ),
    )
