"""What a re-hedging policy earns and pays, how its results are spread, and its cost against volatility."""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shortgamma.report.amounts import Scale, scale_of
from shortgamma.report.figures.frame import Spec, empty, layout, numbers
from shortgamma.report.figures.palette import LONG, NEUTRAL, SHORT
from shortgamma.report.figures.policy import MARGIN, MARKS, log_axis
from shortgamma.report.figures.results import parts_waterfall
from shortgamma.report.policy_names import PARTS, family_words, policy_words
from shortgamma.report.policy_words import power_words
from shortgamma.studies.policies.answer import PolicyComparison
from shortgamma.studies.policies.candidates import CONTINUOUS, NONE
from shortgamma.studies.policies.results import FrontierPoint
from shortgamma.studies.policies.volatility import CostCurve

Vector = NDArray[np.float64]

SMALLEST: Final = 1e-6
"""Of the largest part; a smaller one is not shown."""
SHOWN: Final = 60
"""Points of a fitted curve."""
LOOKS: Final = ((NEUTRAL, "dot", 1.5), (SHORT, "dash", 2.0), (LONG, "solid", 2.5))
"""Colour, dash and width of no re-hedging, of hedging in every step, and of the best policy."""
BINS: Final = 64
EXTREME: Final = 0.02
"""Share of the paths on either side that goes into the outer bins."""
Z: Final = 1.96
"""Standard errors on either side of a 95 % interval."""


def shown_parts(point: FrontierPoint) -> dict[str, float]:
    """Parts of a result that are anything, by name for readers."""
    found = {label: point.parts[name].value for name, label in PARTS.items() if name in point.parts}
    least = SMALLEST * max(map(abs, found.values()), default=0.0)
    return {label: value for label, value in found.items() if abs(value) > least}


def policy_waterfall(answer: PolicyComparison) -> Spec:
    """Mean result of the best policy as a waterfall of its parts, from the top down."""
    point = answer.simulated.chosen
    return parts_waterfall(shown_parts(point), point.pnl.value)


def result_spread(answer: PolicyComparison) -> Spec:
    """Share of the paths by result: not hedged, hedged in every step, hedged by the best policy."""
    found = answer.simulated
    chosen = list(dict.fromkeys((NONE, CONTINUOUS, found.chosen.candidate)))
    edges, rows = histograms([found.results_of(each).pnl for each in chosen])
    scale = scale_of(float(np.abs(edges).max()))
    x = numbers(edges, scale.divisor)
    names = (policy_words(answer, candidate) for candidate in chosen)
    data = [steps(*row, x=x, unit=scale.unit) for row in zip(names, rows, LOOKS, strict=False)]
    across = {"title": {"text": f"result of a path, {scale.unit}"}, "nticks": 7, "showgrid": False}
    up = {"title": {"text": "share of paths"}, "tickformat": "~%", "nticks": 5}
    return {
        "data": data,
        "layout": layout(
            margin=MARGIN,
            xaxis=across | {"zeroline": True},
            yaxis=up | {"rangemode": "tozero"},
        ),
    }


def steps(
    name: str, shares: Vector, look: tuple[str, str, float], *, x: list[float | None], unit: str
) -> Spec:
    """One histogram as a line of steps."""
    colour, dash, width = look
    heights = numbers(shares)
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": x,
        "y": [*heights, heights[-1]],
        "line": {"shape": "hv", "color": colour, "dash": dash, "width": width},
        "hovertemplate": f"%{{x:.3g}} {unit}: %{{y:.2%}} of the paths",
    }


def histograms(results: Sequence[Vector]) -> tuple[Vector, list[Vector]]:
    """Edges of common bins, and the share of the paths in each of them; the rest is in the outer ones."""
    low = min(float(np.quantile(pnl, EXTREME)) for pnl in results)
    high = max(float(np.quantile(pnl, 1.0 - EXTREME)) for pnl in results)
    edges = np.linspace(low, max(high, low + 1.0), BINS + 1)
    counts = (np.histogram(np.clip(pnl, edges[0], edges[-1]), edges)[0] for pnl in results)
    return edges, [count / pnl.size for count, pnl in zip(counts, results, strict=True)]


def cost_against_vol(answer: PolicyComparison) -> Spec:
    """Cost of re-hedging at several vols on scales of logs, with fitted powers and exponentials."""
    curves = [curve for curve in answer.curves if curve.law is not None]
    if not curves:
        return empty("No cost is positive at every vol,<br>so there is no law to fit")
    costs = np.array([metric.value for curve in curves for metric in curve.cost])
    vols = 100.0 * np.array([vol for curve in curves for vol in curve.vol])
    scale = scale_of(float(costs.max()))
    traces = [trace for curve in curves for trace in curve_traces(answer, curve, scale)]
    traces[-1]["showlegend"] = True
    return {
        "data": traces,
        "layout": layout(
            margin=MARGIN,
            xaxis=log_axis("realised vol, %", vols, Scale(1.0, "%")),
            yaxis=log_axis(f"mean cost of re-hedging, {scale.unit}", costs, scale),
        ),
    }


def curve_traces(answer: PolicyComparison, curve: CostCurve, scale: Scale) -> list[Spec]:
    """Simulated costs with 95 % intervals, the fitted power, and the fitted exponential."""
    colour, _symbol, dash = MARKS.get(curve.candidate.family, MARKS["given"])
    family = family_words(answer, curve.candidate.family)
    vols = np.geomspace(min(curve.vol), max(curve.vol), SHOWN)
    line: Spec = {
        "type": "scatter",
        "mode": "lines",
        "x": numbers(100.0 * vols),
        "hoverinfo": "skip",
    }
    power, exponential = fitted(curve, vols)
    straight = {
        "name": f"{family}, power {power_words(curve)}",
        "y": numbers(power, scale.divisor),
        "line": {"color": colour, "width": 2, "dash": "solid" if dash == "dot" else dash},
    }
    bent = {
        "name": "exponentials, for comparison",
        "y": numbers(exponential, scale.divisor),
        "line": {"color": NEUTRAL, "width": 1.5, "dash": "dot"},
        "showlegend": False,
    }
    return [simulated_costs(curve, family, scale), line | straight, line | bent]


def simulated_costs(curve: CostCurve, family: str, scale: Scale) -> Spec:
    """Costs as they were simulated, with 95 % intervals."""
    colour, symbol, _dash = MARKS.get(curve.candidate.family, MARKS["given"])
    errors = [Z * metric.standard_error for metric in curve.cost]
    bars = {"array": numbers(errors, scale.divisor), "thickness": 1.5, "width": 4, "color": colour}
    return {
        "type": "scatter",
        "mode": "markers",
        "name": family,
        "x": numbers(100.0 * np.array(curve.vol)),
        "y": numbers([metric.value for metric in curve.cost], scale.divisor),
        "error_y": bars,
        "marker": {"color": colour, "size": 9, "symbol": symbol},
        "hovertemplate": f"vol %{{x:.3g}} %: %{{y:.3g}} {scale.unit}<extra>{family}</extra>",
        "showlegend": False,
    }


def fitted(curve: CostCurve, vols: Vector) -> tuple[Vector, Vector]:
    """The power and the exponential of a curve; both go through the mean of the logarithms."""
    law = curve.law
    power, rate = (0.0, 0.0) if law is None else (law.power, law.rate)
    logs = float(np.mean([math.log(metric.value) for metric in curve.cost]))
    middle, middle_log = float(np.mean(curve.vol)), float(np.mean(np.log(curve.vol)))
    return (
        np.exp(logs + power * (np.log(vols) - middle_log)),
        np.exp(logs + rate * (vols - middle)),
    )
