"""The turn of a round, in integers: close the expired option, pay fees, mint shares, write new options.

Source: ribbon-finance/ribbon-v2, contracts/vaults/BaseVaults/RibbonThetaVault.sol (commitAndClose,
rollToNextOption, burnRemainingOTokens), base/RibbonVault.sol (_rollToNextOption) and
contracts/libraries/VaultLifecycle.sol; cases of test/RibbonThetaVault.ts.
"""

from dataclasses import replace

from shortgamma.basics.errors import RefusedError
from shortgamma.protocols.ribbon.accounts import credited
from shortgamma.protocols.ribbon.events import (
    Burned,
    BurnRemaining,
    Closed,
    CommitAndClose,
    Rolled,
    RollToNextOption,
)
from shortgamma.protocols.ribbon.fridays import next_expiry
from shortgamma.protocols.ribbon.rollover import ClosingRound, Rollover, rollover
from shortgamma.protocols.ribbon.sales import begin_sale
from shortgamma.protocols.ribbon.shares import LARGEST_AMOUNT, fit, subtract
from shortgamma.protocols.ribbon.state import FEES, VAULT, NextOption, RibbonState, Series


def commit_and_close(state: RibbonState, event: CommitAndClose) -> tuple[RibbonState, Closed]:
    """Closes the expired option, if there is one, and chooses the next.

    Raises:
        RefusedError: The option has not expired, or its price is not there, or no strike is given.
    """
    old = state.short
    now = state.moment(event.time, earliest=old.expiry)
    if event.strike <= 0:
        raise RefusedError("!strikePrice")
    chosen = NextOption(
        strike=event.strike,
        expiry=next_expiry(now, current_expiry=old.expiry),
        ready_at=now + state.delay,
    )
    following = replace(state, time=now, next_option=chosen, locked=0)
    outcome = Closed(strike=chosen.strike, expiry=chosen.expiry, ready_at=chosen.ready_at)
    if state.open_series == 0:
        return following, outcome
    if now < old.expiry:
        raise RefusedError("C31: the option has not expired")
    settled, returned = _settled(state, old, event.expiry_price)
    following = replace(
        following,
        cash=state.cash + returned,
        last_locked=state.locked,
        open_series=0,
        available=0,
        series={**state.series, str(state.open_series): settled},
    )
    return following, replace(outcome, returned=returned, payout=settled.payout)


def _settled(state: RibbonState, old: Series, price: int) -> tuple[Series, int]:
    """The series at expiry, and the collateral that goes back to the vault."""
    if price <= 0:
        raise RefusedError("MarginCalculator: price at expiry not finalized yet")
    product = state.product
    returned = product.excess(old.collateral, old.options, strike=old.strike, price=price)
    payout = product.payout(strike=old.strike, price=price)
    left = replace(old, collateral=old.collateral - returned, settled=True, payout=payout)
    return left, returned


def roll_to_next_option(state: RibbonState, event: RollToNextOption) -> tuple[RibbonState, Rolled]:
    """Ends the round and begins the sale of the next one's options.

    Raises:
        RefusedError: No option is committed, or it is too early, or there is nothing to lock or to sell.
    """
    chosen = state.next_option
    now = state.moment(event.time, earliest=chosen.ready_at)
    if now < chosen.ready_at:
        raise RefusedError("!ready")
    if chosen.strike == 0:
        raise RefusedError("!nextOption")
    turn = rollover(_closing(state), state.rates)
    locked = fit(turn.locked, LARGEST_AMOUNT, width=104)
    options = state.product.mintable(locked, strike=chosen.strike)
    following = _written(_turned(replace(state, time=now), turn), options)
    following, minimum = begin_sale(following)
    outcome = Rolled(
        round=state.round,
        price=turn.price,
        minted=turn.minted,
        performance_fee=turn.fees.performance,
        management_fee=turn.fees.management,
        queued=turn.queued,
        locked=locked,
        options=options,
        minimum=minimum,
    )
    return following, outcome


def _closing(state: RibbonState) -> ClosingRound:
    return ClosingRound(
        decimals=state.decimals,
        balance=state.balance,
        supply=state.supply,
        last_locked=state.last_locked,
        pending=state.pending,
        queued_shares=state.queued_shares,
        queued_amount=state.queued_amount,
        new_queued_shares=state.new_queued_shares,
    )


def _turned(state: RibbonState, turn: Rollover) -> RibbonState:
    """The vault after fees, mint and queue; nothing is locked at Opyn yet."""
    return replace(
        state,
        round=state.round + 1,
        cash=subtract(state.cash, turn.fees.total),
        wallets=credited(state.wallets, FEES, turn.fees.total),
        round_prices={**state.round_prices, str(state.round): turn.price},
        supply=state.supply + turn.minted,
        shares=credited(state.shares, VAULT, turn.minted),
        pending=0,
        queued_amount=turn.queued,
        queued_shares=state.queued_shares + state.new_queued_shares,
        new_queued_shares=0,
        locked=turn.locked,
    )


def _written(state: RibbonState, options: int) -> RibbonState:
    """The vault after its collateral went to Opyn and its options came back."""
    written = Series(
        strike=state.next_option.strike,
        expiry=state.next_option.expiry,
        options=options,
        collateral=state.locked,
        holders={VAULT: options},
    )
    return replace(
        state,
        cash=subtract(state.cash, state.locked),
        next_option=NextOption(),
        open_series=state.round,
        series={**state.series, str(state.round): written},
    )


def burn_remaining(
    state: RibbonState,
    event: BurnRemaining,  # noqa: ARG001  it has nothing to say
) -> tuple[RibbonState, Burned]:
    """Burns what was not sold; the freed collateral waits in the vault for the end of the round.

    Raises:
        RefusedError: The vault holds none.
    """
    short = state.short
    options = short.holders.get(VAULT, 0)
    if options == 0:
        raise RefusedError("No oTokens to burn")
    freed = short.collateral * options // short.options
    left = replace(
        short,
        options=short.options - options,
        collateral=short.collateral - freed,
        holders=credited(short.holders, VAULT, -options),
    )
    following = replace(
        state,
        cash=state.cash + freed,
        locked=subtract(state.locked, freed),
        available=0,
        series={**state.series, str(state.open_series): left},
    )
    return following, Burned(options=options, freed=freed)
