"""What responds to the market on many paths: the level of vol, the demand for gas."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from shortgamma.kernels.elementary import FAST, exp_bounded, log_ratio

Vector = NDArray[np.float64]
LEAST_VARIANCE = 1e-12  # per year; a market that has never moved has a logarithm too
HOTTEST = 5.0  # log of the largest demand over the target; beyond it blocks are full anyway


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def move_multiple(
    multiple: Vector,
    variance: Vector,
    log_price: Vector,
    rule: tuple[float, float, float, float],
    bounds: tuple[float, float],
) -> None:
    """Draws the log multiple of all vols to where the market is.

    Args:
        multiple: Updated.
        variance: Recent realised variance per year.
        log_price: ln(price/initial spot).
        rule: Reference variance, elasticities to variance and to spot, weight of the old multiple.
        bounds: Lowest and highest target.
    """
    reference, to_variance, to_spot, keep = rule
    for j in range(multiple.size):
        heat = log_ratio(max(variance[j], LEAST_VARIANCE), reference)
        target = to_variance * heat + to_spot * log_price[j]
        target = min(max(target, bounds[0]), bounds[1])
        multiple[j] = keep * multiple[j] + (1.0 - keep) * target


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def take_demand(
    normals: Vector,
    moves: tuple[Vector, Vector],
    base_fee: Vector,
    demand: Vector,
    rule: tuple[float, float, float, float, float],
) -> None:
    """Demand for gas over its target.

    Args:
        normals: Standard normal numbers.
        moves: Log price after the shock and before it.
        base_fee: Wei.
        demand: Overwritten.
        rule: Usual base fee, calm, response per unit of log move, noise, elasticity.
    """
    usual, calm, response, noise, elasticity = rule
    for j in range(demand.size):
        heat = calm + response * abs(moves[0][j] - moves[1][j]) + noise * normals[j]
        heat -= elasticity * log_ratio(base_fee[j], usual)
        demand[j] = exp_bounded(min(heat, HOTTEST))
