"""What one coin of each option contributes, in a desk's units."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.units import DAYS_PER_YEAR, PERCENT, POINT
from shortgamma.kernels.black import N_GREEKS, Greek, black_greeks
from shortgamma.market.options import OptionSeries

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class UnitExposure:
    """Exposure of a long holding of one unit of the underlying; every array has shape (n,).

    A book's figure is the sum of quantity times one of these.

    Args:
        gamma_usd_per_pct: Γ·F²·0.01, USD to trade per 1 % move; never negative.
        gamma_coin_per_pct: 0.01·(F·Γ − NTD), the coin book's delta change per 1 % move, coins.
        delta_usd: Δ·F, USD.
        delta_coin: NTD = Δ − V/F, premium-adjusted delta, coins.
        vega_usd_per_point: USD per vol point.
        theta_usd_per_day: USD per calendar day.
        vanna_usd_per_point: Change of USD delta per vol point.
        charm_usd_per_day: Change of USD delta per calendar day.
    """

    gamma_usd_per_pct: Vector
    gamma_coin_per_pct: Vector
    delta_usd: Vector
    delta_coin: Vector
    vega_usd_per_point: Vector
    theta_usd_per_day: Vector
    vanna_usd_per_point: Vector
    charm_usd_per_day: Vector


def greeks_of(options: OptionSeries) -> Vector:
    """Every Greek of every option, rows as :class:`shortgamma.kernels.black.Greek`."""
    out = np.empty((N_GREEKS, len(options)))
    black_greeks(
        options.forward,
        options.strike,
        options.years,
        options.vol,
        options.rate,
        options.sign,
        out,
    )
    return out


def unit_exposure(options: OptionSeries) -> UnitExposure:
    """Exposure per unit held of each option."""
    greeks = greeks_of(options)
    forward = options.forward
    gamma_forward = greeks[Greek.GAMMA] * forward
    return UnitExposure(
        gamma_usd_per_pct=gamma_forward * forward * PERCENT,
        gamma_coin_per_pct=(gamma_forward - greeks[Greek.DELTA_COIN]) * PERCENT,
        delta_usd=greeks[Greek.DELTA] * forward,
        delta_coin=greeks[Greek.DELTA_COIN],
        vega_usd_per_point=greeks[Greek.VEGA] * POINT,
        theta_usd_per_day=greeks[Greek.THETA] / DAYS_PER_YEAR,
        vanna_usd_per_point=greeks[Greek.VANNA] * forward * POINT,
        charm_usd_per_day=greeks[Greek.CHARM] * forward / DAYS_PER_YEAR,
    )
