"""Crab in exact integers, as the contract calculates: 18 decimals, products and quotients rounded half up.

The reference of the float version (:mod:`shortgamma.protocols.squeeth.crab`), whose rules it shares.

Source: opynfinance/squeeth-monorepo, packages/hardhat/contracts/strategy/CrabStrategy.sol, CrabStrategyV2.sol
and base/StrategyMath.sol.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from shortgamma.basics.errors import RefusedError
from shortgamma.protocols.fixed_point import WAD, divide_rounded, multiply_rounded
from shortgamma.protocols.squeeth import exact
from shortgamma.protocols.squeeth.crab import CRAB
from shortgamma.protocols.squeeth.exact import (
    Burn,
    Liquidate,
    Market,
    Mint,
    MintPower,
    SqueethState,
    Transfer,
    Vault,
)

_BASIS_POINTS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CrabRules:
    """What governance sets: seconds, and fractions and multiples with 18 decimals; see the float version."""

    hedge_seconds: int = 86_400
    hedge_move: int = WAD // 100
    auction_seconds: int = 3_600
    least_multiple: int = 95 * WAD // 100
    most_multiple: int = 105 * WAD // 100
    least_trade: int = WAD // 1_000
    order_tolerance: int = 5 * WAD // 100
    cap: int = 100_000 * WAD


@dataclass(frozen=True, slots=True, kw_only=True)
class CrabState:
    """The strategy, and the system that its vault is in; fields as in the float version, 18 decimals."""

    squeeth: SqueethState = field(default_factory=SqueethState)
    vault: int = 0
    shares: Mapping[str, int] = field(default_factory=dict[str, int])
    rules: CrabRules = field(default_factory=CrabRules)
    since_hedge: int = 0
    since_move: int = -1
    price_at_hedge: int = 3 * WAD // 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Deposit:
    """ETH (wei) against shares and oSQTH."""

    holder: str
    eth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw:
    """Shares and oSQTH against ETH."""

    holder: str
    shares: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hedge:
    """A trader takes the auction."""

    trader: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """The manager trades with a market maker: ``squeeth`` that Crab buys, negative = sells, at ``price``."""

    trader: str
    squeeth: int
    price: int


Event = Market | Deposit | Withdraw | Hedge | Order | Mint | MintPower | Burn | Liquidate | Transfer


@dataclass(frozen=True, slots=True, kw_only=True)
class Dealt:
    """What the caller gets: positive = he receives; ``price``: of a hedge."""

    eth: int = 0
    squeeth: int = 0
    shares: int = 0
    fee: int = 0
    price: int = 0


def step(state: CrabState, event: Event) -> tuple[CrabState, Dealt]:
    """One event; those of Squeeth itself are passed on.

    Raises:
        RefusedError: A contract would revert.
    """
    match event:
        case Market():
            return _fund(state, event), Dealt()
        case Deposit():
            return _deposit(state, event)
        case Withdraw():
            return _withdraw(state, event)
        case Hedge():
            return _hedge(state, event)
        case Order():
            return _order(state, event)
        case Mint() | MintPower() | Burn() | Liquidate() | Transfer():
            squeeth, done = exact.step(state.squeeth, event)
            changed = replace(state, squeeth=squeeth)
            return changed, Dealt(eth=done.eth, squeeth=done.squeeth, fee=done.fee)


def holdings_of(state: CrabState) -> Vault:
    """Crab's vault; empty before the first deposit."""
    if not state.vault:
        return Vault(owner=CRAB)
    return exact.vault_numbered(state.squeeth, state.vault)


def to_buy(state: CrabState, price: int) -> int:
    """The oSQTH that make the vault delta-neutral at a price, + = buy.

    Raises:
        RefusedError: It is so nearly already.
    """
    held = holdings_of(state)
    owed = multiply_rounded(multiply_rounded(held.short, 2 * WAD), price)
    if owed > held.collateral:
        wanted = divide_rounded(owed - held.collateral, price)
    else:
        wanted = -divide_rounded(held.collateral - owed, price + _charge(state))
    size = divide_rounded(multiply_rounded(abs(wanted), price), held.collateral)
    if size <= state.rules.least_trade:
        raise RefusedError("strategy is delta neutral")
    return wanted


def auction_price(rules: CrabRules, price: int, *, elapsed: int, sells: bool) -> int:
    """ETH per oSQTH of an auction after so many seconds, 18 decimals."""
    done = WAD
    if elapsed < rules.auction_seconds:
        done = divide_rounded(elapsed, rules.auction_seconds)
    way = multiply_rounded(done, rules.most_multiple - rules.least_multiple)
    multiple = rules.most_multiple - way if sells else rules.least_multiple + way
    return multiply_rounded(price, multiple)


def _charge(state: CrabState) -> int:
    """ETH that the insurance fund takes per oSQTH minted."""
    return state.squeeth.squeeth_price * state.squeeth.fee_rate // _BASIS_POINTS


def _fund(state: CrabState, event: Market) -> CrabState:
    squeeth, _ = exact.step(state.squeeth, event)
    since_move = state.since_move + event.seconds
    if state.since_move < 0:
        since_move = 0 if _has_moved(state, event.squeeth_price) else -1
    return replace(
        state,
        squeeth=squeeth,
        since_hedge=state.since_hedge + event.seconds,
        since_move=since_move,
    )


def _has_moved(state: CrabState, price: int) -> bool:
    """Whether the price is far enough from that of the last hedge."""
    return abs(divide_rounded(price, state.price_at_hedge) - WAD) >= state.rules.hedge_move


def _deposit(state: CrabState, event: Deposit) -> tuple[CrabState, Dealt]:
    held, price, charge = holdings_of(state), state.squeeth.squeeth_price, _charge(state)
    supply = sum(state.shares.values())
    if event.eth <= 0 or held.collateral + event.eth > state.rules.cap:
        raise RefusedError("Deposit exceeds strategy cap" if event.eth > 0 else "nothing deposited")
    empty = not held.collateral and not held.short
    if empty and supply:
        raise RefusedError("Crab contracts shut down")
    if empty:
        minted = divide_rounded(event.eth, multiply_rounded(price, 2 * WAD) + charge)
    else:
        base = held.collateral + multiply_rounded(held.short, charge)
        minted = divide_rounded(multiply_rounded(event.eth, held.short), base)
    shares = added = event.eth - multiply_rounded(minted, charge)
    if supply:
        part = divide_rounded(added, held.collateral + added)
        shares = divide_rounded(multiply_rounded(supply, part), WAD - part)
    mint = Mint(owner=CRAB, vault=state.vault, collateral=event.eth, squeeth=minted)
    squeeth, done = exact.step(state.squeeth, mint)
    squeeth = _handed(squeeth, event.holder, minted)
    changed = replace(state, squeeth=squeeth, vault=state.vault or len(squeeth.vaults))
    if empty:
        changed = _hedged(changed, price)
    return _with_shares(changed, event.holder, shares), Dealt(
        eth=-event.eth, squeeth=minted, shares=shares, fee=done.fee
    )


def _withdraw(state: CrabState, event: Withdraw) -> tuple[CrabState, Dealt]:
    held, supply = holdings_of(state), sum(state.shares.values())
    if not 0 <= event.shares <= state.shares.get(event.holder, 0):
        raise RefusedError("burn amount exceeds balance")
    if not supply:
        raise RefusedError("nobody has deposited")
    part = divide_rounded(event.shares, supply)
    burnt, eth = multiply_rounded(held.short, part), multiply_rounded(held.collateral, part)
    squeeth = _repaid(state, event.holder, squeeth=burnt, eth=eth)
    changed = _with_shares(replace(state, squeeth=squeeth), event.holder, -event.shares)
    return changed, Dealt(eth=eth, squeeth=-burnt, shares=-event.shares)


def _hedge(state: CrabState, event: Hedge) -> tuple[CrabState, Dealt]:
    elapsed = max(state.since_hedge - state.rules.hedge_seconds, state.since_move)
    if elapsed < 0:
        raise RefusedError("Time hedging is not allowed; price hedging not allowed")
    oracle = state.squeeth.squeeth_price
    sells = to_buy(state, oracle) < 0
    price = auction_price(state.rules, oracle, elapsed=elapsed, sells=sells)
    wanted = to_buy(state, price)
    if (wanted < 0) != sells:
        raise RefusedError("auction direction changed")
    changed, done = _traded(state, event.trader, wanted, price=price)
    return _hedged(changed, oracle), done


def _order(state: CrabState, event: Order) -> tuple[CrabState, Dealt]:
    oracle, rules = state.squeeth.squeeth_price, state.rules
    if event.price <= 0:
        raise RefusedError("Manager Price should be greater than 0")
    if state.since_hedge < rules.hedge_seconds and not _has_moved(state, oracle):
        raise RefusedError("Time or Price is not within range")
    if event.squeeth > 0:
        far = event.price > multiply_rounded(oracle, WAD + rules.order_tolerance)
    else:
        far = event.price < multiply_rounded(oracle, WAD - rules.order_tolerance)
    if far:
        raise RefusedError("price too far from the oracle's")
    changed, done = _traded(state, event.trader, event.squeeth, price=event.price)
    return _hedged(changed, event.price), done


def _traded(state: CrabState, trader: str, wanted: int, *, price: int) -> tuple[CrabState, Dealt]:
    """Crab buys oSQTH from a trader, or mints and sells them to him."""
    if not state.vault:
        raise RefusedError("nobody has deposited")
    eth = multiply_rounded(abs(wanted), price)
    if wanted >= 0:
        squeeth = _repaid(state, trader, squeeth=wanted, eth=eth)
        done = Dealt(eth=eth, squeeth=-wanted, price=price)
    else:
        mint = Mint(owner=CRAB, vault=state.vault, collateral=eth, squeeth=-wanted)
        squeeth, minted = exact.step(state.squeeth, mint)
        squeeth = _handed(squeeth, trader, -wanted)
        done = Dealt(eth=-eth, squeeth=-wanted, fee=minted.fee, price=price)
    return replace(state, squeeth=squeeth), done


def _repaid(state: CrabState, payer: str, *, squeeth: int, eth: int) -> SqueethState:
    """Somebody's oSQTH repay a part of the vault's debt, and wei leave the vault."""
    lent = Transfer(sender=payer, receiver=CRAB, squeeth=squeeth)
    system, _ = exact.step(state.squeeth, lent)
    return exact.step(system, Burn(vault=state.vault, squeeth=squeeth, collateral=eth))[0]


def _handed(squeeth: SqueethState, receiver: str, amount: int) -> SqueethState:
    """The oSQTH that Crab passes on."""
    return exact.step(squeeth, Transfer(sender=CRAB, receiver=receiver, squeeth=amount))[0]


def _hedged(state: CrabState, price: int) -> CrabState:
    """The clock and the price of the last hedge set anew."""
    return replace(state, since_hedge=0, since_move=-1, price_at_hedge=price)


def _with_shares(state: CrabState, name: str, change: int) -> CrabState:
    balance = state.shares.get(name, 0) + change
    return replace(state, shares={**state.shares, name: balance})
