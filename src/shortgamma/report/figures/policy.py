"""Re-hedging policies beside each other: cost against risk, and the score of bands against their width."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shortgamma.report.amounts import Scale, number, scale_of, usd
from shortgamma.report.figures.frame import Spec, anchor_inside, empty, layout, numbers
from shortgamma.report.figures.palette import CALL, LONG, NEUTRAL, PUT, SHORT, faded
from shortgamma.report.policy_names import (
    SHORTFALL,
    family_words,
    move_of,
    parameter_words,
    policy_words,
)
from shortgamma.report.simulation_words import usd_with_error
from shortgamma.studies.policies.answer import Comparison, PolicyComparison
from shortgamma.studies.policies.best import Best
from shortgamma.studies.policies.candidates import CONTINUOUS, NONE
from shortgamma.studies.policies.results import FrontierPoint

Vector = NDArray[np.float64]

MARKS: Final[dict[str, tuple[str, str, str]]] = {
    "band to edge": (LONG, "circle", "solid"),
    "band to centre": (CALL, "square", "dash"),
    "interval": (SHORT, "diamond", "dot"),
    "whalley-wilmott": (PUT, "triangle-up", "dashdot"),
    "mixed": (PUT, "triangle-up", "dashdot"),
    "continuous": (NEUTRAL, "x", "dot"),
    "none": (NEUTRAL, "cross", "solid"),
    "given": (PUT, "star-square", "solid"),
}
"""Colour, symbol and dash of a family."""
BANDS = ("band to edge", "band to centre")
MARGIN = {"l": 8, "r": 12, "t": 12, "b": 86, "pad": 2}
NEAR = 0.35
"""Of the least risk: how much more is shown where the efficient policies lie."""
ROOM = 1.1
"""Of a logarithmic axis beyond its points, as a factor."""
TICKS: Final = (
    (2.5, (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)),
    (12.0, (1.0, 1.5, 2.0, 3.0, 5.0, 7.0)),
    (math.inf, (1.0, 2.0, 5.0)),
)
"""High over low of a logarithmic axis, and its ticks within a power of ten up to there."""
STEP = 1.6
"""Factor by which a policy that costs nothing is drawn below the cheapest one that trades."""
RISK = "risk: standard deviation of the result"
MARK = 17
"""Pixels of the ring around the best."""


def frontier(answer: PolicyComparison, found: Comparison | None = None) -> Spec:
    """Cost against risk of every policy; an axis of positive values is logarithmic."""
    shown = found or answer.simulated
    return risk_and_cost(answer, shown, list(shown.points))


def near_frontier(answer: PolicyComparison, found: Comparison | None = None) -> Spec:
    """The same where risk is low, on plain scales."""
    shown = found or answer.simulated
    most = (1.0 + NEAR) * min(point.std.value for point in shown.points)
    inside = [point for point in shown.points if point.std.value <= most]
    return risk_and_cost(answer, shown, inside, is_plain=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Canvas:
    """Where a policy is drawn.

    Args:
        across, up: Scales of risk and cost.
        floor: Cost that is drawn for a policy that costs nothing, where costs are on a scale of logs; USD.
    """

    across: Scale
    up: Scale
    floor: float | None

    def place(self, points: list[FrontierPoint]) -> dict[str, list[float | None]]:
        """Coordinates of some points."""
        return {
            "x": numbers([point.std.value for point in points], self.across.divisor),
            "y": numbers([self.height(point) for point in points], self.up.divisor),
        }

    def height(self, point: FrontierPoint) -> float:
        """Cost as it is drawn, USD."""
        cost = point.cost.value
        return cost if self.floor is None else max(cost, self.floor)


def risk_and_cost(
    answer: PolicyComparison,
    found: Comparison,
    points: list[FrontierPoint],
    *,
    is_plain: bool = False,
) -> Spec:
    """Markers of some points, families joined, the efficient ones on a band, the best one in a ring."""
    risks = np.array([point.std.value for point in points])
    if not np.isfinite(risks).all() or not risks.size:
        return empty("One path has no risk")
    floor = None if is_plain else lowest_drawn(points)
    largest = max(abs(point.cost.value) for point in points)
    canvas = Canvas(across=scale_of(float(risks.max())), up=scale_of(largest), floor=floor)
    costs = np.array([canvas.height(point) for point in points])
    across = plain_axis if is_plain else log_axis
    up = plain_axis if floor is None else log_axis
    return {
        "data": frontier_traces(answer, found, points, canvas),
        "layout": layout(
            margin=MARGIN | ({"b": 48} if is_plain else {}),
            showlegend=not is_plain,
            xaxis=across(f"{RISK}, {canvas.across.unit}", risks, canvas.across),
            yaxis=up(f"mean cost, {canvas.up.unit}", costs, canvas.up),
        ),
    }


def lowest_drawn(points: list[FrontierPoint]) -> float | None:
    """Lowest cost of a scale of logs, a step below all rules that trade; None where one earns, USD."""
    costs = [point.cost.value for point in points if point.candidate != NONE]
    return min(costs) / STEP if costs and min(costs) > 0.0 else None


def frontier_traces(
    answer: PolicyComparison, found: Comparison, points: list[FrontierPoint], canvas: Canvas
) -> list[Spec]:
    """The band, one line per family, the interval of the best, and the ring."""
    traces = [efficient(points, canvas)]
    for family in dict.fromkeys(point.candidate.family for point in points):
        members = [point for point in points if point.candidate.family == family]
        traces.append(family_line(answer, members, canvas))
    traces += [uncertain(found, points, canvas), ring(answer, found, canvas)]
    return [trace for trace in traces if trace]


def plain_axis(title: str, values: Vector, scale: Scale) -> Spec:
    """A plain axis with a little room on both sides."""
    low, high = float(values.min()) / scale.divisor, float(values.max()) / scale.divisor
    room = 0.06 * (high - low) or 1.0
    return {
        "title": {"text": title},
        "range": [low - room, high + room],
        "nticks": 6,
        "zeroline": False,
    }


def log_axis(title: str, values: Vector, scale: Scale) -> Spec:
    """A logarithmic axis whose ticks are as fine as its range is short."""
    low, high = (float(end) / scale.divisor for end in (values.min(), values.max()))
    low, high = low / ROOM, high * ROOM
    steps = next(steps for most, steps in TICKS if high / low < most)
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    ticks = [float(f"{step}e{power}") for power in powers for step in steps]
    ticks = [tick for tick in ticks if low <= tick <= high]
    return {
        "type": "log",
        "title": {"text": title},
        "range": [math.log10(low), math.log10(high)],
        "tickmode": "array",
        "tickvals": ticks,
        "ticktext": [number(tick) for tick in ticks],
        "tickangle": 0,
        "zeroline": False,
    }


def efficient(points: list[FrontierPoint], canvas: Canvas) -> Spec:
    """A broad band through those that nothing beats in both."""
    chosen = sorted((p for p in points if p.is_efficient), key=lambda point: point.std.value)
    return {
        "type": "scatter",
        "mode": "lines",
        "name": "efficient: nothing is cheaper at less risk",
        "line": {"color": faded(NEUTRAL, 0.28), "width": 14},
        "hoverinfo": "skip",
        **canvas.place(chosen),
    }


def family_line(answer: PolicyComparison, members: list[FrontierPoint], canvas: Canvas) -> Spec:
    """One family; what is not efficient is hollow."""
    family = members[0].candidate.family
    colour, symbol, dash = MARKS.get(family, MARKS["given"])
    return {
        "type": "scatter",
        "mode": "lines+markers" if len(members) > 1 else "markers",
        "name": family_words(answer, family),
        "line": {"color": colour, "width": 1.5, "dash": dash},
        "marker": {"color": colour, "size": 9, "symbol": symbol},
        "customdata": [hover(answer, point) for point in members],
        "hovertemplate": "%{customdata}<extra></extra>",
        **canvas.place(members),
    }


def hover(answer: PolicyComparison, point: FrontierPoint) -> str:
    """A policy and its figures."""
    parameter = parameter_words(answer, point.candidate)
    return "<br>".join(
        (
            f"<b>{family_words(answer, point.candidate.family)}</b>",
            *([parameter] if parameter else []),
            f"cost {usd_with_error(point.cost)}",
            f"risk {usd_with_error(point.std)}",
            f"{SHORTFALL} {usd_with_error(point.es)}",
            f"{number(point.trades.value)} trades",
        )
    )


def uncertain(found: Comparison, points: list[FrontierPoint], canvas: Canvas) -> Spec:
    """The part of the best family's line that the interval of its parameter covers."""
    best = found.best[0]
    members = [p for p in points if p.candidate.family == best.family and p.candidate.parameter]
    if len(members) < 2 or not best.high > best.low:
        return {}
    known = np.log([point.candidate.parameter or 1.0 for point in members])
    inner = known[(known > math.log(best.low)) & (known < math.log(best.high))]
    ends = np.array([math.log(best.low), *inner, math.log(best.high)])
    risks = np.array([point.std.value for point in members])
    costs = np.array([canvas.height(point) for point in members])
    return {
        "type": "scatter",
        "mode": "lines",
        "name": f"{100.0 * best.level:g} % interval of the best",
        "x": numbers(np.interp(ends, known, risks), canvas.across.divisor),
        "y": numbers(np.interp(ends, known, costs), canvas.up.divisor),
        "line": {"color": faded(MARKS.get(best.family, MARKS["given"])[0], 0.6), "width": 7},
        "hoverinfo": "skip",
    }


def ring(answer: PolicyComparison, found: Comparison, canvas: Canvas) -> Spec:
    """A ring around the best policy."""
    return {
        "type": "scatter",
        "mode": "markers",
        "name": f"best: {policy_words(answer, found.chosen.candidate)}",
        "marker": {
            "color": "rgba(0,0,0,0)",
            "size": MARK,
            "symbol": "circle",
            "line": {"color": SHORT, "width": 3},
        },
        "hoverinfo": "skip",
        **canvas.place([found.chosen]),
    }


def score_of_bands(answer: PolicyComparison, found: Comparison | None = None) -> Spec:
    """Score of every band above that of the best policy, against its width."""
    shown = found or answer.simulated
    points = {
        family: [point for point in shown.points if point.candidate.family == family]
        for family in BANDS
    }
    if not points[BANDS[0]]:
        return empty("No bands were tried")
    lowest = min(point.score for point in shown.points)
    always = shown.of(CONTINUOUS).score - lowest
    top = ceiling(points, lowest, always)
    scale = scale_of(top)
    widths = np.array([point.candidate.parameter or 1.0 for point in points[BANDS[0]]])
    axis = log_axis(title_of_widths(answer), widths, Scale(1.0, ""))
    shapes, notes = landmarks(answer, shown, axis["range"])
    lines = [score_line(answer, members, lowest, scale) for members in points.values()]
    return {
        "data": [*lines, level(answer, always, axis["range"], scale)],
        "layout": layout(
            margin=MARGIN | {"t": 44},
            xaxis=axis,
            yaxis=score_axis(top, scale),
            shapes=shapes,
            annotations=notes,
        ),
    }


def score_axis(top: float, scale: Scale) -> Spec:
    """The axis of scores, up to a height."""
    return {
        "title": {"text": f"score above the best, {scale.unit}"},
        "range": [-0.04 * top / scale.divisor, top / scale.divisor],
        "nticks": 6,
        "zeroline": True,
    }


def ceiling(points: dict[str, list[FrontierPoint]], lowest: float, always: float) -> float:
    """Top of the axis: what the narrowest bands and hedging in every step score, a little more than that."""
    narrow = [members[0].score - lowest for members in points.values() if members]
    middle = [members[len(members) // 2].score - lowest for members in points.values() if members]
    return 1.6 * max(*narrow, *middle, always, 1.0)


def title_of_widths(answer: PolicyComparison) -> str:
    """Title of an axis of thresholds."""
    coins = 0.01 / move_of(answer, 1.0)
    return f"threshold, coins ({number(coins)} coins are a move of 1 %)"


def score_line(
    answer: PolicyComparison, members: list[FrontierPoint], lowest: float, scale: Scale
) -> Spec:
    """Scores of one family of bands."""
    family = members[0].candidate.family
    colour, symbol, dash = MARKS[family]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": family_words(answer, family),
        "x": numbers([point.candidate.parameter or 0.0 for point in members]),
        "y": numbers([point.score - lowest for point in members], scale.divisor),
        "line": {"color": colour, "width": 2, "dash": dash},
        "marker": {"color": colour, "size": 8, "symbol": symbol},
        "customdata": [
            f"{parameter_words(answer, point.candidate)}<br>{usd(point.score - lowest)} above the best"
            for point in members
        ],
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def level(answer: PolicyComparison, always: float, span: list[float], scale: Scale) -> Spec:
    """A line at the score of hedging in every step."""
    return {
        "type": "scatter",
        "mode": "lines",
        "name": family_words(answer, "continuous"),
        "x": numbers([10.0 ** span[0], 10.0 ** span[1]]),
        "y": numbers([always, always], scale.divisor),
        "line": {"color": NEUTRAL, "width": 1.5, "dash": "dot"},
        "hoverinfo": "skip",
    }


def landmarks(
    answer: PolicyComparison, found: Comparison, span: list[float]
) -> tuple[list[Spec], list[Spec]]:
    """The interval of the best band, the best band itself, and the one of theory."""
    best = next(each for each in found.best if each.family in BANDS)
    theory = answer.problem.best_band[0]
    shapes = [interval_area(best)] if np.isfinite(best.low) else []
    named = [(f"best {number(best.parameter)}", best.parameter, LONG, "solid", 1.0)]
    if theory > 0.0:
        named.append((f"theory {number(theory)}", theory, NEUTRAL, "dash", 1.08))
    notes: list[Spec] = []
    for text, value, colour, dash, height in named:
        at = math.log10(value)
        shapes.append(vertical(value, colour, dash))
        notes.append(
            {
                "x": at,
                "y": height,
                "yref": "paper",
                "yanchor": "bottom",
                "xanchor": anchor_inside(at, (span[0], span[1])),
                "text": text,
                "showarrow": False,
            }
        )
    return shapes, notes


def interval_area(best: Best) -> Spec:
    """The interval of the best parameter over the whole height."""
    return {
        "type": "rect",
        "x0": best.low,
        "x1": best.high,
        "yref": "paper",
        "y0": 0.0,
        "y1": 1.0,
        "fillcolor": faded(MARKS[best.family][0], 0.14),
        "line": {"width": 0},
        "layer": "below",
    }


def vertical(value: float, colour: str, dash: str) -> Spec:
    """A vertical line over the whole height."""
    return {
        "type": "line",
        "x0": value,
        "x1": value,
        "yref": "paper",
        "y0": 0.0,
        "y1": 1.0,
        "line": {"color": colour, "width": 1.5, "dash": dash},
    }
