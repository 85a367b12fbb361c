"""Deri's market maker: the value of an option, and a mark price that moves with the net position.

With i the value, N the traders' net position and L the liquidity::

    k = α·S²·|Δ|/(i·L),  mark = i·(1 + k·N),  cost of v options = i·(((N + v)² − N²)·k/2 + v)
    funding per option = (mark − payoff)·seconds/T, at the prices of the moment in which it is settled

Source: deri-protocol/deriprotocol-v3, contracts/library/DpmmLinearPricing.sol and
contracts/symbol/SymbolImplementationOption.sol, version 3.0.2.
"""

from dataclasses import dataclass

import numpy as np

from shortgamma.basics.units import POINT, SECONDS_PER_DAY, SECONDS_PER_YEAR
from shortgamma.protocols.everlasting.pricing import time_value
from shortgamma.protocols.everlasting.state import State
from shortgamma.protocols.mechanism import PoolGreeks, Values
from shortgamma.protocols.paths import either, plain, ratio


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What one option is worth and how its price moves.

    Args:
        payoff, price: USD: of exercise, and i.
        delta: Coins; exactly ½ (−½ for a put) at the strike, where the contract says so.
        slope: k, per option.
        mark: USD.
        maintenance: Margin of one option, USD: |Δ|·S·m + ½·Γ·S²·m².
    """

    payoff: Values
    price: Values
    delta: Values
    slope: Values
    mark: Values
    maintenance: Values

    def cost(self, net: Values, size: Values) -> Values:
        """USD that ``size`` options cost where traders hold ``net``."""
        return plain(
            self.price * ((np.square(net + size) - np.square(net)) * self.slope / 2.0 + size)
        )

    def profit(self, net: Values, cost: Values) -> Values:
        """Profit of all traders if they closed together, USD."""
        return plain(-np.asarray(self.cost(net, -np.asarray(net))) - cost)


def sign_of(state: State) -> float:
    """+1 for a call, −1 for a put."""
    return 1.0 if state.kind == "call" else -1.0


def quote(state: State) -> Quote:
    """The option at what the oracles say."""
    sign, spot = sign_of(state), np.asarray(state.spot, dtype=np.float64)
    extra = time_value(spot, state.strike, vol=state.vol, period=period_of(state))
    payoff = np.maximum(sign * (spot - state.strike), 0.0)
    delta = extra.slope + sign * (payoff > 0.0)
    delta = np.where(spot == state.strike, 0.5 * sign, delta)
    price = payoff + extra.usd
    slope = ratio(state.alpha * spot**2 * np.abs(delta), price * state.liquidity)
    part = state.maintenance_margin
    curve = (extra.steepness**2 - 1.0) * extra.usd / 8.0
    return Quote(
        payoff=plain(payoff),
        price=plain(price),
        delta=plain(delta),
        slope=slope,
        mark=plain(price * (1.0 + slope * state.net_size)),
        maintenance=plain(sign * delta * spot * part + curve * part * part),
    )


def period_of(state: State) -> float:
    """Funding period, years."""
    return state.funding_seconds / SECONDS_PER_YEAR


def greeks(state: State, spot: Values, vol: Values) -> PoolGreeks:
    """What the liquidity providers own, at other prices than those of the last settlement.

    Their value is liquidity less the change of the traders' profit N·i + N²·α·S²|Δ|/(2L) − cost. L in it is
    that of the last settlement, as in the contract. Traders who are net long make the pool short gamma.
    """
    price = np.asarray(spot, dtype=np.float64)
    sign, net = sign_of(state), np.asarray(state.net_size)
    extra = time_value(price, state.strike, vol=vol, period=period_of(state))
    above, u = price > state.strike, extra.steepness
    exponent = np.where(above, 0.5 * (1.0 - u), 0.5 * (1.0 + u))
    in_money = above if sign > 0.0 else ~above
    delta = extra.slope + sign * in_money
    gamma, speed = extra.curvature, extra.curvature * (exponent - 2.0) / price
    bend = ratio(net * net * state.alpha, 2.0 * np.asarray(state.liquidity))
    size, size1, size2 = sign * delta, sign * gamma, sign * speed
    value = np.maximum(sign * (price - state.strike), 0.0) + extra.usd
    profit = net * value + bend * price**2 * size - state.net_cost
    by_u = np.where(above, -0.5, 0.5) * -(u * u - 1.0) / (u * np.asarray(vol))
    vanna = (by_u * extra.usd + exponent * extra.vega) / price
    funding = net * (
        extra.usd
        + either(net != 0.0, bend * price**2 * size * 2.0 / np.where(net == 0.0, 1.0, net), 0.0)
    )
    return PoolGreeks(
        value_usd=plain(state.liquidity + np.asarray(state.traders_pnl) - profit),
        delta=plain(-net * delta - bend * (2.0 * price * size + price**2 * size1)),
        gamma=plain(-net * gamma - bend * (2.0 * size + 4.0 * price * size1 + price**2 * size2)),
        vega_usd_per_point=plain(-POINT * (net * extra.vega + bend * price**2 * sign * vanna)),
        theta_usd_per_day=plain(funding * SECONDS_PER_DAY / state.funding_seconds),
    )
