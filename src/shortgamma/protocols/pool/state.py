"""What the gamma-aware pool is between two events: its rules, its books, and whom it owes what."""

from dataclasses import dataclass

import numpy as np

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import DAYS_PER_YEAR, PERCENT, POINT
from shortgamma.hedging.paced import PacedBand
from shortgamma.protocols.mechanism import PoolGreeks, Values
from shortgamma.protocols.paths import Mask, plain
from shortgamma.protocols.pool.limits import CollateralLimit, GammaLimit
from shortgamma.protocols.pool.pricing import GammaSpread
from shortgamma.protocols.spot_options import spot_option


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Options of one contract that the pool holds.

    Args:
        kind: ``call`` or ``put``.
        strike: USD.
        years: To expiry.
        quantity: Coins, + = the pool is long.
    """

    kind: str
    strike: float
    years: float
    quantity: Values = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolState:
    """Parameters and state. The four cash figures sum to zero, and so do the two of coins.

    Args:
        spot: USD.
        vol: At which options are fair, decimal.
        depth_usd_per_pct: USD that move the price 1 %.
        positions: Options of the pool.
        pool_cash, clients_cash, providers_cash, market_cash: USD.
        hedge, market_coins: Coins.
        shares: Of the providers.
        spread_points: Half-spread that every trade pays, vol points of 0.01.
        charge, impact_charge, horizon_days: Of :class:`GammaSpread`.
        margin_share, most_used: Of :class:`CollateralLimit`.
        least_theta, trade_share: Of :class:`GammaLimit`.
        risk_aversion, hedge_cost, usd_per_hour: Of :class:`PacedBand`.
        fee: Of hedges, part of the notional.
    """

    spot: Values
    vol: float
    depth_usd_per_pct: float
    positions: tuple[Position, ...] = ()
    pool_cash: Values = 0.0
    clients_cash: Values = 0.0
    providers_cash: Values = 0.0
    market_cash: Values = 0.0
    hedge: Values = 0.0
    market_coins: Values = 0.0
    shares: Values = 0.0
    spread_points: float = 1.5
    charge: float = 0.1
    impact_charge: float = 0.5
    horizon_days: float = 1.0
    margin_share: float = 0.15
    most_used: float = 0.9
    least_theta: float = -0.5
    trade_share: float = 0.25
    risk_aversion: float = 3e-6
    hedge_cost: float = 2e-3
    usd_per_hour: float = 2e6
    fee: float = 5.5e-4

    def __post_init__(self) -> None:
        figures = {"spot": self.spot, "vol": self.vol, "depth_usd_per_pct": self.depth_usd_per_pct}
        for name, value in figures.items():
            if not np.all(np.isfinite(value) & np.greater(value, 0.0)):
                raise InputError(f"{name} {value}", place="state", remedy="give a positive number")

    @property
    def impact(self) -> Values:
        """Λ, log move per coin."""
        return plain(np.multiply(self.spot, PERCENT / self.depth_usd_per_pct))

    @property
    def pricing(self) -> GammaSpread:
        """What a client pays over the fair value."""
        return GammaSpread(
            spread_points=self.spread_points,
            charge=self.charge,
            impact_charge=self.impact_charge,
            horizon_days=self.horizon_days,
        )

    @property
    def limit(self) -> GammaLimit:
        """How much of a trade is taken."""
        cover = CollateralLimit(margin_share=self.margin_share, most_used=self.most_used)
        return GammaLimit(collateral=cover, least_theta=self.least_theta, share=self.trade_share)

    @property
    def policy(self) -> PacedBand:
        """When it hedges."""
        return PacedBand(
            risk_aversion=self.risk_aversion, cost=self.hedge_cost, usd_per_hour=self.usd_per_hour
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Deposit:
    """A provider adds USD and gets shares at the value of the pool."""

    usd: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw:
    """A provider gives back shares for their part of the pool's value; cash has to be there."""

    shares: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """A client trades an option.

    Args:
        kind: ``call`` or ``put``.
        strike: USD.
        years: To expiry.
        size: Coins; positive = the client buys.
    """

    kind: str
    strike: float
    years: float
    size: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """The price moves and time passes; what expires settles at the new price.

    Args:
        spot: New price, USD.
        hours: That pass.
    """

    spot: Values
    hours: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Hedge:
    """The pool's keeper trades what the policy asks for, and the price moves by its depth.

    Args:
        hours: Since the last time: the pace is per hour.
    """

    hours: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What an event left behind.

    Args:
        theta: Λ·S·Γ of the pool's options; negative = short gamma.
        gamma_usd_per_pct: USD of delta per 1 %.
        equity_usd: Of the providers.
        traded: Coins: of options that the client bought, or of the hedge.
        paid_usd: By the client to the pool, by the pool to the market, or by the provider to the pool.
        cost_points: Over the fair value that the client was quoted, vol points.
        refused: True where nothing was done.
    """

    theta: Values
    gamma_usd_per_pct: Values
    equity_usd: Values
    traded: Values = 0.0
    paid_usd: Values = 0.0
    cost_points: Values = 0.0
    refused: Mask = False


def greeks(state: PoolState) -> PoolGreeks:
    """Value and Greeks of what the providers own: cash, hedge and options.

    The delta is that of options and hedge; gamma, vega and theta are those of the options.
    """
    value: Values = plain(np.add(state.pool_cash, np.multiply(state.hedge, state.spot)))
    delta, gamma, vega, theta = state.hedge, 0.0, 0.0, 0.0
    for held in state.positions:
        unit = spot_option(state.spot, held.strike, years=held.years, vol=state.vol, kind=held.kind)
        value = value + held.quantity * unit.price
        delta = delta + held.quantity * unit.delta
        gamma = gamma + held.quantity * unit.gamma
        vega = vega + held.quantity * unit.vega
        theta = theta + held.quantity * unit.theta
    return PoolGreeks(
        value_usd=value,
        delta=delta,
        gamma=gamma,
        vega_usd_per_point=vega * POINT,
        theta_usd_per_day=theta / DAYS_PER_YEAR,
    )


def figures(state: PoolState, **rest: Values | Mask) -> Figures:
    """What a state shows, with what the event adds."""
    own = greeks(state)
    known: dict[str, Values | Mask] = {
        "theta": plain(np.multiply(state.impact, state.spot) * own.gamma),
        "gamma_usd_per_pct": own.gamma_usd_per_pct(state.spot),
        "equity_usd": own.value_usd,
    }
    return Figures(**(known | rest))  # pyright: ignore[reportArgumentType] names are those of the fields
