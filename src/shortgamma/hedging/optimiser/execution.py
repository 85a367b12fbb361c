"""How to do the trades: child orders no larger than what is shown, in an order that keeps limits close.

Each option order comes with the part of the underlying that offsets its delta, so that delta never waits
for the last order. What the underlying has to do besides, to bring delta from where the book is to where it
shall be, comes first. Where the underlying costs something the parts would trade back and forth;
its trade is then split in proportion to the delta of the option orders.

Among the option orders left, the next one is always that after which the largest breach, in multiples of
its limit, is smallest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from shortgamma.exposure.unit import unit_exposure
from shortgamma.hedging.optimiser.limits import Terms
from shortgamma.hedging.optimiser.listing import Listing
from shortgamma.hedging.optimiser.problem import Problem, Vector

MOST_ORDERS = 400
"""A trade that needs more child orders is shown in that many, which are then larger than they should be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One option order with its hedge, or an order of the underlying alone.

    Args:
        instrument: What is traded.
        quantity: Units, + = buy.
        price: As quoted: coin for inverse options, else USD.
        hedge: Units of the underlying that go with it, + = buy.
        size: What the quote shows on that side, units; NaN where unknown.
        limit: Name of the limit that is broken most after it; None where every limit holds.
        breach: That breach in multiples of the limit.
    """

    instrument: str
    quantity: float
    price: float
    hedge: float
    size: float
    limit: str | None
    breach: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A child order before it has a place in the sequence."""

    index: int
    quantity: float
    hedge: float


def execution_plan(
    problem: Problem, market: Listing, *, trades: Vector, terms: Terms
) -> tuple[Step, ...]:
    """The trades as a sequence of orders.

    Args:
        problem: Whose limits are watched.
        market: Quotes and sizes.
        trades: Units of every option, then of the underlying, shape (n + 1,).
        terms: Largest order.
    """
    delta = next((limit.slope for limit in problem.limits if limit.name == "delta"), None)
    slope = option_deltas(market) if delta is None else delta[:-1]
    children = [
        (index, part)
        for index in map(int, np.flatnonzero(trades[:-1]))
        for part in parts(market, trades, index, terms)
    ]
    most = largest_hedge(problem, terms)
    hedges = np.clip(split_hedge(slope, children, float(trades[-1]), problem), -most, most).tolist()
    orders = [
        Order(index=index, quantity=part, hedge=hedge)
        for (index, part), hedge in zip(children, hedges, strict=True)
    ]
    first = own_parts(problem, float(trades[-1]), sum(hedges), terms)
    return sequenced(problem, market, orders, first)


def option_deltas(market: Listing) -> Vector:
    """Black-76 delta of every option, coins."""
    return unit_exposure(market.options).delta_usd / market.options.forward


def parts(market: Listing, trades: Vector, index: int, terms: Terms) -> list[float]:
    """An option's trade in orders no larger than the size shown and the largest order allowed."""
    quantity = float(trades[index])
    shown = shown_size(market, quantity, index)
    largest = min(terms.largest_order, shown if shown > 0.0 else np.inf)
    return equal_parts(quantity, largest=largest, lot=terms.option_lot)


def equal_parts(quantity: float, *, largest: float, lot: float) -> list[float]:
    """A quantity in orders as equal as lots allow.

    Args:
        quantity: Units, + = buy; a multiple of the lot.
        largest: No order is larger, unless it is a single lot or there are ``MOST_ORDERS`` of them.
        lot: Units; 0 = any quantity.
    """
    if lot == 0.0:
        count = order_count(abs(quantity), largest)
        return [quantity / count] * count
    lots = round(abs(quantity) / lot)
    count = order_count(lots, whole_lots(largest, lot) / lot)
    edges = [lots * place // count for place in range(count + 1)]
    sign = 1.0 if quantity > 0.0 else -1.0
    return [sign * lot * (b - a) for a, b in pairwise(edges) if b > a]


def order_count(quantity: float, largest: float) -> int:
    """How many orders it takes, at most ``MOST_ORDERS``."""
    return max(int(min(np.ceil(quantity / largest * (1.0 - 1e-12)), MOST_ORDERS)), 1)


def whole_lots(largest: float, lot: float) -> float:
    """The largest multiple of the lot that is no larger, but at least one lot."""
    return lot * max(float(np.floor(largest / lot * (1.0 + 1e-12))), 1.0)


def largest_hedge(problem: Problem, terms: Terms) -> float:
    """Units of the underlying in one order."""
    lot = float(problem.instruments.lot[-1])
    return terms.largest_order if lot == 0.0 else whole_lots(terms.largest_order, lot)


def own_parts(problem: Problem, total: float, beside: float, terms: Terms) -> list[float]:
    """What the underlying trades besides the parts that go with options, in orders."""
    own = total - beside
    if abs(own) <= 1e-9 * max(abs(total), problem.unit):
        return []
    lot = float(problem.instruments.lot[-1])
    return equal_parts(own, largest=terms.largest_order, lot=lot)


def shown_size(market: Listing, quantity: float, index: int) -> float:
    """The size on the side that is traded; NaN where unknown."""
    return float((market.ask_size if quantity > 0.0 else market.bid_size)[index])


def split_hedge(
    slope: Vector, children: Sequence[tuple[int, float]], total: float, problem: Problem
) -> list[float]:
    """The part of the underlying that belongs to each option order, units."""
    own = np.array([-slope[index] * part for index, part in children])
    instruments = problem.instruments
    if total == 0.0:
        return [0.0] * len(children)
    if max(instruments.buy_cost[-1], instruments.sell_cost[-1]) > 0.0:
        weight = np.abs(own)
        own = total * weight / weight.sum() if weight.sum() > 0.0 else 0.0 * own
    lot = float(instruments.lot[-1])
    if lot > 0.0:
        own = np.diff(np.rint(np.concatenate([[0.0], np.cumsum(own)]) / lot) * lot)
    return own.tolist()


def sequenced(
    problem: Problem, market: Listing, orders: list[Order], first: Sequence[float]
) -> tuple[Step, ...]:
    """The orders in sequence, those of the underlying alone first."""
    done = np.zeros(len(problem.instruments))
    steps: list[Step] = []
    for part in first:
        done[-1] += part
        steps.append(own_step(problem, market, done, part))
    left = list(orders)
    while left:
        ranked = [
            (worst_breach(problem, with_order(done, order))[1], i) for i, order in enumerate(left)
        ]
        order = left.pop(min(ranked)[1])
        done = with_order(done, order)
        steps.append(option_step(problem, market, done, order))
    return tuple(steps)


def with_order(done: Vector, order: Order) -> Vector:
    """What is done once this order is done as well."""
    later = done.copy()
    later[order.index] += order.quantity
    later[-1] += order.hedge
    return later


def worst_breach(problem: Problem, done: Vector) -> tuple[str | None, float]:
    """The limit that is broken most, and its breach in multiples of it."""
    sizes = {limit.name: limit.size for limit in problem.limits}
    breaches = {name: by / sizes[name] for name, by in problem.breaches(done).items()}
    if not breaches:
        return None, 0.0
    name = max(breaches, key=lambda key: breaches[key])
    return name, breaches[name]


def own_step(problem: Problem, market: Listing, done: Vector, quantity: float) -> Step:
    """An order of the underlying alone."""
    limit, breach = worst_breach(problem, done)
    return Step(
        instrument=market.underlying.instrument,
        quantity=quantity,
        price=market.underlying.price_of(quantity),
        hedge=0.0,
        size=market.underlying.most if np.isfinite(market.underlying.most) else np.nan,
        limit=limit,
        breach=breach,
    )


def option_step(problem: Problem, market: Listing, done: Vector, order: Order) -> Step:
    """An option order."""
    limit, breach = worst_breach(problem, done)
    prices = market.ask_price if order.quantity > 0.0 else market.bid_price
    return Step(
        instrument=str(market.options.instrument[order.index]),
        quantity=order.quantity,
        price=float(prices[order.index]),
        hedge=order.hedge,
        size=shown_size(market, order.quantity, order.index),
        limit=limit,
        breach=breach,
    )
