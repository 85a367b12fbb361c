"""The bundled scenarios by name."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from shortgamma.studies.scenarios.crashes import March2020, October2025
from shortgamma.studies.scenarios.desk import RehedgedBook
from shortgamma.studies.scenarios.friday_roll import FridayRoll
from shortgamma.studies.scenarios.full import FullMarket
from shortgamma.studies.scenarios.hedged import GammaSqueeze, HedgedBook, ReplayedPrices
from shortgamma.studies.scenarios.holders import OneBank, OneVault
from shortgamma.studies.scenarios.leveraged import LiquidationCascade
from shortgamma.studies.scenarios.pools import GammaAwarePool, NaivePool
from shortgamma.studies.scenarios.scalper import Scalper
from shortgamma.studies.scenarios.scenario import Scenario

SCENARIOS: Final[Mapping[str, type[Scenario]]] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            HedgedBook,
            GammaSqueeze,
            LiquidationCascade,
            FullMarket,
            ReplayedPrices,
            OneBank,
            OneVault,
            October2025,
            March2020,
            RehedgedBook,
            Scalper,
            FridayRoll,
            NaivePool,
            GammaAwarePool,
        )
    }
)
"""By name."""
