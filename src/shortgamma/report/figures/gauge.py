"""The feedback number on a scale from runaway to dampening."""

from shortgamma.exposure.feedback import CriticalShock, Feedback, ShockStatus
from shortgamma.report.amounts import move_percent, number, ratio, times
from shortgamma.report.figures.frame import Spec, layout
from shortgamma.report.figures.palette import LONG, NEUTRAL, OUTLINE, SHORT, by_sign, faded
from shortgamma.studies.exposure import Exposure

LEAST = 1.3  # the scale reaches at least so far to either side
CROWDED = 3.5  # a longer scale gets fewer ticks
MOST = 3.0  # and at most so far: beyond, an arrow at its end
BAR, WHISKER = (-0.5, 0.5), 0.0
FACTORS = {-0.75: "× 4", -0.5: "× 2", 0.0: "× 1", 1.0: "× ½", 2.0: "× ⅓"}
ZONES = (
    (-1.0, -0.5, SHORT, 0.38),
    (-0.5, 0.0, SHORT, 0.2),
    (0.0, 0.5, LONG, 0.14),
    (0.5, None, LONG, 0.26),
)


def feedback_gauge(answer: Exposure) -> Spec:
    """θ on a bar from runaway to dampening, with its band, the factor on vol and the critical shocks."""
    theta, depth = answer.feedback.theta, answer.feedback.depth_usd_per_pct
    net = answer.confidence.gamma_usd_per_pct
    band = (
        theta if net.low is None else net.low / depth,
        theta if net.high is None else net.high / depth,
    )
    low = max(min(-LEAST, 1.15 * theta, 1.05 * band[0]), -MOST)
    high = min(max(LEAST, 1.15 * theta, 1.05 * band[1]), MOST)
    return {
        "data": [*band_trace(band, low, high), needle(theta, low, high), upper_scale()],
        "layout": layout(
            margin={"l": 20, "r": 20, "t": 64, "b": 8},
            showlegend=False,
            xaxis=theta_axis(low, high),
            xaxis2=factor_axis(low, high),
            yaxis={"range": [-0.62, 0.62], "visible": False, "fixedrange": True},
            shapes=[*zone_shapes(low, high), line(-1.0, SHORT, 3.0), line(0.0, NEUTRAL, 1.5)],
            annotations=[reading(answer.feedback, low, high), *zone_labels(low, high)],
        ),
    }


def theta_axis(low: float, high: float) -> Spec:
    """θ under the bar."""
    step = 0.5 if high - low < CROWDED else 1.0
    ticks = [v * step for v in range(-6, 7) if low <= v * step <= high]
    return {
        "range": [low, high],
        "title": {"text": "θ = net gamma over depth"},
        "tickmode": "array",
        "tickvals": ticks,
        "ticktext": [number(v) if v <= 0.0 else f"+{number(v)}" for v in ticks],
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
    }


def factor_axis(low: float, high: float) -> Spec:
    """The factor on volatility above the bar."""
    crowded = {-0.75} if high - low >= CROWDED else set[float]()
    ticks = [v for v in FACTORS if low <= v <= high and v not in crowded]
    return {
        "range": [low, high],
        "overlaying": "x",
        "side": "top",
        "anchor": "y",
        "tickmode": "array",
        "tickvals": ticks,
        "ticktext": [FACTORS[v] for v in ticks],
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
        "ticks": "",
        "tickangle": 0,
    }


def zone_shapes(low: float, high: float) -> list[Spec]:
    """Coloured stretches of the bar."""
    zones = [(low, -1.0, SHORT, 0.7), *ZONES]
    return [
        {
            "type": "rect",
            "x0": start,
            "x1": high if end is None else end,
            "y0": BAR[0],
            "y1": BAR[1],
            "layer": "below",
            "line": {"width": 0},
            "fillcolor": faded(colour, opacity),
        }
        for start, end, colour, opacity in zones
    ]


def line(place: float, colour: str, width: float) -> Spec:
    """A vertical mark across the bar."""
    return {
        "type": "line",
        "x0": place,
        "x1": place,
        "y0": BAR[0],
        "y1": BAR[1],
        "line": {"color": colour, "width": width},
    }


def zone_labels(low: float, high: float) -> list[Spec]:
    """What each stretch means, along the lower edge of the bar."""
    places = ((0.5 * (low - 1.0), "runs<br>away"), (-0.5, "amplifies"), (0.5 * high, "dampens"))
    return [
        {
            "x": place,
            "y": BAR[0],
            "yanchor": "bottom",
            "text": text,
            "showarrow": False,
            "bgcolor": "rgba(0,0,0,0)",
            "font": {"size": 11},
        }
        for place, text in places
    ]


def band_trace(band: tuple[float, float], low: float, high: float) -> list[Spec]:
    """5–95 % of θ, if signs are unsure."""
    if band[0] == band[1]:
        return []
    ends = [min(max(end, low), high) for end in band]
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "x": ends,
            "y": [WHISKER, WHISKER],
            "line": {"color": NEUTRAL, "width": 7},
            "hovertemplate": f"5–95 %: θ {number(band[0])} to {number(band[1])}<extra></extra>",
        }
    ]


def needle(theta: float, low: float, high: float) -> Spec:
    """A diamond at θ, or an arrow at the end of the scale that it exceeds."""
    inside = min(max(theta, low), high)
    symbol = (
        "diamond-tall" if inside == theta else "triangle-left" if theta < low else "triangle-right"
    )
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [inside],
        "y": [WHISKER],
        "cliponaxis": False,
        "marker": {
            "symbol": symbol,
            "size": 30,
            "color": by_sign(theta),
            "line": {"color": OUTLINE, "width": 2},
        },
        "hovertemplate": f"θ = {ratio(theta)}<extra></extra>",
    }


def upper_scale() -> Spec:
    """Nothing to see: Plotly draws an axis only where a trace uses it."""
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [0.0],
        "y": [WHISKER],
        "xaxis": "x2",
        "opacity": 0.0,
        "hoverinfo": "skip",
    }


def reading(answer: Feedback, low: float, high: float) -> Spec:
    """θ and the factor on vol in words, above the needle but inside the figure."""
    inside = min(max(answer.theta, low), high)
    share = (inside - low) / (high - low)
    factor = "runs away" if answer.amplification is None else f"vol {times(answer.amplification)}"
    anchor = "left" if share < 0.3 else "right" if share > 0.7 else "center"
    return {
        "x": inside,
        "y": 1.0,
        "yref": "paper",
        "yanchor": "bottom",
        "yshift": 24,
        "xanchor": anchor,
        "text": f"<b>θ = {ratio(answer.theta)}</b> · <b>{factor}</b>",
        "font": {"size": 15},
        "showarrow": False,
        "bgcolor": "rgba(0,0,0,0)",
    }


def shock_text(shock: CriticalShock) -> str:
    """A critical shock in words."""
    if shock.status is ShockStatus.RUNAWAY:
        return "any"
    if shock.shock is None:
        return "none"
    landing = "beyond the range" if shock.landing is None else move_percent(shock.landing)
    return f"{move_percent(shock.shock)} → {landing}"
