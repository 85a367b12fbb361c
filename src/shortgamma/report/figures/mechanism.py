"""A number of a mechanism's state over its events."""

from collections.abc import Callable
from typing import Any

from shortgamma.protocols.mechanism import Refusal
from shortgamma.report.figures.frame import Spec, layout, numbers
from shortgamma.report.figures.palette import NEUTRAL, SHORT, faded
from shortgamma.studies.mechanism import MechanismRun, Movement

BEGIN = "begin"


def movement_figure(place: int) -> Callable[[MechanismRun], Spec]:
    """What draws one movement of a run.

    Args:
        place: Its index in the run's movements.
    """

    def drawn(answer: MechanismRun) -> Spec:
        return steps(answer.movements[place], moments(answer), refusals(answer))

    return drawn


def moments(answer: MechanismRun) -> list[str]:
    """The start and every event, as the axis names them."""
    words = (f"{count} {word}" for count, word in enumerate(answer.words, start=1))
    return [BEGIN, *words]


def refusals(answer: MechanismRun) -> list[int]:
    """Numbers of the events that were refused."""
    outcomes = enumerate(answer.play.outcomes, start=1)
    return [count for count, outcome in outcomes if isinstance(outcome, Refusal)]


def steps(found: Movement, places: list[str], refused: list[int]) -> Spec:
    """Mean as a line of steps, the range over paths as a band, refused events as crosses."""
    mean = numbers(found.mean)
    traces = band(found) if found.varies else []
    line = {"shape": "hv", "width": 2, "color": SHORT}
    traces.append(
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": found.name,
            "y": mean,
            "line": line,
            "marker": {"color": SHORT, "size": 6},
            "text": places,
            "hovertemplate": "%{text}: %{y:.6g}<extra></extra>",
        }
    )
    if refused:
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": "refused",
                "x": refused,
                "y": [mean[number] for number in refused],
                "marker": {"color": NEUTRAL, "size": 11, "symbol": "x"},
                "text": [places[number] for number in refused],
                "hovertemplate": "%{text}: refused<extra></extra>",
            }
        )
    return {"data": traces, "layout": over_events(len(places))}


def band(found: Movement) -> list[Spec]:
    """The range over paths."""
    edge: dict[str, Any] = {"shape": "hv", "width": 0.75, "color": faded(SHORT, 0.5)}
    base: dict[str, Any] = {
        "type": "scatter",
        "mode": "lines",
        "line": edge,
        "hoverinfo": "skip",
        "showlegend": False,
    }
    filled = {"fill": "tonexty", "fillcolor": faded(SHORT, 0.18)}
    return [
        base | {"y": numbers(found.low)},
        base | {"y": numbers(found.high)} | filled,
    ]


def over_events(count: int) -> Spec:
    """Axes: number of the event, 0 before the first one."""
    return layout(
        margin={"l": 8, "r": 12, "t": 12, "b": 44, "pad": 2},
        showlegend=False,
        xaxis={
            "title": {"text": "event"},
            "range": [-0.3, count - 0.7],
            "nticks": min(count, 12),
            "tickformat": "d",
            "showgrid": False,
            "zeroline": False,
        },
        yaxis={"nticks": 6, "zeroline": False, "exponentformat": "power"},
    )
