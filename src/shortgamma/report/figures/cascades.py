"""How large cascades of liquidations get, with and without hedging."""

import math

import numpy as np
from numpy.typing import NDArray

from shortgamma.report.amounts import number, scale_of
from shortgamma.report.figures.frame import Spec, empty, layout, numbers
from shortgamma.report.figures.palette import NEUTRAL, faded
from shortgamma.report.figures.paths import WITH, WITHOUT, frame, shares_axis, tone
from shortgamma.studies.distributions import Survival, cascades
from shortgamma.studies.simulation import Simulation

FINE = 2.5  # decades up to which 2 and 5 have ticks as well
Vector = NDArray[np.float64]


def cascade_sizes(answer: Simulation) -> Spec:
    """Share of the paths on which more than a size was liquidated, both axes logarithmic."""
    found = cascades(answer.outcome)
    if found is None:
        return empty("Nothing was liquidated")
    scale = scale_of(float(found.sizes[-1]))
    traces = [
        *law(found, (found.quiet, found.quiet_band), (NEUTRAL, "dash", WITHOUT), scale.divisor),
        *law(
            found, (found.market, found.market_band), (tone(answer), "solid", WITH), scale.divisor
        ),
    ]
    ends = [math.log10(float(size) / scale.divisor) for size in (found.sizes[0], found.sizes[-1])]
    shared = frame(f"liquidated on a path, more than so many {scale.unit}")
    shared["xaxis"] |= {"type": "log", "range": ends, **ticks(*ends)}
    return {"data": traces, "layout": layout(**shared, yaxis=shares_axis(answer))}


def ticks(low: float, high: float) -> Spec:
    """Ticks at 1, 2 and 5 of every decade between two powers of ten, at 1 alone where there are many."""
    steps = (1.0, 2.0, 5.0) if high - low <= FINE else (1.0,)
    decades = range(math.floor(low), math.ceil(high) + 1)
    values = [step * 10.0**decade for decade in decades for step in steps]
    return {"tickmode": "array", "tickvals": values, "ticktext": [number(v) for v in values]}


def law(
    found: Survival, values: tuple[Vector, Vector], style: tuple[str, str, str], unit: float
) -> list[Spec]:
    """One market: its 95 % band and its line, both as far as there are paths."""
    shares, band = values
    colour, dash, name = style
    some = shares > 0.0
    sizes = numbers(found.sizes[some], unit)
    edge = {
        "type": "scatter",
        "mode": "lines",
        "x": sizes,
        "line": {"width": 0},
        "hoverinfo": "skip",
        "showlegend": False,
        "legendgroup": name,
    }
    low, high = (edge | {"y": numbers(row[some])} for row in band)
    middle = {
        "type": "scatter",
        "mode": "lines",
        "x": sizes,
        "y": numbers(shares[some]),
        "line": {"color": colour, "width": 2.5, "dash": dash},
        "name": name,
        "legendgroup": name,
        "hovertemplate": "more than %{x:.3g}: %{y:.2%} of the paths<extra></extra>",
    }
    return [low, high | {"fill": "tonexty", "fillcolor": faded(colour, 0.2)}, middle]
