"""Strategy-based margin of Cboe Rule 10.3 / FINRA 4210: strategies are recognised, the cheapest set is taken.

The pairing is optimal: a linear programme assigns every unit of every holding to one combination so that the
sum is least. Combinations are single positions, two-legged spreads (the long leg expires no earlier), short
calls with short puts, shorts covered by the underlying, and whole expiries at their largest loss.

Figures are demands on equity, per unit, with V marks and OTM ≥ 0 the distance of the strike::

    short           u = max(share·S − OTM, least·S for calls, least·K for puts)
    long            V
    spread          largest loss + V long − V short
    short call/put  u of the side whose u + V is greater
    covered call    S − (1 − h)·min(S, K) − V
    covered put     h·S + max(K − S, 0) − V
    whole expiry    largest loss + V of all
    underlying      h·S

Source: Cboe, Margin Manual (April 2000) and Strategy-based Margin; Cboe and OCC, Margin Requirement Examples
for Sample Options-based Positions.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_array

from shortgamma.basics.errors import RefusedError
from shortgamma.risk.margin.account import Account, Holdings
from shortgamma.risk.margin.pairing import Candidates, Strategy, candidates, group_loss
from shortgamma.risk.margin.regime import Charge

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
Places = NDArray[np.int64]

MOST_PAIRS: Final = 500_000
"""Combinations beyond which the programme is not tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyMargin:
    """Strategy-based margin.

    Args:
        share: Of the underlying, for uncovered shorts: 0.20 for equity, 0.15 for broad indices.
        least: The same, far out of the money.
        long_initial, long_maintenance: Of the underlying held.
        short_initial, short_maintenance: Of the underlying sold short, beyond its proceeds.
    """

    share: float = 0.20
    least: float = 0.10
    long_initial: float = 0.50
    long_maintenance: float = 0.25
    short_initial: float = 0.50
    short_maintenance: float = 0.30

    def charge(self, account: Account) -> Charge:
        """The cheapest set of strategies.

        Raises:
            RefusedError: There are too many pairs to try.
        """
        held = account.holdings
        underlying = float(held.delta_one.sum())
        known = candidates(held, underlying)
        if sum(len(one.first) for one in known) > MOST_PAIRS:
            raise RefusedError(f"more than {MOST_PAIRS:,} pairs of holdings")
        uses = usage(held, known)
        sizes = np.append(np.abs(held.quantity), abs(underlying))
        first, later = (
            np.concatenate([self.costs(account, one, rates) for one in known], axis=1)
            for rates in self.rates
        )
        found = [cheapest(row, uses, sizes) for row in first]
        if underlying == 0.0:
            maintenance = np.array([row @ chosen for row, chosen in zip(first, found, strict=True)])
        else:
            maintenance = np.array([row @ cheapest(row, uses, sizes) for row in later])
        amounts = first * np.array(found)
        ends = np.cumsum([len(one.first) for one in known])[:-1]
        return Charge(
            initial=amounts.sum(axis=1),
            maintenance=maintenance,
            counted=np.zeros(len(account)),
            parts={
                one.strategy.value: part.sum(axis=1)
                for one, part in zip(known, np.split(amounts, ends, axis=1), strict=True)
            },
        )

    @property
    def rates(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Of the underlying, long and short: initial, then maintenance."""
        return (
            (self.long_initial, self.short_initial),
            (self.long_maintenance, self.short_maintenance),
        )

    def uncovered(self, account: Account) -> Matrix:
        """What one uncovered short needs beyond its premium, USD, shape (m, n)."""
        held, spot = account.holdings, account.spot[:, None]
        otm = np.maximum(held.sign * (held.strike - spot), 0.0)
        floor = self.least * np.where(held.is_call, spot, held.strike)
        return np.maximum(self.share * spot - otm, floor)

    def costs(self, account: Account, one: Candidates, rates: tuple[float, float]) -> Matrix:
        """What one unit of every combination of a kind needs, USD, shape (m, c)."""
        held, mark, first, second = account.holdings, account.mark, one.first, one.second
        strike, need = held.strike, self.uncovered(account)
        spot = account.spot[:, None]
        long = held.delta_one.sum() > 0.0
        match one.strategy:
            case Strategy.SHORT:
                cost = need[:, first]
            case Strategy.LONG:
                cost = mark[:, first]
            case Strategy.STOCK:
                cost = np.repeat(spot * (rates[0] if long else rates[1]), len(first), axis=1)
            case Strategy.SPREAD:
                loss = np.maximum(held.sign[first] * (strike[second] - strike[first]), 0.0)
                cost = loss + mark[:, second] - mark[:, first]
            case Strategy.STRADDLE:
                is_first = (need + mark)[:, first] >= (need + mark)[:, second]
                cost = np.where(is_first, need[:, first], need[:, second])
            case Strategy.COVERED if long:
                lent = (1.0 - rates[0]) * np.minimum(spot, strike[first])
                cost = spot - lent - mark[:, first]
            case Strategy.COVERED:
                inside = np.maximum(strike[first] - spot, 0.0)
                cost = rates[1] * spot + inside - mark[:, first]
            case Strategy.GROUP:
                worth = (mark * held.quantity) @ held.by_expiry
                cost = group_loss(held, first) + worth[:, first]
        return cost


def usage(holdings: Holdings, known: tuple[Candidates, ...]) -> csr_array:
    """How much of every holding (row; the last is the underlying) a unit of a combination uses up."""
    underlying = len(holdings)
    rows: list[Places] = []
    columns: list[Places] = []
    amounts: list[Vector] = []
    start = 0
    for one in known:
        place = np.arange(start, start + len(one.first), dtype=np.int64)
        start += len(one.first)
        if one.strategy is Strategy.GROUP:
            for column, group in zip(place, one.first, strict=True):
                members = np.flatnonzero(holdings.expiry == group).astype(np.int64)
                rows.append(members)
                columns.append(np.full(len(members), column, dtype=np.int64))
                amounts.append(np.abs(holdings.quantity[members]))
            continue
        legs = [one.first]
        if one.strategy in (Strategy.SPREAD, Strategy.STRADDLE, Strategy.COVERED):
            legs.append(one.second)
        for leg in legs:
            rows.append(np.where(leg < 0, underlying, leg).astype(np.int64))
            columns.append(place)
            amounts.append(np.ones(len(leg)))
    shape = (underlying + 1, start)
    places = (np.concatenate(rows), np.concatenate(columns))
    return csr_array((np.concatenate(amounts), places), shape=shape)


def cheapest(costs: Vector, uses: csr_array, sizes: Vector) -> Vector:
    """How much of every combination makes the least sum while every holding is in exactly one.

    Args:
        costs: USD per unit, shape (c,).
        uses: Shape (n + 1, c).
        sizes: Units held, shape (n + 1,).
    """
    if not len(costs):
        return np.empty(0)
    table: Any = uses
    solved: Any = linprog(costs, A_eq=table, b_eq=sizes, bounds=(0.0, None), method="highs")
    # Each holding alone is always a solution, so that only a broken solver has none.
    return np.asarray(solved.x, dtype=np.float64)
