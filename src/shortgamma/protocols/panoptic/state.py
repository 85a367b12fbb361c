"""What a Panoptic market is, what may happen to it, and what comes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from shortgamma.protocols.mechanism import Values

Mask = NDArray[np.bool_]
CALL, PUT = "call", "put"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Account:
    """What somebody has deposited, less what his options have cost: ``coins`` and ``usd``."""

    coins: Values = 0.0
    usd: Values = 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Chunk:
    """A range of liquidity that options were sold and bought on.

    Args:
        kind: ``call`` or ``put``.
        lower, upper: USD per coin.
        net, removed: Liquidity in the pool, and taken out by buyers.
        owed_coins, owed_usd: Premium per unit removed since the start.
        gross_coins, gross_usd: Premium per unit sold since the start.
        settled_coins, settled_usd: Premium that has come in and not been paid out.
    """

    kind: str
    lower: float
    upper: float
    net: Values = 0.0
    removed: Values = 0.0
    owed_coins: Values = 0.0
    owed_usd: Values = 0.0
    gross_coins: Values = 0.0
    gross_usd: Values = 0.0
    settled_coins: Values = 0.0
    settled_usd: Values = 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Option:
    """An open option.

    Args:
        owner: Who.
        chunk: Index of its range.
        long: True = bought.
        moved: Coins of a call, USD of a put.
        liquidity: Of the range.
        utilisation: Of the moved token's deposits when it was opened; negative = leg of a strangle.
        start_coins, start_usd: Premium per unit when it was opened.
    """

    owner: str
    chunk: int
    long: bool
    moved: Values
    liquidity: Values
    utilisation: Values
    start_coins: Values
    start_usd: Values


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PanopticState:
    """The market: ``price`` in USD per coin, everybody's accounts, ranges and open options."""

    price: Values = 2_000.0
    accounts: Mapping[str, Account] = field(default_factory=dict[str, Account])
    chunks: tuple[Chunk, ...] = ()
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Deposit:
    """Coins and USD come in; negative = go out, as far as collateral allows."""

    owner: str
    coins: Values = 0.0
    usd: Values = 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Open:
    """An option is opened.

    Args:
        owner: Who.
        kind: ``call`` or ``put``.
        lower, upper: Range, USD per coin.
        long: True = bought.
        moved: Coins of a call, USD of a put.
        strangle: True for a leg of a short strangle.
    """

    owner: str
    kind: str
    lower: float
    upper: float
    moved: Values
    long: bool = False
    strangle: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """An option is closed and its premium settled. ``option``: its index among the open ones."""

    option: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Move:
    """The Uniswap pool's price moves. ``price``: USD per coin."""

    price: Values


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fees:
    """The liquidity in a range has earned fees. ``chunk``: its index; ``coins``, ``usd``: the fees."""

    chunk: int
    coins: Values = 0.0
    usd: Values = 0.0


Event = Deposit | Open | Close | Move | Fees


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Booked:
    """What an account gets.

    Args:
        coins, usd: Positive = more on the account.
        premium_coins, premium_usd: Of which premium; negative = paid.
        refused: Paths on which nothing happened because the contract would refuse.
    """

    coins: Values = 0.0
    usd: Values = 0.0
    premium_coins: Values = 0.0
    premium_usd: Values = 0.0
    refused: Mask
