"""What every figure shares: plain numbers, axes, the spot line, labels that stay inside the plot."""

from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shortgamma.report.amounts import price
from shortgamma.report.figures.palette import NEUTRAL

Spec = dict[str, Any]
"""A Plotly figure as plain data: ``data`` and ``layout``, no template."""

WIDE = "wide"
"""Name of annotations that a narrow screen leaves out."""

NARROW_SHARE = 0.55  # of the range of strikes that a narrow screen shows at first
DIGITS = 6
SMALLEST = 1.0  # USD that an axis of amounts spans at least
NAME_LENGTH = 24
LEGEND = {"orientation": "h", "yref": "container", "y": 0.0, "yanchor": "bottom", "x": 0.0}
EDGE = 0.25  # of the axis: a label this near an end is anchored there


def numbers(values: NDArray[Any] | Sequence[float], divisor: float = 1.0) -> list[float | None]:
    """Values over a divisor as plain floats of six digits; None where they are not finite."""
    scaled = np.asarray(values, dtype=np.float64) / divisor
    return [float(f"{v:.{DIGITS}g}") if np.isfinite(v) else None for v in scaled.tolist()]


def at_least(low: float, high: float) -> tuple[float, float]:
    """A range of amounts in USD, widened where it is so narrow that only rounding would show."""
    return (low, high) if high - low >= SMALLEST else (low - SMALLEST, high + SMALLEST)


def plain_text(text: str, length: int = NAME_LENGTH) -> str:
    """A name from data, cut to length and escaped: Plotly reads some tags in text."""
    short = text if len(text) <= length else f"{text[: length - 1]}…"
    return escape(short)


def layout(**parts: Any) -> dict[str, Any]:
    """A layout with the margins and the legend of every figure."""
    base: dict[str, Any] = {
        "margin": {"l": 8, "r": 12, "t": 12, "b": 8, "pad": 2},
        "legend": LEGEND,
        "hovermode": "closest",
        "separators": ".,",
    }
    return base | parts


def price_axis(span: tuple[float, float], **parts: Any) -> dict[str, Any]:
    """A horizontal axis of price levels."""
    axis: dict[str, Any] = {
        "range": list(span),
        "tickformat": "," if span[1] >= 100.0 else "",
        "nticks": 9,
        "showgrid": False,
        "ticks": "outside",
        "ticklen": 4,
        "zeroline": False,
    }
    return axis | parts


def category_axis(**parts: Any) -> dict[str, Any]:
    """A vertical axis of names, the first on top, with a little air before the plot."""
    axis: dict[str, Any] = {
        "type": "category",
        "autorange": "reversed",
        "showgrid": False,
        "ticks": "outside",
        "ticklen": 6,
        "tickcolor": "rgba(0,0,0,0)",
    }
    return axis | parts


def narrow_range(span: tuple[float, float]) -> tuple[float, float]:
    """The middle of a range: what a narrow screen starts with, told to it in the figure's ``meta``."""
    middle, half = 0.5 * (span[0] + span[1]), 0.5 * NARROW_SHARE * (span[1] - span[0])
    return middle - half, middle + half


def spot_line(spot: float, reach: tuple[float, float] = (0.0, 1.0)) -> dict[str, Any]:
    """A dashed vertical line at spot over that part of the plot's height."""
    return {
        "type": "line",
        "x0": spot,
        "x1": spot,
        "yref": "paper",
        "y0": reach[0],
        "y1": reach[1],
        "line": {"color": NEUTRAL, "width": 1.5, "dash": "dash"},
    }


def spot_label(spot: float) -> dict[str, Any]:
    """The price, on top of the spot line and above the plot."""
    return {
        "x": spot,
        "y": 1.0,
        "yref": "paper",
        "yanchor": "bottom",
        "text": f"spot <b>{price(spot)}</b>",
        "showarrow": False,
    }


def anchor_inside(place: float, span: tuple[float, float]) -> str:
    """Horizontal anchor that keeps a label at ``place`` inside the axis."""
    share = (place - span[0]) / (span[1] - span[0])
    return "left" if share < EDGE else "right" if share > 1.0 - EDGE else "center"


def empty(message: str) -> Spec:
    """A figure that says why there is nothing to draw."""
    note = {
        "text": message,
        "showarrow": False,
        "xref": "paper",
        "yref": "paper",
        "x": 0.5,
        "y": 0.5,
    }
    hidden = {"visible": False}
    return {"data": [], "layout": layout(annotations=[note], xaxis=hidden, yaxis=hidden)}
