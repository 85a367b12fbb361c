"""What Panoptic asks for: collateral by utilisation, and the premium that a buyer streams to the seller.

Collateral of a seller rises from 20 % at a utilisation of 50 % to 100 % at 90 %, half of it at the bottom for
a leg of a strangle; that of a buyer falls from 10 % to 5 %. Of N liquidity in the pool and R removed by
buyers, fees of ``collected`` on N make::

    owed per unit removed = collected/N·(1 + ¼·R/N)
    gross per unit sold   = collected/(N + R)·(1 + R/N + ¼·R²/N²)

so that sellers get collected + what buyers owe. The quarter is 1/2^VEGOID with VEGOID 2.

Source: panoptic-labs/panoptic-v1-core, contracts/CollateralTracker.sol (_sellCollateralRatio,
_buyCollateralRatio) and SemiFungiblePositionManager.sol (_getPremiaDeltas).
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from shortgamma.protocols.fixed_point import mul_div

Vector = NDArray[np.float64]
Values = Vector | float

BASIS_POINTS: Final = 10_000
SELLER_RATIO: Final = 2_000
BUYER_RATIO: Final = 1_000
TARGET: Final = 5_000
SATURATED: Final = 9_000
SPREAD_DIVISOR: Final = 4


def seller_ratio(utilisation: Values) -> Vector:
    """Collateral of a seller, fraction of what is moved. ``utilisation``: 0…1, negative = strangle."""
    least = np.where(np.less(utilisation, 0.0), 0.5, 1.0) * SELLER_RATIO / BASIS_POINTS
    return least + (1.0 - least) * _way(utilisation)


def buyer_ratio(utilisation: Values) -> Vector:
    """Collateral of a buyer, fraction of what is moved; 1 where the utilisation is set above 1."""
    most = np.where(np.less(utilisation, 0.0), 0.5, 1.0) * BUYER_RATIO / BASIS_POINTS
    return np.where(np.abs(utilisation) > 1.0, 1.0, most * (1.0 - 0.5 * _way(utilisation)))


def exact_seller_ratio(utilisation: int) -> int:
    """The seller's collateral in basis points, of a utilisation in basis points; negative = strangle."""
    least = SELLER_RATIO // 2 if utilisation < 0 else SELLER_RATIO
    used = abs(utilisation)
    if used < TARGET:
        return least
    if used > SATURATED:
        return BASIS_POINTS
    return least + (BASIS_POINTS - least) * (used - TARGET) // (SATURATED - TARGET)


def exact_buyer_ratio(utilisation: int) -> int:
    """The buyer's collateral in basis points, of a utilisation in basis points."""
    most = BUYER_RATIO // 2 if utilisation < 0 else BUYER_RATIO
    used = abs(utilisation)
    if used < TARGET:
        return most
    if used > BASIS_POINTS:
        return BASIS_POINTS
    if used > SATURATED:
        return most // 2
    return (most + most * (SATURATED - used) // (SATURATED - TARGET)) // 2


def premium_rates(collected: Values, net: Values, removed: Values) -> tuple[Vector, Vector]:
    """Premium owed per unit of removed liquidity, and earned per unit of sold liquidity.

    Args:
        collected: Fees of the liquidity in the pool, in either token.
        net: N > 0, liquidity in the pool.
        removed: R ≥ 0, liquidity that buyers took out.
    """
    spread = np.asarray(removed, dtype=np.float64) / net
    owed = collected / net * (1.0 + spread / SPREAD_DIVISOR)
    gross = collected / (net + removed) * (1.0 + spread + spread * spread / SPREAD_DIVISOR)
    return owed, gross


def exact_premium_rates(collected: int, net: int, removed: int) -> tuple[int, int]:
    """The same with 64 binary places, as the contract rounds."""
    total = net + removed
    base = mul_div(collected, total << 64, net * net)
    owed = mul_div(base, net + removed // SPREAD_DIVISOR, total)
    part = total * total - total * removed + removed * removed // SPREAD_DIVISOR
    return owed, mul_div(base, part, total * total)


def _way(utilisation: Values) -> Vector:
    """How far a utilisation is on its way from the target to saturation, 0…1."""
    used = np.abs(np.asarray(utilisation, dtype=np.float64)) * BASIS_POINTS
    return np.clip((used - TARGET) / (SATURATED - TARGET), 0.0, 1.0)
