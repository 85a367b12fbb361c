"""A Deri v3 everlasting option in integers with 18 decimals, cut where the contract cuts.

Every quotient is cut towards zero at once, so the pool's funding and that of its traders differ in the last
digits; what is left over belongs to nobody and stays in the contract: :func:`left_over`.

Source: as :mod:`shortgamma.protocols.everlasting.market`; EverlastingOptionPricing.sol there, whose
powers are PRBMath's (PRBMathSD59x18.sol, version 2).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from shortgamma.basics.errors import RefusedError
from shortgamma.protocols.binary_powers import binary_logarithm, power_of_two, square_root
from shortgamma.protocols.fixed_point import WAD, mul_div, multiply, multiply_rounded

YEAR: Final = 31_536_000
LEAST_EXPONENT: Final = -59_794705707972522261
"""PRBMath's exp2 is zero below it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The contract; see :class:`shortgamma.protocols.everlasting.state.State`, 18 decimals, but seconds."""

    call: int = 1
    strike: int = 2_000 * WAD
    funding_seconds: int = 604_800
    alpha: int = 2 * WAD // 100
    fee_notional: int = WAD // 1_000
    fee_mark: int = 4 * WAD // 100
    initial_margin: int = WAD // 10
    maintenance_margin: int = 5 * WAD // 100
    pool_margin: int = 10 * WAD
    protocol_share: int = 2 * WAD // 10
    least_reward: int = 10 * WAD
    largest_reward: int = 1_000 * WAD
    reward_cut: int = 5 * WAD // 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A trader, 18 decimals."""

    margin: int = 0
    size: int = 0
    cost: int = 0
    funding_per_unit: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """The option and its pool, 18 decimals, times in seconds; ``balance`` is what the contract holds."""

    terms: Terms = field(default_factory=Terms)
    time: int = 0
    spot: int = 2_000 * WAD
    vol: int = 8 * WAD // 10
    liquidity: int = 0
    net_size: int = 0
    net_cost: int = 0
    funding_per_unit: int = 0
    funding_time: int = 0
    traders_pnl: int = 0
    protocol_fees: int = 0
    rewards: int = 0
    balance: int = 0
    accounts: Mapping[str, Account] = field(default_factory=dict[str, Account])


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """One option, 18 decimals; as :class:`shortgamma.protocols.everlasting.quote.Quote`."""

    payoff: int
    price: int
    delta: int
    slope: int
    mark: int
    maintenance: int

    def cost(self, net: int, size: int) -> int:
        """USD that ``size`` options cost where traders hold ``net``: calculateCost."""
        area = mul_div((net + size) ** 2 - net**2, 1, WAD)
        half = mul_div(multiply(area, self.slope), 1, 2)
        return multiply(self.price, half + size)

    def profit(self, net: int, cost: int) -> int:
        """Profit of all traders if they closed together, USD."""
        return -self.cost(net, -net) - cost


def signed_power(base: int, exponent: int) -> int:
    """x^y for x above 0 and any y, 18 decimals: pow of PRBMathSD59x18."""
    low = base < WAD
    logarithm = binary_logarithm(WAD * WAD // base if low else base)
    product = multiply_rounded(logarithm, abs(exponent))
    if low == (exponent < 0):
        return power_of_two(product)
    return 0 if -product < LEAST_EXPONENT else WAD * WAD // power_of_two(product)


def time_value(spot: int, strike: int, *, vol: int, period: int) -> tuple[int, int, int]:
    """Time value, USD, its derivative by the spot, and u, 18 decimals: getEverlastingTimeValueAndDelta."""
    square = WAD * 8 * WAD // vol * WAD // vol * WAD // period + WAD
    u = square_root(square)
    if spot == strike:
        return strike * WAD // u, 0, u
    exponent = WAD - u if spot > strike else WAD + u
    value = strike * signed_power(spot * WAD // strike, mul_div(exponent, 1, 2)) // u
    return value, mul_div(mul_div(exponent, value, spot), 1, 2), u


def prices(market: Market) -> Prices:
    """The option at what the oracles say."""
    terms, spot = market.terms, market.spot
    sign = 1 if terms.call else -1
    period = terms.funding_seconds * WAD // YEAR
    value, delta, u = time_value(spot, terms.strike, vol=market.vol, period=period)
    payoff = max(sign * (spot - terms.strike), 0)
    if payoff > 0:
        delta += sign * WAD
    elif spot == terms.strike:
        delta = sign * (WAD // 2)
    price, slope = payoff + value, 0
    if market.liquidity > 0:
        slope = spot**2 // price * abs(delta) * terms.alpha // market.liquidity // WAD
    part = terms.maintenance_margin
    first = multiply(multiply(delta, sign * spot), part)
    second = mul_div(multiply(multiply(u, u) - WAD, value), 1, 8)
    return Prices(
        payoff=payoff,
        price=price,
        delta=delta,
        slope=slope,
        mark=multiply(price, WAD + multiply(slope, market.net_size)),
        maintenance=first + multiply(multiply(second, part), part),
    )


def left_over(market: Market) -> int:
    """What the contract holds beyond what anybody owns: rounding, 18 decimals."""
    owned = sum(
        one.margin - multiply(one.size, market.funding_per_unit - one.funding_per_unit)
        for one in market.accounts.values()
    )
    return market.balance - owned - market.liquidity - market.traders_pnl - market.protocol_fees


def observed(market: Market, *, time: int, spot: int, vol: int) -> Market:
    """The oracles say something new."""
    if min(spot, vol) <= 0:
        raise RefusedError("no oracle")
    return replace(market, time=time, spot=spot, vol=vol)


def settled(market: Market, found: Prices) -> Market:
    """After funding up to now and the traders' profit at the new prices."""
    seconds = market.time - market.funding_time
    per_unit = mul_div(found.mark - found.payoff, seconds, market.terms.funding_seconds)
    funding = multiply(market.net_size, per_unit)
    profit = found.profit(market.net_size, market.net_cost)
    return replace(
        market,
        liquidity=market.liquidity + funding - (profit - market.traders_pnl),
        traders_pnl=profit,
        funding_per_unit=market.funding_per_unit + per_unit,
        funding_time=market.time,
    )


def charged(market: Market, account: Account) -> Account:
    """A trader after the funding since it was last settled."""
    funding = multiply(account.size, market.funding_per_unit - account.funding_per_unit)
    return replace(
        account, margin=account.margin - funding, funding_per_unit=market.funding_per_unit
    )


def initial_margin(market: Market, found: Prices, size: int) -> int:
    """USD that so many options need."""
    terms = market.terms
    per_unit = mul_div(found.maintenance, terms.initial_margin, terms.maintenance_margin)
    return multiply(abs(size), per_unit)


def put(market: Market, name: str, account: Account) -> Market:
    """The market with that account."""
    return replace(market, accounts={**market.accounts, name: account})


def add_liquidity(market: Market, amount: int) -> Market:
    """Liquidity providers bring USD."""
    after = settled(market, prices(market))
    return replace(after, liquidity=after.liquidity + amount, balance=after.balance + amount)


def remove_liquidity(market: Market, amount: int) -> Market:
    """Liquidity providers take USD.

    Raises:
        RefusedError: Too little would be left for the open positions.
    """
    found = prices(market)
    after = settled(market, found)
    needed = multiply(market.terms.pool_margin, initial_margin(market, found, market.net_size))
    if after.liquidity - amount < max(needed, 0):
        raise RefusedError("pool insufficient liquidity")
    return replace(after, liquidity=after.liquidity - amount, balance=after.balance - amount)


def add_margin(market: Market, name: str, amount: int) -> Market:
    """A trader brings USD."""
    account = market.accounts.get(name, Account(funding_per_unit=market.funding_per_unit))
    richer = replace(account, margin=account.margin + amount)
    return replace(put(market, name, richer), balance=market.balance + amount)


def remove_margin(market: Market, name: str, amount: int) -> Market:
    """A trader takes USD.

    Raises:
        RefusedError: Too little margin would be left.
    """
    found = prices(market)
    after = settled(market, found)
    account = charged(after, market.accounts[name])
    account = replace(account, margin=account.margin - amount)
    if account.margin < 0:
        raise RefusedError("insufficient margin")
    check_margin(after, account, found)
    return replace(put(after, name, account), balance=after.balance - amount)


def check_margin(market: Market, account: Account, found: Prices) -> None:
    """Refuses a position whose initial margin is not there.

    Raises:
        RefusedError: It is not.
    """
    profit = multiply(account.size, found.price) - account.cost
    if account.margin + profit < initial_margin(market, found, account.size):
        raise RefusedError("insufficient margin")


def realised_cost(account: Account, size: int, cost: int) -> int:
    """Cost of the part of a position that a trade closes and what that part had cost, USD."""
    if account.size * size >= 0:
        return 0
    held, traded = abs(account.size), abs(size)
    if held <= traded:
        return mul_div(cost, held, traded) + account.cost
    return mul_div(account.cost, traded, held) + cost


def filled(market: Market, found: Prices, size: int, *, cost: int) -> Market:
    """After a change of the net position, the traders' profit marked again."""
    net, net_cost = market.net_size + size, market.net_cost + cost
    profit = found.profit(net, net_cost)
    return replace(
        market,
        net_size=net,
        net_cost=net_cost,
        liquidity=market.liquidity - (profit - market.traders_pnl),
        traders_pnl=profit,
    )


def trade(market: Market, name: str, size: int) -> Market:
    """A trader buys options from the pool, or sells them to it.

    Raises:
        RefusedError: The contract does not accept the trade.
    """
    if size == 0 or market.liquidity <= 0:
        raise RefusedError("invalid tradeVolume" if size == 0 else "no liquidity")
    terms, found = market.terms, prices(market)
    after = settled(market, found)
    account = charged(
        after, market.accounts.get(name, Account(funding_per_unit=after.funding_per_unit))
    )
    cost = found.cost(market.net_size, size)
    notional = multiply(multiply(market.spot, abs(size)), terms.fee_notional)
    fee = min(notional, multiply(abs(cost), terms.fee_mark))
    realised, kept = realised_cost(account, size, cost), multiply(fee, terms.protocol_share)
    after = filled(after, found, size, cost=cost - realised)
    account = replace(
        account,
        margin=account.margin - fee - realised,
        size=account.size + size,
        cost=account.cost + cost - realised,
    )
    after = replace(
        put(after, name, account),
        liquidity=after.liquidity + fee - kept + realised,
        protocol_fees=after.protocol_fees + kept,
    )
    check_pool(after, found)
    check_margin(after, account, found)
    return after


def check_pool(market: Market, found: Prices) -> None:
    """Refuses a pool whose mark price is not positive, or with too little liquidity.

    Raises:
        RefusedError: It is so.
    """
    if multiply(found.price, WAD + multiply(found.slope, market.net_size)) <= 0:
        raise RefusedError("exceed mark limit")
    needed = initial_margin(market, found, market.net_size)
    if market.liquidity * WAD < needed * market.terms.pool_margin:
        raise RefusedError("pool insufficient liquidity")


def liquidate(market: Market, name: str) -> Market:
    """Closes a position whose margin no longer suffices; what is left goes to liquidator and pool.

    Raises:
        RefusedError: There is no position, or its margin suffices.
    """
    terms, found = market.terms, prices(market)
    after = settled(market, found)
    account = charged(after, market.accounts[name])
    if account.size == 0:
        raise RefusedError("no position")
    profit = multiply(account.size, found.price) - account.cost
    if account.margin + profit >= multiply(abs(account.size), found.maintenance):
        raise RefusedError("cannot liquidate")
    realised = found.cost(market.net_size, -account.size) + account.cost
    after = filled(after, found, -account.size, cost=-account.cost)
    left = account.margin - realised
    above = multiply(left - terms.least_reward, terms.reward_cut) + terms.least_reward
    reward = min(max(above, terms.least_reward), terms.largest_reward)
    return replace(
        put(after, name, Account(funding_per_unit=after.funding_per_unit)),
        liquidity=after.liquidity + realised + left - reward,
        rewards=after.rewards + reward,
        balance=after.balance - reward,
    )
