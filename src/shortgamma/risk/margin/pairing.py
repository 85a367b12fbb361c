"""Which holdings may be margined together, and what each combination uses up."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from shortgamma.risk.margin.account import Holdings
from shortgamma.risk.margin.standard import largest_loss

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
Places = NDArray[np.int64]


class Strategy(StrEnum):
    """A combination that the rules know."""

    SHORT = "uncovered shorts"
    LONG = "long options"
    STOCK = "underlying"
    SPREAD = "spreads"
    STRADDLE = "straddles and combinations"
    COVERED = "covered shorts"
    GROUP = "whole expiries"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Candidates:
    """Combinations of one kind.

    Args:
        strategy: The kind.
        first: Place of the short, of the only option, or of the expiry.
        second: Place of the other leg; −1 = the underlying, or none.
    """

    strategy: Strategy
    first: Places
    second: Places


def candidates(holdings: Holdings, underlying: float) -> tuple[Candidates, ...]:
    """Everything that may be margined together.

    Args:
        holdings: Net holdings.
        underlying: Net units of the underlying, + = long.
    """
    size = holdings.quantity
    shorts, longs = np.flatnonzero(size < 0.0), np.flatnonzero(size > 0.0)
    calls, puts = shorts[holdings.is_call[shorts]], shorts[~holdings.is_call[shorts]]
    spread = pairs(shorts, longs)
    same = (holdings.sign[spread[0]] == holdings.sign[spread[1]]) & (
        holdings.years[spread[1]] >= holdings.years[spread[0]]
    )
    straddle = pairs(calls, puts)
    coverable = calls if underlying > 0.0 else puts if underlying < 0.0 else shorts[:0]
    groups = bounded_groups(holdings)
    stock = np.array([-1] if underlying else [], dtype=np.int64)
    return (
        Candidates(strategy=Strategy.SHORT, first=shorts, second=nowhere(shorts)),
        Candidates(strategy=Strategy.LONG, first=longs, second=nowhere(longs)),
        Candidates(strategy=Strategy.STOCK, first=stock, second=nowhere(stock)),
        Candidates(strategy=Strategy.SPREAD, first=spread[0][same], second=spread[1][same]),
        Candidates(strategy=Strategy.STRADDLE, first=straddle[0], second=straddle[1]),
        Candidates(strategy=Strategy.COVERED, first=coverable, second=nowhere(coverable)),
        Candidates(strategy=Strategy.GROUP, first=groups, second=nowhere(groups)),
    )


def pairs(first: Places, second: Places) -> tuple[Places, Places]:
    """Every element of one with every element of the other."""
    return np.repeat(first, len(second)), np.tile(second, len(first))


def nowhere(places: Places) -> Places:
    """No second leg."""
    return np.full(len(places), -1, dtype=np.int64)


def bounded_groups(holdings: Holdings) -> Places:
    """Expiries with at least one short and no net short calls: their loss at expiry has an end."""
    groups = holdings.by_expiry
    calls = np.where(holdings.is_call, holdings.quantity, 0.0) @ groups
    return np.flatnonzero((calls >= 0.0) & (holdings.short @ groups > 0.0)).astype(np.int64)


def group_loss(holdings: Holdings, groups: Places) -> Vector:
    """The largest loss at expiry of whole expiries, USD, shape (len(groups),)."""
    return largest_loss(holdings)[groups]
