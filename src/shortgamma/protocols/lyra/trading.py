"""A trade with the pool: vol moves, price and fees, what is refused, and who pays whom.

Four trades: a buy opens a long or closes a short, a sale opens a short or closes a long. The pool locks cash
behind puts that it sells and coins (Avalon) or cash (Newport) behind calls; sellers put up collateral of
their own. Collateral is kept per strike, not per trader: one trader's surplus covers another's shortfall.

Source: derivexyz/v1-core, contracts/{OptionMarket,OptionMarketPricer,OptionGreekCache}.sol.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final, Protocol

import numpy as np

from shortgamma.basics.errors import RefusedError
from shortgamma.protocols.lyra.cache import (
    board_at,
    net_greeks,
    with_base_vol,
    with_board,
    with_skew,
)
from shortgamma.protocols.lyra.collateral import (
    short_call_cash,
    short_call_coins,
    short_put_cash,
)
from shortgamma.protocols.lyra.liquidity import Liquidity, liquidity, with_breakers
from shortgamma.protocols.lyra.paths import Mask, both, pick, refused_paths
from shortgamma.protocols.lyra.pool import Board, Pool, PoolT, Strike
from shortgamma.protocols.lyra.pricing import (
    Move,
    Quote,
    Quoted,
    below_zero,
    move_vol,
    price_trade,
)
from shortgamma.protocols.lyra.valuation import Option
from shortgamma.protocols.mechanism import Values

ROUNDING: Final = 1e-9
"""Relative: what floats may be beyond a bound without being refused."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trade:
    """Event ``trade``: one option against the pool.

    Args:
        strike: Index of the strike on its board.
        size: Options, positive; 0 on a path that does not trade.
        board: Index of the board.
        is_call, is_buy: What the trader does.
        closes: The trader gives up a position; else he opens one.
        collateral: What a seller puts up in all, the premium included where it is cash: USD, or coins.
        in_coins: The short is backed by coins (calls only).
    """

    strike: int
    size: Values
    board: int = 0
    is_call: bool = True
    is_buy: bool = True
    closes: bool = False
    collateral: Values = 0.0
    in_coins: bool = False

    @property
    def is_long(self) -> bool:
        """The position is the trader's long."""
        return self.is_buy != self.closes


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Traded:
    """The outcome of a trade.

    Args:
        quote: Vol, price and each fee at the size asked for.
        size: Options that changed hands; 0 where refused.
        cost: USD that the trader paid, or received where he sold.
        refused: Where the contract does not accept the trade.
        vega_before, vega_after: Net standard vega of the pool.
        nav: Of the pool before the trade, USD.
    """

    quote: Quoted
    size: Values
    cost: Values
    refused: Mask
    vega_before: Values
    vega_after: Values
    nav: Values


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Deal:
    """A trade being worked out.

    Args:
        event: What was asked for.
        board, strike: Before the trade.
        found: Liquidity before the trade.
        terms, quote: What was priced, and the price.
        needed: Collateral that the contract asks of a seller.
        position: Name of the field of the position.
    """

    event: Trade
    board: Board
    strike: Strike
    found: Liquidity
    terms: Quote
    quote: Quoted
    needed: Values
    position: str


class CallCover(Protocol):
    """How a pool covers calls that it sells, and whether its hedger can follow a trade."""

    def covered(self, pool: PoolT, size: Values) -> PoolT:
        """The pool with ``size`` more calls covered, fewer where negative."""
        ...

    def cost_of(self, pool: Pool, size: Values) -> Values:
        """Free cash that covering takes, USD."""
        ...

    def cannot_hedge(self, pool: Pool, deal: Deal) -> Mask:
        """Where the hedger could not follow the trade."""
        ...


_COLLATERAL: Final[Mapping[str, str]] = MappingProxyType(
    {
        "short_calls": "call_collateral",
        "short_puts": "put_collateral",
        "coin_short_calls": "coin_collateral",
    }
)


def position_of(event: Trade) -> str:
    """Name of the field of a strike that the trade changes.

    Raises:
        RefusedError: A long, or a put, backed by coins.
    """
    if event.in_coins:
        if event.is_long or not event.is_call:
            raise RefusedError("only short calls are backed by coins")
        return "coin_short_calls"
    return ("long_" if event.is_long else "short_") + ("calls" if event.is_call else "puts")


def trade(pool: PoolT, event: Trade, *, cover: CallCover) -> tuple[PoolT, Traded]:
    """One trade; a refused path stays as it was.

    Raises:
        RefusedError: Refused on every path.
    """
    deal = worked_out(pool, event)
    refused = refused_paths({**market_checks(pool, deal), **money_checks(pool, deal, cover)})
    size = pick(refused, 0.0, event.size)
    moved = deal.quote.moved
    board = with_base_vol(pool, deal.board, pick(refused, deal.board.base_vol, moved.base_vol))
    item = with_skew(pool, deal.strike, pick(refused, deal.strike.skew, moved.skew))
    signed = -size if event.closes else size
    item = replace(item, **{deal.position: getattr(item, deal.position) + signed})
    paid, item = settle_cash(pool, item, replace_size(deal, size, refused))
    if deal.position == "long_calls":
        paid = cover.covered(paid, signed)
    strikes = (*board.strikes[: event.strike], item, *board.strikes[event.strike + 1 :])
    after = with_board(paid, event.board, replace(board, strikes=strikes))
    outcome = Traded(
        quote=deal.quote,
        size=size,
        cost=pick(refused, 0.0, deal.quote.fees.cost),
        refused=refused,
        vega_before=deal.terms.vega_before,
        vega_after=deal.terms.vega_after,
        nav=deal.found.nav,
    )
    return with_breakers(after), outcome


def worked_out(pool: Pool, event: Trade) -> Deal:
    """Prices a trade.

    Raises:
        RefusedError: No such board or strike, no price, an expired board.
    """
    board = board_at(pool, event.board)
    if not 0 <= event.strike < len(board.strikes):
        raise RefusedError(f"board {event.board} has no strike {event.strike}")
    if pool.now > board.expiry:
        raise RefusedError("the board has expired")
    if np.any(np.less_equal(pool.spot, 0.0)):
        raise RefusedError("there is no price of the underlying")
    item, found = board.strikes[event.strike], liquidity(pool)
    terms = quote_of(pool, event, found)
    option = Option(
        spot=pool.spot, strike=item.strike, seconds=terms.seconds, vol=1.0, rate=pool.pricing.rate
    )
    return Deal(
        event=event,
        board=board,
        strike=item,
        found=found,
        terms=terms,
        quote=price_trade(pool.pricing, terms),
        needed=needed_collateral(pool, event, option),
        position=position_of(event),
    )


def quote_of(pool: Pool, event: Trade, found: Liquidity) -> Quote:
    """What a trade is priced from: vega before and after by the cache, the gap of vol after it."""
    board = pool.boards[event.board]
    item = board.strikes[event.strike]
    moved = move_vol(
        pool.pricing,
        Move(base_vol=board.base_vol, skew=item.skew, size=event.size, is_buy=event.is_buy),
    )
    vega = -net_greeks(pool).standard_vega
    sold = event.size if event.is_buy else np.negative(event.size)
    vol = np.maximum(moved.base_vol, ROUNDING)
    return Quote(
        spot=pool.spot,
        strike=item.strike,
        seconds=board.expiry - pool.now,
        base_vol=board.base_vol,
        skew=item.skew,
        size=event.size,
        is_call=event.is_call,
        is_buy=event.is_buy,
        vol_gap=with_base_vol(pool, board, vol).vol_gap,
        vega_before=vega,
        vega_after=vega - sold * item.cached.standard_vega,
        nav=found.nav,
    )


def needed_collateral(pool: Pool, event: Trade, option: Option) -> Values:
    """Collateral that the contract asks for; 0 where nothing is sold short."""
    rules = pool.collateral_rules
    if event.closes or event.is_buy:
        return 0.0
    if event.in_coins:
        return short_call_coins(rules, option, size=event.size)
    need = short_call_cash if event.is_call else short_put_cash
    return need(rules, option, size=event.size)


def market_checks(pool: Pool, deal: Deal) -> dict[str, Mask]:
    """Where bounds of vol, delta and time forbid a trade."""
    limits, moved, event = pool.limits, deal.quote.moved, deal.event
    if event.is_buy:
        outside = (
            np.greater(moved.vol, limits.max_vol)
            | np.greater(moved.base_vol, limits.max_base_vol)
            | np.greater(moved.skew, limits.max_skew)
        )
    else:
        outside = (
            np.less(moved.vol, limits.min_vol)
            | np.less(moved.base_vol, limits.min_base_vol)
            | np.less(moved.skew, limits.min_skew)
        )
    delta = deal.quote.call_delta
    beyond = np.less(delta, limits.min_delta) | np.greater(delta, 1.0 - limits.min_delta)
    trades = np.greater(event.size, 0.0)
    return {
        "a negative size": np.less(event.size, 0.0),
        "trading has ended": both(trades, pool.now + limits.cutoff > deal.board.expiry),
        "base vol or skew below zero": below_zero(moved),
        "vol, skew or base vol outside the trading bounds": both(trades, outside),
        "delta outside the trading range": both(trades, beyond),
    }


def money_checks(pool: Pool, deal: Deal, cover: CallCover) -> dict[str, Mask]:
    """Where positions, collateral, liquidity or the hedger forbid a trade."""
    event, item, fees, found = deal.event, deal.strike, deal.quote.fees, deal.found
    held = getattr(item, deal.position)
    outlay: Values = 0.0 if event.is_buy else fees.cost + fees.reserved
    locked: Values = 0.0
    if deal.position == "long_puts":
        locked = event.size * item.strike
    elif deal.position == "long_calls":
        locked = cover.cost_of(pool, event.size)
    short_of = np.greater(outlay + locked, found.free * (1.0 + ROUNDING))
    checks: dict[str, Mask] = {
        "the pool has no net asset value": both(
            np.less_equal(found.nav, 0.0), np.greater(event.size, 0.0)
        )
    }
    if event.closes:
        checks["more than is open"] = np.greater(event.size, held * (1.0 + ROUNDING))
        if not event.is_long and not event.in_coins:
            share = released(item, deal.position, event.size)
            checks["the collateral does not pay the cost"] = np.greater(fees.cost, share)
        return checks
    least = deal.needed * (1.0 - ROUNDING)
    checks["less than the least collateral"] = np.less(event.collateral, least)
    checks["not enough free liquidity"] = both(short_of, np.greater(event.size, 0.0))
    checks["the hedger has no room for the delta"] = both(
        cover.cannot_hedge(pool, deal), np.greater(event.size, 0.0)
    )
    return checks


def released(item: Strike, position: str, size: Values) -> Values:
    """Collateral of a short position that closing ``size`` of it sets free."""
    held = getattr(item, position)
    some = np.greater(held, 0.0)
    share = np.minimum(size, held) / pick(some, held, 1.0)
    return getattr(item, _COLLATERAL[position]) * pick(some, share, 0.0)


def replace_size(deal: Deal, size: Values, refused: Mask) -> Deal:
    """The deal with nothing traded where it is refused."""
    fees = deal.quote.fees
    none = {"cost": pick(refused, 0.0, fees.cost), "reserved": pick(refused, 0.0, fees.reserved)}
    # nobody puts up collateral for nothing
    none_traded = np.equal(size, 0.0)
    event = replace(deal.event, size=size, collateral=pick(none_traded, 0.0, deal.event.collateral))
    return replace(deal, event=event, quote=replace(deal.quote, fees=replace(fees, **none)))


def settle_cash(pool: PoolT, item: Strike, deal: Deal) -> tuple[PoolT, Strike]:
    """Moves premium, fees and collateral of a trade.

    Args:
        pool: Before the trade.
        item: The strike, its position already changed.
        deal: The trade.
    """
    event, fees, accounts = deal.event, deal.quote.fees, pool.accounts
    cost = fees.cost if event.is_buy else -fees.cost
    traders = accounts.traders_cash - cost
    coins = accounts.traders_coins
    if not event.is_long:
        field = _COLLATERAL[deal.position]
        added = (
            -released(deal.strike, deal.position, event.size) if event.closes else event.collateral
        )
        item = replace(item, **{field: getattr(item, field) + added})
        if event.in_coins:
            coins = coins - added
        else:
            traders = traders - added
    locked = accounts.locked_cash
    if deal.position == "long_puts":
        locked = locked + (-event.size if event.closes else event.size) * item.strike
    accounts = replace(
        accounts,
        cash=accounts.cash + cost - fees.reserved,
        reserved_fees=accounts.reserved_fees + fees.reserved,
        traders_cash=traders,
        traders_coins=coins,
        locked_cash=np.maximum(locked, 0.0),
    )
    return replace(pool, accounts=accounts), item
