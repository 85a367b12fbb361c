"""Negative gamma exposure in crypto options: measured, simulated, hedged.

::

    import shortgamma as sg

    answer = sg.exposure("sample")
    answer.totals.gamma_usd_per_pct, answer.profile.flips, answer.feedback.theta
    sg.write_report(answer, "report.html")
    sg.simulate("gamma-squeeze", {"theta": -0.6}, paths=4_000).metrics["realised_vol_ratio"]

Names resolve on first use, so that importing the package costs nothing.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shortgamma.basics.errors import InputError, ShortgammaError
    from shortgamma.exposure.profile import Grid
    from shortgamma.report.documents import write_report
    from shortgamma.studies.assumptions import Assumptions
    from shortgamma.studies.calibration import calibrate
    from shortgamma.studies.contagion import contagion
    from shortgamma.studies.design.comparison import design_comparison as design
    from shortgamma.studies.ecosystem import ecosystem
    from shortgamma.studies.hedge import hedge
    from shortgamma.studies.margin import margin
    from shortgamma.studies.mechanism import mechanism, mechanisms
    from shortgamma.studies.plans import simulate, sweep
    from shortgamma.studies.policies.study import policy
    from shortgamma.studies.products.question import ProductsQuestion
    from shortgamma.studies.products.study import products
    from shortgamma.studies.scalping.fast import scalp_fast
    from shortgamma.studies.scalping.study import scalp
    from shortgamma.studies.source import exposure_of as exposure
    from shortgamma.studies.source import open_chain, positioning_model, price
    from shortgamma.studies.strategies import strategies
    from shortgamma.studies.stress import stress
    from shortgamma.studies.validate import validate
    from shortgamma.studies.value_at_risk.study import var

__version__ = "0.1.0"

_PUBLIC = {
    "Assumptions": "shortgamma.studies.assumptions",
    "Grid": "shortgamma.exposure.profile",
    "InputError": "shortgamma.basics.errors",
    "ProductsQuestion": "shortgamma.studies.products.question",
    "ShortgammaError": "shortgamma.basics.errors",
    "calibrate": "shortgamma.studies.calibration",
    "contagion": "shortgamma.studies.contagion",
    "design": "shortgamma.studies.design.comparison:design_comparison",
    "ecosystem": "shortgamma.studies.ecosystem",
    "hedge": "shortgamma.studies.hedge",
    "margin": "shortgamma.studies.margin",
    "mechanism": "shortgamma.studies.mechanism",
    "mechanisms": "shortgamma.studies.mechanism",
    "open_chain": "shortgamma.studies.source",
    "policy": "shortgamma.studies.policies.study",
    "positioning_model": "shortgamma.studies.source",
    "price": "shortgamma.studies.source",
    "products": "shortgamma.studies.products.study",
    "scalp": "shortgamma.studies.scalping.study",
    "scalp_fast": "shortgamma.studies.scalping.fast",
    "simulate": "shortgamma.studies.plans",
    "strategies": "shortgamma.studies.strategies",
    "stress": "shortgamma.studies.stress",
    "sweep": "shortgamma.studies.plans",
    "validate": "shortgamma.studies.validate",
    "var": "shortgamma.studies.value_at_risk.study",
    "write_report": "shortgamma.report.documents",
}

__all__ = [
    "Assumptions",
    "Grid",
    "InputError",
    "ProductsQuestion",
    "ShortgammaError",
    "calibrate",
    "contagion",
    "design",
    "ecosystem",
    "exposure",
    "hedge",
    "margin",
    "mechanism",
    "mechanisms",
    "open_chain",
    "policy",
    "positioning_model",
    "price",
    "products",
    "scalp",
    "scalp_fast",
    "simulate",
    "strategies",
    "stress",
    "sweep",
    "validate",
    "var",
    "write_report",
]


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, _colon, other = _PUBLIC[name].partition(":")
    return getattr(import_module(module), other or name)


class _ExposureRoom(ModuleType):
    """The room ``exposure``, which also answers its question when called."""

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        return import_module("shortgamma.studies.source").exposure_of(*arguments, **options)


class _Package(ModuleType):
    """This package. ``exposure`` is both a room and a question; see docs/decisions/0004."""

    @property
    def exposure(self) -> Any:
        """The room, made callable."""
        room = import_module("shortgamma.exposure")
        room.__class__ = _ExposureRoom
        return room

    @exposure.setter
    def exposure(self, room: ModuleType) -> None:
        """The import system binds every loaded room here; the getter finds it by itself."""


sys.modules[__name__].__class__ = _Package
