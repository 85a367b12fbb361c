"""The auction in which vaults sell their options: what bidders pay when many vaults sell at once.

Bidders quote vols. Their best bid stands half a spread below the market's vol; every dollar of vega that is
sold lowers it. All winners pay the price at one vol, that of the last bid that is filled, as in a batch
auction at a uniform price. A vault takes no less than its floor, a part of the premium that it reckons fair
when it chooses the strike, so a part of its options stays unsold where too many sell at once, or where the
price has moved away from the strike meanwhile.

Source: the floor is ribbon-finance/ribbon-v2, contracts/libraries/GnosisAuction.sol, ``getOTokenPremium``
(premium·premiumDiscount/1000, in the vault's own asset, fixed as the auction starts); the uniform price is
that of Gnosis EasyAuction. How bids fall is an assumption (A).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError, Status
from shortgamma.basics.units import POINT
from shortgamma.kernels.black import N_GREEKS, Greek, black_greeks, black_price
from shortgamma.kernels.implied import implied_vol

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

LEAST_VOL = 0.05
"""Below it no market's vol falls."""
MOST_HOURS = 96.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Auction:
    """How options are sold.

    Args:
        hours: From the choice of the strike to the sale; 0 = by request for quotes, at once.
        floor: Least part of the fair premium that a vault takes, 0 to 1.
        half_spread_vol: Of the best bid below the market's vol, decimal.
        vol_per_million_vega: Fall of the bid vol per 1 M$ of vega per point that is sold at once, decimal.
        recovery_hours: In which half of what the sale did to the market's vol is gone.
    """

    hours: float = 6.0
    floor: float = 0.8
    half_spread_vol: float = 0.01
    vol_per_million_vega: float = 0.1
    recovery_hours: float = 24.0

    def __post_init__(self) -> None:
        numbers = (self.half_spread_vol, self.vol_per_million_vega)
        fair = 0.0 <= self.hours <= MOST_HOURS and 0.0 <= self.floor <= 1.0
        if not (fair and all(0.0 <= x < np.inf for x in numbers) and self.recovery_hours > 0.0):
            raise InputError(
                f"{self.hours:g} h, floor {self.floor:g}, bids {numbers[0]:g} below the market's vol and "
                f"{numbers[1]:g} lower per 1 M$ of vega, recovery in {self.recovery_hours:g} h",
                place="auction",
                remedy=f"give 0 to {MOST_HOURS:g} h, a floor from 0 to 1, vols of 0 or more and a positive "
                "recovery",
            )

    @property
    def vol_per_vega(self) -> float:
        """Fall of the bid vol per USD per point."""
        return self.vol_per_million_vega / 1e6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Clearing:
    """What an auction ends with.

    Args:
        vol: At which everyone pays, decimal, shape (n,).
        sold: Part of each offer that is sold, shape (offers, n).
        vega: USD per point that was sold, shape (n,).
    """

    vol: Vector
    sold: Matrix
    vega: Vector


def cleared(least: Matrix, vega: Matrix, *, best: Vector, fall: float) -> Clearing:
    """The uniform price of a batch auction in terms of vol.

    Bids fall from ``best`` by ``fall`` per USD of vega; offers come in the order of their least vols. An
    offer is filled up to where the bid meets its least vol.

    Args:
        least: Vol below which an offer does not sell, decimal, shape (offers, n); ∞ = it does not sell.
        vega: Of each offer, USD per point, shape (offers, n).
        best: Best bid, decimal, shape (n,).
        fall: Decimal per USD per point, 0 or more.
    """
    order = np.argsort(least, axis=0, kind="stable")
    floor = np.take_along_axis(least, order, axis=0)
    size = np.take_along_axis(vega, order, axis=0)
    before = np.cumsum(size, axis=0) - size
    ready = best >= floor
    room = np.where(ready, np.inf, 0.0)
    if fall > 0.0:
        room = np.where(ready, (best - np.where(ready, floor, 0.0)) / fall - before, 0.0)
    filled = np.clip(room, 0.0, size)
    part = np.where(size > 0.0, filled / np.where(size > 0.0, size, 1.0), ready & (room > 0.0))
    sold = np.empty_like(part)
    np.put_along_axis(sold, order, part, axis=0)
    total = filled.sum(axis=0)
    return Clearing(vol=best - fall * total, sold=sold, vega=total)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Series:
    """Options of a few kinds and expiries on many paths, at zero rates.

    Args:
        sign: +1 for calls, −1 for puts, shape (series,).
        strike: USD, shape (series, n).
        years: To expiry, positive, shape (series,).
    """

    sign: Vector
    strike: Matrix
    years: Vector

    def columns(self, price: Vector, vol: Matrix | Vector) -> list[Vector]:
        """Forward, strike, years, vol, rate and sign of every option, each of shape (series·n,)."""
        given: list[Any] = [price, self.strike, self.years[:, None], vol, 0.0, self.sign[:, None]]
        return [np.ascontiguousarray(column).ravel() for column in np.broadcast_arrays(*given)]

    def prices(self, price: Vector, vol: Matrix | Vector) -> Matrix:
        """USD, shape (series, n)."""
        out = np.empty(self.strike.size)
        forward, strike, years, vols, rate, sign = self.columns(price, vol)
        black_price(forward, strike, years, vols, rate, sign, out)
        return out.reshape(self.strike.shape)

    def vegas(self, price: Vector, vol: Matrix | Vector) -> Matrix:
        """USD per point, shape (series, n)."""
        out = np.empty((N_GREEKS, self.strike.size))
        forward, strike, years, vols, rate, sign = self.columns(price, vol)
        black_greeks(forward, strike, years, vols, rate, sign, out)
        return POINT * out[Greek.VEGA].reshape(self.strike.shape)

    def implied(self, premium: Matrix, price: Vector) -> Matrix:
        """Vol at which an option is worth its premium; 0 below its payoff, ∞ above all bounds."""
        forward, strike, years, _vol, rate, sign = self.columns(price, 1.0 + 0.0 * price)
        vol, status = np.empty(premium.size), np.empty(premium.size, dtype=np.int8)
        implied_vol(
            np.ascontiguousarray(premium).ravel(), forward, strike, years, rate, sign, vol, status
        )
        vol[status == Status.BELOW_INTRINSIC] = 0.0
        return np.where(np.isnan(vol), np.inf, vol).reshape(premium.shape)
