"""Figures of a market under a strategy, each as the mean of one score per path.

A standard deviation, an expected shortfall and a ratio of vols are no means, but to first order they are: of
their influence functions. With scores, the error of a figure is that of a mean, and the error of a difference
between two markets on the same shocks is that of the mean of paired differences.

Source: the shortfall as in R. T. Rockafellar, S. Uryasev (2000), doi:10.21314/JOR.2000.038.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shortgamma.feedback.outcome import Outcome
from shortgamma.studies.policies.results import shortfall
from shortgamma.studies.simulation import SQUEEZE

Vector = NDArray[np.float64]

TAIL: Final = 0.025
"""Share of the paths whose mean loss is the expected shortfall."""
HEDGING_COSTS: Final = ("spread", "fees", "slippage", "gas", "funding", "margin", "haircut")
"""Parts of a result that hedging the delta costs."""
PARTS: Final = (
    *("gamma", "theta", "vega", "delta", "execution", "basis"),
    *HEDGING_COSTS,
    "option_spread",
)
"""Parts that sum to a result."""
PLACES: Final = 160
"""Points of a distribution."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Distributions:
    """Shares of the paths that end with a result or a worse one, in several markets.

    Args:
        levels: Of the result, USD, ascending, shape (levels,).
        shares: Of the paths at or below each level, shape (markets, levels).
    """

    levels: Vector
    shares: NDArray[np.float64]


def distributions(results: Sequence[Vector]) -> Distributions:
    """Results of several markets, each of shape (paths,), at common levels from the worst to the best."""
    low, high = min(float(pnl.min()) for pnl in results), max(float(pnl.max()) for pnl in results)
    levels = np.linspace(low, high, PLACES)
    below = [np.searchsorted(np.sort(pnl), levels, side="right") / pnl.size for pnl in results]
    return Distributions(levels=levels, shares=np.array(below))


def total(figures: Mapping[str, Vector], names: Sequence[str], figure: str) -> Vector:
    """A figure of all hedgers together, USD per path; 0 where nobody has it."""
    found = [figures[f"{name}: {figure}"] for name in names if f"{name}: {figure}" in figures]
    return np.sum(found, axis=0) if found else np.zeros(len(figures["final"]))


def scores(outcome: Outcome, names: Sequence[str], *, depth: float) -> dict[str, Vector]:
    """Scores by figure, shape (paths,).

    Args:
        outcome: Of the market.
        names: Of the hedgers.
        depth: USD per 1 %.
    """
    market, quiet = outcome.market, outcome.quiet
    pnl = total(market, names, "pnl_usd")
    options = -total(market, names, "option_spread_usd")
    hedging = -np.sum([total(market, names, f"{part}_usd") for part in HEDGING_COSTS], axis=0)
    return {
        "pnl_usd": pnl,
        "cost_usd": options + hedging,
        "option_spread_usd": options,
        "hedging_cost_usd": hedging,
        "std_usd": deviation_scores(pnl),
        "es_usd": shortfall_scores(pnl),
        "turnover_usd": total(market, names, "turnover_usd"),
        "mean_theta": total(market, names, "mean_gamma_usd_per_pct") / (depth or np.nan),
        "realised_vol_ratio": ratio_scores(market["realised_variance"], quiet["realised_variance"]),
        "squeeze_probability": (market["widest_push"] > SQUEEZE).astype(np.float64),
        "stopped_probability": ((market["halted"] + market["collapsed"]) > 0.0).astype(np.float64),
    }


def part_scores(outcome: Outcome, names: Sequence[str]) -> dict[str, Vector]:
    """Parts of the result, USD per path."""
    return {part: total(outcome.market, names, f"{part}_usd") for part in PARTS}


def deviation_scores(pnl: Vector) -> Vector:
    """Scores s + [(x − x̄)² − s²]/(2s): their mean is the standard deviation s."""
    square = (pnl - pnl.mean()) ** 2
    deviation = float(np.sqrt(square.mean()))
    if deviation == 0.0:
        return np.zeros(pnl.size)
    return deviation + (square - deviation**2) / (2.0 * deviation)


def shortfall_scores(pnl: Vector) -> Vector:
    """Scores ES + (e − ē)/TAIL, e = max(L − q, 0), L = −x and q its quantile: their mean is the shortfall ES.

    ES is that of the re-hedging policies, so that both studies say the same of the same results.
    """
    loss = -pnl
    excess = np.maximum(loss - float(np.quantile(loss, 1.0 - TAIL)), 0.0)
    return shortfall(pnl).value + (excess - excess.mean()) / TAIL


def ratio_scores(variance: Vector, quiet: Vector) -> Vector:
    """Scores r·(1 + ½(v/v̄ − w/w̄)): their mean is r = √(v̄/w̄), a ratio of vols; NaN where w̄ is 0."""
    above, below = float(variance.mean()), float(quiet.mean())
    if below == 0.0:
        return np.full(variance.size, np.nan)
    ratio = (above / below) ** 0.5
    return ratio * (1.0 + 0.5 * (variance / above - quiet / below)) if above > 0.0 else 0.0 * quiet
