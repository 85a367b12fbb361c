"""How sure the sign is: Monte Carlo over who holds each option.

For every draw and every group of one expiry's calls or puts a hit rate is drawn from a Beta distribution
around the model's accuracy, so that whole groups can be wrong together; each instrument's sign is then
right with that probability. Open interest of unknown side gets a sign of its own with a hit rate around
one half. Independent coin flips alone would average out over a chain and give a band that is far too
narrow.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.units import PERCENT
from shortgamma.exposure.positioning import Positioning
from shortgamma.exposure.profile import Grid
from shortgamma.exposure.unit import UnitExposure
from shortgamma.market.options import OptionSeries

Vector = NDArray[np.float64]

DRAWS = 2_000
SEED = 20_240_401
GROUP_WEIGHT = 4.0
"""Assumption: a group's hit rate is Beta with a total weight of four observations."""

LOW, MIDDLE, HIGH = 0.05, 0.5, 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """Size and seed of the Monte Carlo; the same seed gives the same bits."""

    draws: int = DRAWS
    seed: int = SEED


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """5 %, 50 % and 95 % quantiles over the draws; None where no draw has a value."""

    low: float | None
    median: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Confidence:
    """What the uncertainty of signs does to the answers.

    Args:
        draws, seed: Of the Monte Carlo.
        accuracy: Probability that a sign is right, of the positioning model.
        unknown_share: Open interest of unknown side over all open interest.
        gamma_usd_per_pct: Band of net gamma at today's spot.
        probability_short: P(net gamma < 0).
        flip: Band of the flip nearest to spot, USD, over the draws that have one.
        no_flip_share: Draws without any flip on the grid.
        spot: Levels of the profile band, USD, shape (m,).
        profile_low, profile_high: 5 % and 95 % of net gamma at each level, shape (m,).
    """

    draws: int
    seed: int
    accuracy: float
    unknown_share: float
    gamma_usd_per_pct: Band
    probability_short: float
    flip: Band
    no_flip_share: float
    spot: Vector
    profile_low: Vector
    profile_high: Vector


def draw_holdings(
    options: OptionSeries, positioning: Positioning, sampling: Sampling
) -> NDArray[np.float64]:
    """Possible dealer holdings, units of the underlying, shape (draws, n)."""
    generator = np.random.Generator(np.random.Philox(sampling.seed))
    _groups, group = np.unique(
        options.expiry * 2 + options.is_call.astype(np.int64), return_inverse=True
    )

    def signs(accuracy: float) -> NDArray[np.float64]:
        if accuracy >= 1.0:
            return np.ones((sampling.draws, len(options)))
        rate = generator.beta(
            accuracy * GROUP_WEIGHT,
            (1.0 - accuracy) * GROUP_WEIGHT,
            (sampling.draws, group.max() + 1),
        )
        hit = generator.random((sampling.draws, len(options))) < rate[:, group]
        return np.where(hit, 1.0, -1.0)

    known = positioning.quantity * signs(positioning.accuracy)
    return known + positioning.unknown * signs(0.5) if positioning.unknown.any() else known


def gamma_matrix(options: OptionSeries, moves: Vector) -> NDArray[np.float64]:
    """Gamma of one unit of each option at each level, USD per 1 %, shape (n, m), vols by strike."""
    width = (options.vol * np.sqrt(options.years))[:, None]
    d1 = (np.log(options.forward / options.strike)[:, None] + moves) / width + 0.5 * width
    discounted = options.forward * np.exp(-options.rate * options.years)
    density = np.exp(-0.5 * d1 * d1) / np.sqrt(2.0 * np.pi)
    return PERCENT * discounted[:, None] * np.exp(moves) * density / width


def assess(
    options: OptionSeries,
    positioning: Positioning,
    *,
    spot: float,
    unit: UnitExposure,
    grid: Grid | None = None,
    sampling: Sampling | None = None,
) -> Confidence:
    """Bands of net gamma, of its profile and of the flip nearest to spot.

    Args:
        options: The contracts.
        positioning: Who holds them, and how surely.
        spot: USD.
        unit: Exposure per unit of each option at today's spot.
        grid: Levels of the profile band.
        sampling: Draws and seed of the Monte Carlo.
    """
    sampling = sampling or Sampling()
    moves = (grid or Grid()).moves()
    holdings = draw_holdings(options, positioning, sampling)
    now = holdings @ unit.gamma_usd_per_pct
    profiles = holdings @ gamma_matrix(options, moves)
    flips = nearest_flips(moves, profiles)
    found = flips[np.isfinite(flips)]
    low, high = np.quantile(profiles, (LOW, HIGH), axis=0)
    return Confidence(
        draws=sampling.draws,
        seed=sampling.seed,
        accuracy=positioning.accuracy,
        unknown_share=positioning.unknown_share,
        gamma_usd_per_pct=band(now),
        probability_short=float(np.mean(now < 0.0)),
        flip=band(spot * np.exp(found)),
        no_flip_share=float(1.0 - found.size / sampling.draws),
        spot=spot * np.exp(moves),
        profile_low=low,
        profile_high=high,
    )


def band(values: Vector) -> Band:
    """Quantiles of the draws."""
    if values.size == 0:
        return Band(low=None, median=None, high=None)
    low, median, high = (float(q) for q in np.quantile(values, (LOW, MIDDLE, HIGH)))
    return Band(low=low, median=median, high=high)


def nearest_flips(moves: Vector, profiles: NDArray[np.float64]) -> Vector:
    """Log move of the sign change nearest to spot in each profile, linear between levels; NaN if none."""
    left, right = profiles[:, :-1], profiles[:, 1:]
    changes = (left < 0.0) != (right < 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = left / (left - right)
    root = np.where(changes, moves[:-1] + share * np.diff(moves), np.inf)
    best = np.argmin(np.abs(root), axis=1)
    nearest = root[np.arange(len(profiles)), best]
    return np.where(np.isfinite(nearest), nearest, np.nan)
