"""Gamma by strike, and by strike and expiry."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shortgamma.exposure.totals import Wall
from shortgamma.report.amounts import Scale, expiry_labels, price, scale_of, signed_usd
from shortgamma.report.figures.frame import (
    SMALLEST,
    Spec,
    anchor_inside,
    at_least,
    category_axis,
    empty,
    layout,
    narrow_range,
    numbers,
    price_axis,
    spot_label,
    spot_line,
)
from shortgamma.report.figures.palette import CALL, NEUTRAL, OUTLINE, PUT
from shortgamma.report.sides import pronounced
from shortgamma.studies.exposure import Exposure

Vector = NDArray[np.float64]

REACH = 0.40  # of spot, to either side
WIDEST_BAR = 0.012  # of spot
BAR_SHARE = 0.8  # of the gap to the next strike
ROOM = 0.36  # of the values' span, above and below: for the labels of the walls
BESIDE = 0.09  # of the axis, to either side: what the label of a wall must clear
ARROW = 0.06  # of the values' span, beyond that
MOST_BARS = 90  # one per strike; beyond, one per round step
BUCKETS = 40  # about so many columns in the heatmap
STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
ROBUST = 0.98  # quantile of |gamma| at which the heatmap's colour saturates


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bars:
    """Gamma at the strikes in view, USD per 1 %; every array has shape (m,).

    Args:
        strikes: USD, or centres of steps where there are too many strikes for one bar each.
        step: Width of those steps, USD; None where every strike has its bar.
        calls, puts: Signed.
    """

    strikes: Vector
    step: float | None
    calls: Vector
    puts: Vector

    @property
    def tops(self) -> Vector:
        """Where each stack ends above zero."""
        return np.maximum(self.calls, 0.0) + np.maximum(self.puts, 0.0)

    @property
    def bottoms(self) -> Vector:
        """Where each stack ends below zero."""
        return np.minimum(self.calls, 0.0) + np.minimum(self.puts, 0.0)


def gamma_by_strike(answer: Exposure) -> Spec:
    """Calls and puts stacked with their signs, the net of each strike, and the two walls."""
    spot = answer.chain.spot
    bars = bars_in_view(answer)
    if bars is None:
        return empty("no strike within 40 % of spot")
    low, high = at_least(float(bars.bottoms.min()), float(bars.tops.max()))
    scale = scale_of(max(high, -low))
    room = ROOM * (high - low)
    steps = "" if bars.step is None else f", in steps of {price(bars.step)}"
    return {
        "data": [
            bar(bars, bars.calls, name="calls", spot=spot, scale=scale),
            bar(bars, bars.puts, name="puts", spot=spot, scale=scale),
            net_markers(bars, scale),
        ],
        "layout": layout(
            margin={"l": 8, "r": 12, "t": 28, "b": 8},
            barmode="relative",
            meta={"narrow_range": list(narrow_range(view(spot)))},
            xaxis=price_axis(view(spot), title={"text": f"strike, USD{steps}"}),
            yaxis={
                "title": {"text": f"gamma, {scale.unit} per 1 %"},
                "range": numbers([low - room, high + room], scale.divisor),
                "zeroline": True,
                "nticks": 7,
            },
            shapes=[spot_line(spot)],
            annotations=[spot_label(spot), *wall_labels(answer, bars, scale)],
        ),
    }


def view(spot: float) -> tuple[float, float]:
    """Strikes in view."""
    return (1.0 - REACH) * spot, (1.0 + REACH) * spot


def bars_in_view(answer: Exposure) -> Bars | None:
    """One bar per strike near spot, or one per round step where there are too many."""
    table, spot = answer.by_strike, answer.chain.spot
    strikes = table.key.astype(np.float64)
    near = (strikes >= view(spot)[0]) & (strikes <= view(spot)[1])
    if not near.any():
        return None
    strikes, calls, puts = (
        strikes[near],
        table.call_gamma_usd_per_pct[near],
        table.put_gamma_usd_per_pct[near],
    )
    if strikes.size <= MOST_BARS:
        return Bars(strikes=strikes, step=None, calls=calls, puts=puts)
    step = bucket_step(2.0 * REACH * spot / MOST_BARS)
    centres, cells = buckets(strikes, np.stack((calls, puts)), step)
    listed = np.isfinite(cells[0])
    return Bars(strikes=centres[listed], step=step, calls=cells[0, listed], puts=cells[1, listed])


def bar_widths(strikes: Vector, spot: float) -> Vector:
    """A share of the gap to the nearer neighbour, never wide enough to suggest a range."""
    if strikes.size < 2:
        return np.full(strikes.size, WIDEST_BAR * spot)
    gaps = np.diff(strikes)
    nearer = np.minimum(np.append(gaps, np.inf), np.insert(gaps, 0, np.inf))
    return np.minimum(BAR_SHARE * nearer, WIDEST_BAR * spot)


def bar(bars: Bars, values: Vector, *, name: str, spot: float, scale: Scale) -> Spec:
    """Bars of the calls or of the puts."""
    return {
        "type": "bar",
        "name": name,
        "x": numbers(bars.strikes),
        "y": numbers(values, scale.divisor),
        "width": numbers(bar_widths(bars.strikes, spot)),
        "marker": {"color": CALL if name == "calls" else PUT, "line": {"width": 0}},
        "hovertemplate": f"{name} %{{x:,}}: %{{y:,.3~r}} {scale.unit}<extra></extra>",
    }


def net_markers(bars: Bars, scale: Scale) -> Spec:
    """A diamond at the net of each bar."""
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "net",
        "x": numbers(bars.strikes),
        "y": numbers(bars.calls + bars.puts, scale.divisor),
        "marker": {
            "symbol": "diamond",
            "size": 7,
            "color": NEUTRAL,
            "line": {"color": OUTLINE, "width": 1},
        },
        "hovertemplate": f"net %{{x:,}}: %{{y:,.3~r}} {scale.unit}<extra></extra>",
    }


def wall_labels(answer: Exposure, bars: Bars, scale: Scale) -> list[Spec]:
    """Arrows to the strikes where the book is longest and shortest, where in view."""
    span = view(answer.chain.spot)
    walls = (
        ("long wall", pronounced(answer.walls.long), bars.tops, 1),
        ("short wall", pronounced(answer.walls.short), bars.bottoms, -1),
    )
    height = float(bars.tops.max() - bars.bottoms.min())
    labels: list[Spec] = []
    for name, wall, ends, side in walls:
        if wall is None or not span[0] <= wall.strike <= span[1]:
            continue
        gap = np.abs(bars.strikes - wall.strike)
        beside = ends[gap <= BESIDE * (span[1] - span[0])]
        around = float(beside.max() if side > 0 else beside.min())
        labels.append(
            wall_label(wall, name, span)
            | {
                "y": float(ends[np.argmin(gap)]) / scale.divisor,
                "ay": (around + side * ARROW * height) / scale.divisor,
                "yanchor": "bottom" if side > 0 else "top",
            }
        )
    return labels


def wall_label(wall: Wall, name: str, span: tuple[float, float]) -> Spec:
    """The words of a wall and the style of its arrow."""
    narrow = narrow_range(span)
    inside = narrow if narrow[0] <= wall.strike <= narrow[1] else span
    anchor = anchor_inside(wall.strike, inside)
    return {
        "x": wall.strike,
        "text": f"{name} <b>{price(wall.strike)}</b><br>net {signed_usd(wall.gamma_usd_per_pct)}",
        "xanchor": anchor,
        "align": anchor,
        "ax": 0,
        "ayref": "y",
        "arrowhead": 0,
        "arrowwidth": 1.2,
        "standoff": 3,
    }


def strike_expiry_heatmap(answer: Exposure) -> Spec:
    """Net gamma in cells of rounded strike and expiry, blue long, orange short, limits robust."""
    table, spot = answer.heatmap, answer.chain.spot
    step = bucket_step(2.0 * REACH * spot / BUCKETS)
    near = np.abs(table.strike - spot) <= REACH * spot
    if not near.any():
        return empty("no strike within 40 % of spot")
    centres, cells = buckets(table.strike[near], table.gamma_usd_per_pct[:, near], step)
    scale = scale_of(float(np.nanmax(np.abs(cells))))
    limit = max(float(np.nanquantile(np.abs(cells), ROBUST)), SMALLEST) / scale.divisor
    ends = (float(centres[0]) - 0.5 * step, float(centres[-1]) + 0.5 * step)
    return {
        "data": [cell_trace(centres, expiry_labels(table.expiry, answer.chain.asof), cells, scale)],
        "layout": layout(
            margin={"l": 8, "r": 12, "t": 28, "b": 8},
            meta={"narrow_range": list(narrow_range(view(spot)))},
            xaxis=price_axis(ends, title={"text": f"strike, USD, in steps of {price(step)}"}),
            yaxis=category_axis(dtick=1),
            coloraxis=colour_axis(limit, scale),
            shapes=[spot_line(spot)],
            annotations=[spot_label(spot)],
        ),
    }


def cell_trace(centres: Vector, labels: list[str], cells: Vector, scale: Scale) -> Spec:
    """The cells of the heatmap; the axis of colours stands in the layout."""
    place = "strikes around %{x:,}, %{y}"
    return {
        "type": "heatmap",
        "x": numbers(centres),
        "y": labels,
        "z": [numbers(row, scale.divisor) for row in cells],
        "coloraxis": "coloraxis",
        "xgap": 1,
        "ygap": 2,
        "hoverongaps": False,
        "hovertemplate": f"{place}<br>%{{z:,.3~r}} {scale.unit} per 1 %<extra></extra>",
    }


def colour_axis(limit: float, scale: Scale) -> Spec:
    """A symmetric scale with its bar under the plot."""
    bar_layout = {
        "orientation": "h",
        "thickness": 10,
        "len": 0.6,
        "x": 0.5,
        "xanchor": "center",
        "yref": "container",
        "y": 0.0,
        "yanchor": "bottom",
        "tickmode": "array",
        "tickvals": [-limit, 0.0, limit],
        "ticktext": [signed_usd(v * scale.divisor) for v in (-limit, 0.0, limit)],
        "tickangle": 0,
    }
    return {"cmin": -limit, "cmax": limit, "cmid": 0.0, "colorbar": bar_layout}


def bucket_step(size: float) -> float:
    """The round number nearest above a size: 1, 2, 2.5 or 5 times a power of ten.

    >>> bucket_step(1_900.0), bucket_step(66.0)
    (2000.0, 100.0)
    """
    power = 10.0 ** np.floor(np.log10(size))
    return float(next(step * power for step in STEPS if step * power >= size * (1.0 - 1e-12)))


def buckets(strikes: Vector, gamma: Vector, step: float) -> tuple[Vector, Vector]:
    """Sums over strikes that round to the same multiple of ``step``; NaN where nothing is listed.

    Returns:
        Centres, shape (k,), without gaps between the first and the last, and cells, shape (e, k).
    """
    place = np.floor(strikes / step + 0.5).astype(np.int64)
    column = place - place.min()
    centres = step * np.arange(int(place.min()), int(place.max()) + 1, dtype=np.float64)
    cells = np.zeros((len(gamma), centres.size))
    listed = np.zeros_like(cells)
    for row, values in enumerate(gamma):
        cells[row] = np.bincount(column, np.nan_to_num(values), centres.size)
        listed[row] = np.bincount(column, np.isfinite(values), centres.size)
    return centres, np.where(listed > 0.0, cells, np.nan)
