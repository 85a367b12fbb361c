"""Closed forms of hedging at discrete times and at a cost: what a simulation has to reproduce.

Rates are zero and the price is a geometric Brownian motion without drift, unless said otherwise.

Cost rates. The distance of a hedge from its target wanders with vol ν = |Γ|σS, coins per √year. With R the
mean squared distance and c the one-way cost, every policy costs constant·c·S·ν²/√R per year:

- ``edge``: reflected at ±H the distance is uniform, R = H²/3, and ν²/(2H) coins are traded per year:
  constant 1/(2√3).
- ``centre``: set back to 0 at ±H it has a triangular density, R = H²/6, and H coins are traded every H²/ν²
  years: constant 1/√6.
- ``interval``: set back to 0 every Δt, R = ν²Δt/2, and ν√Δt·√(2/π) coins are traded each time: 1/√π.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import quad

from shortgamma.hedging.bands import HedgingProblem
from shortgamma.hedging.parameters import check_not_negative, check_positive
from shortgamma.kernels.black import black_price

Vector = NDArray[np.float64]
Values = Vector | float
Position = Literal["short", "long"]
POSITIONS: Final[Mapping[str, float]] = MappingProxyType({"short": -1.0, "long": 1.0})

COST_RATES: Final[Mapping[str, float]] = MappingProxyType(
    {
        "edge": 0.5 / 3.0**0.5,
        "centre": 6.0**-0.5,
        "interval": np.pi**-0.5,
    }
)
"""Cost per year over c·S·ν²/√R; derived at the top of the module."""


def hedging_error_coefficient(
    vol: float, years: float, *, spot: float = 100.0, strike: float = 100.0
) -> float:
    """G of the hedging error g/√N of an option hedged N times, USD.

    g² = (T/2)·∫₀ᵀ E[(σ²S²Γ)²] dt. As S·φ(d1) = K·φ(d2) and d2 is normal, the mean is
    σ²K²/(2π)·exp(−b²/(σ²(T + t)))/√(T² − t²) with b = ln(S0/K) − σ²T/2; t = T·sin u leaves
    g² = (σ²K²T/4π)·∫₀^(π/2) exp(−b²/(σ²T(1 + sin u))) du.

    Args:
        vol: Decimal per √year.
        years: Life of the option.
        spot, strike: USD.

    Raises:
        InputError: One is not positive.

    Limits: the leading term for many hedges.
    Source: D. Bertsimas, L. Kogan, A. Lo (2000), doi:10.1016/S0304-405X(99)00049-5.
    """
    check_positive("hedging error", vol=vol, years=years, spot=spot, strike=strike)
    variance = vol * vol * years
    b = np.log(spot / strike) - 0.5 * variance

    def density(u: float) -> float:
        return float(np.exp(-b * b / (variance * (1.0 + np.sin(u)))))

    integral = float(quad(density, 0.0, 0.5 * np.pi, epsabs=0.0, epsrel=1e-12)[0])
    return strike * float(np.sqrt(variance / (4.0 * np.pi) * integral))


def hedging_error(
    vol: float, years: float, *, hedges: int, spot: float = 100.0, strike: float = 100.0
) -> float:
    """Root mean square error of hedging one option at ``hedges`` even times, the first at the start, USD.

    Args:
        vol: Decimal per √year.
        years: Life of the option.
        hedges: N.
        spot, strike: USD.

    Raises:
        InputError: One is not positive.
    """
    check_positive("hedging error", hedges=hedges)
    return hedging_error_coefficient(vol, years, spot=spot, strike=strike) / float(np.sqrt(hedges))


@dataclass(frozen=True, slots=True, kw_only=True)
class OneStep:
    """The loss ½|Γ|σ²S²Δt·(z² − 1) of a short option, delta-hedged over one short step.

    Args:
        loss_probability: P(z² > 1).
        skew: Third standardised moment of the loss.
        excess_kurtosis: Fourth one, less 3.
    """

    loss_probability: float
    skew: float
    excess_kurtosis: float


def one_step() -> OneStep:
    """P(z² > 1) = erfc(1/√2); z² is chi-squared with one degree of freedom: skew √8, excess kurtosis 12.

    Source: P. Boyle, D. Emanuel (1980), doi:10.1016/0304-405X(80)90003-3.
    """
    return OneStep(
        loss_probability=0.31731050786291415, skew=float(np.sqrt(8.0)), excess_kurtosis=12.0
    )


def leland_number(vol: Values, *, cost: float, interval: float) -> Vector:
    """√(2/π)·k/(σ√Δt): expected cost of re-hedging, as a share of the variance that it hedges.

    Args:
        vol: σ, decimal per √year.
        cost: k, round trip, fraction of what is traded.
        interval: Δt, years between hedges.
    """
    return np.sqrt(2.0 / np.pi) * cost / (np.asarray(vol) * np.sqrt(interval))


def leland_vol(
    vol: Values, *, cost: float, interval: float, position: Position = "short"
) -> Vector:
    """Vol at which a hedger who pays costs breaks even: σ·√(1 ± Leland number), + for a short option.

    Args:
        vol: σ, decimal per √year.
        cost: k, round trip, fraction of what is traded.
        interval: Δt, years between hedges.
        position: Of the hedger in the option.

    Returns:
        Decimal per √year; NaN where a long option's costs eat up all of its variance.

    Limits: convex payoffs; cost and interval small.
    Source: H. Leland (1985), doi:10.1111/j.1540-6261.1985.tb02383.x.
    """
    factor = 1.0 - POSITIONS[position] * leland_number(vol, cost=cost, interval=interval)
    return vol * np.sqrt(np.where(factor > 0.0, factor, np.nan))


def leland_cost(
    vol: float,
    years: float,
    *,
    hedges: int,
    cost: float,
    spot: float = 100.0,
    strike: float = 100.0,
) -> float:
    """Expected cost of re-hedging one short option: its premium at the Leland vol less that at σ, USD.

    The purchase of the first hedge and the sale of the last one are not in it.

    Args:
        vol: σ, decimal per √year.
        years: Life of the option.
        hedges: How many times it is hedged, evenly.
        cost: k, round trip, fraction of what is traded.
        spot, strike: USD.

    Raises:
        InputError: One is outside its range.

    >>> round(leland_cost(0.2, 0.25, hedges=63, cost=0.01), 4)
    1.1073
    """
    check_positive("leland", vol=vol, years=years, hedges=hedges, spot=spot, strike=strike)
    check_not_negative("leland", cost=cost)
    vols = np.array([float(leland_vol(vol, cost=cost, interval=years / hedges)), vol])
    both, premium = np.ones(2), np.empty(2)
    black_price(spot * both, strike * both, years * both, vols, 0.0 * both, both, premium)
    return float(premium[0] - premium[1])


def policy_cost_rate(
    policy: Literal["edge", "centre", "interval"],
    *,
    cost: float,
    spot: float,
    delta_vol: float,
    residual: float,
) -> float:
    """Cost per year of holding the distance of a hedge from its target at a mean square, USD.

    Args:
        policy: A key of :data:`COST_RATES`.
        cost: c, one way, fraction of what is traded.
        spot: S, USD.
        delta_vol: ν = |Γ|σS, coins per √year.
        residual: R, mean squared distance, coins².
    """
    return COST_RATES[policy] * cost * spot * delta_vol**2 / float(np.sqrt(residual))


def whalley_wilmott_rate(problem: HedgingProblem, multiple: float) -> float:
    """(a/2)(σS)²·H²/3 + c·S·ν²/(2H) at H = multiple × best band, held at its edge, USD per year.

    Its lowest value is at 1: the first term is then half of the second.

    Args:
        problem: With a cost in proportion to size alone.
        multiple: Positive.

    Raises:
        InputError: The cost or the multiple is not positive.
    """
    check_positive("whalley-wilmott", multiple=multiple, cost=problem.cost)
    band = multiple * problem.best_band[0]
    return problem.rate(band, band)


def almgren_chriss_kappa(
    *, eta: float, gamma: float, risk_aversion: float, vol: float, tau: float
) -> float:
    """Urgency κ of the best liquidation, whose holdings run as sinh(κ·(T − t)).

    κ = arccosh(1 + ½κ̃²τ²)/τ with κ̃² = λσ²/(η·(1 − γτ/(2η))).

    Args:
        eta: η, temporary impact, USD per coin for each coin per unit of time.
        gamma: γ, permanent impact, USD per coin for each coin.
        risk_aversion: λ, per USD.
        vol: σ, USD per √time.
        tau: τ, time between trades, in the same unit of time.

    Returns:
        Per unit of time.

    Raises:
        InputError: One is outside its range, or η ≤ γτ/2, where the best trade is unbounded.

    Source: R. Almgren, N. Chriss (2001), doi:10.21314/JOR.2001.041.
    """
    check_positive("almgren-chriss", eta=eta, risk_aversion=risk_aversion, vol=vol, tau=tau)
    check_not_negative("almgren-chriss", gamma=gamma)
    check_positive("almgren-chriss", eta_less_half_gamma_tau=eta - 0.5 * gamma * tau)
    squared = risk_aversion * vol * vol / (eta * (1.0 - 0.5 * gamma * tau / eta))
    # arccosh(1 + x²/2) = 2·arcsinh(x/2), which keeps its digits for small x.
    return 2.0 * float(np.arcsinh(0.5 * np.sqrt(squared) * tau)) / tau
