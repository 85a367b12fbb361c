"""Net gamma against spot: where the hedgers are short, where long, and where it flips."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from shortgamma.exposure.profile import Crossing, Flip
from shortgamma.report.amounts import Scale, price, scale_of
from shortgamma.report.figures.frame import (
    WIDE,
    Spec,
    at_least,
    layout,
    numbers,
    price_axis,
    spot_label,
    spot_line,
)
from shortgamma.report.figures.palette import LONG, NEUTRAL, SHORT, faded
from shortgamma.report.sides import flat_everywhere
from shortgamma.report.sides import flips as every_flip
from shortgamma.studies.exposure import Exposure

Vector = NDArray[np.float64]

REACH = 0.35  # of spot, to either side
BEYOND_FLIP = 1.06  # of the way to the nearest flip, where it lies outside that reach
ROUNDING = 1e-9  # of the largest value: a band narrower than that is none
STRIP = 0.2  # of the values' span, above and below: room for the two region labels
NAMED_FLIPS = 2
LABEL = 0.19  # of the axis: width of a label
RIGHTMOST = 0.6  # of the axis: flips beyond it have their label on the left
REGIONS = {
    "long": "<b>LONG GAMMA</b> dampens<br>hedgers sell rises, buy falls",
    "short": "<b>SHORT GAMMA</b> amplifies<br>hedgers buy rises, sell falls",
}


def gamma_against_spot(answer: Exposure) -> Spec:
    """Net gamma of the book repriced at each spot level, its band, and every flip in view."""
    span = visible_span(answer)
    values = visible_values(answer, span)
    scale = scale_of(float(np.abs(values).max()))
    heights = padded(values, scale)
    flips = [flip for flip in every_flip(answer) if span[0] < flip.spot < span[1]]
    return {
        "data": [
            *band_traces(answer, scale),
            *sign_traces(answer, scale),
            hover_trace(answer, scale),
            flip_trace(flips),
        ],
        "layout": layout(
            margin={"l": 8, "r": 12, "t": 28, "b": 8},
            hovermode="x unified",
            xaxis=price_axis(span, title={"text": f"{answer.chain.underlying} price, USD"}),
            yaxis={
                "title": {"text": f"net gamma, {scale.unit} per 1 %"},
                "range": list(heights),
                "zeroline": True,
                "nticks": 7,
            },
            shapes=[*region_shapes(heights), spot_line(answer.chain.spot)],
            annotations=[
                spot_label(answer.chain.spot),
                *region_labels(),
                *flip_labels(flips, answer.chain.spot, span),
            ],
        ),
    }


def visible_span(answer: Exposure) -> tuple[float, float]:
    """Price levels shown at first: around spot, and on to the nearest flip where there is one."""
    spot, levels = answer.chain.spot, answer.profile.spot
    low, high = (1.0 - REACH) * spot, (1.0 + REACH) * spot
    nearest = nearest_flips(every_flip(answer), spot)[:1]
    for flip in nearest:
        edge = spot + BEYOND_FLIP * (flip.spot - spot)
        low, high = min(low, edge), max(high, edge)
    return max(low, float(levels[0])), min(high, float(levels[-1]))


def nearest_flips(flips: tuple[Flip, ...] | list[Flip], spot: float) -> list[Flip]:
    """Flips from the nearest to the farthest."""
    return sorted(flips, key=lambda flip: abs(flip.spot - spot))


def visible_values(answer: Exposure, span: tuple[float, float]) -> Vector:
    """Every value in view of the profile and of its band."""
    profile, sure = answer.profile, answer.confidence
    shown = [profile.gamma_usd_per_pct[(profile.spot >= span[0]) & (profile.spot <= span[1])]]
    if has_band(answer):
        inside = (sure.spot >= span[0]) & (sure.spot <= span[1])
        shown += [sure.profile_low[inside], sure.profile_high[inside]]
    return np.concatenate([*shown, np.zeros(1)])


def has_band(answer: Exposure) -> bool:
    """False where signs are exact."""
    low, high = answer.confidence.profile_low, answer.confidence.profile_high
    return bool(np.any(high - low > ROUNDING * np.abs(high).max()))


def padded(values: Vector, scale: Scale) -> tuple[float, float]:
    """Vertical range, in units of the scale, with a free strip at the top and at the bottom."""
    low, high = float(values.min()), float(values.max())
    low, high = at_least(low, high)
    room = STRIP * (high - low)
    return (low - room) / scale.divisor, (high + room) / scale.divisor


def band_traces(answer: Exposure, scale: Scale) -> list[Spec]:
    """The 5–95 % band of the Monte Carlo over signs."""
    if not has_band(answer):
        return []
    sure = answer.confidence
    edge: Spec = {
        "type": "scatter",
        "mode": "lines",
        "x": numbers(sure.spot),
        "line": {"width": 1, "color": faded(NEUTRAL, 0.45), "dash": "dot"},
        "hoverinfo": "skip",
        "legendgroup": "band",
    }
    low = edge | {"y": numbers(sure.profile_low, scale.divisor), "showlegend": False}
    high = edge | {
        "y": numbers(sure.profile_high, scale.divisor),
        "name": "5–95 % if signs are unsure",
        "fill": "tonexty",
        "fillcolor": faded(NEUTRAL, 0.16),
    }
    return [low, high]


def sign_traces(answer: Exposure, scale: Scale) -> list[Spec]:
    """The profile in two colours, filled to zero: short below, long above."""
    if flat_everywhere(answer):
        return [flat_line(answer)]
    spot, gamma = with_crossings(answer.profile.spot, answer.profile.gamma_usd_per_pct)
    traces: list[Spec] = []
    for name, colour, chosen in (("short", SHORT, gamma <= 0.0), ("long", LONG, gamma >= 0.0)):
        if not np.any(chosen & (gamma != 0.0)):
            continue
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": f"net {name}",
                "x": numbers(spot),
                "y": numbers(np.where(chosen, gamma, np.nan), scale.divisor),
                "line": {"color": colour, "width": 2.5},
                "fill": "tozeroy",
                "fillcolor": faded(colour, 0.2),
                "hoverinfo": "skip",
            }
        )
    return traces


def flat_line(answer: Exposure) -> Spec:
    """The profile of a book that nets to nothing."""
    return {
        "type": "scatter",
        "mode": "lines",
        "name": "net zero",
        "x": numbers(answer.profile.spot),
        "y": [0.0] * answer.profile.spot.size,
        "line": {"color": NEUTRAL, "width": 3},
        "hoverinfo": "skip",
        "showlegend": True,
    }


def with_crossings(spot: Vector, gamma: Vector) -> tuple[Vector, Vector]:
    """The profile with a point at each zero between two levels, so that two colours meet there."""
    change = np.flatnonzero(gamma[:-1] * gamma[1:] < 0.0)
    share = gamma[change] / (gamma[change] - gamma[change + 1])
    zeros = spot[change] + share * (spot[change + 1] - spot[change])
    return np.insert(spot, change + 1, zeros), np.insert(gamma, change + 1, 0.0)


def hover_trace(answer: Exposure, scale: Scale) -> Spec:
    """An invisible line that answers the pointer, with the band where there is one."""
    profile, sure = answer.profile, answer.confidence
    text = f"net %{{y:,.3~r}} {scale.unit} per 1 %"
    trace: Spec = {
        "type": "scatter",
        "mode": "lines",
        "x": numbers(profile.spot),
        "y": numbers(profile.gamma_usd_per_pct, scale.divisor),
        "line": {"width": 0},
        "showlegend": False,
        "hovertemplate": f"{text}<extra></extra>",
    }
    if not has_band(answer) or sure.spot.size != profile.spot.size:
        return trace
    low, high = numbers(sure.profile_low, scale.divisor), numbers(sure.profile_high, scale.divisor)
    limits = "5–95 %: %{customdata[0]:,.3~r} to %{customdata[1]:,.3~r}"
    return trace | {
        "customdata": [list(pair) for pair in zip(low, high, strict=True)],
        "hovertemplate": f"{text}<br>{limits}<extra></extra>",
    }


def flip_trace(flips: list[Flip]) -> Spec:
    """A ring on the zero line at each flip."""
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "flip",
        "cliponaxis": False,
        "x": numbers([flip.spot for flip in flips]),
        "y": [0.0] * len(flips),
        "customdata": [turn(flip) for flip in flips],
        "marker": {
            "symbol": "circle",
            "size": 11,
            "color": "#FFFFFF",
            "line": {"color": NEUTRAL, "width": 3},
        },
        "hovertemplate": "flip %{x:,.6~g}: %{customdata}<extra></extra>",
        "showlegend": False,
    }


def turn(flip: Flip) -> str:
    """What happens at a flip as the price rises."""
    return "turns long above" if flip.crossing is Crossing.UP else "turns short above"


def flip_labels(flips: list[Flip], spot: float, span: tuple[float, float]) -> list[Spec]:
    """Labels of the flips nearest to spot, in the quarter of the plot that the curve leaves free.

    A curve that turns long comes from below: the room to its lower right and upper left is free. The
    second label goes to the other side of its flip where the two would meet.
    """
    labels: list[Spec] = []
    for rank, flip in enumerate(nearest_flips(flips, spot)[:NAMED_FLIPS]):
        rising = flip.crossing is Crossing.UP
        right = flip.spot < span[0] + RIGHTMOST * (span[1] - span[0])
        below = rising == right
        labels.append(
            {
                "x": flip.spot,
                "y": 0.0,
                "text": f"<b>{price(flip.spot)}</b><br>{turn(flip)}",
                "align": "left" if right else "right",
                "xanchor": "left" if right else "right",
                "yanchor": "top" if below else "bottom",
                "xshift": 9 if right else -9,
                "yshift": -7 if below else 7,
                "showarrow": False,
                "borderpad": 2,
            }
            | ({"name": WIDE} if rank else {})
        )
    return apart(labels, span)


def apart(labels: list[Spec], span: tuple[float, float]) -> list[Spec]:
    """Without the second label where it would lie on the first; the flip keeps its ring and hover."""
    if len(labels) < NAMED_FLIPS or labels[0]["yanchor"] != labels[1]["yanchor"]:
        return labels
    left, right = sorted(labels, key=lambda label: label["x"])
    reach = sum((left["xanchor"] == "left", right["xanchor"] == "right"))
    distance = (right["x"] - left["x"]) / (span[1] - span[0])
    return labels if distance >= LABEL * reach else labels[:1]


def region_shapes(heights: tuple[float, float]) -> list[Spec]:
    """Faint colour above and below zero."""
    across = {
        "type": "rect",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "layer": "below",
        "line": {"width": 0},
    }
    return [
        across | {"y0": 0.0, "y1": heights[1], "fillcolor": faded(LONG, 0.05)},
        across | {"y0": heights[0], "y1": 0.0, "fillcolor": faded(SHORT, 0.06)},
    ]


def region_labels() -> list[Spec]:
    """What hedgers do above and below zero."""
    left: dict[str, Any] = {
        "xref": "paper",
        "yref": "paper",
        "x": 0.0,
        "xanchor": "left",
        "align": "left",
        "showarrow": False,
        "xshift": 4,
    }
    return [
        left
        | {
            "y": 1.0,
            "yanchor": "top",
            "text": REGIONS["long"],
            "font": {"color": LONG, "size": 11},
        },
        left
        | {
            "y": 0.0,
            "yanchor": "bottom",
            "text": REGIONS["short"],
            "font": {"color": SHORT, "size": 11},
        },
    ]
