"""Answers as files: one HTML page each, which needs neither network nor server."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from shortgamma.report.calibration_page import calibration_page
from shortgamma.report.contagion_page import contagion_page
from shortgamma.report.design_page import design_page
from shortgamma.report.ecosystem_page import ecosystem_page
from shortgamma.report.full_page import full_page
from shortgamma.report.hedge_page import hedge_page
from shortgamma.report.margin_page import margin_page
from shortgamma.report.mechanism_page import mechanism_page
from shortgamma.report.page import page
from shortgamma.report.policy_page import policy_page
from shortgamma.report.products_page import products_page
from shortgamma.report.scalp_fast_page import scalp_fast_page
from shortgamma.report.scalp_page import scalp_page
from shortgamma.report.simulation_page import simulation_page
from shortgamma.report.strategies_page import strategies_page
from shortgamma.report.stress_page import stress_page
from shortgamma.report.sweep_page import sweep_page
from shortgamma.report.var_page import var_page
from shortgamma.studies.calibration import Calibration
from shortgamma.studies.contagion_question import Contagion
from shortgamma.studies.design.answer import DesignAnswer
from shortgamma.studies.ecosystem import EcosystemAnswer
from shortgamma.studies.exposure import Exposure
from shortgamma.studies.hedge import Hedge
from shortgamma.studies.margin import Margin
from shortgamma.studies.mechanism import MechanismRun
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
    | Calibration
    | Hedge
    | Strategies
    | Stress
    | PolicyComparison
    | Scalping
    | FastScalping
    | MechanismRun
    | Margin
    | ProductsAnswer
    | DesignAnswer
    | Contagion
    | EcosystemAnswer
    | TailRisk
)


def write_report(answer: Answer, path: str | Path) -> None:
    """Writes the page of an answer.

    Raises:
        OSError: The file cannot be written.
    """
    Path(path).write_text(page_of(answer), encoding="utf-8")


def page_of(answer: Answer) -> str:
    """The page of an answer as text."""
    return PAGES[type(answer)](answer)


PAGES: Final[Mapping[type[Answer], Callable[[Any], str]]] = MappingProxyType(
    {
        Report: full_page,
        Exposure: page,
        Simulation: simulation_page,
        Sweep: sweep_page,
        Calibration: calibration_page,
        Hedge: hedge_page,
        Strategies: strategies_page,
        Stress: stress_page,
        PolicyComparison: policy_page,
        Scalping: scalp_page,
        FastScalping: scalp_fast_page,
        Margin: margin_page,
        MechanismRun: mechanism_page,
        ProductsAnswer: products_page,
        DesignAnswer: design_page,
        Contagion: contagion_page,
        EcosystemAnswer: ecosystem_page,
        TailRisk: var_page,
    }
)
"""What makes the page of an answer, by its type."""
