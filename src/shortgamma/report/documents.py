"""Answers as files: one HTML page each, which needs neither network nor server."""

from pathlib import Path

from shortgamma.report.calibration_page import calibration_page
from shortgamma.report.full_page import full_page
from shortgamma.report.page import page
from shortgamma.report.simulation_page import simulation_page
from shortgamma.report.sweep_page import sweep_page
from shortgamma.studies.calibration import Calibration
from shortgamma.studies.exposure import Exposure
from shortgamma.studies.report import Report
from shortgamma.studies.simulation import Simulation
from shortgamma.studies.sweep import Sweep

Answer = Report | Exposure | Simulation | Sweep | Calibration


def write_report(answer: Answer, path: str | Path) -> None:
    """Writes the page of an answer.

    Raises:
        OSError: The file cannot be written.
    """
    Path(path).write_text(page_of(answer), encoding="utf-8")


def page_of(answer: Answer) -> str:
    """The page of an answer as text."""
    match answer:
        case Report():
            return full_page(answer)
        case Exposure():
            return page(answer)
        case Simulation():
            return simulation_page(answer)
        case Sweep():
            return sweep_page(answer)
        case Calibration():
            return calibration_page(answer)
