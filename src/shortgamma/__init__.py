"""Negative gamma exposure in crypto options: measured, simulated, hedged.

::

    import shortgamma as sg

    answer = sg.exposure("sample")
    answer.totals.gamma_usd_per_pct, answer.profile.flips, answer.feedback.theta
    sg.write_report(answer, "report.html")

Names resolve on first use, so that importing the package costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shortgamma.basics.errors import InputError, ShortgammaError
    from shortgamma.exposure.profile import Grid
    from shortgamma.report.page import write_report
    from shortgamma.studies.assumptions import Assumptions
    from shortgamma.studies.source import exposure_of as exposure
    from shortgamma.studies.source import open_chain, positioning_model, price

__version__ = "0.1.0"

_PUBLIC = {
    "Assumptions": ("shortgamma.studies.assumptions", "Assumptions"),
    "Grid": ("shortgamma.exposure.profile", "Grid"),
    "InputError": ("shortgamma.basics.errors", "InputError"),
    "ShortgammaError": ("shortgamma.basics.errors", "ShortgammaError"),
    "exposure": ("shortgamma.studies.source", "exposure_of"),
    "open_chain": ("shortgamma.studies.source", "open_chain"),
    "positioning_model": ("shortgamma.studies.source", "positioning_model"),
    "price": ("shortgamma.studies.source", "price"),
    "write_report": ("shortgamma.report.page", "write_report"),
}

__all__ = [
    "Assumptions",
    "Grid",
    "InputError",
    "ShortgammaError",
    "exposure",
    "open_chain",
    "positioning_model",
    "price",
    "write_report",
]


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _PUBLIC[name]
    return getattr(import_module(module), attribute)
