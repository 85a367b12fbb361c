"""Plotly templates for light and dark; a page or dashboard loads them once, specs carry none."""

from typing import Any

from shortgamma.report.figures.palette import DARK, LIGHT, LONG, NEAR_TO_FAR, SHORT, faded

FONT = (
    'Inter, ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, '
    "sans-serif"
)


def templates() -> dict[str, dict[str, Any]]:
    """Both templates by theme."""
    return {"light": template(LIGHT), "dark": template(DARK)}


def template(surface: dict[str, str]) -> dict[str, Any]:
    """A Plotly template in the colours of one surface."""
    scale = [[0.0, SHORT], [0.5, surface["middle"]], [1.0, LONG]]
    bar = {"outlinewidth": 0, "tickfont": {"color": surface["muted"], "size": 11}}
    words = {"color": surface["ink"], "size": 12}
    return {
        "layout": {
            "font": {"family": FONT, "size": 13, "color": surface["ink"]},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "colorway": list(NEAR_TO_FAR),
            "coloraxis": {"colorscale": scale, "colorbar": bar},
            "xaxis": axis(surface),
            "yaxis": axis(surface),
            "legend": {"font": {"size": 12, "color": surface["muted"]}, "bgcolor": "rgba(0,0,0,0)"},
            "hoverlabel": {
                "bgcolor": surface["card"],
                "bordercolor": surface["border"],
                "font": words | {"family": FONT},
            },
            "annotationdefaults": {
                "font": words,
                "bgcolor": faded(surface["card"], 0.78),
                "arrowcolor": surface["muted"],
            },
        }
    }


def axis(surface: dict[str, str]) -> dict[str, Any]:
    """Lines, ticks and title of every axis."""
    return {
        "gridcolor": surface["grid"],
        "linecolor": surface["border"],
        "tickcolor": surface["border"],
        "zerolinecolor": surface["zero"],
        "zerolinewidth": 1.5,
        "tickfont": {"color": surface["muted"], "size": 12},
        "title": {"font": {"color": surface["muted"], "size": 12}, "standoff": 8},
        "automargin": True,
        "spikecolor": surface["muted"],
        "spikethickness": 1,
        "spikedash": "dot",
    }
