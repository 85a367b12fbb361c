"""What a hedger won or lost, part by part."""

from collections.abc import Mapping

from shortgamma.report.amounts import scale_of, signed_usd
from shortgamma.report.figures.frame import Spec, category_axis, layout
from shortgamma.report.figures.palette import LONG, NEUTRAL, SHORT
from shortgamma.report.simulation_words import PART_NAMES
from shortgamma.studies.distributions import results
from shortgamma.studies.simulation import Simulation

LINE = {"width": 0}


def waterfall(answer: Simulation, number: int = 0) -> Spec:
    """Mean result of one hedger as a waterfall of its parts, from the top down."""
    found = results(answer.outcome)[number]
    parts = {
        PART_NAMES[part]: found.parts[part].value for part in PART_NAMES if part in found.parts
    }
    return parts_waterfall(parts, found.total.value)


def parts_waterfall(parts: Mapping[str, float], total: float) -> Spec:
    """Parts of a result from the top down, and their sum.

    Args:
        parts: USD by name for readers.
        total: USD.
    """
    values = list(parts.values())
    scale = scale_of(max((abs(v) for v in values), default=1.0))
    labels = [tick(name, value) for name, value in parts.items()]
    labels.append(f"<b>{tick('Result', total)}</b>")
    trace = {
        "type": "waterfall",
        "orientation": "h",
        "y": labels,
        "x": [float(f"{v / scale.divisor:.6g}") for v in (*values, total)],
        "measure": [*["relative"] * len(values), "total"],
        "increasing": {"marker": {"color": LONG, "line": LINE}},
        "decreasing": {"marker": {"color": SHORT, "line": LINE}},
        "totals": {"marker": {"color": NEUTRAL, "line": LINE}},
        "connector": {"line": {"color": NEUTRAL, "width": 1, "dash": "dot"}},
        "hovertemplate": "%{y}<extra></extra>",
    }
    return {
        "data": [trace],
        "layout": layout(
            showlegend=False,
            xaxis={"title": {"text": f"{scale.unit} per path"}, "nticks": 6, "zeroline": True},
            yaxis=category_axis(),
        ),
    }


def tick(name: str, value: float) -> str:
    """Name and amount of a part."""
    return f"{name} {signed_usd(value)}"
