"""What a simulation says beyond means: distributions over paths, and who won and lost what."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.units import DAYS_PER_YEAR
from shortgamma.feedback.outcome import Outcome
from shortgamma.studies.simulation import SQUEEZE, Metric, largest, mean

Vector = NDArray[np.float64]

BINS = 48
SHOCK_QUANTILES = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 0.99, 1.0)
"""Paths are put together by the largest exogenous move, the largest ones more finely."""
LEAST_PATHS = 20
"""Fewer paths together say nothing."""
MOST_SHOWN = 0.998
"""Quantile up to which realised vols are counted in bins; the rest would stretch the axis."""
WORST = 0.05
"""Share of the paths whose mean is the expected shortfall."""
SMALLEST = 1e-6
"""Of the largest part of a result; a smaller one is rounding."""
LIQUIDATED = ": liquidated_usd"
"""Ending of the figure of an agent that liquidates."""
TIMELINE_LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Quantiles of a time line."""
RARE = (0.01, 0.05, 0.1)
"""Shares of the paths on which a cascade is called rare; the smallest that enough paths bear is used."""
LEAST_RARE = 5
"""Paths that a rare share must hold."""
SIZES, DECADES, SMALL = 160, 4.0, 0.02
"""Points of the law of cascade sizes; how far it reaches below the largest size, and below which share of
the smallest ones it does not.
"""
Z = 1.959964
"""Standard normal quantile of a 95 % interval."""
PARTS = (
    *("gamma", "theta", "vega", "delta", "execution", "basis"),
    *("spread", "fees", "slippage", "gas", "funding", "margin", "haircut"),
    "option_spread",
)
"""Of a hedger's result, in the order in which they are shown."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Histogram:
    """Shares of the paths by size of a figure, in the market and in the counterfactual.

    Args:
        edges: Of the bins, shape (bins + 1,).
        market, quiet: Share of all paths in each bin, shape (bins,).
    """

    edges: Vector
    market: Vector
    quiet: Vector


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ByShock:
    """Paths put together by the largest move of their counterfactual; every array has shape (groups,).

    Args:
        shock: Mean largest log move without hedging.
        move: Mean largest log move with hedging.
        squeezed: Probability that orders moved the price by 1 % within one step.
        error: Standard error of ``squeezed``.
        paths: How many.
    """

    shock: Vector
    move: Vector
    squeezed: Vector
    error: Vector
    paths: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Timeline:
    """What a market or an agent shows over time, on the paths whose steps were kept.

    Args:
        days: Since the start, shape (kept,).
        market, quiet: Quantiles at TIMELINE_LEVELS over paths, shape (levels, kept); NaN throughout where
            the counterfactual does not have it.
        market_mean, quiet_mean: Means over paths, shape (kept,).
    """

    days: Vector
    market: Vector
    quiet: Vector
    market_mean: Vector
    quiet_mean: Vector


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Survival:
    """Share of the paths on which more than a size was liquidated, with and without hedging.

    Args:
        sizes: USD, shape (sizes,), evenly spaced in logs.
        market, quiet: Shares, shape (sizes,).
        market_band, quiet_band: Ends of their 95 % intervals (Wilson), shape (2, sizes).
        rare: A small share of the paths: the smallest of RARE that holds LEAST_RARE paths.
        market_rare, quiet_rare: Size that is exceeded on that share, USD.
    """

    sizes: Vector
    market: Vector
    quiet: Vector
    market_band: Vector
    quiet_band: Vector
    rare: float
    market_rare: float
    quiet_rare: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a hedger won or lost, USD per path.

    Args:
        name: Of the hedger.
        total: Mean result.
        worst: Mean of the worst 5 % of the paths.
        parts: Means by name; they sum to the total.
    """

    name: str
    total: Metric
    worst: float
    parts: Mapping[str, Metric]


def histogram(market: Vector, quiet: Vector, most: float = 1.0) -> Histogram:
    """Both samples in common bins, from the smallest value to the quantile ``most`` of the larger sample."""
    low = float(min(market.min(), quiet.min()))
    high = float(max(np.quantile(market, most), np.quantile(quiet, most)))
    edges = np.linspace(low, high if high > low else low + 1.0, BINS + 1)
    counts = [np.histogram(sample, edges)[0] / len(sample) for sample in (market, quiet)]
    return Histogram(edges=edges, market=counts[0], quiet=counts[1])


def largest_moves(outcome: Outcome) -> Histogram:
    """Largest moves from the initial price in either direction, as parts of it."""
    return histogram(np.expm1(largest(outcome.market)), np.expm1(largest(outcome.quiet)))


def realised_vols(outcome: Outcome) -> Histogram:
    """Realised vol of every path, decimal."""
    variances = (outcome.market["realised_variance"], outcome.quiet["realised_variance"])
    return histogram(*np.sqrt(variances), most=MOST_SHOWN)


def figures_named(outcome: Outcome, ending: str) -> Histogram | None:
    """A figure of both markets whose name ends so; None where there is none."""
    name = next((n for n in outcome.market if n.endswith(ending) and n in outcome.quiet), None)
    if name is None or not np.any(outcome.market[name]):
        return None
    return histogram(outcome.market[name], outcome.quiet[name])


def by_shock(outcome: Outcome) -> ByShock:
    """What hedging adds to exogenous moves of different sizes."""
    quiet, market = largest(outcome.quiet), largest(outcome.market)
    squeezed = outcome.market["widest_push"] > SQUEEZE
    edges = np.quantile(quiet, SHOCK_QUANTILES)
    group = np.clip(np.searchsorted(edges, quiet, side="right") - 1, 0, len(edges) - 2)
    rows = [np.flatnonzero(group == g) for g in range(len(edges) - 1)]
    rows = [row for row in rows if len(row) >= LEAST_PATHS]
    share = np.array([squeezed[row].mean() for row in rows])
    count = np.array([len(row) for row in rows], dtype=np.int64)
    return ByShock(
        shock=np.array([quiet[row].mean() for row in rows]),
        move=np.array([market[row].mean() for row in rows]),
        squeezed=share,
        error=np.sqrt(share * (1.0 - share) / count),
        paths=count,
    )


def timeline(outcome: Outcome, name: str) -> Timeline | None:
    """A time line by name, such as ``funding_per_day``; None where nothing of that name was kept."""
    kept = outcome.timelines.get(name)
    if kept is None or not kept.size:
        return None
    steps = outcome.keep_every * np.arange(1, len(kept) + 1)
    levels = np.quantile(kept, TIMELINE_LEVELS, axis=2)
    mean_of = kept.mean(axis=2)
    return Timeline(
        days=outcome.setup.clock.times[steps] * DAYS_PER_YEAR,
        market=levels[:, :, 0],
        quiet=levels[:, :, 1],
        market_mean=mean_of[:, 0],
        quiet_mean=mean_of[:, 1],
    )


def cascades(outcome: Outcome) -> Survival | None:
    """How large cascades of liquidations get; None where nothing was liquidated, or on too few paths."""
    names = [name for name in outcome.market if name.endswith(LIQUIDATED) and name in outcome.quiet]
    rare = next((share for share in RARE if share * outcome.paths >= LEAST_RARE), None)
    if not names or rare is None:
        return None
    samples = [
        np.sum([figures[name] for name in names], axis=0)
        for figures in (outcome.market, outcome.quiet)
    ]
    top = max(float(sample.max()) for sample in samples)
    if not top > 0.0:
        return None
    some = np.concatenate([sample[sample > 0.0] for sample in samples])
    least = max(float(np.quantile(some, SMALL)), top * 10.0**-DECADES)
    sizes = np.geomspace(least, top, SIZES)
    market, quiet = (beyond(sample, sizes) for sample in samples)
    market_rare, quiet_rare = (float(np.quantile(sample, 1.0 - rare)) for sample in samples)
    return Survival(
        sizes=sizes,
        market=market,
        quiet=quiet,
        market_band=wilson(market, outcome.paths),
        quiet_band=wilson(quiet, outcome.paths),
        rare=rare,
        market_rare=market_rare,
        quiet_rare=quiet_rare,
    )


def beyond(sample: Vector, sizes: Vector) -> Vector:
    """Share of the sample above each size."""
    below = np.searchsorted(np.sort(sample), sizes, side="right")
    return 1.0 - below / len(sample)


def wilson(share: Vector, count: int) -> Vector:
    """Ends of the 95 % interval of a probability from a share of ``count`` trials, shape (2, …).

    Source: Wilson (1927), https://doi.org/10.1080/01621459.1927.10502953.
    """
    scale = 1.0 + Z**2 / count
    centre = (share + Z**2 / (2.0 * count)) / scale
    half = Z / scale * np.sqrt(share * (1.0 - share) / count + Z**2 / (4.0 * count**2))
    return np.stack([np.maximum(centre - half, 0.0), np.minimum(centre + half, 1.0)])


def results(outcome: Outcome) -> tuple[Result, ...]:
    """What every hedger won or lost, and why."""
    names = [agent.name for agent in outcome.setup.agents if agent.is_hedger]
    return tuple(result(outcome, name) for name in names if f"{name}: pnl_usd" in outcome.market)


def result(outcome: Outcome, name: str) -> Result:
    """What one hedger won or lost."""
    figures = outcome.market
    total = figures[f"{name}: pnl_usd"]
    found = {part: f"{name}: {part}_usd" for part in PARTS}
    parts = {part: figures[key] for part, key in found.items() if key in figures}
    if "gamma" not in parts:
        parts = {"options and hedge": total - sum(parts.values())} | parts
    scale = max(float(np.abs(v).mean()) for v in parts.values())
    worst = np.sort(total)[: max(round(WORST * len(total)), 1)]
    return Result(
        name=name,
        total=mean(total),
        worst=float(worst.mean()),
        parts={name: mean(v) for name, v in parts.items() if np.abs(v).mean() > SMALLEST * scale},
    )
