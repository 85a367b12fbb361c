"""Crab in floats, one per path: short Squeeth, long ETH, delta-neutral again once a day.

Crab owns one vault of Squeeth: C ETH and a debt of D oSQTH at the price P (in ETH). It is delta-neutral at
C = 2·D·P, because P itself is proportional to the ETH price. A day after the last hedge, or as soon as P has
moved by 1 %, an auction sells (or buys) the oSQTH that make it so again::

    quantity bought = (2·D·P − C)/P,     price = P·(0.95 → 1.05 within the auction; 1.05 → 0.95 if Crab sells)

The gamma of what it owes does not depend on the price: it buys oSQTH after every rise and sells it after
every fall, and its depositors are paid funding for that. Shares are minted and redeemed in kind: a deposit
mints oSQTH to the depositor in proportion to the vault, a withdrawal burns them.

Source: opynfinance/squeeth-monorepo, packages/hardhat/contracts/strategy/CrabStrategy.sol (auction) and
CrabStrategyV2.sol (orders of market makers); without flash deposits and migration. Held to
:mod:`shortgamma.protocols.squeeth.crab_exact`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import RefusedError
from shortgamma.protocols.mechanism import PoolGreeks, Values
from shortgamma.protocols.paths import refusals
from shortgamma.protocols.squeeth import controller
from shortgamma.protocols.squeeth.controller import (
    Burn,
    Liquidate,
    Market,
    Mint,
    Settled,
    SqueethState,
    Transfer,
    Vault,
    short_greeks,
)

Mask = NDArray[np.bool_]

CRAB = "crab"
"""The owner of Crab's vault."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CrabRules:
    """What governance sets.

    Args:
        hedge_seconds: After which a hedge is due.
        hedge_move: Relative move of the oSQTH price at which one is due earlier.
        auction_seconds: That an auction runs before its price stands still.
        least_multiple, most_multiple: Of the oracle's price, between which it runs.
        least_trade: Smallest hedge, fraction of the collateral.
        order_tolerance: Largest distance of an order's price from the oracle's.
        cap: Most ETH that deposits may bring the vault to.
    """

    hedge_seconds: float = 86_400.0
    hedge_move: float = 0.01
    auction_seconds: float = 3_600.0
    least_multiple: float = 0.95
    most_multiple: float = 1.05
    least_trade: float = 0.001
    order_tolerance: float = 0.05
    cap: float = 100_000.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CrabState:
    """The strategy, and the system that its vault is in.

    Args:
        squeeth: The system.
        vault: Number of Crab's vault; 0 = nobody has deposited.
        shares: Of each holder.
        rules: What governance sets.
        since_hedge: Seconds since the last hedge.
        since_move: Seconds since the price had moved far enough; negative = it has not.
        price_at_hedge: ETH per oSQTH.
    """

    squeeth: SqueethState = field(default_factory=SqueethState)
    vault: int = 0
    shares: Mapping[str, Values] = field(default_factory=dict[str, Values])
    rules: CrabRules = field(default_factory=CrabRules)
    since_hedge: Values = 0.0
    since_move: Values = -1.0
    price_at_hedge: Values = 0.3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Deposit:
    """ETH against shares and oSQTH."""

    holder: str
    eth: Values


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Withdraw:
    """Shares and oSQTH against ETH."""

    holder: str
    shares: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Hedge:
    """A trader takes the auction."""

    trader: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Order:
    """The manager trades with a market maker outside the auction.

    Args:
        trader: Who.
        squeeth: oSQTH that Crab buys; negative = sells.
        price: ETH per oSQTH.
    """

    trader: str
    squeeth: Values
    price: Values


Event = Market | Deposit | Withdraw | Hedge | Order | Mint | Burn | Liquidate | Transfer


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Dealt:
    """What the caller gets.

    Args:
        eth, squeeth, shares: Positive = he receives, negative = he pays.
        fee: ETH that goes to the insurance fund.
        price: ETH per oSQTH of a hedge; 0 for anything else.
        refused: Paths on which nothing happened because the contract would refuse.
    """

    eth: Values = 0.0
    squeeth: Values = 0.0
    shares: Values = 0.0
    fee: Values = 0.0
    price: Values = 0.0
    refused: Mask


def step(state: CrabState, event: Event) -> tuple[CrabState, Dealt]:
    """One event on every path; those of Squeeth itself are passed on.

    Raises:
        RefusedError: There is one path, and a contract would refuse; or there is no such vault.
    """
    match event:
        case Market():
            return _fund(state, event)
        case Deposit():
            return _deposit(state, event)
        case Withdraw():
            return _withdraw(state, event)
        case Hedge():
            return _hedge(state, event)
        case Order():
            return _order(state, event)
        case Mint() | Burn() | Liquidate() | Transfer():
            squeeth, done = controller.step(state.squeeth, event)
            return replace(state, squeeth=squeeth), Dealt(
                eth=done.eth, squeeth=done.squeeth, fee=done.fee, refused=done.refused
            )


def holdings_of(state: CrabState) -> Vault:
    """Crab's vault; empty before the first deposit."""
    if not state.vault:
        return Vault(owner=CRAB)
    return controller.vault_numbered(state.squeeth, state.vault)


def to_buy(state: CrabState, price: Values) -> Values:
    """The oSQTH that make the vault delta-neutral at a price, + = buy; a sale pays the fee of minting."""
    held = holdings_of(state)
    gap = 2.0 * held.short * price - held.collateral
    charge = state.squeeth.squeeth_price * state.squeeth.fee_rate
    return np.where(np.greater(gap, 0.0), gap / price, gap / (price + charge))


def greeks(state: CrabState, spot: Values, vol: Values) -> PoolGreeks:
    """Value and Greeks of the vault; Γ = −2·D·norm·e^(σ²f)/10⁴ at every price.

    Args:
        state: The strategy.
        spot: USD per ETH.
        vol: σ, decimal per √year.
    """
    held = holdings_of(state)
    return short_greeks(held.collateral, held.short * state.squeeth.norm, spot=spot, vol=vol)


def auction_price(rules: CrabRules, price: Values, *, elapsed: Values, sells: Mask) -> Values:
    """ETH per oSQTH of an auction: from the side that is best for Crab to the one that is worst.

    Args:
        rules: Length and multiples.
        price: Of the oracle.
        elapsed: Seconds since it started.
        sells: Where Crab sells.
    """
    done = np.clip(np.asarray(elapsed) / rules.auction_seconds, 0.0, 1.0)
    way = done * (rules.most_multiple - rules.least_multiple)
    return price * np.where(sells, rules.most_multiple - way, rules.least_multiple + way)


def _fund(state: CrabState, event: Market) -> tuple[CrabState, Dealt]:
    squeeth, done = controller.step(state.squeeth, event)
    moved = np.abs(event.squeeth_price / state.price_at_hedge - 1.0) >= state.rules.hedge_move
    waiting = np.greater_equal(state.since_move, 0.0)
    first = np.where(moved, 0.0, -1.0)
    return (
        replace(
            state,
            squeeth=squeeth,
            since_hedge=state.since_hedge + event.seconds,
            since_move=np.where(waiting, state.since_move + event.seconds, first),
        ),
        Dealt(refused=done.refused),
    )


def _deposit(state: CrabState, event: Deposit) -> tuple[CrabState, Dealt]:
    held, price = holdings_of(state), state.squeeth.squeeth_price
    supply = sum(state.shares.values(), 0.0)
    empty = np.equal(held.collateral, 0.0) & np.equal(held.short, 0.0)
    minted, shares = _deposit_terms(state, event.eth, empty=empty)
    beyond = np.greater(held.collateral + event.eth, state.rules.cap)
    gone = empty & np.greater(supply, 0.0)
    checks = {
        "Deposit exceeds strategy cap": beyond,
        "Crab contracts shut down": gone,
        "nothing deposited": ~np.greater(event.eth, 0.0),
    }
    refused = np.asarray(refusals(checks))
    mint = Mint(
        owner=CRAB,
        vault=state.vault,
        collateral=np.where(refused, 0.0, event.eth),
        squeeth=np.where(refused, 0.0, minted),
    )
    squeeth, done = controller.step(state.squeeth, mint)
    refused = np.asarray(refused | done.refused)
    shares = np.where(refused, 0.0, shares)
    squeeth = _handed(squeeth, event.holder, done.squeeth)
    opened = replace(state, squeeth=squeeth, vault=state.vault or len(squeeth.vaults))
    opened = _hedged(opened, empty & ~refused, price)
    return _with_shares(opened, event.holder, shares), Dealt(
        eth=done.eth, squeeth=done.squeeth, shares=shares, fee=done.fee, refused=refused
    )


def _deposit_terms(state: CrabState, eth: Values, *, empty: Mask) -> tuple[Values, Values]:
    """The oSQTH and shares for a deposit: in proportion to the vault, or delta-neutral in an empty one."""
    held, price = holdings_of(state), state.squeeth.squeeth_price
    charge = price * state.squeeth.fee_rate
    supply = sum(state.shares.values(), 0.0)
    base = np.where(empty, 2.0 * price + charge, held.collateral + held.short * charge)
    minted = eth * np.where(empty, 1.0, held.short) / base
    added = eth - minted * charge
    # supply·share/(1 − share) with share = added/(collateral + added).
    per_eth = np.divide(supply, held.collateral, out=np.ones(base.shape), where=~empty)
    return minted, np.where(np.equal(supply, 0.0), added, added * per_eth)


def _withdraw(state: CrabState, event: Withdraw) -> tuple[CrabState, Dealt]:
    held = holdings_of(state)
    supply = np.asarray(sum(state.shares.values(), 0.0))
    owned = state.shares.get(event.holder, 0.0)
    beyond = np.less(event.shares, 0.0) | np.greater(event.shares, owned)
    checks = {"burn amount exceeds balance": beyond, "nobody has deposited": ~(supply > 0.0)}
    refused = np.asarray(refusals(checks))
    part = np.divide(event.shares, supply, out=np.zeros(supply.shape), where=supply > 0.0)
    burnt = np.where(refused, 0.0, held.short * part)
    lacking = controller.lacks(state.squeeth, event.holder, burnt)
    refused = np.asarray(refused | refusals({f"{event.holder} has too few oSQTH": lacking}))
    burnt = np.where(refused, 0.0, burnt)
    eth = np.where(refused, 0.0, held.collateral * part)
    squeeth, done = _repaid(state, event.holder, burnt, eth)
    refused = np.asarray(refused | done.refused)
    shares = np.where(refused, 0.0, event.shares)
    changed = _with_shares(replace(state, squeeth=squeeth), event.holder, -shares)
    return changed, Dealt(eth=done.eth, squeeth=done.squeeth, shares=-shares, refused=refused)


def _hedge(state: CrabState, event: Hedge) -> tuple[CrabState, Dealt]:
    oracle, rules = state.squeeth.squeeth_price, state.rules
    late = np.asarray(state.since_hedge) - rules.hedge_seconds
    elapsed = np.maximum(late, state.since_move)
    sells = np.less(to_buy(state, oracle), 0.0)
    price = auction_price(rules, oracle, elapsed=elapsed, sells=sells)
    wanted = to_buy(state, price)
    size = np.abs(wanted) * price
    small = size <= rules.least_trade * np.asarray(holdings_of(state).collateral)
    turned = sells != np.less(wanted, 0.0)
    checks = {
        "Time hedging is not allowed; price hedging not allowed": np.less(elapsed, 0.0),
        "strategy is delta neutral": small,
        "auction direction changed": turned,
    }
    refused = np.asarray(refusals(checks))
    return _traded(state, event.trader, wanted, price=price, refused=refused, mark=oracle)


def _order(state: CrabState, event: Order) -> tuple[CrabState, Dealt]:
    oracle, rules = state.squeeth.squeeth_price, state.rules
    due = np.greater_equal(state.since_hedge, rules.hedge_seconds)
    due |= np.abs(oracle / state.price_at_hedge - 1.0) >= rules.hedge_move
    buys = np.greater(event.squeeth, 0.0)
    edge = oracle * np.where(buys, 1.0 + rules.order_tolerance, 1.0 - rules.order_tolerance)
    far = np.where(buys, np.greater(event.price, edge), np.less(event.price, edge))
    checks = {
        "Manager Price should be greater than 0": ~np.greater(event.price, 0.0),
        "Time or Price is not within range": ~due,
        "price too far from the oracle's": far,
    }
    refused = np.asarray(refusals(checks))
    wanted, price = np.asarray(event.squeeth), event.price
    return _traded(state, event.trader, wanted, price=price, refused=refused, mark=price)


def _traded(
    state: CrabState, trader: str, wanted: Values, *, price: Values, refused: Mask, mark: Values
) -> tuple[CrabState, Dealt]:
    """Crab buys oSQTH from a trader, or mints and sells them to him."""
    if not state.vault:
        raise RefusedError("nobody has deposited")
    lacking = ~refused & controller.lacks(state.squeeth, trader, wanted)
    refused = refused | refusals({f"{trader} has too few oSQTH": lacking})
    bought = np.where(refused, 0.0, np.maximum(wanted, 0.0))
    squeeth, paid = _repaid(state, trader, bought, bought * price)
    sold = np.where(refused, 0.0, np.maximum(-np.asarray(wanted), 0.0))
    mint = Mint(owner=CRAB, vault=state.vault, collateral=sold * price, squeeth=sold)
    squeeth, got = controller.step(squeeth, mint)
    squeeth = _handed(squeeth, trader, got.squeeth)
    refused = np.asarray(refused | paid.refused | got.refused)
    changed = _hedged(replace(state, squeeth=squeeth), ~refused, mark)
    return changed, Dealt(
        eth=paid.eth + got.eth,
        squeeth=paid.squeeth + got.squeeth,
        fee=got.fee,
        price=np.where(refused, 0.0, price),
        refused=refused,
    )


def _repaid(
    state: CrabState, payer: str, burnt: Values, eth: Values
) -> tuple[SqueethState, Settled]:
    """Somebody's oSQTH repay a part of the vault's debt, and ETH leaves the vault."""
    lent = Transfer(sender=payer, receiver=CRAB, squeeth=burnt)
    squeeth, _ = controller.step(state.squeeth, lent)
    squeeth, done = controller.step(squeeth, Burn(vault=state.vault, squeeth=burnt, collateral=eth))
    # What the controller refused to burn goes back.
    return _handed(squeeth, payer, np.where(done.refused, burnt, 0.0)), done


def _handed(squeeth: SqueethState, receiver: str, amount: Values) -> SqueethState:
    """The oSQTH that Crab passes on."""
    return controller.step(squeeth, Transfer(sender=CRAB, receiver=receiver, squeeth=amount))[0]


def _hedged(state: CrabState, where: Mask, price: Values) -> CrabState:
    """The clock and the price of the last hedge set anew on some paths."""
    return replace(
        state,
        since_hedge=np.where(where, 0.0, state.since_hedge),
        since_move=np.where(where, -1.0, state.since_move),
        price_at_hedge=np.where(where, price, state.price_at_hedge),
    )


def _with_shares(state: CrabState, name: str, change: Values) -> CrabState:
    balance = state.shares.get(name, 0.0) + change
    return replace(state, shares={**state.shares, name: balance})
