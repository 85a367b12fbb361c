"""Losses of the methods, the backtest in time, and the tail of the losses."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.time import format_stamp
from shortgamma.report.amounts import Scale, scale_of
from shortgamma.report.figures.frame import WIDE, Spec, layout, numbers
from shortgamma.report.figures.palette import CALL, LONG, NEUTRAL, PUT, SHORT, faded
from shortgamma.report.var_words import level_words, name_of
from shortgamma.studies.value_at_risk.answer import DELTA, TailRisk

Vector = NDArray[np.float64]

COLOURS: Final = {"historical": LONG, "filtered-historical": CALL, "monte-carlo": PUT}
DASHES: Final = {"historical": "solid", "filtered-historical": "dash", "monte-carlo": "dot"}
BINS: Final = 60
SHARE_SHOWN: Final = 0.998
"""Of the losses: what is further out stretches the axis for nothing."""
MOST_POINTS: Final = 600
SHARES: Final = ".3~%"


def loss_laws(answer: TailRisk) -> Spec:
    """Share of the scenarios by loss, for every fully revalued method, with VaR of three methods."""
    low = min(float(np.quantile(values, 1.0 - SHARE_SHOWN)) for values in answer.losses.values())
    shown = [
        answer.main.figures[0].es,
        *(np.quantile(v, SHARE_SHOWN) for v in answer.losses.values()),
    ]
    edges = np.linspace(low, 1.05 * max(map(float, shown)), BINS + 1)
    scale = scale_of(float(np.abs(edges).max()))
    traces: list[Spec] = []
    for name, values in answer.losses.items():
        counts, _ = np.histogram(values, edges)
        traces.append(law_trace(name, edges, counts / values.size, scale))
    lines, labels = marks(answer, scale)
    return {
        "data": traces,
        "layout": layout(
            margin={"l": 8, "r": 12, "t": 56, "b": 40, "pad": 2},
            xaxis={"title": {"text": f"loss, {scale.unit}; profits left of 0"}, "nticks": 8},
            yaxis={
                "title": {"text": "share of scenarios"},
                "type": "log",
                "dtick": 1,
                "tickformat": SHARES,
            },
            shapes=lines,
            annotations=labels,
        ),
    }


def law_trace(name: str, edges: Vector, shares: Vector, scale: Scale) -> Spec:
    """One method's histogram as a step line."""
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name_of(name),
        "x": numbers(0.5 * (edges[:-1] + edges[1:]), scale.divisor),
        "y": numbers(np.where(shares > 0.0, shares, np.nan)),
        "line": {
            "color": COLOURS[name],
            "width": 2,
            "dash": DASHES[name],
            "shape": "hvh",
        },
        "hovertemplate": f"{name_of(name)}: %{{y:.2%}} near %{{x:,.3~r}} {scale.unit}<extra></extra>",
    }


def marks(answer: TailRisk, scale: Scale) -> tuple[list[Spec], list[Spec]]:
    """Vertical lines at VaR and ES of the answer, and at VaR of delta alone."""
    main, delta = answer.main.figures[0], answer.row(DELTA)
    places = [(f"VaR {level_words(main.level)}", main.var, SHORT, 0), ("ES", main.es, SHORT, 1)]
    if delta is not None:
        places.append(("delta alone", delta.figures[0].var, NEUTRAL, 1))
    lines = [mark_line(value / scale.divisor, colour, row) for _words, value, colour, row in places]
    labels = [mark_label(value / scale.divisor, words, row) for words, value, _c, row in places]
    return lines, labels


def mark_line(place: float, colour: str, row: int) -> Spec:
    """A vertical line; dotted in the second row."""
    return {
        "type": "line",
        "x0": place,
        "x1": place,
        "yref": "paper",
        "y0": 0.0,
        "y1": 1.0,
        "line": {"color": colour, "width": 2, "dash": "dot" if row else "solid"},
    }


def mark_label(place: float, words: str, row: int) -> Spec:
    """Its name above the plot, in the first row or the second."""
    return {
        "x": place,
        "y": 1.0,
        "yref": "paper",
        "yanchor": "bottom",
        "yshift": 16 * row,
        "text": words,
        "showarrow": False,
    }


def backtest_line(answer: TailRisk) -> Spec:
    """What happened day by day against the forecast, breaches marked."""
    line, level = answer.timeline, answer.question.levels[0]
    var, es = line.forecast.tails(level)
    losses, stamps = line.forecast.losses, stamps_of(answer)
    scale = scale_of(float(max(np.abs(losses).max(), np.abs(es).max())))
    hits = losses > var
    return {
        "data": [
            bars("inside", stamps, np.where(hits, np.nan, -losses), scale),
            bars("breach", stamps, np.where(hits, -losses, np.nan), scale),
            limit_trace(f"−VaR {level_words(level)}", stamps, -var, scale, ("solid", SHORT)),
            limit_trace(f"−ES {level_words(level)}", stamps, -es, scale, ("dot", SHORT)),
        ],
        "layout": layout(
            margin={"l": 8, "r": 12, "t": 12, "b": 40, "pad": 2},
            xaxis={"type": "date", "nticks": 7, "showgrid": False},
            yaxis={"title": {"text": f"profit, {scale.unit}"}, "zeroline": True, "nticks": 6},
            bargap=0.0,
        ),
    }


def stamps_of(answer: TailRisk) -> list[str]:
    """When the horizon of each forecast ended."""
    history = answer.horizon.history
    ends = answer.timeline.forecast.place + answer.horizon.steps - 1
    # Moves across gaps are left out, so that the k-th move is not always that of the k-th price.
    after = history.stamp[1:][np.diff(history.bars) == 1]
    return [format_stamp(int(stamp)) for stamp in after[ends]]


def bars(name: str, stamps: list[str], values: Vector, scale: Scale) -> Spec:
    """Profit of every date; breaches as marks, so that a single one is seen."""
    is_breach = name == "breach"
    look: Spec = (
        {"mode": "markers", "marker": {"color": SHORT, "size": 9, "symbol": "x"}}
        if is_breach
        else {"mode": "markers", "marker": {"color": faded(NEUTRAL, 0.7), "size": 4}}
    )
    return {
        "type": "scatter",
        "name": name,
        "x": stamps,
        "y": numbers(values, scale.divisor),
        "hovertemplate": f"%{{x|%-d %b %Y}}: %{{y:,.3~r}} {scale.unit}<extra>{name}</extra>",
        **look,
    }


def limit_trace(
    name: str, stamps: list[str], values: Vector, scale: Scale, look: tuple[str, str]
) -> Spec:
    """A forecast as a line."""
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": stamps,
        "y": numbers(values, scale.divisor),
        "line": {"color": look[1], "width": 2 if look[0] == "solid" else 1.5, "dash": look[0]},
        "hovertemplate": f"{name}: %{{y:,.3~r}} {scale.unit}<extra></extra>",
    }


def loss_tail(answer: TailRisk) -> Spec:
    """How often losses are larger than a size, both axes logarithmic, with the Pareto law."""
    losses = answer.losses["historical"]
    above = losses[losses > 0.0]
    scale = scale_of(float(above.max()) if above.size else 1.0)
    chance = (np.arange(above.size)[::-1] + 0.5) / losses.size
    kept = slice(max(above.size - MOST_POINTS, 0), None)
    points: Spec = {
        "type": "scatter",
        "mode": "markers",
        "name": name_of("historical"),
        "x": numbers(above[kept], scale.divisor),
        "y": numbers(chance[kept]),
        "marker": {"color": LONG, "size": 5},
        "hovertemplate": f"more than %{{x:,.3~r}} {scale.unit}: %{{y:.2%}}<extra></extra>",
    }
    return {
        "data": [points, *pareto_trace(answer, scale)],
        "layout": layout(
            margin={"l": 8, "r": 12, "t": 12, "b": 40, "pad": 2},
            xaxis={"type": "log", "title": {"text": f"loss, {scale.unit}"}},
            yaxis={
                "type": "log",
                "title": {"text": "chance of more"},
                "dtick": 1,
                "tickformat": SHARES,
            },
            annotations=tail_note(answer),
        ),
    }


def pareto_trace(answer: TailRisk, scale: Scale) -> list[Spec]:
    """The fitted law beyond its threshold; nothing where there is none."""
    law = answer.pareto
    if law is None or law.threshold <= 0.0:
        return []
    top = 3.0 * float(answer.losses["historical"][-1])
    places = np.geomspace(law.threshold, max(top, 1.01 * law.threshold), 80)
    chance = law.exceeding(places)
    shown = chance > 0.1 / law.count
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "name": name_of("pareto"),
            "x": numbers(places[shown], scale.divisor),
            "y": numbers(chance[shown]),
            "line": {"color": SHORT, "width": 2},
            "hovertemplate": f"Pareto, more than %{{x:,.3~r}} {scale.unit}: %{{y:.2%}}<extra></extra>",
        }
    ]


def tail_note(answer: TailRisk) -> list[Spec]:
    """Shape of the fitted law, in the corner."""
    law = answer.pareto
    if law is None:
        return []
    return [
        {
            "x": 1.0,
            "y": 1.0,
            "xref": "paper",
            "yref": "paper",
            "xanchor": "right",
            "yanchor": "top",
            "name": WIDE,
            "text": f"ξ = {law.shape:.2f} ± {law.shape_error:.2f}",
            "showarrow": False,
        }
    ]
