"""What moves remember: clusters, vol by sampling interval, hours of the week."""

from typing import Any

import numpy as np

from shortgamma.market.history import describe_bar
from shortgamma.report.amounts import times
from shortgamma.report.figures.calibration import MARGIN
from shortgamma.report.figures.frame import Spec, empty, layout, numbers
from shortgamma.report.figures.palette import LONG, NEUTRAL, faded
from shortgamma.studies.calibration import Calibration

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LEAST_LIMIT = 0.1  # log₂ of the ratio at which the colours saturate at the least
ROBUST = 0.98  # quantile of the deviations at which the colours of the week saturate


def clusters(answer: Calibration) -> Spec:
    """Autocorrelation of |move| by lag, and the band of independent moves."""
    found = answer.clusters
    limit = found.band
    bars: Spec = {
        "type": "scatter",
        "mode": "lines",
        "x": found.lags.tolist(),
        "y": numbers(found.value),
        "line": {"color": LONG, "width": 1.5, "shape": "hvh"},
        "fill": "tozeroy",
        "fillcolor": faded(LONG, 0.25),
        "hovertemplate": "lag %{x}: %{y:.3f}<extra></extra>",
        "showlegend": False,
    }
    return {
        "data": [bars],
        "layout": layout(
            margin=MARGIN,
            xaxis={
                "title": {"text": f"lag, bars of {describe_bar(answer.history.bar)}"},
                "showgrid": False,
                "zeroline": False,
                "nticks": 8,
            },
            yaxis={"title": {"text": "autocorrelation"}, "zeroline": True, "nticks": 6},
            shapes=[level_line(limit), level_line(-limit)],
        ),
    }


def level_line(value: float) -> Spec:
    """A dotted horizontal line."""
    return {
        "type": "line",
        "xref": "paper",
        "x0": 0.0,
        "x1": 1.0,
        "y0": value,
        "y1": value,
        "line": {"color": NEUTRAL, "width": 1.5, "dash": "dot"},
    }


def signature(answer: Calibration) -> Spec:
    """Realised vol by sampling interval, with standard errors."""
    found = answer.signature
    error = {"type": "data", "array": numbers(found.error, 0.01), "color": NEUTRAL, "width": 3}
    points: Spec = {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [describe_bar(bars * answer.history.bar) for bars in found.bars.tolist()],
        "y": numbers(found.vol, 0.01),
        "error_y": error,
        "line": {"color": LONG, "width": 2},
        "marker": {"size": 7, "color": LONG},
        "hovertemplate": "every %{x}: %{y:.3g} %<extra></extra>",
        "showlegend": False,
    }
    vertical = {"rangemode": "tozero", "zeroline": False, "nticks": 6}
    return {
        "data": [points],
        "layout": layout(
            margin=MARGIN,
            xaxis={"type": "category", "title": {"text": "a price every"}, "showgrid": False},
            yaxis=vertical | {"title": {"text": "realised vol, % per √year"}},
        ),
    }


def hours_of_week(answer: Calibration) -> Spec:
    """Vol in each hour of the week against the vol of the whole history."""
    if answer.week is None:
        return empty("Bars are longer than an hour")
    vols = answer.week.vol.reshape(7, 24)
    # An hour that never moved has no logarithm: it stays empty.
    against = np.log2(np.where(vols > 0.0, vols, np.nan) / answer.vol)
    limit = max(float(np.nanquantile(np.abs(against), ROBUST)), LEAST_LIMIT)
    cells: Spec = {
        "type": "heatmap",
        "x": list(range(24)),
        "y": list(DAYS),
        "z": [numbers(row) for row in against],
        "customdata": [numbers(row, 0.01) for row in vols],
        "coloraxis": "coloraxis",
        "xgap": 1,
        "ygap": 1,
        "hoverongaps": False,
        "hovertemplate": "%{y} %{x}:00 UTC: vol %{customdata:.3g} %<extra></extra>",
    }
    return {
        "data": [cells],
        "layout": layout(
            xaxis={
                "title": {"text": "hour, UTC"},
                "tickvals": [0, 6, 12, 18, 23],
                "showgrid": False,
                "zeroline": False,
            },
            yaxis={"type": "category", "autorange": "reversed", "showgrid": False},
            coloraxis=colours(limit),
        ),
    }


def colours(limit: float) -> dict[str, Any]:
    """A symmetric scale, orange above and blue below, with its bar under the plot."""
    ticks = [-limit, 0.0, limit]
    return {
        "cmin": -limit,
        "cmax": limit,
        "cmid": 0.0,
        "reversescale": True,
        "colorbar": {
            "orientation": "h",
            "thickness": 10,
            "len": 0.6,
            "x": 0.5,
            "xanchor": "center",
            "yref": "container",
            "y": 0.0,
            "yanchor": "bottom",
            "tickmode": "array",
            "tickvals": ticks,
            "ticktext": [times(2.0**tick) for tick in ticks],
            "tickangle": 0,
        },
    }
