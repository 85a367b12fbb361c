"""Lyra in the contract's integers with 18 decimals: vol moves, fees, averages, tokens of providers.

Every product and quotient is cut towards zero at once, as Solidity does. Logarithm and exponential are
calculated with 50 digits and cut; the contract's polynomials may differ in the last digit.

Source: derivexyz/v1-core, contracts/OptionMarketPricer.sol, LiquidityPool.sol, libraries/GWAV.sol and
synthetix/DecimalMath.sol.
"""

from dataclasses import dataclass, replace
from decimal import Context, Decimal

from shortgamma.basics.errors import RefusedError
from shortgamma.protocols.fixed_point import WAD, divide, mul_div, multiply

_DIGITS = Context(prec=50)


def moved_vol(
    base_vol: int, skew: int, *, points: int, adjustment: int, is_buy: bool
) -> tuple[int, int]:
    """Base vol and skew after a trade.

    Args:
        base_vol, skew: Before, 18 decimals.
        points: Move of the base vol: see :func:`move_of_size`.
        adjustment: skewAdjustmentFactor.
        is_buy: The trader buys.

    Raises:
        RefusedError: One of them would be negative.
    """
    change = multiply(points, adjustment)
    if is_buy:
        return base_vol + points, skew + change
    if points > base_vol or change > skew:
        raise RefusedError("base vol or skew below zero")
    return base_vol - points, skew - change


def move_of_size(size: int, standard_size: int) -> int:
    """size/standard size/100."""
    return divide(size, standard_size) // 100


def time_weighted(coefficient: int, seconds: int, *, once: int, twice: int) -> int:
    """A coefficient at its weight; all times in whole seconds."""
    if seconds <= once:
        return coefficient
    return multiply(coefficient, WAD + (seconds - once) * WAD // (twice - once))


def vega_fee(coefficient: int, *, vol: int, vega_after: int, nav: int, size: int) -> int:
    """Fee on vega utilisation, for a trade that adds vega.

    Raises:
        RefusedError: The pool has no value.
    """
    if nav <= 0:
        raise RefusedError("division by zero: the pool has no net asset value")
    used = divide(multiply(vol, abs(vega_after)), nav)
    return multiply(multiply(coefficient, used), size)


def variance_fee(
    coefficient: int, *, vega_factor: int, skew_factor: int, vol_factor: int, size: int
) -> int:
    """Variance fee from its three brackets."""
    fee = multiply(coefficient, vega_factor)
    return multiply(multiply(multiply(fee, skew_factor), vol_factor), size)


def factor(base: int, slope: int, *, distance: int) -> int:
    """One bracket of the variance fee: base + distance·slope."""
    return base + multiply(distance, slope)


def logarithm(value: int) -> int:
    """Logarithm of a positive number with 18 decimals, cut downwards."""
    if value <= 0:
        raise RefusedError("the logarithm of a value that is not positive")
    exact = (Decimal(value) / WAD).ln(_DIGITS)
    return int(_DIGITS.multiply(exact, Decimal(WAD)).to_integral_value(rounding="ROUND_FLOOR"))


def exponential(value: int) -> int:
    """Exponential of a number with 18 decimals, cut downwards."""
    return int(_DIGITS.multiply((Decimal(value) / WAD).exp(_DIGITS), Decimal(WAD)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One observation.

    Args:
        time: Whole seconds.
        total: Accumulator, 18 decimals.
        value: In force from then on, 18 decimals.
    """

    time: int
    total: int
    value: int


def opened(value: int, time: int) -> tuple[Entry, ...]:
    """A series whose first value has held since time 0."""
    return (Entry(time=time, total=logarithm(value) * time, value=value),)


def recorded(series: tuple[Entry, ...], value: int, *, time: int) -> tuple[Entry, ...]:
    """The series with a value in force from a time on.

    Raises:
        RefusedError: The time lies before the last observation.
    """
    last = series[-1]
    if time < last.time:
        raise RefusedError("an observation lies before the last one")
    if time == last.time:
        return (*series[:-1], replace(last, value=value))
    if value == last.value:
        return series
    total = last.total + logarithm(last.value) * (time - last.time)
    return (*series, Entry(time=time, total=total, value=value))


def average(series: tuple[Entry, ...], *, begin: int, end: int) -> int:
    """Geometric average between two times, ``begin`` < ``end``."""
    change = _total(series, end) - _total(series, begin)
    return exponential(mul_div(change, 1, end - begin))


def _total(series: tuple[Entry, ...], time: int) -> int:
    first = series[0]
    if time < first.time:
        return mul_div(first.total, time, first.time)
    found = next(entry for entry in reversed(series) if entry.time <= time)
    return found.total + logarithm(found.value) * (time - found.time)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExactPool:
    """What providers own, 18 decimals each.

    Args:
        cash, coins: The pool's, USD and coins.
        spot: USD.
        option_value: What the traders' options are worth, USD.
        queued: Deposits that are not the providers' yet, USD.
        tokens: All tokens, queued withdrawals included.
        reserved_fees: USD that went to the option market.
    """

    cash: int = 0
    coins: int = 0
    spot: int = 0
    option_value: int = 0
    queued: int = 0
    tokens: int = 0
    reserved_fees: int = 0

    @property
    def nav(self) -> int:
        """Net asset value, USD."""
        return self.cash + multiply(self.coins, self.spot) - self.queued - self.option_value

    @property
    def token_price(self) -> int:
        """USD per token; 1 where there are none."""
        return WAD if self.tokens == 0 else divide(self.nav, self.tokens)


def queued(pool: ExactPool, cash: int) -> ExactPool:
    """A deposit enters the queue."""
    return replace(pool, cash=pool.cash + cash, queued=pool.queued + cash)


def minted(pool: ExactPool, cash: int) -> tuple[ExactPool, int]:
    """A queued deposit becomes tokens.

    Returns:
        The pool, and the tokens.
    """
    tokens = divide(cash, pool.token_price)
    return replace(pool, queued=pool.queued - cash, tokens=pool.tokens + tokens), tokens


def burnt(pool: ExactPool, tokens: int, *, fee: int, burnable: int) -> tuple[ExactPool, int, int]:
    """A withdrawal is paid, as far as ``burnable`` cash allows.

    Args:
        pool: Before.
        tokens: Asked for.
        fee: Fraction that stays behind.
        burnable: USD.

    Returns:
        The pool, tokens burnt, USD paid.
    """
    price = multiply(pool.token_price, WAD - fee)
    taken = min(tokens, divide(burnable, price))
    paid = multiply(taken, price)
    return replace(pool, cash=pool.cash - paid, tokens=pool.tokens - taken), taken, paid


def sold_coins(pool: ExactPool, coins: int, *, fee: int) -> ExactPool:
    """The pool sells coins on the exchange."""
    cash = multiply(multiply(coins, pool.spot), WAD - fee)
    return replace(pool, coins=pool.coins - coins, cash=pool.cash + cash)


def bought_coins(pool: ExactPool, coins: int, *, fee: int) -> ExactPool:
    """The pool buys coins on the exchange."""
    cash = multiply(divide(coins, WAD - fee), pool.spot)
    return replace(pool, coins=pool.coins + coins, cash=pool.cash - cash)


def settled_trade(
    pool: ExactPool, *, premium: int, fees: int, reserved: int, is_buy: bool
) -> ExactPool:
    """The money of a trade: premium and fees, of which a part goes to the option market.

    Args:
        pool: Before.
        premium: USD.
        fees: USD before the cap at the premium of a sale.
        reserved: Fraction of the fees.
        is_buy: The trader buys.
    """
    charged = fees if is_buy else min(fees, premium)
    share = multiply(charged, reserved)
    received = premium + charged if is_buy else charged - premium
    return replace(
        pool, cash=pool.cash + received - share, reserved_fees=pool.reserved_fees + share
    )
