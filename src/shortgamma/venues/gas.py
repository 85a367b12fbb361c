"""Gas: the EIP-1559 base fee, the chance of the next block, and what a transaction costs.

The base fee is protocol and exact. Whether a bid gets into the next block is a market, and the model of it
here is an assumption that is written down in :class:`TipMarket`.

Source: EIP-1559 (ethereum/EIPs), elasticity 2, denominator 8.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError, ShapeError
from shortgamma.kernels.chain import inclusion
from shortgamma.kernels.climate import next_fee
from shortgamma.kernels.elementary import FAST

Vector = NDArray[np.float64]
Values = Vector | float

ELASTICITY: Final = 2
CHANGE_DENOMINATOR: Final = 8
WEI_PER_COIN: Final = 1e18
WEI_PER_GWEI: Final = 1e9
LARGEST_BASE_FEE: Final = 2.0**52
"""Wei below which :func:`next_base_fees` is exact: 4.5 million gwei."""
LARGEST_GAS_LIMIT: Final = 2.0**27
"""Gas up to which :func:`next_base_fees` is exact: 134 million."""


def next_base_fee(base_fee: int, gas_used: int, *, gas_limit: int) -> int:
    """Base fee of the next block, exact for integers of any size.

    target = ⌊limit/2⌋. At the target the fee stays. Above: + max(1, ⌊⌊fee·(used − target)/target⌋/8⌋).
    Below: − ⌊⌊fee·(target − used)/target⌋/8⌋.

    Args:
        base_fee: Wei per gas of this block, not negative.
        gas_used: Gas that this block used, from 0 to the limit.
        gas_limit: Gas limit of this block, at least 2.

    Returns:
        Wei per gas.

    Raises:
        InputError: A figure is outside its range.

    Source: EIP-1559.

    >>> next_base_fee(1_000_000_000, 10_000_000, gas_limit=10_000_000)
    1125000000
    """
    if base_fee < 0 or gas_limit < ELASTICITY or not 0 <= gas_used <= gas_limit:
        raise InputError(
            f"base_fee {base_fee}, gas_used {gas_used}, gas_limit {gas_limit}",
            place="base fee",
            remedy="give a fee of 0 or more, a limit of 2 or more, and gas between 0 and the limit",
        )
    target = gas_limit // ELASTICITY
    if gas_used == target:
        return base_fee
    if gas_used > target:
        rise = base_fee * (gas_used - target) // target // CHANGE_DENOMINATOR
        return base_fee + max(rise, 1)
    return base_fee - base_fee * (target - gas_used) // target // CHANGE_DENOMINATOR


def next_base_fees(
    base_fee: Vector, gas_used: Vector, *, gas_limit: int, out: Vector | None = None
) -> Vector:
    """Base fees of the next block on many paths: the integer rule, in whole numbers held as floats.

    Args:
        base_fee: Whole wei per gas, shape (n,), from 0 to below 2⁵².
        gas_used: Gas, shape (n,), from 0 to the limit; a fraction of a unit of gas is dropped.
        gas_limit: From 2 to 2²⁷.
        out: Overwritten with the answer if given, shape (n,); may be ``base_fee`` itself.

    Returns:
        Wei per gas, shape (n,), bit for bit what :func:`next_base_fee` gives; NaN where an element is
        outside its range or no whole number of wei.

    Raises:
        InputError: The gas limit is outside its range.
        ShapeError: The arrays do not fit together.

    Limits: fee·gas does not fit into 53 bits. With fee = q·target + r the quotient is q·d + ⌊r·d/target⌋,
    and every term of it does as long as fee < 2⁵² and target ≤ 2²⁶.
    """
    if not ELASTICITY <= gas_limit <= LARGEST_GAS_LIMIT:
        raise InputError(
            f"gas_limit {gas_limit}", place="base fee", remedy="give a limit from 2 to 134217728"
        )
    answer = np.empty_like(base_fee) if out is None else out
    if base_fee.ndim != 1 or gas_used.shape != base_fee.shape or answer.shape != base_fee.shape:
        raise ShapeError(
            f"base_fee {base_fee.shape}, gas_used {gas_used.shape}, out {answer.shape}: "
            "expected one shape (n,)"
        )
    _advance(base_fee, gas_used, float(gas_limit // ELASTICITY), float(gas_limit), answer)
    return answer


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def _advance(
    base_fee: Vector, gas_used: Vector, target: float, gas_limit: float, out: Vector
) -> None:
    """The rule of :func:`next_base_fees` on each element."""
    for j in range(base_fee.size):
        fee, used = base_fee[j], gas_used[j]
        good = (fee >= 0.0) & (fee < LARGEST_BASE_FEE) & (np.floor(fee) == fee)
        good &= (used >= 0.0) & (used <= gas_limit)
        out[j] = next_fee(fee, used, target) if good else np.nan


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def _include(bids: NDArray[np.float64], market: tuple[float, float], out: Vector) -> None:
    """The rule of :func:`inclusion_probability` on rows of room, tip and congestion."""
    for j in range(out.size):
        out[j] = inclusion(bids[0, j], bids[1, j], bids[2, j], market[0], market[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class TipMarket:
    """Assumption: what the other bids for the next block look like.

    Their tips are log-logistic, P(tip > x) = 1/(1 + (x/median)^steepness). The gas that they ask for is
    ``congestion`` times what the block holds, so the block is full where congestion > 1.

    Args:
        median_wei: Median tip of the competing bids, wei per gas.
        steepness: How sharply a higher bid is preferred; ∞ would be a strict auction.
        missed: Chance that a block is missed or built without the public pool.

    Raises:
        InputError: A figure is outside its range.
    """

    median_wei: float = WEI_PER_GWEI
    steepness: float = 2.0
    missed: float = 0.01

    def __post_init__(self) -> None:
        sane = 0.0 < self.median_wei < np.inf and 0.0 < self.steepness < np.inf
        if not (sane and 0.0 <= self.missed < 1.0):
            raise InputError(
                f"median_wei {self.median_wei:g}, steepness {self.steepness:g}, "
                f"missed {self.missed:g}",
                place="tip market",
                remedy="give a positive median and steepness, and a chance in [0, 1)",
            )


DEFAULT_TIP_MARKET: Final = TipMarket()


def inclusion_probability(
    max_fee_wei: Values,
    base_fee_wei: Values,
    *,
    priority_wei: Values,
    congestion: Values,
    market: TipMarket = DEFAULT_TIP_MARKET,
) -> Vector:
    """Chance that a bid is in the next block. A model, not a rule of the protocol.

    tip = min(priority, max fee − base fee); none if the maximum is below the base fee. Otherwise
    (1 − missed)/(1 + (congestion − 1)⁺·(median/tip)^steepness): certain but for missed blocks while the
    block has room, and 1/congestion, as by lot, for a bid of the median tip.

    Args:
        max_fee_wei: Highest total fee that the bid allows, wei per gas.
        base_fee_wei: Base fee of the block in question, wei per gas.
        priority_wei: Tip offered, wei per gas.
        congestion: Gas that all bids ask for, over what the block holds; 1 = just full.
        market: What the other bids look like.

    Returns:
        In [0, 1], the broadcast shape.

    Limits: builders' private order flow, bundles and blob gas are left out.
    """
    room = np.asarray(max_fee_wei, dtype=np.float64) - base_fee_wei
    bids = np.array(np.broadcast_arrays(room, priority_wei, congestion), dtype=np.float64)
    share = np.empty(bids[0].size)
    _include(bids.reshape(3, -1), (market.median_wei, market.steepness), share)
    return ((1.0 - market.missed) * share).reshape(bids.shape[1:])[()]


def gas_cost_usd(
    gas_used: Values, base_fee_wei: Values, *, priority_wei: Values, coin_price: Values
) -> Vector:
    """USD that a mined transaction pays: gas·(base fee + tip)·price.

    Args:
        gas_used: Gas, not the limit that was set.
        base_fee_wei: Wei per gas, burned.
        priority_wei: Wei per gas, to the proposer.
        coin_price: USD per coin that gas is paid in.
    """
    per_gas = np.asarray(base_fee_wei, dtype=np.float64) + priority_wei
    return gas_used * per_gas * (coin_price / WEI_PER_COIN)


def cost_with_reverts_usd(
    cost_usd: Values, revert_probability: Values, *, gas_share: Values = 1.0
) -> Vector:
    """Expected USD until an attempt succeeds, when a failed attempt pays too and is repeated.

    cost·(1 + share·p/(1 − p)): a transaction that reverts pays for the gas that it burned before it did.
    A transaction that is not included pays nothing.

    Args:
        cost_usd: USD of the attempt that succeeds.
        revert_probability: Chance p that an included attempt reverts, in [0, 1).
        gas_share: Gas that a reverted attempt burns over that of a good one.

    Returns:
        USD; NaN where p is not in [0, 1).

    Limits: attempts are independent and pay the same price of gas.
    """
    chance = np.asarray(revert_probability, dtype=np.float64)
    chance = np.where((chance >= 0.0) & (chance < 1.0), chance, np.nan)
    return (cost_usd * (1.0 + gas_share * chance / (1.0 - chance)))[()]
