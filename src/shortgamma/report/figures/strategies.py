"""Strategies beside each other: risk against cost, results over paths, gaps, the market's θ."""

import math
from typing import Any

import numpy as np

from shortgamma.report.amounts import scale_of
from shortgamma.report.figures.frame import Spec, layout, numbers
from shortgamma.report.figures.palette import CALL, LONG, NEAR_TO_FAR, NEUTRAL, PUT, SHORT
from shortgamma.report.strategies_words import PARTS, SHORTFALL, label
from shortgamma.studies.strategies import GAPS, Strategies, StrategyResult
from shortgamma.studies.strategy_figures import distributions

COLOURS = (SHORT, LONG, CALL, PUT, NEUTRAL, *NEAR_TO_FAR)
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "star", "hexagon", "x")
DASHES = ("solid", "dash", "dot", "dashdot")
Z = 1.96
"""Standard errors on either side of a 95 % interval."""
LESS = 0.7
"""Paths: where an axis of shares begins."""


def mark(number: int) -> tuple[str, str]:
    """Colour and symbol of a strategy."""
    return COLOURS[number % len(COLOURS)], SYMBOLS[number % len(SYMBOLS)]


def largest(answer: Strategies, name: str) -> float:
    """Largest size of a figure."""
    return max(abs(found.metrics[name].value) for found in answer.results)


def axis(title: str, **parts: Any) -> Spec:
    """An axis of amounts."""
    base: Spec = {"title": {"text": title}, "nticks": 6, "zeroline": False}
    return base | parts


def risk_against_cost(answer: Strategies) -> Spec:
    """One marker per strategy: mean cost to the right, expected shortfall upwards, with 95 % intervals."""
    across, up = (scale_of(largest(answer, name)) for name in ("cost_usd", "es_usd"))
    traces: list[Spec] = []
    for number, found in enumerate(answer.results):
        colour, symbol = mark(number)
        cost, risk = found.metrics["cost_usd"], found.metrics["es_usd"]
        bars = {"thickness": 1.5, "width": 4, "color": colour}
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": label(found),
                "x": numbers([cost.value], across.divisor),
                "y": numbers([risk.value], up.divisor),
                "error_x": {"array": numbers([Z * cost.standard_error], across.divisor)} | bars,
                "error_y": {"array": numbers([Z * risk.standard_error], up.divisor)} | bars,
                "marker": {"color": colour, "size": 14, "symbol": symbol},
                "hovertemplate": f"cost %{{x:.3g}} {across.unit}<br>{SHORTFALL} %{{y:.3g}} {up.unit}"
                f"<extra>{label(found)}</extra>",
            }
        )
    return {
        "data": traces,
        "layout": layout(
            margin={"l": 8, "r": 12, "t": 12, "b": 60, "pad": 2},
            xaxis=axis(f"mean cost, {across.unit} per path", rangemode="tozero", showgrid=False),
            yaxis=axis(f"{SHORTFALL}, {up.unit}", rangemode="tozero"),
        ),
    }


def results_of_paths(answer: Strategies) -> Spec:
    """Share of the paths that end with a result or a worse one, one line per strategy."""
    found = distributions([each.pnl_usd for each in answer.results])
    scale = scale_of(float(np.abs(found.levels).max()))
    traces: list[Spec] = []
    for number, (each, shares) in enumerate(zip(answer.results, found.shares, strict=True)):
        line = {"shape": "hv", "width": 2, "dash": DASHES[number % len(DASHES)]}
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": label(each),
                "x": numbers(found.levels, scale.divisor),
                "y": numbers(np.where(shares > 0.0, shares, np.nan)),
                "line": line | {"color": mark(number)[0]},
                "hovertemplate": f"%{{x:.3g}} {scale.unit} or less: %{{y:.2%}} of the paths",
            }
        )
    return {
        "data": traces,
        "layout": layout(
            margin={"l": 8, "r": 12, "t": 12, "b": 60, "pad": 2},
            xaxis=axis(f"result of a path, {scale.unit} or less", showgrid=False),
            yaxis=axis(
                "share of paths",
                type="log",
                range=[math.log10(LESS / answer.run.paths), 0.05],
                tickformat="~%",
                dtick=1,
            ),
        ),
    }


def gap_results(answer: Strategies) -> Spec:
    """Gain or loss in each gap, bars side by side."""
    scale = scale_of(max(float(np.abs(each.gap_pnl_usd).max()) for each in answer.results))
    moves = [f"{100.0 * gap:+g} %".replace("-", "\u2212") for gap in GAPS]
    return bars(
        answer,
        moves,
        [(each, numbers(each.gap_pnl_usd, scale.divisor)) for each in answer.results],
        axis(f"result in the gap, {scale.unit}", zeroline=True),
    )


def thetas(answer: Strategies) -> Spec:
    """θ of the market at the start and on average, bars side by side."""
    return bars(
        answer,
        ["at the start", "mean over time and paths"],
        [
            (each, numbers([each.theta, each.metrics["mean_theta"].value]))
            for each in answer.results
        ],
        axis("θ: net gamma over depth", zeroline=True),
    )


def bars(
    answer: Strategies,
    places: list[str],
    rows: list[tuple[StrategyResult, list[float | None]]],
    vertical: Spec,
) -> Spec:
    """One group of bars per place, one bar per strategy."""
    traces: list[Spec] = [
        {
            "type": "bar",
            "name": label(each),
            "x": places,
            "y": heights,
            "marker": {"color": mark(number)[0], "line": {"width": 0}},
            "hovertemplate": "%{x}: %{y:.3g}",
        }
        for number, (each, heights) in enumerate(rows)
    ]
    return {
        "data": traces,
        "layout": layout(
            margin={"l": 8, "r": 12, "t": 12, "b": 52, "pad": 2},
            barmode="group",
            bargap=0.25,
            showlegend=len(answer.results) > 1,
            xaxis={"type": "category", "showgrid": False},
            yaxis=vertical,
        ),
    }


def cost_parts(answer: Strategies) -> Spec:
    """Mean costs of each strategy, stacked by what they are paid for; what was earned lies left of zero."""
    paid = [part for part in PARTS if part in COSTS]
    shown = [part for part in paid if any(part in each.parts for each in answer.results)]
    scale = scale_of(largest(answer, "cost_usd"))
    traces: list[Spec] = [
        {
            "type": "bar",
            "orientation": "h",
            "name": PARTS[part],
            "y": [label(each) for each in answer.results],
            "x": numbers(
                [-each.parts[part].value if part in each.parts else 0.0 for each in answer.results],
                scale.divisor,
            ),
            "marker": {"color": COLOURS[(number + 1) % len(COLOURS)], "line": {"width": 0}},
            "hovertemplate": f"{PARTS[part]} %{{x:.3g}} {scale.unit}<extra>%{{y}}</extra>",
        }
        for number, part in enumerate(shown)
    ]
    return {
        "data": traces,
        "layout": layout(
            margin={"l": 8, "r": 12, "t": 12, "b": 60, "pad": 2},
            barmode="relative",
            bargap=0.35,
            xaxis=axis(f"mean cost, {scale.unit} per path", zeroline=True),
            yaxis={"type": "category", "autorange": "reversed", "showgrid": False},
        ),
    }


COSTS = {"option_spread", "spread", "fees", "slippage", "gas", "funding", "margin", "haircut"}
"""Parts that are costs."""
