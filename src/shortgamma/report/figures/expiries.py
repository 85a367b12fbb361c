"""The term structure: gamma by expiry, and the vol at the money."""

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.units import DAYS_PER_YEAR
from shortgamma.exposure.totals import ZERO_DAYS
from shortgamma.report.amounts import Scale, days_to, expiry_labels, scale_of
from shortgamma.report.figures.frame import (
    SMALLEST,
    Spec,
    at_least,
    category_axis,
    empty,
    layout,
    numbers,
)
from shortgamma.report.figures.palette import LONG, NEUTRAL, by_sign
from shortgamma.studies.exposure import Exposure

NET, GROSS = (0.0, 0.62), (0.7, 1.0)
TENORS = {1.0: "1d", 7.0: "1w", 30.0: "1m", 91.0: "3m", 182.0: "6m", 365.0: "1y", 730.0: "2y"}


def gamma_by_expiry(answer: Exposure) -> Spec:
    """Net gamma of each expiry, and beside it the gross gamma of all open interest."""
    table, asof = answer.by_expiry, answer.chain.asof
    labels = expiry_labels(table.key.astype(np.int64), asof)
    today = days_to(table.key.astype(np.int64), asof) <= ZERO_DAYS * DAYS_PER_YEAR
    net, gross = table.gamma_usd_per_pct, table.gross_gamma_usd_per_pct
    small, large = scale_of(float(np.abs(net).max())), scale_of(float(gross.max()))
    ticks = [
        f"<b>0DTE</b> {name}" if near else name for name, near in zip(labels, today, strict=True)
    ]
    return {
        "data": [
            bars(labels, net, name="net", scale=small, striped=today),
            bars(labels, gross, name="gross", scale=large, striped=today) | {"xaxis": "x2"},
        ],
        "layout": layout(
            bargap=0.28,
            xaxis=value_axis(f"net, {small.unit}", NET) | zero_line(net, small),
            xaxis2=value_axis(f"gross, {large.unit}", GROSS) | {"anchor": "y"},
            yaxis=category_axis(tickmode="array", tickvals=labels, ticktext=ticks),
        ),
    }


def bars(
    labels: list[str],
    values: NDArray[np.float64],
    *,
    name: str,
    scale: Scale,
    striped: NDArray[np.bool_],
) -> Spec:
    """Horizontal bars, by sign or, for the gross, neutral; what expires within a day is striped."""
    colours = [NEUTRAL if name == "gross" else by_sign(value) for value in values.tolist()]
    return {
        "type": "bar",
        "orientation": "h",
        "x": numbers(values, scale.divisor),
        "y": labels,
        "marker": {
            "color": colours,
            "opacity": 0.6 if name == "gross" else 1.0,
            "pattern": {"shape": ["/" if near else "" for near in striped], "solidity": 0.5},
        },
        "hovertemplate": f"%{{y}}: {name} %{{x:,.3~r}} {scale.unit} per 1 %<extra></extra>",
        "showlegend": False,
    }


def zero_line(net: NDArray[np.float64], scale: Scale) -> Spec:
    """The zero line, and a range of its own for a book that nets to nothing."""
    low, high = float(net.min()), float(net.max())
    if max(-low, high) >= SMALLEST:
        return {"zeroline": True}
    return {"zeroline": True, "range": numbers(at_least(low, high), scale.divisor)}


def value_axis(title: str, domain: tuple[float, float]) -> Spec:
    """A horizontal axis of amounts over a part of the width."""
    return {"title": {"text": title}, "domain": list(domain), "nticks": 5, "zeroline": False}


def atm_vol(answer: Exposure) -> Spec:
    """Vol at the forward of each fitted expiry against time, on a logarithmic time axis."""
    smiles = answer.surface.smiles
    if not smiles:
        return empty("no expiry has enough strikes for a smile")
    days = np.array([smile.years * DAYS_PER_YEAR for smile in smiles])
    vols = np.array([float(smile.vol(np.zeros(1))[0]) for smile in smiles])
    labels = expiry_labels(np.array([smile.expiry for smile in smiles]), answer.chain.asof)
    low, high = float(vols.min()), float(vols.max())
    room = 0.15 * (high - low) + 0.01
    return {
        "data": [level_trace(days, vols, labels)],
        "layout": layout(
            xaxis=tenor_axis(float(days.min()), float(days.max())),
            yaxis={
                "title": {"text": "vol at the forward, %"},
                "range": [100.0 * max(low - room, 0.0), 100.0 * (high + room)],
                "zeroline": False,
                "nticks": 6,
            },
        ),
    }


def level_trace(days: NDArray[np.float64], vols: NDArray[np.float64], labels: list[str]) -> Spec:
    """The line of vols at the forward."""
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": numbers(days),
        "y": numbers(100.0 * vols),
        "customdata": labels,
        "line": {"color": LONG, "width": 2.5},
        "marker": {"size": 8, "color": LONG, "line": {"color": "#FFFFFF", "width": 1}},
        "hovertemplate": "%{customdata}: %{y:.1f} %<extra></extra>",
        "showlegend": False,
    }


def tenor_axis(first: float, last: float) -> Spec:
    """A logarithmic axis of days with a desk's tenors as ticks."""
    return {
        "type": "log",
        "title": {"text": "time to expiry"},
        "tickmode": "array",
        "tickvals": list(TENORS),
        "ticktext": list(TENORS.values()),
        "range": [float(np.log10(first)) - 0.12, float(np.log10(last)) + 0.12],
        "showgrid": True,
    }
