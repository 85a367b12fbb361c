"""What liquidity between two prices holds, what it is worth, and its Greeks.

With liquidity L between the prices a < b and the pool at S, clipped to [a, b]::

    coins = L·(1/√S − 1/√b)      usd = L·(√S − √a)      value = S·coins + usd
    delta = ∂value/∂S = coins    gamma = −L/(2·S^1.5) inside the range, 0 outside

The holder sells coins as the price rises and buys them as it falls, at the pool's own prices: a position
short gamma whose rebalancing is done by the traders. Whoever hedges it does the reverse in the market.

Source: Uniswap v3 whitepaper of March 2021, equations 2.1 and 6.29 to 6.30; the derivatives as above.
"""

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Values = Vector | float


def coins_held(price: Values, lower: Values, upper: Values) -> Vector:
    """1/√S − 1/√b: coins per unit of liquidity.

    Args:
        price: S, USD per coin; clipped to the range.
        lower, upper: a and b, USD per coin.
    """
    return 1.0 / np.sqrt(np.clip(price, lower, upper)) - 1.0 / np.sqrt(upper)


def usd_held(price: Values, lower: Values, upper: Values) -> Vector:
    """√S − √a: USD per unit of liquidity, arguments as in :func:`coins_held`."""
    return np.sqrt(np.clip(price, lower, upper)) - np.sqrt(lower)


def liquidity_value(price: Values, lower: Values, upper: Values) -> Vector:
    """USD per unit of liquidity: S·coins + usd."""
    coins = coins_held(price, lower, upper)
    return np.asarray(price * coins + usd_held(price, lower, upper), dtype=np.float64)


def liquidity_gamma(price: Values, lower: Values, upper: Values) -> Vector:
    """−1/(2·S^1.5) inside [a, b) and 0 outside: coins per USD and unit of liquidity."""
    at = np.asarray(price, dtype=np.float64)
    reached = (at >= lower) & (at < upper)
    return np.where(reached, -0.5 / (at * np.sqrt(at)), 0.0)


def liquidity_for_coins(coins: Values, lower: Values, upper: Values) -> Vector:
    """The liquidity that holds so many coins while the price is below the range."""
    return np.asarray(coins / (1.0 / np.sqrt(lower) - 1.0 / np.sqrt(upper)), dtype=np.float64)


def liquidity_for_usd(usd: Values, lower: Values, upper: Values) -> Vector:
    """The liquidity that holds so many USD while the price is above the range."""
    return np.asarray(usd / (np.sqrt(upper) - np.sqrt(lower)), dtype=np.float64)
