"""What a pool knows about one trade before it quotes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shortgamma.protocols.mechanism import Values

Vector = NDArray[np.float64]
LEAST_THETA = -0.95
"""θ = −1 is where the price runs away; rules count with this at most."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TradeView:
    """One trade per element, as the pool sees it; arrays have shape (n,).

    Args:
        quantity: Coins of the contract that the client buys; negative = sells.
        price: Spot, USD.
        vol: That the pool marks its book at, decimal.
        premium: Fair value of one coin of the contract, USD.
        vega_usd_per_point: Of one coin of the contract, USD per vol point of 0.01.
        gamma: Γ of the pool's options before the trade, coins per USD; negative = short.
        unit_gamma: Γ of one coin of the contract, coins per USD, positive.
        impact: Λ, log move of the spot per coin that is traded there.
        short_coins: Options that the pool is short, in coins, added up over contracts, positive.
        capital_usd: What the providers put in, with what was won and lost since.
    """

    quantity: Vector
    price: Vector
    vol: Values
    premium: Vector
    vega_usd_per_point: Vector
    gamma: Vector
    unit_gamma: Vector
    impact: Vector
    short_coins: Vector
    capital_usd: Vector

    @property
    def gamma_after(self) -> Vector:
        """Γ of the pool's options after the trade, coins per USD: a client's purchase makes it shorter."""
        return self.gamma - self.quantity * self.unit_gamma

    def theta(self, gamma: Vector) -> Vector:
        """θ = Λ·S·Γ of a fully hedged pool: −1 is where a price move feeds on itself without end."""
        return self.impact * self.price * gamma

    @property
    def reduces(self) -> NDArray[np.bool_]:
        """True where the trade brings the pool's gamma nearer to zero."""
        return np.abs(self.gamma_after) <= np.abs(self.gamma)


def amplification(theta: Vector) -> Vector:
    """1/(1 + θ)²: by which hedging multiplies the variance of the price, for short gamma; 1 for long gamma.

    Source: R. Frey, A. Stremme (1997), doi:10.1111/1467-9965.00036.
    """
    return 1.0 / np.square(1.0 + np.clip(theta, LEAST_THETA, 0.0))
