"""What responds to the market on many paths: depth, the level of vol, the demand for gas and its price."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from shortgamma.kernels.elementary import FAST, exp_bounded, log_ratio
from shortgamma.kernels.rows import put, take

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

LEAST_VARIANCE = 1e-12  # per year; a market that has never moved has a logarithm too
HOTTEST = 5.0  # log of the largest demand over the target; beyond it blocks are full anyway
LARGEST_FEE = 1e15  # wei; a million gwei, where nobody transacts
LEAST_FEE = 1.0

# Rows of ``gas``, shape (GAS_ROWS, n): wei per unit of gas, demand over the target, highest base fee so far.
BASE_FEE, DEMAND, PEAK_FEE = range(3)
GAS_ROWS = 3


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def move_multiple(
    multiple: Vector,
    level: Vector,
    market: tuple[Vector, Vector],
    rule: tuple[float, float, float, float],
    levels: tuple[float, float, float],
) -> None:
    """Draws the log multiple of all vols to where the market is.

    Args:
        multiple: Updated.
        level: Overwritten: its position among the vol levels.
        market: Recent realised variance per year, and ln(price/initial spot).
        rule: Reference variance, elasticities to variance and to spot, weight of the old multiple.
        levels: Log multiples of the first and the last vol level, and how many lie between them per unit.
    """
    variance, log_price = market
    reference, to_variance, to_spot, keep = rule
    lowest, highest, per_unit = levels
    for j in range(multiple.size):
        heat = log_ratio(max(take(variance, j), LEAST_VARIANCE), reference)
        target = to_variance * heat + to_spot * take(log_price, j)
        target = min(max(target, lowest), highest)
        moved = keep * take(multiple, j) + (1.0 - keep) * target
        put(multiple, j, moved, 0)
        put(level, j, (moved - lowest) * per_unit, 1)


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def withdraw(
    price: Vector, variance: Vector, impact: Vector, rule: tuple[float, float, float, float]
) -> None:
    """Λ of a market whose depth falls as its variance rises, never above the calm depth nor below a floor.

    Args:
        price: USD.
        variance: Recent realised variance per year.
        impact: Overwritten: log move per coin bought.
        rule: Λ per USD of price in calm markets, reference variance, elasticity to the variance, floor.
    """
    per_usd, reference, elasticity, floor = rule
    for j in range(impact.size):
        heat = log_ratio(max(take(variance, j), LEAST_VARIANCE), reference)
        left = min(max(exp_bounded(-elasticity * heat), floor), 1.0)
        put(impact, j, take(price, j) * per_usd / left, 0)


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def next_fee(fee: float, used: float, target: float) -> float:
    """Base fee of the next block by the integer rule of EIP-1559; see :mod:`shortgamma.venues.gas`."""
    distance = np.floor(used) - target
    size = abs(distance)
    quotient = np.floor(fee / target)
    rest = fee - quotient * target
    change = np.floor((quotient * size + np.floor(rest * size / target)) * 0.125)
    rise = max(1.0, change)
    return fee + rise if distance > 0.0 else fee - change


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage_demand(normals, moves, gas, rule):
    """Demand for gas over its target."""
    opening, last = moves
    usual, calm, response, noise, elasticity = rule
    base_fee, demand = gas[BASE_FEE], gas[DEMAND]
    for j in range(normals.size):
        heat = calm + response * abs(take(opening, j) - take(last, j)) + noise * take(normals, j)
        heat -= elasticity * log_ratio(take(base_fee, j), usual)
        put(demand, j, exp_bounded(min(heat, HOTTEST)), 0)


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage_block(gas, gas_limit):
    """The base fee after one more block, which takes at most twice the target."""
    base_fee, demand, peak = gas[BASE_FEE], gas[DEMAND], gas[PEAK_FEE]
    target = np.floor(0.5 * gas_limit)
    for j in range(base_fee.size):
        used = np.floor(min(0.5 * take(demand, j), 1.0) * gas_limit)
        fee = min(max(next_fee(take(base_fee, j), used, target), LEAST_FEE), LARGEST_FEE)
        put(base_fee, j, fee, 0)
        put(peak, j, max(take(peak, j), fee), 1)


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def make_blocks(
    normals: Vector,
    moves: tuple[Vector, Vector],
    gas: Matrix,
    rule: tuple[float, float, float, float, float],
    chain: tuple[int, float],
) -> None:
    """Demand for gas in a step's blocks, all of which see the same, and the base fee after them.

    Args:
        normals: Standard normal numbers.
        moves: Log price after the shock and before it.
        gas: See above; updated.
        rule: Usual base fee (wei), calm, response per unit of log move, noise, elasticity.
        chain: How many blocks, and the gas limit of each.
    """
    stage_demand(normals, moves, gas, rule)
    blocks, gas_limit = chain
    for _ in range(blocks):
        stage_block(gas, gas_limit)
