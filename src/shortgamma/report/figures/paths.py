"""The price with and without hedging: the fan over time, and distributions over paths."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shortgamma.report.amounts import scale_of
from shortgamma.report.figures.frame import Spec, empty, layout, numbers
from shortgamma.report.figures.palette import LONG, NEUTRAL, SHORT, faded
from shortgamma.studies.distributions import (
    Histogram,
    figures_named,
    largest_moves,
    realised_vols,
)
from shortgamma.studies.simulation import LEVELS, Simulation, fan

WITH, WITHOUT = "with hedging", "without hedging"
OUTER, INNER, MIDDLE = 0, 1, LEVELS.index(0.5)
HOURS_BELOW = 3.0  # days: a shorter fan has its time in hours
ROUNDING = 1e-12
UNEVEN = (
    5.0  # a peak so many times higher than the other would hide it: the axis becomes one of logs
)
LESS = 0.7  # paths: where an axis of shares begins
Vector = NDArray[np.float64]


def tone(answer: Simulation) -> str:
    """Colour of the market with hedging: that of the side of the book."""
    return LONG if answer.book.gamma_usd_per_pct > 0.0 else SHORT


def price_fan(answer: Simulation) -> Spec:
    """Quantiles of the price over time in both markets, or the one path in each."""
    found: Any = fan(answer.outcome)
    if found is None:
        return empty("With so many paths no prices were kept")
    in_hours = found["days"][-1] < HOURS_BELOW
    times = numbers(found["days"], 1.0 / 24.0 if in_hours else 1.0)
    alone, hedged = found["without_hedging"], found["with_hedging"]
    colour = tone(answer)
    if answer.run.paths == 1:
        traces = [
            line(times, alone[MIDDLE], NEUTRAL, "dash") | {"name": WITHOUT},
            line(times, hedged[MIDDLE], colour) | {"name": WITH},
        ]
    else:
        traces = [
            *band(times, alone, (NEUTRAL, 0.26, "dot"), f"{WITHOUT}, 5–95 %"),
            *band(times, hedged, (colour, 0.2, "solid"), f"{WITH}, 5–95 %"),
        ]
    shared = frame("hours" if in_hours else "days")
    vertical = {
        "title": {"text": "price, USD"},
        "tickformat": ",",
        "nticks": 7,
        "zeroline": False,
    }
    return {"data": traces, "layout": layout(**shared, hovermode="x unified", yaxis=vertical)}


def line(times: list[float | None], row: list[float], colour: str, dash: str = "solid") -> Spec:
    """One line of a fan."""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": times,
        "y": numbers(row),
        "line": {"color": colour, "width": 1.5, "dash": dash},
        "hovertemplate": "%{y:,.0f}",
    }


def band(
    times: list[float | None], rows: list[list[float]], style: tuple[str, float, str], name: str
) -> list[Spec]:
    """5–95 % as an area and 1–99 % as its thin outline."""
    colour, opacity, dash = style
    quiet: Spec = {
        "showlegend": False,
        "legendgroup": name,
        "hoverinfo": "skip",
        "hovertemplate": None,
    }
    low, high = (line(times, rows[k], colour, dash) for k in (INNER, -1 - INNER))
    area = {"fill": "tonexty", "fillcolor": faded(colour, opacity), "legendgroup": name}
    outer = [line(times, rows[k], faded(colour, 0.75), "dot") | quiet for k in (OUTER, -1)]
    for trace in outer:
        trace["line"]["width"] = 1.0
    return [
        low | {"showlegend": False, "legendgroup": name, "name": f"{name}, low"},
        high | area | {"name": name},
        *outer,
    ]


def steps(found: Histogram, values: Vector, style: tuple[str, str], unit: float) -> Spec:
    """A histogram as an outline with a light area."""
    colour, name = style
    shares = numbers(np.maximum(values, ROUNDING))
    return {
        "type": "scatter",
        "mode": "lines",
        "line": {"shape": "hv", "color": colour, "width": 2},
        "fill": "tozeroy",
        "fillcolor": faded(colour, 0.18),
        "x": numbers(found.edges, unit),
        "y": [*shares, shares[-1]],
        "name": name,
        "hovertemplate": "%{x:.3g}: %{y:.3%} of the paths<extra></extra>",
    }


def overlaid(answer: Simulation, found: Histogram, title: str, unit: float = 0.01) -> Spec:
    """Both markets over each other; the one without hedging lies below."""
    traces = [
        steps(found, found.quiet, (NEUTRAL, WITHOUT), unit),
        steps(found, found.market, (tone(answer), WITH), unit),
    ]
    peaks = sorted((float(found.market.max()), float(found.quiet.max())))
    vertical = shares_axis(answer) if peaks[1] > UNEVEN * peaks[0] else even_axis()
    return {"data": traces, "layout": layout(**frame(title), yaxis=vertical)}


def even_axis() -> Spec:
    """A vertical axis of shares of the paths."""
    return {
        "title": {"text": "share of paths"},
        "tickformat": "~%",
        "nticks": 6,
        "rangemode": "tozero",
    }


def shares_axis(answer: Simulation) -> Spec:
    """A vertical axis of shares of the paths, from one path to all, on a scale of logs."""
    return {
        "type": "log",
        "range": [math.log10(LESS / answer.run.paths), 0.05],
        "title": {"text": "share of paths"},
        "tickformat": "~%",
        "dtick": 1,
    }


def frame(title: str) -> Spec:
    """Margins and the horizontal axis of a distribution."""
    return {
        "margin": {"l": 8, "r": 12, "t": 12, "b": 56, "pad": 2},
        "xaxis": {"title": {"text": title}, "showgrid": False, "nticks": 8, "zeroline": False},
    }


def chance_of_move(answer: Simulation) -> Spec:
    """Share of the paths whose largest move reached a size, on a scale of logs."""
    found = largest_moves(answer.outcome)
    traces = [
        reached(found, found.quiet, (NEUTRAL, WITHOUT, "dash")),
        reached(found, found.market, (tone(answer), WITH, "solid")),
    ]
    return {
        "data": traces,
        "layout": layout(
            **frame("largest move from the start, % or more"), yaxis=shares_axis(answer)
        ),
    }


def reached(found: Histogram, shares: Vector, style: tuple[str, str, str]) -> Spec:
    """Share of the paths at or beyond each edge; nothing where there is none."""
    colour, name, dash = style
    beyond = np.append(np.cumsum(shares[::-1])[::-1], 0.0)
    beyond[beyond < ROUNDING] = np.nan
    return {
        "type": "scatter",
        "mode": "lines",
        "line": {"color": colour, "width": 2.5, "dash": dash},
        "x": numbers(found.edges, 0.01),
        "y": numbers(beyond),
        "name": name,
        "hovertemplate": "%{x:.3g} % or more: %{y:.2%} of the paths<extra></extra>",
    }


def vol_of_paths(answer: Simulation) -> Spec:
    """Realised vol of every path."""
    return overlaid(answer, realised_vols(answer.outcome), "realised vol, % per √year")


def funding_peaks(answer: Simulation) -> Spec:
    """Largest funding rate of every path."""
    found = figures_named(answer.outcome, "peak_funding_per_day")
    if found is None:
        return empty("Nobody pays funding here")
    return overlaid(answer, found, "largest funding rate, % per day")


def liquidations(answer: Simulation) -> Spec:
    """What was liquidated on every path."""
    found = figures_named(answer.outcome, ": liquidated_usd")
    if found is None:
        return empty("Nothing was liquidated")
    scale = scale_of(float(found.edges[-1]))
    return overlaid(answer, found, f"liquidated, {scale.unit}", scale.divisor)
