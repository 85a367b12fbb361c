"""A desk on given prices, one path and one step at a time, with the closed-form delta of its one call.

Written from the description of the desk and independent of its code: plain loops, the normal distribution of
the standard library, no tables.
"""

from dataclasses import dataclass, field
from math import copysign, floor, log, sqrt
from statistics import NormalDist

SECONDS_PER_YEAR = 365.0 * 86_400.0
NORMAL = NormalDist()


@dataclass(kw_only=True)
class Terms:
    """A call on one coin at zero rates, and what its hedge costs; steps, coins, fractions, USD."""

    quantity: float
    strike: float
    years: float
    vol: float
    step_years: float
    band: float = 0.0
    to_edge: bool = True
    late: int = 0
    lot: float = 0.0
    half: float = 0.0
    fee: float = 0.0
    ticket: float = 0.0
    slippage: tuple = (0.0, 1.0, 1.0)
    funding: float = 0.0
    margin: tuple = (0.0, 0.0)
    maker: tuple | None = None


@dataclass(kw_only=True)
class Result:
    """USD; costs positive = paid."""

    cash: float = 0.0
    held: float = 0.0
    turnover: float = 0.0
    trades: int = 0
    resting: float = 0.0
    spread: float = 0.0
    fees: float = 0.0
    slippage: float = 0.0
    gas: float = 0.0
    funding: float = 0.0
    margin: float = 0.0
    execution: float = 0.0
    bought: list = field(default_factory=list)
    fills: list = field(default_factory=list)
    pnl: float = 0.0


def call(price, left, terms):
    """Value and delta."""
    width = terms.vol * sqrt(left)
    d1 = log(price / terms.strike) / width + 0.5 * width
    delta = NORMAL.cdf(d1)
    return price * delta - terms.strike * NORMAL.cdf(d1 - width), delta


def target(price, step, terms):
    return -terms.quantity * call(price, terms.years - step * terms.step_years, terms)[1]


def wanted(gap, terms):
    """What the band asks for, in whole lots."""
    if abs(gap) <= terms.band:
        return 0.0
    size = abs(gap) - (terms.band if terms.to_edge else 0.0)
    if terms.lot:
        size = floor(size / terms.lot + 1e-9) * terms.lot
    return copysign(size, gap) if size else 0.0


def hedge(spot, prices, terms):
    """The whole path; ``prices`` are those at the end of each step."""
    known = [spot, *prices]
    done = Result(held=target(spot, 0, terms))
    done.cash = -done.held * spot
    order, mid, waiting = 0.0, spot, 0
    for step, price in enumerate(prices, start=1):
        before, made = done.held, 0.0
        if order and terms.maker:
            limit = mid * (1.0 - terms.half * copysign(1.0, order))
            reached = price < limit if order > 0.0 else price > limit
            if reached or terms.maker[1] == 1.0:
                made = order
                rest(done, made, limit, (mid, price), terms)
        seen = known[max(step - terms.late, 0)] if terms.late else price
        coins = wanted(target(seen, step, terms) - done.held, terms)
        sent = coins
        if terms.maker:
            same = not made and coins * order > 0.0
            waiting = (waiting if same else 0) + 1 if coins else 0
            crosses = waiting > terms.maker[2]
            sent, order, mid = (coins, 0.0, seen) if crosses else (0.0, coins, seen)
        cross(done, sent, price, terms)
        if made or sent:
            done.trades += 1
            done.gas += terms.ticket
        done.bought.append(made + sent)
        done.funding += before * price * terms.funding * terms.step_years
        share, rate = terms.margin
        done.margin += abs(before) * price * share * rate * terms.step_years
    final = call(prices[-1], terms.years - len(prices) * terms.step_years, terms)[0]
    costs = done.spread + done.fees + done.slippage + done.gas + done.funding + done.margin
    start = call(spot, terms.years, terms)[0]
    gain = terms.quantity * (final - start)
    done.pnl = done.cash + done.held * prices[-1] + gain - costs
    return done


def rest(done, coins, limit, moved, terms):
    """A fill at the limit: half the spread is earned against the mid that it was posted at."""
    mid, price = moved
    done.held += coins
    done.cash -= coins * mid
    done.spread -= coins * (mid - limit)
    done.fees += terms.maker[0] * abs(coins) * limit
    done.resting += abs(coins) * limit
    done.turnover += abs(coins) * limit
    done.execution += coins * (price - mid)
    done.fills.append((coins, limit, price))


def cross(done, coins, price, terms):
    """A trade at the market."""
    notional = abs(coins) * price
    factor, daily_vol, volume = terms.slippage
    done.held += coins
    done.cash -= coins * price
    done.turnover += notional
    done.spread += terms.half * notional
    done.fees += terms.fee * notional
    done.slippage += notional * factor * daily_vol * sqrt(notional / volume)
