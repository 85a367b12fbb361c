"""Hedging by transactions on a chain, on many paths: which get through, and what they burn."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from shortgamma.kernels.climate import BASE_FEE, DEMAND
from shortgamma.kernels.curves import look_up
from shortgamma.kernels.elementary import FAST, exp_bounded, log_ratio
from shortgamma.kernels.orders import (
    ASLEEP,
    BAND,
    GAS_DUE,
    GAS_PAID,
    HELD,
    INVERSE_STEP,
    LOWEST,
)
from shortgamma.kernels.rows import put, take

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

# Elements of a bid: most in all and tip (wei per gas); gas times USD per wei of a hedge and of a failed one;
# chance that an included one fails; median tip of the others, steepness, and chance of a missed block.
MOST_WEI, TIP, USD_PER_WEI, FAILED_USD_PER_WEI, FAILURE, MEDIAN, STEEPNESS, MISSED = range(8)
BID = 8


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def inclusion(room: float, tip: float, congestion: float, median: float, steepness: float) -> float:
    """Chance that a bid is in the next block, but for missed blocks.

    Args:
        room: Most that it offers in all, less the base fee.
        tip: That it offers, wei per gas.
        congestion: Gas that all bids ask for, over what the block holds.
        median, steepness: Of the tips of the others.
    """
    offered = max(min(tip, room), 0.0) / median
    strength = exp_bounded(steepness * log_ratio(offered, 1.0)) if offered > 0.0 else 0.0
    excess = max(congestion - 1.0, 0.0)
    share = strength / (strength + excess) if excess > 0.0 else 1.0
    return share if room >= 0.0 else 0.0


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def burn(payer, usd, own, cash, j):
    """Gas that one path pays: from the payer's account to the venue's."""
    own[GAS_PAID, j] += usd
    cash[payer, j] -= usd
    cash[1, j] += usd


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage_due(gas, due, per_wei, tip):
    """USD that a hedge costs in this step."""
    base_fee = gas[BASE_FEE]
    for j in range(due.size):
        put(due, j, (take(base_fee, j) + tip) * per_wei, 0)


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def transact(
    own: Matrix,
    market: tuple[Vector, Vector, Matrix, Vector],
    curve: tuple[Matrix, Vector, float],
    bid: Vector,
    cash: Matrix,
    payer: int,
) -> None:
    """Lets a hedge trade where its transaction gets into the next block and does not fail.

    Args:
        own: Rows of the hedge; BAND becomes infinite where nothing gets through, GAS_DUE and GAS_PAID follow.
        market: Uniform numbers, log price that the hedger sees, rows of gas, rows of ``paths``' LEVEL.
        curve: Targets now, shape (levels, 2·nodes), their grid, and what they are multiplied by.
        bid: See above.
        cash: USD, shape (accounts, n); updated.
        payer: Account of the hedger.
    """
    uniforms, seen, gas, level = market
    table, grid, factor = curve
    stage_due(gas, own[GAS_DUE], bid[USD_PER_WEI], bid[TIP])
    in_time = 1.0 - bid[MISSED]
    for j in range(uniforms.size):
        u = uniforms[j]
        room = bid[MOST_WEI] - gas[BASE_FEE, j]
        chance = in_time
        if gas[DEMAND, j] > 1.0 or room < 0.0:
            chance *= inclusion(room, bid[TIP], gas[DEMAND, j], bid[MEDIAN], bid[STEEPNESS])
        if u < chance * bid[FAILURE]:
            target, _slope = look_up(table, seen[j], level[j], grid[LOWEST], grid[INVERSE_STEP])
            if abs(factor * target - own[HELD, j]) > own[BAND, j]:
                failed = (gas[BASE_FEE, j] + bid[TIP]) * bid[FAILED_USD_PER_WEI]
                burn(payer, failed, own, cash, j)
            own[BAND, j] = ASLEEP
        elif not u < chance:
            own[BAND, j] = ASLEEP


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def pay_gas(own: Matrix, traded: Vector, cash: Matrix, payer: int) -> None:
    """Gas of the hedges that were made in this step.

    Args:
        own: Rows of the hedge; GAS_PAID is updated.
        traded: Coins bought, shape (n,).
        cash, payer: As for :func:`transact`.
    """
    for j in range(traded.size):
        if traded[j] != 0.0:
            burn(payer, own[GAS_DUE, j], own, cash, j)
