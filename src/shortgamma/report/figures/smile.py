"""The smiles: what the market quotes and what the fit makes of it."""

import numpy as np
from numpy.typing import NDArray

from shortgamma.market.surface import Smile
from shortgamma.report.amounts import expiry_labels
from shortgamma.report.figures.frame import Spec, empty, layout, numbers
from shortgamma.report.figures.palette import NEAR_TO_FAR, NEUTRAL
from shortgamma.studies.exposure import Exposure

Vector = NDArray[np.float64]

SHOWN = len(NEAR_TO_FAR)
REACH = 0.45  # of the forward, to either side
POINTS = 81
HIGHEST = 0.99  # quantile of the vols in view that the axis must hold
DASHES = ("solid", "dash", "solid", "dot", "solid", "dashdot")
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "x", "cross")


def smiles(answer: Exposure) -> Spec:
    """Fitted vols as lines, out-of-the-money quotes as points, near expiries warm, far ones cold."""
    chosen = spread(answer.surface.smiles)
    if not chosen:
        return empty("no expiry has enough strikes for a smile")
    labels = expiry_labels(np.array([smile.expiry for smile in chosen]), answer.chain.asof)
    data: list[Spec] = []
    vols: list[Vector] = []
    for rank, (smile, label) in enumerate(zip(chosen, labels, strict=True)):
        move, vol = quotes(answer, smile)
        vols.append(vol)
        data += [fit_line(smile, label, rank), quote_points(move, vol, label, rank)]
    seen = np.concatenate(vols)
    low, high = float(seen.min()), float(np.quantile(seen, HIGHEST))
    return {
        "data": data,
        "layout": layout(
            xaxis={
                "title": {"text": "strike against forward, %"},
                "range": [-100.0 * REACH, 100.0 * REACH],
                "ticksuffix": " %",
                "zeroline": True,
                "nticks": 9,
            },
            yaxis={
                "title": {"text": "implied vol, %"},
                "range": [100.0 * max(0.9 * low, 0.0), 100.0 * (high + 0.1 * (high - low) + 0.01)],
                "zeroline": False,
                "nticks": 7,
            },
        ),
    }


def spread(every: tuple[Smile, ...]) -> list[Smile]:
    """Up to six smiles, the first and the last among them, evenly spaced in the list."""
    if len(every) <= SHOWN:
        return list(every)
    return [every[i] for i in np.rint(np.linspace(0, len(every) - 1, SHOWN)).astype(int)]


def quotes(answer: Exposure, smile: Smile) -> tuple[Vector, Vector]:
    """Out-of-the-money quotes in view: strike against forward and vol, decimal."""
    options = answer.chain.options
    moneyness = options.strike / options.forward
    outside = options.is_call == (moneyness >= 1.0)
    rows = (options.expiry == smile.expiry) & outside & (np.abs(moneyness - 1.0) <= REACH)
    order = np.argsort(options.strike[rows])
    move, vol = (moneyness[rows] - 1.0)[order], options.vol[rows][order]
    return (move, vol) if vol.size else (np.zeros(1), smile.vol(np.zeros(1)))


def fit_line(smile: Smile, label: str, rank: int) -> Spec:
    """The fitted smile on its quoted range."""
    low = max(smile.quoted[0], float(np.log(1.0 - REACH)))
    high = min(smile.quoted[1], float(np.log(1.0 + REACH)))
    k = np.linspace(low, high, POINTS)
    return {
        "type": "scatter",
        "mode": "lines",
        "name": label,
        "legendgroup": label,
        "x": numbers(100.0 * np.expm1(k)),
        "y": numbers(100.0 * smile.vol(k)),
        "line": {"color": NEAR_TO_FAR[rank], "width": 2, "dash": DASHES[rank]},
        "hoverinfo": "skip",
    }


def quote_points(move: Vector, vol: Vector, label: str, rank: int) -> Spec:
    """The quotes of one expiry."""
    return {
        "type": "scatter",
        "mode": "markers",
        "name": label,
        "legendgroup": label,
        "showlegend": False,
        "x": numbers(100.0 * move),
        "y": numbers(100.0 * vol),
        "marker": {
            "color": NEAR_TO_FAR[rank],
            "symbol": SYMBOLS[rank],
            "size": 5,
            "opacity": 0.75,
            "line": {"width": 0, "color": NEUTRAL},
        },
        "hovertemplate": f"{label}<br>%{{x:+.1f}} %: %{{y:.1f}} %<extra></extra>",
    }
