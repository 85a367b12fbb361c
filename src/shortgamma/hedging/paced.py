"""A band that follows gamma and a pace that follows depth: how a hedger avoids to move its own price."""

from dataclasses import dataclass

import numpy as np

from shortgamma.hedging.bands import proportional_band
from shortgamma.hedging.parameters import check_positive
from shortgamma.hedging.policy import HedgeRule, HedgeView


@dataclass(frozen=True, slots=True, kw_only=True)
class PacedBand:
    """Trades to the edge of the band H = (1.5·c·S·Γ²/a)^⅓, and no faster than a number of coins per hour.

    The band lets small moves pass unhedged; the pace spreads what a large move asks for, so that depth can
    come back in between. The gap that stays open is a risk that the hedger carries: the slower the pace, the
    larger.

    Args:
        risk_aversion: a, per USD, positive.
        cost: c, one way, fraction of what is traded, positive; a large hedger counts its impact in.
        usd_per_hour: Largest trade per hour, USD, positive; inf = none.

    Raises:
        InputError: A parameter is not positive.

    Source: A. Whalley, P. Wilmott (1997), doi:10.1111/1467-9965.00034, for the band.
    """

    name = "paced-band"
    is_continuous = False
    risk_aversion: float
    cost: float
    usd_per_hour: float

    def __post_init__(self) -> None:
        check_positive(self.name, risk_aversion=self.risk_aversion, cost=self.cost)
        if self.usd_per_hour != np.inf:
            check_positive(self.name, usd_per_hour=self.usd_per_hour)

    def rule(self, view: HedgeView) -> HedgeRule:
        """Band, its edge, and the most that a step allows; shape (n,)."""
        band = proportional_band(
            view.gamma, view.price, cost=self.cost, risk_aversion=self.risk_aversion
        )
        hours = view.step_years * 8_760.0
        return HedgeRule(band=band, landing=1.0, most=self.usd_per_hour * hours / view.price)
