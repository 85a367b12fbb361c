"""A Synthetix v3 perpetual market in integers with 18 decimals, cut as the contract cuts them.

Every change of a trader's margin is the opposite change of the pool's or the keepers' USD, so rounding moves
the last unit between them and never creates one.

Source: as :mod:`shortgamma.protocols.synthetix.pricing`; DecimalMath.sol for the rounding (towards zero).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from shortgamma.basics.errors import RefusedError
from shortgamma.protocols.fixed_point import WAD, divide, multiply

DAY = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Parameters, 18 decimals; see :class:`shortgamma.protocols.synthetix.state.State`."""

    skew_scale: int
    max_velocity: int
    maker_fee: int = 0
    taker_fee: int = 0
    settlement_reward: int = 0
    initial_ratio: int = 0
    minimum_initial_ratio: int = 0
    maintenance_scalar: int = WAD // 2
    minimum_margin: int = 0
    reward_ratio: int = 0
    liquidation_multiplier: int = WAD
    liquidation_seconds: int = 30
    liquidation_premium: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One trader, 18 decimals; see :class:`shortgamma.protocols.synthetix.state.Account`."""

    margin: int = 0
    size: int = 0
    entry_price: int = 0
    entry_funding: int = 0
    is_flagged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """The market, 18 decimals, times in seconds."""

    terms: Terms
    time: int = 0
    rate: int = 0
    funding: int = 0
    pool: int = 0
    keepers: int = 0
    liquidation_time: int = -(10**9)
    liquidation_used: int = 0
    accounts: Mapping[str, Account] = field(default_factory=dict[str, Account])


def skew_of(market: Market) -> int:
    """Coins that longs hold more than shorts."""
    return sum(account.size for account in market.accounts.values())


def velocity(market: Market) -> int:
    """Change of the daily rate per day: currentFundingVelocity."""
    if market.terms.skew_scale == 0:
        return 0
    part = divide(skew_of(market), market.terms.skew_scale)
    return multiply(min(max(part, -WAD), WAD), market.terms.max_velocity)


def accrued(market: Market, time: int, *, price: int) -> Market:
    """The market at a later time: recomputeFunding."""
    days = divide((time - market.time) * WAD, DAY * WAD)
    rate = market.rate + multiply(velocity(market), days)
    mean = -divide(market.rate + rate, 2 * WAD)
    funding = market.funding + multiply(multiply(mean, days), price)
    return replace(market, time=time, rate=rate, funding=funding)


def fill_price(price: int, skew: int, *, size: int, skew_scale: int) -> int:
    """USD per coin of an order: calculateFillPrice."""
    if skew_scale == 0:
        return price
    before = price + multiply(price, divide(skew, skew_scale))
    after = price + multiply(price, divide(skew + size, skew_scale))
    return divide(before + after, 2 * WAD)


def _same_side(first: int, second: int) -> bool:
    return first == 0 or second == 0 or (first > 0) == (second > 0)


def order_fee(market: Market, size: int, *, price: int) -> int:
    """USD of an order at its fill price: calculateOrderFee."""
    terms, skew = market.terms, skew_of(market)
    notional = multiply(size, price)
    if _same_side(skew + size, skew):
        rate = terms.taker_fee if _same_side(notional, skew) else terms.maker_fee
        return abs(multiply(notional, rate))
    maker = multiply(multiply(abs(skew), price), terms.maker_fee)
    return multiply(multiply(abs(skew + size), price), terms.taker_fee) + maker


def margins(market: Market, size: int, *, price: int) -> tuple[int, int]:
    """Initial and maintenance margin, USD: calculateRequiredMargins."""
    if size == 0:
        return 0, 0
    terms = market.terms
    part = divide(abs(size), terms.skew_scale) if terms.skew_scale else 0
    initial = multiply(part, terms.initial_ratio) + terms.minimum_initial_ratio
    notional = multiply(abs(size), price)
    maintenance = multiply(notional, multiply(initial, terms.maintenance_scalar))
    return (
        multiply(notional, initial) + terms.minimum_margin,
        maintenance + terms.minimum_margin,
    )


def profit(market: Market, account: Account, *, price: int) -> int:
    """Profit that is not realised, USD: getPnl."""
    moved = multiply(account.size, price - account.entry_price)
    return moved + multiply(account.size, market.funding - account.entry_funding)


def reward_of(market: Market, account: Account, *, price: int) -> int:
    """USD that the keeper of a liquidation is paid at most."""
    return multiply(multiply(abs(account.size), price), market.terms.reward_ratio)


def is_liquidatable(market: Market, account: Account, *, price: int) -> bool:
    """True for a flagged account, and for one below maintenance margin and reward."""
    if account.is_flagged or account.size == 0:
        return account.is_flagged
    equity = account.margin + profit(market, account, price=price)
    needed = margins(market, account.size, price=price)[1]
    return equity < needed + reward_of(market, account, price=price)


def account_of(market: Market, name: str) -> Account:
    """A trader's account, empty where there is none."""
    return market.accounts.get(name, Account())


def with_account(market: Market, name: str, account: Account) -> Market:
    """The market with another account under a name."""
    return replace(market, accounts={**market.accounts, name: account})


def add_margin(market: Market, name: str, amount: int) -> Market:
    """The market after USD went into an account."""
    account = account_of(market, name)
    return with_account(market, name, replace(account, margin=account.margin + amount))


def order(market: Market, name: str, *, size: int, price: int) -> tuple[Market, int]:
    """The market after an order that is accepted, and the fill price.

    Raises:
        RefusedError: The account is liquidatable, or its margin too small.
    """
    account = account_of(market, name)
    if is_liquidatable(market, account, price=price):
        raise RefusedError("account is liquidatable")
    terms = market.terms
    fill = fill_price(price, skew_of(market), size=size, skew_scale=terms.skew_scale)
    fee = order_fee(market, size, price=fill)
    after = account.size + size
    reduces = _same_side(after, account.size) and abs(after) <= abs(account.size)
    needed = 0 if reduces else margins(market, after, price=fill)[0]
    equity = account.margin + profit(market, account, price=price)
    if equity + multiply(size, price - fill) < fee + terms.settlement_reward + needed:
        raise RefusedError("insufficient margin")
    realised = profit(market, account, price=fill)
    changed = Account(
        margin=account.margin + realised - fee - terms.settlement_reward,
        size=after,
        entry_price=fill,
        entry_funding=market.funding,
    )
    moved = replace(
        with_account(market, name, changed),
        pool=market.pool - realised + fee,
        keepers=market.keepers + terms.settlement_reward,
    )
    return moved, fill


def allowance(market: Market, wanted: int) -> tuple[int, int]:
    """Coins that may be liquidated now, and the use of the window afterwards: maxLiquidatableAmount."""
    terms = market.terms
    window = multiply(terms.maker_fee + terms.taker_fee, terms.skew_scale)
    window = multiply(window, terms.liquidation_multiplier) * terms.liquidation_seconds
    if window == 0:
        return wanted, market.liquidation_used
    since = market.time - market.liquidation_time
    used = 0 if since > terms.liquidation_seconds else market.liquidation_used
    coins = min(max(window - used, 0), wanted)
    if (
        coins == 0
        and since
        and divide(abs(skew_of(market)), terms.skew_scale) < (terms.liquidation_premium)
    ):
        extra = min(window, wanted)
        return extra, extra
    return coins, used + coins


def liquidate(market: Market, name: str, *, price: int) -> tuple[Market, int]:
    """The market after a liquidation, and the coins that were closed.

    Raises:
        RefusedError: The account can carry its position.
    """
    account = account_of(market, name)
    if not is_liquidatable(market, account, price=price):
        raise RefusedError("not eligible for liquidation")
    reward = 0 if account.is_flagged else reward_of(market, account, price=price)
    reward = min(reward, max(account.margin, 0))
    coins, used = allowance(market, abs(account.size))
    left = account.size - (coins if account.size > 0 else -coins)
    changed = replace(account, margin=0, size=left, is_flagged=left != 0)
    moved = replace(
        with_account(market, name, changed),
        pool=market.pool + account.margin - reward,
        keepers=market.keepers + reward,
        liquidation_used=used,
        liquidation_time=market.time if coins else market.liquidation_time,
    )
    return moved, coins
