"""The trades of an answer as a trader reads them: price, size, cost and what each adds."""

import math
from dataclasses import dataclass

import numpy as np

from shortgamma.exposure.unit import UnitExposure, unit_exposure
from shortgamma.hedging.optimiser.desk import fees
from shortgamma.hedging.optimiser.limits import Terms
from shortgamma.hedging.optimiser.listing import Listing
from shortgamma.hedging.optimiser.problem import Problem, Vector


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One trade.

    Args:
        instrument: As the market calls it.
        quantity: Units of the underlying, + = buy.
        price: The ask where it buys, the bid where it sells: coin for inverse options, else USD.
        price_usd: The same in USD.
        size: Units shown on that side; NaN where unknown.
        cost_usd: Against mid: half-spread and fees.
        fee_usd: The fees in it.
        delta: Coins that it adds.
        gamma_usd_per_pct, vega_usd_per_point: What it adds.
    """

    instrument: str
    quantity: float
    price: float
    price_usd: float
    size: float
    cost_usd: float
    fee_usd: float
    delta: float
    gamma_usd_per_pct: float
    vega_usd_per_point: float


def tickets(
    problem: Problem, market: Listing, *, trades: Vector, terms: Terms
) -> tuple[Ticket, ...]:
    """The trades, the dearest option first and the underlying last.

    Args:
        problem: Costs.
        market: Quotes.
        trades: Units of every option, then of the underlying, shape (n + 1,).
        terms: Fees.
    """
    instruments, count = problem.instruments, len(market)
    rate = np.where(trades > 0.0, instruments.buy_cost, instruments.sell_cost)
    buy, sell, hedge = fees(market, terms)
    fee = np.append(np.where(trades[:-1] > 0.0, buy, sell), hedge) * np.abs(trades)
    cost, unit = rate * np.abs(trades), unit_exposure(market.options)
    order = sorted(
        np.flatnonzero(trades).tolist(), key=lambda index: (index == count, -cost[index], index)
    )
    return tuple(
        hedge_ticket(market, float(trades[i]), float(cost[i]), float(fee[i]))
        if i == count
        else option_ticket(market, unit, i, (float(trades[i]), float(cost[i]), float(fee[i])))
        for i in order
    )


def option_ticket(
    market: Listing, unit: UnitExposure, index: int, done: tuple[float, float, float]
) -> Ticket:
    """The trade of an option; ``done`` is its quantity, cost and fee."""
    quantity, cost, fee = done
    bought = quantity > 0.0
    price = float((market.ask_price if bought else market.bid_price)[index])
    return Ticket(
        instrument=str(market.options.instrument[index]),
        quantity=quantity,
        price=price,
        price_usd=price * float(market.usd_per_quote[index]),
        size=float((market.ask_size if bought else market.bid_size)[index]),
        cost_usd=cost,
        fee_usd=fee,
        delta=quantity * float(unit.delta_usd[index] / market.options.forward[index]),
        gamma_usd_per_pct=quantity * float(unit.gamma_usd_per_pct[index]),
        vega_usd_per_point=quantity * float(unit.vega_usd_per_point[index]),
    )


def hedge_ticket(market: Listing, quantity: float, cost: float, fee: float) -> Ticket:
    """The trade of the underlying; its price is what is paid or received."""
    underlying = market.underlying
    price = underlying.price_of(quantity)
    return Ticket(
        instrument=underlying.instrument,
        quantity=quantity,
        price=price,
        price_usd=price,
        size=underlying.most if math.isfinite(underlying.most) else math.nan,
        cost_usd=cost,
        fee_usd=fee,
        delta=quantity,
        gamma_usd_per_pct=0.0,
        vega_usd_per_point=0.0,
    )
