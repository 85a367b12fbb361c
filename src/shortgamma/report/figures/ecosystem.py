"""A cascade in pictures: prices over rounds, who fails at which move, who matters, concentration."""

import numpy as np
from numpy.typing import NDArray

from shortgamma.report.figures.frame import Spec, category_axis, empty, layout, numbers, plain_text
from shortgamma.report.figures.palette import LONG, NEAR_TO_FAR, NEUTRAL, SHORT
from shortgamma.studies.ecosystem import EcosystemAnswer

LINES = 6
BARS = 20
WAYS = {"one venue": SHORT, "tied venues": NEUTRAL, "venues apart": LONG}


def time_line(answer: EcosystemAnswer) -> Spec:
    """Prices of the venues over rounds; a square where somebody fails."""
    rounds, names = answer.cascade.rounds, answer.system.venue_names
    if not rounds:
        return empty("the loop is unstable: no round settles")
    moves = 100.0 * np.array([row.moves for row in rounds])
    steps = [row.number for row in rounds]
    deepest = np.argsort(-np.abs(moves[-1]), kind="stable")[:LINES]
    traces = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": plain_text(names[place]),
            "x": steps,
            "y": numbers(moves[:, place]),
            "line": {"color": NEAR_TO_FAR[number], "width": 2},
            "hovertemplate": "round %{x}: %{y:.3~g} %<extra></extra>",
        }
        for number, place in enumerate(map(int, deepest))
    ]
    return {
        "data": [*traces, failures(answer, moves[:, int(deepest[0])])],
        "layout": layout(
            xaxis={"title": {"text": "round"}, "dtick": max(1, len(steps) // 8), "zeroline": False},
            yaxis={"title": {"text": "price, % from the start"}, "nticks": 6},
            legend={"orientation": "h", "y": 1.12},
        ),
    }


def failures(answer: EcosystemAnswer, heights: NDArray[np.float64]) -> Spec:
    """Marks at the rounds in which somebody fails, named when pointed at."""
    fatal = [row for row in answer.cascade.rounds if row.failed]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "fails",
        "x": [row.number for row in fatal],
        "y": numbers([float(heights[row.number]) for row in fatal]),
        "text": [plain_text(", ".join(row.failed), 60) for row in fatal],
        "marker": {"symbol": "square", "size": 11, "color": SHORT},
        "hovertemplate": "%{text}<extra></extra>",
    }


def first_to_fail(answer: EcosystemAnswer) -> Spec:
    """The smallest outside move at which each node fails, the weakest on top."""
    pairs = [
        (name, 100.0 * abs(at))
        for name, at in zip(answer.system.names, answer.fails_at, strict=True)
        if at is not None
    ]
    if not pairs:
        return empty("nobody fails at any of the moves tried")
    pairs.sort(key=lambda pair: pair[1])
    asked = 100.0 * abs(answer.cascade.move)
    return bars(
        [name for name, _at in pairs[:BARS]],
        [at for _name, at in pairs[:BARS]],
        colours=[SHORT if at <= asked + 1e-9 else NEUTRAL for _name, at in pairs[:BARS]],
        title="outside move, %",
    )


def dropped(answer: EcosystemAnswer) -> Spec:
    """What the others are spared without each node, in million USD."""
    rows = [(row.name, row.spared_usd) for row in answer.importance if row.spared_usd is not None]
    if not rows:
        return empty("without an end there is nothing to compare")
    rows.sort(key=lambda pair: -pair[1])
    values = [spared / 1e6 for _name, spared in rows[:BARS]]
    return bars(
        [name for name, _spared in rows[:BARS]],
        values,
        colours=[SHORT if value > 0.0 else LONG for value in values],
        title="M$ that the others are spared",
    )


def bars(names: list[str], values: list[float], *, colours: list[str], title: str) -> Spec:
    """Horizontal bars in the order given, the first on top."""
    return {
        "data": [
            {
                "type": "bar",
                "orientation": "h",
                "x": numbers(values),
                "y": [plain_text(name) for name in names],
                "marker": {"color": colours},
                "hovertemplate": "%{y}: %{x:,.4~r}<extra></extra>",
                "showlegend": False,
            }
        ],
        "layout": layout(
            bargap=0.3,
            xaxis={"title": {"text": title}, "nticks": 5, "zeroline": True},
            yaxis=category_axis(),
        ),
    }


def concentration_bars(answer: EcosystemAnswer) -> Spec:
    """Loop gain with the largest holder divided, by where its parts trade."""
    if not answer.splits:
        return empty("nobody is short gamma")
    traces = [
        {
            "type": "bar",
            "name": where,
            "x": [f"{row.parts}" for row in answer.splits if row.where == where],
            "y": numbers([row.loop_gain for row in answer.splits if row.where == where]),
            "marker": {"color": colour},
            "hovertemplate": f"%{{x}} holders, {where}: %{{y:.3~g}}<extra></extra>",
        }
        for where, colour in WAYS.items()
    ]
    return {
        "data": traces,
        "layout": layout(
            barmode="group",
            bargap=0.3,
            xaxis={"title": {"text": "holders"}, "type": "category"},
            yaxis={"title": {"text": "loop gain"}, "rangemode": "tozero", "nticks": 6},
            legend={"orientation": "h", "y": 1.12},
        ),
    }
