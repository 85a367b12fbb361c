"""Expiry of a board: what traders and pool owe each other, collateral returned, claims reserved.

Long options are paid out of the pool's cash, which is reserved until it is claimed. Shorts are paid out of
their collateral; what it cannot pay is the pool's loss. Coins behind sold calls are set free.

Source: derivexyz/v1-core, contracts/OptionMarket.sol (_settleExpiredBoard), LiquidityPool.sol
(boardSettlement).
"""

from dataclasses import dataclass, replace

import numpy as np

from shortgamma.basics.errors import RefusedError
from shortgamma.protocols.lyra.cache import board_at
from shortgamma.protocols.lyra.pool import Board, Pool, PoolT, Strike
from shortgamma.protocols.lyra.trading import CallCover
from shortgamma.protocols.mechanism import Values


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Settle:
    """Event ``settle``: a board that has expired is paid at the price of now.

    Args:
        board: Index of the board.
    """

    board: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Claim:
    """Event ``claim``: holders of expired options take what was reserved for them."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Settled:
    """The outcome of a settlement, summed over strikes.

    Args:
        owed_to_longs: USD reserved for the traders' long options.
        paid_by_shorts: USD that short collateral paid to the pool.
        coins_by_shorts: Coins that it paid.
        insolvency: USD that it could not pay.
        returned_cash, returned_coins: Collateral that went back to traders.
    """

    owed_to_longs: Values = 0.0
    paid_by_shorts: Values = 0.0
    coins_by_shorts: Values = 0.0
    insolvency: Values = 0.0
    returned_cash: Values = 0.0
    returned_coins: Values = 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Claimed:
    """The outcome of a claim.

    Args:
        paid: USD.
    """

    paid: Values


def settle(pool: PoolT, event: Settle, *, cover: CallCover) -> tuple[PoolT, Settled]:
    """Settles one board.

    Raises:
        RefusedError: There is no such board, or it has not expired.
    """
    board = board_at(pool, event.board)
    if board.expiry > pool.now:
        raise RefusedError("the board has not expired")
    total = Settled()
    for item in board.strikes:
        total = summed(total, settled_strike(pool, item))
    boards = (*pool.boards[: event.board], *pool.boards[event.board + 1 :])
    until = np.maximum(pool.blocked_until, pool.now + pool.liquidity_rules.settlement_timeout)
    after = replace(with_payments(pool, board, total), boards=boards, blocked_until=until)
    freed = sum((item.long_calls for item in board.strikes), 0.0)
    return cover.covered(after, np.negative(freed)), total


def settled_strike(pool: Pool, item: Strike) -> Settled:
    """What one strike settles to."""
    spot = pool.spot
    above = np.maximum(np.subtract(spot, item.strike), 0.0)
    below = np.maximum(np.subtract(item.strike, spot), 0.0)
    # coins are owed gross of what selling them costs, and never more than one each
    ratio = np.minimum(above / spot / (1.0 - pool.exchange.selling), 1.0)
    owed_coins = ratio * item.coin_short_calls
    coins = np.minimum(owed_coins, item.coin_collateral)
    owed_calls, owed_puts = above * item.short_calls, below * item.short_puts
    calls = np.minimum(owed_calls, item.call_collateral)
    puts = np.minimum(owed_puts, item.put_collateral)
    return Settled(
        owed_to_longs=above * item.long_calls + below * item.long_puts,
        paid_by_shorts=calls + puts,
        coins_by_shorts=coins,
        insolvency=owed_calls - calls + owed_puts - puts + (owed_coins - coins) * spot,
        returned_cash=item.call_collateral - calls + item.put_collateral - puts,
        returned_coins=item.coin_collateral - coins,
    )


def summed(first: Settled, second: Settled) -> Settled:
    """Both together."""
    return Settled(
        owed_to_longs=first.owed_to_longs + second.owed_to_longs,
        paid_by_shorts=first.paid_by_shorts + second.paid_by_shorts,
        coins_by_shorts=first.coins_by_shorts + second.coins_by_shorts,
        insolvency=first.insolvency + second.insolvency,
        returned_cash=first.returned_cash + second.returned_cash,
        returned_coins=first.returned_coins + second.returned_coins,
    )


def with_payments(pool: PoolT, board: Board, total: Settled) -> PoolT:
    """The pool with the money of a settlement moved and its locked cash set free."""
    accounts = pool.accounts
    locked = sum((item.long_puts * item.strike for item in board.strikes), 0.0)
    paid = replace(
        accounts,
        cash=accounts.cash + total.paid_by_shorts,
        coins=accounts.coins + total.coins_by_shorts,
        traders_cash=accounts.traders_cash + total.returned_cash,
        traders_coins=accounts.traders_coins + total.returned_coins,
        locked_cash=np.maximum(accounts.locked_cash - locked, 0.0),
        owed_settlements=accounts.owed_settlements + total.owed_to_longs,
        insolvency=accounts.insolvency + total.insolvency,
    )
    return replace(pool, accounts=paid)


def claim(pool: PoolT, _event: Claim) -> tuple[PoolT, Claimed]:
    """Pays what was reserved, as far as there is cash."""
    accounts = pool.accounts
    paid = np.minimum(accounts.owed_settlements, accounts.cash)
    after = replace(
        accounts,
        cash=accounts.cash - paid,
        traders_cash=accounts.traders_cash + paid,
        owed_settlements=accounts.owed_settlements - paid,
    )
    return replace(pool, accounts=after), Claimed(paid=paid)
