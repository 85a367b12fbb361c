"""Answers as files: one HTML page each, which needs neither network nor server."""

from pathlib import Path

from shortgamma.report.page import page
from shortgamma.report.simulation_page import simulation_page
from shortgamma.studies.exposure import Exposure
from shortgamma.studies.simulation import Simulation


def write_report(answer: Exposure | Simulation, path: str | Path) -> None:
    """Writes the page of an answer.

    Raises:
        OSError: The file cannot be written.
    """
    text = page(answer) if isinstance(answer, Exposure) else simulation_page(answer)
    Path(path).write_text(text, encoding="utf-8")
