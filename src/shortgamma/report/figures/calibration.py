"""How well processes fit: quantiles, tails, memory, sampling interval, hours of the week, depth."""

import numpy as np
from numpy.typing import NDArray
from scipy.stats import genpareto

from shortgamma.market.diagnostics import Quantiles, Tail
from shortgamma.market.order_book import BookSide, OrderBook
from shortgamma.report.amounts import number, percent
from shortgamma.report.calibration_words import MOVES_OF
from shortgamma.report.figures.frame import Spec, layout, numbers
from shortgamma.report.figures.palette import LONG, NEUTRAL, SHORT, faded
from shortgamma.studies.calibration import LEVEL, Calibration

Vector = NDArray[np.float64]

COLOURS = {"down": SHORT, "up": LONG}
SYMBOLS = {"down": "diamond", "up": "circle"}
DASHES = {"down": "dash", "up": "solid"}
MARGIN = {"l": 8, "r": 12, "t": 12, "b": 56, "pad": 2}
SHOWN = 160  # points of a curve
SMALLEST = 0.01  # of what is quoted: where a curve of costs begins


def quantiles(answer: Calibration, process: str) -> Spec:
    """Observed against fitted quantiles with their band; on the dashed line the law fits."""
    found = answer.quantiles[process]
    reach = 1.05 * float(np.abs(found.observed).max()) * 100.0
    axis: Spec = {"range": [-reach, reach], "nticks": 7, "zeroline": False}
    return {
        "data": [*band(found), *points(found)],
        "layout": layout(
            margin=MARGIN,
            xaxis=axis | {"title": {"text": "quantile of the fitted law, %"}},
            yaxis=axis | {"title": {"text": "observed move, %"}},
            shapes=[diagonal(reach)],
        ),
    }


def band(found: Quantiles) -> list[Spec]:
    """Where the observed quantiles would lie if the law were true."""
    x = numbers(found.fitted, 0.01)
    edge: Spec = {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "line": {"width": 0, "color": NEUTRAL},
        "hoverinfo": "skip",
    }
    name = f"{percent(LEVEL)} band of the law"
    return [
        edge | {"y": numbers(found.low, 0.01), "showlegend": False, "name": f"{name}, low"},
        edge
        | {
            "y": numbers(found.high, 0.01),
            "fill": "tonexty",
            "fillcolor": faded(NEUTRAL, 0.28),
            "name": name,
        },
    ]


def points(found: Quantiles) -> list[Spec]:
    """Quantiles inside the band and outside of it."""
    outside = (found.observed < found.low) | (found.observed > found.high)
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "name": name,
            "x": numbers(found.fitted[chosen], 0.01),
            "y": numbers(found.observed[chosen], 0.01),
            "customdata": numbers(found.probability[chosen], 0.01),
            "marker": {"color": colour, "size": 5, "symbol": symbol},
            "hovertemplate": "quantile %{customdata:.4g} %: law %{x:.3g} %, observed %{y:.3g} %"
            "<extra></extra>",
        }
        for name, chosen, colour, symbol in (
            ("inside", ~outside, LONG, "circle"),
            ("outside", outside, SHORT, "diamond"),
        )
    ]


def diagonal(reach: float) -> Spec:
    """The line of equal quantiles."""
    return {
        "type": "line",
        "x0": -reach,
        "y0": -reach,
        "x1": reach,
        "y1": reach,
        "line": {"color": NEUTRAL, "width": 1.5, "dash": "dash"},
    }


def tails(answer: Calibration) -> Spec:
    """Share of the moves at least so large, by side, and the generalised Pareto law beyond the threshold."""
    moves = answer.history.log_returns
    data = [
        trace
        for found in answer.tails.values()
        for trace in (survival(moves, found), pareto(moves.size, found))
    ]
    return {
        "data": data,
        "layout": layout(
            margin=MARGIN,
            xaxis=log_axis("size of the move, %"),
            yaxis={
                "type": "log",
                "title": {"text": "share of moves at least so large"},
                "tickformat": "~%",
                "dtick": 1,
            },
        ),
    }


def log_axis(title: str) -> Spec:
    """A logarithmic axis with ticks at 1, 2 and 5 times powers of ten."""
    ticks = [float(f"{step}e{power}") for power in range(-6, 7) for step in (1, 2, 5)]
    return {
        "type": "log",
        "title": {"text": title},
        "tickmode": "array",
        "tickvals": ticks,
        "ticktext": [f"{tick:,.9g}" for tick in ticks],
        "tickangle": 0,
        "zeroline": False,
    }


def survival(moves: Vector, found: Tail) -> Spec:
    """Empirical share at or beyond each size, thinned to what a screen can show."""
    sizes = np.sort(moves if found.side == "up" else -moves)[::-1]
    sizes = sizes[sizes > 0.5 * found.threshold]
    rank = np.unique(np.rint(np.geomspace(1, sizes.size, SHOWN)).astype(np.int64))
    return {
        "type": "scatter",
        "mode": "markers",
        "name": MOVES_OF[found.side],
        "x": numbers(sizes[rank - 1], 0.01),
        "y": numbers(rank / moves.size),
        "marker": {"size": 6, "color": COLOURS[found.side], "symbol": SYMBOLS[found.side]},
        "hovertemplate": "%{x:.3g} % or more: %{y:.3~%} of the moves<extra></extra>",
    }


def pareto(size: int, found: Tail) -> Spec:
    """The generalised Pareto law beyond the threshold, as far as one move in so many would go."""
    chance = np.geomspace(found.exceedances / size, 0.5 / size, SHOWN)
    beyond = genpareto.isf(chance * size / found.exceedances, found.shape, 0.0, found.scale)
    return {
        "type": "scatter",
        "mode": "lines",
        "name": f"Pareto, ξ {number(found.shape, 2)}",
        "x": numbers(found.threshold + beyond, 0.01),
        "y": numbers(chance),
        "line": {"color": COLOURS[found.side], "width": 2, "dash": DASHES[found.side]},
        "hoverinfo": "skip",
    }


def book_impact(answer: Calibration, number: int) -> Spec:
    """Average cost of a market order by its size, buying and selling, on scales of logs."""
    book = answer.books[number]
    unit = book.underlying or "coins"
    return {
        "data": [cost(book, "ask"), cost(book, "bid")],
        "layout": layout(
            margin=MARGIN,
            xaxis=log_axis(f"size, {unit}"),
            yaxis=log_axis("average cost, bp"),
        ),
    }


def cost(book: OrderBook, side: BookSide) -> Spec:
    """Cost of buying from the asks or selling to the bids."""
    total = float(book.levels(side)[1].sum())
    coins = np.geomspace(SMALLEST * total, total, SHOWN)
    buys = side == "ask"
    return {
        "type": "scatter",
        "mode": "lines",
        "name": "buy" if buys else "sell",
        "x": numbers(coins),
        "y": numbers(book.impact(coins if buys else -coins)),
        "line": {
            "color": LONG if buys else SHORT,
            "width": 2.5,
            "dash": "solid" if buys else "dash",
        },
        "hovertemplate": "%{x:.3g}: %{y:.3g} bp<extra></extra>",
    }
