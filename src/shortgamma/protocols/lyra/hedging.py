"""What both hedgers share: their events, their outcome, and the target.

The target is the traders' net delta by the cache: the pool is short what they are long, so it buys it back.

Source: derivexyz/v1-core, contracts/ShortPoolHedger.sol, GMXFuturesPoolHedger.sol, SNXPerpsV2PoolHedger.sol.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from shortgamma.basics.units import SECONDS_PER_DAY
from shortgamma.protocols.lyra.paths import Mask
from shortgamma.protocols.mechanism import Values

UNLIMITED: Final = 1e18
"""Stands for the largest integer of the contract: no limit."""
DAY: Final = SECONDS_PER_DAY


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Hedge:
    """Event ``hedge``: anybody lets the pool hedge, as far as its rules allow."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Hedged:
    """The outcome of a hedge.

    Args:
        target: Coins that the pool wanted, after the cap.
        before, after: Coins that it held, short negative.
        traded: ``after`` less ``before``: what the market saw, + = the pool bought.
        refused: Where the contract did not accept the call.
    """

    target: Values
    before: Values
    after: Values
    traded: Values
    refused: Mask


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class UpdateCollateral:
    """Event ``update_collateral``: brings the hedge's collateral to its ratio; no delay, no trade."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CollateralUpdated:
    """The outcome of ``update_collateral``.

    Args:
        before, after: USD.
    """

    before: Values
    after: Values


def capped(delta: Values, cap: float) -> Values:
    """A target within ± the cap."""
    return np.clip(delta, -cap, cap)
