"""Panoptic as commands know it."""

from typing import Final

from shortgamma.protocols.mechanism import Mechanism, Origin
from shortgamma.protocols.panoptic import pool, state

PANOPTIC: Final = Mechanism(
    name="panoptic",
    title="Panoptic perpetual options on Uniswap v3",
    state=state.PanopticState,
    events={
        "deposit": state.Deposit,
        "open": state.Open,
        "close": state.Close,
        "move": state.Move,
        "fees": state.Fees,
    },
    step=pool.step,
    origin=Origin(
        source="panoptic-labs/panoptic-v1-core: TokenId, CollateralTracker, SemiFungiblePositionManager",
        doubts="the protocol's tests are fuzzed against its own formulas and publish hardly a figure; "
        "in-the-money collateral is by value, not by the contract's ticks; swaps at minting, commission, "
        "forced exercise and liquidation are left out",
    ),
    gamma="Sellers are short the gamma of their range, −L/(2·S^1.5), for ever; buyers are long the same.",
    hedger="Nobody in the protocol; sellers who hedge buy as the price rises, buyers who hedge sell.",
)
