"""What vols do when the price moves: sticky strike unless another assumption is named."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shortgamma.exposure.dynamics import SmileDynamics, StickyDelta, StickyStrike
from shortgamma.market.options import OptionSeries
from shortgamma.market.revaluation import LOWEST_VOL

Vector = NDArray[np.float64]

FALLS_LIFT: Final = 1.0
"""Relative rise of vol per log fall under ``falls-lift-vol``: a fall of 10 % lifts 60 % to 66.7 %."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotVol:
    """Every vol moves against the price: σ·e^(−elasticity·move).

    Args:
        elasticity: Relative rise of every vol per log fall; negative where vols rise with the price.
        name: As ``--json`` shows it.
    """

    elasticity: float = FALLS_LIFT
    name: str = "falls-lift-vol"

    def vols(self, options: OptionSeries, move: float) -> Vector:
        """Vols after the move, never below 0.1 %, decimal, shape (n,)."""
        return np.maximum(options.vol * np.exp(-self.elasticity * move), LOWEST_VOL)


RESPONSES: Final[Mapping[str, SmileDynamics]] = MappingProxyType(
    {each.name: each for each in (StickyStrike(), StickyDelta(), SpotVol())}
)
"""By name."""
