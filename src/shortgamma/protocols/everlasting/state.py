"""State and events of one everlasting option in a Deri v3 pool, as files and simulations write them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from shortgamma.protocols.mechanism import Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Trader:
    """One account.

    Args:
        margin: USD, without the profit of an open position.
        size: Options held, + = long.
        cost: USD paid for them, negative for a short position.
        funding_per_unit: Cumulative funding when the account was last settled, USD per option.
    """

    margin: Values = 0.0
    size: Values = 0.0
    cost: Values = 0.0
    funding_per_unit: Values = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """One option, its traders, and the pool of liquidity that takes the other side.

    Args:
        kind: ``call`` or ``put``.
        strike: USD.
        funding_seconds: Funding period T.
        alpha: Price impact: slope of the mark price by the share of liquidity that delta takes.
        fee_notional, fee_mark: Trading fee: the lesser of these parts of notional and of premium.
        initial_margin, maintenance_margin: Parts of the notional; see the page for the gamma term.
        pool_margin: Liquidity that is needed, in multiples of all traders' initial margin.
        protocol_share: Part of the trading fee that the protocol keeps.
        least_reward, largest_reward, reward_cut: Of a liquidator, USD, USD, part.
        time, spot, vol: Seconds, USD, decimal: what the oracles say.
        liquidity: What the liquidity providers own at the last settlement, USD.
        net_size, net_cost: Of all traders together; see :class:`Trader`.
        funding_per_unit, funding_time: Cumulative funding, USD per option, and when it was added up to.
        traders_pnl: Profit of all open positions at the last settlement, USD.
        protocol_fees, rewards: Taken by the protocol and by liquidators so far, USD.
        traders: By name.
    """

    kind: str = "call"
    strike: float = 2_000.0
    funding_seconds: float = 604_800.0
    alpha: float = 0.02
    fee_notional: float = 0.001
    fee_mark: float = 0.04
    initial_margin: float = 0.1
    maintenance_margin: float = 0.05
    pool_margin: float = 10.0
    protocol_share: float = 0.2
    least_reward: float = 10.0
    largest_reward: float = 1_000.0
    reward_cut: float = 0.5
    time: float = 0.0
    spot: Values = 2_000.0
    vol: Values = 0.8
    liquidity: Values = 0.0
    net_size: Values = 0.0
    net_cost: Values = 0.0
    funding_per_unit: Values = 0.0
    funding_time: Values = 0.0
    traders_pnl: Values = 0.0
    protocol_fees: Values = 0.0
    rewards: Values = 0.0
    traders: Mapping[str, Trader] = field(default_factory=dict[str, Trader])


@dataclass(frozen=True, slots=True, kw_only=True)
class Observe:
    """The oracles say something new; nothing is settled.

    Args:
        time: Seconds.
        spot: USD.
        vol: Decimal; None = as before.
    """

    time: float
    spot: Values
    vol: Values | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AddLiquidity:
    """Liquidity providers bring USD."""

    amount: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveLiquidity:
    """Liquidity providers take USD."""

    amount: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class AddMargin:
    """A trader brings USD."""

    trader: str
    amount: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveMargin:
    """A trader takes USD."""

    trader: str
    amount: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """A trader buys options from the pool, or sells them to it where ``size`` is negative."""

    trader: str
    size: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Liquidate:
    """Somebody closes a trader's position whose margin no longer suffices."""

    trader: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What an event led to.

    Args:
        price: Value of one option, USD.
        mark: Price of the next small trade, USD.
        delta: Of one option, coins, as the contract has it.
        funding: What all traders together owe for the time since the last settlement, USD; + = to the pool.
        paid: USD of premium for the trade, + = by the trader.
        fee: USD.
        trader_funding: Funding that the trader paid, USD.
        realised: Profit that the trader realised, USD.
        reward: Of the liquidator, USD.
        refused: Paths on which the contract refuses; False on one path.
    """

    price: Values
    mark: Values
    delta: Values
    funding: Values = 0.0
    paid: Values = 0.0
    fee: Values = 0.0
    trader_funding: Values = 0.0
    realised: Values = 0.0
    reward: Values = 0.0
    refused: Values | bool = False
