"""Lyra Newport: cash behind sold calls, hedged with perpetuals: once a day, or when 100 coins are missing."""

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from shortgamma.protocols.lyra.book import holdings
from shortgamma.protocols.lyra.cache import net_greeks
from shortgamma.protocols.lyra.coin_cover import ExchangeCoins, exchange_coins
from shortgamma.protocols.lyra.hedging import (
    CollateralUpdated,
    Hedge,
    Hedged,
    UpdateCollateral,
    capped,
)
from shortgamma.protocols.lyra.liquidity import liquidity
from shortgamma.protocols.lyra.market import EVENTS, shared_step
from shortgamma.protocols.lyra.paths import Mask, merged, pick, refused_paths
from shortgamma.protocols.lyra.perp_hedge import (
    PerpHedger,
    closing_first,
    equity,
    may_act,
    no_room,
    one_order,
    repositioned,
)
from shortgamma.protocols.lyra.pool import NEVER, Pool, PoolT
from shortgamma.protocols.lyra.settlement import Settle
from shortgamma.protocols.lyra.trading import Deal
from shortgamma.protocols.mechanism import Mechanism, Origin, Values


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NewportState(Pool):
    """A market of Lyra Newport.

    Args:
        hedger: The perpetual position, and the hedger's rules.
    """

    hedger: PerpHedger = field(default_factory=PerpHedger)

    @property
    def hedged_delta(self) -> Values:
        """Coins of the perpetual position, short negative."""
        return self.hedger.size

    @property
    def target_delta(self) -> Values:
        """The traders' net delta, within the cap."""
        return capped(net_greeks(self).delta, self.hedger.cap)

    @property
    def used_hedge(self) -> Values:
        """Collateral and gain of the position; never negative."""
        return np.maximum(equity(self.hedger, self.spot), 0.0)

    @property
    def hedge_slope(self) -> Values:
        """Derivative of ``used_hedge`` by spot, coins."""
        return pick(np.greater(equity(self.hedger, self.spot), 0.0), self.hedger.size, 0.0)

    @property
    def pending_hedge(self) -> Values:
        """Cash that the coins by which the target is larger than the position take, at target leverage."""
        more = np.maximum(np.abs(self.target_delta) - np.abs(self.hedger.size), 0.0)
        return more * self.spot / self.hedger.leverage

    @property
    def call_cover(self) -> Values:
        """Value of the calls that the pool has sold, at spot."""
        return self.accounts.locked_calls * self.spot

    @property
    def hedge_accounts(self) -> tuple[Values, Values]:
        """Cash behind the position, and no coins."""
        return self.hedger.collateral, 0.0


@dataclass(frozen=True, slots=True)
class CashCover:
    """Calls are covered by cash at spot, and sold only where the perpetual market can take the hedge."""

    def covered(self, pool: PoolT, size: Values) -> PoolT:
        """The pool with ``size`` more calls covered, fewer where negative."""
        locked = np.maximum(pool.accounts.locked_calls + size, 0.0)
        return replace(pool, accounts=replace(pool.accounts, locked_calls=locked))

    def cost_of(self, pool: Pool, size: Values) -> Values:
        """Cash to lock, USD."""
        return np.multiply(size, pool.spot)

    def cannot_hedge(self, pool: Pool, deal: Deal) -> Mask:
        """Where the trade adds risk and the perpetual market has no room for the hedge."""
        if not isinstance(pool, NewportState):
            return False
        event, cached = deal.event, deal.strike.cached
        delta = cached.call_delta if event.is_call else cached.put_delta
        change = event.size * (delta if event.is_buy else -delta)
        target = capped(net_greeks(pool).delta + change, pool.hedger.cap)
        return no_room(pool.hedger, target, adds_delta=event.is_call != event.is_buy)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HedgeCapped:
    """Event ``hedge_capped``: the Synthetix hedger: one order of at most ``order_cap`` coins."""


_COVER: Final = CashCover()


def hedge(state: NewportState, *, size: Values, starts: Mask) -> tuple[NewportState, Hedged]:
    """One order of the hedger.

    Args:
        state: Before it.
        size: Position after the order, coins.
        starts: Where the order starts the delay anew.

    Raises:
        RefusedError: The delay holds, or the pool has no cash, on every path.
    """
    target, hedger, before = state.target_delta, state.hedger, state.hedged_delta
    idle = np.equal(target, before)
    done = repositioned(
        hedger,
        state.accounts,
        size=pick(idle, before, size),
        spot=state.spot,
        available=liquidity(state).available,
    )
    refused = refused_paths(
        {
            "the delay between hedges is not over": np.logical_not(
                may_act(hedger, target, now=state.now)
            ),
            **done.refused,
        }
    )
    unchanged = np.logical_or(refused, idle)
    moved = replace(done.hedger, last=pick(starts, state.now, hedger.last))
    chosen = replace(
        state,
        hedger=merged(unchanged, hedger, moved),
        accounts=merged(unchanged, state.accounts, done.accounts),
    )
    held = chosen.hedged_delta
    return chosen, Hedged(
        target=target, before=before, after=held, traded=held - before, refused=refused
    )


def update_collateral(
    state: NewportState, _event: UpdateCollateral
) -> tuple[NewportState, CollateralUpdated]:
    """Brings the cash behind an unchanged position to its leverage."""
    wanted = np.abs(state.hedger.size) * state.spot / state.hedger.leverage
    change = np.minimum(wanted - equity(state.hedger, state.spot), liquidity(state).available)
    collateral = state.hedger.collateral + change
    accounts = replace(state.accounts, cash=state.accounts.cash - change)
    after = replace(state, hedger=replace(state.hedger, collateral=collateral), accounts=accounts)
    return after, CollateralUpdated(before=state.hedger.collateral, after=collateral)


def step(state: NewportState, event: Any) -> tuple[NewportState, Any]:
    """One event of a Newport market.

    Raises:
        RefusedError: The contract does not accept it.
    """
    if isinstance(event, Hedge):
        size = closing_first(state.hedger, state.target_delta)
        return hedge(state, size=size, starts=np.not_equal(size, 0.0))
    if isinstance(event, HedgeCapped):
        size = one_order(state.hedger, state.target_delta)
        return hedge(state, size=size, starts=np.not_equal(state.target_delta, 0.0))
    if isinstance(event, UpdateCollateral):
        return update_collateral(state, event)
    if isinstance(event, ExchangeCoins):
        return exchange_coins(state, wanted=0.0)
    after, outcome = shared_step(state, event, cover=_COVER)
    if isinstance(event, Settle):
        # a settlement lets the hedger act at once
        after = replace(after, hedger=replace(after.hedger, last=NEVER))
    return after, outcome


LYRA_NEWPORT: Final = Mechanism(
    name="lyra-newport",
    title="Lyra Newport option AMM",
    state=NewportState,
    events=MappingProxyType(
        {
            **EVENTS,
            "hedge": Hedge,
            "hedge_capped": HedgeCapped,
            "update_collateral": UpdateCollateral,
            "exchange_coins": ExchangeCoins,
        }
    ),
    step=step,
    origin=Origin(
        source="derivexyz/v1-core (Lyra Newport), contracts/ and test/utils/defaultParams.ts",
        effective="2023-02-01",
        verified=False,
        doubts=(
            "pricing is Avalon's, which is verified; of the hedgers only the rules were read, no published "
            "figures compared. GMX counts its USD-sized position over spot; here positions are in coins. The "
            "fee of 0.1 % is GMX v1's; orders fill at once, without keepers, funding or impact"
        ),
    ),
    gamma="The pool is short the gamma that traders are net long, and long where they are net short.",
    hedger=(
        "The pool itself, in perpetuals: once in 24 hours, or at once where 100 coins or more are missing; "
        "it refuses trades that the perpetual market could not hedge."
    ),
    holdings=holdings,
)
