"""How far a hedge may drift before a trade pays: the bands that minimise risk plus cost.

With a constant Γ the distance y = target − held of a hedge is a Brownian motion of vol ν = |Γ|σS between
trades. A hedger with risk aversion a per USD loses (a/2)(σS)²·y² per year to risk. He trades when |y|
reaches H and stops at L < H on the same side; a trade costs g + k·(H − L), with g in USD and k = c·S.

By renewal, one cycle starts at L and ends at ±H. Solving ½ν²u″ = −1 and ½ν²u″ = −y² with u(±H) = 0 gives
its mean length (H² − L²)/ν² and its mean ∫y²dt = (H⁴ − L⁴)/(6ν²). Cost per year, with A = (a/2)(σS)²::

    rate(H, L) = A·(H² + L²)/6 + ν²·[g/(H² − L²) + k/(H + L)]

Setting both derivatives to zero and adding and subtracting them, with u = H + L, d = H − L, B = 6Γ²/a::

    u³ − u·d² = 2B·k        u·d³ = 2B·g

g = 0: d = 0, H = L = (1.5·k·Γ²/a)^⅓, the band of Whalley and Wilmott, held at its edge.
k = 0: L = 0, H = (12·g·Γ²/a)^¼, traded to the centre. Neither depends on σ.

Source: A. Whalley, P. Wilmott (1997), doi:10.1111/1467-9965.00034 (proportional costs); A. Whalley,
P. Wilmott (1999), "Optimal hedging of options with small but arbitrary transaction cost structure",
European Journal of Applied Mathematics 10 (fixed and mixed costs); the mixed pair as derived above.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shortgamma.hedging.parameters import check_finite, check_not_negative, check_positive

Vector = NDArray[np.float64]
Values = Vector | float
NEWTON_STEPS = 6  # 5 reach the last digit: quadratic, from above the root of a convex function


def proportional_band(
    gamma: Values, price: Values, *, cost: float, risk_aversion: float, discount: float = 1.0
) -> Vector:
    """H = (1.5·D·c·S·Γ²/a)^⅓, units of the underlying; the best band for costs in proportion to size.

    Args:
        gamma: Γ of the book, units of the underlying per USD, either sign.
        price: S, USD.
        cost: c, fraction of what is traded, one way.
        risk_aversion: a, per USD.
        discount: D = e^(−rτ) up to expiry.
    """
    return np.cbrt(1.5 * discount * cost * price * np.square(gamma) / risk_aversion)


def fixed_band(gamma: Values, *, fixed_usd: Values, risk_aversion: float) -> Vector:
    """H = (12·g·Γ²/a)^¼, units of the underlying; the best band for a cost per trade.

    Args:
        gamma: Γ of the book, units of the underlying per USD.
        fixed_usd: g, USD per trade.
        risk_aversion: a, per USD.
    """
    return np.sqrt(np.sqrt(12.0 * fixed_usd * np.square(gamma) / risk_aversion))


def mixed_band(
    gamma: Values, price: Values, *, cost: float, fixed_usd: float, risk_aversion: float
) -> tuple[Vector, Vector]:
    """Outer band H and landing L, units of the underlying, for a cost per trade and one per size.

    r = d/u solves (1 − p)·r^(9/4) = p·(1 − r²), where p/(1 − p) = (2Bg)^¾/(2Bk); the left side less the
    right is convex, so Newton steps from above descend to the root.

    Args:
        gamma: Γ of the book, units of the underlying per USD.
        price: S, USD.
        cost: c, fraction of what is traded, one way.
        fixed_usd: g, USD per trade.
        risk_aversion: a, per USD.

    Returns:
        (H, L), 0 ≤ L ≤ H; both 0 where Γ is.
    """
    twice = 12.0 * np.square(np.asarray(gamma, dtype=np.float64)) / risk_aversion
    fixed, linear = twice * fixed_usd, twice * cost * price
    x = np.sqrt(fixed * np.sqrt(fixed))
    p = np.divide(x, x + linear, out=np.ones_like(x + linear), where=x + linear > 0.0)
    q = 1.0 - p
    with np.errstate(divide="ignore"):
        r = np.where(q > 0.0, np.minimum((p / q) ** (4.0 / 9.0), 1.0), 1.0)
    for _ in range(NEWTON_STEPS):
        power = q * r * np.sqrt(np.sqrt(r))  # square roots are many times cheaper than powers
        slope = 2.25 * power + 2.0 * p * r
        height = power * r - p * (1.0 - r * r)
        r -= np.divide(height, slope, out=np.zeros_like(r), where=slope > 0.0)
    # One of the two equations keeps its digits: the one whose cost matters.
    with np.errstate(divide="ignore", invalid="ignore"):
        u = np.where(p > 0.5, (fixed / r**3) ** 0.25, np.cbrt(linear / (1.0 - r * r)))
    return 0.5 * u * (1.0 + r), 0.5 * u * (1.0 - r)


@dataclass(frozen=True, slots=True, kw_only=True)
class HedgingProblem:
    """A constant gamma to be hedged at a cost, and what each band makes of it.

    Args:
        spot: USD.
        vol: Decimal per √year.
        gamma: Units of the underlying per USD, either sign, not 0.
        risk_aversion: Per USD.
        cost: Fraction of what is traded, one way.
        fixed_usd: USD per trade.

    Raises:
        InputError: One is outside its range.
    """

    spot: float
    vol: float
    gamma: float
    risk_aversion: float
    cost: float = 0.0
    fixed_usd: float = 0.0

    def __post_init__(self) -> None:
        check_finite("hedging problem", gamma=self.gamma)
        check_positive(
            "hedging problem",
            spot=self.spot,
            vol=self.vol,
            size_of_gamma=abs(self.gamma),
            risk_aversion=self.risk_aversion,
        )
        check_not_negative("hedging problem", cost=self.cost, fixed_usd=self.fixed_usd)

    @property
    def delta_vol(self) -> float:
        """ν = |Γ|σS: coins per √year by which the target wanders."""
        return abs(self.gamma) * self.vol * self.spot

    @property
    def best_band(self) -> tuple[float, float]:
        """(H, L) of the least cost per year, units of the underlying."""
        outer, landing = mixed_band(
            self.gamma,
            self.spot,
            cost=self.cost,
            fixed_usd=self.fixed_usd,
            risk_aversion=self.risk_aversion,
        )
        return float(outer), float(landing)

    def risk_rate(self, outer: float, landing: float) -> float:
        """(a/2)(σS)²·(H² + L²)/6, USD per year."""
        aversion = 0.5 * self.risk_aversion * (self.vol * self.spot) ** 2
        return aversion * (outer * outer + landing * landing) / 6.0

    def cost_rate(self, outer: float, landing: float) -> float:
        """ν²·[g/(H² − L²) + c·S/(H + L)], USD per year; ∞ for a cost per trade held at the edge."""
        gap = outer * outer - landing * landing
        fixed = 0.0
        if self.fixed_usd > 0.0:
            fixed = self.fixed_usd / gap if gap > 0.0 else float("inf")
        return self.delta_vol**2 * (fixed + self.cost * self.spot / (outer + landing))

    def rate(self, outer: float, landing: float) -> float:
        """Risk and cost together, USD per year.

        Args:
            outer: H > 0, units of the underlying.
            landing: L, 0 ≤ L ≤ H; at L = H the hedge is pushed along the edge.
        """
        return self.risk_rate(outer, landing) + self.cost_rate(outer, landing)
