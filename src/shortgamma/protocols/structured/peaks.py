"""Peak gamma: the largest |Γ| over all prices, with a given time left and over a product's life.

The size is |Γ|·S²/100, USD of delta per 1 % move. It is searched between the half and the double of a price,
on the side on which the product lives. For a vanilla it is K·φ(0)/(σ√T)/100, reached at S = K·e^{σ²T/2}.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.units import PERCENT
from shortgamma.protocols.structured.product import Product

Vector = NDArray[np.float64]

WIDEST: Final = float(np.log(2.0))
"""Log distance from the centre up to which peaks are searched."""
NODES: Final = 1_601
"""Prices of a search, and of each of its refinements."""
DEVIATIONS: Final = 6.0
"""Standard deviations around each level that are searched closely."""
ROUNDS: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Peak:
    """The largest gamma of one unit held long.

    Args:
        years: Left to expiry.
        usd_per_pct: Signed: Γ·S²/100 where its size is largest, USD of delta per 1 % move.
        spot: Where that is, USD.
        lowest, highest: Smallest and largest signed figure over prices; both signs = it flips.
    """

    years: float
    usd_per_pct: float
    spot: float
    lowest: float
    highest: float

    @property
    def size(self) -> float:
        """Without sign."""
        return abs(self.usd_per_pct)


def cash_gamma(product: Product, spot: Vector, *, years: float, vol: float) -> Vector:
    """Γ·S²/100 of one unit held long, pinned, USD of delta per 1 % move."""
    found = product.greeks(spot, years, vol=vol)
    return np.asarray(found.gamma) * np.square(spot) * PERCENT


def searched(product: Product, years: float, *, vol: float, centre: float) -> Vector:
    """Prices at which a peak is searched, USD, ascending, inside the product's domain."""
    reach = float(DEVIATIONS * vol * years**0.5)
    near: Vector = np.linspace(-reach, reach, NODES)
    logs: list[Vector] = [np.linspace(-WIDEST, WIDEST, NODES)]
    logs += [np.log(level / centre) + near for level in product.levels]
    spots = centre * np.exp(np.clip(np.unique(np.concatenate(logs)), -WIDEST, WIDEST))
    low, high = product.domain
    return np.unique(spots[(spots > low) & (spots < high)])


def peak_gamma(product: Product, years: float, *, vol: float, centre: float) -> Peak:
    """The largest |Γ|·S²/100 over prices with a given time left.

    Args:
        product: One unit, pinned: the average so far is the strike, no barrier was touched, the last fixing
            was at the spot.
        years: Left to expiry, positive.
        vol: Decimal.
        centre: Prices from the half to the double of this are searched, USD.
    """
    spots = searched(product, years, vol=vol, centre=centre)
    found = cash_gamma(product, spots, years=years, vol=vol)
    lowest, highest = float(found.min()), float(found.max())
    for _ in range(ROUNDS):
        best = int(np.argmax(np.abs(found)))
        low, high = float(spots[max(best - 1, 0)]), float(spots[min(best + 1, spots.size - 1)])
        spots = np.linspace(low, high, NODES)
        found = cash_gamma(product, spots, years=years, vol=vol)
    best = int(np.argmax(np.abs(found)))
    usd = float(found[best])
    return Peak(
        years=years,
        usd_per_pct=usd,
        spot=float(spots[best]),
        lowest=min(lowest, usd),
        highest=max(highest, usd),
    )


def life_peaks(
    product: Product, years: Sequence[float], *, vol: float, centre: float
) -> tuple[Peak, ...]:
    """The peak with each time left; see :func:`peak_gamma`."""
    return tuple(peak_gamma(product, left, vol=vol, centre=centre) for left in years)
