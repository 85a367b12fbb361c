"""Uniswap v3 as commands know it: in whole units, and in the contract's integers."""

from typing import Final

from shortgamma.protocols.mechanism import Mechanism, Origin
from shortgamma.protocols.uniswap import exact, pool

_GAMMA: Final = (
    "Liquidity providers are short gamma, −L/(2·S^1.5) inside their range and none outside it."
)
_HEDGER: Final = (
    "Nobody has to: traders rebalance the pool. "
    "A provider who hedges his delta buys as the price rises."
)
_SOURCE: Final = (
    "Uniswap/v3-core: UniswapV3Pool.sol, TickMath, SqrtPriceMath, SwapMath, Tick, Position"
)

UNISWAP_V3: Final = Mechanism(
    name="uniswap-v3",
    title="Uniswap v3 concentrated liquidity",
    state=pool.RangePool,
    events={
        "mint": pool.MintRange,
        "burn": pool.BurnRange,
        "collect": pool.CollectRange,
        "trade": pool.Trade,
        "follow": pool.Follow,
    },
    step=pool.step,
    origin=Origin(
        source=_SOURCE,
        effective="2021-05-05",
        verified=True,
        doubts="protocol fee, price oracle and flash loans are left out",
    ),
    gamma=_GAMMA,
    hedger=_HEDGER,
)

UNISWAP_V3_EXACT: Final = Mechanism(
    name="uniswap-v3-exact",
    title="Uniswap v3 in the contract's integers",
    state=exact.PoolState,
    events={
        "initialize": exact.Initialize,
        "mint": exact.Mint,
        "burn": exact.Burn,
        "collect": exact.Collect,
        "swap": exact.Swap,
    },
    step=exact.step,
    origin=UNISWAP_V3.origin,
    gamma=_GAMMA,
    hedger=_HEDGER,
)
