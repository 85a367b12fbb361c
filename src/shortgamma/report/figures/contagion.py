"""A network on a ring: nodes by size, coloured by what they lose; and one figure per node as bars."""

from collections.abc import Mapping
from typing import cast

import numpy as np
from numpy.typing import NDArray

from shortgamma.report.figures.frame import Spec, category_axis, empty, layout, numbers, plain_text
from shortgamma.report.figures.palette import LONG, NEUTRAL, OUTLINE, SHORT, faded
from shortgamma.studies.contagion_question import Contagion

SHOWN = 24
"""Nodes that a ring holds without its names running into each other; the largest ones."""
LINKS = 90
BARS = 20
SMALL, LARGE = 16.0, 42.0
REACH, ACROSS = 1.4, 1.9
UPRIGHT = 0.3
"""From the middle: names above and below it are centred, the others begin beside their node."""
NAME = 14
COLOUR_BAR = {
    "orientation": "h",
    "x": 0.5,
    "y": 0.0,
    "yanchor": "top",
    "len": 0.8,
    "thickness": 9,
    "outlinewidth": 0,
    "tickvals": [0, 25, 50, 75, 100],
    "ticksuffix": " %",
}
"""Under the ring, which leaves it all of the width; the caption says what it shows."""
WIDTHS = ((0.6, 3.0), (0.25, 1.8), (0.0, 0.9))
"""Links from this part of the largest one on, and how wide they are drawn."""


def network_before(answer: Contagion) -> Spec:
    """The network at the outset."""
    return ring(answer, answer.nodes.before, np.zeros(len(answer.nodes.names), dtype=np.bool_))


def network_after(answer: Contagion) -> Spec:
    """The network at the end; what failed is a square."""
    return ring(answer, answer.nodes.after, answer.nodes.down)


def ring(answer: Contagion, loss: NDArray[np.float64], down: NDArray[np.bool_]) -> Spec:
    """Nodes on a circle, the largest ones where there are too many, and what ties them."""
    found = answer.nodes
    chosen = np.sort(np.argsort(-found.sizes, kind="stable")[:SHOWN])
    angle = 0.5 * np.pi - 2.0 * np.pi * np.arange(chosen.size) / chosen.size
    x, y = np.cos(angle), np.sin(angle)
    axis = {"visible": False, "range": [-REACH, REACH], "fixedrange": True, "constrain": "domain"}
    wide = axis | {"range": [-ACROSS, ACROSS]}
    return {
        "data": [
            *link_traces(found.links[np.ix_(chosen, chosen)], x, y),
            node_trace(answer, chosen, (x, y), loss=loss, down=down),
        ],
        "layout": layout(
            showlegend=False,
            annotations=labels(answer, chosen, (x, y)),
            xaxis=wide,
            yaxis=axis | {"scaleanchor": "x", "scaleratio": 1},
        ),
    }


def node_trace(
    answer: Contagion,
    chosen: NDArray[np.int64],
    where: tuple[NDArray[np.float64], NDArray[np.float64]],
    *,
    loss: NDArray[np.float64],
    down: NDArray[np.bool_],
) -> Spec:
    """The nodes; their area grows with their size."""
    sizes, places = answer.nodes.sizes[chosen], [int(place) for place in chosen]
    most = float(sizes.max(initial=0.0)) or 1.0
    shares = numbers(100.0 * loss[chosen])
    names = [plain_text(answer.nodes.names[place]) for place in places]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": numbers(where[0]),
        "y": numbers(where[1]),
        "customdata": [[name, lost] for name, lost in zip(names, shares, strict=True)],
        "marker": {
            "size": numbers(SMALL + (LARGE - SMALL) * np.sqrt(sizes / most)),
            "symbol": ["square" if gone else "circle" for gone in down[chosen]],
            "color": shares,
            "cmin": 0.0,
            "cmax": 100.0,
            "colorscale": [[0.0, LONG], [0.35, NEUTRAL], [1.0, SHORT]],
            "showscale": True,
            "colorbar": COLOUR_BAR,
            "opacity": 1.0,
            "line": {"color": OUTLINE, "width": 1.5},
        },
        "hovertemplate": "%{customdata[0]}: %{customdata[1]:.3~g} %<extra></extra>",
    }


def labels(
    answer: Contagion,
    chosen: NDArray[np.int64],
    where: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> list[Spec]:
    """Names outside the ring, turned away from it."""
    return [
        {
            "x": round(1.2 * float(x), 4),
            "y": round(1.26 * float(y), 4),
            "text": plain_text(answer.nodes.names[place], NAME),
            "showarrow": False,
            "bgcolor": "rgba(0,0,0,0)",
            "xanchor": "center" if abs(x) < UPRIGHT else "left" if x > 0.0 else "right",
        }
        for place, x, y in zip(map(int, chosen), *where, strict=True)
    ]


def link_traces(
    links: NDArray[np.float64], x: NDArray[np.float64], y: NDArray[np.float64]
) -> list[Spec]:
    """Lines from debtor to creditor in three widths, with an arrow head before the end."""
    most = float(links.max(initial=0.0))
    if most <= 0.0:
        return []
    order = np.argsort(-links, axis=None)[:LINKS]
    traces: list[Spec] = []
    above = np.inf
    for least, width in WIDTHS:
        pairs = [divmod(int(place), len(links)) for place in order]
        kept = [(i, j) for i, j in pairs if least * most <= links[i, j] < above and links[i, j] > 0]
        above = least * most
        if kept:
            traces.append(arrows(kept, (x, y), width))
    return traces


def arrows(
    pairs: list[tuple[int, int]],
    where: tuple[NDArray[np.float64], NDArray[np.float64]],
    width: float,
) -> Spec:
    """Links of one width. The head stands at two thirds, so that it is seen beside large nodes."""
    x, y = where
    along: list[list[float | None]] = [[], []]
    for i, j in pairs:
        for line, values in zip(along, (x, y), strict=True):
            head = values[i] + 0.66 * (values[j] - values[i])
            line += [*numbers(np.array([values[i], head, values[j]])), None]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": along[0],
        "y": along[1],
        "line": {"color": faded(NEUTRAL, 0.55), "width": width},
        "marker": {
            "symbol": "arrow",
            "angleref": "previous",
            "size": [0.0, 7.0 + 1.5 * width, 0.0, 0.0] * len(pairs),
            "color": NEUTRAL,
        },
        "hoverinfo": "skip",
    }


def ranked(answer: Contagion) -> Spec:
    """The figure by which nodes are compared, the largest on top."""
    values = answer.ranking.values
    order = [int(place) for place in np.argsort(-values, kind="stable")[:BARS]]
    if not np.any(values[order] > 0.0):
        return empty("nobody loses anything")
    names = [plain_text(answer.nodes.names[place]) for place in order]
    return {
        "data": [
            {
                "type": "bar",
                "orientation": "h",
                "x": numbers(values[order]),
                "y": names,
                "marker": {"color": [SHORT if answer.nodes.down[i] else NEUTRAL for i in order]},
                "hovertemplate": "%{y}: %{x:,.4~r}<extra></extra>",
                "showlegend": False,
            }
        ],
        "layout": layout(
            bargap=0.3,
            xaxis={"nticks": 5, "zeroline": True},
            yaxis=category_axis(),
        ),
    }


def read(row: Mapping[str, object], key: str) -> float:
    """A number of a round."""
    return float(cast("float", row[key]))


def count(row: Mapping[str, object], key: str) -> int:
    """How many names a round has."""
    return len(cast("list[str]", row[key]))


def by_round(answer: Contagion) -> Spec:
    """How far it has got after each round: nodes that failed, or weighted distress."""
    rows = answer.rounds
    if not rows:
        return empty("no round: nobody fails")
    if "weighted_distress" in rows[0]:
        title, heights = (
            "weighted distress, %",
            [100.0 * read(row, "weighted_distress") for row in rows],
        )
    else:
        key = "defaulted" if "defaulted" in rows[0] else "first_sales"
        title = "failed so far" if key == "defaulted" else "forced to sell so far"
        heights = np.cumsum([count(row, key) for row in rows]).astype(np.float64).tolist()
    return {
        "data": [
            {
                "type": "scatter",
                "mode": "lines+markers",
                "line": {"shape": "hv", "color": SHORT, "width": 2},
                "marker": {"color": SHORT, "size": 7},
                "x": [int(read(row, "round")) for row in rows],
                "y": numbers(heights),
                "hovertemplate": "round %{x}: %{y:.4~g}<extra></extra>",
                "showlegend": False,
            }
        ],
        "layout": layout(
            xaxis=round_axis([int(read(row, "round")) for row in rows]),
            yaxis={"title": {"text": title}, "rangemode": "tozero", "nticks": 6},
        ),
    }


def round_axis(numbers_: list[int]) -> Spec:
    """Rounds as ticks that name themselves: a title would stand nowhere while a resize hides the ticks."""
    step = max(1, len(numbers_) // 8)
    return {
        "range": [numbers_[0] - 0.3, numbers_[-1] + 0.3],
        "tickmode": "array",
        "tickvals": numbers_[::step],
        "ticktext": [f"round {number}" for number in numbers_[::step]],
        "zeroline": False,
    }
