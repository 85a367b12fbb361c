"""Answers for the terminal."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from shortgamma.report.desk_page import HEADING, sentences, share_words
from shortgamma.report.hedge_terminal import hedge_summary
from shortgamma.report.policy_terminal import policy_summary
from shortgamma.report.scalp_terminal import scalp_fast_summary, scalp_summary
from shortgamma.report.simulation_terminal import simulation_summary
from shortgamma.report.strategies_terminal import strategies_summary
from shortgamma.report.sweep_terminal import sweep_summary
from shortgamma.report.terminal import summary
from shortgamma.studies.exposure import Exposure
from shortgamma.studies.hedge import Hedge
from shortgamma.studies.policies.answer import PolicyComparison
from shortgamma.studies.report import Report
from shortgamma.studies.scalping.answer import Scalping
from shortgamma.studies.scalping.fast import FastScalping
from shortgamma.studies.simulation import Simulation
from shortgamma.studies.strategies import Strategies
from shortgamma.studies.sweep import Sweep

Answer = (
    Report
    | Exposure
    | Simulation
    | Sweep
    | Hedge
    | Strategies
    | PolicyComparison
    | Scalping
    | FastScalping
)


def terminal_of(answer: Answer) -> RenderableType:
    """The summary of an answer."""
    return SUMMARIES[type(answer)](answer)


def report_summary(answer: Report) -> RenderableType:
    """A measured market, its simulated day, then what a desk does about it."""
    parts = [summary(answer.exposure), Text(), simulation_summary(answer.simulation)]
    if answer.desk is not None:
        parts += [Text(), Text(HEADING, style="bold"), Text(share_words(answer.desk))]
        parts += [Padding(Text(line), (0, 2)) for line in sentences(answer.desk)]
    return Group(*parts)


SUMMARIES: Final[Mapping[type[Answer], Callable[[Any], RenderableType]]] = MappingProxyType(
    {
        Report: report_summary,
        Exposure: summary,
        Simulation: simulation_summary,
        Sweep: sweep_summary,
        Hedge: hedge_summary,
        Strategies: strategies_summary,
        PolicyComparison: policy_summary,
        Scalping: scalp_summary,
        FastScalping: scalp_fast_summary,
    }
)
"""What makes the summary of an answer, by its type."""
