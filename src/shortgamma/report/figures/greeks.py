"""Vanna and charm against spot: how deltas drift when vol moves and when time passes."""

import numpy as np
from numpy.typing import NDArray

from shortgamma.report.amounts import scale_of
from shortgamma.report.figures.frame import (
    Spec,
    at_least,
    layout,
    numbers,
    price_axis,
    spot_label,
    spot_line,
)
from shortgamma.report.figures.palette import CHARM, VANNA, faded
from shortgamma.report.figures.profile import REACH
from shortgamma.studies.exposure import Exposure

UPPER, LOWER = (0.56, 1.0), (0.0, 0.44)


def vanna_and_charm(answer: Exposure) -> Spec:
    """Two panels over one price axis: vanna above, charm below."""
    profile, spot = answer.profile, answer.chain.spot
    span = (
        max((1.0 - REACH) * spot, float(profile.spot[0])),
        min((1.0 + REACH) * spot, float(profile.spot[-1])),
    )
    inside = (profile.spot >= span[0]) & (profile.spot <= span[1])
    vanna, upper = panel(profile.spot, profile.vanna_usd_per_point, inside, name="vanna")
    charm, lower = panel(profile.spot, profile.charm_usd_per_day, inside, name="charm")
    return {
        "data": [vanna, charm | {"yaxis": "y2"}],
        "layout": layout(
            margin={"l": 8, "r": 12, "t": 28, "b": 8},
            showlegend=False,
            hovermode="x unified",
            xaxis=price_axis(
                span, anchor="y2", title={"text": f"{answer.chain.underlying} price, USD"}
            ),
            yaxis=upper | {"domain": list(UPPER)},
            yaxis2=lower | {"domain": list(LOWER), "anchor": "x"},
            shapes=[spot_line(spot)],
            annotations=[spot_label(spot)],
        ),
    }


def panel(
    levels: NDArray[np.float64],
    values: NDArray[np.float64],
    inside: NDArray[np.bool_],
    *,
    name: str,
) -> tuple[Spec, Spec]:
    """Trace and vertical axis of one Greek, scaled by what is in view."""
    shown = values[inside] if inside.any() else values
    scale = scale_of(float(np.abs(shown).max(initial=0.0)))
    per, colour = ("vol point", VANNA) if name == "vanna" else ("day", CHARM)
    trace: Spec = {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": numbers(levels),
        "y": numbers(values, scale.divisor),
        "line": {"color": colour, "width": 2.5},
        "fill": "tozeroy",
        "fillcolor": faded(colour, 0.14),
        "hovertemplate": f"{name} %{{y:,.3~r}} {scale.unit} of delta per {per}<extra></extra>",
    }
    low, high = min(float(shown.min()), 0.0), max(float(shown.max()), 0.0)
    low, high = at_least(low, high)
    room = 0.08 * (high - low)
    axis: Spec = {
        "title": {"text": f"{name}, {scale.unit}<br>per {per}"},
        "range": [(low - room) / scale.divisor, (high + room) / scale.divisor],
        "zeroline": True,
        "nticks": 5,
    }
    return trace, axis
