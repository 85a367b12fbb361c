"""What Dopex' perpetual put vault holds, what can happen to it and what comes of it; times in seconds.

The contract counts in ether and its coin is rDPX; here "USD" is the collateral, whatever it is.
"""

from dataclasses import dataclass

from shortgamma.basics.units import SECONDS_PER_DAY
from shortgamma.protocols.mechanism import Values
from shortgamma.protocols.paths import Mask


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """One perpetual put.

    Args:
        strike: USD.
        amount: Coins; 0 once settled.
        funded: Coins that this period's funding counts.
    """

    strike: Values
    amount: Values
    funded: Values = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The vault and its providers' pool.

    Args:
        strike_part: Strike over spot at purchase.
        precision: Strikes are rounded up to it, USD.
        duration: Seconds of a funding period.
        genesis: Seconds, the end of the first one.
        time: Seconds.
        updated: Seconds, when funding was last passed on to the providers.
        pointer: Number of the period.
        rate: USD per second that is passed on in this period.
        undripped: USD of premiums that are not passed on yet.
        collateral, active: USD of the providers, and the part that backs puts.
        coins: Coins that settlements brought.
        shares: Of the providers.
        puts: In the order of purchase.
    """

    strike_part: float = 0.75
    precision: float = 0.01
    duration: float = 7.0 * SECONDS_PER_DAY
    genesis: float = 0.0
    time: float = 0.0
    updated: float = 0.0
    pointer: int = 0
    rate: Values = 0.0
    undripped: Values = 0.0
    collateral: Values = 0.0
    active: Values = 0.0
    coins: Values = 0.0
    shares: Values = 0.0
    puts: tuple[Put, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Deposit:
    """Somebody gives USD for shares.

    Args:
        time: Seconds.
        price: USD per coin.
        amount: USD.
    """

    time: float
    price: Values
    amount: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Redeem:
    """Somebody gives shares for a part of USD and coins.

    Args:
        time: Seconds.
        shares: Shares.
    """

    time: float
    shares: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """The protocol's core buys puts.

    Args:
        time: Seconds.
        price: USD per coin.
        amount: Coins.
        vol: Decimal per √year: the premium is Black-Scholes up to the end of the period.
        price_per_put: USD that another pricing contract asks instead; negative = none does.
    """

    time: float
    price: Values
    amount: Values
    vol: Values = 1.0
    price_per_put: Values = -1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fund:
    """The core pays the funding that keeps all puts alive for this period: a premium of a whole period.

    Args:
        time: Seconds.
        price, vol, price_per_put: As in :class:`Purchase`.
    """

    time: float
    price: Values
    vol: Values = 1.0
    price_per_put: Values = -1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settle:
    """The core gives coins for the strike of a put that is in the money.

    Args:
        time: Seconds.
        price: USD per coin.
        put: Its number, the first one being 0.
    """

    time: float
    price: Values
    put: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Accrue:
    """Time passes, funding reaches the providers.

    Args:
        time: Seconds.
    """

    time: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Done:
    """Outcome of any event.

    Args:
        usd, coins: Received, negative = sent.
        shares: Minted, negative = burnt.
        premium: USD of a purchase or of funding.
        strike: USD, of a purchase.
        passed_on: USD of premiums that reached the providers since the last event.
        refused: Where the contract refuses.
    """

    usd: Values = 0.0
    coins: Values = 0.0
    shares: Values = 0.0
    premium: Values = 0.0
    strike: Values = 0.0
    passed_on: Values = 0.0
    refused: Mask = False
