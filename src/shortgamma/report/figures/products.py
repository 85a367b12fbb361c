"""Structured products beside each other: gamma over prices and over life, and the market of each."""

from typing import Any

import numpy as np

from shortgamma.report.amounts import scale_of
from shortgamma.report.figures.frame import Spec, layout, numbers, price_axis
from shortgamma.report.figures.palette import CALL, LONG, NEAR_TO_FAR, NEUTRAL, PUT, SHORT
from shortgamma.report.products_words import SHORTFALL, label
from shortgamma.studies.products.answer import ProductsAnswer
from shortgamma.studies.simulation import Metric

COLOURS = (NEUTRAL, SHORT, LONG, CALL, PUT, *NEAR_TO_FAR[1:5:2])
DASHES = ("solid", "dash", "dot")
HOURS_PER_YEAR = 8_760.0
Z = 1.96
"""Standard errors on either side of a 95 % interval."""
ROOM = 1.6
"""Height of a figure over the vanilla's peak; what lies beyond is cut off."""
MARGIN = {"l": 8, "r": 12, "t": 12, "b": 96, "pad": 2}


def line_of(number: int) -> Spec:
    """Colour and dash of a product."""
    return {
        "color": COLOURS[number % len(COLOURS)],
        "dash": DASHES[number // len(COLOURS) % len(DASHES)],
        "width": 2,
    }


def axis(title: str, **parts: Any) -> Spec:
    """An axis of amounts."""
    base: Spec = {"title": {"text": title}, "nticks": 7, "zeroline": True}
    return base | parts


def gamma_at(answer: ProductsAnswer, time: int) -> Spec:
    """Γ·S²/100 of one unit over prices, one line per product, at one of the reported times left."""
    top = ROOM * answer.results[0].peaks[time].size
    spots = answer.results[0].profile.spot
    traces: list[Spec] = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": label(found),
            "x": numbers(found.profile.spot),
            "y": numbers(found.profile.gamma_usd_per_pct[time]),
            "line": line_of(number),
            "hovertemplate": "%{x:,.0f}: %{y:.4g}",
        }
        for number, found in enumerate(answer.results)
    ]
    return {
        "data": traces,
        "layout": layout(
            margin=MARGIN,
            xaxis=price_axis((float(spots[0]), float(spots[-1]))),
            yaxis=axis("Γ·S²/100, USD per 1 % and unit", range=[-top, top]),
        ),
    }


def gamma_first(answer: ProductsAnswer) -> Spec:
    """Gamma over prices at the first time left."""
    return gamma_at(answer, 0)


def gamma_middle(answer: ProductsAnswer) -> Spec:
    """Gamma over prices at the middle one of the times left."""
    return gamma_at(answer, len(answer.question.hours_left) // 2)


def gamma_last(answer: ProductsAnswer) -> Spec:
    """Gamma over prices at the last time left."""
    return gamma_at(answer, -1)


def peaks_over_life(answer: ProductsAnswer) -> Spec:
    """Largest |Γ|·S²/100 over prices as expiry comes near, both axes in logs."""
    traces: list[Spec] = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": label(found),
            "x": numbers([peak.years * HOURS_PER_YEAR for peak in found.life]),
            "y": numbers([peak.size for peak in found.life]),
            "line": line_of(number),
            "hovertemplate": "%{x:.3g} h left: %{y:.4g}",
        }
        for number, found in enumerate(answer.results)
    ]
    return {
        "data": traces,
        "layout": layout(
            margin=MARGIN,
            xaxis={
                "title": {"text": "hours left"},
                "type": "log",
                "autorange": "reversed",
                "showgrid": False,
            },
            yaxis=axis("peak |Γ|·S²/100, USD per 1 %", type="log", zeroline=False, nticks=5),
        ),
    }


def bars(answer: ProductsAnswer, found: list[Metric], title: str) -> Spec:
    """One horizontal bar per product with its 95 % interval."""
    values = np.array([metric.value for metric in found])
    errors = np.array([Z * metric.standard_error for metric in found])
    return {
        "data": [
            {
                "type": "bar",
                "orientation": "h",
                "y": [label(each) for each in answer.results],
                "x": numbers(values),
                "error_x": {"array": numbers(errors), "thickness": 1.5, "width": 3},
                "marker": {"color": [SHORT if value > 0.0 else LONG for value in values.tolist()]},
                "hovertemplate": "%{y}: %{x:.4g}<extra></extra>",
            }
        ],
        "layout": layout(
            margin={"l": 8, "r": 12, "t": 12, "b": 44, "pad": 2},
            showlegend=False,
            bargap=0.35,
            xaxis=axis(title),
            yaxis={"type": "category", "autorange": "reversed", "showgrid": False},
        ),
    }


def vol_changes(answer: ProductsAnswer) -> Spec:
    """Change of realised vol by hedging, percent."""
    ratios = [found.metrics["realised_vol_ratio"] for found in answer.results]
    changes = [
        Metric(value=100.0 * (ratio.value - 1.0), standard_error=100.0 * ratio.standard_error)
        for ratio in ratios
    ]
    return bars(answer, changes, "change of realised vol, %")


def shortfalls(answer: ProductsAnswer) -> Spec:
    """Expected shortfall of the hedger."""
    found = [each.metrics["es_usd"] for each in answer.results]
    scale = scale_of(max(abs(metric.value) for metric in found))
    scaled = [
        Metric(
            value=metric.value / scale.divisor, standard_error=metric.standard_error / scale.divisor
        )
        for metric in found
    ]
    return bars(answer, scaled, f"{SHORTFALL} of the hedger, {scale.unit}")
