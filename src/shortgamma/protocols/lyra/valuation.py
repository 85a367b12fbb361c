"""Prices and Greeks of one option in Lyra's terms: on spot, with a rate, per unit of the underlying.

The contract prices on spot S with drift r; that is Black-76 on the forward S·e^{rT}, discounted. Standard
vega is vega·√(30 days / max(T, 7 days))/100 with T in whole days: what one vol point of a monthly option is.

Source: derivexyz/v1-core, contracts/libraries/BlackScholes.sol.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from shortgamma.basics.units import SECONDS_PER_DAY, SECONDS_PER_YEAR
from shortgamma.kernels.black import N_GREEKS, Greek, black_greeks
from shortgamma.protocols.mechanism import Values, Vector

SHORTEST_SECONDS: Final = 1.0
SMALLEST_VOL: Final = 1e-4
STANDARD_DAYS: Final = 30.0
SHORTEST_STANDARD_DAYS: Final = 7.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Option:
    """What an option is priced from.

    Args:
        spot, strike: USD.
        seconds: To expiry; less than a second counts as one.
        vol: Decimal.
        rate: Per year, continuously compounded.
    """

    spot: Values
    strike: Values
    seconds: Values
    vol: Values
    rate: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Figures:
    """Price and Greeks of a long call and a long put.

    Args:
        call_price, put_price: USD.
        call_delta, put_delta: Coins, on spot.
        gamma: Coins per USD, of either.
        vega: USD per 1.00 of vol, of either.
        standard_vega: Vega scaled to a monthly option, USD per vol point.
        call_theta, put_theta: USD per year of calendar time, spot held.
    """

    call_price: Values
    put_price: Values
    call_delta: Values
    put_delta: Values
    gamma: Values
    vega: Values
    standard_vega: Values
    call_theta: Values
    put_theta: Values


def standard_factor(seconds: Values) -> Values:
    """√(30/whole days to expiry, at least 7)/100: the factor from vega to standard vega."""
    days = np.floor(np.maximum(seconds, SHORTEST_STANDARD_DAYS * SECONDS_PER_DAY) / SECONDS_PER_DAY)
    return np.sqrt(STANDARD_DAYS / days) / 100.0


def figures(option: Option) -> Figures:
    """Price and Greeks of a call and of a put, one per path."""
    years = np.maximum(option.seconds, SHORTEST_SECONDS) / SECONDS_PER_YEAR
    vol = np.maximum(option.vol, SMALLEST_VOL)
    spot, strike, years, vol = np.broadcast_arrays(option.spot, option.strike, years, vol)
    shape = spot.shape
    growth = np.exp(option.rate * years)
    rows = _greeks(
        [(spot * growth).ravel(), strike.ravel(), years.ravel(), vol.ravel()], option.rate
    )
    call, put = rows[:, 0].reshape((N_GREEKS, *shape)), rows[:, 1].reshape((N_GREEKS, *shape))
    return Figures(
        call_price=call[Greek.PRICE][()],
        put_price=put[Greek.PRICE][()],
        call_delta=(call[Greek.DELTA] * growth)[()],
        put_delta=(put[Greek.DELTA] * growth)[()],
        gamma=(call[Greek.GAMMA] * growth**2)[()],
        vega=call[Greek.VEGA][()],
        standard_vega=(call[Greek.VEGA] * standard_factor(option.seconds))[()],
        call_theta=_spot_theta(call, option.rate, spot * growth),
        put_theta=_spot_theta(put, option.rate, spot * growth),
    )


def _greeks(columns: list[Vector], rate: float) -> Vector:
    """Greeks of calls and puts, shape (N_GREEKS, 2, n)."""
    n = columns[0].size
    forward, strike, years, vol = (
        np.ascontiguousarray(np.concatenate([column, column]), dtype=np.float64)
        for column in columns
    )
    sign = np.repeat(np.array([1.0, -1.0]), n)
    out = np.empty((N_GREEKS, 2 * n))
    black_greeks(forward, strike, years, vol, np.full(2 * n, rate), sign, out)
    return out.reshape((N_GREEKS, 2, n))


def _spot_theta(rows: Vector, rate: float, forward: Vector) -> Values:
    """Theta with spot held: the forward S·e^{rT} falls as time passes."""
    return (rows[Greek.THETA] - rows[Greek.DELTA] * rate * forward)[()]
