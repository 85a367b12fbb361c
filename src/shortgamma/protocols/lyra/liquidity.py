"""What the pool is worth, what of it is free, and its providers' tokens.

NAV = cash + coins·spot + hedge − claims of settled options − queued deposits − what the traders' options are
worth by the cache. A token is NAV over all tokens. Deposits and withdrawals wait in queues until their delay
is over, the cache is fresh and no circuit breaker holds; a withdrawal pays a fee to those who stay, and is
processed in parts where too little cash is free.

Source: derivexyz/v1-core, contracts/LiquidityPool.sol.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from shortgamma.basics.errors import RefusedError
from shortgamma.protocols.lyra.cache import net_greeks, stale
from shortgamma.protocols.lyra.paths import Mask, both, either, pick
from shortgamma.protocols.lyra.pool import Accounts, Pool, PoolT, Queued
from shortgamma.protocols.mechanism import Values


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Liquidity:
    """What the pool has and what of it is free, USD.

    Args:
        nav: Net asset value.
        token_price: USD per token; 1 where there are none.
        available: Cash without what is locked, owed or queued: what the hedger may take.
        free: ``available`` less what the hedge still needs: what trades may lock.
        burnable: What withdrawals may take.
        used_hedge, pending_hedge: Value of the hedge, and what it still needs.
    """

    nav: Values
    token_price: Values
    available: Values
    free: Values
    burnable: Values
    used_hedge: Values
    pending_hedge: Values


def nav_of(pool: Pool) -> Values:
    """Net asset value, USD."""
    accounts = pool.accounts
    assets = accounts.cash + accounts.coins * pool.spot + pool.used_hedge
    return assets - accounts.owed_settlements - pool.queued_deposits - net_greeks(pool).value


def price_of_token(nav: Values, tokens: Values) -> Values:
    """NAV per token; 1 where there is no token."""
    some = np.greater(tokens, 0.0)
    return pick(some, np.divide(nav, pick(some, tokens, 1.0)), 1.0)


def liquidity(pool: Pool) -> Liquidity:
    """The pool's liquidity as of now."""
    accounts = pool.accounts
    nav = nav_of(pool)
    price = price_of_token(nav, pool.tokens)
    used = accounts.owed_settlements + pool.queued_deposits + accounts.locked_cash + pool.call_cover
    pending = pool.pending_hedge
    available = np.maximum(accounts.cash - used - price * pool.queued_withdrawals, 0.0)
    return Liquidity(
        nav=nav,
        token_price=price,
        available=available,
        free=np.maximum(available - pending, 0.0),
        burnable=np.maximum(accounts.cash - used - pending, 0.0),
        used_hedge=pool.used_hedge,
        pending_hedge=pending,
    )


def with_breakers(pool: PoolT) -> PoolT:
    """The pool with the circuit breakers looked at: free liquidity, and gaps of vol and skew."""
    rules, found, net = pool.liquidity_rules, liquidity(pool), net_greeks(pool)
    accounts = pool.accounts
    locked = accounts.locked_cash + accounts.locked_calls + accounts.coins
    open_options = either(np.not_equal(locked, 0.0), np.not_equal(net.value, 0.0))
    low = np.less(found.free, rules.free_threshold * found.nav)
    vol_gap = largest([board.vol_gap for board in pool.boards])
    skew_gap = largest([item.skew_gap for board in pool.boards for item in board.strikes])
    waits = [
        pick(np.greater(vol_gap, rules.vol_threshold), rules.vol_timeout, 0.0),
        pick(np.greater(skew_gap, rules.skew_threshold), rules.skew_timeout, 0.0),
        pick(low, rules.free_timeout, 0.0),
    ]
    wait = largest(waits)
    fires = both(open_options, np.greater(wait, 0.0))
    until = np.maximum(pool.blocked_until, pool.now + wait)
    return replace(pool, blocked_until=pick(fires, until, pool.blocked_until))


def largest(values: Sequence[Values]) -> Values:
    """The largest of several values per path; 0 where there are none."""
    result: Values = 0.0
    for value in values:
        result = np.maximum(result, value)
    return result


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Deposit:
    """Event ``deposit``: a provider pays in; at once where no board is live, else into the queue.

    Args:
        cash: USD.
    """

    cash: Values


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Withdraw:
    """Event ``withdraw``: a provider gives tokens back; at once where no board is live, else queued.

    Args:
        tokens: How many.
    """

    tokens: Values


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Process:
    """Event ``process``: the queues move as far as they may."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Provided:
    """After an event of providers.

    Args:
        token_price: USD per token before any fee.
        minted, burnt: Tokens of this event.
        paid_in, paid_out: USD that providers paid or received in this event.
        queued_deposits, queued_withdrawals: USD and tokens that wait.
        blocked: Where stale cache or breakers held the queues.
    """

    token_price: Values
    minted: Values
    burnt: Values
    paid_in: Values
    paid_out: Values
    queued_deposits: Values
    queued_withdrawals: Values
    blocked: Mask


def deposit(pool: Pool, event: Deposit) -> tuple[Pool, Provided]:
    """A provider pays in.

    Raises:
        RefusedError: Less than the smallest deposit, or a pool without value.
    """
    if np.any(both(np.not_equal(event.cash, 0.0), np.less(event.cash, pool.liquidity_rules.least))):
        raise RefusedError("less than the smallest deposit")
    price = price_of_token(nav_of(pool), pool.tokens)
    paid = receive(pool, event.cash)
    if pool.boards:
        entry = Queued(amount=event.cash, since=pool.now)
        queued = replace(paid, deposits=(*pool.deposits, entry))
        return queued, provided(queued, price, paid_in=event.cash)
    if np.any(np.less_equal(price, 0.0)):
        raise RefusedError("division by zero: a token is worth nothing")
    minted = event.cash / price
    done = replace(paid, tokens=pool.tokens + minted)
    return done, provided(done, price, paid_in=event.cash, minted=minted)


def withdraw(pool: Pool, event: Withdraw) -> tuple[Pool, Provided]:
    """A provider gives tokens back.

    Raises:
        RefusedError: Less than the smallest withdrawal, more tokens than there are, or than cash pays.
    """
    least = pool.liquidity_rules.least
    if np.any(both(np.not_equal(event.tokens, 0.0), np.less(event.tokens, least))):
        raise RefusedError("less than the smallest withdrawal")
    if np.any(np.greater(event.tokens, pool.tokens - pool.queued_withdrawals)):
        raise RefusedError("more tokens than providers hold")
    price = price_of_token(nav_of(pool), pool.tokens)
    if pool.boards:
        entry = Queued(amount=event.tokens, since=pool.now)
        queued = replace(pool, withdrawals=(*pool.withdrawals, entry))
        return queued, provided(queued, price)
    owed = event.tokens * price
    if np.any(np.greater(owed, pool.accounts.cash * (1.0 + 1e-12))):
        raise RefusedError("the pool has not enough cash")
    done = replace(receive(pool, -owed), tokens=pool.tokens - event.tokens)
    return done, provided(done, price, paid_out=owed, burnt=event.tokens)


def process(pool: Pool, _event: Process) -> tuple[Pool, Provided]:
    """Moves both queues, deposits first, each in order as far as delay, breakers and cash allow."""
    pool = with_breakers(pool)
    price = price_of_token(nav_of(pool), pool.tokens)
    held = either(stale(pool), np.less_equal(pool.now, pool.blocked_until))
    after, minted = mint_queue(pool, price, held)
    done, burnt, sent = burn_queue(after, held)
    outcome = provided(done, price, minted=minted, burnt=burnt, paid_out=sent)
    return done, replace(outcome, blocked=held)


def mint_queue(pool: Pool, price: Values, held: Mask) -> tuple[Pool, Values]:
    """Turns deposits whose delay is over into tokens, all at one price."""
    minted: Values = 0.0
    rest: list[Queued] = []
    stops = either(held, np.less_equal(price, 0.0))
    for entry in pool.deposits:
        # an entry that has to wait holds up all behind it
        if entry.since + pool.liquidity_rules.deposit_delay >= pool.now:
            stops = True
        taken = pick(stops, 0.0, entry.amount)
        minted = minted + taken / pick(stops, 1.0, price)
        rest.append(replace(entry, amount=entry.amount - taken))
    queue = tuple(entry for entry in rest if np.any(np.greater(entry.amount, 0.0)))
    return replace(pool, deposits=queue, tokens=pool.tokens + minted), minted


def burn_queue(pool: Pool, held: Mask) -> tuple[Pool, Values, Values]:
    """Pays withdrawals whose delay is over, at a price less the fee that rises with each fee left behind."""
    burnt: Values = 0.0
    sent: Values = 0.0
    fee = pool.liquidity_rules.withdrawal_fee if pool.boards else 0.0
    stops = held
    for index, entry in enumerate(pool.withdrawals):
        if entry.since + pool.liquidity_rules.withdrawal_delay >= pool.now:
            break
        found = liquidity(pool)
        price = found.token_price * (1.0 - fee)
        worthless = np.less_equal(price, 0.0)
        most = pick(worthless, 0.0, found.burnable / pick(worthless, 1.0, price))
        taken = pick(stops, 0.0, np.minimum(entry.amount, most))
        stops = either(stops, np.less(taken, entry.amount))
        queue = list(pool.withdrawals)
        queue[index] = replace(entry, amount=entry.amount - taken)
        paid = receive(pool, -(taken * price))
        pool = replace(paid, withdrawals=tuple(queue), tokens=pool.tokens - taken)
        burnt, sent = burnt + taken, sent + taken * price
    left = tuple(entry for entry in pool.withdrawals if np.any(np.greater(entry.amount, 0.0)))
    return replace(pool, withdrawals=left), burnt, sent


def receive(pool: Pool, cash: Values) -> Pool:
    """The pool with cash received from providers, or paid to them where negative."""
    accounts: Accounts = replace(
        pool.accounts,
        cash=pool.accounts.cash + cash,
        providers_cash=pool.accounts.providers_cash - cash,
    )
    return replace(pool, accounts=accounts)


def provided(pool: Pool, price: Values, **amounts: Values) -> Provided:
    """The outcome of an event of providers; what is not named is 0."""
    return Provided(
        token_price=price,
        minted=amounts.get("minted", 0.0),
        burnt=amounts.get("burnt", 0.0),
        paid_in=amounts.get("paid_in", 0.0),
        paid_out=amounts.get("paid_out", 0.0),
        queued_deposits=pool.queued_deposits,
        queued_withdrawals=pool.queued_withdrawals,
        blocked=False,
    )
