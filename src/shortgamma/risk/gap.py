"""Gap losses: the price jumps, and nobody trades before it has arrived."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.units import PERCENT
from shortgamma.exposure.unit import UnitExposure, unit_exposure
from shortgamma.market.book import Book
from shortgamma.market.options import OptionSeries
from shortgamma.market.revaluation import SAME_VOL
from shortgamma.risk.stress import TO_ZERO, ShockGrid, linear_usd, stress_matrix

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One jump of spot, vols unchanged.

    Args:
        spot_move: Relative.
        pnl_usd: Profit of the book as it is held, USD, negative = loss.
        hedged_usd: Profit of the book with its delta hedged just before the jump and not during it, USD.
        quadratic_usd: The same by gamma alone, ½·Γ·(S·s)², USD: what a risk report without revaluation says.
        trade: Units of the underlying to trade after the jump so that delta is what it was, + = buy.
        trade_usd: The same at the new price, USD.
    """

    spot_move: float
    pnl_usd: float
    hedged_usd: float
    quadratic_usd: float
    trade: float
    trade_usd: float


def gap_losses(book: Book, spot_moves: Sequence[float]) -> tuple[Gap, ...]:
    """Every jump, with what it costs and what has to be traded after it.

    ``hedged = pnl − s·Σ N·Δ·F − s·Σ N·price``: the hedge holds the delta of the start over the whole jump.
    A book short gamma loses either way, and buys after a rise and sells after a fall.

    Args:
        book: Signed holdings.
        spot_moves: Relative, −1 or above.
    """
    grid = ShockGrid(spot_moves=tuple(spot_moves), vol_shifts=(SAME_VOL,))
    pnl = stress_matrix(book, grid).pnl_usd[:, 0]
    unit = unit_exposure(book.options)
    slope = float(book.quantity @ unit.delta_usd) + linear_usd(book)
    dollar_gamma = float(book.quantity @ unit.gamma_usd_per_pct) / PERCENT
    found: list[Gap] = []
    for move, won in zip(grid.spot_moves, pnl.tolist(), strict=True):
        trade = trade_after(book, unit, spot_move=move)
        found.append(
            Gap(
                spot_move=move,
                pnl_usd=won,
                hedged_usd=won - slope * move,
                quadratic_usd=0.5 * dollar_gamma * move**2,
                trade=trade,
                trade_usd=trade * book.spot * (1.0 + move),
            )
        )
    return tuple(found)


def trade_after(book: Book, unit: UnitExposure, *, spot_move: float) -> float:
    """−Σ N·(Δ(F·(1+s)) − Δ(F))·F/S: units of spot that bring the delta back, + = buy.

    Args:
        book: Signed holdings.
        unit: Exposure of its options before the jump.
        spot_move: Relative, −1 or above.
    """
    options = book.options
    before = unit.delta_usd / options.forward
    after = deltas_after(options, spot_move)
    return -float(book.quantity @ ((after - before) * options.forward)) / book.spot


def deltas_after(options: OptionSeries, spot_move: float) -> Vector:
    """Deltas with every forward moved; at a price of zero their limit, 0 and −e^(−rate·years)."""
    if spot_move == TO_ZERO:
        return np.where(options.is_call, 0.0, -np.exp(-options.rate * options.years))
    moved = replace(options, forward=options.forward * (1.0 + spot_move))
    return unit_exposure(moved).delta_usd / moved.forward
