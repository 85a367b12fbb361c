"""Figures of one design on many paths, and how the paths leave differences open."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from shortgamma.feedback.outcome import Outcome
from shortgamma.studies.distributions import WORST
from shortgamma.studies.simulation import SQUEEZE

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

LEVEL = 0.95
"""Of the intervals."""
TINY = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PoolPaths:
    """What one design did on every path; each array has shape (paths,).

    Args:
        variance, quiet: Realised variance per year with the pool's hedging and without.
        pushed: 1 where orders moved the price by 1 % within a step.
        pnl: Of the providers, USD.
        insolvent: 1 where they had less than nothing at some time.
        peak_share: Largest hedge of a step over the market's volume in a step.
        charged, vega, premium, notional, refused: Of what clients traded; see :class:`PoolState`.
        capital: Of the providers, USD.
        theta: Mean θ of the pool's options.
    """

    variance: Vector
    quiet: Vector
    pushed: Vector
    pnl: Vector
    insolvent: Vector
    peak_share: Vector
    charged: Vector
    vega: Vector
    premium: Vector
    notional: Vector
    refused: Vector
    capital: Vector
    theta: Vector

    @classmethod
    def of(cls, outcome: Outcome, *, volume_per_step: float, capital_usd: float) -> Self:
        """From a simulated market with one pool."""
        market = outcome.market
        own = {name.removeprefix("pool: "): rows for name, rows in market.items()}
        return cls(
            variance=market["realised_variance"],
            quiet=outcome.quiet["realised_variance"],
            pushed=(market["widest_push"] > SQUEEZE).astype(np.float64),
            pnl=own["pnl_usd"],
            insolvent=own["insolvent"],
            peak_share=own["peak_flow_usd"] / volume_per_step,
            charged=own["charged_usd"],
            vega=own["vega_usd_per_point"],
            premium=own["premium_usd"],
            notional=own["notional_usd"],
            refused=own["refused_usd"],
            capital=np.full(len(own["pnl_usd"]), capital_usd),
            theta=own["mean_theta"],
        )


def ratio(first: Vector, second: Vector, weights: Matrix) -> Vector:
    """Weighted mean of one over that of another; 0 where there is nothing of either."""
    return (weights @ first) / np.maximum(weights @ second, TINY)


def shortfall(pnl: Vector, weights: Matrix) -> Vector:
    """Mean of the worst 5 % under each row of weights, USD; negative = a loss."""
    order = np.argsort(pnl)
    sorted_weights = weights[:, order]
    before = np.cumsum(sorted_weights, axis=1) - sorted_weights
    tail = np.clip(WORST - before, 0.0, sorted_weights)
    return (tail @ pnl[order]) / WORST


Figure = Callable[[PoolPaths, Matrix], Vector]

FIGURES: Final[Mapping[str, Figure]] = MappingProxyType(
    {
        "realised_vol_ratio": lambda p, w: np.sqrt(ratio(p.variance, p.quiet, w)),
        "squeeze_probability": lambda p, w: np.clip(w @ p.pushed, 0.0, 1.0),
        "peak_flow_over_volume": lambda p, w: w @ p.peak_share,
        "lp_mean_usd": lambda p, w: w @ p.pnl,
        "lp_es_usd": lambda p, w: shortfall(p.pnl, w),
        "insolvency_probability": lambda p, w: np.clip(w @ p.insolvent, 0.0, 1.0),
        "trader_cost_points": lambda p, w: ratio(p.charged, p.vega, w),
        "trader_cost_share": lambda p, w: ratio(p.charged, p.premium, w),
        "notional_usd": lambda p, w: w @ p.notional,
        "refused_share": lambda p, w: ratio(p.refused, p.refused + p.notional, w),
        "capital_efficiency": lambda p, w: ratio(p.notional, p.capital, w),
        "mean_theta": lambda p, w: w @ p.theta,
    }
)
"""By name; each from the paths and rows of weights, shape (rows, paths), that sum to 1: the sample itself,
then draws of a bootstrap over paths.
"""

LOWER_IS_BETTER: Final = frozenset(
    {
        *("realised_vol_ratio", "squeeze_probability", "peak_flow_over_volume"),
        *("insolvency_probability", "trader_cost_points", "trader_cost_share", "refused_share"),
    }
)
HIGHER_IS_BETTER: Final = frozenset(
    {"lp_mean_usd", "lp_es_usd", "capital_efficiency", "mean_theta"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A figure with a 95 % interval from a bootstrap over paths."""

    value: float
    low: float
    high: float

    @property
    def is_clear(self) -> bool:
        """True where the interval excludes zero."""
        return self.low > 0.0 or self.high < 0.0


def estimate(values: Vector) -> Estimate:
    """From the figure of the sample and of every draw."""
    tail = 0.5 * (1.0 - LEVEL)
    low, high = np.quantile(values[1:], (tail, 1.0 - tail))
    return Estimate(value=float(values[0]), low=float(low), high=float(high))


def figures_of(paths: PoolPaths, weights: Matrix) -> dict[str, Vector]:
    """Every figure, of the sample and of every draw."""
    return {name: figure(paths, weights) for name, figure in FIGURES.items()}


def estimates(figures: Mapping[str, Vector]) -> dict[str, Estimate]:
    """Figures with their intervals."""
    return {name: estimate(values) for name, values in figures.items()}


def differences(figures: Mapping[str, Vector], base: Mapping[str, Vector]) -> dict[str, Estimate]:
    """One design less another on the same paths and draws."""
    return {name: estimate(values - base[name]) for name, values in figures.items()}
