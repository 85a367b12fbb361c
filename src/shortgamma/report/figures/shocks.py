"""What hedging adds to exogenous moves of different sizes."""

import numpy as np

from shortgamma.report.figures.frame import Spec, empty, layout, numbers
from shortgamma.report.figures.palette import NEUTRAL
from shortgamma.report.figures.paths import frame, tone
from shortgamma.studies.distributions import ByShock, by_shock
from shortgamma.studies.simulation import Simulation

ALONE = "largest move without hedging, %"


def squeeze_by_shock(answer: Simulation) -> Spec:
    """Probability of a squeeze against the largest move of the same path without hedging."""
    found = by_shock(answer.outcome)
    if not np.any(found.squeezed):
        return empty("Orders moved the price by 1 %<br>within one step on no path")
    bars = {"type": "data", "array": numbers(1.96 * found.error), "thickness": 1.5, "width": 4}
    trace = points(found, found.squeezed, tone(answer)) | {
        "error_y": bars | {"color": tone(answer)},
        "hovertemplate": "%{x:.3g} % alone: %{y:.2%}<extra></extra>",
    }
    vertical = {
        "title": {"text": "chance of a squeeze"},
        "tickformat": "~%",
        "nticks": 6,
        "rangemode": "tozero",
    }
    return {
        "data": [trace],
        "layout": layout(**frame(ALONE), yaxis=vertical, showlegend=False),
    }


def move_by_shock(answer: Simulation) -> Spec:
    """Largest move with hedging against the one of the same path without; the dashed line is no change."""
    found = by_shock(answer.outcome)
    alone, move = np.expm1(found.shock), np.expm1(found.move)
    ends = [0.0, float(max(alone.max(initial=0.0), 1e-4))]
    same = {
        "type": "scatter",
        "mode": "lines",
        "x": numbers(ends, 0.01),
        "y": numbers(ends, 0.01),
        "line": {"color": NEUTRAL, "width": 1.5, "dash": "dash"},
        "name": "the same",
        "hoverinfo": "skip",
    }
    trace = points(found, move / 0.01, tone(answer)) | {
        "name": "with hedging",
        "hovertemplate": "%{x:.3g} % alone, %{y:.3g} % with hedging<extra></extra>",
    }
    vertical = {
        "title": {"text": "with hedging, %"},
        "nticks": 7,
        "rangemode": "tozero",
        "zeroline": False,
    }
    return {"data": [same, trace], "layout": layout(**frame(ALONE), yaxis=vertical)}


def points(found: ByShock, values: np.ndarray, colour: str) -> Spec:
    """One marker per group of paths, joined."""
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": numbers(np.expm1(found.shock), 0.01),
        "y": numbers(values),
        "line": {"color": colour, "width": 2},
        "marker": {"color": colour, "size": 9},
    }
