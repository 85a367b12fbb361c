"""Answers for the terminal."""

from rich.console import Group, RenderableType
from rich.text import Text

from shortgamma.report.simulation_terminal import simulation_summary
from shortgamma.report.sweep_terminal import sweep_summary
from shortgamma.report.terminal import summary
from shortgamma.studies.exposure import Exposure
from shortgamma.studies.report import Report
from shortgamma.studies.simulation import Simulation
from shortgamma.studies.sweep import Sweep


def terminal_of(answer: Report | Exposure | Simulation | Sweep) -> RenderableType:
    """The summary of an answer."""
    match answer:
        case Report():
            return Group(summary(answer.exposure), Text(), simulation_summary(answer.simulation))
        case Exposure():
            return summary(answer)
        case Simulation():
            return simulation_summary(answer)
        case Sweep():
            return sweep_summary(answer)
