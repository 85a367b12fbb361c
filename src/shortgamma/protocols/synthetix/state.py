"""What a Synthetix v3 perpetual market holds, what can happen to it and what comes of it; times: seconds."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from shortgamma.protocols.mechanism import Values
from shortgamma.protocols.paths import Mask


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One trader.

    Args:
        margin: USD deposited, with realised profit and loss.
        size: Coins, + = long.
        entry_price: USD, of the last interaction (``latestInteractionPrice``).
        entry_funding: USD per coin, funding value at the last interaction.
        flagged: 1 once the margin is seized and the position waits to be closed, else 0.
    """

    margin: Values = 0.0
    size: Values = 0.0
    entry_price: Values = 0.0
    entry_funding: Values = 0.0
    flagged: Values = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The market.

    Args:
        skew_scale: Coins of skew at which the premium is 100 %.
        max_velocity: Most that the daily funding rate changes in a day, decimal (``maxFundingVelocity``).
        maker_fee, taker_fee: Part of the notional that reduces, that adds to the skew.
        settlement_reward: USD per order, to the keeper that settles it.
        initial_ratio: Initial margin per notional, per part of the skew scale (``initialMarginRatioD18``).
        minimum_initial_ratio: Added to it (``minimumInitialMarginRatioD18``).
        maintenance_scalar: Maintenance margin over initial margin.
        minimum_margin: USD added to both (``minimumPositionMargin``).
        reward_ratio: Keeper's part of the notional at a liquidation (``flagRewardRatioD18``).
        liquidation_multiplier, liquidation_seconds: The cap on liquidations in a window, in coins:
            (maker + taker)·skew scale·multiplier·seconds.
        liquidation_premium: |skew|/scale below which one more window opens at once (``maxLiquidationPd``).
        locked_ratio: Part of the open interest's notional that providers cannot take out.
        time: Seconds, of the last accrual.
        rate: Funding per day, decimal, positive = longs pay.
        funding: USD per coin that a long has received since the start (``lastFundingValue``).
        pool: USD of the providers: what they put in, fees, and what traders have lost for good.
        keepers: USD paid to keepers.
        liquidation_time, liquidation_used: When coins were last liquidated, and how many in that window.
        accounts: Traders by name.
    """

    skew_scale: float = 1_000_000.0
    max_velocity: float = 9.0
    maker_fee: float = 0.0002
    taker_fee: float = 0.0005
    settlement_reward: float = 0.0
    initial_ratio: float = 1.0
    minimum_initial_ratio: float = 0.02
    maintenance_scalar: float = 0.5
    minimum_margin: float = 0.0
    reward_ratio: float = 0.005
    liquidation_multiplier: float = 1.0
    liquidation_seconds: float = 30.0
    liquidation_premium: float = 0.0
    locked_ratio: float = 0.5
    time: float = 0.0
    rate: Values = 0.0
    funding: Values = 0.0
    pool: Values = 0.0
    keepers: Values = 0.0
    liquidation_time: Values = -1e9
    liquidation_used: Values = 0.0
    accounts: Mapping[str, Account] = field(default_factory=dict[str, Account])


@dataclass(frozen=True, slots=True, kw_only=True)
class Provide:
    """Providers put USD into the pool, negative = take it out.

    Args:
        time: Seconds.
        price: USD per coin.
        amount: USD.
    """

    time: float
    price: Values
    amount: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """A trader puts USD into the account, negative = takes it out.

    Args:
        time: Seconds.
        price: USD per coin.
        account: Name.
        amount: USD.
    """

    time: float
    price: Values
    account: str
    amount: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A trader buys or sells at the oracle's price and the market's premium.

    Args:
        time: Seconds.
        price: USD per coin, of the oracle.
        account: Name.
        size: Coins, + = buys.
        highest_price, lowest_price: USD; the order fails if the fill is outside (``acceptablePrice``).
    """

    time: float
    price: Values
    account: str
    size: Values
    highest_price: Values = 1e50
    lowest_price: Values = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Liquidate:
    """A keeper closes what the window allows of an account that cannot carry its position.

    Args:
        time: Seconds.
        price: USD per coin.
        account: Name.
    """

    time: float
    price: Values
    account: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Accrue:
    """Time passes.

    Args:
        time: Seconds.
        price: USD per coin.
    """

    time: float
    price: Values


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Moved:
    """Outcome of cash moving in or out.

    Args:
        received: USD that came in, negative = went out.
        refused: Where the contract refuses.
    """

    received: Values
    refused: Mask


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Filled:
    """Outcome of an order.

    Args:
        fill_price: USD per coin.
        fee: USD to the pool.
        realised: Profit of the old position at the fill price with its funding, USD.
        funding: Of that, funding received, USD.
        skew: Coins, after.
        refused: Where the contract refuses.
    """

    fill_price: Values
    fee: Values
    realised: Values
    funding: Values
    skew: Values
    refused: Mask


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Liquidated:
    """Outcome of a liquidation.

    Args:
        closed: Coins that were closed, without sign.
        left: Coins that wait for the next window, + = long.
        seized: USD from the account to the pool and the keeper.
        reward: USD of it to the keeper.
        refused: Where the contract refuses.
    """

    closed: Values
    left: Values
    seized: Values
    reward: Values
    refused: Mask


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Accrued:
    """Outcome of time passing.

    Args:
        rate: Funding per day, decimal, positive = longs pay.
        velocity: Its change per day, decimal.
        funding: USD per coin that a long received over the step.
        profits: Account → profit that is not realised, funding included, USD.
    """

    rate: Values
    velocity: Values
    funding: Values
    profits: Mapping[str, Values]
