"""Pool designs beside each other: realised vol, mean against tail, differences, parts, a sweep."""

from collections.abc import Sequence
from typing import Any, Final

from shortgamma.report.amounts import scale_of
from shortgamma.report.design_measures import MEAN, TAIL, VOL, Form, Measure
from shortgamma.report.design_words import label
from shortgamma.report.figures.frame import Spec, category_axis, empty, layout, numbers
from shortgamma.report.figures.palette import CALL, LONG, NEAR_TO_FAR, NEUTRAL, PUT, SHORT
from shortgamma.studies.design.answer import DesignAnswer, SetAnswer, judgement
from shortgamma.studies.design.figures import Estimate

MARKETS: Final = (
    (LONG, "circle"),
    (CALL, "square"),
    (SHORT, "diamond"),
    (PUT, "triangle-up"),
    (NEUTRAL, "cross"),
)
"""Colour and symbol of a market, by its place."""
COLOURS: Final = (NEUTRAL, LONG, SHORT, CALL, PUT, *NEAR_TO_FAR[1:5:2])
SYMBOLS: Final = (
    *("circle", "star", "square", "diamond", "triangle-up"),
    *("cross", "hexagon", "x", "triangle-down", "pentagon"),
)
LOOKS: Final = {
    "better": (LONG, "circle"),
    "worse": (SHORT, "diamond"),
    "open": (NEUTRAL, "circle-open"),
}
"""Colour and symbol of a judgement."""
PARTS: Final = {
    "price-only": "price",
    "limits-only": "limits",
    "hedge-only": "hedge",
    "gamma-aware": "all three",
}
"""Designs that take one part of the gamma-aware one, and what it is."""
MARGIN: Final = {"l": 8, "r": 12, "t": 12, "b": 76, "pad": 2}
PLAIN_MARGIN: Final = {"l": 8, "r": 12, "t": 12, "b": 44, "pad": 2}


def bars(found: Sequence[Estimate], divisor: float = 1.0) -> Spec:
    """Error bars of intervals."""
    return {
        "symmetric": False,
        "array": numbers([each.high - each.value for each in found], divisor),
        "arrayminus": numbers([each.value - each.low for each in found], divisor),
        "thickness": 1.5,
        "width": 3,
    }


def scale(measure: Measure, found: Sequence[Estimate]) -> tuple[float, str]:
    """What some estimates of a figure are divided by, and the unit."""
    largest = max(max(abs(each.low), abs(each.high)) for each in found)
    if measure.form is Form.USD:
        chosen = scale_of(largest)
        return chosen.divisor, chosen.unit
    return measure.unit(largest)


def axis(title: str, unit: str = "", **parts: Any) -> Spec:
    """An axis of values."""
    text = f"{title}, {unit}" if unit else title
    base: Spec = {"title": {"text": text}, "nticks": 6, "zeroline": False}
    return base | parts


def row_trace(name: str, rows: list[str], found: Sequence[Estimate], divisor: float) -> Spec:
    """Marks with intervals, one per row; traces of one figure stand beside each other."""
    return {
        "type": "scatter",
        "mode": "markers",
        "orientation": "h",
        "name": name,
        "x": numbers([each.value for each in found], divisor),
        "y": rows,
        "error_x": bars(found, divisor),
    }


def vol_ratios(answer: DesignAnswer) -> Spec:
    """Realised vol over that without hedging: one row per design, one mark per market."""
    names = [design.name for design in answer.question.designs]
    rows = [label(name) for name in names]
    every = [part.designs[name][VOL.name] for part in answer.sets for name in names]
    traces: list[Spec] = []
    for place, part in enumerate(answer.sets):
        colour, symbol = MARKETS[place % len(MARKETS)]
        found = [part.designs[name][VOL.name] for name in names]
        texts = [
            f"{row}, {part.shocks.name}: × {VOL.text(e)}"
            for row, e in zip(rows, found, strict=True)
        ]
        traces.append(
            row_trace(part.shocks.name, rows, found, 1.0)
            | {
                "marker": {"color": colour, "symbol": symbol, "size": 10},
                "customdata": texts,
                "hovertemplate": "%{customdata}<extra></extra>",
            }
        )
    return {
        "data": traces,
        "layout": layout(
            margin=MARGIN,
            scattermode="group",
            showlegend=True,
            xaxis=axis("realised vol over that without hedging", range=reach(every)),
            shapes=[one()],
            yaxis=category_axis(showgrid=True),
        ),
    }


def reach(found: Sequence[Estimate]) -> list[float]:
    """Range of an axis of ratios: all intervals and one, with a little room."""
    low = min(1.0, *(each.low for each in found))
    high = max(1.0, *(each.high for each in found))
    room = 0.05 * (high - low) or 0.05
    return [low - room, high + room]


def one() -> Spec:
    """A line where hedging changes nothing."""
    line = {"color": NEUTRAL, "width": 1.5, "dash": "dash"}
    return {
        "type": "line",
        "x0": 1.0,
        "x1": 1.0,
        "yref": "paper",
        "y0": 0.0,
        "y1": 1.0,
        "line": line,
    }


def mean_and_tail(part: SetAnswer) -> Spec:
    """Mean result of the providers to the right, mean of the worst 5 % upwards, one mark per design."""
    pairs = [(figures[MEAN.name], figures[TAIL.name]) for figures in part.designs.values()]
    across, x_unit = scale(MEAN, [mean for mean, _tail in pairs])
    up, y_unit = scale(TAIL, [tail for _mean, tail in pairs])
    traces: list[Spec] = []
    for place, (name, (mean, tail)) in enumerate(zip(part.designs, pairs, strict=True)):
        colour, symbol = COLOURS[place % len(COLOURS)], SYMBOLS[place % len(SYMBOLS)]
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": label(name),
                "x": numbers([mean.value], across),
                "y": numbers([tail.value], up),
                "error_x": bars([mean], across) | {"color": colour},
                "error_y": bars([tail], up) | {"color": colour},
                "marker": {"color": colour, "symbol": symbol, "size": 12},
                "customdata": [f"mean {MEAN.text(mean)}<br>worst 5 % {TAIL.text(tail)}"],
                "hovertemplate": f"{label(name)}<br>%{{customdata}}<extra></extra>",
            }
        )
    return {
        "data": traces,
        "layout": layout(
            margin=MARGIN | {"b": 124},
            showlegend=True,
            xaxis=axis("mean", x_unit, showgrid=False),
            yaxis=axis("mean of the worst 5 %", y_unit),
        ),
    }


def difference(answer: DesignAnswer, measure: Measure) -> Spec:
    """The judged design less the first, one row per market, coloured by what it means."""
    rows = [part.shocks.name for part in answer.sets]
    found = [part.differences[answer.judged][measure.name] for part in answer.sets]
    divisor, unit = scale(measure, found)
    looks = [LOOKS[judgement(measure.name, each)] for each in found]
    colours, symbols = [colour for colour, _symbol in looks], [symbol for _colour, symbol in looks]
    trace = row_trace(measure.title, rows, found, divisor) | {
        "marker": {"color": colours, "symbol": symbols, "size": 11, "line": {"width": 2}},
        "customdata": [measure.change(each) for each in found],
        "hovertemplate": "%{y}: %{customdata}<extra></extra>",
    }
    trace["error_x"] = bars(found, divisor) | {"color": NEUTRAL}
    return {
        "data": [trace],
        "layout": layout(
            margin=PLAIN_MARGIN,
            showlegend=False,
            xaxis=axis("difference", unit, zeroline=True, rangemode="tozero"),
            yaxis=category_axis(),
        ),
    }


def parts_of(answer: DesignAnswer) -> list[str]:
    """The gamma-aware design and its parts, where they are compared with something else."""
    names = [design.name for design in answer.question.designs]
    found = [name for name in PARTS if name in names and name != answer.first]
    return found if len(found) > 1 and "gamma-aware" in found else []


def ablation(answer: DesignAnswer, measure: Measure) -> Spec:
    """What each part of the gamma-aware design achieves alone, against the first design."""
    names = parts_of(answer)
    rows = [PARTS[name] for name in names]
    every = [part.differences[name][measure.name] for part in answer.sets for name in names]
    divisor, unit = scale(measure, every)
    traces: list[Spec] = []
    for place, part in enumerate(answer.sets):
        colour, symbol = MARKETS[place % len(MARKETS)]
        found = [part.differences[name][measure.name] for name in names]
        traces.append(
            row_trace(part.shocks.name, rows, found, divisor)
            | {
                "marker": {"color": colour, "symbol": symbol, "size": 10},
                "customdata": [measure.change(each) for each in found],
                "hovertemplate": f"%{{y}}, {part.shocks.name}: %{{customdata}}<extra></extra>",
            }
        )
    return {
        "data": traces,
        "layout": layout(
            margin=MARGIN,
            scattermode="group",
            showlegend=True,
            xaxis=axis(
                f"difference to {label(answer.first)}", unit, zeroline=True, rangemode="tozero"
            ),
            yaxis=category_axis(showgrid=True),
        ),
    }


def swept_measure(
    answer: DesignAnswer, measure: Measure, names: Sequence[str], values: Sequence[float]
) -> Spec:
    """A figure of the variants of one design against the parameter, one line per market.

    Args:
        answer: In which they are.
        measure: Which figure.
        names: Of the variants.
        values: Of the parameter, in the same order.
    """
    if not names:
        return empty("Nothing was swept")
    every = [part.designs[name][measure.name] for part in answer.sets for name in names]
    divisor, unit = scale(measure, every)
    key = names[0].partition(":")[2].partition("=")[0].replace("_", " ")
    traces: list[Spec] = []
    for place, part in enumerate(answer.sets):
        found = [part.designs[name][measure.name] for name in names]
        look = swept_look(place) | {"name": part.shocks.name, "x": numbers(values)}
        drawn = {
            "y": numbers([each.value for each in found], divisor),
            "error_y": bars(found, divisor),
            "customdata": [measure.text(each) for each in found],
            "hovertemplate": f"{key} %{{x}}, {part.shocks.name}: %{{customdata}}<extra></extra>",
        }
        traces.append(look | drawn)
    return {
        "data": traces,
        "layout": layout(
            margin=MARGIN,
            showlegend=True,
            xaxis=axis(key, showgrid=False),
            yaxis=axis(measure.title, unit),
        ),
    }


def swept_look(place: int) -> Spec:
    """Line and marks of a market, by its place."""
    colour, symbol = MARKETS[place % len(MARKETS)]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "line": {"color": colour, "width": 2},
        "marker": {"color": colour, "symbol": symbol, "size": 9},
    }
