"""Kinds of rule by the name that a file uses."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from shortgamma.risk.margin.collateral import FullMargin, NakedVaultMargin, ShockedVolMargin
from shortgamma.risk.margin.derive import PortfolioMargin, PortfolioMargin2
from shortgamma.risk.margin.isolated import IsolatedMargin
from shortgamma.risk.margin.regime import Rule
from shortgamma.risk.margin.scan import ScanMargin
from shortgamma.risk.margin.standard import DeriveStandardMargin
from shortgamma.risk.margin.strategies import StrategyMargin

RULES: Final[Mapping[str, type[Rule]]] = MappingProxyType(
    {
        "isolated": IsolatedMargin,
        "scan": ScanMargin,
        "strategies": StrategyMargin,
        "derive-standard": DeriveStandardMargin,
        "derive-portfolio": PortfolioMargin,
        "derive-portfolio-2": PortfolioMargin2,
        "naked-vault": NakedVaultMargin,
        "shocked-vol": ShockedVolMargin,
        "full": FullMargin,
    }
)
"""Every kind is a frozen dataclass of figures with one method, ``charge``."""
