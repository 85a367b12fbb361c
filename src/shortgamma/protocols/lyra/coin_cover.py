"""Coins behind sold calls, and what the exchange takes for buying and selling them.

Source: derivexyz/v1-core, contracts/LiquidityPool.sol (lockBase, _maybeExchangeBase, exchangeBase).
"""

from dataclasses import dataclass, replace

import numpy as np

from shortgamma.protocols.lyra.paths import Mask
from shortgamma.protocols.lyra.pool import Accounts, ExchangeFees, Pool, PoolT
from shortgamma.protocols.lyra.trading import Deal
from shortgamma.protocols.mechanism import Values


@dataclass(frozen=True, slots=True)
class CoinCover:
    """Calls are covered by coins, bought when a call is sold and sold when it is closed."""

    def covered(self, pool: PoolT, size: Values) -> PoolT:
        """The pool with ``size`` more calls covered, fewer where negative."""
        locked = np.maximum(pool.accounts.locked_calls + size, 0.0)
        accounts = replace(pool.accounts, locked_calls=locked)
        return replace(
            pool, accounts=exchanged(accounts, pool.spot, fees=pool.exchange, wanted=locked)
        )

    def cost_of(self, pool: Pool, size: Values) -> Values:
        """Cash that buying the coins takes, USD."""
        return np.multiply(size, pool.spot) / (1.0 - pool.exchange.buying)

    def cannot_hedge(self, pool: Pool, deal: Deal) -> Mask:  # noqa: ARG002  Avalon does not ask
        """Nowhere: Avalon accepts trades that it may not be able to hedge."""
        return False


def exchanged(accounts: Accounts, spot: Values, *, fees: ExchangeFees, wanted: Values) -> Accounts:
    """Buys or sells coins until as many are held as are wanted; not where that costs too much."""
    gap = wanted - accounts.coins
    bought = np.maximum(gap, 0.0) * (fees.buying <= fees.most)
    sold = np.maximum(-gap, 0.0) * (fees.selling <= fees.most)
    cash = sold * spot * (1.0 - fees.selling) - bought * spot / (1.0 - fees.buying)
    return replace(
        accounts,
        cash=accounts.cash + cash,
        coins=accounts.coins + bought - sold,
        exchange_cash=accounts.exchange_cash - cash,
        exchange_coins=accounts.exchange_coins - bought + sold,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ExchangeCoins:
    """Event ``exchange_coins``: anybody lets the pool sell coins beyond those locked, or buy missing ones."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Exchanged:
    """The outcome of ``exchange_coins``.

    Args:
        coins: Bought; sold where negative.
        cash: USD received; paid where negative.
    """

    coins: Values
    cash: Values


def exchange_coins(pool: PoolT, *, wanted: Values) -> tuple[PoolT, Exchanged]:
    """Sells coins beyond those wanted, or buys missing ones."""
    accounts = exchanged(pool.accounts, pool.spot, fees=pool.exchange, wanted=wanted)
    outcome = Exchanged(
        coins=accounts.coins - pool.accounts.coins, cash=accounts.cash - pool.accounts.cash
    )
    return replace(pool, accounts=accounts), outcome
