"""The feedback number: what hedging does to volatility at a given depth, and where it runs away.

θ = gamma / depth, negative where the hedgers are short. They trade −θ of every move on top of it, so a
shock ε ends as the move x with x = ε − θ·x: volatility is multiplied by 1/(1 + θ). For large moves θ is
not constant: ε(x) = x + (0.01/depth)·Σ N·F·[Δ(F·e^x) − Δ(F)] is the shock that ends at x. Where ε(x) folds
back, no nearby equilibrium is left and the price jumps to another branch: the critical shock.

Source: the fold of the demand curve as in R. Sircar, G. Papanicolaou (1998) and R. Frey (1998).
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from shortgamma.basics.units import PERCENT
from shortgamma.exposure.profile import (
    Grid,
    gamma_function,
    moved,
    refine,
    scan_refinement,
    sign_changes,
    sticky_sums,
)
from shortgamma.exposure.unit import greeks_of
from shortgamma.kernels.black import Greek
from shortgamma.market.options import OptionSeries

Vector = NDArray[np.float64]

DEFAULT_DEPTH = 300e6
"""Assumption: one-sided USD that move the price 1 % (one venue's record is 290 M$, both sides)."""


class FeedbackStatus(StrEnum):
    """What hedging does to a small move."""

    AMPLIFIES = "amplifies"
    DAMPENS = "dampens"
    NEUTRAL = "neutral"
    RUNAWAY = "runaway"


class ShockStatus(StrEnum):
    """Whether a critical shock exists."""

    FOUND = "found"
    RUNAWAY = "runaway"
    NONE_IN_RANGE = "none_in_range"


@dataclass(frozen=True, slots=True, kw_only=True)
class CriticalShock:
    """The smallest exogenous move after which hedging carries the price to another equilibrium.

    Args:
        shock: Log move, signed; 0 where the book already runs away; None where there is none in range.
        move_at_fold: Log move of the price when the fold is reached.
        landing: Log move at which the price comes to rest after it; None beyond the range.
        status: ``found``, ``runaway`` or ``none_in_range``.
    """

    shock: float | None
    move_at_fold: float | None
    landing: float | None
    status: ShockStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """The hedgers' effect on the market.

    Args:
        depth_usd_per_pct: One-sided USD that move the price 1 %.
        theta: Gamma over depth, negative = short.
        amplification: Factor 1/(1 + θ) on volatility; None at θ ≤ −1.
        runaway_depth_usd_per_pct: Depth at which θ reaches −1; None for a book that is not short.
        critical_up, critical_down: Critical shocks.
        status: What hedging does to a small move.
    """

    depth_usd_per_pct: float
    theta: float
    amplification: float | None
    runaway_depth_usd_per_pct: float | None
    critical_up: CriticalShock
    critical_down: CriticalShock
    status: FeedbackStatus


def feedback(
    options: OptionSeries,
    quantity: Vector,
    *,
    gamma_usd_per_pct: float,
    depth_usd_per_pct: float = DEFAULT_DEPTH,
    grid: Grid | None = None,
) -> Feedback:
    """θ, amplification, runaway depth and the critical shocks of a book.

    Args:
        options: The contracts.
        quantity: Hedgers' signed holding, units of the underlying, shape (n,).
        gamma_usd_per_pct: Its net gamma at today's spot.
        depth_usd_per_pct: One-sided USD that move the price 1 %, positive.
        grid: Range in which folds are looked for.
    """
    theta = gamma_usd_per_pct / depth_usd_per_pct
    runaway = theta <= -1.0
    up, down = critical_shocks(options, quantity, depth_usd_per_pct, grid or Grid())
    return Feedback(
        depth_usd_per_pct=depth_usd_per_pct,
        theta=theta,
        amplification=None if runaway else 1.0 / (1.0 + theta),
        runaway_depth_usd_per_pct=-gamma_usd_per_pct if gamma_usd_per_pct < 0.0 else None,
        critical_up=up,
        critical_down=down,
        status=feedback_status(theta),
    )


def feedback_status(theta: float) -> FeedbackStatus:
    """Sign and size of θ in a word."""
    if theta <= -1.0:
        return FeedbackStatus.RUNAWAY
    if theta == 0.0:
        return FeedbackStatus.NEUTRAL
    return FeedbackStatus.AMPLIFIES if theta < 0.0 else FeedbackStatus.DAMPENS


def critical_shocks(
    options: OptionSeries, quantity: Vector, depth: float, grid: Grid
) -> tuple[CriticalShock, CriticalShock]:
    """Critical shocks up and down.

    The slope of the shock that ends at x is ε'(x) = 1 + gamma(x)·e^(−x)/depth, so folds are its zeros.
    """
    moves = grid.moves(scan_refinement(options, grid))
    slope = 1.0 + sticky_sums(options, quantity, moves)[0] * np.exp(-moves) / depth
    gamma_at = gamma_function(options, quantity)

    def slope_at(move: float) -> float:
        return 1.0 + gamma_at(move) * np.exp(-move) / depth

    if slope_at(0.0) <= 0.0:
        now = CriticalShock(shock=0.0, move_at_fold=0.0, landing=None, status=ShockStatus.RUNAWAY)
        return now, now
    shock_at = shock_function(options, quantity, depth)
    folds = [refine(slope_at, low, high) for low, high, _way in sign_changes(moves, slope)]
    up = min((fold for fold in folds if fold > 0.0), default=None)
    down = max((fold for fold in folds if fold < 0.0), default=None)
    return describe_fold(up, moves, shock_at), describe_fold(down, moves, shock_at)


def shock_function(
    options: OptionSeries, quantity: Vector, depth: float
) -> Callable[[float], float]:
    """ε(x): the exogenous log move that, with the hedging it causes, ends at the log move x."""
    weight = quantity * options.forward * (PERCENT / depth)
    start = greeks_of(options)[Greek.DELTA]

    def shock_at(move: float) -> float:
        return move + float(weight @ (greeks_of(moved(options, move))[Greek.DELTA] - start))

    return shock_at


def describe_fold(
    fold: float | None, moves: Vector, shock_at: Callable[[float], float]
) -> CriticalShock:
    """The shock at a fold, and where the price lands just beyond it.

    Beyond the fold no nearby x ends at a larger shock; the price runs on to the first level at which the
    shock curve is back at that height.
    """
    if fold is None:
        return CriticalShock(
            shock=None, move_at_fold=None, landing=None, status=ShockStatus.NONE_IN_RANGE
        )
    side = np.sign(fold)
    shock = shock_at(fold)
    beyond = np.sort(moves[side * moves > side * fold])[:: int(side)]
    before, landing = fold, None
    for level in beyond.tolist():
        if side * (shock_at(level) - shock) >= 0.0:
            landing = float(brentq(lambda x: shock_at(x) - shock, before, level))
            break
        before = level
    return CriticalShock(shock=shock, move_at_fold=fold, landing=landing, status=ShockStatus.FOUND)
