"""Who owns what: cash, coins and perpetual positions of everyone in a market.

Everything starts at zero and every booking has two sides, so each of the three sums to zero over the
accounts at any time. What an account starts with, it bought from the market at the initial price.
"""

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError, InvariantError
from shortgamma.kernels.settlement import book_trade, imbalances

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

MARKET = 0
"""Liquidity providers: the other side of every trade."""
VENUE = 1
"""Fees, and gas on a chain."""
TOLERANCE = 1e-9
"""Largest imbalance, relative to the gross sum, that rounding may leave."""


class Accounts:
    """Holdings of every account on every path of a block; arrays have shape (accounts, n).

    Args:
        size: Paths.
        capacity: Accounts there can be, the market's and the venue's included.

    Attributes:
        names: Of the accounts that were opened.
        cash: USD.
        coins: Units of the underlying.
        perps: Units of the underlying in the perpetual, + = long.
        perp_holders: Accounts that may hold it, ascending.
        turnover: USD traded so far.
        peak: USD of the largest trade of one step so far.
        funding: USD of funding received so far; negative = paid.
        haircut: USD given up so far when the insurance fund was empty.
    """

    def __init__(self, size: int, capacity: int) -> None:
        self.names = ["market", "venue"]
        self.size = size
        shape = (capacity + capacity % 2, size)
        self.cash = np.zeros(shape)
        self.coins = np.zeros(shape)
        self.perps = np.zeros(shape)
        self.perp_holders = np.array([MARKET])
        self.turnover = np.zeros(shape)
        self.peak = np.zeros(shape)
        self.funding = np.zeros(shape)
        self.haircut = np.zeros(shape)

    @property
    def checked(self) -> int:
        """Accounts that the checks add up: all that were opened, made even."""
        return len(self.names) + len(self.names) % 2

    def open(self, name: str) -> int:
        """Opens an account and returns its number.

        Raises:
            InputError: The name is taken.
        """
        if name in self.names:
            raise InputError(
                f"two participants are called {name!r}", place="agents", remedy="rename one"
            )
        self.names.append(name)
        return len(self.names) - 1

    def trade(
        self, account: int, coins: Vector, *, price: Vector, costs: tuple[float, float], perp: bool
    ) -> None:
        """Books a trade against the market.

        Args:
            account: Who trades.
            coins: Bought, shape (n,).
            price: USD, shape (n,).
            costs: Half the spread and the fee, as parts of the notional.
            perp: In the perpetual instead of spot.
        """
        if perp:
            self.let_hold_perps(account)
        book_trade(
            coins,
            price,
            self.cash,
            self.perps if perp else self.coins,
            self.turnover,
            self.peak,
            account,
            *costs,
        )

    def let_hold_perps(self, account: int) -> None:
        """The account pays and receives funding from now on."""
        if account not in self.perp_holders:
            self.perp_holders = np.array(sorted({*self.perp_holders.tolist(), account}))

    def pay(self, payer: int, receiver: int, usd: Vector) -> None:
        """Moves cash."""
        self.cash[payer] -= usd
        self.cash[receiver] += usd

    def wealth(self, account: int, price: Vector, mark: Vector) -> Vector:
        """Cash, coins at ``price`` and the perpetual at ``mark``, USD, shape (n,)."""
        return self.cash[account] + self.coins[account] * price + self.perps[account] * mark

    def check(self, *, has_perps: bool) -> None:
        """Conservation of cash, coins and, where there are any, perpetual positions.

        Raises:
            InvariantError: One of them does not sum to zero.
        """
        for name, holdings in (("cash", self.cash), ("coins", self.coins), ("perps", self.perps)):
            if name == "perps" and not has_perps:
                continue
            wrong = imbalances(holdings[: self.checked], TOLERANCE)
            if wrong:
                raise InvariantError(
                    f"{name} of all accounts do not sum to zero on {wrong} of {self.size} paths"
                )
