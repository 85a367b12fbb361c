"""Events that Avalon and Newport share."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np

from shortgamma.basics.errors import RefusedError
from shortgamma.protocols.lyra import liquidity, pricing, settlement
from shortgamma.protocols.lyra.cache import NetGreeks, net_greeks, stale, updated_board
from shortgamma.protocols.lyra.liquidity import nav_of, price_of_token
from shortgamma.protocols.lyra.paths import Mask, pick
from shortgamma.protocols.lyra.pool import Board, Pool, PoolT
from shortgamma.protocols.lyra.trading import CallCover, Trade, trade
from shortgamma.protocols.mechanism import Values


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Price:
    """Event ``price``: time passes and the price moves.

    Args:
        spot: USD; 0 = unchanged.
        seconds: That have passed.
    """

    spot: Values = 0.0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class UpdateCache:
    """Event ``update_cache``: anybody brings Greeks up to date.

    Args:
        board: Index of the board; −1 = all.
    """

    board: int = -1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ListBoard:
    """Event ``list``: a new expiry.

    Args:
        board: With its strikes.
    """

    board: Board


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Standing:
    """The pool after time, price or cache have changed.

    Args:
        now: Seconds.
        spot: USD.
        nav: USD, by the cache.
        token_price: USD.
        net: Net Greeks of the traders, by the cache.
        stale: Where the cache of a board is out of date.
    """

    now: float
    spot: Values
    nav: Values
    token_price: Values
    net: NetGreeks
    stale: Mask


def standing(pool: Pool) -> Standing:
    """The pool as it stands."""
    nav = nav_of(pool)
    return Standing(
        now=pool.now,
        spot=pool.spot,
        nav=nav,
        token_price=price_of_token(nav, pool.tokens),
        net=net_greeks(pool),
        stale=stale(pool),
    )


def with_price(pool: PoolT, event: Price) -> PoolT:
    """The pool later, at another price.

    Raises:
        RefusedError: Time runs backwards, or the price is negative.
    """
    if event.seconds < 0.0 or np.any(np.less(event.spot, 0.0)):
        raise RefusedError("time runs forward and prices are positive")
    spot = pick(np.equal(event.spot, 0.0), pool.spot, event.spot)
    return replace(pool, now=pool.now + event.seconds, spot=spot)


def with_cache(pool: PoolT, event: UpdateCache) -> PoolT:
    """The pool with the cache of one board, or of all, as of now.

    Raises:
        RefusedError: There is no such board, or no price.
    """
    if not -1 <= event.board < len(pool.boards):
        raise RefusedError(f"there is no board {event.board}")
    if np.any(np.less_equal(pool.spot, 0.0)):
        raise RefusedError("there is no price of the underlying")
    boards = tuple(
        updated_board(pool, board) if event.board in {-1, index} else board
        for index, board in enumerate(pool.boards)
    )
    return replace(pool, boards=boards)


def with_new_board(pool: PoolT, event: ListBoard) -> PoolT:
    """The pool with one expiry more.

    Raises:
        RefusedError: It has expired already, or has no strikes.
    """
    if event.board.expiry <= pool.now or not event.board.strikes:
        raise RefusedError("a board needs strikes and an expiry ahead")
    return replace(pool, boards=(*pool.boards, event.board))


def shared_step(pool: PoolT, event: Any, *, cover: CallCover) -> tuple[PoolT, Any]:
    """One event that needs no hedger.

    Raises:
        RefusedError: The contract does not accept it.
        KeyError: The event is of a kind that this market does not know.
    """
    if isinstance(event, Trade):
        return trade(pool, event, cover=cover)
    if isinstance(event, settlement.Settle):
        return settlement.settle(pool, event, cover=cover)
    kind = cast("type[Any]", type(event))
    if kind in _QUOTES:
        return pool, _QUOTES[kind](pool.pricing, event)
    if kind in _STANDINGS:
        after = _STANDINGS[kind](pool, event)
        return after, standing(after)
    return _PAYMENTS[kind](pool, event)


_QUOTES: dict[type[Any], Callable[[pricing.PricingRules, Any], Any]] = {
    pricing.Move: pricing.move,
    pricing.Charge: pricing.charge,
    pricing.Quote: pricing.quote,
}
_STANDINGS: dict[type[Any], Callable[[Any, Any], Any]] = {
    Price: with_price,
    UpdateCache: with_cache,
    ListBoard: with_new_board,
}
_PAYMENTS: dict[type[Any], Callable[[Any, Any], tuple[Any, Any]]] = {
    liquidity.Deposit: liquidity.deposit,
    liquidity.Withdraw: liquidity.withdraw,
    liquidity.Process: liquidity.process,
    settlement.Claim: settlement.claim,
}

EVENTS: dict[str, type[Any]] = {
    "move": pricing.Move,
    "fees": pricing.Charge,
    "quote": pricing.Quote,
    "trade": Trade,
    "price": Price,
    "update_cache": UpdateCache,
    "list": ListBoard,
    "deposit": liquidity.Deposit,
    "withdraw": liquidity.Withdraw,
    "process": liquidity.Process,
    "settle": settlement.Settle,
    "claim": settlement.Claim,
}
"""Words of the events of every Lyra market."""
