"""The gamma profile: the whole book repriced at each spot level, and where its sign flips.

A running sum over strikes is not a profile: the gamma that a strike contributes at another spot level is
not the gamma it contributes today.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from shortgamma.basics.units import DAYS_PER_YEAR, PERCENT
from shortgamma.exposure.dynamics import SmileDynamics, StickyStrike
from shortgamma.exposure.unit import unit_exposure
from shortgamma.kernels.profile import gamma_sum, profile_sums, profile_terms
from shortgamma.market.options import OptionSeries

Vector = NDArray[np.float64]

LEVELS = 201
LOWEST, HIGHEST = 0.5, 2.0  # of spot
WIDEST = 20.0  # "always" short means: nowhere between a twentieth and twenty times spot either
STEPS_PER_WIDTH = 3.0  # scan steps within the σ√T of the shortest option
MAX_LEVELS = 20_000
FLIP_TOLERANCE = 1e-12  # in log spot
FLAT = 1e-13  # of the sum of all peaks: a net gamma below it is rounding, not a sign


class Crossing(StrEnum):
    """Direction of a flip as the price rises."""

    UP = "up"
    DOWN = "down"


class FlipStatus(StrEnum):
    """Why there are, or are not, flips."""

    FOUND = "found"
    ALWAYS_SHORT = "always_short"
    ALWAYS_LONG = "always_long"
    OUTSIDE_GRID = "outside_grid"
    FLAT = "flat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """A spot level at which net gamma changes sign.

    Args:
        spot: USD.
        crossing: ``up`` where the book goes from short to long gamma as the price rises.
    """

    spot: float
    crossing: Crossing


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Profile:
    """Exposure of a fixed book at other spot levels; every array has shape (m,).

    Args:
        dynamics: The assumption on vols, by name.
        days_ahead: How far the book was rolled forward in time, days.
        spot: Levels, USD, ascending.
        gamma_usd_per_pct: USD to trade per 1 % move at that level.
        vanna_usd_per_point: Change of USD delta per vol point there.
        charm_usd_per_day: Change of USD delta per calendar day there.
        flips: Every sign change of gamma between the first and the last level.
        flip_status: ``found``, or why there is none.
    """

    dynamics: str
    days_ahead: float
    spot: Vector
    gamma_usd_per_pct: Vector
    vanna_usd_per_point: Vector
    charm_usd_per_day: Vector
    flips: tuple[Flip, ...]
    flip_status: FlipStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Spot levels on which a profile is shown, evenly spaced in log spot.

    Args:
        lowest, highest: Multiples of spot.
        levels: How many.
    """

    lowest: float = LOWEST
    highest: float = HIGHEST
    levels: int = LEVELS

    def moves(self, refinement: int = 1) -> Vector:
        """Log moves of the levels, each step split into ``refinement`` parts."""
        count = (self.levels - 1) * refinement + 1
        return np.linspace(float(np.log(self.lowest)), float(np.log(self.highest)), count)


def gamma_profile(
    options: OptionSeries,
    quantity: Vector,
    *,
    spot: float,
    dynamics: SmileDynamics | None = None,
    days_ahead: float = 0.0,
    grid: Grid | None = None,
) -> Profile:
    """Profile of a book.

    Args:
        options: The contracts; each forward moves in proportion to spot.
        quantity: Signed holding, units of the underlying, shape (n,).
        spot: USD.
        dynamics: Sticky strike unless given.
        days_ahead: Calendar days that ``options`` were already rolled forward; only stored.
        grid: Half to double spot in 201 levels unless given.
    """
    grid = grid or Grid()
    dynamics = dynamics or StickyStrike()
    sticky = isinstance(dynamics, StickyStrike)
    refinement = scan_refinement(options, grid) if sticky else 1
    moves = grid.moves(refinement)
    sums = (
        sticky_sums(options, quantity, moves)
        if sticky
        else repriced_sums(options, quantity, moves, dynamics)
    )
    at = (
        gamma_function(options, quantity)
        if sticky
        else partial(repriced_gamma, options, quantity, dynamics)
    )
    floor = FLAT * sum_of_peaks(options, quantity)
    gamma = np.where(np.abs(sums[0]) > floor, sums[0], 0.0)
    flips = find_flips(moves, gamma, at, spot)
    status = FlipStatus.FOUND if flips else flip_status(options, quantity, gamma, dynamics)
    shown = slice(None, None, refinement)
    return Profile(
        dynamics=dynamics.name,
        days_ahead=days_ahead,
        spot=spot * np.exp(moves[shown]),
        gamma_usd_per_pct=sums[0, shown],
        vanna_usd_per_point=sums[1, shown],
        charm_usd_per_day=sums[2, shown],
        flips=flips,
        flip_status=status,
    )


def scan_refinement(options: OptionSeries, grid: Grid) -> int:
    """Parts to split each step into, so that the narrowest gamma peak spans several scan levels."""
    if len(options) == 0:
        return 1
    narrowest = float(np.min(options.vol * np.sqrt(options.years)))
    step = (np.log(grid.highest) - np.log(grid.lowest)) / (grid.levels - 1)
    wanted = int(np.ceil(step * STEPS_PER_WIDTH / max(narrowest, 1e-12)))
    return min(max(wanted, 1), MAX_LEVELS // grid.levels)


def sticky_sums(options: OptionSeries, quantity: Vector, moves: Vector) -> Vector:
    """Gamma, vanna and charm at each level with vols fixed by strike, shape (3, m)."""
    out = np.zeros((3, moves.size))
    weight = quantity * np.exp(-options.rate * options.years)
    profile_sums(moves, options.forward, options.strike, options.years, options.vol, weight, out)
    out *= np.exp(moves)
    if np.any(options.rate != 0.0):
        out[2] += carry_charm(options, quantity, moves)
    return out


def carry_charm(options: OptionSeries, quantity: Vector, moves: Vector) -> Vector:
    """The r·Δ part of charm, USD delta per day, which vanishes where rates are zero."""
    weight = quantity * options.rate / DAYS_PER_YEAR
    return np.array([weight @ unit_exposure(moved(options, move)).delta_usd for move in moves])


def moved(options: OptionSeries, move: float, vol: Vector | None = None) -> OptionSeries:
    """The same contracts after every forward has moved by e^move."""
    return OptionSeries(
        instrument=options.instrument,
        is_call=options.is_call,
        strike=options.strike,
        expiry=options.expiry,
        years=options.years,
        forward=options.forward * np.exp(move),
        vol=options.vol if vol is None else vol,
        rate=options.rate,
        is_inverse=options.is_inverse,
    )


def repriced_sums(
    options: OptionSeries, quantity: Vector, moves: Vector, dynamics: SmileDynamics
) -> Vector:
    """Gamma, vanna and charm at each level with vols that depend on the level, shape (3, m)."""
    out = np.empty((3, moves.size))
    for column, move in enumerate(moves):
        unit = unit_exposure(moved(options, move, dynamics.vols(options, move)))
        out[0, column] = quantity @ unit.gamma_usd_per_pct
        out[1, column] = quantity @ unit.vanna_usd_per_point
        out[2, column] = quantity @ unit.charm_usd_per_day
    return out


def repriced_gamma(
    options: OptionSeries, quantity: Vector, dynamics: SmileDynamics, move: float
) -> float:
    """Net gamma at one level with vols that depend on the level."""
    unit = unit_exposure(moved(options, move, dynamics.vols(options, move)))
    return float(quantity @ unit.gamma_usd_per_pct)


def gamma_function(options: OptionSeries, quantity: Vector) -> Callable[[float], float]:
    """Net gamma as a function of the log move, vols fixed by strike, USD per 1 %."""
    terms = np.empty((3, len(options)))
    weight = quantity * np.exp(-options.rate * options.years)
    profile_terms(options.forward, options.strike, options.years, options.vol, weight, terms)
    scratch = np.empty(len(options))
    return lambda move: gamma_sum(move, terms, scratch)


def sum_of_peaks(options: OptionSeries, quantity: Vector) -> float:
    """Sum of the largest gamma that each option can have at any level, unsigned, USD per 1 %."""
    width = options.vol * np.sqrt(options.years)
    return float(np.sum(np.abs(quantity) * options.strike / width) * PERCENT / np.sqrt(2.0 * np.pi))


def find_flips(
    moves: Vector, gamma: Vector, at: Callable[[float], float], spot: float
) -> tuple[Flip, ...]:
    """Every sign change of ``at`` between the first and the last move, in order of spot."""
    brackets = sign_changes(moves, gamma) + hidden_pairs(moves, gamma, at)
    return tuple(
        Flip(spot=float(spot * np.exp(refine(at, low, high))), crossing=way)
        for low, high, way in sorted(brackets)
    )


def refine(at: Callable[[float], float], low: float, high: float) -> float:
    """The root of ``at`` in a bracket.

    The scan rounds differently from ``at``: where a root falls on a level, both ends can have one sign
    here, and that level is the root.
    """
    ends = at(low), at(high)
    if ends[0] * ends[1] > 0.0:
        return low if abs(ends[0]) < abs(ends[1]) else high
    return float(brentq(at, low, high, xtol=FLIP_TOLERANCE))


Bracket = tuple[float, float, Crossing]  # log moves around one flip


def sign_changes(moves: Vector, gamma: Vector) -> list[Bracket]:
    """Brackets around each sign change; a level that is exactly zero belongs to the next sign."""
    nonzero = np.flatnonzero(gamma != 0.0)
    sign = np.sign(gamma[nonzero])
    change = np.flatnonzero(sign[1:] != sign[:-1])
    return [
        (
            float(moves[nonzero[c]]),
            float(moves[nonzero[c + 1]]),
            Crossing.UP if sign[c] < 0.0 else Crossing.DOWN,
        )
        for c in change
    ]


def hidden_pairs(moves: Vector, gamma: Vector, at: Callable[[float], float]) -> list[Bracket]:
    """Brackets of pairs of flips that fit between two scan levels.

    Where |gamma| has a local minimum without a sign change, the parabola through the three levels says
    whether the dip may reach zero; if gamma does change sign at its vertex, there are two flips.
    """
    size = np.abs(gamma)
    middle = size[1:-1]
    same = (gamma[:-2] * gamma[1:-1] > 0.0) & (gamma[1:-1] * gamma[2:] > 0.0)
    dips = same & (middle < size[:-2]) & (middle < size[2:])
    found: list[Bracket] = []
    for j in np.flatnonzero(dips) + 1:
        slope = 0.5 * (size[j + 1] - size[j - 1])
        bend = size[j + 1] - 2.0 * size[j] + size[j - 1]
        if size[j] - 0.5 * slope * slope / bend > 0.5 * size[j]:
            continue
        vertex = float(moves[j] - slope / bend * (moves[j + 1] - moves[j]))
        if at(vertex) * gamma[j] < 0.0:
            ways = [Crossing.UP, Crossing.DOWN] if gamma[j] < 0.0 else [Crossing.DOWN, Crossing.UP]
            found.append((float(moves[j - 1]), vertex, ways[0]))
            found.append((vertex, float(moves[j + 1]), ways[1]))
    return found


def flip_status(
    options: OptionSeries, quantity: Vector, gamma: Vector, dynamics: SmileDynamics
) -> FlipStatus:
    """Why a profile, with rounding set to zero, has no flip on its grid."""
    if not gamma.any():
        return FlipStatus.FLAT
    edge = float(np.log(WIDEST))
    wide = np.linspace(-edge, edge, 4 * LEVELS)
    everywhere = (
        sticky_sums(options, quantity, wide)
        if isinstance(dynamics, StickyStrike)
        else repriced_sums(options, quantity, wide, dynamics)
    )[0]
    floor = FLAT * sum_of_peaks(options, quantity)
    if sign_changes(wide, np.where(np.abs(everywhere) > floor, everywhere, 0.0)):
        return FlipStatus.OUTSIDE_GRID
    return FlipStatus.ALWAYS_LONG if gamma.max() > 0.0 else FlipStatus.ALWAYS_SHORT
