"""Answers for the terminal."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from shortgamma.report.contagion_terminal import contagion_summary
from shortgamma.report.design_terminal import design_summary
from shortgamma.report.design_words import headline
from shortgamma.report.desk_page import HEADING, sentences, share_words
from shortgamma.report.ecosystem_terminal import ecosystem_summary
from shortgamma.report.hedge_terminal import hedge_summary
from shortgamma.report.margin_terminal import margin_summary
from shortgamma.report.mechanism_terminal import mechanism_list, mechanism_summary
from shortgamma.report.policy_terminal import policy_summary
from shortgamma.report.pools_page import HEADING as POOLS
from shortgamma.report.pools_page import pool_sentences
from shortgamma.report.products_terminal import products_summary
from shortgamma.report.risk_chapters_page import HEADING as RISK
from shortgamma.report.risk_chapters_page import holder_words, risk_sentences
from shortgamma.report.scalp_terminal import scalp_fast_summary, scalp_summary
from shortgamma.report.simulation_terminal import simulation_summary
from shortgamma.report.strategies_terminal import strategies_summary
from shortgamma.report.stress_terminal import stress_summary
from shortgamma.report.sweep_terminal import sweep_summary
from shortgamma.report.terminal import summary
from shortgamma.report.var_terminal import var_summary
from shortgamma.studies.contagion_question import Contagion
from shortgamma.studies.design.answer import DesignAnswer
from shortgamma.studies.ecosystem import EcosystemAnswer
from shortgamma.studies.exposure import Exposure
from shortgamma.studies.hedge import Hedge
from shortgamma.studies.margin import Margin
from shortgamma.studies.mechanism import MechanismList, MechanismRun
from shortgamma.studies.policies.answer import PolicyComparison
from shortgamma.studies.products.answer import ProductsAnswer
from shortgamma.studies.report import Report
from shortgamma.studies.scalping.answer import Scalping
from shortgamma.studies.scalping.fast import FastScalping
from shortgamma.studies.simulation import Simulation
from shortgamma.studies.strategies import Strategies
from shortgamma.studies.stress import Stress
from shortgamma.studies.sweep import Sweep
from shortgamma.studies.value_at_risk.answer import TailRisk

Answer = (
    Report
    | Exposure
    | Simulation
    | Sweep
    | Hedge
    | Strategies
    | Stress
    | PolicyComparison
    | Scalping
    | FastScalping
    | MechanismRun
    | Margin
    | MechanismList
    | ProductsAnswer
    | DesignAnswer
    | Contagion
    | EcosystemAnswer
    | TailRisk
)


def terminal_of(answer: Answer) -> RenderableType:
    """The summary of an answer."""
    return SUMMARIES[type(answer)](answer)


def report_summary(answer: Report) -> RenderableType:
    """A measured market, its simulated day, then what a desk does about it, option pools, and risk."""
    parts = [summary(answer.exposure), Text(), simulation_summary(answer.simulation)]
    if answer.desk is not None:
        parts += [Text(), Text(HEADING, style="bold"), Text(share_words(answer.desk))]
        parts += [Padding(Text(line), (0, 2)) for line in sentences(answer.desk)]
    parts += [Text(), Text(POOLS, style="bold"), Text(f"{headline(answer.pools)}")]
    parts += [Padding(Text(line), (0, 2)) for line in pool_sentences(answer.pools)]
    if answer.risk is not None:
        parts += [Text(), Text(RISK, style="bold"), Text(holder_words(answer.risk))]
        parts += [Padding(Text(line), (0, 2)) for line in risk_sentences(answer.risk)]
    return Group(*parts)


SUMMARIES: Final[Mapping[type[Answer], Callable[[Any], RenderableType]]] = MappingProxyType(
    {
        Report: report_summary,
        Exposure: summary,
        Simulation: simulation_summary,
        Sweep: sweep_summary,
        Hedge: hedge_summary,
        Strategies: strategies_summary,
        Stress: stress_summary,
        PolicyComparison: policy_summary,
        Scalping: scalp_summary,
        FastScalping: scalp_fast_summary,
        Margin: margin_summary,
        MechanismRun: mechanism_summary,
        MechanismList: mechanism_list,
        ProductsAnswer: products_summary,
        DesignAnswer: design_summary,
        Contagion: contagion_summary,
        EcosystemAnswer: ecosystem_summary,
        TailRisk: var_summary,
    }
)
"""What makes the summary of an answer, by its type."""
