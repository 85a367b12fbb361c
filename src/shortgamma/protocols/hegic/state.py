"""What Hegic's pools hold, what can happen to them and what comes of it; times in seconds, money in USD."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from shortgamma.protocols.mechanism import Values
from shortgamma.protocols.paths import Mask


@dataclass(frozen=True, slots=True, kw_only=True)
class Strategy:
    """One product that the treasury sells.

    Args:
        kind: ``call`` or ``put``.
        moneyness: Strike over spot.
        base: Coefficients c0…c4 of the price of one coin by its period, Σ cᵢ·secondsⁱ USD.
        scale: Coefficients of the factor on it for this strike.
        lock_ratio: What is locked besides the premium, per premium (``k``).
        limit: Most that the strategy may lock, USD.
        locked: What it locks, USD.
    """

    kind: str = "call"
    moneyness: float = 1.0
    base: tuple[float, ...] = (44.2, 1.95e-4, -7.22e-11, 1.69e-17, -1.51e-24)
    scale: tuple[float, ...] = (1.0,)
    lock_ratio: float = 1.0
    limit: float = 1e50
    locked: Values = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One option that was sold.

    Args:
        strategy: Its name.
        kind: ``call`` or ``put``.
        strike: USD.
        expiry: Seconds.
        size: Coins; 0 once exercised or expired.
        locked, premium: USD that it locks.
    """

    strategy: str
    kind: str
    strike: Values
    expiry: float
    size: Values
    locked: Values
    premium: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Treasury and cover pool.

    Args:
        min_days, max_days: Bounds on the period of an option.
        benchmark: What the cover pool brings the treasury back to, USD.
        time: Seconds.
        balance: The treasury's USD.
        locked, locked_premium: Of open options, USD.
        cover_usd: USD of the cover pool.
        cover_tokens: Its shares.
        strategies: Products by name.
        options: In the order of sale.
    """

    min_days: float = 7.0
    max_days: float = 45.0
    benchmark: float = 0.0
    time: float = 0.0
    balance: Values = 0.0
    locked: Values = 0.0
    locked_premium: Values = 0.0
    cover_usd: Values = 0.0
    cover_tokens: Values = 0.0
    strategies: Mapping[str, Strategy] = field(default_factory=dict[str, Strategy])
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Buy:
    """Somebody buys an option.

    Args:
        time: Seconds.
        spot: USD.
        strategy: Which.
        size: Coins.
        days: To its expiry.
    """

    time: float
    spot: Values
    strategy: str
    size: Values
    days: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercise:
    """The holder of an option takes its profit.

    Args:
        time: Seconds.
        spot: USD.
        option: Its number, the first one being 0.
    """

    time: float
    spot: Values
    option: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlock:
    """The lock of an expired option ends.

    Args:
        time: Seconds.
        option: Its number, the first one being 0.
    """

    time: float
    option: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Replenish:
    """The cover pool brings the treasury back to its benchmark.

    Args:
        time: Seconds.
    """

    time: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Provide:
    """Somebody stakes tokens and the USD that go with them in the cover pool.

    Args:
        time: Seconds.
        tokens: Tokens.
        usd: USD for the first one; later the pool's own proportion is taken.
    """

    time: float
    tokens: Values
    usd: Values = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """Somebody takes tokens and their USD out of the cover pool.

    Args:
        time: Seconds.
        tokens: Tokens.
    """

    time: float
    tokens: Values


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Done:
    """Outcome of any event, USD.

    Args:
        received: What came in, negative = went out.
        premium: Of an option that was sold.
        payoff: Of one that was exercised.
        from_cover: What the cover pool gave the treasury.
        option: Number of the option concerned, −1 = none.
        refused: Where the contract refuses.
    """

    received: Values = 0.0
    premium: Values = 0.0
    payoff: Values = 0.0
    from_cover: Values = 0.0
    option: int = -1
    refused: Mask = False
