"""What traders other than hedgers send in a step, on many paths: noise, value, basis, a backstop's unwinding.

Every order is coins bought, positive, and nothing where a path does not trade.
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from shortgamma.kernels.elementary import FAST
from shortgamma.kernels.orders import IMPACT, PASS, STATUS, TRADING
from shortgamma.kernels.perpetual import BASIS, PER_COIN_BOUGHT, VOLUME
from shortgamma.kernels.rows import put, take

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def trades(status, impact):
    """True where a path trades in this step."""
    return (status == TRADING) & (impact < math.inf)


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def noise_orders(paths: Matrix, price: Vector, normals: Vector, usd: float, coins: Vector) -> None:
    """Random market orders.

    Args:
        paths: See :mod:`orders`.
        price: USD.
        normals: Standard normal numbers.
        usd: Standard deviation of one order, USD.
        coins: Overwritten.
    """
    status, impact = paths[STATUS], paths[IMPACT]
    for j in range(coins.size):
        bought = usd / take(price, j) * take(normals, j)
        put(coins, j, bought if trades(take(status, j), take(impact, j)) else 0.0, 0)


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def value_slopes(paths: Matrix, strength: float, slope: Vector) -> None:
    """Limit orders on both sides of the exogenous price, coins bought more per unit of log price.

    Args:
        paths: See :mod:`orders`.
        strength: Log move that they would make per unit of log gap.
        slope: Overwritten.
    """
    status, impact = paths[STATUS], paths[IMPACT]
    for j in range(slope.size):
        per_coin = take(impact, j)
        trading = trades(take(status, j), per_coin) & (per_coin > 0.0)
        put(slope, j, -strength / per_coin if trading else 0.0, 0)


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def stage_offset(slope, fundamental, offset):
    """What limit orders around the exogenous price buy at a log price of 0."""
    for j in range(slope.size):
        put(offset, j, -(take(slope, j) * take(fundamental, j)), 0)


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def value_bought(slope: Vector, fundamental: Vector, log_price: Vector, coins: Vector) -> None:
    """What they bought where the step ended at ``log_price``, into ``coins``."""
    for j in range(coins.size):
        put(coins, j, take(slope, j) * (take(log_price, j) - take(fundamental, j)), 0)


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def basis_share(paths: Matrix, part: float) -> None:
    """Row PASS: the part of the basis that is closed in this step."""
    status, impact, passed = paths[STATUS], paths[IMPACT], paths[PASS]
    for j in range(passed.size):
        put(passed, j, part if trades(take(status, j), take(impact, j)) else 0.0, 0)


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def basis_orders(paths: Matrix, perp: Matrix, coins: Vector) -> None:
    """Spot orders against the basis as it stands.

    Args:
        paths: Row PASS is the part of the basis that is closed.
        perp: See :mod:`perpetual`.
        coins: Overwritten.
    """
    passed, basis, impact = paths[PASS], perp[BASIS], perp[PER_COIN_BOUGHT]
    for j in range(coins.size):
        put(coins, j, take(passed, j) * take(basis, j) / take(impact, j), 0)


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def unwinding_orders(paths: Matrix, position: Vector, part: float, coins: Vector) -> None:
    """Sales of a part of a position.

    Args:
        paths: See :mod:`orders`.
        position: Coins held.
        part: Of it that is sold.
        coins: Overwritten.
    """
    status, impact = paths[STATUS], paths[IMPACT]
    for j in range(coins.size):
        sold = -part * take(position, j)
        put(coins, j, sold if trades(take(status, j), take(impact, j)) else 0.0, 0)


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def basis_legs(
    paths: Matrix, perp: Matrix, held: tuple[Vector, Vector], spot: Vector, leg: Vector
) -> None:
    """What the arbitrageur trades besides: his share of all perpetual trades, and the other leg of all.

    Args:
        paths: Row PASS is the part of the basis that is closed.
        perp: Row VOLUME is what the others bought in the perpetual.
        held: Coins of spot and of the perpetual, before these trades.
        spot, leg: Overwritten: coins bought in spot, and in the perpetual.
    """
    passed, volume = paths[PASS], perp[VOLUME]
    coins, perps = held
    for j in range(spot.size):
        put(spot, j, take(passed, j) * take(volume, j), 0)
    for j in range(spot.size):
        put(leg, j, -(take(coins, j) + take(perps, j) + take(spot, j)), 0)
