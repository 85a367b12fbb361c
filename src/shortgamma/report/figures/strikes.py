"""Gamma by strike, and by strike and expiry."""

import numpy as np
from numpy.typing import NDArray

from shortgamma.exposure.totals import Wall
from shortgamma.report.amounts import Scale, expiry_labels, price, scale_of, signed_usd
from shortgamma.report.figures.frame import (
    Spec,
    anchor_inside,
    empty,
    layout,
    narrow_view,
    numbers,
    price_axis,
    spot_label,
    spot_line,
)
from shortgamma.report.figures.palette import CALL, NEUTRAL, OUTLINE, PUT
from shortgamma.studies.exposure import Exposure

Vector = NDArray[np.float64]

REACH = 0.40  # of spot, to either side
WIDEST_BAR = 0.012  # of spot
BAR_SHARE = 0.8  # of the gap to the next strike
ROOM = 0.36  # of the values' span, above and below: for the labels of the walls
BUCKETS = 40  # about so many columns in the heatmap
STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
ROBUST = 0.98  # quantile of |gamma| at which the heatmap's colour saturates


def gamma_by_strike(answer: Exposure) -> Spec:
    """Calls and puts stacked with their signs, the net of each strike, and the two walls."""
    table, spot = answer.by_strike, answer.chain.spot
    span = ((1.0 - REACH) * spot, (1.0 + REACH) * spot)
    near = (table.key >= span[0]) & (table.key <= span[1])
    if not near.any():
        return empty("no strike within 40 % of spot")
    strikes = table.key[near].astype(np.float64)
    calls, puts = table.call_gamma_usd_per_pct[near], table.put_gamma_usd_per_pct[near]
    top, bottom = np.maximum(calls, 0) + np.maximum(puts, 0), np.minimum(calls, 0) + np.minimum(puts, 0)
    scale = scale_of(float(max(top.max(), -bottom.min())))
    room = ROOM * float(top.max() - bottom.min()) or 1.0
    width = numbers(bar_widths(strikes, spot))
    bars = [
        bar(strikes, part / scale.divisor, width, name=name, scale=scale)
        for name, part in (("calls", calls), ("puts", puts))
    ]
    net = net_markers(strikes, table.gamma_usd_per_pct[near] / scale.divisor, scale)
    return {
        "data": [*bars, net],
        "layout": layout(
            margin={"l": 8, "r": 12, "t": 28, "b": 8},
            barmode="relative",
            meta=narrow_view(spot),
            xaxis=price_axis(span, title={"text": "strike, USD"}),
            yaxis={
                "title": {"text": f"gamma, {scale.unit} per 1 %"},
                "range": numbers([bottom.min() - room, top.max() + room], scale.divisor),
                "zeroline": True,
                "nticks": 7,
            },
            shapes=[spot_line(spot)],
            annotations=[spot_label(spot), *wall_labels(answer, strikes, top, bottom, scale)],
        ),
    }


def bar_widths(strikes: Vector, spot: float) -> Vector:
    """A share of the gap to the nearer neighbour, never wide enough to suggest a range."""
    if strikes.size < 2:
        return np.full(strikes.size, WIDEST_BAR * spot)
    gaps = np.diff(strikes)
    nearer = np.minimum(np.append(gaps, np.inf), np.insert(gaps, 0, np.inf))
    return np.minimum(BAR_SHARE * nearer, WIDEST_BAR * spot)


def bar(
    strikes: Vector, values: Vector, width: list[float | None], *, name: str, scale: Scale
) -> Spec:
    """Bars of the calls or of the puts."""
    return {
        "type": "bar",
        "name": name,
        "x": numbers(strikes),
        "y": numbers(values),
        "width": width,
        "marker": {"color": CALL if name == "calls" else PUT, "line": {"width": 0}},
        "hovertemplate": f"{name} %{{x:,}}: %{{y:,.3~s}} {scale.unit}<extra></extra>",
    }


def net_markers(strikes: Vector, net: Vector, scale: Scale) -> Spec:
    """A diamond at the net of each strike."""
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "net",
        "x": numbers(strikes),
        "y": numbers(net),
        "marker": {
            "symbol": "diamond",
            "size": 7,
            "color": NEUTRAL,
            "line": {"color": OUTLINE, "width": 1},
        },
        "hovertemplate": f"net %{{x:,}}: %{{y:,.3~s}} {scale.unit}<extra></extra>",
    }


def wall_labels(
    answer: Exposure, strikes: Vector, top: Vector, bottom: Vector, scale: Scale
) -> list[Spec]:
    """Arrows to the strikes where the book is longest and shortest, where in view."""
    span = ((1.0 - REACH) * answer.chain.spot, (1.0 + REACH) * answer.chain.spot)
    walls = (("long wall", answer.walls.long, top, -1), ("short wall", answer.walls.short, bottom, 1))
    labels: list[Spec] = []
    for name, wall, ends, side in walls:
        place = np.flatnonzero(strikes == wall.strike) if isinstance(wall, Wall) else np.array([], int)
        if not isinstance(wall, Wall) or place.size == 0:
            continue
        anchor = anchor_inside(wall.strike, span)
        labels.append(
            {
                "x": wall.strike,
                "y": float(ends[place[0]]) / scale.divisor,
                "text": f"{name} <b>{price(wall.strike)}</b><br>net {signed_usd(wall.gamma_usd_per_pct)}",
                "xanchor": anchor,
                "align": anchor,
                "ax": 0,
                "ay": 18 * side,
                "yanchor": "bottom" if side < 0 else "top",
                "arrowhead": 0,
                "arrowwidth": 1.2,
                "standoff": 3,
            }
        )
    return labels


def strike_expiry_heatmap(answer: Exposure) -> Spec:
    """Net gamma in cells of rounded strike and expiry, blue long, orange short, limits robust."""
    table, spot = answer.heatmap, answer.chain.spot
    step = bucket_step(2.0 * REACH * spot / BUCKETS)
    near = np.abs(table.strike - spot) <= REACH * spot
    if not near.any():
        return empty("no strike within 40 % of spot")
    centres, cells = buckets(table.strike[near], table.gamma_usd_per_pct[:, near], step)
    scale = scale_of(float(np.nanmax(np.abs(cells))))
    limit = float(np.nanquantile(np.abs(cells), ROBUST)) / scale.divisor or 1.0
    labels = expiry_labels(table.expiry, answer.chain.asof)
    trace: Spec = {
        "type": "heatmap",
        "x": numbers(centres),
        "y": labels,
        "z": [numbers(row, scale.divisor) for row in cells],
        "coloraxis": "coloraxis",
        "xgap": 1,
        "ygap": 2,
        "hoverongaps": False,
        "hovertemplate": f"strikes around %{{x:,}}, %{{y}}<br>%{{z:,.3~s}} {scale.unit} per 1 %<extra></extra>",
    }
    return {
        "data": [trace],
        "layout": layout(
            margin={"l": 8, "r": 12, "t": 28, "b": 8},
            meta=narrow_view(spot),
            xaxis=price_axis(
                (float(centres[0]) - step / 2, float(centres[-1]) + step / 2),
                title={"text": f"strike, USD, in steps of {price(step)}"},
            ),
            yaxis={
                "type": "category",
                "autorange": "reversed",
                "showgrid": False,
                "dtick": 1,
                "ticks": "outside",
                "ticklen": 6,
                "tickcolor": "rgba(0,0,0,0)",
            },
            coloraxis=colour_axis(limit, scale),
            shapes=[spot_line(spot)],
            annotations=[spot_label(spot)],
        ),
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
        "ticksuffix": f" {scale.unit}",
        "nticks": 5,
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
    centres = np.arange(place.min(), place.max() + 1) * step
    cells = np.zeros((len(gamma), centres.size))
    listed = np.zeros_like(cells)
    for row, values in enumerate(gamma):
        cells[row] = np.bincount(column, np.nan_to_num(values), centres.size)
        listed[row] = np.bincount(column, np.isfinite(values), centres.size)
    return centres, np.where(listed > 0.0, cells, np.nan)
