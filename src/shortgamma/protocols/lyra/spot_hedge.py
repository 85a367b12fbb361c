"""Avalon's hedger: buys coins to be long, borrows them against cash to be short.

It acts at most every 24 hours, whatever the move; a target of 0 bypasses the delay. A short is backed by
twice its value. The pool gives what is free and no more, so a hedge is partial where the pool is drained.

Source: derivexyz/v1-core, contracts/ShortPoolHedger.sol. The exchange charges its fee on coins, and a
fee on what is borrowed and repaid as in Lyra's own tests (TestCollateralShort.sol); there is no interest.
"""

from dataclasses import dataclass, replace

import numpy as np

from shortgamma.protocols.lyra.hedging import DAY, UNLIMITED
from shortgamma.protocols.lyra.paths import Mask, pick
from shortgamma.protocols.lyra.pool import NEVER, Accounts, ExchangeFees
from shortgamma.protocols.mechanism import Values


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SpotHedger:
    """The hedger and its rules.

    Args:
        long: Coins held.
        short: Coins owed.
        collateral: USD behind them.
        last: Seconds of the last hedge (lastInteraction).
        delay: Seconds between hedges (interactionDelay).
        cap: Most coins, long or short (hedgeCap).
        buffer: Collateral over the value of the short (shortBuffer).
        borrow_fee: Fraction that borrowing and repaying cost (issueFeeRate).
    """

    long: Values = 0.0
    short: Values = 0.0
    collateral: Values = 0.0
    last: Values = NEVER
    delay: float = DAY
    cap: float = UNLIMITED
    buffer: float = 2.0
    borrow_fee: float = 0.005

    @property
    def held(self) -> Values:
        """Coins, short negative."""
        return self.long - self.short


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rebalanced:
    """A hedger after a hedge, with the money that moved.

    Args:
        hedger: After the hedge.
        accounts: After the hedge.
        short_of: Where the collateral could not repay the short: the contract reverts.
    """

    hedger: SpotHedger
    accounts: Accounts
    short_of: Mask


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Means:
    """What a hedge is done with.

    Args:
        spot: USD.
        available: Cash that the pool may give, USD.
        fees: Of the exchange.
    """

    spot: Values
    available: Values
    fees: ExchangeFees


def rebalanced(
    hedger: SpotHedger, accounts: Accounts, *, target: Values, means: Means
) -> Rebalanced:
    """Moves the hedge to a target, or as near as the pool's cash allows."""
    short, kept, given, proceeds, repaid = _short_side(hedger, target, means)
    spot, fees = means.spot, means.fees
    sold = np.maximum(hedger.long - np.maximum(target, 0.0), 0.0)
    sale = sold * spot * (1.0 - fees.selling)
    wanted = np.maximum(np.maximum(target, 0.0) - hedger.long, 0.0)
    spent = np.minimum(wanted / (1.0 - fees.buying) * spot, means.available)
    bought = spent / spot * (1.0 - fees.buying)
    owed = repaid * spot / (1.0 - hedger.borrow_fee)
    short_of = np.less(hedger.collateral - owed, -1e-9 * owed)
    after = replace(
        accounts,
        cash=accounts.cash - given + proceeds + sale - spent,
        exchange_cash=accounts.exchange_cash
        + (given + hedger.collateral - kept - proceeds)
        + spent
        - sale,
        exchange_coins=accounts.exchange_coins + sold - bought,
    )
    moved = replace(hedger, long=hedger.long - sold + bought, short=short, collateral=kept)
    return Rebalanced(hedger=moved, accounts=after, short_of=short_of)


def _short_side(
    hedger: SpotHedger, target: Values, means: Means
) -> tuple[Values, Values, Values, Values, Values]:
    """The short after a hedge: coins owed, collateral, cash given and cash received, coins repaid at once.

    A smaller short is repaid out of the collateral before the ratio is restored; a larger one is as large as
    the collateral that the pool could give allows, which may be smaller than before.
    """
    spot = means.spot
    goal = np.maximum(np.negative(target), 0.0)
    lowers = np.less(goal, hedger.short)
    repaid = pick(lowers, hedger.short - goal, 0.0)
    keep = 1.0 - hedger.borrow_fee
    backing = hedger.collateral - repaid * spot / keep
    wanted = goal * spot * hedger.buffer
    given = np.minimum(np.maximum(wanted - backing, 0.0), means.available)
    withdrawn = np.maximum(backing - wanted, 0.0)
    backing = backing + given - withdrawn
    short = pick(lowers, goal, backing / spot / hedger.buffer)
    drawn = pick(lowers, 0.0, np.maximum(short - hedger.short, 0.0))
    squeezed = pick(lowers, 0.0, np.maximum(hedger.short - short, 0.0))
    kept = backing - squeezed * spot / keep
    return short, kept, given, withdrawn + drawn * spot * keep, repaid


def recollateralised(
    hedger: SpotHedger, accounts: Accounts, *, means: Means
) -> tuple[SpotHedger, Accounts]:
    """Brings the collateral of an unchanged short to its ratio, as far as the pool's cash allows."""
    wanted = hedger.short * means.spot * hedger.buffer
    change = np.minimum(wanted - hedger.collateral, means.available)
    after = replace(accounts, cash=accounts.cash - change)
    return replace(hedger, collateral=hedger.collateral + change), after
