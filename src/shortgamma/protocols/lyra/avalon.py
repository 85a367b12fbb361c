"""Lyra Avalon: coins behind sold calls, hedged on spot and by borrowing, at most once a day."""

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from shortgamma.protocols.lyra.book import holdings
from shortgamma.protocols.lyra.cache import net_greeks
from shortgamma.protocols.lyra.coin_cover import CoinCover, ExchangeCoins, exchange_coins
from shortgamma.protocols.lyra.hedging import (
    CollateralUpdated,
    Hedge,
    Hedged,
    UpdateCollateral,
    capped,
)
from shortgamma.protocols.lyra.liquidity import liquidity
from shortgamma.protocols.lyra.market import EVENTS, shared_step
from shortgamma.protocols.lyra.paths import both, merged, pick, refused_paths
from shortgamma.protocols.lyra.pool import NEVER, Pool
from shortgamma.protocols.lyra.settlement import Settle
from shortgamma.protocols.lyra.spot_hedge import (
    Means,
    SpotHedger,
    rebalanced,
    recollateralised,
)
from shortgamma.protocols.mechanism import Mechanism, Origin, Values


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AvalonState(Pool):
    """A market of Lyra Avalon.

    Args:
        hedger: Coins held and owed, and the hedger's rules.
    """

    hedger: SpotHedger = field(default_factory=SpotHedger)

    @property
    def hedged_delta(self) -> Values:
        """Coins that the hedger holds, short negative."""
        return self.hedger.held

    @property
    def target_delta(self) -> Values:
        """The traders' net delta less the coins locked behind calls, within the cap."""
        return capped(net_greeks(self).delta - self.accounts.locked_calls, self.hedger.cap)

    @property
    def used_hedge(self) -> Values:
        """Coins at spot, and what the collateral is worth after repaying the short."""
        after = np.maximum(self.hedger.collateral - self.hedger.short * self.spot, 0.0)
        return self.hedger.long * self.spot + after

    @property
    def hedge_slope(self) -> Values:
        """Derivative of ``used_hedge`` by spot, coins."""
        alive = np.greater(self.hedger.collateral, self.hedger.short * self.spot)
        return self.hedger.long - pick(alive, self.hedger.short, 0.0)

    @property
    def pending_hedge(self) -> Values:
        """Value of the coins that the target is larger than the position, with the buffer of a short."""
        target = self.target_delta
        more = np.maximum(np.abs(target) - self.hedger.long - self.hedger.short, 0.0)
        return more * self.spot * pick(np.less(target, 0.0), self.hedger.buffer, 1.0)

    @property
    def call_cover(self) -> Values:
        """Value of locked coins that have not been bought yet."""
        missing = np.maximum(self.accounts.locked_calls - self.accounts.coins, 0.0)
        return missing * self.spot

    @property
    def hedge_accounts(self) -> tuple[Values, Values]:
        """Collateral and coins of the hedger."""
        return self.hedger.collateral, self.hedger.long


def hedge(state: AvalonState, _event: Hedge) -> tuple[AvalonState, Hedged]:
    """Hedges to the target, as far as delay, collateral and the pool's cash allow.

    Raises:
        RefusedError: The delay holds on every path, or no short can be repaid.
    """
    target, hedger, before = state.target_delta, state.hedger, state.hedged_delta
    waits = both(
        np.not_equal(target, 0.0),
        hedger.delay != 0.0,
        np.greater(hedger.last + hedger.delay, state.now),
    )
    means = Means(spot=state.spot, available=liquidity(state).available, fees=state.exchange)
    done = rebalanced(hedger, state.accounts, target=target, means=means)
    refused = refused_paths(
        {
            "the delay between hedges is not over": waits,
            "the collateral cannot repay the short": both(np.logical_not(waits), done.short_of),
        }
    )
    after = done.hedger.held
    acts = both(np.not_equal(after, 0.0), np.not_equal(after, before))
    moved = replace(done.hedger, last=pick(acts, state.now, hedger.last))
    chosen = replace(
        state,
        hedger=merged(refused, hedger, moved),
        accounts=merged(refused, state.accounts, done.accounts),
    )
    held = chosen.hedged_delta
    return chosen, Hedged(
        target=target, before=before, after=held, traded=held - before, refused=refused
    )


def update_collateral(
    state: AvalonState, _event: UpdateCollateral
) -> tuple[AvalonState, CollateralUpdated]:
    """Brings the collateral of the short to its ratio."""
    means = Means(spot=state.spot, available=liquidity(state).available, fees=state.exchange)
    hedger, accounts = recollateralised(state.hedger, state.accounts, means=means)
    outcome = CollateralUpdated(before=state.hedger.collateral, after=hedger.collateral)
    return replace(state, hedger=hedger, accounts=accounts), outcome


def step(state: AvalonState, event: Any) -> tuple[AvalonState, Any]:
    """One event of an Avalon market.

    Raises:
        RefusedError: The contract does not accept it.
    """
    if isinstance(event, Hedge):
        return hedge(state, event)
    if isinstance(event, UpdateCollateral):
        return update_collateral(state, event)
    if isinstance(event, ExchangeCoins):
        return exchange_coins(state, wanted=state.accounts.locked_calls)
    after, outcome = shared_step(state, event, cover=_COVER)
    if isinstance(event, Settle):
        # a settlement lets the hedger act at once
        after = replace(after, hedger=replace(after.hedger, last=NEVER))
    return after, outcome


_COVER: Final = CoinCover()

LYRA_AVALON: Final = Mechanism(
    name="lyra-avalon",
    title="Lyra Avalon option AMM",
    state=AvalonState,
    events=MappingProxyType(
        {
            **EVENTS,
            "hedge": Hedge,
            "update_collateral": UpdateCollateral,
            "exchange_coins": ExchangeCoins,
        }
    ),
    step=step,
    origin=Origin(
        source="derivexyz/v1-core (Lyra Avalon), contracts/ and test/contracts/",
        effective="2022-06-28",
        verified=True,
        doubts=(
            "compared with published figures: moves of vol, vega and variance fees, time weights, hedges, "
            "liquidity of the hedge, token price, NAV over a life; not compared: least collateral and "
            "breakers, whose tests publish no figures. Collateral is kept per strike, not per trader; "
            "forced closes, liquidations of traders and interest on the borrowed short are left out"
        ),
    ),
    gamma="The pool is short the gamma that traders are net long, and long where they are net short.",
    hedger=(
        "The pool itself: anybody may trigger a hedge to the cached net delta, at most once in 24 hours and "
        "without a threshold."
    ),
    holdings=holdings,
)
