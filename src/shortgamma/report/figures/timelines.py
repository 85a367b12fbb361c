"""Funding and liquidations over time, with and without hedging."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from shortgamma.report.amounts import scale_of
from shortgamma.report.figures.frame import Spec, empty, layout, numbers
from shortgamma.report.figures.palette import NEUTRAL, faded
from shortgamma.report.figures.paths import HOURS_BELOW, WITH, WITHOUT, frame, tone
from shortgamma.studies.distributions import TIMELINE_LEVELS, Timeline, timeline
from shortgamma.studies.simulation import Simulation

FUNDING, LIQUIDATED_SO_FAR = "funding_per_day", "liquidated_usd"
LOW, MIDDLE, HIGH = (TIMELINE_LEVELS.index(level) for level in (0.05, 0.5, 0.95))
HOURS = 24.0
Vector = NDArray[np.float64]


def funding_over_time(answer: Simulation) -> Spec:
    """Median funding rate and its 5–95 % band, percent of the notional per day."""
    found = timeline(answer.outcome, FUNDING)
    if found is None:
        return empty("Nobody pays funding here")
    colour = tone(answer)
    traces = [
        *between(found, found.quiet, (NEUTRAL, 0.22, "dash"), WITHOUT),
        *between(found, found.market, (colour, 0.2, "solid"), WITH),
    ]
    title = {"text": "funding, % per day"}
    return over_time(found, traces, {"title": title, "nticks": 7, "zeroline": True})


def liquidated_over_time(answer: Simulation) -> Spec:
    """Mean amount liquidated so far, and what 5 % of the paths exceed."""
    found = timeline(answer.outcome, LIQUIDATED_SO_FAR)
    if found is None:
        return empty("Nothing is liquidated here")
    tops = (found.market[HIGH].max(), found.market_mean.max())
    scale = scale_of(float(max(tops)))
    colour = tone(answer)
    rows = (
        (found.quiet[HIGH], NEUTRAL, "dot", f"{WITHOUT}, 95 %"),
        (found.market[HIGH], colour, "dot", f"{WITH}, 95 %"),
        (found.quiet_mean, NEUTRAL, "dash", f"{WITHOUT}, mean"),
        (found.market_mean, colour, "solid", f"{WITH}, mean"),
    )
    traces = [
        line(found, values, (shade, dash), scale.divisor)
        | {"name": name, "hovertemplate": f"%{{y:.3~r}} {scale.unit}"}
        for values, shade, dash, name in rows
    ]
    title = {"text": f"liquidated so far, {scale.unit}"}
    return over_time(found, traces, {"title": title, "nticks": 7, "rangemode": "tozero"})


def between(
    found: Timeline, levels: Vector, style: tuple[str, float, str], name: str
) -> list[Spec]:
    """The 5–95 % band as an area and the median as a line."""
    colour, opacity, dash = style
    silent = {"hoverinfo": "skip", "showlegend": False, "legendgroup": name}
    edges = [line(found, levels[k], (faded(colour, 0.5), "solid"), 0.01) for k in (LOW, HIGH)]
    for edge in edges:
        edge["line"]["width"] = 0.75
    middle = line(found, levels[MIDDLE], (colour, dash), 0.01)
    return [
        edges[0] | silent,
        edges[1] | silent | {"fill": "tonexty", "fillcolor": faded(colour, opacity)},
        middle | {"name": name, "legendgroup": name, "hovertemplate": "median %{y:.3g} %"},
    ]


def line(found: Timeline, values: Vector, style: tuple[str, str], unit: float) -> Spec:
    """One line over time."""
    colour, dash = style
    return {
        "type": "scatter",
        "mode": "lines",
        "x": numbers(found.days, 1.0 / HOURS if in_hours(found) else 1.0),
        "y": numbers(values, unit),
        "line": {"color": colour, "width": 2, "dash": dash},
    }


def in_hours(found: Timeline) -> bool:
    """True where days are too long a unit."""
    return bool(found.days[-1] < HOURS_BELOW)


def over_time(found: Timeline, traces: list[Spec], vertical: dict[str, Any]) -> Spec:
    """Lines on an axis of time."""
    shared = frame("hours" if in_hours(found) else "days")
    return {"data": traces, "layout": layout(**shared, hovermode="x unified", yaxis=vertical)}
